"""Entering, submitting and taking back an assessment.

Each act locks the round's row first, so that closing a round and saving into it cannot pass each other, and changes
the assessment with `UPDATE ... WHERE version = <the one read>`: a second writer changes no row and is told so.
"""

from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from budget.models import Item
from tracker.errors import MissingAnswer, NotTakenOver, RoundNotOpen, StaleVersion, WrongState
from tracker.models import Act, Assessment, Entry, FollowUpRound, User, missing_answers
from tracker.permissions import reports_for
from tracker.statuses import AssessmentState

from .events import write_event


@dataclass(frozen=True)
class Answers:
    """What a person enters: levels ("" while open), the comment exactly as typed, kroner or None."""

    effort: str = ""
    economy: str = ""
    comment: str = ""
    expected_amount: int | None = None

    def are_those_of(self, assessment: Assessment) -> bool:
        return self == Answers(assessment.effort, assessment.economy, assessment.comment, assessment.expected_amount)


def _open_round(follow_up_round: FollowUpRound) -> FollowUpRound:
    """The round's row, locked; RoundNotOpen if it is not open."""
    locked = FollowUpRound.objects.select_for_update(no_key=True).get(pk=follow_up_round.pk)
    if not locked.is_open:
        raise RoundNotOpen(locked.label)
    return locked


def _current(item: Item, follow_up_round: FollowUpRound) -> Assessment | None:
    found = Assessment.objects.filter(item=item, follow_up_round=follow_up_round).select_related("saved_by").first()
    if found:
        found.item, found.follow_up_round = item, follow_up_round
    return found


def _entry(assessment: Assessment) -> Entry:
    return Entry(assessment.item, assessment.follow_up_round, assessment)


def _change(assessment: Assessment, by: User, *, history: bool = True, **fields) -> Assessment:
    """Writes the fields if nobody else has written since `assessment` was read; else StaleVersion."""
    fields["version"] = assessment.version + 1
    changed = Assessment.objects.filter(pk=assessment.pk, version=assessment.version).update(**fields)
    if not changed:
        raise StaleVersion(_current(assessment.item, assessment.follow_up_round))
    for name, value in fields.items():
        setattr(assessment, name, value)
    if history:
        Assessment.history.bulk_history_create([assessment], update=True, default_user=by)
    return assessment


@transaction.atomic
def save_draft(
    *,
    item: Item,
    follow_up_round: FollowUpRound,
    by: User,
    answers: Answers,
    version: int,
    page_token: str = "",
    page_sequence: int = 0,
    now: datetime | None = None,
) -> Assessment:
    """Keeps what has been typed, as a draft.

    `version` is the one the form was opened with (0: nothing yet). A page never conflicts with itself: if the answer to
    a save of its own got lost, `page_token` tells that the newer version is its own, and `page_sequence` (how many
    times the page has sent) that this text is newer still. The same answers again change nothing. Raises RoundNotOpen,
    WrongState, NotTakenOver or StaleVersion (with the saved assessment).
    """
    if item.agreement_id != follow_up_round.agreement_id:
        raise ValueError(f"{item!r} is not an item of {follow_up_round!r}")
    now = now or timezone.now()
    _open_round(follow_up_round)
    by_finance = not reports_for(by, item)
    current = _current(item, follow_up_round)
    typed = asdict(answers) | {
        "is_entered_by_finance": by_finance,
        "page_token": page_token,
        "page_sequence": page_sequence,
        "saved_at": now,
        "saved_by": by,
    }
    if current is None:
        if version:
            raise WrongState("Vurderingen findes ikke længere. Genindlæs siden.")
        return _insert_draft(Assessment(item=item, follow_up_round=follow_up_round, **typed))
    if answers.are_those_of(current) and current.saved_by == by:
        return current  # sent twice: a double click, or a repeat after a lost answer
    if not current.is_draft:
        raise WrongState("Vurderingen er indsendt og kan ikke rettes. Fortryd indsendelsen først.")
    if by_finance and not current.is_entered_by_finance:
        raise NotTakenOver
    is_own_page = page_token and current.page_token == page_token and page_sequence > current.page_sequence
    if current.version != version and not is_own_page:
        raise StaleVersion(current)
    if not by_finance:
        typed["is_taken_over"] = False
    return _change(current, by, history=False, **typed)


def _insert_draft(assessment: Assessment) -> Assessment:
    try:
        with transaction.atomic():
            # bulk_create sends no signal: the first row of field history is the first submission, not an autosave
            Assessment.objects.bulk_create([assessment])
    except IntegrityError as error:  # two people began at the same moment
        current = _current(assessment.item, assessment.follow_up_round)
        if current is None:
            raise  # not a race: a value that the database does not know
        raise StaleVersion(current) from error
    return assessment


@transaction.atomic
def submit_assessment(
    *, item: Item, follow_up_round: FollowUpRound, by: User, version: int, now: datetime | None = None
) -> Assessment:
    """Hands in the draft whose `version` the user has seen. Submitting again what one has just submitted changes
    nothing. Raises MissingAnswer (a sentence per field), RoundNotOpen, WrongState, NotTakenOver or StaleVersion."""
    now = now or timezone.now()
    _open_round(follow_up_round)
    current = _current(item, follow_up_round)
    if current is None:
        raise MissingAnswer(missing_answers(Answers()))
    if current.state == AssessmentState.SUBMITTED and current.submitted_by_id == by.pk:
        return current
    if not current.is_draft:
        raise WrongState("Vurderingen er allerede indsendt.")
    if not reports_for(by, item) and not current.is_entered_by_finance:
        raise NotTakenOver
    if current.version != version:
        raise StaleVersion(current)
    if missing := missing_answers(current):
        raise MissingAnswer(missing)
    submitted = _change(current, by, state=AssessmentState.SUBMITTED, submitted_at=now, submitted_by=by)
    note = (
        f"indtastet af Økonomi og Styring for {item.centre_name or 'punktet'}" if current.is_entered_by_finance else ""
    )
    write_event(act=Act.ASSESSMENT_SUBMITTED, by=by, subject=_entry(submitted).subject, note=note, now=now)
    return submitted


@transaction.atomic
def take_back_assessment(
    *, item: Item, follow_up_round: FollowUpRound, by: User, now: datetime | None = None
) -> Assessment:
    """Makes a submitted assessment a draft again (Fortryd), while the round is open."""
    _open_round(follow_up_round)
    current = _current(item, follow_up_round)
    if current is None or current.state != AssessmentState.SUBMITTED:
        raise WrongState("Kun en indsendt vurdering, der ikke er godkendt, kan fortrydes.")
    taken_back = _change(current, by, state=AssessmentState.DRAFT, submitted_at=None, submitted_by=None)
    write_event(act=Act.ASSESSMENT_TAKEN_BACK, by=by, subject=_entry(taken_back).subject, now=now)
    return taken_back


@transaction.atomic
def take_over_draft(*, item: Item, follow_up_round: FollowUpRound, by: User, now: datetime | None = None) -> Assessment:
    """Finance carries on with a centre's own draft, at the centre's request. The centre sees who and when."""
    _open_round(follow_up_round)
    current = _current(item, follow_up_round)
    if current is None or not current.is_draft or current.is_entered_by_finance:
        raise WrongState("Kun centerets egen kladde kan overtages.")
    taken_over = _change(current, by, is_entered_by_finance=True, is_taken_over=True, page_token="")
    write_event(act=Act.ASSESSMENT_TAKEN_OVER, by=by, subject=_entry(taken_over).subject, now=now)
    return taken_over
