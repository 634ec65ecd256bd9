"""send_reminders: what the operator reads, and the exit status a scheduler goes by."""

import io
import socketserver
import threading
from datetime import date, datetime, timedelta
from unittest import mock

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.utils import timezone

from tests.factories import create_agreement, create_centre, create_item, create_round, create_user
from tracker.models import Event, SentReminder
from tracker.statuses import Role

TUESDAY = date(2031, 5, 6)


@pytest.fixture(autouse=True)
def tuesday():
    now = timezone.make_aware(datetime(2031, 5, 6, 7))
    with mock.patch("tracker.actions.reminders.timezone.now", return_value=now) as clock:
        yield clock


@pytest.fixture
def spring(db):
    agreement = create_agreement(2031)
    create_item(agreement, "2.02.1")
    return create_round(agreement, deadline=TUESDAY + timedelta(days=3))


def editor(name, **fields):
    return create_user(Role.EDITOR, username=name, name=name.title(), centres=[create_centre()], **fields)


def run(*arguments) -> str:
    out = io.StringIO()
    call_command("send_reminders", *arguments, stdout=out)
    return out.getvalue()


def test_it_tells_who_got_what_and_who_has_no_address(spring, settings, tmp_path):
    settings.EMAIL_BACKEND, settings.OUTBOX_DIR = "tracker.outbox.EmailBackend", tmp_path / "outbox"
    editor("karen", email="karen@example.dk")
    editor("jens")

    told = run()

    assert told.splitlines() == [
        "Sendt til karen@example.dk: aftale 2031, runde 1, om 3 dage",
        "Ingen e-mailadresse: jens (Jens), aftale 2031, runde 1, om 3 dage",
        f"Der er ingen mailserver (EMAIL_HOST). Mailene ligger i {tmp_path / 'outbox'}.",
    ]
    assert len(list((tmp_path / "outbox").glob("*karen@example.dk*.eml"))) == 1
    assert Event.objects.get(act="reminders_sent").actor.startswith("send_reminders (")


def test_the_second_time_there_is_nothing_new(spring):
    editor("karen", email="karen@example.dk")
    run()

    assert run() == "Der er ingen nye påmindelser at sende.\n"
    assert len(mail.outbox) == 1


def test_a_dry_run_sends_nothing(spring):
    editor("karen", email="karen@example.dk")

    assert run("--dry-run") == "Ville sende til karen@example.dk: aftale 2031, runde 1, om 3 dage\n"
    assert not mail.outbox and not SentReminder.objects.exists()


def test_on_a_day_of_rest_it_says_so(spring, tuesday):
    tuesday.return_value = timezone.make_aware(datetime(2031, 5, 10, 7))
    editor("karen", email="karen@example.dk")

    assert run() == "I dag er ingen arbejdsdag. Der sendes ingen påmindelser.\n"
    assert not mail.outbox


def test_a_failure_is_told_and_the_others_get_theirs(spring, caplog):
    editor("karen", email="karen@example.dk")
    editor("jens", email="jens@example.dk")
    real = mail.EmailMessage.send

    def send(message, *arguments, **options):
        if message.to == ["karen@example.dk"]:
            raise OSError("postkassen er fuld")
        return real(message, *arguments, **options)

    out = io.StringIO()
    with mock.patch.object(mail.EmailMessage, "send", send), pytest.raises(CommandError) as refusal:
        call_command("send_reminders", stdout=out)

    assert "1 kunne ikke få deres påmindelse" in str(refusal.value)
    assert "karen: OSError: postkassen er fuld" in str(refusal.value)
    assert refusal.value.returncode == 1
    assert "Sendt til jens@example.dk" in out.getvalue()
    assert [message.to for message in mail.outbox] == [["jens@example.dk"]]


class MailServer(socketserver.ThreadingTCPServer):
    """As much of SMTP as it takes; it does not know anybody called Karen."""

    allow_reuse_address = True

    def __init__(self):
        self.taken: list[str] = []
        super().__init__(("127.0.0.1", 0), Conversation)


class Conversation(socketserver.StreamRequestHandler):
    def handle(self):
        self.say("220 her er postkontoret")
        for line in self.rfile:
            word = line[:4].decode().upper()
            if word == "RCPT" and b"karen" in line:
                self.say("550 ukendt modtager")
            elif word == "DATA":
                self.say("354 skriv")
                self.server.taken.append("".join(iter(self.text, ".\r\n")))
                self.say("250 modtaget")
            elif word == "QUIT":
                self.say("221 farvel")
                return
            else:
                self.say("250 ja")

    def text(self) -> str:
        return self.rfile.readline().decode()

    def say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


@pytest.fixture
def mail_server(settings):
    with MailServer() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.server_address
        settings.EMAIL_USE_TLS = False
        yield server
        server.shutdown()
        thread.join()


def test_by_smtp_a_refused_address_keeps_nobody_else_from_theirs(spring, mail_server, caplog):
    for name in ("anders", "karen", "jens"):
        editor(name, email=f"{name}@example.dk")

    with pytest.raises(CommandError, match="karen: SMTPRecipientsRefused"):
        run()

    assert ["Kære Anders" in text or "Kære Jens" in text for text in mail_server.taken] == [True, True]
    assert "Subject: Frist om 3 dage: 1 punkt mangler at blive indsendt" in mail_server.taken[0]
    assert SentReminder.objects.count() == 2
