import pytest

from tests.factories import create_centre, create_committee
from tracker.actions.accounts import change_account, create_account, set_password
from tracker.errors import TrackerError
from tracker.models import Act, Event, User
from tracker.statuses import Role


def events(account):
    return Event.objects.filter(subject=f"konto {account.username}").order_by("pk")


@pytest.fixture
def account(administrator):
    return create_account(
        account=User(username="ny", name="Ny medarbejder"), password="hemmeligt-kodeord", roles={Role.EDITOR},
        centres=[create_centre("Ejendomme")], committees=[create_committee()], by=administrator,
    )  # fmt: skip


def change(account, by, *, roles=None, **fields):
    fresh = User.objects.get(pk=account.pk)
    for name, value in fields.items():
        setattr(fresh, name, value)
    centres, committees = list(fresh.centres.all()), list(fresh.committees.all())
    return change_account(
        account=fresh, roles=fresh.roles if roles is None else roles, centres=centres, committees=committees, by=by
    )


def test_an_account_is_created_with_its_rights(account, administrator):
    stored = User.objects.get(username="ny")

    assert stored.check_password("hemmeligt-kodeord")
    assert stored.roles == {"editor"}
    assert [centre.name for centre in stored.centres.all()] == ["Ejendomme"]
    assert not stored.is_superuser and not stored.is_staff and not stored.is_demo
    event = events(account).get()
    assert (event.act, event.actor) == (Act.ACCOUNT_CREATED, administrator.name)
    assert event.note == "aktiv; roller: Centermedarbejder"


def test_no_event_holds_a_password(account, administrator):
    set_password(account=account, password="et-helt-nyt-kodeord", by=administrator)

    assert User.objects.get(pk=account.pk).check_password("et-helt-nyt-kodeord")
    assert events(account).last().act == Act.PASSWORD_SET
    assert not any("kodeord" in event.note for event in events(account))


def test_a_change_of_rights_is_told_from_and_to(account, administrator):
    change(account, administrator, roles={Role.FINANCE, Role.APPROVER}, is_active=False)

    stored = User.objects.get(pk=account.pk)
    assert (stored.roles, stored.is_active) == ({"finance", "approver"}, False)
    event = events(account).last()
    assert event.act == Act.ACCOUNT_CHANGED
    assert event.note == ("før: aktiv; roller: Centermedarbejder; efter: lukket; roller: Godkender, Økonomi og Styring")


def test_changing_an_account_leaves_its_password(account, administrator):
    change(account, administrator, name="Et andet navn")

    assert User.objects.get(pk=account.pk).check_password("hemmeligt-kodeord")


@pytest.mark.parametrize("role", [role for role in Role.values if role != Role.ADMINISTRATOR])
def test_an_administrator_cannot_grant_themselves_content(administrator, role):
    with pytest.raises(TrackerError, match="give dig selv en rolle"):
        change(administrator, administrator, roles={Role.ADMINISTRATOR, role})

    assert User.objects.get(pk=administrator.pk).roles == {"administrator"}


@pytest.mark.parametrize(("roles", "is_active"), [(set(), True), ({Role.ADMINISTRATOR}, False)])
def test_an_administrator_cannot_lock_themselves_out(administrator, roles, is_active):
    with pytest.raises(TrackerError, match="Du kan ikke lukke din egen konto"):
        change(administrator, administrator, roles=roles, is_active=is_active)

    stored = User.objects.get(pk=administrator.pk)
    assert stored.is_active and stored.roles == {"administrator"}


def test_an_administrator_may_change_their_own_name(administrator):
    change(administrator, administrator, name="Systemadministrator")

    assert User.objects.get(pk=administrator.pk).name == "Systemadministrator"
