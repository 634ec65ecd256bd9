"""One line of money: where and how it is printed, what it is, and its amounts per year."""

import re

from django import forms

from budget import codes
from budget.models import AmountLine, AmountTable, AmountUnit
from tracker.actions.line_places import FIRST
from tracker.forms.fields import KronerField, LongTextField
from tracker.forms.versioned import Difference, VersionedForm

LABEL_SHOWN = 90  # of another line, where one is chosen


class KeysField(forms.CharField):
    """Keys of items as people write them, "1.3.1-6, 6.2", as a list without repetitions."""

    def to_python(self, value) -> list[str]:
        return list(dict.fromkeys(re.split(r"[,;\s]+", super().to_python(value).strip(",; ")))) if value else []

    def run_validators(self, value: list[str]) -> None:
        super().run_validators(", ".join(value))

    def has_changed(self, initial, data) -> bool:
        return self.to_python(initial) != self.to_python(data)


class LineForm(VersionedForm):
    """`unit` is what the amounts on the page are written in; it goes with the page, so that nobody's 1.250 becomes
    another amount because the line or the agreement has changed meanwhile."""

    note = LongTextField(label="Bemærkning", rows=3)
    keys = KeysField(
        label="Punkter", required=False, max_length=1_000,
        help_text="De punkter, linjen hører til, med komma imellem, fx 1.3.1-6, 6.2. Tomt, når den ikke hører til et "
        "bestemt punkt.",
    )  # fmt: skip
    after = forms.ChoiceField(label="Efter linjen", required=False)
    unit = forms.TypedChoiceField(choices=AmountUnit.choices, coerce=int, widget=forms.HiddenInput, label="Enhed")

    class Meta:
        model = AmountLine
        fields = ["table", "heading", "code", "label", "project", "nature", "period", "note", "is_possible_duplicate"]
        help_texts = {
            "heading": "Tom, når linjen står uden overskrift.",
            "code": "Kun når linjen har et nummer, fx 6.10.",
            "project": "Kun når linjen har et.",
            "period": "Kun når aftalen skriver perioden på en anden måde end årene herover.",
            "is_possible_duplicate": "Sæt kryds ved den anden af to ens linjer, når begge skal stå.",
        }
        labels = {"is_possible_duplicate": "Mulig dublet"}

    def __init__(self, *args, unit: int | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        line, agreement = self.instance, self.instance.agreement
        saved = list(line.amounts.all()) if line.pk else []
        in_years = {each.year: each.kroner for each in saved if each.last_year is None and each.year in agreement.years}
        self.kept = [each for each in saved if each.last_year is not None or each.year not in agreement.years]
        self.unit = unit or self._unit_of_the_page() or unit_for(agreement.unit, in_years.values())
        self.is_finer = self.unit < agreement.unit
        self.years = agreement.years
        for year in self.years:
            self.fields[f"amount_{year}"] = KronerField(label=f"Beløb {year}", required=False, unit=self.unit)
        self.initial |= {f"amount_{year}": kroner for year, kroner in in_years.items()} | {"unit": self.unit}
        if line.pk:
            self.initial["keys"] = ", ".join(item.key for item in line.items.all())
        self._offer_others()
        self.fields["heading"].widget.attrs["list"] = "overskrifter"  # a datalist of the headings in use

    def _unit_of_the_page(self) -> int | None:
        sent = self.data.get(self.add_prefix("unit")) if self.is_bound else None
        return next((unit for unit in AmountUnit.values if str(unit) == sent), None)

    def _offer_others(self) -> None:
        """The other lines as places to stand, and the headings in use; one query for both."""
        lines = self.instance.agreement.amount_lines.only("agreement", "table", "heading", "code", "label", "position")
        self.others = list(lines.exclude(pk=self.instance.pk) if self.instance.pk else lines)
        self.headings = [each for each in dict.fromkeys(line.heading for line in self.others) if each]
        usual = "Bliv, hvor den står" if self.instance.pk else "Sidst under sin overskrift"
        self.fields["after"].choices = [("", usual), (FIRST, "Først i tabellen")] + [
            (table.label, [(str(line.pk), str(line)[:LABEL_SHOWN]) for line in self.others if line.table == table])
            for table in AmountTable
            if any(line.table == table for line in self.others)
        ]
        if self.instance.pk:
            self.fields["after"].help_text = "Med en ny overskrift eller tabel flytter linjen sidst under den."

    @property
    def unit_label(self) -> str:
        return AmountUnit(self.unit).label

    @property
    def amount_fields(self) -> list[forms.BoundField]:
        return [self[f"amount_{year}"] for year in self.years]

    @property
    def fields_before(self) -> list[forms.BoundField]:
        return [self[name] for name in ("table", "heading", "code", "label", "project", "nature")]

    @property
    def fields_after(self) -> list[forms.BoundField]:
        return [self[name] for name in ("period", "note", "is_possible_duplicate", "keys", "after")]

    def clean_code(self) -> str:
        code = self.cleaned_data["code"]
        if code and not codes.is_code(code):
            raise forms.ValidationError("Skriv et nummer som 3.04 eller 2.02.1, eller lad feltet være tomt.")
        return code

    @property
    def values(self) -> dict[str, object]:
        """What `create_line` and `change_line` take."""
        data = self.cleaned_data
        return {
            "fields": {name: data[name] for name in self.Meta.fields},
            "amounts": {year: data[f"amount_{year}"] for year in self.years},
            "keys": data["keys"],
            "after": data["after"],
            "cpr_reason": self.cpr_reason,
        }

    def of_row(self, row: AmountLine) -> "LineForm":
        return type(self)(instance=row, unit=self.unit)

    of_the_page = VersionedForm.of_the_page | {"unit", "after"}

    def _against(self, current: AmountLine) -> list[Difference]:
        """Where the line stands now is told to whoever wanted to move it."""
        found = super()._against(current)
        if self.data.get(self.add_prefix("after")):
            in_table = [line for line in self.others if line.table == current.table]
            before = [line for line in in_table if line.position < current.position]
            words = f"efter »{before[-1]}«" if before else "først i tabellen"
            found.append(Difference(str(self.fields["after"].label), words))
        return found


def unit_for(unit: int, amounts) -> int:
    """The agreement's own unit; but kroner where an amount is no whole number of it, since nothing is rounded."""
    return AmountUnit.KRONER if any(kroner % unit for kroner in amounts) else unit
