"""Returning, annotating and approving, without a mouse and without JavaScript, and every page and state on the way."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.accessibility import assert_focus_visible, assert_good_at_both_widths
from tests.browser.conftest import ROUND
from tests.browser.test_journey_by_keyboard import Hands

pytestmark = pytest.mark.browser


def test_return_and_approval_by_keyboard(browse, watch, entry_url):
    watch.expect(422)
    finance, editor, approver = browse("oekonomi"), browse("ejendomme"), browse("godkender")

    # finance returns one: first without a word, and the way to the field
    hands = Hands(finance)
    finance.goto(entry_url("3.24"))
    hands.open("^Returnér 3.24$")
    expect(finance.locator(".error-summary")).to_be_focused()
    assert_focus_visible(finance)
    hands.to("Hvad skal rettes")
    hands.press("Enter")
    expect(finance.locator("#return_comment")).to_be_focused()
    hands.type("Hvilke to skoler? Æøå")
    hands.open("^Returnér 3.24$")
    expect(finance.locator("#besked")).to_contain_text("3.24 er returneret")
    expect(finance.get_by_role("region", name="Returneret den")).to_contain_text("Hvilke to skoler? Æøå")

    # the centre is told, and answers
    hands = Hands(editor)
    editor.goto("/")
    expect(editor.get_by_text("Hvilke to skoler? Æøå")).to_be_visible()
    hands.open(r"^3\.24")
    hands.to("Bemærkning")
    hands.type("Hede- og Rosenlundskolen. ")
    hands.submit()
    expect(editor.locator("#besked")).to_contain_text("3.24 er indsendt")

    # the approver approves that one, and two more from the board
    hands = Hands(approver)
    approver.goto("/")
    hands.open(r"^3\.24")
    expect(approver.get_by_text("Hede- og Rosenlundskolen.")).to_be_visible()
    hands.open("^Godkend 3.24$")
    expect(approver.locator("#besked")).to_contain_text("3.24 er godkendt")
    approver.goto(ROUND + "?tilstand=indsendt")
    for key in ("3.04", "7.02"):
        hands.to(rf"^Vælg {re.escape(key)}")
        hands.press("Space")
    hands.open("^Godkend valgte")
    expect(approver.get_by_role("heading", name="Med anmærkninger (2)")).to_be_visible()
    hands.open("^Godkend de valgte$")
    expect(approver.locator("#besked")).to_contain_text("2 indberetninger er godkendt")
    for key in ("3.04", "3.24", "7.02"):
        expect(approver.locator("#liste tbody tr", has_text=key)).to_contain_text("godkendt")

    # and takes one of them back
    approver.goto(entry_url("3.04"))
    hands.open("^Fortryd godkendelsen")
    expect(approver.locator("#besked")).to_contain_text("Godkendelsen af 3.04 er fortrudt")


def test_a_chief_submits_all_without_javascript(browse, entry_url):
    page = browse("ejendomme-chef", javascript=False)
    page.goto(entry_url("4.01.1"))
    page.locator('input[name="economy"][value="kept"]').check()
    page.get_by_role("button", name="Gem kladde").click()

    page.goto("/")
    page.get_by_role("link", name="Indsend alle kladder").click()
    expect(page.get_by_role("heading", name="Mangler noget og bliver ikke indsendt (1)")).to_be_visible()
    expect(page.get_by_role("heading", name="Klar, men med anmærkninger (1)")).to_be_visible()
    page.get_by_role("button", name="Indsend de valgte").click()

    expect(page.get_by_text("1 indberetning er indsendt. Tak!")).to_be_visible()


def test_the_boards_filters_go_together(browse):
    page = browse("godkender")
    page.goto(ROUND)
    page.get_by_role("link", name=re.compile("^indsendt 5")).click()
    expect(page.locator("#liste tbody tr")).to_have_count(5)

    page.locator("#id_center").select_option(label="Ejendomme")

    expect(page.locator("#liste tbody tr")).to_have_count(3)
    expect(page.get_by_role("link", name=re.compile("^indsendt 3"))).to_have_attribute("aria-current", "true")
    page.locator("#id_udvalg").select_option(label="Uden udvalg")
    expect(page.locator("#liste tbody tr")).to_have_count(1)
    expect(page.locator("#liste")).to_contain_text("Ingen punkter passer til filteret")


def test_every_state_of_the_control_is_good_for_everybody(browse, watch, entry_url):
    watch.expect(409, 422)
    finance, approver, editor = browse("oekonomi"), browse("godkender"), browse("ejendomme")
    for page in (finance, approver):
        page.goto(entry_url("3.24"))

    approver.get_by_label("Økonomi og Styrings bemærkning").fill("Kollegaens ord")
    approver.get_by_role("button", name="Gem bemærkningen").click()
    expect(approver.get_by_text("En anden skal godkende det")).to_be_visible()
    assert_good_at_both_widths(approver)
    finance.get_by_label("Økonomi og Styrings bemærkning").fill("Mine egne ord")
    finance.get_by_role("button", name="Gem bemærkningen").click()
    expect(finance.get_by_role("region", name="Det, der nu er gemt")).to_contain_text("Kollegaens ord")
    expect(finance.get_by_label("Økonomi og Styrings bemærkning")).to_have_value("Mine egne ord")
    assert_good_at_both_widths(finance)
    finance.get_by_role("button", name="Returnér 3.24").click()
    expect(finance.locator(".error-summary")).to_be_focused()
    assert_good_at_both_widths(finance)

    approver.goto(ROUND + "godkend/")
    expect(approver.get_by_role("heading", name="Skal godkendes af en anden (1)")).to_be_visible()
    finance.goto(entry_url("3.04"))
    finance.get_by_label("Hvad skal rettes?").fill("Hvornår?")
    finance.get_by_role("button", name="Returnér 3.04").click()
    approver.get_by_role("button", name="Godkend de valgte").click()
    expect(approver.get_by_role("heading", name=re.compile("3 indberetninger er godkendt. 1 er ladt"))).to_be_visible()
    assert_good_at_both_widths(approver)
    for url in (ROUND, entry_url("7.02")):
        approver.goto(url)
        assert_good_at_both_widths(approver)

    for url in ("/", entry_url("3.04"), entry_url("7.02")):
        editor.goto(url)
        assert_good_at_both_widths(editor)
