"""AllowedNumber: a number that looks like a CPR number and that somebody has vouched for, in one place."""

from django.db import models
from django.db.models import Q


class AllowedNumber(models.Model):
    """`place` is where it stands, as events name it; `digest` is the SHA-256 of place and digits: the number itself is
    not repeated here."""

    place = models.CharField("sted", max_length=200)
    digest = models.CharField(max_length=64)
    reason = models.TextField("begrundelse")
    at = models.DateTimeField("hvornår")
    user_id = models.BigIntegerField(null=True)
    actor = models.CharField("hvem", max_length=160)

    class Meta:
        verbose_name, verbose_name_plural = "tilladt nummer", "tilladte numre"
        constraints = [
            models.UniqueConstraint(fields=["place", "digest"], name="allowed_number_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="allowed_number_has_reason"),
        ]

    def __str__(self) -> str:
        return self.place
