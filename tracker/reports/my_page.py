"""Min side: what I owe by urgency, what came back, what waits for me, what comes."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from django.db.models import Exists, OuterRef

from budget.models import Agreement
from tracker.models import Assessment, Entry, EntryAuthor, FollowUpRound, User
from tracker.permissions import Permission, has_permission
from tracker.reports.overview import EntryRow, entry_rows, progress_of
from tracker.reports.rounds import RoundDate, deadline_of
from tracker.statuses import AssessmentState, RoundState

SOON = 14  # days


class Urgency(StrEnum):
    """In the order in which they are shown."""

    OVERDUE = "Fristen er overskredet"
    TODAY = "Fristen er i dag"
    SOON = "Frist inden for 14 dage"
    LATER = "Frist senere"
    UNDATED = "Uden frist"
    DONE = "Indsendt"


@dataclass(frozen=True)
class RoundTask:
    """One open round as seen by one user: their own items, most urgent first."""

    follow_up_round: FollowUpRound
    rows: list[EntryRow]
    today: date
    may_submit_all: bool = False

    @property
    def open_rows(self) -> list[EntryRow]:
        rows = [row for row in self.rows if not row.progress.is_reported]
        return sorted(rows, key=lambda row: (row.progress.order, row.item.sort_key))

    @property
    def returned_rows(self) -> list[EntryRow]:
        return [row for row in self.rows if row.is_returned]

    @property
    def reported(self) -> int:
        return len(self.rows) - len(self.open_rows)

    @property
    def deadline(self) -> RoundDate:
        return deadline_of(self.follow_up_round)

    @property
    def days_left(self) -> int | None:
        """Days to the deadline, negative when it has passed; None where no deadline is set."""
        deadline = self.follow_up_round.deadline
        return None if deadline is None else (deadline - self.today).days

    @property
    def urgency(self) -> Urgency:
        if not self.open_rows:
            return Urgency.DONE
        days = self.days_left
        if days is None:
            return Urgency.UNDATED
        if days < 0:
            return Urgency.OVERDUE
        return Urgency.TODAY if days == 0 else Urgency.SOON if days <= SOON else Urgency.LATER


@dataclass(frozen=True)
class Waiting:
    """What others have submitted in one round, for this approver to approve."""

    follow_up_round: FollowUpRound
    rows: list[EntryRow]


@dataclass(frozen=True)
class MyPage:
    """`tasks` come by urgency, and under one heading for each."""

    tasks: list[tuple[Urgency, list[RoundTask]]] = field(default_factory=list)
    returned: list[EntryRow] = field(default_factory=list)
    waiting: list[Waiting] = field(default_factory=list)
    boards: list[RoundTask] = field(default_factory=list)
    closed: list[FollowUpRound] = field(default_factory=list)
    coming: list[FollowUpRound] = field(default_factory=list)
    published: list[FollowUpRound] = field(default_factory=list)
    agreements: list[Agreement] = field(default_factory=list)
    is_reporting: bool = False

    @property
    def waiting_count(self) -> int:
        return sum(len(each.rows) for each in self.waiting)


def my_page(*, user: User, today: date) -> MyPage:
    """Own items of open rounds for a centre, whole rounds for finance; the nearest deadline first."""
    if not has_permission(user, Permission.AGREEMENT_LIST):
        return MyPage()
    found = FollowUpRound.objects.select_related("agreement").prefetch_related("moved_dates")
    rounds = list(found.exclude(agreement__signed_on=None))
    rounds.sort(key=lambda each: (each.deadline or date.max, each.agreement.budget_year, each.number))
    is_open = [each for each in rounds if each.is_open]
    tasks = [task for each in is_open if user.is_of_centre and (task := _task(each, user, today)).rows]
    boards_are_read = has_permission(user, Permission.BOARD_READ)
    boards = [_board(each, user, today) for each in is_open if boards_are_read]
    is_reporting = has_permission(user, Permission.ENTRY_LIST)
    newest = {each.agreement_id: each for each in sorted(rounds, key=lambda each: each.number) if each.is_published}
    return MyPage(
        tasks=_by_urgency(tasks),
        returned=_returned(tasks, boards),
        waiting=_waiting(rounds, user),
        boards=boards,
        closed=[each for each in rounds if boards_are_read and each.state == RoundState.CLOSED],
        coming=[each for each in rounds if is_reporting and each.state == RoundState.PLANNED],
        published=list(newest.values()),
        agreements=list(Agreement.objects.exclude(signed_on=None)),
        is_reporting=is_reporting,
    )


def _task(follow_up_round: FollowUpRound, user: User, today: date) -> RoundTask:
    rows = entry_rows(follow_up_round.agreement.items.for_centre(*user.centre_ids), follow_up_round, user)
    drafts = [row for row in rows if row.progress.code == "draft" and row.item.lead_centre_id in user.chief_centre_ids]
    return RoundTask(follow_up_round, rows, today, may_submit_all=bool(drafts))


def _board(follow_up_round: FollowUpRound, user: User, today: date) -> RoundTask:
    return RoundTask(follow_up_round, entry_rows(follow_up_round.agreement.items.all(), follow_up_round, user), today)


def _by_urgency(tasks: list[RoundTask]) -> list[tuple[Urgency, list[RoundTask]]]:
    groups = [(urgency, [task for task in tasks if task.urgency == urgency]) for urgency in Urgency]
    return [(urgency, group) for urgency, group in groups if group]


def _returned(tasks: list[RoundTask], boards: list[RoundTask]) -> list[EntryRow]:
    """To the centre whose entry it is; what finance has entered itself comes back to finance."""
    own = [row for task in tasks for row in task.returned_rows]
    seen = {row.url for row in own}
    entered = [row for task in boards for row in task.returned_rows if row.entered_by_finance and row.url not in seen]
    return own + entered


def _waiting(rounds: list[FollowUpRound], user: User) -> list[Waiting]:
    """What others have submitted; one query for all rounds."""
    controlled = {each.pk: each for each in rounds if has_permission(user, Permission.ROUND_APPROVE, each)}
    if not controlled:
        return []
    typed = EntryAuthor.objects.filter(item=OuterRef("item"), follow_up_round=OuterRef("follow_up_round"), user=user)
    submitted = Assessment.objects.filter(follow_up_round__in=controlled, state=AssessmentState.SUBMITTED)
    others = submitted.exclude(Exists(typed)).select_related("item__lead_centre").order_by("item__sort_key")
    by_round: dict[int, list[EntryRow]] = {}
    for assessment in others:
        if user.pk not in {assessment.saved_by_id, assessment.submitted_by_id}:
            entry = Entry(assessment.item, controlled[assessment.follow_up_round_id], assessment)
            by_round.setdefault(assessment.follow_up_round_id, []).append(EntryRow(entry, progress_of(entry)))
    return [Waiting(each, by_round[pk]) for pk, each in controlled.items() if pk in by_round]
