"""Returning, annotating and approving: what finance may make of an entry, and what nobody may."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from tests.factories import create_assessment, create_centre, create_item, create_note, create_round, create_user
from tracker.actions import approvals, entries
from tracker.actions.approvals import (
    approve_assessment,
    approve_many,
    return_assessment,
    save_finance_note,
    undo_approval,
)
from tracker.actions.assessments import (
    Answers,
    save_draft,
    submit_all,
    submit_assessment,
    take_back_assessment,
    take_over_draft,
)
from tracker.actions.rounds import close_round, reopen_round
from tracker.errors import (
    FourEyes,
    Refused,
    RoundNotOpen,
    RoundStateError,
    RowChanged,
    StaleVersion,
    WrongState,
)
from tracker.models import (
    Act,
    Assessment,
    Edition,
    EditionStep,
    EntryAuthor,
    Event,
    FinanceNote,
    FollowUpRound,
    Publication,
)
from tracker.statuses import Role

NOW = datetime(2031, 5, 1, 12, tzinfo=UTC)
LATE = Answers("neutral", "kept", "Forsinket til juni.")
HAPPY = Answers("happy", "kept", "Alt er nået.")


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
def submitted(entry, editor):
    return create_assessment(**entry, by=editor, comment="Centerets ord")


@pytest.fixture
def approved(entry, editor, approver):
    return create_assessment(
        **entry, by=editor, state="approved", approved_by=approver, approved_at=NOW, approved_version=1
    )


@pytest.fixture
def second_approver(db):
    return create_user(Role.APPROVER, name="En anden godkender")


def stored(entry):
    return Assessment.objects.get(**entry)


def row(entry):
    return Assessment.objects.filter(**entry).values().get()


def acts(item):
    subject = f"aftale {item.agreement.budget_year}, runde 1, punkt {item.key}"
    return list(Event.objects.filter(subject=subject).order_by("pk").values_list("act", flat=True))


def in_state(follow_up_round, state):
    FollowUpRound.objects.filter(pk=follow_up_round.pk).update(state=state)


def someone_saves_in_between(entry, monkeypatch):
    """Another writer gets in after our row was read and before ours is written."""
    real, calls = entries.current_assessment, []

    def current(*args):
        found = real(*args)
        if not calls:
            calls.append(1)
            Assessment.objects.filter(**entry).update(comment="Ændret", version=found.version + 1)
        return found

    monkeypatch.setattr(approvals, "current_assessment", current)


# --- Who has had a hand in it --------------------------------------------------------------------------------------


def test_everyone_who_has_typed_is_noted_once(entry, editor, chief):
    save_draft(**entry, by=editor, answers=LATE, version=0)
    save_draft(**entry, by=chief, answers=HAPPY, version=1)
    save_draft(**entry, by=editor, answers=LATE, version=2)

    assert [row.user for row in EntryAuthor.objects.filter(**entry).order_by("pk")] == [editor, chief]


def test_whoever_goes_on_in_a_page_that_somebody_else_opened_is_noted_too(entry, editor, chief):
    """A shared computer, and a sign-in in between."""
    for version, by in enumerate([editor, editor, chief]):
        answers = Answers(comment="x" * version)
        save_draft(**entry, by=by, answers=answers, version=version, page_token="side", page_sequence=version)

    assert [row.user for row in EntryAuthor.objects.filter(**entry).order_by("pk")] == [editor, chief]


def test_a_refused_save_notes_nobody(entry, editor, chief):
    save_draft(**entry, by=editor, answers=LATE, version=0)

    with pytest.raises(StaleVersion):
        save_draft(**entry, by=chief, answers=HAPPY, version=0)

    assert [row.user for row in EntryAuthor.objects.filter(**entry)] == [editor]


def test_whoever_submits_is_noted(entry, editor, chief):
    save_draft(**entry, by=editor, answers=LATE, version=0)

    submit_assessment(**entry, by=chief, version=1)

    assert EntryAuthor.objects.filter(**entry, user=chief).exists()


# --- Returning -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["finance", "approver"])
def test_a_submission_is_returned_with_a_comment(request, entry, item, submitted, who):
    by = request.getfixturevalue(who)

    returned = return_assessment(**entry, by=by, comment="Hvornår er det færdigt?", version=1, now=NOW)

    assert stored(entry) == returned
    assert (returned.state, returned.version, returned.submitted_at, returned.submitted_by) == ("draft", 2, None, None)
    assert (stored(entry).return_comment, stored(entry).returned_at) == ("Hvornår er det færdigt?", NOW)
    assert stored(entry).comment == "Centerets ord"
    event = Event.objects.get(act=Act.ASSESSMENT_RETURNED, user_id=by.pk)
    assert (event.note, event.at) == ("Hvornår er det færdigt?", NOW)
    past = stored(entry).history.first()
    assert (past.return_comment, past.history_user) == ("Hvornår er det færdigt?", by)


def test_the_comment_is_answered_by_the_next_submission_and_kept_in_history(entry, item, editor, finance, submitted):
    return_assessment(**entry, by=finance, comment="Hvornår?", version=1)
    save_draft(**entry, by=editor, answers=LATE, version=2)
    assert stored(entry).return_comment == "Hvornår?"

    submit_assessment(**entry, by=editor, version=3)

    assert (stored(entry).return_comment, stored(entry).returned_at) == ("", None)
    assert [past.return_comment for past in stored(entry).history.order_by("history_id")] == ["", "Hvornår?", ""]
    assert acts(item) == [Act.ASSESSMENT_RETURNED, Act.ASSESSMENT_SUBMITTED]


@pytest.mark.parametrize("page", [{}, {"page_token": "page-1", "page_sequence": 1}])
@pytest.mark.parametrize("answers", [LATE, HAPPY])
def test_a_page_from_before_the_return_does_not_hand_it_in_again(entry, item, editor, finance, page, answers):
    """A form that is sent once more, by Back and Indsend, has not seen the comment."""
    save_draft(**entry, by=editor, answers=LATE, version=0, **page)
    submit_assessment(**entry, by=editor, version=1)
    return_assessment(**entry, by=finance, comment="Hvornår?", version=2)
    before = row(entry)

    with pytest.raises(StaleVersion):
        save_draft(**entry, by=editor, answers=answers, version=0, **page | ({"page_sequence": 2} if page else {}))

    assert row(entry) == before


def test_saving_the_returned_draft_twice_has_one_effect(entry, editor, finance, submitted):
    return_assessment(**entry, by=finance, comment="Hvornår?", version=1)
    page = {"page_token": "page-2", "page_sequence": 1, "version": 2}

    saved = save_draft(**entry, by=editor, answers=LATE, **page)
    again = save_draft(**entry, by=editor, answers=LATE, **page)

    assert (saved.version, again.version) == (3, 3)


def test_taking_back_keeps_what_it_was_returned_with(entry, editor, finance, submitted):
    """It was answered by then: nothing comes back."""
    return_assessment(**entry, by=finance, comment="Hvornår?", version=1)
    submit_assessment(**entry, by=editor, version=2)

    take_back_assessment(**entry, by=editor)

    assert (stored(entry).state, stored(entry).return_comment) == ("draft", "")


def test_what_was_returned_may_be_taken_over(entry, finance, submitted):
    return_assessment(**entry, by=finance, comment="Vi skriver det selv.", version=1)

    take_over_draft(**entry, by=finance)

    assert stored(entry).return_comment == "Vi skriver det selv."


@pytest.mark.parametrize("comment", ["", "  ", "\r\n"])
def test_a_return_says_why(entry, item, finance, submitted, comment):
    before = row(entry)

    with pytest.raises(Refused, match="Skriv, hvad der skal rettes"):
        return_assessment(**entry, by=finance, comment=comment, version=1)

    assert row(entry) == before and acts(item) == []


def test_an_approved_entry_is_returned_by_an_approver_only(entry, finance, second_approver, approved):
    with pytest.raises(WrongState, match="Kun en godkender"):
        return_assessment(**entry, by=finance, comment="Nej", version=1)

    return_assessment(**entry, by=second_approver, comment="Der er kommet nye tal.", version=1)

    draft = stored(entry)
    assert (draft.state, draft.approved_at, draft.approved_by, draft.approved_version) == ("draft", None, None, None)


@pytest.mark.parametrize("state", [None, "draft"])
def test_only_what_was_submitted_is_returned(entry, item, editor, finance, state):
    if state:
        create_assessment(**entry, state=state, by=editor)

    with pytest.raises(WrongState, match="Kun det, der er indsendt"):
        return_assessment(**entry, by=finance, comment="Nej", version=1)

    assert acts(item) == []


@pytest.mark.parametrize("state", ["planned", "closed", "published"])
def test_nothing_is_returned_while_the_round_is_not_open(entry, item, spring, finance, submitted, state):
    in_state(spring, state)

    with pytest.raises(RoundNotOpen):
        return_assessment(**entry, by=finance, comment="Nej", version=1)

    assert stored(entry).state == "submitted" and acts(item) == []


def test_what_one_has_not_read_is_not_returned(entry, item, finance, submitted):
    Assessment.objects.filter(**entry).update(version=3)

    with pytest.raises(StaleVersion, match="Læs den igen"):
        return_assessment(**entry, by=finance, comment="Nej", version=1)

    assert stored(entry).state == "submitted" and acts(item) == []


# --- Approving -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["open", "closed"])
def test_approval_names_the_version_that_was_seen(entry, item, spring, approver, submitted, state):
    in_state(spring, state)

    approve_assessment(**entry, by=approver, version=1, now=NOW)

    approved = stored(entry)
    assert (approved.state, approved.version, approved.approved_version) == ("approved", 2, 1)
    assert (approved.approved_by, approved.approved_at) == (approver, NOW)
    assert approved.submitted_by is not None
    assert acts(item) == [Act.ASSESSMENT_APPROVED]
    assert (approved.history.first().state, approved.history.first().history_user) == ("approved", approver)


@pytest.mark.parametrize("state", ["planned", "published"])
def test_nothing_is_approved_before_or_after_the_control(entry, item, spring, approver, submitted, state):
    in_state(spring, state)

    with pytest.raises(RoundStateError):
        approve_assessment(**entry, by=approver, version=1)

    assert stored(entry).state == "submitted" and acts(item) == []


@pytest.mark.parametrize("state", [None, "draft"])
def test_only_what_was_submitted_is_approved(entry, editor, approver, state):
    if state:
        create_assessment(**entry, state=state, by=editor)

    with pytest.raises(WrongState):
        approve_assessment(**entry, by=approver, version=1)


def test_a_version_that_was_not_seen_is_not_approved(entry, item, editor, approver, submitted):
    take_back_assessment(**entry, by=editor)
    save_draft(**entry, by=editor, answers=LATE, version=2)
    submit_assessment(**entry, by=editor, version=3)
    before = row(entry)

    with pytest.raises(StaleVersion) as conflict:
        approve_assessment(**entry, by=approver, version=1)

    assert LATE.are_those_of(conflict.value.current)
    assert row(entry) == before


def test_approving_twice_has_one_effect(entry, item, approver, submitted):
    approve_assessment(**entry, by=approver, version=1, now=NOW)
    before = row(entry)

    again = approve_assessment(**entry, by=approver, version=1)

    assert (again.state, row(entry)) == ("approved", before)
    assert acts(item) == [Act.ASSESSMENT_APPROVED]


def test_a_second_approver_is_told_that_it_is_approved(entry, approver, second_approver, submitted):
    approve_assessment(**entry, by=approver, version=1)

    with pytest.raises(WrongState, match="allerede godkendt"):
        approve_assessment(**entry, by=second_approver, version=1)


HANDS = ["typed", "typed once", "submitted", "annotated", "annotated once", "loaded"]


def lay_hand_on(entry, how, both, editor):
    """`both` is an approver who also enters; what they did is long overwritten where the word says "once"."""
    if how == "annotated":
        save_finance_note(**entry, by=both, text="Tallet er efterprøvet.", version=0)
    elif how == "annotated once":
        save_finance_note(**entry, by=both, text="Tallet er efterprøvet.", version=0)
        save_finance_note(**entry, by=both, text="", version=1)
    elif how == "loaded":
        create_assessment(**entry, state="submitted", by=both)
        return
    save_draft(**entry, by=both if how.startswith("typed") else editor, answers=LATE, version=0)
    if how == "typed once":
        save_draft(**entry, by=editor, answers=HAPPY, version=1)
    submit_assessment(**entry, by=both if how == "submitted" else editor, version=stored(entry).version)


@pytest.fixture
def both(db):
    return create_user(Role.APPROVER, Role.FINANCE, Role.EDITOR, centres=[create_centre("Ejendomme")])


@pytest.mark.parametrize("how", HANDS)
def test_nobody_approves_what_they_have_a_hand_in(entry, editor, approver, both, how):
    lay_hand_on(entry, how, both, editor)
    version = stored(entry).version

    with pytest.raises(FourEyes):
        approve_assessment(**entry, by=both, version=version)
    approve_assessment(**entry, by=approver, version=version)

    assert stored(entry).approved_by == approver


@pytest.mark.parametrize("how", HANDS)
def test_without_four_eyes_they_would(entry, editor, both, monkeypatch, how):
    lay_hand_on(entry, how, both, editor)
    monkeypatch.setattr(approvals, "has_hand_in", lambda user, entry: False)

    approve_assessment(**entry, by=both, version=stored(entry).version)

    assert stored(entry).approved_by == both


def test_returning_is_no_hand_in_it(entry, editor, approver, submitted):
    return_assessment(**entry, by=approver, comment="Hvornår?", version=1)
    submit_assessment(**entry, by=editor, version=2)

    assert approve_assessment(**entry, by=approver, version=3).state == "approved"


# --- The version guard, and the proof that it is needed ------------------------------------------------------------


ACTS = ["return", "approve", "undo"]


def do(act, entry, by):
    if act == "return":
        return return_assessment(**entry, by=by, comment="Nej", version=1)
    return (approve_assessment if act == "approve" else undo_approval)(**entry, by=by, version=1)


def begun(act, entry, editor, approver):
    fields = {"approved_by": approver, "approved_at": NOW, "approved_version": 1} if act == "undo" else {}
    create_assessment(**entry, by=editor, state="approved" if act == "undo" else "submitted", **fields)


@pytest.mark.parametrize("act", ACTS)
def test_a_writer_in_between_is_noticed(entry, item, editor, approver, monkeypatch, act):
    begun(act, entry, editor, approver)
    state = stored(entry).state
    someone_saves_in_between(entry, monkeypatch)

    with pytest.raises(StaleVersion) as conflict:
        do(act, entry, approver)

    assert (conflict.value.current.state, conflict.value.current.comment) == (state, "Ændret")
    assert acts(item) == []


@pytest.mark.parametrize("act", ACTS)
def test_without_the_guard_the_other_text_goes_along_unread(entry, editor, approver, monkeypatch, act):
    begun(act, entry, editor, approver)
    someone_saves_in_between(entry, monkeypatch)

    def unguarded(assessment, by, *, history=True, **fields):
        Assessment.objects.filter(pk=assessment.pk).update(**fields)
        return assessment

    monkeypatch.setattr(approvals, "change_assessment", unguarded)
    do(act, entry, approver)

    assert stored(entry).comment == "Ændret"
    assert stored(entry).state == {"return": "draft", "approve": "approved", "undo": "submitted"}[act]


# --- Undoing an approval -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["open", "closed"])
def test_an_approval_is_undone(entry, item, spring, second_approver, approved, state):
    in_state(spring, state)

    undo_approval(**entry, by=second_approver, version=1, now=NOW)

    found = stored(entry)
    assert (found.state, found.version) == ("submitted", 2)
    assert (found.approved_at, found.approved_by, found.approved_version) == (None, None, None)
    assert found.submitted_by is not None
    assert acts(item) == [Act.APPROVAL_UNDONE]
    assert found.history.first().state == "submitted"


@pytest.mark.parametrize("state", [None, "draft", "submitted"])
def test_only_an_approval_is_undone(entry, item, editor, approver, state):
    if state:
        create_assessment(**entry, state=state, by=editor)

    with pytest.raises(WrongState, match="ikke godkendt"):
        undo_approval(**entry, by=approver, version=1)

    assert acts(item) == []


def create_edition(follow_up_round, *states, at):
    scope = f"udvalg-{Publication.objects.count()}"
    publication = Publication.objects.create(follow_up_round=follow_up_round, scope=scope, scope_name="Udvalget")
    sequence = Edition.objects.count() + 1
    edition = Edition.objects.create(publication=publication, number=1, sequence=sequence, title="", built_at=at)
    for position, state in enumerate(("built", *states), start=1):
        EditionStep.objects.create(edition=edition, position=position, state=state, at=at, actor="x", reason="Fejl")
    return edition


@pytest.mark.parametrize("states", [(), ("released",), ("released", "open")])
def test_what_an_edition_holds_stays_approved(entry, item, spring, approver, approved, states):
    in_state(spring, "closed")
    create_edition(spring, *states, at=NOW)

    with pytest.raises(RoundStateError, match="Åbn runden igen"):
        undo_approval(**entry, by=approver, version=1)

    assert stored(entry).state == "approved" and acts(item) == []


@pytest.mark.parametrize("states", [("withdrawn",), ("released", "open", "superseded")])
def test_an_edition_that_has_ended_holds_nothing(entry, spring, approver, approved, states):
    in_state(spring, "closed")
    create_edition(spring, *states, at=NOW)

    assert undo_approval(**entry, by=approver, version=1).state == "submitted"


def test_a_round_that_was_opened_again_may_be_corrected(entry, spring, approver, approved):
    close_round(follow_up_round=spring, by=approver)
    create_edition(spring, "released", "open", at=timezone.now())
    reopen_round(follow_up_round=spring, by=approver, reason="Et tal er forkert")
    while_open = undo_approval(**entry, by=approver, version=1).state
    Assessment.objects.filter(**entry).update(state="approved")
    close_round(follow_up_round=spring, by=approver)

    after_closing = undo_approval(**entry, by=approver, version=2).state

    assert (while_open, after_closing) == ("submitted", "submitted")


def test_an_opening_before_the_edition_does_not_count(entry, spring, approver, approved):
    close_round(follow_up_round=spring, by=approver)
    reopen_round(follow_up_round=spring, by=approver, reason="Et center kom for sent")
    close_round(follow_up_round=spring, by=approver)
    create_edition(spring, at=timezone.now() + timedelta(seconds=1))

    with pytest.raises(RoundStateError):
        undo_approval(**entry, by=approver, version=1)


@pytest.mark.parametrize("state", ["planned", "published"])
def test_an_approval_of_a_published_round_stays(entry, spring, approver, approved, state):
    in_state(spring, state)

    with pytest.raises(RoundStateError):
        undo_approval(**entry, by=approver, version=1)


# --- Finance's note ------------------------------------------------------------------------------------------------


def test_a_note_stands_beside_the_entry_and_leaves_it_alone(entry, item, finance, submitted):
    before = row(entry)

    note = save_finance_note(**entry, by=finance, text="Tallet er efterprøvet.\nDet passer.", version=0, now=NOW)

    kept = FinanceNote.objects.get(**entry)
    assert kept == note
    assert (kept.text, kept.version, kept.saved_by, kept.saved_at) == (note.text, 1, finance, NOW)
    assert row(entry) == before | {"version": before["version"] + 1}  # so that an approver looks again
    assert acts(item) == [Act.FINANCE_NOTE_SAVED]
    assert EntryAuthor.objects.filter(**entry, user=finance).exists()
    assert [(past.text, past.history_user) for past in kept.history.all()] == [(note.text, finance)]


def test_a_note_needs_no_entry(entry, finance):
    save_finance_note(**entry, by=finance, text="Centeret har ingen tal endnu.", version=0)

    assert FinanceNote.objects.filter(**entry).exists() and not Assessment.objects.filter(**entry).exists()


def test_a_note_is_changed_and_taken_away(entry, item, finance, approver):
    save_finance_note(**entry, by=finance, text="Et", version=0)
    save_finance_note(**entry, by=approver, text="To", version=1)

    save_finance_note(**entry, by=finance, text="  \n", version=2)

    note = FinanceNote.objects.get(**entry)
    assert (note.text, note.version) == ("", 3)
    assert [past.text for past in note.history.order_by("history_id")] == ["Et", "To", ""]
    notes = Event.objects.filter(act=Act.FINANCE_NOTE_SAVED).order_by("pk").values_list("note", flat=True)
    assert list(notes) == ["", "", "bemærkningen er fjernet"]


def test_the_same_note_twice_changes_nothing(entry, item, finance):
    save_finance_note(**entry, by=finance, text="Et", version=0, now=NOW)

    again = save_finance_note(**entry, by=finance, text="Et", version=0)

    assert (again.version, again.saved_at) == (1, NOW)
    assert acts(item) == [Act.FINANCE_NOTE_SAVED]


def test_no_note_is_no_act(entry, item, finance):
    assert save_finance_note(**entry, by=finance, text=" ", version=0) is None
    assert acts(item) == [] and not EntryAuthor.objects.filter(**entry).exists()


@pytest.mark.parametrize("version", [0, 1])
def test_a_note_is_not_written_over_unseen(entry, item, finance, approver, version):
    save_finance_note(**entry, by=approver, text="Et", version=0)
    save_finance_note(**entry, by=approver, text="To", version=1)

    with pytest.raises(RowChanged) as conflict:
        save_finance_note(**entry, by=finance, text="Mit", version=version)

    assert (conflict.value.current.text, conflict.value.current.saved_by) == ("To", approver)
    assert FinanceNote.objects.get(**entry).text == "To"
    assert not EntryAuthor.objects.filter(**entry, user=finance).exists()


def someone_notes_in_between(entry, monkeypatch):
    real, calls = approvals.current_assessment, []

    def current(*args):
        if not calls:
            calls.append(1)
            monkeypatch.setattr(approvals, "_change_note", _after_another(entry, approvals._change_note))
        return real(*args)

    monkeypatch.setattr(approvals, "current_assessment", current)


def _after_another(entry, change_note):
    def change(current, *rest):
        FinanceNote.objects.filter(**entry).update(text="Kollegaens", version=current.version + 1)
        return change_note(current, *rest)

    return change


def test_a_note_written_in_between_is_not_lost(entry, item, finance, monkeypatch):
    create_note(**entry, text="Et")
    someone_notes_in_between(entry, monkeypatch)

    with pytest.raises(RowChanged) as conflict:
        save_finance_note(**entry, by=finance, text="Mit", version=1)

    assert conflict.value.current.text == "Kollegaens"
    assert acts(item) == []


def test_without_the_guard_the_other_note_is_lost(entry, finance, monkeypatch):
    create_note(**entry, text="Et")

    def unguarded(current, text, by, now):
        FinanceNote.objects.filter(**entry).update(text=text)
        return current

    monkeypatch.setattr(approvals, "_change_note", _after_another(entry, unguarded))
    save_finance_note(**entry, by=finance, text="Mit", version=1)

    assert FinanceNote.objects.get(**entry).text == "Mit"  # nobody was told that "Kollegaens" is gone


def test_an_approved_entry_keeps_its_note(entry, item, finance, approved):
    with pytest.raises(WrongState, match="Fortryd godkendelsen"):
        save_finance_note(**entry, by=finance, text="For sent", version=0)

    assert acts(item) == [] and not FinanceNote.objects.exists()


@pytest.mark.parametrize("state", [None, "draft", "submitted"])
def test_a_published_round_takes_no_note(entry, spring, editor, finance, state):
    if state:
        create_assessment(**entry, state=state, by=editor)
    in_state(spring, "published")

    with pytest.raises(RoundStateError, match="offentliggjort"):
        save_finance_note(**entry, by=finance, text="For sent", version=0)

    assert not FinanceNote.objects.exists()


# --- Many at once --------------------------------------------------------------------------------------------------


@pytest.fixture
def many(item, spring, editor):
    """Four of Ejendomme's items, by code: complete, incomplete, submitted, nothing; and another centre's draft."""
    agreement = item.agreement
    items = {code: create_item(agreement, code) for code in ("1.01", "1.02", "1.03", "1.04")}
    items["3.10"] = create_item(agreement, "3.10", centre=create_centre("Politisk Sekretariat"))
    create_assessment(items["1.01"], spring, state="draft", by=editor)
    create_assessment(items["1.02"], spring, state="draft", by=editor, effort="sad")
    create_assessment(items["1.03"], spring, by=editor)
    create_assessment(items["3.10"], spring, state="draft")
    return items


def states(many):
    found = Assessment.objects.filter(item__in=many.values()).values_list("item__key", "state")
    return dict(found)


def test_a_chief_submits_all_that_is_complete(many, spring, chief):
    result = submit_all(follow_up_round=spring, by=chief, versions=dict.fromkeys(many, 1), now=NOW)

    assert [each.item.key for each in result.done] == ["1.01"]
    assert {each.key: each.reason.split(".")[0] for each in result.left} == {
        "1.02": "Skriv en bemærkning, når indsatsen er mellemfornøjet eller sur",
        "1.03": "Der er ingen kladde at indsende",
        "1.04": "Der er ingen kladde at indsende",
        "3.10": "Punktet hører ikke til dit center",
    }
    assert states(many) == {"1.01": "submitted", "1.02": "draft", "1.03": "submitted", "3.10": "draft"}
    done = Assessment.objects.get(item=many["1.01"])
    assert (done.submitted_by, done.submitted_at, done.version) == (chief, NOW, 2)
    assert done.history.first().history_user == chief
    assert acts(many["1.01"]) == [Act.ASSESSMENT_SUBMITTED]
    assert EntryAuthor.objects.filter(item=many["1.01"], user=chief).exists()


def test_what_a_chief_has_not_seen_is_left(many, spring, chief):
    result = submit_all(follow_up_round=spring, by=chief, versions={"1.01": 7})

    assert not result.done and "ændret" in result.left[0].reason
    assert states(many)["1.01"] == "draft"


def test_an_editor_submits_nothing_in_bulk(many, spring, editor):
    assert not submit_all(follow_up_round=spring, by=editor, versions={"1.01": 1}).done


def test_a_closed_round_takes_no_bulk(many, spring, chief):
    in_state(spring, "closed")

    with pytest.raises(RoundNotOpen):
        submit_all(follow_up_round=spring, by=chief, versions={"1.01": 1})

    assert states(many)["1.01"] == "draft"


def test_an_approver_approves_those_chosen(item, spring, editor, approver, both):
    agreement = item.agreement
    items = {code: create_item(agreement, code) for code in ("1.01", "1.02", "1.03", "1.04", "1.05", "1.06")}
    for code, by in (("1.01", editor), ("1.02", approver), ("1.03", editor), ("1.06", editor)):
        create_assessment(items[code], spring, by=by)
    create_assessment(items["1.04"], spring, state="draft", by=editor)
    Assessment.objects.filter(item=items["1.03"]).update(version=2)

    versions = dict.fromkeys(["1.01", "1.02", "1.03", "1.04", "1.05"], 1)
    result = approve_many(follow_up_round=spring, by=approver, versions=versions, now=NOW)

    assert [each.item.key for each in result.done] == ["1.01"]
    assert {each.key: each.reason[:14] for each in result.left} == {
        "1.02": "Du har selv in", "1.03": "Indberetningen", "1.04": "Kun det, der e", "1.05": "Der er ikke in",
    }  # fmt: skip
    assert states(items) == {
        "1.01": "approved", "1.02": "submitted", "1.03": "submitted", "1.04": "draft", "1.06": "submitted",
    }  # fmt: skip
    assert acts(items["1.01"]) == [Act.ASSESSMENT_APPROVED]


def test_approving_many_twice_has_one_effect(item, entry, spring, approver, submitted):
    first = approve_many(follow_up_round=spring, by=approver, versions={item.key: 1})

    again = approve_many(follow_up_round=spring, by=approver, versions={item.key: 1})

    assert [len(each.done) for each in (first, again)] == [1, 1]
    assert acts(item) == [Act.ASSESSMENT_APPROVED]


def test_a_published_round_takes_no_approvals(item, spring, approver, submitted):
    in_state(spring, "published")

    with pytest.raises(RoundStateError):
        approve_many(follow_up_round=spring, by=approver, versions={item.key: 1})


def test_a_note_that_the_approver_has_not_seen_is_not_approved(entry, submitted, finance, approver):
    seen = submitted.version
    save_finance_note(**entry, by=finance, text="Tallet er ikke efterprøvet.", version=0)

    with pytest.raises(StaleVersion):
        approve_assessment(**entry, by=approver, version=seen)

    now = Assessment.objects.get(**entry)
    assert (now.state, now.comment) == ("submitted", "Centerets ord")
    approve_assessment(**entry, by=approver, version=now.version)


def test_a_note_beside_a_draft_leaves_its_version_alone(entry, editor, finance):
    draft = save_draft(**entry, by=editor, answers=LATE, version=0)
    save_finance_note(**entry, by=finance, text="Vi venter.", version=0)

    assert save_draft(**entry, by=editor, answers=HAPPY, version=draft.version).version == draft.version + 1
