"""Min side and /sundhed/."""

from datetime import date, timedelta
from unittest import mock

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from tests.factories import create_assessment, create_item, create_round, create_user
from tests.tracker.views.pages import Page, signed_in, text_of


def test_the_front_page_leads_a_visitor_to_the_public_side(client, db):
    answer = client.get("/")

    assert (answer.status_code, answer.url) == (302, "/offentlig/")


def test_a_browser_finds_the_icon_where_it_asks_for_it(client, db):
    answer = client.get("/favicon.ico")

    assert (answer.status_code, answer.url) == (302, "/static/favicon.svg")


def test_an_editor_sees_own_open_items_most_urgent_first(stage, editor):
    started = create_item(stage.agreement, "1.01")
    create_assessment(started, stage.second, state="draft")
    create_assessment(create_item(stage.agreement, "1.02"), stage.second, by=editor)

    page = Page(signed_in(editor).get("/"))

    assert "2. budgetopfølgning" in page.text and "1 af 3 indsendt" in page.text
    assert [link for link in page.links if link in {stage.entry(), stage.entry(started)}][:2] == [
        stage.entry(),
        stage.entry(started),
    ]
    assert "Begynd med 2.02.1" in page.text
    assert stage.entry(stage.foreign) not in page.links


def test_an_overdue_round_is_told(stage, editor):
    stage.second.deadline = timezone.localdate() - timedelta(days=1)
    stage.second.save(update_fields=["deadline"])

    text = text_of(signed_in(editor).get("/"))

    assert "Fristen er overskredet" in text and "(i går)" in text


def test_finance_sees_whole_rounds_and_what_comes(stage, finance):
    create_round(stage.agreement, state="planned", label="Den tredje", opens_on=date(2031, 11, 1))

    page = Page(signed_in(finance).get("/"))

    assert "alle centre: 0 af 2 indsendt" in page.text
    assert "Den tredje, åbner 01.11.2031" in page.text
    assert stage.of_round() in page.links and stage.of_round("rapport/samlet/") in page.links


@pytest.mark.parametrize(
    ("days", "heading"),
    [
        (-1, "Fristen er overskredet"),
        (0, "Fristen er i dag"),
        (1, "Frist inden for 14 dage"),
        (14, "Frist inden for 14 dage"),
        (15, "Frist senere"),
        (None, "Uden frist"),
    ],
)
def test_what_i_owe_stands_under_how_urgent_it_is(stage, editor, days, heading):
    stage.second.deadline = None if days is None else timezone.localdate() + timedelta(days=days)
    stage.second.save(update_fields=["deadline"])

    text = text_of(signed_in(editor).get("/"))

    assert f"{heading} 2. budgetopfølgning" in text


def test_the_most_urgent_round_comes_first_and_what_is_done_last(stage, editor):
    today = timezone.localdate()
    rounds = {"sent": 3, "late": -3, "soon": 5}
    for label, days in rounds.items():
        other = create_round(label=label, deadline=today + timedelta(days=days))
        item = create_item(other.agreement, "1.01")
        if label == "sent":
            create_assessment(item, other, by=editor)

    text = text_of(signed_in(editor).get("/"))

    places = [text.index(f"{label}: ") for label in ("late", "soon", "sent")]
    assert places == sorted(places)
    assert "Indsendt sent: 1 af 1 indsendt" in text


def test_an_approver_sees_what_others_have_submitted(stage, editor, approver):
    own = create_item(stage.agreement, "1.01")
    create_assessment(own, stage.second, by=approver)
    create_assessment(stage.item, stage.second, by=editor)
    closed = create_round(stage.agreement, state="closed")
    create_assessment(stage.item, closed, by=editor)

    page = Page(signed_in(approver).get("/"))

    assert "Venter på din godkendelse (2)" in page.text and "1 indsendt af andre" in page.text
    assert stage.entry() in page.links and stage.entry(number=3) in page.links and stage.entry(own) not in page.links
    assert stage.of_round("godkend/") in page.links


def test_nobody_else_has_anything_to_approve(stage, editor, finance):
    create_assessment(stage.item, stage.second, by=editor)

    assert "Venter på din godkendelse" not in text_of(signed_in(finance).get("/"))


def test_what_finance_entered_itself_comes_back_to_finance(stage, finance, editor):
    back = {"state": "draft", "return_comment": "Se igen", "returned_at": timezone.now()}
    create_assessment(stage.item, stage.second, by=finance, is_entered_by_finance=True, **back)
    create_assessment(stage.foreign, stage.second, **back)

    text = text_of(signed_in(finance).get("/"))

    assert "Returneret til dig (1)" in text and text.count("Se igen") == 1


def test_member_and_administrator_see_what_is_theirs(stage, member, administrator):
    politician, keeper = text_of(signed_in(member).get("/")), text_of(signed_in(administrator).get("/"))

    assert "smileys fra 1. budgetopfølgning" in politician and "alle centre" not in politician
    assert "Konti: opret, luk og ret konti" in keeper and stage.agreement.title not in keeper


def test_an_account_without_roles_is_told_whom_to_ask(stage):
    assert "Din konto har ingen roller endnu" in text_of(signed_in(create_user()).get("/"))


def test_the_front_page_takes_no_post(stage, editor):
    assert signed_in(editor).post("/").status_code == 405


def test_health_says_ok_and_nothing_else(client, db):
    answer = client.get("/sundhed/")

    assert (answer.status_code, answer.content) == (200, b"ok")
    assert not answer.cookies


@pytest.mark.parametrize("error", [OperationalError("adgangskode=hemmelig"), RuntimeError("hemmelig")])
def test_health_says_fejl_when_the_database_fails(client, db, error):
    with mock.patch.object(connection, "cursor", side_effect=error):
        answer = client.get("/sundhed/")

    assert (answer.status_code, answer.content) == (503, b"fejl")


def test_health_says_fejl_while_tables_are_missing(client, db):
    with mock.patch("tracker.views.pages.MigrationExecutor.migration_plan", return_value=["en migration"]):
        answer = client.get("/sundhed/")

    assert answer.status_code == 503
