"""Two people write about the same item: nobody's text is lost, and each sees what the other has saved."""

import pytest
from playwright.sync_api import expect

from tests.browser.accessibility import assert_good_at_both_widths
from tests.browser.pages import SAVED, TEXT, comment_box, effort, save, saved_note, write_and_wait

pytestmark = pytest.mark.browser


@pytest.fixture
def conflict(browse, watch, entry_url):
    """The chief has saved; then the editor, whose page is older, has typed. Gives the editor's page."""
    watch.expect(409)
    editor, chief = browse("ejendomme"), browse("ejendomme-chef")
    editor.goto(entry_url("3.08"))
    chief.goto(entry_url("3.08"))
    effort(chief, "neutral").check()
    save(chief, "Chefens ord")

    write_and_wait(editor, TEXT)

    expect(editor.locator("#konflikt .conflict")).to_be_visible()
    return editor


def test_both_versions_are_shown_and_the_typed_text_stays(conflict):
    versions = conflict.locator(".conflict__version")
    expect(versions.nth(0)).to_contain_text("Centerchef for Ejendomme")
    expect(versions.nth(0)).to_contain_text("Chefens ord")
    expect(versions.nth(0)).to_contain_text("mellemfornøjet")
    expect(versions.nth(1)).to_contain_text("Æblegrød på ø 🌊🏗️")
    assert comment_box(conflict).input_value() == TEXT
    expect(saved_note(conflict)).to_contain_text("Ikke gemt")  # which is read aloud
    assert_good_at_both_widths(conflict)


def test_focus_stays_with_who_types_and_else_moves_to_the_panel(conflict):
    expect(comment_box(conflict)).to_be_focused()
    expect(saved_note(conflict)).to_have_attribute("role", "status")

    comment_box(conflict).press_sequentially("!")
    comment_box(conflict).blur()

    expect(conflict.locator(".conflict")).to_be_focused()


def test_my_version_can_be_saved_instead(conflict, browse, entry_url):
    conflict.get_by_role("button", name="Gem min version i stedet").click()

    expect(conflict.locator("#besked")).to_contain_text("er gemt")
    expect(conflict.locator("#konflikt .conflict")).to_have_count(0)
    chief = browse("ejendomme-chef")
    chief.goto(entry_url("3.08"))
    assert comment_box(chief).input_value() == TEXT


def test_the_saved_version_can_be_taken_without_a_question(conflict):
    asked = []
    conflict.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    comment_box(conflict).press_sequentially(" ")  # typed, so the browser would ask

    conflict.get_by_role("link", name="Brug den gemte, og kassér min").click()

    expect(comment_box(conflict)).to_have_value("Chefens ord")
    expect(effort(conflict, "neutral")).to_be_checked()
    expect(conflict.locator("#konflikt .conflict")).to_have_count(0)
    assert not asked


def test_further_typing_is_refused_until_one_has_chosen(conflict):
    write_and_wait(conflict, "Jeg skriver bare videre")

    expect(conflict.locator("#konflikt .conflict")).to_be_visible()
    expect(conflict.locator(".conflict__version").nth(1)).to_contain_text("Jeg skriver bare videre")
    expect(conflict.locator(".conflict__version").nth(0)).to_contain_text("Chefens ord")


def test_conflict_as_a_whole_page(browse, watch, entry_url):
    watch.expect(409)
    editor, chief = browse("ejendomme"), browse("ejendomme-chef")
    editor.goto(entry_url("4.01.1"))
    chief.goto(entry_url("4.01.1"))
    save(chief, "Chefens ord")

    # no event reaches the page, so this is the plain form and not an autosave
    editor.evaluate("(text) => { document.getElementById('id_comment').value = text; }", TEXT)
    editor.get_by_role("button", name="Gem kladde").click()

    expect(editor.locator(".conflict")).to_be_visible()
    assert comment_box(editor).input_value() == TEXT
    assert_good_at_both_widths(editor)
    editor.get_by_role("button", name="Gem min version i stedet").click()
    expect(editor.locator("#besked")).to_contain_text("er gemt")
    assert comment_box(editor).input_value() == TEXT


def test_conflict_with_what_is_submitted_keeps_the_text(browse, watch, entry_url):
    watch.expect(409)
    editor, chief = browse("ejendomme"), browse("ejendomme-chef")
    editor.goto(entry_url("3.08"))
    chief.goto(entry_url("3.08"))
    effort(chief, "happy").check()
    chief.locator('input[name="economy"][value="kept"]').check()
    chief.get_by_role("button", name="Indsend", exact=True).click()
    expect(chief.locator("#besked")).to_contain_text("3.08 er indsendt")

    write_and_wait(editor, TEXT)

    expect(saved_note(editor)).to_contain_text("Ikke gemt")
    expect(saved_note(editor)).not_to_have_text(SAVED)
    assert comment_box(editor).input_value() == TEXT
