"""What narrows a list. All filters may be left open, and an unknown value is an error, not "all"."""

from django import forms

from budget.models import Agreement, Centre, Committee, Kind, LifeStatus
from budget.text import danish_order
from tracker.reports.overview import NO_CENTRE, NO_COMMITTEE, ItemFilter
from tracker.statuses import NOT_REPORTED, NOT_REPORTED_LABEL, Economy, Effort


def _sorted(choices):
    return sorted(choices, key=lambda choice: danish_order(choice[1]))


class ItemFilterForm(forms.Form):
    """Filters of the outline and the matrix; all may be left open, and an unknown value is an error, not "all"."""

    words = forms.CharField(label="Søg i nummer og tekst", required=False, max_length=100)
    committee = forms.ChoiceField(label="Udvalg", required=False)
    centre = forms.ChoiceField(label="Center", required=False)
    section = forms.ChoiceField(label="Kapitel", required=False)
    kind = forms.ChoiceField(label="Drift/anlæg", required=False, choices=[("", "Alle"), *Kind.choices])
    life_status = forms.ChoiceField(label="Livsstatus", required=False, choices=[("", "Alle"), *LifeStatus.choices])

    def __init__(self, agreement: Agreement, *args, **kwargs):
        super().__init__(*args, **kwargs)
        committees = Committee.objects.filter(responsibility__item__agreement=agreement).distinct()
        centres = Centre.objects.filter(items__agreement=agreement).distinct()
        self.fields["committee"].choices = [
            ("", "Alle"),
            *_sorted((each.slug, each.name) for each in committees),
            (NO_COMMITTEE, "Uden udvalg"),
        ]
        self.fields["centre"].choices = [
            ("", "Alle"),
            *_sorted((each.slug, each.name) for each in centres),
            (NO_CENTRE, "Uden center"),
        ]
        self.fields["section"].choices = [("", "Alle"), *((each.code, str(each)) for each in agreement.sections.all())]

    @property
    def item_filter(self) -> ItemFilter:
        names = ("committee", "centre", "section", "kind", "life_status", "words")
        return ItemFilter(**{name: self.cleaned_data.get(name, "") for name in names})


class MatrixFilterForm(ItemFilterForm):
    level = forms.ChoiceField(
        label="Smiley",
        required=False,
        choices=[
            ("", "Alle"),
            (Effort.HAPPY, "Indsats: glad"),
            (Effort.NEUTRAL, "Indsats: mellemfornøjet"),
            (Effort.SAD, "Indsats: sur"),
            (Economy.KEPT, "Økonomi: glad"),
            (Economy.NOT_KEPT, "Økonomi: sur"),
            (Effort.NOT_RELEVANT, "Ikke relevant"),
            (Effort.NOT_ASSESSED, "Ikke vurderet"),
            (NOT_REPORTED, NOT_REPORTED_LABEL.capitalize()),
        ],
    )
