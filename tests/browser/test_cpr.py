"""A CPR number is not saved, and whoever wrote it is told so where they write, without losing a letter."""

import pytest
from playwright.sync_api import expect

from tests.browser.accessibility import assert_good_at_both_widths
from tests.browser.pages import SAVED, comment_box, economy, effort, save, saved_note, version, write_and_wait
from tests.browser.test_every_page import UPLOAD
from tests.files import bytes_of, draft_document

pytestmark = pytest.mark.browser

TYPED = "Aftalt med 010203-1234 om tagrender"
REASON = "Begrundelse, hvis det ikke er et CPR-nummer"
SENTENCE = "ligner et CPR-nummer (Bemærkning: 010203-····)"


@pytest.fixture
def refused(browse, watch, entry_url):
    """The editor's page after an autosave that was refused."""
    watch.expect(422)
    page = browse("ejendomme")
    page.goto(entry_url("3.08"))
    write_and_wait(page, TYPED)
    expect(saved_note(page)).to_contain_text(SENTENCE)
    return page


def test_an_autosave_says_why_it_is_not_kept_and_the_text_stays(refused, browse, entry_url):
    expect(saved_note(refused)).to_contain_text("intet er gemt")
    expect(saved_note(refused)).to_have_attribute("role", "status")  # which is read aloud
    expect(refused.get_by_label(REASON)).to_be_visible()
    expect(comment_box(refused)).to_be_focused()
    assert comment_box(refused).input_value() == TYPED and version(refused) == 0
    assert_good_at_both_widths(refused)
    other = browse("ejendomme-chef")
    other.goto(entry_url("3.08"))
    assert comment_box(other).input_value() == ""


def test_without_the_number_it_is_saved_and_nothing_more_is_asked(refused):
    save(refused, "Aftalt med ejeren om tagrender")

    expect(refused.get_by_label(REASON)).to_have_count(0)


def test_a_reason_is_not_taken_before_it_is_finished(refused):
    """Each pause in the typing is an autosave; none of them takes the words, or the keys from under the hands."""
    reason = refused.get_by_label(REASON)
    for words in ("Det er ", "sagens ", "nummer."):
        with refused.expect_response(lambda response: response.status == 422):
            reason.press_sequentially(words)

    expect(reason).to_have_value("Det er sagens nummer.")
    expect(reason).to_be_focused()
    expect(saved_note(refused)).to_contain_text("når du selv trykker på »Gem kladde«")
    refused.get_by_role("button", name="Gem kladde").click()
    expect(refused.locator("#besked")).to_contain_text("er gemt")
    assert comment_box(refused).input_value() == TYPED
    comment_box(refused).press_sequentially(" igen")
    expect(saved_note(refused)).to_have_text(SAVED)


def test_without_javascript_the_page_comes_back_with_the_text(browse, watch, entry_url):
    watch.expect(422)
    page = browse("ejendomme", javascript=False)
    page.goto(entry_url("3.08"))
    comment_box(page).fill(TYPED)
    effort(page, "happy").check()
    economy(page, "kept").check()

    page.get_by_role("button", name="Indsend", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text(SENTENCE)
    assert comment_box(page).input_value() == TYPED
    page.get_by_label(REASON).fill("Det er sagens nummer.")
    page.get_by_role("button", name="Indsend", exact=True).click()

    expect(page.locator("#besked")).to_contain_text("3.08 er indsendt")


def test_a_page_of_the_set_up_leads_to_the_field(browse, watch):
    watch.expect(422)
    page = browse("oekonomi")
    page.goto("/opsaetning/aftaler/2018/punkter/3.04/")
    note = page.get_by_label("Administrationens bemærkning")
    note.fill(TYPED)
    page.get_by_label("Begrundelse for rettelsen").fill("Præciseret")

    page.get_by_role("button", name="Gem rettelserne").click()

    summary = page.locator(".error-summary")
    expect(summary).to_be_focused()
    expect(summary.get_by_role("link", name="Administrationens bemærkning")).to_be_visible()
    expect(note).to_have_value(TYPED)
    expect(page.get_by_label(REASON)).to_be_visible()
    assert_good_at_both_widths(page)


def test_a_file_with_a_number_is_shown_with_its_place(browse, watch):
    watch.expect(422)
    document = draft_document()
    document["items"][0]["note"] = TYPED
    page = browse("oekonomi")
    page.goto(UPLOAD)
    page.get_by_label("Aftalefil").set_input_files(
        {"name": "aftale.toml", "mimeType": "application/toml", "buffer": bytes_of(document)}
    )
    page.get_by_role("button", name="Kontrollér filen").click()

    expect(page.get_by_role("heading", name="Tal, der ligner CPR-numre (1)")).to_be_visible()
    assert_good_at_both_widths(page)
    page.get_by_role("button", name="Indlæs aftalen").click()
    expect(page.locator(".error-summary")).to_be_focused()
    assert_good_at_both_widths(page)
    page.get_by_label(REASON).fill("Det er sagens nummer.")
    page.get_by_role("button", name="Indlæs aftalen").click()

    expect(page.locator("#besked")).to_contain_text("er indlæst")
