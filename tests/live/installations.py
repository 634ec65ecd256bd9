"""Whole installations to back up, restore and move: each a data folder and a database of its own."""

import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psycopg

from tests.live.running import Visitor, environment, manage, new_data_dir, serving, start_manage
from tests.postgres import installed_programs, programs_from_wheel

SETTINGS = "tests.live.settings"
PASSING = {"django_session", "tracker_cache"}  # not backed up


@dataclass(frozen=True)
class Installation:
    data_dir: Path
    url: str = ""  # DATABASE_URL; "" for SQLite in the data folder

    @property
    def env(self) -> dict[str, str]:
        found = environment(self.data_dir, settings=SETTINGS, database_url=self.url)
        found["TMPDIR"] = str(self.data_dir)  # what is killed leaves its scratch file there
        return found | ({"PG_BIN": str(installed_programs() or programs_from_wheel(copy_to=None))} if self.url else {})

    @property
    def demo_password(self) -> str:
        return (self.data_dir / "demo_password").read_text(encoding="utf-8").strip()

    def manage(self, *arguments: str | Path) -> str:
        return manage(*map(str, arguments), env=self.env)

    def refusal(self, *arguments: str | Path) -> str:
        """What a command says that must not do it."""
        process = start_manage(*map(str, arguments), env=self.env)
        output, _ = process.communicate(timeout=240)
        assert process.returncode == 1, output
        assert "Traceback" not in output
        return output

    @contextmanager
    def connected(self) -> Iterator[sqlite3.Connection | psycopg.Connection]:
        if self.url:
            with psycopg.connect(self.url, autocommit=True) as connection:
                yield connection
            return
        with closing(sqlite3.connect(self.data_dir / "budget.sqlite3", timeout=20, isolation_level=None)) as connection:
            yield connection

    def run(self, statement: str) -> list[tuple]:
        with self.connected() as connection:
            found = connection.execute(statement)
            return found.fetchall() if found.description else []

    def names(self, what: str) -> list[str]:
        """Of all tables, or of all triggers."""
        in_postgres = {
            "table": "SELECT tablename FROM pg_tables WHERE schemaname = 'public'",
            "trigger": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
        }
        in_sqlite = f"SELECT name FROM sqlite_master WHERE type = '{what}' AND name NOT LIKE 'sqlite_%'"  # noqa: S608
        return sorted(name for (name,) in self.run(in_postgres[what] if self.url else in_sqlite))

    def rows(self) -> dict[str, list[str]]:
        """Every row there is, but for what is of the moment, as this engine gives it: like is compared with like."""
        with self.connected() as connection:
            return {
                table: sorted(map(repr, connection.execute(f'SELECT * FROM "{table}"').fetchall()))  # noqa: S608
                for table in self.names("table")
                if table not in PASSING
            }

    def publish(self, editions: int) -> None:
        """So many more editions, open to the public."""
        code = (
            "from tests.factories import create_user\n"
            "from tests.tracker.test_editions_stay import publish_rounds\n"
            f"publish_rounds({editions}, create_user('approver'))"
        )
        self.manage("shell", "-c", code)

    def served_editions(self) -> dict[str, str]:
        """The checksum of everything that a stranger is served of the editions."""
        found = self.run(
            "SELECT a.budget_year, r.number, p.scope, e.number, f.kind FROM tracker_editionfile f "
            "JOIN tracker_edition e ON e.id = f.edition_id JOIN tracker_publication p ON p.id = e.publication_id "
            "JOIN tracker_followupround r ON r.id = p.follow_up_round_id "
            "JOIN budget_agreement a ON a.id = r.agreement_id"
        )
        places = set()
        for year, number, scope, edition, kind in found:
            page = f"/offentlig/{year}/{number}/{scope}/udgave-{edition}/"
            places |= {page, f"{page}rapport.{kind}"}
        with serving(self.data_dir, settings=SETTINGS, database_url=self.url) as site:
            stranger = Visitor(site.port)
            return {place: sha256(stranger.get_bytes(place)).hexdigest() for place in sorted(places)}

    def objects(self, folder: Path) -> list[dict]:
        """Every object as Django serialises it: the same on either engine."""
        out = folder / f"{uuid4().hex}.json"
        self.manage("dumpdata", "--all", "--exclude", "sessions", "--output", out)
        found = json.loads(out.read_text(encoding="utf-8"))
        return sorted(found, key=lambda each: (each["model"], str(each["pk"])))

    def add_event(self, note: str) -> None:
        """So that it holds something that a backup does not."""
        self.run(
            "INSERT INTO tracker_event (at, act, actor, subject, note, request_id) "  # noqa: S608 - a test's own words
            f"VALUES ('2026-01-31 12:00:00+00', 'round_opened', 'tests', 'tests', '{note}', '')"
        )


@contextmanager
def new_installation(
    folder: Path, *, like: Installation, on: str | None = None, template: Installation | None = None
) -> Iterator[Installation]:
    """Nothing but a data folder with the same secret key, and no tables; or, on PostgreSQL, those of the template. `on`
    names an engine; else it is the same."""
    data_dir = new_data_dir(folder / uuid4().hex)
    (data_dir / "static").mkdir()
    for name in ("secret_key", "demo_password"):
        shutil.copyfile(like.data_dir / name, data_dir / name)
    if on == "sqlite" or (on is None and not like.url):
        yield Installation(data_dir)
        return
    url, name = os.environ["DATABASE_URL"], f"live_{uuid4().hex}"
    with psycopg.connect(url, autocommit=True) as server:
        copied = f'TEMPLATE "{urlsplit(template.url).path.strip("/")}"' if template else ""
        server.execute(f'CREATE DATABASE "{name}" {copied}')
    try:
        yield Installation(data_dir, urlunsplit(urlsplit(url)._replace(path=f"/{name}")))
    finally:
        with psycopg.connect(url, autocommit=True) as server:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
