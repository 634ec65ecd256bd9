"""Reading a finished workbook back, and working its sums out as Excel would."""

import re
from decimal import Decimal
from io import BytesIO

from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet


def opened(content: bytes) -> Workbook:
    return load_workbook(BytesIO(content))


def heading_row(page: Worksheet) -> int:
    return next(row for row in range(1, 12) if page.cell(row, 1).value == "Punkt")


def columns_of(page: Worksheet) -> dict[str | int, int]:
    row = heading_row(page)
    return {page.cell(row, column).value: column for column in range(1, page.max_column + 1)}


def computed_in(page: Worksheet) -> dict[str, int]:
    """The rows of sums by their words."""
    text = columns_of(page)["Tekst"]
    rows = range(heading_row(page) + 1, page.max_row + 1)
    return {page.cell(row, text).value: row for row in rows if str(page.cell(row, text).value).endswith("(beregnet)")}


def value_of(page: Worksheet, row: int, column: int) -> int | Decimal | None:
    """The number in a cell: as written, or worked out from the cells that its formula names."""
    value = page.cell(row, column).value
    if not isinstance(value, str):
        return value
    assert value.startswith("="), f"text where a number belongs: {value!r}"
    total, rest = 0, value[1:]
    for sums in re.findall(r"SUM\(([^)]*)\)", rest):
        for part in sums.split(","):
            cells = page[part] if ":" in part else ((page[part],),)
            total += sum(value_of(page, cell.row, cell.column) or 0 for (cell,) in cells)
    for taken in re.findall(r"-([A-Z]+\d+)", re.sub(r"SUM\([^)]*\)", "", rest)):
        total -= value_of(page, page[taken].row, page[taken].column) or 0
    return total
