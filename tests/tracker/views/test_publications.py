"""The pages on which an approver builds, releases, opens and withdraws editions."""

import pytest

from tests.factories import create_user
from tests.tracker.actions.test_publications import SCOPES, build, correct, publish, spring, states  # noqa: F401
from tests.tracker.views.pages import Page, signed_in, text_of
from tracker.actions.publications import release_editions
from tracker.models import Edition, FollowUpRound
from tracker.statuses import Role

PASSWORD = "en-lang-adgangskode"


@pytest.fixture
def head(db):
    """An approver with a password to type again."""
    return create_user(Role.APPROVER, name="Godkender", password=PASSWORD)


def address(spring, act=""):  # noqa: F811
    return f"{spring.get_absolute_url()}udgaver/{act}"


def test_from_build_to_open_by_form(spring, head):  # noqa: F811
    client = signed_in(head)
    assert "Runden er klar" in text_of(client.get(address(spring)))
    page = text_of(client.get(address(spring, "byg/")))
    assert "Punkter 2 Indberettet 1 Ikke indberettet 1" in page

    answer = client.post(address(spring, "byg/"), {"password": PASSWORD}, follow=True)
    assert "Ingen andre end Økonomi og Styring kan se det endnu" in text_of(answer)
    form = Page(client.get(address(spring, "frigiv/")))
    assert {each["value"] for each in form.attributes("input", name="scopes", checked=None)} == SCOPES
    client.post(address(spring, "frigiv/"), {"scopes": sorted(SCOPES)})
    assert "udgave 1" in text_of(client.get(address(spring, "aabn/")))
    answer = client.post(address(spring, "aabn/"), follow=True)

    assert "er åben for offentligheden" in text_of(answer)
    assert set(states(spring).values()) == {"open"}
    assert "Åbn runden igen for at rette" in text_of(client.get(address(spring)))


@pytest.mark.parametrize("password", ["", "forkert", "en-lang-adgangskode "])
def test_a_wrong_password_builds_nothing(spring, head, password):  # noqa: F811
    answer = signed_in(head).post(address(spring, "byg/"), {"password": password})

    assert answer.status_code == 422
    assert not Edition.objects.exists()


def test_what_stands_in_the_way_is_told(spring, head):  # noqa: F811
    spring.assessments.update(state="submitted")
    client = signed_in(head)

    assert "1 indsendt punkt godkendes" in text_of(client.get(address(spring)))
    assert "2.02.1" in text_of(client.get(address(spring, "byg/")))
    answer = client.post(address(spring, "byg/"), {"password": PASSWORD})

    assert answer.status_code == 409
    assert "indsendt, men ikke godkendt: 2.02.1" in text_of(answer)
    assert not Edition.objects.exists()


def test_a_round_that_is_not_closed_cannot_be_built(spring, head):  # noqa: F811
    FollowUpRound.objects.filter(pk=spring.pk).update(state="open", closed_at=None, closed_by=None)

    assert signed_in(head).post(address(spring, "byg/"), {"password": PASSWORD}).status_code == 409


def test_a_correction_keeps_the_reason_when_refused(spring, head):  # noqa: F811
    publish(spring, head)
    correct(spring)
    client = signed_in(head)

    answer = client.post(address(spring, "byg/"), {"password": "forkert", "reason": "Svaret var glemt"})
    assert answer.status_code == 422
    assert Page(answer).fields["reason"] == "Svaret var glemt"

    client.post(address(spring, "byg/"), {"password": PASSWORD, "reason": "Svaret var glemt"})
    assert Edition.objects.get(publication__scope="samlet", number=2).reason == "Svaret var glemt"
    assert "Svaret var glemt" in text_of(client.get(address(spring)))


def test_opening_waits_for_all_committees(spring, head):  # noqa: F811
    build(spring, head)
    release_editions(follow_up_round=spring, scopes={"samlet"}, by=head)
    client = signed_in(head)

    assert "ikke frigivet til udvalgene endnu: Økonomiudvalget" in text_of(client.get(address(spring, "aabn/")))
    assert client.post(address(spring, "aabn/")).status_code == 409
    assert states(spring) == {"samlet": "released", "oekonomiudvalget": "built"}


def test_withdrawing_takes_a_choice_and_a_reason(spring, head):  # noqa: F811
    publish(spring, head)
    client = signed_in(head)
    page = Page(client.get(address(spring, "traek-tilbage/")))
    assert not page.attributes("input", name="scopes", checked=None)

    assert client.post(address(spring, "traek-tilbage/"), {"reason": "Forkert"}).status_code == 422
    assert client.post(address(spring, "traek-tilbage/"), {"scopes": "samlet"}).status_code == 422
    answer = client.post(
        address(spring, "traek-tilbage/"), {"scopes": "samlet", "reason": "Forkert bilag"}, follow=True
    )

    assert "Forkert bilag" in text_of(answer)
    assert states(spring) == {"samlet": "withdrawn", "oekonomiudvalget": "open"}


@pytest.mark.parametrize("act", ["frigiv/", "aabn/", "traek-tilbage/"])
def test_an_act_without_editions_comes_at_the_wrong_time(spring, head, act):  # noqa: F811
    assert signed_in(head).get(address(spring, act)).status_code == 409


@pytest.mark.parametrize("act", ["byg/", "frigiv/", "aabn/", "traek-tilbage/"])
def test_finance_reads_but_does_not_act(spring, head, finance, act):  # noqa: F811
    build(spring, head)
    client = signed_in(finance)

    assert "Udgave 1" in text_of(client.get(address(spring)))
    for answer in (client.get(address(spring, act)), client.post(address(spring, act), {"scopes": "samlet"})):
        assert answer.status_code == 403


def test_others_do_not_know_of_them(spring, head, member, editor):  # noqa: F811
    build(spring, head)

    assert signed_in(member).get(address(spring)).status_code == 404
    assert signed_in(editor).get(address(spring)).status_code == 404
    assert signed_in(member).get(address(spring, "byg/")).status_code == 404


# --- An account that signs in through the municipality's own service ------------------------------------------------
@pytest.fixture
def from_elsewhere(db):
    user = create_user(Role.APPROVER, name="Godkender")
    user.set_unusable_password()
    user.save()
    return user


def test_an_account_without_a_password_has_signed_in_just_now(spring, from_elsewhere):  # noqa: F811
    client = signed_in(from_elsewhere)
    assert not Page(client.get(address(spring, "byg/"))).attributes("input", type="password")

    assert client.post(address(spring, "byg/")).status_code == 302
    assert Edition.objects.count() == 2


def test_an_old_sign_in_builds_nothing(spring, from_elsewhere):  # noqa: F811
    client = signed_in(from_elsewhere)
    session = client.session
    session["signed_in_at"] -= 11 * 60
    session.save()

    answer = client.post(address(spring, "byg/"))

    assert answer.status_code == 422 and "Log af og på igen" in text_of(answer)
    assert not Edition.objects.exists()


def test_a_cpr_number_in_the_report_is_named_and_can_be_vouched_for(spring, head):  # noqa: F811
    spring.assessments.update(comment="Borgeren 010203-1234 venter")
    client = signed_in(head)

    answer = client.post(address(spring, "byg/"), {"password": PASSWORD})
    assert answer.status_code == 422 and "punkt 2.02.1" in text_of(answer) and "1234" not in text_of(answer)
    assert Page(answer).fields["cpr_reason"] == ""
    assert not Edition.objects.exists()

    client.post(address(spring, "byg/"), {"password": PASSWORD, "cpr_reason": "Et lokalnummer"})
    assert Edition.objects.count() == 2


def test_a_cpr_number_in_the_reason_is_refused(spring, head):  # noqa: F811
    publish(spring, head)

    data = {"scopes": "samlet", "reason": "Om 010203-1234"}
    answer = signed_in(head).post(address(spring, "traek-tilbage/"), data)

    assert answer.status_code == 422 and Page(answer).fields["reason"] == "Om 010203-1234"
    assert states(spring)["samlet"] == "open"
