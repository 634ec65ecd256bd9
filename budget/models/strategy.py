"""What an agreement rests on beside its items: the economic strategy's targets, the tax rates, and the United Nations'
goals in focus."""

from django.db import models
from django.db.models import F, Q

from .agreements import Agreement


class Target(models.Model):
    """One target of the economic strategy that the agreement rests on (målsætning)."""

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="targets")
    number = models.PositiveSmallIntegerField("nummer")
    title = models.CharField("titel", max_length=120)
    text = models.TextField("tekst", blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["agreement", "number"], name="target_number_once")]

    def __str__(self) -> str:
        return f"{self.number}. {self.title}"


class TargetValue(models.Model):
    """A number of a target in whole kroner, for one year or for no single year."""

    target = models.ForeignKey(Target, on_delete=models.CASCADE, related_name="values")
    position = models.PositiveSmallIntegerField()
    label = models.CharField("hvad tallet er", max_length=120)
    year = models.PositiveSmallIntegerField("år", null=True, blank=True)
    kroner = models.BigIntegerField("kroner")

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["target", "position"], name="target_value_position_once")]

    def __str__(self) -> str:
        return self.label


class RateUnit(models.TextChoices):
    PERCENT = "percent", "pct."
    PERMILLE = "permille", "promille"


class TaxRate(models.Model):
    """A tax rate that the agreement sets (udskrivningsprocent, grundskyldspromille) in hundredths: 2550 is 25,5."""

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="tax_rates")
    position = models.PositiveSmallIntegerField()
    name = models.CharField("sats", max_length=80)
    hundredths = models.PositiveIntegerField("hundrededele")
    unit = models.CharField("enhed", max_length=10, choices=RateUnit)
    note = models.CharField("bemærkning", max_length=120, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["agreement", "name"], name="tax_rate_once"),
            models.CheckConstraint(condition=Q(unit__in=RateUnit.values), name="tax_rate_known_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.value_label}"

    @property
    def value_label(self) -> str:
        """As written in Danish, without needless zeros: "25,5 pct."."""
        whole, part = divmod(self.hundredths, 100)
        decimals = f"{part:02d}".rstrip("0")
        return f"{whole}{',' if decimals else ''}{decimals} {self.get_unit_display()}"


class SustainabilityGoal(models.Model):
    """One of the United Nations' 17 goals (verdensmål) that the agreement has in focus. Two may be followed jointly."""

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="goals")
    number = models.PositiveSmallIntegerField("nummer")
    title = models.CharField("titel", max_length=80)
    joint_with = models.PositiveSmallIntegerField("følges samlet med mål", null=True, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["agreement", "number"], name="goal_once"),
            models.CheckConstraint(condition=Q(number__gte=1, number__lte=17), name="goal_is_one_of_17"),
            models.CheckConstraint(
                condition=Q(joint_with__isnull=True) | ~Q(joint_with=F("number")), name="goal_not_joint_with_itself"
            ),
        ]

    def __str__(self) -> str:
        return f"Mål {self.number}: {self.title}"
