"""Decision: what a political body has decided about a milestone plan."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from tracker.statuses import DecisionOutcome

from .milestones import MilestonePlan


class Decision(models.Model):
    """One body's decision on one day. `body` is the name the body had then; the case number is the municipality's."""

    plan = models.ForeignKey(MilestonePlan, on_delete=models.CASCADE, related_name="decisions", verbose_name="plan")
    body = models.CharField("besluttet af", max_length=160)
    decided_on = models.DateField("besluttet den")
    case_number = models.CharField("sagsnummer", max_length=40, blank=True)
    outcome = models.CharField("beslutning", max_length=20, choices=DecisionOutcome)
    remark = models.TextField("bemærkning", blank=True)
    recorded_at = models.DateTimeField("noteret", null=True, editable=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", editable=False
    )

    class Meta:
        verbose_name, verbose_name_plural = "beslutning", "beslutninger"
        ordering = ["decided_on", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(outcome__in=DecisionOutcome.values), name="decision_known_outcome"),
            models.CheckConstraint(condition=~Q(body=""), name="decision_has_body"),
        ]

    def __str__(self) -> str:
        return f"{self.body} {self.decided_on:%d.%m.%Y}: {self.get_outcome_display()}"
