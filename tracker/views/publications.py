"""A round's editions: building them, showing them to the committees, opening them, and taking them away."""

from collections.abc import Callable
from functools import partial

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from tracker.actions.publications import (
    build_editions,
    older_editions,
    open_editions,
    release_editions,
    unfinished,
    withdraw_editions,
)
from tracker.errors import EditionRefused, TrackerError
from tracker.exports.editions import RENDERER
from tracker.forms.publications import EditionBuildForm, EditionChoiceForm, EditionWithdrawForm
from tracker.models import Edition, FollowUpRound
from tracker.permissions import Permission, authorize, authorize_any, has_permission, require_permission
from tracker.reports.board import board
from tracker.reports.editions import editions_page
from tracker.statuses import EditionState
from tracker.views.lookup import find_round


@require_safe
@require_permission(Permission.EDITION_LIST)
def edition_list(request: HttpRequest, year: int, number: int) -> HttpResponse:
    follow_up_round = find_round(request.user, year, number)
    page = editions_page(follow_up_round)
    may = {
        name: [each for each in page.every if has_permission(request.user, permission, each)]
        for name, permission in (
            ("release", Permission.EDITION_RELEASE),
            ("open", Permission.EDITION_OPEN),
            ("withdraw", Permission.EDITION_WITHDRAW),
        )
    }
    context = _context(follow_up_round) | {
        "page": page,
        "may": may,
        "may_build": has_permission(request.user, Permission.EDITION_BUILD, follow_up_round)
        and not (follow_up_round.is_published and page.scopes),
        "may_reopen": has_permission(request.user, Permission.ROUND_OPEN, follow_up_round),
        "unfinished": unfinished(follow_up_round),
    }
    return render(request, "tracker/publications/list.html", context)


def _context(follow_up_round: FollowUpRound) -> dict:
    return {"round": follow_up_round, "agreement": follow_up_round.agreement}


@require_http_methods(["GET", "POST"])
@require_permission(Permission.EDITION_BUILD)
def edition_build(request: HttpRequest, year: int, number: int) -> HttpResponse:
    """Says first what will be frozen, and what stands in the way."""
    follow_up_round = find_round(request.user, year, number)
    authorize(request.user, Permission.EDITION_BUILD, follow_up_round)
    page = editions_page(follow_up_round)
    data = request.POST if request.method == "POST" else None
    form = EditionBuildForm(data, request=request, is_correction=bool(page.scopes))
    status = 200
    if data is not None:
        built, status = _tried(
            form,
            lambda: build_editions(
                follow_up_round=follow_up_round,
                by=request.user,
                municipality=settings.MUNICIPALITY,
                render=RENDERER,
                reason=form.cleaned_data.get("reason", ""),
                cpr_reason=form.cpr_reason,
            ),
        )
        if status == 200 and not built:
            messages.success(request, f"Intet er ændret. {follow_up_round.label} er offentliggjort som før.")
            return redirect("edition_list", year, number)
        if built:
            names = ", ".join(f"{each.publication.scope_name} (udgave {each.number})" for each in built)
            messages.success(request, f"Bygget: {names}. Ingen andre end Økonomi og Styring kan se det endnu.")
            return redirect("edition_list", year, number)
    context = _context(follow_up_round) | {
        "form": form,
        "is_correction": bool(page.scopes),
        "board": board(follow_up_round=follow_up_round, user=request.user),
        "unfinished": unfinished(follow_up_round),
    }
    return render(request, "tracker/publications/build.html", context, status=status)


def _tried(form, act: Callable[[], list[Edition]]) -> tuple[list[Edition], int]:
    """What the act has done; or nothing, with the status of the page that comes back with the form."""
    if not form.is_valid():
        return [], 422
    try:
        return act(), 200
    except TrackerError as error:
        return [], form.refuse(error)


@require_http_methods(["GET", "POST"])
@require_permission(Permission.EDITION_RELEASE)
def edition_release(request: HttpRequest, year: int, number: int) -> HttpResponse:
    return _act_on_chosen(
        request, year, number, Permission.EDITION_RELEASE, {EditionState.BUILT}, EditionChoiceForm, release_editions,
        "release", "Frigivet til udvalget",
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@require_permission(Permission.EDITION_WITHDRAW)
def edition_withdraw(request: HttpRequest, year: int, number: int) -> HttpResponse:
    states = {EditionState.BUILT, EditionState.RELEASED, EditionState.OPEN}
    older = older_editions(find_round(request.user, year, number))
    return _act_on_chosen(
        request, year, number, Permission.EDITION_WITHDRAW, states, partial(EditionWithdrawForm, older=older),
        withdraw_editions, "withdraw", "Trukket tilbage",
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@require_permission(Permission.EDITION_OPEN)
def edition_open(request: HttpRequest, year: int, number: int) -> HttpResponse:
    """All released editions of the round at once."""
    follow_up_round = find_round(request.user, year, number)
    page = editions_page(follow_up_round)
    authorize_any(request.user, Permission.EDITION_OPEN, page.every, otherwise="W")
    problem, status = "", 200
    if request.method == "POST":
        try:
            opened = open_editions(follow_up_round=follow_up_round, by=request.user)
        except EditionRefused as error:
            problem, status = str(error), 409
        else:
            messages.success(request, f"{follow_up_round.label} er åben for offentligheden: {_names(opened)}.")
            return redirect("edition_list", year, number)
    context = _context(follow_up_round) | {"page": page, "problem": problem}
    context["waiting"] = page.newest_in(EditionState.BUILT)
    context["released"] = page.newest_in(EditionState.RELEASED)
    return render(request, "tracker/publications/open.html", context, status=status)


def _act_on_chosen(request, year, number, permission, states, form_class, act, name, done) -> HttpResponse:
    follow_up_round = find_round(request.user, year, number)
    page = editions_page(follow_up_round)
    authorize_any(request.user, permission, page.every, otherwise="W")
    data = request.POST if request.method == "POST" else None
    form = form_class(data, editions=page.newest_in(*states))
    status = 200
    if data is not None:
        changed, status = _tried(form, lambda: act(follow_up_round=follow_up_round, by=request.user, **_cleaned(form)))
        if changed:
            messages.success(request, f"{done}: {_names(changed)}.")
            return redirect("edition_list", year, number)
    return render(
        request, f"tracker/publications/{name}.html", _context(follow_up_round) | {"form": form}, status=status
    )


def _cleaned(form) -> dict:
    chosen = {"scopes": set(form.cleaned_data["scopes"])}
    if "reason" in form.fields:
        chosen |= {"reason": form.cleaned_data["reason"], "cpr_reason": form.cpr_reason}
    return chosen


def _names(editions: list[Edition]) -> str:
    return ", ".join(f"{each.publication.scope_name} (udgave {each.number})" for each in editions)
