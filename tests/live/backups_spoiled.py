"""Runs backup and restore in one process with something taken out of them or put in their way.

python -m tests.live.backups_spoiled HOW FILE...

unchanged         restores each file with --replace
unsealed          the same, without looking at the seal of a file
uncompared        the same, without comparing what was restored with what was backed up
kill=N            the same, and dies by SIGKILL at the N-th step of writing
other-version     backs up to the file though the database is another version's
write-between     backs up to the file, and somebody writes an event while the backup runs
without-snapshot  the same, and pg_dump is not told which snapshot to read
"""

import os
import signal
import sys
from itertools import islice
from pathlib import Path

import django


def run(how: str, files: list[Path]) -> None:
    from django.core.management import CommandError, call_command

    command = "backup" if how in {"other-version", "write-between", "without-snapshot"} else "restore"
    options = {} if command == "backup" else {"replace": True}
    for file in files:
        try:
            call_command(command, file, **options, stdout=sys.stderr)
            print("done")
        except CommandError as error:
            print(str(error).replace("\n", " "))


def spoil(how: str) -> None:
    from django.db import connection

    from tracker.actions import backups
    from tracker.backups import container, postgres, sqlite

    if how == "unsealed":
        container.is_sealed = lambda file: True
    elif how == "uncompared":
        sqlite.differences = postgres.differences = lambda wanted, found: iter([])
    elif how == "other-version":
        backups._refuse_other_version = lambda: None
    elif how.startswith("kill="):
        _die_at(int(how.removeprefix("kill=")))
    elif how in {"write-between", "without-snapshot"}:
        if connection.vendor == "sqlite":
            _write_while(sqlite, "_contents")
        else:
            _write_while(postgres, "run_pg_dump", without_snapshot=how == "without-snapshot")


def _die_at(step: int) -> None:
    from tracker.backups import postgres, sqlite

    def die(*_):
        os.kill(os.getpid(), signal.SIGKILL)

    steps = iter(range(step))
    sqlite.PAGES_AT_ONCE = 8
    sqlite._progress = lambda *_: next(steps, None) is None and die()
    run_script = postgres._run

    def lines_until_death(lines):
        yield from islice(lines, step * 100)
        die()

    postgres._run = lambda own, lines, backup: run_script(own, lines_until_death(lines), backup)


def _write_while(module, name: str, *, without_snapshot: bool = False) -> None:
    from django.utils import timezone

    from tracker.models import Event

    original = getattr(module, name)

    def writing(*arguments):
        Event.objects.create(at=timezone.now(), act="round_opened", actor="tests", subject="tests", note="imens")
        if without_snapshot:
            command, *rest = arguments
            arguments = ([each for each in command if not str(each).startswith("--snapshot")], *rest)
        return original(*arguments)

    setattr(module, name, writing)


if __name__ == "__main__":
    django.setup()
    how, *names = sys.argv[1:]
    spoil(how)
    run(how, [Path(name) for name in names])
