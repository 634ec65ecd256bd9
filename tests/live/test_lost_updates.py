"""What was acknowledged as saved is never lost, however many write at once (reliability G1)."""

import html
import random
import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest

from tests.live.running import Site, Visitor, hidden_value

pytestmark = [pytest.mark.live, pytest.mark.django_db]  # pytest-django makes the database they copy
# Twenty entries that nobody has begun in the demo: finance may enter them all.
HOT = (
    "2.02.1", "2.02.2", "2.02.3", "3.08", "3.17", "3.23", "3.26", "3.32", "5.07", "6.02", "6.11", "6.17", "6.23",
    "7.04", "7.05", "7.10", "7.11", "8.04", "8.05", "8.06",
)  # fmt: skip
EDITORS = 50


def address(key: str) -> str:
    return f"/aftaler/2018/runder/2/indberetning/{key}/"


def typed_text(page: str) -> str:
    """What the box holds; a browser leaves out the line break that follows the tag."""
    inside = re.search(r"<textarea[^>]*>\r?\n?(.*?)</textarea>", page, re.DOTALL)[1]
    return html.unescape(inside)


@dataclass
class Save:
    key: str
    base: int  # the version the writer had seen
    text: str
    status: int
    version: int = 0  # the version the writer was told it became
    text_is_kept: bool = True


class Writer:
    """A page in someone's browser: it knows a version of each entry and writes on top of that one."""

    def __init__(self, number: int, visitor: Visitor, saves: int):
        self.number, self.visitor, self.saves = number, visitor, saves
        self.random = random.Random(number)
        self.is_htmx = number % 2 == 0
        self.versions: dict[str, int] = {}
        self.sent = 0

    def run(self) -> list[Save]:
        return [self.save(self.random.choice(HOT), turn) for turn in range(self.saves)]

    def save(self, key: str, turn: int) -> Save:
        if key not in self.versions:
            self.versions[key] = int(hidden_value(self.visitor.get(address(key)).text, "version"))
        self.sent += 1
        text = f"Skriver {self.number}, gang {turn}: æøå 🌊 <b>&\r\n anden linje "
        data = {
            "version": self.versions[key],
            "page_token": f"side-{self.number}-{key}",
            "page_sequence": self.sent,
            "effort": "neutral",
            "comment": text,
        }
        answer = self.visitor.post(address(key), data, htmx=self.is_htmx)
        save = Save(key, self.versions[key], text, answer.status)
        if answer.status == 409:
            self._read_conflict(save, answer.text)
        elif self.is_htmx and answer.status == 200:
            save.version = self.versions[key] = int(hidden_value(answer.text, "version"))
        elif answer.status == 302:
            save.version = self.versions.pop(key) + 1  # a plain form learns its version from the next page
        return save

    def _read_conflict(self, save: Save, text: str) -> None:
        """The next save is "Gem min version i stedet"."""
        self.versions[save.key] = int(re.search(r'name="version" value="(\d+)">Gem min version', text)[1])
        if self.is_htmx:  # the box is left alone; the panel shows what was not saved
            save.text_is_kept = html.escape(f"Skriver {self.number}, gang ") in text and "<textarea" not in text
        else:
            save.text_is_kept = typed_text(text) == save.text


def write_all_at_once(site: Site, saves_each: int, editors: int = EDITORS) -> tuple[list[Save], Counter]:
    """All saves, and by how much each entry's version grew."""
    people = [site.visitor("oekonomi"), site.visitor("godkender")]
    start = read_versions(people[0])
    writers = [Writer(number, people[number // 2 % 2].another(), saves_each) for number in range(editors)]
    with ThreadPoolExecutor(editors) as threads:
        saves = [save for found in threads.map(Writer.run, writers) for save in found]
    end = read_versions(people[0])
    return saves, Counter({key: end[key] - start[key] for key in HOT})


def read_versions(visitor: Visitor) -> dict[str, int]:
    return {key: int(hidden_value(visitor.get(address(key)).text, "version")) for key in HOT}


@pytest.mark.parametrize("saves_each", [20, pytest.param(200, marks=pytest.mark.prove)])
def test_no_acknowledged_save_is_lost(site, proof, saves_each):
    saves, growth = write_all_at_once(site, saves_each)

    assert {save.status for save in saves} == {200, 302, 409}  # saved both ways, and conflicts there were
    acknowledged = [save for save in saves if save.status != 409]
    assert Counter(save.key for save in acknowledged) == growth
    assert all(save.version == save.base + 1 for save in acknowledged)  # each on top of what its writer had seen
    assert len({(save.key, save.version) for save in acknowledged}) == len(acknowledged)
    assert all(save.text_is_kept for save in saves)
    visitor = site.visitor("oekonomi")
    for key in growth:
        last = max((save for save in acknowledged if save.key == key), key=lambda save: save.version)
        assert typed_text(visitor.get(address(key)).text) == last.text
    proof(
        f"{EDITORS} concurrent editors on {len(HOT)} entries, gunicorn with 3 workers",
        size=f"{len(saves)} saves",
        result=f"{len(acknowledged)} acknowledged = {growth.total()} version steps, 0 lost",
    )


def test_without_the_guard_saves_are_lost(unguarded_site):
    saves, growth = write_all_at_once(unguarded_site, 15, editors=10)

    acknowledged = [save for save in saves if save.status in {200, 302}]
    assert len(acknowledged) > growth.total()
