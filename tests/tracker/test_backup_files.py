"""What a backup file is: no byte of it can be another, and its hashes say the same on both engines."""

import os
import stat
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, timezone
from uuid import UUID

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session

from tests.sealing import members_of, write_changed, write_sealed
from tracker.backups import container, postgres
from tracker.backups.container import DUMP, MANIFEST, Manifest, read_backup, size_and_hash, write_backup
from tracker.backups.contents import (
    Contents,
    Fingerprint,
    Table,
    Version,
    differences,
    fingerprint,
    tables_of_this_version,
)
from tracker.backups.errors import BackupRefused, Damaged

STORED_ALIKE = {
    "AutoField", "BigAutoField", "BigIntegerField", "CharField", "GenericIPAddressField", "IntegerField",
    "PositiveBigIntegerField", "PositiveIntegerField", "PositiveSmallIntegerField", "SlugField", "SmallIntegerField",
    "TextField",
}  # fmt: skip
READ_BY_KIND = {
    "BinaryField", "BooleanField", "DateField", "DateTimeField", "DurationField", "JSONField", "TimeField", "UUIDField",
}  # fmt: skip


@pytest.fixture
def backup(tmp_path):
    """A backup of a dump that is no database; whoever checks the file does not look that far."""
    dump = tmp_path / "dump"
    dump.write_bytes(b"rows " * 40 + bytes(range(256)))
    table = Table("tracker_event", (("id", "auto"), ("act", "plain")))
    return make(tmp_path / "a.backup", dump, {table: Fingerprint(2, "0" * 64)})


def make(file, dump, tables):
    size, sha256 = size_and_hash(dump)
    contents = Contents(tables, ("tracker.0001_initial",), ("tracker_event_no_update",))
    write_backup(file, dump, Manifest("sqlite", "1.0", "2026-01-31T12:00:00+00:00", 0, size, sha256, contents))
    return file


def is_refused(file) -> bool:
    try:
        read_backup(file)
    except Damaged as refusal:
        assert str(refusal).startswith(f"{file}: backuppen er beskadiget: ")
        return True
    return False


# --- The file ------------------------------------------------------------------------------------------------------


def test_what_was_written_is_read(backup, tmp_path):
    out = tmp_path / "out"

    manifest = read_backup(backup, dump_to=out)

    assert out.read_bytes() == (tmp_path / "dump").read_bytes()
    assert manifest.created_at == "2026-01-31T12:00:00+00:00"
    assert [table.name for table in manifest.contents.tables] == ["tracker_event"]
    assert manifest.contents.triggers == ("tracker_event_no_update",)


def test_nobody_else_may_read_it_and_nothing_lies_beside_it(backup):
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    assert sorted(path.name for path in backup.parent.iterdir()) == ["a.backup", "dump"]


def test_a_file_that_is_there_is_left_alone(backup, tmp_path):
    before = backup.read_bytes()

    with pytest.raises(BackupRefused, match="findes i forvejen"):
        make(backup, tmp_path / "dump", {})

    assert backup.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.backup", "dump"]


def test_what_cannot_be_read_back_gets_no_name(tmp_path, monkeypatch):
    (tmp_path / "dump").write_bytes(b"rows")
    monkeypatch.setattr(container, "_seal_of", lambda file: b"x" * container.SEAL_LENGTH)

    with pytest.raises((Damaged, OSError)):
        make(tmp_path / "a.backup", tmp_path / "dump", {})

    assert [path.name for path in tmp_path.iterdir()] == ["dump"]


def test_what_a_killed_command_left_behind_goes_after_a_day(backup, tmp_path):
    old, new = tmp_path / ".b.backup-x.part", tmp_path / ".b.backup-y.part"
    for path in (old, new):
        path.write_bytes(b"rows")
    os.utime(old, (0, 0))

    make(tmp_path / "b.backup", tmp_path / "dump", {})

    assert not old.exists() and new.exists()


def flipped(content: bytes):
    """The content with one bit of each byte changed in turn."""
    for place in range(len(content)):
        yield content[:place] + bytes([content[place] ^ 1 << place % 8]) + content[place + 1 :]


def test_every_flipped_byte_is_refused(backup):
    spoiled = backup.with_name("spoiled.backup")

    for content in flipped(backup.read_bytes()):
        spoiled.write_bytes(content)
        assert is_refused(spoiled)


def test_every_truncation_and_every_addition_is_refused(backup):
    content, spoiled = backup.read_bytes(), backup.with_name("spoiled.backup")

    for other in [*(content[:length] for length in range(len(content))), content + b"\0", b"\0" + content]:
        spoiled.write_bytes(other)
        assert is_refused(spoiled)


def test_without_the_seal_some_flipped_bytes_get_through(backup, monkeypatch):
    monkeypatch.setattr(container, "is_sealed", lambda file: True)
    spoiled = backup.with_name("spoiled.backup")
    through = 0

    for content in flipped(backup.read_bytes()):
        spoiled.write_bytes(content)
        with suppress(OSError):  # an offset into nowhere
            through += not is_refused(spoiled)

    assert through > 10  # times, attributes and names that a zip says twice


@pytest.mark.parametrize("without", [{MANIFEST}, {DUMP}, {MANIFEST, DUMP}])
def test_a_missing_part_is_refused_even_under_a_seal(backup, without):
    members = {name: content for name, content in members_of(backup).items() if name not in without}

    assert is_refused(write_sealed(backup.with_name("spoiled.backup"), members))


def test_a_part_too_many_is_refused(backup):
    assert is_refused(write_sealed(backup.with_name("spoiled.backup"), members_of(backup) | {"more": b""}))


def test_the_manifest_of_another_backup_is_refused(backup, tmp_path):
    (tmp_path / "other").write_bytes(b"other rows")
    other = make(tmp_path / "b.backup", tmp_path / "other", {})

    swapped = members_of(backup) | {MANIFEST: members_of(other)[MANIFEST]}

    assert is_refused(write_sealed(tmp_path / "spoiled.backup", swapped))


@pytest.mark.parametrize("manifest", [b"", b"[]", b"{}", b"null", b'{"format": 1}', b'{"format": "x"}', b"\xff"])
def test_a_manifest_that_is_none_is_refused(backup, manifest):
    assert is_refused(write_sealed(backup.with_name("spoiled.backup"), members_of(backup) | {MANIFEST: manifest}))


def test_a_newer_format_says_so(backup):
    newer = write_changed(backup.with_name("newer.backup"), backup, lambda manifest: manifest.update(format=2))

    with pytest.raises(BackupRefused, match="nyere version"):
        read_backup(newer)


# --- Hashes --------------------------------------------------------------------------------------------------------


def test_every_column_is_of_a_kind_that_is_read_alike_on_both_engines():
    def stored_as(field):
        return stored_as(field.target_field) if field.remote_field else field.get_internal_type()

    models = [model for model in apps.get_models(include_auto_created=True) if model._meta.managed]
    kinds = {stored_as(field) for model in models for field in model._meta.local_concrete_fields}

    assert kinds <= STORED_ALIKE | READ_BY_KIND


def test_every_table_of_every_app_is_there_but_sessions():
    names = {table.name for table in tables_of_this_version()}

    there = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    assert there - names == {Session._meta.db_table}
    assert {"tracker_event", "tracker_user_centres", "budget_historicalitem", "axes_accessattempt"} <= names


COPENHAGEN = timezone(timedelta(hours=2))
ALIKE = [  # kind, in SQLite, in PostgreSQL
    ("boolean", 1, True),
    ("boolean", 0, False),
    ("boolean", None, None),
    ("date", "2026-11-25", date(2026, 11, 25)),
    ("datetime", "2026-06-01 10:00:00", datetime(2026, 6, 1, 12, tzinfo=COPENHAGEN)),
    ("datetime", "2026-06-01 10:00:00.000120", datetime(2026, 6, 1, 10, 0, 0, 120, tzinfo=UTC)),
    ("duration", 1_500_000, timedelta(seconds=1.5)),
    ("json", '{"b": [1, null], "a": "ø"}', {"a": "ø", "b": [1, None]}),
    ("json", '{"b":1,"a":2}', '{"a": 2, "b": 1}'),
    ("bytes", b"\0\xff", memoryview(b"\0\xff")),
    ("uuid", "00000000000000000000000000000001", UUID(int=1)),
    ("plain", "æøå \r\n 🌊", "æøå \r\n 🌊"),
]


@pytest.mark.parametrize(("kind", "in_sqlite", "in_postgres"), ALIKE)
def test_a_row_has_one_hash_on_both_engines(kind, in_sqlite, in_postgres):
    table = Table("t", (("id", "auto"), ("x", kind)))

    assert fingerprint(table, lambda query: [(1, in_sqlite)]) == fingerprint(table, lambda query: [(1, in_postgres)])


UNLIKE = [
    ("plain", 1, "1"),
    ("plain", "", None),
    ("plain", "a", "A"),
    ("boolean", 0, None),
    ("datetime", "2026-06-01 10:00:00", "2026-06-01 10:00:00.000001"),
    ("json", "[1, 2]", "[2, 1]"),
    ("bytes", b"a", b"b"),
]


@pytest.mark.parametrize(("kind", "one", "other"), UNLIKE)
def test_other_values_have_other_hashes(kind, one, other):
    table = Table("t", (("id", "auto"), ("x", kind)))

    assert fingerprint(table, lambda query: [(1, one)]) != fingerprint(table, lambda query: [(1, other)])


def test_rows_count_and_have_no_order():
    table = Table("t", (("id", "auto"), ("x", "plain")))
    rows = [(1, "a"), (2, "b"), (3, "b")]

    whole = fingerprint(table, lambda query: rows)

    assert whole.rows == 3
    assert fingerprint(table, lambda query: rows[::-1]) == whole
    assert fingerprint(table, lambda query: rows[:2]) != whole
    assert fingerprint(table, lambda query: [(1, "b"), (2, "a"), (3, "b")]) != whole


def test_differences_are_named():
    first, second = Table("a", (("id", "auto"),)), Table("b", (("id", "auto"),))
    wanted = Contents({first: Fingerprint(2, "x"), second: Fingerprint(1, "y")}, ("tracker.0001",), ("t",))
    found = Contents({first: Fingerprint(3, "z"), second: Fingerprint(1, "z")}, (), ())

    assert list(differences(wanted, wanted)) == []
    assert list(differences(wanted, found)) == [
        "a har 3 rækker og skulle have 2",
        "b har andre rækker",
        "databasens version er en anden",
        "databasens værn mod rettelser er et andet",
    ]


def test_versions_are_told_apart():
    def names():
        from django.db.migrations.loader import MigrationLoader

        loader = MigrationLoader(None, ignore_no_migrations=True)
        return [f"{app}.{name}" for app, name in loader.disk_migrations]

    assert Version.of(names()) == Version(is_newer=False, is_older=False)
    assert Version.of([*names(), "tracker.9999_next_year"]) == Version(is_newer=True, is_older=False)
    assert Version.of([*names(), "admin.0001_of_an_app_that_is_not_installed"]).is_newer is False
    assert Version.of(names()[1:]).is_older


# --- PostgreSQL's programs -----------------------------------------------------------------------------------------


def programs_of(folder, version):
    folder.mkdir()
    for name in ("pg_dump", "pg_restore"):
        (folder / name).write_text(f"#!/bin/sh\necho '{name} (PostgreSQL) {version}'\n", encoding="utf-8")
        (folder / name).chmod(0o755)
    return folder


def test_the_programs_of_the_servers_own_version_are_preferred(tmp_path, monkeypatch):
    folders = [programs_of(tmp_path / name, name) for name in ("17.2", "15.18 (Debian 15.18-0+deb12u1)", "16beta1")]
    monkeypatch.setattr(postgres, "_folders", lambda: [*folders, tmp_path / "findes-ikke"])

    assert postgres.programs(at_least=15) == (folders[1], 15)
    assert postgres.programs(at_least=16) == (folders[2], 16)
    assert postgres.programs(at_least=14) == (folders[1], 15)


def test_programs_older_than_the_server_are_refused(tmp_path, settings):
    settings.PG_BIN = str(programs_of(tmp_path / "bin", "14.1"))

    with pytest.raises(BackupRefused, match="version 14 er for gammel. Installér postgresql-client-16"):
        postgres.programs(at_least=16)


def test_missing_programs_say_what_to_install(tmp_path, settings):
    settings.PG_BIN = str(tmp_path)

    with pytest.raises(BackupRefused, match="ikke på denne maskine. Installér postgresql-client-15"):
        postgres.programs(at_least=15)
