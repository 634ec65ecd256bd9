"""Field history without users: `budget` keeps the id of whoever did it as a plain number."""

from django.db import models
from simple_history.models import HistoricalRecords


def _get_user(historical, **kwargs):
    return historical.history_user_id


def _set_user(historical, user_id):
    historical.history_user_id = user_id


def field_history(**options) -> HistoricalRecords:
    """History rows with from -> to of every field. Say who with `instance._history_user = user_id` before saving."""
    return HistoricalRecords(
        history_user_id_field=models.BigIntegerField(null=True, blank=True),
        history_user_getter=_get_user,
        history_user_setter=_set_user,
        history_change_reason_field=models.TextField(null=True),  # noqa: DJ001 - the library writes null for none
        **options,
    )
