from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, transaction

from tests.factories import create_agreement, create_item, create_round, entry_of
from tracker.actions.events import operator, write_event
from tracker.models import Act, Event


def test_an_event_outlives_what_it_describes(db, editor):
    at = datetime(2031, 5, 1, 12, tzinfo=UTC)

    event = write_event(act=Act.ASSESSMENT_SUBMITTED, by=editor, subject="aftale 2031, runde 1, punkt 1.02", now=at)

    stored = Event.objects.get(pk=event.pk)
    assert (stored.at, stored.act, stored.note) == (at, Act.ASSESSMENT_SUBMITTED, "")
    assert (stored.actor, stored.user_id) == (editor.name, editor.pk)
    assert not any(field.is_relation for field in Event._meta.get_fields())


def test_a_command_is_an_actor_without_an_account(db):
    event = write_event(act=Act.AGREEMENT_LOADED, by=operator("load_agreement"), subject="aftale 2031")

    assert event.user_id is None
    assert event.actor.startswith("load_agreement (")


def test_an_operator_without_a_name_is_known_by_number(monkeypatch):
    def nobody():
        raise KeyError("uid not found")

    monkeypatch.setattr("getpass.getuser", nobody)

    assert operator("load_agreement").startswith("load_agreement (uid ")


def test_subjects_are_words(db):
    item = create_item(create_agreement(2041), "2.02", ordinal=3)
    spring = create_round(item.agreement)

    assert spring.subject == "aftale 2041, runde 1"
    assert entry_of(item, spring).subject == "aftale 2041, runde 1, punkt 2.02-3"


@pytest.mark.parametrize("change", [lambda rows: rows.update(actor="En anden"), lambda rows: rows.delete()])
def test_the_database_refuses_to_change_or_delete_an_event(db, change):
    event = write_event(act=Act.ROUND_OPENED, by="tests", subject="aftale 2031, runde 1")

    with pytest.raises(DatabaseError), transaction.atomic():
        change(Event.objects.filter(pk=event.pk))

    assert Event.objects.get(pk=event.pk).actor == "tests"
