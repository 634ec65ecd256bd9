"""The server killed at any moment: an edition is absent or whole, every acknowledged save is there (reliability G4)."""

import random
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from threading import Event

import pytest

from tests.live.conftest import SETTINGS
from tests.live.running import Site, Visitor, environment, hidden_value, manage, serving
from tests.live.test_publishing import ROUND, SCOPES, build_form, make_correctable

pytestmark = [pytest.mark.live, pytest.mark.django_db]  # pytest-django makes the database they copy
KEYS = ("3.08", "3.17", "6.11", "8.04")  # entries of Ejendomme that the demo leaves open
FILES = 4  # of one edition
WITHIN = 5  # seconds until the site serves again


class Writer:
    """Saves again and again until the server is gone; `acknowledged` is what it was told is saved, per entry."""

    def __init__(self, number: int, visitor: Visitor):
        self.number, self.visitor = number, visitor
        self.address = f"/aftaler/2018/runder/2/indberetning/{KEYS[number]}/"
        self.acknowledged, self.sent = "", 0

    def run(self, is_over: Event) -> None:
        try:
            version = int(hidden_value(self.visitor.get(self.address).text, "version"))
            while not is_over.is_set():
                self.sent += 1
                text = f"Skriver {self.number}, gang {self.sent}"
                form = {"version": version, "page_token": f"side-{self.number}", "page_sequence": self.sent}
                answer = self.visitor.post(self.address, form | {"effort": "happy", "comment": text}, htmx=True)
                if answer.status != 200:
                    return
                version = int(hidden_value(answer.text, "version"))
                self.acknowledged = text
        except (OSError, HTTPException):
            return  # killed in the middle: the last text was never acknowledged


def serve_build_and_kill(database, generator: random.Random, n: int) -> list[Writer]:
    """One life of the server: four people save, one builds, and at some moment all its processes are killed."""
    data_dir, url = database
    is_over = Event()
    with serving(data_dir, settings=SETTINGS, database_url=url) as site, ThreadPoolExecutor(5) as threads:
        editor = site.visitor("ejendomme")
        writers = [Writer(number, editor.another()) for number in range(len(KEYS))]
        approver = site.visitor("godkender")
        running = [threads.submit(writer.run, is_over) for writer in writers]
        building = threads.submit(_build, approver, site, n)
        # the moment is drawn from how long a build takes on this machine, and a little more
        is_over.wait(generator.uniform(0, 0.6))
        site.kill()
        is_over.set()
        for each in [*running, building]:
            each.result()
    return writers


def _build(approver: Visitor, site: Site, n: int) -> None:
    try:
        approver.post(f"{ROUND}byg/", build_form(site, n))
    except (OSError, HTTPException):
        return


def wrong_after_kill(query, writers: list[Writer], before: int) -> list[str]:
    """What is not as it was promised."""
    wrong = []
    editions = query("SELECT count(*) FROM tracker_edition")[0][0]
    if editions - before not in {0, len(SCOPES)}:
        wrong.append(f"{editions - before} editions of a build of {len(SCOPES)}")
    for table, each in (("tracker_editionfile", FILES), ("tracker_editionstep", 1)):
        least = query(f"SELECT count(*) FROM {table}")[0][0]  # noqa: S608
        if least < editions * each:
            wrong.append(f"{table} has {least} rows for {editions} editions")
    for writer in writers:
        stored = query(
            "SELECT comment FROM tracker_assessment a JOIN budget_item i ON i.id = a.item_id WHERE i.key = {0} AND "
            "a.follow_up_round_id IN (SELECT id FROM tracker_followupround WHERE number = 2)", KEYS[writer.number],
        )  # fmt: skip
        comment = stored[0][0] if stored else ""
        if _turn(comment) < _turn(writer.acknowledged):
            wrong.append(f"acknowledged: {writer.acknowledged!r}, stored: {comment!r}")
    return wrong


def _turn(text: str) -> int:
    return int(text.rsplit(" ", 1)[-1]) if text.startswith("Skriver") else 0


@pytest.mark.parametrize("times", [5, pytest.param(100, marks=pytest.mark.prove)])
def test_a_killed_server_has_lost_nothing_and_stored_no_half(database, query, proof, times):
    data_dir, url = database
    generator = random.Random(times)
    slowest, built, saved = 0.0, 0, 0

    for n in range(times):
        make_correctable(query, n)
        query("UPDATE tracker_assessment SET comment = '' WHERE comment LIKE {0}", "Skriver%")
        before = query("SELECT count(*) FROM tracker_edition")[0][0]
        writers = serve_build_and_kill(database, generator, n)
        began = time.monotonic()
        with serving(data_dir, settings=SETTINGS, database_url=url):
            slowest = max(slowest, time.monotonic() - began)
        assert wrong_after_kill(query, writers, before) == []
        built += query("SELECT count(*) FROM tracker_edition")[0][0] > before
        saved += sum(_turn(writer.acknowledged) for writer in writers)

    assert saved  # they did write
    manage("verify_publications", env=environment(data_dir, settings=SETTINGS, database_url=url))
    assert slowest < WITHIN or times < 100  # the small size runs beside other tests
    proof(
        "kill -9 of the server while building and saving",
        size=f"{times} kills, {saved} acknowledged saves",
        result=f"0 lost, 0 halves ({built} builds whole, {times - built} absent); serving again within {slowest:.1f} s",
    )
