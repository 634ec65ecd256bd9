"""An agreement file's own part: its schema, and the checks that no single field can make.

The follow-up's part of the same file (rounds, milestones, assessments) is `tracker.followup_file`.
"""

from collections import Counter, defaultdict
from collections.abc import Callable

from budget import codes, line_rules
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
    Party,
    RateUnit,
    Standing,
)
from budget.totals import sum_by_year

from .schema import Problems, Tables, code, count, day, flag, kroner, one_of, text, texts, whole_number, year, years

FORMAT = 1

_STATED_AMOUNTS = Tables(
    {
        "kroner": kroner(required=True),
        "years": years(),
        "basis": one_of(Basis.values, required=True),
        "class": one_of(Standing.values, required=True),
        "note": text(200),
    },
    title=("kroner",),
)

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
        "unit": one_of(AmountUnit.values),
        "theme_source": text(80),
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
    "tax_rates": Tables(
        {
            "name": text(80, required=True),
            "hundredths": whole_number(0, 100_000, "satsen i hundrededele, fx 2550 for 25,5", required=True),
            "unit": one_of(RateUnit.values, required=True),
            "note": text(120),
        },
        title=("name",),
    ),
    "goals": Tables(
        {
            "number": whole_number(1, 17, "et verdensmål", required=True),
            "title": text(80, required=True),
            "joint_with": whole_number(1, 17, "et verdensmål"),
        },
        title=("number",),
    ),
    "sections": Tables(
        {
            "code": code(),
            "parent": code(),
            "title": text(200, required=True),
            "is_theme": flag(),
            "text": text(),
            "stated_amounts": _STATED_AMOUNTS,
        },
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
            "stated_amounts": _STATED_AMOUNTS,
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
            "possible_duplicate": flag(),
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
    check_repeats([row for row in sections if row["code"]], "afsnittet", lambda row: row["code"], problems)
    check_repeats([row for row in sections if not row["code"]], "afsnittet", lambda row: row["title"], problems)
    earlier = set()
    for section in sections:
        if section["parent"] and section["parent"] not in earlier:
            problems.add(section["place"], f"det overordnede afsnit {section['parent']!r} står ikke tidligere i filen")
        if section["parent"] and not section["code"]:
            problems.add(section["place"], "et afsnit uden nummer kan ikke ligge under et andet")
        if section["is_theme"] and (section["parent"] or not section["code"]):
            problems.add(section["place"], "kun et kapitel med nummer kan være et tema")
        earlier.add(section["code"])
        _check_stated_amounts(section["stated_amounts"], problems)
    check_repeats(file["targets"], "målet", lambda row: row["number"], problems)
    check_repeats(file["tax_rates"], "satsen", lambda row: row["name"], problems)
    check_repeats(file["goals"], "verdensmålet", lambda row: row["number"], problems)
    numbers = {row["number"] for row in file["goals"]}
    for goal in file["goals"]:
        if goal["joint_with"] and goal["joint_with"] not in numbers - {goal["number"]}:
            problems.add(goal["place"], f"'joint_with' {goal['joint_with']} er ikke et andet af filens verdensmål")
    parties = set(Party.objects.values_list("name", flat=True))
    for name in file["agreement"]["parties"] or []:
        if name not in parties:
            problems.add("[agreement], felt 'parties'", f"partiet {name!r} findes ikke i organisationen")


def _check_stated_amounts(rows: list[dict], problems: Problems) -> None:
    for row in rows:
        if cause := line_rules.period_problem(row["basis"], row["years"] or []):
            problems.add(row["place"], cause)


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
        _check_stated_amounts(item["stated_amounts"], problems)
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
    seen = {}
    for line in file["amount_lines"]:
        for key in line["items"] or []:
            if key not in keys:
                problems.add(line["place"], f"punktet {key!r} findes ikke i filen")
        check_repeats(line["amounts"], "året", lambda row: (row["year"], row["last_year"]), problems)
        for amount in line["amounts"]:
            if amount["last_year"] is not None and (amount["year"] is None or amount["last_year"] <= amount["year"]):
                problems.add(amount["place"], "'last_year' skal ligge efter 'year'")
        kroner = {(amount["year"], amount["last_year"]): amount["kroner"] or 0 for amount in line["amounts"]}
        if cause := line_rules.nature_problem(line["nature"], kroner):
            problems.add(line["place"], cause)
        identity = line_rules.identity(line["table"], line["code"], line["label"], line["project"], kroner)
        if identity in seen and not line["possible_duplicate"]:
            problems.add(line["place"], line_rules.repeated(seen[identity]))
        seen.setdefault(identity, line["place"])
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
    if file["agreement"]["signed_on"] is None:
        return  # a draft still changes; its totals become control totals when it is signed
    for table, in_year in sorted(sums.keys() - stated.keys(), key=str):
        problems.add("[[control_totals]]", f"der mangler en kontrolsum for {table} {in_year}")
