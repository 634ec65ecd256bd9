"""Signing in, passwords and accounts."""

from django import forms
from django.contrib.auth import password_validation
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator

from tracker.forms.fields import RowsField
from tracker.models import User
from tracker.statuses import Role


class AccountForm(forms.ModelForm):
    """An account as an administrator sees it."""

    roles = forms.MultipleChoiceField(
        label="Roller", choices=Role, widget=forms.CheckboxSelectMultiple, required=False,
        help_text="En konto kan have flere roller. Uden roller kan den kun logge ind.",
    )  # fmt: skip

    class Meta:
        model = User
        fields = ["username", "name", "email", "roles", "centres", "committees", "is_active"]
        labels = {"username": "Brugernavn", "email": "E-mail", "is_active": "Kontoen er aktiv"}
        help_texts = {
            "username": "Bruges ved log ind. Bogstaver, tal og tegnene @ . + - _",
            "is_active": "Fjern fluebenet for at lukke kontoen. Det, brugeren har indtastet, bliver stående.",
            "centres": "De centre, kontoen indberetter for.",
            "committees": "De udvalg, kontoen er medlem af.",
        }
        field_classes = {"centres": RowsField, "committees": RowsField}
        widgets = {"centres": forms.CheckboxSelectMultiple, "committees": forms.CheckboxSelectMultiple}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["name"].required = True
        if self.instance.pk:
            self.initial["roles"] = sorted(self.instance.roles)

    def clean(self):
        data = super().clean()
        roles = set(data.get("roles", []))
        if roles & {Role.EDITOR, Role.CHIEF} and not data.get("centres"):
            self.add_error("centres", "Vælg mindst ét center til en centermedarbejder eller centerchef.")
        if Role.MEMBER in roles and not data.get("committees"):
            self.add_error("committees", "Vælg mindst ét udvalg til et udvalgsmedlem.")
        return data


class SignInForm(AuthenticationForm):
    """The longest user name is checked here: Django leaves that to the browser, and the log of failed attempts has
    columns with an end."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "Brugernavn"
        self.error_messages = self.error_messages | {
            "invalid_login": "Brugernavn eller adgangskode passer ikke. Der er forskel på store og små bogstaver."
        }
        self.fields["username"].validators.append(MaxLengthValidator(150))


class PasswordForm(forms.Form):
    """A new password that an administrator sets for someone else."""

    password = forms.CharField(
        label="Ny adgangskode",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="Mindst 15 tegn. Giv den videre personligt; brugeren kan selv skifte den bagefter.",
    )

    def __init__(self, user: User, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        password_validation.validate_password(self.cleaned_data["password"], self.user)
        return self.cleaned_data["password"]


class NewAccountForm(AccountForm):
    password = forms.CharField(
        label="Adgangskode",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="Mindst 15 tegn.",
    )

    def _post_clean(self):
        """After the account's own fields are filled in, so that the password can be held against them."""
        super()._post_clean()
        if password := self.cleaned_data.get("password"):
            try:
                password_validation.validate_password(password, self.instance)
            except ValidationError as error:
                self.add_error("password", error)
