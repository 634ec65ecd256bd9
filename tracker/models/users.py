"""Accounts: a role or several, and the centres and committees they are held for."""

from datetime import date
from functools import cached_property

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.utils import timezone

from budget.models import Centre, Committee
from tracker.statuses import CENTRE_ROLES, Role


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

    def centre_ids_on(self, day: date) -> tuple[frozenset[int], frozenset[int]]:
        """The user's own centres, and those of the chiefs whose substitute the user is on that day; one query.

        Only the chiefs' own: standing in is not handed on. Nothing without a centre role of one's own, so that taking
        away the roles of an account takes away this too.
        """
        if not self.roles & CENTRE_ROLES:
            return frozenset(), frozenset()
        chiefs = User.objects.filter(substitutes__in=self.stands_in_for.on(day).in_force())
        held = User.centres.through.objects.filter(Q(user=self) | Q(user__in=chiefs)).values_list("user", "centre")
        rows = list(held)
        own = frozenset(centre for user, centre in rows if user == self.pk)
        return own, frozenset(centre for user, centre in rows if user != self.pk)

    @cached_property
    def _centre_ids_today(self) -> tuple[frozenset[int], frozenset[int]]:
        return self.centre_ids_on(timezone.localdate())

    @property
    def _own_centre_ids(self) -> frozenset[int]:
        return self._centre_ids_today[0]

    @property
    def stand_in_centre_ids(self) -> frozenset[int]:
        """The centres of the chiefs whose substitute this user is today."""
        return self._centre_ids_today[1]

    @property
    def centre_ids(self) -> frozenset[int]:
        """The centres whose word this user's word is: as editor, as chief, or as a chief's substitute."""
        return self._own_centre_ids | self.stand_in_centre_ids

    @property
    def chief_centre_ids(self) -> frozenset[int]:
        own = self._own_centre_ids if Role.CHIEF in self.roles else frozenset()
        return own | self.stand_in_centre_ids

    @property
    def is_of_centre(self) -> bool:
        return bool(self.roles & CENTRE_ROLES)

    @cached_property
    def committee_slugs(self) -> frozenset[str]:
        return frozenset(self.committees.values_list("slug", flat=True))

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
