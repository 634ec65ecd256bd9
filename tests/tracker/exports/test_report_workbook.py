"""The workbook, opened again: figures are figures, codes are text, and nothing a person wrote can be a formula."""

import io
import re
import zipfile
from collections import Counter
from dataclasses import replace
from datetime import date
from itertools import product

import openpyxl
import pytest

from tests.factories import (
    create_agreement,
    create_assessment,
    create_item,
    create_milestone_change,
    create_note,
    create_round,
)
from tests.tracker.exports.conftest import report_of
from tests.tracker.views.pages import signed_in, text_of
from tracker.exports.report_workbook import report_workbook
from tracker.reports.milestone_changes import ChangedMilestone

_STARTS = [
    "=",
    "+",
    "-",
    "@",
    "\t=",
    "\r=",
    "\n=",
    " =",
    "'=",
    "=-",
    "+=",
    "@=",
    "\ufeff=",
    "＝",
    ";=",
    ",=",
    '"=',
    "%=",
    "=@",
    "=+",
]
_BODIES = [
    "1+1", "cmd|' /C calc'!A0", 'HYPERLINK("http://ondsind.example","klik")', "DDE(\"cmd\";\"/C calc\";\"x\")",
    'WEBSERVICE("http://ondsind.example")', "SUM(A1:A9)", 'IMPORTXML("http://x","//a")', "MSEXCEL|'\\..\\cmd'!A1",
    "{1,2}", "'[bog.xlsx]Ark1'!A1",
]  # fmt: skip
AMOUNTS = 15  # figures of the 13 amount lines of 2018, one row per year
PAYLOADS = [start + body for start, body in product(_STARTS, _BODIES)]


def opened(report):
    return openpyxl.load_workbook(io.BytesIO(report_workbook(report)))


def table_of(sheet) -> list[dict]:
    """The rows under the headings, by heading."""
    rows = [row for row in sheet.iter_rows()]
    first = int(re.search(r"\d+", sheet.auto_filter.ref)[0])
    names = [cell.value for cell in rows[first - 1]]
    return [dict(zip(names, row, strict=True)) for row in rows[first:]]


def test_sheets_and_numbers_of_2018(loaded_2018):
    book = opened(report_of(loaded_2018))

    assert book.sheetnames == ["Punkter", "Milepæle", "Status", "Beløb", "Ændrede milepæle"]
    assert [len(table_of(book[name])) for name in book.sheetnames] == [35, 100, 35, AMOUNTS, 0]
    assert book["Punkter"]["A1"].value == "Første opfølgning på Aftale om budget 2018 for Ballerup Kommune"
    efforts = [row["Indsats"].value for row in table_of(book["Status"])]
    assert (efforts.count("glad"), efforts.count("mellemfornøjet"), efforts.count("ikke relevant")) == (21, 12, 2)


def test_codes_are_text_and_amounts_are_numbers(db):
    agreement = create_agreement()
    first = create_round(agreement)
    create_assessment(create_item(agreement, "3.10"), first, effort="sad", comment="Dyrt", expected_amount=-1_250_000)
    create_item(agreement, "3.9")

    rows = table_of(opened(report_of(agreement))["Status"])

    assert [(row["Punkt"].value, row["Punkt"].data_type, row["Punkt"].number_format) for row in rows] == [
        ("3.9", "s", "@"),
        ("3.10", "s", "@"),
    ]
    empty, amount = (row["Forventet beløb (kr.)"] for row in rows)
    assert (amount.value, amount.data_type) == (-1_250_000, "n") and amount.number_format.startswith("#,##0")
    assert empty.value is None, "blank is not zero"
    assert [row["Tilstand"].value for row in rows] == ["mangler", "indsendt"]


def test_moved_goals_have_a_sheet_of_their_own(db):
    agreement = create_agreement()
    item = create_item(agreement, "3.10")
    create_milestone_change(item, create_round(agreement), "Før", "", reason="Udgik")

    (row,) = table_of(opened(report_of(agreement))["Ændrede milepæle"])

    assert {name: cell.value for name, cell in row.items()} == {
        "Punkt": "3.10", "Titel": "Punkt 3.10", "Runde": agreement.rounds.get().label, "Milepæl før": "Før",
        "Milepæl efter": None, "Begrundelse": "Udgik", "Ændret den": "12.03.2031",
    }  # fmt: skip


def test_sheets_read_and_print_well(loaded_2018):
    for sheet in opened(report_of(loaded_2018)):
        heading = int(re.search(r"\d+", sheet.auto_filter.ref)[0])
        assert sheet.freeze_panes == f"A{heading + 1}"
        assert sheet.print_title_rows == f"${heading}:${heading}"
        assert sheet.page_setup.orientation == "landscape" and sheet.sheet_properties.pageSetUpPr.fitToPage


def test_nothing_is_hidden_or_leads_elsewhere(loaded_2018):
    data = report_workbook(report_of(loaded_2018))
    book = openpyxl.load_workbook(io.BytesIO(data))

    assert all(sheet.sheet_state == "visible" for sheet in book)
    for sheet in book:
        assert not any(each.hidden for each in [*sheet.column_dimensions.values(), *sheet.row_dimensions.values()])
        assert all(cell.comment is None and cell.hyperlink is None for row in sheet.iter_rows() for cell in row)
    assert set(book.defined_names) == set()
    assert book.properties.creator == "Budgetaftaler" and not book.properties.lastModifiedBy
    names = zipfile.ZipFile(io.BytesIO(data)).namelist()
    assert not [
        name for name in names if re.search(r"external|vba|comments|embed|drawing|custom|connection", name, re.I)
    ]


def test_no_text_becomes_a_formula(written):
    report = written("plads")
    (item,) = report.items
    spoilt = [_spoilt(item, payload) for payload in PAYLOADS]
    report = replace(_with_text(report, PAYLOADS[0]), chapters=[replace(report.chapters[0], items=spoilt)])

    book = opened(report)

    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s", "n"}
    assert all(isinstance(cell.value, int) for cell in cells if cell.data_type == "n")
    texts = Counter(str(cell.value).replace("\r", "\n") for cell in cells)
    assert all(texts[payload.replace("\r", "\n")] >= 10 for payload in PAYLOADS)
    for name in book.sheetnames:
        assert len(table_of(book[name])) == len(PAYLOADS)


def _spoilt(item, text):
    moved = [ChangedMilestone(text, text, date(2031, 3, 12), text)]
    rounds = [replace(row, label=text, milestones=[text], comment=text, milestone_changes=moved) for row in item.rounds]
    amounts = [replace(row, label=text, project=text, note=text, period=text, years={text: 1}) for row in item.amounts]
    return replace(
        item, title=text, section_title=text, centre=text, committees=[text], responsible=[text], contributors=[text],
        text=text, note=text, economy_text=text, source_note=text, rounds=rounds, amounts=amounts, now=rounds[0],
    )  # fmt: skip


def _with_text(report, text):
    """The same report with `text` wherever a person has written."""
    agreement, follow_up_round = report.agreement, report.follow_up_round
    agreement.title, agreement.case_number, follow_up_round.label = text, text, text
    chapters = [
        replace(each, title=text, items=[_spoilt(item, text) for item in each.items]) for each in report.chapters
    ]
    return replace(report, agreement=agreement, follow_up_round=follow_up_round, chapters=chapters)


def test_formulas_kept_in_the_database_are_text_in_the_file(written):
    book = opened(written("=cmd|' /C calc'!A0"))

    found = table_of(book["Status"])[0]["Bemærkning"]
    assert (found.value, found.data_type, found.quotePrefix) == ("=cmd|' /C calc'!A0", "s", True)


def test_finances_note_is_text_beside_the_centres_own(db):
    agreement = create_agreement()
    item = create_item(agreement)
    first = create_round(agreement)
    create_assessment(item, first, comment="Centerets ord")
    create_note(item, first, "=1+1")

    (row,) = table_of(opened(report_of(agreement))["Status"])

    found = row["Økonomi og Styrings bemærkning"]
    assert (row["Bemærkning"].value, found.value, found.data_type) == ("Centerets ord", "=1+1", "s")


@pytest.mark.parametrize(
    "text", ["a\x00b\x01c\x08d\x0be\x1f", "før\ufffeefter\uffff", "_x0041_", "𝔘" * 40_000, "x" * 40_000]
)
def test_odd_characters_never_spoil_the_file(written, text):
    report = _with_text(written("plads"), text)

    book = opened(report)

    value = table_of(book["Status"])[0]["Bemærkning"].value
    assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", value)
    assert len(value.encode("utf-16-le")) // 2 <= 32_767, "Excel counts a character outside the first plane as two"


def test_line_breaks_and_danish_letters_come_through(written):
    (row,) = table_of(opened(written("Første linje\nanden: Blåbærgrød på Østerbro 🏗️"))["Status"])

    assert row["Bemærkning"].value == "Første linje\nanden: Blåbærgrød på Østerbro 🏗️"
    assert row["Bemærkning"].alignment.wrap_text


def test_the_same_figures_on_screen_and_in_the_file(loaded_2018, finance):
    page = text_of(signed_in(finance).get("/aftaler/2018/runder/1/rapport/samlet/"))

    rows = table_of(opened(report_of(loaded_2018))["Beløb"])

    seen = set()
    for row in rows:
        kroner = row["Aftalt (kr.)"].value
        written = f"{'−' if kroner < 0 else ''}{abs(kroner):,}".replace(",", ".") + " kr."
        period = row["Periode som trykt"].value
        is_first = (row["Punkt"].value, row["Tekst"].value) not in seen  # the printed period stands once per line
        seen.add((row["Punkt"].value, row["Tekst"].value))
        years = row["År"].value
        if is_first and period and period != years:
            years = f"{years} som trykt: {period}"
        assert f"{years} {written}" in page
    assert sum(row["Aftalt (kr.)"].value for row in rows) == sum(
        amount for item in report_of(loaded_2018).items for line in item.amounts for amount in line.years.values()
    )
