"""Milestone: what an item should have reached by a round; and the plan they make up."""

from django.db import models
from django.db.models import Q

from budget.models import Agreement, Item
from budget.models.history import field_history
from tracker.statuses import PLAN_DECIDED, PlanState

from .rounds import FollowUpRound


class MilestonePlan(models.Model):
    """The milestones of an agreement as one paper (udmøntning), with a state of its own."""

    agreement = models.OneToOneField(Agreement, on_delete=models.CASCADE, related_name="milestone_plan")
    state = models.CharField("tilstand", max_length=20, choices=PlanState, default=PlanState.DRAFT)

    class Meta:
        verbose_name, verbose_name_plural = "milepælsplan", "milepælsplaner"
        constraints = [models.CheckConstraint(condition=Q(state__in=PlanState.values), name="plan_known_state")]

    def __str__(self) -> str:
        return f"Milepælsplan for {self.agreement}"

    @property
    def is_decided(self) -> bool:
        """Approved: from here on a changed milestone takes a reason, and the plan is no longer secret."""
        return self.state in PLAN_DECIDED


class Milestone(models.Model):
    """A step of one item by one round (milepæl); an item has none, one or several in a round."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="milestones", verbose_name="punkt")
    follow_up_round = models.ForeignKey(
        FollowUpRound, on_delete=models.PROTECT, related_name="milestones", verbose_name="runde"
    )
    position = models.PositiveSmallIntegerField()
    text = models.TextField("milepæl")
    history = field_history()

    class Meta:
        verbose_name, verbose_name_plural = "milepæl", "milepæle"
        ordering = ["follow_up_round__number", "position"]
        constraints = [
            models.UniqueConstraint(fields=["item", "follow_up_round", "position"], name="milestone_position_once"),
            models.CheckConstraint(condition=~Q(text=""), name="milestone_has_text"),
        ]

    def __str__(self) -> str:
        return self.text


class MilestoneChange(models.Model):
    """A milestone added ("" before), reworded or removed ("" after) once the plan was approved, and why. It shows
    beside the smiley: nobody turns a sad smiley happy by moving the goal unseen."""

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="milestone_changes")
    follow_up_round = models.ForeignKey(FollowUpRound, on_delete=models.PROTECT, related_name="milestone_changes")
    before = models.TextField("før", blank=True)
    after = models.TextField("efter", blank=True)
    reason = models.TextField("begrundelse")
    at = models.DateTimeField("hvornår")
    user_id = models.BigIntegerField(null=True)

    class Meta:
        verbose_name, verbose_name_plural = "ændret milepæl", "ændrede milepæle"
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="milestone_change_has_reason"),
            models.CheckConstraint(condition=~Q(before=models.F("after")), name="milestone_change_changes"),
        ]

    def __str__(self) -> str:
        return f"{self.before} -> {self.after}"
