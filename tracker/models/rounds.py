"""FollowUpRound: a row with dates and a state, never worked out from today's date."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from budget.models import Agreement
from tracker.statuses import RoundState

from .events import subject_of

DATE_FIELDS = ("as_of", "opens_on", "deadline", "committees_on", "council_on")


class FollowUpRoundQuerySet(models.QuerySet):
    def open(self):
        return self.filter(state=RoundState.OPEN)


class FollowUpRound(models.Model):
    """One follow-up on an agreement (budgetopfølgning). Any of the five dates may be unknown."""

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="rounds", verbose_name="aftale")
    number = models.PositiveSmallIntegerField("nummer")
    label = models.CharField("navn", max_length=80)
    state = models.CharField("tilstand", max_length=20, choices=RoundState, default=RoundState.PLANNED)
    as_of = models.DateField("opgjort pr.", null=True, blank=True)
    opens_on = models.DateField("åbner for indberetning", null=True, blank=True)
    deadline = models.DateField("frist for indberetning", null=True, blank=True)
    committees_on = models.DateField("behandles i udvalgene", null=True, blank=True)
    council_on = models.DateField("behandles i Kommunalbestyrelsen", null=True, blank=True)
    instructions = models.TextField("vejledning til centrene", blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    opened_at = models.DateTimeField("åbnet", null=True, blank=True, editable=False)
    closed_at = models.DateTimeField("lukket", null=True, blank=True, editable=False)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )

    objects = FollowUpRoundQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = "runde", "runder"
        ordering = ["agreement", "number"]
        constraints = [
            models.UniqueConstraint(fields=["agreement", "number"], name="round_number_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="round_number_from_one"),
            models.CheckConstraint(condition=Q(state__in=RoundState.values), name="round_known_state"),
            models.CheckConstraint(
                condition=Q(opens_on__isnull=True) | Q(deadline__isnull=True) | Q(deadline__gte=F("opens_on")),
                name="round_deadline_after_opening",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(state__in=[RoundState.CLOSED, RoundState.PUBLISHED]),
                name="round_closed_at_only_when_closed",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_by__isnull=True) | Q(closed_at__isnull=False),
                name="round_closed_by_with_closed_at",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    def get_absolute_url(self) -> str:
        return reverse("round_board", args=self.address)

    @property
    def address(self) -> tuple[int, int]:
        """What the round's pages are addressed by: budget year and number."""
        return self.agreement.budget_year, self.number

    @property
    def subject(self) -> str:
        """How events name the round."""
        return subject_of(self.agreement.budget_year, number=self.number)

    @property
    def is_open(self) -> bool:
        return self.state == RoundState.OPEN

    @property
    def is_published(self) -> bool:
        return self.state == RoundState.PUBLISHED

    @property
    def is_over(self) -> bool:
        """Nothing more is expected, so silence is now called "ikke indberettet"."""
        return self.state in {RoundState.CLOSED, RoundState.PUBLISHED}


class MovedDate(models.Model):
    """A date of a round that was moved: the old one is kept, with the reason. Blank is "ikke angivet"."""

    class Field(models.TextChoices):
        AS_OF = "as_of", "Opgjort pr."
        OPENS_ON = "opens_on", "Åbner for indberetning"
        DEADLINE = "deadline", "Frist for indberetning"
        COMMITTEES_ON = "committees_on", "Behandles i udvalgene"
        COUNCIL_ON = "council_on", "Behandles i Kommunalbestyrelsen"

    follow_up_round = models.ForeignKey(FollowUpRound, on_delete=models.CASCADE, related_name="moved_dates")
    field = models.CharField("dato", max_length=20, choices=Field)
    before = models.DateField("før", null=True)
    after = models.DateField("efter", null=True)
    reason = models.TextField("begrundelse")
    at = models.DateTimeField("hvornår")
    user_id = models.BigIntegerField(null=True)
    actor = models.CharField("hvem", max_length=160)

    class Meta:
        verbose_name, verbose_name_plural = "flyttet dato", "flyttede datoer"
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(field__in=DATE_FIELDS), name="moved_date_known_field"),
            models.CheckConstraint(condition=~Q(reason=""), name="moved_date_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.get_field_display()}: {self.before} -> {self.after}"
