"""How a form tells of what looks like a CPR number, and takes the reason why it is none."""

from collections.abc import Iterator

from django import forms

from budget.cpr import numbers_in
from tracker.errors import CprFound, Refused, TrackerError

CPR_REASON = "cpr_reason"
AT_THE_FIELD = "Her står noget, der ligner et CPR-nummer: {}."


def cpr_reason_field() -> forms.CharField:
    return forms.CharField(
        label="Begrundelse, hvis det ikke er et CPR-nummer",
        required=False,
        max_length=500,
        help_text="Fx hvad tallet ellers er. Begrundelsen står i hændelsesloggen; gentag ikke tallet i den.",
    )


class AsksAboutCprNumbers:
    """For any form whose action refuses CPR numbers. The reason is asked for only once one has been found, so the field
    is part of the form from `refuse_cpr` on. `cpr_reason` is what the action takes."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.is_bound and self.add_prefix(CPR_REASON) in self.data:
            self.fields[CPR_REASON] = cpr_reason_field()

    def __iter__(self) -> Iterator[forms.BoundField]:
        """The reason last: it is about all that stands above."""
        return iter(sorted(super().__iter__(), key=lambda field: field.name == CPR_REASON))

    @property
    def cpr_reason(self) -> str:
        return self.cleaned_data.get(CPR_REASON, "")

    @property
    def cpr_field(self) -> forms.BoundField | None:
        """For a template that places its fields one by one."""
        return self[CPR_REASON] if CPR_REASON in self.fields else None

    def ask_for_cpr_reason(self) -> None:
        self.fields.setdefault(CPR_REASON, cpr_reason_field())

    def refuse(self, error: TrackerError) -> int:
        """Puts what an action refused where it belongs in the form, which keeps all that was typed; returns the status
        that the page is answered with."""
        if isinstance(error, Refused):
            for name, sentence in error.fields.items():
                self.add_error(name if name in self.fields else None, sentence)
            return 422
        if isinstance(error, CprFound):
            return self.refuse_cpr(error)
        self.add_error(None, str(error))
        return 409

    def refuse_cpr(self, error: CprFound) -> int:
        """The sentence, and every field that holds one of the numbers; the texts stay where they are."""
        self.ask_for_cpr_reason()
        self.add_error(None, str(error))
        for form in self._with_rows():
            for name in list(form.fields):
                typed = form.data.get(form.add_prefix(name))
                found = [each.masked for each in numbers_in(str(typed or "")) if each.digits in error.digits]
                if found and not form[name].is_hidden:
                    form.add_error(name, AT_THE_FIELD.format(", ".join(found)))
        return 422

    def _with_rows(self) -> Iterator[forms.BaseForm]:
        yield self
        for formset in getattr(self, "formsets", []):
            yield from formset.forms
