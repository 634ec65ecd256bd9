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
    *, follow_up_round: FollowUpRound, by: User | str, deadline: date | None = None, now: datetime | None = None
) -> FollowUpRound:
    """Opens a planned round for entry; `deadline` replaces the planned one when given."""
    now = now or timezone.now()
    opens_on = follow_up_round.opens_on or timezone.localdate(now)
    deadline = deadline or follow_up_round.deadline
    if deadline and deadline < opens_on:
        raise RoundStateError(
            f"Fristen {deadline:%d.%m.%Y} ligger før åbningen {opens_on:%d.%m.%Y}. Vælg en senere frist."
        )
    opened = _move(
        follow_up_round,
        RoundState.PLANNED,
        f"{follow_up_round.label} er ikke planlagt og kan derfor ikke åbnes.",
        state=RoundState.OPEN,
        opened_at=now,
        opens_on=opens_on,
        deadline=deadline,
    )
    write_event(act=Act.ROUND_OPENED, by=by, subject=opened.subject, now=now)
    return opened


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
