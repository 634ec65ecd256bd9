"""The money per year as a stacked bar: where each piece stands in the drawing. Whole numbers throughout, so that the
same figures give the same drawing to the byte."""

from dataclasses import dataclass

from budget.models import AmountTable
from budget.totals import plus_and_minus, sums_of
from tracker.reports.money import MoneyReport

WIDTH, TOP, HEIGHT, LEFT = 360, 14, 190, 4
_GAP = 14


@dataclass(frozen=True)
class Piece:
    """One rectangle: `name` is the table's, and chooses its pattern."""

    name: str
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True)
class Bar:
    year: int
    middle: int
    pieces: list[Piece]


@dataclass(frozen=True)
class ChartRow:
    """One row of the numbers beside the drawing: drift plus, drift minus ... and what they come to."""

    label: str
    kroner: dict[int, int]
    is_total: bool = False


@dataclass(frozen=True)
class MoneyChart:
    years: list[int]
    bars: list[Bar]
    rows: list[ChartRow]
    tables: list[tuple[str, str]]
    zero: int
    width: int = WIDTH
    height: int = TOP + HEIGHT + 26

    @property
    def foot(self) -> int:
        """Where the years are written."""
        return TOP + HEIGHT + 18


def money_chart(report: MoneyReport) -> MoneyChart | None:
    """None where there is nothing to draw."""
    tables = [each for each in AmountTable if any(line.table == each for line in report.lines)]
    halves = {each: plus_and_minus(line.kroner for line in report.lines if line.table == each) for each in tables}
    highest = max((sum(halves[t].get(y, (0, 0))[0] for t in tables) for y in report.years), default=0)
    lowest = min((sum(halves[t].get(y, (0, 0))[1] for t in tables) for y in report.years), default=0)
    if highest == lowest:
        return None
    zero = TOP + HEIGHT * highest // (highest - lowest)
    room = (WIDTH - 2 * LEFT) // len(report.years)

    def bar(number: int, year: int) -> Bar:
        left, pieces = LEFT + number * room + _GAP // 2, []
        up = down = zero
        for table in tables:
            plus, minus = halves[table].get(year, (0, 0))
            tall, deep = (HEIGHT * each // (highest - lowest) for each in (plus, -minus))
            if tall:
                up -= tall
                pieces.append(Piece(str(table), left, up, room - _GAP, tall))
            if deep:
                pieces.append(Piece(str(table), left, down, room - _GAP, deep))
                down += deep
        return Bar(year, left + (room - _GAP) // 2, pieces)

    rows = []
    for table in tables:
        plus = {year: both[0] for year, both in halves[table].items()}
        minus = {year: both[1] for year, both in halves[table].items()}
        rows += [ChartRow(f"{table.label}, plus", plus), ChartRow(f"{table.label}, minus", minus)]
    rows.append(ChartRow("I alt", sums_of(line.kroner for line in report.lines), is_total=True))
    return MoneyChart(
        years=report.years,
        bars=[bar(number, year) for number, year in enumerate(report.years)],
        rows=rows,
        tables=[(str(table), table.label) for table in tables],
        zero=zero,
    )
