"""Out to the municipality's own sign-in and back. Imported only where SSO_* is set."""

from allauth.account.utils import get_next_redirect_url
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.crypto import get_random_string
from django.views.decorators.http import require_safe
from requests import RequestException

from tracker.sso import DOWN, PROVIDER, CheckedAdapter, refuse


@login_not_required
@require_safe
def begin(request: HttpRequest) -> HttpResponse:
    """A link, not a form: our content security policy lets no form lead to another site."""
    if request.user.is_authenticated:
        return redirect("my_page")
    provider = CheckedAdapter(request, PROVIDER).get_provider()
    provider.oauth2_adapter_class = CheckedAdapter
    nonce = get_random_string(32)
    try:
        return provider.redirect(
            request,
            process="login",
            next_url=get_next_redirect_url(request),
            auth_params={"nonce": nonce},
            nonce=nonce,  # kept with the state
        )
    except (RequestException, OAuth2Error) as error:
        return refuse(request, DOWN, error)


class Return(OAuth2CallbackView):
    def _get_state(self, request: HttpRequest, provider):
        state, response = super()._get_state(request, provider)
        self.adapter.nonce = (state or {}).get("nonce", "")
        return state, response


@login_not_required
@require_safe
def come_back(request: HttpRequest) -> HttpResponse:
    try:
        return Return.adapter_view(CheckedAdapter(request, PROVIDER))(request)
    except (RequestException, OAuth2Error) as error:  # allauth asks for the addresses before it looks out for failures
        return refuse(request, DOWN, error)
