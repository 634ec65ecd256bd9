"""The drift and anlæg tables as a workbook: the same rows as the page, with sums that Excel works out itself."""

from datetime import datetime
from decimal import Decimal

from django.utils import timezone

from budget.models import Agreement, AmountTable
from tracker.exports.sheets import NUMBER, PLAIN, Column, Formula, Sheet, Value, cell_range, first_row, workbook_bytes
from tracker.reports.money import MoneyLine, MoneyReport, MoneyRow, RowKind, money_report

_LOOK = {
    RowKind.TABLE: "heading",
    RowKind.HEADING: "heading",
    RowKind.LINE: "",
    RowKind.SUBTOTAL: "subtotal",
    RowKind.TOTAL: "total",
    RowKind.WITHOUT_DUPLICATES: "subtotal",
}
_MOST_ARGUMENTS = 200  # of one SUM; Excel takes 255


def money_workbook(
    agreement: Agreement,
    lines: list[MoneyLine],
    *,
    now: datetime,
    extract: tuple[MoneyReport, list[str]] | None = None,
) -> bytes:
    """Sheets Drift and Anlæg as printed, whole; `extract` is a filtered or regrouped report with the filter in words,
    which becomes the sheet Udsnit."""
    sheets = []
    for table in AmountTable:
        report = money_report(agreement, lines, table=table)
        sheets.append(_sheet(table.label, report, [f"{agreement}: {table.label}", *_head(agreement, now)]))
    if extract:
        report, words = extract
        title = [f"{agreement}: udsnit af {report.title.lower()}", "; ".join(words) or "Hele tabellen"]
        sheets.append(_sheet("Udsnit", report, [*title, *_head(agreement, now)]))
    return workbook_bytes(sheets, title=f"{agreement}: drift og anlæg")


def _head(agreement: Agreement, now: datetime) -> list[str]:
    made = timezone.localtime(now)
    state = f"Indgået {agreement.signed_on:%d.%m.%Y}." if agreement.is_signed else "UDKAST: aftalen er ikke indgået."
    return [
        f"{state} Beløb i {agreement.get_unit_display()} Plus er en udgift; minus er besparelse, indtægt, lån eller "
        "flytning mellem år. Tomt felt: intet beløb. Subtotaler og totaler er beregnede.",
        f"Dannet {made:%d.%m.%Y} kl. {made:%H.%M}. Summerne regnes ud, når filen åbnes til redigering.",
    ]


def _sheet(name: str, report: MoneyReport, title: list[str]) -> Sheet:
    unit, rows = report.agreement.unit, report.rows
    place = {row: number for number, row in enumerate(rows, start=first_row(title))}
    columns = [
        Column("Punkt", lambda row: row.line.code or None if row.line else None, 10),
        Column("Tekst", _text, 60),
        *(
            [Column("Tabel", lambda row: row.line.table_label if row.line else None, 10, PLAIN)]
            if report.is_mixed
            else []
        ),
        Column("Projekt", lambda row: row.line.project or None if row.line else None, 11, PLAIN),
    ]
    columns += [_year_column(year, len(columns) + n, unit, place) for n, year in enumerate(report.years, start=1)]
    if report.has_undated:
        columns.append(Column("Uden bestemt år", lambda row: _undated(row, unit), 16, NUMBER))
    columns += [
        Column("Art", lambda row: row.line.nature_label if row.line else None, 22, PLAIN),
        Column("Note", _note, 60),
    ]
    return Sheet(name, title, columns, rows, look=lambda row: _LOOK[row.kind], vertical="bottom")


def _text(row: MoneyRow) -> str:
    return f"{row.label} (beregnet)" if row.is_computed else row.label


def _note(row: MoneyRow) -> str | None:
    """What the page says below a line's text."""
    line = row.line
    if line is None:
        return None
    words = [
        "Mulig dublet." if line.is_possible_duplicate else "",
        "Flyttes mellem år, summer til 0." if line.is_postponement else "",
        f"Hører til {', '.join(line.items)}." if line.names_items else "",
        f"{line.committee[1]}, sammen med {', '.join(line.together_with)}." if line.together_with else "",
        *(f"Uden bestemt år: {period}." for period, _ in line.undated),
        line.note,
    ]
    return " ".join(filter(None, words)) or None


def in_unit(kroner: int | None, unit: int) -> int | Decimal | None:
    """The number a cell holds: whole where it is, else exact with its decimals."""
    if kroner is None:
        return None
    return kroner // unit if kroner % unit == 0 else Decimal(kroner) / unit


def _undated(row: MoneyRow, unit: int) -> Value:
    if row.line is None or not row.line.undated:
        return None
    return in_unit(sum(kroner for _, kroner in row.line.undated), unit)


def _year_column(year: int, column: int, unit: int, place: dict[MoneyRow, int]) -> Column:
    def value(row: MoneyRow) -> Value:
        if not row.is_computed:
            return in_unit(row.kroner.get(year), unit)
        if year not in row.kroner:
            return None  # no amount at all: as blank as on the page
        less = "".join(f"-{cell_range(column, place[each], place[each])}" for each in row.less)
        is_whole = row.kroner[year] % unit == 0
        return Formula(_sum(column, [place[each] for each in row.adds]) + less, has_decimals=not is_whole)

    return Column(year, value, 12, NUMBER)


def _sum(column: int, rows: list[int]) -> str:
    """SUM of the cells in these rows; neighbours as one range."""
    spans: list[list[int]] = []
    for number in rows:
        if spans and spans[-1][1] == number - 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    ranges = [cell_range(column, first, last) for first, last in spans]
    parts = [ranges[n : n + _MOST_ARGUMENTS] for n in range(0, len(ranges), _MOST_ARGUMENTS)]
    return "+".join(f"SUM({','.join(part)})" for part in parts)
