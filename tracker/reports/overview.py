"""Who has reported what: the entries of one round, and the matrix of items and rounds."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import QuerySet
from django.urls import reverse

from budget.models import Item
from budget.text import danish_order
from tracker.models import Assessment, Entry, FollowUpRound, Milestone, User
from tracker.permissions import Permission, has_permission
from tracker.reports.item_filter import NO_CENTRE
from tracker.reports.milestone_changes import ChangedMilestone, milestone_changes
from tracker.reports.silence import NOBODY
from tracker.statuses import (
    NOT_REPORTED,
    NOT_REPORTED_LABEL,
    REPORTED,
    WAITING_LABEL,
    AssessmentState,
)


@dataclass(frozen=True)
class Progress:
    """How far an item's entry is, as a word: "mangler", "kladde", "indsendt", "godkendt" or "ikke indberettet"."""

    code: str
    label: str
    order: int

    @property
    def is_reported(self) -> bool:
        return self.code in REPORTED


_MISSING = Progress("missing", WAITING_LABEL, 0)
_NOT_REPORTED = Progress(NOT_REPORTED, NOT_REPORTED_LABEL, 0)
_BY_STATE = {
    AssessmentState.DRAFT: Progress("draft", AssessmentState.DRAFT.label, 1),
    AssessmentState.SUBMITTED: Progress("submitted", AssessmentState.SUBMITTED.label, 2),
    AssessmentState.APPROVED: Progress("approved", AssessmentState.APPROVED.label, 3),
}


def progress_of(entry: Entry) -> Progress:
    """Silence, and a draft left behind, are "ikke indberettet" once the round is over."""
    reported = entry.assessment is not None and entry.assessment.state in REPORTED
    if entry.follow_up_round.is_over and not reported:
        return _NOT_REPORTED
    return _BY_STATE[AssessmentState(entry.assessment.state)] if entry.assessment else _MISSING


@dataclass(frozen=True)
class EntryRow:
    """One item in one round, for a board or an entry list. Levels are filled in only where the reader may see them."""

    entry: Entry
    progress: Progress
    effort: str = ""
    economy: str = ""
    comment: str = ""

    @property
    def item(self) -> Item:
        return self.entry.item

    @property
    def key(self) -> str:
        return self.entry.item.key

    @property
    def title(self) -> str:
        return self.entry.item.title

    @property
    def centre(self) -> str:
        return self.entry.item.centre_name or NOBODY

    @property
    def centre_slug(self) -> str:
        """What a filter in an address calls the centre."""
        return self.item.lead_centre.slug if self.item.lead_centre else NO_CENTRE

    @property
    def entered_by_finance(self) -> bool:
        return bool(self.entry.assessment and self.entry.assessment.is_entered_by_finance)

    @property
    def is_returned(self) -> bool:
        return bool(self.entry.assessment and self.entry.assessment.is_draft and self.entry.assessment.returned_at)

    @property
    def url(self) -> str:
        return reverse("entry_edit", args=[*self.entry.follow_up_round.address, self.key])


@dataclass(frozen=True)
class CentreCount:
    centre: str
    slug: str
    total: int
    reported: int
    drafts: int

    @property
    def missing(self) -> int:
        return self.total - self.reported - self.drafts

    @property
    def outstanding(self) -> int:
        """What closing the round would leave as not reported: what is missing, and drafts."""
        return self.total - self.reported


def entry_rows(items: QuerySet[Item], follow_up_round: FollowUpRound, user: User) -> list[EntryRow]:
    """The items in agreement order with what this user may see of each; two queries."""
    items = list(items.in_agreement_order().select_related("lead_centre"))
    found = Assessment.objects.filter(follow_up_round=follow_up_round, item__agreement=follow_up_round.agreement)
    by_item = {assessment.item_id: assessment for assessment in found}
    rows = []
    for item in items:
        entry = Entry(item, follow_up_round, by_item.get(item.pk))
        levels = {}
        if entry.assessment and has_permission(user, Permission.RESULT_READ, entry):
            levels = {name: getattr(entry.assessment, name) for name in ("effort", "economy", "comment")}
        rows.append(EntryRow(entry, progress_of(entry), **levels))
    return rows


def centre_counts(rows: Iterable[EntryRow]) -> list[CentreCount]:
    names, totals, reported, drafts = {}, Counter(), Counter(), Counter()
    for row in rows:
        slug = row.centre_slug
        names[slug] = row.item.lead_centre.name if row.item.lead_centre else "Uden center"
        totals[slug] += 1
        reported[slug] += row.progress.is_reported
        drafts[slug] += row.progress.code == "draft"
    ordered = sorted(names, key=lambda slug: (slug == NO_CENTRE, danish_order(names[slug])))
    return [CentreCount(names[slug], slug, totals[slug], reported[slug], drafts[slug]) for slug in ordered]


@dataclass(frozen=True)
class MatrixCell:
    """One item in one round. Both levels "" mean that there is nothing to show (yet, or to this reader)."""

    number: int
    has_milestone: bool = False
    effort: str = ""
    economy: str = ""
    changes: list[ChangedMilestone] = field(default_factory=list)

    @property
    def is_changed(self) -> bool:
        """A milestone of it was changed after the plan was approved."""
        return bool(self.changes)


@dataclass(frozen=True)
class MatrixRow:
    item: Item
    cells: list[MatrixCell]


def matrix(*, items: list[Item], rounds: list[FollowUpRound], user: User, level: str = "") -> list[MatrixRow]:
    """Items in agreement order by rounds. `level` keeps the items that have it in some round, as effort or economy
    (NOT_REPORTED among them). Drafts and unpublished results are left out where the reader may not see them."""
    agreement = rounds[0].agreement if rounds else None
    assessments = {
        (row.item_id, row.follow_up_round_id): row for row in Assessment.objects.filter(item__agreement=agreement)
    }
    planned = set(Milestone.objects.filter(item__agreement=agreement).values_list("item_id", "follow_up_round_id"))
    changed = milestone_changes(agreement) if agreement else {}
    rows = []
    for item in items:
        cells = []
        for each in rounds:
            cell = _cell(Entry(item, each, assessments.get((item.pk, each.pk))), user)
            may_know, place = has_permission(user, Permission.MILESTONES_READ, item), (item.pk, each.pk)
            changes = changed.get(place, []) if may_know else []
            cells.append(MatrixCell(each.number, place in planned and may_know, *cell, changes))
        if not level or any(level in (cell.effort, cell.economy) for cell in cells):
            rows.append(MatrixRow(item, cells))
    return rows


def _cell(entry: Entry, user: User) -> tuple[str, str]:
    if entry.assessment is not None and entry.assessment.is_reported:
        may_read = has_permission(user, Permission.RESULT_READ, entry)
        return (entry.assessment.effort, entry.assessment.economy) if may_read else ("", "")
    is_known = entry.follow_up_round.is_published or has_permission(user, Permission.ENTRY_SEE, entry)
    silent = NOT_REPORTED if entry.follow_up_round.is_over and is_known else ""
    return silent, silent
