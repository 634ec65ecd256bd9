"""The dates of a round."""

from django import forms

from tracker.models import FollowUpRound


class RoundForm(forms.ModelForm):
    """The dates of a round that is about to open, or to open again: then with a reason."""

    reason = forms.CharField(
        label="Begrundelse for at åbne igen", max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )

    class Meta:
        model = FollowUpRound
        fields = ["deadline", "as_of", "committees_on", "council_on"]
        help_texts = {
            "deadline": "Den sidste dag, centrene kan indberette.",
            "as_of": "Den dag, vurderingerne beskriver. Kan stå tom, hvis den ikke er kendt.",
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in self.Meta.fields:
            self.fields[name].widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        if not self.instance.is_over:
            del self.fields["reason"]
