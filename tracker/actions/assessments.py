"""Entering, submitting and taking back an assessment: the acts of those who enter. What finance makes of it afterwards
is `approvals`.

Each act locks the round's row first, so that closing a round and saving into it cannot pass each other, and changes
the assessment with `UPDATE ... WHERE version = <the one read>`: a second writer changes no row and is told so.
"""

from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from budget.models import Item
from tracker.errors import MissingAnswer, NotTakenOver, StaleVersion, WrongState
from tracker.models import Act, Assessment, Entry, FollowUpRound, User, missing_answers
from tracker.permissions import reports_for
from tracker.statuses import AssessmentState

from .cpr import refuse_cpr_numbers
from .entries import (
    BulkResult,
    Left,
    change_assessment,
    current_assessment,
    current_assessments,
    entry_of,
    locked_open_round,
    note_author,
)
from .events import write_event

NOT_YOURS = "Punktet hører ikke til dit center."
NOT_A_DRAFT = "Der er ingen kladde at indsende. Måske er den lige indsendt."
CHANGED_MEANWHILE = "Kladden er ændret, siden du åbnede siden. Læs den igen, og indsend den så."


@dataclass(frozen=True)
class Answers:
    """What a person enters: levels ("" while open), the comment exactly as typed, kroner or None."""

    effort: str = ""
    economy: str = ""
    comment: str = ""
    expected_amount: int | None = None

    def are_those_of(self, assessment: Assessment) -> bool:
        return self == Answers(assessment.effort, assessment.economy, assessment.comment, assessment.expected_amount)


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
    cpr_reason: str = "",
    is_explicit: bool = False,
    now: datetime | None = None,
) -> Assessment:
    """Keeps what has been typed, as a draft; field history gets a row where somebody saved it themselves.

    `version` is the one the form was opened with (0: nothing yet). A page never conflicts with itself: if the answer to
    a save of its own got lost, `page_token` tells that the newer version is its own, and `page_sequence` (how many
    times the page has sent) that this text is newer still. The same answers again change nothing.
    """
    if item.agreement_id != follow_up_round.agreement_id:
        raise ValueError(f"{item!r} is not an item of {follow_up_round!r}")
    now = now or timezone.now()
    locked_open_round(follow_up_round)
    _refuse_cpr_numbers(Entry(item, follow_up_round, None), answers, by, cpr_reason, now)
    by_finance = not reports_for(by, item)
    current = current_assessment(item, follow_up_round)
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
        note_author(item, follow_up_round, by)
        draft = _insert_draft(Assessment(item=item, follow_up_round=follow_up_round, **typed))
        if is_explicit:
            Assessment.history.bulk_history_create([draft], default_user=by)
        return draft
    is_own_page = bool(page_token) and current.page_token == page_token
    # a page from before the return would otherwise hand in once more what is to be mended, comment unread
    has_missed_a_return = current.returned_at is not None and current.version != version and not is_own_page
    if answers.are_those_of(current) and current.saved_by == by and not has_missed_a_return:
        if is_explicit and current.is_draft and not Assessment.history.filter(
            id=current.pk, version=current.version
        ).exists():  # an autosave has been here before
            Assessment.history.bulk_history_create([current], update=True, default_user=by)
        return current  # sent twice: a double click, or a repeat after a lost answer
    if not current.is_draft:
        raise WrongState("Vurderingen er indsendt og kan ikke rettes. Fortryd indsendelsen først.")
    if by_finance and not current.is_entered_by_finance:
        raise NotTakenOver
    if current.version != version and not (is_own_page and page_sequence > current.page_sequence):
        raise StaleVersion(current)
    if not by_finance:
        typed["is_taken_over"] = False
    if not page_token or (current.page_token, current.saved_by_id) != (page_token, by.pk):
        note_author(item, follow_up_round, by)  # else this page's last save did
    return change_assessment(current, by, history=is_explicit, **typed)


def _refuse_cpr_numbers(entry: Entry, answers: Answers, by: User, reason: str, now: datetime) -> None:
    refuse_cpr_numbers({"Bemærkning": answers.comment}, subject=entry.subject, by=by, reason=reason, now=now)


def _insert_draft(assessment: Assessment) -> Assessment:
    try:
        with transaction.atomic():
            # bulk_create sends no signal: the first row of field history is the first submission, not an autosave
            Assessment.objects.bulk_create([assessment])
    except IntegrityError as error:  # two people began at the same moment
        current = current_assessment(assessment.item, assessment.follow_up_round)
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
    locked_open_round(follow_up_round)
    current = current_assessment(item, follow_up_round)
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
    return _submit(current, by, now)


def _submit(draft: Assessment, by: User, now: datetime) -> Assessment:
    """What it was returned with is answered now; the words stay in the history and in the event of the return."""
    centre = draft.item.centre_name or "punktet"
    note = f"indtastet af Økonomi og Styring for {centre}" if draft.is_entered_by_finance else ""
    note_author(draft.item, draft.follow_up_round, by)
    submitted = change_assessment(
        draft,
        by,
        state=AssessmentState.SUBMITTED,
        submitted_at=now,
        submitted_by=by,
        return_comment="",
        returned_at=None,
    )
    write_event(act=Act.ASSESSMENT_SUBMITTED, by=by, subject=entry_of(submitted).subject, note=note, now=now)
    return submitted


@transaction.atomic
def submit_all(
    *, follow_up_round: FollowUpRound, by: User, versions: dict[str, int], now: datetime | None = None
) -> BulkResult:
    """Hands in the drafts of a chief's centres at once: by item key the version the chief has seen of each. What is
    incomplete, changed since or no longer a draft is left as it is, with the reason. Raises RoundNotOpen."""
    now = now or timezone.now()
    locked_open_round(follow_up_round)
    found = current_assessments(follow_up_round, set(versions))
    result = BulkResult()
    for key, draft in found.items():
        if reason := _why_left(draft, by, versions[key]):
            result.left.append(Left(key, draft.item.title, reason))
        else:
            result.done.append(_submit(draft, by, now))
    result.left.extend(Left(key, "", NOT_A_DRAFT) for key in sorted(set(versions) - set(found)))
    return result


def _why_left(draft: Assessment, by: User, version: int) -> str:
    if draft.item.lead_centre_id not in by.chief_centre_ids:
        return NOT_YOURS
    if not draft.is_draft:
        return NOT_A_DRAFT
    if draft.version != version:
        return CHANGED_MEANWHILE
    return " ".join(missing_answers(draft).values())


@transaction.atomic
def take_back_assessment(
    *, item: Item, follow_up_round: FollowUpRound, by: User, now: datetime | None = None
) -> Assessment:
    """Makes a submitted assessment a draft again (Fortryd), while the round is open."""
    locked_open_round(follow_up_round)
    current = current_assessment(item, follow_up_round)
    if current is None or current.state != AssessmentState.SUBMITTED:
        raise WrongState("Kun en indsendt vurdering, der ikke er godkendt, kan fortrydes.")
    taken_back = change_assessment(current, by, state=AssessmentState.DRAFT, submitted_at=None, submitted_by=None)
    write_event(act=Act.ASSESSMENT_TAKEN_BACK, by=by, subject=entry_of(taken_back).subject, now=now)
    return taken_back


@transaction.atomic
def take_over_draft(*, item: Item, follow_up_round: FollowUpRound, by: User, now: datetime | None = None) -> Assessment:
    """Finance carries on with a centre's own draft, at the centre's request. The centre sees who and when."""
    locked_open_round(follow_up_round)
    current = current_assessment(item, follow_up_round)
    if current is None or not current.is_draft or current.is_entered_by_finance:
        raise WrongState("Kun centerets egen kladde kan overtages.")
    taken_over = change_assessment(current, by, is_entered_by_finance=True, is_taken_over=True, page_token="")
    write_event(act=Act.ASSESSMENT_TAKEN_OVER, by=by, subject=entry_of(taken_over).subject, now=now)
    return taken_over
