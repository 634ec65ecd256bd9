"""Finance's acts on an entry, and the two acts on many entries: a chief submits, an approver approves."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from tracker.actions.approvals import (
    approve_assessment,
    approve_many,
    return_assessment,
    save_finance_note,
    undo_approval,
)
from tracker.actions.assessments import submit_all
from tracker.actions.entries import BulkResult
from tracker.errors import RoundNotOpen, StaleVersion
from tracker.forms.approvals import NoteForm, ReturnForm, SeenForm, chosen_versions
from tracker.models import Assessment, Entry, FinanceNote
from tracker.permissions import Permission, authorize, require_permission
from tracker.reports.bulk import approval_page, submit_page
from tracker.views.entries import entry_address, entry_response
from tracker.views.lookup import find_entry, find_round
from tracker.views.saving import status_of


def _entry_for(request: HttpRequest, permission: Permission, year: int, number: int, key: str) -> Entry:
    entry = find_entry(request.user, year, number, key)
    authorize(request.user, permission, entry)
    return entry


@require_POST
@require_permission(Permission.ENTRY_RETURN)
def entry_return(request: HttpRequest, year: int, number: int, key: str) -> HttpResponse:
    entry = _entry_for(request, Permission.ENTRY_RETURN, year, number, key)
    form = ReturnForm.of(entry.assessment, request.POST)
    status = status_of(
        form,
        lambda: return_assessment(
            item=entry.item,
            follow_up_round=entry.follow_up_round,
            by=request.user,
            comment=form.cleaned_data["comment"],
            version=form.cleaned_data["version"],
            cpr_reason=form.cpr_reason,
        ),
    )
    if status:
        return entry_response(request, _again(request, entry), status=status, return_form=form)
    messages.success(request, f"{key} er returneret og er en kladde igen. Din bemærkning står øverst på siden.")
    return redirect(entry_address(request, entry, key))


def _again(request: HttpRequest, entry: Entry) -> Entry:
    """As it is now: somebody else may have changed it meanwhile."""
    return find_entry(request.user, *entry.follow_up_round.address, entry.item.key)


@require_POST
@require_permission(Permission.ENTRY_NOTE)
def entry_note(request: HttpRequest, year: int, number: int, key: str) -> HttpResponse:
    entry = _entry_for(request, Permission.ENTRY_NOTE, year, number, key)
    at = {"item": entry.item, "follow_up_round": entry.follow_up_round}
    form = NoteForm(request.POST, instance=FinanceNote.objects.filter(**at).first() or FinanceNote(**at))
    status = status_of(
        form,
        lambda: save_finance_note(
            **at,
            by=request.user,
            text=form.cleaned_data["text"],
            version=form.cleaned_data["version"] or 0,
            cpr_reason=form.cpr_reason,
        ),
    )
    if status:
        return entry_response(request, entry, status=status, note_form=form)
    is_kept = bool(form.cleaned_data["text"])
    messages.success(request, f"Bemærkningen til {key} er {'gemt' if is_kept else 'fjernet'}.")
    return redirect(entry_address(request, entry, key))


@require_POST
@require_permission(Permission.ENTRY_APPROVE)
def entry_approve(request: HttpRequest, year: int, number: int, key: str) -> HttpResponse:
    entry = _entry_for(request, Permission.ENTRY_APPROVE, year, number, key)
    return _act_on_what_was_seen(request, entry, approve_assessment, f"{key} er godkendt.")


@require_POST
@require_permission(Permission.ENTRY_UNAPPROVE)
def entry_unapprove(request: HttpRequest, year: int, number: int, key: str) -> HttpResponse:
    entry = _entry_for(request, Permission.ENTRY_UNAPPROVE, year, number, key)
    return _act_on_what_was_seen(
        request, entry, undo_approval, f"Godkendelsen af {key} er fortrudt. Den er indsendt igen."
    )


def _act_on_what_was_seen(
    request: HttpRequest, entry: Entry, act: Callable[..., Assessment], told: str
) -> HttpResponse:
    form = SeenForm(request.POST)
    if not form.is_valid():
        return entry_response(request, entry, status=422, problem="Siden kom ikke helt med. Se den igennem igen.")
    try:
        act(item=entry.item, follow_up_round=entry.follow_up_round, by=request.user, **form.cleaned_data)
    except StaleVersion as error:
        return entry_response(request, _again(request, entry), status=409, problem=str(error))
    messages.success(request, told)
    return redirect(entry_address(request, entry, entry.item.key))


# --- Many at once ----------------------------------------------------------------------------------------------------
NOTHING_CHOSEN = "Vælg mindst ét punkt først. Intet er ændret."


@require_http_methods(["GET", "POST"])
@require_permission(Permission.ENTRY_SUBMIT_ALL)
def entry_submit_all(request: HttpRequest, year: int, number: int) -> HttpResponse:
    """What is missing or odd first, then one act for all that is complete."""
    follow_up_round = find_round(request.user, year, number)
    if not follow_up_round.is_open:
        raise RoundNotOpen(follow_up_round.label)
    result, problem = None, ""
    if request.method == "POST":
        versions = chosen_versions(request.POST.getlist("punkt"))
        if versions:
            result = submit_all(follow_up_round=follow_up_round, by=request.user, versions=versions)
            if not result.left:
                messages.success(request, f"{_counted(result)} er indsendt. Tak!")
                return redirect("entry_list", *follow_up_round.address)
        else:
            problem = NOTHING_CHOSEN
    context = {
        "round": follow_up_round,
        "agreement": follow_up_round.agreement,
        "page": submit_page(follow_up_round, request.user),
        "result": result,
        "done": _counted(result),
        "problem": problem,
    }
    return render(request, "tracker/entries/submit_all.html", context, status=422 if problem else 200)


@require_http_methods(["GET", "POST"])
@require_permission(Permission.ROUND_APPROVE)
def round_approve(request: HttpRequest, year: int, number: int) -> HttpResponse:
    """Shows what is about to be approved, what is odd in it first: all, those chosen on the board, or those without
    anything odd (`?valg=uden`). Approves on `act=approve` only."""
    follow_up_round = find_round(request.user, year, number)
    authorize(request.user, Permission.ROUND_APPROVE, follow_up_round)
    result, problem, keys = None, "", None
    if request.method == "POST":
        versions = chosen_versions(request.POST.getlist("punkt"))
        keys = set(versions) or None
        if not versions:
            problem = NOTHING_CHOSEN
        elif request.POST.get("act") == "approve":
            result = approve_many(follow_up_round=follow_up_round, by=request.user, versions=versions)
            if not result.left:
                messages.success(request, f"{_counted(result)} er godkendt.")
                return redirect(follow_up_round)
    only_plain = request.method == "GET" and request.GET.get("valg") == "uden"
    context = {
        "round": follow_up_round,
        "agreement": follow_up_round.agreement,
        "page": approval_page(follow_up_round, request.user, keys=keys, only_plain=only_plain),
        "only_plain": only_plain,
        "is_chosen": keys is not None,
        "result": result,
        "done": _counted(result),
        "problem": problem,
    }
    return render(request, "tracker/rounds/approve.html", context, status=422 if problem else 200)


def _counted(result: BulkResult | None) -> str:
    count = len(result.done) if result else 0
    return "1 indberetning" if count == 1 else f"{count} indberetninger"
