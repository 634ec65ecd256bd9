"""The second factor: asked for at sign-in, set up and removed by oneself, and the recovery codes. The steps are
django-allauth's; pages, words and events are ours."""

from allauth.account.internal.flows.login import record_authentication
from allauth.account.views import ReauthenticateView
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import views as code_views
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes import views as recovery_views
from allauth.mfa.totp import views as totp_views
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_http_methods, require_safe

from tracker.actions.events import write_event
from tracker.actions.second_factor import remove_second_factor
from tracker.errors import TrackerError
from tracker.models import Act, User
from tracker.permissions import Permission, require_permission
from tracker.views.accounts import InvalidIs422


def _note(act: Act, user: User, note: str = "") -> None:
    write_event(act=act, by=user, subject=f"konto {user.username}", note=note)


def _note_recovery_code(form, user: User) -> None:
    if form.authenticator.type == Authenticator.Type.RECOVERY_CODES:
        codes = Authenticator.objects.get(pk=form.authenticator.pk)  # allauth marks the code on a copy of its own
        left = len(codes.wrap().get_unused_codes())
        _note(Act.RECOVERY_CODE_USED, user, note=f"{left} tilbage")


@method_decorator(login_not_required, name="dispatch")
class Authenticate(InvalidIs422, code_views.AuthenticateView):
    """Between the password and being in."""

    template_name = "tracker/second_factor/authenticate.html"

    def _build_forms(self):
        """allauth takes a post without a code for one with a security key, which this site does not use."""
        self.webauthn_form = None
        data = self.request.POST if self.request.method == "POST" else None
        self.auth_form = self.get_form_class()(user=self.stage.login.user, data=data)
        return self.auth_form

    @transaction.atomic  # a recovery code is not used up without the event that says so
    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        return super().post(request, *args, **kwargs)

    def form_valid(self, form) -> HttpResponse:
        _note_recovery_code(form, self.stage.login.user)
        return super().form_valid(form)


class Confirm:
    """Who is at the keyboard, once more, before the way in is changed."""

    def _check_reauthentication_method_available(self, request: HttpRequest) -> HttpResponse | None:
        if not request.user.has_usable_password() and not _codes_of(request.user):
            return redirect("mfa_index")  # an account of the municipality's own sign-in has nothing here to ask for
        return super()._check_reauthentication_method_available(request)


class ConfirmByPassword(InvalidIs422, Confirm, ReauthenticateView):
    template_name = "tracker/second_factor/confirm.html"


class ConfirmByCode(InvalidIs422, Confirm, code_views.ReauthenticateView):
    template_name = "tracker/second_factor/confirm.html"

    @transaction.atomic
    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        return super().post(request, *args, **kwargs)

    def form_valid(self, form) -> HttpResponse:
        _note_recovery_code(form, self.request.user)
        return super().form_valid(form)


class SetUp(InvalidIs422, totp_views.ActivateTOTPView):
    template_name = "tracker/second_factor/set_up.html"

    def get_context_data(self, **kwargs) -> dict:
        context = super().get_context_data(**kwargs)
        secret = context["form"].secret
        groups = " ".join(secret[n : n + 4] for n in range(0, len(secret), 4))
        return context | {"secret": groups, "is_required": self.request.lacks_second_factor}

    @transaction.atomic
    def form_valid(self, form) -> HttpResponse:
        response = super().form_valid(form)
        user = self.request.user
        _note(Act.SECOND_FACTOR_SET_UP, user)
        totp = Authenticator.objects.get(user=user, type=Authenticator.Type.TOTP)
        # the code just typed was right, so this session has given its second factor
        record_authentication(self.request, user, "mfa", id=totp.pk, type=totp.type, reauthenticated=True)
        if self.did_generate_recovery_codes:
            _note(Act.RECOVERY_CODES_MADE, user)
        messages.success(self.request, "Det andet trin er sat op. Gem nu dine gendannelseskoder.")
        return response


class NeedsSecondFactor:
    """Leads whoever has none to the page that says so; allauth would answer that the page does not exist."""

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if request.method.lower() not in self.http_method_names:
            return self.http_method_not_allowed(request, *args, **kwargs)
        return super().dispatch(request, *args, **kwargs) if _codes_of(request.user) else redirect("mfa_index")


class Remove(NeedsSecondFactor, InvalidIs422, totp_views.DeactivateTOTPView):
    template_name = "tracker/second_factor/remove.html"

    @transaction.atomic
    def form_valid(self, form) -> HttpResponse:
        response = super().form_valid(form)
        _note(Act.SECOND_FACTOR_REMOVED, self.request.user)
        messages.success(self.request, "Det andet trin er fjernet.")
        return response


class RecoveryCodes(NeedsSecondFactor, recovery_views.ViewRecoveryCodesView):
    template_name = "tracker/second_factor/recovery_codes.html"
    http_method_names = ["get", "head", "options"]


class DownloadRecoveryCodes(NeedsSecondFactor, recovery_views.DownloadRecoveryCodesView):
    template_name = "tracker/second_factor/recovery_codes.txt"
    content_type = "text/plain; charset=utf-8"
    http_method_names = ["get", "head", "options"]

    def render_to_response(self, context: dict, **options) -> HttpResponse:
        response = super().render_to_response(context, **options)
        response.headers["Content-Disposition"] = 'attachment; filename="gendannelseskoder.txt"'
        return response


class NewRecoveryCodes(InvalidIs422, recovery_views.GenerateRecoveryCodesView):
    template_name = "tracker/second_factor/new_recovery_codes.html"

    @transaction.atomic
    def form_valid(self, form) -> HttpResponse:
        response = super().form_valid(form)
        _note(Act.RECOVERY_CODES_MADE, self.request.user)
        messages.success(self.request, "Du har fået nye gendannelseskoder. De gamle gælder ikke længere.")
        return response


def _codes_of(user: User) -> Authenticator | None:
    return Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).first()


own = require_permission(Permission.OWN_PAGE)
authenticate = Authenticate.as_view()
confirm_by_password = own(ConfirmByPassword.as_view())
confirm_by_code = own(ConfirmByCode.as_view())
set_up = own(SetUp.as_view())
remove = own(Remove.as_view())
recovery_codes = own(RecoveryCodes.as_view())
recovery_codes_download = own(DownloadRecoveryCodes.as_view())
recovery_codes_new = own(NewRecoveryCodes.as_view())


@require_safe
@own
def front(request: HttpRequest) -> HttpResponse:
    authenticators = {each.type: each for each in Authenticator.objects.filter(user=request.user)}
    codes = authenticators.get(Authenticator.Type.RECOVERY_CODES)
    context = {
        "totp": authenticators.get(Authenticator.Type.TOTP),
        "codes_left": len(codes.wrap().get_unused_codes()) if codes else 0,
    }
    return render(request, "tracker/second_factor/front.html", context)


@require_safe
@own
def qr(request: HttpRequest) -> HttpResponse:
    """The picture that the app on the telephone reads: a file of its own, as pages hold no inline styles."""
    secret = request.session.get(SECRET_SESSION_KEY)
    if not secret:
        return redirect("mfa_activate_totp")
    adapter = get_adapter()
    picture = adapter.build_totp_svg(adapter.build_totp_url(request.user, secret))
    return HttpResponse(picture, content_type="image/svg+xml")


def unlink_account(*, account: User, by: User) -> None:
    from tracker.actions import sso  # needs what only the extra `sso` installs

    sso.unlink_account(account=account, by=by)


@require_http_methods(["GET", "POST"])
@require_permission(Permission.ACCOUNTS)
def account_second_factor(request: HttpRequest, pk: int) -> HttpResponse:
    """Another's second factor is removed when the telephone is lost; one's own takes one's password."""
    account = get_object_or_404(User, pk=pk)
    if account == request.user and request.method == "GET":
        return redirect("mfa_index")
    if request.method == "POST":
        unlinks = settings.SSO and request.POST.get("act") == "unlink"
        try:
            remove = unlink_account if unlinks else remove_second_factor
            remove(account=account, by=request.user)
        except TrackerError as error:
            messages.error(request, str(error))
        else:
            what = "Tilknytningen til login-tjenesten" if unlinks else "Det andet trin"
            messages.success(request, f"{what} er fjernet fra {account}.")
        return redirect("account_edit", pk)
    context = {"account": account, "totp": _codes_of(account), "sso": settings.SSO}
    return render(request, "tracker/second_factor/remove_others.html", context)
