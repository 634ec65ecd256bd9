"""Making, changing and deleting an item by form: with a reason, a version, and a trace."""

from datetime import UTC, datetime

import pytest

from budget.models import Item
from tests.factories import (
    create_agreement,
    create_amount_line,
    create_assessment,
    create_centre,
    create_committee,
    create_item,
    create_milestone,
    create_note,
    create_round,
    create_section,
)
from tracker.actions import items as item_actions
from tracker.actions.items import change_item, delete_item
from tracker.actions.items import create_item as create_item_by_form
from tracker.errors import AgreementSigned, Refused, RowChanged, RowDeleted
from tracker.models import Act, Event

NOW = datetime(2031, 5, 1, 12, tzinfo=UTC)


@pytest.fixture
def item(db):
    return some_item()


@pytest.fixture
def draft_item(db):
    return some_item(create_agreement(signed_on=None, plan="draft"))


def some_item(agreement=None):
    return create_item(
        agreement,
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
    change(item, finance, note="Ny note")

    new, old = item.history.order_by("-history_id")[:2]
    changes = {change.field: (change.old, change.new) for change in new.diff_against(old).changes}

    assert changes == {"note": ("Gammel note", "Ny note")}


def test_a_changed_text_is_found_by_search(item, finance):
    change(item, finance, note="Ærlige ord")

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

    with pytest.raises(RowChanged) as conflict:
        change(item, approver, version=1, note="Min note")

    assert (conflict.value.current.note, conflict.value.current.version) == ("Ny note", 2)
    assert rows_of(item) == before
    assert events(item).count() == 1


def test_who_answers_is_changed_in_the_order_given(draft_item, finance):
    change(
        draft_item, finance, committees=[], bodies=["Direktionen"], contributors=[create_centre("Ejendomme")],
        contributor_words=["De øvrige centre"],
    )  # fmt: skip

    named = [(row.role, row.position, str(row)) for row in draft_item.responsibilities.order_by("role", "position")]
    assert named == [
        ("body", 1, "Direktionen"), ("contributor", 1, "Ejendomme"), ("contributor", 2, "De øvrige centre"),
    ]  # fmt: skip
    assert events(draft_item).get().act == Act.ITEM_CHANGED


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


# --- What was agreed -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "agreed",
    [
        {"title": "Et andet punkt"},
        {"text": "Andre ord"},
        {"economy_text": "Flere penge"},
        {"kind": "anlaeg"},
        {"code": "2.03"},
        {"ordinal": 1},
        {"committees": []},
        {"bodies": ["direktionen"]},
    ],
    ids=lambda agreed: next(iter(agreed)),
)
def test_what_was_agreed_of_a_signed_item_stays(item, finance, agreed):
    before = rows_of(item)

    with pytest.raises(AgreementSigned):
        change(item, finance, note="Ny note", **agreed)

    assert rows_of(item) == before
    assert not events(item).exists()


def test_what_was_agreed_may_come_along_unchanged(item, finance):
    changed = change(item, finance, note="Ny note", title="Toiletter", text="", kind="drift", section=item.section)

    assert changed


def test_committees_and_bodies_that_are_not_given_stay(item, finance):
    item.responsibilities.create(role="body", words="direktionen", position=1)

    change(item, finance, contributors=[], committees=None, bodies=None)

    assert [str(row) for row in item.responsibilities.order_by("role")] == ["direktionen", "Økonomiudvalget"]


def test_a_signed_item_takes_a_reason(item, finance):
    with pytest.raises(Refused) as refused:
        change(item, finance, reason=" ", note="Ny note")

    assert list(refused.value.fields) == ["reason"]
    assert Item.objects.get(pk=item.pk).version == 1


def test_all_of_a_drafts_item_changes_without_a_reason(draft_item, finance):
    other = create_section(draft_item.agreement, "3")

    change(
        draft_item, finance, reason="", section=other, code="3.01", ordinal=2, title="Haver", kind="anlaeg", text="Ord",
        economy_text="Penge", committees=[], bodies=["direktionen"],
    )  # fmt: skip

    stored = Item.objects.get(pk=draft_item.pk)
    assert (stored.key, stored.title, stored.section, stored.version) == ("3.01-2", "Haver", other, 2)
    assert stored.sort_key > draft_item.sort_key and stored in Item.objects.matching("3.01-2 haver")
    assert Event.objects.get(subject=f"aftale {stored.agreement.budget_year}, punkt 3.01-2").note == (
        "nummer fra 2.02.1 til 3.01-2"
    )


def test_without_the_guard_the_other_change_is_lost(item, finance, approver, monkeypatch):
    change(item, finance, note="Den andens note")
    monkeypatch.setattr(item_actions, "claim_version", lambda row, version: None)

    change(item, approver, version=1, note="Min note")

    assert Item.objects.get(pk=item.pk).note == "Min note"  # nobody was told that the other one is gone


# --- Numbers ---------------------------------------------------------------------------------------------------------
def test_a_number_is_used_once(draft_item, finance):
    with pytest.raises(Refused) as refused:
        make(draft_item.agreement, finance, code="2.02.1")

    assert refused.value.fields == {
        "code": "Nummer 2.02.1 er allerede brugt af punktet 2.02.1 Toiletter; skal nummeret rumme flere punkter, så "
        "giv dem løbenumre."
    }


@pytest.mark.parametrize(
    ("taken", "wanted", "field"), [(None, 1, "code"), (1, None, "code"), (1, 1, "ordinal"), (1, 2, ""), (2, 1, "")]
)
def test_items_that_share_a_number_each_have_an_ordinal(finance, taken, wanted, field):
    agreement = create_agreement(signed_on=None)
    create_item(agreement, "1.3", ordinal=taken)

    if field:
        with pytest.raises(Refused) as refused:
            make(agreement, finance, code="1.3", ordinal=wanted)
        assert list(refused.value.fields) == [field]
    else:
        assert make(agreement, finance, code="1.3", ordinal=wanted).key == f"1.3-{wanted}"


def test_a_number_of_another_agreement_is_free(draft_item, finance):
    assert make(create_agreement(signed_on=None), finance, code="2.02.1").key == "2.02.1"


def test_an_item_that_others_point_at_keeps_its_number(draft_item, finance):
    other = create_item(draft_item.agreement, "3.01")
    other.links.create(
        kind="continues", target=draft_item, target_year=draft_item.agreement.budget_year, target_code="2.02.1"
    )

    with pytest.raises(Refused, match="3.01 i Aftale om budget .* henviser til punktet"):
        change(draft_item, finance, code="2.09")

    assert change(draft_item, finance, title="Nyt navn")


def test_an_item_does_not_take_the_number_that_it_points_at(draft_item, finance):
    draft_item.links.create(kind="continues", target_year=draft_item.agreement.budget_year, target_code="2.09")

    with pytest.raises(Refused, match="Punktet har selv en henvisning til 2.09"):
        change(draft_item, finance, code="2.09")


# --- Making and deleting ---------------------------------------------------------------------------------------------
def make(agreement, by, **fields):
    chapter = agreement.sections.filter(code="1").first() or create_section(agreement, "1")
    people = {name: fields.pop(name) for name in list(fields) if name in {"committees", "bodies", "contributors"}}
    defaults = {"section": chapter, "code": "1.01", "ordinal": None, "title": "Nyt", "life_status": "planned"}
    return create_item_by_form(agreement=agreement, by=by, fields=defaults | fields, now=NOW, **people)


def test_an_item_is_made_with_its_people_and_a_trace(finance):
    agreement = create_agreement(signed_on=None)
    committee, centre = create_committee(), create_centre("Arbejdsmarked")

    item = make(agreement, finance, committees=[committee], bodies=["direktionen"], contributors=[centre])

    assert [str(row) for row in item.responsibilities.order_by("pk")] == [
        "Økonomiudvalget", "direktionen", "Arbejdsmarked",
    ]  # fmt: skip
    assert item.history.get().history_user_id == finance.pk
    event = events(item).get()
    assert (event.act, event.note, event.at) == (Act.ITEM_CREATED, "Nyt", NOW)


def test_links_that_waited_for_an_item_lead_to_it(draft_item, finance):
    year = draft_item.agreement.budget_year
    waiting = draft_item.links.create(kind="depends_on", target_year=year, target_code="1.01")
    elsewhere = draft_item.links.create(kind="depends_on", target_year=year - 1, target_code="1.01")

    item = make(draft_item.agreement, finance)

    waiting.refresh_from_db()
    elsewhere.refresh_from_db()
    assert (waiting.target, elsewhere.target) == (item, None)


def test_a_section_of_another_agreement_is_refused(draft_item, finance):
    with pytest.raises(Refused) as refused:
        make(draft_item.agreement, finance, section=create_section(create_agreement(signed_on=None), "1"))

    assert list(refused.value.fields) == ["section"]


def test_nothing_is_made_in_a_signed_agreement(finance):
    agreement = create_agreement()

    with pytest.raises(AgreementSigned):
        make(agreement, finance)

    assert not agreement.items.exists()


def test_an_item_is_deleted_with_who_did_it(draft_item, finance):
    planned = create_round(draft_item.agreement, state="planned")
    create_milestone(draft_item, planned)
    draft_item.stated_amounts.create(position=1, kroner=1, basis="total", standing="new")
    gone = draft_item.pk

    delete_item(item=draft_item, by=finance, version=1, now=NOW)

    assert not Item.objects.filter(pk=gone).exists()
    past = Item.history.filter(id=gone).latest()
    assert (past.history_type, past.history_user_id) == ("-", finance.pk)
    event = Event.objects.get(act=Act.ITEM_DELETED)
    assert (event.subject, event.note) == (f"aftale {draft_item.agreement.budget_year}, punkt 2.02.1", "Toiletter")


def assess(item):
    create_assessment(item, create_round(item.agreement))


def annotate(item):
    create_note(item, create_round(item.agreement, state="planned"))


def plan_for_an_open_round(item):
    create_milestone(item, create_round(item.agreement, state="open"))


def give_a_line(item):
    create_amount_line(item.agreement, items=[item], label="Rengøring")


def point_at(item):
    create_item(item.agreement, "3.01").links.create(
        kind="continues", target=item, target_year=item.agreement.budget_year, target_code=item.key
    )


@pytest.mark.parametrize(
    ("hold", "words"),
    [
        (assess, "Punktet er vurderet i en runde."),
        (annotate, "Økonomi og Styring har skrevet en bemærkning"),
        (plan_for_an_open_round, "Punktet har milepæle i 1. budgetopfølgning"),
        (give_a_line, "Beløbslinjen »Rengøring« hører til punktet."),
        (point_at, "3.01 i Aftale om budget"),
    ],
)
def test_an_item_that_is_used_is_not_deleted(draft_item, finance, hold, words):
    hold(draft_item)
    before = rows_of(draft_item)

    with pytest.raises(Refused, match=words):
        delete_item(item=draft_item, by=finance, version=1)

    assert rows_of(draft_item) == before


def test_an_item_that_somebody_has_just_changed_is_not_deleted(draft_item, finance, approver):
    change(draft_item, approver, title="Vigtige ord")

    with pytest.raises(RowChanged):
        delete_item(item=draft_item, by=finance, version=1)

    assert Item.objects.filter(pk=draft_item.pk).exists()


def test_a_signed_item_is_not_deleted(item, finance):
    with pytest.raises(AgreementSigned):
        delete_item(item=item, by=finance, version=1)


def test_an_item_that_is_gone_is_told(draft_item, finance):
    delete_item(item=draft_item, by=finance, version=1)

    with pytest.raises(RowDeleted):
        change(draft_item, finance, title="Andre ord")
