"""No CPR number is stored: what looks like one is refused, unless somebody says why it is none.

Every action that stores what people type calls `refuse_cpr_numbers` in its own transaction, whichever door it was
called through. What was vouched for in a place is not asked about there again.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.db.models import Model
from django.utils import timezone
from django.utils.text import capfirst

from budget.cpr import CprNumber, numbers_in
from budget.models import AmountLine, Item, Section
from tracker.errors import CprFound
from tracker.models import Act, AllowedNumber, User, subject_of

from .events import write_event

Texts = Mapping[str, str | Iterable[str]]  # what the person calls the place -> what is to stand there
REASON = "Begrundelsen"


@dataclass(frozen=True)
class Hit:
    """`place` is the event's subject, in which the number may be allowed; `words` say where in it the number stands."""

    place: str
    words: str
    number: CprNumber

    @property
    def digest(self) -> str:
        return sha256(f"{self.place}{self.number.digits}".encode()).hexdigest()

    @property
    def full_words(self) -> str:
        return f"{self.place}, {self.words[:1].lower()}{self.words[1:]}"


def refuse_cpr_numbers(
    texts: Texts, *, subject: str, by: User | str, reason: str = "", now: datetime | None = None
) -> None:
    """Raises CprFound for numbers that nobody has allowed in `subject`. With a `reason` they are allowed from here on,
    which is an event; the caller holds the transaction."""
    refuse_hits(hits_in(texts, subject), by=by, reason=reason, now=now)


def hits_in(texts: Texts, subject: str) -> list[Hit]:
    """Whether or not they have been allowed."""
    found = []
    for words, text in texts.items():
        parts = [text] if isinstance(text, str) else text
        found += [Hit(subject, words, number) for part in parts for number in numbers_in(part)]
    return found


def not_allowed(hits: list[Hit]) -> list[Hit]:
    """Those that nobody has vouched for in their place. No query where nothing was found."""
    if not hits:
        return []
    known = set(AllowedNumber.objects.filter(digest__in={hit.digest for hit in hits}).values_list("digest", flat=True))
    return list(dict.fromkeys(hit for hit in hits if hit.digest not in known))


def refuse_hits(hits: list[Hit], *, by: User | str, reason: str, now: datetime | None = None) -> None:
    hits = not_allowed(hits)
    if not hits:
        return
    if in_reason := numbers_in(reason):
        digits = frozenset(number.digits for number in in_reason)
        raise CprFound([(REASON, number.masked) for number in in_reason], digits, is_reason=True)
    if not reason.strip():
        places = list(dict.fromkeys((hit.words, hit.number.masked) for hit in hits))
        raise CprFound(places, frozenset(hit.number.digits for hit in hits))
    now = now or timezone.now()
    user_id, who = by.pk if isinstance(by, User) else None, str(by)
    AllowedNumber.objects.bulk_create(
        [
            AllowedNumber(place=hit.place, digest=hit.digest, reason=reason.strip(), at=now, user_id=user_id, actor=who)
            for hit in hits
        ],
        ignore_conflicts=True,  # the same number in two fields, or allowed by somebody else a moment ago
    )
    for place in dict.fromkeys(hit.place for hit in hits):
        words = ", ".join(dict.fromkeys(hit.words for hit in hits if hit.place == place))
        note = f"{words}: {reason.strip()}"
        write_event(act=Act.NUMBER_ALLOWED, by=by, subject=place, note=note, now=now)


def texts_of(model: type[Model], fields: Mapping[str, object]) -> dict[str, str]:
    """The texts among a row's fields, under the names that people know them by."""
    return {
        capfirst(str(model._meta.get_field(name).verbose_name)): value
        for name, value in fields.items()
        if isinstance(value, str)
    }


# --- Places: the subjects of events, without what a person may have typed a number in ---------------------------------


def item_place(item: Item) -> str:
    return subject_of(item.agreement.budget_year, key=item.key)


def section_place(section: Section) -> str:
    return place_of_section(section.agreement.budget_year, section.code)


def place_of_section(year: int, code: str) -> str:
    return f"{subject_of(year)}, afsnit {code}" if code else f"{subject_of(year)}, afsnit uden nummer"


def line_place(line: AmountLine) -> str:
    """All lines are one place: a line is known by its label, and keeps no number of its own."""
    return place_of_lines(line.agreement.budget_year)


def place_of_lines(year: int) -> str:
    return f"{subject_of(year)}, beløbslinjer"
