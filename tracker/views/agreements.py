"""The agreement: its outline with filters, what it rests on, and the matrix of items and rounds."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from budget.models import Agreement
from tracker.exports.outline_workbook import outline_workbook
from tracker.forms.filters import ItemFilterForm, MatrixFilterForm
from tracker.htmx import page_or_fragment
from tracker.models import FollowUpRound
from tracker.permissions import Permission, has_permission, require_permission
from tracker.reports.outline import Outline, load, outline
from tracker.reports.overview import matrix
from tracker.tables import MatrixTable
from tracker.views.files import xlsx_response
from tracker.views.lookup import find_agreement


@require_safe
@require_permission(Permission.AGREEMENT_LIST)
def agreement_list(request: HttpRequest) -> HttpResponse:
    agreements = [
        agreement
        for agreement in Agreement.objects.prefetch_related("signatories__party")
        if has_permission(request.user, Permission.AGREEMENT_READ, agreement)
    ]
    return render(request, "tracker/agreements/list.html", {"agreements": agreements})


def _outline(request: HttpRequest, agreement: Agreement) -> tuple[ItemFilterForm, Outline]:
    sections, items = load(agreement)
    form = ItemFilterForm(agreement, sections, items, request.GET)
    return form, outline(agreement, sections, items, form.item_filter)


@require_safe
@require_permission(Permission.AGREEMENT_READ)
def agreement_outline(request: HttpRequest, year: int) -> HttpResponse:
    agreement = find_agreement(request.user, year)
    form, shown = _outline(request, agreement)
    context = {
        "agreement": agreement,
        "form": form,
        "outline": shown,
        "is_filtered": any(request.GET.get(name) for name in form.fields),
        "query": request.GET.urlencode(),
        "rounds": _rounds_for(request, agreement),
        "signatories": agreement.signatories.select_related("party"),
    }
    template = page_or_fragment(request, "tracker/agreements/outline.html", "tracker/agreements/_outline.html")
    return render(request, template, context, status=422 if form.errors else 200)


@require_safe
@require_permission(Permission.AGREEMENT_READ)
def outline_xlsx(request: HttpRequest, year: int) -> HttpResponse:
    """The outline as far as the address's filter leaves it."""
    agreement = find_agreement(request.user, year)
    form, shown = _outline(request, agreement)
    if form.errors:
        context = {"agreement": agreement, "form": form}
        return render(request, "tracker/agreements/wrong_filter.html", context, status=422)
    content = outline_workbook(shown, now=timezone.now())
    return xlsx_response(content, f"aftale-{agreement.budget_year}-punkter.xlsx")


@require_safe
@require_permission(Permission.AGREEMENT_READ)
def agreement_basis(request: HttpRequest, year: int) -> HttpResponse:
    """What the agreement rests on: the strategy's targets, tax rates, goals, themes and its source."""
    agreement = find_agreement(request.user, year)
    context = {
        "agreement": agreement,
        "signatories": agreement.signatories.select_related("party"),
        "targets": agreement.targets.prefetch_related("values"),
        "tax_rates": agreement.tax_rates.all(),
        "goals": agreement.goals.all(),
        "themes": agreement.sections.filter(is_theme=True),
    }
    return render(request, "tracker/agreements/basis.html", context)


@dataclass(frozen=True)
class RoundLinks:
    follow_up_round: FollowUpRound
    may_enter: bool
    may_follow: bool


def _rounds_for(request: HttpRequest, agreement: Agreement) -> list[RoundLinks]:
    if not agreement.has_rounds:
        return []
    may_enter = has_permission(request.user, Permission.ENTRY_LIST)
    may_follow = has_permission(request.user, Permission.BOARD_READ)
    return [RoundLinks(each, may_enter and each.is_open, may_follow) for each in agreement.rounds.all()]


@require_safe
@require_permission(Permission.AGREEMENT_READ)
def agreement_matrix(request: HttpRequest, year: int) -> HttpResponse:
    agreement = find_agreement(request.user, year)
    if not agreement.has_rounds:
        raise Http404
    rounds = list(agreement.rounds.all())
    for each in rounds:
        each.agreement = agreement
    sections, items = load(agreement)
    form = MatrixFilterForm(agreement, sections, items, request.GET)
    rows = []
    if (wanted := form.item_filter) and rounds:
        kept = [each.item for each in items if wanted.keeps(each)]
        rows = matrix(items=kept, rounds=rounds, user=request.user, level=form.cleaned_data["level"])
    context = {"agreement": agreement, "form": form, "table": MatrixTable(rows, rounds=rounds), "shown": len(rows)}
    template = page_or_fragment(request, "tracker/agreements/matrix.html", "tracker/agreements/_matrix.html")
    return render(request, template, context, status=422 if form.errors else 200)
