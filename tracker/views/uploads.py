"""An agreement file by upload: choosing it, seeing what it changes, and applying it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from budget.files.schema import FileRefused, Problem
from budget.models import Agreement
from tracker.actions.upload_preview import preview_of
from tracker.actions.uploads import apply_upload, discard_upload, refresh_upload, upload_agreement
from tracker.errors import CprFound, TrackerError
from tracker.forms.uploads import AgreementUploadForm, UploadActForm
from tracker.models import AgreementUpload
from tracker.permissions import Permission, require_permission

WITHOUT_REASON = "Skriv, hvad tallene er, eller fjern filen igen, hvis det er CPR-numre. Intet er indlæst."
MOST_SHOWN = 200  # problems or differences on one page; nobody reads more before mending these


@require_http_methods(["GET", "POST"])
@require_permission(Permission.SETUP)
def agreement_upload(request: HttpRequest) -> HttpResponse:
    form = AgreementUploadForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    problems: list[Problem] = []
    if form.is_valid():
        content = form.cleaned_data["file"].read()
        try:
            upload_agreement(name=form.file_name, content=content, by=request.user)
        except FileRefused as error:
            problems = error.problems
        else:
            return redirect("agreement_upload_check")
    waiting = AgreementUpload.objects.filter(uploaded_by=request.user).defer("content").first()
    context = {"form": form, "waiting": waiting, "problems": problems, "most_shown": MOST_SHOWN}
    status = 422 if problems or form.errors else 200
    return render(request, "tracker/uploads/upload.html", context, status=status)


@require_http_methods(["GET", "POST"])
@require_permission(Permission.SETUP)
def agreement_upload_check(request: HttpRequest) -> HttpResponse:
    """The preview of the user's own upload; 404 where there is none."""
    upload = get_object_or_404(AgreementUpload, uploaded_by=request.user)
    if request.method == "GET":
        return _preview_page(request, upload, UploadActForm())
    form = UploadActForm(request.POST)
    if not form.is_valid():
        return _preview_page(request, upload, form, status=422, refusal=_sentence_of(form))
    match form.cleaned_data["act"]:
        case UploadActForm.DISCARD:
            discard_upload(upload=upload)
            messages.success(request, f"{upload.file_name} er fjernet igen. Intet er indlæst.")
            return redirect("agreement_upload")
        case UploadActForm.REFRESH:
            refresh_upload(upload=upload)
            return redirect("agreement_upload_check")
    return _apply(request, upload, form)


def _sentence_of(form: UploadActForm) -> str:
    """A reason that is too long is told at its field."""
    return "Vælg, hvad der skal ske med filen." if "act" in form.errors else ""


def _apply(request: HttpRequest, upload: AgreementUpload, form: UploadActForm) -> HttpResponse:
    digest, base = form.cleaned_data["digest"], form.cleaned_data["base"]
    try:
        reason = form.cleaned_data["cpr_reason"]
        outcome = apply_upload(upload=upload, by=request.user, digest=digest, base=base, cpr_reason=reason)
    except CprFound as error:
        form.add_error("cpr_reason", str(error) if error.is_reason else WITHOUT_REASON)
        return _preview_page(request, upload, form, status=422)
    except TrackerError as error:
        upload = get_object_or_404(AgreementUpload, uploaded_by=request.user)
        return _preview_page(request, upload, form, status=409, refusal=str(error))
    except FileRefused:
        return _preview_page(request, upload, form)
    if outcome.is_new:
        messages.success(request, f"{outcome.title} er indlæst fra {outcome.file}.")
    else:
        messages.info(request, f"{outcome.title} er allerede indlæst. Intet er ændret.")
    return redirect(Agreement.objects.get(budget_year=upload.budget_year))


def _preview_page(
    request: HttpRequest, upload: AgreementUpload, form: UploadActForm, *, status: int = 200, refusal: str = ""
) -> HttpResponse:
    context = {"upload": upload, "form": form, "refusal": refusal, "most_shown": MOST_SHOWN}
    try:
        context["preview"] = preview_of(upload)
    except FileRefused as error:
        context["problems"] = error.problems
        status = 422
    return render(request, "tracker/uploads/check.html", context, status=status)
