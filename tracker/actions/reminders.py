"""Sending the reminders of a day. A scheduler calls it, perhaps two at once, and perhaps after some days of rest."""

import logging
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from smtplib import SMTPException

from django.conf import settings
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.db import IntegrityError, transaction
from django.utils import timezone

from tracker.models import Act, SentReminder, User
from tracker.reports.reminder_text import body_of, subject_of
from tracker.reports.reminders import Digest, digest_of, people
from tracker.workdays import is_workday

from .events import write_event

logger = logging.getLogger(__name__)


@dataclass
class Outcome:
    """`without_address` are those who would have had a digest; `failed` has the reason too."""

    is_workday: bool = True
    sent: list[Digest] = field(default_factory=list)
    without_address: list[Digest] = field(default_factory=list)
    failed: list[tuple[User, str]] = field(default_factory=list)


def send_reminders(*, by: User | str, now: datetime | None = None, dry_run: bool = False) -> Outcome:
    """One digest to each person with something new to be told of; nobody is told twice. Each person is a transaction
    of their own: what cannot be sent to one is not noted as sent, and the others still get theirs."""
    now = now or timezone.now()
    today = timezone.localdate(now)
    outcome = Outcome(is_workday=is_workday(today))
    if not outcome.is_workday:
        return outcome
    connection = mail.get_connection()
    for user in people():
        try:
            _remind(user, by, now, today, dry_run, connection, outcome)
        except Exception as error:  # whatever it is, the others are not to wait for it
            logger.exception("No reminder could be sent to account %s", user.pk)
            outcome.failed.append((user, f"{type(error).__name__}: {error}"))
            _close(connection)
    _close(connection)
    return outcome


def _remind(
    user: User, by: User | str, now: datetime, today: date, dry_run: bool, connection: BaseEmailBackend,
    outcome: Outcome,
) -> None:  # fmt: skip
    digest = digest_of(user, today=today)
    if digest is None:
        return
    if not user.email:
        outcome.without_address.append(digest)
    elif dry_run:
        outcome.sent.append(digest)
    else:
        connection.open()  # before the transaction: while SQLite's lock is held nobody else can save
        if sent := _send(user, by, now, today, connection):
            outcome.sent.append(sent)


def _send(user: User, by: User | str, now: datetime, today: date, connection: BaseEmailBackend) -> Digest | None:
    """Notes first and sends then, so that what fails to be sent takes its note away with it. None where another
    scheduler has been here since."""
    try:
        with transaction.atomic():
            digest = _digest_in_turn(user, today)
            if digest is None or not digest.user.email:
                return None
            SentReminder.objects.bulk_create(
                SentReminder(user=user, follow_up_round=each, kind=kind, deadline=each.deadline, sent_at=now)
                for each, kind in digest.due
            )
            note = "; ".join(f"{each.subject}: {kind.label}" for each, kind in digest.due)
            write_event(act=Act.REMINDERS_SENT, by=by, subject=f"konto {digest.user.username}", note=note, now=now)
            _message(digest, connection).send()
    except IntegrityError:
        if digest_of(user, today=today) is None:
            return None
        raise
    return digest


def _digest_in_turn(user: User, today: date) -> Digest | None:
    """As it is now, with the account held until the transaction ends: two schedulers take each person in turn."""
    current = User.objects.select_for_update(no_key=True).filter(pk=user.pk, is_active=True).first()
    return digest_of(current, today=today) if current else None


def _message(digest: Digest, connection: BaseEmailBackend) -> mail.EmailMessage:
    return mail.EmailMessage(
        subject_of(digest),
        body_of(digest),
        settings.DEFAULT_FROM_EMAIL,
        [digest.user.email],
        connection=connection,
        headers={"Auto-Submitted": "auto-generated"},  # nobody's holiday message is to answer it
    )


def _close(connection: BaseEmailBackend) -> None:
    with suppress(OSError, SMTPException):
        connection.close()
