"""What finance makes of an entry: returning it, a note beside it, approving it. A centre's own words stay its own.

The same guards as in `assessments`: the round's row is locked first, and every change names the version it was made on.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from budget.models import Item
from tracker.errors import FourEyes, Refused, RoundStateError, RowChanged, StaleVersion, TrackerError, WrongState
from tracker.models import Act, Assessment, Edition, Entry, Event, FinanceNote, FollowUpRound, User
from tracker.permissions import has_hand_in
from tracker.statuses import EDITION_ENDED, AssessmentState, Role, RoundState

from .cpr import refuse_cpr_numbers, texts_of
from .entries import (
    BulkResult,
    Left,
    change_assessment,
    current_assessment,
    current_assessments,
    entry_of,
    locked_open_round,
    locked_round,
    note_author,
)
from .events import write_event

_NOT_APPROVED = {"approved_at": None, "approved_by": None, "approved_version": None}
_CHANGED = "Indberetningen er ændret, siden du åbnede siden. Læs den igen, før du går videre."


@transaction.atomic
def return_assessment(
    *, item: Item, follow_up_round: FollowUpRound, by: User, comment: str, version: int, cpr_reason: str = "",
    now: datetime | None = None,
) -> Assessment:  # fmt: skip
    """Gives an entry back to whoever entered it, with what is to be done. Once it is approved only an approver does so.
    Raises Refused without a comment, RoundNotOpen, WrongState or StaleVersion."""
    now = now or timezone.now()
    locked_open_round(follow_up_round)
    current = current_assessment(item, follow_up_round)
    if current is None or not current.is_reported:
        raise WrongState("Kun det, der er indsendt, kan returneres.")
    if current.state == AssessmentState.APPROVED and not by.has_role(Role.APPROVER):
        raise WrongState("Vurderingen er godkendt. Kun en godkender kan returnere den nu.")
    if not comment.strip():
        raise Refused(comment="Skriv, hvad der skal rettes. Centeret ser bemærkningen øverst på siden.")
    if current.version != version:
        raise StaleVersion(current, _CHANGED)
    subject = entry_of(current).subject
    refuse_cpr_numbers({"Returneringen": comment}, subject=subject, by=by, reason=cpr_reason, now=now)
    returned = change_assessment(
        current,
        by,
        state=AssessmentState.DRAFT,
        submitted_at=None,
        submitted_by=None,
        return_comment=comment,
        returned_at=now,
        page_token="",  # the page it was handed in from has not seen the comment
        **_NOT_APPROVED,
    )
    write_event(act=Act.ASSESSMENT_RETURNED, by=by, subject=subject, note=comment, now=now)
    return returned


@transaction.atomic
def approve_assessment(
    *, item: Item, follow_up_round: FollowUpRound, by: User, version: int, now: datetime | None = None
) -> Assessment:
    """Approves the version the approver has seen, and no other. Approving again what one has just approved changes
    nothing. Raises FourEyes, RoundStateError, WrongState or StaleVersion."""
    now = now or timezone.now()
    _refuse_outside_control(locked_round(follow_up_round))
    current = current_assessment(item, follow_up_round)
    if current is None:
        raise WrongState("Der er ikke indberettet noget at godkende.")
    return _approve(current, by, version, now)


def _refuse_outside_control(follow_up_round: FollowUpRound) -> None:
    if follow_up_round.state not in {RoundState.OPEN, RoundState.CLOSED}:
        state = RoundState(follow_up_round.state).label
        raise RoundStateError(f"{follow_up_round.label} er {state}. Der godkendes kun, mens den er åben eller lukket.")


def _approve(current: Assessment, by: User, version: int, now: datetime) -> Assessment:
    if current.state == AssessmentState.APPROVED:
        if (current.approved_by_id, current.approved_version) == (by.pk, version):
            return current  # sent twice
        raise WrongState("Vurderingen er allerede godkendt.")
    if current.state != AssessmentState.SUBMITTED:
        raise WrongState("Kun det, der er indsendt, kan godkendes.")
    if has_hand_in(by, entry_of(current)):
        raise FourEyes
    if current.version != version:
        raise StaleVersion(current, _CHANGED)
    approved = change_assessment(
        current, by, state=AssessmentState.APPROVED, approved_at=now, approved_by=by, approved_version=version
    )
    write_event(act=Act.ASSESSMENT_APPROVED, by=by, subject=entry_of(approved).subject, now=now)
    return approved


@transaction.atomic
def approve_many(
    *, follow_up_round: FollowUpRound, by: User, versions: dict[str, int], now: datetime | None = None
) -> BulkResult:
    """Approves several entries at once: by item key the version the approver has seen of each. What cannot be approved
    is left as it is, with the reason. Raises RoundStateError."""
    now = now or timezone.now()
    _refuse_outside_control(locked_round(follow_up_round))
    found = current_assessments(follow_up_round, set(versions))
    result = BulkResult()
    for key, current in found.items():
        try:
            result.done.append(_approve(current, by, versions[key], now))
        except TrackerError as error:
            result.left.append(Left(key, current.item.title, str(error)))
    missing = sorted(set(versions) - set(found))
    result.left.extend(Left(key, "", "Der er ikke indberettet noget at godkende.") for key in missing)
    return result


@transaction.atomic
def undo_approval(
    *, item: Item, follow_up_round: FollowUpRound, by: User, version: int, now: datetime | None = None
) -> Assessment:
    """Makes an approved entry a submitted one again. Not once an edition holds it, unless the round has been opened
    again to be corrected. Raises RoundStateError, WrongState or StaleVersion."""
    now = now or timezone.now()
    locked = locked_round(follow_up_round)
    _refuse_outside_control(locked)
    current = current_assessment(item, follow_up_round)
    if current is None or current.state != AssessmentState.APPROVED:
        raise WrongState("Vurderingen er ikke godkendt, så der er ingen godkendelse at fortryde.")
    if current.version != version:
        raise StaleVersion(current, _CHANGED)
    if _is_held_by_an_edition(locked):
        raise RoundStateError(
            "Rundens rapport er bygget af det, der er godkendt. Åbn runden igen med en begrundelse, hvis noget skal "
            "rettes."
        )
    undone = change_assessment(current, by, state=AssessmentState.SUBMITTED, **_NOT_APPROVED)
    write_event(act=Act.APPROVAL_UNDONE, by=by, subject=entry_of(undone).subject, now=now)
    return undone


def _is_held_by_an_edition(follow_up_round: FollowUpRound) -> bool:
    """Editions are built of a closed round only: an open one has been opened again since."""
    if follow_up_round.is_open:
        return False
    editions = Edition.objects.filter(publication__follow_up_round=follow_up_round).defer("content")
    built = [each.built_at for each in editions.prefetch_related("steps") if each.state not in EDITION_ENDED]
    reopened = Event.objects.filter(act=Act.ROUND_REOPENED, subject=follow_up_round.subject)
    return bool(built) and not reopened.filter(at__gt=max(built)).exists()


@transaction.atomic
def save_finance_note(
    *, item: Item, follow_up_round: FollowUpRound, by: User, text: str, version: int, cpr_reason: str = "",
    now: datetime | None = None,
) -> FinanceNote | None:  # fmt: skip
    """Økonomi og Styring's own words beside the entry, whatever the centre has done, until it is approved. `version` is
    the one the form was opened with (0: no note yet); a blank text takes the note away. Nothing the centre has entered
    is touched. Raises RoundStateError, WrongState or RowChanged."""
    now = now or timezone.now()
    if locked_round(follow_up_round).is_published:
        raise RoundStateError("Runden er offentliggjort. Bemærkningen kan ikke længere ændres.")
    assessment = current_assessment(item, follow_up_round)
    if assessment and assessment.state == AssessmentState.APPROVED:
        raise WrongState("Vurderingen er godkendt. Fortryd godkendelsen, hvis bemærkningen skal ændres.")
    current = FinanceNote.objects.filter(item=item, follow_up_round=follow_up_round).select_related("saved_by").first()
    text = text if text.strip() else ""
    if text == (current.text if current else ""):
        return current  # sent twice, or nothing to keep
    if current and current.version != version:
        raise RowChanged(current)
    subject = Entry(item, follow_up_round, assessment).subject
    refuse_cpr_numbers(texts_of(FinanceNote, {"text": text}), subject=subject, by=by, reason=cpr_reason, now=now)
    note = _change_note(current, text, by, now) if current else _insert_note(item, follow_up_round, text, by, now)
    note_author(item, follow_up_round, by)
    # an approver who has the entry open has not seen this note: the version tells. The centre's words stay as they are.
    submitted = Assessment.objects.filter(item=item, follow_up_round=follow_up_round, state=AssessmentState.SUBMITTED)
    submitted.update(version=F("version") + 1)
    removed = "" if text else "bemærkningen er fjernet"
    write_event(act=Act.FINANCE_NOTE_SAVED, by=by, subject=subject, note=removed, now=now)
    return note


def _change_note(current: FinanceNote, text: str, by: User, now: datetime) -> FinanceNote:
    fields = {"text": text, "version": current.version + 1, "saved_at": now, "saved_by": by}
    if not FinanceNote.objects.filter(pk=current.pk, version=current.version).update(**fields):
        raise RowChanged(FinanceNote.objects.select_related("saved_by").get(pk=current.pk))
    for name, value in fields.items():
        setattr(current, name, value)
    FinanceNote.history.bulk_history_create([current], update=True, default_user=by)
    return current


def _insert_note(item: Item, follow_up_round: FollowUpRound, text: str, by: User, now: datetime) -> FinanceNote:
    """The round's lock keeps two who begin at once apart: the second finds the first one's note."""
    note = FinanceNote(item=item, follow_up_round=follow_up_round, text=text, saved_at=now, saved_by=by)
    FinanceNote.objects.bulk_create([note])
    FinanceNote.history.bulk_history_create([note], default_user=by)
    return note
