"""What only PostgreSQL has: moving to it, and the snapshot that pg_dump and the counting share."""

import pytest

from tests.live.installations import Installation, new_installation
from tests.live.running import Visitor, serving
from tests.live.test_backups import PAGES, spoiled

# pytest-django makes the database they copy
pytestmark = [pytest.mark.live, pytest.mark.django_db, pytest.mark.on_postgres]


@pytest.fixture(scope="module")
def origin(database) -> Installation:
    return Installation(*database)


@pytest.fixture(scope="module")
def on_sqlite(origin, tmp_path_factory):
    """An installation with SQLite and the demo, in which the newest groups have been deleted again."""
    with new_installation(tmp_path_factory.mktemp("sqlite"), like=origin, on="sqlite") as installation:
        installation.manage("migrate", "-v0")
        installation.manage("load_demo")
        installation.run("INSERT INTO auth_group (name) VALUES ('a'), ('b'), ('c')")
        installation.run("DELETE FROM auth_group WHERE name <> 'a'")
        yield installation


@pytest.fixture(scope="module")
def backup(on_sqlite, tmp_path_factory):
    file = tmp_path_factory.mktemp("backup") / "sqlite.backup"
    on_sqlite.manage("backup", file)
    return file


@pytest.fixture(scope="module")
def migrated(origin, tmp_path_factory):
    """An installation on PostgreSQL after `./start setup`; nothing changes it."""
    with new_installation(tmp_path_factory.mktemp("migrated"), like=origin) as installation:
        installation.manage("migrate", "-v0")
        yield installation


@pytest.fixture
def empty(origin, migrated, tmp_path):
    with new_installation(tmp_path, like=origin, template=migrated) as installation:
        yield installation


@pytest.fixture(scope="module")
def moved(origin, migrated, backup, tmp_path_factory):
    with new_installation(tmp_path_factory.mktemp("moved"), like=origin, template=migrated) as installation:
        told = installation.manage("move_to_postgres", backup)
        assert "alle talt op og sammenlignet med backuppen." in told
        yield installation


def test_everything_moves_from_sqlite_to_postgres(on_sqlite, moved, tmp_path):
    objects = moved.objects(tmp_path)

    assert objects == on_sqlite.objects(tmp_path)
    assert len(objects) > 2500


def test_a_moved_installation_serves(on_sqlite, moved):
    with serving(moved.data_dir, settings="tests.live.settings", database_url=moved.url) as site:
        visitor = Visitor(site.port).sign_in("oekonomi", on_sqlite.demo_password)
        assert [visitor.get(page).status for page in PAGES] == [200] * len(PAGES)
        site.assert_calm_log()


@pytest.mark.parametrize("editions", [5, pytest.param(100, marks=pytest.mark.prove)])
def test_editions_are_the_same_bytes_after_the_move(on_sqlite, backup, empty, tmp_path, editions, proof):
    with new_installation(tmp_path, like=on_sqlite, on="sqlite") as published:
        published.manage("restore", backup)
        published.publish(editions)
        published.manage("backup", tmp_path / "b.backup")
        before = published.served_editions()

    empty.manage("move_to_postgres", tmp_path / "b.backup")

    assert "alt er, som det var" in empty.manage("verify_publications")
    assert empty.served_editions() == before
    assert len(before) >= editions * 5  # the page and four files
    proof(
        "editions byte-identical, and every row equal, after a move from SQLite to PostgreSQL",
        size=f"{editions} editions",
        result=f"{len(before)} of {len(before)} pages and files the same",
    )


def test_the_guards_stay_and_numbers_go_on_after_those_ever_given(on_sqlite, migrated, moved):
    assert moved.names("trigger") and moved.names("trigger") == migrated.names("trigger")
    [(last,)] = on_sqlite.run("SELECT seq FROM sqlite_sequence WHERE name = 'auth_group'")
    assert on_sqlite.run("SELECT max(id) FROM auth_group") < [(last,)]  # nobody else gets the deleted groups' numbers
    assert moved.run("SELECT nextval(pg_get_serial_sequence('auth_group', 'id'))") == [(last + 1,)]


def test_a_moved_database_is_backed_up_and_restored_like_any_other(moved, origin, tmp_path):
    moved.manage("backup", tmp_path / "b.backup")

    with new_installation(tmp_path, like=origin) as restored:
        restored.manage("restore", tmp_path / "b.backup")
        assert restored.rows() == moved.rows()


def test_it_moves_into_an_empty_database_only(backup, empty):
    empty.add_event("noget")
    before = empty.rows()

    said = empty.refusal("move_to_postgres", backup)

    assert "Databasen er ikke tom." in said and "Intet er ændret." in said
    assert empty.rows() == before


def test_it_moves_only_between_the_same_versions(backup, empty):
    empty.run("DELETE FROM django_migrations WHERE app = 'axes' AND name LIKE '0010%'")
    before = empty.rows()

    assert "af hver sin version" in empty.refusal("move_to_postgres", backup)
    assert empty.rows() == before


def test_a_row_that_postgres_cannot_hold_stops_the_move(on_sqlite, backup, empty, tmp_path):
    before = empty.rows()
    with new_installation(tmp_path, like=on_sqlite, on="sqlite") as strange:
        strange.manage("restore", backup)
        strange.add_event("a' || char(0) || 'b")
        strange.manage("backup", tmp_path / "strange.backup")

    said = empty.refusal("move_to_postgres", tmp_path / "strange.backup")

    assert "En række i tracker_event kan ikke stå i PostgreSQL" in said
    assert empty.rows() == before


def test_rows_of_what_is_switched_off_are_not_left_behind(on_sqlite, backup, empty, tmp_path):
    with new_installation(tmp_path, like=on_sqlite, on="sqlite") as strange:
        strange.manage("restore", backup)
        strange.run("CREATE TABLE sso_person (id integer)")
        strange.run("INSERT INTO sso_person VALUES (1)")
        strange.manage("backup", tmp_path / "strange.backup")

    assert "Backuppen har rækker i sso_person" in empty.refusal("move_to_postgres", tmp_path / "strange.backup")


def test_a_backup_of_postgres_is_not_moved(origin, empty, tmp_path):
    origin.manage("backup", tmp_path / "b.backup")

    assert "manage.py restore" in empty.refusal("move_to_postgres", tmp_path / "b.backup")


def test_sqlite_is_not_moved_to(on_sqlite, backup):
    assert "Lad først DATABASE_URL nævne" in on_sqlite.refusal("move_to_postgres", backup)


def test_without_the_snapshot_dump_and_count_are_of_two_moments(origin, tmp_path):
    assert spoiled("without-snapshot", tmp_path / "b.backup", installation=origin) == ["done"]

    with new_installation(tmp_path, like=origin) as restored:
        assert "tracker_event har" in restored.refusal("restore", tmp_path / "b.backup")
