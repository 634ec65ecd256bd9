"""A committee, a centre or a party in the register of the organisation."""

from django import forms

from budget.models import Centre, Committee, Party
from tracker.actions.organisation import period_problem, why_name_stays
from tracker.forms.fields import DayField, RowsField
from tracker.forms.versioned import VersionedForm
from tracker.reports.organisation import Body, Uses, label_of


class SuccessorsField(RowsField):
    def __init__(self):
        super().__init__(
            queryset=None,
            label="Efterfølgere",
            required=False,
            help_text="Dem, der har overtaget opgaverne. Der kan være flere.",
        )

    def label_from_instance(self, body: Committee | Centre) -> str:
        return label_of(body)


class BodyForm(VersionedForm):
    """`uses` says who names the body; when somebody does, its name stays."""

    version = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, uses: Uses | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        if uses:
            name = self.fields["name"]
            name.help_text = why_name_stays(self.instance, uses)
            # A name that was typed before somebody put the old one to use can still be put back.
            if not self.is_bound or self["name"].value() == self.initial["name"]:
                name.widget.attrs["readonly"] = True

    @property
    def values(self) -> dict:
        """What the actions take: the row's own fields, and who took over."""
        own = {name: self.cleaned_data[name] for name in self.Meta.fields if name != "successors"}
        return {"fields": own, "successors": list(self.cleaned_data.get("successors", []))}


class PeriodForm(BodyForm):
    """A body that exists under its name for a time."""

    valid_from = DayField(
        label="Gælder fra", required=False, help_text="Fx 01.01.2018. Kan stå tom, hvis dagen ikke er kendt."
    )
    valid_to = DayField(
        label="Gælder til", required=False, help_text="Den sidste dag. Står tom, så længe navnet gælder."
    )
    successors = SuccessorsField()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        others = self._meta.model.objects.exclude(pk=self.instance.pk)
        self.fields["successors"].queryset = others
        if not others.exists():
            del self.fields["successors"]

    def clean(self):
        data = super().clean()
        if problem := period_problem(data.get("valid_from"), data.get("valid_to")):
            self.add_error("valid_to", problem)
        return data


class CommitteeForm(PeriodForm):
    class Meta:
        model = Committee
        fields = ["name", "short_name", "valid_from", "valid_to", "successors"]
        labels = {"name": "Udvalgets navn"}
        help_texts = {"short_name": "Fx ØU. Kan stå tom."}


class CentreForm(PeriodForm):
    class Meta:
        model = Centre
        fields = ["name", "valid_from", "valid_to", "successors"]
        labels = {"name": "Centerets navn"}


class PartyForm(BodyForm):
    class Meta:
        model = Party
        fields = ["name", "letter"]
        labels = {"name": "Partiets navn"}
        help_texts = {"letter": "Bogstavet på stemmesedlen, højst to tegn. Kan stå tom, hvis det ikke er kendt."}
        error_messages = {"name": {"unique": "Der er allerede et parti med det navn."}}


FORMS: dict[type[Body], type[BodyForm]] = {Committee: CommitteeForm, Centre: CentreForm, Party: PartyForm}
