"""The report of one round for one committee or for all: page, workbook, JSON and file show this and nothing else."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from django.db.models import F, QuerySet

from budget.models import Agreement, Committee, Item, Kind, Responsibility, ResponsibilityRole, YearAmount
from budget.text import danish_order
from tracker.models import WHOLE, Assessment, FinanceNote, FollowUpRound, LevelDefinition, Milestone
from tracker.reports.milestone_changes import ChangedMilestone, milestone_changes
from tracker.reports.rounds import RoundDate, round_dates
from tracker.reports.silence import NOBODY, nobody_owes, silence_words
from tracker.statuses import NOT_REPORTED, WAITING, Dimension, Economy, Effort

_NOTE = ("item_id", "follow_up_round_id", "text")
_ORDINALS = {1: "Første", 2: "Anden", 3: "Tredje", 4: "Fjerde", 5: "Femte", 6: "Sjette"}


@dataclass(frozen=True)
class AmountRow:
    """One line of money of an item. `years` holds kroner by what the line says of time: "2018", "2019-2021" (one amount
    over the years) or "år ikke angivet"."""

    table: str
    table_label: str
    label: str
    project: str
    nature: str
    period: str
    note: str
    years: dict[str, int]


@dataclass(frozen=True)
class RoundRow:
    """One item in one round. The levels are "" where the round is still ahead or where nothing has come in yet."""

    number: int
    label: str
    milestones: list[str]
    effort: str = ""
    economy: str = ""
    comment: str = ""
    state: str = ""
    expected_amount: int | None = None
    is_entered_by_finance: bool = False
    finance_note: str = ""  # Økonomi og Styring's own words, with or without an entry
    milestone_changes: list[ChangedMilestone] = field(default_factory=list)
    silence: str = ""  # "Ikke indberettet af Ejendomme. Fristen var 12.06.2018."

    @property
    def is_reported(self) -> bool:
        return bool(self.state)

    @property
    def needs_attention(self) -> bool:
        return self.effort in {Effort.NEUTRAL, Effort.SAD} or self.economy == Economy.NOT_KEPT


@dataclass(frozen=True)
class ItemReport:
    """One item as the report shows it."""

    key: str
    code: str
    section: str
    section_title: str
    title: str
    kinds: list[str]
    kind_label: str
    centre: str
    is_printed_centre: bool
    committees: list[str]
    responsible: list[str]
    contributors: list[str]
    text: str
    note: str
    economy_text: str
    source_note: str
    rounds: list[RoundRow]
    amounts: list[AmountRow]
    now: RoundRow

    @property
    def owed_by(self) -> str:
        """Who reports on it, or that no centre does."""
        return nobody_owes(self.centre) if self.is_printed_centre or not self.centre else self.centre

    @property
    def changed_rounds(self) -> list[RoundRow]:
        """Where the goal was moved after the plan was approved."""
        return [each for each in self.rounds if each.milestone_changes]

    @property
    def before(self) -> RoundRow | None:
        """The round before this one, to see a smiley move; None in the first."""
        earlier = [each for each in self.rounds if each.number < self.now.number]
        return earlier[-1] if earlier else None


@dataclass(frozen=True)
class Chapter:
    code: str
    title: str
    items: list[ItemReport]


@dataclass(frozen=True)
class LevelCount:
    """How many items have this level; `level` may also be NOT_REPORTED or, while the round is open, WAITING."""

    dimension: str
    level: str
    count: int


@dataclass(frozen=True)
class Definition:
    dimension: str
    level: str
    text: str


@dataclass(frozen=True)
class EditionHead:
    """What a frozen report says of itself: its number, when it was built, why it corrects the one before, the SHA-256
    of its content, and its permanent address (a path)."""

    number: int
    built_at: datetime
    reason: str
    checksum: str
    address: str


@dataclass(frozen=True)
class FollowUpReport:
    """`committee` is None for the whole municipality. Statuses are counted, never averaged. `edition` is None while the
    report is a preview of live rows."""

    agreement: Agreement
    follow_up_round: FollowUpRound
    committee: Committee | None
    municipality: str
    rounds: list[FollowUpRound]
    definitions: list[Definition]
    chapters: list[Chapter]
    edition: EditionHead | None = None
    dates: list[RoundDate] = field(default_factory=list)

    def as_edition(self, head: EditionHead) -> "FollowUpReport":
        return replace(self, edition=head)

    @property
    def title(self) -> str:
        """In the source's form: "Første opfølgning på Aftale om budget 2018 på Økonomiudvalgets område"."""
        number = self.follow_up_round.number
        ordinal = _ORDINALS.get(number, f"{number}.")
        last = " og sidste" if number == len(self.rounds) and number > 1 else ""
        area = f"på {self.committee.area}" if self.committee else f"for {self.municipality}"
        return f"{ordinal}{last} opfølgning på {self.agreement.title} {area}"

    @property
    def scope(self) -> str:
        """The slug in addresses and files."""
        return self.committee.slug if self.committee else WHOLE

    @property
    def scope_name(self) -> str:
        return self.committee.name if self.committee else self.municipality

    @property
    def as_of(self) -> date | None:
        return self.follow_up_round.as_of

    @property
    def items(self) -> list[ItemReport]:
        return [item for chapter in self.chapters for item in chapter.items]

    @property
    def missing(self) -> list[ItemReport]:
        return [item for item in self.items if not item.now.is_reported]

    @property
    def missing_by_centre(self) -> list[tuple[str, list[ItemReport]]]:
        """What is missing under the centre that owes it, in Danish order; items without a centre last."""
        by_centre = defaultdict(list)
        for item in self.missing:
            by_centre[item.owed_by].append(item)
        return sorted(by_centre.items(), key=lambda each: (each[0].startswith(NOBODY), danish_order(each[0])))

    @property
    def attention(self) -> list[ItemReport]:
        return [item for item in self.items if item.now.needs_attention]

    @property
    def with_moved_goals(self) -> list[ItemReport]:
        return [item for item in self.items if item.changed_rounds]

    @property
    def effort_counts(self) -> list[LevelCount]:
        return self._counts(Dimension.EFFORT, (item.now.effort for item in self.items))

    @property
    def economy_counts(self) -> list[LevelCount]:
        return self._counts(Dimension.ECONOMY, (item.now.economy for item in self.items))

    def _counts(self, dimension: Dimension, levels: Iterable[str]) -> list[LevelCount]:
        silent = NOT_REPORTED if self.follow_up_round.is_over else WAITING
        found = Counter(level or silent for level in levels)
        return [LevelCount(dimension, level, found[level]) for level in [*dimension.levels.values, silent]]

    def definition_groups(self) -> list[tuple[str, list[Definition]]]:
        return [
            (dimension.label, [each for each in self.definitions if each.dimension == dimension])
            for dimension in Dimension
        ]


def follow_up_report(
    *, rounds: list[FollowUpRound], number: int, committee: Committee | None, municipality: str
) -> FollowUpReport:
    """Built from live rows in a fixed number of queries. `rounds` are all rounds of the agreement, which is loaded with
    them; smileys are shown up to and including round `number`, drafts never."""
    shown = next(each for each in rounds if each.number == number)
    agreement = shown.agreement
    items = agreement.items.in_agreement_order()
    if committee:
        items = items.for_committee(committee)
    chapters: dict[str, Chapter] = {}
    for item in item_reports(items, rounds, up_to=number):
        chapters.setdefault(item.section, Chapter(item.section, item.section_title, [])).items.append(item)
    return FollowUpReport(
        agreement=agreement,
        follow_up_round=shown,
        committee=committee,
        municipality=municipality,
        rounds=rounds,
        definitions=definitions_of(agreement),
        chapters=list(chapters.values()),
        dates=round_dates(shown, ["as_of", "deadline", "committees_on", "council_on"]),
    )


def definitions_of(agreement: Agreement) -> list[Definition]:
    """The smileys' definitions in the order of the levels."""
    order = {(dimension, level): n for dimension in Dimension for n, level in enumerate(dimension.levels.values)}
    rows = LevelDefinition.objects.filter(agreement=agreement)
    found = [Definition(row.dimension, row.level, row.text) for row in rows]
    return sorted(found, key=lambda each: (each.dimension != Dimension.EFFORT, order[each.dimension, each.level]))


def item_reports(items: QuerySet[Item], rounds: list[FollowUpRound], *, up_to: int) -> list[ItemReport]:
    """Each item with its rounds, seven queries in all whatever the number of items."""
    items = list(items.select_related("section", "lead_centre"))
    agreement = rounds[0].agreement
    responsibilities = _grouped(
        Responsibility.objects.filter(item__agreement=agreement).select_related("committee", "centre")
    )
    milestones = defaultdict(list)
    for row in Milestone.objects.filter(item__agreement=agreement).order_by("position"):
        milestones[row.item_id, row.follow_up_round_id].append(row.text)
    reported = Assessment.objects.reported().filter(item__agreement=agreement, follow_up_round__number__lte=up_to)
    assessments = {(row.item_id, row.follow_up_round_id): row for row in reported}
    notes = _notes(agreement, up_to)
    changes = milestone_changes(agreement)
    amounts = amounts_of(agreement)
    return [
        _item_report(
            item,
            responsibilities[item.pk],
            [
                replace(
                    _round_row(item, each, milestones, assessments, changes, up_to),
                    finance_note=notes.get((item.pk, each.pk), ""),
                )
                for each in rounds
            ],
            amounts[item.pk],
            up_to,
        )
        for item in items
    ]


def _notes(agreement: Agreement, up_to: int) -> dict[tuple[int, int], str]:
    rows = FinanceNote.objects.filter(item__agreement=agreement, follow_up_round__number__lte=up_to)
    return {(item_id, round_id): text for item_id, round_id, text in rows.values_list(*_NOTE)}


def _grouped(rows: Iterable) -> dict[int, list]:
    grouped = defaultdict(list)
    for row in rows:
        grouped[row.item_id].append(row)
    return grouped


def _round_row(
    item: Item, each: FollowUpRound, milestones: dict, assessments: dict, changes: dict, up_to: int
) -> RoundRow:
    texts = milestones.get((item.pk, each.pk), [])
    moved = changes.get((item.pk, each.pk), [])
    found = assessments.get((item.pk, each.pk))
    if found is None:
        silent = NOT_REPORTED if each.is_over and each.number <= up_to else ""
        row = RoundRow(each.number, each.label, texts, effort=silent, economy=silent, milestone_changes=moved)
        return replace(row, silence=silence_words(item, each)) if silent else row
    return RoundRow(
        number=each.number,
        label=each.label,
        milestones=texts,
        effort=found.effort,
        economy=found.economy,
        comment=found.comment,
        state=found.state,
        expected_amount=found.expected_amount,
        is_entered_by_finance=found.is_entered_by_finance,
        milestone_changes=moved,
    )


def _item_report(
    item: Item,
    responsibilities: list[Responsibility],
    rounds: list[RoundRow],
    amounts: list[AmountRow],
    up_to: int,
) -> ItemReport:
    named = defaultdict(list)
    for responsibility in responsibilities:
        named[responsibility.role].append(str(responsibility))
    return ItemReport(
        key=item.key,
        code=item.code,
        section=item.section.code,
        section_title=item.section.title,
        title=item.title,
        kinds=Kind(item.kind).parts if item.kind else [],
        kind_label=item.get_kind_display(),
        centre=item.centre_name,
        is_printed_centre=bool(item.printed_centre),
        committees=named[ResponsibilityRole.COMMITTEE],
        responsible=named[ResponsibilityRole.BODY],
        contributors=named[ResponsibilityRole.CONTRIBUTOR],
        text=item.text,
        note=item.note,
        economy_text=item.economy_text,
        source_note=item.source_note,
        rounds=rounds,
        amounts=amounts,
        now=next(each for each in rounds if each.number == up_to),
    )


def amounts_of(agreement: Agreement) -> dict[int, list[AmountRow]]:
    """Lines by item, in printed order. A line that belongs to two items stands under both;
    nothing is summed here."""
    rows = (
        YearAmount.objects.filter(line__agreement=agreement)
        .select_related("line")
        .order_by("line__position", F("year").asc(nulls_last=True), F("last_year").asc(nulls_first=True))
        .annotate(of_item=F("line__items"))
        .exclude(of_item=None)
    )
    lines: dict[tuple[int, int], AmountRow] = {}
    by_item = defaultdict(list)
    for row in rows:
        line = row.line
        if (row.of_item, line.pk) not in lines:
            lines[row.of_item, line.pk] = AmountRow(
                table=line.table,
                table_label=line.get_table_display(),
                label=line.label,
                project=line.project,
                nature=line.get_nature_display(),
                period=line.period,
                note=line.note,
                years={},
            )
            by_item[row.of_item].append(lines[row.of_item, line.pk])
        lines[row.of_item, line.pk].years[row.years_label] = row.kroner
    return by_item
