"""The drift and anlæg workbook, read back cell by cell and its sums worked out."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from budget.models import AmountLine, ControlTotal
from tests.factories import create_agreement, create_amount_line
from tests.tracker.exports.workbooks import columns_of, computed_in, heading_row, opened, value_of
from tests.tracker.views.pages import Page, signed_in
from tracker.exports.money_workbook import money_workbook
from tracker.reports.money import MoneyFilter, RowKind, money_lines, money_report

NOW = datetime(2026, 11, 25, 10, 15, tzinfo=UTC)
TABLES = {"Drift": "drift", "Anlæg": "anlaeg"}
YEARS = (2021, 2022, 2023, 2024)


@pytest.fixture
def book(loaded_2021):
    return opened(money_workbook(loaded_2021, money_lines(loaded_2021), now=NOW))


def lines_in(page):
    """The rows that are printed lines: those with a nature."""
    nature = columns_of(page)["Art"]
    return [row for row in range(heading_row(page) + 1, page.max_row + 1) if page.cell(row, nature).value]


def test_every_line_is_in_the_file_cell_by_cell(loaded_2021, book):
    compared = 0
    for name, table in TABLES.items():
        page, stored = book[name], AmountLine.objects.filter(agreement=loaded_2021, table=table).order_by("position")
        place = columns_of(page)
        for row, line in zip(lines_in(page), stored, strict=True):
            kroner = dict(line.amounts.values_list("year", "kroner"))
            found = [page.cell(row, place[each]).value for each in ("Punkt", "Tekst", "Projekt", *YEARS, "Art")]
            assert found == [
                line.code or None, line.label, line.project or None,
                *(kroner[year] // 1000 if year in kroner else None for year in YEARS), line.get_nature_display(),
            ]  # fmt: skip
            compared += 1

    assert compared == 145


def test_headings_stand_where_they_are_printed(loaded_2021, book):
    for name, table in TABLES.items():
        page, place = book[name], columns_of(book[name])
        texts = [page.cell(row, place["Tekst"]).value for row in range(heading_row(page) + 1, page.max_row + 1)]
        stored = AmountLine.objects.filter(agreement=loaded_2021, table=table).order_by("position")
        wanted, last = [], ""
        for line in stored:
            wanted += [line.heading] if line.heading and line.heading != last else []
            wanted.append(line.label)
            last = line.heading
        assert [text for text in texts if not text.endswith("(beregnet)")] == wanted


def test_totals_are_formulas_that_come_to_the_control_totals(loaded_2021, book):
    for name, table in TABLES.items():
        page, place = book[name], columns_of(book[name])
        row = computed_in(page)[f"{name} i alt (beregnet)"]
        for year in YEARS:
            assert page.cell(row, place[year]).data_type == "f"
            control = ControlTotal.objects.get(agreement=loaded_2021, table=table, year=year)
            assert value_of(page, row, place[year]) * 1000 == control.kroner


def test_every_formula_comes_to_what_the_screen_shows(loaded_2021, book, member):
    for name, table in TABLES.items():
        page, place = book[name], columns_of(book[name])
        screen = Page(signed_in(member).get(f"/aftaler/2021/beloeb/{table}/")).text
        for label, row in computed_in(page).items():
            shown = [value_of(page, row, place[year]) for year in YEARS]
            words = " ".join(_as_shown(each) for each in shown if each is not None)
            assert f"{label} {words}" in screen


def _as_shown(thousands: int) -> str:
    return f"{thousands:,}".replace(",", ".").replace("-", "−")


def test_possible_duplicates_are_left_out_of_one_total(book):
    page, place = book["Drift"], columns_of(book["Drift"])
    row = computed_in(page)["Drift i alt uden mulige dubletter (beregnet)"]

    assert [value_of(page, row, place[year]) for year in YEARS] == [808, 30_124, 23_100, 66_775]
    assert not any("dubletter" in label for label in computed_in(book["Anlæg"]))


def test_a_wrong_amount_shows_in_the_total(book):
    """The counter-test: sums are worked out from the cells, not stored beside them."""
    page, place = book["Drift"], columns_of(book["Drift"])
    page.cell(lines_in(page)[0], place[2021]).value += 1

    assert value_of(page, computed_in(page)["Drift i alt (beregnet)"], place[2021]) == -3_191


def test_the_sheet_is_ready_to_print_and_to_work_in(book):
    page = book["Drift"]
    top = heading_row(page)

    assert page["A1"].value == "Aftale om budget 2021: Drift"
    assert page["A2"].value.startswith("Indgået 29.09.2020. ")
    assert "1.000 kr." in page["A2"].value and page["A3"].value.startswith("Dannet 25.11.2026 kl. 11.15.")
    assert [cell.value for cell in page[top]] == ["Punkt", "Tekst", "Projekt", *YEARS, "Art", "Note"]
    assert page.freeze_panes == f"A{top + 1}" and page.print_title_rows == f"${top}:${top}"
    assert (page.page_setup.orientation, page.page_setup.paperSize) == ("landscape", 9)
    assert page.oddFooter.center.text == "Side &P af &N"
    assert page.cell(top + 2, 4).number_format.startswith("#,##0")
    assert book.calculation.fullCalcOnLoad
    assert page.cell(top + 2, 1).number_format == "@"


def test_zero_is_a_number_and_blank_is_blank(db):
    agreement = create_agreement(2031)
    create_amount_line(agreement, {2031: 0, 2033: -500_000})

    page = opened(money_workbook(agreement, money_lines(agreement), now=NOW))["Drift"]

    row, place = lines_in(page)[0], columns_of(page)
    assert [page.cell(row, place[year]).value for year in (2031, 2032, 2033, 2034)] == [0, None, -500, None]
    total = computed_in(page)["Drift i alt (beregnet)"]
    assert [value_of(page, total, place[year]) for year in (2031, 2032, 2033, 2034)] == [0, None, -500, None]


def test_what_is_no_whole_thousand_keeps_its_decimals(db):
    agreement = create_agreement(2031)
    create_amount_line(agreement, {2031: 12_345})

    page = opened(money_workbook(agreement, money_lines(agreement), now=NOW))["Drift"]

    assert Decimal(str(page.cell(lines_in(page)[0], columns_of(page)[2031]).value)) == Decimal("12.345")


@pytest.mark.parametrize("text", ["=1+1", "+45", "-1", "@SUM(A1)", '=HYPERLINK("x")'])
@pytest.mark.parametrize("where", ["label", "note", "project", "heading"])
def test_no_text_becomes_a_formula(db, where, text):
    agreement = create_agreement(2031)
    create_amount_line(agreement, {2031: 1_000}, **{"label": "Linje", where: text})

    page = opened(money_workbook(agreement, money_lines(agreement), now=NOW))["Drift"]

    cells = [cell for row in page.iter_rows() for cell in row if cell.value == text]
    assert cells and all(cell.data_type == "s" and cell.quotePrefix for cell in cells)


def test_control_characters_are_taken_out(db):
    agreement = create_agreement(2031)
    create_amount_line(agreement, {2031: 1_000}, label="Sti\x0b og\x07 lys")

    page = opened(money_workbook(agreement, money_lines(agreement), now=NOW))["Drift"]

    assert page.cell(lines_in(page)[0], 2).value == "Sti og lys"


def test_an_extract_is_a_sheet_of_its_own(loaded_2021):
    lines = money_lines(loaded_2021)
    report = money_report(loaded_2021, lines, wanted=MoneyFilter(nature="loan"), grouping="udvalg")

    book = opened(money_workbook(loaded_2021, lines, now=NOW, extract=(report, ["Art: lån", "Vis: Udvalg"])))

    page = book["Udsnit"]
    assert book.sheetnames == ["Drift", "Anlæg", "Udsnit"]
    assert page["A2"].value == "Art: lån; Vis: Udvalg"
    assert len(lines_in(page)) == len(report.lines) > 0
    total = next(row for row in report.rows if row.kind == RowKind.TOTAL)
    place, row = columns_of(page), computed_in(page)[f"{total.label} (beregnet)"]
    assert {year: value_of(page, row, place[year]) for year in total.kroner} == {
        year: kroner // 1000 for year, kroner in total.kroner.items()
    }


def test_more_groups_than_one_sum_takes_are_summed_all_the_same(db):
    agreement = create_agreement(2031)
    for n in range(450):
        create_amount_line(agreement, {2031: 1_000}, project=f"A{n:06d}")
    lines = money_lines(agreement)
    report = money_report(agreement, lines, grouping="projekt")

    page = opened(money_workbook(agreement, lines, now=NOW, extract=(report, [])))["Udsnit"]

    total = page.cell(page.max_row, columns_of(page)[2031])
    assert value_of(page, total.row, total.column) == 450
    assert all(part.count(",") < 255 for part in total.value.split("SUM"))
