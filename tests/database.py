"""The whole database as one value, to show that nothing or exactly something has changed."""

from django.apps import apps
from django.db import models

OWN = ("budget", "tracker")
ONLY_ADDED = {"Event", "Publication", "Edition", "EditionFile", "EditionStep"}  # the database refuses to delete them


def _models(history: bool) -> list[type[models.Model]]:
    found = [m for label in OWN for m in apps.get_app_config(label).get_models(include_auto_created=True)]
    return [m for m in found if history or not m.__name__.startswith("Historical")]


def clear_tables() -> None:
    """All rows away but those that the database keeps; for use inside a test's transaction."""
    for model in _models(history=True):
        if model.__name__ not in ONLY_ADDED:
            model._base_manager.all()._raw_delete("default")


def all_rows() -> dict[str, list[tuple]]:
    """Every row of every table of ours, history and events too."""
    return {m._meta.label: list(m._base_manager.order_by("pk").values_list()) for m in _models(history=True)}


def content() -> dict[str, list[dict]]:
    """Every row without ids: a row is known by its place in its table. Without history and events."""
    place = {
        model: {pk: n for n, pk in enumerate(model._base_manager.order_by("pk").values_list("pk", flat=True))}
        for model in _models(history=False)
    }
    found = {}
    for model in place:
        if model.__name__ == "Event":
            continue
        rows = []
        for row in model._base_manager.order_by("pk"):
            values = {}
            for field in model._meta.concrete_fields:
                value = getattr(row, field.attname)
                if field.is_relation and value is not None:
                    value = place[field.related_model][value]
                if not field.primary_key:
                    values[field.name] = value
            rows.append(values)
        if model._meta.auto_created:  # a many-to-many relation is a set
            rows.sort(key=str)
        found[model._meta.label] = rows
    return found
