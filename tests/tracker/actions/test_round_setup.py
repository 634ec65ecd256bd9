"""Setting up rounds from the template, and mending one: a date that moves keeps what it was."""

from datetime import UTC, date, datetime

import pytest

from budget.models import Agreement
from tests.conftest import ORGANISATION_FILE
from tests.database import all_rows, clear_tables
from tests.factories import create_agreement, create_round
from tracker.actions.agreement_files import dump_agreement, load_agreement, load_organisation
from tracker.actions.round_setup import PlannedRound, change_round, create_rounds, template_of
from tracker.actions.rounds import close_round, open_round
from tracker.errors import CprFound, Refused, RoundStateError, RowChanged, RowDeleted
from tracker.models import Act, Event, FollowUpRound, MovedDate

NOW = datetime(2031, 2, 1, 8, 30, tzinfo=UTC)
JUNE, JULY = date(2031, 6, 12), date(2031, 7, 1)


def event_of(subject, act):
    return Event.objects.get(subject=subject, act=act)


def stored(follow_up_round):
    return FollowUpRound.objects.filter(pk=follow_up_round.pk).values().get()


# --- The template ----------------------------------------------------------------------------------------------------
def test_the_template_has_the_years_four_rounds(db):
    agreement = create_agreement(2031)

    assert template_of(agreement) == [
        PlannedRound(1, "1. budgetopfølgning 2031", date(2031, 3, 31)),
        PlannedRound(2, "2. budgetopfølgning 2031", date(2031, 6, 30)),
        PlannedRound(3, "3. budgetopfølgning 2031", date(2031, 9, 30)),
        PlannedRound(4, "31.12.2031", date(2031, 12, 31)),
    ]


def test_its_labels_are_those_of_the_real_agreement(loaded_2018):
    new = create_agreement()
    new.budget_year = 2018

    assert [each.label for each in template_of(new)] == [each.label for each in loaded_2018.rounds.all()]


def test_only_what_is_missing_is_proposed(db):
    agreement = create_agreement()
    for number in (1, 4):
        create_round(agreement, number)

    assert [each.number for each in template_of(agreement)] == [2, 3]


def test_when_all_four_are_there_one_more_is_begun_without_a_name(db):
    agreement = create_agreement()
    for _ in range(4):
        create_round(agreement)

    assert template_of(agreement) == [PlannedRound(5, "")]


# --- Creating --------------------------------------------------------------------------------------------------------
def test_all_rounds_are_created_at_once(db, finance):
    agreement = create_agreement()
    spring = PlannedRound(1, "Forår", date(2031, 3, 31), date(2031, 4, 1), JUNE, None, JULY)
    rounds = [spring, PlannedRound(2, "Efterår")]

    first, second = create_rounds(agreement=agreement, by=finance, rounds=rounds, instructions="Kort.", now=NOW)

    assert (first.state, first.label, first.as_of, first.opens_on) == (
        "planned",
        "Forår",
        date(2031, 3, 31),
        date(2031, 4, 1),
    )
    assert (first.deadline, first.committees_on, first.council_on) == (JUNE, None, JULY)
    assert (second.number, second.as_of, second.deadline) == (2, None, None)
    assert [each.instructions for each in (first, second)] == ["Kort.", "Kort."]
    event = event_of(f"aftale {agreement.budget_year}", Act.ROUNDS_CREATED)
    assert (event.actor, event.at, event.note) == (finance.name, NOW, "runde 1: Forår; runde 2: Efterår")


def test_a_draft_may_have_rounds_too(db, finance):
    draft = create_agreement(signed_on=None, plan="draft")

    create_rounds(agreement=draft, by=finance, rounds=template_of(draft))

    assert draft.rounds.count() == 4


@pytest.mark.parametrize(
    ("rounds", "words"),
    [
        ([PlannedRound(2, "Anden"), PlannedRound(1, "Igen")], "Runde 1 findes allerede"),
        ([PlannedRound(2, "Anden"), PlannedRound(2, "Igen")], "Runde 2 står flere gange"),
        ([PlannedRound(2, "Anden"), PlannedRound(3, " ")], "Skriv, hvad runde 3 hedder"),
        ([PlannedRound(2, "Anden"), PlannedRound(3, "X", None, JULY, JUNE)], "ligger før åbningen"),
        ([], "Skriv mindst én runde"),
    ],
)
def test_all_of_them_or_none(db, finance, rounds, words):
    agreement = create_agreement()
    create_round(agreement, 1)
    before = all_rows()

    with pytest.raises(Refused, match=words):
        create_rounds(agreement=agreement, by=finance, rounds=rounds)

    assert all_rows() == before


def test_the_same_again_is_refused(db, finance):
    agreement = create_agreement()
    rounds = template_of(agreement)
    create_rounds(agreement=agreement, by=finance, rounds=rounds)

    with pytest.raises(Refused, match="Runde 1, 2, 3 og 4 findes allerede"):
        create_rounds(agreement=agreement, by=finance, rounds=rounds)

    assert agreement.rounds.count() == 4


def test_an_agreement_of_exceptions_has_no_rounds(db, finance):
    agreement = create_agreement(mode="exceptions")

    with pytest.raises(Refused, match="har derfor ingen runder"):
        create_rounds(agreement=agreement, by=finance, rounds=[PlannedRound(1, "Forår")])

    assert not agreement.rounds.exists()


# --- Mending ---------------------------------------------------------------------------------------------------------
def change(follow_up_round, by, *, version=1, reason="", **fields):
    return change_round(follow_up_round=follow_up_round, by=by, version=version, fields=fields, reason=reason, now=NOW)


def test_name_and_instructions_change_without_a_reason(db, finance):
    spring = create_round(state="planned", label="Forår")

    assert change(spring, finance, label="Sommer", instructions="Kort.")

    assert (stored(spring)["label"], stored(spring)["instructions"], stored(spring)["version"]) == (
        "Sommer",
        "Kort.",
        2,
    )
    event = event_of(spring.subject, Act.ROUND_CHANGED)
    assert event.note == "navn fra »Forår« til »Sommer«; vejledning til centrene"


@pytest.mark.parametrize("state", ["planned", "open", "closed"])
def test_a_date_that_moves_keeps_what_it_was_and_why(db, approver, state):
    spring = create_round(state=state, deadline=JUNE)

    change(spring, approver, deadline=JULY, reason=" Ferie ")

    assert stored(spring)["deadline"] == JULY
    moved = spring.moved_dates.get()
    assert (moved.field, moved.before, moved.after, moved.reason) == ("deadline", JUNE, JULY, "Ferie")
    assert (moved.at, moved.user_id, moved.actor) == (NOW, approver.pk, approver.name)
    note = event_of(spring.subject, Act.ROUND_CHANGED).note
    assert note == "frist for indberetning fra 12.06.2031 til 01.07.2031; Ferie"


@pytest.mark.parametrize("reason", ["", " \n"])
@pytest.mark.parametrize("after", [JULY, None])
def test_a_date_that_was_set_does_not_move_without_a_reason(db, approver, after, reason):
    spring = create_round(deadline=JUNE, council_on=JULY)
    before = all_rows()

    with pytest.raises(Refused) as refusal:
        change(spring, approver, deadline=after, council_on=None, label="Nyt navn", reason=reason)

    assert refusal.value.fields == {
        "reason": "Skriv, hvorfor datoerne er flyttet: frist for indberetning, behandles i Kommunalbestyrelsen."
    }
    assert all_rows() == before


def test_a_date_that_becomes_known_takes_no_reason_but_is_an_event(db, finance):
    spring = create_round(state="planned")

    change(spring, finance, council_on=JULY)

    assert not MovedDate.objects.filter(follow_up_round=spring).exists()
    assert (
        "behandles i Kommunalbestyrelsen fra ikke angivet til 01.07.2031"
        in event_of(spring.subject, Act.ROUND_CHANGED).note
    )


def test_a_date_that_is_no_longer_known_keeps_what_it_was(db, approver):
    spring = create_round(council_on=JULY)

    change(spring, approver, council_on=None, reason="Mødet er aflyst")

    moved = spring.moved_dates.get()
    assert (moved.before, moved.after) == (JULY, None)


def test_moves_stand_in_their_order(db, approver):
    spring = create_round(deadline=JUNE)

    change(spring, approver, deadline=JULY, reason="Ferie")
    change(spring, approver, version=2, deadline=JUNE, reason="Alligevel ikke")

    assert [(each.before, each.after) for each in spring.moved_dates.all()] == [(JUNE, JULY), (JULY, JUNE)]


def test_nothing_changed_is_nothing_saved(db, finance):
    spring = create_round(state="planned", deadline=JUNE)
    before = all_rows()

    assert not change(spring, finance, label=spring.label, deadline=JUNE, reason="Ingen")

    assert all_rows() == before


def test_a_deadline_before_the_opening_is_refused(db, finance):
    spring = create_round(state="planned", opens_on=JULY)

    with pytest.raises(Refused, match="ligger før åbningen"):
        change(spring, finance, deadline=JUNE)

    assert stored(spring)["deadline"] is None


def test_a_published_round_stays_as_it_is(db, approver):
    spring = create_round(state="published", deadline=JUNE)
    before = stored(spring)

    with pytest.raises(RoundStateError, match="er offentliggjort"):
        change(spring, approver, label="Nyt", deadline=JULY, reason="Ferie")

    assert stored(spring) == before


def test_the_second_of_two_is_told_and_nothing_of_theirs_is_saved(db, approver, finance):
    spring = create_round(state="planned", deadline=JUNE)
    change(spring, finance, deadline=JULY, reason="Ferie")

    with pytest.raises(RowChanged) as stale:
        change(FollowUpRound.objects.get(pk=spring.pk), approver, version=1, deadline=JUNE, reason="Anden grund")

    assert stale.value.current.deadline == JULY
    assert spring.moved_dates.count() == 1


def test_without_the_guard_the_second_would_win_unseen(db, approver, finance, monkeypatch):
    spring = create_round(state="planned", label="Forår")
    change(spring, finance, label="Sommer")
    monkeypatch.setattr("tracker.actions.round_setup.claim_version", lambda row, version: None)

    change(FollowUpRound.objects.get(pk=spring.pk), approver, version=1, label="Efterår")

    assert stored(spring)["label"] == "Efterår"


@pytest.mark.parametrize("act", [open_round, close_round])
def test_who_mends_while_somebody_opens_or_closes_is_told(db, approver, act):
    spring = create_round(state="planned" if act is open_round else "open")
    act(follow_up_round=FollowUpRound.objects.get(pk=spring.pk), by=approver)

    with pytest.raises(RowChanged):
        change(spring, approver, version=1, label="Nyt navn")


def test_a_round_that_is_gone_is_said_to_be(db, approver):
    spring = create_round(state="planned")
    FollowUpRound.objects.filter(pk=spring.pk).delete()

    with pytest.raises(RowDeleted):
        change(spring, approver, label="Nyt navn")


# --- The agreement file ----------------------------------------------------------------------------------------------
def test_instructions_and_moved_dates_leave_as_a_file_and_come_back(loaded_2018, approver, tmp_path):
    autumn = loaded_2018.rounds.get(number=3)
    change(autumn, approver, instructions="Kort.\nHøjst fem linjer.", deadline=JUNE)
    change(autumn, approver, version=2, deadline=JULY, reason="Ferie")
    change(autumn, approver, version=3, deadline=None, reason="Ikke kendt endnu")
    dump = dump_agreement(agreement=loaded_2018)
    file = tmp_path / "dump.toml"
    file.write_text(dump, encoding="utf-8")

    assert not load_agreement(path=file, by="tests").is_new
    clear_tables()
    load_organisation(path=ORGANISATION_FILE, by="tests")
    load_agreement(path=file, by="tests")

    again = Agreement.objects.get(budget_year=2018)
    found = again.rounds.get(number=3)
    assert found.instructions == "Kort.\nHøjst fem linjer."
    assert [(each.before, each.after, each.reason, each.at) for each in found.moved_dates.all()] == [
        (JUNE, JULY, "Ferie", NOW),
        (JULY, None, "Ikke kendt endnu", NOW),
    ]
    assert dump_agreement(agreement=again) == dump


# --- What looks like a CPR number ------------------------------------------------------------------------------------
NUMBER = "0101850008"


def test_no_cpr_number_is_kept_with_a_round(db, approver):
    spring = create_round(state="planned", deadline=JUNE)
    before = all_rows()

    for fields in ({"label": NUMBER}, {"instructions": f"Ring til {NUMBER}"}, {"deadline": JULY, "reason": NUMBER}):
        with pytest.raises(CprFound):
            change(spring, approver, **fields)
    with pytest.raises(CprFound):
        open_round(follow_up_round=spring, by=approver, deadline=JULY, reason=NUMBER)
    with pytest.raises(CprFound):
        create_rounds(agreement=spring.agreement, by=approver, rounds=[PlannedRound(2, NUMBER)])

    assert all_rows() == before


def test_a_number_that_is_none_is_vouched_for_once(db, approver):
    spring = create_round(state="planned")

    change_round(
        follow_up_round=spring, by=approver, version=1, fields={"instructions": NUMBER}, cpr_reason="Et kontonummer"
    )
    change(spring, approver, version=2, label="Nyt navn", instructions=NUMBER)

    assert stored(spring)["instructions"] == NUMBER
    assert event_of(spring.subject, Act.NUMBER_ALLOWED).note == "Vejledning til centrene: Et kontonummer"
