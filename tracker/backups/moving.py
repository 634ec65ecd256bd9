"""From an SQLite backup into an empty PostgreSQL database: the rows alone, into the tables that `migrate` has made."""

import sqlite3
from contextlib import closing
from pathlib import Path

import psycopg

from . import postgres, sqlite
from .contents import (
    MADE_BY_MIGRATE,
    NUMBERED,
    Contents,
    Table,
    applied_migrations,
    fingerprint,
    of_installed_apps,
    quoted,
    table_differences,
)
from .errors import BackupRefused


def move(copy: Path, wanted: Contents) -> None:
    """One transaction, which ends only when every table has the backup's rows, counted and compared. It only adds rows,
    so what guards the insert-only tables is in force all the time."""
    with closing(sqlite3.connect(copy)) as source, postgres.own_connection() as own:
        postgres.refuse_when_in_use(own)
        with postgres.transaction(own):
            _refuse_what_does_not_fit(source, own, wanted)
            for name in MADE_BY_MIGRATE:  # the backup has its own, with the numbers that its other rows know them by
                if any(table.name == name for table in wanted.tables):
                    own.execute(f"DELETE FROM {quoted(name)}")  # noqa: S608 - quoted
            last_numbers = dict(source.execute("SELECT name, seq FROM sqlite_sequence"))
            for table in wanted.tables:
                _copy_rows(source, own, table)
                _continue_numbers(own, table, last_numbers.get(table.name))
            own.execute("SET CONSTRAINTS ALL IMMEDIATE")  # every foreign key is checked now
            for table, there in wanted.tables.items():
                for difference in table_differences(table, there, fingerprint(table, postgres.reader(own))):
                    raise BackupRefused(f"Databasen blev ikke som backuppen: {difference}.")


def _refuse_what_does_not_fit(source: sqlite3.Connection, own: psycopg.Connection, wanted: Contents) -> None:
    if unknown := sorted(sqlite.tables_with_rows(source) - {table.name for table in wanted.tables}):
        raise BackupRefused(
            f"Backuppen har rækker i {unknown[0]}, som hører til noget, der var slået fra, da den blev taget (fx SSO). "
            "Slå det til i begge installationer, kør ./start setup, og tag en ny backup."
        )
    there = {name for (name,) in own.execute(postgres.TABLES)}
    if missing := [table.name for table in wanted.tables if table.name not in there]:
        raise BackupRefused(
            f"Databasen mangler tabellen {missing[0]}. Kør ./start setup først, med de samme indstillinger som før."
        )
    applied = applied_migrations(own.execute)
    if of_installed_apps(applied) != of_installed_apps(wanted.migrations):
        raise BackupRefused(
            "Backuppen og databasen er af hver sin version. Opgradér installationen med SQLite til denne version, og "
            "tag en ny backup."
        )
    if postgres.has_rows(own):
        raise BackupRefused("Databasen er ikke tom. Flyt til en ny database, hvor kun ./start setup er kørt.")


def _copy_rows(source: sqlite3.Connection, own: psycopg.Connection, table: Table) -> None:
    try:
        with own.cursor().copy(f"COPY {quoted(table.name)} ({table.column_names}) FROM STDIN") as copy:
            for row in source.execute(table.query):
                copy.write_row(table.values(row))
    except psycopg.DataError as error:  # SQLite takes longer texts and other characters than PostgreSQL does
        raise BackupRefused(f"En række i {table.name} kan ikke stå i PostgreSQL: {str(error).strip()}") from error


def _continue_numbers(own: psycopg.Connection, table: Table, last: int | None) -> None:
    """Goes on after the last number SQLite has given, not after the highest that is left: events know a deleted account
    by its number, which nobody else may get."""
    for column, kind in table.columns:
        if kind == NUMBERED and last:
            own.execute("SELECT setval(pg_get_serial_sequence(%s, %s), %s)", [quoted(table.name), column, last])
