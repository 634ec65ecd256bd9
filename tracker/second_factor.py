"""Who must have a second factor, and what such a person meets everywhere until they have one."""

from collections.abc import Callable
from urllib.parse import urlencode

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

from tracker.statuses import Role
from tracker.views.errors import second_factor_needed

# Whoever sets up, approves, publishes or keeps the accounts.
NEED_SECOND_FACTOR = (Role.FINANCE, Role.APPROVER, Role.ADMINISTRATOR)
# All that such a person reaches before: the way to the second factor, the door out, and what a load balancer asks.
REACHED_WITHOUT = frozenset(
    {"mfa_activate_totp", "second_factor_qr", "account_reauthenticate", "mfa_reauthenticate", "sign_out", "health"}
)


def missing_second_factor(request: HttpRequest) -> str:
    """The name of the page on which this user must set up or prove a second factor before anything else; "" if none.

    A session counts only if the second factor was given in it, after it was set up: one that was opened with the
    password alone, elsewhere and earlier, is asked for a code. Whoever comes from the municipality's own sign-in has
    been asked there.
    """
    if not settings.SECOND_FACTOR or settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return ""  # a stranger is not asked for a session: such answers may be kept for all
    user = request.user
    if not user.is_authenticated or not user.has_role(*NEED_SECOND_FACTOR):
        return ""
    records = get_authentication_records(request, user)
    if any(each["method"] == "socialaccount" for each in records):
        return ""
    totp = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).first()
    if totp is None:
        return "mfa_activate_totp"
    since = totp.created_at.timestamp()
    given = any(each["method"] == "mfa" and each["at"] >= since for each in records)
    return "" if given else "mfa_reauthenticate"


class SecondFactorMiddleware:
    """Leads whoever lacks a second factor to the page that sets it up, from every address. What somebody was about to
    save is answered as after a lost sign-in: beside the text, or with it."""

    def __init__(self, get_response: Callable):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view_func: Callable, args, kwargs) -> HttpResponse | None:
        name = missing_second_factor(request)
        request.lacks_second_factor = bool(name)
        if not name or request.resolver_match.view_name in REACHED_WITHOUT:
            return None
        if request.method not in {"GET", "HEAD"} and (told := second_factor_needed(request, reverse(name))):
            return told
        page = request.htmx.current_url_abs_path if request.htmx else request.get_full_path()
        address = f"{reverse(name)}?{urlencode({'next': page or '/'})}"
        return HttpResponseClientRedirect(address) if request.htmx else redirect(address)
