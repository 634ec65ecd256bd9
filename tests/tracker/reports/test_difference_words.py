"""The difference between a file and an agreement, as finance reads it before a draft is replaced."""

import pytest

from budget.files.schema import Tables
from tests.factories import create_user
from tests.files import bytes_of, draft_document
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


def test_no_two_choices_mean_different_things_by_one_value():
    meanings = {}
    for choices in _CHOICES:
        for value, label in choices.choices:
            meanings.setdefault(value, set()).add(str(label).lower())

    assert {value: words for value, words in meanings.items() if len(words) > 1} == {}
