"""How a sign-in ends, and that what somebody was writing outlives it."""

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.factories import create_user
from tests.tracker.views.conftest import Stage, create_stage
from tests.tracker.views.pages import HTMX, Page, signed_in, text_of
from tracker.actions.accounts import set_password
from tracker.models import Assessment
from tracker.statuses import Role

PASSWORD = "en lang nok adgangskode"
MINUTE, HOUR = 60, 3600
SIGN_IN = "/log-ind/?next=/aftaler/"
# how the sign-in ended: which stamp of the session is how old
ENDS = {"idle": ("seen_at", 31 * MINUTE), "a whole day": ("signed_in_at", 10 * HOUR)}


@pytest.fixture
def stage(db) -> Stage:
    return create_stage()


def age(client: Client, stamp: str, seconds: int) -> None:
    """As if the session had been stamped that much earlier."""
    session = client.session
    session[stamp] -= seconds
    session.save()


@pytest.mark.parametrize("end", ENDS)
def test_a_sign_in_ends_by_itself(editor, end):
    client = signed_in(editor)
    assert client.get("/aftaler/").status_code == 200
    key = client.session.session_key
    age(client, *ENDS[end])

    answer = client.get("/aftaler/")

    assert (answer.status_code, answer.url) == (302, SIGN_IN)
    assert not Session.objects.filter(pk=key).exists()


@pytest.mark.parametrize(("stamp", "seconds"), [("seen_at", 29 * MINUTE), ("signed_in_at", 10 * HOUR - MINUTE)])
def test_a_little_earlier_it_lasts(editor, stamp, seconds):
    client = signed_in(editor)
    age(client, stamp, seconds)

    assert client.get("/aftaler/").status_code == 200


def test_every_request_starts_the_half_hour_again_but_not_the_day(editor):
    client = signed_in(editor)
    for _ in range(3):
        age(client, "seen_at", 20 * MINUTE)
        assert client.get("/aftaler/").status_code == 200
    signed_in_at = client.session["signed_in_at"]

    age(client, "seen_at", 20 * MINUTE)
    client.get("/aftaler/")

    assert client.session["signed_in_at"] == signed_in_at


@pytest.mark.parametrize("end", ENDS)
def test_without_the_rule_it_would_last(editor, settings, end):
    settings.SESSION_IDLE_SECONDS = settings.SESSION_LONGEST_SECONDS = 100 * HOUR
    client = signed_in(editor)
    age(client, *ENDS[end])

    assert client.get("/aftaler/").status_code == 200


def test_the_session_is_written_at_most_once_a_minute(editor):
    client = signed_in(editor)

    def writes() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/aftaler/").status_code == 200
        return sum("django_session" in query["sql"] and "SELECT" not in query["sql"] for query in captured)

    assert [writes(), writes()] == [0, 0]
    age(client, "seen_at", MINUTE)
    assert [writes(), writes()] == [1, 0]


def test_a_session_from_before_the_rule_gets_its_stamps(editor):
    client = signed_in(editor)
    session = client.session
    del session["seen_at"], session["signed_in_at"]
    session.save()

    assert client.get("/aftaler/").status_code == 200
    assert {"seen_at", "signed_in_at"} <= set(client.session.keys())


# --- With the account ------------------------------------------------------------------------------------------------
def test_a_new_sign_in_has_a_new_key_and_a_new_day(db):
    user = create_user(Role.EDITOR, password=PASSWORD)
    client = Client()
    keys = set()
    for _ in range(2):
        client.get("/log-ind/")
        client.post("/log-ind/", {"username": user.username, "password": PASSWORD})
        keys.add(client.session.session_key)
        age(client, "signed_in_at", 11 * HOUR)
        assert client.get("/aftaler/").status_code == 302

    assert len(keys) == 2


def test_a_new_password_ends_the_other_sessions_at_their_next_request(db, administrator):
    user = create_user(Role.EDITOR, password=PASSWORD)
    here, elsewhere = signed_in(user), signed_in(user)
    key = here.session.session_key
    fields = {
        "old_password": PASSWORD,
        "new_password1": "helt andre lange ord",
        "new_password2": "helt andre lange ord",
    }

    assert here.post("/adgangskode/", fields).status_code == 302

    assert here.session.session_key != key
    assert here.get("/aftaler/").status_code == 200
    assert elsewhere.get("/aftaler/").url == SIGN_IN
    user.refresh_from_db()
    set_password(account=user, password="og igen nogle andre", by=administrator)
    assert here.get("/aftaler/").url == SIGN_IN


def test_a_closed_account_is_out_at_once_and_its_session_does_not_come_back(editor):
    client = signed_in(editor)
    key = client.session.session_key
    editor.is_active = False
    editor.save(update_fields=["is_active"])

    assert client.get("/aftaler/").url == SIGN_IN
    assert not Session.objects.filter(pk=key).exists()

    editor.is_active = True
    editor.save(update_fields=["is_active"])
    assert client.get("/aftaler/").url == SIGN_IN


# --- The text --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("end", [*ENDS, "closed", "new password"])
@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_what_was_being_written_outlives_the_sign_in(stage, editor, administrator, end, headers):
    text = "\nLange ord\r\nover to linjer & <b>"
    fields = {"comment": text, "version": "0", "effort": "happy", "economy": "kept", "page_token": ""}
    client = signed_in(editor)
    if end == "closed":
        editor.is_active = False
        editor.save(update_fields=["is_active"])
    elif end == "new password":
        set_password(account=editor, password="og igen nogle andre", by=administrator)
    else:
        age(client, *ENDS[end])

    answer = client.post(stage.entry(), fields, headers=headers)

    assert answer.status_code == 401
    assert not Assessment.objects.filter(follow_up_round=stage.second).exists()
    if headers:  # beside the text, which the page keeps
        assert "Ikke gemt: du er logget af" in text_of(answer) and "HX-Redirect" not in answer.headers
    else:
        assert Page(answer).fields["typed"] == text
    editor.is_active = True
    editor.save(update_fields=["is_active"])
    client.force_login(editor, backend="django.contrib.auth.backends.ModelBackend")
    assert client.post(stage.entry(), fields, headers=headers).status_code in {200, 302}
    assert (
        Assessment.objects.get(follow_up_round=stage.second).comment.strip().splitlines() == text.strip().splitlines()
    )
