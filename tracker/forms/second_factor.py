"""Codes from the telephone, and the password once more. What is checked is django-allauth's; the words are ours."""

from allauth.account.forms import ReauthenticateForm as ByPassword
from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.core.cache import cache

CODE_HELP = "De seks tal, som appen på din telefon viser lige nu, eller en af dine gendannelseskoder."


def code_field(label: str, help_text: str) -> forms.CharField:
    attributes = {"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}
    return forms.CharField(
        label=label, help_text=help_text, max_length=40, widget=forms.TextInput(attrs=attributes)
    )  # fmt: skip


class OnceOnly(forms.Form):
    """allauth remembers a used code for one period; with tolerance for wrong clocks it would pass for three."""

    def clean_code(self) -> str:
        code = super().clean_code()
        if self.authenticator.type == Authenticator.Type.TOTP:
            lasts = app_settings.TOTP_PERIOD * (2 * app_settings.TOTP_TOLERANCE + 1)
            digits = "".join(each for each in code if each.isdigit())
            if not cache.add(f"second-factor-used-{self.user.pk}-{digits}", "y", timeout=lasts):
                raise get_adapter().validation_error("incorrect_code")
        return code


class CodeForm(OnceOnly, AuthenticateForm):
    """The second step of signing in."""

    code = code_field("Kode", CODE_HELP)


class ConfirmByCodeForm(OnceOnly, ReauthenticateForm):
    code = code_field("Kode", CODE_HELP)


class ConfirmByPasswordForm(ByPassword):
    password = forms.CharField(
        label="Din adgangskode",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class SetUpForm(ActivateTOTPForm):
    code = code_field("Kode fra appen", "De seks tal, som appen viser, når den har læst billedet.")

    def clean_code(self) -> str:
        try:
            return super().clean_code()
        except forms.ValidationError as error:
            if error.code != "incorrect_code":
                raise
            words = "Koden passer ikke. Skriv den, appen viser lige nu; den skifter hvert halve minut."
            raise forms.ValidationError(words, code=error.code) from error
