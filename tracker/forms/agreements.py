"""An agreement's head: its years, who made it and how it is followed; and marking it as signed."""

import re

from django import forms

from budget.files.schema import FIRST_YEAR, LAST_YEAR
from budget.models import Agreement, Party
from tracker.actions.agreements import MOST_YEARS_AFTER, Definitions
from tracker.errors import TotalsChanged, TrackerError
from tracker.forms.fields import DayField, LongTextField, RowsField
from tracker.forms.versioned import RowLeftAlone, VersionedForm
from tracker.reports.setup import Totals
from tracker.statuses import DEFINED_LEVELS

LAST_BUDGET_YEAR = LAST_YEAR - MOST_YEARS_AFTER


class YearField(forms.IntegerField):
    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
    default_error_messages = {"invalid": "Skriv et årstal, fx 2021."}

    def __init__(self, *, last: int, **options):
        super().__init__(min_value=FIRST_YEAR, max_value=last, **options)
        words = f"Skriv et årstal mellem {FIRST_YEAR} og {last}."
        for validator in self.validators:
            validator.message = words


def _field_name(dimension: str, level: str) -> str:
    return f"definition_{dimension}_{level}"


def _definitions_of(agreement: Agreement) -> dict[str, str]:
    found = {(each.dimension, each.level): each.text for each in agreement.level_definitions.all()}
    return {_field_name(*key): found.get(key, "") for key in DEFINED_LEVELS}


class AgreementForm(RowLeftAlone, VersionedForm):
    """The head of a draft, changed."""

    budget_year = YearField(label="Budgetår", last=LAST_BUDGET_YEAR)
    last_year = YearField(label="Sidste år i aftalen", last=LAST_YEAR)
    parties = RowsField(
        label="Parter", queryset=Party.objects.order_by("pk"), required=False,
        help_text="Mangler et parti, så opret det under Organisation.",
    )  # fmt: skip
    reading_guide = LongTextField(label="Læsevejledning", rows=8, help_text="Står forrest i hver rapport.")

    class Meta:
        model = Agreement
        fields = [
            "budget_year", "last_year", "title", "case_number", "mode", "unit", "theme_source", "parties",
            "reading_guide",
        ]  # fmt: skip
        labels = {"unit": "Aftalens tabeller er trykt i"}
        help_texts = {
            "title": "Som den er trykt, fx Aftale om budget 2021.",
            "case_number": "Sagsnummeret i kommunens journal, hvis det er kendt.",
            "mode": "Milepæle og smileys følges op i runder. Ellers kommer kun udfordringer frem.",
            "unit": "I den enhed vises og tastes aftalens beløb.",
            "theme_source": "Det, temaerne er hentet fra, fx Vision 2029.",
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields[
            "last_year"
        ].help_text = (
            f"Det sidste overslagsår; højst {MOST_YEARS_AFTER} år efter budgetåret. Uden overslagsår er det budgetåret."
        )
        for dimension, level in DEFINED_LEVELS:
            self.fields[_field_name(dimension, level)] = LongTextField(
                label=f"{dimension.label}, {level.label} smiley", rows=3,
                help_text="Hvad smileyen betyder. Bruges, når aftalen følges med milepæle og smileys.",
            )  # fmt: skip
        if self.instance.pk:
            self.initial |= self.head_of(self.instance)

    @staticmethod
    def head_of(agreement: Agreement) -> dict[str, object]:
        """What the form shows of an agreement beside its own columns."""
        return {"parties": [each.party_id for each in agreement.signatories.all()]} | _definitions_of(agreement)

    @property
    def values(self) -> dict:
        """What the actions take."""
        names = [name for name in self._meta.fields if name != "parties"]
        definitions: Definitions = {key: self.cleaned_data[_field_name(*key)] for key in DEFINED_LEVELS}
        return {
            "fields": {name: self.cleaned_data[name] for name in names},
            "parties": list(self.cleaned_data["parties"]),
            "definitions": definitions,
            "cpr_reason": self.cpr_reason,
        }


class NewAgreementForm(AgreementForm):
    """A new draft; `copy_of` is the agreement that it begins with a copy of."""

    copy_from = forms.ModelChoiceField(
        label="Kopi af", queryset=Agreement.objects.all(), to_field_name="budget_year", required=False,
        widget=forms.HiddenInput,
    )  # fmt: skip

    def __init__(self, *args, copy_of: Agreement | None = None, **kwargs):
        if copy_of:
            copied = {name: getattr(copy_of, name) for name in ("mode", "unit", "theme_source", "reading_guide")}
            kwargs["initial"] = copied | self.head_of(copy_of) | {"copy_from": copy_of.budget_year}
        super().__init__(*args, **kwargs)
        if copy_of:
            many = len(copy_of.years)
            self.fields["last_year"].required = False
            self.fields["last_year"].help_text += (
                f" Lades feltet stå tomt, bliver det {many} år i alt som i {copy_of.title}."
                if many > 1
                else f" Lades feltet stå tomt, bliver det ét år som i {copy_of.title}."
            )

    def clean(self):
        data = super().clean()
        first, source = data.get("budget_year"), data.get("copy_from")
        if data.get("last_year") is None and "last_year" not in self.errors and first and source:
            data["last_year"] = first + len(source.years) - 1
        return data


class TotalsField(forms.CharField):
    """Sums per table and year in a hidden field, one after another as "drift 2021 -3192000"."""

    widget = forms.HiddenInput
    _SUM = re.compile(r"([a-z]{1,10}) ([0-9]{4}) (-?[0-9]{1,18})")

    def to_python(self, value) -> Totals:
        parts = [part for part in super().to_python(value).split(";") if part]
        found = [self._SUM.fullmatch(part) for part in parts]
        if not all(found):
            raise forms.ValidationError("Summerne kom ikke med. Genindlæs siden, og prøv igen.")
        return {(each[1], int(each[2])): int(each[3]) for each in found}

    def prepare_value(self, value):
        if not isinstance(value, dict):
            return value
        return ";".join(f"{table} {year} {kroner}" for (table, year), kroner in value.items())


class SignForm(RowLeftAlone, VersionedForm):
    """`totals` are the sums that the page shows, so that it is those which are signed."""

    signed_on = DayField(label="Aftalen blev indgået den", help_text="Fx 29.09.2020.")
    is_confirmed = forms.BooleanField(
        label="Jeg har holdt summerne op mod aftalen på papir, og de er de samme.",
        error_messages={"required": "Sæt flueben, når summerne er de samme som på papiret."},
    )
    totals = TotalsField(label="Summer", required=False)
    of_the_page = VersionedForm.of_the_page | {"signed_on", "is_confirmed", "totals"}

    class Meta:
        model = Agreement
        fields = ["signed_on"]

    def __init__(self, *args, totals: Totals, **kwargs):
        super().__init__(*args, **kwargs)
        self.totals = totals
        self.initial |= {"totals": totals}  # and no date: it cannot be undone, so it is typed

    def of_row(self, row: Agreement) -> "SignForm":
        return type(self)(instance=row, totals=self.totals)

    def refuse(self, error: TrackerError) -> int:
        status = super().refuse(error)
        if isinstance(error, TotalsChanged):  # the new sums have not been held against anything yet
            self.totals = error.totals
            self.data = self.data.copy()
            self.data["totals"] = self.fields["totals"].prepare_value(error.totals)
            self.data.pop("is_confirmed", None)
        return status
