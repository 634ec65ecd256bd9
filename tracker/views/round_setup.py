"""Opsætning af runder: an agreement's rounds from a template, and mending one of them."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from budget.models import Agreement
from tracker.actions.round_setup import ROUNDS_A_YEAR, change_round, create_rounds
from tracker.errors import RoundStateError, WrongState
from tracker.forms.rounds import NewRoundsForm, RoundEditForm
from tracker.models import FollowUpRound
from tracker.permissions import Permission, authorize, require_permission
from tracker.reports.rounds import round_dates, rounds_in_setup
from tracker.views.lookup import find_agreement, find_round
from tracker.views.saving import status_of, told


def _parents(agreement: Agreement) -> list[tuple[str, str]]:
    home = agreement.get_absolute_url()
    if not agreement.is_signed:
        home = reverse("agreement_setup", args=[agreement.budget_year])
    return [("Opsætning", reverse("setup_front")), (agreement.title, home)]


@require_http_methods(["GET", "POST"])
@require_permission(Permission.ROUND_CREATE)
def round_list_setup(request: HttpRequest, year: int) -> HttpResponse:
    """The rounds that are there, and a form with those that are not."""
    agreement = find_agreement(request.user, year)
    authorize(request.user, Permission.ROUND_CREATE, agreement)
    if not agreement.has_rounds:
        raise Http404
    data = request.POST if request.method == "POST" else None
    form = NewRoundsForm(data, instance=FollowUpRound(agreement=agreement))
    status = 200
    if request.method == "POST":
        status = status_of(form, lambda: create_rounds(agreement=agreement, by=request.user, **form.values))
        if not status:
            many = len(form.answer)
            messages.success(request, "Runden er oprettet." if many == 1 else f"{many} runder er oprettet.")
            return redirect("round_list_setup", year)
    rounds = rounds_in_setup(agreement, request.user)
    context = {
        "agreement": agreement,
        "form": form,
        "rounds": rounds,
        "is_complete": len(rounds) >= ROUNDS_A_YEAR,
        "parents": _parents(agreement),
    }
    return render(request, "tracker/rounds/setup.html", context, status=status)


@require_http_methods(["GET", "POST"])
@require_permission(Permission.ROUND_EDIT)
def round_edit(request: HttpRequest, year: int, number: int) -> HttpResponse:
    """What was moved stays in sight above the form."""
    follow_up_round = find_round(request.user, year, number)
    try:
        authorize(request.user, Permission.ROUND_EDIT, follow_up_round)
    except WrongState:
        raise RoundStateError(f"{follow_up_round.label} er offentliggjort. Genåbn den, hvis den skal rettes.") from None
    form = RoundEditForm(request.POST if request.method == "POST" else None, instance=follow_up_round)
    status = 200
    if request.method == "POST":
        status = status_of(
            form,
            lambda: change_round(follow_up_round=follow_up_round, by=request.user, **form.values),
        )
        if not status:
            messages.success(request, told(form.answer))
            return redirect("round_list_setup", year)
    agreement = follow_up_round.agreement
    back = reverse("round_list_setup", args=[year])
    context = {
        "round": follow_up_round,
        "form": form,
        "moved": [each for each in round_dates(follow_up_round) if each.moves],
        "back": back,
        "parents": [*_parents(agreement), ("Runder", back)],
    }
    return render(request, "tracker/rounds/edit.html", context, status=status)
