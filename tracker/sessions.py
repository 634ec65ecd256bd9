"""How long a sign-in lasts: half an hour without a request, a working day at most, and no longer than the account.

Django itself gives a new key at sign-in and ends the other sessions of an account whose password changes.
"""

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import SESSION_KEY, logout
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse

SIGNED_IN_AT, SEEN_AT = "signed_in_at", "seen_at"
STAMP_EVERY = 60  # seconds: a busy person's session is not written with every request


def stamp_sign_in(request: HttpRequest, **kwargs) -> None:
    """Called by Django whichever way somebody signs in, before the session is saved."""
    request.session[SIGNED_IN_AT] = request.session[SEEN_AT] = int(time.time())


def is_over(session: SessionBase, now: float) -> bool:
    return (
        now - session[SEEN_AT] >= settings.SESSION_IDLE_SECONDS
        or now - session[SIGNED_IN_AT] >= settings.SESSION_LONGEST_SECONDS
    )


class SessionEndMiddleware:
    """Ends a sign-in that is over, before anybody asks who is signed in. Someone who was typing is then answered as
    any visitor who is not signed in: beside the text, or with it (see SignInRequiredMiddleware)."""

    def __init__(self, get_response: Callable):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.SESSION_COOKIE_NAME in request.COOKIES:  # a reader without a cookie stays cacheable
            _end_or_stamp(request)
        return self.get_response(request)


def _end_or_stamp(request: HttpRequest) -> None:
    session = request.session
    if SESSION_KEY not in session:
        return
    now = time.time()
    if SIGNED_IN_AT not in session:  # signed in before the site knew of this rule
        stamp_sign_in(request)
    # an account that was closed has no user any more; its session must not come back to life with it
    if is_over(session, now) or not request.user.is_authenticated:
        logout(request)
    elif now - session[SEEN_AT] >= STAMP_EVERY:
        session[SEEN_AT] = int(now)
