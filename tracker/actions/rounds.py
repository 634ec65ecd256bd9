"""Opening, closing and reopening a round. A state changes by an act, never by today's date alone."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from tracker.errors import Refused, RoundStateError
from tracker.models import Act, Assessment, Edition, FollowUpRound, User
from tracker.statuses import RoundState

from .cpr import REASON, refuse_cpr_numbers
from .drafts import claim_version
from .events import write_event
from .publications import pending_editions
from .round_dates import Dates, set_dates

_DATES = ("as_of", "deadline", "committees_on", "council_on")


def _claim(
    follow_up_round: FollowUpRound, version: int | None, starts: Iterable[RoundState], refusal: str
) -> FollowUpRound:
    """The round as it is now, held until the transaction ends, with its version counted up, so that a form that was
    opened before the act is told of it. `version` is the one the act's own form was opened with, if it has one."""
    if version is None:
        FollowUpRound.objects.filter(pk=follow_up_round.pk).update(version=F("version") + 1)
    else:
        claim_version(follow_up_round, version)
    current = FollowUpRound.objects.select_related("agreement").get(pk=follow_up_round.pk)
    if current.state not in starts:
        raise RoundStateError(refusal)
    return current


@transaction.atomic
def open_round(
    *,
    follow_up_round: FollowUpRound,
    by: User | str,
    version: int | None = None,
    reason: str = "",
    cpr_reason: str = "",
    now: datetime | None = None,
    **dates: date | None,
) -> FollowUpRound:
    """Opens a planned round. `dates` (as_of, deadline, committees_on, council_on) replace the planned ones; one that
    was set moves with a reason only."""
    now = now or timezone.now()
    refusal = f"{follow_up_round.label} er ikke planlagt og kan derfor ikke åbnes."
    current = _claim(follow_up_round, version, {RoundState.PLANNED}, refusal)
    if not current.agreement.is_signed:  # the centres would neither see it nor be reminded
        raise RoundStateError("Aftalen er ikke indgået endnu. Markér den som indgået, før runden åbnes.")
    refuse_cpr_numbers({REASON: reason}, subject=current.subject, by=by, reason=cpr_reason, now=now)
    if current.opens_on is None:
        current.opens_on = timezone.localdate(now)
    words = set_dates(current, _known(dates), by=by, reason=reason, now=now)
    current.state, current.opened_at = RoundState.OPEN, now
    current.save(update_fields=["state", "opened_at", "opens_on", *_DATES])
    write_event(act=Act.ROUND_OPENED, by=by, subject=current.subject, now=now)
    _tell_of_dates(current, words, by, reason, now)
    follow_up_round.refresh_from_db()
    return follow_up_round


@transaction.atomic
def reopen_round(
    *,
    follow_up_round: FollowUpRound,
    by: User,
    reason: str,
    version: int | None = None,
    cpr_reason: str = "",
    now: datetime | None = None,
    **dates: date | None,
) -> FollowUpRound:
    """Opens a closed round again, or a published one that must be corrected, for a reason that stays in the log of
    events. Not while an edition waits: what it shows would no longer be what the round holds."""
    now = now or timezone.now()
    refusal = f"{follow_up_round.label} er ikke lukket og kan derfor ikke genåbnes."
    current = _claim(follow_up_round, version, {RoundState.CLOSED, RoundState.PUBLISHED}, refusal)
    if not reason.strip():
        raise Refused(reason="Skriv, hvorfor runden åbnes igen.")
    if waiting := pending_editions(current):
        raise RoundStateError(_still_waiting(waiting))
    refuse_cpr_numbers({REASON: reason}, subject=current.subject, by=by, reason=cpr_reason, now=now)
    words = set_dates(current, _known(dates), by=by, reason=reason, now=now)
    current.state, current.closed_at, current.closed_by = RoundState.OPEN, None, None
    current.save(update_fields=["state", "closed_at", "closed_by", *_DATES])
    write_event(act=Act.ROUND_REOPENED, by=by, subject=current.subject, note=reason, now=now)
    _tell_of_dates(current, words, by, reason, now)
    follow_up_round.refresh_from_db()
    return follow_up_round


def _known(dates: Dates) -> Dates:
    if unknown := set(dates) - {*_DATES}:
        raise TypeError(f"a round opens with no such dates: {unknown}")
    return dates


def _still_waiting(editions: list[Edition]) -> str:
    named = "; ".join(f"{each.publication.scope_name}, udgave {each.number} ({each.state.label})" for each in editions)
    them = "den" if len(editions) == 1 else "dem"
    return f"Runden kan ikke åbnes, mens en udgave venter på at blive offentlig: {named}; træk {them} tilbage først."


def _tell_of_dates(
    follow_up_round: FollowUpRound, words: dict[str, str], by: User | str, reason: str, now: datetime
) -> None:
    if words:
        note = "; ".join([*words.values(), *filter(None, [reason.strip()])])
        write_event(act=Act.ROUND_CHANGED, by=by, subject=follow_up_round.subject, note=note, now=now)


@transaction.atomic
def close_round(*, follow_up_round: FollowUpRound, by: User, now: datetime | None = None) -> FollowUpRound:
    """Closes an open round for entry. What is not submitted by now is "ikke indberettet"."""
    now = now or timezone.now()
    refusal = f"{follow_up_round.label} er ikke åben og kan derfor ikke lukkes."
    current = _claim(follow_up_round, None, {RoundState.OPEN}, refusal)
    current.state, current.closed_at, current.closed_by = RoundState.CLOSED, now, by
    current.save(update_fields=["state", "closed_at", "closed_by"])
    write_event(act=Act.ROUND_CLOSED, by=by, subject=current.subject, note=_silent(current), now=now)
    follow_up_round.refresh_from_db()
    return follow_up_round


def _silent(follow_up_round: FollowUpRound) -> str:
    reported = Assessment.objects.reported().filter(follow_up_round=follow_up_round).values("item")
    silent = follow_up_round.agreement.items.exclude(pk__in=reported).in_agreement_order()
    keys = ", ".join(silent.values_list("key", flat=True))
    return f"ikke indberettet: {keys}" if keys else ""
