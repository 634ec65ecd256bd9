"""An agreement file by upload: kept for its owner until it is applied, as it was read, to what it was compared with."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from budget.files.schema import FileRefused, Problem
from budget.files.toml import parse_document
from budget.models import Agreement
from tracker.errors import AgreementSigned, DraftInUse, UploadOutdated
from tracker.models import AgreementUpload, User
from tracker.statuses import AssessmentState, Role, RoundState

from .agreement_files import LoadOutcome, check_document, save_new
from .replacing import lock_draft, replace_draft
from .upload_preview import Outcome, Preview, base_of, preview_of


@transaction.atomic
def upload_agreement(*, name: str, content: bytes, by: User, now: datetime | None = None) -> AgreementUpload:
    """Checks a file and keeps it in the place of the user's earlier one. FileRefused, with all that is wrong, keeps
    nothing."""
    document, digest = parse_document(content, name)
    file = check_document(document, name)
    year = file["agreement"]["budget_year"]
    known = Agreement.objects.filter(budget_year=year).first()
    if not (known and known.is_signed):  # a signed one is closed to any file, and can only be compared
        _must_leave_progress_to_the_approver(file, name, by)
    fields = {
        "uploaded_at": now or timezone.now(),
        "file_name": name,
        "content": content,
        "digest": digest,
        "budget_year": year,
        "base": base_of(known),
    }
    return AgreementUpload.objects.update_or_create(uploaded_by=by, defaults=fields)[0]


@transaction.atomic
def refresh_upload(*, upload: AgreementUpload) -> None:
    """Compares the file with the agreement as it now stands, so that it can be applied to that."""
    known = Agreement.objects.filter(budget_year=upload.budget_year).first()
    AgreementUpload.objects.filter(pk=upload.pk).update(base=base_of(known))


def discard_upload(*, upload: AgreementUpload) -> None:
    AgreementUpload.objects.filter(pk=upload.pk).delete()


@transaction.atomic
def apply_upload(
    *, upload: AgreementUpload, by: User, digest: str, base: str, cpr_reason: str = "", now: datetime | None = None
) -> LoadOutcome:
    """Saves the file as a new agreement, or puts it in the place of a draft; what is there already stays as it is.

    `digest` and `base` are those of the preview that the user saw. If the file or the agreement has changed since,
    UploadOutdated, and nothing is changed. CprFound, unless `cpr_reason` says why what looks like one is none.
    """
    current = AgreementUpload.objects.select_for_update().filter(pk=upload.pk, uploaded_by=by).first()
    if current is None or current.digest != digest:
        raise UploadOutdated
    known = Agreement.objects.filter(budget_year=current.budget_year).first()
    if known and not lock_draft(known):
        raise UploadOutdated  # somebody else's file took its place while we waited
    preview = preview_of(current)
    if preview.outcome is not Outcome.SAME:
        _must_leave_progress_to_the_approver(preview.file, current.file_name, by)
        _must_be_as_shown(preview, base)
        _save(preview, by, cpr_reason, now)
    current.delete()
    is_new = preview.outcome is not Outcome.SAME
    return LoadOutcome(current.file_name, preview.title, is_new=is_new, counts=preview.file["control"])


def _must_leave_progress_to_the_approver(file: dict, name: str, by: User) -> None:
    """A round is opened, and an assessment approved, by the approver: a file is no way round that."""
    moved_on = [row["place"] for row in file["rounds"] if row["state"] != RoundState.PLANNED]
    approved = AssessmentState.APPROVED
    moved_on += [row["place"] for item in file["items"] for row in item["assessments"] if row["state"] == approved]
    if moved_on and not by.has_role(Role.APPROVER):
        cause = (
            f"{moved_on[0]} er åbnet eller godkendt (i alt {len(moved_on)} steder). En fil med runder, der er længere "
            "end planlagt, eller med godkendte vurderinger kan kun godkenderen indlæse"
        )
        raise FileRefused(name, [Problem("filen", cause)])


def _must_be_as_shown(preview: Preview, base: str) -> None:
    if preview.outcome is Outcome.SIGNED:
        raise AgreementSigned
    if preview.obstacles:
        raise DraftInUse(preview.obstacles)
    if preview.is_stale or base != preview.base:
        raise UploadOutdated


def _save(preview: Preview, by: User, cpr_reason: str, now: datetime | None) -> None:
    file, digest = preview.file, preview.upload.digest
    if preview.known:
        replace_draft(agreement=preview.known, file=file, digest=digest, by=by, cpr_reason=cpr_reason, now=now)
        return
    try:
        with transaction.atomic():
            save_new(file=file, digest=digest, by=by, cpr_reason=cpr_reason, now=now)
    except IntegrityError as error:
        if Agreement.objects.filter(budget_year=preview.upload.budget_year).exists():
            raise UploadOutdated from error  # somebody else made the year's agreement at the same moment
        raise
