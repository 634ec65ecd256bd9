"""Asking the database itself: does it refuse what a constraint forbids, and is it that constraint which refuses?"""

from collections.abc import Callable

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction


def constraints_of(app: str) -> dict[str, tuple[type[models.Model], models.BaseConstraint]]:
    """Every named constraint of an app's models."""
    return {
        constraint.name: (model, constraint)
        for model in apps.get_app_config(app).get_models()
        for constraint in model._meta.constraints
    }


def assert_refused(app: str, name: str, break_it: Callable[[], object]) -> None:
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        break_it()
    if connection.vendor == "postgresql":
        assert refusal.value.__cause__.diag.constraint_name == name
        return
    model, constraint = constraints_of(app)[name]
    if isinstance(constraint, models.UniqueConstraint):  # SQLite names the columns, not the constraint
        columns = [f"{model._meta.db_table}.{model._meta.get_field(field).column}" for field in constraint.fields]
        assert str(refusal.value) == f"UNIQUE constraint failed: {', '.join(columns)}"
    else:
        assert str(refusal.value) == f"CHECK constraint failed: {name}"
