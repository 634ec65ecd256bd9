"""The second factor: set up, asked for, removed; and what nobody gets around where it is required."""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import NoReverseMatch, reverse

from tests.codes import code_of, give_second_factor, recovery_codes_of, wrong_code
from tests.factories import create_user
from tests.test_access import ADDRESSES
from tests.tracker.views.pages import HTMX, Page, signed_in, text_of
from tracker.models import Event
from tracker.statuses import Role

PASSWORD = "en lang nok adgangskode"
SET_UP, CODE, CODES = "/andet-trin/opsaet/", "/log-ind/kode/", "/andet-trin/gendannelseskoder/"
NEEDED_BY = (Role.FINANCE, Role.APPROVER, Role.ADMINISTRATOR)


@pytest.fixture
def user(db):
    return create_user(Role.FINANCE, username="karen", name="Karen", password=PASSWORD)


def give_password(client: Client, path: str = "/log-ind/"):
    return client.post(path, {"username": "karen", "password": PASSWORD})


def give_code(client: Client, code: str):
    return client.post(CODE, {"code": code})


def is_in(client: Client) -> bool:
    return client.get("/aftaler/").status_code == 200


def acts(user) -> list[str]:
    return list(Event.objects.filter(subject=f"konto {user.username}").order_by("pk").values_list("act", flat=True))


def set_up(client: Client):
    """Through the page, with the secret it shows; returns the secret and the answer."""
    page = client.get(SET_UP)
    assert page.status_code == 200
    secret = re.search(r'class="noegle">([A-Z2-7 ]+)<', page.content.decode())[1].replace(" ", "")
    return secret, client.post(SET_UP, {"code": code_of(secret)})


# --- Setting it up ---------------------------------------------------------------------------------------------------
def test_setting_up_takes_a_right_code_and_gives_recovery_codes(client, user):
    give_password(client)

    secret, answer = set_up(client)

    assert (answer.status_code, answer.url) == (302, CODES)
    page = client.get(CODES)
    assert len(re.findall(r"\b\d{4} \d{4}\b", text_of(page))) == 10
    assert "no-store" in page.headers["Cache-Control"]
    assert acts(user) == ["second_factor_set_up", "recovery_codes_made"]


def test_the_secret_lies_encrypted_and_the_picture_is_a_picture(client, user):
    give_password(client)
    client.get(SET_UP)

    picture = client.get("/andet-trin/opsaet/qr.svg")
    secret, _ = set_up(client)

    assert picture.headers["Content-Type"] == "image/svg+xml" and b"<path" in picture.content
    assert b"<script" not in picture.content and "no-store" in picture.headers["Cache-Control"]
    assert secret not in str(list(Authenticator.objects.values_list("data", flat=True)))
    assert client.get("/andet-trin/opsaet/qr.svg").url == SET_UP  # the secret is shown once


def test_a_wrong_code_sets_nothing_up_and_keeps_the_secret(client, user):
    give_password(client)
    page = client.get(SET_UP)
    secret = re.search(r'class="noegle">([A-Z2-7 ]+)<', page.content.decode())[1]

    for code in (wrong_code(secret.replace(" ", "")), "", "nul\x00", "x" * 5000, "१२३४५६"):
        answer = client.post(SET_UP, {"code": code})
        assert answer.status_code == 422 and secret in answer.content.decode()

    assert not Authenticator.objects.exists() and acts(user) == []


def test_an_older_sign_in_gives_the_password_again_before_setting_up(user):
    client = signed_in(user)

    answer = client.get(SET_UP)
    assert (answer.status_code, answer.url) == (302, f"/bekraeft/?next={SET_UP.replace('/', '%2F')}")
    assert client.post(answer.url, {"password": "forkert"}).status_code == 422
    assert client.get(SET_UP).status_code == 302
    confirmed = client.post(answer.url, {"password": PASSWORD, "next": SET_UP})

    assert (confirmed.status_code, confirmed.url) == (302, SET_UP)
    assert set_up(client)[1].status_code == 302


def test_a_code_that_was_typed_slowly_is_not_lost(client, user):
    """More than five minutes after the password: it is asked for, and then the code counts."""
    give_password(client)
    page = client.get(SET_UP)
    secret = re.search(r'class="noegle">([A-Z2-7 ]+)<', page.content.decode())[1].replace(" ", "")
    session = client.session
    session["account_authentication_methods"][0]["at"] -= 400
    session.save()

    asked = client.post(SET_UP, {"code": code_of(secret)})
    assert asked.url.startswith("/bekraeft/?next=")
    answer = client.post(asked.url, {"password": PASSWORD, "next": SET_UP})

    assert answer.url == CODES
    assert Authenticator.objects.filter(user=user, type="totp").exists()


# --- Signing in with it ----------------------------------------------------------------------------------------------
def test_the_password_alone_no_longer_lets_in(client, user):
    secret = give_second_factor(user)
    before = client.get("/log-ind/").client.session.session_key

    half = give_password(client, "/log-ind/?next=/aftaler/2018/")

    assert (half.status_code, half.url) == (302, CODE)
    assert not is_in(client)
    between = client.session.session_key
    wrong = give_code(client, wrong_code(secret))
    assert wrong.status_code == 422 and "Koden passer ikke." in text_of(wrong)
    assert not is_in(client)
    whole = give_code(client, code_of(secret))
    assert (whole.status_code, whole.url) == (302, "/aftaler/2018/")
    assert is_in(client)
    assert len({before, between, client.session.session_key}) == 3  # a new key at each step


@pytest.mark.parametrize("fields", [{}, {"code": ""}, {"credential": "{}"}, {"code": "x" * 5000}, {"code": "\x00"}])
def test_an_odd_code_is_422(client, user, fields):
    give_second_factor(user)
    give_password(client)

    assert client.post(CODE, fields).status_code == 422
    assert not is_in(client)


def test_a_code_lets_in_once(user):
    secret = give_second_factor(user)
    first, second = Client(), Client()
    code = code_of(secret)
    for client in (first, second):
        give_password(client)

    assert give_code(first, code).status_code == 302
    assert give_code(second, f"{code[:3]} {code[3:]}").status_code == 422
    assert give_code(second, code_of(secret, step=1)).status_code == 302


def test_a_used_code_stays_used_for_as_long_as_it_would_pass(user):
    """allauth itself forgets after half a minute, while the tolerance for wrong clocks takes a code for longer."""
    secret = give_second_factor(user)
    first, second = Client(), Client()
    code = code_of(secret)
    give_password(first)
    give_code(first, code)
    cache.delete(f"allauth.mfa.totp.used?user={user.pk}&code={code}")
    give_password(second)

    assert give_code(second, code).status_code == 422


def test_five_wrong_codes_close_the_door_for_a_while(client, user):
    secret = give_second_factor(user)
    give_password(client)
    for _ in range(5):
        assert give_code(client, wrong_code(secret)).status_code == 422

    answer = give_code(client, code_of(secret))

    assert answer.status_code == 422 and "for mange forkerte forsøg" in text_of(answer)
    elsewhere = Client(REMOTE_ADDR="10.1.1.1")
    give_password(elsewhere)
    assert give_code(elsewhere, code_of(secret)).status_code == 422
    assert not is_in(client) and not is_in(elsewhere)


def test_a_recovery_code_lets_in_once_and_is_noted(user):
    give_second_factor(user)
    code = recovery_codes_of(user)[3]
    first, second = Client(), Client()
    for client in (first, second):
        give_password(client)

    assert give_code(first, f"{code[:4]} {code[4:]}").status_code == 302
    assert give_code(second, code).status_code == 422

    assert is_in(first) and not is_in(second)
    used = Event.objects.get(act="recovery_code_used")
    assert (used.user_id, used.subject, used.note) == (user.pk, "konto karen", "9 tilbage")


def test_a_half_sign_in_runs_out(client, user):
    secret = give_second_factor(user)
    give_password(client)
    session = client.session
    session["account_login"]["initiated_at"] -= 16 * 60
    session.save()

    assert give_code(client, code_of(secret)).url == "/log-ind/"
    assert not is_in(client)


def test_an_account_that_is_closed_half_way_stays_out(client, user):
    secret = give_second_factor(user)
    give_password(client)
    user.is_active = False
    user.save(update_fields=["is_active"])

    assert give_code(client, code_of(secret)).url == "/log-ind/"
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("method", ["get", "post"])
def test_the_code_page_is_for_those_who_gave_a_password(client, user, method):
    assert getattr(client, method)(CODE).url == "/log-ind/"
    assert getattr(signed_in(user), method)(CODE).url == "/"


def test_another_secret_key_lets_nobody_in_and_is_no_500(client, user, settings):
    secret = give_second_factor(user)
    codes = recovery_codes_of(user)
    settings.SECRET_KEY = "en anden hemmelig nøgle, lang nok til at ligne en rigtig nøgle 12345"
    give_password(client)

    for code in (code_of(secret), codes[0]):
        assert give_code(client, code).status_code == 422


# --- One's own -------------------------------------------------------------------------------------------------------
def test_removing_ones_own_takes_the_password_again(user):
    give_second_factor(user)
    client = signed_in(user)
    assert client.post("/andet-trin/fjern/").url.startswith("/bekraeft/?next=")
    assert Authenticator.objects.count() == 2
    client.post("/bekraeft/", {"password": PASSWORD})

    assert client.get("/andet-trin/fjern/").status_code == 200
    assert client.post("/andet-trin/fjern/").url == "/andet-trin/"

    assert not Authenticator.objects.exists()
    assert acts(user)[-1] == "second_factor_removed"
    assert "Sæt andet trin op" in text_of(client.get("/andet-trin/"))


def test_a_code_confirms_as_well_as_the_password(user):
    secret = give_second_factor(user)
    client = signed_in(user)
    page = client.get(client.get("/andet-trin/fjern/").url)
    other = next(link for link in Page(page).links if link.startswith("/bekraeft/kode/"))

    assert client.post(other, {"code": wrong_code(secret)}).status_code == 422
    answer = client.post(other, {"code": code_of(secret), "next": "/andet-trin/fjern/"})

    assert answer.url == "/andet-trin/fjern/"
    assert client.get("/andet-trin/fjern/").status_code == 200


def test_new_recovery_codes_replace_the_old(user):
    give_second_factor(user)
    old = recovery_codes_of(user)
    client = signed_in(user)
    assert client.get(CODES).url.startswith("/bekraeft/?next=")
    client.post("/bekraeft/", {"password": PASSWORD})

    answer = client.post(f"{CODES}nye/")

    assert answer.url == CODES
    new = recovery_codes_of(user)
    assert len(new) == 10 and not set(new) & set(old)
    assert acts(user)[-1] == "recovery_codes_made"
    file = client.get("/andet-trin/gendannelseskoder.txt")
    assert file.headers["Content-Disposition"] == 'attachment; filename="gendannelseskoder.txt"'
    assert all(f"{code[:4]} {code[4:]}" in file.content.decode() for code in new)


def test_without_a_second_factor_its_pages_lead_to_the_front(user):
    client = signed_in(user)

    for path in ("/andet-trin/fjern/", CODES, "/andet-trin/gendannelseskoder.txt"):
        assert client.get(path).url == "/andet-trin/"
    assert client.post("/andet-trin/fjern/").url == "/andet-trin/"
    client.post("/bekraeft/", {"password": PASSWORD})
    assert client.post(f"{CODES}nye/").status_code == 422


def test_too_many_passwords_at_the_confirmation_are_braked(user):
    give_second_factor(user)
    client = signed_in(user)

    statuses = [client.post("/bekraeft/", {"password": "forkert"}).status_code for _ in range(12)]

    assert set(statuses[:5]) == {422} and statuses[-1] == 429


# --- Another's -------------------------------------------------------------------------------------------------------
def test_an_administrator_removes_anothers_when_the_telephone_is_lost(user, administrator):
    give_second_factor(user)
    client = signed_in(administrator)
    path = f"/opsaetning/konti/{user.pk}/andet-trin/"
    assert "sat op" in text_of(client.get("/opsaetning/konti/"))

    assert "Fjern andet trin fra Karen?" in text_of(client.get(path))
    answer = client.post(path)

    assert answer.url == f"/opsaetning/konti/{user.pk}/"
    assert not Authenticator.objects.filter(user=user).exists()
    event = Event.objects.get(act="second_factor_removed")
    assert (event.user_id, event.subject) == (administrator.pk, "konto karen")
    assert "har ikke sat et andet trin op" in text_of(client.post(path, follow=True))


def test_nobody_removes_their_own_that_way(administrator, user):
    give_second_factor(administrator)
    client = signed_in(administrator)
    own = f"/opsaetning/konti/{administrator.pk}/andet-trin/"

    assert client.get(own).url == "/andet-trin/"
    assert "Dit eget andet trin fjerner du under" in text_of(client.post(own, follow=True))

    assert Authenticator.objects.filter(user=administrator).count() == 2
    assert signed_in(user).post(f"/opsaetning/konti/{administrator.pk}/andet-trin/").status_code == 403
    assert not Event.objects.filter(act="second_factor_removed").exists()


def test_the_last_administrator_gets_help_at_the_server(administrator, capsys):
    give_second_factor(administrator)

    call_command("remove_second_factor", administrator.username)

    assert not Authenticator.objects.exists()
    assert Event.objects.get(act="second_factor_removed").actor.startswith("remove_second_factor (")
    for name, words in ((administrator.username, "har ikke sat"), ("findes-ikke", "Der er ingen konto")):
        with pytest.raises(CommandError, match=words):
            call_command("remove_second_factor", name)


# --- Where it is required --------------------------------------------------------------------------------------------
def required(settings) -> None:
    settings.SECOND_FACTOR = True


OPEN_TO_ALL = {
    "mfa_activate_totp", "second_factor_qr", "account_reauthenticate", "mfa_reauthenticate",
}  # fmt: skip
PLACES = [reverse(each.name) for each in ADDRESSES if not each.kind and each.name not in OPEN_TO_ALL]
PLACES += ["/", "/aftaler/2018/", "/aftaler/2018/runder/2/", "/aftaler/2021/beloeb.xlsx", "/opsaetning/konti/1/"]


@pytest.mark.parametrize("role", NEEDED_BY)
def test_without_a_second_factor_one_reaches_nothing_but_the_way_to_it(loaded_2018, loaded_2021, settings, role):
    required(settings)
    client = signed_in(create_user(role))
    wrong = []

    for place in PLACES:
        page = client.get(place)
        fragment = client.get(place, headers=HTMX | {"HX-Current-URL": f"http://testserver{place}"})
        if page.status_code != 302 or not page.url.startswith(SET_UP + "?next="):
            wrong.append(f"{place}: {page.status_code}")
        if fragment.content or not fragment.headers.get("HX-Redirect", "").startswith(SET_UP + "?next="):
            wrong.append(f"{place}, htmx: {fragment.status_code}")
        for headers in ({}, HTMX):
            answer = client.post(place, {"comment": "Mine ord"}, headers=headers)
            if answer.status_code != 403 or "andet trin ved log ind" not in text_of(answer):
                wrong.append(f"POST {place}, {headers}: {answer.status_code}")

    assert wrong == []
    assert client.get(SET_UP).status_code == 200
    assert client.post("/log-ud/").url == "/log-ind/"


@pytest.mark.parametrize("role", NEEDED_BY)
def test_where_it_is_not_required_they_are_reached(loaded_2018, loaded_2021, role):
    """The counter-test: the same crawl with the setting off finds no redirect to the set-up."""
    client = signed_in(create_user(role))

    answers = [client.get(place) for place in PLACES]

    assert not [each for each in answers if each.status_code == 302 and each.url.startswith(SET_UP)]
    assert 200 in {each.status_code for each in answers}


@pytest.mark.parametrize("role", [Role.EDITOR, Role.CHIEF, Role.MEMBER])
def test_the_other_roles_need_none(loaded_2018, settings, role):
    required(settings)

    assert is_in(signed_in(create_user(role)))


def test_a_text_that_was_being_saved_is_not_lost(loaded_2018, finance, settings):
    required(settings)
    client, text = signed_in(finance), "\nLange ord\r\nover to linjer & <b>"

    page = client.post("/opsaetning/aftaler/2018/punkter/3.04/", {"note": text})
    fragment = client.post("/opsaetning/aftaler/2018/punkter/3.04/", {"note": text}, headers=HTMX)
    without = client.post("/opsaetning/aftaler/2018/punkter/3.04/", {"act": "x"})

    assert page.status_code == 403 and Page(page).fields["typed"] == text
    assert SET_UP in Page(page).links
    assert "Din tekst står stadig på siden." in text_of(fragment) and "<html" not in fragment.content.decode()
    assert without.url.startswith(SET_UP)


def test_setting_it_up_opens_the_door(client, user, settings):
    required(settings)
    give_password(client)
    page = client.get("/aftaler/", follow=True)
    assert page.redirect_chain[-1][0].startswith(SET_UP)
    assert "Din konto kan ændre aftaler" in text_of(page)
    menu = {each["href"] for each in Page(page).attributes("a", **{"class": "nav-link"})}
    assert menu == {"/andet-trin/"}  # the rest would lead nowhere

    _, answer = set_up(client)

    assert client.get(answer.url).status_code == 200
    assert is_in(client)


def test_a_session_that_never_gave_a_code_is_asked_for_one(user, settings):
    """Signed in with the password elsewhere, before the second factor was there."""
    required(settings)
    elsewhere = signed_in(user)
    secret = give_second_factor(user)

    answer = elsewhere.get("/aftaler/")

    assert answer.url.startswith("/bekraeft/kode/?next=")
    assert elsewhere.post("/bekraeft/kode/", {"code": code_of(secret), "next": "/aftaler/"}).url == "/aftaler/"
    assert is_in(elsewhere)


def test_signing_in_with_a_code_is_enough_and_a_removed_one_is_not(client, user, administrator, settings):
    required(settings)
    secret = give_second_factor(user)
    give_password(client)
    give_code(client, code_of(secret))
    assert is_in(client)

    Authenticator.objects.filter(user=user).delete()

    assert client.get("/aftaler/").url.startswith(SET_UP)


# --- What allauth could do, and here does not ------------------------------------------------------------------------
@pytest.mark.parametrize(
    "name",
    [
        "account_signup", "account_logout", "account_email", "account_reset_password", "account_change_password",
        "account_set_password", "account_confirm_email", "account_inactive", "account_request_login_code",
        "mfa_add_webauthn", "mfa_trust", "socialaccount_signup", "socialaccount_connections", "openid_connect_login",
        "sso_begin",
    ],
)  # fmt: skip
def test_its_other_pages_do_not_exist(name):
    with pytest.raises(NoReverseMatch):
        reverse(name)


@pytest.mark.parametrize(
    "path", ["/accounts/", "/accounts/login/", "/accounts/signup/", "/accounts/password/reset/", "/log-ind/tjeneste/"]
)
def test_nor_are_there_pages_at_their_usual_addresses(client, db, path):
    answer = client.get(path)

    assert answer.status_code == 404


def test_with_password_sign_in_off_no_password_lets_in(client, user, settings):
    settings.PASSWORD_SIGN_IN = False

    assert give_password(client).status_code == 405
    assert not is_in(client)
