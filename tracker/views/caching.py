"""Answers that everybody may share, so that publication day is cheap: for a minute, and with a tag to ask by.

A reader without a session cookie is nobody in particular: their session is neither opened nor asked for, and what they
are sent may be kept by any cache. Whoever has one is answered as on every other page: nothing is kept.
"""

import hashlib
from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response

from tracker.models import User

PAGE_SECONDS, FILE_SECONDS = 60, 300
_SHARED = {200, 410}


def is_anybody(request: HttpRequest) -> bool:
    """No sign-in, and no message that waits to be shown."""
    return not {settings.SESSION_COOKIE_NAME, "messages"} & request.COOKIES.keys()


def reader_of(request: HttpRequest) -> User | AnonymousUser:
    return AnonymousUser() if settings.SESSION_COOKIE_NAME not in request.COOKIES else request.user


def tagged(request: HttpRequest, response: HttpResponse, tag: str, *, seconds: int) -> HttpResponse:
    """The response with its tag, or 304 to whoever has it already."""
    response.headers["ETag"] = f'"{tag}"'
    if is_anybody(request):
        response.headers["Cache-Control"] = f"public, max-age={seconds}"
    found = get_conditional_response(request, etag=response.headers["ETag"], response=response)
    if hasattr(response, "_csp_replace"):  # a browser takes the headers of a 304 for those of the page it has kept
        found._csp_replace = response._csp_replace
    return found


def shared_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For pages that are drawn: the tag is made of what was drawn, so it tells nothing that the page does not."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if response.status_code not in _SHARED or not is_anybody(request):
            return response
        return tagged(request, response, hashlib.sha256(response.content).hexdigest(), seconds=PAGE_SECONDS)

    return wrapped
