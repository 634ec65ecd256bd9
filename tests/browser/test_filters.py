"""Filters as one types, with addresses to share and a back button that works; and all of it without script."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.accessibility import assert_good_at_both_widths
from tests.browser.conftest import ROUND
from tests.browser.pages import TEXT, comment_box

pytestmark = pytest.mark.browser


def test_outline_is_searched_while_typing(browse):
    page = browse("ejendomme")
    page.goto("/aftaler/2018/")

    page.locator("#id_words").press_sequentially("BØTØ")

    expect(page.locator(".tree__item")).to_have_count(1)
    expect(page.locator(".tree__item")).to_contain_text("3.26")
    expect(page).to_have_url(re.compile(r"words=B%C3%98T%C3%98"))
    expect(page.locator("#id_words")).to_be_focused()
    assert_good_at_both_widths(page)

    page.go_back()
    expect(page.locator(".tree__item")).to_have_count(35)
    expect(page.locator("header.header")).to_have_count(1)
    expect(page.locator("#id_words")).to_have_value("")

    page.go_forward()
    expect(page.locator(".tree__item")).to_have_count(1)
    expect(page.locator("#id_words")).to_have_value("BØTØ")
    expect(page.locator("header.header")).to_have_count(1)


def test_matrix_is_filtered(browse):
    page = browse("oekonomi")
    page.goto("/aftaler/2018/matrix/")

    page.get_by_label("Center").select_option(label="Ejendomme")

    expect(page.locator("#liste tbody tr")).to_have_count(11)
    expect(page).to_have_url(re.compile("centre=ejendomme"))
    assert_good_at_both_widths(page)


def test_board_is_filtered(browse):
    page = browse("oekonomi")
    page.goto(ROUND)

    page.locator("#id_center").select_option("ejendomme")

    expect(page.locator("#liste tbody tr")).to_have_count(11)
    expect(page).to_have_url(re.compile("center=ejendomme"))
    assert_good_at_both_widths(page)
    page.go_back()
    expect(page.locator("#liste tbody tr")).to_have_count(35)
    expect(page.locator("header.header")).to_have_count(1)


def test_outline_is_searched_without_script(browse):
    page = browse("ejendomme", javascript=False)
    page.goto("/aftaler/2018/")

    page.locator("#id_words").fill("bøtø")
    page.get_by_role("button", name="Vis").click()

    expect(page.locator(".tree__item")).to_have_count(1)
    expect(page.locator(".tree__item")).to_contain_text("3.26")


def test_entering_works_without_script(browse, watch, entry_url):
    watch.expect(422)
    page = browse("ejendomme", javascript=False)
    page.goto(entry_url("3.08"))

    page.locator('input[name="effort"][value="neutral"]').check()
    page.locator('input[name="economy"][value="kept"]').check()
    page.get_by_role("button", name="Indsend", exact=True).click()
    expect(page.locator(".error-summary")).to_contain_text("Skriv en bemærkning")
    expect(page.locator('input[name="effort"][value="neutral"]')).to_be_checked()

    comment_box(page).fill(TEXT)
    page.get_by_role("button", name="Indsend", exact=True).click()
    expect(page.locator("#besked")).to_contain_text("3.08 er indsendt")

    page.goto(entry_url("3.08"))
    page.get_by_role("button", name="Fortryd indsendelsen").click()
    assert comment_box(page).input_value() == TEXT


def test_menu_is_there_without_script(browse):
    page = browse("ejendomme", javascript=False, width=320)

    page.goto("/")

    expect(page.locator(".navigation-menu").get_by_role("link", name="Aftaler")).to_be_visible()
    expect(page.get_by_role("button", name="Log af").first).to_be_visible()
