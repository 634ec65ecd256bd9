"""One item's texts, its people and its milestones."""

import re

from django import forms

from budget.models import Centre, Committee, Item
from tracker.models import FollowUpRound, MilestonePlan


class ItemForm(forms.ModelForm):
    """An item's texts and who answers for it. Every change of a signed agreement takes a reason."""

    committees = forms.ModelMultipleChoiceField(
        label="Ansvarlige udvalg", queryset=Committee.objects.all(), required=False, widget=forms.CheckboxSelectMultiple
    )
    bodies = forms.CharField(
        label="Andre ansvarlige organer", required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Ét pr. linje, fx direktionen.",
    )  # fmt: skip
    contributors = forms.ModelMultipleChoiceField(
        label="Væsentlige bidragsydere", queryset=Centre.objects.all(), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    contributor_words = forms.CharField(
        label="Bidragsydere i frie ord", required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Ét pr. linje, fx de øvrige centre og sekretariater.",
    )  # fmt: skip
    reason = forms.CharField(
        label="Begrundelse for rettelsen", max_length=500,
        help_text="Aftalen er indgået og planen godkendt. Begrundelsen står i punktets historik.",
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    class Meta:
        model = Item
        fields = [
            "title", "kind", "life_status", "lead_centre", "printed_centre",
            "text", "note", "economy_text", "source_note",
        ]  # fmt: skip
        help_texts = {"printed_centre": "Kun når aftalen nævner noget andet end et center."}

    def __init__(self, *args, plan: MilestonePlan | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        item = self.instance
        self.initial["version"] = item.version
        for name in ("text", "note", "economy_text", "source_note"):
            self.fields[name].strip = False
        by_role = {name: [] for name in ("committees", "bodies", "contributors", "contributor_words")}
        for row in item.responsibilities.all():
            if row.committee_id:
                by_role["committees"].append(row.committee_id)
            elif row.centre_id:
                by_role["contributors"].append(row.centre_id)
            else:
                by_role["bodies" if row.role == "body" else "contributor_words"].append(row.words)
        self.initial |= {name: by_role[name] for name in ("committees", "contributors")}
        self.initial |= {name: "\n".join(by_role[name]) for name in ("bodies", "contributor_words")}
        if not item.agreement.signed_on and not (plan and plan.is_decided):
            self.fields["reason"].required = False
        for each in item.agreement.rounds.all():
            self.fields[f"milestones_{each.number}"] = forms.CharField(
                label=f"Milepæle – {each.label}", required=False, widget=forms.Textarea(attrs={"rows": 3}),
                help_text="Flere milepæle adskilles af en tom linje.",
            )  # fmt: skip
        self.fields["reason"] = self.fields.pop("reason")  # last: it is about all that stands above
        texts = {}
        for milestone in item.milestones.select_related("follow_up_round"):
            texts.setdefault(f"milestones_{milestone.follow_up_round.number}", []).append(milestone.text)
        self.initial |= {name: "\n\n".join(parts) for name, parts in texts.items()}

    def _plain_lines(self, name: str) -> str:
        """A browser sends \r\n; kept, it would make every unchanged text a change."""
        return self.cleaned_data[name].replace("\r\n", "\n")

    def clean_text(self) -> str:
        return self._plain_lines("text")

    def clean_note(self) -> str:
        return self._plain_lines("note")

    def clean_economy_text(self) -> str:
        return self._plain_lines("economy_text")

    def clean_source_note(self) -> str:
        return self._plain_lines("source_note")

    def _lines(self, name: str) -> list[str]:
        lines = [line.strip() for line in self.cleaned_data[name].splitlines() if line.strip()]
        if any(len(line) > 120 for line in lines):
            raise forms.ValidationError("Hver linje må højst være på 120 tegn.")
        return list(dict.fromkeys(lines))

    def clean_bodies(self) -> list[str]:
        return self._lines("bodies")

    def clean_contributor_words(self) -> list[str]:
        return self._lines("contributor_words")

    def clean(self):
        data = super().clean()
        if data.get("lead_centre") and data.get("printed_centre"):
            self.add_error("printed_centre", "Lad feltet være tomt, når der er valgt et ansvarligt center.")
        return data

    def milestones(self, rounds: list[FollowUpRound]) -> dict[FollowUpRound, list[str]]:
        """The texts per round; an empty line parts two milestones."""
        found = {}
        for each in rounds:
            text = self.cleaned_data[f"milestones_{each.number}"].replace("\r\n", "\n")
            found[each] = [part.strip() for part in re.split(r"\n\s*\n", text) if part.strip()]
        return found
