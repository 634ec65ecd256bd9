"""Signing in, one's own password, and the accounts that an administrator keeps."""

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_http_methods, require_safe

from tracker.actions import accounts as actions
from tracker.errors import TrackerError
from tracker.forms.accounts import AccountForm, NewAccountForm, PasswordForm, SignInForm
from tracker.models import User
from tracker.permissions import Permission, require_permission
from tracker.tables import AccountTable


class InvalidIs422:
    """Django's own form views answer 200 for a form with errors; ours say that it was not accepted."""

    http_method_names = ["get", "head", "post", "options"]

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        """Another method is refused before anything is asked or found out."""
        if request.method.lower() not in self.http_method_names:
            return self.http_method_not_allowed(request, *args, **kwargs)
        return super().dispatch(request, *args, **kwargs)

    def form_invalid(self, form) -> HttpResponse:
        response = super().form_invalid(form)
        response.status_code = 422
        return response


@method_decorator(login_not_required, name="dispatch")
class SignIn(InvalidIs422, auth_views.LoginView):
    authentication_form = SignInForm
    template_name = "tracker/accounts/sign_in.html"
    redirect_authenticated_user = True

    def form_valid(self, form) -> HttpResponse:
        """The password is right: in, or on to the second factor. The key changes here too, so that nobody who knew
        the session from before stands with one foot inside."""
        self.request.session.cycle_key()
        user = form.get_user()
        login = Login(user=user, redirect_url=self.get_success_url())
        return perform_password_login(self.request, {"username": user.username}, login)

    def get_context_data(self, **kwargs) -> dict:
        return super().get_context_data(**kwargs) | {"sso": settings.SSO, "by_password": settings.PASSWORD_SIGN_IN}

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not settings.PASSWORD_SIGN_IN:
            return self.http_method_not_allowed(request)
        return super().post(request, *args, **kwargs)


@method_decorator(login_not_required, name="dispatch")
class SignOut(auth_views.LogoutView):
    """The browser forgets what it has cached of us: the next person at a shared computer sees nothing."""

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        response = super().post(request, *args, **kwargs)
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
        return response


class ChangePassword(InvalidIs422, auth_views.PasswordChangeView):
    template_name = "tracker/accounts/password.html"
    success_url = reverse_lazy("my_page")

    def form_valid(self, form):
        messages.success(self.request, "Din adgangskode er skiftet.")
        return super().form_valid(form)


sign_in = SignIn.as_view()
sign_out = SignOut.as_view()
password_change = require_permission(Permission.OWN_PAGE)(ChangePassword.as_view())


@require_safe
@require_permission(Permission.ACCOUNTS)
def account_list(request: HttpRequest) -> HttpResponse:
    users = User.objects.prefetch_related("role_rows", "centres", "committees", "authenticator_set")
    table = AccountTable(users, order_by=request.GET.get("sort", "name"))
    return render(request, "tracker/accounts/list.html", {"table": table})


@require_http_methods(["GET", "POST"])
@require_permission(Permission.ACCOUNTS)
def account_create(request: HttpRequest) -> HttpResponse:
    form = NewAccountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        account = actions.create_account(
            account=form.save(commit=False),
            password=data["password"],
            roles=set(data["roles"]),
            centres=data["centres"],
            committees=data["committees"],
            by=request.user,
        )
        messages.success(request, f"Kontoen {account.username} er oprettet.")
        return redirect("account_list")
    status = 422 if request.method == "POST" else 200
    return render(request, "tracker/accounts/edit.html", {"form": form, "account": None}, status=status)


@require_http_methods(["GET", "POST"])
@require_permission(Permission.ACCOUNTS)
def account_edit(request: HttpRequest, pk: int) -> HttpResponse:
    account = get_object_or_404(User, pk=pk)
    form = AccountForm(request.POST or None, instance=account)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            actions.change_account(
                account=form.save(commit=False),
                roles=set(data["roles"]),
                centres=data["centres"],
                committees=data["committees"],
                by=request.user,
            )
        except TrackerError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"Kontoen {account.username} er gemt.")
            return redirect("account_list")
    status = 422 if request.method == "POST" else 200
    return render(request, "tracker/accounts/edit.html", {"form": form, "account": account}, status=status)


@require_http_methods(["GET", "POST"])
@require_permission(Permission.ACCOUNTS)
def account_password(request: HttpRequest, pk: int) -> HttpResponse:
    account = get_object_or_404(User, pk=pk)
    form = PasswordForm(account, request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.set_password(account=account, password=form.cleaned_data["password"], by=request.user)
        messages.success(request, f"{account} har fået en ny adgangskode.")
        return redirect("account_list")
    status = 422 if request.method == "POST" else 200
    return render(request, "tracker/accounts/new_password.html", {"form": form, "account": account}, status=status)
