"""What every answer carries, a sign-in that was lost, and the error pages."""

import json
import re
from unittest import mock

import pytest
from django.test import Client

from tests.tracker.views.conftest import Stage, create_stage
from tests.tracker.views.pages import HTMX, Page, signed_in, text_of
from tracker.errors import TrackerError
from tracker.logs import JsonFormatter, current_request_id

CSP = {
    "default-src": "'none'", "script-src": "'self'", "style-src": "'self'", "img-src": "'self'", "font-src": "'self'",
    "connect-src": "'self'", "form-action": "'self'", "base-uri": "'none'", "frame-ancestors": "'none'",
    "object-src": "'none'",
}  # fmt: skip


@pytest.fixture
def stage(db) -> Stage:
    return create_stage()


def assert_safe(response):
    found = dict(part.strip().split(" ", 1) for part in response.headers["Content-Security-Policy"].split(";"))
    assert found == CSP
    assert "no-store" in response.headers["Cache-Control"] and "private" in response.headers["Cache-Control"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert response.headers["X-Frame-Options"] == "DENY"
    assert response.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "HX-Request" in response.headers["Vary"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 200), ("/aftaler/", 200), ("/aftaler/2018/", 200), ("/aftaler/2018/matrix/", 200),
        ("/aftaler/2018/punkter/3.04/", 200), ("/aftaler/2018/runder/1/", 200),
        ("/aftaler/2018/runder/1/rapport/samlet/", 200), ("/aftaler/2018/runder/1/rapport/samlet.xlsx", 200),
        ("/aftaler/2018/runder/1/rapport/samlet.json", 200), ("/findes-ikke/", 404), ("/opsaetning/konti/", 403),
        ("/aftaler", 301), ("/log-ud/", 405), ("/sundhed/", 200),
    ],
)  # fmt: skip
def test_headers_of_every_kind_of_answer(loaded_2018, finance, path, status):
    answer = signed_in(finance).get(path)

    assert answer.status_code == status
    assert_safe(answer)


def test_headers_of_answers_to_strangers_and_of_refusals(loaded_2018, finance):
    client = signed_in(finance, enforce_csrf_checks=True)

    answers = {
        "sign-in": Client().get("/log-ind/"),
        "led to the sign-in": Client().get("/aftaler/"),
        "htmx led to it": Client().get("/aftaler/", headers=HTMX),
        "htmx told of it": Client().post("/aftaler/", headers=HTMX),
        "not found": Client().get("/findes-ikke/"),
        "no token": client.post("/log-ud/"),
        "foreign host": Client().get("/log-ind/", headers={"Host": "ondsind.example"}),
    }

    assert [answer.status_code for answer in answers.values()] == [200, 302, 200, 401, 404, 403, 400]
    for answer in answers.values():
        assert_safe(answer)


# --- A lost sign-in --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("path", ["/aftaler/2018/punkter/3.04/", "/aftaler/2018/punkter/9.99/", "/aftaler/1999/"])
def test_a_visitor_is_led_to_the_sign_in_alike_for_what_is_and_what_is_not(loaded_2018, path):
    answer = Client().get(path)

    assert (answer.status_code, answer.url) == (302, f"/log-ind/?next={path}")


def test_htmx_leads_the_whole_page_to_the_sign_in(loaded_2018):
    headers = HTMX | {"HX-Current-URL": "http://testserver/aftaler/2018/matrix/?kind=drift"}

    answer = Client().get("/aftaler/2018/matrix/?words=x", headers=headers)

    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["HX-Redirect"] == "/log-ind/?next=/aftaler/2018/matrix/%3Fkind%3Ddrift"


def test_htmx_from_another_site_is_led_to_our_front_page(loaded_2018):
    answer = Client().get("/aftaler/", headers=HTMX | {"HX-Current-URL": "https://ondsind.example/aftaler/"})

    assert answer.headers["HX-Redirect"] == "/log-ind/?next=/"


def test_an_autosave_after_the_session_says_so_beside_the_text(stage):
    answer = Client().post(stage.entry(), {"comment": "Mine ord"}, headers=HTMX)

    assert answer.status_code == 401
    assert "HX-Redirect" not in answer.headers
    assert "Ikke gemt: du er logget af" in text_of(answer) and "Din tekst står stadig på siden." in text_of(answer)


# --- Error pages -----------------------------------------------------------------------------------------------------
def test_403_404_405_pages_are_danish(loaded_2018, finance):
    client = signed_in(finance)

    forbidden, missing = client.get("/opsaetning/konti/"), client.get("/findes-ikke/")

    assert "Det har du ikke adgang til" in text_of(forbidden) and "Fejlkode 403" in text_of(forbidden)
    assert "Siden findes ikke" in text_of(missing) and "Fejlkode 404" in text_of(missing)
    fragment = client.get("/findes-ikke/", headers=HTMX)
    assert "Siden findes ikke" in text_of(fragment) and "<html" not in fragment.content.decode()


def test_400_for_a_foreign_host(db):
    answer = Client().get("/log-ind/", headers={"Host": "ondsind.example"})

    assert answer.status_code == 400
    assert "Vi kunne ikke forstå forespørgslen" in text_of(answer)
    assert "ondsind" not in answer.content.decode()


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
@pytest.mark.parametrize("checks", [True, False], ids=["with csrf", "without csrf"])
def test_413_for_a_body_that_is_too_big(stage, editor, headers, checks):
    client = signed_in(editor, enforce_csrf_checks=checks)
    client.get(stage.entry())  # brings the token's cookie

    answer = client.post(
        stage.entry(), {"comment": "x" * 1_000_001}, headers=headers, content_type="application/x-www-form-urlencoded"
    )
    multipart = client.post(stage.entry(), {"comment": "x" * 1_000_001}, headers=headers)

    for each in (answer, multipart):
        assert each.status_code == 413
        assert "Det er for meget på én gang" in text_of(each)


@pytest.mark.parametrize("body", [b"--x\r\nbroken", b"", b"\xff\xfe"])
def test_a_broken_body_is_never_500(stage, editor, body):
    answer = signed_in(editor).generic("POST", stage.entry(), body, content_type="multipart/form-data; boundary=")

    assert answer.status_code in {400, 422}
    assert "Fejlkode 400" in text_of(answer) or answer.status_code == 422


def test_too_many_fields_are_400(stage, editor):
    answer = signed_in(editor).post(stage.entry(), {f"f{n}": "1" for n in range(1_100)})

    assert answer.status_code == 400
    assert "Vi kunne ikke forstå forespørgslen" in text_of(answer)


def test_a_broken_rule_that_no_form_shows_is_a_409_page_with_the_text(stage, editor):
    with mock.patch("tracker.views.entries.find_entry", side_effect=TrackerError("Sådan er reglen.")):
        page = signed_in(editor).post(stage.entry(), {"comment": "\nMine ord"})
        fragment = signed_in(editor).post(stage.entry(), {"comment": "Mine ord"}, headers=HTMX)

    assert (page.status_code, fragment.status_code) == (409, 409)
    assert "Sådan er reglen." in text_of(page) and "Sådan er reglen." in text_of(fragment)
    assert Page(page).fields["typed"] == "\nMine ord"


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_500_says_so_without_a_database(stage, editor, headers):
    client = signed_in(editor, raise_request_exception=False)

    with mock.patch("tracker.views.entries.find_entry", side_effect=RuntimeError("hemmelig grund")):
        answer = client.post(stage.entry(), {"comment": "Mine ord"}, headers=headers)

    assert answer.status_code == 500
    assert "Der skete en fejl hos os" in text_of(answer)
    assert "hemmelig" not in answer.content.decode()
    assert ("<html" in answer.content.decode()) is not bool(headers)
    assert_safe(answer)


# --- CSRF ------------------------------------------------------------------------------------------------------------
def test_a_page_that_is_too_old_gives_the_text_back(stage, editor):
    client = signed_in(editor, enforce_csrf_checks=True)
    text = "\nLange ord\r\nover to linjer & <b>"

    answer = client.post(stage.entry(), {"comment": text, "version": "0"})

    assert answer.status_code == 403
    assert "Siden var for gammel til at blive gemt fra." in text_of(answer)
    assert Page(answer).fields["typed"] == text
    assert not stage.second.assessments.exists()


def test_every_text_of_an_items_form_is_given_back(stage, finance):
    client = signed_in(finance, enforce_csrf_checks=True)
    fields = {
        name: f"ord til {name}"
        for name in ("text", "note", "economy_text", "source_note", "milestones_1", "milestones_2", "reason")
    }

    answer = client.post(f"/opsaetning/aftaler/{stage.year}/punkter/2.02.1/", fields)

    assert answer.status_code == 403
    for words in fields.values():
        assert words in Page(answer).fields["typed"]


@pytest.mark.parametrize(
    "headers",
    [{"X-CSRFToken": "x" * 64}, {"Origin": "https://ondsind.example"}, {"Origin": "null"}],
    ids=["wrong token", "foreign origin", "null origin"],
)
def test_forged_posts_are_refused(stage, editor, headers):
    client = signed_in(editor, enforce_csrf_checks=True)
    token = re.search(r'csrfmiddlewaretoken" value="([^"]+)', client.get(stage.entry()).content.decode())[1]
    fields = {"comment": "x", "version": "0"} | ({"csrfmiddlewaretoken": token} if "Origin" in headers else {})

    answer = client.post(stage.entry(), fields, headers=headers)

    assert answer.status_code == 403
    assert not stage.second.assessments.exists()


def test_the_token_works_from_the_form_and_from_the_header(stage, editor):
    client = signed_in(editor, enforce_csrf_checks=True)
    token = re.search(r'csrfmiddlewaretoken" value="([^"]+)', client.get(stage.entry()).content.decode())[1]

    by_form = client.post(stage.entry(), {"comment": "a", "version": "0", "csrfmiddlewaretoken": token})
    by_header = client.post(stage.entry(), {"comment": "b", "version": "1"}, headers=HTMX | {"X-CSRFToken": token})

    assert (by_form.status_code, by_header.status_code) == (302, 200)


# --- The number of a request -----------------------------------------------------------------------------------------
def number_of(answer) -> str:
    return answer.headers["X-Request-ID"]


def test_every_answer_has_a_number_of_its_own(loaded_2018, finance):
    client = signed_in(finance)

    numbers = [number_of(client.get(path)) for path in ("/", "/", "/findes-ikke/", "/sundhed/", "/aftaler")]

    assert all(re.fullmatch(r"[0-9a-f]{32}", each) for each in numbers)
    assert len(set(numbers)) == 5
    assert current_request_id() == ""  # outside a request there is none


@pytest.mark.parametrize(
    ("given", "trusted", "is_kept"),
    [
        ("lb-1234567890.a", True, True),
        ("lb-1234567890.a", False, False),
        ("kort", True, False),
        ("x" * 41, True, False),
        ("a b c d e f g h", True, False),
        ('"}\n{"level"', True, False),
        ("æøåæøåæøå", True, False),
    ],
)
def test_a_visitor_cannot_choose_it_and_a_proxy_only_decently(db, settings, given, trusted, is_kept):
    settings.TRUSTED_PROXY = trusted

    answer = Client().get("/sundhed/", headers={"X-Request-ID": given})

    assert (number_of(answer) == given) is is_kept


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_the_failure_page_names_it_and_the_log_does(stage, editor, headers, caplog):
    client = signed_in(editor, raise_request_exception=False)

    with mock.patch("tracker.views.entries.find_entry", side_effect=RuntimeError("hemmelig grund")):
        answer = client.post(stage.entry(), {"comment": "Mine ord"}, headers=headers)

    assert number_of(answer) in text_of(answer)
    [record] = [each for each in caplog.records if each.levelname == "ERROR"]
    assert json.loads(JsonFormatter().format(record))["request_id"] == number_of(answer)


def test_a_log_line_after_the_answer_still_knows_it(db, caplog):
    answer = Client().post("/log-ind/", {})  # Django tells of a 422 when our middleware has done with it

    [record] = [each for each in caplog.records if getattr(each, "status_code", None) == 422]
    assert json.loads(JsonFormatter().format(record))["request_id"] == number_of(answer)
