"""Reading back what an edition froze: from its content alone, and from the contents of earlier versions too."""

import json
from datetime import date
from unittest import mock

import pytest

from tests.editions import create_frozen
from tracker.models import Edition
from tracker.reports import frozen as module
from tracker.reports.frozen import counted, frozen_reports, report_of
from tracker.statuses import Dimension


@pytest.fixture
def edition(db) -> Edition:
    return create_frozen("open").edition(scope="samlet")


def test_what_was_frozen_is_read_back(edition):
    report = report_of(edition.content)

    item, other = report.items
    assert report.is_whole and report.round_label == "1. opfølgning" and report.as_of == date(2031, 3, 31)
    assert (item.key, item.centre, item.committees) == ("2.02.1", "Ejendomme", ("Økonomiudvalget",))
    assert item.now.effort == "neutral" and item.now.milestones == ("Tagrenderne er renset.",)
    assert item.now.comment.startswith("KANARIEUDGAVE") and not item.is_sad and other.is_sad
    assert [(each.level, each.count) for each in counted(Dimension.ECONOMY, report.items) if each.count] == [
        ("kept", 1), ("not_kept", 1),
    ]  # fmt: skip


def test_no_live_row_is_asked(edition, django_assert_num_queries):
    content = edition.content

    with django_assert_num_queries(0):
        report_of(content)


def test_a_content_from_before_later_keys_is_read_with_blanks(edition):
    document = json.loads(edition.content)
    for item in document["report"]["items"]:
        for row in item["rounds"]:
            for name in ("silence", "finance_note", "milestone_changes"):
                row.pop(name, None)

    now = report_of(json.dumps(document)).items[0].now

    assert (now.silence, now.finance_note, now.milestone_changes) == ("", "", ())


def test_keys_that_come_later_still_do_no_harm(edition):
    document = json.loads(edition.content)
    document["report"] |= {"schema": 3, "news": [1]}
    for item in document["report"]["items"]:
        item["news"] = item["rounds"][0]["news"] = "nyt"

    assert len(report_of(json.dumps(document)).items) == 2


def test_a_moved_milestone_and_an_amount_are_read_back(edition):
    document = json.loads(edition.content)
    item = document["report"]["items"][0]
    item["rounds"][0]["milestone_changes"] = [
        {"before": "Før", "after": "Efter", "on": "2031-01-02", "reason": "Forsinket"}
    ]
    item["amounts"] = [
        {
            "table": "operating", "table_label": "Drift", "label": "Tagrender", "project": "", "nature": "ny",
            "period": "", "note": "", "years": {"2031": 1_000},
        }
    ]  # fmt: skip

    read = report_of(json.dumps(document)).items[0]

    assert read.now.milestone_changes[0].on == date(2031, 1, 2) and read.amounts[0].years["2031"] == 1_000


def test_a_process_reads_an_edition_once_and_keeps_a_few(db, django_assert_num_queries):
    frozen = create_frozen("superseded after open")
    editions = list(Edition.objects.defer("content"))

    module._read.clear()  # another test has frozen the same
    with mock.patch.object(module, "_KEPT", 2):
        with django_assert_num_queries(1):
            first = frozen_reports(editions[:2])
        with django_assert_num_queries(0):
            again = frozen_reports(editions[:2])
        with django_assert_num_queries(1):
            frozen_reports(editions[2:])
        assert len(module._read) == 2

    assert first == again and frozen_reports([]) == {}
    assert frozen.canary(2) in {each.items[0].now.comment for each in frozen_reports(editions).values()}
