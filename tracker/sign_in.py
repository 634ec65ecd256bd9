"""What django-allauth asks the site when somebody signs in: its stages, its sentences, how it keeps its secrets."""

import base64
import hashlib
import time

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.stages import AuthenticateStage
from allauth.mfa.totp.internal.auth import generate_totp_secret
from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme

from tracker.middleware import client_address
from tracker.models import User


class SecondFactorStage(AuthenticateStage):
    """Asks for a code after the password, from everybody who has set up a second factor."""

    def _should_handle(self, request: HttpRequest) -> bool:
        came_by_sso = "sociallogin" in (self.login.signal_kwargs or {})
        return not came_by_sso and super()._should_handle(request)


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "incorrect_password": "Adgangskoden passer ikke.",
        "too_many_login_attempts": "Der har været for mange forkerte forsøg. Vent et kvarter, og prøv igen.",
        "rate_limited": "Der har været for mange forkerte forsøg. Vent et kvarter, og prøv igen.",
    }

    def get_login_stages(self) -> list[str]:
        return ["tracker.sign_in.SecondFactorStage"]

    def login(self, request: HttpRequest, user: User) -> None:
        if not user.is_active:  # closed between the password and the code
            raise ImmediateHttpResponse(self.respond_user_inactive(request, user))
        super().login(request, user)

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        return redirect("sign_in")

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_safe_url(self, url: str) -> bool:
        """This very host, as Django's own sign-in has it; allauth would take the other hosts of the settings too."""
        request = self.request
        return url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request)

    def add_message(self, *args, **kwargs) -> None:
        """Our views say what was done, in the words of the site."""

    def is_reauthentication_required(self, *, app: str, **kwargs) -> bool:
        """Whoever has just signed in with the password is not asked for it again to set up a first second factor."""
        user = self.request.user
        if not Authenticator.objects.filter(user_id=user.pk).exists() and has_just_signed_in(self.request):
            return False
        return super().is_reauthentication_required(app=app, **kwargs)

    def get_reauthentication_methods(self, user: User) -> list[dict]:
        words = {"reauthenticate": "Brug din adgangskode", "mfa_reauthenticate": "Brug en kode fra telefonen"}
        return [each | {"description": words[each["id"]]} for each in super().get_reauthentication_methods(user)]


def has_just_signed_in(request: HttpRequest) -> bool:
    times = [each["at"] for each in get_authentication_records(request, request.user) if each["method"] == "password"]
    return bool(times) and time.time() - times[-1] < app_settings.REAUTHENTICATION_TIMEOUT


class SecondFactorAdapter(DefaultMFAAdapter):
    """The secrets behind the codes lie encrypted in the database: a copy of it opens nobody's second factor."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": "Koden passer ikke. Brug den kode, telefonen viser lige nu, eller en gendannelseskode, "
        "der ikke er brugt.",
        "cannot_generate_recovery_codes": "Sæt det andet trin op først; gendannelseskoderne hører til det.",
    }

    def encrypt(self, text: str) -> str:
        return _fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        try:
            return _fernet().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:  # another SECRET_KEY than when it was set up: no code passes, none is ever known
            return generate_totp_secret()

    def _get_user_identifier(self, user: User) -> str:
        return user.username


def _fernet() -> Fernet:
    key = hashlib.sha256(b"tracker second factor" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))
