"""Editions on a running server: built once however many build, whole or absent, and never mixed for a reader."""

import html
import io
import json
import re
import zipfile
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from threading import Barrier, Event

import pytest

from tests.live.running import Site, Visitor

pytestmark = [pytest.mark.live, pytest.mark.django_db]  # pytest-django makes the database they copy
ROUND = "/aftaler/2018/runder/1/udgaver/"  # opened by the demo
SCOPES = ["samlet", "oekonomiudvalget"]


def make_correctable(query, n: int) -> None:
    """The round is closed again, and something in it is different."""
    query("UPDATE tracker_followupround SET state = 'closed' WHERE number = 1 AND agreement_id = "
          "(SELECT id FROM budget_agreement WHERE budget_year = 2018)")  # fmt: skip
    query("UPDATE budget_item SET note = {0} WHERE key = '3.04'", f"Rettelse nr. {n}")


def editions_in(query) -> int:
    return query("SELECT count(*) FROM tracker_edition")[0][0]


def build_form(site: Site, n: int) -> dict:
    return {"password": site.password, "reason": f"Rettelse nr. {n}"}


@pytest.mark.parametrize("times", [5, pytest.param(200, marks=pytest.mark.prove)])
def test_two_approvers_build_at_once_and_there_is_one_edition(site, query, proof, times):
    approvers = [site.visitor("godkender"), second_approver(site)]

    for n in range(times):
        make_correctable(query, n)
        before = editions_in(query)
        together = Barrier(2)

        def send(visitor, n=n, together=together):
            together.wait()
            return visitor.post(f"{ROUND}byg/", build_form(site, n)).status

        with ThreadPoolExecutor(2) as threads:
            statuses = list(threads.map(send, approvers))

        assert sorted(statuses) == [302, 409]
        assert editions_in(query) == before + len(SCOPES)
    proof("two approvers build at once", size=f"{times} times", result="one edition each time, the other told 409")


def second_approver(site: Site) -> Visitor:
    administrator = site.visitor("administrator")
    form = {"username": "godkender-2", "name": "Anden godkender", "roles": "approver", "is_active": "on"}
    administrator.post("/opsaetning/konti/ny/", form | {"password": site.password})
    return site.visitor("godkender-2")


@pytest.mark.parametrize("times", [5, pytest.param(50, marks=pytest.mark.prove)])
def test_readers_never_see_two_editions_mixed(site, query, proof, times):
    """Everybody reads while corrections are built, released and opened; page, workbook and data name one edition."""
    approver = site.visitor("godkender")
    is_over = Event()

    def read(_) -> tuple[set[int], int]:
        seen, requests, reader = set(), 0, Visitor(site.port)
        while not is_over.is_set():
            seen.add(_read_all(reader))
            requests += 3
        return seen, requests

    with ThreadPoolExecutor(4) as threads:
        readers = [threads.submit(read, n) for n in range(4)]
        try:
            for n in range(times):
                make_correctable(query, 1_000 + n)
                assert approver.post(f"{ROUND}byg/", build_form(site, n)).status == 302
                assert approver.post(f"{ROUND}frigiv/", {"scopes": SCOPES}).status == 302
                assert approver.post(f"{ROUND}aabn/", {}).status == 302
        finally:
            is_over.set()
        found = [each.result() for each in readers]

    seen = set().union(*(numbers for numbers, _ in found))
    requests = sum(count for _, count in found)
    assert len(seen) > 1  # they did see it change
    proof(
        "public pages read while editions are built",
        size=f"{times} builds, {requests} requests",
        result=f"0 mixtures; {len(seen)} editions seen",
    )


def _read_all(reader: Visitor) -> int:
    """The number of the edition that is newest now; its page, data and workbook must all be of that one."""
    page = reader.get("/offentlig/2018/1/samlet/")
    assert page.status == 200
    checksum = re.search(r"<code class=\"checksum\">([0-9a-f]{64})</code>", page.text)[1]
    address = html.unescape(re.search(r'href="([^"]*)rapport\.json"', page.text)[1])
    number = int(re.search(r"udgave-(\d+)/$", address)[1])
    assert f"<dd>{number}, bygget" in page.text
    data = reader.get_bytes(f"{address}rapport.json")
    assert sha256(data).hexdigest() == checksum
    assert json.loads(data)["edition"]["number"] == number
    with zipfile.ZipFile(io.BytesIO(reader.get_bytes(f"{address}rapport.xlsx"))) as workbook:
        texts = "".join(workbook.read(name).decode("utf-8", "replace") for name in workbook.namelist())
    assert f"Udgave {number}, bygget" in texts and checksum in texts
    return number
