"""What an approver fills in before editions are built, shown or taken away."""

import time

from django import forms
from django.contrib.auth import authenticate
from django.http import HttpRequest

from tracker.forms.cpr import AsksAboutCprNumbers
from tracker.models import Edition
from tracker.sessions import SIGNED_IN_AT

FRESH_SECONDS = 10 * 60


class EditionBuildForm(AsksAboutCprNumbers, forms.Form):
    """The approver's password again, and a reason where something is corrected. An account that signs in through the
    municipality's own service has no password here: it must have done so a short while ago."""

    reason = forms.CharField(
        label="Hvorfor bygges en ny udgave?",
        help_text="Begrundelsen står i den nye udgave og kan læses af alle.",
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    password = forms.CharField(
        label="Din adgangskode",
        help_text="Skriv den igen, så ingen andre bygger i dit navn.",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, data=None, *, request: HttpRequest, is_correction: bool):
        super().__init__(data)
        self.request = request
        if not is_correction:
            del self.fields["reason"]
        if not request.user.has_usable_password():
            del self.fields["password"]

    def clean(self) -> dict:
        if "password" not in self.fields:
            signed_in_at = self.request.session.get(SIGNED_IN_AT, 0)
            if time.time() - signed_in_at > FRESH_SECONDS:
                raise forms.ValidationError(
                    "Log af og på igen gennem kommunens login-tjeneste, og byg inden for ti minutter, så ingen andre "
                    "bygger i dit navn. Intet er bygget."
                )
        return super().clean()

    def clean_password(self) -> str:
        """Through the same door as the sign-in, so that guessing is braked here too."""
        user, password = self.request.user, self.cleaned_data["password"]
        found = authenticate(self.request, username=user.get_username(), password=password)
        if found is None or found.pk != user.pk:
            raise forms.ValidationError("Adgangskoden er ikke rigtig. Intet er bygget.")
        return password


class EditionChoiceForm(AsksAboutCprNumbers, forms.Form):
    """Which of the round's newest editions an act concerns: all of them unless some are left out."""

    scopes = forms.MultipleChoiceField(
        label="Udgaver",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Vælg mindst én udgave."},
    )

    def __init__(self, data=None, *, editions: list[Edition]):
        super().__init__(data, initial={"scopes": [each.publication.scope for each in editions]})
        self.fields["scopes"].choices = [
            (each.publication.scope, f"{each.publication.scope_name}, udgave {each.number}") for each in editions
        ]


class EditionWithdrawForm(EditionChoiceForm):
    """Nothing is chosen beforehand: taking away is said item by item."""

    reason = forms.CharField(
        label="Begrundelse",
        help_text="Bliver stående på udgavens adresse og kan læses af alle, der kunne læse udgaven.",
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, data=None, *, editions: list[Edition], older: dict[str, Edition]):
        super().__init__(data, editions=editions)
        self.initial = {}
        self.fields["scopes"].choices += [
            (name, f"{each.publication.scope_name}, udgave {each.number} (erstattet)") for name, each in older.items()
        ]
