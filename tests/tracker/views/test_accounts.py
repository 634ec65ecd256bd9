"""Opsætning: accounts; and one's own password."""

import pytest

from tests.factories import create_centre, create_committee, create_user
from tests.tracker.views.pages import Page, signed_in, text_of
from tracker.models import Event, User
from tracker.statuses import Role

LIST = "/opsaetning/konti/"
NEW = "/opsaetning/konti/ny/"
GOOD_PASSWORD = "hest batteri hæfteklamme"


def new_account(**fields):
    return {"username": "ny-bruger", "name": "Ny medarbejder", "is_active": "on", "password": GOOD_PASSWORD} | fields


def edit(account):
    return f"{LIST}{account.pk}/"


def test_administrator_creates_an_account_that_can_sign_in(administrator, client):
    centre = create_centre()

    answer = signed_in(administrator).post(NEW, new_account(roles=["editor"], centres=[centre.pk]))

    assert (answer.status_code, answer.url) == (302, LIST)
    account = User.objects.get(username="ny-bruger")
    assert (account.roles, list(account.centres.all())) == ({"editor"}, [centre])
    assert client.post("/log-ind/", {"username": "ny-bruger", "password": GOOD_PASSWORD}).status_code == 302
    event = Event.objects.get(act="account_created")
    assert (event.subject, event.user_id) == ("konto ny-bruger", administrator.pk)
    assert GOOD_PASSWORD not in event.note


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"username": ""}, "Brugernavn"),
        ({"username": "to ord"}, "Brugernavn"),
        ({"username": "x" * 151}, "Brugernavn"),
        ({"username": "nul\x00"}, "Brugernavn"),
        ({"name": ""}, "Navn eller funktion"),
        ({"email": "ikke en adresse"}, "E-mail"),
        ({"password": "kort"}, "mindst 15"),
        ({"password": "1qaz2wsx3edc4rfv"}, "almindelig"),
        ({"password": "ny-bruger-ny-bruger", "username": "ny-bruger-ny-bruger"}, "minder for meget om"),
        ({"roles": ["editor"]}, "Vælg mindst ét center"),
        ({"roles": ["member"]}, "Vælg mindst ét udvalg"),
        ({"roles": ["konge"]}, "Roller"),
        ({"centres": ["999999"]}, "Centre"),
        ({"committees": ["x"]}, "Udvalg"),
    ],
)
def test_a_bad_account_is_refused(administrator, fields, words):
    answer = signed_in(administrator).post(NEW, new_account(**fields))

    assert answer.status_code == 422
    assert words in text_of(answer)
    assert not User.objects.filter(name="Ny medarbejder").exists()


def test_a_user_name_is_taken_once(administrator, editor):
    answer = signed_in(administrator).post(NEW, new_account(username=editor.username))

    assert answer.status_code == 422


def test_a_new_account_cannot_be_forged_into_more(administrator):
    answer = signed_in(administrator).post(
        NEW, new_account(is_superuser="on", is_staff="on", is_demo="on", user_permissions="1")
    )

    account = User.objects.get(username="ny-bruger")
    assert answer.status_code == 302
    assert (account.is_superuser, account.is_staff, account.is_demo, account.roles) == (
        False,
        False,
        False,
        frozenset(),
    )


def test_list_shows_roles_and_state(administrator, editor):
    create_user(Role.MEMBER, name="Lukket konto", is_active=False, committees=[create_committee()])

    text = text_of(signed_in(administrator).get(LIST))

    assert "Medarbejder i Ejendomme" in text and "Centermedarbejder Ejendomme ja" in text
    assert "Udvalgsmedlem Økonomiudvalget nej, lukket" in text


@pytest.mark.parametrize("sort", ["name", "-username", "is_active", "password", "roles", "%00"])
def test_list_sorts_by_what_it_shows(administrator, sort):
    assert signed_in(administrator).get(f"{LIST}?sort={sort}").status_code == 200


def test_closing_an_account_ends_its_live_session(administrator, editor):
    live = signed_in(editor)
    assert live.get("/").status_code == 200

    fields = {"username": editor.username, "name": editor.name, "roles": ["editor"], "centres": [create_centre().pk]}
    answer = signed_in(administrator).post(edit(editor), fields)

    assert answer.status_code == 302
    after = live.get("/aftaler/")
    assert (after.status_code, after.url) == (302, "/log-ind/?next=/aftaler/")


def test_a_role_that_is_taken_away_is_gone_at_the_next_request(administrator, finance, stage):
    live = signed_in(finance)
    assert live.get(stage.of_round()).status_code == 200

    signed_in(administrator).post(
        edit(finance), {"username": finance.username, "name": finance.name, "is_active": "on"}
    )

    assert [live.get(path).status_code for path in (stage.of_round(), "/aftaler/", "/")] == [404, 404, 200]
    assert "Din konto har ingen roller endnu" in text_of(live.get("/"))


@pytest.mark.parametrize("role", ["finance", "approver", "editor"])
def test_nobody_grants_themselves_a_content_role(administrator, role):
    fields = {"username": administrator.username, "name": "Mig", "is_active": "on", "centres": [create_centre().pk]}

    answer = signed_in(administrator).post(edit(administrator), fields | {"roles": ["administrator", role]})

    assert answer.status_code == 422
    assert "Du kan ikke give dig selv en rolle med adgang til indhold" in text_of(answer)
    assert User.objects.get(pk=administrator.pk).roles == {"administrator"}


@pytest.mark.parametrize("fields", [{"is_active": "on", "roles": []}, {"roles": ["administrator"]}])
def test_administrators_cannot_shut_themselves_out(administrator, fields):
    answer = signed_in(administrator).post(
        edit(administrator), {"username": administrator.username, "name": "Mig"} | fields
    )

    assert answer.status_code == 422
    assert User.objects.get(pk=administrator.pk).is_active


def test_a_new_password_ends_the_old_sessions(administrator, editor, client):
    live = signed_in(editor)

    answer = signed_in(administrator).post(f"{edit(editor)}adgangskode/", {"password": GOOD_PASSWORD})

    assert (answer.status_code, answer.url) == (302, LIST)
    assert live.get("/aftaler/").status_code == 302
    assert client.post("/log-ind/", {"username": editor.username, "password": GOOD_PASSWORD}).url == "/"


@pytest.mark.parametrize("password", ["", "kort", "x" * 14, "1qaz2wsx3edc4rfv"])
def test_a_weak_password_is_refused(administrator, editor, password):
    before = User.objects.get(pk=editor.pk).password

    answer = signed_in(administrator).post(f"{edit(editor)}adgangskode/", {"password": password})

    assert answer.status_code == 422
    assert User.objects.get(pk=editor.pk).password == before


@pytest.mark.parametrize("path", [LIST, NEW, "{pk}/", "{pk}/adgangskode/"])
def test_only_administrators_manage_accounts(finance, approver, editor, member, administrator, path):
    path = path.format(pk=f"{LIST}{editor.pk}") if "{" in path else path

    answers = [signed_in(user).get(path).status_code for user in (finance, approver, editor, member, administrator)]

    assert answers == [403, 403, 403, 403, 200]


@pytest.mark.parametrize("pk", ["0", "999999", "9" * 30, "9" * 400])
def test_an_account_that_does_not_exist(administrator, pk):
    assert signed_in(administrator).get(f"{LIST}{pk}/").status_code == 404


def test_everybody_changes_their_own_password(db):
    user = create_user(password="den gamle adgangskode")
    client = signed_in(user)
    fields = {"old_password": "den gamle adgangskode", "new_password1": GOOD_PASSWORD, "new_password2": GOOD_PASSWORD}

    answer = client.post("/adgangskode/", fields)

    assert (answer.status_code, answer.url) == (302, "/")
    assert "Din adgangskode er skiftet." in text_of(client.get("/"))
    assert User.objects.get(pk=user.pk).check_password(GOOD_PASSWORD)


@pytest.mark.parametrize(
    ("old", "new", "again"),
    [
        ("forkert", GOOD_PASSWORD, GOOD_PASSWORD),
        ("rigtig adgangskode", "kort", "kort"),
        ("rigtig adgangskode", GOOD_PASSWORD, "noget andet end før"),
    ],
)
def test_own_password_takes_the_old_one_and_a_good_new_one(db, old, new, again):
    user = create_user(password="rigtig adgangskode")

    answer = signed_in(user).post("/adgangskode/", {"old_password": old, "new_password1": new, "new_password2": again})

    assert answer.status_code == 422
    assert Page(answer).attributes("div", role="alert")
    assert User.objects.get(pk=user.pk).check_password("rigtig adgangskode")
