"""What an edition says, read back from its frozen content alone: no live row is asked, whatever has happened since.

The content's shape is a contract (see tracker/exports/editions.py). What came into it later is blank in older editions.
"""

import json
from collections import Counter, OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from threading import Lock
from types import MappingProxyType

from tracker.models import WHOLE, Edition
from tracker.reports.follow_up import Definition, LevelCount
from tracker.statuses import NOT_REPORTED, Dimension, Economy, Effort

_KEPT = 16  # editions that one process keeps read; a report of 350 items takes some megabytes


@dataclass(frozen=True)
class FrozenAmount:
    """One line of agreed money, in whole kroner by what the line says of time."""

    table_label: str
    label: str
    nature: str
    period: str
    note: str
    years: MappingProxyType[str, int]


@dataclass(frozen=True)
class FrozenMove:
    """A milestone that was changed after the plan was approved."""

    before: str
    after: str
    on: date | None
    reason: str


@dataclass(frozen=True)
class FrozenRound:
    """One item in one round. The levels are blank where the round was still ahead."""

    number: int
    label: str
    milestones: tuple[str, ...]
    effort: str
    economy: str
    comment: str
    silence: str
    expected_amount: int | None
    is_entered_by_finance: bool
    finance_note: str
    milestone_changes: tuple[FrozenMove, ...]


@dataclass(frozen=True)
class FrozenItem:
    """One item as the edition shows it; `now` is the edition's own round."""

    key: str
    code: str
    section: str
    section_title: str
    title: str
    kind_label: str
    centre: str
    committees: tuple[str, ...]
    responsible: tuple[str, ...]
    contributors: tuple[str, ...]
    text: str
    note: str
    economy_text: str
    source_note: str
    rounds: tuple[FrozenRound, ...]
    amounts: tuple[FrozenAmount, ...]
    now: FrozenRound

    @property
    def is_sad(self) -> bool:
        return self.now.effort == Effort.SAD or self.now.economy == Economy.NOT_KEPT

    @property
    def is_silent(self) -> bool:
        return NOT_REPORTED in {self.now.effort, self.now.economy}

    @property
    def coming(self) -> list[FrozenRound]:
        """Rounds that were still ahead and have a milestone."""
        return [each for each in self.rounds if each.number > self.now.number and each.milestones]


@dataclass(frozen=True)
class FrozenReport:
    """A whole edition."""

    title: str
    municipality: str
    agreement_title: str
    case_number: str
    round: int
    round_label: str
    as_of: date | None
    committee: str
    committee_name: str
    reading_guide: str
    definitions: tuple[Definition, ...]
    items: tuple[FrozenItem, ...]

    @property
    def is_whole(self) -> bool:
        return self.committee == WHOLE


def counted(dimension: Dimension, items: Iterable[FrozenItem]) -> list[LevelCount]:
    """How many items have each level, in the order of the levels; silence comes last."""
    found = Counter(getattr(each.now, dimension) or NOT_REPORTED for each in items)
    return [LevelCount(dimension, level, found[level]) for level in [*dimension.levels.values, NOT_REPORTED]]


def report_of(content: str) -> FrozenReport:
    report = json.loads(content)["report"]
    return FrozenReport(
        title=report["title"],
        municipality=report["municipality"],
        agreement_title=report["agreement_title"],
        case_number=report["case_number"],
        round=report["round"],
        round_label=report["round_label"],
        as_of=_date(report["as_of"]),
        committee=report["committee"],
        committee_name=report["committee_name"],
        reading_guide=report["reading_guide"],
        definitions=tuple(Definition(each["dimension"], each["level"], each["text"]) for each in report["definitions"]),
        items=tuple(_item(each, report["round"]) for each in report["items"]),
    )


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _item(item: dict, number: int) -> FrozenItem:
    rounds = tuple(_round(each) for each in item["rounds"])
    names = (
        "key", "code", "section", "section_title", "title", "kind_label", "centre", "text", "note", "economy_text",
        "source_note",
    )  # fmt: skip
    return FrozenItem(
        **{name: item[name] for name in names},
        committees=tuple(item["committees"]),
        responsible=tuple(item["responsible"]),
        contributors=tuple(item["contributors"]),
        rounds=rounds,
        amounts=tuple(_amount(each) for each in item["amounts"]),
        now=next(each for each in rounds if each.number == number),
    )


def _round(row: dict) -> FrozenRound:
    return FrozenRound(
        number=row["number"],
        label=row["label"],
        milestones=tuple(row["milestones"]),
        effort=row["effort"],
        economy=row["economy"],
        comment=row["comment"],
        silence=row.get("silence", ""),
        expected_amount=row["expected_amount"],
        is_entered_by_finance=row["is_entered_by_finance"],
        finance_note=row.get("finance_note", ""),
        milestone_changes=tuple(
            FrozenMove(each["before"], each["after"], _date(each.get("on")), each["reason"])
            for each in row.get("milestone_changes", ())
        ),
    )


def _amount(line: dict) -> FrozenAmount:
    names = ("table_label", "label", "nature", "period", "note")
    return FrozenAmount(**{name: line[name] for name in names}, years=MappingProxyType(line["years"]))


# What never changes may be kept: only the state of an edition is asked anew for every reader.
_read: OrderedDict[tuple[int, str], FrozenReport] = OrderedDict()
_lock = Lock()


def frozen_reports(editions: Iterable[Edition]) -> dict[int, FrozenReport]:
    """The editions' reports by id; one query, or none where this process has read them already."""
    wanted = {each.pk: (each.pk, each.content_sha256) for each in editions}
    with _lock:
        found = {pk: _read[key] for pk, key in wanted.items() if key in _read}
    if missing := wanted.keys() - found.keys():
        for pk, content in Edition.objects.filter(pk__in=missing).values_list("pk", "content"):
            found[pk] = report_of(content)
    with _lock:
        for pk, report in found.items():
            _read[wanted[pk]] = report
            _read.move_to_end(wanted[pk])
        while len(_read) > _KEPT:
            _read.popitem(last=False)
    return found
