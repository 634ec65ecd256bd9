"""The dates of a round as they are shown: each with what it was before it was moved, and why."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from budget.models import Agreement
from tracker.models import FollowUpRound, MovedDate, User
from tracker.permissions import Permission, has_permission


@dataclass(frozen=True)
class Move:
    """What a date was before it became another one, and the reason."""

    before: date | None
    reason: str


@dataclass(frozen=True)
class RoundDate:
    """One of the five dates. `moves` stand in the order in which they happened."""

    field: str
    label: str
    value: date | None
    moves: tuple[Move, ...] = ()


def round_dates(follow_up_round: FollowUpRound, names: Iterable[str] = MovedDate.Field.values) -> list[RoundDate]:
    """One query, or none where the caller has prefetched `moved_dates`."""
    moved: dict[str, list[Move]] = {}
    for row in follow_up_round.moved_dates.all():
        moved.setdefault(row.field, []).append(Move(row.before, row.reason))
    return [
        RoundDate(name, MovedDate.Field(name).label, getattr(follow_up_round, name), tuple(moved.get(name, ())))
        for name in names
    ]


def deadline_of(follow_up_round: FollowUpRound) -> RoundDate:
    return round_dates(follow_up_round, ["deadline"])[0]


@dataclass(frozen=True)
class RoundInSetup:
    follow_up_round: FollowUpRound
    dates: list[RoundDate]
    may_edit: bool


def rounds_in_setup(agreement: Agreement, user: User) -> list[RoundInSetup]:
    """An agreement's rounds as they are set up; two queries."""
    found = []
    for each in agreement.rounds.prefetch_related("moved_dates"):
        each.agreement = agreement
        may_edit = has_permission(user, Permission.ROUND_EDIT, each)
        found.append(RoundInSetup(each, round_dates(each), may_edit))
    return found
