"""The dates of a round. One that was set and is set anew keeps what it was, with the reason: nobody moves a deadline
unseen. One that was unknown may become known without a word."""

from datetime import date, datetime

from tracker.errors import Refused
from tracker.models import DATE_FIELDS, FollowUpRound, MovedDate, User
from tracker.templatetags.tracker import day

Dates = dict[str, date | None]


def set_dates(
    follow_up_round: FollowUpRound, dates: Dates, *, by: User | str, reason: str, now: datetime
) -> dict[str, str]:
    """Puts the dates that differ into the round, which the caller saves, and writes down those that moved. Returns what
    changed, in words by the field's name; Refused where a date moves without a reason or the deadline comes too early.
    """
    changed = {name: dates[name] for name in DATE_FIELDS if name in dates and dates[name] != _of(follow_up_round, name)}
    before = {name: _of(follow_up_round, name) for name in changed}
    moved = [name for name, value in before.items() if value is not None]
    if moved and not reason.strip():
        what = "datoen" if len(moved) == 1 else "datoerne"
        raise Refused(reason=f"Skriv, hvorfor {what} er flyttet: {', '.join(map(_word, moved))}.")
    for name, value in changed.items():
        setattr(follow_up_round, name, value)
    refuse_deadline_before_opening(follow_up_round.opens_on, follow_up_round.deadline)
    MovedDate.objects.bulk_create(
        MovedDate(
            follow_up_round=follow_up_round,
            field=name,
            before=before[name],
            after=changed[name],
            reason=reason.strip(),
            at=now,
            user_id=by.pk if isinstance(by, User) else None,
            actor=str(by),
        )
        for name in moved
    )
    return {name: f"{_word(name)} fra {day(before[name])} til {day(changed[name])}" for name in changed}


def refuse_deadline_before_opening(opens_on: date | None, deadline: date | None) -> None:
    if deadline and opens_on and deadline < opens_on:
        raise Refused(
            deadline=f"Fristen {deadline:%d.%m.%Y} ligger før åbningen {opens_on:%d.%m.%Y}. Vælg en senere frist."
        )


def _of(follow_up_round: FollowUpRound, name: str) -> date | None:
    return getattr(follow_up_round, name)


def _word(name: str) -> str:
    return str(FollowUpRound._meta.get_field(name).verbose_name)
