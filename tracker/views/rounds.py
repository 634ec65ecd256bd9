"""A round as finance follows it (Rundens overblik), and the acts of the approver."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from tracker.actions.rounds import close_round, open_round, reopen_round
from tracker.forms.rounds import RoundForm
from tracker.htmx import page_or_fragment
from tracker.permissions import Permission, authorize, has_permission, require_permission
from tracker.reports.board import Wanted, board
from tracker.reports.item_filter import NO_CENTRE, NO_COMMITTEE
from tracker.reports.rounds import round_dates
from tracker.tables import BoardTable
from tracker.views.lookup import find_round
from tracker.views.saving import status_of


@require_safe
@require_permission(Permission.BOARD_READ)
def round_board(request: HttpRequest, year: int, number: int) -> HttpResponse:
    follow_up_round = find_round(request.user, year, number)
    get = request.GET.get
    wanted = Wanted(get("center", ""), get("udvalg", ""), get("tilstand", ""))
    found = board(follow_up_round=follow_up_round, user=request.user, wanted=wanted)
    may_approve = has_permission(request.user, Permission.ROUND_APPROVE, follow_up_round)
    table = BoardTable(found.rows, order_by=get("sort", ""), may_approve=may_approve)
    context = {
        "round": follow_up_round,
        "agreement": follow_up_round.agreement,
        "board": found,
        "table": table,
        "wanted": wanted,
        "no_centre": NO_CENTRE,
        "no_committee": NO_COMMITTEE,
        "may_approve": may_approve,
        "may_open": has_permission(request.user, Permission.ROUND_OPEN, follow_up_round),
        "may_close": has_permission(request.user, Permission.ROUND_CLOSE, follow_up_round),
        "may_change": has_permission(request.user, Permission.ROUND_EDIT, follow_up_round),
        "dates": (dates := round_dates(follow_up_round)),
        "has_moved": any(each.moves for each in dates),
    }
    template = page_or_fragment(request, "tracker/rounds/board.html", "tracker/rounds/_board.html")
    return render(request, template, context)


@require_http_methods(["GET", "POST"])
@require_permission(Permission.ROUND_OPEN)
def round_open(request: HttpRequest, year: int, number: int) -> HttpResponse:
    """Opens a planned round, or a closed one again with a reason; the dates are set on the way."""
    follow_up_round = find_round(request.user, year, number)
    authorize(request.user, Permission.ROUND_OPEN, follow_up_round)
    is_reopening = follow_up_round.is_over
    form = RoundForm(request.POST if request.method == "POST" else None, instance=follow_up_round)
    status = 200
    if request.method == "POST":
        act = reopen_round if is_reopening else open_round
        status = status_of(form, lambda: act(follow_up_round=follow_up_round, by=request.user, **form.values))
        if not status:
            messages.success(request, f"{form.answer.label} er nu åben for indberetning.")
            return redirect(form.answer)
    context = {"round": follow_up_round, "form": form, "is_reopening": is_reopening}
    return render(request, "tracker/rounds/open.html", context, status=status)


@require_http_methods(["GET", "POST"])
@require_permission(Permission.ROUND_CLOSE)
def round_close(request: HttpRequest, year: int, number: int) -> HttpResponse:
    """Says first what closing will leave as not reported."""
    follow_up_round = find_round(request.user, year, number)
    authorize(request.user, Permission.ROUND_CLOSE, follow_up_round)
    if request.method == "POST":
        closed = close_round(follow_up_round=follow_up_round, by=request.user)
        silent = board(follow_up_round=closed, user=request.user).outstanding
        items = "1 punkt" if silent == 1 else f"{silent} punkter"
        rest = f"{items} er »ikke indberettet«." if silent else "Alt er indberettet."
        messages.success(request, f"{closed.label} er nu lukket for indberetning. {rest}")
        return redirect(closed)
    found = board(follow_up_round=follow_up_round, user=request.user)
    return render(request, "tracker/rounds/close.html", {"round": follow_up_round, "board": found})
