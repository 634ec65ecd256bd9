"""SQLite: copied by its own online backup, so that a server may write meanwhile, and put back in one transaction."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from django.db import connection

from .contents import Contents, Table, contents, differences, not_content, passing_tables, quoted
from .errors import BackupRefused, Damaged, RestoredWrong

PAGES_AT_ONCE = 4096
WAIT = 2  # seconds for a server that is just closing


def database_file() -> Path:
    return Path(connection.settings_dict["NAME"])


def refuse_when_missing() -> None:
    """Before anything connects: SQLite would make the file."""
    if not database_file().is_file():
        raise BackupRefused(f"Der er ingen database at tage backup af: {database_file()} findes ikke.")


def dump(to: Path, tables: Iterable[Table]) -> Contents:
    """Copies the database to `to` and says what is in the copy. What is of the moment stays behind, and so do the
    remains of deleted rows."""
    with closing(connection.copy()) as source, closing(sqlite3.connect(to)) as copy:
        source.connect()
        source.connection.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, not three
        for name in passing_tables() & _table_names(copy):
            copy.execute(f"DELETE FROM {quoted(name)}")  # noqa: S608 - quoted
        copy.commit()
        copy.execute("VACUUM")
        if cause := _what_is_broken(copy):
            raise BackupRefused(f"Databasen har taget skade ({cause}); der er ikke taget backup. Gendan den forrige.")
        return _contents(copy, tables)


def has_content() -> bool:
    if not database_file().exists() or not database_file().stat().st_size:
        return False
    with _opened() as database:
        return bool(tables_with_rows(database))


def tables_with_rows(database: sqlite3.Connection) -> set[str]:
    """Where there is content."""
    return {
        name
        for name in _table_names(database) - not_content()
        if database.execute(f"SELECT 1 FROM {quoted(name)} LIMIT 1").fetchone()  # noqa: S608 - quoted
    }


def load(copy: Path, wanted: Contents, backup: Path) -> None:
    """Replaces all that is in the database by the copy. SQLite itself sees to it that an interruption leaves the one or
    the other, and that whoever has the file open reads the new content; a file put in its place would not do that."""
    with closing(sqlite3.connect(copy)) as source:
        if cause := _what_is_broken(source):
            raise Damaged(backup, cause)
        try:
            found = list(differences(wanted, _contents(source, wanted.tables)))
        except sqlite3.DatabaseError as error:
            raise Damaged(backup, str(error)) from error
        if found:
            raise Damaged(backup, "; ".join(found[:5]))
        if not database_file().exists():
            database_file().touch(mode=0o600)
        with _opened() as database:
            _refuse_when_in_use(database)
            source.backup(database, pages=PAGES_AT_ONCE, progress=_progress)
            try:
                found = list(differences(wanted, _contents(database, wanted.tables)))
            except sqlite3.DatabaseError as error:
                found = [str(error)]
        if found:
            raise RestoredWrong(found)


def _progress(status: int, remaining: int, total: int) -> None:
    """Called after each PAGES_AT_ONCE; the tests interrupt a restore here."""


@contextmanager
def _opened() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(database_file(), timeout=WAIT)) as database:
        try:
            database.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone()
        except sqlite3.DatabaseError as error:
            raise BackupRefused(
                f"{database_file()} kan ikke læses ({error}). Er den beskadiget, så flyt den og filerne, der hedder "
                "det samme med -wal og -shm efter, til en anden mappe, og gendan igen."
            ) from error
        yield database


def _refuse_when_in_use(database: sqlite3.Connection) -> None:
    """Only whoever is alone with a database may take it out of WAL mode; Django puts it back when it next connects."""
    try:
        database.execute("PRAGMA journal_mode=DELETE").fetchone()
    except sqlite3.OperationalError as error:
        raise BackupRefused("Databasen er i brug. Stop serveren, og gendan så. Intet er ændret.") from error


def _contents(database: sqlite3.Connection, tables: Iterable[Table]) -> Contents:
    triggers = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")]
    return contents(tables, database.execute, triggers)


def _what_is_broken(database: sqlite3.Connection) -> str:
    try:
        [(answer,), *more] = database.execute("PRAGMA integrity_check(3)").fetchall()
        if answer != "ok" or more:
            return answer
        if row := database.execute("PRAGMA foreign_key_check").fetchone():
            return f"en række i {row[0]} henviser til en i {row[2]}, som ikke findes"
    except sqlite3.DatabaseError as error:
        return str(error)
    return ""


def _table_names(database: sqlite3.Connection) -> set[str]:
    query = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    return {name for (name,) in database.execute(query)}
