"""load_demo: every screen has something to show, and real accounts are never touched."""

import io
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from tests.database import all_rows
from tests.factories import create_user
from tracker.models import Assessment, FollowUpRound, User

pytestmark = pytest.mark.slow


def run(*arguments) -> str:
    out = io.StringIO()
    call_command("load_demo", *arguments, stdout=out)
    return out.getvalue()


def test_the_demo_fills_an_empty_database(empty_database, client):
    told = run()

    assert "Demoen er indlæst." in told
    users = {user.username: user for user in User.objects.all()}
    assert {name: sorted(user.roles) for name, user in users.items()} == {
        "oekonomi": ["finance"],
        "godkender": ["approver"],
        "ejendomme": ["editor"],
        "ejendomme-chef": ["chief"],
        "politisk-sekretariat": ["editor"],
        "by-erhverv-og-miljoe": ["editor"],
        "udvalgsmedlem": ["member"],
        "administrator": ["administrator"],
    }
    assert all(user.is_demo for user in users.values())
    password = told.split("adgangskoden ")[1].split(")")[0]
    assert client.post("/log-ind/", {"username": "oekonomi", "password": password}).status_code == 302


def test_round_two_is_open_for_fourteen_days_with_entries_in_several_states(empty_database):
    run()

    second = FollowUpRound.objects.get(agreement__budget_year=2018, number=2)
    assert (second.state, second.deadline) == ("open", timezone.localdate() + timedelta(days=14))
    entered = Assessment.objects.filter(follow_up_round=second)
    assert set(entered.values_list("state", "is_entered_by_finance")) == {
        ("draft", False),
        ("submitted", False),
        ("submitted", True),
    }
    assert {"happy", "neutral", "sad", "not_relevant"} <= set(entered.values_list("effort", flat=True))
    assert Assessment.objects.filter(follow_up_round__number=1).count() == 35


@pytest.mark.parametrize("arguments", [[], ["--if-empty"]])
def test_the_second_time_changes_nothing(empty_database, arguments):
    first = run()
    before = all_rows()

    told = run(*arguments)

    assert "Demoen er indlæst i forvejen; intet er ændret." in told
    assert all_rows() == before
    assert told.splitlines()[1:] == first.splitlines()[1:]


def test_it_refuses_beside_other_accounts(empty_database):
    create_user(username="rigtig-bruger")
    before = all_rows()

    with pytest.raises(CommandError, match="Databasen har andre konti end demokontiene"):
        run()

    assert all_rows() == before


def test_if_empty_only_says_so(empty_database):
    create_user(username="rigtig-bruger")

    told = run("--if-empty")

    assert (
        told.strip() == "Databasen har andre konti end demokontiene. Demoen er derfor ikke indlæst, og intet er ændret."
    )
    assert User.objects.count() == 1
