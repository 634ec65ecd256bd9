"""What is missing or contradictory in an entry (anmærkninger). They are told first, and they stop nobody: what must be
filled in before submitting is `missing_answers`."""

import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from budget.models import Agreement, YearAmount
from tracker.models import Assessment, FollowUpRound, MilestoneChange, missing_answers
from tracker.statuses import Economy

_MONTHS = [
    "januar", "februar", "marts", "april", "maj", "juni", "juli", "august", "september", "oktober", "november",
    "december",
]  # fmt: skip
_MONTH = "|".join(f"{name}|{name[:3]}\\." for name in _MONTHS)
# 12.3.2018, 12/3-2018, 12/3 2018, 12-3-2018 and 12. marts 2018. A code such as 2.02.1 has no year at its end.
_NUMBERS = re.compile(r"(?<![\d./-])(\d{1,2})(?:\. ?(\d{1,2})\. ?|/(\d{1,2})[-/. ] ?|-(\d{1,2})-)(\d{4})(?!\d)")
_WORDS = re.compile(rf"(?<!\d)(\d{{1,2}})\.? ?({_MONTH}) (\d{{4}})(?!\d)", re.IGNORECASE)


@dataclass(frozen=True)
class Oddity:
    """One thing to look at, as a sentence; `code` is what tests and lists call it."""

    code: str
    sentence: str


@dataclass(frozen=True)
class Background:
    """What an entry is held against. `has_money` says whether the item has amounts in the budget year; None where an
    amount names no year, so that nobody can tell."""

    year: int
    as_of: date | None = None
    has_money: bool | None = None
    last_comment: str = ""
    milestone_moved_at: datetime | None = None  # the last time one of the round's milestones was changed


def oddities_of(assessment: Assessment, background: Background) -> list[Oddity]:
    """What is odd in what was entered, draft or not."""
    found = [Oddity(f"no_{field}", sentence) for field, sentence in missing_answers(assessment).items()]
    found += _of_money(assessment, background)
    comment = _folded(assessment.comment)
    if comment and comment == _folded(background.last_comment):
        found.append(Oddity("same_comment", "Bemærkningen er ord til andet den samme som i sidste runde."))
    if background.as_of and (later := [day for day in dates_in(assessment.comment) if day > background.as_of]):
        days = " og ".join(f"{day:%d.%m.%Y}" for day in later)
        found.append(
            Oddity("later_date", f"Bemærkningen nævner {days}, efter opgørelsesdagen {background.as_of:%d.%m.%Y}.")
        )
    moved_at = background.milestone_moved_at
    if moved_at and assessment.submitted_at and moved_at > assessment.submitted_at:
        found.append(Oddity("milestone_moved", "Milepælen er ændret, efter at punktet blev indsendt."))
    return found


def _of_money(assessment: Assessment, background: Background) -> list[Oddity]:
    year, level = background.year, assessment.economy
    if background.has_money and level == Economy.NOT_ASSESSED:
        return [Oddity("money_not_assessed", f"Der er beløb i {year}, men økonomien er ikke vurderet.")]
    if background.has_money is False and level in {Economy.KEPT, Economy.NOT_KEPT}:
        return [Oddity("no_money", f"Økonomien er vurderet, men punktet har ingen beløbslinje i {year}.")]
    return []


def _folded(text: str) -> str:
    return " ".join(text.split())


def dates_in(text: str) -> list[date]:
    """The days that a Danish text names with their year, in order; what is no day of the calendar is left out."""
    text = _folded(text)
    named = [(n[0], n[1] or n[2] or n[3], n[4]) for n in _NUMBERS.findall(text)]
    named += [(day, _number_of(month), year) for day, month, year in _WORDS.findall(text)]
    found = set()
    for day, month, year in named:
        try:
            found.add(date(int(year), int(month), int(day)))
        except ValueError:
            continue
    return sorted(found)


def _number_of(month: str) -> int:
    return next(n for n, name in enumerate(_MONTHS, start=1) if name.startswith(month.lower().rstrip(".")))


@dataclass(frozen=True)
class Backgrounds:
    """What the entries of one round are held against, whether or not an item has money or an earlier comment."""

    follow_up_round: FollowUpRound
    money: dict[int, bool | None]
    comments: dict[int, str]
    moved: dict[int, datetime]

    def of(self, item_id: int) -> Background:
        return Background(
            year=self.follow_up_round.agreement.budget_year,
            as_of=self.follow_up_round.as_of,
            has_money=self.money.get(item_id, False),
            last_comment=self.comments.get(item_id, ""),
            milestone_moved_at=self.moved.get(item_id),
        )


def backgrounds_of(follow_up_round: FollowUpRound) -> Backgrounds:
    """Three queries whatever the number of items."""
    agreement = follow_up_round.agreement
    earlier = Assessment.objects.reported().filter(
        item__agreement=agreement, follow_up_round__number__lt=follow_up_round.number
    )
    comments = dict(earlier.order_by("follow_up_round__number").values_list("item_id", "comment"))
    moves = MilestoneChange.objects.filter(follow_up_round=follow_up_round).order_by("at")
    return Backgrounds(follow_up_round, money_in_year(agreement), comments, dict(moves.values_list("item_id", "at")))


def money_in_year(agreement: Agreement) -> dict[int, bool | None]:
    """Whether an item has amounts in the agreement's budget year, by item: True, None where an amount names no year.
    Items without such amounts are left out. A zero is nothing to judge."""
    year = agreement.budget_year
    rows = YearAmount.objects.filter(line__agreement=agreement).exclude(kroner=0).exclude(line__items=None)
    rows = rows.filter(Q(year=None) | Q(year=year) | Q(year__lt=year, last_year__gte=year))
    found = defaultdict(bool)
    for owner, named in rows.values_list("line__items", "year"):
        found[owner] = True if named is not None else found[owner] or None
    return dict(found)
