"""Reminders: when they are due, to whom, and never twice. The deadline is Friday 9 May 2031 at 14 days' distance."""

from datetime import date, datetime, timedelta
from unittest import mock

import pytest
from django.core import mail
from django.db import IntegrityError
from django.utils import timezone

from tests.factories import (
    create_agreement,
    create_assessment,
    create_centre,
    create_item,
    create_round,
    create_user,
)
from tracker.actions import reminders as actions
from tracker.actions.reminders import send_reminders
from tracker.models import Event, SentReminder, Substitute
from tracker.reports.reminders import digest_of, newest_threshold
from tracker.statuses import Role

DEADLINE = date(2031, 5, 9)  # a Friday; no holiday in the three weeks before


def at(day: date) -> datetime:
    return timezone.make_aware(datetime(day.year, day.month, day.day, 7))


def before(days: int) -> date:
    return DEADLINE - timedelta(days=days)


@pytest.fixture
def spring(db):
    agreement = create_agreement(2031)
    create_item(agreement, "2.02.1", title="Tagrender på skolen")
    create_item(agreement, "3.10", title="Andres punkt", centre=create_centre("Politisk Sekretariat"))
    return create_round(agreement, deadline=DEADLINE)


@pytest.fixture
def editor(db):
    return create_user(Role.EDITOR, name="Medarbejder", centres=[create_centre()], email="editor@example.dk")


@pytest.fixture
def chief(db):
    return create_user(Role.CHIEF, name="Chef", centres=[create_centre()], email="chief@example.dk")


def send(day, **options):
    return send_reminders(by="send_reminders (test)", now=at(day), **options)


def recipients() -> list[str]:
    found = [address for message in mail.outbox for address in message.to]
    mail.outbox.clear()
    return sorted(found)


def submit_all(follow_up_round):
    for item in follow_up_round.agreement.items.all():
        create_assessment(item, follow_up_round)


# --- When ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days_left", "kind"),
    [
        (15, None), (14, "two_weeks"), (4, "two_weeks"), (3, "three_days"), (1, "three_days"), (0, "today"),
        (-1, "overdue"), (-400, "overdue"),
    ],
)  # fmt: skip
def test_the_newest_threshold(days_left, kind):
    assert newest_threshold(DEADLINE, before(days_left)) == kind


def test_a_round_without_a_deadline_has_no_threshold():
    assert newest_threshold(None, DEADLINE) is None


def test_one_mail_at_each_threshold_and_none_between(spring, editor):
    days = {}
    for n in range(20, -10, -1):
        send(before(n))
        if recipients():
            days[n] = SentReminder.objects.latest("pk").kind

    # three days before is Tuesday 6 May; one day after the deadline is a Saturday, so Monday it is
    assert days == {14: "two_weeks", 3: "three_days", 0: "today", -3: "overdue"}


def test_after_a_rest_only_the_newest_is_sent(spring, editor):
    send(before(1))

    assert recipients() == ["editor@example.dk"]
    assert [(row.kind, row.deadline) for row in SentReminder.objects.all()] == [("three_days", DEADLINE)]
    assert [digest_of(editor, today=before(-n)) is None for n in (-1, 0)] == [True, False]


@pytest.mark.parametrize("day", ["2031-04-10", "2031-04-11", "2031-04-12", "2031-04-13", "2031-04-14"])
def test_nothing_is_sent_in_the_easter_of_2031(spring, editor, day):
    outcome = send(date.fromisoformat(day))

    assert not outcome.is_workday
    assert recipients() == []


def test_what_falls_into_easter_is_sent_on_the_next_workday(spring, editor):
    spring.deadline = date(2031, 4, 15)  # the Tuesday after; three days before is the Saturday
    spring.save(update_fields=["deadline"])
    SentReminder.objects.create(
        user=editor, follow_up_round=spring, kind="two_weeks", deadline=spring.deadline, sent_at=at(date(2031, 4, 1))
    )

    for n in range(9, 16):
        send(date(2031, 4, n))

    assert [(row.kind, timezone.localdate(row.sent_at)) for row in SentReminder.objects.order_by("pk")][1:] == [
        ("today", date(2031, 4, 15))
    ]


def test_the_same_day_again_sends_nothing(spring, editor):
    assert len(send(before(14)).sent) == 1

    assert send(before(14)).sent == []
    assert recipients() == ["editor@example.dk"]


def test_a_moved_deadline_is_a_new_thing(spring, editor):
    send(before(14))
    spring.deadline = DEADLINE + timedelta(days=7)
    spring.save(update_fields=["deadline"])

    send(before(13))  # 20 days before the new one
    assert recipients() == ["editor@example.dk"]
    send(before(7))

    assert recipients() == ["editor@example.dk"]
    assert SentReminder.objects.filter(kind="two_weeks").count() == 2


def test_one_digest_a_day_tells_of_all_rounds(spring, editor):
    other = create_round(create_agreement(2032), deadline=DEADLINE + timedelta(days=30))
    create_item(other.agreement, "1.01", title="Næste års punkt")

    send(before(14))

    (message,) = mail.outbox
    assert "2.02.1 Tagrender på skolen" in message.body and "1.01 Næste års punkt" in message.body
    assert [row.follow_up_round for row in SentReminder.objects.all()] == [spring]  # the other is still to come
    recipients()
    other.deadline = DEADLINE
    other.save(update_fields=["deadline"])
    assert send(before(14)).sent == []  # what has become due since waits until tomorrow
    send(before(11))  # the Monday
    assert recipients() == ["editor@example.dk"]
    assert set(SentReminder.objects.values_list("follow_up_round", "kind")) == {
        (spring.pk, "two_weeks"),
        (other.pk, "two_weeks"),
    }


@pytest.mark.parametrize("state", ["planned", "closed", "published"])
def test_only_open_rounds(spring, editor, state):
    spring.state = state
    spring.save(update_fields=["state"])

    send(before(3))

    assert recipients() == []


def test_no_round_of_a_draft(spring, editor):
    spring.agreement.signed_on = None
    spring.agreement.save(update_fields=["signed_on"])

    assert send(before(3)).sent == []


# --- To whom ---------------------------------------------------------------------------------------------------------


def test_nobody_whose_items_are_all_handed_in(spring, editor, chief):
    submit_all(spring)

    for n in (14, 3, 0, -3):
        send(before(n))

    assert recipients() == []


def test_a_draft_is_not_handed_in(spring, editor):
    create_assessment(spring.agreement.items.get(key="2.02.1"), spring, state="draft")

    send(before(3))

    assert recipients() == ["editor@example.dk"]


def test_the_chief_is_told_when_it_is_too_late(spring, editor, chief):
    for n, expected in ((14, 1), (3, 1), (0, 1), (-3, 2)):
        send(before(n))
        assert len(recipients()) == expected

    send(before(-4))
    assert recipients() == []
    assert set(SentReminder.objects.filter(user=chief).values_list("kind", flat=True)) == {"overdue_centre"}


@pytest.mark.parametrize("fields", [{"email": ""}, {"is_active": False}])
def test_a_chief_whose_editors_cannot_be_reached_is_reminded_as_one(spring, editor, chief, fields):
    type(editor).objects.filter(pk=editor.pk).update(**fields)

    send(before(14))
    assert recipients() == ["chief@example.dk"]
    send(before(-3))

    assert set(SentReminder.objects.filter(user=chief).values_list("kind", flat=True)) == {"two_weeks", "overdue"}


def test_a_chief_who_enters_too_is_told_once(spring):
    create_user(Role.EDITOR, Role.CHIEF, centres=[create_centre()], email="begge@example.dk")

    send(before(-3))

    assert recipients() == ["begge@example.dk"]
    assert [row.kind for row in SentReminder.objects.all()] == ["overdue"]


@pytest.mark.parametrize("role", [Role.FINANCE, Role.APPROVER, Role.MEMBER, Role.ADMINISTRATOR])
def test_others_owe_nothing(spring, role):
    create_user(role, centres=[create_centre()], email="anden@example.dk")

    send(before(-3))

    assert recipients() == []


def test_a_closed_account_gets_nothing(spring, editor):
    type(editor).objects.filter(pk=editor.pk).update(is_active=False)

    outcome = send(before(3))

    assert (outcome.sent, outcome.without_address, recipients()) == ([], [], [])


def test_an_account_without_an_address_is_told_of(spring, editor):
    type(editor).objects.filter(pk=editor.pk).update(email="")

    outcome = send(before(3))

    assert [digest.user for digest in outcome.without_address] == [editor]
    assert not SentReminder.objects.exists() and recipients() == []


@pytest.fixture
def stand_in(spring, chief):
    """An editor of another centre, whose own item is handed in, stands in for the chief in the week after."""
    user = create_user(
        Role.EDITOR, name="Vikaren", centres=[create_centre("Arbejdsmarked")], email="stand-in@example.dk"
    )
    Substitute.objects.create(chief=chief, stand_in=user, first_day=before(0), last_day=before(-5))
    return user


def test_a_substitute_gets_the_chiefs_digest_too(spring, editor, chief, stand_in):
    send(before(3))
    assert recipients() == ["editor@example.dk"]
    send(before(-3))

    by_address = {message.to[0]: message.body for message in mail.outbox}
    assert set(by_address) == {"editor@example.dk", "chief@example.dk", "stand-in@example.dk"}
    assert "Du er vikar for Chef til og med onsdag den 14. maj 2031." in by_address["stand-in@example.dk"]
    assert "2.02.1 Tagrender på skolen" in by_address["stand-in@example.dk"]


def test_a_substitute_gets_nothing_before_and_after(spring, editor, chief, stand_in):
    send(before(14))
    send(before(-6))

    assert "stand-in@example.dk" not in recipients()


def test_a_substitute_of_a_closed_account_gets_nothing(spring, editor, chief, stand_in):
    type(chief).objects.filter(pk=chief.pk).update(is_active=False)

    send(before(-3))

    assert recipients() == ["editor@example.dk"]


# --- What it says ----------------------------------------------------------------------------------------------------


def test_the_words_of_a_mail(spring, editor, settings):
    settings.SITE_URL = "https://budget.example.dk"
    create_item(spring.agreement, "3.04", title="Bænke\n ved søen")

    send(before(3))

    (message,) = mail.outbox
    assert message.subject == "Frist om 3 dage: 2 punkter mangler at blive indsendt"
    assert message.body == (
        "Kære Medarbejder\n\n"
        "Her er det, der endnu ikke er indsendt. Er noget af det sendt i mellemtiden, kan du se bort fra det.\n\n"
        "1. budgetopfølgning 2031, Aftale om budget 2031\n"
        "Frist: fredag den 9. maj 2031 (om 3 dage).\n\n"
        "Du mangler at indsende 2 punkter:\n"
        "- 2.02.1 Tagrender på skolen\n"
        "- 3.04 Bænke ved søen\n\n"
        "Indberet her: https://budget.example.dk/aftaler/2031/runder/1/indberetning/\n\n"
        "Skriv eller ring til Økonomi og Styring, hvis noget driller, eller hvis fristen ikke kan holdes.\n\n"
        "Venlig hilsen\nØkonomi og Styring\nBallerup Kommune\n\n"
        "Mailen er sendt automatisk fra Budgetaftaler.\n"
    )
    assert message.extra_headers == {"Auto-Submitted": "auto-generated"}
    assert message.message().get_content_type() == "text/plain"


def test_the_words_of_a_mail_that_is_too_late(spring, editor, chief):
    send(before(-3))

    to_editor, to_chief = sorted(mail.outbox, key=lambda message: message.to, reverse=True)
    assert to_editor.subject == to_chief.subject == "Fristen er overskredet: 1 punkt mangler at blive indsendt"
    assert "Fristen var fredag den 9. maj 2031 (for 3 dage siden)." in to_editor.body
    assert "Du mangler at indsende 1 punkt:" in to_editor.body
    assert "Til orientering for chefen: centeret mangler at indsende 1 punkt:" in to_chief.body
    assert "Du mangler" not in to_chief.body


def test_who_has_several_centres_is_told_whose_item_it_is(spring):
    centres = [create_centre(), create_centre("Politisk Sekretariat")]
    create_user(Role.EDITOR, centres=centres, email="begge@example.dk")

    send(before(3))

    (message,) = mail.outbox
    assert "- 2.02.1 Tagrender på skolen, Ejendomme\n- 3.10 Andres punkt, Politisk Sekretariat" in message.body


def test_a_mail_tells_nothing_of_what_stands_in_an_entry(spring, editor, chief, stand_in, finance):
    """A returned entry says that it is, without the comment; no smiley, no amount, nothing of other centres."""
    mine, foreign = spring.agreement.items.get(key="2.02.1"), spring.agreement.items.get(key="3.10")
    secrets = {
        "effort": "sad",
        "economy": "not_kept",
        "comment": "KANARIEKOMMENTAR",
        "expected_amount": 987_654_321,
        "return_comment": "KANARIERETUR",
        "returned_at": timezone.now(),
    }
    for item in (mine, foreign):
        create_assessment(item, spring, state="draft", **secrets)
        item.finance_notes.create(follow_up_round=spring, text="KANARIENOTE")

    send(before(-3))

    assert len(mail.outbox) == 3
    for message in mail.outbox:
        lines = message.message().as_bytes().decode().splitlines()
        text = "\n".join(line for line in lines if not line.startswith("Message-ID"))  # digits of chance
        assert "2.02.1 Tagrender på skolen (returneret med en bemærkning)" in message.body
        words = ["KANARIE", "987654321", "987.654", "sur", "glad", "not_kept", "3.10", "Andres punkt"]
        assert [word for word in words if word in message.body or word in text] == []


def test_a_name_cannot_write_a_header(spring, editor):
    type(editor).objects.filter(pk=editor.pk).update(name="Medarbejder\nBcc: alle@example.dk")

    send(before(3))

    assert mail.outbox[0].recipients() == ["editor@example.dk"]
    assert "Kære Medarbejder Bcc: alle@example.dk" in mail.outbox[0].body


# --- Never twice, and nothing lost -----------------------------------------------------------------------------------


def test_each_reminder_is_an_event(spring, editor):
    send(before(3))

    event = Event.objects.get(act="reminders_sent")
    assert (event.actor, event.subject) == ("send_reminders (test)", f"konto {editor.username}")
    assert event.note == "aftale 2031, runde 1: om 3 dage"


def test_a_dry_run_tells_and_does_nothing(spring, editor):
    outcome = send(before(3), dry_run=True)

    assert [digest.user for digest in outcome.sent] == [editor]
    assert not mail.outbox and not SentReminder.objects.exists()
    assert not Event.objects.filter(act="reminders_sent").exists()


class Refusing:
    """A mail server that does not take mails to some people."""

    def __init__(self, *addresses, on_open=False):
        self.refused, self.on_open, self.sent, self.is_open = set(addresses), on_open, [], False

    def open(self):
        if self.on_open:
            raise OSError("ingen forbindelse")
        self.is_open = True

    def close(self):
        self.is_open = False

    def send_messages(self, messages):
        for message in messages:
            if self.refused & set(message.to):
                raise OSError("adressen findes ikke")
            assert self.is_open
            self.sent.append(message.to[0])
        return len(messages)


@pytest.fixture
def server(monkeypatch):
    def use(*addresses, **options):
        found = Refusing(*addresses, **options)
        monkeypatch.setattr(actions.mail, "get_connection", lambda: found)
        return found

    return use


@pytest.fixture
def colleagues(spring):
    return [create_user(Role.EDITOR, centres=[create_centre()], email=f"{name}@example.dk") for name in ("a", "b", "c")]


def test_what_fails_for_one_is_not_noted_and_reaches_the_others(colleagues, server, caplog):
    a, b, c = colleagues
    connection = server("b@example.dk")

    outcome = send(before(3))

    assert connection.sent == ["a@example.dk", "c@example.dk"]
    assert outcome.failed == [(b, "OSError: adressen findes ikke")]
    assert set(SentReminder.objects.values_list("user", flat=True)) == {a.pk, c.pk}
    assert Event.objects.filter(act="reminders_sent").count() == 2
    assert "No reminder could be sent" in caplog.text
    server()
    assert [digest.user for digest in send(before(3)).sent] == [b]  # the next run


def test_without_the_transaction_the_note_would_stay(colleagues, server, monkeypatch):
    """The counter-test: the person is noted as told and never hears of it."""
    server("b@example.dk")
    monkeypatch.setattr(actions.transaction, "atomic", mock.MagicMock())

    send(before(3))

    assert SentReminder.objects.filter(user=colleagues[1]).exists()


def test_a_mail_server_that_is_away_changes_nothing(colleagues, server, caplog):
    server(on_open=True)

    outcome = send(before(3))

    assert len(outcome.failed) == 3 and not SentReminder.objects.exists()


def other_scheduler(user, spring):
    SentReminder.objects.create(
        user=user, follow_up_round=spring, kind="three_days", deadline=DEADLINE, sent_at=at(before(3))
    )


def test_a_scheduler_that_comes_second_sends_nothing(spring, editor, monkeypatch):
    """The other one gets in between our first look and our turn."""
    real = actions._digest_in_turn

    def late(user, today):
        other_scheduler(user, spring)
        return real(user, today)

    monkeypatch.setattr(actions, "_digest_in_turn", late)

    outcome = send(before(3))

    assert (outcome.sent, outcome.failed, recipients()) == ([], [], [])


def test_the_database_refuses_what_slips_past(spring, editor, monkeypatch):
    """Without the second look the unique note is what stops it, before the mail is sent."""

    stale = digest_of(editor, today=before(3))
    other_scheduler(editor, spring)
    looks = iter([stale])
    monkeypatch.setattr(actions, "digest_of", lambda user, today: next(looks, None) or digest_of(user, today=today))
    monkeypatch.setattr(actions, "_digest_in_turn", lambda user, today: stale)

    outcome = send(before(3))

    assert (outcome.sent, outcome.failed, recipients()) == ([], [], [])
    assert SentReminder.objects.count() == 1
    assert not Event.objects.filter(act="reminders_sent").exists()


def test_another_broken_rule_is_no_silence(spring, editor, monkeypatch, caplog):
    monkeypatch.setattr(actions, "write_event", mock.Mock(side_effect=IntegrityError("noget andet")))

    outcome = send(before(3))

    assert [user for user, _ in outcome.failed] == [editor]
    assert recipients() == []
