"""Setting up an agreement's rounds, and mending one: its name, its dates and what the centres are told."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from budget.models import Agreement
from tracker.errors import Refused, RoundStateError
from tracker.models import DATE_FIELDS, Act, FollowUpRound, User, subject_of

from .cpr import REASON, refuse_cpr_numbers, texts_of
from .drafts import claim_version, lock_agreement
from .events import write_event
from .round_dates import Dates, refuse_deadline_before_opening, set_dates

ROUNDS_A_YEAR = 4
LAST_NUMBER = 99  # what an address has room for
_TEXTS = ("label", "instructions")


@dataclass(frozen=True)
class PlannedRound:
    """A round that is about to be set up. Any of its dates may be unknown."""

    number: int
    label: str
    as_of: date | None = None
    opens_on: date | None = None
    deadline: date | None = None
    committees_on: date | None = None
    council_on: date | None = None


def template_of(agreement: Agreement) -> list[PlannedRound]:
    """The rounds of a year that are not there yet: three budget follow-ups and one at the end of the year, each with
    the end of its quarter as a proposal. When all four are there: one more, with nothing but a number."""
    taken = set(agreement.rounds.values_list("number", flat=True))
    year = agreement.budget_year
    quarters = [date(year, 3, 31), date(year, 6, 30), date(year, 9, 30), date(year, 12, 31)]
    labels = [f"{number}. budgetopfølgning {year}" for number in range(1, ROUNDS_A_YEAR)] + [f"31.12.{year}"]
    missing = [
        PlannedRound(number, label, as_of)
        for number, (label, as_of) in enumerate(zip(labels, quarters, strict=True), start=1)
        if number not in taken
    ]
    return missing or [PlannedRound(max(taken) + 1, "")]


@transaction.atomic
def create_rounds(
    *,
    agreement: Agreement,
    by: User,
    rounds: Sequence[PlannedRound],
    instructions: str = "",
    cpr_reason: str = "",
    now: datetime | None = None,
) -> list[FollowUpRound]:
    """All of the rounds or none of them, each with the same instructions, which may be changed one by one later."""
    current = lock_agreement(agreement)
    _refuse_rounds(current, rounds)
    for each in rounds:
        place = subject_of(current.budget_year, number=each.number)
        texts = {"Navn": each.label, "Vejledning til centrene": instructions}
        refuse_cpr_numbers(texts, subject=place, by=by, reason=cpr_reason, now=now)
    created = [
        FollowUpRound.objects.create(agreement=current, instructions=instructions, **asdict(each)) for each in rounds
    ]
    note = "; ".join(f"runde {each.number}: {each.label}" for each in created)
    write_event(act=Act.ROUNDS_CREATED, by=by, subject=subject_of(current.budget_year), note=note, now=now)
    return created


def _refuse_rounds(agreement: Agreement, rounds: Sequence[PlannedRound]) -> None:
    if not agreement.has_rounds:
        raise Refused(f"{agreement.title} følges kun op, når der er udfordringer, og har derfor ingen runder.")
    if not rounds:
        raise Refused("Skriv mindst én runde.")
    taken = agreement.rounds.filter(number__in=[each.number for each in rounds]).values_list("number", flat=True)
    if taken:
        raise Refused(f"{numbers_in_words(taken)} findes allerede. Vælg andre numre, eller ret de runder, der er.")
    counted = Counter(each.number for each in rounds)
    if twice := [number for number, times in counted.items() if times > 1]:
        raise Refused(f"{numbers_in_words(twice)} står flere gange. Giv hver runde sit eget nummer.")
    for each in rounds:
        if not each.label.strip():
            raise Refused(f"Skriv, hvad runde {each.number} hedder.")
        refuse_deadline_before_opening(each.opens_on, each.deadline)


def numbers_in_words(numbers: Sequence[int]) -> str:
    """Runde 1, 2 og 3."""
    *first, last = [str(number) for number in sorted(numbers)]
    return f"Runde {', '.join(first)} og {last}" if first else f"Runde {last}"


@transaction.atomic
def change_round(
    *,
    follow_up_round: FollowUpRound,
    by: User,
    version: int,
    fields: dict[str, object],
    reason: str = "",
    cpr_reason: str = "",
    now: datetime | None = None,
) -> bool:
    """Saves what differs of label, dates and instructions; False when nothing did. `version` is the one the form was
    opened with. A date that was set moves with a reason only. A published round stays as it is."""
    now = now or timezone.now()
    claim_version(follow_up_round, version)
    current = FollowUpRound.objects.select_related("agreement").get(pk=follow_up_round.pk)
    if current.is_published:
        raise RoundStateError(f"{current.label} er offentliggjort. Genåbn den, hvis den skal rettes.")
    texts = texts_of(FollowUpRound, fields) | {REASON: reason}
    refuse_cpr_numbers(texts, subject=current.subject, by=by, reason=cpr_reason, now=now)
    words = _set_texts(current, {name: fields[name] for name in _TEXTS if name in fields})
    dates: Dates = {name: fields[name] for name in DATE_FIELDS if name in fields}
    words |= set_dates(current, dates, by=by, reason=reason, now=now)
    if not words:
        FollowUpRound.objects.filter(pk=current.pk).update(version=version)
        return False
    current.save(update_fields=list(words))
    note = "; ".join([*words.values(), *filter(None, [reason.strip()])])
    write_event(act=Act.ROUND_CHANGED, by=by, subject=current.subject, note=note, now=now)
    return True


def _set_texts(follow_up_round: FollowUpRound, texts: dict[str, str]) -> dict[str, str]:
    words = {}
    for name, value in texts.items():
        before = getattr(follow_up_round, name)
        if before != value:
            setattr(follow_up_round, name, value)
            words[name] = f"navn fra »{before}« til »{value}«" if name == "label" else "vejledning til centrene"
    return words
