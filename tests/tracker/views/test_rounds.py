"""Rundens overblik, and opening and closing a round."""

from datetime import date

import pytest

from tests.factories import create_assessment, create_item, create_round
from tests.tracker.views.pages import HTMX, Page, signed_in, text_of
from tracker.models import Event


def keys_in(response) -> list[str]:
    """The items' keys from the top of the table."""
    return [
        link.rstrip("/").rsplit("/", 1)[-1]
        for link in Page(response).links
        if "/indberetning/" in link and link[-1] == "/" and not link.endswith("indberetning/")
    ]


def test_board_puts_what_is_missing_first_and_counts_per_centre(stage, finance, editor):
    create_item(stage.agreement, "1.01")
    create_item(stage.agreement, "2.02.2")
    create_assessment(stage.item, stage.second, by=editor)
    create_assessment(stage.agreement.items.get(key="1.01"), stage.second, state="draft")

    answer = signed_in(finance).get(stage.of_round())

    assert keys_in(answer) == ["2.02.2", "3.10", "1.01", "2.02.1"]
    page = Page(answer)
    assert "1 af 4 indsendt. Runden er åben, og fristen er 01.09.2031" in page.text
    assert "Ejendomme 1 1 1 3 Politisk Sekretariat 1 0 0 1" in page.text


def test_board_is_narrowed_by_centre_and_the_fragment_is_that_part_of_the_page(stage, finance):
    client = signed_in(finance)

    page = client.get(stage.of_round("?center=ejendomme"))
    fragment = client.get(stage.of_round("?center=ejendomme"), headers=HTMX)

    assert keys_in(page) == ["2.02.1"] and "1 punkter vist" in text_of(page)
    assert fragment.content.decode().strip() in page.content.decode()
    assert "HX-Request" in page.headers["Vary"]


def test_going_back_in_the_browser_gets_the_whole_page(stage, finance):
    headers = HTMX | {"HX-History-Restore-Request": "true"}

    answer = signed_in(finance).get(stage.of_round(), headers=headers)

    assert "<html" in answer.content.decode()


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("key", ["2.02.1", "3.10"]),
        ("-key", ["3.10", "2.02.1"]),
        ("centre", ["2.02.1", "3.10"]),
        ("-centre", ["3.10", "2.02.1"]),
    ],
)
def test_board_sorts_by_its_links(stage, finance, sort, expected):
    answer = signed_in(finance).get(stage.of_round(f"?sort={sort}"))

    assert keys_in(answer) == expected


@pytest.mark.parametrize(
    "query", ["center=findes-ikke", "center=%00", "sort=%00", "sort=entry__item__pk", "sort=;", "sort=title"]
)
def test_board_takes_odd_addresses_calmly(stage, finance, query):
    answer = signed_in(finance).get(stage.of_round(f"?{query}"))

    assert answer.status_code == 200


def test_board_of_a_closed_round_says_not_reported(stage, finance):
    stage.second.state = "closed"
    stage.second.save(update_fields=["state"])

    answer = signed_in(finance).get(stage.of_round())

    assert "ikke indberettet" in text_of(answer) and "Runden er lukket" in text_of(answer)


def test_board_never_shows_a_centres_draft(stage, finance):
    create_assessment(stage.item, stage.second, state="draft", effort="sad", economy="not_kept", comment="Kladdens ord")

    answer = signed_in(finance).get(stage.of_round())

    assert "smiley--sad" not in answer.content.decode() and "Kladdens ord" not in answer.content.decode()


def test_board_is_for_finance_and_approver_only(stage, editor, member, administrator, approver):
    allowed = signed_in(approver).get(stage.of_round())
    hidden = [signed_in(user).get(stage.of_round()).status_code for user in (editor, member, administrator)]

    assert allowed.status_code == 200
    assert hidden == [404, 404, 404]


def test_approver_closes_and_opens_rounds(stage, approver):
    third = create_round(stage.agreement, state="planned")
    client = signed_in(approver)

    closed = client.post(stage.of_round("luk/"))
    opened = client.post(stage.of_round("aabn/", number=3), {"version": 1})

    stage.second.refresh_from_db()
    third.refresh_from_db()
    assert (closed.status_code, closed.url, opened.url) == (302, stage.of_round(), stage.of_round(number=3))
    assert (stage.second.state, stage.second.closed_by, third.state) == ("closed", approver, "open")


def test_opening_sets_the_dates(stage, approver):
    third = create_round(stage.agreement, state="planned")

    signed_in(approver).post(
        stage.of_round("aabn/", number=3), {"deadline": "01.05.2099", "as_of": "30.04.2099", "version": 1}
    )

    third.refresh_from_db()
    assert (third.deadline, third.as_of) == (date(2099, 5, 1), date(2099, 4, 30))


def test_a_deadline_in_the_past_is_refused_in_words(stage, approver):
    create_round(stage.agreement, state="planned")

    answer = signed_in(approver).post(stage.of_round("aabn/", number=3), {"deadline": "01.05.2001", "version": 1})

    assert answer.status_code == 422
    assert "Vælg en senere frist" in text_of(answer)


def test_a_closed_round_opens_again_with_a_reason_only(stage, approver):
    client = signed_in(approver)
    client.post(stage.of_round("luk/"))

    fields = Page(client.get(stage.of_round("aabn/"))).fields

    without = client.post(stage.of_round("aabn/"), fields | {"reason": " "})
    given = client.post(stage.of_round("aabn/"), fields | {"reason": "To centre kom for sent"})

    assert (without.status_code, given.status_code) == (422, 302)
    stage.second.refresh_from_db()
    assert (stage.second.state, stage.second.closed_at, stage.second.closed_by) == ("open", None, None)
    assert Event.objects.get(act="round_reopened").note == "To centre kom for sent"


def test_a_round_is_not_moved_twice(stage, approver):
    answers = [
        signed_in(approver).post(stage.of_round("aabn/")),  # open already
        signed_in(approver).post(stage.of_round("luk/", number=1)),
    ]

    assert [answer.status_code for answer in answers] == [409, 409]


def test_others_may_not_move_a_round(stage, finance, editor, member):
    answers = [signed_in(user).post(stage.of_round("luk/")).status_code for user in (finance, editor, member)]

    assert answers == [403, 403, 404]
    stage.second.refresh_from_db()
    assert stage.second.is_open


def test_closing_says_first_what_it_leaves_out(stage, approver):
    answer = signed_in(approver).get(stage.of_round("luk/"))

    assert answer.status_code == 200
    assert "0 af 2 punkter er indsendt" in text_of(answer) and "bliver »ikke indberettet«" in text_of(answer)
    stage.second.refresh_from_db()
    assert stage.second.is_open
