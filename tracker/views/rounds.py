"""A round as finance follows it (Rundens overblik), and the acts of the approver."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from tracker.actions.rounds import close_round, open_round
from tracker.htmx import page_or_fragment
from tracker.permissions import Permission, authorize, has_permission, require_permission
from tracker.reports.overview import NO_CENTRE, board
from tracker.tables import BoardTable
from tracker.views.lookup import find_round


@require_safe
@require_permission(Permission.BOARD_READ)
def round_board(request: HttpRequest, year: int, number: int) -> HttpResponse:
    follow_up_round = find_round(request.user, year, number)
    centre = request.GET.get("center", "")
    found = board(follow_up_round=follow_up_round, user=request.user, centre=centre)
    table = BoardTable(found.rows, order_by=request.GET.get("sort", ""))
    context = {
        "round": follow_up_round,
        "agreement": follow_up_round.agreement,
        "board": found,
        "table": table,
        "centre": centre,
        "no_centre": NO_CENTRE,
        "may_open": has_permission(request.user, Permission.ROUND_OPEN, follow_up_round),
        "may_close": has_permission(request.user, Permission.ROUND_CLOSE, follow_up_round),
    }
    template = page_or_fragment(request, "tracker/rounds/board.html", "tracker/rounds/_board.html")
    return render(request, template, context)


@require_POST
@require_permission(Permission.ROUND_OPEN)
def round_open(request: HttpRequest, year: int, number: int) -> HttpResponse:
    follow_up_round = find_round(request.user, year, number)
    authorize(request.user, Permission.ROUND_OPEN, follow_up_round)
    open_round(follow_up_round=follow_up_round, by=request.user)
    messages.success(request, f"{follow_up_round.label} er nu åben for indberetning.")
    return redirect(follow_up_round)


@require_POST
@require_permission(Permission.ROUND_CLOSE)
def round_close(request: HttpRequest, year: int, number: int) -> HttpResponse:
    follow_up_round = find_round(request.user, year, number)
    authorize(request.user, Permission.ROUND_CLOSE, follow_up_round)
    close_round(follow_up_round=follow_up_round, by=request.user)
    messages.success(request, f"{follow_up_round.label} er nu lukket for indberetning.")
    return redirect(follow_up_round)
