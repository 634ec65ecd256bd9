"""The agreement as it was signed: its head and its printed outline."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from budget import codes

from .history import field_history
from .organisation import Party


class AgreementMode(models.TextChoices):
    MILESTONES = "milestones", "milepæle og smileys"
    EXCEPTIONS = "exceptions", "kun udfordringer"


class AmountUnit(models.IntegerChoices):
    """What the agreement's tables are printed in. Amounts are stored in kroner whatever the unit."""

    THOUSANDS = 1000, "1.000 kr."
    KRONER = 1, "kr."


class Agreement(models.Model):
    """A political budget agreement (budgetaftale) and the years its money covers."""

    budget_year = models.PositiveSmallIntegerField("budgetår", unique=True)
    last_year = models.PositiveSmallIntegerField("sidste år i aftalen")
    title = models.CharField("titel", max_length=200)
    mode = models.CharField("opfølgning", max_length=20, choices=AgreementMode)
    case_number = models.CharField("sagsnummer", max_length=40, blank=True)
    signed_on = models.DateField("indgået", null=True, blank=True)
    parties = models.ManyToManyField(Party, through="Signatory", related_name="agreements")
    unit = models.PositiveSmallIntegerField("beløb vises i", choices=AmountUnit, default=AmountUnit.THOUSANDS)
    theme_source = models.CharField("temaerne kommer fra", max_length=80, blank=True)
    source = models.TextField("kilde", blank=True)
    reading_guide = models.TextField("læsevejledning", blank=True)
    file_digest = models.CharField(max_length=64, blank=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    history = field_history(excluded_fields=["version"])

    class Meta:
        verbose_name, verbose_name_plural = "aftale", "aftaler"
        ordering = ["-budget_year"]
        constraints = [
            models.CheckConstraint(condition=Q(last_year__gte=F("budget_year")), name="agreement_years_in_order"),
            models.CheckConstraint(condition=Q(mode__in=AgreementMode.values), name="agreement_known_mode"),
            models.CheckConstraint(condition=Q(unit__in=AmountUnit.values), name="agreement_known_unit"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("agreement_outline", args=[self.budget_year])

    @property
    def years(self) -> range:
        return range(self.budget_year, self.last_year + 1)

    @property
    def is_signed(self) -> bool:
        """From here on what was agreed is closed: it changes by decision only."""
        return self.signed_on is not None

    @property
    def has_rounds(self) -> bool:
        """Followed up by milestones and smileys, not by exception only."""
        return self.mode == AgreementMode.MILESTONES


class Signatory(models.Model):
    """A party to one agreement, in the order printed."""

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="signatories")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, verbose_name="parti")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["agreement", "party"], name="signatory_once")]

    def __str__(self) -> str:
        return str(self.party)


class SectionQuerySet(models.QuerySet):
    def in_agreement_order(self):
        return self.order_by("sort_key")


class Section(models.Model):
    """A node of the printed outline at any depth. A section and an item may carry the same code. A section of the front
    pages has no code, only a place before all the others."""

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="sections")
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name="overordnet afsnit",
    )
    code = models.CharField("nummer", max_length=30, blank=True)
    position = models.PositiveSmallIntegerField("plads blandt afsnit uden nummer", null=True, blank=True)
    title = models.CharField("titel", max_length=200)
    text = models.TextField("tekst", blank=True)
    is_theme = models.BooleanField("afsnittet er et tema", default=False)
    sort_key = models.CharField(max_length=80, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = SectionQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = "afsnit", "afsnit"
        ordering = ["sort_key"]
        constraints = [
            models.UniqueConstraint(fields=["agreement", "code"], condition=~Q(code=""), name="section_code_once"),
            models.UniqueConstraint(fields=["agreement", "position"], name="section_position_once"),
            models.CheckConstraint(condition=~Q(parent=F("id")), name="section_not_its_own_parent"),
            models.CheckConstraint(
                condition=Q(position__isnull=True) & ~Q(code="")
                | Q(position__isnull=False, code="", parent__isnull=True, is_theme=False),
                name="section_code_or_position",
            ),
            models.CheckConstraint(condition=~Q(title=""), name="section_has_title"),
        ]

    def __str__(self) -> str:
        return f"{self.code}. {self.title}" if self.code else self.title

    def save(self, **kwargs) -> None:
        self.sort_key = codes.sort_key(self.code) if self.code else codes.front_sort_key(self.position)
        super().save(**kwargs)
