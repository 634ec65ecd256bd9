"""Naming who answers for a chief's centres while the chief is away, and ending it early. Rights bite at the next
request."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from tracker.errors import Refused, TrackerError
from tracker.models import Act, Substitute, User
from tracker.statuses import CENTRE_ROLES

from .events import write_event

SUBJECT_LIMIT = 160  # characters; two long user names may need more


@transaction.atomic
def name_substitute(
    *, chief: User, stand_in: User, first_day: date, last_day: date, by: User, now: datetime | None = None
) -> Substitute:
    """From the first day to the last, both included. Several may stand in at once, but nobody twice on the same day."""
    now = now or timezone.now()
    User.objects.select_for_update(no_key=True).get(pk=chief.pk)  # two pages of the same chief go in turn
    _refuse(chief, stand_in, first_day, last_day, today=timezone.localdate(now))
    substitute = Substitute.objects.create(chief=chief, stand_in=stand_in, first_day=first_day, last_day=last_day)
    _write(Act.SUBSTITUTE_NAMED, substitute, by, _period(substitute), now)
    return substitute


def _refuse(chief: User, stand_in: User, first_day: date, last_day: date, *, today: date) -> None:
    if stand_in.pk == chief.pk:
        raise Refused(stand_in="Vælg en anden end dig selv.")
    if not stand_in.is_active or not stand_in.roles & CENTRE_ROLES:
        raise Refused(stand_in=f"{stand_in} kan ikke være vikar: kontoen er lukket eller hører ikke til et center.")
    if last_day < first_day:
        raise Refused(last_day="Den sidste dag ligger før den første.")
    if first_day < today:
        raise Refused(first_day="Et vikariat kan tidligst begynde i dag.")
    for other in chief.substitutes.filter(stand_in=stand_in, last_day__gte=first_day, first_day__lte=last_day):
        raise Refused(
            stand_in=f"{stand_in} er allerede din vikar {_period(other)}. Vælg andre dage, eller afslut det vikariat "
            "først."
        )


@transaction.atomic
def end_substitute(*, substitute: Substitute, by: User, now: datetime | None = None) -> None:
    """At once: yesterday becomes the last day. One that has not had a whole day is removed; the event tells of it."""
    now = now or timezone.now()
    today = timezone.localdate(now)
    current = Substitute.objects.filter(pk=substitute.pk, last_day__gte=today)
    ended = current.filter(first_day__lt=today).update(last_day=today - timedelta(days=1))
    if not ended and not current.delete()[0]:
        raise TrackerError(f"Vikariatet for {substitute.chief} er allerede afsluttet.")
    _write(Act.SUBSTITUTE_ENDED, substitute, by, f"var aftalt {_period(substitute)}", now)


def _period(substitute: Substitute) -> str:
    return f"fra {substitute.first_day:%d.%m.%Y} til og med {substitute.last_day:%d.%m.%Y}"


def _write(act: Act, substitute: Substitute, by: User, note: str, now: datetime) -> None:
    subject = f"vikaren {substitute.stand_in.username} for {substitute.chief.username}"
    write_event(act=act, by=by, subject=subject[:SUBJECT_LIMIT], note=note, now=now)
