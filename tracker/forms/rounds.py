"""A round's name and dates: a new one, one that is mended, and one that is about to open."""

from django import forms

from tracker.actions.round_setup import LAST_NUMBER, PlannedRound, numbers_in_words, template_of
from tracker.forms.fields import DayField, LongTextField
from tracker.forms.rows import FormWithRows, RowForm, RowFormSet
from tracker.forms.versioned import RowLeftAlone, VersionedForm
from tracker.models import DATE_FIELDS, FollowUpRound, MovedDate
from tracker.templatetags.tracker import day

_HELP = {
    "as_of": "Den dag, vurderingerne beskriver.",
    "deadline": "Den sidste dag, centrene kan indberette.",
}
INSTRUCTIONS_HELP = "Det, centrene skal vide, når de indberetter. Står på deres indberetning."


def _date_field(name: str) -> DayField:
    return DayField(label=MovedDate.Field(name).label, required=False, help_text=_HELP.get(name, ""))


def _refuse_order(form: forms.Form) -> None:
    opens_on, deadline = form.cleaned_data.get("opens_on"), form.cleaned_data.get("deadline")
    if opens_on and deadline and deadline < opens_on:
        form.add_error("deadline", f"Fristen ligger før åbningen {day(opens_on)}. Ret en af dem.")


class RoundForm(RowLeftAlone, VersionedForm):
    """The dates of a round that is about to open, or to open again: then always with a reason."""

    as_of = _date_field("as_of")
    deadline = _date_field("deadline")
    committees_on = _date_field("committees_on")
    council_on = _date_field("council_on")
    reason = forms.CharField(max_length=500, strip=True, widget=forms.Textarea(attrs={"rows": 3}))
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    field_order = ["deadline", "as_of", "committees_on", "council_on", "reason"]

    class Meta:
        model = FollowUpRound
        fields = ["deadline", "as_of", "committees_on", "council_on"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        reason = self.fields["reason"]
        if self.instance.is_over:
            reason.label = "Begrundelse for at åbne igen"
            reason.help_text = "Står i hændelsesloggen, og ved de datoer, du flytter."
        else:
            reason.label = "Begrundelse for at flytte en dato"
            reason.help_text = "Kun når en dato, der allerede var angivet, bliver en anden. Den gamle bliver stående."
            reason.required = False

    @property
    def values(self) -> dict[str, object]:
        """What `open_round` and `reopen_round` take."""
        names = [*self.Meta.fields, "reason", "version"]
        return {name: self.cleaned_data[name] for name in names} | {"cpr_reason": self.cpr_reason}


class RoundEditForm(RowLeftAlone, VersionedForm):
    """A round that is set up, mended."""

    as_of = _date_field("as_of")
    opens_on = _date_field("opens_on")
    deadline = _date_field("deadline")
    committees_on = _date_field("committees_on")
    council_on = _date_field("council_on")
    instructions = LongTextField(label="Vejledning til centrene", rows=8, help_text=INSTRUCTIONS_HELP)
    reason = forms.CharField(
        label="Begrundelse for at flytte en dato", max_length=500, required=False, strip=True,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Kun når en dato, der allerede var angivet, bliver en anden. Den gamle bliver stående.",
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    field_order = ["label", *DATE_FIELDS, "instructions", "reason"]

    class Meta:
        model = FollowUpRound
        fields = ["label", *DATE_FIELDS, "instructions"]

    def clean(self):
        super().clean()
        _refuse_order(self)
        return self.cleaned_data

    @property
    def values(self) -> dict[str, object]:
        """What `change_round` takes."""
        fields = {name: self.cleaned_data[name] for name in self.Meta.fields}
        return {"fields": fields, "cpr_reason": self.cpr_reason} | {
            name: self.cleaned_data[name] for name in ("reason", "version")
        }


class PlannedRoundForm(RowForm):
    number = forms.IntegerField(
        label="Nummer", required=False, min_value=1, max_value=LAST_NUMBER,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )  # fmt: skip
    label = forms.CharField(label="Navn", required=False, max_length=80)
    as_of = _date_field("as_of")
    opens_on = _date_field("opens_on")
    deadline = _date_field("deadline")
    committees_on = _date_field("committees_on")
    council_on = _date_field("council_on")
    needed = {"number": "Skriv rundens nummer.", "label": "Skriv, hvad runden hedder."}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in DATE_FIELDS:
            self.fields[name].help_text = ""  # once for all of the rows, above them

    def clean(self):
        data = super().clean()
        _refuse_order(self)
        return data


class PlannedRoundFormSet(
    forms.formset_factory(
        PlannedRoundForm,
        formset=RowFormSet,
        extra=0,
        can_delete=True,
        can_delete_extra=False,
        max_num=10,
        absolute_max=20,
    )  # fmt: skip
):
    legend, row_label = "Nye runder", "Ny runde"
    help_text = (
        "Datoer skrives som 31.03.2018. En dato, der ikke er kendt endnu, kan stå tom; den vises som »ikke angivet«, "
        "til I skriver den. Opgjort pr. er den dag, vurderingerne beskriver, og fristen er centrenes sidste dag."
    )

    def __init__(self, data=None, *, taken: set[int], saved: list[PlannedRound], prefix: str = "runder"):
        self.taken = taken
        super().__init__(data, saved=saved, prefix=prefix)

    def add_fields(self, form: forms.Form, index: int | None) -> None:
        super().add_fields(form, index)
        if "DELETE" in form.fields:
            form.fields["DELETE"].label = "Opret ikke denne runde"

    def clean(self):
        seen = set(self.taken)
        for form in self._kept():
            if not form.has_changed() or not form.is_valid():
                continue
            number = form.cleaned_data["number"]
            if number in seen:
                taken = f"{numbers_in_words([number])} findes allerede."
                form.add_error("number", taken if number in self.taken else "Nummeret står to gange.")
            seen.add(number)

    @staticmethod
    def initial_of(row: PlannedRound) -> dict:
        return {name: getattr(row, name) for name in ("number", "label", *DATE_FIELDS)}

    @staticmethod
    def row_of(data: dict) -> PlannedRound:
        return PlannedRound(**{name: data[name] for name in ("number", "label", *DATE_FIELDS)})

    @staticmethod
    def words_of(row: PlannedRound) -> str:
        return f"{row.number}. {row.label}"


class NewRoundsForm(RowLeftAlone, FormWithRows):
    """The rounds that an agreement does not have yet, from a template, all at once."""

    instructions = LongTextField(
        label="Vejledning til centrene", rows=5,
        help_text=f"{INSTRUCTIONS_HELP} Den samme til alle runderne; den kan rettes for hver enkelt bagefter.",
    )  # fmt: skip

    class Meta:
        model = FollowUpRound
        fields = ["instructions"]

    def make_formsets(self, data) -> list[RowFormSet]:
        agreement = self.instance.agreement
        taken = set(agreement.rounds.values_list("number", flat=True))
        self.planned = PlannedRoundFormSet(data, taken=taken, saved=template_of(agreement))
        return [self.planned]

    @property
    def values(self) -> dict[str, object]:
        """What `create_rounds` takes."""
        instructions = self.cleaned_data["instructions"]
        return {"rounds": self.planned.rows, "instructions": instructions, "cpr_reason": self.cpr_reason}
