"""Keeping the register of the organisation by form: committees, centres and parties. Nothing is ever deleted, and a
name that is in use stays as it is: items, accounts and printed agreements rely on it."""

import json
import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime
from hashlib import sha256

from django.db import IntegrityError, transaction
from django.utils import formats

from budget.models import Party
from budget.text import folded
from tracker.errors import Refused, RowChanged
from tracker.models import Act, User
from tracker.reports.follow_up import WHOLE
from tracker.reports.item_filter import NO_CENTRE, NO_COMMITTEE
from tracker.reports.organisation import Body, Uses, label_of, uses_of

from .events import write_event

RESERVED_SLUGS = {WHOLE, NO_CENTRE, NO_COMMITTEE, "punkter"}  # they mean something else where an address has a slug
SLUG_LENGTH = 80
_DANISH = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa"})


def with_version(body: Body) -> Body:
    """The row with a `version`, as a form for a row that two may change needs it. These rows count no changes, so it is
    a digest of what the row says and of who took over."""
    values = [str(getattr(body, field.attname)) for field in body._meta.concrete_fields]
    followers = sorted(each.pk for each in _successors_of(body))
    body.version = sha256(json.dumps([values, followers]).encode()).hexdigest()
    return body


@transaction.atomic
def create_body(
    *, model: type[Body], fields: dict[str, object], successors: Iterable[Body] = (), by: User,
    now: datetime | None = None,
) -> Body:  # fmt: skip
    body = model(**fields)
    others = _in_turn(model)
    _refuse_backward_period(body)
    _refuse_same_name(body, others)
    if not isinstance(body, Party):
        body.slug = _new_slug(body.name, {other.slug for other in others})
    try:
        with transaction.atomic():
            body.save()
    except IntegrityError:  # the first of its kind twice at once, or one from an organisation file meanwhile
        raise Refused(name="En anden har netop oprettet det samme. Se listen, før du gemmer igen.") from None
    if not isinstance(body, Party):
        body.successors.set(successors)
    words = [f"{label} {words}" for label, words in _words(body).items() if words]
    _write(body, by, f"oprettet: {'; '.join(words)}", body.name, now)
    return body


@transaction.atomic
def change_body(
    *, body: Body, version: str, fields: dict[str, object], successors: Iterable[Body] = (), by: User,
    now: datetime | None = None,
) -> bool:  # fmt: skip
    """Saves what differs; False when nothing did. `version` is the one of `with_version` when the form was opened."""
    others = _in_turn(type(body))
    # Locked once more, and harder: whoever is just naming this body in an item or an account goes first and is counted.
    current = type(body).objects.select_for_update().get(pk=body.pk)
    if with_version(current).version != version:
        raise RowChanged(current)
    before, old_name = _words(current), current.name
    for name, value in fields.items():
        setattr(current, name, value)
    _refuse_name_in_use(current, old_name)
    _refuse_backward_period(current)
    _refuse_same_name(current, others)
    successors = list(successors)
    _refuse_circle(current, successors)
    current.save(update_fields=list(fields))
    if not isinstance(current, Party):
        current.successors.set(successors)
    if with_version(current).version == version:
        return False
    after = _words(current)
    changes = [
        f"{label} fra {before[label] or '(tomt)'} til {after[label] or '(tomt)'}"
        for label in after
        if after[label] != before[label]
    ]
    _write(current, by, "; ".join(changes), old_name, now)
    return True


def _in_turn(model: type[Body]) -> list[Body]:
    """All of the kind, read after everyone else who is changing the register is done: names and successors are judged
    against the others. Items and accounts that name a body need not wait for this lock."""
    list(model.objects.select_for_update(no_key=True).order_by("pk").values_list("pk"))
    return list(model.objects.all())


def _successors_of(body: Body) -> list[Body]:
    return [] if isinstance(body, Party) else list(body.successors.all())


def _write(body: Body, by: User, note: str, name: str, now: datetime | None) -> None:
    subject = f"{body._meta.verbose_name} {name}"
    write_event(act=Act.ORGANISATION_CHANGED, by=by, subject=subject, note=note, now=now)


def _words(body: Body) -> dict[str, str]:
    """What the row says, for the log."""
    found = {}
    for field in body._meta.concrete_fields[1:]:  # all but the id
        value = getattr(body, field.attname)
        found[str(field.verbose_name)] = formats.date_format(value, "d.m.Y") if isinstance(value, date) else value or ""
    if not isinstance(body, Party):
        found["efterfølgere"] = ", ".join(sorted(label_of(each) for each in body.successors.all()))
    return found


# --- Rules ------------------------------------------------------------------------------------------------------------


def period_problem(valid_from: date | None, valid_to: date | None) -> str:
    """What is wrong with a period, "" for nothing."""
    if valid_from and valid_to and valid_to < valid_from:
        return "Slutdatoen ligger før startdatoen."
    return ""


def why_name_stays(body: Body, uses: Uses) -> str:
    """What to do instead of changing a name that is in use."""
    start = f"Navnet er i brug ({uses}) og kan derfor ikke ændres."
    if isinstance(body, Party):
        return f"{start} Hedder partiet noget nyt, så opret det under det nye navn."
    return (
        f"{start} Er navnet et andet nu, så opret det nye {body._meta.verbose_name}, giv dette en slutdato, og vælg "
        "det nye som efterfølger."
    )


def _refuse_name_in_use(body: Body, old_name: str) -> None:
    if body.name.split() != old_name.split() and (uses := uses_of(body)):
        raise Refused(name=why_name_stays(body, uses))


def _refuse_backward_period(body: Body) -> None:
    if not isinstance(body, Party) and (problem := period_problem(body.valid_from, body.valid_to)):
        raise Refused(valid_to=problem)


def _refuse_same_name(body: Body, others: list[Body]) -> None:
    """Two of one kind may have had the same name, but not at the same time."""
    for other in others:
        if other.pk == body.pk or folded(other.name).split() != folded(body.name).split():
            continue
        if isinstance(body, Party):
            raise Refused(name="Der er allerede et parti med det navn.")
        if _meet(body, other):
            raise Refused(
                name=f"Der er allerede et {body._meta.verbose_name} med det navn i perioden: {label_of(other)}. "
                "Ret navnet eller datoerne, så de to ikke gælder samtidig."
            )


def _meet(one, other) -> bool:
    """Do the two periods have a day in common? An end that is not known lasts for ever."""
    return (one.valid_from or date.min) <= (other.valid_to or date.max) and (other.valid_from or date.min) <= (
        one.valid_to or date.max
    )


def _refuse_circle(body: Body, successors: list[Body]) -> None:
    if body in successors:
        raise Refused(successors=f"{body.name} kan ikke efterfølge sig selv.")
    ways, seen = [[body, each] for each in successors], set()
    while ways:
        way = ways.pop()
        for each in way[-1].successors.all():
            if each == body:
                names = " → ".join(step.name for step in [*way, body])
                raise Refused(
                    successors=f"Efterfølgerne går i ring: {names}. Vælg en anden, eller ret den næste først."
                )
            if each not in seen:
                seen.add(each)
                ways.append([*way, each])


def _new_slug(name: str, taken: set[str]) -> str:
    """Made from the name once and never changed again, since addresses rely on it."""
    letters = unicodedata.normalize("NFC", name).lower().translate(_DANISH)
    plain = unicodedata.normalize("NFKD", letters)  # é is e and an accent
    plain = "".join(each for each in plain if not unicodedata.combining(each))
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    if not slug:
        raise Refused(name="Navnet skal have mindst ét bogstav fra a til å eller et tal.")
    number, made = 1, slug[:SLUG_LENGTH].rstrip("-")
    while made in taken | RESERVED_SLUGS:
        number += 1
        made = f"{slug[: SLUG_LENGTH - len(str(number)) - 1].rstrip('-')}-{number}"
    return made
