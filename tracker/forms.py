"""What a person may type, with labels and rules in the municipality's words. Forms do not save; actions do."""

import re
import secrets

from django import forms
from django.contrib.auth import password_validation
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator

from budget.models import Agreement, Centre, Committee, Item, Kind, LifeStatus
from budget.text import danish_order
from tracker.actions.assessments import Answers
from tracker.models import COMMENT_LIMIT, Assessment, FollowUpRound, MilestonePlan, User
from tracker.reports.overview import NO_CENTRE, NO_COMMITTEE, ItemFilter
from tracker.statuses import NOT_REPORTED, NOT_REPORTED_LABEL, Economy, Effort, Role


class KronerField(forms.Field):
    """Whole kroner as people write them: 1.250.000, 1 250 000, -12 or −12. Blank is None, not zero."""

    widget = forms.TextInput(attrs={"inputmode": "text", "autocomplete": "off"})
    _NUMBER = re.compile(r"-?(\d{1,15}|\d{1,3}(\.\d{3}){1,4}|\d{1,3}( \d{3}){1,4})")

    def to_python(self, value: str | None) -> int | None:
        text = (value or "").replace("\N{MINUS SIGN}", "-").replace("\N{NO-BREAK SPACE}", " ").strip()
        text = text.removesuffix("kr.").strip()
        if not text:
            return None
        if not text.isascii() or not self._NUMBER.fullmatch(text):
            raise forms.ValidationError("Skriv beløbet i hele kroner uden komma, fx 1.250.000 eller -500.000.")
        return int(text.replace(".", "").replace(" ", ""))

    def prepare_value(self, value):
        return f"{value:,}".replace(",", ".") if isinstance(value, int) else value


class PlainTextField(forms.CharField):
    """Text that is kept exactly as typed: spaces at the ends and line breaks included."""

    def __init__(self, *, rows: int, **options):
        super().__init__(strip=False, widget=forms.Textarea(attrs={"rows": rows}), **options)

    def widget_attrs(self, widget: forms.Widget) -> dict:
        """Without maxlength: a browser cuts a pasted text there without a word. The form refuses it in words."""
        return {name: value for name, value in super().widget_attrs(widget).items() if name != "maxlength"}


class AssessmentForm(forms.Form):
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


class AccountForm(forms.ModelForm):
    """An account as an administrator sees it."""

    roles = forms.MultipleChoiceField(
        label="Roller", choices=Role, widget=forms.CheckboxSelectMultiple, required=False,
        help_text="En konto kan have flere roller. Uden roller kan den kun logge ind.",
    )  # fmt: skip

    class Meta:
        model = User
        fields = ["username", "name", "email", "roles", "centres", "committees", "is_active"]
        labels = {"username": "Brugernavn", "email": "E-mail", "is_active": "Kontoen er aktiv"}
        help_texts = {
            "username": "Bruges ved log ind. Bogstaver, tal og tegnene @ . + - _",
            "is_active": "Fjern fluebenet for at lukke kontoen. Det, brugeren har indtastet, bliver stående.",
            "centres": "De centre, kontoen indberetter for.",
            "committees": "De udvalg, kontoen er medlem af.",
        }
        widgets = {"centres": forms.CheckboxSelectMultiple, "committees": forms.CheckboxSelectMultiple}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["name"].required = True
        if self.instance.pk:
            self.initial["roles"] = sorted(self.instance.roles)

    def clean(self):
        data = super().clean()
        roles = set(data.get("roles", []))
        if roles & {Role.EDITOR, Role.CHIEF} and not data.get("centres"):
            self.add_error("centres", "Vælg mindst ét center til en centermedarbejder eller centerchef.")
        if Role.MEMBER in roles and not data.get("committees"):
            self.add_error("committees", "Vælg mindst ét udvalg til et udvalgsmedlem.")
        return data


class SignInForm(AuthenticationForm):
    """The longest user name is checked here: Django leaves that to the browser, and the log of failed attempts has
    columns with an end."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "Brugernavn"
        self.error_messages = self.error_messages | {
            "invalid_login": "Brugernavn eller adgangskode passer ikke. Der er forskel på store og små bogstaver."
        }
        self.fields["username"].validators.append(MaxLengthValidator(150))


class PasswordForm(forms.Form):
    """A new password that an administrator sets for someone else."""

    password = forms.CharField(
        label="Ny adgangskode",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="Mindst 15 tegn. Giv den videre personligt; brugeren kan selv skifte den bagefter.",
    )

    def __init__(self, user: User, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        password_validation.validate_password(self.cleaned_data["password"], self.user)
        return self.cleaned_data["password"]


class NewAccountForm(AccountForm):
    password = forms.CharField(
        label="Adgangskode",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="Mindst 15 tegn.",
    )

    def _post_clean(self):
        """After the account's own fields are filled in, so that the password can be held against them."""
        super()._post_clean()
        if password := self.cleaned_data.get("password"):
            try:
                password_validation.validate_password(password, self.instance)
            except ValidationError as error:
                self.add_error("password", error)


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
