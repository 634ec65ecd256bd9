"""The organisation file: committees, centres and parties. Loading adds what is new; what is known must agree."""

from datetime import date

from django.db import transaction

from budget.models import Centre, Committee, Party

from .schema import Field, FileRefused, Problems, Tables, check_table, day, text, texts
from .toml import differences, read_document, without_blanks

_SLUG = text(80, required=True)
_BODY = {"valid_from": day(), "valid_to": day(), "successors": texts(80)}
SCHEMA: dict[str, Field | Tables] = {
    "committees": Tables(
        {"slug": _SLUG, "name": text(120, required=True), "short_name": text(10), **_BODY}, title=("slug",)
    ),
    "centres": Tables({"slug": _SLUG, "name": text(120, required=True), **_BODY}, title=("slug",)),
    "parties": Tables({"letter": text(2), "name": text(80, required=True)}, title=("name",)),
}


@transaction.atomic
def load_organisation(path) -> int:
    """How many committees, centres and parties were added. FileRefused if a known one differs: names in use are not
    changed behind the back of the agreements that name them."""
    document, _ = read_document(path)
    problems = Problems()
    file = check_table(document, SCHEMA, "filen", problems)
    added = 0
    for key in ("committees", "centres"):
        slugs = [row["slug"] for row in file[key]]
        for row in file[key]:
            if slugs.count(row["slug"]) > 1:
                problems.add(row["place"], f"kortnavnet {row['slug']!r} findes to gange")
            for successor in row["successors"] or []:
                if successor not in slugs:
                    problems.add(row["place"], f"efterfølgeren {successor!r} findes ikke i filen")
            if row["valid_from"] and row["valid_to"] and row["valid_to"] < row["valid_from"]:
                problems.add(row["place"], "'valid_to' ligger før 'valid_from'")
    if not any(file.values()):
        problems.add("filen", "indeholder hverken udvalg, centre eller partier; er filen afkortet?")
    if not problems.found:
        added += _add_bodies(file["committees"], Committee, problems)
        added += _add_bodies(file["centres"], Centre, problems)
        added += _add_parties(file["parties"], problems)
    if problems.found:
        raise FileRefused(str(path), problems.found)
    return added


def _add_bodies(rows: list[dict], model: type[Committee] | type[Centre], problems: Problems) -> int:
    known = {body.slug: body for body in model.objects.prefetch_related("successors")}
    new = {}
    for row in rows:
        if row["slug"] in known:
            for words in differences(_body_of(row), _stored(known[row["slug"]])):
                problems.add(row["place"], words)
            continue
        fields = {key: row[key] for key in ("slug", "name", "valid_from", "valid_to")}
        if model is Committee:
            fields["short_name"] = row["short_name"] or ""
        new[row["slug"]] = model.objects.create(**fields)
    for row in rows:
        if row["slug"] in new:
            everyone = known | new
            new[row["slug"]].successors.set([everyone[slug] for slug in row["successors"] or []])
    return len(new)


def _body_of(row: dict) -> dict[str, str | date | list[str]]:
    named = {key: value for key, value in row.items() if key != "place"}
    return without_blanks(named | {"successors": sorted(row["successors"] or [])})


def _stored(body: Committee | Centre) -> dict:
    return without_blanks(
        {
            "slug": body.slug,
            "name": body.name,
            "short_name": getattr(body, "short_name", ""),
            "valid_from": body.valid_from,
            "valid_to": body.valid_to,
            "successors": sorted(successor.slug for successor in body.successors.all()),
        }
    )


def _add_parties(rows: list[dict], problems: Problems) -> int:
    known = {party.name: party for party in Party.objects.all()}
    added = 0
    for row in rows:
        letter = row["letter"] or ""
        if row["name"] not in known:
            known[row["name"]] = Party.objects.create(name=row["name"], letter=letter)
            added += 1
        elif known[row["name"]].letter != letter:
            problems.add(row["place"], f"filen har bogstavet {letter!r}, databasen {known[row['name']].letter!r}")
    return added
