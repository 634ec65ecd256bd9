"""The entry of one item in one round."""

import secrets

from django import forms

from tracker.actions.assessments import Answers
from tracker.forms.cpr import AsksAboutCprNumbers
from tracker.forms.fields import KronerField, PlainTextField
from tracker.models import COMMENT_LIMIT, Assessment
from tracker.statuses import Economy, Effort


class AssessmentForm(AsksAboutCprNumbers, forms.Form):
    """One item's entry. `version`, `page_token` and `page_sequence` belong to the page, not to the person."""

    effort = forms.ChoiceField(label="Indsats", choices=Effort, widget=forms.RadioSelect, required=False)
    economy = forms.ChoiceField(label="Økonomi", choices=Economy, widget=forms.RadioSelect, required=False)
    comment = PlainTextField(
        label="Bemærkning",
        rows=8,
        required=False,
        max_length=COMMENT_LIMIT,
        help_text="Skal skrives, når indsatsen er mellemfornøjet eller sur, eller økonomien er sur. "
        "Skriv ikke oplysninger om enkeltpersoner.",
        error_messages={
            "max_length": "Bemærkningen er på %(show_value)d tegn. Der er plads til %(limit_value)d. Forkort den lidt."
        },
    )
    expected_amount = KronerField(
        label="Forventet beløb i budgetåret (kr.)",
        required=False,
        help_text="Kun hvis regnskabet ventes at blive et andet end aftalt. Hele kroner; minus er besparelse eller "
        "indtægt.",
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    page_token = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)
    page_sequence = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=1_000_000)

    @classmethod
    def of(cls, assessment: Assessment | None) -> "AssessmentForm":
        """The form as the page first shows it."""
        token = secrets.token_urlsafe(16)
        if assessment is None:
            return cls(initial={"version": 0, "page_token": token, "page_sequence": 0})
        names = ("effort", "economy", "comment", "expected_amount", "version")
        return cls(
            initial={name: getattr(assessment, name) for name in names} | {"page_token": token, "page_sequence": 0}
        )

    @property
    def answers(self) -> Answers:
        data = self.cleaned_data
        return Answers(data["effort"], data["economy"], data["comment"], data["expected_amount"])
