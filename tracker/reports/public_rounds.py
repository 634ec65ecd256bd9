"""What the newest editions say: the front's list of rounds, and one round with its distribution.

The front is the public's own and the same for everybody; a round is drawn from what its reader may read.
"""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.contrib.auth.models import AnonymousUser

from tracker.models import Edition, User
from tracker.reports.follow_up import LevelCount
from tracker.reports.frozen import FrozenItem, FrozenReport, counted, frozen_reports
from tracker.reports.public import ANYBODY, Known, is_public, of_round, opened_on, publications
from tracker.statuses import Dimension


# --- The front -------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class ListedRound:
    """One round on the front."""

    address: tuple[int, int]
    title: str
    as_of: date | None
    opened_on: date
    corrected_on: date | None
    publications: list[Known]


@dataclass(frozen=True)
class ListedAgreement:
    title: str
    rounds: list[ListedRound]


def public_front() -> list[ListedAgreement]:
    """What is open to anybody: the newest agreement and the newest round first."""
    by_round: dict[tuple[int, int], list[Known]] = {}
    for each in publications(ANYBODY):
        by_round.setdefault(each.publication.follow_up_round.address, []).append(each)
    agreements: dict[int, ListedAgreement] = {}
    for address, found in sorted(by_round.items(), reverse=True):
        title = found[0].publication.follow_up_round.agreement.title
        listed = agreements.setdefault(address[0], ListedAgreement(title, []))
        listed.rounds.append(_listed(address, found))
    return list(agreements.values())


def _listed(address: tuple[int, int], found: list[Known]) -> ListedRound:
    first = found[0].newest or found[0].heard_of[-1]
    opened = [(each.number, opened_on(each)) for row in found for each in row.heard_of]
    corrected = [day for number, day in opened if number > 1]
    return ListedRound(
        address=address,
        title=first.title,
        as_of=first.as_of,
        opened_on=min(day for _, day in opened),
        corrected_on=max(corrected, default=None),
        publications=found,
    )


# --- One round -------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class ScopeReport:
    """The newest edition of one publication that the reader may read, with what it says."""

    known: Known
    edition: Edition
    report: FrozenReport

    @property
    def name(self) -> str:
        """As this edition has it: a committee may have another name by now."""
        return self.report.committee_name

    @property
    def opened_on(self) -> date | None:
        return opened_on(self.edition)

    @property
    def superseded(self) -> list[Edition]:
        return [each for each in self.known.readable if each.number < self.edition.number]


@dataclass(frozen=True)
class CountedScope:
    name: str
    is_whole: bool
    counts: list[LevelCount]
    total: int


@dataclass(frozen=True)
class Distribution:
    """How one dimension is spread: over all items, and publication by publication. Counted, never averaged."""

    label: str
    counts: list[LevelCount]
    rows: list[CountedScope]


@dataclass(frozen=True)
class RoundPage:
    """A round as far as the reader may read it. `withdrawn` are publications of which nothing stands any more."""

    address: tuple[int, int]
    scopes: list[ScopeReport]
    withdrawn: list[Known]

    @property
    def whole(self) -> ScopeReport | None:
        return next((each for each in self.scopes if each.known.publication.is_whole), None)

    @property
    def sources(self) -> list[ScopeReport]:
        """Where the items are read: in the report for the whole municipality; without it, in the committees'."""
        return [self.whole] if self.whole else self.scopes

    @cached_property
    def items(self) -> list["SourcedItem"]:
        found = {}
        for source in self.sources:
            for item in source.report.items:
                found.setdefault(item.key, SourcedItem(item, source))
        return list(found.values())

    @property
    def sad(self) -> list["SourcedItem"]:
        return [each for each in self.items if each.item.is_sad]

    @property
    def distributions(self) -> list[Distribution]:
        everything = [each.item for each in self.items]
        return [
            Distribution(
                dimension.label, counted(dimension, everything), [_counted(dimension, each) for each in self.scopes]
            )
            for dimension in Dimension
        ]

    @property
    def first(self) -> FrozenReport | None:
        return self.scopes[0].report if self.scopes else None

    @property
    def title(self) -> str:
        if self.whole:
            return self.whole.report.title
        if self.first:
            return f"{self.first.round_label}, {self.first.agreement_title}"
        return self.withdrawn[0].withdrawn.title

    @property
    def opened_on(self) -> date | None:
        days = [each.opened_on for each in self.scopes if each.opened_on]
        return min(days, default=None)

    @property
    def corrected_on(self) -> date | None:
        days = [each.opened_on for each in self.scopes if each.opened_on and each.edition.number > 1]
        return max(days, default=None)

    @property
    def is_secret(self) -> bool:
        """Something on the page is not open to the public yet."""
        return any(not is_public(each.edition) for each in self.scopes)


def _counted(dimension: Dimension, scope: ScopeReport) -> CountedScope:
    report = scope.report
    name = "Hele kommunen" if report.is_whole else scope.name
    return CountedScope(name, report.is_whole, counted(dimension, report.items), len(report.items))


@dataclass(frozen=True)
class SourcedItem:
    """An item and the report it is read in."""

    item: FrozenItem
    source: ScopeReport

    @property
    def anchor(self) -> str:
        return f"{self.source.edition.get_absolute_url()}#punkt-{self.item.key}"


def round_page(user: User | AnonymousUser, year: int, number: int, *, with_files: bool = False) -> RoundPage | None:
    """None where the reader may know of nothing in this round."""
    found = publications(user, with_files=with_files, **of_round(year, number))
    if not found:
        return None
    standing = [each for each in found if each.newest]
    reports = frozen_reports(each.newest for each in standing)
    scopes = [ScopeReport(each, each.newest, reports[each.newest.pk]) for each in standing]
    return RoundPage((year, number), scopes, [each for each in found if not each.newest])
