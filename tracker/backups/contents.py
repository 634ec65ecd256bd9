"""What a database holds, as counts and hashes that come out the same on both engines.

A hash is made of the values a row stands for, never of how an engine stores them: 1 and true are the same boolean, a
time is a time in UTC, JSON is its content. So the hashes of a backup prove a move from one engine to the other, too.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

MIGRATIONS = MigrationRecorder.Migration._meta.db_table
# What `migrate` itself fills in; a database that holds nothing else is an empty one.
MADE_BY_MIGRATE = ("django_content_type", "auth_permission", "django_site")
NUMBERED = "auto"  # the kind of a column that numbers its rows itself
Read = Callable[[str], Iterable[tuple]]  # runs a query and gives its rows
_KINDS = {
    **dict.fromkeys(("AutoField", "BigAutoField", "SmallAutoField"), NUMBERED),
    "BinaryField": "bytes",
    "BooleanField": "boolean",
    "DateField": "date",
    "DateTimeField": "datetime",
    "DurationField": "duration",
    "JSONField": "json",
    "TimeField": "time",
    "UUIDField": "uuid",
}


def passing_tables() -> set[str]:
    """What is left out, as it is of the moment: who is signed in (a backup lets nobody in), and the cache."""
    caches = [each["LOCATION"] for each in settings.CACHES.values() if each["BACKEND"].endswith("db.DatabaseCache")]
    return {Session._meta.db_table, *caches}


def not_content() -> set[str]:
    """The tables that may have rows in a database that is empty."""
    return {MIGRATIONS, *MADE_BY_MIGRATE, *passing_tables()}


def quoted(name: str) -> str:
    """As both engines quote a name."""
    return '"' + name.replace('"', '""') + '"'


@dataclass(frozen=True)
class Table:
    name: str
    columns: tuple[tuple[str, str], ...]  # name and kind

    @property
    def query(self) -> str:
        return f"SELECT {self.column_names} FROM {quoted(self.name)}"  # noqa: S608 - both names are quoted

    @property
    def column_names(self) -> str:
        return ", ".join(quoted(name) for name, _ in self.columns)

    def values(self, row: tuple) -> list:
        """The row as Python values, whichever engine it comes from."""
        return [_value(kind, stored) for (_, kind), stored in zip(self.columns, row, strict=True)]


@dataclass(frozen=True)
class Fingerprint:
    rows: int
    sha256: str


@dataclass(frozen=True)
class Contents:
    """A database at one moment. `migrations` are named app.name; `triggers` are what guards the insert-only tables."""

    tables: dict[Table, Fingerprint]
    migrations: tuple[str, ...]
    triggers: tuple[str, ...]

    @property
    def rows(self) -> int:
        return sum(each.rows for each in self.tables.values())


def tables_of_this_version() -> list[Table]:
    """Every table of every installed app, with many-to-many and history tables."""
    found, left_out = {}, passing_tables()
    for model in apps.get_models(include_auto_created=True):
        meta = model._meta
        if meta.managed and not meta.proxy and not meta.swapped and meta.db_table not in left_out:
            fields = [field for field in meta.local_concrete_fields if not field.generated]
            columns = tuple((field.column, kind_of(field)) for field in fields)
            found[meta.db_table] = Table(meta.db_table, columns)
    return [found[name] for name in sorted(found)]


def kind_of(field: models.Field) -> str:
    if field.remote_field:  # a foreign key is stored as what it points to
        kind = kind_of(field.target_field)
        return "plain" if kind == NUMBERED else kind
    return _KINDS.get(field.get_internal_type(), "plain")


def contents(tables: Iterable[Table], read: Read, triggers: Iterable[str]) -> Contents:
    return Contents(
        tables={table: fingerprint(table, read) for table in tables},
        migrations=applied_migrations(read),
        triggers=tuple(sorted(triggers)),
    )


def fingerprint(table: Table, read: Read) -> Fingerprint:
    """Rows have no order in a table, so their digests are sorted."""
    digests = sorted(_digest(table.values(row)) for row in read(table.query))
    whole = hashlib.sha256(json.dumps([table.name, table.columns]).encode())
    for digest in digests:
        whole.update(digest)
    return Fingerprint(len(digests), whole.hexdigest())


def applied_migrations(read: Read) -> tuple[str, ...]:
    query = f"SELECT app, name FROM {quoted(MIGRATIONS)}"  # noqa: S608 - a name of Django's
    return tuple(sorted(f"{app}.{name}" for app, name in read(query)))


def _digest(values: list) -> bytes:
    return hashlib.sha256(json.dumps(values, default=_written).encode()).digest()


def _written(value: object) -> str:
    return hashlib.sha256(value).hexdigest() if isinstance(value, bytes) else str(value)


def _value(kind: str, stored: object) -> object:
    if stored is None or kind in {"plain", NUMBERED}:
        return stored
    return _READERS[kind](stored)


def _moment(stored: datetime | str) -> datetime:
    found = datetime.fromisoformat(stored) if isinstance(stored, str) else stored
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)  # SQLite keeps UTC without saying so


_READERS: dict[str, Callable] = {
    "boolean": bool,
    "bytes": bytes,
    "date": lambda stored: date.fromisoformat(stored) if isinstance(stored, str) else stored,
    "datetime": _moment,
    "duration": lambda stored: timedelta(microseconds=stored) if isinstance(stored, int) else stored,
    "json": lambda stored: json.dumps(json.loads(stored) if isinstance(stored, str) else stored, sort_keys=True),
    "time": lambda stored: time.fromisoformat(stored) if isinstance(stored, str) else stored,
    "uuid": lambda stored: UUID(str(stored)).hex,
}


# --- Two databases, or a database and this version ------------------------------------------------------------------


def differences(wanted: Contents, found: Contents) -> Iterator[str]:
    """In what a restored database differs from what was backed up."""
    for table, there in wanted.tables.items():
        yield from table_differences(table, there, found.tables[table])
    if wanted.migrations != found.migrations:
        yield "databasens version er en anden"
    if wanted.triggers != found.triggers:
        yield "databasens værn mod rettelser er et andet"


def table_differences(table: Table, wanted: Fingerprint, found: Fingerprint) -> Iterator[str]:
    if found.rows != wanted.rows:
        yield f"{table.name} har {found.rows} rækker og skulle have {wanted.rows}"
    elif found != wanted:
        yield f"{table.name} har andre rækker"


def of_installed_apps(migrations: Iterable[str]) -> set[str]:
    labels = {config.label for config in apps.get_app_configs()}
    return {name for name in migrations if name.split(".")[0] in labels}


@dataclass(frozen=True)
class Version:
    """How a database's migrations stand against this version's, in the apps that are installed here."""

    is_newer: bool
    is_older: bool

    @classmethod
    def of(cls, applied: Iterable[str]) -> "Version":
        migrations = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
        known = {f"{app}.{name}" for app, name in migrations}
        squashed = {f"{app}.{name}" for each in migrations.values() for app, name in each.replaces}
        there = of_installed_apps(applied)
        return cls(is_newer=bool(there - known - squashed), is_older=bool(known - there))
