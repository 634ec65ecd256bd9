"""Checks that Django runs before it migrates, so that `./start` says what an operator should know."""

import sqlite3

from django.conf import settings
from django.core.checks import Tags, register
from django.core.checks import Warning as CheckWarning

SAFE_SQLITE = (3, 51, 3)


@register(Tags.database)
def sqlite_is_safe(databases=None, **kwargs) -> list[CheckWarning]:
    """SQLite before 3.51.3 can, very rarely, damage a WAL database that two processes write and checkpoint at once."""
    if not databases or settings.DATABASES["default"]["ENGINE"] != "django.db.backends.sqlite3":
        return []
    if sqlite3.sqlite_version_info >= SAFE_SQLITE:
        return []
    return [
        CheckWarning(
            f"SQLite {sqlite3.sqlite_version} har en sjælden fejl: databasen kan tage skade, når flere skriver på én "
            "gang.",
            hint="Brug PostgreSQL (DATABASE_URL) i drift, eller opgradér SQLite til mindst 3.51.3.",
            id="tracker.W001",
        )
    ]


@register(Tags.security, deploy=True)
def second_factor_is_on(**kwargs) -> list[CheckWarning]:
    """Whoever publishes for the municipality should not do so on a password alone."""
    if settings.SECOND_FACTOR or not settings.PASSWORD_SIGN_IN:
        return []
    return [
        CheckWarning(
            "Økonomi og Styring, godkendere og administratorer kommer ind med en adgangskode alene.",
            hint="Sæt SECOND_FACTOR=on, eller lad alle logge ind gennem kommunens login (PASSWORD_SIGN_IN=off).",
            id="tracker.W002",
        )
    ]
