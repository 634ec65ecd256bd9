"""Finance makes a small agreement by form, signs it, filters its money and takes it home as a workbook."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accessibility import assert_good_at_both_widths
from tests.tracker.exports.workbooks import columns_of, computed_in, opened, value_of

pytestmark = pytest.mark.browser

SETUP = "/opsaetning/aftaler/2031/"


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def make_head(page: Page) -> None:
    page.goto("/opsaetning/")
    page.get_by_role("link", name="Begynd med en kopi af Aftale om budget 2021").click()
    page.get_by_label("Budgetår").fill("2031")
    page.get_by_label("Titel").fill("Aftale om budget 2031")
    assert_good_at_both_widths(page)
    press(page, "Opret udkastet")
    expect(page).to_have_url(re.compile(f"{SETUP}$"))


def add_section(page: Page, code: str, title: str, *, parent: str = "") -> None:
    page.goto(f"{SETUP}afsnit/ny/")
    page.get_by_label("Nummer", exact=False).first.fill(code)
    if parent:
        page.get_by_label("Ligger under").select_option(label=parent)
    page.get_by_label("Titel").first.fill(title)
    assert_good_at_both_widths(page)
    press(page, "Opret afsnittet")


def add_item(page: Page, code: str, title: str, committee: str) -> None:
    page.goto(f"{SETUP}punkter/ny/?afsnit=1.1")
    page.locator("#id_code").fill(code)
    page.locator("#id_title").fill(title)
    page.get_by_label(committee).check()
    assert_good_at_both_widths(page)
    press(page, "Opret punktet")


def add_line(page: Page, label: str, amounts: dict[int, str], **fields: str) -> None:
    page.goto(f"{SETUP}beloeb/ny/")
    page.locator("#id_label").fill(label)
    for name, value in fields.items():
        box = page.locator(f"#id_{name}")
        box.select_option(value) if name in {"table", "nature"} else box.fill(value)
    for year, amount in amounts.items():
        page.get_by_label(f"Beløb {year}").fill(amount)
    assert_good_at_both_widths(page)
    press(page, "Opret linjen")


def test_an_agreement_from_empty_forms_to_a_workbook(browse, watch):
    watch.expect(422)
    page = browse("oekonomi")
    make_head(page)
    add_section(page, "1", "Børn og unge")
    add_section(page, "1.1", "Skoler", parent="1. Børn og unge")
    add_item(page, "1.1.1", "Læsehjælp i indskolingen", "Børne- og Skoleudvalget")
    add_line(
        page, "Læsehjælp", {2031: "1.250", 2032: "1 250"}, table="drift", heading="1. Børn og unge", code="1.1.1",
        nature="new", keys="1.1.1",
    )  # fmt: skip
    add_line(page, "Færre lejemål", {2031: "−500"}, table="drift", nature="saving")

    # An amount with a comma is told, and stays in its field.
    page.goto(f"{SETUP}beloeb/ny/")
    page.locator("#id_label").fill("Gymnastiksal")
    page.locator("#id_table").select_option("anlaeg")
    page.locator("#id_nature").select_option("new")
    page.get_by_label("Beløb 2031").fill("12,5")
    press(page, "Opret linjen")
    expect(page.locator(".error-summary")).to_contain_text("uden komma")
    expect(page.get_by_label("Beløb 2031")).to_have_value("12,5")
    assert_good_at_both_widths(page)
    page.get_by_label("Beløb 2031").fill("12.500")
    press(page, "Opret linjen")

    page.goto(SETUP)
    assert_good_at_both_widths(page)
    page.get_by_role("link", name="Markér som indgået …").click()
    assert_good_at_both_widths(page)
    page.get_by_label("Aftalen blev indgået den").fill("01.10.2025")
    page.get_by_label("Jeg har holdt summerne op mod aftalen").check()
    press(page, "Markér som indgået")
    expect(page.locator("#besked")).to_contain_text("indgået")

    # What was agreed is closed, for everyone to read.
    watch.expect(409)
    assert page.goto(f"{SETUP}beloeb/ny/").status == 409
    reader = browse("udvalgsmedlem")
    reader.goto("/aftaler/2031/beloeb/")
    expect(reader.locator("#liste")).to_contain_text("3 linjer")
    reader.get_by_label("Art").select_option(label="besparelse")
    expect(reader.locator("#liste")).to_contain_text("1 af 3 linjer passer")
    expect(reader.locator(".money .row--total").last).to_contain_text("−500")
    assert_good_at_both_widths(reader)

    with reader.expect_download() as download:
        reader.get_by_role("link", name="Hent som Excel med udsnittet").click()
    book = opened(download.value.path().read_bytes())
    assert book.sheetnames == ["Drift", "Anlæg", "Udsnit"]
    drift = book["Drift"]
    total = computed_in(drift)["Drift i alt (beregnet)"]
    assert [value_of(drift, total, columns_of(drift)[year]) for year in (2031, 2032)] == [750, 1250]
