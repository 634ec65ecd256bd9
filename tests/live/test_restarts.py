"""PostgreSQL restarted under twenty writers: nothing is lost or doubled, and the application goes on by itself (G5)."""

import random
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from threading import Event

import psycopg
import pytest

from tests.live.conftest import SETTINGS
from tests.live.running import Visitor, environment, hidden_value, manage, new_data_dir, serving
from tests.postgres import throwaway_postgres

pytestmark = [pytest.mark.live, pytest.mark.on_postgres, pytest.mark.django_db]
WRITERS = 20
TRIES = 400  # of one save, while the database is away


class Writer:
    """Has an item of its own, and sends each text until it is told that it is saved, as the page does."""

    def __init__(self, key: str, visitor: Visitor):
        self.key, self.visitor = key, visitor
        self.address = f"/aftaler/2018/runder/2/indberetning/{key}/"
        self.version, self.sent, self.refused = 0, 0, 0

    def run(self, is_over: Event) -> None:
        while not is_over.is_set():
            self.sent += 1
            self.version = self._save(f"{self.key}, gang {self.sent}")

    def _save(self, text: str) -> int:
        form = {"page_token": f"side-{self.key}", "page_sequence": self.sent, "effort": "happy", "comment": text}
        for _ in range(TRIES):
            try:
                answer = self.visitor.post(self.address, form | {"version": self.version}, htmx=True)
            except (OSError, HTTPException):
                self.refused += 1
                continue
            if answer.status == 200:
                return int(hidden_value(answer.text, "version"))
            assert answer.status >= 500, f"{answer.status}: {answer.text[:300]}"  # never refused as somebody else's
            self.refused += 1
        raise AssertionError(f"{self.key} could not be saved again")


@pytest.mark.parametrize("times", [2, pytest.param(20, marks=pytest.mark.prove)])
def test_a_restarted_database_has_lost_and_doubled_nothing(tmp_path, proof, times):
    data_dir = new_data_dir(tmp_path / "site")
    (data_dir / "static").mkdir()
    is_over, generator = Event(), random.Random(times)
    with throwaway_postgres(survives_crashes=True) as server:
        env = environment(data_dir, settings=SETTINGS, database_url=server.url)
        manage("migrate", "-v0", env=env)
        manage("load_demo", env=env)
        with psycopg.connect(server.url) as connection:
            keys = [row[0] for row in connection.execute(
                "SELECT i.key FROM budget_item i JOIN budget_agreement a ON a.id = i.agreement_id WHERE "
                "a.budget_year = 2018 AND NOT EXISTS (SELECT 1 FROM tracker_assessment s JOIN tracker_followupround r "
                "ON r.id = s.follow_up_round_id WHERE s.item_id = i.id AND r.number = 2) ORDER BY i.sort_key"
            )][:WRITERS]  # fmt: skip
        with serving(data_dir, settings=SETTINGS, database_url=server.url) as site:
            finance = site.visitor("oekonomi")
            writers = [Writer(key, finance.another()) for key in keys]
            with ThreadPoolExecutor(WRITERS) as threads:
                running = [threads.submit(writer.run, is_over) for writer in writers]
                try:
                    for n in range(times):
                        is_over.wait(generator.uniform(0.2, 1.0))
                        server.restart("immediate" if n % 2 else "fast")
                    is_over.wait(1)
                finally:
                    is_over.set()
                for each in running:
                    each.result()
        with psycopg.connect(server.url) as connection:
            stored = {key: (version, comment) for key, version, comment in connection.execute(
                "SELECT i.key, s.version, s.comment FROM tracker_assessment s JOIN budget_item i ON i.id = s.item_id "
                "JOIN tracker_followupround r ON r.id = s.follow_up_round_id WHERE r.number = 2"
            )}  # fmt: skip

    assert len(writers) == WRITERS and sum(writer.refused for writer in writers)  # they did notice
    for writer in writers:
        # a text that was sent again because its answer got lost has made no second step
        assert stored[writer.key] == (writer.sent, f"{writer.key}, gang {writer.sent}")
    proof(
        f"PostgreSQL restarted under {WRITERS} writers",
        size=f"{times} restarts, {sum(writer.sent for writer in writers)} saves",
        result="0 lost, 0 doubled; the application went on by itself",
    )
