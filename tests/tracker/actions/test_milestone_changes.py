"""Milestones of an approved plan: what is changed takes a reason, and is told with its old and new text."""

from datetime import UTC, datetime

import pytest

from tests.database import all_rows
from tests.factories import (
    create_agreement,
    create_item,
    create_milestone,
    create_milestone_change,
    create_round,
    create_section,
)
from tests.files import bytes_of, draft_document
from tracker.actions import item_parts
from tracker.actions.item_parts import changed_texts
from tracker.actions.items import change_item, delete_item
from tracker.actions.items import create_item as create_item_by_form
from tracker.actions.replacing import replace_draft
from tracker.actions.upload_preview import preview_of
from tracker.actions.uploads import upload_agreement
from tracker.errors import Refused, TrackerError
from tracker.models import Event, Milestone, MilestoneChange, MilestonePlan

NOW = datetime(2031, 5, 1, 12, tzinfo=UTC)


def create_planned(plan="approved", texts=("Første", "Anden"), **fields):
    """An item with milestones in the first of two rounds."""
    item = create_item(create_agreement(plan=plan, **fields))
    spring, autumn = create_round(item.agreement), create_round(item.agreement, state="planned")
    for text in texts:
        create_milestone(item, spring, text)
    return item, spring, autumn


def change(item, by, milestones, *, reason="Byrådet udskød sagen", version=1):
    return change_item(
        item=item, by=by, version=version, fields={}, contributors=[], contributor_words=[], milestones=milestones,
        reason=reason, now=NOW,
    )  # fmt: skip


def told(item) -> list[tuple]:
    return list(MilestoneChange.objects.filter(item=item).values_list("follow_up_round__number", "before", "after"))


def state(item) -> str:
    return MilestonePlan.objects.get(agreement=item.agreement).state


@pytest.mark.parametrize(
    ("before", "after", "pairs"),
    [
        (["A"], ["A"], []),
        (["A"], ["B"], [("A", "B")]),
        ([], ["A"], [("", "A")]),
        (["A"], [], [("A", "")]),
        (["A", "B"], ["B"], [("A", "")]),
        (["A", "B"], ["B", "A"], []),
        (["A", "B"], ["Ny", "A", "B"], [("", "Ny")]),
        (["A", "B"], ["C", "D", "E"], [("A", "C"), ("B", "D"), ("", "E")]),
        (["A", "A"], ["A"], [("A", "")]),
        (["A", "B", "C"], ["C", "A2"], [("A", "A2"), ("B", "")]),
        (["A"], ["a"], [("A", "a")]),
    ],
)
def test_what_of_a_round_has_changed(before, after, pairs):
    assert changed_texts(before, after) == pairs


def test_a_reworded_milestone_is_told_with_old_and_new_text(finance):
    item, spring, _ = create_planned()

    change(item, finance, {spring: ["Første, men senere", "Anden"]})

    row = MilestoneChange.objects.get(item=item)
    assert (row.before, row.after, row.reason, row.at, row.user_id) == (
        "Første", "Første, men senere", "Byrådet udskød sagen", NOW, finance.pk,
    )  # fmt: skip
    assert row.follow_up_round == spring and state(item) == "changed"
    assert str(row) == "Første -> Første, men senere"


def test_every_milestone_is_told_by_itself_beside_what_was_kept_before(finance):
    item, spring, autumn = create_planned()

    change(item, finance, {spring: ["Anden"], autumn: ["Første", "Ny"]})

    assert told(item) == [(1, "Første", ""), (2, "", "Første"), (2, "", "Ny")]  # later is another goal
    event = Event.objects.get(subject__endswith=f"punkt {item.key}")
    assert (event.act, event.note) == ("milestones_changed", "Byrådet udskød sagen")
    assert Milestone.history.filter(item_id=item.pk, history_change_reason="Byrådet udskød sagen").exists()


def test_a_changed_plan_stays_a_changed_plan(finance):
    item, spring, _ = create_planned("changed")

    change(item, finance, {spring: ["Første"]})

    assert told(item) == [(1, "Anden", "")] and state(item) == "changed"


def test_milestones_that_merely_change_places_are_no_news(finance):
    item, spring, _ = create_planned()

    assert change(item, finance, {spring: ["Anden", "Første"]})

    assert told(item) == [] and state(item) == "approved"
    assert [row.text for row in item.milestones.all()] == ["Anden", "Første"]


@pytest.mark.parametrize("plan", ["draft", "hearing"])
def test_before_the_approval_nothing_is_told(finance, plan):
    item, spring, _ = create_planned(plan)

    change(item, finance, {spring: ["Noget andet"]})

    assert told(item) == [] and state(item) == plan


def test_before_the_approval_a_draft_takes_no_reason(finance):
    item, spring, _ = create_planned("draft", signed_on=None)

    assert change(item, finance, {spring: []}, reason="")


@pytest.mark.parametrize("signed_on", ["2030-10-01", None])
@pytest.mark.parametrize("texts", [["Første"], ["Første", "Anden", "Ny"], ["Første", "Andet"], []])
def test_an_approved_plan_takes_a_reason(finance, signed_on, texts):
    item, spring, _ = create_planned(signed_on=signed_on)
    before = all_rows()

    with pytest.raises(Refused) as refused:
        change(item, finance, {spring: texts}, reason=" ")

    assert list(refused.value.fields) == ["reason"]
    assert all_rows() == before


def test_a_new_item_of_an_approved_plan_takes_one_too(finance):
    agreement = create_agreement(signed_on=None)
    spring, section = create_round(agreement), create_section(agreement, "1")
    fields = {"section": section, "code": "1.01", "ordinal": None, "title": "Nyt", "life_status": "planned"}
    new = {"agreement": agreement, "by": finance, "fields": fields, "milestones": {spring: ["Helt ny"]}, "now": NOW}

    with pytest.raises(Refused):
        create_item_by_form(**new)
    item = create_item_by_form(**new, reason="Glemt i planen")

    assert told(item) == [(1, "", "Helt ny")] and state(item) == "changed"


def test_a_published_round_still_refuses(finance):
    item, spring, _ = create_planned()
    type(spring).objects.filter(pk=spring.pk).update(state="published")
    spring.refresh_from_db()

    with pytest.raises(TrackerError, match="er offentliggjort"):
        change(item, finance, {spring: ["Lettere"]})

    assert told(item) == []


def test_a_stale_form_tells_nothing(finance, approver):
    item, spring, _ = create_planned()
    change(item, approver, {spring: ["Første", "Anden, senere"]})

    with pytest.raises(TrackerError):
        change(item, finance, {spring: ["Noget tredje"]})

    assert told(item) == [(1, "Anden", "Anden, senere")]


def test_without_the_guard_a_goal_moves_unseen(finance, monkeypatch):
    item, spring, _ = create_planned()
    monkeypatch.setattr(item_parts, "_tell_of", lambda *arguments: None)

    change(item, finance, {spring: ["Langt lettere"]})

    assert told(item) == [] and state(item) == "approved"  # and the item's page shows the easy goal alone


def test_an_item_whose_goal_was_moved_is_not_deleted(finance):
    item, spring, _ = create_planned(signed_on=None, texts=())
    create_milestone_change(item, spring, before="Væk", after="")
    before = all_rows()

    with pytest.raises(Refused, match="milepæle i en godkendt plan"):
        delete_item(item=item, by=finance, version=1)

    assert all_rows() == before


def test_a_draft_whose_plan_was_changed_can_be_replaced_by_a_file(finance):
    item, _, autumn = create_planned(signed_on=None, budget_year=2031)
    create_milestone_change(item, autumn)
    upload = upload_agreement(name="a.toml", content=bytes_of(draft_document()), by=finance)

    new = replace_draft(agreement=item.agreement, file=preview_of(upload).file, digest=upload.digest, by=finance)

    assert new.milestone_plan.state == "draft"
    assert not MilestoneChange.objects.filter(item__agreement__budget_year=2031).exists()
