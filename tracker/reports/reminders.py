"""Who is to be reminded of what: one digest per person, of all that is not handed in and whose word it is to give.

Before a deadline whoever enters is reminded: a centre's editors, and its chief only where no editor can be reached.
Once it has passed the chief is told too. A chief's substitute is told what the chief is told.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Exists, OuterRef
from django.utils import timezone

from budget.models import Item
from tracker.models import Assessment, FollowUpRound, SentReminder, Substitute, User
from tracker.statuses import CENTRE_ROLES, AssessmentState, ReminderKind, Role

# From how many days before the deadline on; the last one reached is the one that counts.
_THRESHOLDS = ((0, ReminderKind.TODAY), (3, ReminderKind.THREE_DAYS), (14, ReminderKind.TWO_WEEKS))


@dataclass(frozen=True)
class OwedRound:
    """`own` is for the person to enter; `of_centre` is what a chief's centres owe beside it once the deadline has
    passed. `due` is what has not been told before: a round may be in a digest only because another one is due."""

    follow_up_round: FollowUpRound
    own: list[Item]
    of_centre: list[Item]
    due: list[ReminderKind]
    days_left: int | None

    @property
    def is_overdue(self) -> bool:
        return self.days_left is not None and self.days_left < 0


@dataclass(frozen=True)
class Digest:
    """The nearest deadline first; an item that was returned has `is_returned`."""

    user: User
    rounds: list[OwedRound]
    stands_in: list[Substitute]

    @property
    def due(self) -> list[tuple[FollowUpRound, ReminderKind]]:
        return [(each.follow_up_round, kind) for each in self.rounds for kind in each.due]

    @property
    def total(self) -> int:
        return sum(len(each.own) + len(each.of_centre) for each in self.rounds)


def people() -> Iterable[User]:
    """Everyone who may have to be reminded."""
    return User.objects.filter(is_active=True, role_rows__role__in=CENTRE_ROLES).distinct().order_by("pk")


def newest_threshold(deadline: date | None, today: date) -> ReminderKind | None:
    """The one reminder that fits today, however many were missed on the way; None where it is too early for any."""
    if deadline is None:
        return None
    days_left = (deadline - today).days
    if days_left < 0:
        return ReminderKind.OVERDUE
    return next((kind for days, kind in _THRESHOLDS if days_left <= days), None)


def digest_of(user: User, *, today: date) -> Digest | None:
    """None where there is nothing new to tell, or where the person has had a digest today."""
    if _has_had_one(user, today):
        return None
    enters, answers_for = _centres_of(user, today)
    told = set(SentReminder.objects.filter(user=user).values_list("follow_up_round", "kind", "deadline"))
    rounds = []
    for each in FollowUpRound.objects.open().exclude(agreement__signed_on=None).select_related("agreement"):
        kind = newest_threshold(each.deadline, today)
        own = _owed(each, enters)
        of_centre = _owed(each, answers_for - enters) if kind == ReminderKind.OVERDUE else []
        kinds = ([kind] if own and kind else []) + ([ReminderKind.OVERDUE_CENTRE] if of_centre else [])
        due = [kind for kind in kinds if (each.pk, kind, each.deadline) not in told]
        if own or of_centre:
            rounds.append(OwedRound(each, own, of_centre, due, _days_left(each, today)))
    if not any(each.due for each in rounds):
        return None
    rounds.sort(key=lambda each: (each.follow_up_round.deadline or date.max, each.follow_up_round.address))
    return Digest(user, rounds, list(user.stands_in_for.on(today).in_force().select_related("chief")))


def _has_had_one(user: User, today: date) -> bool:
    begin, end = (timezone.make_aware(datetime.combine(day, time.min)) for day in (today, today + timedelta(days=1)))
    return SentReminder.objects.filter(user=user, sent_at__gte=begin, sent_at__lt=end).exists()


def _days_left(follow_up_round: FollowUpRound, today: date) -> int | None:
    return (follow_up_round.deadline - today).days if follow_up_round.deadline else None


def _centres_of(user: User, today: date) -> tuple[frozenset[int], frozenset[int]]:
    """The centres that the user enters for, and those that the user answers for as a chief or in a chief's place."""
    own, in_their_place = user.centre_ids_on(today)
    enters = own if Role.EDITOR in user.roles else frozenset()
    answers_for = (own if Role.CHIEF in user.roles else frozenset()) | in_their_place
    reached = User.objects.filter(is_active=True, role_rows__role=Role.EDITOR).exclude(email="")
    cared_for = frozenset(reached.filter(centres__in=answers_for).values_list("centres", flat=True))
    return enters | (answers_for - cared_for), answers_for


def _owed(follow_up_round: FollowUpRound, centre_ids: frozenset[int]) -> list[Item]:
    of_round = Assessment.objects.filter(follow_up_round=follow_up_round)
    returned = of_round.filter(item=OuterRef("pk"), state=AssessmentState.DRAFT, returned_at__isnull=False)
    items = follow_up_round.agreement.items.for_centre(*centre_ids).exclude(pk__in=of_round.reported().values("item"))
    return list(items.in_agreement_order().select_related("lead_centre").annotate(is_returned=Exists(returned)))
