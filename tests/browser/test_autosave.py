"""What is typed is kept as a draft, at once and exactly as typed; a page never conflicts with itself."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.pages import (
    SAVED,
    TEXT,
    comment_box,
    economy,
    effort,
    is_autosave,
    save,
    saved_note,
    version,
    write_and_wait,
)

pytestmark = pytest.mark.browser


def test_typing_is_saved_as_draft_with_the_time(browse, entry_url):
    page = browse("ejendomme")
    page.goto(entry_url("3.08"))
    expect(page.locator("#tilstand")).to_have_text("mangler")
    assert version(page) == 0

    comment_box(page).press_sequentially("Kort status")
    expect(saved_note(page)).to_have_text("Ikke gemt endnu …")

    expect(saved_note(page)).to_have_text(SAVED)
    assert version(page) == 1
    expect(page.locator("#tilstand")).to_have_text("kladde")
    expect(page.locator("#fremdrift")).to_have_text("3 af 11 indsendt")


def test_a_smiley_is_saved_by_choosing_it(browse, entry_url):
    page = browse("ejendomme")
    page.goto(entry_url("3.08"))

    with page.expect_response(is_autosave):
        effort(page, "sad").check()

    expect(saved_note(page)).to_have_text(SAVED)
    page.reload()
    expect(effort(page, "sad")).to_be_checked()


def test_list_follows_what_is_submitted(browse, watch, entry_url):
    watch.expect("failed: net::ERR_ABORTED POST")  # an autosave on its way gives way to the whole form
    page = browse("ejendomme")
    page.goto(entry_url("3.08"))
    effort(page, "happy").check()
    economy(page, "kept").check()

    page.get_by_role("button", name="Indsend", exact=True).click()

    expect(page.locator("#fremdrift")).to_have_text("4 af 11 indsendt")
    expect(page.locator(".entry-list li", has_text="3.08")).to_contain_text("indsendt")


def test_many_quick_edits_never_conflict_with_themselves(browse, entry_url):
    page = browse("ejendomme")
    page.goto(entry_url("3.08"))
    statuses = []
    page.on("response", lambda response: statuses.append(response.status) if is_autosave(response) else None)

    for number in range(12):
        write_and_wait(page, f"Rettelse nummer {number}")
        effort(page, ("happy", "neutral", "sad")[number % 3]).check()
        comment_box(page).press_sequentially(" og lidt til")
    expect(saved_note(page)).to_have_text(SAVED)

    assert set(statuses) == {200}
    expect(page.locator("#konflikt")).to_be_empty()
    page.reload()
    expect(comment_box(page)).to_have_value("Rettelse nummer 11 og lidt til")
    expect(effort(page, "sad")).to_be_checked()


def test_an_answer_that_got_lost_is_no_conflict(browse, watch, entry_url):
    watch.expect("failed: net::ERR_FAILED", "console error: htmx:(sendError|afterRequest)")
    page = browse("ejendomme")
    page.goto(entry_url("3.08"))

    def save_but_lose_the_answer(route):
        route.fetch()
        route.abort()

    page.route("**/indberetning/**", save_but_lose_the_answer, times=1)
    comment_box(page).fill("Første udgave")
    expect(page.locator("#besked")).to_contain_text("Ikke gemt")

    save(page, "Anden udgave")

    expect(page.locator("#konflikt")).to_be_empty()
    assert version(page) == 2


def test_text_is_byte_for_byte_the_same_after_reload(browse, entry_url):
    page = browse("ejendomme")
    page.goto(entry_url("3.08"))

    save(page, TEXT)
    page.reload()

    assert comment_box(page).input_value() == TEXT


def test_leaving_with_unsaved_text_asks_first(browse, entry_url):
    page = browse("ejendomme")
    page.goto(entry_url("3.08"))
    asked = []

    def stay(dialog):
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    comment_box(page).press_sequentially("Ikke gemt end")  # the browser asks only who has typed
    page.evaluate("document.querySelector('.solution-heading a').click()")
    page.wait_for_function("() => true")

    assert asked == ["beforeunload"]
    assert entry_url("3.08") in page.url
    expect(comment_box(page)).to_have_value("Ikke gemt end")
    expect(saved_note(page)).to_have_text(SAVED)


def test_going_to_another_item_saves_first(browse, entry_url):
    page = browse("ejendomme")
    page.goto(entry_url("3.08"))

    comment_box(page).press_sequentially("Lige før jeg går")
    page.locator(".entry-list a", has_text="3.17").click()

    expect(page).to_have_url(re.compile(re.escape(entry_url("3.17"))))
    page.goto(entry_url("3.08"))
    expect(comment_box(page)).to_have_value("Lige før jeg går")


def test_saved_text_lets_one_leave_without_a_question(browse, entry_url):
    page = browse("ejendomme")
    page.goto(entry_url("3.08"))
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    comment_box(page).press_sequentially("Gemt")
    expect(saved_note(page)).to_have_text(SAVED)

    page.goto("/aftaler/")

    assert not asked


def test_too_long_text_is_refused_in_words_and_stays(browse, watch, entry_url):
    watch.expect(422)
    page = browse("ejendomme")
    page.goto(entry_url("3.08"))
    text = "å" * 20_001

    write_and_wait(page, text)

    assert len(comment_box(page).input_value()) == 20_001  # what is pasted is never cut off in silence
    expect(page.locator(".entry-state__problem").first).to_be_visible()
    expect(page.locator("#gemt")).to_contain_text("20001")
    assert comment_box(page).input_value() == text
    save(page, text[:-1])
    page.reload()
    assert comment_box(page).input_value() == text[:-1]
