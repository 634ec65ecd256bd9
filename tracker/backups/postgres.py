"""PostgreSQL: pg_dump and pg_restore write and read the dump; one transaction takes it whole, or nothing of it."""

import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
from django.conf import settings
from django.db import connection
from django.db.backends.postgresql.client import DatabaseClient

from tracker.errors import TrackerError

from .contents import Contents, Read, Table, contents, differences, not_content, passing_tables, quoted
from .errors import BackupRefused, Damaged

ROWS_AT_ONCE = 20  # one row may be a file of a megabyte
WAIT = "10s"  # for a lock
TRIES, PAUSE = 20, 0.1  # how often it is asked whether a server that has just been stopped is gone, and how far apart
OURS = (
    "FROM {0} o WHERE o.{1}namespace = current_schema()::regnamespace "
    "AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = o.oid AND d.deptype = 'e')"  # of an extension
)
TABLES = f"SELECT o.relname {OURS.format('pg_class', 'rel')} AND o.relkind IN ('r', 'p')"
TRIGGER_FUNCTIONS = (
    f"SELECT o.oid::regprocedure::text {OURS.format('pg_proc', 'pro')} AND o.prorettype = 'trigger'::regtype"
)
TRIGGERS = (
    "SELECT tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
    "WHERE NOT tgisinternal AND relnamespace = current_schema()::regnamespace"
)
OTHERS = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend' "
    "AND pid <> pg_backend_pid()"
)
# Lines of a dump that are for psql alone, or for a server newer than the one that may read it.
SKIPPED = (b"\\restrict ", b"\\unrestrict ", b"SET transaction_timeout ")


@contextmanager
def own_connection() -> Iterator[psycopg.Connection]:
    """A connection beside Django's, with transactions of its own."""
    with closing(connection.copy()) as wrapper:
        wrapper.connect()
        yield wrapper.connection


def dump(to: Path, tables: Iterable[Table]) -> tuple[Contents, int]:
    """Has pg_dump write `to`; says what is in it, seen by the same snapshot, and which version of pg_dump it was."""
    with own_connection() as own:
        folder, version = programs(at_least=own.info.server_version // 10_000)
        own.isolation_level, own.read_only = psycopg.IsolationLevel.REPEATABLE_READ, True
        with own.transaction():
            [snapshot] = own.execute("SELECT pg_export_snapshot()").fetchone()
            arguments, secrets = DatabaseClient.settings_to_cmd_args_env(connection.settings_dict, [])
            run_pg_dump(
                [
                    folder / "pg_dump", "--format=custom", f"--snapshot={snapshot}", f"--file={to}", "--no-password",
                    *(f"--exclude-table-data=*.{name}" for name in sorted(passing_tables())), *arguments[1:],
                ],
                secrets or {},
            )  # fmt: skip
            return _contents(own, tables), version


def run_pg_dump(command: list[str | Path], environment: dict[str, str]) -> None:
    done = subprocess.run(  # noqa: S603 - a program we looked for, arguments of ours
        command, env={**os.environ, **environment}, stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    if done.returncode:
        raise BackupRefused(f"pg_dump kunne ikke læse databasen: {_last_line(done.stderr)}")


def has_content() -> bool:
    with own_connection() as own:
        return has_rows(own)


def load(dump: Path, wanted: Contents, backup: Path, tool: int) -> None:
    """Replaces all that is in the database by the dump, in one transaction that ends only when every row is counted and
    compared. (pg_restore itself would leave what a newer version added, and commits before anybody has looked.)"""
    with own_connection() as own:
        folder, _ = programs(at_least=max(tool, own.info.server_version // 10_000))
        refuse_when_in_use(own)
        with transaction(own):
            _drop_everything(own)
            [schema] = own.execute("SELECT current_schema()").fetchone()
            with _script([folder / "pg_restore", f"--schema={schema}"], dump, backup) as lines:
                _run(own, lines, backup)
            own.execute("RESET search_path")  # which the script has emptied
            if found := list(differences(wanted, _contents(own, wanted.tables))):
                raise Damaged(backup, "; ".join(found[:5]))


def refuse_when_in_use(own: psycopg.Connection) -> None:
    for _ in range(TRIES):
        [others] = own.execute(OTHERS).fetchone()
        if not others:
            return
        time.sleep(PAUSE)
    raise BackupRefused(
        f"Databasen er i brug: {others} {'forbindelse' if others == 1 else 'forbindelser'} ud over denne. "
        "Stop serveren, og prøv igen."
    )


@contextmanager
def transaction(own: psycopg.Connection) -> Iterator[None]:
    """All or nothing, and not waiting for long."""
    try:
        with own.transaction():
            own.execute(f"SET LOCAL lock_timeout = '{WAIT}'")
            yield
    except psycopg.errors.LockNotAvailable as error:
        raise BackupRefused("Databasen er i brug. Stop serveren, og prøv igen.") from error
    except psycopg.Error as error:
        if own.broken:  # perhaps while it was being told to keep everything
            raise TrackerError(
                "Forbindelsen til databasen gik tabt. Enten er alt gendannet eller intet: se efter, eller prøv igen."
            ) from error
        raise BackupRefused(f"PostgreSQL afviste det: {str(error).strip()}") from error


def _drop_everything(own: psycopg.Connection) -> None:
    tables = ", ".join(quoted(name) for (name,) in own.execute(TABLES))
    if tables:
        own.execute(f"DROP TABLE {tables} CASCADE")
    for (function,) in own.execute(TRIGGER_FUNCTIONS).fetchall():
        own.execute(f"DROP FUNCTION {function}")


@contextmanager
def _script(program: list[str | Path], dump: Path, backup: Path) -> Iterator[Iterator[bytes]]:
    """The dump as lines of SQL: tables and what belongs to them, without owners, rights and extensions, which are the
    administrator's. If pg_restore has not written all of it, that is an error at the end of the block."""
    command = [*program, "--no-owner", "--no-acl", "--no-comments", "--file=-", dump]
    with tempfile.TemporaryFile() as complaints:
        process = subprocess.Popen(  # noqa: S603 - a program we looked for, arguments of ours
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=complaints
        )
        try:
            yield process.stdout
        except BaseException:
            process.kill()
            raise
        finally:
            process.stdout.close()
            process.wait()
        if process.returncode:
            complaints.seek(0)
            raise Damaged(backup, f"pg_restore kan ikke læse den: {_last_line(complaints.read())}")


def _run(own: psycopg.Connection, lines: Iterator[bytes], backup: Path) -> None:
    """Rows go from pg_restore to the server as they are; what is between them is run as it stands."""
    statements = []
    for line in lines:
        if line.startswith(b"COPY ") and line.endswith(b" FROM stdin;\n"):
            own.execute(b"".join(statements))
            statements = []
            with own.cursor().copy(line) as copy:
                for row in lines:
                    if row == b"\\.\n":
                        break
                    copy.write(row)
                else:
                    raise Damaged(backup, "den slutter midt i en tabel")
        elif not line.startswith(SKIPPED):
            statements.append(line)
    own.execute(b"".join(statements))


def has_rows(own: psycopg.Connection) -> bool:
    names = {name for (name,) in own.execute(TABLES)} - not_content()
    return any(own.execute(f"SELECT 1 FROM {quoted(name)} LIMIT 1").fetchone() for name in names)  # noqa: S608


def reader(own: psycopg.Connection) -> Read:
    def read(query: str) -> Iterator[tuple]:
        with own.cursor(name="rows_of_a_table") as rows:
            rows.itersize = ROWS_AT_ONCE
            rows.execute(query)
            yield from rows

    return read


def _contents(own: psycopg.Connection, tables: Iterable[Table]) -> Contents:
    return contents(tables, reader(own), [name for (name,) in own.execute(TRIGGERS)])


def _last_line(output: bytes) -> str:
    lines = output.decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else "uden begrundelse"


# --- The programs ----------------------------------------------------------------------------------------------------


def programs(at_least: int) -> tuple[Path, int]:
    """The folder of pg_dump and pg_restore, and their version: the server's own where that is there, else a newer."""
    found = {version: folder for folder in _folders() if (version := _version(folder))}
    if fitting := sorted(version for version in found if version >= at_least):
        return found[fitting[0]], fitting[0]
    what = f"version {max(found)} er for gammel" if found else "de er ikke på denne maskine"
    raise BackupRefused(
        f"Programmerne pg_dump og pg_restore mangler: {what}. Installér postgresql-client-{at_least} eller nyere (som "
        f"root: apt-get install postgresql-client-{at_least}), eller lad PG_BIN nævne mappen, hvor de ligger."
    )


def _folders() -> list[Path]:
    if settings.PG_BIN:
        return [Path(settings.PG_BIN)]
    on_path = shutil.which("pg_dump")
    return [*([Path(on_path).parent] if on_path else []), *Path("/usr/lib/postgresql").glob("*/bin")]


def _version(folder: Path) -> int:
    """0 where they are not both there."""
    if not all((folder / name).is_file() for name in ("pg_dump", "pg_restore")):
        return 0
    done = subprocess.run(  # noqa: S603
        [folder / "pg_dump", "--version"], capture_output=True, text=True, check=False
    )
    version = re.search(r"(\d+)(\.|devel|beta|rc|\s|$)", done.stdout.partition(")")[2])
    return int(version[1]) if version else 0
