"""Where a line of money stands: one place after the other through both tables, drift before anlæg, as printed."""

from collections import defaultdict
from collections.abc import Sequence

from django.db.models import Case, F, When

from budget.models import Agreement, AmountLine, AmountTable
from tracker.errors import Refused

FIRST = "first"
_ASIDE = 16_000  # above every place that is taken, and twice as much still fits the column
MOST_LINES = _ASIDE - 1


def lines_in_order(agreement: Agreement, *, but: AmountLine | None = None) -> list[AmountLine]:
    """Every line of the agreement (but one) with what its place depends on; one query."""
    lines = agreement.amount_lines.only("agreement", "table", "heading", "position").order_by("position")
    found = list(lines.exclude(pk=but.pk) if but else lines)
    if len(found) >= MOST_LINES:
        raise Refused("Aftalen har for mange beløbslinjer til, at de kan rettes her. Ret dem i en aftalefil.")
    return found


def index_of(
    line: AmountLine, others: list[AmountLine], after: str = "", *, before: AmountLine | None = None, old_index: int = 0
) -> int:
    """How many of the others stand before the line. `after` is FIRST for the top of its table, or the id of the line it
    follows; "" leaves it where it was (`old_index`), and puts a new one, or one with another heading or table than
    `before`, last under its heading."""
    in_table = [n for n, other in enumerate(others) if other.table == line.table]
    if after == FIRST:
        return in_table[0] if in_table else _of_empty_table(line, others)
    if after:
        return _index_after(line, others, after)
    if before and (before.table, before.heading) == (line.table, line.heading):
        return old_index
    for heading in [line.heading, before.heading] if before and before.table == line.table else [line.heading]:
        if found := [n for n in in_table if others[n].heading == heading]:
            return found[-1] + 1
    if before and before.table == line.table:
        return old_index
    return in_table[-1] + 1 if in_table else _of_empty_table(line, others)


def _of_empty_table(line: AmountLine, others: list[AmountLine]) -> int:
    return 0 if line.table == AmountTable.OPERATING else len(others)


def _index_after(line: AmountLine, others: list[AmountLine], after: str) -> int:
    for index, other in enumerate(others):
        if str(other.pk) == after:
            if other.table != line.table:
                raise Refused(
                    after=f"Den linje står i {other.get_table_display()}. Vælg en i {line.get_table_display()}, eller "
                    "lad feltet stå."
                )
            return index + 1
    raise Refused(after="Den linje findes ikke længere. Vælg en anden.")


def renumber(agreement: Agreement, order: Sequence[AmountLine | None]) -> None:
    """Places 1, 2, 3 ... in this order; None leaves a place free. Two updates however many lines move: all of them step
    aside first, since no two may hold the same place even for a moment."""
    moves = defaultdict(list)
    for place, line in enumerate(order, start=1):
        if line and line.position != place:
            moves[place - line.position].append(line.pk)
    if not moves:
        return
    rows = agreement.amount_lines.filter(pk__in=[pk for pks in moves.values() for pk in pks])
    rows.update(position=F("position") + _ASIDE)
    rows.update(position=Case(*[When(pk__in=pks, then=F("position") - _ASIDE + step) for step, pks in moves.items()]))
