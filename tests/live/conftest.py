"""Races on a running server with several processes, on the database that `DATABASE_URL` names or on SQLite.

The server gets a database of its own: a copy of the one pytest-django has made and loaded, then `load_demo`.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psycopg
import pytest

from tests.live.running import Site, environment, manage, new_data_dir, serving

SETTINGS = "tests.live.settings"


@contextmanager
def copy_of_test_database(data_dir: Path) -> Iterator[str]:
    """Yields the DATABASE_URL of the copy; "" for the SQLite file that the data folder implies."""
    from django.db import connection

    if connection.vendor == "sqlite":
        connection.ensure_connection()
        with closing(sqlite3.connect(data_dir / "budget.sqlite3")) as copy:
            connection.connection.backup(copy)
        yield ""
        return
    url, original, name = os.environ["DATABASE_URL"], connection.settings_dict["NAME"], f"live_{uuid4().hex}"
    connection.close()  # PostgreSQL copies only what nobody is using
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}" TEMPLATE "{original}"')
    try:
        yield urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
    finally:
        with psycopg.connect(url, autocommit=True) as server:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="module")
def database(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[tuple[Path, str]]:
    """The data folder and DATABASE_URL of an installation with the demo in it."""
    data_dir = new_data_dir(tmp_path_factory.mktemp("live"))
    (data_dir / "static").mkdir()  # nothing is collected, and WhiteNoise wants a folder
    with django_db_blocker.unblock(), copy_of_test_database(data_dir) as url:
        manage("load_demo", env=environment(data_dir, settings=SETTINGS, database_url=url))
        yield data_dir, url


@pytest.fixture(scope="module")
def site(database) -> Iterator[Site]:
    data_dir, url = database
    with serving(data_dir, settings=SETTINGS, database_url=url) as site:
        yield site
    site.assert_calm_log()


@pytest.fixture
def unguarded_site(database, site) -> Iterator[Site]:
    """The same database, served with the guard against lost updates taken out."""
    data_dir, url = database
    with serving(data_dir, settings=SETTINGS, database_url=url, app="tests.live.unguarded_wsgi") as found:
        yield found


@pytest.fixture
def query(database):
    """Asks or changes the database behind the server's back; "{0}", "{1}" ... stand for the values."""
    data_dir, url = database

    def ask(sql: str, *values) -> list[tuple]:
        if url:
            with psycopg.connect(url) as connection:
                found = connection.execute(sql.format(*["%s"] * len(values)), values)
                return found.fetchall() if found.description else []
        with closing(sqlite3.connect(data_dir / "budget.sqlite3", timeout=20)) as connection, connection:
            return connection.execute(sql.format(*["?"] * len(values)), values).fetchall()

    return ask


@pytest.fixture
def count_events(database):
    """How many events of a kind the database holds about an item."""
    data_dir, url = database

    def count(act: str, key: str) -> int:
        question = "SELECT count(*) FROM tracker_event WHERE act = {0} AND subject = {0}"
        values = (act, f"aftale 2018, runde 2, punkt {key}")
        if url:
            with psycopg.connect(url) as connection:
                return connection.execute(question.format("%s"), values).fetchone()[0]
        with closing(sqlite3.connect(data_dir / "budget.sqlite3", timeout=20)) as connection:
            return connection.execute(question.format("?"), values).fetchone()[0]

    return count
