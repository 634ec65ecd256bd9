"""The organisation file: what is new is added, what is known must agree."""

from datetime import date
from io import StringIO

import pytest
import tomli_w
from django.core.management import CommandError, call_command

from budget.files.schema import FileRefused
from budget.models import Centre, Committee, Party
from tests.conftest import ORGANISATION_FILE
from tests.database import all_rows
from tracker.actions.agreement_files import load_organisation
from tracker.models import Act, Event


def organisation(tmp_path, **tables):
    path = tmp_path / "organisation.toml"
    path.write_text(tomli_w.dumps(tables), encoding="utf-8")
    return path


def test_the_real_organisation(empty_database):
    added = load_organisation(path=ORGANISATION_FILE, by="tests")

    assert added == 26
    assert (Committee.objects.count(), Centre.objects.count(), Party.objects.count()) == (9, 10, 7)
    divided = Committee.objects.get(slug="social-og-sundhedsudvalget")
    assert {each.slug for each in divided.successors.all()} == {"sundheds-og-aeldreudvalget", "socialudvalget"}
    assert divided.valid_to == date(2021, 12, 31)


def test_the_same_organisation_again_changes_nothing(loaded_2018):
    before = all_rows()

    added = load_organisation(path=ORGANISATION_FILE, by="tests")

    assert added == 0
    assert all_rows() == before


def test_the_command_says_that_there_is_nothing_new(loaded_2018):
    output = StringIO()

    call_command("load_organisation", str(ORGANISATION_FILE), stdout=output)

    assert "intet nyt" in output.getvalue()


def test_a_new_centre_is_added_and_is_an_event(loaded_2018, tmp_path):
    path = organisation(tmp_path, centres=[{"slug": "beredskab", "name": "Beredskab"}])

    added = load_organisation(path=path, by="tests")

    assert added == 1
    assert Centre.objects.get(slug="beredskab").name == "Beredskab"
    assert Event.objects.filter(act=Act.ORGANISATION_LOADED).first().note == "1 nye"


def test_a_known_name_is_not_changed(loaded_2018, tmp_path):
    path = organisation(
        tmp_path,
        centres=[{"slug": "beredskab", "name": "Beredskab"}, {"slug": "ejendomme", "name": "Bygninger"}],
        parties=[{"name": "Venstre", "letter": "Ø"}],
    )
    before = all_rows()

    with pytest.raises(FileRefused) as refusal:
        load_organisation(path=path, by="tests")

    assert "filen har 'Bygninger', databasen har 'Ejendomme'" in str(refusal.value)
    assert "Ø" in str(refusal.value)
    assert all_rows() == before


def test_every_error_is_listed(loaded_2018, tmp_path):
    path = organisation(
        tmp_path,
        committees=[
            {"slug": "a", "name": "A", "valid_from": date(2018, 1, 1), "valid_to": date(2017, 1, 1)},
            {"slug": "a", "name": "B", "successors": ["findes-ikke"]},
        ],
        centres=[{"name": "Uden kortnavn"}, {"slug": "c", "name": 7, "chef": "Jens"}],
    )
    before = all_rows()

    with pytest.raises(CommandError) as refusal:
        call_command("load_organisation", str(path))

    words = str(refusal.value)
    for cause in ("'valid_to' ligger før", "findes to gange", "findes-ikke", "'slug' mangler", "tekst", "'chef'"):
        assert cause in words, cause
    assert words.endswith("Intet er ændret.")
    assert all_rows() == before


def test_an_organisation_file_that_says_nothing_is_refused(empty_database, tmp_path):
    path = organisation(tmp_path)

    with pytest.raises(FileRefused):
        load_organisation(path=path, by="tests")
