"""Filters and grouping of the money pages."""

from django import forms

from budget.models import Nature
from tracker.forms.filters import ALL, FilterField, in_danish_order
from tracker.reports.item_filter import NO_COMMITTEE
from tracker.reports.money import NO_HEADING, NO_PROJECT, Grouping, MoneyFilter, MoneyLine


class MoneyFilterForm(forms.Form):
    """What the lines of both tables have to offer, so that a filter goes along from one to the other; an unknown value
    is an error, not "all"."""

    words = forms.CharField(label="Søg i tekst og projekt", required=False, max_length=100)
    committee = FilterField("Udvalg")
    heading = FilterField("Overskrift")
    nature = FilterField("Art")
    project = FilterField("Projekt")
    group = FilterField("Vis", choices=Grouping.choices)

    def __init__(self, lines: list[MoneyLine], *args, **kwargs):
        super().__init__(*args, **kwargs)
        named = [line.committee for line in lines]
        committees = in_danish_order(each for each in named if each[0] != NO_COMMITTEE)
        headings = dict.fromkeys(line.heading for line in lines if line.heading)
        projects = sorted({line.project for line in lines if line.project})
        natures = {line.nature for line in lines}
        self.fields["committee"].choices = [ALL, *committees, (NO_COMMITTEE, "Uden udvalg")]
        self.fields["heading"].choices = [ALL, *((each, each) for each in headings), (NO_HEADING, "Uden overskrift")]
        self.fields["nature"].choices = [ALL, *(each for each in Nature.choices if each[0] in natures)]
        self.fields["project"].choices = [ALL, *((each, each) for each in projects), (NO_PROJECT, "Uden projekt")]

    @property
    def money_filter(self) -> MoneyFilter | None:
        """None where a value is not one of those offered."""
        if not self.is_valid():
            return None
        return MoneyFilter(**{name: self.cleaned_data[name] for name in MoneyFilter.__dataclass_fields__})

    @property
    def words_of_filter(self) -> list[str]:
        """The filter as one would say it: ["Udvalg: Økonomiudvalget", ...]; for the head of a sheet."""
        words = []
        for name, field in self.fields.items():
            if value := self.cleaned_data[name]:
                words.append(f"{field.label}: {dict(getattr(field, 'choices', ())).get(value, value)}")
        return words

    @property
    def grouping(self) -> str:
        return self.cleaned_data["group"] if self.is_valid() else Grouping.PRINTED
