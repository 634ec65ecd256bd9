"""Accounts: creating, changing, closing, and setting a new password. A change of rights bites at the next request."""

from datetime import datetime

from django.db import transaction

from tracker.errors import TrackerError
from tracker.models import Act, User, UserRole
from tracker.statuses import Role

from .events import write_event


def _set_roles(user: User, roles: set[str]) -> None:
    user.role_rows.exclude(role__in=roles).delete()
    for role in sorted(roles - user.roles):
        UserRole.objects.create(user=user, role=role)
    user.__dict__.pop("roles", None)


@transaction.atomic
def create_account(
    *, account: User, password: str, roles: set[str], centres=(), committees=(), by: User | str,
    now: datetime | None = None,
) -> User:  # fmt: skip
    """`account` is an unsaved user with its own fields set."""
    account.set_password(password)
    account.save()
    _set_roles(account, roles)
    account.centres.set(centres)
    account.committees.set(committees)
    write_event(act=Act.ACCOUNT_CREATED, by=by, subject=f"konto {account.username}", note=_words(account), now=now)
    return account


@transaction.atomic
def change_account(
    *, account: User, roles: set[str], centres, committees, by: User, now: datetime | None = None
) -> User:
    """`account` carries its changed fields. An administrator cannot give themselves a content role (someone else must
    know of it) nor take away their own way in."""
    before = User.objects.get(pk=account.pk)
    if account.pk == by.pk:
        if roles - before.roles - {Role.ADMINISTRATOR}:
            raise TrackerError("Du kan ikke give dig selv en rolle med adgang til indhold. Bed en anden administrator.")
        if Role.ADMINISTRATOR not in roles or not account.is_active:
            raise TrackerError("Du kan ikke lukke din egen konto eller fjerne din egen administratorrolle.")
    words_before = _words(before)
    account.save(update_fields=["username", "name", "email", "is_active"])
    _set_roles(account, roles)
    account.centres.set(centres)
    account.committees.set(committees)
    note = f"før: {words_before}; efter: {_words(account)}"
    write_event(act=Act.ACCOUNT_CHANGED, by=by, subject=f"konto {account.username}", note=note, now=now)
    return account


@transaction.atomic
def set_password(*, account: User, password: str, by: User, now: datetime | None = None) -> User:
    """The account's other sessions end with the old password."""
    account.set_password(password)
    account.save(update_fields=["password"])
    write_event(act=Act.PASSWORD_SET, by=by, subject=f"konto {account.username}", now=now)
    return account


def _words(account: User) -> str:
    roles = ", ".join(sorted(Role(role).label for role in account.role_rows.values_list("role", flat=True)))
    state = "aktiv" if account.is_active else "lukket"
    return f"{state}; roller: {roles or 'ingen'}"
