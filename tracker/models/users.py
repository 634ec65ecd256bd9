"""Accounts: a role or several, and the centres and committees they are held for."""

from functools import cached_property

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q

from budget.models import Centre, Committee
from tracker.statuses import Role


class User(AbstractUser):
    """Someone who signs in. What they may do follows from `roles`, never from Django's permissions."""

    first_name = last_name = None
    name = models.CharField("navn eller funktion", max_length=120)
    centres = models.ManyToManyField(Centre, related_name="users", verbose_name="centre", blank=True)
    committees = models.ManyToManyField(Committee, related_name="users", verbose_name="udvalg", blank=True)
    is_demo = models.BooleanField("demokonto", default=False, editable=False)

    class Meta:
        verbose_name, verbose_name_plural = "konto", "konti"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name or self.username

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return str(self)

    @cached_property
    def roles(self) -> frozenset[str]:
        return frozenset(self.role_rows.values_list("role", flat=True))

    @cached_property
    def centre_ids(self) -> frozenset[int]:
        return frozenset(self.centres.values_list("pk", flat=True))

    def has_role(self, *roles: Role) -> bool:
        return not self.roles.isdisjoint(roles)


class UserRole(models.Model):
    """One role that one user holds."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="role_rows")
    role = models.CharField("rolle", max_length=20, choices=Role)

    class Meta:
        verbose_name, verbose_name_plural = "rolle", "roller"
        constraints = [
            models.UniqueConstraint(fields=["user", "role"], name="user_role_once"),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="user_role_known"),
        ]

    def __str__(self) -> str:
        return self.get_role_display()
