"""Vikar: a chief names a substitute, who sees it on Min side."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from tests.factories import create_centre, create_user
from tests.tracker.views.pages import Page, signed_in, text_of
from tracker.models import Event, Substitute, User
from tracker.statuses import Role

PAGE = "/vikar/"


def day(days: int = 0) -> date:
    return timezone.localdate() + timedelta(days=days)


def typed(user, first=0, last=7, **fields):
    return {"stand_in": user.pk, "first_day": f"{day(first):%d.%m.%Y}", "last_day": f"{day(last):%d.%m.%Y}"} | fields


@pytest.fixture
def stand_in(db):
    return create_user(Role.EDITOR, name="Karen Vikar", centres=[create_centre("Arbejdsmarked")])


@pytest.fixture
def substitute(chief, stand_in):
    return Substitute.objects.create(chief=chief, stand_in=stand_in, first_day=day(-2), last_day=day(2))


def test_a_chief_names_a_substitute(stage, chief, stand_in):
    answer = signed_in(chief).post(PAGE, typed(stand_in))

    assert (answer.status_code, answer.url) == (302, PAGE)
    found = Substitute.objects.get()
    assert (found.chief, found.stand_in, found.first_day, found.last_day) == (chief, stand_in, day(), day(7))
    assert Event.objects.get(act="substitute_named").user_id == chief.pk
    text = text_of(signed_in(chief).get(PAGE))
    assert f"Lige nu Karen Vikar Fra {day():%d.%m.%Y} til og med {day(7):%d.%m.%Y}" in text


def test_the_substitute_finds_it_on_the_front_page_and_enters(stage, substitute, chief, stand_in):
    client = signed_in(stand_in)

    page = Page(client.get("/"))

    assert f"Du er vikar for {chief.name} til og med {day(2):%d.%m.%Y}." in page.text
    assert stage.entry() in page.links and PAGE not in page.links
    assert client.get(stage.entry()).status_code == 200
    assert client.get(stage.entry(stage.foreign)).status_code == 404


def test_a_substitute_to_be_is_told_too(stage, substitute, stand_in):
    Substitute.objects.update(first_day=day(1))

    page = Page(signed_in(stand_in).get("/"))

    assert f"Du bliver vikar for Centerchef i Ejendomme fra {day(1):%d.%m.%Y}" in page.text
    assert signed_in(stand_in).get(stage.entry()).status_code == 404


def test_only_those_of_a_centre_can_be_chosen(stage, chief, stand_in, member, finance):
    User.objects.create(username="lukket", name="Lukket Konto", is_active=False)

    text = text_of(signed_in(chief).get(PAGE))

    assert "Karen Vikar (Arbejdsmarked)" in text
    assert not [name for name in (member.name, finance.name, "Lukket Konto", f"{chief.name} (") if name in text]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"stand_in": ""}, "Vikar"),
        ({"stand_in": "999999"}, "Vælg en af personerne på listen"),
        ({"stand_in": "9" * 30}, "Vælg en af personerne på listen"),
        ({"stand_in": "x"}, "Vælg en af personerne på listen"),
        ({"stand_in": "\x00"}, "Null-tegn er ikke tilladte"),
        ({"first_day": ""}, "Første dag"),
        ({"first_day": "i morgen"}, "Skriv datoen som dag, måned og år"),
        ({"first_day": "01.01.0031"}, "Skriv årstallet med fire cifre"),
        ({"first_day": "01.01.2001"}, "tidligst begynde i dag"),
        ({"last_day": "02.01.2001"}, "Den sidste dag ligger før den første"),
    ],
)
def test_bad_input_is_told_at_the_field_and_kept(stage, chief, stand_in, fields, words):
    data = typed(stand_in, **fields)

    answer = signed_in(chief).post(PAGE, data)

    assert answer.status_code == 422
    assert words in text_of(answer)
    page = Page(answer)
    assert (page.fields["first_day"], page.fields["last_day"]) == (data["first_day"], data["last_day"])
    assert not Substitute.objects.exists()


def test_overlapping_periods_are_refused_kindly(substitute, chief, stand_in):
    answer = signed_in(chief).post(PAGE, typed(stand_in))

    assert answer.status_code == 422
    assert "Karen Vikar er allerede din vikar" in text_of(answer)
    assert Substitute.objects.count() == 1


def test_a_chief_ends_one_early(substitute, chief, stand_in):
    answer = signed_in(chief).post(f"{PAGE}{substitute.pk}/afslut/")

    assert (answer.status_code, answer.url) == (302, PAGE)
    substitute.refresh_from_db()
    assert substitute.last_day == day(-1)
    text = text_of(signed_in(chief).get(PAGE))
    assert "Tidligere Karen Vikar" in text and "Lige nu" not in text
    assert not User.objects.get(pk=stand_in.pk).stand_in_centre_ids


def test_ending_twice_is_told(substitute, chief):
    client = signed_in(chief)
    client.post(f"{PAGE}{substitute.pk}/afslut/")

    answer = client.post(f"{PAGE}{substitute.pk}/afslut/")

    assert answer.status_code == 409
    assert "er allerede afsluttet" in text_of(answer)
    assert Event.objects.filter(act="substitute_ended").count() == 1


def test_another_chief_cannot_end_it(substitute):
    other = create_user(Role.CHIEF, centres=[create_centre("Arbejdsmarked")])

    answer = signed_in(other).post(f"{PAGE}{substitute.pk}/afslut/")

    assert answer.status_code == 404
    substitute.refresh_from_db()
    assert substitute.last_day == day(2)


def test_who_may_not_name_a_substitute(substitute, stand_in, editor, finance, approver, member, administrator):
    statuses = {user.name: signed_in(user).get(PAGE).status_code for user in (stand_in, editor, finance, approver)}
    hidden = [signed_in(user).post(PAGE, typed(stand_in)).status_code for user in (member, administrator)]

    assert set(statuses.values()) == {403}
    assert hidden == [404, 404]
    assert signed_in(stand_in).post(f"{PAGE}{substitute.pk}/afslut/").status_code == 403
    assert Substitute.objects.count() == 1


def test_ending_takes_a_post(substitute, chief):
    assert signed_in(chief).get(f"{PAGE}{substitute.pk}/afslut/").status_code == 405


def test_the_front_page_leads_a_chief_there(stage, chief, editor):
    assert PAGE in Page(signed_in(chief).get("/")).links
    assert PAGE not in Page(signed_in(editor).get("/")).links
