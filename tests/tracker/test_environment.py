"""Settings from the environment: odd values stop the start."""

import runpy

import pytest
from django.core.exceptions import ImproperlyConfigured

from tests.conftest import FIXTURES
from tracker import environment

GOOD_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
SETTINGS = FIXTURES.parent / "tracker" / "settings.py"
VARIABLES = [
    "SECRET_KEY", "SECRET_KEY_FILE", "DEBUG", "HTTPS", "HSTS_SECONDS", "TRUSTED_PROXY", "ALLOWED_HOSTS",
    "CSRF_TRUSTED_ORIGINS", "LOG_LEVEL", "DATABASE_URL", "MUNICIPALITY",
]  # fmt: skip


@pytest.mark.parametrize(("value", "answer"), [("on", True), ("off", False), (" on ", True), ("", "default")])
def test_a_switch_is_on_or_off(monkeypatch, value, answer):
    monkeypatch.setenv("SWITCH", value)

    assert environment.switch("SWITCH", default="default") == answer


@pytest.mark.parametrize("value", ["yes", "true", "True", "1", "0", "ON", "no"])
def test_any_other_switch_is_refused(monkeypatch, value):
    monkeypatch.setenv("SWITCH", value)

    with pytest.raises(ImproperlyConfigured, match="SWITCH must be on or off"):
        environment.switch("SWITCH", default=False)


@pytest.mark.parametrize(("value", "answer"), [("0", 0), ("31536000", 31_536_000), ("", 7)])
def test_a_number_is_read(monkeypatch, value, answer):
    monkeypatch.setenv("NUMBER", value)

    assert environment.number("NUMBER", default=7) == answer


@pytest.mark.parametrize("value", ["-1", "1.5", "1e3", "٣", "²", "1 000", "many"])
def test_any_other_number_is_refused(monkeypatch, value):
    monkeypatch.setenv("NUMBER", value)

    with pytest.raises(ImproperlyConfigured, match="NUMBER must be a whole number of at least 0"):
        environment.number("NUMBER", default=7)


def test_a_number_below_the_lowest_is_refused(monkeypatch):
    monkeypatch.setenv("NUMBER", "1")

    with pytest.raises(ImproperlyConfigured, match="at least 2"):
        environment.number("NUMBER", default=7, lowest=2)


@pytest.mark.parametrize(
    ("value", "answer"), [("", []), (" , ,", []), ("a.dk", ["a.dk"]), (" a.dk ,b.dk,", ["a.dk", "b.dk"])]
)
def test_names_are_a_list_without_empty_parts(monkeypatch, value, answer):
    monkeypatch.setenv("NAMES", value)

    assert environment.names("NAMES") == answer


@pytest.fixture
def clean(monkeypatch, tmp_path):
    """No variable of ours but the data folder, which is empty."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    return tmp_path


def test_the_key_comes_from_the_environment_first(clean, monkeypatch):
    (clean / "secret_key").write_text(GOOD_KEY[::-1])
    monkeypatch.setenv("SECRET_KEY", GOOD_KEY)

    assert environment.secret_key(clean) == GOOD_KEY


def test_the_key_may_stand_in_a_file(clean, monkeypatch):
    kept, named = clean / "secret_key", clean / "named"
    kept.write_text(GOOD_KEY + "\n")
    assert environment.secret_key(clean) == GOOD_KEY

    named.write_text(GOOD_KEY[::-1] + "\n")
    monkeypatch.setenv("SECRET_KEY_FILE", str(named))
    assert environment.secret_key(clean) == GOOD_KEY[::-1]


def test_a_missing_key_stops_the_start(clean):
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY is missing"):
        environment.secret_key(clean)


def test_a_key_file_that_is_not_there_is_named(clean, monkeypatch):
    (clean / "secret_key").write_text(GOOD_KEY)
    monkeypatch.setenv("SECRET_KEY_FILE", "/no/such/file")

    with pytest.raises(ImproperlyConfigured, match="/no/such/file"):
        environment.secret_key(clean)


@pytest.mark.parametrize("key", ["kort", "a" * 60, "abcabcabc" * 7, GOOD_KEY[:49]])
def test_a_weak_key_is_refused_without_showing_it(clean, monkeypatch, key):
    monkeypatch.setenv("SECRET_KEY", key)

    with pytest.raises(ImproperlyConfigured, match="too short or too simple") as refusal:
        environment.secret_key(clean)

    assert key not in str(refusal.value)


def read_settings():
    return runpy.run_path(str(SETTINGS))


@pytest.fixture
def production(clean, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", GOOD_KEY)
    monkeypatch.setenv("ALLOWED_HOSTS", "budget.example.dk")


def test_production_is_safe_without_being_told(production):
    values = read_settings()

    assert values["DEBUG"] is False
    assert values["SECURE_SSL_REDIRECT"] and values["SESSION_COOKIE_SECURE"] and values["CSRF_COOKIE_SECURE"]
    assert values["SECURE_HSTS_SECONDS"] >= 31_536_000
    assert values["SESSION_COOKIE_NAME"].startswith("__Host-")
    assert "SECURE_PROXY_SSL_HEADER" not in values
    assert "django.contrib.admin" not in values["INSTALLED_APPS"]
    policy = str(values["CONTENT_SECURITY_POLICY"])
    assert "unsafe" not in policy and "*" not in policy


def test_this_machine_only_without_a_key_of_its_own(clean):
    (clean / "secret_key").write_text(GOOD_KEY)

    values = read_settings()

    assert values["ALLOWED_HOSTS"] == ["localhost", "127.0.0.1"]
    assert values["SECURE_SSL_REDIRECT"] is False


def test_production_names_its_hosts(production, monkeypatch):
    monkeypatch.delenv("ALLOWED_HOSTS")

    with pytest.raises(ImproperlyConfigured, match="ALLOWED_HOSTS is missing"):
        read_settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ALLOWED_HOSTS", "*"),
        ("ALLOWED_HOSTS", "budget.example.dk,*"),
        ("DEBUG", "yes"),
        ("HTTPS", "1"),
        ("TRUSTED_PROXY", "true"),
        ("HSTS_SECONDS", "a year"),
        ("LOG_LEVEL", "chatty"),
        ("SECRET_KEY", "secret"),
    ],
)
def test_odd_settings_stop_the_start(production, monkeypatch, name, value):
    monkeypatch.setenv(name, value)

    with pytest.raises(ImproperlyConfigured):
        read_settings()


def test_a_database_address_is_honoured(production, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://budget:x@db.example.dk:5432/budget")

    database = read_settings()["DATABASES"]["default"]

    assert (database["ENGINE"], database["HOST"]) == ("django.db.backends.postgresql", "db.example.dk")
    assert "transaction_mode" not in database.get("OPTIONS", {})


def test_sqlite_waits_for_the_lock_and_survives_a_power_cut(production, clean):
    database = read_settings()["DATABASES"]["default"]

    assert str(database["NAME"]) == str(clean / "budget.sqlite3")
    assert database["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert "synchronous=FULL" in database["OPTIONS"]["init_command"]
