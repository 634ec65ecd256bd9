"""One round as finance follows it (Rundens overblik): what is missing or odd comes first."""

from collections import defaultdict
from dataclasses import dataclass, field, replace
from functools import cached_property

from budget.models import Responsibility, ResponsibilityRole
from budget.text import danish_order
from tracker.models import EntryAuthor, FollowUpRound, User
from tracker.permissions import Permission, has_hand_in, has_permission
from tracker.reports.item_filter import NO_COMMITTEE
from tracker.reports.oddities import Oddity, backgrounds_of, oddities_of
from tracker.reports.overview import CentreCount, EntryRow, centre_counts, entry_rows
from tracker.reports.silence import who_owes

MISSING, DRAFT, SUBMITTED, APPROVED, ODD = "mangler", "kladde", "indsendt", "godkendt", "anmaerkninger"
_CHIP_OF = {"missing": MISSING, "not_reported": MISSING, "draft": DRAFT, "submitted": SUBMITTED, "approved": APPROVED}
_CHIP_LABELS = {"": "alle", MISSING: "mangler", DRAFT: "kladde", SUBMITTED: "indsendt", APPROVED: "godkendt"}


@dataclass(frozen=True)
class BoardRow(EntryRow):
    """An item on the board. `may_approve` is about this reader; `is_own_hand` says why not, where it is that."""

    committees: dict[str, str] = field(default_factory=dict)  # slug -> name
    oddities: list[Oddity] = field(default_factory=list)
    may_approve: bool = False
    is_own_hand: bool = False
    note: str = ""  # finance's own, where a page asks for it

    @property
    def chip(self) -> str:
        return _CHIP_OF[self.progress.code]

    @property
    def version(self) -> int:
        return self.entry.assessment.version if self.entry.assessment else 0

    @property
    def rank(self) -> tuple:
        """What is missing, drafts, then what is odd before what is not, as far as it has come."""
        return self.progress.order, not self.oddities, self.item.sort_key


@dataclass(frozen=True)
class Wanted:
    """What the board is narrowed to: slugs, or NO_CENTRE and NO_COMMITTEE, and a chip; "" is all."""

    centre: str = ""
    committee: str = ""
    chip: str = ""

    def keeps(self, row: BoardRow) -> bool:
        """All but the chip, which counts what the others leave."""
        slugs = row.committees or {NO_COMMITTEE: ""}
        return (not self.centre or self.centre == row.centre_slug) and (not self.committee or self.committee in slugs)

    def shows(self, row: BoardRow) -> bool:
        return not self.chip or self.chip == row.chip or (self.chip == ODD and bool(row.oddities))


@dataclass(frozen=True)
class Chip:
    code: str
    label: str
    count: int
    is_chosen: bool


@dataclass(frozen=True)
class Board:
    """`rows` are those shown. The counts per centre are of all; a chip counts what centre and committee leave."""

    follow_up_round: FollowUpRound
    rows: list[BoardRow]
    chips: list[Chip]
    centres: list[CentreCount]
    committees: list[tuple[str, str]]

    @property
    def total(self) -> int:
        return sum(each.total for each in self.centres)

    @property
    def reported(self) -> int:
        return sum(each.reported for each in self.centres)

    @property
    def outstanding(self) -> int:
        return self.total - self.reported

    @property
    def outstanding_by_centre(self) -> list[tuple[str, list[BoardRow]]]:
        """What is not handed in under the centre that owes it, in Danish order; what no centre owes comes last."""
        found = defaultdict(list)
        for row in self.rows:
            if not row.progress.is_reported:
                found[row.item.lead_centre is None, who_owes(row.item)].append(row)
        ordered = sorted(found.items(), key=lambda each: (each[0][0], danish_order(each[0][1])))
        return [(who, sorted(rows, key=lambda row: row.item.sort_key)) for (_, who), rows in ordered]

    @cached_property
    def approvable(self) -> list[BoardRow]:
        return [row for row in self.rows if row.may_approve]

    @property
    def plain(self) -> list[BoardRow]:
        """What can be approved and has nothing odd about it."""
        return [row for row in self.approvable if not row.oddities]


def board(*, follow_up_round: FollowUpRound, user: User, wanted: Wanted = Wanted()) -> Board:
    """Five queries, one more for who may approve, whatever the number of items."""
    rows = board_rows(follow_up_round, user)
    centres = centre_counts(rows)
    committees = {slug: name for row in rows for slug, name in row.committees.items()}
    left = [row for row in rows if wanted.keeps(row)]
    return Board(
        follow_up_round=follow_up_round,
        rows=sorted(filter(wanted.shows, left), key=lambda row: row.rank),
        chips=_chips(left, wanted.chip, is_over=follow_up_round.is_over),
        centres=centres,
        committees=sorted(committees.items(), key=lambda each: danish_order(each[1])),
    )


def board_rows(follow_up_round: FollowUpRound, user: User) -> list[BoardRow]:
    """All items of the round in agreement order."""
    rows = entry_rows(follow_up_round.agreement.items.all(), follow_up_round, user)
    committees = _committees(follow_up_round)
    backgrounds = backgrounds_of(follow_up_round)
    found = []
    for row in rows:
        assessment, oddities = row.entry.assessment, []
        if assessment and row.effort:  # only where this reader may see what was entered
            oddities = oddities_of(assessment, backgrounds.of(row.item.pk))
        found.append(BoardRow(**vars(row), committees=committees.get(row.item.pk, {}), oddities=oddities))
    return _with_approval(found, follow_up_round, user)


def _committees(follow_up_round: FollowUpRound) -> dict[int, dict[str, str]]:
    named = Responsibility.objects.filter(
        item__agreement=follow_up_round.agreement, role=ResponsibilityRole.COMMITTEE
    ).order_by("position")
    found = defaultdict(dict)
    for item_id, slug, name in named.values_list("item_id", "committee__slug", "committee__name"):
        found[item_id][slug] = name
    return found


def _with_approval(rows: list[BoardRow], follow_up_round: FollowUpRound, user: User) -> list[BoardRow]:
    if not has_permission(user, Permission.ROUND_APPROVE, follow_up_round):
        return rows
    typed = EntryAuthor.objects.filter(follow_up_round=follow_up_round, user=user)
    authored = set(typed.values_list("item_id", flat=True))
    found = []
    for row in rows:
        is_own = has_hand_in(user, row.entry, authored=authored)
        is_waiting = row.progress.code == "submitted"
        found.append(replace(row, may_approve=is_waiting and not is_own, is_own_hand=is_waiting and is_own))
    return found


def _chips(rows: list[BoardRow], chosen: str, *, is_over: bool) -> list[Chip]:
    labels = _CHIP_LABELS | ({MISSING: "ikke indberettet"} if is_over else {})
    chips = [
        Chip(code, label, sum(1 for row in rows if code in {"", row.chip}), code == chosen)
        for code, label in labels.items()
        if not (is_over and code == DRAFT)
    ]
    return [*chips, Chip(ODD, "med anmærkninger", sum(1 for row in rows if row.oddities), chosen == ODD)]
