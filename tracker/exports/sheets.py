"""Writing workbooks: a sheet is a list of columns over report rows. Alone in knowing openpyxl."""

import io
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

KRONER = "#,##0;[Red]-#,##0"
NUMBER = "#,##0_ ;-#,##0_ "  # with a little air before the next column
DECIMAL = "#,##0.0##_ ;-#,##0.0##_ "
YEAR = "0_ "
TEXT = "@"
PLAIN = "General"  # a short word that needs no style of its own
_LONGEST_CELL = 32_767  # characters of two bytes; Excel's own limit
_NOT_IN_XML = re.compile(f"{ILLEGAL_CHARACTERS_RE.pattern}|[\ufffe\uffff]")
_TAKEN_FOR_FORMULA = ("=", "+", "-", "@")
_SHADE = PatternFill("solid", start_color="FFE6EEF5")
_THIN, _THICK = Side("thin", "FFBBC4CC"), Side("medium", "FF1A1A1A")


@dataclass(frozen=True)
class Formula:
    """A live formula of ours, such as SUM(D7:D9). Nothing a person has typed ever becomes one."""

    text: str
    has_decimals: bool = False


Value = str | int | Decimal | Formula | None


@dataclass(frozen=True)
class Column:
    """One column: its heading (a year as a number), how to read it from a row, its width in characters, and a number
    format."""

    heading: str | int
    value: Callable[[object], Value]
    width: int = 14
    number_format: str = TEXT


@dataclass(frozen=True)
class Sheet:
    """`title` lines stand above the headings; the headings stay in sight and are printed on every page. `look` names a
    row's style: "", "heading", "subtotal" or "total"; `vertical` says where its cells sit beside a wrapped text."""

    name: str
    title: list[str]
    columns: list[Column]
    rows: Iterable[object]
    look: Callable[[object], str] = lambda row: ""
    vertical: str = "top"

    @property
    def first_row(self) -> int:
        """The number of the first row below the headings."""
        return first_row(self.title)


def first_row(title: list[str]) -> int:
    """Where the rows begin below these lines, an empty one and the headings."""
    return len(title) + 3


_FONT, _LINE_HEIGHT = "Calibri", 15  # points; the height is that of one line of the font at size 11
_BOLD = Font(name=_FONT, size=11, bold=True)
_LOOKS = {
    "": {},
    "head": {"font": _BOLD, "fill": _SHADE, "border": Border(bottom=_THIN)},
    "heading": {"font": _BOLD, "fill": _SHADE},
    "subtotal": {"font": _BOLD, "border": Border(top=_THIN)},
    "total": {"font": _BOLD, "border": Border(top=_THICK)},
}


def workbook_bytes(sheets: list[Sheet], *, title: str) -> bytes:
    """The workbook as a file. Text is always text: no cell can become a formula, whatever a person has typed."""
    book = Workbook(write_only=True)
    book.properties.title = clean(title)
    book.properties.creator = "Budgetaftaler"
    book.calculation.fullCalcOnLoad = True  # formulas are written without their results
    for sheet in sheets:
        _write(book.create_sheet(sheet.name), sheet)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _write(page: Worksheet, sheet: Sheet) -> None:
    heading_row = sheet.first_row - 1
    for number, column in enumerate(sheet.columns, start=1):
        page.column_dimensions[get_column_letter(number)].width = column.width
    page.freeze_panes = f"A{sheet.first_row}"
    page.print_title_rows = f"{heading_row}:{heading_row}"
    page.page_setup.orientation = "landscape"
    page.page_setup.paperSize = Worksheet.PAPERSIZE_A4
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    page.oddFooter.center.text = "Side &P af &N"
    for number, line in enumerate(sheet.title):
        page.append([_title(page, line, is_first=number == 0)])
    page.append([])
    formats = [YEAR if isinstance(column.heading, int) else column.number_format for column in sheet.columns]
    headings = _Cells(page, formats, "bottom")
    page.append(headings.filled([column.heading for column in sheet.columns], "head"))
    cells = _Cells(page, [column.number_format for column in sheet.columns], sheet.vertical)
    values = [column.value for column in sheet.columns]
    last = heading_row
    widths = [column.width for column in sheet.columns]
    for row in sheet.rows:
        last += 1
        found = [value(row) for value in values]
        if (lines := _lines(found, widths)) > 1:  # not every program works the height out by itself
            page.row_dimensions[last].height = min(lines * _LINE_HEIGHT, 409)
        page.append(cells.filled(found, sheet.look(row)))
    page.auto_filter.ref = f"A{heading_row}:{get_column_letter(len(sheet.columns))}{last}"


def cell_range(column: int, first: int, last: int) -> str:
    """How a formula names cells of one column (1 is A): D7, or D7:D9."""
    letter = get_column_letter(column)
    return f"{letter}{first}" if first == last else f"{letter}{first}:{letter}{last}"


def _lines(values: list[Value], widths: list[int]) -> int:
    """How many lines the tallest text of a row wraps to, near enough: a sixth more letters than the width says."""
    tallest = 1
    for value, width in zip(values, widths, strict=True):
        if isinstance(value, str) and (len(value) > width or "\n" in value):
            room = width * 7 // 6
            tallest = max(tallest, sum(1 + (len(line) - 1) // room for line in value.split("\n")))
    return tallest


class _Cells:
    """One cell per column and look, filled anew for every row: a row is written the moment it is appended, and making a
    styled cell costs more than writing it."""

    def __init__(self, page: Worksheet, formats: list[str], vertical: str):
        self.page, self.formats, self.vertical = page, formats, vertical
        self.made: dict[tuple, Cell] = {}

    def filled(self, values: list[Value], look: str) -> list[Cell | str | None]:
        return [self._cell(column, value, look) for column, value in enumerate(values)]

    def _cell(self, column: int, value: Value, look: str) -> Cell | str | None:
        if value is None and not look:
            return None
        is_text = isinstance(value, str)
        has_decimals = isinstance(value, Decimal) or (isinstance(value, Formula) and value.has_decimals)
        if is_text:
            value = clean(value)
        elif isinstance(value, Formula):
            value = f"={value.text}"
        is_quoted = is_text and value.startswith(_TAKEN_FOR_FORMULA)
        if is_text and self.formats[column] == PLAIN and not (look or is_quoted):
            return value
        kind = (column, look, is_quoted, has_decimals)
        if (cell := self.made.get(kind)) is None:
            cell = self.made[kind] = self._styled(*kind)
        cell.value = value
        if is_text:
            cell.data_type = "s"  # openpyxl takes a text that starts with "=" for a formula
        return cell

    def _styled(self, column: int, look: str, is_quoted: bool, has_decimals: bool) -> Cell:
        cell = WriteOnlyCell(self.page)
        for name, part in _LOOKS[look].items():
            setattr(cell, name, part)
        number_format = self.formats[column]
        side = "left" if number_format in {TEXT, PLAIN} else "right"
        cell.alignment = Alignment(wrap_text=True, vertical=self.vertical, horizontal=side)
        # An amount that is no whole number of the unit is shown as it is.
        cell.number_format = DECIMAL if has_decimals else number_format
        cell.quotePrefix = is_quoted  # stays text when somebody edits it
        return cell


def _title(page: Worksheet, value: str, *, is_first: bool) -> WriteOnlyCell:
    cell = WriteOnlyCell(page, value=clean(value))
    cell.data_type = "s"
    cell.font = Font(name=_FONT, bold=is_first, size=14 if is_first else 11)
    return cell


def clean(text: str) -> str:
    """Without the characters that XML cannot hold, and no longer than Excel's cells, which count an emoji as two."""
    text = _NOT_IN_XML.sub("", text)
    if len(text) * 2 < _LONGEST_CELL:
        return text
    return text.encode("utf-16-le")[: _LONGEST_CELL * 2].decode("utf-16-le", errors="ignore")
