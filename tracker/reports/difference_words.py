"""What differs between an agreement file and the agreement, in the municipality's words instead of the file's keys."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from budget.files.toml import Difference
from budget.models import (
    AgreementMode,
    AmountSource,
    AmountTable,
    AmountUnit,
    Basis,
    Centre,
    Committee,
    Kind,
    LifeStatus,
    LinkKind,
    Nature,
    RateUnit,
    Standing,
)
from tracker.statuses import AssessmentState, DecisionOutcome, Dimension, Economy, Effort, PlanState, RoundState
from tracker.templatetags.tracker import day, kroner

BLANK = "(tomt)"
# Every key of an agreement file; the lists of tables in the singular, as one of them is named.
KEYS = {
    "format": "format", "agreement": "Aftalen", "budget_year": "budgetår", "last_year": "sidste år", "title": "titel",
    "mode": "opfølgning", "case_number": "sagsnummer", "signed_on": "indgået", "parties": "parter",
    "milestone_plan": "milepælsplan", "unit": "enhed", "theme_source": "temaernes kilde", "source": "kilde",
    "reading_guide": "læsevejledning", "control_totals": "Kontrolsum", "table": "tabel", "year": "år",
    "kroner": "beløb", "definitions": "Definition", "dimension": "smiley for", "level": "smiley", "text": "tekst",
    "targets": "Mål", "number": "nummer", "values": "tal", "label": "tekst", "tax_rates": "Skattesats",
    "name": "navn", "hundredths": "sats", "note": "bemærkning", "goals": "Verdensmål", "joint_with": "følges med mål",
    "rounds": "Runde", "state": "tilstand", "as_of": "opgjort pr.", "opens_on": "åbner", "deadline": "frist",
    "committees_on": "behandles i udvalgene", "council_on": "behandles i Kommunalbestyrelsen", "sections": "Afsnit",
    "code": "nummer", "parent": "ligger under", "is_theme": "er et tema", "stated_amounts": "beløb nævnt i teksten",
    "years": "år", "basis": "gælder", "class": "slags", "items": "Punkt", "ordinal": "løbenummer", "section": "afsnit",
    "kind": "drift eller anlæg", "life_status": "livsstatus", "centre": "ansvarligt center",
    "printed_centre": "center som trykt", "committees": "udvalg", "bodies": "andre ansvarlige",
    "contributors": "bidragsydere", "contributor_words": "bidragsydere i frie ord", "economy_text": "økonomi",
    "source_note": "bemærkning til kilden", "links": "henvisning", "milestones": "milepæl", "round": "runde",
    "assessments": "vurdering", "effort": "indsats", "economy": "økonomi", "comment": "bemærkning",
    "expected_amount": "forventet beløb", "amount_lines": "Beløbslinje", "heading": "overskrift",
    "project": "projektnummer", "nature": "art", "period": "periode", "possible_duplicate": "mulig dublet",
    "amounts": "beløb", "control": "Antal", "decisions": "Beslutning", "body": "besluttet af",
    "decided_on": "besluttet den", "outcome": "beslutning", "remark": "bemærkning",
    "milestone_changes": "ændret milepæl", "before": "før", "after": "efter", "reason": "begrundelse", "at": "hvornår",
    "finance_notes": "Økonomi og Styrings bemærkning", "instructions": "vejledning til centrene",
    "moved_dates": "flyttet dato", "field": "dato",
}  # fmt: skip
_CHOICES = [
    AgreementMode, AmountSource, AmountTable, Basis, Kind, LifeStatus, LinkKind, Nature, RateUnit, Standing,
    AssessmentState, Dimension, Economy, Effort, RoundState,
]  # fmt: skip
# One dictionary serves them all, since no two of these mean different things by one value; the plan's states do (its
# draft is an "udkast", an assessment's a "kladde"), and are looked up on their own.
_LABELS = {value: str(label) for choices in _CHOICES for value, label in choices.choices}
_CHOSEN = {
    "mode", "table", "source", "basis", "class", "kind", "life_status", "nature", "unit", "state", "dimension", "level",
    "effort", "economy",
}  # fmt: skip
_NAMED_BY_CHOICES = {"control_totals", "definitions"}


@dataclass(frozen=True)
class DifferenceRow:
    place: str
    stored: str
    file: str


def difference_rows(differences: Iterable[Difference]) -> list[DifferenceRow]:
    """The differences in words; two queries, for the names behind the short names."""
    differences = list(differences)
    names = {}
    if differences:
        for model in (Committee, Centre):
            names |= dict(model.objects.values_list("slug", "name"))
    return [
        DifferenceRow(_place(each), _side(each, each.stored_value, each.stored, names),
                      _side(each, each.file_value, each.file, names))
        for each in differences
    ]  # fmt: skip


def _place(each: Difference) -> str:
    if not each.path:
        return " – ".join(KEYS.get(part, part) for part in each.place.split(" "))
    words, rest = [], list(each.path)
    while rest:
        key = rest.pop(0)
        if key == "kroner" and words:
            break  # "beløb 2032" says it already
        word = "punkter" if key == "items" and not rest else KEYS.get(key, key)  # those that a line is about
        if key in _LISTS and rest:
            name = rest.pop(0)
            word += f" {_name(key, name)}"
        words.append(word)
    return " – ".join(words)


_LISTS = {
    "control_totals", "definitions", "targets", "values", "tax_rates", "goals", "rounds", "sections", "items", "links",
    "stated_amounts", "milestones", "milestone_changes", "assessments", "finance_notes", "amount_lines", "amounts",
    "decisions", "moved_dates",
}  # fmt: skip


def _name(key: str, name: str) -> str:
    """What one table of a list is called by; a line without a code by its table and its text."""
    if key == "items":
        return name.replace(" ", "-")  # the file has code and ordinal apart
    if key == "amounts":
        is_undated = name.startswith("uden navn")
        return name.replace("navn", "år") if is_undated else name.replace(" ", "-", 1)  # a span: "2031 2034"
    first, _, rest = name.partition(" ")
    if key == "decisions":
        body, _, decided_on = name.rpartition(" ")
        return f"{body} {day(date.fromisoformat(decided_on))}"
    if key == "milestone_changes":  # "2031-05-01 12:00:00+00:00 2": a time is named by its day, then the round
        return f"{day(date.fromisoformat(first))}, runde {rest.partition(' ')[2]}"
    if key == "moved_dates":  # "deadline 2031-05-01 12:00:00+00:00"
        return f"{KEYS[first]} {day(date.fromisoformat(rest.partition(' ')[0]))}"
    if key == "stated_amounts":
        second, _, number = rest.partition(" ")  # two of a kind: "total new", "total new (2)"
        return f"({_LABELS.get(first, first)}, {_LABELS.get(second, second)}) {number}".strip()
    if key == "amount_lines" and first in AmountTable.values:
        return f"{_LABELS[first]}: {rest}"
    return " ".join(_LABELS.get(part, part) for part in name.split(" ")) if key in _NAMED_BY_CHOICES else name


def _side(each: Difference, value: object, shown: str, names: dict[str, str]) -> str:
    """One side of a difference; what only the comparison can tell (another order) keeps its own words."""
    return _words(each.path[-1], value, names) if each.path else shown


def _words(key: str, value: object, names: dict[str, str]) -> str:
    if key == "unit" and value is None:
        return str(AmountUnit.THOUSANDS.label)  # what a file leaves out
    if value in (None, "", []):
        return BLANK
    if isinstance(value, dict):
        return _table(value)
    if isinstance(value, list):
        return ", ".join(_words(key, each, names) for each in value)
    if value is True:
        return "ja"
    if isinstance(value, date):
        return day(value)
    if key in {"kroner", "expected_amount"}:
        return kroner(value)
    if key == "hundredths":
        return _rate(value)
    if key == "unit" and isinstance(value, int):
        return str(AmountUnit(value).label)
    if key in {"committees", "centre", "contributors"}:
        return names.get(value, value)
    if key == "outcome":
        return str(DecisionOutcome(value).label)
    if key == "milestone_plan":
        return str(PlanState(value).label)
    if key == "field":
        return KEYS[value]
    if key in _CHOSEN:
        return _LABELS.get(value, str(value))
    return str(value)


def _table(table: dict) -> str:
    """A whole item, line or amount that only one side has: what it is called, and its money."""
    words = [str(table[key]) for key in ("title", "label", "name", "text", "code") if key in table][:1]
    words += [f"{table['body']}: {DecisionOutcome(table['outcome']).label}"] if "outcome" in table else []
    words += [f"{_said(table.get('before'))} -> {_said(table.get('after'))}"] if "at" in table else []
    words += [_rate(table["hundredths"])] if "hundredths" in table else []
    words += [f"{KEYS[key]} {_LABELS[table[key]]}" for key in ("effort", "economy") if key in table]
    amounts = [each for key in ("amounts", "values", "stated_amounts") for each in table.get(key, [])]
    amounts += [table] if "kroner" in table else []
    words += [f"{_when(each)}{kroner(each['kroner'])}" for each in amounts]
    return "; ".join(words) or "ja"


def _said(value: str | date | None) -> str:
    return day(value) if isinstance(value, date) else value or BLANK


def _rate(hundredths: int) -> str:
    return f"{hundredths // 100},{hundredths % 100:02d}"


def _when(amount: dict) -> str:
    if years := amount.get("years"):
        return f"{', '.join(map(str, years))}: "
    if year := amount.get("year"):
        last = amount.get("last_year")
        return f"{year}-{last}: " if last else f"{year}: "
    return ""
