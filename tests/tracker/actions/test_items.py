"""Changing an item by form: with a reason, a version, and a trace."""

from datetime import UTC, datetime

import pytest

from budget.models import Item
from tests.factories import create_centre, create_committee, create_item, create_milestone, create_round
from tracker.actions.items import change_item
from tracker.errors import TrackerError
from tracker.models import Act, Event

NOW = datetime(2031, 5, 1, 12, tzinfo=UTC)


@pytest.fixture
def item(db):
    return create_item(
        title="Toiletter",
        note="Gammel note",
        committees=[create_committee()],
        contributors=[create_centre("Arbejdsmarked")],
    )


def change(item, by, *, version=1, reason="Rettet efter mødet", milestones=None, **fields):
    people = {
        "committees": [create_committee()],
        "bodies": [],
        "contributors": [create_centre("Arbejdsmarked")],
        "contributor_words": [],
    }
    people |= {name: fields.pop(name) for name in list(fields) if name in people}
    return change_item(
        item=item, by=by, version=version, fields=fields, milestones=milestones or {}, reason=reason, now=NOW, **people
    )


def events(item):
    return Event.objects.filter(subject=f"aftale {item.agreement.budget_year}, punkt {item.key}").order_by("pk")


def rows_of(item):
    return (
        Item.objects.filter(pk=item.pk).values().get(),
        list(item.responsibilities.order_by("pk").values()),
        list(item.milestones.order_by("pk").values()),
        item.history.count(),
    )


def test_a_text_is_changed_with_who_and_why(item, finance):
    changed = change(item, finance, note="Ny note")

    stored = Item.objects.get(pk=item.pk)
    past = stored.history.latest()
    event = events(item).get()
    assert changed
    assert (stored.note, stored.version) == ("Ny note", 2)
    assert (past.note, past.history_user_id) == ("Ny note", finance.pk)
    assert past.history_change_reason == "Rettet efter mødet"
    assert (event.act, event.actor, event.note, event.at) == (
        Act.ITEM_CHANGED, finance.name, "Rettet efter mødet", NOW,
    )  # fmt: skip


def test_history_tells_from_and_to(item, finance):
    change(item, finance, title="Toiletter og bad")

    new, old = item.history.order_by("-history_id")[:2]
    changes = {change.field: (change.old, change.new) for change in new.diff_against(old).changes}

    assert changes == {"title": ("Toiletter", "Toiletter og bad")}


def test_a_changed_text_is_found_by_search(item, finance):
    change(item, finance, text="Ærlige ord")

    assert item in Item.objects.matching("ærlige")


def test_nothing_changed_leaves_no_trace(item, finance):
    before = rows_of(item)

    changed = change(item, finance, note="Gammel note", title="Toiletter")

    assert not changed
    assert rows_of(item) == before
    assert not events(item).exists()


def test_a_stale_form_is_refused(item, finance, approver):
    change(item, finance, note="Ny note")
    before = rows_of(item)

    with pytest.raises(TrackerError, match="En anden har rettet punktet"):
        change(item, approver, version=1, note="Min note")

    assert rows_of(item) == before
    assert events(item).count() == 1


def test_who_answers_is_changed_in_the_order_given(item, finance):
    change(
        item, finance, committees=[], bodies=["Direktionen"], contributors=[create_centre("Ejendomme")],
        contributor_words=["De øvrige centre"],
    )  # fmt: skip

    named = [(row.role, row.position, str(row)) for row in item.responsibilities.order_by("role", "position")]
    assert named == [
        ("body", 1, "Direktionen"), ("contributor", 1, "Ejendomme"), ("contributor", 2, "De øvrige centre"),
    ]  # fmt: skip
    assert events(item).get().act == Act.ITEM_CHANGED


def test_contributors_in_another_order_are_a_change(item, finance):
    both = [create_centre("Arbejdsmarked"), create_centre("Ejendomme")]
    change(item, finance, contributors=both)

    changed = change(item, finance, version=2, contributors=both[::-1])

    assert changed
    contributors = item.responsibilities.filter(role="contributor").order_by("position")
    assert [row.centre for row in contributors] == both[::-1]


def test_milestones_are_reworded_added_and_removed(item, finance):
    spring, autumn = create_round(item.agreement), create_round(item.agreement)
    kept = create_milestone(item, spring, "Første")
    create_milestone(item, autumn, "Fjernes")

    change(item, finance, milestones={spring: ["Første, rettet", "Anden"], autumn: []})

    texts = [(row.follow_up_round.number, row.position, row.text) for row in item.milestones.all()]
    assert texts == [(1, 1, "Første, rettet"), (1, 2, "Anden")]
    assert [past.text for past in kept.history.order_by("history_id")] == ["Første", "Første, rettet"]
    assert events(item).get().act == Act.MILESTONES_CHANGED


def test_rounds_that_are_not_named_keep_their_milestones(item, finance):
    spring, autumn = create_round(item.agreement), create_round(item.agreement)
    create_milestone(item, autumn, "Bliver")

    change(item, finance, milestones={spring: ["Ny"]})

    assert item.milestones.filter(follow_up_round=autumn).count() == 1


def test_texts_and_milestones_are_two_events(item, finance):
    spring = create_round(item.agreement)

    change(item, finance, note="Ny", milestones={spring: ["Ny"]})

    assert [event.act for event in events(item)] == [Act.ITEM_CHANGED, Act.MILESTONES_CHANGED]
    assert Item.objects.get(pk=item.pk).version == 2
