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
    "CSRF_TRUSTED_ORIGINS",
    "ACCESSIBILITY_CONTACT", "ACCESSIBILITY_STATEMENT", "LOG_LEVEL", "DATABASE_URL", "MUNICIPALITY",
    "EMAIL_HOST", "EMAIL_FROM", "EMAIL_USE_TLS", "EMAIL_PORT", "EMAIL_HOST_USER",
    "EMAIL_HOST_PASSWORD", "EMAIL_HOST_PASSWORD_FILE", "SITE_URL",
    "SECOND_FACTOR", "PASSWORD_SIGN_IN", "SSO_SERVER_URL", "SSO_CLIENT_ID", "SSO_CLIENT_SECRET",
    "SSO_CLIENT_SECRET_FILE", "SSO_NAME", "SSO_USERNAME_CLAIM", "SSO_SCOPES",
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
        ("SECOND_FACTOR", "yes"),
        ("PASSWORD_SIGN_IN", "off"),  # no other way in is configured
        ("SSO_CLIENT_ID", "half a service"),
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


# --- Sign-in through the municipality's own service ------------------------------------------------------------------
SSO = {"SSO_SERVER_URL": "https://login.example.dk/v2.0/", "SSO_CLIENT_ID": "nummer", "SSO_CLIENT_SECRET": "hemmeligt"}


@pytest.fixture
def sso(monkeypatch):
    def given(**changes):
        for name in [*SSO, "SSO_CLIENT_SECRET_FILE", "SSO_NAME", "SSO_USERNAME_CLAIM", "SSO_SCOPES"]:
            monkeypatch.delenv(name, raising=False)
        for name, value in (SSO | changes).items():
            if value is not None:
                monkeypatch.setenv(name, value)

    return given


def test_the_service_is_off_until_it_is_configured(sso):
    sso(SSO_SERVER_URL=None, SSO_CLIENT_ID=None, SSO_CLIENT_SECRET=None)

    assert environment.sign_in_service() is None


def test_the_service_has_sensible_defaults(sso, tmp_path):
    (tmp_path / "secret").write_text("fra filen\n", encoding="utf-8")
    sso(SSO_CLIENT_SECRET=None, SSO_CLIENT_SECRET_FILE=str(tmp_path / "secret"))

    assert environment.sign_in_service() == environment.SignInService(
        server_url="https://login.example.dk/v2.0",
        client_id="nummer",
        client_secret="fra filen",
        name="kommunens login",
        username_claim="preferred_username",
        scopes=["openid", "profile"],
    )


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"SSO_CLIENT_ID": None}, "SSO_CLIENT_ID missing"),
        ({"SSO_CLIENT_SECRET": None}, "SSO_CLIENT_SECRET missing"),
        ({"SSO_SERVER_URL": None}, "SSO_SERVER_URL missing"),
        ({"SSO_SERVER_URL": "http://login.example.dk"}, "must start with https://"),
        ({"SSO_CLIENT_SECRET_FILE": "/findes/ikke"}, "not a file"),
    ],
)
def test_half_a_service_stops_the_start(sso, changes, words):
    sso(**changes)

    with pytest.raises(ImproperlyConfigured, match=words):
        environment.sign_in_service()


# --- Mail ----------------------------------------------------------------------------------------------------------


def test_without_a_mail_server_mails_become_files(production, clean):
    values = read_settings()

    assert values["EMAIL_BACKEND"] == "tracker.outbox.EmailBackend"
    assert values["OUTBOX_DIR"] == clean / "outbox"
    assert values["DEFAULT_FROM_EMAIL"] == "budgetaftaler@budget.example.dk"
    assert values["SITE_URL"] == "https://budget.example.dk"


def test_a_mail_server_is_asked_over_tls(production, monkeypatch, clean):
    monkeypatch.setenv("EMAIL_HOST", "smtp.example.dk")
    monkeypatch.setenv("EMAIL_FROM", "Budgetaftaler <budget@example.dk>")
    monkeypatch.setenv("EMAIL_HOST_USER", "budget")
    monkeypatch.setenv("EMAIL_HOST_PASSWORD_FILE", str(clean / "smtp"))
    (clean / "smtp").write_text("hemmelig\n")

    values = read_settings()

    assert values["EMAIL_BACKEND"] == "django.core.mail.backends.smtp.EmailBackend"
    assert (values["EMAIL_PORT"], values["EMAIL_USE_TLS"]) == (587, True)
    assert (values["EMAIL_HOST_USER"], values["EMAIL_HOST_PASSWORD"]) == ("budget", "hemmelig")
    assert values["DEFAULT_FROM_EMAIL"] == "Budgetaftaler <budget@example.dk>"
    assert values["EMAIL_TIMEOUT"] < values["DATABASES"]["default"]["OPTIONS"]["timeout"]


def test_a_relay_inside_the_house(production, monkeypatch):
    monkeypatch.setenv("EMAIL_HOST", "relay")
    monkeypatch.setenv("EMAIL_FROM", "budget@example.dk")
    monkeypatch.setenv("EMAIL_USE_TLS", "off")

    values = read_settings()

    assert (values["EMAIL_PORT"], values["EMAIL_USE_TLS"]) == (25, False)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("EMAIL_FROM", ""),
        ("EMAIL_FROM", "Budgetaftaler"),
        ("EMAIL_FROM", "to ord@example.dk"),
        ("EMAIL_USE_TLS", "yes"),
        ("EMAIL_PORT", "0"),
        ("EMAIL_HOST_PASSWORD_FILE", "/no/such/file"),
        ("SITE_URL", "budget.example.dk"),
        ("SITE_URL", "https://budget.example.dk/under/side"),
        ("SITE_URL", "javascript:alert(1)"),
    ],
)
def test_odd_mail_settings_stop_the_start(production, monkeypatch, name, value):
    monkeypatch.setenv("EMAIL_HOST", "smtp.example.dk")
    monkeypatch.setenv("EMAIL_FROM", "budget@example.dk")
    monkeypatch.setenv(name, value)

    with pytest.raises(ImproperlyConfigured, match=name.removesuffix("_FILE")):
        read_settings()


@pytest.mark.parametrize(
    ("environment_of", "url"),
    [
        ({"SITE_URL": "https://budget.kommune.dk/"}, "https://budget.kommune.dk"),
        ({"SITE_URL": "http://10.0.0.7:8000"}, "http://10.0.0.7:8000"),
        ({"ALLOWED_HOSTS": ".kommune.dk,localhost"}, "https://kommune.dk"),
        ({"HTTPS": "off", "PORT": "8001"}, "http://budget.example.dk:8001"),
    ],
)
def test_where_links_in_mails_lead(production, monkeypatch, environment_of, url):
    for name, value in environment_of.items():
        monkeypatch.setenv(name, value)

    assert read_settings()["SITE_URL"] == url


def test_a_service_without_what_it_takes_stops_the_start(sso, monkeypatch):
    sso()
    monkeypatch.setattr(environment, "find_spec", lambda name: None)

    with pytest.raises(ImproperlyConfigured, match="requirements-sso.txt is not installed"):
        environment.sign_in_service()


@pytest.mark.parametrize("value", ["", "https://was.example.dk/erklaering"])
def test_a_web_address_or_nothing(monkeypatch, value):
    monkeypatch.setenv("ACCESSIBILITY_STATEMENT", value)

    assert environment.web_address("ACCESSIBILITY_STATEMENT") == value


@pytest.mark.parametrize("value", ["was.example.dk", "javascript:alert(1)"])
def test_what_is_no_web_address_is_refused(monkeypatch, value):
    monkeypatch.setenv("ACCESSIBILITY_STATEMENT", value)

    with pytest.raises(ImproperlyConfigured, match="ACCESSIBILITY_STATEMENT must be a web address"):
        environment.web_address("ACCESSIBILITY_STATEMENT")
