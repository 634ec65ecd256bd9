"""Where mails go when no mail server is set: one file per mail, which any mail program opens."""

import os
import re
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone


class EmailBackend(BaseEmailBackend):
    """Each file is whole from the first moment it has its name; nobody but the operator reads it."""

    def send_messages(self, messages: list[EmailMessage]) -> int:
        folder = Path(settings.OUTBOX_DIR)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for message in messages:
            _write(folder / _name_of(message), message.message().as_bytes())
        return len(messages)


def _name_of(message: EmailMessage) -> str:
    """2031-05-01-070000-jens@example.dk-3f2a9c1b.eml"""
    to = re.sub(r"[^a-z0-9@._-]+", "-", ",".join(message.recipients()).lower())[:80]
    return f"{timezone.localtime():%Y-%m-%d-%H%M%S}-{to}-{uuid4().hex[:8]}.eml"


def _write(path: Path, content: bytes) -> None:
    unfinished = path.with_suffix(".part")
    with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
    unfinished.rename(path)
