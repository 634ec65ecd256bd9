"""What the entry screen shows around the form: the list at the left, and what to judge by."""

from dataclasses import dataclass

from tracker.models import Act, Assessment, Entry, Event, FollowUpRound, LevelDefinition, Milestone, User
from tracker.permissions import Permission, has_permission
from tracker.reports.overview import EntryRow, centre_counts, entry_rows
from tracker.statuses import Dimension


@dataclass(frozen=True)
class EntryList:
    """The items of a round that one user may enter, in agreement order."""

    rows: list[EntryRow]
    centre: str
    centres: list[tuple[str, str]]

    @property
    def total(self) -> int:
        return len(self.rows)

    @property
    def reported(self) -> int:
        return sum(1 for row in self.rows if row.progress.is_reported)

    def next_open(self, key: str) -> str | None:
        """The next item that is not handed in yet, from this one on and then from the top; None when all are."""
        keys = [row.key for row in self.rows]
        place = keys.index(key) if key in keys else 0
        later = [*self.rows[place + 1 :], *self.rows[:place]]
        return next((row.key for row in later if not row.progress.is_reported), None)

    def neighbour(self, key: str, *, backwards: bool = False) -> str | None:
        """The key of the next or previous item; None at either end or where the item is not in the list."""
        keys = [row.key for row in self.rows]
        if key not in keys:
            return None
        place = keys.index(key) + (-1 if backwards else 1)
        return keys[place] if 0 <= place < len(keys) else None


def entry_list_of(*, follow_up_round: FollowUpRound, user: User, centre: str = "") -> EntryList:
    """A centre's people see their own items; finance sees all, or those of one centre (a slug)."""
    items = follow_up_round.agreement.items.all()
    sees_all = has_permission(user, Permission.BOARD_READ)
    if not sees_all:
        items, centre = items.for_centre(*user.centre_ids), ""
    rows = entry_rows(items, follow_up_round, user)
    centres = [(each.slug, each.centre) for each in centre_counts(rows)] if sees_all else []
    if centre:
        rows = [row for row in rows if row.centre_slug == centre]
    return EntryList(rows, centre, centres)


@dataclass(frozen=True)
class LevelCard:
    """One smiley to choose, with the agreement's own definition where it has one."""

    level: str
    label: str
    definition: str


@dataclass(frozen=True)
class EntryPage:
    """One entry. `last_comment` is the newest earlier round's, shown beside the box and never put into it."""

    entry: Entry
    milestones: list[str]
    last_round: Assessment | None
    effort_cards: list[LevelCard]
    economy_cards: list[LevelCard]
    may_edit: bool
    may_read: bool
    may_take_back: bool
    may_take_over: bool
    taken_over: Event | None

    @property
    def assessment(self) -> Assessment | None:
        return self.entry.assessment if self.may_read else None


def entry_page(entry: Entry, user: User) -> EntryPage:
    item, follow_up_round = entry.item, entry.follow_up_round
    milestones = Milestone.objects.filter(item=item, follow_up_round=follow_up_round).order_by("position")
    earlier = (
        Assessment.objects.reported()
        .filter(item=item, follow_up_round__number__lt=follow_up_round.number)
        .select_related("follow_up_round")
        .order_by("-follow_up_round__number")
    )
    definitions = {
        (row.dimension, row.level): row.text for row in LevelDefinition.objects.filter(agreement=item.agreement)
    }
    return EntryPage(
        entry=entry,
        milestones=[milestone.text for milestone in milestones],
        last_round=earlier.first(),
        effort_cards=_cards(Dimension.EFFORT, definitions),
        economy_cards=_cards(Dimension.ECONOMY, definitions),
        may_edit=has_permission(user, Permission.ENTRY_EDIT, entry),
        may_read=has_permission(user, Permission.ENTRY_READ, entry),
        may_take_back=has_permission(user, Permission.ENTRY_TAKE_BACK, entry),
        may_take_over=has_permission(user, Permission.ENTRY_TAKE_OVER, entry),
        taken_over=_taken_over(entry),
    )


_OWN_WORDS = {
    "not_relevant": "Der er ikke noget at vurdere i denne runde.",
    "not_assessed": "Der er ikke taget stilling i denne runde.",
}


def _cards(dimension: Dimension, definitions: dict[tuple[str, str], str]) -> list[LevelCard]:
    return [
        LevelCard(level, label, definitions.get((dimension, level), _OWN_WORDS.get(level, "")))
        for level, label in dimension.levels.choices
    ]


def _taken_over(entry: Entry) -> Event | None:
    """The last take-over, for the centre to see while it concerns the present draft."""
    if not (entry.assessment and entry.assessment.is_taken_over):
        return None
    return Event.objects.filter(act=Act.ASSESSMENT_TAKEN_OVER, subject=entry.subject).first()
