"""What every request passes: its number, sign-in, our own error pages, and no shared copies of private pages."""

import re
from collections.abc import Callable
from uuid import uuid4

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils.cache import patch_vary_headers
from django_htmx.http import HttpResponseClientRedirect

from tracker.errors import TrackerError
from tracker.logs import request_id_is
from tracker.views.errors import conflict, signed_out

# What a proxy may call a request: nothing that could break a line or pass for something else.
NUMBER_OF_A_PROXY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,39}")


class RequestNumberMiddleware:
    """Every request has a number of its own: in the log, in the answer's header, on the page that says it failed, and
    on the events it wrote. A visitor cannot choose it; our own proxy may."""

    def __init__(self, get_response: Callable):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "") if settings.TRUSTED_PROXY else ""
        request.number = given if NUMBER_OF_A_PROXY.fullmatch(given) else uuid4().hex
        with request_id_is(request.number):
            response = self.get_response(request)
        response.headers["X-Request-ID"] = request.number
        return response


class SignInRequiredMiddleware(LoginRequiredMiddleware):
    """Every view takes a sign-in unless it says otherwise.

    A lost sign-in is never hidden by htmx, which would follow the redirect and put the sign-in page inside a fragment:
    reading leads the whole page to the sign-in, while saving is answered with words, so that what was typed stays. A
    plain form that carries text gets it back too.
    """

    def process_view(self, request: HttpRequest, view_func: Callable, args, kwargs) -> HttpResponse | None:
        if not getattr(view_func, "login_required", True):
            return None  # nobody is asked who they are where all may come: such an answer may be kept for all
        return super().process_view(request, view_func, args, kwargs)

    def handle_no_permission(self, request: HttpRequest, view_func: Callable) -> HttpResponse:
        if request.method not in {"GET", "HEAD"} and (told := signed_out(request)):
            return told
        if not request.htmx:
            return super().handle_no_permission(request, view_func)
        page = request.htmx.current_url_abs_path or "/"
        sign_in = redirect_to_login(page, resolve_url(settings.LOGIN_URL), self.get_redirect_field_name(view_func))
        return HttpResponseClientRedirect(sign_in.url)


class ErrorPagesMiddleware:
    """A broken rule that no view turned into a form error becomes a 409 page with its sentence."""

    def __init__(self, get_response: Callable):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return conflict(request, str(exception)) if isinstance(exception, TrackerError) else None


class PrivateResponseMiddleware:
    """Nothing we render is kept by caches or by the browser of a shared computer."""

    def __init__(self, get_response: Callable):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store, private")
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        patch_vary_headers(response, ["HX-Request"])
        return response


def client_address(request: HttpRequest) -> str:
    """The visitor's address for the brake on password guessing: our own proxy's last word, or the socket."""
    if settings.TRUSTED_PROXY and (forwarded := request.META.get("HTTP_X_FORWARDED_FOR")):
        return forwarded.rsplit(",", 1)[-1].strip()
    return request.META.get("REMOTE_ADDR", "")
