"""The cast, named after roles, and the real agreements of 2018 and 2021.

Organisation and agreements are loaded once, before the first test, through the same actions as `load_organisation` and
`load_agreement`; each test then runs in a transaction that is rolled back. Tests that commit (live servers, races) have
databases of their own.
"""

import os
from pathlib import Path

import pytest
from django.db import connection
from hypothesis import settings

from tests.database import clear_tables
from tests.factories import create_centre, create_committee, create_user
from tests.proofs import record
from tracker.statuses import Role

# The same examples in every run, and no limit on how long one takes: a slow machine is not a failure.
settings.register_profile("suite", deadline=None, derandomize=True, database=None)
settings.register_profile("prove", deadline=None, database=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "suite"))

ENGINES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
ORGANISATION_FILE = FIXTURES / "organisation.toml"
AGREEMENT_FILE = FIXTURES / "aftale-2018.toml"
AGREEMENT_FILE_2021 = FIXTURES / "aftale-2021.toml"


def pytest_collection_modifyitems(config, items):
    """What concerns PostgreSQL alone is no part of a run on SQLite; a test that only skips is no test."""
    if os.environ.get("DATABASE_URL", "").startswith("postgres"):
        return
    left_out = [item for item in items if item.get_closest_marker("on_postgres")]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]


def _load(budget_year, path):
    from budget.models import Agreement
    from tracker.actions.agreement_files import load_agreement, load_organisation

    if not Agreement.objects.filter(budget_year=budget_year).exists():
        load_organisation(path=ORGANISATION_FILE, by="tests")
        load_agreement(path=path, by="tests")
    return Agreement.objects.get(budget_year=budget_year)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        _load(2018, AGREEMENT_FILE)
        _load(2021, AGREEMENT_FILE_2021)


@pytest.fixture
def loaded_2018(db):
    """The agreement of the real first follow-up: round 1 published, rounds 2-4 planned."""
    return _load(2018, AGREEMENT_FILE)


@pytest.fixture
def loaded_2021(db):
    """The agreement that is followed up by exception only, with its tables of drift and anlæg."""
    return _load(2021, AGREEMENT_FILE_2021)


@pytest.fixture
def proof(django_db_setup):
    """Says what a proof has shown, for the table of `./start prove`: `proof("what", size=..., result=...)`."""

    def say(what: str, *, size: str, result: str) -> None:
        record(what, engine=ENGINES[connection.vendor], size=size, result=result)

    return say


@pytest.fixture
def empty_database(db):
    """No agreement, organisation or account; what was there is back after the test. Events cannot be removed."""
    clear_tables()


@pytest.fixture
def editor(db):
    """Enters for Ejendomme."""
    return create_user(Role.EDITOR, name="Medarbejder i Ejendomme", centres=[create_centre("Ejendomme")])


@pytest.fixture
def chief(db):
    """Head of Ejendomme."""
    return create_user(Role.CHIEF, name="Centerchef i Ejendomme", centres=[create_centre("Ejendomme")])


@pytest.fixture
def other_editor(db):
    """Enters for Politisk Sekretariat."""
    centre = create_centre("Politisk Sekretariat")
    return create_user(Role.EDITOR, name="Medarbejder i Politisk Sekretariat", centres=[centre])


@pytest.fixture
def finance(db):
    return create_user(Role.FINANCE, name="Økonomi og Styring")


@pytest.fixture
def approver(db):
    return create_user(Role.APPROVER, name="Godkender")


@pytest.fixture
def member(db):
    """Sits in Økonomiudvalget."""
    return create_user(Role.MEMBER, name="Udvalgsmedlem", committees=[create_committee("Økonomiudvalget")])


@pytest.fixture
def administrator(db):
    return create_user(Role.ADMINISTRATOR, name="Administrator")
