"""The milestone plan's way through hearing and decisions: who goes first, what is refused, and what is left behind."""

from datetime import UTC, date, datetime

import pytest

from tests.database import all_rows
from tests.factories import create_agreement, create_decision, create_item, create_milestone, create_round
from tracker.actions import plans as plan_actions
from tracker.actions.plans import decide_plan, return_from_hearing, send_to_hearing
from tracker.errors import Refused, WrongState
from tracker.models import Act, Decision, Event, MilestonePlan
from tracker.statuses import DecisionOutcome

NOW = datetime(2031, 1, 23, 23, 30, tzinfo=UTC)  # 24 January in Copenhagen
TODAY = date(2031, 1, 24)
STATES = {"draft", "hearing", "approved", "changed"}


def create_plan(state, **fields) -> MilestonePlan:
    """A plan with one milestone; the agreement was signed on 1 October 2030."""
    agreement = create_agreement(plan=state, **({"signed_on": "2030-10-01"} | fields))
    create_milestone(create_item(agreement), create_round(agreement, state="planned"))
    return agreement.milestone_plan


def stored(plan) -> str:
    return MilestonePlan.objects.get(pk=plan.pk).state


def event_of(plan) -> Event:
    return Event.objects.get(subject=f"aftale {plan.agreement.budget_year}")


def decide(plan, by, **fields) -> Decision:
    defaults = {"body": "Økonomiudvalget", "decided_on": TODAY, "outcome": "approved"}
    return decide_plan(plan=plan, by=by, now=NOW, **(defaults | fields))


# --- To hearing and back ---------------------------------------------------------------------------------------------
def test_a_draft_goes_to_hearing_with_a_trace(finance):
    plan = create_plan("draft")

    sent = send_to_hearing(plan=plan, by=finance, now=NOW)

    event = event_of(plan)
    assert (sent.state, stored(plan)) == ("hearing", "hearing")
    assert (event.act, event.user_id, event.actor, event.at) == (
        Act.PLAN_SENT_TO_HEARING, finance.pk, finance.name, NOW,
    )  # fmt: skip


def test_a_plan_comes_back_with_a_comment(finance):
    plan = create_plan("hearing")

    return_from_hearing(plan=plan, by=finance, comment="Skriv datoer på.", now=NOW)

    event = event_of(plan)
    assert stored(plan) == "draft"
    assert (event.act, event.note, event.user_id) == (Act.PLAN_SENT_BACK, "Skriv datoer på.", finance.pk)


@pytest.mark.parametrize("comment", ["", " \n\t"])
def test_a_plan_does_not_come_back_without_a_comment(finance, comment):
    plan = create_plan("hearing")

    with pytest.raises(Refused) as refused:
        return_from_hearing(plan=plan, by=finance, comment=comment)

    assert list(refused.value.fields) == ["comment"]
    assert stored(plan) == "hearing"


def test_a_plan_without_milestones_is_not_heard(finance):
    plan = create_agreement(plan="draft").milestone_plan
    before = all_rows()

    with pytest.raises(Refused, match="Planen har ingen milepæle endnu"):
        send_to_hearing(plan=plan, by=finance)

    assert all_rows() == before


def test_the_agreement_is_signed_first(finance):
    plan = create_plan("draft", signed_on=None)

    with pytest.raises(Refused, match="Aftalen er ikke indgået endnu"):
        send_to_hearing(plan=plan, by=finance)

    assert stored(plan) == "draft"


# --- Decisions -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("outcome", DecisionOutcome.values)
def test_a_decision_is_kept_and_moves_the_plan_as_it_says(approver, outcome):
    plan = create_plan("hearing")

    decide(plan, approver, outcome=outcome, case_number="00.30.00-S00-9-16", remark="Uden bemærkninger.")

    found = Decision.objects.values_list(
        "plan", "body", "decided_on", "case_number", "outcome", "remark", "recorded_at", "recorded_by"
    ).get(plan=plan)
    assert found == (
        plan.pk, "Økonomiudvalget", TODAY, "00.30.00-S00-9-16", outcome, "Uden bemærkninger.", NOW, approver.pk,
    )  # fmt: skip
    assert stored(plan) == {"approved": "approved", "sent_back": "draft"}.get(outcome, "hearing")
    event = event_of(plan)
    assert event.act == Act.PLAN_DECIDED
    assert event.note == f"Økonomiudvalget 24.01.2031: {DecisionOutcome(outcome).label}. Uden bemærkninger."


def test_several_committees_are_heard_before_it_is_approved(approver):
    plan = create_plan("hearing")

    for body in ("Børne- og Skoleudvalget", "Kultur- og Fritidsudvalget"):
        decide(plan, approver, body=body, outcome="discussed")
    decide(plan, approver, body="Aftaleparterne")

    assert [each.outcome for each in plan.decisions.all()] == ["discussed", "discussed", "approved"]
    assert stored(plan) == "approved"


@pytest.mark.parametrize(
    ("day", "words"),
    [(date(2031, 1, 25), "ligger i fremtiden"), (date(2030, 9, 30), "før aftalen blev indgået 01.10.2030")],
)
def test_a_day_that_cannot_be_is_refused(approver, day, words):
    plan = create_plan("hearing")

    with pytest.raises(Refused, match=words) as refused:
        decide(plan, approver, decided_on=day)

    assert list(refused.value.fields) == ["decided_on"]
    assert stored(plan) == "hearing" and not plan.decisions.exists()


@pytest.mark.parametrize("day", [date(2030, 10, 1), TODAY])
def test_the_days_at_either_end_are_fine(approver, day):
    assert decide(create_plan("hearing"), approver, decided_on=day, outcome="noted").decided_on == day


def test_one_body_decides_once_a_day(approver):
    plan = create_plan("hearing")
    decide(plan, approver, outcome="noted")

    with pytest.raises(Refused, match="allerede noteret en beslutning fra Økonomiudvalget den 24.01.2031: taget til"):
        decide(plan, approver, body="økonomiudvalget")

    assert plan.decisions.count() == 1 and stored(plan) == "hearing"


def test_a_plan_that_has_lost_its_milestones_is_not_approved(approver):
    plan = create_agreement(plan="hearing").milestone_plan

    with pytest.raises(Refused) as refused:
        decide(plan, approver)

    assert list(refused.value.fields) == ["outcome"]
    assert stored(plan) == "hearing"


def test_a_plan_that_was_sent_back_is_heard_again(finance, approver):
    plan = create_plan("hearing")
    decide(plan, approver, outcome="sent_back", decided_on=date(2031, 1, 20))

    send_to_hearing(plan=plan, by=finance)
    decide(plan, approver)

    assert [each.outcome for each in plan.decisions.all()] == ["sent_back", "approved"]
    assert stored(plan) == "approved"


# --- The wrong state, and two at once --------------------------------------------------------------------------------
ACTS = {
    "hearing": ("draft", lambda plan, by: send_to_hearing(plan=plan, by=by)),
    "return": ("hearing", lambda plan, by: return_from_hearing(plan=plan, by=by, comment="Igen.")),
    "decide": ("hearing", decide),
}
WRONG = [(name, state) for name, (start, _) in ACTS.items() for state in sorted(STATES - {start})]


@pytest.mark.parametrize(("name", "state"), WRONG)
def test_an_act_starts_from_its_own_state_only(approver, name, state):
    plan = create_plan(state)
    before = all_rows()

    with pytest.raises(WrongState):
        ACTS[name][1](plan, approver)

    assert all_rows() == before


@pytest.mark.parametrize("name", ACTS)
def test_a_page_that_was_opened_before_somebody_else_acted_is_refused(approver, name):
    start, act = ACTS[name]
    plan = create_plan(start)
    old = MilestonePlan.objects.select_related("agreement").get(pk=plan.pk)
    act(plan, approver)

    with pytest.raises(WrongState):
        act(old, approver)

    assert Event.objects.filter(subject=f"aftale {plan.agreement.budget_year}").count() == 1


def test_without_the_guard_an_approved_plan_falls_back_to_a_draft(finance, approver, monkeypatch):
    plan = create_plan("hearing")
    old = MilestonePlan.objects.select_related("agreement").get(pk=plan.pk)
    decide(plan, approver)
    monkeypatch.setattr(
        plan_actions,
        "_move",
        lambda plan, start, end, refusal: MilestonePlan.objects.filter(pk=plan.pk).update(state=end),
    )

    return_from_hearing(plan=old, by=finance, comment="For sent.")

    assert stored(plan) == "draft"  # what was approved is no plan any more


def test_a_decision_says_itself_in_words(db):
    decision = create_decision(create_agreement(signed_on="2030-10-01"), outcome="postponed")

    assert str(decision) == "Økonomiudvalget 02.10.2030: udsat"
