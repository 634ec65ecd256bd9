"""Where in an agreement file, or in the content of an edition, something looks like a CPR number.

Both are walked whole, so that a field that is added to them later is searched without a word here. A number is allowed
in the same places as when it is typed: see `cpr`.
"""

from collections.abc import Iterator
from datetime import datetime

from budget.cpr import without_numbers
from budget.files.checking import key_of
from budget.files.schema import FileRefused, Problem
from tracker.errors import CprFound
from tracker.models import User, subject_of

from .cpr import Hit, hits_in, not_allowed, place_of_lines, place_of_section, refuse_hits

LOOKS_LIKE_ONE = "ligner et CPR-nummer"

# --- An agreement file ------------------------------------------------------------------------------------------------


def number_problems(file: dict) -> list[Problem]:
    """One for each number that nobody has vouched for. `file` has been through the schema."""
    return _problems(list(_in_file(file)))


def refuse_cpr_numbers_of_organisation(
    *, document: dict, name: str, by: User | str, reason: str = "", now: datetime | None = None
) -> None:
    """For an organisation file that has been found to be one. FileRefused without a reason."""
    hits = [
        hit
        for kind, rows in document.items()
        for number, row in enumerate(rows, start=1)
        for field, value in row.items()
        for text in (value if isinstance(value, list) else [value])
        if isinstance(text, str)
        for hit in hits_in({f"[[{kind}]] nr. {number}, felt {field!r}": text}, "organisationen")
    ]
    if not reason.strip() and (problems := _problems(hits)):
        raise FileRefused(name, problems)
    refuse_hits(hits, by=by, reason=reason, now=now)


def _problems(hits: list[Hit]) -> list[Problem]:
    return [Problem(hit.words, f"{hit.number.masked} {LOOKS_LIKE_ONE}") for hit in not_allowed(hits)]


def refuse_cpr_numbers_of_file(*, file: dict, by: User | str, reason: str = "", now: datetime | None = None) -> None:
    """As `refuse_cpr_numbers`, for all that the file holds."""
    refuse_hits(list(_in_file(file)), by=by, reason=reason, now=now)


def _in_file(file: dict) -> Iterator[Hit]:
    year = file["agreement"]["budget_year"]
    yield from _in_table(file, subject_of(year), "filen", year, "")


def _in_table(table: dict, place: str, where: str, year: int, key: str) -> Iterator[Hit]:
    """`key` is that of the item which the table is part of."""
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _in_table(value, place, f"[{name}]", year, key)
            continue
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, dict):
                item_key = key_of(each) if name == "items" else key
                row_place = _place_of_row(name, each, year, item_key) or place
                yield from _in_table(each, row_place, each["place"], year, item_key)
            elif isinstance(each, str) and name != "place":
                yield from hits_in({f"{without_numbers(where)}, felt {name!r}": each}, place)


def _place_of_row(name: str, row: dict, year: int, key: str) -> str:
    match name:
        case "items":
            return subject_of(year, key=key)
        case "assessments" | "finance_notes":
            return subject_of(year, number=row["round"], key=key)
        case "rounds":
            return subject_of(year, number=row["number"])
        case "sections":
            return place_of_section(year, row["code"] or "")
        case "amount_lines":
            return place_of_lines(year)
    return ""


# --- The content of an edition ----------------------------------------------------------------------------------------

_WORDS = {
    "text": "aftaletekst", "title": "titel", "note": "administrationens bemærkning", "economy_text": "økonomi",
    "source_note": "bemærkning til kilden", "comment": "bemærkning", "milestones": "milepæle", "label": "tekst",
    "section_title": "afsnittets titel", "reading_guide": "læsevejledning", "definitions": "smileydefinitioner",
    "finance_note": "Økonomi og Styrings bemærkning", "contributors": "bidragsydere", "responsible": "ansvarlige",
    "case_number": "sagsnummer", "reason": "begrundelse", "before": "før", "after": "efter", "project": "projekt",
}  # fmt: skip
_OF_THE_ENTRY = {"comment", "finance_note"}  # of one round; all else is the item's own


def cpr_hits_in_report(document: dict) -> list[tuple[str, str]]:
    """What stands in the way of building an edition with this content: where, in words, and the number, masked.
    `document` is what is frozen, as `tracker.exports.editions.edition_document` gives it."""
    hits = not_allowed(list(_in_document(document)))
    return list(dict.fromkeys((hit.full_words, hit.number.masked) for hit in hits))


def refuse_cpr_numbers_of_report(
    *, document: dict, by: User | str, reason: str = "", now: datetime | None = None
) -> None:
    """Raises CprFound; with a `reason` the numbers are allowed where they stand. The caller holds the transaction."""
    try:
        refuse_hits(list(_in_document(document)), by=by, reason=reason, now=now)
    except CprFound as error:
        if error.is_reason:
            raise
        raise CprFound(cpr_hits_in_report(document), error.digits) from None


def _in_document(document: dict) -> Iterator[Hit]:
    year = document["agreement"]
    for name, value in document.items():
        if name == "items":
            for item in value:
                yield from _in_item(item, year)
        elif name == "rounds":
            for row in value:
                yield from _in_value(row, subject_of(year, number=row["number"]), name)
        elif name == "dates":  # of the round that is reported, with the reasons why they were moved
            yield from _in_value(value, subject_of(year, number=document["round"]), name)
        else:
            yield from _in_value(value, subject_of(year), name)


def _in_item(item: dict, year: int) -> Iterator[Hit]:
    place = subject_of(year, key=item["key"])
    for name, value in item.items():
        if name == "rounds":
            for row in value:
                entry = subject_of(year, number=row["number"], key=item["key"])
                for part, each in row.items():
                    yield from _in_value(each, entry if part in _OF_THE_ENTRY else place, part)
        elif name == "amounts":
            yield from _in_value(value, place_of_lines(year), name)
        elif name == "section_title":
            yield from _in_value(value, place_of_section(year, item["section"]), name)
        else:
            yield from _in_value(value, place, name)


def _in_value(value: object, place: str, name: str) -> Iterator[Hit]:
    if isinstance(value, str):
        yield from hits_in({_WORDS.get(name, name): value}, place)
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from _in_value(each, place, name if name == "definitions" else key)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _in_value(each, place, name)
