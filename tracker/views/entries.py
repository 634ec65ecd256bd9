"""Indberetning: the list of what I may enter, and one item's entry with autosave, submit and take-back."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tracker.actions.assessments import (
    save_draft,
    submit_assessment,
    take_back_assessment,
    take_over_draft,
)
from tracker.errors import CprFound, MissingAnswer, StaleVersion, TrackerError
from tracker.forms.approvals import NoteForm, ReturnForm
from tracker.forms.entries import AssessmentForm
from tracker.models import Assessment, Entry, FinanceNote
from tracker.permissions import Answer, Permission, authorize, decide, has_permission, require_permission
from tracker.reports.entry_page import EntryList, entry_list_of, entry_page
from tracker.reports.rounds import deadline_of
from tracker.views.lookup import find_entry, find_round


def entries_of(request: HttpRequest, follow_up_round) -> EntryList:
    return entry_list_of(follow_up_round=follow_up_round, user=request.user, centre=request.GET.get("center", ""))


@require_safe
@require_permission(Permission.ENTRY_LIST)
def entry_list(request: HttpRequest, year: int, number: int) -> HttpResponse:
    follow_up_round = find_round(request.user, year, number)
    entries = entries_of(request, follow_up_round)
    context = {
        "round": follow_up_round,
        "agreement": follow_up_round.agreement,
        "entries": entries,
        "deadline": deadline_of(follow_up_round),
        "may_submit_all": follow_up_round.is_open and has_permission(request.user, Permission.ENTRY_SUBMIT_ALL),
        "query": query_of(request),
    }
    return render(request, "tracker/entries/list.html", context)


@require_http_methods(["GET", "POST"])
@require_permission(Permission.ENTRY_SEE)
def entry_edit(request: HttpRequest, year: int, number: int, key: str) -> HttpResponse:
    entry = find_entry(request.user, year, number, key)
    if request.method == "POST":
        return _save(request, entry)
    return entry_response(request, entry)


def entry_response(
    request: HttpRequest, entry: Entry, form: AssessmentForm | None = None, *, status: int = 200, problem: str = "",
    conflict: Assessment | None = None, return_form: ReturnForm | None = None, note_form: NoteForm | None = None,
) -> HttpResponse:  # fmt: skip
    """The entry's page. Besides the entry's own form it has those of finance: each comes back as it was sent."""
    entries = entries_of(request, entry.follow_up_round)
    page = entry_page(entry, request.user, is_sent=form is not None)
    form = form or AssessmentForm.of(page.assessment)
    if return_form is None and page.may_return:
        return_form = ReturnForm.of(entry.assessment)
    if note_form is None and page.may_note:
        note_form = NoteForm(instance=page.note or FinanceNote(item=entry.item, follow_up_round=entry.follow_up_round))
    context = {
        "page": page,
        "return_form": return_form,
        "note_form": note_form,
        "entries": entries,
        "previous_url": entry_address(request, entry, entries.neighbour(entry.item.key, backwards=True)),
        "next_url": entry_address(request, entry, entries.neighbour(entry.item.key)),
        "form": form,
        "agreement": entry.item.agreement,
        "round": entry.follow_up_round,
        "item": entry.item,
        "problem": problem,
        "conflict": conflict,
        "query": query_of(request),
    }
    return render(request, "tracker/entries/edit.html", context, status=status)


def query_of(request: HttpRequest) -> str:
    """The list's own filter, carried from item to item."""
    centre = request.GET.get("center", "")
    return f"?{urlencode({'center': centre})}" if centre else ""


def entry_address(request: HttpRequest, entry: Entry, key: str | None) -> str:
    """Where another item of the round is entered, with the list's filter; "" for no item."""
    return reverse("entry_edit", args=[*entry.follow_up_round.address, key]) + query_of(request) if key else ""


def _save(request: HttpRequest, entry: Entry) -> HttpResponse:
    """One form, three buttons: save, save and go on, submit. What was typed is never lost, whatever the answer."""
    permission = Permission.ENTRY_SUBMIT if request.POST.get("act") == "submit" else Permission.ENTRY_EDIT
    if decide(request.user, permission, entry) in {Answer.FORBIDDEN, Answer.HIDDEN}:
        authorize(request.user, permission, entry)
    form = AssessmentForm(request.POST)
    if not form.is_valid():
        return _refused(request, entry, form, 422, "Der er noget at rette, før det kan gemmes.")
    version = form.cleaned_data["version"]
    try:
        saved = save_draft(
            item=entry.item,
            follow_up_round=entry.follow_up_round,
            by=request.user,
            answers=form.answers,
            version=version,
            page_token=form.cleaned_data["page_token"],
            page_sequence=form.cleaned_data["page_sequence"] or 0,
            is_explicit=not request.htmx and permission is Permission.ENTRY_EDIT,
            cpr_reason="" if request.htmx else form.cpr_reason,  # it may be half written when an autosave comes by
        )
        if permission is Permission.ENTRY_SUBMIT:
            saved = submit_assessment(
                item=entry.item, follow_up_round=entry.follow_up_round, by=request.user, version=saved.version
            )
    except StaleVersion as error:
        return _refused(request, entry, form, 409, str(error), conflict=error.current)
    except MissingAnswer as error:
        for name, sentence in error.fields.items():
            form.add_error(name, sentence)
        return _refused(
            request,
            Entry(entry.item, entry.follow_up_round, saved),
            _at_version(form, saved),
            422,
            "Kladden er gemt, men ikke indsendt.",
        )
    except CprFound as error:
        if not request.htmx:
            return _refused(request, entry, form, form.refuse_cpr(error), "")
        form.ask_for_cpr_reason()
        return _refused(request, entry, form, 422, str(error))
    except TrackerError as error:
        return _refused(request, entry, form, 409, str(error))
    return _saved(request, Entry(entry.item, entry.follow_up_round, saved))


def _at_version(form: AssessmentForm, saved: Assessment) -> AssessmentForm:
    form.data = form.data.copy()
    form.data["version"] = str(saved.version)
    return form


def _refused(
    request: HttpRequest, entry: Entry, form: AssessmentForm, status: int, problem: str,
    conflict: Assessment | None = None,
) -> HttpResponse:  # fmt: skip
    if request.htmx:
        context = {"problem": problem, "form": form, "conflict": conflict, "query": query_of(request)}
        return render(request, "tracker/entries/_refused.html", context, status=status)
    return entry_response(request, entry, form, status=status, problem=problem, conflict=conflict)


def _saved(request: HttpRequest, entry: Entry) -> HttpResponse:
    act = request.POST.get("act", "")
    if request.htmx:
        return render(request, "tracker/entries/_saved.html", {"assessment": entry.assessment})
    key = entry.item.key
    if act == "submit":
        entries = entries_of(request, entry.follow_up_round)
        left = entries.total - entries.reported
        rest = f"{left} mangler endnu." if left else "Alt er indsendt. Tak!"
        messages.success(request, f"{key} er indsendt. {rest}")
        key = entries.next_open(key) or key
    else:
        messages.success(request, f"Kladden til {key} er gemt.")
        if act in {"next", "previous"}:
            key = entries_of(request, entry.follow_up_round).neighbour(key, backwards=act == "previous") or key
    return redirect(entry_address(request, entry, key))


@require_POST
@require_permission(Permission.ENTRY_TAKE_BACK)
def entry_take_back(request: HttpRequest, year: int, number: int, key: str) -> HttpResponse:
    entry = find_entry(request.user, year, number, key)
    authorize(request.user, Permission.ENTRY_TAKE_BACK, entry)
    take_back_assessment(item=entry.item, follow_up_round=entry.follow_up_round, by=request.user)
    messages.success(request, f"Indsendelsen af {key} er fortrudt. Den er en kladde igen.")
    return redirect(entry_address(request, entry, key))


@require_POST
@require_permission(Permission.ENTRY_TAKE_OVER)
def entry_take_over(request: HttpRequest, year: int, number: int, key: str) -> HttpResponse:
    entry = find_entry(request.user, year, number, key)
    authorize(request.user, Permission.ENTRY_TAKE_OVER, entry)
    take_over_draft(item=entry.item, follow_up_round=entry.follow_up_round, by=request.user)
    messages.success(request, "Kladden er overtaget. Centeret kan se, at det er sket.")
    return redirect(entry_address(request, entry, key))
