from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tests.database import all_rows
from tests.factories import create_user
from tracker.actions.demo import demo_password, load_demo
from tracker.errors import OtherAccountsExist
from tracker.models import Assessment, FinanceNote, FollowUpRound, User

pytestmark = pytest.mark.slow

TODAY = date(2031, 5, 1)


@pytest.fixture
def data_dir(tmp_path, settings):
    settings.DATA_DIR = tmp_path
    return tmp_path


def test_the_demo_has_an_account_for_every_role_and_entries_in_different_states(empty_database, data_dir):
    demo = load_demo(by="tests", today=TODAY)

    accounts = User.objects.all()
    spring = FollowUpRound.objects.get(state="open")
    assert demo.is_new
    assert all(account.is_demo and account.check_password(demo.password) for account in accounts)
    assert {role for account in accounts for role in account.roles} == {
        "finance", "approver", "editor", "chief", "member", "administrator",
    }  # fmt: skip
    assert {centre.name for account in accounts for centre in account.centres.all()} == {
        "Ejendomme", "Politisk Sekretariat", "By, Erhverv og Miljø",
    }  # fmt: skip
    assert (spring.agreement.budget_year, spring.number, spring.deadline) == (2018, 2, date(2031, 5, 15))
    entered = Assessment.objects.filter(follow_up_round=spring)
    assert set(entered.values_list("state", flat=True)) == {"draft", "submitted"}
    assert set(entered.values_list("is_entered_by_finance", flat=True)) == {True, False}
    assert entered.exclude(return_comment="").get().item.key == "7.16"
    assert FinanceNote.objects.get(follow_up_round=spring).item.key == "7.02"
    assert {"happy", "neutral", "sad"} <= set(entered.values_list("effort", flat=True))


def test_the_demo_again_changes_nothing_and_keeps_its_password(empty_database, data_dir):
    first = load_demo(by="tests", today=TODAY)
    before = all_rows()

    again = load_demo(by="tests", today=TODAY)

    assert not again.is_new
    assert again.password == first.password
    assert all_rows() == before


def test_the_password_is_made_once_and_readable_by_its_owner_only(tmp_path):
    password, is_new = demo_password(tmp_path)

    kept = tmp_path / "demo_password"
    assert is_new and kept.read_text(encoding="utf-8") == password
    assert demo_password(tmp_path) == (password, False)
    assert len(password) >= 15
    assert kept.stat().st_mode & 0o077 == 0


def test_a_lost_password_is_made_anew_for_the_demo_accounts(loaded_2018, data_dir):
    load_demo(by="tests", today=TODAY)
    (data_dir / "demo_password").unlink()

    demo = load_demo(by="tests", today=TODAY)

    assert not demo.is_new
    assert all(User.objects.get(pk=account.pk).check_password(demo.password) for account in demo.accounts)


def test_the_demo_joins_an_organisation_and_agreement_that_are_there(loaded_2018, data_dir):
    demo = load_demo(by="tests", today=TODAY)

    assert demo.is_new
    assert FollowUpRound.objects.get(agreement=loaded_2018, state="open").number == 2


def test_the_demo_stays_away_from_real_accounts(loaded_2018, data_dir):
    create_user("finance")
    before = all_rows()

    with pytest.raises(OtherAccountsExist):
        load_demo(by="tests", today=TODAY)
    with pytest.raises(CommandError, match="intet er ændret"):
        call_command("load_demo")

    assert all_rows() == before
    assert not (data_dir / "demo_password").exists()


def test_the_start_goes_on_where_real_accounts_are(loaded_2018, data_dir):
    create_user("finance")
    output = StringIO()

    call_command("load_demo", "--if-empty", stdout=output)

    assert "Databasen har andre konti" in output.getvalue()
