"""Fields that several forms share."""

import re

from django import forms


class KronerField(forms.Field):
    """Whole kroner as people write them: 1.250.000, 1 250 000, -12 or −12. Blank is None, not zero."""

    widget = forms.TextInput(attrs={"inputmode": "text", "autocomplete": "off"})
    _NUMBER = re.compile(r"-?(\d{1,15}|\d{1,3}(\.\d{3}){1,4}|\d{1,3}( \d{3}){1,4})")

    def to_python(self, value: str | None) -> int | None:
        text = (value or "").replace("\N{MINUS SIGN}", "-").replace("\N{NO-BREAK SPACE}", " ").strip()
        text = text.removesuffix("kr.").strip()
        if not text:
            return None
        if not text.isascii() or not self._NUMBER.fullmatch(text):
            raise forms.ValidationError("Skriv beløbet i hele kroner uden komma, fx 1.250.000 eller -500.000.")
        return int(text.replace(".", "").replace(" ", ""))

    def prepare_value(self, value):
        return f"{value:,}".replace(",", ".") if isinstance(value, int) else value


class PlainTextField(forms.CharField):
    """Text that is kept exactly as typed: spaces at the ends and line breaks included."""

    def __init__(self, *, rows: int, **options):
        super().__init__(strip=False, widget=forms.Textarea(attrs={"rows": rows}), **options)

    def widget_attrs(self, widget: forms.Widget) -> dict:
        """Without maxlength: a browser cuts a pasted text there without a word. The form refuses it in words."""
        return {name: value for name, value in super().widget_attrs(widget).items() if name != "maxlength"}
