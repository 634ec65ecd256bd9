"""Sign-in through the municipality's own service (OpenID Connect: Entra ID, AD FS). Imported only where SSO_* is set.

django-allauth does the steps: state, PKCE, the exchange of the code, and the link from an account to the person at the
service. Added here: the identity token's signature and nonce are always checked, and nobody gets an account by
signing in.

Who comes in? At the first sign-in the account whose user name is the name the directory itself signs the person in
with (`preferred_username`, the UPN): only the directory's administrators can set it, and it is unique there. The
e-mail address is neither: in Entra ID it is a profile field that nobody verifies, AD FS says nothing of how it was
verified, and our own accounts may share one. From then on the account belongs to the service's `sub`, which is never
given to anybody else, so a successor who inherits the user name does not inherit the account.
"""

import hashlib
import hmac
import logging
from functools import cached_property

import jwt
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, get_adapter
from allauth.socialaccount.models import SocialAccount, SocialToken
from allauth.socialaccount.providers.base import AuthError
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from requests import RequestException

from tracker.actions.sso import link_account
from tracker.errors import TrackerError

log = logging.getLogger("tracker.sso")
PROVIDER = "sso"
NEEDED = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]  # none with a shared key
CLOCKS_DIFFER = 60  # seconds
DOWN = (
    "Login-tjenesten svarer ikke, som den skal. Prøv igen om lidt, eller skriv til Økonomi og Styring, hvis det bliver "
    "ved."
)
STALE = "Log ind-forsøget var for gammelt eller kom ikke herfra. Prøv igen."
CANCELLED = "Du afbrød log ind hos login-tjenesten."


def refuse(request: HttpRequest, sentence: str, reason: object) -> HttpResponse:
    """Back to the sign-in page with a sentence; the reason goes to the log, for whoever runs the server."""
    log.warning("Sign-in through the service refused: %s", reason)
    messages.error(request, sentence)
    return redirect("sign_in")


class CheckedAdapter(OpenIDConnectOAuth2Adapter):
    """What the service says is believed only when it is complete, signed, for us, and the answer to our question."""

    nonce = ""

    @cached_property
    def openid_config(self) -> dict:
        with get_adapter().get_requests_session() as session:
            answer = session.get(self.get_provider().server_url)
            answer.raise_for_status()
            config = answer.json()
        if not isinstance(config, dict) or not all(isinstance(config.get(name), str) for name in NEEDED):
            raise OAuth2Error("the discovery document is incomplete")
        if config["issuer"].rstrip("/") != settings.SSO.server_url:
            raise OAuth2Error(f"SSO_SERVER_URL is not the issuer, which is {config['issuer']}")
        return config

    def get_callback_url(self, request: HttpRequest, app) -> str:
        return request.build_absolute_uri(reverse("sso_return"))

    def get_access_token_data(self, *args, **kwargs) -> dict:
        try:
            data = super().get_access_token_data(*args, **kwargs)
        except (KeyError, TypeError, ValueError) as error:  # an answer that is no JSON object, or says not what it is
            raise OAuth2Error(f"the answer of the token endpoint cannot be read: {error!r}") from error
        if not isinstance(data, dict):
            raise OAuth2Error("the answer of the token endpoint is not an object")
        return data

    def parse_token(self, data: dict) -> SocialToken:
        return SocialToken(token=data["access_token"])  # never used nor kept: the identity token says it all

    def complete_login(self, request: HttpRequest, app, token, **kwargs):
        response = kwargs["response"]
        claims = self._claims_of(response.get("id_token"))
        kept = {name: claims.get(name) for name in ("iss", "sub", settings.SSO.username_claim)}
        # a `sub` is one person's only together with who issued it
        kept["uid"] = hashlib.sha256(f"{claims['iss']}\n{claims['sub']}".encode()).hexdigest()
        return self.get_provider().sociallogin_from_response(request, {"id_token": kept})

    def _claims_of(self, id_token: object) -> dict:
        if not isinstance(id_token, str):
            raise OAuth2Error("there is no identity token")
        try:
            claims = jwt.decode(
                id_token,
                key=self._key_of(id_token),
                algorithms=ALGORITHMS,
                audience=settings.SSO.client_id,
                issuer=self.openid_config["issuer"],
                leeway=CLOCKS_DIFFER,
                options={"require": ["exp", "iat", "iss", "aud", "sub"]},
            )
        except jwt.PyJWTError as error:
            raise OAuth2Error(f"the identity token is not valid: {error}") from error
        if not self.nonce or not hmac.compare_digest(str(claims.get("nonce", "")).encode(), self.nonce.encode()):
            raise OAuth2Error("the identity token answers another question (nonce)")
        if isinstance(claims["aud"], list) and claims["aud"] != [settings.SSO.client_id]:
            raise OAuth2Error("the identity token is for others too")
        if not claims["sub"]:
            raise OAuth2Error("the identity token names nobody")
        return claims

    def _key_of(self, id_token: str) -> jwt.PyJWK:
        number = jwt.get_unverified_header(id_token).get("kid")
        with get_adapter().get_requests_session() as session:
            answer = session.get(self.openid_config["jwks_uri"])
            answer.raise_for_status()
            keys = answer.json()
        if not isinstance(keys, dict):
            raise OAuth2Error("the service's keys cannot be read")
        for key in jwt.PyJWKSet.from_dict(keys).keys:
            if key.key_id == number:
                return key
        raise OAuth2Error("the identity token is signed with an unknown key")


class SsoAdapter(DefaultSocialAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest, sociallogin) -> bool:
        return False

    def populate_user(self, request: HttpRequest, sociallogin, data):
        return sociallogin.user  # nobody is made of what the service says

    def pre_social_login(self, request: HttpRequest, sociallogin) -> None:
        """After the service has said who it is: the account, or a sentence."""
        claims = sociallogin.account.extra_data["id_token"]
        linked = sociallogin.account if sociallogin.is_existing else None
        try:
            account = link_account(claims=claims, linked=linked)
        except TrackerError as error:
            raise ImmediateHttpResponse(refuse(request, str(error), f"{error} (sub {claims['sub']})")) from error
        if linked is None:
            sociallogin.account = SocialAccount.objects.get(provider=PROVIDER, uid=claims["uid"])
        sociallogin.user = account

    def on_authentication_error(
        self, request: HttpRequest, provider, error=None, exception=None, extra_context=None
    ) -> None:
        if error == AuthError.CANCELLED:
            sentence = CANCELLED
        elif isinstance(exception, OAuth2Error | RequestException) or request.GET.get("error"):
            sentence = DOWN
        else:
            sentence = STALE
        reason = exception or request.GET.get("error") or "unknown state"
        raise ImmediateHttpResponse(refuse(request, sentence, reason))
