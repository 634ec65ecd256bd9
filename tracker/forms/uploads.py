"""An agreement file by upload, and what its owner does about it after the preview."""

from django import forms
from django.core.files.uploadedfile import UploadedFile

from tracker.forms.cpr import cpr_reason_field
from tracker.upload_handlers import LARGEST_UPLOAD

NAMELESS = "fil uden navn"


class AgreementUploadForm(forms.Form):
    file = forms.FileField(
        label="Aftalefil",
        help_text="En tekstfil i formatet TOML på højst 2 MB. Intet bliver indlæst, før du har set, hvad filen ændrer.",
        error_messages={
            "required": "Vælg den fil, der skal indlæses.",
            "missing": "Vælg den fil, der skal indlæses.",
            "invalid": "Filen kom ikke med. Vælg den igen.",
            "empty": "Filen er tom. Vælg en fil med en aftale i.",
        },
        widget=forms.FileInput(attrs={"accept": ".toml"}),
    )

    def clean_file(self) -> UploadedFile:
        file = self.cleaned_data["file"]
        if file.size > LARGEST_UPLOAD:
            tenths = -(-file.size // 100_000)  # rounded up, or the smallest that is too large would fill 2,0 MB
            raise forms.ValidationError(
                f"Filen fylder {tenths // 10},{tenths % 10} MB. Der er plads til 2 MB; en aftalefil er mindre."
            )
        return file

    @property
    def file_name(self) -> str:
        """What the person chose, also where it was refused: a browser leaves the field empty on the way back."""
        file = self.files.get("file")
        return clean_name(file.name) if file else ""


def clean_name(name: str | None) -> str:
    """The last part of a name that may have been sent by anything: no folders, nothing invisible, 200 characters."""
    last = (name or "").replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(each for each in last if each.isprintable()).strip()[:200] or NAMELESS


class UploadActForm(forms.Form):
    """The buttons of the preview. `digest` and `base` say which preview it was."""

    APPLY, REFRESH, DISCARD = "apply", "refresh", "discard"

    act = forms.ChoiceField(choices=[(each, each) for each in (APPLY, REFRESH, DISCARD)])
    cpr_reason = cpr_reason_field()
    digest = forms.CharField(required=False, max_length=64)
    base = forms.CharField(required=False, max_length=64)
