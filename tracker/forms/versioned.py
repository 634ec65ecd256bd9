"""A form for a row that two people may change at the same time: the second one is told, and loses nothing."""

from dataclasses import dataclass

from django import forms
from django.db import models

from tracker.errors import RowChanged, TrackerError
from tracker.forms.cpr import AsksAboutCprNumbers

_DASHES, _NOT_CHOSEN = "---------", "Ikke valgt"


@dataclass(frozen=True)
class Difference:
    """What now stands in the database, for a field in which the person typed something else; `typed` is given where it
    is a text long enough to be compared word by word."""

    label: str
    saved: str
    typed: str = ""


class VersionedForm(AsksAboutCprNumbers, forms.ModelForm):
    """`version` is the one the page was opened with. After `refuse` with RowChanged the form still holds what was
    typed, `differences` tells what the other one saved, and saving again from the page applies to that version."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, required=False)
    differences: list[Difference] = []
    of_the_page = frozenset({"version", "reason"})  # fields that no row keeps, so that nobody else can have saved them

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            _name_the_blank(field)
        if self.instance.pk:
            self.initial["version"] = self.instance.version
        else:
            del self.fields["version"]

    def refuse(self, error: TrackerError) -> int:
        status = super().refuse(error)
        if isinstance(error, RowChanged):
            self.differences = self._against(error.current)
            self.data = self.data.copy()
            self.data["version"] = str(error.current.version)
        return status

    def _against(self, current: models.Model) -> list[Difference]:
        saved = self.of_row(current)
        found = []
        for name, field in saved.fields.items():
            value = saved.get_initial_for_field(field, name)
            typed = field.widget.value_from_datadict(self.data, self.files, self.add_prefix(name))
            if isinstance(typed, str):
                typed = typed.replace("\r\n", "\n")  # as a browser sends every line break
            if name not in self.of_the_page and field.has_changed(value, typed):
                is_text = isinstance(field.widget, forms.Textarea) and value and typed
                found.append(Difference(str(field.label), _words(field, value), typed if is_text else ""))
        return found

    def of_row(self, row: models.Model) -> "VersionedForm":
        """The same form as it would first be shown for this row."""
        return type(self)(instance=row)


class RowLeftAlone:
    """For a versioned form whose action takes what was typed: it never reaches the row of the page, and the action says
    in words what the database's constraints would only refuse."""

    def _post_clean(self) -> None:
        pass


class DeleteForm(forms.Form):
    """Asks before a row is deleted. Who has seen an older version than the one now saved is asked once more."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    def __init__(self, data=None, *, row: models.Model, problem: str = ""):
        super().__init__(data, initial={"version": row.version})
        self.problem = problem

    def is_valid(self) -> bool:
        if not super().is_valid():
            self.problem = "Siden kom ikke helt med. Indlæs den igen, og prøv så."
        return not self.errors

    def refuse(self, error: TrackerError) -> int:
        self.problem = str(error)
        if isinstance(error, RowChanged):
            self.problem = "En anden har rettet det, siden du åbnede siden. Se efter, om det stadig skal slettes."
            self.data = self.data.copy()
            self.data["version"] = str(error.current.version)
        return 409


def _name_the_blank(field: forms.Field) -> None:
    """A row of dashes, Django's own word for no choice, is no word."""
    if isinstance(field, forms.ModelChoiceField):
        field.empty_label = field.empty_label and field.empty_label.replace(_DASHES, _NOT_CHOSEN)
    elif isinstance(field, forms.ChoiceField):
        field.choices = [(key, _NOT_CHOSEN if label == _DASHES else label) for key, label in field.choices]


def _words(field: forms.Field, value: object) -> str:
    """A field's saved value as the person would read it on the page."""
    if isinstance(value, bool):
        return "ja" if value else "nej"
    value = field.prepare_value(value)
    if hasattr(field, "choices"):
        chosen = {str(each) for each in value} if isinstance(value, list | tuple | set) else {str(value)}
        words = ", ".join(str(label) for key, label in _flat(field.choices) if str(key) in chosen and str(key))
    else:
        words = "" if value is None else str(value)
    return words or "(tomt)"


def _flat(choices):
    for key, label in choices:
        if isinstance(label, list | tuple):
            yield from label
        else:
            yield key, label
