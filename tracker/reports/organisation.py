"""The register of the organisation: who there is, under which name and when, and who of them is named somewhere."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils import formats

from budget.models import Centre, Committee, Item, Party, Responsibility, Signatory
from budget.text import danish_order
from tracker.models import User

Body = Committee | Centre | Party


@dataclass(frozen=True)
class BodyKind:
    """One part of the register, with the word that stands in its addresses."""

    key: str
    model: type[Body]
    heading: str
    none_yet: str
    lead: str

    @property
    def word(self) -> str:
        """udvalg, center or parti: all three are neuter, so sentences can be shared."""
        return str(self.model._meta.verbose_name)


_LEAD = (
    "{} har sit navn i en periode. Får det et nyt navn, deles det eller lægges det sammen med andre, så opret det nye, "
    "giv det gamle en slutdato, og vælg det nye som efterfølger."
)
KINDS = {
    each.key: each
    for each in (
        BodyKind("udvalg", Committee, "Udvalg", "Der er ingen udvalg endnu.", _LEAD.format("Et udvalg")),
        BodyKind("centre", Centre, "Centre", "Der er ingen centre endnu.", _LEAD.format("Et center")),
        BodyKind("partier", Party, "Partier", "Der er ingen partier endnu.", ""),
    )
}


@dataclass(frozen=True)
class Uses:
    """How many items, accounts and agreements name a body. True when any does."""

    items: int = 0
    accounts: int = 0
    agreements: int = 0

    def __bool__(self) -> bool:
        return bool(self.items or self.accounts or self.agreements)

    def __str__(self) -> str:
        counted = (
            (self.items, "punkt", "punkter"),
            (self.accounts, "konto", "konti"),
            (self.agreements, "aftale", "aftaler"),
        )
        return ", ".join(f"{n} {one if n == 1 else many}" for n, one, many in counted if n) or "nej"


@dataclass(frozen=True)
class BodyRow:
    body: Body
    url: str
    uses: Uses
    successors: list[str]

    @property
    def slug(self) -> str:
        return getattr(self.body, "slug", "")


@dataclass(frozen=True)
class BodyGroup:
    kind: BodyKind
    rows: list[BodyRow]

    @property
    def has_periods(self) -> bool:
        return self.kind.model is not Party


def organisation_register() -> list[BodyGroup]:
    """Every committee, centre and party, in the order of the alphabet."""
    return [BodyGroup(kind, _rows_of(kind)) for kind in KINDS.values()]


def _rows_of(kind: BodyKind) -> list[BodyRow]:
    has_period = kind.model is not Party
    found = kind.model.objects.prefetch_related("successors") if has_period else kind.model.objects.all()
    bodies = sorted(found, key=_place)
    uses = uses_by_body(kind.model, [body.pk for body in bodies])
    return [
        BodyRow(
            body,
            reverse("body_edit", args=[kind.key, body.pk]),
            uses[body.pk],
            [label_of(each) for each in sorted(body.successors.all(), key=_place)] if has_period else [],
        )
        for body in bodies
    ]


def _place(body: Body) -> tuple[str, date]:
    return danish_order(body.name), getattr(body, "valid_from", None) or date.min


def period_words(body: Committee | Centre) -> str:
    """01.01.2018–31.12.2021; an end that is not known stays blank, and so does a period without ends."""
    ends = [formats.date_format(each, "d.m.Y") if each else "" for each in (body.valid_from, body.valid_to)]
    return "–".join(ends) if any(ends) else ""


def label_of(body: Committee | Centre) -> str:
    """The name with its period: two bodies may have had the same name, one after the other."""
    period = period_words(body)
    return f"{body.name} ({period})" if period else body.name


def uses_of(body: Body) -> Uses:
    return uses_by_body(type(body), [body.pk])[body.pk]


def uses_by_body(model: type[Body], ids: Iterable[int]) -> dict[int, Uses]:
    """Who names each of these now, in agreements of any year and state; as many queries for one as for all."""
    if model is Party:
        signed = Counter(Signatory.objects.filter(party__in=ids).values_list("party_id", flat=True))
        return {pk: Uses(agreements=signed[pk]) for pk in ids}
    if model is Committee:
        named = set(Responsibility.objects.filter(committee__in=ids).values_list("committee_id", "item_id"))
        held = User.committees.through.objects.filter(committee__in=ids).values_list("committee_id", flat=True)
    else:
        named = set(Responsibility.objects.filter(centre__in=ids).values_list("centre_id", "item_id"))
        named |= set(Item.objects.filter(lead_centre__in=ids).values_list("lead_centre_id", "pk"))
        held = User.centres.through.objects.filter(centre__in=ids).values_list("centre_id", flat=True)
    items, accounts = Counter(pk for pk, _ in named), Counter(held)
    return {pk: Uses(items=items[pk], accounts=accounts[pk]) for pk in ids}
