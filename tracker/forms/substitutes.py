"""A chief's substitute for a period."""

from django import forms

from tracker.forms.fields import DayField
from tracker.models import User
from tracker.statuses import CENTRE_ROLES


class PersonField(forms.ModelChoiceField):
    """Accounts with their centres, to tell two of the same function apart."""

    def label_from_instance(self, user: User) -> str:
        centres = ", ".join(str(centre) for centre in user.centres.all())
        return f"{user} ({centres})" if centres else str(user)

    def to_python(self, value):
        try:
            return super().to_python(value)
        except OverflowError:  # a number that no column of SQLite can hold
            words, code = self.error_messages["invalid_choice"], "invalid_choice"
            raise forms.ValidationError(words, code=code, params={"value": value}) from None


class SubstituteForm(forms.Form):
    """The rules between the fields are the action's."""

    stand_in = PersonField(
        label="Vikar",
        queryset=User.objects.none(),
        empty_label="Ikke valgt",
        help_text="Kun konti, der selv hører til et center, kan vælges.",
        error_messages={"invalid_choice": "Vælg en af personerne på listen. Kontoen kan være lukket i mellemtiden."},
    )
    first_day = DayField(label="Første dag", help_text="Dag, måned og år, fx 31.12.2021.")
    last_day = DayField(label="Sidste dag", help_text="Vikaren har rettighederne til og med denne dag.")

    def __init__(self, chief: User, *args, **kwargs):
        super().__init__(*args, **kwargs)
        people = User.objects.filter(is_active=True, role_rows__role__in=CENTRE_ROLES).exclude(pk=chief.pk)
        self.fields["stand_in"].queryset = people.distinct().order_by("name").prefetch_related("centres")
