"""What templates need to write smileys, amounts and states as words and shapes."""

from datetime import date

from django import template
from django.utils import formats
from django.utils.html import format_html
from django.utils.safestring import SafeString

from budget.models import Agreement
from tracker.models import User
from tracker.permissions import Permission, has_permission
from tracker.reports.money import MoneyReport, MoneyRow
from tracker.reports.word_difference import word_difference
from tracker.statuses import NOT_REPORTED, NOT_REPORTED_LABEL, WAITING, WAITING_LABEL, Economy, Effort

register = template.Library()

_WORDS = {
    **dict(Effort.choices),
    **dict(Economy.choices),
    NOT_REPORTED: NOT_REPORTED_LABEL,
    WAITING: WAITING_LABEL,
}
_SMILEY = (
    '<span class="smiley smiley--{level}{compact}"><svg class="smiley__icon" aria-hidden="true" focusable="false">'
    '<use href="#smiley-{level}"></use></svg><span class="smiley__word">{word}</span></span>'
)


def level_word(level: str) -> str:
    """A level in the municipality's words: glad, mellemfornøjet, sur, ikke relevant, ikke vurderet ..."""
    return _WORDS[level]


register.filter("level_word", level_word)


@register.simple_tag
def smiley(level: str, compact: bool = False) -> SafeString:
    """The one drawing of a status: shape, colour and word together. Nothing for a level that is still blank."""
    if not level:
        return SafeString("")
    return format_html(_SMILEY, level=level, word=_WORDS[level], compact=" smiley--compact" if compact else "")


@register.simple_tag
def state_tag(code: str, label: str, element_id: str = "") -> SafeString:
    """A state as a small tag; `element_id` lets htmx put a new one in its place."""
    identity = format_html(' id="{}"', element_id) if element_id else ""
    return format_html('<span class="state state--{}"{}>{}</span>', code, identity, label)


@register.inclusion_tag("components/word_difference.html")
def difference(before: str, after: str) -> dict:
    """What differs between two texts, word by word."""
    return {"pieces": word_difference(before or "", after or "")}


@register.filter
def kroner(amount: int | None) -> str:
    """Whole kroner with points between the thousands and a real minus: −1.250.000 kr. Blank stays blank."""
    if amount is None:
        return ""
    digits = f"{abs(amount):,}".replace(",", ".")
    return f"{'−' if amount < 0 else ''}{digits} kr."


@register.filter
def in_unit(amount: int | None, unit: int) -> str:
    """Kroner in the agreement's unit, as its tables print them: −12.500 for -12500000 in 1.000 kr. What is not a whole
    number of the unit shows its decimals: nothing is rounded. Blank stays blank."""
    if amount is None:
        return ""
    whole, rest = divmod(abs(amount), unit)
    digits = f"{whole:,}".replace(",", ".")
    if rest:
        digits += "," + f"{rest:0{len(str(unit)) - 1}d}".rstrip("0")
    return f"{'−' if amount < 0 else ''}{digits}"


@register.simple_tag
def in_year(kroner: dict[int, int], year: int, unit: int) -> str:
    """What a row holds in one year, in the unit; blank where it holds nothing."""
    return in_unit(kroner.get(year), unit)


@register.filter
def in_years(row: MoneyRow, report: MoneyReport) -> list[str]:
    """A row's amounts in the order of the report's years, in its unit."""
    unit = report.agreement.unit
    return [in_unit(row.kroner.get(year), unit) for year in report.years]


@register.filter
def in_words(amount: int) -> str:
    """An amount as running text has it: 0,3 mio. kr., 12,045 mio. kr. and, below 0,1 mio., 30.000 kr."""
    if abs(amount) < 100_000:
        return kroner(amount)
    return f"{in_unit(amount, 1_000_000)} mio. kr."


@register.filter
def day(value: date | None) -> str:
    """A date as 31.12.2018; an unknown one says so."""
    return formats.date_format(value, "d.m.Y") if value else "ikke angivet"


@register.filter
def plan_is_shown_to(agreement: Agreement, user: User) -> bool:
    """Whether the agreement has a milestone plan that this reader may open. Asks the database nothing where the plan
    was loaded with the agreement, as `find_agreement` does."""
    has_plan = agreement.has_rounds and getattr(agreement, "milestone_plan", None) is not None
    return has_plan and has_permission(user, Permission.MILESTONES_READ, agreement)


@register.filter
def in_days(days: int) -> str:
    """How far away a deadline is, in words."""
    if days == 0:
        return "i dag"
    if days < 0:
        return "i går" if days == -1 else f"for {-days} dage siden"
    return "i morgen" if days == 1 else f"om {days} dage"
