import pytest
from django.core.management import CommandError, call_command

from tests.tracker.actions.test_publications import _tamper, build, spring  # noqa: F401
from tracker.models import Edition


def test_nothing_to_verify(db, capsys):
    call_command("verify_publications")

    assert "ingen udgaver" in capsys.readouterr().out


def test_all_is_as_it_was(spring, approver, capsys):  # noqa: F811
    build(spring, approver)

    call_command("verify_publications")

    out = capsys.readouterr().out
    assert "2 udgaver kontrolleret" in out
    assert Edition.objects.get(sequence=2).chain in out


def test_a_change_is_told_and_fails(spring, approver, capsys):  # noqa: F811
    build(spring, approver)
    _tamper("tracker_edition", "title = 'Noget andet' WHERE sequence = 1")

    with pytest.raises(CommandError, match="1 fejl"):
        call_command("verify_publications")
    assert "kontrolsummen i kæden passer ikke" in capsys.readouterr().err


def test_a_chain_that_was_cut_short_lacks_its_head(spring, approver):  # noqa: F811
    build(spring, approver)

    call_command("verify_publications", "--head", Edition.objects.get(sequence=1).chain.upper())
    with pytest.raises(CommandError):
        call_command("verify_publications", "--head", "0" * 64)
