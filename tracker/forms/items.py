"""One item: its texts, its people and its milestones; and its links with the amounts that its text names."""

import re

from django import forms

from budget import codes
from budget.files.schema import FIRST_YEAR, LAST_YEAR
from budget.models import Centre, Committee, Item, LinkKind
from tracker.actions.links import LinkRow, link_rows
from tracker.forms.fields import BodiesField, LongTextField
from tracker.forms.rows import FormWithRows, RowForm, RowFormSet
from tracker.forms.stated_amounts import StatedAmountFormSet
from tracker.forms.versioned import VersionedForm
from tracker.models import FollowUpRound, MilestonePlan


class LinesField(forms.CharField):
    """Several short texts, one on each line; a list without repetitions."""

    def __init__(self, **options):
        super().__init__(required=False, widget=forms.Textarea(attrs={"rows": 2}), **options)

    def to_python(self, value) -> list[str]:
        if isinstance(value, list):
            return value
        lines = [line.strip() for line in super().to_python(value).splitlines() if line.strip()]
        if any(len(line) > 120 for line in lines):
            raise forms.ValidationError("Hver linje må højst være på 120 tegn.")
        return list(dict.fromkeys(lines))

    def run_validators(self, value: list[str]) -> None:
        super().run_validators("\n".join(value))

    def prepare_value(self, value):
        return "\n".join(value) if isinstance(value, list) else value

    def has_changed(self, initial, data) -> bool:
        try:
            return (initial or []) != self.to_python(data)
        except forms.ValidationError:
            return True


class ItemForm(VersionedForm):
    """What of an item is not agreed: it changes after the signing too, with a reason. So does an approved plan."""

    note = LongTextField(label="Administrationens bemærkning")
    source_note = LongTextField(label="Bemærkning til kilden", rows=3)
    contributors = BodiesField(label="Væsentlige bidragsydere", queryset=Centre.objects.all(), required=False)
    contributor_words = LinesField(
        label="Bidragsydere i frie ord", help_text="Ét pr. linje, fx de øvrige centre og sekretariater."
    )
    reason = forms.CharField(
        label="Begrundelse for rettelsen", max_length=500, help_text="Begrundelsen står i punktets historik."
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    people = ("contributors", "contributor_words")  # named besides the lead centre; what the action takes apart
    field_order = [
        "section", "code", "ordinal", "title", "kind", "committees", "first_committee", "bodies", "life_status",
        "lead_centre", "printed_centre", "contributors", "contributor_words", "text", "economy_text", "note",
        "source_note",
    ]  # fmt: skip

    class Meta:
        model = Item
        fields = ["life_status", "lead_centre", "printed_centre", "note", "source_note"]
        help_texts = {"printed_centre": "Kun når aftalen nævner noget andet end et center."}

    def __init__(self, *args, plan: MilestonePlan | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        self.plan, item = plan, self.instance
        self.saved_milestones: dict[int, list[str]] = {}
        self.rounds = list(item.agreement.rounds.all())
        for each in self.rounds:
            self.fields[f"milestones_{each.number}"] = forms.CharField(
                label=f"Milepæle – {each.label}", required=False, widget=forms.Textarea(attrs={"rows": 3}),
                help_text="Flere milepæle adskilles af en tom linje.",
            )  # fmt: skip
        self.fields["reason"] = self.fields.pop("reason")  # last: it is about all that stands above
        if not (item.agreement.is_signed or (plan and plan.is_decided)):
            del self.fields["reason"]
        if item.pk:
            self._read_people()
            self._read_milestones()

    def of_row(self, row: Item) -> "ItemForm":
        return type(self)(instance=row, plan=self.plan)

    def _read_people(self) -> None:
        named = {"committees": [], "bodies": [], "contributors": [], "contributor_words": []}
        for row in self.instance.responsibilities.order_by("role", "position"):
            if row.committee_id:
                named["committees"].append(row.committee_id)
            elif row.centre_id:
                named["contributors"].append(row.centre_id)
            else:
                named["bodies" if row.role == "body" else "contributor_words"].append(row.words)
        self.initial |= named | {"first_committee": next(iter(named["committees"]), None)}

    def _read_milestones(self) -> None:
        for milestone in self.instance.milestones.select_related("follow_up_round"):
            self.saved_milestones.setdefault(milestone.follow_up_round.number, []).append(milestone.text)
        self.initial |= {f"milestones_{n}": "\n\n".join(texts) for n, texts in self.saved_milestones.items()}

    def clean_contributors(self) -> list[Centre]:
        return self._as_named("contributors")

    def _as_named(self, name: str) -> list:
        """Those that stay keep the order in which they are printed; new ones follow."""
        before = self.initial.get(name, [])
        return sorted(
            self.cleaned_data[name], key=lambda body: before.index(body.pk) if body.pk in before else len(before)
        )

    def clean(self):
        data = super().clean()
        if data.get("lead_centre") and data.get("printed_centre"):
            self.add_error("printed_centre", "Lad feltet være tomt, når der er valgt et ansvarligt center.")
        return data

    @property
    def values(self) -> dict[str, object]:
        """What `create_item` and `change_item` take."""
        data = self.cleaned_data
        return {
            "fields": {name: data[name] for name in self.Meta.fields},
            "milestones": self._milestones(),
            "cpr_reason": self.cpr_reason,
            **{name: data[name] for name in self.people},
        }

    def _milestones(self) -> dict[FollowUpRound, list[str]]:
        """The texts per round; an empty line parts two milestones. A text that came by file may hold an empty line or
        end in a space: where nothing was typed, nothing is a change."""
        found = {}
        for each in self.rounds:
            saved = self.saved_milestones.get(each.number, [])
            typed = _parts(self.cleaned_data[f"milestones_{each.number}"])
            found[each] = saved if typed == _parts("\n\n".join(saved)) else typed
        return found


def _parts(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"\n\s*\n", text.replace("\r\n", "\n")) if part.strip()]


class DraftItemForm(ItemForm):
    """The whole item, while its agreement is a draft."""

    ordinal = forms.IntegerField(
        label="Løbenummer", required=False, min_value=1, max_value=999,
        help_text="Kun når nummeret rummer flere punkter: det første er 1, det næste 2.",
    )  # fmt: skip
    text = LongTextField(label="Aftaletekst", rows=8)
    economy_text = LongTextField(label="Økonomi", help_text="Det, teksten siger om pengene.")
    committees = BodiesField(label="Ansvarlige udvalg", queryset=Committee.objects.all(), required=False)
    first_committee = forms.ModelChoiceField(
        label="Først nævnte udvalg", queryset=Committee.objects.all(), required=False, empty_label="Ikke valgt",
        help_text="Kun når der er flere. Punktets beløb tæller under det udvalg, der er nævnt først.",
    )  # fmt: skip
    bodies = LinesField(label="Andre ansvarlige organer", help_text="Ét pr. linje, fx direktionen.")
    people = ("committees", "bodies", "contributors", "contributor_words")

    class Meta(ItemForm.Meta):
        fields = ["section", "code", "ordinal", "title", "kind", "text", "economy_text", *ItemForm.Meta.fields]
        help_texts = ItemForm.Meta.help_texts | {"code": "Som trykt, fx 3.04 eller 2.02.1."}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["section"].queryset = self.instance.agreement.sections.exclude(code="").in_agreement_order()
        self.fields["section"].empty_label = "Vælg"
        if self.instance.agreement.is_signed:
            # The page was opened while it was a draft. The action says what that means; a reason is the lesser matter.
            self.fields["reason"].required = False

    def clean_code(self) -> str:
        code = self.cleaned_data["code"]
        if not codes.is_code(code):
            raise forms.ValidationError("Skriv et nummer som 3.04 eller 2.02.1: tal med punktum imellem.")
        return code

    def clean_committees(self) -> list[Committee]:
        return self._as_named("committees")

    def clean(self):
        data = super().clean()
        first, named = data.get("first_committee"), data.get("committees")
        if first and named is not None and "first_committee" in self.changed_data and first not in named:
            self.add_error("first_committee", "Vælg et af de udvalg, der er sat kryds ved.")
        elif first and named and first in named:
            data["committees"] = [first, *(each for each in named if each != first)]
        return data


class LinkForm(RowForm):
    kind = forms.ChoiceField(label="Art", required=False, choices=[("", "Vælg"), *LinkKind.choices])
    year = forms.IntegerField(
        label="Aftaleår", required=False, min_value=FIRST_YEAR, max_value=LAST_YEAR,
        help_text="Tomt, hvis ukendt.",
    )  # fmt: skip
    code = forms.CharField(label="Punkt som trykt", required=False, max_length=40)
    note = LongTextField(label="Bemærkning", rows=2)
    needed = {
        "kind": "Vælg, hvad henvisningen siger.",
        "code": "Skriv nummeret på det punkt, der henvises til, eller slet rækken.",
    }


class LinkFormSet(
    forms.formset_factory(
        LinkForm,
        formset=RowFormSet,
        extra=2,
        can_delete=True,
        can_delete_extra=False,
        max_num=100,
        absolute_max=120,
    )  # fmt: skip
):
    legend = "Henvisninger"
    row_label = "Henvisning"
    help_text = (
        "Det, punktet kommer fra: et punkt i en tidligere aftale eller et andet sted i denne. Er aftalen i systemet, "
        "bliver henvisningen til et link. Tomme rækker gemmes ikke; når du har gemt, er der igen to tomme."
    )

    def __init__(self, data=None, *, item: Item, prefix: str = "henvisninger"):
        self.item = item
        super().__init__(data, saved=link_rows(item), prefix=prefix)

    def clean(self):
        seen = set()
        for form in self._kept():
            if not form.has_changed() or not form.is_valid():
                continue
            row = self.row_of(form.cleaned_data)
            if row.year == self.item.agreement.budget_year and row.code == self.item.key:
                form.add_error("code", "Et punkt kan ikke henvise til sig selv.")
            elif row.identity in seen:
                form.add_error("code", "Henvisningen står to gange. Slet den ene.")
            seen.add(row.identity)

    @staticmethod
    def initial_of(row: LinkRow) -> dict:
        return {"kind": row.kind, "year": row.year, "code": row.code, "note": row.note}

    @staticmethod
    def row_of(data: dict) -> LinkRow:
        return LinkRow(data["kind"], data["year"], data["code"], data["note"])

    @staticmethod
    def words_of(row: LinkRow) -> str:
        return f"{row}: {row.note}" if row.note else str(row)


class ItemLinksForm(FormWithRows):
    """The links of an item and the amounts that its text names; the item's version guards them."""

    class Meta:
        model = Item
        fields = []

    def make_formsets(self, data) -> list[RowFormSet]:
        self.links = LinkFormSet(data, item=self.instance)
        self.stated_amounts = StatedAmountFormSet(data, owner=self.instance)
        return [self.links, self.stated_amounts]
