"""The settings as a server reads them: each in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
KEY = "Kq8-zR2xN5v_w7YbT4mP1sLd9hGcE3jU6fAoXiQe0nBtVyHr5k"
PRODUCTION = {"SECRET_KEY": KEY, "ALLOWED_HOSTS": "budget.example.dk"}


def start(tmp_path, code="import tracker.settings", **environment):
    known = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    env = known | {"DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "tracker.settings"} | environment
    command = [sys.executable, "-c", code] if isinstance(code, str) else [sys.executable, *code]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)


def test_the_documented_production_setting_passes_djangos_own_check(tmp_path):
    check = ["manage.py", "check", "--deploy", "--fail-level", "WARNING"]

    done = start(tmp_path, check, **PRODUCTION, SECOND_FACTOR="on")

    assert "tracker.W002" in start(tmp_path, check, **PRODUCTION).stderr
    assert (done.returncode, "System check identified no issues (0 silenced)." in done.stdout) == (0, True), done.stderr


def test_production_is_safe_by_default(tmp_path):
    code = """
from django.conf import settings as s
print([s.DEBUG, s.SECURE_SSL_REDIRECT, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SECURE_HSTS_SECONDS,
       s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.ALLOWED_HOSTS, s.SECURE_PROXY_SSL_HEADER])
"""
    done = start(tmp_path, code, **PRODUCTION)

    assert done.stdout.strip() == (
        "[False, True, True, True, 31536000, '__Host-sessionid', '__Host-csrftoken', ['budget.example.dk'], None]"
    ), done.stderr


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({}, "SECRET_KEY is missing"),
        ({"SECRET_KEY_FILE": "/findes/ikke"}, "SECRET_KEY_FILE names /findes/ikke"),
        ({"SECRET_KEY": "kort", "ALLOWED_HOSTS": "x.dk"}, "too short or too simple"),
        ({"SECRET_KEY": "a" * 60, "ALLOWED_HOSTS": "x.dk"}, "too short or too simple"),
        ({"SECRET_KEY": KEY}, "ALLOWED_HOSTS is missing"),
        ({"SECRET_KEY": KEY, "ALLOWED_HOSTS": " , "}, "ALLOWED_HOSTS is missing"),
        (PRODUCTION | {"ALLOWED_HOSTS": "*"}, "'*' lets anyone choose"),
        (PRODUCTION | {"ALLOWED_HOSTS": "x.dk,*"}, "'*' lets anyone choose"),
        (PRODUCTION | {"DEBUG": "yes"}, "DEBUG must be on or off, not 'yes'"),
        (PRODUCTION | {"DEBUG": "True"}, "DEBUG must be on or off"),
        (PRODUCTION | {"HTTPS": "1"}, "HTTPS must be on or off"),
        (PRODUCTION | {"TRUSTED_PROXY": "ja"}, "TRUSTED_PROXY must be on or off"),
        (PRODUCTION | {"HSTS_SECONDS": "et år"}, "HSTS_SECONDS must be a whole number"),
        (PRODUCTION | {"HSTS_SECONDS": "-1"}, "HSTS_SECONDS must be a whole number"),
        (PRODUCTION | {"LOG_LEVEL": "loud"}, "LOG_LEVEL must be"),
    ],
)
def test_an_odd_environment_stops_the_start_with_a_sentence(tmp_path, environment, words):
    done = start(tmp_path, **environment)

    assert done.returncode != 0
    assert "ImproperlyConfigured" in done.stderr and words in done.stderr.splitlines()[-1]
    assert KEY not in done.stderr


def test_the_key_may_stand_in_a_file(tmp_path):
    (tmp_path / "secret_key").write_text(f"{KEY}\n", encoding="utf-8")

    done = start(tmp_path, "import tracker.settings as s; print(s.SECRET_KEY, s.ALLOWED_HOSTS, s.HTTPS)")

    assert done.stdout.split(" ", 1) == [KEY, "['localhost', '127.0.0.1'] False\n"], done.stderr


def test_the_admin_is_routed_in_debug_only(tmp_path):
    code = """
import django; django.setup()
from django.urls import Resolver404, resolve
try: print(resolve('/admin/').view_name)
except Resolver404: print(404)
"""
    without, with_debug = start(tmp_path, code, **PRODUCTION), start(tmp_path, code, **PRODUCTION, DEBUG="on")

    assert (without.stdout.strip(), with_debug.stdout.strip()) == ("404", "admin:index"), with_debug.stderr


def test_a_log_line_is_one_json_object_whatever_is_in_it(tmp_path):
    code = r"""
import json, logging, django; django.setup()
logging.getLogger("prøve").warning("linje et\nlinje to \u2028 %s", {"a": "\r\n"})
"""
    done = start(tmp_path, code, **PRODUCTION)

    import json

    (line,) = done.stderr.splitlines() if "\u2028" not in done.stderr else [done.stderr.strip("\n")]
    assert json.loads(line)["message"].startswith("linje et\nlinje to")
    assert "\n" not in line
