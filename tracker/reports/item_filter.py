"""Narrowing a list of items: what one can ask for, and whether an item answers to it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef

from budget.models import (
    Agreement,
    AmountLine,
    Committee,
    Item,
    ItemLink,
    LinkKind,
    Responsibility,
    ResponsibilityRole,
    Section,
    StatedAmount,
)
from budget.text import folded

NO_CENTRE = "uden-center"
NO_COMMITTEE = "uden-udvalg"
CARRIED_OVER = (LinkKind.POSTPONED_FROM, LinkKind.CONTINUES)

MONEY = [
    ("ja", "Har beløb"),
    ("tabel", "Har beløbslinjer"),
    ("tekst", "Har kun beløb i teksten"),
    ("nej", "Uden beløb"),
]
ORIGIN = [("udskudt", "Udskudt eller videreført"), ("ny", "Ny i denne aftale")]


@dataclass(frozen=True)
class ListedItem:
    """An item with what a list shows and filters by; `chapters` are the codes of all sections it lies in."""

    item: Item
    chapters: frozenset[str]
    section_title: str
    committees: list[Committee] = field(default_factory=list)
    bodies: list[str] = field(default_factory=list)

    @property
    def searched(self) -> str:
        """Where words are looked for: in the item's texts and in its code's printed title, which may say what it is
        about better than its own."""
        return f"{self.item.search_text}\n{folded(self.section_title)}"

    @property
    def responsible(self) -> list[str]:
        """Committees, then other bodies, as named."""
        return [*map(str, self.committees), *self.bodies]


def section_paths(sections: Iterable[Section]) -> dict[int, tuple[Section, ...]]:
    """Each section's way down from its chapter, by its id. `sections` in agreement order, parents not always first."""
    by_id = {section.pk: section for section in sections}

    def path(section: Section) -> tuple[Section, ...]:
        parent = by_id.get(section.parent_id)
        return (*path(parent), section) if parent else (section,)

    return {pk: path(section) for pk, section in by_id.items()}


def listed_items(agreement: Agreement, sections: list[Section]) -> list[ListedItem]:
    """All items of the agreement in its order, in two queries."""
    lines = AmountLine.objects.filter(items=OuterRef("pk"))
    stated = StatedAmount.objects.filter(item=OuterRef("pk"))
    carried = ItemLink.objects.filter(item=OuterRef("pk"), kind__in=CARRIED_OVER)
    items = agreement.items.in_agreement_order().select_related("lead_centre")
    items = items.annotate(has_lines=Exists(lines), has_stated=Exists(stated), is_carried_over=Exists(carried))
    named = defaultdict(list)
    rows = Responsibility.objects.filter(item__agreement=agreement).exclude(role=ResponsibilityRole.CONTRIBUTOR)
    for row in rows.select_related("committee").order_by("position"):
        named[row.item_id, row.role].append(row.committee or row.words)
    paths = section_paths(sections)
    found = []
    for item in items:
        item.agreement = agreement
        chapters = frozenset(section.code for section in paths[item.section_id])
        committees, bodies = named[item.pk, ResponsibilityRole.COMMITTEE], named[item.pk, ResponsibilityRole.BODY]
        found.append(ListedItem(item, chapters, paths[item.section_id][-1].title, committees, bodies))
    return found


@dataclass(frozen=True)
class ItemFilter:
    """Every value is a slug, a code or a word from an address, "" for all."""

    committee: str = ""
    body: str = ""
    centre: str = ""
    theme: str = ""
    section: str = ""
    kind: str = ""
    life_status: str = ""
    money: str = ""
    origin: str = ""
    words: str = ""

    def keeps(self, listed: ListedItem) -> bool:
        item = listed.item
        slugs = {committee.slug for committee in listed.committees} or {NO_COMMITTEE}
        centre = item.lead_centre.slug if item.lead_centre else NO_CENTRE
        return (
            (not self.committee or self.committee in slugs)
            and (not self.body or self.body in listed.bodies)
            and (not self.centre or self.centre == centre)
            and (not self.theme or self.theme in listed.chapters)
            and (not self.section or self.section in listed.chapters)
            and (not self.kind or self.kind == item.kind)
            and (not self.life_status or self.life_status == item.life_status)
            and (not self.money or self.money in _money_of(item))
            and (not self.origin or self.origin == ("udskudt" if item.is_carried_over else "ny"))
            and all(word in listed.searched for word in folded(self.words).split())
        )


def _money_of(item: Item) -> set[str]:
    if item.has_lines:
        return {"ja", "tabel"}
    return {"ja", "tekst"} if item.has_stated else {"nej"}
