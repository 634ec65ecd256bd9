"""What narrows the log of events."""

from django import forms

from tracker.forms.fields import DayField
from tracker.forms.filters import ALL, FilterField, in_danish_order
from tracker.models import Act
from tracker.reports.events import EventFilter


class EventFilterForm(forms.Form):
    words = forms.CharField(label="Søg i hvad", required=False, max_length=100)
    who = forms.CharField(label="Hvem", required=False, max_length=100)
    act = FilterField("Handling")
    first_day = DayField(label="Fra og med", required=False)
    last_day = DayField(label="Til og med", required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["act"].choices = [ALL, *in_danish_order(Act.choices)]

    @property
    def event_filter(self) -> EventFilter | None:
        """None where a value cannot be understood."""
        return EventFilter(**self.cleaned_data) if self.is_valid() else None
