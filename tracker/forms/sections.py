"""One section of a draft's outline, with the amounts that its text names."""

from django import forms

from budget.models import Agreement, Section
from tracker.forms.fields import LongTextField
from tracker.forms.rows import FormWithRows, RowFormSet
from tracker.forms.stated_amounts import StatedAmountFormSet
from tracker.forms.versioned import RowLeftAlone


class SectionField(forms.ModelChoiceField):
    """A section by its number and title."""

    def label_from_instance(self, section: Section) -> str:
        return str(section)


class SectionForm(RowLeftAlone, FormWithRows):
    parent = SectionField(
        label="Ligger under", queryset=Section.objects.none(), required=False,
        empty_label="Intet: det er et kapitel, eller det står forrest i aftalen",
    )  # fmt: skip
    text = LongTextField(label="Tekst", rows=6)

    class Meta:
        model = Section
        fields = ["code", "parent", "title", "text", "is_theme"]
        help_texts = {
            "code": "Som trykt, fx 1 eller 1.3. Kun et afsnit forrest i aftalen har intet nummer.",
            "is_theme": "Kun et kapitel kan være et tema.",
        }

    def __init__(self, *args, agreement: Agreement, **kwargs):
        self.agreement = agreement
        super().__init__(*args, **kwargs)
        self.fields["parent"].queryset = agreement.sections.exclude(code="").in_agreement_order()

    def make_formsets(self, data) -> list[RowFormSet]:
        return [StatedAmountFormSet(data, owner=self.instance)]

    def of_row(self, row: Section) -> "SectionForm":
        return type(self)(instance=row, agreement=self.agreement)

    @property
    def values(self) -> dict:
        """What the actions take."""
        [stated_amounts] = self.formsets
        fields = {name: self.cleaned_data[name] for name in self._meta.fields}
        return {"fields": fields, "stated_amounts": stated_amounts.rows, "cpr_reason": self.cpr_reason}
