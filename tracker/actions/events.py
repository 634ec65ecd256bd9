"""Writing down who did what. Every action that changes something calls this in its own transaction."""

import getpass
import os
from datetime import datetime

from django.utils import timezone

from tracker.logs import current_request_id
from tracker.models import Act, Event, User


def operator(command: str) -> str:
    """Who runs a command: its name and the operating system's user."""
    try:
        who = getpass.getuser()
    except (KeyError, OSError):  # a container's user id without a name
        who = f"uid {os.getuid()}"
    return f"{command} ({who})"


def write_event(*, act: Act, by: User | str, subject: str, note: str = "", now: datetime | None = None) -> Event:
    """`by` is a user, or the words of `operator()`."""
    is_user = isinstance(by, User)
    return Event.objects.create(
        at=now or timezone.now(),
        act=act,
        user_id=by.pk if is_user else None,
        actor=str(by),
        subject=subject,
        note=note,
        request_id=current_request_id(),
    )
