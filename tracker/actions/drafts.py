"""Who goes first when several people work on the same draft, and when somebody marks it as signed meanwhile."""

from django.db import models

from budget.models import Agreement
from tracker.errors import AgreementSigned, RowChanged, RowDeleted


def lock_agreement(agreement: Agreement) -> Agreement:
    """The agreement as it is now, held until the transaction ends: signing and saving cannot pass each other."""
    current = Agreement.objects.select_for_update(no_key=True).filter(pk=agreement.pk).first()
    if current is None:
        raise RowDeleted
    return current


def lock_draft(agreement: Agreement) -> Agreement:
    """The same, for what a signed agreement no longer lets anyone change."""
    current = lock_agreement(agreement)
    if current.is_signed:
        raise AgreementSigned
    return current


def claim_version(row: models.Model, version: int) -> None:
    """Counts the row's version up, which only one of two saves of the same version can; the other one is refused."""
    saved = type(row)._default_manager.filter(pk=row.pk)
    if not saved.filter(version=version).update(version=models.F("version") + 1):
        current = saved.first()
        raise RowChanged(current) if current else RowDeleted
    row.version = version + 1
