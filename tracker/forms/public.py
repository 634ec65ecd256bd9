"""What a reader of the public side may ask for: a narrowed list of items, and whether a file is ours."""

import re

from django import forms

from tracker.forms.filters import ALL, FilterField, in_danish_order
from tracker.reports.frozen import FrozenItem
from tracker.reports.public_items import NO_CENTRE, NO_COMMITTEE, PublicItemFilter
from tracker.statuses import NOT_REPORTED, NOT_REPORTED_LABEL, Dimension
from tracker.upload_handlers import LARGEST_UPLOAD

_LEVELS = [
    (f"{dimension}-{level}", f"{dimension.label}: {word}")
    for dimension in Dimension
    for level, word in [*dimension.levels.choices, (NOT_REPORTED, NOT_REPORTED_LABEL)]
]


class PublicItemFilterForm(forms.Form):
    """Filters with what the edition's items have to offer, by the names that stand in it."""

    words = forms.CharField(label="Søg i nummer og tekst", required=False, max_length=100)
    committee = FilterField("Udvalg")
    centre = FilterField("Center")
    section = FilterField("Kapitel")
    level = FilterField("Smiley", choices=[ALL, *_LEVELS])

    def __init__(self, items: list[FrozenItem], *args, **kwargs):
        super().__init__(*args, **kwargs)
        committees = in_danish_order((each, each) for item in items for each in (*item.committees, *item.responsible))
        if any(not (item.committees or item.responsible) for item in items):
            committees.append((NO_COMMITTEE, "Uden udvalg"))
        centres = in_danish_order((item.centre, item.centre) for item in items if item.centre)
        if any(not item.centre for item in items):
            centres.append((NO_CENTRE, "Uden center"))
        sections = {item.section: f"{item.section}. {item.section_title}" for item in items}
        self.fields["committee"].choices = [ALL, *committees]
        self.fields["centre"].choices = [ALL, *centres]
        self.fields["section"].choices = [ALL, *sections.items()]

    @property
    def item_filter(self) -> PublicItemFilter | None:
        """None where a value is not one of those offered."""
        return PublicItemFilter(**self.cleaned_data) if self.is_valid() else None


_CHECKSUM = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")


def checksum_in(text: str) -> str:
    """The one SHA-256 in what somebody typed or pasted: in blocks, in capitals, or as `sha256sum` prints it with the
    file's name behind. "" where there is none, or more than one."""
    found = set(_CHECKSUM.findall(text.lower())) or set(_CHECKSUM.findall("".join(text.lower().split())))
    return found.pop() if len(found) == 1 else ""


class VerifyForm(forms.Form):
    """A file or its checksum, not both: the answer is about one thing."""

    file = forms.FileField(
        label="Fil",
        required=False,
        allow_empty_file=True,
        help_text="Filen bliver kun regnet efter. Den gemmes ikke.",
        error_messages={"missing": "Vælg en fil.", "invalid": "Filen kom ikke med. Vælg den igen."},
    )
    kontrolsum = forms.CharField(
        label="Kontrolsum (SHA-256)",
        required=False,
        max_length=1000,
        help_text="64 tegn. Mellemrum og store bogstaver gør ikke noget.",
        error_messages={"max_length": "Det er for langt til at være en kontrolsum. En kontrolsum er på 64 tegn."},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}),
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file and file.size > LARGEST_UPLOAD:
            raise forms.ValidationError(
                "Filen er for stor til at blive sendt hertil: der er plads til 2 MB. Regn kontrolsummen ud på din egen "
                "computer, og skriv den i feltet herunder."
            )
        return file

    def clean_kontrolsum(self) -> str:
        text = self.cleaned_data["kontrolsum"]
        if text and not (text := checksum_in(text)):
            raise forms.ValidationError(
                "Det er ikke en kontrolsum. Den er på 64 tegn: tal og bogstaverne a til f. Kopiér den hele."
            )
        return text

    def clean(self) -> dict:
        found = super().clean()
        if self.errors:
            return found
        file, checksum = found.get("file"), found.get("kontrolsum")
        if file and checksum:
            raise forms.ValidationError("Vælg enten en fil eller en kontrolsum, ikke begge dele.")
        if not file and not checksum:
            raise forms.ValidationError("Vælg en fil, eller skriv en kontrolsum.")
        return found
