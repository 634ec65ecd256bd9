"""The log of events: who did what, when, on what."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import F, Q, QuerySet, TextField, Value
from django.db.models.functions import Concat, Left, StrIndex
from django.utils import timezone

from tracker.models import Event, User
from tracker.permissions import Permission, has_permission

_TEXT_BEGINS = (": ", " »")  # where a subject leaves the place and quotes what stands there


@dataclass(frozen=True)
class EventFilter:
    """ "" and None are for all."""

    words: str = ""
    act: str = ""
    who: str = ""
    first_day: date | None = None
    last_day: date | None = None


def event_log(user: User, wanted: EventFilter) -> QuerySet[Event]:
    """Newest first, each with `shown`, what it is about. Whoever may not read the notes is shown no texts of the
    agreement either, and cannot find them by searching for them."""
    shown = F("subject")
    if not has_permission(user, Permission.EVENT_NOTES):
        for mark in _TEXT_BEGINS:
            shown = _up_to(shown, mark)
    events = Event.objects.annotate(shown=shown)
    for word in wanted.words.split():
        events = events.filter(_holds("shown", word))
    if wanted.who:
        events = events.filter(_holds("actor", wanted.who.strip()))
    if wanted.act:
        events = events.filter(act=wanted.act)
    if wanted.first_day:
        events = events.filter(at__gte=_begin_of(wanted.first_day))
    if wanted.last_day:
        events = events.filter(at__lt=_begin_of(wanted.last_day + timedelta(days=1)))
    return events


def _up_to(text, mark: str):
    whole = Concat(text, Value(mark), output_field=TextField())  # so that the mark is always found
    return Left(text, StrIndex(whole, Value(mark)) - 1)


def _holds(field: str, word: str) -> Q:
    """SQLite knows of no æ, ø and å when it takes capitals and small letters for the same."""
    found = Q()
    for form in {word, word.lower(), word.upper(), word.capitalize()}:
        found |= Q(**{f"{field}__icontains": form})
    return found


def _begin_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
