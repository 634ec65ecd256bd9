"""What the entry screen shows around the form: the list at the left, and what to judge by."""

from dataclasses import dataclass, field

from budget.models import Agreement
from tracker.models import Act, Assessment, Entry, Event, FinanceNote, FollowUpRound, LevelDefinition, Milestone, User
from tracker.permissions import Answer, Permission, decide, has_permission
from tracker.reports.milestone_changes import ChangedMilestone, milestone_changes
from tracker.reports.oddities import Background, Oddity, money_in_year, oddities_of
from tracker.reports.overview import EntryRow, centre_counts, entry_rows
from tracker.reports.silence import silence_of
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
    note: FinanceNote | None = None  # None too where this reader may not see it
    may_note: bool = False
    may_return: bool = False
    may_unapprove: bool = False
    approval: Answer = Answer.HIDDEN
    oddities: list[Oddity] = field(default_factory=list)
    milestone_changes: list[ChangedMilestone] = field(default_factory=list)

    @property
    def may_approve(self) -> bool:
        return self.approval is Answer.YES

    @property
    def is_own_hand(self) -> bool:
        """An approver who would approve this, had they not had a hand in it."""
        return self.approval is Answer.FORBIDDEN

    @property
    def controls(self) -> bool:
        """Whether there is anything of finance's for this reader to do or to see."""
        return bool(self.may_note or self.note or self.may_return or self.may_approve or self.may_unapprove)

    @property
    def returned(self) -> Assessment | None:
        """The draft that was returned: whoever may see the entry sees why, also finance, which does not read it."""
        found = self.entry.assessment
        return found if found and found.is_draft and found.returned_at else None

    @property
    def silence(self) -> str:
        """Who did not report, and by when; "" while it may still be handed in."""
        return silence_of(self.entry)

    @property
    def assessment(self) -> Assessment | None:
        return self.entry.assessment if self.may_read else None


def entry_page(entry: Entry, user: User, *, is_sent: bool = False) -> EntryPage:
    """`is_sent`: the entry's form comes back as it was sent, also where it may no longer be edited."""
    item, follow_up_round = entry.item, entry.follow_up_round
    milestones = Milestone.objects.filter(item=item, follow_up_round=follow_up_round).order_by("position")
    earlier = (
        Assessment.objects.reported()
        .filter(item=item, follow_up_round__number__lt=follow_up_round.number)
        .select_related("follow_up_round")
        .order_by("-follow_up_round__number")
    )
    may_edit = has_permission(user, Permission.ENTRY_EDIT, entry)
    cards = _cards(item.agreement) if may_edit or is_sent else {}
    last_round = earlier.first()
    return EntryPage(
        entry=entry,
        milestones=[milestone.text for milestone in milestones],
        last_round=last_round,
        effort_cards=cards.get(Dimension.EFFORT, []),
        economy_cards=cards.get(Dimension.ECONOMY, []),
        may_edit=may_edit,
        may_read=has_permission(user, Permission.ENTRY_READ, entry),
        may_take_back=has_permission(user, Permission.ENTRY_TAKE_BACK, entry),
        may_take_over=has_permission(user, Permission.ENTRY_TAKE_OVER, entry),
        taken_over=_taken_over(entry),
        note=_note(entry, user),
        may_note=has_permission(user, Permission.ENTRY_NOTE, entry) and not follow_up_round.is_published,
        may_return=has_permission(user, Permission.ENTRY_RETURN, entry),
        may_unapprove=has_permission(user, Permission.ENTRY_UNAPPROVE, entry),
        approval=_approval(entry, user),
        oddities=_oddities(entry, user, last_round),
        milestone_changes=milestone_changes(item)[item.pk, follow_up_round.pk],
    )


def _note(entry: Entry, user: User) -> FinanceNote | None:
    if not has_permission(user, Permission.NOTE_READ, entry):
        return None
    found = FinanceNote.objects.filter(item=entry.item, follow_up_round=entry.follow_up_round)
    return found.select_related("saved_by").first()


def _approval(entry: Entry, user: User) -> Answer:
    """Only an approver is told that another must do it."""
    if not has_permission(user, Permission.ROUND_APPROVE, entry.follow_up_round):
        return Answer.HIDDEN
    return decide(user, Permission.ENTRY_APPROVE, entry)


def _oddities(entry: Entry, user: User, last_round: Assessment | None) -> list[Oddity]:
    """For those who control what came in."""
    if not (entry.assessment and entry.assessment.is_reported and has_permission(user, Permission.BOARD_READ)):
        return []
    agreement = entry.item.agreement
    background = Background(
        year=agreement.budget_year,
        as_of=entry.follow_up_round.as_of,
        has_money=money_in_year(agreement).get(entry.item.pk, False),
        last_comment=last_round.comment if last_round else "",
    )
    return oddities_of(entry.assessment, background)


_OWN_WORDS = {
    "not_relevant": "Der er ikke noget at vurdere i denne runde.",
    "not_assessed": "Der er ikke taget stilling i denne runde.",
}


def _cards(agreement: Agreement) -> dict[Dimension, list[LevelCard]]:
    rows = LevelDefinition.objects.filter(agreement=agreement)
    definitions = {(row.dimension, row.level): row.text for row in rows}
    return {
        dimension: [
            LevelCard(level, label, definitions.get((dimension, level), _OWN_WORDS.get(level, "")))
            for level, label in dimension.levels.choices
        ]
        for dimension in Dimension
    }


def _taken_over(entry: Entry) -> Event | None:
    """The last take-over, for the centre to see while it concerns the present draft."""
    if not (entry.assessment and entry.assessment.is_taken_over):
        return None
    return Event.objects.filter(act=Act.ASSESSMENT_TAKEN_OVER, subject=entry.subject).first()
