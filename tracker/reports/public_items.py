"""The public side's items: narrowing the list of a round, and one item through all rounds."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q
from django.urls import reverse

from budget.models import Item, LinkKind
from budget.text import folded
from tracker.models import Edition, User
from tracker.reports.frozen import FrozenItem, FrozenRound, frozen_reports
from tracker.reports.public import Known, is_public, publications
from tracker.reports.public_differences import Difference, differences_for
from tracker.reports.public_rounds import RoundPage, ScopeReport, SourcedItem
from tracker.statuses import NOT_REPORTED

# What the later item does to this one; some of the kinds are verbs as they stand.
_AS_SENTENCE = {
    kind: label if kind in {LinkKind.CONTINUES, LinkKind.REPLACES, LinkKind.DEPENDS_ON} else f"er {label}"
    for kind, label in LinkKind.choices
}
NO_CENTRE = "uden-center"
NO_COMMITTEE = "uden-udvalg"


@dataclass(frozen=True)
class PublicItemFilter:
    """Values from an address, "" for all. Names as the edition prints them."""

    words: str = ""
    committee: str = ""
    centre: str = ""
    section: str = ""
    level: str = ""

    def keeps(self, item: FrozenItem) -> bool:
        named = {*item.committees, *item.responsible} or {NO_COMMITTEE}
        searched = folded("\n".join([item.key, item.title, item.text, item.section_title, item.now.comment]))
        return (
            (not self.committee or self.committee in named)
            and (not self.centre or self.centre == (item.centre or NO_CENTRE))
            and (not self.section or self.section == item.section)
            and (not self.level or self.level in levels_of(item))
            and all(word in searched for word in folded(self.words).split())
        )


def levels_of(item: FrozenItem) -> set[str]:
    """The item's two smileys as the filter names them; the words are the same for both, so the dimension is said."""
    return {f"effort-{item.now.effort or NOT_REPORTED}", f"economy-{item.now.economy or NOT_REPORTED}"}


def kept(items: Iterable[SourcedItem], wanted: PublicItemFilter | None) -> list[SourcedItem]:
    return [each for each in items if wanted.keeps(each.item)] if wanted else []


# --- One item --------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class ItemInRound:
    """One item in one round, as the newest edition that the reader may read has it. `corrections` is what this edition
    changed about the item, against the one that could be read before."""

    source: ScopeReport
    item: FrozenItem
    corrections: list[Difference]

    @property
    def now(self) -> FrozenRound:
        return self.item.now

    @property
    def anchor(self) -> str:
        return SourcedItem(self.item, self.source).anchor

    @property
    def earlier(self) -> list[tuple[Edition, str]]:
        """Superseded editions in which the item stands too, with its place in them."""
        return [(each, f"{each.get_absolute_url()}#punkt-{self.item.key}") for each in self.source.superseded]


@dataclass(frozen=True)
class PublicLink:
    """The way to the same promise in another agreement. `url` is blank where nothing is public about it there."""

    words: str
    url: str


@dataclass(frozen=True)
class PublicItem:
    key: str
    rounds: list[ItemInRound]
    links: list[PublicLink]

    @cached_property
    def newest(self) -> ItemInRound:
        return self.rounds[-1]

    @property
    def item(self) -> FrozenItem:
        return self.newest.item

    @property
    def is_secret(self) -> bool:
        return any(not is_public(each.source.edition) for each in self.rounds)


def public_item(user: User | AnonymousUser, year: int, key: str) -> PublicItem | None:
    """None where the reader may read of the item nowhere."""
    targets = _linked(year, key)
    years = {year, *(each_year for _, each_year, _ in targets)}
    pages = _pages(user, years)
    rounds = [
        ItemInRound(found.source, found.item, _corrections(found))
        for page in pages
        if page.address[0] == year
        for found in page.items
        if found.item.key == key
    ]
    if not rounds:
        return None
    readable = {(page.address[0], each.item.key) for page in pages for each in page.items}
    links = [
        PublicLink(words, reverse("public_item", args=[at, there]) if (at, there) in readable else "")
        for words, at, there in targets
    ]
    return PublicItem(key, rounds, links)


def _pages(user: User | AnonymousUser, years: set[int]) -> list[RoundPage]:
    """The rounds of some agreements in their order; three queries in all."""
    by_round: dict[tuple[int, int], list[Known]] = {}
    for each in publications(user, publication__follow_up_round__agreement__budget_year__in=years):
        by_round.setdefault(each.publication.follow_up_round.address, []).append(each)
    wanted = {address: _sources(found) for address, found in by_round.items()}
    reports = frozen_reports(each.newest for found in wanted.values() for each in found)
    return [
        RoundPage(address, [ScopeReport(each, each.newest, reports[each.newest.pk]) for each in found], [])
        for address, found in sorted(wanted.items())
    ]


def _sources(found: list[Known]) -> list[Known]:
    standing = [each for each in found if each.newest]
    return [each for each in standing if each.publication.is_whole] or standing


def _corrections(found: SourcedItem) -> list[Difference]:
    if found.source.edition.number == 1:
        return []
    rows = differences_for(found.source.known, found.source.edition).rows
    return [
        replace(each, place=each.place.removeprefix(here).strip())
        for here in (f"{found.item.key}:", f"{found.item.key},")
        for each in rows
        if each.place.startswith(here)
    ]


def _linked(year: int, key: str) -> list[tuple[str, int, str]]:
    """Words, year and key of the items that this one comes from or goes on in. Signed agreements are public papers; a
    draft is named to nobody."""
    item = Item.objects.filter(agreement__budget_year=year, key=key).exclude(agreement__signed_on=None).first()
    if item is None:
        return []
    signed = Q(target=None) | Q(target__agreement__signed_on__isnull=False)
    found = []
    for link in item.links.filter(signed).select_related("target__agreement"):
        where = f"Aftale om budget {link.target_year}" if link.target_year else "en tidligere aftale"
        words = f"{link.get_kind_display().capitalize()} {link.target_code} i {where}"
        target = link.target
        found.append((words, target.agreement.budget_year if target else 0, target.key if target else ""))
    here = item.links_here.exclude(item__agreement__signed_on=None).select_related("item__agreement")
    for link in here:
        words = f"{link.item.key} i {link.item.agreement.title} {_AS_SENTENCE[link.kind]} dette punkt"
        found.append((words, link.item.agreement.budget_year, link.item.key))
    return found
