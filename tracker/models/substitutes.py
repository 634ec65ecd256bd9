"""Substitute: who answers for a chief's centres while the chief is away."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from tracker.statuses import Role


class SubstituteQuerySet(models.QuerySet):
    def on(self, day: date):
        return self.filter(first_day__lte=day, last_day__gte=day)

    def in_force(self):
        """Those whose chief still is one: a closed account and a role taken away leave nothing to stand in for."""
        return self.filter(chief__is_active=True, chief__role_rows__role=Role.CHIEF)


class Substitute(models.Model):
    """`stand_in` may do what `chief` may for the chief's centres, from the first day to the last, both included."""

    chief = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="substitutes")
    stand_in = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="stands_in_for", verbose_name="vikar"
    )
    first_day = models.DateField("første dag")
    last_day = models.DateField("sidste dag")
    objects = SubstituteQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = "vikar", "vikarer"
        ordering = ["first_day", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="substitute_ends_after_it_begins"),
            models.CheckConstraint(condition=~Q(chief=F("stand_in")), name="substitute_is_somebody_else"),
            models.UniqueConstraint(
                fields=["chief", "stand_in", "first_day", "last_day"], name="substitute_period_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stand_in} for {self.chief}"
