"""Writing workbooks: a sheet is a list of columns over report rows. Alone in knowing openpyxl."""

import io
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

KRONER = "#,##0;[Red]-#,##0"
TEXT = "@"
_LONGEST_CELL = 32_767  # characters of two bytes; Excel's own limit
_NOT_IN_XML = re.compile("[\ufffe\uffff]")
_HEADING = PatternFill("solid", start_color="FFE6EEF5")
_LINE = Border(bottom=Side("thin", "FFBBC4CC"))


@dataclass(frozen=True)
class Column:
    """One column: its heading, how to read it from a row, its width in characters, and a number format."""

    heading: str
    value: Callable[[object], str | int | None]
    width: int = 14
    number_format: str = TEXT


@dataclass(frozen=True)
class Sheet:
    """`title` lines stand above the headings; the headings stay in sight and are printed on every page."""

    name: str
    title: list[str]
    columns: list[Column]
    rows: Iterable[object]


def workbook_bytes(sheets: list[Sheet], *, title: str) -> bytes:
    """The workbook as a file. Text is always text: no cell can become a formula, whatever a person has typed."""
    book = Workbook(write_only=True)
    book.properties.title = _clean(title)
    book.properties.creator = "Budgetaftaler"
    for sheet in sheets:
        _write(book.create_sheet(sheet.name), sheet)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _write(page: Worksheet, sheet: Sheet) -> None:
    heading_row = len(sheet.title) + 2
    for number, column in enumerate(sheet.columns, start=1):
        page.column_dimensions[get_column_letter(number)].width = column.width
    page.freeze_panes = f"A{heading_row + 1}"
    page.print_title_rows = f"{heading_row}:{heading_row}"
    page.page_setup.orientation = "landscape"
    page.page_setup.paperSize = Worksheet.PAPERSIZE_A4
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    page.oddFooter.center.text = "Side &P af &N"
    for number, line in enumerate(sheet.title):
        page.append([_text(page, line, bold=number == 0)])
    page.append([])
    page.append([_heading(page, column) for column in sheet.columns])
    last = heading_row
    for row in sheet.rows:
        page.append([_cell(page, column.value(row), column.number_format) for column in sheet.columns])
        last += 1
    page.auto_filter.ref = f"A{heading_row}:{get_column_letter(len(sheet.columns))}{last}"


def _text(page: Worksheet, value: str, *, bold: bool = False) -> WriteOnlyCell:
    cell = _cell(page, value, TEXT)
    cell.font = Font(bold=bold, size=14 if bold else 11)
    cell.alignment = Alignment(wrap_text=False)
    return cell


def _heading(page: Worksheet, column: Column) -> WriteOnlyCell:
    cell = _cell(page, column.heading, TEXT)
    cell.font, cell.fill, cell.border = Font(bold=True), _HEADING, _LINE
    cell.alignment = Alignment(wrap_text=True, vertical="bottom", horizontal=_side(column.number_format))
    return cell


def _cell(page: Worksheet, value: str | int | None, number_format: str) -> WriteOnlyCell:
    if isinstance(value, str):
        value = _clean(value)
    cell = WriteOnlyCell(page, value=value)
    if isinstance(value, str):
        cell.data_type = "s"  # openpyxl takes a text that starts with "=" for a formula
        cell.quotePrefix = value[:1] in {"=", "+", "-", "@"}
    cell.number_format = number_format
    cell.alignment = Alignment(wrap_text=True, vertical="top", horizontal=_side(number_format))
    return cell


def _clean(text: str) -> str:
    """Without the characters that XML cannot hold, and no longer than Excel's cells, which count an emoji as two."""
    text = _NOT_IN_XML.sub("", ILLEGAL_CHARACTERS_RE.sub("", text))
    return text.encode("utf-16-le")[: _LONGEST_CELL * 2].decode("utf-16-le", errors="ignore")


def _side(number_format: str) -> str:
    return "left" if number_format == TEXT else "right"
