"""Entering, submitting, taking back and taking over: every rule, at the door that pages and commands use."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction

from budget.models import Item
from tests.factories import create_assessment, create_centre, create_item, create_round, create_user
from tracker.actions import assessments
from tracker.actions.assessments import (
    Answers,
    missing_answers,
    save_draft,
    submit_assessment,
    take_back_assessment,
    take_over_draft,
)
from tracker.actions.rounds import close_round
from tracker.errors import MissingAnswer, NotTakenOver, RoundNotOpen, StaleVersion, WrongState
from tracker.models import Act, Assessment, Event, FollowUpRound
from tracker.statuses import Economy, Effort, Role

NOW = datetime(2031, 5, 1, 12, tzinfo=UTC)
HAPPY = Answers("happy", "kept", "Alt er nået.")
LATE = Answers("neutral", "kept", "Forsinket til juni.")


@pytest.fixture
def item(db):
    return create_item(code="2.02.1", centre=create_centre("Ejendomme"))


@pytest.fixture
def spring(item):
    return create_round(item.agreement)


@pytest.fixture
def entry(item, spring):
    return {"item": item, "follow_up_round": spring}


@pytest.fixture
def colleague(db):
    return create_user(Role.EDITOR, name="En kollega", centres=[create_centre("Ejendomme")])


def stored(entry):
    return Assessment.objects.get(**entry)


def row(entry):
    return Assessment.objects.filter(**entry).values().get()


def acts(item):
    subject = f"aftale {item.agreement.budget_year}, runde 1, punkt {item.key}"
    return list(Event.objects.filter(subject=subject).order_by("pk").values_list("act", flat=True))


def in_state(entry, stage, editor, finance):
    """The entry as it is in each stage that a person can meet."""
    by = {"saved_by": editor, "comment": "Fra centeret"}
    if stage == "centre draft":
        create_assessment(**entry, state="draft", by=editor, **by)
    elif stage == "finance draft":
        create_assessment(**entry, state="draft", by=finance, is_entered_by_finance=True)
    elif stage == "submitted":
        create_assessment(**entry, state="submitted", by=editor)
    elif stage == "submitted by finance":
        create_assessment(**entry, state="submitted", by=finance, is_entered_by_finance=True)
    elif stage == "approved":
        create_assessment(**entry, state="approved", by=editor)


# --- Saving a draft ------------------------------------------------------------------------------------------------


def test_the_first_save_makes_a_draft(entry, editor):
    saved = save_draft(**entry, by=editor, answers=LATE, version=0, now=NOW)

    draft = stored(entry)
    assert draft == saved
    assert LATE.are_those_of(draft)
    assert (draft.state, draft.version, draft.saved_by, draft.saved_at) == ("draft", 1, editor, NOW)
    assert not draft.is_entered_by_finance


def test_a_draft_may_be_half_done(entry, editor):
    save_draft(**entry, by=editor, answers=Answers(), version=0)
    save_draft(**entry, by=editor, answers=Answers(effort="sad"), version=1)

    assert (stored(entry).effort, stored(entry).economy, stored(entry).comment) == ("sad", "", "")


def test_each_save_adds_one_to_the_version(entry, editor, chief):
    save_draft(**entry, by=editor, answers=LATE, version=0)

    saved = save_draft(**entry, by=chief, answers=HAPPY, version=1, now=NOW)

    assert saved.version == stored(entry).version == 2
    assert HAPPY.are_those_of(stored(entry))
    assert (stored(entry).saved_by, stored(entry).saved_at) == (chief, NOW)


def test_a_later_save_may_empty_what_was_there(entry, editor):
    save_draft(**entry, by=editor, answers=Answers("sad", "kept", "Forkert punkt", 5), version=0)

    save_draft(**entry, by=editor, answers=Answers(), version=1)

    assert Answers().are_those_of(stored(entry))


LONG = ("Æøå ÆØÅ é 日本 🍏👩‍👩‍👧 \t \"'<b>&amp;</b> =1+1 {{ x }} %s \\n\r\n\r\n" * 400)[:19_990] + " slut \r\n \n"


def test_a_long_comment_is_kept_byte_for_byte(entry, editor):
    assert len(LONG) == 20_000

    save_draft(**entry, by=editor, answers=Answers("neutral", "kept", LONG), version=0)
    submit_assessment(**entry, by=editor, version=1)

    assert stored(entry).comment.encode() == LONG.encode()


@pytest.mark.parametrize("comment", [" ", "\r\n", " foran og bagved ", "e\u0301 og é", "\u200b", "''; drop table"])
def test_a_comment_is_not_tidied(entry, editor, comment):
    save_draft(**entry, by=editor, answers=Answers(comment=comment), version=0)

    assert stored(entry).comment == comment


@pytest.mark.parametrize("kroner", [0, -1, 10**15, -(10**15), None])
def test_an_expected_amount_is_kept(entry, editor, kroner):
    save_draft(**entry, by=editor, answers=Answers(expected_amount=kroner), version=0)

    assert stored(entry).expected_amount == kroner


def test_a_smiley_that_does_not_exist_is_a_fault_and_no_conflict(entry, editor):
    with pytest.raises(IntegrityError), transaction.atomic():
        save_draft(**entry, by=editor, answers=Answers(effort="glad"), version=0)

    assert not Assessment.objects.filter(**entry).exists()


def test_a_stale_save_is_refused_and_hands_over_what_is_saved(entry, editor, colleague):
    save_draft(**entry, by=editor, answers=LATE, version=0)
    save_draft(**entry, by=colleague, answers=HAPPY, version=1)
    before = row(entry)

    with pytest.raises(StaleVersion) as conflict:
        save_draft(**entry, by=editor, answers=Answers("sad", "kept", "Min tekst"), version=1)

    assert conflict.value.current.pk == before["id"]
    assert HAPPY.are_those_of(conflict.value.current)
    assert (conflict.value.current.version, conflict.value.current.saved_by) == (2, colleague)
    assert row(entry) == before


@pytest.mark.parametrize("version", [0, 3, 999])
def test_a_version_that_was_never_shown_is_stale(entry, editor, colleague, version):
    save_draft(**entry, by=colleague, answers=LATE, version=0)
    save_draft(**entry, by=colleague, answers=HAPPY, version=1)

    with pytest.raises(StaleVersion):
        save_draft(**entry, by=editor, answers=LATE, version=version)


def test_after_a_conflict_the_newer_version_can_be_saved_upon(entry, editor, colleague):
    save_draft(**entry, by=editor, answers=LATE, version=0)
    save_draft(**entry, by=colleague, answers=HAPPY, version=1)
    with pytest.raises(StaleVersion) as conflict:
        save_draft(**entry, by=editor, answers=Answers(comment="Min"), version=1)

    save_draft(**entry, by=editor, answers=Answers(comment="Begge"), version=conflict.value.current.version)

    assert stored(entry).comment == "Begge"


def test_two_who_begin_at_once_do_not_overwrite_each_other(entry, editor, colleague, monkeypatch):
    save_draft(**entry, by=colleague, answers=HAPPY, version=0)
    monkeypatch.setattr(assessments, "current_assessment", _first_none(assessments.current_assessment))

    with pytest.raises(StaleVersion) as conflict:
        save_draft(**entry, by=editor, answers=LATE, version=0)

    assert HAPPY.are_those_of(conflict.value.current)
    assert HAPPY.are_those_of(stored(entry))


def _first_none(real):
    """Reads nothing the first time: the other's row came between our look and our insert."""
    calls = []

    def current(*entry):
        calls.append(entry)
        return None if len(calls) == 1 else real(*entry)

    return current


def test_an_assessment_that_is_gone_is_told(entry, editor):
    with pytest.raises(WrongState, match="findes ikke længere"):
        save_draft(**entry, by=editor, answers=LATE, version=3)


# --- The version guard, and the proof that it is needed ------------------------------------------------------------


def someone_saves_in_between(entry, colleague, monkeypatch):
    """Another writer gets in after our row was read and before ours is written: the window a check alone leaves."""
    real = assessments.current_assessment
    calls = []

    def current(*args):
        found = real(*args)
        if not calls:
            calls.append(1)
            theirs = {"comment": "Kollegaens", "saved_by": colleague, "version": found.version + 1}
            Assessment.objects.filter(**entry).update(**theirs)
        return found

    monkeypatch.setattr(assessments, "current_assessment", current)


def test_a_writer_in_between_is_not_overwritten(entry, editor, colleague, monkeypatch):
    save_draft(**entry, by=editor, answers=LATE, version=0)
    someone_saves_in_between(entry, colleague, monkeypatch)

    with pytest.raises(StaleVersion) as conflict:
        save_draft(**entry, by=editor, answers=Answers(comment="Min"), version=1)

    assert (conflict.value.current.comment, conflict.value.current.version) == ("Kollegaens", 2)


def test_without_the_guard_the_other_update_is_lost(entry, editor, colleague, monkeypatch):
    save_draft(**entry, by=editor, answers=LATE, version=0)
    someone_saves_in_between(entry, colleague, monkeypatch)

    def unguarded(assessment, by, *, history=True, **fields):
        Assessment.objects.filter(pk=assessment.pk).update(**fields, version=assessment.version + 1)
        return assessment

    monkeypatch.setattr(assessments, "change_assessment", unguarded)
    save_draft(**entry, by=editor, answers=Answers(comment="Min"), version=1)

    assert stored(entry).comment == "Min"  # nobody was told that "Kollegaens" is gone


@pytest.mark.parametrize("act", ["submit", "take back", "take over"])
def test_every_act_has_the_guard(entry, editor, colleague, finance, monkeypatch, act):
    state = "submitted" if act == "take back" else "draft"
    create_assessment(**entry, state=state, by=editor)
    someone_saves_in_between(entry, colleague, monkeypatch)

    with pytest.raises(StaleVersion) as conflict:
        if act == "submit":
            submit_assessment(**entry, by=editor, version=1)
        elif act == "take back":
            take_back_assessment(**entry, by=editor)
        else:
            take_over_draft(**entry, by=finance)

    assert (conflict.value.current.state, conflict.value.current.comment) == (state, "Kollegaens")
    assert acts(entry["item"]) == []


# --- A page never conflicts with itself ----------------------------------------------------------------------------


def test_a_page_whose_answer_was_lost_may_save_on(entry, editor):
    page = {"by": editor, "page_token": "page-1"}
    save_draft(**entry, **page, answers=LATE, version=0, page_sequence=1)
    save_draft(**entry, **page, answers=HAPPY, version=1, page_sequence=2)  # its answer never arrives

    saved = save_draft(**entry, **page, answers=Answers("sad", "kept", "Mere"), version=1, page_sequence=3)

    assert saved.version == 3
    assert stored(entry).comment == "Mere"


def test_a_page_that_lost_several_answers_may_save_on(entry, editor):
    page = {"by": editor, "page_token": "page-1", "version": 0}  # none of the answers arrives
    for sequence, text in enumerate(("a", "ab", "abc", "abcd"), start=1):
        save_draft(**entry, **page, answers=Answers(comment=text), page_sequence=sequence)

    assert stored(entry).comment == "abcd"


def test_an_older_text_that_was_delayed_does_not_overwrite_a_newer_one(entry, editor):
    page = {"by": editor, "page_token": "page-1", "version": 0}
    save_draft(**entry, **page, answers=Answers(comment="først"), page_sequence=1)
    save_draft(**entry, **page, answers=Answers(comment="sidst"), page_sequence=3)

    with pytest.raises(StaleVersion):
        save_draft(**entry, **page, answers=Answers(comment="midt"), page_sequence=2)

    assert stored(entry).comment == "sidst"


def test_the_first_save_may_be_repeated_by_its_page(entry, editor):
    save_draft(**entry, by=editor, answers=LATE, version=0, page_token="page-1", page_sequence=1)

    save_draft(**entry, by=editor, answers=HAPPY, version=0, page_token="page-1", page_sequence=2)

    assert HAPPY.are_those_of(stored(entry))


def test_another_page_of_the_same_person_does_conflict(entry, editor):
    save_draft(**entry, by=editor, answers=LATE, version=0, page_token="page-1")
    save_draft(**entry, by=editor, answers=HAPPY, version=1, page_token="page-1")

    with pytest.raises(StaleVersion):
        save_draft(**entry, by=editor, answers=Answers(comment="x"), version=1, page_token="page-2")


def test_a_page_without_a_token_does_conflict(entry, editor):
    save_draft(**entry, by=editor, answers=LATE, version=0)
    save_draft(**entry, by=editor, answers=HAPPY, version=1)

    with pytest.raises(StaleVersion):
        save_draft(**entry, by=editor, answers=Answers(comment="x"), version=1)


def test_a_page_conflicts_once_someone_else_has_saved(entry, editor, colleague):
    save_draft(**entry, by=editor, answers=LATE, version=0, page_token="page-1")
    save_draft(**entry, by=colleague, answers=HAPPY, version=1, page_token="page-2")

    with pytest.raises(StaleVersion):
        save_draft(**entry, by=editor, answers=Answers(comment="x"), version=1, page_token="page-1")

    assert HAPPY.are_those_of(stored(entry))


def test_the_same_answers_twice_change_nothing(entry, editor):
    save_draft(**entry, by=editor, answers=LATE, version=0, now=NOW)
    before = row(entry)

    again = save_draft(**entry, by=editor, answers=LATE, version=0)

    assert again.version == 1
    assert row(entry) == before


def test_a_late_repeat_of_what_was_submitted_changes_nothing(entry, editor):
    save_draft(**entry, by=editor, answers=LATE, version=0)
    submit_assessment(**entry, by=editor, version=1)
    before = row(entry)

    save_draft(**entry, by=editor, answers=LATE, version=0)

    assert row(entry) == before


def test_own_autosaves_never_conflict(entry, editor):
    version = 0
    for number in range(30):
        answers = Answers("neutral", "kept", "x" * number)
        saved = save_draft(
            **entry, by=editor, answers=answers, version=version, page_token="page-1", page_sequence=number
        )
        if number % 3:  # every third answer is lost
            version = saved.version

    assert stored(entry).comment == "x" * 29


# --- Submitting ----------------------------------------------------------------------------------------------------


def test_a_draft_is_submitted(entry, editor):
    save_draft(**entry, by=editor, answers=LATE, version=0)

    submitted = submit_assessment(**entry, by=editor, version=1, now=NOW)

    assert stored(entry) == submitted
    assert (submitted.state, submitted.version) == ("submitted", 2)
    assert (stored(entry).submitted_at, stored(entry).submitted_by) == (NOW, editor)
    assert LATE.are_those_of(stored(entry))


def test_submitting_is_an_event(entry, item, editor):
    save_draft(**entry, by=editor, answers=LATE, version=0)

    submit_assessment(**entry, by=editor, version=1, now=NOW)

    event = Event.objects.get(subject=f"aftale {item.agreement.budget_year}, runde 1, punkt 2.02.1")
    assert (event.act, event.at, event.note) == (Act.ASSESSMENT_SUBMITTED, NOW, "")
    assert (event.actor, event.user_id) == ("Medarbejder i Ejendomme", editor.pk)


def test_submitting_twice_has_one_effect(entry, item, editor):
    save_draft(**entry, by=editor, answers=LATE, version=0)
    submit_assessment(**entry, by=editor, version=1, now=NOW)
    before = row(entry)

    again = submit_assessment(**entry, by=editor, version=1)

    assert again.state == "submitted"
    assert row(entry) == before
    assert acts(item) == [Act.ASSESSMENT_SUBMITTED]
    assert stored(entry).history.count() == 1


def test_a_colleague_is_told_that_it_is_already_submitted(entry, editor, colleague):
    save_draft(**entry, by=editor, answers=LATE, version=0)
    submit_assessment(**entry, by=editor, version=1)

    with pytest.raises(WrongState, match="allerede indsendt"):
        submit_assessment(**entry, by=colleague, version=2)


def test_what_one_has_not_seen_is_not_submitted(entry, editor, colleague):
    save_draft(**entry, by=editor, answers=LATE, version=0)
    save_draft(**entry, by=colleague, answers=HAPPY, version=1)

    with pytest.raises(StaleVersion) as conflict:
        submit_assessment(**entry, by=editor, version=1)

    assert HAPPY.are_those_of(conflict.value.current)
    assert stored(entry).is_draft


def test_nothing_entered_cannot_be_submitted(entry, editor):
    with pytest.raises(MissingAnswer) as missing:
        submit_assessment(**entry, by=editor, version=0)

    assert missing.value.fields.keys() == {"effort", "economy"}
    assert not Assessment.objects.filter(**entry).exists()


@pytest.mark.parametrize("comment", ["", " ", "\r\n\t"])
@pytest.mark.parametrize("economy", ["", *Economy.values])
@pytest.mark.parametrize("effort", ["", *Effort.values])
def test_comment_rule(effort, economy, comment):
    missing = missing_answers(Answers(effort, economy, comment))

    needs_comment = effort in {"neutral", "sad"} or economy == "not_kept"
    assert ("effort" in missing) == (effort == "")
    assert ("economy" in missing) == (economy == "")
    assert ("comment" in missing) == needs_comment
    assert missing_answers(Answers(effort, economy, "Derfor.")).keys() == missing.keys() - {"comment"}


@pytest.mark.parametrize("economy", Economy.values)
@pytest.mark.parametrize("effort", Effort.values)
def test_comment_rule_when_submitting(entry, item, editor, effort, economy):
    save_draft(**entry, by=editor, answers=Answers(effort, economy, "  "), version=0)

    if effort in {"neutral", "sad"} or economy == "not_kept":
        with pytest.raises(MissingAnswer) as missing:
            submit_assessment(**entry, by=editor, version=1)
        assert missing.value.fields.keys() == {"comment"}
        assert stored(entry).is_draft
        assert acts(item) == []
    else:
        assert submit_assessment(**entry, by=editor, version=1).is_reported


def test_what_is_missing_is_told_in_danish():
    error = MissingAnswer(missing_answers(Answers(effort="sad")))

    assert str(error) == (
        "Vælg en smiley for økonomien, eller »ikke relevant« / »ikke vurderet«. "
        "Skriv en bemærkning, når indsatsen er mellemfornøjet eller sur."
    )


@pytest.mark.parametrize("stage", ["submitted", "submitted by finance", "approved"])
def test_what_is_submitted_cannot_be_changed(entry, editor, finance, colleague, stage):
    in_state(entry, stage, editor, finance)
    before = row(entry)

    for by in (colleague, finance):
        with pytest.raises(WrongState, match="kan ikke rettes"):
            save_draft(**entry, by=by, answers=LATE, version=1)

    assert row(entry) == before


@pytest.mark.parametrize("stage", ["submitted", "submitted by finance", "approved"])
def test_what_is_submitted_cannot_be_submitted_by_another(entry, editor, finance, colleague, stage):
    in_state(entry, stage, editor, finance)
    before = row(entry)

    with pytest.raises(WrongState):
        submit_assessment(**entry, by=colleague, version=1)

    assert row(entry) == before


# --- Taking back ---------------------------------------------------------------------------------------------------


def test_a_submission_is_taken_back(entry, item, editor):
    save_draft(**entry, by=editor, answers=LATE, version=0)
    submit_assessment(**entry, by=editor, version=1)

    take_back_assessment(**entry, by=editor, now=NOW)

    draft = stored(entry)
    assert (draft.state, draft.version, draft.submitted_at, draft.submitted_by) == ("draft", 3, None, None)
    assert LATE.are_those_of(draft)
    assert acts(item) == [Act.ASSESSMENT_SUBMITTED, Act.ASSESSMENT_TAKEN_BACK]
    assert Event.objects.filter(act=Act.ASSESSMENT_TAKEN_BACK).first().at == NOW


def test_what_was_taken_back_is_edited_and_submitted_again(entry, item, editor):
    save_draft(**entry, by=editor, answers=LATE, version=0)
    submit_assessment(**entry, by=editor, version=1)
    take_back_assessment(**entry, by=editor)

    save_draft(**entry, by=editor, answers=HAPPY, version=3)
    submit_assessment(**entry, by=editor, version=4)

    assert HAPPY.are_those_of(stored(entry))
    assert acts(item).count(Act.ASSESSMENT_SUBMITTED) == 2


@pytest.mark.parametrize("stage", ["nothing", "centre draft", "finance draft", "approved"])
def test_only_a_submission_is_taken_back(entry, item, editor, finance, stage):
    in_state(entry, stage, editor, finance)
    before = list(Assessment.objects.filter(**entry).values())

    with pytest.raises(WrongState, match="Kun en indsendt vurdering"):
        take_back_assessment(**entry, by=editor)

    assert list(Assessment.objects.filter(**entry).values()) == before
    assert acts(item) == []


def test_taking_back_twice_is_told(entry, item, editor):
    create_assessment(**entry, by=editor)
    take_back_assessment(**entry, by=editor)

    with pytest.raises(WrongState):
        take_back_assessment(**entry, by=editor)

    assert acts(item) == [Act.ASSESSMENT_TAKEN_BACK]


# --- Finance enters for a centre -----------------------------------------------------------------------------------


def test_finance_enters_for_a_centre(entry, item, finance):
    save_draft(**entry, by=finance, answers=LATE, version=0)

    submitted = submit_assessment(**entry, by=finance, version=1)

    assert submitted.is_entered_by_finance and not submitted.is_taken_over
    event = Event.objects.get(act=Act.ASSESSMENT_SUBMITTED, user_id=finance.pk)
    assert event.note == "indtastet af Økonomi og Styring for Ejendomme"


def test_finance_enters_for_an_item_without_a_centre(finance):
    item = create_item(code="3.23", lead_centre=None, printed_centre="0-25 års udvalget")
    entry = {"item": item, "follow_up_round": create_round(item.agreement)}
    save_draft(**entry, by=finance, answers=LATE, version=0)

    submit_assessment(**entry, by=finance, version=1)

    event = Event.objects.get(act=Act.ASSESSMENT_SUBMITTED, user_id=finance.pk)
    assert event.note == "indtastet af Økonomi og Styring for 0-25 års udvalget"


def test_finance_does_not_write_into_a_centres_draft(entry, item, editor, finance):
    save_draft(**entry, by=editor, answers=LATE, version=0)
    before = row(entry)

    with pytest.raises(NotTakenOver):
        save_draft(**entry, by=finance, answers=HAPPY, version=1)
    with pytest.raises(NotTakenOver):
        submit_assessment(**entry, by=finance, version=1)

    assert row(entry) == before
    assert acts(item) == []


def test_finance_takes_over_a_draft_and_goes_on(entry, item, editor, finance):
    save_draft(**entry, by=editor, answers=LATE, version=0, page_token="page-1")

    taken = take_over_draft(**entry, by=finance, now=NOW)
    save_draft(**entry, by=finance, answers=HAPPY, version=2)
    submit_assessment(**entry, by=finance, version=3)

    assert (taken.version, taken.is_entered_by_finance, taken.is_taken_over) == (2, True, True)
    assert HAPPY.are_those_of(stored(entry))
    assert stored(entry).is_taken_over
    assert acts(item) == [Act.ASSESSMENT_TAKEN_OVER, Act.ASSESSMENT_SUBMITTED]
    event = Event.objects.get(act=Act.ASSESSMENT_TAKEN_OVER, user_id=finance.pk)
    assert (event.at, event.actor) == (NOW, "Økonomi og Styring")


def test_taking_over_keeps_the_centres_words(entry, editor, finance):
    save_draft(**entry, by=editor, answers=LATE, version=0)

    take_over_draft(**entry, by=finance)

    assert LATE.are_those_of(stored(entry))
    assert stored(entry).saved_by == editor


def test_the_centres_open_page_conflicts_after_a_take_over(entry, editor, finance):
    save_draft(**entry, by=editor, answers=LATE, version=0, page_token="page-1")
    take_over_draft(**entry, by=finance)

    with pytest.raises(StaleVersion):
        save_draft(**entry, by=editor, answers=HAPPY, version=1, page_token="page-1")


@pytest.mark.parametrize("stage", ["nothing", "finance draft", "submitted", "submitted by finance", "approved"])
def test_only_a_centres_draft_is_taken_over(entry, item, editor, finance, stage):
    in_state(entry, stage, editor, finance)
    before = list(Assessment.objects.filter(**entry).values())

    with pytest.raises(WrongState, match="Kun centerets egen kladde"):
        take_over_draft(**entry, by=finance)

    assert list(Assessment.objects.filter(**entry).values()) == before
    assert acts(item) == []


def test_the_centre_carries_on_with_what_finance_began(entry, editor, finance):
    save_draft(**entry, by=finance, answers=LATE, version=0)

    save_draft(**entry, by=editor, answers=HAPPY, version=1)

    assert not stored(entry).is_entered_by_finance
    assert stored(entry).saved_by == editor


def test_the_centre_takes_its_draft_home_by_saving(entry, editor, finance):
    save_draft(**entry, by=editor, answers=LATE, version=0)
    take_over_draft(**entry, by=finance)

    save_draft(**entry, by=editor, answers=HAPPY, version=2)

    assert not stored(entry).is_taken_over and not stored(entry).is_entered_by_finance


def test_someone_from_both_finance_and_the_centre_speaks_for_the_centre(entry):
    both = create_user(Role.EDITOR, Role.FINANCE, centres=[create_centre("Ejendomme")])

    save_draft(**entry, by=both, answers=LATE, version=0)

    assert not stored(entry).is_entered_by_finance


def test_a_centre_without_the_role_does_not_speak_for_it(entry):
    finance_there = create_user(Role.FINANCE, centres=[create_centre("Ejendomme")])

    save_draft(**entry, by=finance_there, answers=LATE, version=0)

    assert stored(entry).is_entered_by_finance


# --- The round -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["planned", "closed", "published"])
@pytest.mark.parametrize("act", ["save", "save again", "submit", "take back", "take over"])
def test_only_an_open_round_takes_anything(entry, item, spring, editor, finance, state, act):
    if act != "save":
        create_assessment(**entry, state="submitted" if act == "take back" else "draft", by=editor)
    FollowUpRound.objects.filter(pk=spring.pk).update(state=state)
    before = list(Assessment.objects.filter(**entry).values())

    with pytest.raises(RoundNotOpen, match=f"{spring.label} er ikke åben for indberetning"):
        if act in {"save", "save again"}:
            save_draft(**entry, by=editor, answers=LATE, version=len(before))
        elif act == "submit":
            submit_assessment(**entry, by=editor, version=1)
        elif act == "take back":
            take_back_assessment(**entry, by=editor)
        else:
            take_over_draft(**entry, by=finance)

    assert list(Assessment.objects.filter(**entry).values()) == before
    assert acts(item) == []


def test_a_page_opened_before_the_round_closed_is_refused(entry, spring, editor, approver):
    close_round(follow_up_round=FollowUpRound.objects.get(pk=spring.pk), by=approver)

    assert spring.is_open  # what the page still believes
    with pytest.raises(RoundNotOpen):
        save_draft(**entry, by=editor, answers=LATE, version=0)


def test_closing_keeps_drafts_as_they_are(entry, spring, editor, approver):
    save_draft(**entry, by=editor, answers=LATE, version=0)
    before = row(entry)

    close_round(follow_up_round=spring, by=approver)

    assert row(entry) == before


def test_rounds_and_items_do_not_mix(entry, item, editor):
    other_item = create_item(item.agreement, "2.02.2")
    other_round = create_round(item.agreement)
    save_draft(**entry, by=editor, answers=LATE, version=0)

    save_draft(item=other_item, follow_up_round=entry["follow_up_round"], by=editor, answers=HAPPY, version=0)
    save_draft(item=item, follow_up_round=other_round, by=editor, answers=HAPPY, version=0)

    assert LATE.are_those_of(stored(entry))
    assert Assessment.objects.filter(item__in=Item.objects.filter(agreement=item.agreement)).count() == 3


def test_a_round_of_another_agreement_takes_nothing_for_the_item(item, editor):
    foreign = create_round()

    with pytest.raises((ValueError, WrongState, RoundNotOpen)):
        save_draft(item=item, follow_up_round=foreign, by=editor, answers=LATE, version=0)

    assert not Assessment.objects.filter(item=item).exists()


# --- History -------------------------------------------------------------------------------------------------------


def test_autosaves_leave_no_history(entry, editor):
    for number, comment in enumerate(["a", "ab", "abc"]):
        save_draft(**entry, by=editor, answers=Answers(comment=comment), version=number)

    assert stored(entry).history.count() == 0


def test_each_act_leaves_one_row_of_history_with_who_and_what(entry, editor, chief, finance):
    save_draft(**entry, by=editor, answers=LATE, version=0)
    submit_assessment(**entry, by=editor, version=1)
    take_back_assessment(**entry, by=chief)
    take_over_draft(**entry, by=finance)

    rows = list(stored(entry).history.order_by("history_id"))

    assert [past.history_user for past in rows] == [editor, chief, finance]
    assert [past.state for past in rows] == ["submitted", "draft", "draft"]
    assert [past.version for past in rows] == [2, 3, 4]
    assert [past.is_taken_over for past in rows] == [False, False, True]
    assert {past.comment for past in rows} == {LATE.comment}


def test_history_holds_what_each_submission_said(entry, editor):
    save_draft(**entry, by=editor, answers=LATE, version=0)
    submit_assessment(**entry, by=editor, version=1)
    take_back_assessment(**entry, by=editor)
    save_draft(**entry, by=editor, answers=HAPPY, version=3)
    submit_assessment(**entry, by=editor, version=4)

    submitted = stored(entry).history.filter(state="submitted").order_by("history_id")

    assert [(past.effort, past.comment) for past in submitted] == [
        ("neutral", "Forsinket til juni."), ("happy", "Alt er nået."),
    ]  # fmt: skip


def test_a_refused_act_leaves_no_trace(entry, item, editor):
    save_draft(**entry, by=editor, answers=Answers("sad", "kept", ""), version=0)
    before = row(entry)

    with pytest.raises(MissingAnswer):
        submit_assessment(**entry, by=editor, version=1)

    assert row(entry) == before
    assert stored(entry).history.count() == 0
    assert acts(item) == []


# --- Field history of what somebody saves themselves -----------------------------------------------------------------
def history_of(entry):
    return list(Assessment.history.filter(item=entry["item"]).order_by("history_id").values_list("comment", flat=True))


def test_an_explicit_save_has_a_row_of_history_and_an_autosave_none(entry, editor):
    first = save_draft(**entry, by=editor, answers=LATE, version=0, page_token="side", page_sequence=1)
    assert history_of(entry) == []

    save_draft(**entry, by=editor, answers=LATE, version=first.version, is_explicit=True)
    save_draft(**entry, by=editor, answers=LATE, version=first.version, is_explicit=True)
    save_draft(**entry, by=editor, answers=HAPPY, version=first.version, is_explicit=True)

    assert history_of(entry) == [LATE.comment, HAPPY.comment]


def test_a_first_explicit_save_has_one_too(entry, editor):
    save_draft(**entry, by=editor, answers=LATE, version=0, is_explicit=True)

    assert history_of(entry) == [LATE.comment]
