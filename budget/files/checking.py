"""An agreement file's own part: its schema, and the checks that no single field can make.

The follow-up's part of the same file (rounds, milestones, assessments) is `tracker.followup_file`.
"""

from collections import Counter, defaultdict
from collections.abc import Callable

from budget import codes
from budget.models import (
    AgreementMode,
    AmountSource,
    AmountTable,
    Centre,
    Committee,
    Kind,
    LifeStatus,
    LinkKind,
    Nature,
    Party,
)
from budget.totals import sum_by_year

from .schema import Problems, Tables, code, count, day, kroner, one_of, text, texts, whole_number, year

FORMAT = 1

SCHEMA = {
    "format": one_of([FORMAT], required=True),
    "agreement": {
        "budget_year": year(required=True),
        "last_year": year(required=True),
        "title": text(200, required=True),
        "mode": one_of(AgreementMode.values, required=True),
        "case_number": text(40),
        "signed_on": day(),
        "parties": texts(80),
        "source": text(),
        "reading_guide": text(),
    },
    "control_totals": Tables(
        {
            "table": one_of(AmountTable.values, required=True),
            "year": year(required=True),
            "kroner": kroner(required=True),
        },
        title=("table", "year"),
    ),
    "targets": Tables(
        {
            "number": whole_number(1, 99, "et nummer", required=True),
            "title": text(120, required=True),
            "text": text(),
            "values": Tables(
                {"label": text(120, required=True), "year": year(), "kroner": kroner(required=True)}, title=("label",)
            ),
        },
        title=("number",),
    ),
    "sections": Tables(
        {"code": code(required=True), "parent": code(), "title": text(200, required=True), "text": text()},
        title=("code",),
        required=True,
    ),
    "items": Tables(
        {
            "code": code(required=True),
            "ordinal": whole_number(1, 999, "et løbenummer"),
            "section": code(required=True),
            "title": text(200, required=True),
            "kind": one_of(Kind.values),
            "life_status": one_of(LifeStatus.values, required=True),
            "centre": text(80),
            "printed_centre": text(120),
            "committees": texts(80),
            "bodies": texts(120),
            "contributors": texts(80),
            "contributor_words": texts(120),
            "text": text(),
            "note": text(),
            "economy_text": text(),
            "source_note": text(),
            "links": Tables(
                {"kind": one_of(LinkKind.values, required=True), "year": year(), "code": text(40, required=True),
                 "note": text()},
                title=("kind", "code"),
            ),
        },
        title=("code", "ordinal"),
        required=True,
    ),
    "amount_lines": Tables(
        {
            "table": one_of(AmountTable.values, required=True),
            "source": one_of(AmountSource.values, required=True),
            "heading": text(200),
            "code": code(),
            "label": text(200, required=True),
            "project": text(20),
            "nature": one_of(Nature.values, required=True),
            "period": text(60),
            "items": texts(40),
            "note": text(),
            "amounts": Tables(
                {"year": year(), "last_year": year(), "kroner": kroner(required=True)}, title=("year",), required=True
            ),
        },
        title=("code", "label"),
    ),
    # last in the file, so that a file cut short anywhere has lost it
    "control": {
        "sections": count(required=True),
        "items": count(required=True),
        "amount_lines": count(required=True),
    },
}  # fmt: skip


def key_of(item: dict) -> str:
    return codes.item_key(item["code"] or "?", item["ordinal"])


def check_agreement(file: dict, problems: Problems) -> None:
    """What no single field can tell: references, duplicates, years, control figures. `file` has passed the schema."""
    _check_outline(file, problems)
    _check_items(file, problems)
    _check_years(file, problems)
    _check_lines(file, problems)
    for name in ("sections", "items", "amount_lines"):
        check_count(file, name, len(file[name]), problems)


def check_count(file: dict, name: str, actual: int, problems: Problems) -> None:
    stated = file["control"][name]
    if stated is not None and stated != actual:
        cause = f"kontroltallet {name!r} er {stated}, men filen indeholder {actual}; er filen afkortet?"
        problems.add("[control]", cause)


def check_repeats(rows: list[dict], name: str, key: Callable, problems: Problems) -> None:
    seen = {}
    for row in rows:
        if (value := key(row)) in seen:
            problems.add(row["place"], f"{name} {value!r} findes allerede i {seen[value]}")
        seen.setdefault(value, row["place"])


def _check_outline(file: dict, problems: Problems) -> None:
    sections = file["sections"]
    check_repeats(sections, "afsnittet", lambda row: row["code"], problems)
    earlier = set()
    for section in sections:
        if section["parent"] and section["parent"] not in earlier:
            problems.add(section["place"], f"det overordnede afsnit {section['parent']!r} står ikke tidligere i filen")
        earlier.add(section["code"])
    check_repeats(file["targets"], "målet", lambda row: row["number"], problems)
    for name in file["agreement"]["parties"] or []:
        if not Party.objects.filter(name=name).exists():
            problems.add("[agreement], felt 'parties'", f"partiet {name!r} findes ikke i organisationen")


def _check_items(file: dict, problems: Problems) -> None:
    section_codes = {section["code"] for section in file["sections"]}
    centres = set(Centre.objects.values_list("slug", flat=True))
    committees = set(Committee.objects.values_list("slug", flat=True))
    check_repeats(file["items"], "punktet", key_of, problems)
    for item in file["items"]:
        place = item["place"]
        if item["section"] and item["section"] not in section_codes:
            problems.add(place, f"afsnittet {item['section']!r} findes ikke i filen")
        if item["centre"] and item["printed_centre"]:
            problems.add(place, "har både 'centre' og 'printed_centre'; brug kun det ene")
        for slug in [item["centre"], *(item["contributors"] or [])]:
            if slug and slug not in centres:
                problems.add(place, f"centeret {slug!r} findes ikke i organisationen")
        check_repeats(item["links"], "henvisningen", lambda row: (row["kind"], row["year"], row["code"]), problems)
        for link in item["links"]:
            if link["year"] == file["agreement"]["budget_year"] and link["code"] == key_of(item):
                problems.add(link["place"], "henviser til punktet selv")
        for slug in item["committees"] or []:
            if slug not in committees:
                problems.add(place, f"udvalget {slug!r} findes ikke i organisationen")
    by_code = defaultdict(list)
    for item in file["items"]:
        by_code[item["code"]].append(item)
    for shared in by_code.values():
        for item in shared:
            if len(shared) > 1 and item["ordinal"] is None and item["code"]:
                problems.add(item["place"], "deler nummer med et andet punkt og skal derfor have et 'ordinal'")


def _check_years(file: dict, problems: Problems) -> None:
    first, last = file["agreement"]["budget_year"], file["agreement"]["last_year"]
    if first is None or last is None:
        return
    if last < first:
        problems.add("[agreement]", f"'last_year' {last} ligger før budgetåret {first}")
        return
    dated = [(amount, amount["place"]) for line in file["amount_lines"] for amount in line["amounts"]]
    dated += [(total, total["place"]) for total in file["control_totals"]]
    for row, place in dated:
        for name in ("year", "last_year"):
            if row.get(name) is not None and not first <= row[name] <= last:
                problems.add(place, f"året {row[name]} ligger uden for aftalens år {first}-{last}")


def _check_lines(file: dict, problems: Problems) -> None:
    keys = {key_of(item) for item in file["items"]}
    for line in file["amount_lines"]:
        for key in line["items"] or []:
            if key not in keys:
                problems.add(line["place"], f"punktet {key!r} findes ikke i filen")
        check_repeats(line["amounts"], "året", lambda row: (row["year"], row["last_year"]), problems)
        for amount in line["amounts"]:
            if amount["last_year"] is not None and (amount["year"] is None or amount["last_year"] <= amount["year"]):
                problems.add(amount["place"], "'last_year' skal ligge efter 'year'")
    _check_totals(file, problems)


def _check_totals(file: dict, problems: Problems) -> None:
    sums = sum_by_year(
        (line["table"], amount["year"], amount["kroner"])
        for line in file["amount_lines"]
        for amount in line["amounts"]
        if amount["year"] is not None and amount["last_year"] is None and amount["kroner"] is not None
    )
    check_repeats(file["control_totals"], "kontrolsummen for", lambda row: (row["table"], row["year"]), problems)
    stated = Counter()
    for total in file["control_totals"]:
        key = (total["table"], total["year"])
        stated[key] += 1
        if total["kroner"] is not None and sums.get(key, 0) != total["kroner"]:
            cause = f"kontrolsummen er {total['kroner']} kr., men linjerne giver {sums.get(key, 0)} kr."
            problems.add(total["place"], cause)
    for table, in_year in sorted(sums.keys() - stated.keys(), key=str):
        problems.add("[[control_totals]]", f"der mangler en kontrolsum for {table} {in_year}")
