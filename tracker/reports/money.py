"""The agreement's money as its tables print it, and grouped otherwise: page and workbook show this and nothing else.

Subtotals and totals are ours (the agreements print none); every sum is made by `budget.totals`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from django.db.models import F, TextChoices

from budget import codes
from budget.models import Agreement, AmountLine, AmountTable, Nature, Responsibility, ResponsibilityRole, YearAmount
from budget.text import danish_order, folded
from budget.totals import sums_of
from tracker.reports.item_filter import NO_COMMITTEE

NO_HEADING = "uden-overskrift"
NO_PROJECT = "uden-projekt"
NO_CODE = "uden-nummer"


class Grouping(TextChoices):
    PRINTED = "", "Som trykt"
    CHAPTER = "kapitel", "Nummerets kapitel"
    COMMITTEE = "udvalg", "Udvalg"
    NATURE = "art", "Art"
    PROJECT = "projekt", "Projekt"


@dataclass(frozen=True)
class MoneyLine:
    """One printed line. `kroner` holds the years that are filled in, and those only: blank is not zero. `undated` holds
    what stands for a span of years or for no year, with its words; it is in no sum. The line counts under its first
    committee; the others are "sammen med"."""

    pk: int
    table: str
    heading: str
    code: str
    label: str
    project: str
    nature: str
    note: str
    kroner: dict[int, int]
    undated: list[tuple[str, int]] = field(default_factory=list)
    items: list[str] = field(default_factory=list)
    committees: list[tuple[str, str]] = field(default_factory=list)
    is_possible_duplicate: bool = False

    @property
    def nature_label(self) -> str:
        return Nature(self.nature).label

    @property
    def table_label(self) -> str:
        return AmountTable(self.table).label

    @property
    def is_postponement(self) -> bool:
        """Minus in one year and plus in another, nothing in all: money is moved, none is saved."""
        return any(self.kroner.values()) and sum(self.kroner.values()) == 0

    @property
    def leads_to(self) -> str:
        """The item that the printed code leads to: its only one, else the page of the code."""
        return self.items[0] if len(self.items) == 1 else self.code

    @property
    def names_items(self) -> bool:
        """The printed code does not say which items the line belongs to: there are several, or there is no code."""
        return len(self.items) > 1 or bool(self.items and not self.code)

    @property
    def has_remarks(self) -> bool:
        remarks = (self.note, self.is_possible_duplicate, self.names_items, self.together_with, self.is_postponement)
        return any(remarks)

    @property
    def committee(self) -> tuple[str, str]:
        """Slug and name of the committee it counts under."""
        return self.committees[0] if self.committees else (NO_COMMITTEE, "Uden udvalg")

    @property
    def together_with(self) -> list[str]:
        return [name for _, name in self.committees[1:]]

    @property
    def chapter(self) -> str:
        return self.code.split(".")[0]


@dataclass(frozen=True)
class MoneyFilter:
    """Every value is what the filter form offers, "" for all."""

    committee: str = ""
    heading: str = ""
    nature: str = ""
    project: str = ""
    words: str = ""

    def keeps(self, line: MoneyLine) -> bool:
        words = folded(self.words).split()
        text = folded(f"{line.code} {line.label} {line.project} {line.note}") if words else ""
        return (
            (not self.committee or self.committee == line.committee[0])
            and (not self.heading or self.heading == (line.heading or NO_HEADING))
            and (not self.nature or self.nature == line.nature)
            and (not self.project or self.project == (line.project or NO_PROJECT))
            and all(word in text for word in words)
        )


@dataclass(frozen=True)
class MoneyGroup:
    """Lines under one heading, as printed or as asked for. `label` is "" for lines that stand under none."""

    label: str
    lines: list[MoneyLine]


@dataclass(frozen=True)
class MoneyPart:
    """One table of the page: drift, anlæg, or both together where they are grouped otherwise than printed."""

    label: str
    groups: list[MoneyGroup]

    @property
    def lines(self) -> list[MoneyLine]:
        return [line for group in self.groups for line in group.lines]

    @property
    def has_subtotals(self) -> bool:
        """One group without a heading is its own total."""
        return any(group.label for group in self.groups)


class RowKind(TextChoices):
    TABLE = "table"
    HEADING = "heading"
    LINE = "line"
    SUBTOTAL = "subtotal"
    TOTAL = "total"
    WITHOUT_DUPLICATES = "without_duplicates"


@dataclass(frozen=True, eq=False)
class MoneyRow:
    """A row of the table, printed or computed. `kroner` may lack years: then the cell is blank. A computed row says
    which rows it `adds` up and which it takes off again (`less`), so that a workbook can leave the sum to Excel."""

    kind: RowKind
    label: str = ""
    kroner: dict[int, int] = field(default_factory=dict)
    line: MoneyLine | None = None
    adds: tuple["MoneyRow", ...] = ()
    less: tuple["MoneyRow", ...] = ()

    @property
    def is_computed(self) -> bool:
        return bool(self.adds)


@dataclass(frozen=True)
class MoneyReport:
    """`table` is "drift", "anlaeg" or "" for both. `all_lines` are those of the table(s) before the filter."""

    agreement: Agreement
    table: str
    grouping: str
    all_lines: list[MoneyLine]
    lines: list[MoneyLine]
    parts: list[MoneyPart]
    shared: list[MoneyLine]

    @property
    def years(self) -> list[int]:
        return list(self.agreement.years)

    @property
    def title(self) -> str:
        return AmountTable(self.table).label if self.table else "Drift og anlæg"

    @property
    def has_undated(self) -> bool:
        return any(line.undated for line in self.lines)

    @property
    def is_mixed(self) -> bool:
        """Lines of both tables stand among each other, so each must say which it is of."""
        return not self.table and self.grouping != Grouping.PRINTED

    @property
    def duplicates(self) -> list[MoneyLine]:
        return [line for line in self.lines if line.is_possible_duplicate]

    @property
    def rows(self) -> list[MoneyRow]:
        """Everything the table shows, in order; the totals are those of the filter."""
        has_many = len(self.parts) > 1
        rows = [row for part in self.parts for row in _part_rows(part, is_one_of_many=has_many)]
        if has_many and self.lines:
            totals = [row for row in rows if row.kind == RowKind.TOTAL]
            rows += _total_rows(self.title, totals, [row for row in rows if row.line])
        return rows


def _part_rows(part: MoneyPart, *, is_one_of_many: bool) -> list[MoneyRow]:
    """One table's rows: its headings, its lines, a subtotal per heading and its totals."""
    rows = [MoneyRow(RowKind.TABLE, part.label)] if is_one_of_many else []
    lines, subtotals = [], []
    for group in part.groups:
        of_group = [MoneyRow(RowKind.LINE, line.label, line.kroner, line) for line in group.lines]
        lines += of_group
        rows += [MoneyRow(RowKind.HEADING, group.label)] if group.label else []
        rows += of_group
        if part.has_subtotals:
            label = f"I alt {group.label or 'for linjer uden overskrift'}"
            subtotals.append(MoneyRow(RowKind.SUBTOTAL, label, _sums(of_group), adds=tuple(of_group)))
            rows.append(subtotals[-1])
    return rows + (_total_rows(part.label, subtotals or lines, lines) if lines else [])


def _total_rows(label: str, adds: list[MoneyRow], lines: list[MoneyRow]) -> list[MoneyRow]:
    """The total, and below it the total without what may be printed twice."""
    total = MoneyRow(RowKind.TOTAL, f"{label} i alt", _sums(lines), adds=tuple(adds))
    doubtful = tuple(row for row in lines if row.line.is_possible_duplicate)
    if not doubtful:
        return [total]
    rest = _sums(row for row in lines if row not in doubtful)
    name = f"{label} i alt uden mulige dubletter"
    return [total, MoneyRow(RowKind.WITHOUT_DUPLICATES, name, rest, adds=(total,), less=doubtful)]


def _sums(rows: Iterable[MoneyRow]) -> dict[int, int]:
    return sums_of(row.kroner for row in rows)


def money_lines(agreement: Agreement) -> list[MoneyLine]:
    """Every line of the agreement in printed order; four queries whatever the number of lines."""
    kroner, undated = {}, {}
    amounts = YearAmount.objects.filter(line__agreement=agreement).order_by(
        F("year").asc(nulls_last=True), F("last_year").asc(nulls_first=True)
    )
    for line_id, year, last_year, amount in amounts.values_list("line_id", "year", "last_year", "kroner"):
        if year is not None and last_year is None:
            kroner.setdefault(line_id, {})[year] = amount
        else:
            words = f"i alt {year}-{last_year}" if year else "år ikke angivet"
            undated.setdefault(line_id, []).append((words, amount))
    committees = _committees_by_item(agreement)
    items: dict[int, list[tuple[str, int, str]]] = {}
    through = AmountLine.items.through.objects.filter(amountline__agreement=agreement)
    for line_id, item_id, key, sort_key in through.values_list(
        "amountline_id", "item_id", "item__key", "item__sort_key"
    ):
        items.setdefault(line_id, []).append((sort_key, item_id, key))
    found = []
    fields = ("pk", "table", "heading", "code", "label", "project", "nature", "note", "is_possible_duplicate")
    for row in agreement.amount_lines.order_by("position").values_list(*fields):
        pk, *printed, is_possible_duplicate = row
        of_line = sorted(items.get(pk, ()))
        named = dict.fromkeys(each for _, item_id, _ in of_line for each in committees.get(item_id, ()))
        found.append(
            MoneyLine(
                pk,
                *printed,
                kroner=kroner.get(pk, {}),
                undated=undated.get(pk, []),
                items=[key for _, _, key in of_line],
                committees=list(named),
                is_possible_duplicate=is_possible_duplicate,
            )
        )
    return found


def _committees_by_item(agreement: Agreement) -> dict[int, list[tuple[str, str]]]:
    rows = Responsibility.objects.filter(item__agreement=agreement, role=ResponsibilityRole.COMMITTEE)
    found: dict[int, list[tuple[str, str]]] = {}
    for item_id, slug, name in rows.order_by("position").values_list("item_id", "committee__slug", "committee__name"):
        found.setdefault(item_id, []).append((slug, name))
    return found


def money_report(
    agreement: Agreement,
    lines: list[MoneyLine],
    *,
    table: str = "",
    wanted: MoneyFilter | None = MoneyFilter(),  # noqa: B008 - frozen
    grouping: str = Grouping.PRINTED,
    chapters: dict[str, str] | None = None,
) -> MoneyReport:
    """`lines` are all of the agreement; `wanted` is None where the filter itself is wrong: then nothing is shown.
    `chapters` names the chapters by code, for grouping by them."""
    of_table = [line for line in lines if not table or line.table == table]
    kept = [line for line in of_table if wanted and wanted.keeps(line)]
    if grouping == Grouping.PRINTED:
        tables = [table] if table else AmountTable.values
        parts = [_printed_part(each, [line for line in kept if line.table == each]) for each in tables]
        parts = [part for part in parts if part.groups] or parts[:1]
    else:
        label = AmountTable(table).label if table else "Drift og anlæg"
        parts = [MoneyPart(label, _grouped(kept, _KEYS[Grouping(grouping)], chapters or {}))]
    shared = []
    if wanted and wanted.committee:
        others = replace(wanted, committee="")
        shared = [
            line
            for line in of_table
            if others.keeps(line) and wanted.committee in [slug for slug, _ in line.committees[1:]]
        ]
    return MoneyReport(agreement, table, grouping, of_table, kept, parts, shared)


def _printed_part(table: str, lines: list[MoneyLine]) -> MoneyPart:
    groups: list[MoneyGroup] = []
    for line in lines:
        if not groups or groups[-1].label != line.heading:
            groups.append(MoneyGroup(line.heading, []))
        groups[-1].lines.append(line)
    return MoneyPart(AmountTable(table).label, groups)


Key = Callable[[MoneyLine, dict[str, str]], tuple[str, str]]


def _by_chapter(line: MoneyLine, chapters: dict[str, str]) -> tuple[str, str]:
    if not line.code:
        return "~", "Uden nummer"
    return codes.sort_key(line.chapter), chapters.get(line.chapter, f"Kapitel {line.chapter}")


def _by_committee(line: MoneyLine, _) -> tuple[str, str]:
    slug, name = line.committee
    return ("~" if slug == NO_COMMITTEE else danish_order(name)), name


def _by_nature(line: MoneyLine, _) -> tuple[str, str]:
    return f"{Nature.values.index(line.nature):02d}", line.nature_label.capitalize()


def _by_project(line: MoneyLine, _) -> tuple[str, str]:
    return (line.project, line.project) if line.project else ("~", "Uden projekt")


_KEYS: dict[Grouping, Key] = {
    Grouping.CHAPTER: _by_chapter,
    Grouping.COMMITTEE: _by_committee,
    Grouping.NATURE: _by_nature,
    Grouping.PROJECT: _by_project,
}


def _grouped(lines: list[MoneyLine], key: Key, chapters: dict[str, str]) -> list[MoneyGroup]:
    found: dict[tuple[str, str], list[MoneyLine]] = {}
    for line in lines:
        found.setdefault(key(line, chapters), []).append(line)
    return [MoneyGroup(label, found[order, label]) for order, label in sorted(found)]
