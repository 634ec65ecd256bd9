"""Min side: what I owe, what waits, what comes."""

from dataclasses import dataclass
from datetime import date

from budget.models import Agreement
from tracker.models import FollowUpRound, User
from tracker.permissions import Permission, has_permission
from tracker.reports.overview import EntryRow, entry_rows
from tracker.statuses import Role, RoundState


@dataclass(frozen=True)
class RoundTask:
    """One open round as seen by one user: their own items, most urgent first."""

    follow_up_round: FollowUpRound
    rows: list[EntryRow]
    today: date

    @property
    def open_rows(self) -> list[EntryRow]:
        rows = [row for row in self.rows if not row.progress.is_reported]
        return sorted(rows, key=lambda row: (row.progress.order, row.item.sort_key))

    @property
    def reported(self) -> int:
        return len(self.rows) - len(self.open_rows)

    @property
    def is_overdue(self) -> bool:
        deadline = self.follow_up_round.deadline
        return bool(deadline and deadline < self.today and self.open_rows)

    @property
    def days_left(self) -> int | None:
        """Days to the deadline, negative when it has passed; None where no deadline is set."""
        deadline = self.follow_up_round.deadline
        return None if deadline is None else (deadline - self.today).days


@dataclass(frozen=True)
class MyPage:
    tasks: list[RoundTask]
    boards: list[RoundTask]
    coming: list[FollowUpRound]
    published: list[FollowUpRound]
    agreements: list[Agreement]
    is_reporting: bool


def my_page(*, user: User, today: date) -> MyPage:
    """Own items of open rounds for a centre, whole rounds for finance; the nearest deadline first."""
    if not has_permission(user, Permission.AGREEMENT_LIST):
        return MyPage([], [], [], [], [], is_reporting=False)
    rounds = list(FollowUpRound.objects.select_related("agreement").exclude(agreement__signed_on=None))
    rounds.sort(key=lambda each: (each.deadline or date.max, each.agreement.budget_year, each.number))
    tasks, boards = [], []
    for each in rounds:
        if not each.is_open:
            continue
        if user.has_role(Role.EDITOR, Role.CHIEF):
            own = entry_rows(each.agreement.items.for_centre(*user.centre_ids), each, user)
            if own:
                tasks.append(RoundTask(each, own, today))
        if has_permission(user, Permission.BOARD_READ):
            boards.append(RoundTask(each, entry_rows(each.agreement.items.all(), each, user), today))
    is_reporting = has_permission(user, Permission.ENTRY_LIST)
    newest = {each.agreement_id: each for each in sorted(rounds, key=lambda each: each.number) if each.is_published}
    return MyPage(
        tasks=tasks,
        boards=boards,
        coming=[each for each in rounds if is_reporting and each.state == RoundState.PLANNED],
        published=list(newest.values()),
        agreements=list(Agreement.objects.exclude(signed_on=None)),
        is_reporting=is_reporting,
    )
