"""Mails as files, where there is no mail server."""

import email
import stat
from email import policy

import pytest
from django.core.mail import EmailMessage, get_connection

BACKEND = "tracker.outbox.EmailBackend"


@pytest.fixture
def outbox(settings, tmp_path):
    settings.OUTBOX_DIR = tmp_path / "data" / "outbox"
    return settings.OUTBOX_DIR


def send(to="jens@example.dk", subject="Frist i morgen: 1 punkt", body="Kære Jens\n\næøå\n"):
    message = EmailMessage(subject, body, "budget@example.dk", [to], connection=get_connection(BACKEND))
    return message.send()


def read(path):
    return email.message_from_bytes(path.read_bytes(), policy=policy.default)


def test_each_mail_is_a_file_that_only_the_operator_reads(outbox):
    assert [send(), send("Karen Æ. <karen.aa@example.dk>")] == [1, 1]

    files = sorted(outbox.iterdir(), key=lambda path: path.name[18:])
    assert [path.suffix for path in files] == [".eml", ".eml"]
    assert "-jens@example.dk-" in files[0].name and "karen" in files[1].name
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert stat.S_IMODE(outbox.stat().st_mode) == 0o700


def test_the_file_is_the_mail(outbox):
    send()

    (path,) = outbox.iterdir()
    found = read(path)
    assert (found["Subject"], found["To"], found["From"]) == (
        "Frist i morgen: 1 punkt",
        "jens@example.dk",
        "budget@example.dk",
    )
    assert found.get_content() == "Kære Jens\n\næøå\n"


@pytest.mark.parametrize("address", ["../../../etc/passwd@example.dk", "a/b@example.dk", "x" * 300 + "@example.dk"])
def test_an_address_names_no_other_folder(outbox, address):
    send(address)

    assert [path.parent for path in outbox.rglob("*.eml")] == [outbox]


def test_a_mail_half_written_is_no_mail(outbox, monkeypatch):
    monkeypatch.setattr("pathlib.Path.rename", _fail)

    with pytest.raises(OSError, match="disken er fuld"):
        send()

    assert [path.suffix for path in outbox.iterdir()] == [".part"]


def _fail(*arguments):
    raise OSError("disken er fuld")
