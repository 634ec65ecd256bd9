"""What was backed up is what is restored, whatever happens meanwhile; what is damaged is not restored at all (G12)."""

import random
import re
import sqlite3
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Event

import psycopg
import pytest

from tests.live.installations import Installation, new_installation
from tests.live.running import BASE_DIR, Visitor, serving
from tests.live.test_lost_updates import HOT, Writer, read_versions
from tests.sealing import damaged, members_of, write_changed
from tracker.backups.container import DUMP

pytestmark = [pytest.mark.live, pytest.mark.django_db]  # pytest-django makes the database they copy
WRITERS = 8
PAGES = ("/", "/aftaler/2018/", "/aftaler/2018/runder/2/", "/aftaler/2018/runder/1/rapport/samlet/", "/aftaler/2021/")


@pytest.fixture(scope="module")
def origin(database) -> Installation:
    return Installation(*database)


@dataclass(frozen=True)
class Taken:
    """A backup, what was in the database then, and somebody who was signed in."""

    file: Path
    rows: dict[str, list[str]]
    triggers: list[str]
    visitor: Visitor


@pytest.fixture(scope="module")
def taken(origin, site, tmp_path_factory) -> Taken:
    file = tmp_path_factory.mktemp("backup") / "a.backup"
    visitor = site.visitor("oekonomi")
    assert visitor.get("/aftaler/2018/").status == 200
    told = origin.manage("backup", file)
    assert f"Backuppen er skrevet til {file}: " in told
    assert "Den hemmelige nøgle er ikke med; opbevar den for sig." in told
    return Taken(file, origin.rows(), origin.names("trigger"), visitor)


@pytest.fixture(scope="module")
def backup(taken) -> Path:
    return taken.file


@pytest.fixture
def empty(origin, tmp_path):
    with new_installation(tmp_path, like=origin) as installation:
        yield installation


@pytest.fixture(scope="module")
def other(origin, backup, tmp_path_factory):
    """An installation with content that is not the backup's."""
    with new_installation(tmp_path_factory.mktemp("other"), like=origin) as installation:
        installation.manage("restore", backup)
        installation.add_event("ikke i backuppen")
        yield installation


def spoiled(how: str, *files: Path, installation: Installation) -> list[str]:
    """What the spoiled command says of each file."""
    command = [sys.executable, "-m", "tests.live.backups_spoiled", how, *map(str, files)]
    done = subprocess.run(command, cwd=BASE_DIR, env=installation.env, capture_output=True, text=True, check=False)
    assert done.returncode in {0, -9} and "Traceback" not in done.stderr, done.stderr
    return done.stdout.splitlines()


# --- Equal ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def restored(origin, backup, tmp_path_factory):
    with new_installation(tmp_path_factory.mktemp("restored"), like=origin) as installation:
        told = installation.manage("restore", backup)
        assert "Databasen er gendannet fra" in told and "Den hemmelige nøgle var ikke med" in told
        yield installation


def test_a_restored_database_is_equal_and_serves(taken, restored):
    assert restored.rows() == taken.rows
    assert sum(map(len, taken.rows.values())) > 3000
    with serving(restored.data_dir, settings="tests.live.settings", database_url=restored.url) as site:
        for account in ("oekonomi", "godkender"):
            visitor = site.visitor(account)
            assert [visitor.get(page).status for page in PAGES] == [200] * len(PAGES)
        left_out = Visitor(site.port, dict(taken.visitor.cookies))
        assert left_out.get("/aftaler/2018/").status == 302  # a backup signs nobody in
        site.assert_calm_log()


def test_who_was_signed_in_is_not_in_the_file(origin, taken):
    assert origin.run("SELECT count(*) FROM django_session") != [(0,)]
    assert taken.visitor.cookies["sessionid"].encode() not in members_of(taken.file)[DUMP]


def test_what_guards_the_rows_is_restored_too(taken, restored):
    assert "tracker_event" in " ".join(taken.triggers)
    assert restored.names("trigger") == taken.triggers
    before = restored.rows()
    for statement in ("UPDATE tracker_event SET note = 'x'", "DELETE FROM tracker_event"):
        with pytest.raises((sqlite3.IntegrityError, psycopg.errors.IntegrityError)):
            restored.run(statement)
    assert restored.rows() == before


def test_new_rows_get_new_numbers_afterwards(restored):
    [(last,)] = restored.run("SELECT max(id) FROM tracker_event")

    restored.add_event("efter")

    assert restored.run("SELECT id FROM tracker_event WHERE note = 'efter'") == [(last + 1,)]


def test_the_file_is_for_its_owner_alone_and_never_overwritten(origin, backup):
    before = backup.read_bytes()

    said = origin.refusal("backup", backup)

    assert "findes i forvejen og er ikke overskrevet. Vælg et andet navn.\nDer er ikke taget backup." in said
    assert backup.read_bytes() == before
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    assert list(backup.parent.iterdir()) == [backup]


def test_no_folder_no_backup(origin, tmp_path):
    assert f"Mappen {tmp_path / 'nej'} findes ikke." in origin.refusal("backup", tmp_path / "nej" / "a.backup")


def test_a_database_without_tables_is_not_backed_up(empty, tmp_path):
    said = empty.refusal("backup", tmp_path / "a.backup")

    assert "Der er ikke taget backup." in said
    assert not (tmp_path / "a.backup").exists()
    assert not (empty.data_dir / "budget.sqlite3").exists()


@pytest.mark.parametrize("editions", [5, pytest.param(100, marks=pytest.mark.prove)])
def test_editions_are_the_same_bytes_afterwards(origin, backup, tmp_path, editions, proof):
    with new_installation(tmp_path, like=origin) as published, new_installation(tmp_path, like=origin) as restored:
        published.manage("restore", backup)
        published.publish(editions)
        published.manage("backup", tmp_path / "b.backup")

        restored.manage("restore", tmp_path / "b.backup")

        assert "alt er, som det var" in restored.manage("verify_publications")
        served = restored.served_editions()
        assert served == published.served_editions()
        assert len(served) >= editions * 5  # the page and four files
        for table in ("tracker_edition", "tracker_editionfile", "tracker_editionstep"):
            with pytest.raises((sqlite3.IntegrityError, psycopg.errors.IntegrityError)):
                restored.run(f"DELETE FROM {table}")  # noqa: S608
    proof(
        "editions byte-identical after backup and restore",
        size=f"{editions} editions",
        result=f"{len(served)} of {len(served)} pages and files the same",
    )


# --- While others write --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("backups", [2, pytest.param(20, marks=pytest.mark.prove)])
def test_a_backup_taken_while_people_write_is_one_moment(origin, site, tmp_path, backups, proof):
    people = [site.visitor("oekonomi"), site.visitor("godkender")]
    is_over = Event()

    def write(number: int) -> list:
        writer, saves = Writer(number, people[number // 2 % 2].another(), 0), []
        while not is_over.is_set():
            saves.append(writer.save(random.Random(len(saves)).choice(HOT), len(saves)))
        return saves

    moments = []
    with ThreadPoolExecutor(WRITERS) as threads:
        try:
            writers = [threads.submit(write, number) for number in range(WRITERS)]
            for number in range(backups):
                before = read_versions(people[0])
                origin.manage("backup", tmp_path / f"{number}.backup")
                moments.append((before, read_versions(people[0])))
        finally:
            is_over.set()
        saves = [save for writer in writers for save in writer.result()]

    assert {save.status for save in saves} <= {200, 302, 409}
    assert moments[0][0] != moments[-1][1]  # there was writing all the time
    for number, (before, after) in enumerate(moments):
        with new_installation(tmp_path, like=origin) as restored:
            restored.manage("restore", tmp_path / f"{number}.backup")  # which counts and compares
            versions = _versions(restored)
        assert all(before[key] <= versions.get(key, 0) <= after[key] for key in HOT)  # 0: not begun yet
    proof(
        f"`backup` while {WRITERS} people write, and `restore`",
        size=f"{backups} backups, {len(saves)} saves meanwhile",
        result="row counts and hashes of every table equal; each of one moment",
    )


def _versions(installation: Installation) -> dict[str, int]:
    found = installation.run(
        "SELECT i.key, a.version FROM tracker_assessment a JOIN budget_item i ON i.id = a.item_id "
        "JOIN tracker_followupround r ON r.id = a.follow_up_round_id WHERE r.number = 2"
    )
    return {key: version for key, version in found if key in HOT}


def test_what_is_written_meanwhile_is_in_neither_the_dump_nor_the_count(origin, empty, tmp_path):
    events = origin.run("SELECT count(*) FROM tracker_event")

    assert spoiled("write-between", tmp_path / "b.backup", installation=origin) == ["done"]

    empty.manage("restore", tmp_path / "b.backup")
    assert empty.run("SELECT count(*) FROM tracker_event") == events
    assert origin.run("SELECT count(*) FROM tracker_event") == [(events[0][0] + 1,)]


# --- Over what is there --------------------------------------------------------------------------------------------


def test_content_is_replaced_only_when_told_to(taken, backup, other):
    before = other.rows()

    assert "Der er noget i databasen." in other.refusal("restore", backup)

    assert other.rows() == before
    other.manage("restore", backup, "--replace")
    assert other.rows() == taken.rows
    assert other.names("trigger") == taken.triggers
    other.add_event("ikke i backuppen")


def test_what_a_newer_version_added_goes(taken, backup, other):
    other.run("CREATE TABLE tracker_nextyear (id integer PRIMARY KEY, event bigint REFERENCES tracker_event (id))")
    other.run("INSERT INTO tracker_nextyear (id) VALUES (1)")

    other.manage("restore", backup, "--replace")

    assert other.rows() == taken.rows
    other.add_event("ikke i backuppen")


def test_a_database_in_use_is_left_alone(backup, other):
    before = other.rows()

    with serving(other.data_dir, settings="tests.live.settings", database_url=other.url) as site:
        Visitor(site.port).get("/log-ind/")
        said = other.refusal("restore", backup, "--replace")

    assert "Stop serveren" in said and said.endswith("Intet er ændret.\n")
    assert other.rows() == before


@pytest.mark.parametrize("kills", [4, pytest.param(40, marks=pytest.mark.prove)])
def test_a_restore_that_is_killed_leaves_the_old_or_the_new(taken, backup, other, kills, proof):
    old, new = other.rows(), taken.rows
    outcomes = []

    for number in range(kills):
        spoiled(f"kill={number * 200 // kills}", backup, installation=other)
        outcomes.append(other.rows())
        if outcomes[-1] == new:
            other.add_event("ikke i backuppen")
            old = other.rows()
        else:
            assert outcomes[-1] == old

    assert outcomes[0] != new
    assert "done" in spoiled("unchanged", backup, installation=other)  # and it can be done again
    assert other.rows() == new
    other.add_event("ikke i backuppen")
    replaced = outcomes.count(new)
    proof(
        "kill -9 of a `restore`",
        size=f"{kills} kills",
        result=f"the old database {kills - replaced} times, the backup's {replaced} times, never a mixture",
    )


# --- Damaged, and of other versions ----------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [5, pytest.param(100, marks=pytest.mark.prove)])
def test_damaged_backups_are_refused_and_nothing_is_changed(backup, other, tmp_path, count, proof):
    before = other.rows()
    files = damaged(backup, tmp_path, count, seed=count)

    said = spoiled("unchanged", *files, installation=other)

    assert len(said) == count
    for file, sentence in zip(files, said, strict=True):
        assert sentence.startswith(f"{file}: backuppen er beskadiget: ") and sentence.endswith(" Intet er ændret.")
    assert other.rows() == before
    proof("`restore` of damaged backups", size=f"{count} files", result="all refused, nothing changed")


def test_without_the_seal_a_damaged_backup_gets_through(backup, other, tmp_path):
    content = bytearray(backup.read_bytes())
    content[10] ^= 1  # the first member's time of day
    (tmp_path / "spoiled.backup").write_bytes(content)

    assert spoiled("unchanged", tmp_path / "spoiled.backup", installation=other) != ["done"]
    assert spoiled("unsealed", tmp_path / "spoiled.backup", installation=other) == ["done"]
    other.add_event("ikke i backuppen")


def test_a_backup_whose_rows_are_not_those_it_counted_is_refused(backup, other, tmp_path):
    def one_more(manifest):
        [table] = [each for each in manifest["contents"]["tables"] if each["name"] == "tracker_event"]
        table["rows"] += 1

    before = other.rows()
    forged = write_changed(tmp_path / "forged.backup", backup, one_more)

    [said] = spoiled("unchanged", forged, installation=other)

    assert re.search(r"backuppen er beskadiget: tracker_event har \d+ rækker og skulle have \d+", said)
    assert other.rows() == before
    assert spoiled("uncompared", forged, installation=other) == ["done"]
    other.add_event("ikke i backuppen")


def test_a_dump_that_the_engine_cannot_read_is_refused(backup, other, tmp_path):
    before = other.rows()
    dump = members_of(backup)[DUMP]
    forged = write_changed(tmp_path / "forged.backup", backup, lambda manifest: None, dump=dump[: len(dump) // 2])

    [said] = spoiled("unchanged", forged, installation=other)

    assert "backuppen er beskadiget" in said
    assert other.rows() == before


def test_a_backup_of_a_newer_version_is_refused(backup, empty, tmp_path):
    def newer(manifest):
        manifest["contents"]["migrations"].append("tracker.9999_next_year")

    said = empty.refusal("restore", write_changed(tmp_path / "newer.backup", backup, newer))

    assert "er lavet af en nyere version af programmet." in said
    assert empty.names("table") == []


def test_a_backup_of_an_older_version_is_restored_and_says_so(other, empty, tmp_path):
    other.run("DELETE FROM django_migrations WHERE app = 'axes' AND name LIKE '0010%'")  # the last step not yet taken
    try:
        assert "hører til en anden version" in other.refusal("backup", tmp_path / "older.backup")
        assert spoiled("other-version", tmp_path / "older.backup", installation=other) == ["done"]
    finally:
        other.run(
            "INSERT INTO django_migrations (app, name, applied) "
            "VALUES ('axes', '0010_accessattemptexpiration', '2026-01-31 12:00:00+00')"
        )

    told = empty.manage("restore", tmp_path / "older.backup")

    assert "Backuppen er fra en ældre version: kør ./start setup, før serveren startes." in told


def test_a_backup_of_the_other_engine_is_refused(backup, empty, tmp_path):
    engine = "sqlite" if empty.url else "postgresql"
    foreign = write_changed(tmp_path / "b.backup", backup, lambda manifest: manifest.update(engine=engine))

    said = empty.refusal("restore", foreign)

    assert ("manage.py move_to_postgres" if empty.url else "Lad DATABASE_URL nævne en PostgreSQL-database.") in said
    assert "Intet er ændret." in said


def test_a_file_that_is_no_backup_is_refused(empty, tmp_path):
    (tmp_path / "a.txt").write_text("ikke en backup", encoding="utf-8")

    assert "den er ikke en backup herfra" in empty.refusal("restore", tmp_path / "a.txt")
    assert f"{tmp_path / 'nej'}: den findes ikke." in empty.refusal("restore", tmp_path / "nej")
