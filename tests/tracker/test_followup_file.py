"""Bad agreement files: every error is listed with its place, and nothing is changed."""

from datetime import date, datetime

import pytest
import tomli_w

from budget.files.schema import FileRefused
from budget.files.toml import differences, read_document
from budget.models import Agreement
from tests.conftest import AGREEMENT_FILE, AGREEMENT_FILE_2021, ORGANISATION_FILE
from tests.files import YEAR, small_document, write_file
from tests.spoiling import assert_listed, causes, causes_of, drop, more, put
from tracker.actions.agreement_files import load_agreement, load_organisation

pytestmark = pytest.mark.slow


def first_item_again(document):
    document["items"].append(document["items"][0] | {"milestones": [], "assessments": []})
    document["control"]["items"] += 1


def an_item_that_shares_a_code_without_an_ordinal(document):
    del document["items"][1]["ordinal"]


def by_exception_only(document):
    document["agreement"]["mode"] = "exceptions"
    del document["agreement"]["milestone_plan"]


ITEM = "[[items]] nr. 1 (1.02)"
LINE = "[[amount_lines]] nr. 1 (1.02-Færre lejemål)"
DECISION = "[[decisions]] nr. 1 (Økonomiudvalget)"
CHANGE = f"{ITEM}, [[milestone_changes]] nr. 1 (2)"
LINK = {"kind": "continues", "year": 2017, "code": "8.04"}

SPOILT = {
    "unknown centre": (put("items", 0, "centre", "brandvaesen"), ITEM, "centeret 'brandvaesen' findes ikke"),
    "unknown contributor": (put("items", 0, "contributors", ["brandvaesen"]), ITEM, "'brandvaesen' findes ikke"),
    "unknown committee": (put("items", 0, "committees", ["rejseudvalget"]), ITEM, "udvalget 'rejseudvalget'"),
    "unknown party": (put("agreement", "parties", ["Rejsepartiet"]), "[agreement]", "partiet 'Rejsepartiet'"),
    "unknown section": (put("items", 0, "section", "9"), ITEM, "afsnittet '9' findes ikke"),
    "unknown parent": (put("sections", 0, "parent", "9"), "[[sections]] nr. 1 (1)", "'9' står ikke tidligere"),
    "section below itself": (put("sections", 2, "parent", "2.1"), "[[sections]] nr. 3 (2.1)", "står ikke tidligere"),
    "unknown item of a line": (put("amount_lines", 0, "items", ["7.77"]), LINE, "punktet '7.77' findes ikke"),
    "unknown kind": (put("items", 0, "kind", "indtægt"), ITEM, "'indtægt' kendes ikke"),
    "unknown life status": (put("items", 0, "life_status", "glad"), ITEM, "'glad' kendes ikke"),
    "unknown mode": (put("agreement", "mode", "smileys"), "[agreement]", "'smileys' kendes ikke"),
    "unknown nature": (put("amount_lines", 0, "nature", "gave"), LINE, "'gave' kendes ikke"),
    "unknown table": (put("amount_lines", 0, "table", "renter"), LINE, "'renter' kendes ikke"),
    "unknown format": (put("format", 2), "filen, felt 'format'", "kendes ikke"),
    "format as yes": (put("format", True), "filen, felt 'format'", "kendes ikke"),
    "unknown round": (put("items", 0, "milestones", 0, "round", 7), ITEM, "runde 7 findes ikke"),
    "a note in an unknown round": (
        put("items", 0, "finance_notes", 0, "round", 7), f"{ITEM}, [[finance_notes]] nr. 1 (7)", "runde 7 findes ikke",
    ),
    "a note without words": (drop("items", 0, "finance_notes", 0, "text"), ITEM, "'text' mangler"),
    "the same note twice": (
        lambda document: document["items"][0]["finance_notes"].append({"round": 1, "text": "Igen"}),
        f"{ITEM}, [[finance_notes]] nr. 2 (1)", "findes allerede",
    ),
    "unknown effort": (put("items", 0, "assessments", 0, "effort", "kept"), ITEM, "'kept' kendes ikke"),
    "silence as effort": (put("items", 0, "assessments", 0, "effort", "not_reported"), ITEM, "kendes ikke"),
    "unknown state": (put("items", 0, "assessments", 0, "state", "published"), ITEM, "'published' kendes ikke"),
    "level of the other dimension": (
        put("definitions", 0, "level", "not_kept"), "[[definitions]] nr. 1 (effort-not_kept)", "findes ikke for",
    ),
    "year before the agreement": (
        put("amount_lines", 0, "amounts", 0, "year", 2030), f"{LINE}, [[amounts]] nr. 1", "2030 ligger uden for",
    ),
    "year after the agreement": (
        put("amount_lines", 0, "amounts", 0, "year", 2035), f"{LINE}, [[amounts]] nr. 1", "aftalens år 2031-2034",
    ),
    "control year outside": (put("control_totals", 0, "year", 2030), "[[control_totals]] nr. 1", "uden for"),
    "years in wrong order": (put("agreement", "last_year", 2030), "[agreement]", "'last_year' 2030 ligger før"),
    "span that ends before it begins": (
        put("amount_lines", 0, "amounts", 1, "last_year", 2031), f"{LINE}, [[amounts]] nr. 2", "skal ligge efter",
    ),
    "span without a first year": (
        put("amount_lines", 1, "amounts", 0, "last_year", 2032), "[[amount_lines]] nr. 2", "skal ligge efter",
    ),
    "text in an amount": (
        put("amount_lines", 0, "amounts", 0, "kroner", "1.234,5"), f"{LINE}, [[amounts]] nr. 1 (2031), felt 'kroner'",
        "ikke '1.234,5'",
    ),
    "true as an amount": (put("amount_lines", 0, "amounts", 0, "kroner", True), LINE, "ikke true"),
    "decimals in an amount": (put("amount_lines", 0, "amounts", 0, "kroner", 0.5), LINE, "ikke 0.5"),
    "not a number as an amount": (put("amount_lines", 0, "amounts", 0, "kroner", float("nan")), LINE, "ikke nan"),
    "an amount beyond reason": (put("amount_lines", 0, "amounts", 0, "kroner", 10**16), LINE, "er uden for"),
    "a number as code": (put("items", 0, "code", 3.04), "[[items]] nr. 1", "skrevet som tekst"),
    "a word as code": (put("items", 0, "code", "A.1"), "[[items]] nr. 1", "'A.1' er ikke et nummer"),
    "a code with a space": (put("sections", 0, "code", "1 "), "[[sections]] nr. 1", "er ikke et nummer"),
    "a number as title": (put("items", 0, "title", 7), ITEM, "tekst i anførselstegn, ikke 7"),
    "a long title": (put("items", 0, "title", "x" * 201), ITEM, "er på 201 tegn; der er plads til 200"),
    "a comment beyond the limit": (
        put("items", 0, "assessments", 0, "comment", "x" * 20_001), ITEM, "der er plads til 20000",
    ),
    "a blank title": (put("items", 0, "title", "  "), ITEM, "er tom"),
    "a character that no database keeps": (put("items", 0, "text", "a\x00b"), ITEM, "felt 'text'"),
    "a text as list": (put("items", 0, "committees", "oekonomiudvalget"), ITEM, "skal være en liste"),
    "the same committee twice": (put("items", 0, "committees", ["oekonomiudvalget"] * 2), ITEM, "to gange"),
    "a text as date": (put("rounds", 0, "as_of", "2031-03-31"), "[[rounds]] nr. 1", "skal være en dato"),
    "a time as date": (put("rounds", 0, "as_of", datetime(2031, 3, 31, 12)), "[[rounds]] nr. 1", "skal være en dato"),
    "deadline before opening": (
        lambda document: document["rounds"][1].update(opens_on=date(2031, 8, 1), deadline=date(2031, 7, 31)),
        "[[rounds]] nr. 2 (2)", "fristen ligger, før runden åbner",
    ),
    "a date that moved nowhere": (
        put("rounds", 0, "moved_dates", 0, "before", date(2031, 3, 31)),
        "[[rounds]] nr. 1 (1), [[moved_dates]] nr. 1 (as_of)", "'before' og 'after' er ens",
    ),
    "a moved date without a reason": (
        drop("rounds", 0, "moved_dates", 0, "reason"), "[[rounds]] nr. 1 (1)", "'reason' mangler",
    ),
    "a moved date that no round has": (
        put("rounds", 0, "moved_dates", 0, "field", "budget_year"), "[[rounds]] nr. 1 (1)", "'budget_year' kendes ikke",
    ),
    "a list as table": (put("agreement", []), "[agreement]", "skal være en tabel"),
    "a table as list": (put("items", {"code": "1.02"}), "[[items]]", "skal være en liste af tabeller"),
    "numbers as items": (put("items", [1, 2]), "[[items]] nr. 1", "skal være en tabel, ikke 1"),
    "an unknown field": (put("items", 0, "smiley", "glad"), ITEM, "feltet 'smiley' kendes ikke"),
    "an unknown table": (put("votes", [{"year": 2031}]), "filen", "feltet 'votes' kendes ikke"),
    "an unknown outcome": (put("decisions", 0, "outcome", "glad"), DECISION, "'glad' kendes ikke"),
    "a decision of nobody": (drop("decisions", 0, "body"), "[[decisions]] nr. 1", "'body' mangler"),
    "a decision without a day": (drop("decisions", 0, "decided_on"), DECISION, "'decided_on' mangler"),
    "a decision before the agreement": (
        put("decisions", 0, "decided_on", date(2030, 9, 30)), DECISION, "før aftalen blev indgået 01.10.2030",
    ),
    "the same decision twice": (
        lambda document: document["decisions"].append(document["decisions"][0]),
        "[[decisions]] nr. 3", f"'Økonomiudvalget 20.11.2030' findes allerede i {DECISION}",
    ),
    "a decision where there is no plan": (
        by_exception_only, DECISION, "ingen milepælsplan",
    ),
    "a changed milestone of an unknown round": (
        put("items", 0, "milestone_changes", 0, "round", 7), CHANGE.replace("(2)", "(7)"), "runde 7 findes ikke",
    ),
    "a changed milestone without a reason": (drop("items", 0, "milestone_changes", 0, "reason"), CHANGE, "mangler"),
    "a changed milestone without a time": (drop("items", 0, "milestone_changes", 0, "at"), CHANGE, "'at' mangler"),
    "a time without a zone": (
        put("items", 0, "milestone_changes", 0, "at", datetime(2031, 2, 1, 8, 30)), f"{CHANGE}, felt 'at'",
        "skal være et tidspunkt med tidszone",
    ),
    "a day as time": (
        put("items", 0, "milestone_changes", 0, "at", date(2031, 2, 1)), CHANGE, "skal være et tidspunkt med tidszone",
    ),
    "a changed milestone that is the same": (
        put("items", 0, "milestone_changes", 0, "before", "Den er fulgt."), CHANGE, "er ens",
    ),
    "a changed milestone without any text": (
        drop("items", 0, "milestone_changes", 1, "before"), CHANGE.replace("nr. 1 (2)", "nr. 2 (2)"), "er ens",
    ),
    "a changed milestone of a plan that is no plan yet": (
        put("agreement", "milestone_plan", "hearing"), CHANGE, "planen er ikke godkendt",
    ),
    "no agreement": (drop("agreement"), "[agreement]", "'budget_year' mangler"),
    "no sections": (drop("sections"), "filen", "der mangler mindst én [[sections]]"),
    "no items": (drop("items"), "filen", "der mangler mindst én [[items]]"),
    "no control": (drop("control"), "[control]", "'items' mangler"),
    "no format": (drop("format"), "filen", "'format' mangler"),
    "no title": (drop("items", 0, "title"), ITEM, "'title' mangler"),
    "no kroner": (drop("amount_lines", 0, "amounts", 0, "kroner"), LINE, "'kroner' mangler"),
    "no state": (drop("items", 0, "assessments", 0, "state"), ITEM, "'state' mangler"),
    "a line without amounts": (drop("amount_lines", 1, "amounts"), "[[amount_lines]] nr. 2", "amounts"),
    "the same item twice": (first_item_again, "[[items]] nr. 4 (1.02)", f"'1.02' findes allerede i {ITEM}"),
    "one code, no ordinal": (
        an_item_that_shares_a_code_without_an_ordinal, "[[items]] nr. 2 (2.1.3)", "skal derfor have et 'ordinal'",
    ),
    "the same ordinal twice": (put("items", 2, "ordinal", 1), "[[items]] nr. 3", "'2.1.3-1' findes allerede"),
    "ordinal from zero": (put("items", 1, "ordinal", 0), "[[items]] nr. 2", "0 er uden for 1-999"),
    "the same section twice": (put("sections", 1, "code", "1"), "[[sections]] nr. 2 (1)", "findes allerede"),
    "the same round twice": (put("rounds", 1, "number", 1), "[[rounds]] nr. 2 (1)", "findes allerede"),
    "the same target twice": (
        more("targets", {"number": 4, "title": "Igen"}), "[[targets]] nr. 2 (4)", "findes allerede",
    ),
    "the same definition twice": (
        more("definitions", {"dimension": "effort", "level": "happy", "text": "Igen"}), "[[definitions]] nr. 2",
        "findes allerede",
    ),
    "two assessments in one round": (
        more("items", 0, "assessments", {"round": 1, "effort": "happy", "economy": "kept", "state": "approved"}),
        ITEM, "findes allerede",
    ),
    "the same year twice": (put("amount_lines", 0, "amounts", 1, "year", 2031), LINE, "findes allerede"),
    "the same control total twice": (
        more("control_totals", {"table": "drift", "year": 2031, "kroner": -500_000}), "[[control_totals]] nr. 3",
        "findes allerede",
    ),
    "the same link twice": (put("items", 0, "links", [LINK, LINK]), ITEM, "findes allerede"),
    "a link to itself": (put("items", 0, "links", [{**LINK, "year": YEAR, "code": "1.02"}]), ITEM, "punktet selv"),
    "two lead centres": (put("items", 0, "printed_centre", "0-25 års udvalget"), ITEM, "har både 'centre' og"),
    "wrong control total": (
        put("control_totals", 0, "kroner", -500_001), "[[control_totals]] nr. 1 (drift-2031)",
        "kontrolsummen er -500001 kr., men linjerne giver -500000 kr.",
    ),
    "missing control total": (
        lambda document: document["control_totals"].pop(), "[[control_totals]]", "mangler en kontrolsum for drift 2032",
    ),
    "control total without lines": (
        more("control_totals", {"table": "anlaeg", "year": 2034, "kroner": 1}), "[[control_totals]] nr. 3", "giver 0",
    ),
    **{
        f"wrong number of {name}": (put("control", name, 9), "[control]", f"kontroltallet {name!r} er 9")
        for name in ("sections", "items", "milestones", "assessments", "amount_lines")
    },
    "a sad smiley without a comment": (
        put("items", 1, "assessments", 0, "effort", "sad"), "[[items]] nr. 2 (2.1.3-1), [[assessments]] nr. 1 (1)",
        "Skriv en bemærkning",
    ),
    "an approved assessment without a smiley": (
        drop("items", 1, "assessments", 0, "economy"), "[[items]] nr. 2", "Vælg en smiley for økonomien",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SPOILT)
def test_bad_content_is_refused_with_its_place(db, tmp_path, name):
    spoil, place, words = SPOILT[name]
    document = small_document()
    spoil(document)

    found = causes(tmp_path, document)

    assert_listed(found, place, words)


def test_the_unspoilt_file_is_fine(db, tmp_path):
    load_agreement(path=write_file(tmp_path / "good.toml", small_document()), by="tests")

    assert Agreement.objects.filter(budget_year=YEAR).exists()


def test_all_errors_of_a_file_are_listed_at_once(db, tmp_path):
    names = [
        "unknown centre", "unknown committee", "text in an amount", "control year outside", "no title",
        "an unknown table", "wrong number of milestones", "a sad smiley without a comment", "unknown parent",
    ]  # fmt: skip
    document = small_document()
    for name in names:
        SPOILT[name][0](document)

    found = causes(tmp_path, document)

    for name in names:
        _, place, words = SPOILT[name]
        assert_listed(found, place, words)
    assert len(found) == len(set(found))


def test_errors_come_in_the_order_of_the_file_whatever_the_run(db, tmp_path):
    document = small_document()
    unknown = [f"felt_{n}" for n in range(20)]
    document["items"][0] |= dict.fromkeys(unknown, 1)

    found = causes(tmp_path, document)

    assert [line.split("'")[1] for line in found if "kendes ikke" in line] == unknown


# --- Files that are no text, no TOML, no file ----------------------------------------------------------------------


def spoilt_bytes():
    return tomli_w.dumps(small_document(), multiline_strings=True)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (spoilt_bytes().encode("latin-1"), "er ikke gemt som UTF-8"),
        (spoilt_bytes().encode("utf-16"), "er ikke gemt som UTF-8"),
        (spoilt_bytes().encode("utf-16-le"), "er ikke gemt som UTF-8"),
        (b"", "'budget_year' mangler"),
        (b"\n\n# kun en bemaerkning\n", "'budget_year' mangler"),
        (b"PK\x03\x04 et regneark", "er ikke gyldig TOML"),
        (b"\x00\x01\x02", "er ikke gyldig TOML"),
        (b"a = " + b"[" * 100_000, "er ikke gyldig TOML"),
        (b"a = 2018-02-30\n", "er ikke gyldig TOML"),
        (b"a = " + b"9" * 5_000 + b"\n", "er ikke gyldig TOML"),
        (b"a = 1\na = 2\n", "er ikke gyldig TOML"),
    ],
    ids=["latin-1", "utf-16", "utf-16-le", "empty", "comment", "zip", "binary", "deep", "date", "digits", "twice"],
)
def test_what_is_no_agreement_file_is_refused(db, tmp_path, content, words):
    path = tmp_path / "bad.toml"
    path.write_bytes(content)

    found = causes_of(path)

    assert_listed(found, "", words)


def test_wrong_encoding_names_the_line(db, tmp_path):
    path = tmp_path / "bad.toml"
    path.write_bytes('a = "x"\nb = "ok"\nc = "æ"\n'.encode("latin-1"))

    assert causes_of(path)[0].startswith("linje 3: ")


def test_a_missing_file_is_refused(db, tmp_path):
    assert "kan ikke læses" in causes_of(tmp_path / "missing.toml")[0]


def test_a_folder_is_refused(db, tmp_path):
    assert "kan ikke læses" in causes_of(tmp_path)[0]


def test_a_huge_file_is_refused_unread(db, tmp_path):
    path = tmp_path / "huge.toml"
    with path.open("wb") as file:
        file.truncate(20_000_001)

    assert "over 20 MB" in causes_of(path)[0]


# --- Truncated files: refused, or whole; never half ----------------------------------------------------------------


def assert_refused_or_whole(path, whole):
    """A cut file may lose the line break at its end, and nothing more."""
    try:
        load_agreement(path=path, by="tests", dry_run=True)
    except FileRefused:
        return
    document, _ = read_document(path)
    assert differences(document, whole) == []


def test_a_file_cut_anywhere_is_refused(db, tmp_path):
    content = spoilt_bytes().encode()
    path = tmp_path / "cut.toml"

    ends_of_lines = {place + 1 for place, byte in enumerate(content) if byte == 10}
    for length in sorted(ends_of_lines | set(range(0, len(content), 31))):
        path.write_bytes(content[:length])
        assert_refused_or_whole(path, small_document())

    assert not Agreement.objects.filter(budget_year=YEAR).exists()


@pytest.mark.parametrize("file", [AGREEMENT_FILE, AGREEMENT_FILE_2021], ids=lambda path: path.stem)
def test_a_real_file_cut_at_its_last_lines_is_refused(empty_database, tmp_path, file):
    load_organisation(path=ORGANISATION_FILE, by="tests")
    whole, _ = read_document(file)
    lines = file.read_bytes().splitlines(keepends=True)
    path = tmp_path / "cut.toml"

    for kept in [*range(0, len(lines), len(lines) // 14), *range(len(lines) - 14, len(lines))]:
        path.write_bytes(b"".join(lines[:kept]))
        assert_refused_or_whole(path, whole)

    assert not Agreement.objects.exists()
