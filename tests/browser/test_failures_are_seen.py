"""A save that failed is told, whatever the reason, the text stays, and the next good save clears the message."""

import pytest
from playwright.sync_api import expect

from tests.browser.accessibility import assert_good_at_both_widths
from tests.browser.pages import comment_box, save, saved_note, write_and_wait

pytestmark = pytest.mark.browser
MESSAGE = "#besked .alert"


def assert_told(page, words: str, text: str) -> None:
    expect(page.locator(MESSAGE)).to_contain_text(words)
    expect(page.locator(MESSAGE)).to_be_in_viewport()
    expect(saved_note(page)).not_to_contain_text("Gemt som kladde")
    expect(comment_box(page)).to_have_value(text)


def assert_next_save_clears(page, text: str) -> None:
    save(page, text)
    expect(page.locator(MESSAGE)).to_have_count(0)
    page.reload()
    expect(comment_box(page)).to_have_value(text)


def test_lost_sign_in_is_told_and_mended_in_another_tab(browse, watch, site, entry_url):
    watch.expect(401)
    page = browse("ejendomme")
    page.goto(entry_url("3.08"))
    save(page, "Før")

    page.context.clear_cookies(name="sessionid")  # what running out of time does; the security token lives longer
    write_and_wait(page, "Skrevet uden at være logget ind")

    assert_told(page, "Ikke gemt: du er logget af", "Skrevet uden at være logget ind")
    assert_good_at_both_widths(page)
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Log ind i en ny fane").click()
    tab = opened.value
    tab.get_by_label("Brugernavn").fill("ejendomme")
    tab.get_by_label("Adgangskode").fill(site.password)
    tab.get_by_role("button", name="Log ind").click()
    expect(tab.get_by_role("heading", name="Min side")).to_be_visible()
    assert_next_save_clears(page, "Skrevet uden at være logget ind, og gemt bagefter")


def test_sign_in_as_the_same_person_elsewhere_does_not_break_the_page(browse, site, entry_url):
    page = browse("ejendomme")
    page.goto(entry_url("3.08"))
    tab = page.context.new_page()
    tab.goto("/")
    tab.get_by_role("button", name="Log af").first.click()
    tab.get_by_label("Brugernavn").fill("ejendomme")
    tab.get_by_label("Adgangskode").fill(site.password)
    tab.get_by_role("button", name="Log ind").click()
    expect(tab.get_by_role("heading", name="Min side")).to_be_visible()

    save(page, "Nøglen er en anden nu")


def test_server_error_is_told(browse, watch, entry_url):
    watch.expect(500)
    page = browse("ejendomme")
    page.goto(entry_url("3.08"))
    page.route("**/indberetning/**", lambda route: route.fulfill(status=500, body="<p>Der skete en fejl</p>"), times=1)

    write_and_wait(page, "Fejl hos jer")

    expect(page.locator("#besked")).to_contain_text("Der skete en fejl")
    expect(page.locator("#besked")).to_be_in_viewport()
    expect(saved_note(page)).not_to_contain_text("Gemt som kladde")
    expect(comment_box(page)).to_have_value("Fejl hos jer")
    save(page, "Fejl hos jer, igen")
    expect(page.locator("#besked")).not_to_contain_text("Der skete en fejl")


def test_no_connection_is_told(browse, watch, entry_url):
    watch.expect("net::ERR_CONNECTION_REFUSED", "console error: htmx:(sendError|afterRequest)")
    page = browse("ejendomme")
    page.goto(entry_url("3.08"))
    page.route("**/indberetning/**", lambda route: route.abort("connectionrefused"), times=1)

    comment_box(page).fill("Uden forbindelse")

    assert_told(page, "der er ingen forbindelse", "Uden forbindelse")
    assert_good_at_both_widths(page)
    assert_next_save_clears(page, "Med forbindelse")


def test_lost_sign_in_while_reading_leads_to_the_sign_in(browse, watch):
    page = browse("ejendomme")
    page.goto("/aftaler/2018/")
    page.context.clear_cookies()

    page.locator("#id_words").press_sequentially("toilet")

    expect(page.get_by_role("heading", name="Log ind")).to_be_visible()
    assert "next=" in page.url


def test_round_that_closes_while_typing_is_told(browse, watch, entry_url):
    watch.expect(409)
    editor, approver = browse("ejendomme"), browse("godkender")
    editor.goto(entry_url("3.08"))
    approver.goto("/aftaler/2018/runder/2/")
    approver.get_by_role("link", name="Luk runden").click()
    approver.get_by_role("button", name="Luk runden for indberetning").click()
    expect(approver.locator("#besked")).to_contain_text("lukket")

    write_and_wait(editor, "For sent")

    expect(saved_note(editor)).to_contain_text("Ikke gemt")
    expect(comment_box(editor)).to_have_value("For sent")
