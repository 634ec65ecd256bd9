"""Signing in with two steps, by keyboard; and a sign-in that ends while somebody is writing."""

import re
import sqlite3
from contextlib import closing

import pytest
from django.contrib.sessions.serializers import JSONSerializer
from django.core import signing
from playwright.sync_api import Page, expect

from tests.browser.accessibility import assert_good_at_both_widths
from tests.browser.pages import SAVED, comment_box, is_autosave, saved_note
from tests.browser.test_journey_by_keyboard import Hands
from tests.codes import code_of, wrong_code

pytestmark = pytest.mark.browser
SALT = "django.contrib.sessions.SessionStore"  # as Django signs what is in a session


def give_password(hands: Hands, password: str) -> None:
    hands.to("Brugernavn")
    hands.type("oekonomi")
    hands.to("Adgangskode")
    hands.type(password)
    with hands.page.expect_navigation():
        hands.press("Enter")


def give_code(hands: Hands, code: str) -> None:
    if not hands.page.evaluate("document.activeElement.name === 'code'"):
        hands.to("^Kode.*skal udfyldes")
    hands.press("Control+a")
    hands.type(code)
    with hands.page.expect_navigation():
        hands.press("Enter")


def test_a_second_factor_is_set_up_and_used_by_keyboard(browse, watch, site):
    watch.expect(422)
    page = browse()
    hands = Hands(page)
    page.goto("/log-ind/")
    give_password(hands, site.password)

    hands.open("Andet trin ved log ind")
    assert_good_at_both_widths(page)
    hands.open("Sæt andet trin op")
    picture = page.locator("img.qr")
    assert picture.evaluate("(image) => image.complete && image.naturalWidth > 100")
    assert_good_at_both_widths(page)
    secret = page.locator("code.noegle").inner_text().replace(" ", "")
    give_code(hands, wrong_code(secret))
    expect(page.locator(".error-summary")).to_be_focused()
    assert_good_at_both_widths(page)
    give_code(hands, code_of(secret))
    expect(page.get_by_role("heading", name="Gendannelseskoder")).to_be_visible()
    expect(page.locator(".koder li")).to_have_count(10)
    assert_good_at_both_widths(page)
    recovery = page.locator(".koder li").first.inner_text()
    hands.open("Jeg har gemt dem")
    hands.open("Log af")

    give_password(hands, site.password)
    expect(page.get_by_role("heading", name="Log ind: andet trin")).to_be_visible()
    assert_good_at_both_widths(page)
    give_code(hands, wrong_code(secret))
    expect(page.locator(".error-summary")).to_be_focused()
    assert_good_at_both_widths(page)
    give_code(hands, code_of(secret))
    expect(page.get_by_role("heading", name="Min side")).to_be_visible()

    hands.open("Log af")
    give_password(hands, site.password)
    give_code(hands, recovery)
    hands.open("Andet trin ved log ind")
    expect(page.locator(".facts")).to_contain_text("9")
    assert_good_at_both_widths(page)
    hands.open("Fjern andet trin")
    expect(page.get_by_role("heading", name="Bekræft, at det er dig")).to_be_visible()
    assert_good_at_both_widths(page)
    hands.to("Din adgangskode")
    hands.type(site.password)
    with page.expect_navigation():
        hands.press("Enter")
    assert_good_at_both_widths(page)
    page.goto("/andet-trin/gendannelseskoder/nye/")
    assert_good_at_both_widths(page)
    page.goto("/andet-trin/fjern/")
    hands.open("^Fjern andet trin$")
    expect(page.get_by_text("Det andet trin er fjernet.")).to_be_visible()


def test_an_administrator_takes_it_from_a_lost_telephone(browse, site):
    page, administrator = browse("godkender"), browse("administrator")
    page.goto("/andet-trin/opsaet/")
    if "bekraeft" in page.url:
        page.get_by_label("Din adgangskode").fill(site.password)
        page.get_by_role("button", name="Bekræft").click()
    secret = page.locator("code.noegle").inner_text().replace(" ", "")
    page.get_by_label("Kode fra appen").fill(code_of(secret))
    page.get_by_role("button", name="Sæt andet trin op").click()
    expect(page.locator(".koder li")).to_have_count(10)

    administrator.goto("/opsaetning/konti/")
    row = administrator.get_by_role("row", name=re.compile("Godkender i Økonomi"))
    expect(row).to_contain_text("sat op")
    row.get_by_role("rowheader").get_by_role("link").click()
    administrator.get_by_role("link", name="Andet trin ved log ind").first.click()
    assert_good_at_both_widths(administrator)
    administrator.get_by_role("button", name="Fjern andet trin").click()

    expect(administrator.get_by_text("Det andet trin er fjernet fra")).to_be_visible()


def age_all_sessions(site, stamp: str, seconds: int) -> None:
    key = (site.data_dir / "secret_key").read_text(encoding="utf-8").strip()
    with closing(sqlite3.connect(site.database, timeout=20)) as database:
        for number, data in database.execute("SELECT session_key, session_data FROM django_session").fetchall():
            session = signing.loads(data, key=key, salt=SALT, serializer=JSONSerializer)
            session[stamp] -= seconds
            data = signing.dumps(session, key=key, salt=SALT, serializer=JSONSerializer, compress=True)
            database.execute("UPDATE django_session SET session_data = ? WHERE session_key = ?", (data, number))
        database.commit()


def sign_in_in_a_new_tab(page: Page, password: str) -> None:
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Log ind i en ny fane").click()
    tab = opened.value
    tab.get_by_label("Brugernavn").fill("ejendomme")
    tab.get_by_label("Adgangskode").fill(password)
    tab.get_by_role("button", name="Log ind").click()
    expect(tab.get_by_role("heading", name="Min side")).to_be_visible()
    tab.close()


@pytest.mark.parametrize(("stamp", "minutes"), [("seen_at", 31), ("signed_in_at", 601)], ids=["idle", "a whole day"])
def test_text_written_before_the_sign_in_ended_is_saved_after_a_new_one(browse, watch, site, entry_url, stamp, minutes):
    watch.expect(401)
    page = browse("ejendomme")
    page.goto(entry_url("3.08"))
    age_all_sessions(site, stamp, minutes * 60)

    with page.expect_response(is_autosave):
        comment_box(page).press_sequentially("Skrevet, mens log ind løb ud")
    expect(page.locator("#besked")).to_contain_text("Ikke gemt: du er logget af")
    assert_good_at_both_widths(page)
    sign_in_in_a_new_tab(page, site.password)
    with page.expect_response(is_autosave):
        comment_box(page).press_sequentially(".")

    expect(saved_note(page)).to_have_text(SAVED)
    expect(page.locator("#besked")).to_be_empty()
    page.reload()
    expect(comment_box(page)).to_have_value("Skrevet, mens log ind løb ud.")


def test_a_plain_form_gives_the_text_back_to_copy(browse, watch, site):
    watch.expect(401)
    page = browse("oekonomi")
    page.goto("/opsaetning/aftaler/2018/punkter/3.04/")
    text = "Linje et\nlinje to & <b>"
    page.get_by_label("Administrationens bemærkning").fill(text)
    age_all_sessions(site, "seen_at", 31 * 60)

    page.get_by_role("button", name="Gem rettelserne").click()

    expect(page.get_by_text("Fejlkode 401")).to_be_visible()
    assert text in page.locator("#typed").input_value()
    assert_good_at_both_widths(page)
