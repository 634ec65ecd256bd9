"""Log ind and log ud."""

import re

import pytest
from django.test import Client

from tests.factories import create_user
from tests.tracker.views.pages import Page, signed_in, text_of

PASSWORD = "en lang nok adgangskode"


@pytest.fixture
def user(db):
    return create_user(username="karen", name="Karen", password=PASSWORD)


def attempt(client, username="karen", password="forkert", **extra):
    return client.post("/log-ind/", {"username": username, "password": password}, **extra)


def test_the_right_password_lets_in_and_gives_a_new_session(client, user):
    client.get("/log-ind/")
    session = client.session
    session["før"] = 1
    session.save()
    before = session.session_key

    answer = attempt(client, password=PASSWORD)

    assert (answer.status_code, answer.url) == (302, "/")
    assert client.session.session_key != before


def test_a_wrong_password_is_422_with_the_same_words_for_everybody(client, user):
    known, unknown = attempt(client, "karen"), attempt(client, "ukendt")

    assert known.status_code == unknown.status_code == 422
    assert text_of(known) == text_of(unknown)
    same = [
        re.sub(r'(csrfmiddlewaretoken" value=")[^"]+|value="(karen|ukendt)"', "", each.content.decode())
        for each in (known, unknown)
    ]
    assert same[0] == same[1]


def test_a_disabled_account_gets_the_same_words(client, user):
    create_user(username="lukket", password=PASSWORD, is_active=False)

    disabled, unknown = attempt(client, "lukket", PASSWORD), attempt(client, "ukendt", PASSWORD)

    assert (disabled.status_code, text_of(disabled)) == (unknown.status_code, text_of(unknown))


@pytest.mark.parametrize("name", ["karen", "ukendt"])
def test_ten_failures_close_the_pair_of_account_and_address(client, user, name):
    first_nine = [attempt(client, name).status_code for _ in range(9)]
    tenth = attempt(client, name)
    then = attempt(client, name, PASSWORD)

    assert set(first_nine) == {422}
    assert (tenth.status_code, then.status_code) == (429, 429)
    assert "For mange forsøg" in text_of(then) and "Vent et kvarter" in text_of(then)


def test_the_true_user_gets_in_from_another_address(user):
    stranger, true_user = Client(REMOTE_ADDR="10.0.0.1"), Client(REMOTE_ADDR="10.0.0.2")
    for _ in range(12):
        attempt(stranger)

    answer = attempt(true_user, password=PASSWORD)

    assert answer.status_code == 302
    assert attempt(stranger, password=PASSWORD).status_code == 429


def test_a_forged_forwarded_address_changes_nothing(client, user):
    for n in range(10):
        attempt(client, headers={"X-Forwarded-For": f"10.1.1.{n}"})

    assert attempt(client, password=PASSWORD, headers={"X-Forwarded-For": "10.9.9.9"}).status_code == 429


@pytest.mark.parametrize(
    "target",
    [
        "https://ondsind.example/",
        "//ondsind.example",
        "/\\ondsind.example",
        "javascript:alert(1)",
        "http:ondsind.example",
        "\thttps://ondsind.example",
        "https:///ondsind.example",
        "%68ttps://ondsind.example",
    ],
)
def test_next_never_leads_off_the_site(client, user, target):
    answer = client.post("/log-ind/", {"username": "karen", "password": PASSWORD, "next": target})

    assert answer.status_code == 302
    assert answer.url == "/" or answer.url.startswith("%68")  # the last is a path of our own that does not exist


def test_next_leads_back_to_where_one_was(client, user):
    answer = client.post("/log-ind/?next=/aftaler/", {"username": "karen", "password": PASSWORD})

    assert answer.url == "/aftaler/"
    assert Page(Client().get("/log-ind/?next=/aftaler/")).fields["next"] == "/aftaler/"


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"username": "karen"},
        {"username": "nul\x00", "password": "x"},
        {"username": "x" * 5000, "password": "y" * 5000},
    ],
)
def test_an_odd_form_is_422(client, user, fields):
    assert client.post("/log-ind/", fields).status_code == 422


def test_whoever_is_in_is_led_to_min_side(user):
    answer = signed_in(user).get("/log-ind/")

    assert (answer.status_code, answer.url) == (302, "/")


def test_sign_out_takes_a_post_and_clears_the_browser(user):
    client = signed_in(user)

    by_link, by_form = client.get("/log-ud/"), client.post("/log-ud/")

    assert by_link.status_code == 405
    assert (by_form.status_code, by_form.url) == (302, "/log-ind/")
    assert by_form.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert client.get("/aftaler/").status_code == 302
