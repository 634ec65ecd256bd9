"""The report's JSON: its shape is a contract."""

import json

import pytest

from budget.models import Committee
from tests.factories import (
    create_agreement,
    create_assessment,
    create_item,
    create_milestone_change,
    create_note,
    create_round,
)
from tests.tracker.exports.conftest import report_of
from tracker.exports.report_json import report_document

ITEM_KEYS = [
    "key", "code", "section", "title", "kinds", "centre", "committees", "responsible", "contributors", "note",
    "economy_text", "milestones", "milestone_changes", "assessments", "finance_notes", "amounts",
]  # fmt: skip


@pytest.fixture
def document(loaded_2018):
    committee = Committee.objects.get(slug="oekonomiudvalget")
    return json.loads(json.dumps(report_document(report_of(loaded_2018, committee=committee)), ensure_ascii=False))


def test_the_whole_has_its_keys_in_order(document):
    assert list(document) == ["schema", "agreement", "round", "as_of", "deadline", "committee", "items"]
    assert [document[name] for name in ("schema", "agreement", "round", "as_of", "committee")] == [
        1,
        2018,
        1,
        None,
        "oekonomiudvalget",
    ]
    assert len(document["items"]) == 35


def test_every_item_has_its_keys_and_types(document):
    for item in document["items"]:
        assert list(item) == ITEM_KEYS
        assert all(isinstance(item[name], str) for name in ("key", "code", "section", "title", "note", "economy_text"))
        assert item["centre"] is None or item["centre"]
        assert item["kinds"] in (["drift"], ["anlæg"], ["anlæg", "drift"], [])
        for name in ("committees", "responsible", "contributors"):
            assert all(isinstance(each, str) and each for each in item[name])
        assert all(list(each) == ["round", "text"] and 1 <= each["round"] <= 4 for each in item["milestones"])
        assert all(list(each) == ["round", "effort", "economy", "comment", "state"] for each in item["assessments"])
        for line in item["amounts"]:
            assert list(line) == ["table", "label", "project", "years"]
            assert line["years"] and all(type(kroner) is int for kroner in line["years"].values())


def test_items_stand_in_code_order(document):
    codes = [item["code"] for item in document["items"]]

    assert codes == sorted(codes, key=lambda code: [int(part) for part in code.split(".")])


def test_the_oddities_of_the_source_are_kept(document):
    items = {item["key"]: item for item in document["items"]}

    assert items["3.23"]["centre"] == "0-25 års udvalget"
    assert items["4.01.1"]["amounts"][0]["years"] == {"2019-2021": 32_000_000}
    assert items["8.05"]["kinds"] == ["drift"]
    assert items["3.04"]["kinds"] == ["anlæg", "drift"]
    assert items["7.04"]["contributors"] == ["De øvrige centre og sekretariater"]
    assert items["7.09"]["economy_text"] == ""
    assert items["7.10"]["assessments"] == [
        {
            "round": 1,
            "effort": "not_relevant",
            "economy": items["7.10"]["assessments"][0]["economy"],
            "comment": "",
            "state": "approved",
        }
    ]
    assert any("år ikke angivet" in line["years"] for item in items.values() for line in item["amounts"])
    assert all(line["table"] in {"drift", "anlaeg"} for item in items.values() for line in item["amounts"])


def test_milestones_and_assessments_come_by_round(document):
    for item in document["items"]:
        rounds = [each["round"] for each in item["milestones"]]
        assert rounds == sorted(rounds)
        assert [each["round"] for each in item["assessments"]] == [1]


def test_an_item_without_a_centre_or_a_kind_says_so(db):
    agreement = create_agreement()
    create_round(agreement, as_of="2031-03-31")
    create_item(agreement, "3.10", lead_centre=None, kind="")

    document = report_document(report_of(agreement))

    (item,) = document["items"]
    assert (document["as_of"], document["committee"]) == ("2031-03-31", "samlet")
    assert (item["centre"], item["kinds"], item["code"], item["assessments"]) == (None, [], "3.10", [])


def test_a_moved_goal_is_told_with_its_round_texts_reason_and_day(db):
    agreement = create_agreement()
    first, second = create_round(agreement), create_round(agreement)
    item = create_item(agreement)
    create_milestone_change(item, second, "Før", "", reason="Udgik")
    create_milestone_change(item, first, "", "Efter", reason="Glemt")

    (found,) = report_document(report_of(agreement))["items"]

    assert found["milestone_changes"] == [
        {"round": 1, "before": "", "after": "Efter", "reason": "Glemt", "date": "2031-03-12"},
        {"round": 2, "before": "Før", "after": "", "reason": "Udgik", "date": "2031-03-12"},
    ]


def test_finances_notes_come_by_round_with_or_without_an_entry(db):
    agreement = create_agreement()
    item = create_item(agreement)
    rounds = [create_round(agreement) for _ in range(2)]
    create_assessment(item, rounds[1], state="approved")
    for each in rounds:
        create_note(item, each, f"Til runde {each.number}\n")

    (found,) = report_document(report_of(agreement, 2))["items"]

    assert found["finance_notes"] == [{"round": 1, "text": "Til runde 1\n"}, {"round": 2, "text": "Til runde 2\n"}]
    assert [each["state"] for each in found["assessments"]] == ["approved"]


def test_silence_after_the_round_is_its_own_level(db, finance):
    agreement = create_agreement()
    create_round(agreement, closed_by=finance)
    create_assessment(create_item(agreement), agreement.rounds.get(), state="draft", effort="sad", comment="Kladde")

    (item,) = report_document(report_of(agreement))["items"]

    assert item["assessments"] == [
        {"round": 1, "effort": "not_reported", "economy": "not_reported", "comment": "", "state": "not_reported"}
    ]


def test_every_text_comes_through_unchanged(written):
    text = '=HYPERLINK("x")\r\n  Blåbær 🏗️ \u2028 <b>\\ \t'

    (item,) = json.loads(json.dumps(report_document(written(text))))["items"]

    assert (item["note"], item["economy_text"], item["assessments"][0]["comment"]) == (text, text, text)
    assert item["milestones"] == [{"round": 1, "text": text}]
