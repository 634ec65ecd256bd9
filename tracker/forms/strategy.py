"""What an agreement rests on: the targets of the economic strategy, the tax rates, and the goals in focus, as rows."""

import re

from django import forms

from budget.files.schema import FIRST_YEAR, LAST_YEAR
from budget.models import Agreement, RateUnit
from tracker.actions.strategy import GoalRow, RateRow, TargetRow, ValueRow, goal_rows, rate_rows, target_rows
from tracker.forms.fields import KronerField, LongTextField
from tracker.forms.rows import FormWithRows, RowForm, RowFormSet
from tracker.forms.versioned import RowLeftAlone

LARGEST_RATE = 100_000  # hundredths: 1000 pct.
_NUMBER = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})


class ValuesField(LongTextField):
    """A target's numbers, one in each line: what it is; the year; kroner. The year may be left out."""

    def to_python(self, value) -> tuple[ValueRow, ...]:
        if isinstance(value, list | tuple):
            return tuple(value)
        lines = enumerate(super().to_python(value).split("\n"), start=1)
        return tuple(self._read(number, line) for number, line in lines if line.strip())

    def _read(self, number: int, line: str) -> ValueRow:
        parts = [part.strip() for part in line.rsplit(";", 2)]
        if len(parts) == 2:
            parts.insert(1, "")
        if len(parts) != 3 or not parts[0]:
            raise forms.ValidationError(f"Linje {number}: skriv den som Mindst; 2024; 150.000.000.")
        label, year, kroner = parts
        if len(label) > 120:
            raise forms.ValidationError(f"Linje {number}: teksten må højst være på 120 tegn.")
        if year and not (re.fullmatch(r"[0-9]{4}", year) and FIRST_YEAR <= int(year) <= LAST_YEAR):
            raise forms.ValidationError(
                f"Linje {number}: skriv et årstal mellem {FIRST_YEAR} og {LAST_YEAR}, eller intet."
            )
        try:
            amount = KronerField().clean(kroner)
        except forms.ValidationError as error:
            raise forms.ValidationError(
                f"Linje {number}: beløbet mangler eller er skrevet forkert. {error.messages[0]}"
            ) from None
        return ValueRow(label, int(year) if year else None, amount)

    def run_validators(self, value) -> None:
        """Those of a text field; the lines have been read by now."""

    def prepare_value(self, value):
        return values_words(value) if isinstance(value, list | tuple) else value

    def has_changed(self, initial, data) -> bool:
        return bool(data and data.strip())


def values_words(values: tuple[ValueRow, ...]) -> str:
    """As they would be typed."""
    return "\n".join(
        f"{value.label}; {value.year or ''}; {KronerField().prepare_value(value.kroner)}" for value in values
    )


class RateField(forms.CharField):
    """A rate as written in Danish, 25,5, in hundredths: 2550. Blank is None."""

    _RATE = re.compile(r"([0-9]{1,4})(?:,([0-9]{1,2}))?")

    def to_python(self, value) -> int | None:
        if isinstance(value, int):
            return value
        text = super().to_python(value)
        if not text:
            return None
        match = self._RATE.fullmatch(text)
        if not match:
            raise forms.ValidationError("Skriv satsen med komma og højst to decimaler, fx 25,5.")
        hundredths = int(match[1]) * 100 + int((match[2] or "").ljust(2, "0"))
        if hundredths > LARGEST_RATE:
            raise forms.ValidationError("Skriv en sats på højst 1000.")
        return hundredths

    def run_validators(self, value) -> None:
        """Those of a text field; the rate has been read by now."""

    def prepare_value(self, value):
        return rate_words(value) if isinstance(value, int) else value


def rate_words(hundredths: int) -> str:
    whole, part = divmod(hundredths, 100)
    return f"{whole},{part:02d}".rstrip("0").rstrip(",")


class TargetForm(RowForm):
    number = forms.IntegerField(label="Nummer", required=False, min_value=1, max_value=99, widget=_NUMBER)
    title = forms.CharField(label="Titel", required=False, max_length=120)
    text = LongTextField(label="Tekst", rows=3)
    values = ValuesField(
        label="Tal", rows=4, help_text="Ét i hver linje: hvad tallet er; året; kroner. Fx Mindst; 2024; 150.000.000."
    )
    needed = {"number": "Skriv målets nummer.", "title": "Skriv målets titel."}


class RateForm(RowForm):
    name = forms.CharField(label="Sats", required=False, max_length=80)
    hundredths = RateField(
        label="Størrelse", required=False, help_text="Fx 25,5",
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )  # fmt: skip
    unit = forms.ChoiceField(label="Enhed", required=False, choices=[("", "Vælg"), *RateUnit.choices])
    note = forms.CharField(label="Bemærkning", required=False, max_length=120)
    needed = {
        "name": "Skriv, hvilken sats det er, fx Udskrivningsprocent.",
        "hundredths": "Skriv, hvor stor satsen er.",
        "unit": "Vælg pct. eller promille.",
    }


class GoalForm(RowForm):
    number = forms.IntegerField(label="Mål nummer", required=False, min_value=1, max_value=17, widget=_NUMBER)
    title = forms.CharField(label="Titel", required=False, max_length=80)
    joint_with = forms.IntegerField(
        label="Følges samlet med mål", required=False, min_value=1, max_value=17, widget=_NUMBER
    )
    needed = {"number": "Skriv verdensmålets nummer, 1-17.", "title": "Skriv verdensmålets titel."}


def _rows(form: type[RowForm], *, extra: int) -> type[RowFormSet]:
    return forms.formset_factory(
        form, formset=RowFormSet, extra=extra, can_delete=True, can_delete_extra=False, max_num=60, absolute_max=80
    )


class TargetFormSet(_rows(TargetForm, extra=1)):
    legend, row_label = "Den økonomiske strategis mål", "Mål"
    help_text = "En tom række gemmes ikke; når du har gemt, er der igen én."

    @staticmethod
    def initial_of(row: TargetRow) -> dict:
        return {"number": row.number, "title": row.title, "text": row.text, "values": row.values}

    @staticmethod
    def row_of(data: dict) -> TargetRow:
        return TargetRow(data["number"], data["title"], data["text"], data["values"])

    @staticmethod
    def words_of(row: TargetRow) -> str:
        return "\n".join(part for part in (f"{row.number}. {row.title}", row.text, values_words(row.values)) if part)


class RateFormSet(_rows(RateForm, extra=1)):
    legend, row_label = "Skattesatser", "Sats"
    help_text = "En tom række gemmes ikke; når du har gemt, er der igen én."

    @staticmethod
    def initial_of(row: RateRow) -> dict:
        return {"name": row.name, "hundredths": row.hundredths, "unit": row.unit, "note": row.note}

    @staticmethod
    def row_of(data: dict) -> RateRow:
        return RateRow(data["name"], data["hundredths"], data["unit"], data["note"])

    @staticmethod
    def words_of(row: RateRow) -> str:
        return f"{row.name} {rate_words(row.hundredths)} {RateUnit(row.unit).label} {row.note}".strip()


class GoalFormSet(_rows(GoalForm, extra=3)):
    legend, row_label = "Verdensmål i fokus", "Verdensmål"
    help_text = "Tomme rækker gemmes ikke; når du har gemt, er der igen tre."

    @staticmethod
    def initial_of(row: GoalRow) -> dict:
        return {"number": row.number, "title": row.title, "joint_with": row.joint_with}

    @staticmethod
    def row_of(data: dict) -> GoalRow:
        return GoalRow(data["number"], data["title"], data["joint_with"])

    @staticmethod
    def words_of(row: GoalRow) -> str:
        joint = f" (følges samlet med mål {row.joint_with})" if row.joint_with else ""
        return f"Mål {row.number}: {row.title}{joint}"


class StrategyForm(RowLeftAlone, FormWithRows):
    """The three lists, guarded by the agreement's version."""

    class Meta:
        model = Agreement
        fields = []

    def make_formsets(self, data) -> list[RowFormSet]:
        agreement = self.instance
        return [
            TargetFormSet(data, saved=target_rows(agreement), prefix="maal"),
            RateFormSet(data, saved=rate_rows(agreement), prefix="satser"),
            GoalFormSet(data, saved=goal_rows(agreement), prefix="verdensmaal"),
        ]

    @property
    def values(self) -> dict:
        """What the action takes."""
        targets, tax_rates, goals = (each.rows for each in self.formsets)
        return {"targets": targets, "tax_rates": tax_rates, "goals": goals, "cpr_reason": self.cpr_reason}
