"""Backing up, restoring and moving the database. See tracker/backups for how."""

import sqlite3
import tempfile
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from django.conf import settings
from django.db import Error, connection
from django.db.migrations.recorder import MigrationRecorder

from budget.files.toml import what_failed
from tracker.backups import moving, postgres, sqlite
from tracker.backups.container import Manifest, read_backup, scratch_file, size_and_hash, write_backup
from tracker.backups.contents import Version, tables_of_this_version
from tracker.backups.errors import BackupRefused

ENGINES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


@dataclass(frozen=True)
class Restored:
    manifest: Manifest
    is_older: bool  # than this version: its tables are still to be migrated


def make_backup(*, file: Path, now: datetime) -> Manifest:
    """Writes the database to a new file, while others go on using it."""
    with _refusing():
        if not file.parent.is_dir():
            raise BackupRefused(f"Mappen {file.parent} findes ikke.")
        if file.exists():
            raise BackupRefused(f"{file} findes i forvejen og er ikke overskrevet. Vælg et andet navn.")
        _refuse_other_version()
        tables = tables_of_this_version()
        with scratch_file(file.parent, file.name) as dump:
            if connection.vendor == "sqlite":
                contents, tool = sqlite.dump(dump, tables), 0
            else:
                contents, tool = postgres.dump(dump, tables)
            size, sha256 = size_and_hash(dump)
            manifest = Manifest(
                engine=connection.vendor,
                product_version=_product_version(),
                created_at=now.astimezone(UTC).isoformat(timespec="seconds"),
                tool=tool,
                dump_size=size,
                dump_sha256=sha256,
                contents=contents,
            )
            write_backup(file, dump, manifest)
            return manifest


def restore_backup(*, file: Path, replace: bool) -> Restored:
    """Puts a backup's content in place of all that is in the database, or changes nothing."""
    with _refusing():
        manifest = read_backup(file)
        _refuse_other_engine(file, manifest)
        version = Version.of(manifest.contents.migrations)
        if version.is_newer:
            raise BackupRefused(f"{file} er lavet af en nyere version af programmet. Installér den, og gendan så.")
        connection.close()  # ours must not be the one that keeps the database in use
        if not replace and (sqlite if connection.vendor == "sqlite" else postgres).has_content():
            raise BackupRefused(
                "Der er noget i databasen. Skal alt i den erstattes, så tag først backup af det, og brug så --replace."
            )
        with _unpacked(file) as dump:
            if connection.vendor == "sqlite":
                sqlite.load(dump, manifest.contents, file)
            else:
                postgres.load(dump, manifest.contents, file, manifest.tool)
        return Restored(manifest, version.is_older)


def move_to_postgres(*, file: Path) -> Manifest:
    """Puts the rows of an SQLite backup into the empty PostgreSQL database of this installation."""
    with _refusing():
        if connection.vendor != "postgresql":
            raise BackupRefused("Her er SQLite. Lad først DATABASE_URL nævne den PostgreSQL-database, der flyttes til.")
        manifest = read_backup(file)
        if manifest.engine != "sqlite":
            raise BackupRefused(f"{file} er en backup af PostgreSQL. Gendan den med: manage.py restore {file}")
        connection.close()
        with _unpacked(file) as dump:
            moving.move(dump, manifest.contents)
        return manifest


@contextmanager
def _refusing() -> Iterator[None]:
    """What the disk and the databases answer, as a sentence."""
    try:
        yield
    except OSError as error:
        raise BackupRefused(f"{error.filename or 'Filen'}: {what_failed(error)}.") from error
    except (sqlite3.Error, psycopg.Error, Error) as error:
        raise BackupRefused(f"Databasen svarede: {str(error).strip()}.") from error


@contextmanager
def _unpacked(file: Path) -> Iterator[Path]:
    """Beside an SQLite database, whose folder is closed to others and has room for it."""
    folder = sqlite.database_file().parent if connection.vendor == "sqlite" else Path(tempfile.gettempdir())
    with scratch_file(folder, "restore") as dump:
        read_backup(file, dump_to=dump)
        yield dump


def _refuse_other_version() -> None:
    if connection.vendor == "sqlite":
        sqlite.refuse_when_missing()
    version = Version.of(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations())
    if version.is_newer or version.is_older:
        raise BackupRefused(
            "Databasen hører til en anden version af programmet. Tag backup med den version, eller kør ./start setup "
            "først."
        )


def _refuse_other_engine(file: Path, manifest: Manifest) -> None:
    if manifest.engine == connection.vendor:
        return
    what = f"{file} er en backup af {ENGINES[manifest.engine]}, og her er {ENGINES[connection.vendor]}."
    if manifest.engine == "sqlite":
        raise BackupRefused(f"{what} Flyt den til en tom database med: manage.py move_to_postgres {file}")
    raise BackupRefused(f"{what} Lad DATABASE_URL nævne en PostgreSQL-database.")


def _product_version() -> str:
    project = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return project["version"]
