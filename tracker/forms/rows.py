"""Rows below a form that are typed and saved together with it: a list with a few blank rows at its end."""

from collections.abc import Sequence
from dataclasses import dataclass

from django import forms
from django.db import models

from tracker.forms.versioned import Difference, VersionedForm


@dataclass(frozen=True)
class RowProblem:
    """One line of the error summary: where it leads, and what is wrong."""

    anchor: str
    label: str
    sentence: str


class RowForm(forms.Form):
    """One row. A row with nothing in it is no row, so no field is required by itself: `needed` holds the sentence for
    each that must be filled in once the row has anything."""

    needed: dict[str, str] = {}

    def clean(self):
        data = super().clean()
        for name, sentence in self.needed.items():
            if name not in self.errors and data.get(name) in (None, "", ()):
                self.add_error(name, sentence)
        return data


class RowFormSet(forms.BaseFormSet):
    """Subclasses say what a row is: `legend` and `row_label` on the page, `initial_of` (a saved row as typed), `row_of`
    (what was typed as a row) and `words_of` (a saved row as one reads it). Rows compare with ==."""

    legend = ""
    row_label = "Række"
    help_text = ""
    default_error_messages = {
        "missing_management_form": "Rækkerne kom ikke med. Genindlæs siden, og skriv dem igen.",
    }

    def __init__(self, data=None, *, saved: Sequence = (), prefix: str):
        self.saved = list(saved)
        # A bound row is only what was typed: the saved rows may be others by now.
        initial = [self.initial_of(row) for row in self.saved] if data is None else None
        super().__init__(data, prefix=prefix, initial=initial)

    def get_form_kwargs(self, index: int | None) -> dict:
        return super().get_form_kwargs(index) | {"empty_permitted": True}

    def add_fields(self, form: forms.Form, index: int | None) -> None:
        super().add_fields(form, index)
        if "DELETE" in form.fields:
            form.fields["DELETE"].label = "Slet rækken"

    @property
    def rows(self) -> list:
        """What was typed, blank and deleted rows left out."""
        return [self.row_of(form.cleaned_data) for form in self._kept() if form.has_changed()]

    def _kept(self) -> list[forms.Form]:
        return [form for form in self.forms if not self._should_delete_form(form)]

    @property
    def problems(self) -> list[RowProblem]:
        if not self.is_bound:
            return []
        found = [RowProblem(self.prefix, self.legend, str(each)) for each in self.non_form_errors()]
        for number, form in enumerate(self.forms, start=1):
            if form in self._kept():
                where = f"{self.row_label} {number}"
                found += [RowProblem(f"{form.prefix}", where, str(each)) for each in form.non_field_errors()]
                found += [
                    RowProblem(field.id_for_label, f"{where}, {str(field.label).lower()}", str(each))
                    for field in form.visible_fields()
                    for each in field.errors
                ]
        return found

    def against(self, saved: "RowFormSet") -> list[Difference]:
        """After somebody else saved: their rows, where what was typed here differs."""
        if saved.saved == self.rows:
            return []
        return [Difference(self.legend, "\n".join(self.words_of(row) for row in saved.saved) or "(tomt)")]


class FormWithRows(VersionedForm):
    """A versioned form with one or several lists of rows, guarded by the same version."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.formsets = self.make_formsets(self.data if self.is_bound else None)

    def make_formsets(self, data) -> list[RowFormSet]:
        raise NotImplementedError

    def is_valid(self) -> bool:
        return all([super().is_valid(), *[each.is_valid() for each in self.formsets]])

    @property
    def row_problems(self) -> list[RowProblem]:
        return [problem for each in self.formsets for problem in each.problems]

    def _against(self, current: models.Model) -> list[Difference]:
        found = super()._against(current)
        for typed, saved in zip(self.formsets, self.of_row(current).formsets, strict=True):
            found += typed.against(saved)
        return found
