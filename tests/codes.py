"""Codes as the app on a telephone would show them, from django-allauth's own arithmetic."""

import time

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value

from tracker.models import User


def code_of(secret: str, *, step: int = 0) -> str:
    """The code of now, or of the next half minute (a code passes once): both are accepted, as clocks differ."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + step))


def wrong_code(secret: str) -> str:
    right = {code_of(secret, step=step) for step in range(-3, 4)}
    return next(code for code in ("123456", "234567", "345678", "456789", "567890", "678901", "789012") + ("890123",)
                if code not in right)  # fmt: skip


def give_second_factor(user: User) -> str:
    """The secret of a second factor that the user has set up earlier, recovery codes and all."""
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    RecoveryCodes.activate(user)
    return secret


def recovery_codes_of(user: User) -> list[str]:
    return Authenticator.objects.get(user=user, type=Authenticator.Type.RECOVERY_CODES).wrap().get_unused_codes()
