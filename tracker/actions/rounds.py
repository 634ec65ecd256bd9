"""Opening and closing a round. A state changes by an act, never by today's date alone."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from tracker.errors import RoundStateError
from tracker.models import Act, FollowUpRound, User
from tracker.statuses import RoundState

from .events import write_event


def _move(follow_up_round: FollowUpRound, start: RoundState, refusal: str, **fields) -> FollowUpRound:
    if not FollowUpRound.objects.filter(pk=follow_up_round.pk, state=start).update(**fields):
        raise RoundStateError(refusal)
    follow_up_round.refresh_from_db()
    return follow_up_round


@transaction.atomic
def open_round(
    *, follow_up_round: FollowUpRound, by: User | str, now: datetime | None = None, **dates: date | None
) -> FollowUpRound:
    """Opens a planned round. `dates` (as_of, deadline, committees_on, council_on) replace the planned ones."""
    now = now or timezone.now()
    dates = {"opens_on": follow_up_round.opens_on or timezone.localdate(now), **dates}
    _check_deadline(dates.get("deadline", follow_up_round.deadline), dates["opens_on"])
    opened = _move(
        follow_up_round,
        RoundState.PLANNED,
        f"{follow_up_round.label} er ikke planlagt og kan derfor ikke åbnes.",
        state=RoundState.OPEN,
        opened_at=now,
        **dates,
    )
    write_event(act=Act.ROUND_OPENED, by=by, subject=opened.subject, now=now)
    return opened


@transaction.atomic
def reopen_round(
    *, follow_up_round: FollowUpRound, by: User, reason: str, now: datetime | None = None, **dates: date | None
) -> FollowUpRound:
    """Opens a closed round again, for a reason that stays in the log of events."""
    now = now or timezone.now()
    if not reason.strip():
        raise RoundStateError("Skriv, hvorfor runden åbnes igen.")
    opens_on = follow_up_round.opens_on
    _check_deadline(dates.get("deadline", follow_up_round.deadline), opens_on)
    reopened = _move(
        follow_up_round,
        RoundState.CLOSED,
        f"{follow_up_round.label} er ikke lukket og kan derfor ikke genåbnes.",
        state=RoundState.OPEN,
        closed_at=None,
        closed_by=None,
        **dates,
    )
    write_event(act=Act.ROUND_REOPENED, by=by, subject=reopened.subject, note=reason, now=now)
    return reopened


def _check_deadline(deadline: date | None, opens_on: date | None) -> None:
    if deadline and opens_on and deadline < opens_on:
        raise RoundStateError(
            f"Fristen {deadline:%d.%m.%Y} ligger før åbningen {opens_on:%d.%m.%Y}. Vælg en senere frist."
        )


@transaction.atomic
def close_round(*, follow_up_round: FollowUpRound, by: User, now: datetime | None = None) -> FollowUpRound:
    """Closes an open round for entry. What is not submitted by now is "ikke indberettet"."""
    now = now or timezone.now()
    closed = _move(
        follow_up_round,
        RoundState.OPEN,
        f"{follow_up_round.label} er ikke åben og kan derfor ikke lukkes.",
        state=RoundState.CLOSED,
        closed_at=now,
        closed_by=by,
    )
    write_event(act=Act.ROUND_CLOSED, by=by, subject=closed.subject, now=now)
    return closed
