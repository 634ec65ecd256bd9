"""A double click, a reload, an impatient finger: the same form sent five times at once has one effect (G2)."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from tests.live.running import hidden_value

pytestmark = [pytest.mark.live, pytest.mark.django_db]  # pytest-django makes the database they copy
ADDRESS = "/aftaler/2018/runder/2/indberetning/8.05/"
AT_ONCE = 5


@pytest.mark.parametrize("rounds", [6, pytest.param(200, marks=pytest.mark.prove)])
def test_five_identical_submissions_have_one_effect(site, count_events, proof, rounds):
    already = count_events("assessment_submitted", "8.05")
    visitor = site.visitor("ejendomme")
    for number in range(1, rounds + 1):
        page = visitor.get(ADDRESS).text
        form = {
            "version": hidden_value(page, "version"),
            "page_token": hidden_value(page, "page_token"),
            "page_sequence": 1,
            "effort": "neutral",
            "economy": "kept",
            "comment": f"Runde {number}: æøå",
            "act": "submit",
        }
        together = Barrier(AT_ONCE)

        def send(_, form=form, together=together):
            together.wait()
            return visitor.another().post(ADDRESS, form).status

        with ThreadPoolExecutor(AT_ONCE) as threads:
            statuses = list(threads.map(send, range(AT_ONCE)))

        assert set(statuses) == {302}
        assert count_events("assessment_submitted", "8.05") == already + number
        assert visitor.post(ADDRESS + "fortryd/", {}).status == 302
    assert count_events("assessment_taken_back", "8.05") == already + rounds
    proof("the same form sent five times at once", size=f"{rounds} times", result="one effect each time")


def test_five_identical_take_backs_have_one_effect(site, count_events):
    visitor = site.visitor("ejendomme")
    address = ADDRESS.replace("8.05", "3.04")  # submitted in the demo
    together = Barrier(AT_ONCE)

    def send(_):
        together.wait()
        return visitor.another().post(address + "fortryd/", {}).status

    with ThreadPoolExecutor(AT_ONCE) as threads:
        statuses = list(threads.map(send, range(AT_ONCE)))

    assert sorted(statuses) == [302, 409, 409, 409, 409]
    assert count_events("assessment_taken_back", "3.04") == 1
