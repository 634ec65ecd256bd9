"""Sign-in through the municipality's own service, all the way: our server in a process of its own, and a service that
answers over real HTTP, rightly and wrongly."""

import html
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.live.conftest import SETTINGS, copy_of_test_database
from tests.live.provider import CLIENT_ID, CLIENT_SECRET, Provider, provider_running
from tests.live.running import BASE_DIR, Answer, Site, Visitor, environment, manage, new_data_dir, serving

pytestmark = [pytest.mark.live, pytest.mark.django_db]
BEGIN = "/log-ind/tjeneste/"
KAREN = {"sub": "karens nummer", "preferred_username": "Oekonomi", "email": "karen@example.dk"}
PASSWORD = "en lang nok adgangskode"
NO_ACCOUNT = "Du har ingen åben konto her"
DOWN = "Login-tjenesten svarer ikke, som den skal."
STALE = "Log ind-forsøget var for gammelt eller kom ikke herfra."


@pytest.fixture(scope="module")
def running_provider() -> Iterator[Provider]:
    with provider_running() as provider:
        yield provider


@pytest.fixture
def provider(running_provider) -> Provider:
    running_provider.reset(**KAREN)
    return running_provider


def settings_of(provider: Provider) -> dict:
    return {
        "SSO_SERVER_URL": provider.url,
        "SSO_CLIENT_ID": CLIENT_ID,
        "SSO_CLIENT_SECRET": CLIENT_SECRET,
        "SSO_NAME": "Prøvekommunens login",
        "SECOND_FACTOR": "on",
    }


@pytest.fixture(scope="module")
def database(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[tuple[Path, str]]:
    """The data folder and DATABASE_URL of an installation of its own, with the tables that the extra adds."""
    data_dir = new_data_dir(tmp_path_factory.mktemp("sso"))
    (data_dir / "static").mkdir()
    with django_db_blocker.unblock(), copy_of_test_database(data_dir) as url:
        yield data_dir, url


SHELL = """
import django, json, sys, traceback
django.setup()
from allauth.socialaccount.models import SocialAccount
from tracker.actions.accounts import create_account
from tracker.actions.sso import unlink_account
from tracker.models import Event, User
for line in sys.stdin:
    try:
        answer = eval(json.loads(line))
    except Exception:
        answer = traceback.format_exc()
    print(json.dumps(answer, default=str), flush=True)
"""


@pytest.fixture(scope="module")
def shell(database, running_provider) -> Iterator[Callable]:
    """Evaluates an expression in a process of the installation's own, which stays for the next."""
    data_dir, url = database
    env = environment(data_dir, settings=SETTINGS, database_url=url, extra=settings_of(running_provider))
    manage("migrate", "-v0", env=env)
    with subprocess.Popen(
        [sys.executable, "-c", SHELL], cwd=BASE_DIR, env=env, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:

        def run(expression: str):
            print(json.dumps(expression), file=process.stdin, flush=True)
            answer = json.loads(process.stdout.readline())
            assert not str(answer).startswith("Traceback"), answer
            return answer

        for role in ("finance", "administrator"):
            name = {"finance": "oekonomi"}.get(role, role)
            account = f"User(username='{name}', name='{name}')"
            run(f"create_account(account={account}, password='{PASSWORD}', roles={{'{role}'}}, by='tests')")
        yield run
        process.stdin.close()


@pytest.fixture(scope="module")
def sso_site(database, running_provider, shell) -> Iterator[Site]:
    data_dir, url = database
    extra = settings_of(running_provider)
    with serving(data_dir, settings=SETTINGS, database_url=url, extra=extra) as found:
        yield found
    found.assert_calm_log()


@pytest.fixture
def visitor(sso_site) -> Visitor:
    return Visitor(sso_site.port)


@pytest.fixture
def unlinked(shell) -> None:
    shell("SocialAccount.objects.all().delete()")


def out(visitor: Visitor, path: str = BEGIN) -> str:
    """Our way out; returns the address at the service."""
    answer = visitor.get(path)
    assert answer.status == 302, answer.text[:500]
    return answer.location


def at_the_service(provider: Provider, location: str) -> str:
    """What the service sends the browser back to."""
    assert location.startswith(provider.url + "/authorize?")
    where = urlsplit(location)
    connection = HTTPConnection("127.0.0.1", where.port, timeout=10)
    try:
        connection.request("GET", f"{where.path}?{where.query}")
        back = connection.getresponse().headers["Location"]
    finally:
        connection.close()
    return back[back.index("/log-ind/") :]


def come_in(visitor: Visitor, provider: Provider, path: str = BEGIN) -> Answer:
    return visitor.get(at_the_service(provider, out(visitor, path)))


def told(visitor: Visitor, answer: Answer) -> str:
    """What the sign-in page says after a refusal, and that nobody is in."""
    assert (answer.status, answer.location) == (302, "/log-ind/"), answer.text[:500]
    page = visitor.get("/log-ind/")
    assert page.status == 200
    assert visitor.get("/aftaler/").location == "/log-ind/?next=/aftaler/"
    return html.unescape(re.sub(r"<[^>]+>", " ", page.text))


# --- The way in ------------------------------------------------------------------------------------------------------
def test_the_whole_way_in(visitor, provider, unlinked, shell):
    page = visitor.get("/log-ind/?next=/aftaler/").text
    assert f'href="{BEGIN}?next=/aftaler/"' in page and "Log ind med Prøvekommunens login" in page
    location = out(visitor, f"{BEGIN}?next=/aftaler/")
    asked = {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}
    before = dict(visitor.cookies)

    answer = visitor.get(at_the_service(provider, location))

    assert (asked["client_id"], asked["response_type"], asked["code_challenge_method"]) == (CLIENT_ID, "code", "S256")
    assert asked["redirect_uri"].endswith("/log-ind/tjeneste/svar/") and set(asked["scope"].split()) == {
        "openid",
        "profile",
    }
    assert (answer.status, answer.location) == (302, "/aftaler/")
    assert visitor.cookies["sessionid"] != before["sessionid"]  # a new key at sign-in
    assert visitor.get("/aftaler/").status == 200  # and no second factor asked for: the service has done that
    assert shell("Event.objects.filter(act='sso_linked').latest('pk').subject") == "konto oekonomi"


def test_what_is_kept_of_the_person_is_no_more_than_it_takes(visitor, provider, unlinked, shell):
    come_in(visitor, provider)

    kept = shell("SocialAccount.objects.get().extra_data")
    assert set(kept["id_token"]) == {"iss", "sub", "uid", "preferred_username"}
    assert "/userinfo" not in provider.asked


def test_the_person_keeps_the_account_when_the_user_name_at_the_service_changes(visitor, provider, unlinked):
    come_in(visitor, provider)
    provider.person["preferred_username"] = "et-nyt-navn"
    again = Visitor(visitor.port)

    assert come_in(again, provider).location == "/"
    assert again.get("/aftaler/").status == 200


def test_a_next_of_another_site_leads_nowhere(visitor, provider, unlinked):
    answer = come_in(visitor, provider, f"{BEGIN}?next=https://ondsind.example/")

    assert answer.location == "/"


def test_password_sign_in_still_asks_for_a_second_factor(sso_site):
    visitor = Visitor(sso_site.port).sign_in("oekonomi", PASSWORD)

    assert visitor.get("/aftaler/").location.startswith("/andet-trin/opsaet/")


# --- Who does not come in --------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["en-fremmed", "", None, "oekonomi%", {"x": 1}])
def test_nobody_gets_an_account_by_signing_in(visitor, provider, unlinked, shell, name):
    provider.person = {"sub": "en fremmed", "preferred_username": name, "email": "oekonomi@example.dk"}
    before = shell("User.objects.count()")

    text = told(visitor, come_in(visitor, provider))

    assert NO_ACCOUNT in text
    assert shell("[User.objects.count(), SocialAccount.objects.count()]") == [before, 0]


def test_a_closed_account_stays_closed(visitor, provider, unlinked, shell):
    come_in(visitor, provider)  # linked while it was open
    shell("User.objects.filter(username='oekonomi').update(is_active=False)")
    try:
        late = Visitor(visitor.port)
        assert NO_ACCOUNT in told(late, come_in(late, provider))
        assert visitor.get("/aftaler/").location == "/log-ind/?next=/aftaler/"  # whoever was in is out
    finally:
        shell("User.objects.filter(username='oekonomi').update(is_active=True)")


def test_a_successor_does_not_inherit_the_account_with_the_user_name(visitor, provider, unlinked, shell):
    come_in(visitor, provider)
    provider.person["sub"] = "efterfølgerens nummer"
    successor = Visitor(visitor.port)

    text = told(successor, come_in(successor, provider))

    assert "Kontoen hører til en anden person hos login-tjenesten." in text
    by = "by=User.objects.get(username='administrator')"
    shell(f"unlink_account(account=User.objects.get(username='oekonomi'), {by})")
    assert come_in(successor, provider).location == "/"


# --- Forged, stale and broken answers --------------------------------------------------------------------------------
def test_an_answer_that_nobody_asked_for_is_refused(visitor, provider, unlinked):
    back = at_the_service(provider, out(visitor))
    stranger = Visitor(visitor.port)

    assert STALE in told(stranger, stranger.get(back))  # another browser's state
    forged = re.sub(r"state=[^&]+", "state=opdigtet", back)
    assert STALE in told(visitor, visitor.get(forged))
    assert visitor.get(back).location == "/"  # the true one is good, once
    again = Visitor(visitor.port)
    assert STALE in told(again, again.get(back))
    assert STALE in told(again, again.get("/log-ind/tjeneste/svar/"))


def test_a_code_of_another_question_is_refused(visitor, provider):
    """Somebody's own code, slipped into another's browser with that browser's state: PKCE and nonce say no."""
    own = Visitor(visitor.port)
    code = re.search(r"code=([^&]+)", at_the_service(provider, out(own)))[1]
    back = at_the_service(provider, out(visitor))

    assert DOWN in told(visitor, visitor.get(re.sub(r"code=[^&]+", f"code={code}", back)))


FORGED = {
    "nonce of another": {"claims": {"nonce": "en anden"}},
    "no nonce": {"claims": {"nonce": None}},
    "other issuer": {"claims": {"iss": "https://ondsind.example"}},
    "other audience": {"claims": {"aud": "en anden"}},
    "others too": {"claims": {"aud": [CLIENT_ID, "en anden"]}},
    "expired": {"claims": {"exp": 1_700_000_000}},
    "no sub": {"claims": {"sub": None}},
    "empty sub": {"claims": {"sub": ""}},
    "forged signature": {"forged": True},
    "no signature": {"headers": {"alg": "none"}},
    "shared key": {"headers": {"alg": "HS256"}},
    "unknown key": {"headers": {"kid": "2"}},
}


@pytest.mark.parametrize("what", FORGED)
def test_a_forged_identity_is_refused(visitor, provider, what):
    for name, value in FORGED[what].items():
        setattr(provider, name, value)

    assert DOWN in told(visitor, come_in(visitor, provider))


BROKEN = [(part, how) for part in ("discovery", "keys", "token") for how in ("down", "no json", "a list")]


@pytest.mark.parametrize(("part", "how"), [*BROKEN, ("token", "no type")])
def test_a_broken_service_is_a_sentence_and_never_a_500(visitor, provider, part, how):
    location = out(visitor)
    back = at_the_service(provider, location)
    provider.broken = {f"{part}: {how}"}

    assert DOWN in told(visitor, visitor.get(back))
    if part == "discovery":
        assert DOWN in told(visitor, visitor.get(BEGIN))


@pytest.mark.parametrize(("error", "words"), [("access_denied", "Du afbrød log ind"), ("server_error", DOWN)])
def test_what_the_service_refuses_is_told(visitor, provider, error, words):
    provider.error = error

    assert words in told(visitor, come_in(visitor, provider))


def test_a_service_that_is_gone_is_a_sentence(database, running_provider, shell):
    data_dir, url = database
    extra = settings_of(running_provider) | {"SSO_SERVER_URL": "http://127.0.0.1:9", "PASSWORD_SIGN_IN": "off"}
    with serving(data_dir, settings=SETTINGS, database_url=url, extra=extra) as site:
        visitor = Visitor(site.port)

        text = told(visitor, visitor.get(BEGIN))

        assert DOWN in text
        assert "Adgangskode" not in text  # and no password lets anybody in
        assert visitor.post("/log-ind/", {"username": "oekonomi", "password": PASSWORD}).status == 403
        assert visitor.get("/aftaler/").status == 302
