"""What htmx and the script change on a page is as good for everybody as the page was."""

import pytest
from playwright.sync_api import expect

from tests.browser.accessibility import assert_accessible, assert_focus_visible, assert_good_at_both_widths
from tests.browser.pages import effort, save, write_and_wait

pytestmark = pytest.mark.browser


def test_entry_after_an_autosave(browse, entry_url):
    page = browse("ejendomme")
    page.goto(entry_url("3.08"))
    effort(page, "sad").check()
    save(page, "En bemærkning")

    assert_good_at_both_widths(page)


def test_entry_after_a_refused_autosave(browse, watch, entry_url):
    watch.expect(422)
    page = browse("ejendomme")
    page.goto(entry_url("3.08"))

    page.locator("#id_expected_amount").fill("mange penge")
    expect(page.locator(".entry-state__problem").first).to_be_visible()

    assert_good_at_both_widths(page)
    page.locator("#id_expected_amount").fill("-1.250.000")
    expect(page.locator("#gemt")).to_contain_text("Gemt som kladde")
    assert_accessible(page)


def test_entry_after_a_refused_submission(browse, watch, entry_url):
    watch.expect(422)
    page = browse("ejendomme")
    page.goto(entry_url("3.08"))

    page.get_by_role("button", name="Indsend", exact=True).click()

    expect(page.locator(".error-summary")).to_be_focused()
    assert_good_at_both_widths(page)


def test_mobile_menu_works_by_keyboard(browse):
    page = browse("ejendomme", width=320, height=640)
    page.goto("/")
    opener = page.get_by_role("button", name="Menu")
    opener.focus()

    page.keyboard.press("Enter")
    drawer = page.locator(".mobile-drawer")
    expect(drawer).to_be_visible()
    assert_accessible(page)
    for name in ("Luk menu", "Min side", "Aftaler", "Offentlig side", "Log af"):
        expect(drawer.locator(":focus")).to_have_count(1)  # the focus stays inside
        reached = drawer.locator("a, button").filter(has_text=name if name != "Luk menu" else "Luk").first
        expect(reached).to_be_focused()
        assert_focus_visible(page)
        page.keyboard.press("Tab")
    expect(drawer.locator(":focus")).to_have_count(1)

    page.keyboard.press("Escape")
    expect(drawer).not_to_be_visible()
    expect(opener).to_be_focused()


def test_one_can_sign_out_from_the_mobile_menu(browse):
    page = browse("ejendomme", width=320, height=640)
    page.goto("/")
    page.get_by_role("button", name="Menu").click()

    page.locator(".mobile-drawer").get_by_role("button", name="Log af").click()

    expect(page.get_by_role("heading", name="Log ind")).to_be_visible()


def test_menu_has_each_entry_once_after_many_swaps(browse, entry_url):
    page = browse("ejendomme")
    page.goto(entry_url("3.08"))
    before = page.locator("header.header a, header.header button").count()

    for number in range(4):
        write_and_wait(page, f"Rettelse {number}")

    assert page.locator("header.header a, header.header button").count() == before
