"""The milestone plan: what narrows it, and what happens to it as a whole."""

from django import forms

from budget.models import Committee
from tracker.forms.cpr import AsksAboutCprNumbers
from tracker.forms.fields import DayField, LongTextField
from tracker.forms.filters import ALL, FilterField, in_danish_order
from tracker.reports.item_filter import NO_COMMITTEE, ItemFilter, ListedItem
from tracker.statuses import DecisionOutcome


class PlanFilterForm(forms.Form):
    """The plan for one committee, with those that its items have."""

    committee = FilterField("Udvalg")

    def __init__(self, items: list[ListedItem], *args, **kwargs):
        super().__init__(*args, **kwargs)
        named = {each.slug: each for row in items for each in row.committees}
        self.committees: dict[str, Committee] = named
        choices = in_danish_order((each.slug, each.name) for each in named.values())
        self.fields["committee"].choices = [ALL, *choices, (NO_COMMITTEE, "Uden udvalg")]

    @property
    def item_filter(self) -> ItemFilter | None:
        """None where the value is not one of those offered."""
        return ItemFilter(committee=self.cleaned_data["committee"]) if self.is_valid() else None

    @property
    def chosen(self) -> Committee | None:
        return self.committees.get(self.cleaned_data["committee"]) if self.is_valid() else None


class PlanActForm(AsksAboutCprNumbers, forms.Form):
    """The plan's state guards it: what comes too late is told, and what was typed stays."""


class ReturnForm(PlanActForm):
    comment = LongTextField(
        label="Bemærkning", required=True,
        help_text="Hvad skal rettes? Bemærkningen står på planens side, til den sendes i høring igen.",
    )  # fmt: skip


class CommitteeField(forms.ModelChoiceField):
    """One committee; one whose time is over says so."""

    def label_from_instance(self, committee: Committee) -> str:
        return f"{committee} (til {committee.valid_to:%d.%m.%Y})" if committee.valid_to else str(committee)


class DecisionForm(PlanActForm):
    committee = CommitteeField(
        label="Udvalg", queryset=Committee.objects.all(), required=False, empty_label="Et andet organ"
    )
    other_body = forms.CharField(
        label="Andet organ", required=False, max_length=160, help_text="Fx Kommunalbestyrelsen eller aftaleparterne."
    )
    decided_on = DayField(label="Besluttet den")
    outcome = forms.ChoiceField(
        label="Beslutning", choices=[("", "Vælg"), *DecisionOutcome.choices],
        help_text="»Sendt tilbage« gør planen til et udkast igen. »Godkendt« gælder hele planen. De øvrige bliver "
        "noteret, og planen bliver i høring.",
    )  # fmt: skip
    is_whole = forms.BooleanField(
        label="Hele milepælsplanen er hermed godkendt", required=False,
        help_text="Kun ved »godkendt«. Det kan ikke fortrydes: herefter kan alle læse planen, og hver ændret milepæl "
        "tager en begrundelse.",
    )  # fmt: skip
    case_number = forms.CharField(label="Sagsnummer", required=False, max_length=40)
    remark = LongTextField(label="Bemærkning", rows=4)

    def clean(self) -> dict:
        data = super().clean()
        if {"committee", "other_body"} <= data.keys():
            if data["committee"] and data["other_body"]:
                self.add_error("other_body", "Lad feltet være tomt, når der er valgt et udvalg.")
            if not data["committee"] and not data["other_body"]:
                self.add_error("committee", "Vælg udvalget, eller skriv, hvilket andet organ der traf beslutningen.")
        if data.get("outcome") == DecisionOutcome.APPROVED and not data.get("is_whole"):
            self.add_error("is_whole", "Sæt kryds, hvis hele planen er godkendt. Vælg ellers en anden beslutning.")
        if data.get("is_whole") and data.get("outcome") and data["outcome"] != DecisionOutcome.APPROVED:
            self.add_error("is_whole", "Krydset hører til »godkendt«. Fjern det, eller vælg »godkendt«.")
        return data

    @property
    def values(self) -> dict[str, object]:
        """What `decide_plan` takes."""
        data = self.cleaned_data
        names = ("decided_on", "outcome", "case_number", "remark")
        body = str(data["committee"] or data["other_body"])
        return {"body": body, "cpr_reason": self.cpr_reason} | {name: data[name] for name in names}
