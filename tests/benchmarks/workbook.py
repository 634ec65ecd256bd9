"""The plainest way to write given cells with openpyxl: what our export is measured against."""

from io import BytesIO

from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell, WriteOnlyCell

Cells = dict[str, list[list[tuple[object, str]]]]


def cells_of(content: bytes) -> Cells:
    """Value and number format of every cell of a finished workbook, by sheet and row."""
    return {
        page.title: [[(cell.value, cell.number_format) for cell in row] for row in page.iter_rows()]
        for page in load_workbook(BytesIO(content))
    }


def write_bare(cells: Cells, *, with_formats: bool = True) -> bytes:
    book = Workbook(write_only=True)
    for title, rows in cells.items():
        page = book.create_sheet(title)
        for row in rows:
            page.append([_cell(page, *each) if with_formats else each[0] for each in row])
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def _cell(page, value: object, number_format: str) -> Cell | None:
    if value is None:
        return None
    cell = WriteOnlyCell(page, value=value)
    if number_format != "General":
        cell.number_format = number_format
    return cell
