"""Each named constraint of `tracker` is broken once, and what the rows say about themselves."""

from datetime import date, timedelta

import pytest
from django.db.models import ProtectedError
from django.utils import timezone

from tests.constraints import assert_refused, constraints_of
from tests.factories import (
    create_agreement,
    create_assessment,
    create_centre,
    create_decision,
    create_edition,
    create_item,
    create_milestone,
    create_milestone_change,
    create_note,
    create_round,
    create_user,
    entry_of,
)
from tracker.models import (
    Act,
    AgreementUpload,
    AllowedNumber,
    Assessment,
    EditionFile,
    EditionStep,
    EntryAuthor,
    Event,
    FollowUpRound,
    LevelDefinition,
    Milestone,
    MilestonePlan,
    MovedDate,
    Publication,
    SentReminder,
    Substitute,
    UserRole,
)
from tracker.statuses import NOT_REPORTED, Dimension, Economy, Effort, EntryStage, Role


def update(row, **fields):
    type(row).objects.filter(pk=row.pk).update(**fields)


def assessment(**fields):
    item = create_item()
    return create_assessment(item, create_round(item.agreement), **fields)


def draft():
    return assessment(state="draft", effort="", economy="")


def define(agreement, **fields):
    row = {"dimension": "effort", "level": "happy", "text": "Opfyldt.", **fields}
    return LevelDefinition.objects.create(agreement=agreement, **row)


def two_definitions():
    agreement = create_agreement()
    define(agreement)
    define(agreement)


def two_assessments():
    first = assessment()
    create_assessment(first.item, first.follow_up_round)


def two_rounds():
    agreement = create_agreement()
    create_round(agreement, number=1)
    create_round(agreement, number=1)


def two_milestones():
    item = create_item()
    spring = create_round(item.agreement)
    create_milestone(item, spring, position=1)
    create_milestone(item, spring, position=1)


def milestone():
    item = create_item()
    return create_milestone(item, create_round(item.agreement))


def milestone_change():
    item = create_item()
    return create_milestone_change(item, create_round(item.agreement))


def two_uploads():
    by = create_user(Role.FINANCE)
    for name in ("a.toml", "b.toml"):
        AgreementUpload.objects.create(
            uploaded_by=by, uploaded_at=timezone.now(), file_name=name, content=b"", digest=name, budget_year=2031
        )


def moved_date(**fields):
    kept = {"field": "deadline", "before": date(2031, 5, 1), "reason": "Ferie", "at": timezone.now(), "actor": "Jens"}
    return MovedDate.objects.create(follow_up_round=create_round(), **(kept | fields))


def substitute(other=None):
    """One; or the same once more."""
    chief = other.chief if other else create_user(Role.CHIEF)
    stand_in = other.stand_in if other else create_user(Role.EDITOR)
    days = {"first_day": date(2031, 5, 1), "last_day": date(2031, 5, 9)}
    return Substitute.objects.create(chief=chief, stand_in=stand_in, **days)


def reminder(other=None):
    """One; or the same once more."""
    user = other.user if other else create_user(Role.EDITOR)
    follow_up_round = other.follow_up_round if other else create_round()
    kept = {"kind": "today", "deadline": date(2031, 5, 9), "sent_at": timezone.now()}
    return SentReminder.objects.create(user=user, follow_up_round=follow_up_round, **kept)


def two_hands():
    """The same one twice."""
    row, user = assessment(), create_user(Role.EDITOR)
    for _ in range(2):
        EntryAuthor.objects.create(item=row.item, follow_up_round=row.follow_up_round, user=user)


def two_notes():
    row = assessment()
    for text in ("Et", "To"):
        create_note(row.item, row.follow_up_round, text)


def allow_number(**fields):
    row = {"place": "aftale 2031", "digest": "a" * 64, "reason": "Et lokalnummer.", "actor": "x", **fields}
    return AllowedNumber.objects.create(at=timezone.now(), **row)


def step(edition, position, state, **fields):
    row = {"at": timezone.now(), "actor": "x", "reason": "Forkert", **fields}
    return EditionStep.objects.create(edition=edition, position=position, state=state, **row)


def edition_file(edition=None):
    return EditionFile.objects.create(edition=edition or create_edition(), kind="html", content=b"", size=0, sha256="")


VIOLATIONS = {
    "publication_once_per_round_and_scope": lambda: Publication.objects.create(
        follow_up_round=create_edition().publication.follow_up_round, scope="samlet"
    ),
    "edition_number_once": lambda: create_edition(create_edition().publication.follow_up_round, number=1),
    "edition_sequence_once": lambda: create_edition(sequence=create_edition().sequence),
    "edition_correction_has_reason": lambda: create_edition(number=2, reason=""),
    "edition_number_from_one": lambda: create_edition(number=0, reason="Rettelse"),
    "edition_file_once_per_kind": lambda: edition_file(edition_file().edition),
    "edition_step_position_once": lambda: step(create_edition(), 1, "open"),
    "edition_step_state_once": lambda: step(create_edition(), 2, "built"),
    "edition_step_known_state": lambda: step(create_edition(), 2, "shown"),
    "edition_withdrawn_with_reason": lambda: step(create_edition(), 2, "withdrawn", reason=""),
    "level_definition_once": two_definitions,
    "level_definition_known_level": lambda: define(create_agreement(), dimension="economy", level="happy"),
    "assessment_once_per_item_and_round": two_assessments,
    "assessment_known_effort": lambda: update(assessment(), effort="kept"),
    "assessment_known_economy": lambda: update(assessment(), economy="happy"),
    "assessment_known_state": lambda: update(assessment(), state="not_reported"),
    "assessment_version_from_one": lambda: update(assessment(), version=0),
    "assessment_blank_only_in_draft": lambda: update(assessment(), economy=""),
    "assessment_explains_what_needs_it": lambda: update(assessment(), effort="neutral"),
    "assessment_draft_is_not_submitted": lambda: update(draft(), submitted_at=timezone.now()),
    "assessment_approval_only_when_approved": lambda: update(assessment(), approved_version=1),
    "entry_author_once": two_hands,
    "finance_note_once_per_item_and_round": two_notes,
    "assessment_taken_over_by_finance": lambda: update(assessment(), is_taken_over=True),
    "round_number_once": two_rounds,
    "round_number_from_one": lambda: update(create_round(), number=0),
    "round_known_state": lambda: update(create_round(), state="draft"),
    "round_deadline_after_opening": lambda: update(
        create_round(), opens_on=date(2018, 5, 1), deadline=date(2018, 4, 30)
    ),
    "round_closed_at_only_when_closed": lambda: update(create_round(state="open"), closed_at=timezone.now()),
    "round_closed_by_with_closed_at": lambda: update(
        create_round(state="closed"), closed_by=create_user(Role.APPROVER)
    ),
    "moved_date_known_field": lambda: moved_date(field="signed_on"),
    "moved_date_has_reason": lambda: moved_date(reason=""),
    "milestone_position_once": two_milestones,
    "milestone_has_text": lambda: update(milestone(), text=""),
    "milestone_change_has_reason": lambda: update(milestone_change(), reason=""),
    "milestone_change_changes": lambda: update(row := milestone_change(), after=row.before),
    "decision_known_outcome": lambda: update(create_decision(create_agreement()), outcome="glad"),
    "decision_has_body": lambda: update(create_decision(create_agreement()), body=""),
    "plan_known_state": lambda: update(create_agreement().milestone_plan, state="klar"),
    "substitute_ends_after_it_begins": lambda: update(substitute(), last_day=date(2031, 4, 30)),
    "substitute_is_somebody_else": lambda: update(row := substitute(), stand_in=row.chief),
    "substitute_period_once": lambda: substitute(substitute()),
    "reminder_once": lambda: reminder(reminder()),
    "reminder_known_kind": lambda: update(reminder(), kind="yesterday"),
    "user_role_once": lambda: UserRole.objects.create(user=create_user(Role.FINANCE), role=Role.FINANCE),
    "user_role_known": lambda: UserRole.objects.create(user=create_user(), role="superuser"),
    "one_upload_at_a_time": two_uploads,
    "allowed_number_once": lambda: [allow_number(), allow_number(reason="Et andet.")],
    "allowed_number_has_reason": lambda: allow_number(reason=""),
    "event_has_actor": lambda: Event.objects.create(at=timezone.now(), act=Act.ROUND_OPENED, actor="", subject="x"),
}


@pytest.mark.parametrize("name", VIOLATIONS)
def test_database_refuses(db, name):
    assert_refused("tracker", name, VIOLATIONS[name])


def test_every_constraint_is_broken_by_a_test():
    assert VIOLATIONS.keys() == constraints_of("tracker").keys()


NEEDS_COMMENT = [
    (effort, economy)
    for effort in Effort.values
    for economy in Economy.values
    if effort in {"neutral", "sad"} or economy == "not_kept"
]


@pytest.mark.parametrize("effort", Effort.values)
@pytest.mark.parametrize("economy", Economy.values)
def test_database_keeps_the_comment_rule(db, effort, economy):
    row = assessment(comment="Forsinket")

    def without_comment():
        update(row, effort=effort, economy=economy, comment="")

    if (effort, economy) in NEEDS_COMMENT:
        assert_refused("tracker", "assessment_explains_what_needs_it", without_comment)
    else:
        without_comment()


def test_a_draft_may_be_blank(db):
    row = draft()

    update(row, effort="sad", comment="")

    assert Assessment.objects.get(pk=row.pk).effort == "sad"


@pytest.mark.parametrize("dimension", Dimension.values)
def test_silence_is_no_level_that_a_person_can_choose(dimension):
    levels = Dimension(dimension).levels.values

    assert NOT_REPORTED not in levels


def test_how_far_an_entry_is(db, editor, finance):
    item = create_item()
    spring = create_round(item.agreement)

    def stage(follow_up_round=spring):
        return entry_of(item, follow_up_round).stage

    assert stage() == EntryStage.NOTHING
    row = create_assessment(item, spring, state="draft", by=editor)
    assert stage() == EntryStage.CENTRE_DRAFT
    update(row, is_entered_by_finance=True)
    assert stage() == EntryStage.FINANCE_DRAFT
    update(row, state="submitted")
    assert stage() == EntryStage.FINANCE_SUBMITTED
    update(row, is_entered_by_finance=False)
    assert stage() == EntryStage.CENTRE_SUBMITTED
    update(row, state="approved")
    assert stage() == EntryStage.APPROVED
    update(spring, state="published")
    assert stage(FollowUpRound.objects.get(pk=spring.pk)) == EntryStage.PUBLISHED


def test_only_what_was_handed_in_counts(db):
    item = create_item()
    states = ["draft", "submitted", "approved"]
    rows = [create_assessment(item, create_round(item.agreement), state=state) for state in states]

    reported = item.assessments.reported()

    assert set(reported) == set(rows[1:])
    assert [row.is_reported for row in rows] == [False, True, True]


def test_what_was_reported_on_cannot_be_deleted(db):
    row = assessment()

    for protected in (row.item, row.follow_up_round, row.item.agreement):
        with pytest.raises(ProtectedError):
            protected.delete()


@pytest.mark.parametrize(
    ("state", "is_open", "is_over"),
    [("planned", False, False), ("open", True, False), ("closed", False, True), ("published", False, True)],
)
def test_a_round_is_what_its_state_says_never_its_dates(db, state, is_open, is_over):
    last_year = date.today() - timedelta(days=365)
    row = create_round(state=state, opens_on=last_year, deadline=last_year)

    assert (row.is_open, row.is_over) == (is_open, is_over)


def test_a_plan_is_decided_once_it_is_approved(db):
    agreement = create_agreement()

    decided = {state for state in ("draft", "hearing", "approved", "changed") if plan_in(agreement, state).is_decided}

    assert decided == {"approved", "changed"}


def plan_in(agreement, state):
    update(agreement.milestone_plan, state=state)
    return MilestonePlan.objects.get(agreement=agreement)


def test_milestones_come_by_round_and_position(db):
    item = create_item()
    autumn, spring = create_round(item.agreement, number=2), create_round(item.agreement, number=1)
    for text, follow_up_round in [("c", autumn), ("a", spring), ("b", spring)]:
        create_milestone(item, follow_up_round, text)

    assert [row.text for row in Milestone.objects.filter(item=item)] == ["a", "b", "c"]


def test_a_user_has_the_roles_and_centres_given(db):
    user = create_user(Role.EDITOR, Role.FINANCE, centres=[create_centre("Ejendomme")])

    assert user.roles == {"editor", "finance"}
    assert user.centre_ids == {create_centre("Ejendomme").pk}
    assert user.has_role(Role.FINANCE, Role.MEMBER)
    assert not user.has_role(Role.MEMBER)
