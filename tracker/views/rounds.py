"""A round as finance follows it (Rundens overblik), and the acts of the approver."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from tracker.actions.rounds import close_round, open_round, reopen_round
from tracker.errors import RoundStateError
from tracker.forms.rounds import RoundForm
from tracker.htmx import page_or_fragment
from tracker.permissions import Permission, authorize, has_permission, require_permission
from tracker.reports.item_filter import NO_CENTRE
from tracker.reports.overview import board
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


@require_http_methods(["GET", "POST"])
@require_permission(Permission.ROUND_OPEN)
def round_open(request: HttpRequest, year: int, number: int) -> HttpResponse:
    """Opens a planned round, or a closed one again with a reason; the dates are set on the way."""
    follow_up_round = find_round(request.user, year, number)
    authorize(request.user, Permission.ROUND_OPEN, follow_up_round)
    is_reopening = follow_up_round.is_over
    form = RoundForm(request.POST if request.method == "POST" else None, instance=follow_up_round)
    if request.method == "POST" and form.is_valid():
        act = reopen_round if is_reopening else open_round
        try:
            opened = act(follow_up_round=find_round(request.user, year, number), by=request.user, **form.cleaned_data)
        except RoundStateError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"{opened.label} er nu åben for indberetning.")
            return redirect(opened)
    context = {"round": follow_up_round, "form": form, "is_reopening": is_reopening}
    return render(request, "tracker/rounds/open.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@require_permission(Permission.ROUND_CLOSE)
def round_close(request: HttpRequest, year: int, number: int) -> HttpResponse:
    """Says first what closing will leave as not reported."""
    follow_up_round = find_round(request.user, year, number)
    authorize(request.user, Permission.ROUND_CLOSE, follow_up_round)
    if request.method == "POST":
        close_round(follow_up_round=follow_up_round, by=request.user)
        messages.success(request, f"{follow_up_round.label} er nu lukket for indberetning.")
        return redirect(follow_up_round)
    found = board(follow_up_round=follow_up_round, user=request.user)
    return render(request, "tracker/rounds/close.html", {"round": follow_up_round, "board": found})
