"""What narrows a list. All filters may be left open, and an unknown value is an error, not "all"."""

from collections.abc import Iterable

from django import forms

from budget.models import Agreement, Kind, LifeStatus, Section
from budget.text import danish_order
from tracker.reports.item_filter import MONEY, NO_CENTRE, NO_COMMITTEE, ORIGIN, ItemFilter, ListedItem
from tracker.statuses import NOT_REPORTED, NOT_REPORTED_LABEL, Economy, Effort

ALL = ("", "Alle")


class FilterField(forms.ChoiceField):
    """A choice that may come from an address someone has typed or kept for long."""

    default_error_messages = {"invalid_choice": "Filteret har ikke denne mulighed. Vælg en af dem på listen."}

    def __init__(self, label: str, **options):
        super().__init__(label=label, required=False, **options)


def in_danish_order(choices: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return sorted(set(choices), key=lambda choice: danish_order(choice[1]))


class ItemFilterForm(forms.Form):
    """Filters of the outline and the matrix, with what this agreement's items have to offer. A filter by which nothing
    could be told apart (no item has a centre, there are no themes) is left out."""

    words = forms.CharField(label="Søg i nummer og tekst", required=False, max_length=100)
    committee = FilterField("Udvalg")
    body = FilterField("Andet organ")
    centre = FilterField("Center")
    theme = FilterField("Tema")
    section = FilterField("Kapitel")
    kind = FilterField("Drift/anlæg", choices=[ALL, *Kind.choices])
    life_status = FilterField("Livsstatus", choices=[ALL, *LifeStatus.choices])
    money = FilterField("Beløb", choices=[ALL, *MONEY])
    origin = FilterField("Oprindelse", choices=[ALL, *ORIGIN])

    def __init__(self, agreement: Agreement, sections: list[Section], items: list[ListedItem], *args, **kwargs):
        super().__init__(*args, **kwargs)
        chapters = [each for each in sections if each.code and each.code.count(".") < 2]
        leads = [each.item.lead_centre for each in items if each.item.lead_centre]
        offered = {
            "committee": in_danish_order((each.slug, each.name) for row in items for each in row.committees),
            "body": in_danish_order((words, words) for row in items for words in row.bodies),
            "centre": in_danish_order((each.slug, each.name) for each in leads),
            "theme": [(each.code, str(each)) for each in sections if each.is_theme],
            "section": [(each.code, f"{'– ' if each.parent_id else ''}{each}") for each in chapters],
            "kind": [each for each in Kind.choices if any(row.item.kind for row in items)],
            "origin": [each for each in ORIGIN if any(row.item.is_carried_over for row in items)],
        }
        for name, choices in offered.items():
            if not choices and name not in {"committee", "section"}:
                del self.fields[name]
                continue
            if name == "committee":
                choices = [*choices, (NO_COMMITTEE, "Uden udvalg")]
            if name == "centre":
                choices = [*choices, (NO_CENTRE, "Uden center")]
            self.fields[name].choices = [ALL, *choices]
        if "theme" in self.fields and agreement.theme_source:
            self.fields["theme"].label = f"Tema ({agreement.theme_source})"

    @property
    def item_filter(self) -> ItemFilter | None:
        """None where a value is not one of those offered."""
        if not self.is_valid():
            return None
        return ItemFilter(**{name: self.cleaned_data.get(name, "") for name in ItemFilter.__dataclass_fields__})


class MatrixFilterForm(ItemFilterForm):
    level = FilterField(
        "Smiley",
        choices=[
            ALL,
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
