"""The amounts that a section's or an item's text names, as rows: kroner, years, how and what."""

import re

from django import forms

from budget import line_rules
from budget.files.schema import FIRST_YEAR, LAST_YEAR
from budget.models import Basis, Item, Section, Standing
from tracker.actions.stated_amounts import StatedRow, stated_rows
from tracker.forms.fields import KronerField
from tracker.forms.rows import RowForm, RowFormSet


class YearsField(forms.CharField):
    """Years as people write them, "2021, 2022" or "2021-2024", as a tuple with the earliest first. Blank is ()."""

    _PART = re.compile(r"(\d{4})(?: *[-–] *(\d{4}))?")

    def __init__(self, **options):
        super().__init__(**({"required": False} | options))

    def to_python(self, value) -> tuple[int, ...]:
        if isinstance(value, list | tuple):
            return tuple(value)
        found = set()
        for part in re.split(r"[,;]| og ", super().to_python(value)):
            if part.strip():
                found |= self._years_of(part.strip())
        return tuple(sorted(found))

    def _years_of(self, part: str) -> set[int]:
        match = self._PART.fullmatch(part)
        if not match or not part.replace("–", "-").isascii():
            raise forms.ValidationError("Skriv årene som 2021, 2022 eller 2021-2024.")
        first, last = int(match[1]), int(match[2] or match[1])
        if last < first:
            raise forms.ValidationError(f"{part}: det sidste år ligger før det første.")
        if first < FIRST_YEAR or last > LAST_YEAR:
            raise forms.ValidationError(f"Skriv år mellem {FIRST_YEAR} og {LAST_YEAR}.")
        return set(range(first, last + 1))

    def run_validators(self, value) -> None:
        """Those of a text field; the years themselves have been read by now."""

    def prepare_value(self, value):
        return years_words(value) if isinstance(value, list | tuple) else value

    def has_changed(self, initial, data) -> bool:
        try:
            return tuple(initial or ()) != self.to_python(data)
        except forms.ValidationError:
            return True


def years_words(years: list[int] | tuple[int, ...]) -> str:
    """As they would be typed: three or more in a row as a span."""
    if len(years) > 2 and list(years) == list(range(years[0], years[-1] + 1)):
        return f"{years[0]}-{years[-1]}"
    return ", ".join(str(year) for year in years)


def _with_blank(choices) -> list[tuple[str, str]]:
    return [("", "Vælg"), *choices]


class StatedAmountForm(RowForm):
    kroner = KronerField(label="Kroner", required=False)
    years = YearsField(label="År", help_text="Fx 2021-2024")
    basis = forms.ChoiceField(label="Gælder", required=False, choices=_with_blank(Basis.choices))
    standing = forms.ChoiceField(label="Slags", required=False, choices=_with_blank(Standing.choices))
    note = forms.CharField(label="Bemærkning", required=False, max_length=200)
    needed = {
        "kroner": "Skriv beløbet i hele kroner, eller tøm rækken.",
        "basis": "Vælg, hvordan beløbet gælder årene.",
        "standing": "Vælg, hvad beløbet er.",
    }

    def clean(self):
        data = super().clean()
        if "years" in data and (problem := line_rules.period_problem(data.get("basis"), data["years"])):
            self.add_error("years", f"{problem[0].upper()}{problem[1:]}.")
        return data


class StatedAmountFormSet(
    forms.formset_factory(
        StatedAmountForm,
        formset=RowFormSet,
        extra=2,
        can_delete=True,
        can_delete_extra=False,
        max_num=100,
        absolute_max=120,
    )  # fmt: skip
):
    """`StatedAmountFormSet(data, owner=section)`; `rows` is what `replace_stated_amounts` takes."""

    legend = "Beløb nævnt i teksten"
    row_label = "Beløb"
    help_text = (
        "Beløb, som teksten nævner. De lægges aldrig sammen med tabellerne. Tomme rækker gemmes ikke; når du har gemt, "
        "er der igen to tomme."
    )

    def __init__(self, data=None, *, owner: Section | Item, prefix: str = "beloeb"):
        super().__init__(data, saved=stated_rows(owner), prefix=prefix)

    @staticmethod
    def initial_of(row: StatedRow) -> dict:
        return {
            "kroner": row.kroner, "years": row.years, "basis": row.basis, "standing": row.standing, "note": row.note,
        }  # fmt: skip

    @staticmethod
    def row_of(data: dict) -> StatedRow:
        return StatedRow(data["kroner"], data["years"], data["basis"], data["standing"], data["note"])

    @staticmethod
    def words_of(row: StatedRow) -> str:
        kroner = f"{row.kroner:,}".replace(",", ".")
        parts = [
            f"{kroner} kr.",
            Basis(row.basis).label,
            years_words(row.years),
            Standing(row.standing).label,
            row.note,
        ]
        return ", ".join(part for part in parts if part)
