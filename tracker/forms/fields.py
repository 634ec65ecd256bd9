"""Fields that several forms share."""

import re
from datetime import date

from django import forms
from django.utils import formats

from budget.files.schema import LARGEST_AMOUNT
from budget.models import AmountUnit


class KronerField(forms.Field):
    """Whole kroner as people write them: 1.250.000, 1 250 000, -12 or −12. Blank is None, not zero.

    With unit 1000 people read and write whole 1.000 kr., as the agreement's tables do; the value is in kroner still.
    """

    widget = forms.TextInput(attrs={"inputmode": "text", "autocomplete": "off"})
    _NUMBER = re.compile(r"-?(\d{1,16}|\d{1,3}(\.\d{3}){1,5}|\d{1,3}( \d{3}){1,5})")
    _AS_TYPED = str.maketrans({"\N{MINUS SIGN}": "-", "\N{NO-BREAK SPACE}": " ", "\N{NARROW NO-BREAK SPACE}": " "})
    _SENTENCES = {
        AmountUnit.KRONER: "Skriv beløbet i hele kroner uden komma, fx 1.250.000 eller -500.000.",
        AmountUnit.THOUSANDS: "Skriv beløbet i hele 1.000 kr. uden komma, fx 1.250 eller -500.",
    }

    def __init__(self, *, unit: int = AmountUnit.KRONER, limit: int = LARGEST_AMOUNT, **options):
        self.unit, self.limit = unit, limit
        super().__init__(**options)

    def to_python(self, value: str | None) -> int | None:
        text = (value or "").translate(self._AS_TYPED).strip()
        if self.unit == AmountUnit.KRONER:
            text = text.removesuffix("kr.").strip()
        if not text:
            return None
        if not text.isascii() or not self._NUMBER.fullmatch(text):
            raise forms.ValidationError(self._SENTENCES[self.unit])
        kroner = int(text.replace(".", "").replace(" ", "")) * self.unit
        if abs(kroner) > self.limit:
            raise forms.ValidationError(f"Beløbet er for stort. Der er plads til {self.prepare_value(self.limit)}.")
        return kroner

    def prepare_value(self, value):
        """An amount that is no whole number of the unit is written out in kroner: better refused than misread."""
        if not isinstance(value, int):
            return value
        whole, rest = divmod(value, self.unit)
        return f"{value:,} kr.".replace(",", ".") if rest else f"{whole:,}".replace(",", ".")


class PlainTextField(forms.CharField):
    """Text that is kept exactly as typed: spaces at the ends and line breaks included."""

    def __init__(self, *, rows: int, **options):
        super().__init__(strip=False, widget=forms.Textarea(attrs={"rows": rows}), **options)

    def widget_attrs(self, widget: forms.Widget) -> dict:
        """Without maxlength: a browser cuts a pasted text there without a word. The form refuses it in words."""
        return {name: value for name, value in super().widget_attrs(widget).items() if name != "maxlength"}


class LongTextField(PlainTextField):
    """An agreement's text: a browser's \\r\\n becomes \\n, or every unchanged text would be a change; white space alone
    is nothing; and no more than an agreement file may hold."""

    def __init__(self, *, rows: int = 6, **options):
        super().__init__(rows=rows, **({"required": False, "max_length": 20_000} | options))

    def to_python(self, value) -> str:
        text = super().to_python(value).replace("\r\n", "\n")
        return text if text.strip() else ""


class DayField(forms.DateField):
    """A day typed as 31.12.2021. Not a date picker: a browser throws away what it does not take for a date, and the
    person could not see what was wrong with it."""

    widget = forms.DateInput(attrs={"autocomplete": "off"})
    default_error_messages = {"invalid": "Skriv datoen som dag, måned og år, fx 31.12.2021."}

    def to_python(self, value: str | None) -> date | None:
        day = super().to_python(value)
        if day and not 1900 <= day.year < 2200:  # 31.12.21 is the year 21
            raise forms.ValidationError("Skriv årstallet med fire cifre, fx 31.12.2021.")
        return day

    def prepare_value(self, value):
        return formats.date_format(value, "d.m.Y") if isinstance(value, date) else value


class RowsField(forms.ModelMultipleChoiceField):
    """Several rows as check boxes. Django asks the database for whatever number is posted, and SQLite fails on one that
    no column can hold."""

    widget = forms.CheckboxSelectMultiple

    def clean(self, value):
        try:
            return super().clean(value)
        except OverflowError:
            words = self.error_messages["invalid_choice"] % {"value": ", ".join(map(str, value))[:60]}
            raise forms.ValidationError(words) from None


class BodiesField(RowsField):
    """Committees or centres as check boxes; one whose time is over says so."""

    def label_from_instance(self, body) -> str:
        return f"{body} (til {body.valid_to:%d.%m.%Y})" if body.valid_to else str(body)
