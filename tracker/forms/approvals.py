"""What finance writes about an entry, and which entries somebody has chosen."""

import re
from collections.abc import Iterable

from django import forms

from budget import codes
from tracker.errors import StaleVersion, TrackerError
from tracker.forms.cpr import AsksAboutCprNumbers
from tracker.forms.fields import LongTextField
from tracker.forms.versioned import RowLeftAlone, VersionedForm
from tracker.models import COMMENT_LIMIT, Assessment, FinanceNote

_CHOSEN = re.compile(rf"(?P<key>{codes.KEY.pattern})@(?P<version>[1-9]\d{{0,8}})")
_TOO_LONG = {"max_length": "Teksten er på %(show_value)d tegn. Der er plads til %(limit_value)d. Forkort den lidt."}


class SeenForm(forms.Form):
    """An act without words: only the version that the person has seen."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


class ReturnForm(AsksAboutCprNumbers, SeenForm):
    comment = LongTextField(
        label="Hvad skal rettes?",
        rows=4,
        max_length=COMMENT_LIMIT,
        help_text="Den, der har indberettet, ser det øverst på siden, indtil der er indsendt igen.",
        error_messages=_TOO_LONG,
    )

    @classmethod
    def of(cls, assessment: Assessment, data=None) -> "ReturnForm":
        return cls(data, initial={"version": assessment.version}, auto_id="return_%s")

    def refuse(self, error: TrackerError) -> int:
        """Returning again from the page that comes back applies to the version it then shows."""
        status = super().refuse(error)
        if isinstance(error, StaleVersion) and error.current:
            self.data = self.data.copy()
            self.data["version"] = str(error.current.version)
        return status


class NoteForm(RowLeftAlone, VersionedForm):
    """Version 0 is no note yet: two who begin at the same time are told of each other too."""

    text = LongTextField(
        label="Økonomi og Styrings bemærkning",
        rows=4,
        max_length=COMMENT_LIMIT,
        help_text="Trykkes i rapporten ved siden af centerets egne ord. Centeret ser den først, når runden er "
        "offentliggjort. En tom tekst fjerner bemærkningen.",
        error_messages=_TOO_LONG,
    )

    class Meta:
        model = FinanceNote
        fields = ["text"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, auto_id="note_%s", **kwargs)
        self.fields["version"] = forms.IntegerField(widget=forms.HiddenInput, min_value=0, required=False)
        self.initial["version"] = self.instance.version if self.instance.pk else 0


def chosen_versions(values: Iterable[str]) -> dict[str, int]:
    """By item key the version that was seen, of check boxes whose value is "2.02.1@3". What is spoilt is not chosen."""
    found = (_CHOSEN.fullmatch(value) for value in values)
    return {match["key"]: int(match["version"]) for match in found if match}
