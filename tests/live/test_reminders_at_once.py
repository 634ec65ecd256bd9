"""Two schedulers at once: each person gets one mail, not two."""

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.live.conftest import SETTINGS
from tests.live.running import BASE_DIR, environment

pytestmark = [pytest.mark.live, pytest.mark.django_db]  # pytest-django makes the database they copy
SCHEDULERS, PEOPLE = 3, 20
SET_UP = f"""
import django; django.setup()
from budget.models import Centre
from tracker.models import SentReminder, User, UserRole
SentReminder.objects.all().delete()
User.objects.filter(username__startswith="mange-").delete()
centre = Centre.objects.get(slug="ejendomme")
for n in range({PEOPLE}):
    user = User.objects.create(username=f"mange-{{n}}", name=f"Nr. {{n}}", email=f"nr{{n}}@example.dk", is_demo=True)
    UserRole.objects.create(user=user, role="editor")
    user.centres.add(centre)
"""
# Every day is a workday here: the test is to run on Sundays too.
SCHEDULER = """
import sys, django; django.setup()
from django.core.management import call_command
from tracker.actions import reminders
reminders.is_workday = lambda day: True
{unguarded}
print("klar", flush=True)
sys.stdin.readline()
call_command("send_reminders")
"""
# Each goes by what it saw before any of them began, and the note that would stop it is not made.
UNGUARDED = """
from django.utils import timezone
seen = {user.pk: reminders.digest_of(user, today=timezone.localdate()) for user in reminders.people()}
reminders.digest_of = lambda user, today: seen[user.pk]
reminders._digest_in_turn = lambda user, today: seen[user.pk]
reminders.SentReminder.objects.bulk_create = list
"""


def start(code: str, env: dict) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=BASE_DIR, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip


def finish(process: subprocess.Popen, typed: str = "") -> str:
    output, _ = process.communicate(typed, timeout=120)
    assert process.returncode == 0, output
    return output


def mails_per_person(database: tuple[Path, str], *, unguarded: str = "") -> Counter:
    data_dir, url = database
    env = environment(data_dir, settings=SETTINGS, database_url=url)
    finish(start(SET_UP, env))
    outbox = data_dir / "outbox"
    for path in outbox.glob("*.eml"):
        path.unlink()
    schedulers = [start(SCHEDULER.format(unguarded=unguarded), env) for _ in range(SCHEDULERS)]
    for each in schedulers:
        assert each.stdout.readline() == "klar\n", each.stdout.read()
    for each in schedulers:
        each.stdin.write("\n")
        each.stdin.flush()
    for each in schedulers:
        finish(each)
    return Counter(path.name.split("-")[4] for path in outbox.glob("*-nr*@example.dk-*.eml"))


def test_three_schedulers_at_once_send_each_mail_once(database):
    found = mails_per_person(database)

    assert found == Counter({f"nr{n}@example.dk": 1 for n in range(PEOPLE)})


def test_without_the_guard_everybody_gets_three(database):
    found = mails_per_person(database, unguarded=UNGUARDED)

    assert set(found.values()) == {SCHEDULERS}
