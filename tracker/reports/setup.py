"""A draft as finance works on it: its outline, what its money comes to, and what is missing before it can be signed."""

from dataclasses import dataclass
from itertools import islice

from django.db.models import Q

from budget.models import Agreement, AmountLine, AmountTable, YearAmount
from budget.totals import sum_by_year
from tracker.reports.item_filter import ItemFilter
from tracker.reports.outline import Node, load, outline
from tracker.statuses import DEFINED_LEVELS

NAMED_AT_MOST = 5
_IN_ONE_YEAR = Q(year__isnull=False, last_year__isnull=True)

Totals = dict[tuple[str, int], int]


def table_totals(agreement: Agreement) -> Totals:
    """Kroner per (table, year), as the control totals hold them: what stands in one year, not what spans several."""
    rows = YearAmount.objects.filter(_IN_ONE_YEAR, line__agreement=agreement)
    return sum_by_year(rows.order_by("line__position", "year").values_list("line__table", "year", "kroner"))


@dataclass(frozen=True)
class TableTotal:
    """One table's lines and sums; a year in which it holds nothing is not in `kroner`."""

    table: AmountTable
    rows: list[AmountLine]
    kroner: dict[int, int]
    undated: int  # amounts that no single year holds: once over several, or where no year is named

    @property
    def lines(self) -> int:
        return len(self.rows)

    @property
    def label(self) -> str:
        return self.table.label


def tables_of(agreement: Agreement, totals: Totals) -> list[TableTotal]:
    lines = list(agreement.amount_lines.order_by("position"))
    others = YearAmount.objects.filter(line__agreement=agreement).exclude(_IN_ONE_YEAR)
    undated = list(others.values_list("line__table", flat=True))
    return [
        TableTotal(
            each,
            [line for line in lines if line.table == each],
            {year: kroner for (table, year), kroner in totals.items() if table == each},
            undated.count(each),
        )
        for each in AmountTable
    ]


def amounts_outside(agreement: Agreement, first: int, last: int) -> list[YearAmount]:
    """Amounts in a year that the agreement would not cover if it ran from `first` to `last`."""
    outside = Q(year__lt=first) | Q(year__gt=last) | Q(last_year__gt=last)
    found = YearAmount.objects.filter(outside, line__agreement=agreement)
    return list(found.select_related("line").order_by("line__position", "year"))


def missing_before_signing(agreement: Agreement) -> list[str]:
    """What a draft still lacks, as sentences; none when it can be marked as signed."""
    missing = []
    if not agreement.sections.exists():
        missing.append("Aftalen skal have mindst ét afsnit.")
    if not agreement.items.exists():
        missing.append("Aftalen skal have mindst ét punkt.")
    if blank := list(agreement.amount_lines.filter(amounts__isnull=True)):
        missing.append(f"Hver beløbslinje skal have et beløb. Det mangler i {_named(blank)}.")
    if outside := amounts_outside(agreement, agreement.budget_year, agreement.last_year):
        named = _named([f"{each.line} ({each.years_label})" for each in outside])
        years = f"{agreement.budget_year}-{agreement.last_year}"
        missing.append(f"Alle beløb skal stå i et af aftalens år {years}. Det gør de ikke i {named}.")
    return missing


def _named(rows: list) -> str:
    names = [f"»{each}«" for each in islice(rows, NAMED_AT_MOST)]
    if more := len(rows) - len(names):
        names.append(f"{more} {'anden' if more == 1 else 'andre'}")
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} og {names[-1]}"


@dataclass(frozen=True)
class DraftPage:
    agreement: Agreement
    parties: list[str]
    nodes: list[Node]
    items: int
    tables: list[TableTotal]
    targets: int
    tax_rates: int
    goals: int
    definitions: int
    missing: list[str]

    @property
    def lines(self) -> int:
        return sum(each.lines for each in self.tables)


def draft_page(agreement: Agreement) -> DraftPage:
    shown = outline(agreement, *load(agreement), ItemFilter())
    return DraftPage(
        agreement=agreement,
        parties=[str(each.party) for each in agreement.signatories.select_related("party")],
        nodes=shown.nodes,
        items=len(shown.items),
        tables=tables_of(agreement, table_totals(agreement)),
        targets=agreement.targets.count(),
        tax_rates=agreement.tax_rates.count(),
        goals=agreement.goals.count(),
        definitions=sum((each.dimension, each.level) in DEFINED_LEVELS for each in agreement.level_definitions.all()),
        missing=missing_before_signing(agreement),
    )
