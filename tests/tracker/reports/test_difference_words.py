"""The difference between a file and an agreement, as finance reads it before a draft is replaced."""

from datetime import date

import pytest

from budget.files.schema import Tables
from tests.factories import create_user
from tests.files import bytes_of, draft_document, small_document
from tracker import followup_file
from tracker.actions.upload_preview import preview_of
from tracker.actions.uploads import apply_upload, upload_agreement
from tracker.reports.difference_words import _CHOICES, _LISTS, KEYS
from tracker.statuses import Role


def keys_of(schema) -> set[str]:
    found = set(schema)
    for description in schema.values():
        inside = description.schema if isinstance(description, Tables) else description
        if isinstance(inside, dict):
            found |= keys_of(inside)
    return found


def lists_of(schema) -> set[str]:
    found = {key for key, description in schema.items() if isinstance(description, Tables)}
    for description in schema.values():
        inside = description.schema if isinstance(description, Tables) else description
        if isinstance(inside, dict):
            found |= lists_of(inside)
    return found


def test_every_key_of_a_file_has_a_word():
    assert keys_of(followup_file.SCHEMA) - KEYS.keys() == set()
    assert lists_of(followup_file.SCHEMA) == _LISTS


@pytest.fixture
def rows(db):
    """`rows(change)`: what a changed file says, laid beside the draft that the unchanged one made."""
    finance = create_user(Role.FINANCE)
    kept = upload_agreement(name="a.toml", content=bytes_of(draft_document()), by=finance)
    apply_upload(upload=kept, by=finance, digest=kept.digest, base="")

    def rows(change):
        document = draft_document()
        change(document)
        upload = upload_agreement(name="b.toml", content=bytes_of(document), by=finance)
        return {each.place: (each.stored, each.file) for each in preview_of(upload).rows}

    return rows


def test_a_date_that_one_side_moved_is_named_by_what_it_is_and_when(rows):
    def change(document):
        document["rounds"][0]["instructions"] = "Skriv langt."
        document["rounds"][0]["moved_dates"][0]["reason"] = "Vinterferien"
        del document["rounds"][0]["moved_dates"][1]

    found = rows(change)

    assert found["Runde 1 – vejledning til centrene"] == ("Skriv kort.\nHøjst fem linjer.", "Skriv langt.")
    assert found["Runde 1 – flyttet dato opgjort pr. 10.01.2031 – begrundelse"] == ("Påsken", "Vinterferien")
    assert found["Runde 1 – flyttet dato behandles i Kommunalbestyrelsen 11.01.2031"] == (
        "27.05.2031 -> (tomt)",
        "(tomt)",
    )


def test_a_line_whose_text_and_amount_changed_tells_both_amounts(rows):
    def change(document):
        document["amount_lines"][0] |= {"label": "Andre lejemål"}
        document["amount_lines"][0]["amounts"][0]["kroner"] = -700_000
        document["control_totals"][0]["kroner"] = -700_000

    found = rows(change)

    before = "Færre lejemål; 2031: −500.000 kr.; 2032: −750.000 kr."
    after = "Andre lejemål; 2031: −700.000 kr.; 2032: −750.000 kr."
    assert found["Beløbslinje 1.02 Færre lejemål"] == (before, "(tomt)")
    assert found["Beløbslinje 1.02 Andre lejemål"] == ("(tomt)", after)
    assert found["Kontrolsum Drift 2031"] == ("−500.000 kr.", "−700.000 kr.")


def test_an_amount_alone_is_told_by_its_year(rows):
    def change(document):
        document["amount_lines"][0]["amounts"][1]["kroner"] = -800_000
        document["control_totals"][1]["kroner"] = -800_000

    assert rows(change)["Beløbslinje 1.02 Færre lejemål – beløb 2032"] == ("−750.000 kr.", "−800.000 kr.")


def test_names_choices_and_dates_are_in_words(rows):
    def change(document):
        document["items"][0] |= {"committees": ["kultur-og-fritidsudvalget"], "life_status": "finished"}
        document["items"][0].pop("centre")
        document["amount_lines"][1]["nature"] = "pool"

    found = rows(change)

    assert found["Punkt 1.02 – udvalg"] == ("Økonomiudvalget", "Kultur- og Fritidsudvalget")
    assert found["Punkt 1.02 – livsstatus"] == ("i gang", "afsluttet")
    assert found["Punkt 1.02 – ansvarligt center"] == ("Ejendomme", "(tomt)")
    assert found["Beløbslinje Anlæg: Legepladser – art"] == ("nyt beløb", "tilførsel til pulje")
    assert not any(sign in words for pair in found.values() for words in pair for sign in "[]{}'")


def test_no_amount_of_what_is_added_or_has_no_year_is_left_out(rows):
    def change(document):
        document["amount_lines"][1]["amounts"][0]["kroner"] = 3_000_000
        document["targets"].append(
            {"number": 5, "title": "Gæld", "values": [{"label": "Højst", "year": 2031, "kroner": 7_000_000}]}
        )
        document["tax_rates"].append({"name": "Dækningsafgift", "hundredths": 705, "unit": "permille"})
        document["sections"][2]["stated_amounts"][0]["kroner"] = 19_000_000

    found = rows(change)

    assert found["Beløbslinje Anlæg: Legepladser – beløb uden år"] == ("2.000.000 kr.", "3.000.000 kr.")
    assert found["Mål 5"] == ("(tomt)", "Gæld; 2031: 7.000.000 kr.")
    assert found["Skattesats Dækningsafgift"] == ("(tomt)", "Dækningsafgift; 7,05")
    place = "Afsnit 2.1 – beløb nævnt i teksten (i alt, allerede afsat)"
    assert found[place] == ("18.000.000 kr.", "19.000.000 kr.")


def test_a_unit_left_out_is_the_usual_one(rows):
    assert rows(lambda document: document["agreement"].pop("unit"))["Aftalen – enhed"] == ("kr.", "1.000 kr.")


def test_the_draft_of_a_plan_is_no_draft_of_an_assessment(rows):
    def change(document):
        document["agreement"]["milestone_plan"] = "hearing"

    assert rows(change)["Aftalen – milepælsplan"] == ("udkast", "i høring")


def test_decisions_and_moved_goals_are_told_in_words(rows):
    """Of a draft that came by file with an approved plan; the file laid beside it says something else of it."""

    def change(document):
        document["agreement"]["milestone_plan"] = "changed"
        document["decisions"] = small_document()["decisions"]
        document["items"][0]["milestone_changes"] = small_document()["items"][0]["milestone_changes"]

    found = rows(change)

    assert found["Beslutning Økonomiudvalget 20.11.2030"] == ("(tomt)", "Økonomiudvalget: sendt tilbage")
    assert found["Punkt 1.02 – ændret milepæl 01.02.2031, runde 2"] == ("(tomt)", "Den er vedtaget. -> Den er fulgt.")
    assert found["Punkt 1.02 – ændret milepæl 01.02.2031, runde 2 (2)"] == ("(tomt)", "Den er trykt. -> (tomt)")


def test_what_a_decision_says_is_told_by_its_own_words(rows, finance):
    known = draft_document()
    known["decisions"] = [{"body": "Byrådet", "decided_on": date(2030, 11, 1), "outcome": "postponed"}]
    replaced = upload_agreement(name="a.toml", content=bytes_of(known), by=finance)
    apply_upload(upload=replaced, by=finance, digest=replaced.digest, base=preview_of(replaced).base)

    def change(document):
        document["decisions"] = [known["decisions"][0] | {"outcome": "rejected", "remark": "Nej."}]

    found = rows(change)

    assert found["Beslutning Byrådet 01.11.2030 – beslutning"] == ("udsat", "forkastet")
    assert found["Beslutning Byrådet 01.11.2030 – bemærkning"] == ("(tomt)", "Nej.")


def test_no_two_choices_mean_different_things_by_one_value():
    meanings = {}
    for choices in _CHOICES:
        for value, label in choices.choices:
            meanings.setdefault(value, set()).add(str(label).lower())

    assert {value: words for value, words in meanings.items() if len(words) > 1} == {}
