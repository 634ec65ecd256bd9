"""Milepælsplan (udmøntning): the plan of an agreement as one paper, and what happens to it as a whole."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from tracker.actions.plans import decide_plan, return_from_hearing, send_to_hearing
from tracker.exports.plan_workbook import plan_workbook
from tracker.forms.plans import DecisionForm, PlanActForm, PlanFilterForm, ReturnForm
from tracker.htmx import page_or_fragment
from tracker.models import MilestonePlan
from tracker.permissions import Permission, authorize, has_permission, require_permission
from tracker.reports.plan import PlanReport, plan_report, planned_items, why_not_heard
from tracker.views.files import xlsx_response
from tracker.views.lookup import find_agreement
from tracker.views.saving import status_of


def _find_plan(request: HttpRequest, year: int, permission: Permission) -> MilestonePlan:
    """The plan of an agreement that is followed up by milestones, if the user may do this to it."""
    agreement = find_agreement(request.user, year)
    plan = getattr(agreement, "milestone_plan", None)
    if plan is None or not agreement.has_rounds:
        raise Http404
    authorize(request.user, permission, agreement if permission is Permission.MILESTONES_READ else plan)
    return plan


@dataclass(frozen=True)
class _Shown:
    form: PlanFilterForm
    report: PlanReport


def _shown(request: HttpRequest, plan: MilestonePlan) -> _Shown:
    sections, items = planned_items(plan, request.user)
    form = PlanFilterForm(items, request.GET)
    wanted = form.item_filter  # None where the filter itself is wrong: then nothing is shown, rather than everything
    kept = [each for each in items if wanted and wanted.keeps(each)]
    return _Shown(form, plan_report(plan, sections, kept, count=len(items)))


@require_safe
@require_permission(Permission.MILESTONES_READ)
def plan_page(request: HttpRequest, year: int) -> HttpResponse:
    plan = _find_plan(request, year, Permission.MILESTONES_READ)
    shown = _shown(request, plan)
    context = {
        "agreement": plan.agreement,
        "form": shown.form,
        "report": shown.report,
        "query": request.GET.urlencode(),
        "only_own": not (plan.is_decided or has_permission(request.user, Permission.SETUP)),
        "may_send": has_permission(request.user, Permission.PLAN_HEARING, plan),
        "may_return": has_permission(request.user, Permission.PLAN_RETURN, plan),
        "may_decide": has_permission(request.user, Permission.PLAN_DECIDE, plan),
    }
    template = page_or_fragment(request, "tracker/plans/page.html", "tracker/plans/_plan.html")
    return render(request, template, context, status=422 if shown.form.errors else 200)


@require_safe
@require_permission(Permission.MILESTONES_READ)
def plan_xlsx(request: HttpRequest, year: int) -> HttpResponse:
    """The paper that is sent to the committees, for one of them where the address says so."""
    plan = _find_plan(request, year, Permission.MILESTONES_READ)
    shown = _shown(request, plan)
    if shown.form.errors:
        context = {"agreement": plan.agreement, "form": shown.form}
        return render(request, "tracker/agreements/wrong_filter.html", context, status=422)
    committee = shown.form.chosen
    content = plan_workbook(shown.report, committee, now=timezone.now())
    name = f"aftale-{plan.agreement.budget_year}-milepaele{f'-{committee.slug}' if committee else ''}.xlsx"
    return xlsx_response(content, name)


@require_http_methods(["GET", "POST"])
@require_permission(Permission.PLAN_HEARING)
def plan_hearing(request: HttpRequest, year: int) -> HttpResponse:
    """Says first what goes to the committees, or what is in the way."""
    plan = _find_plan(request, year, Permission.PLAN_HEARING)
    form = PlanActForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = status_of(form, lambda: send_to_hearing(plan=plan, by=request.user))
        if not status:
            return _done(request, plan, "Milepælsplanen er sendt i høring i udvalgene.")
    report = plan_report(plan, *planned_items(plan, request.user))
    context = {
        "heading": "Send milepælsplanen i høring",
        "act": "hearing",
        "report": report,
        "problem": "" if form.errors else why_not_heard(plan.agreement),
        "submit": "Send i høring",
    }
    return _act_page(request, plan, form, context, status)


@require_http_methods(["GET", "POST"])
@require_permission(Permission.PLAN_RETURN)
def plan_return(request: HttpRequest, year: int) -> HttpResponse:
    plan = _find_plan(request, year, Permission.PLAN_RETURN)
    form = ReturnForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = status_of(
            form,
            lambda: return_from_hearing(
                plan=plan, by=request.user, comment=form.cleaned_data["comment"], cpr_reason=form.cpr_reason
            ),
        )
        if not status:
            return _done(request, plan, "Milepælsplanen er sendt tilbage og er et udkast igen.")
    context = {"heading": "Send milepælsplanen tilbage fra høring", "act": "return", "submit": "Send tilbage"}
    return _act_page(request, plan, form, context, status)


@require_http_methods(["GET", "POST"])
@require_permission(Permission.PLAN_DECIDE)
def plan_decide(request: HttpRequest, year: int) -> HttpResponse:
    plan = _find_plan(request, year, Permission.PLAN_DECIDE)
    known = {"case_number": plan.agreement.case_number}
    form = DecisionForm(request.POST if request.method == "POST" else None, initial=known)
    status = 200
    if request.method == "POST":
        status = status_of(form, lambda: decide_plan(plan=plan, by=request.user, **form.values))
        if not status:
            return _done(request, plan, f"Beslutningen er noteret: {form.answer}.")
    context = {"heading": "Notér en beslutning om milepælsplanen", "act": "decide", "submit": "Notér beslutningen"}
    return _act_page(request, plan, form, context, status)


def _done(request: HttpRequest, plan: MilestonePlan, words: str) -> HttpResponse:
    messages.success(request, words)
    return redirect("plan_page", plan.agreement.budget_year)


def _act_page(request: HttpRequest, plan: MilestonePlan, form: PlanActForm, context: dict, status: int) -> HttpResponse:
    agreement = plan.agreement
    back = reverse("plan_page", args=[agreement.budget_year])
    context |= {
        "form": form,
        "back": back,
        "parents": [(agreement.title, agreement.get_absolute_url()), ("Milepælsplan", back)],
    }
    return render(request, "tracker/plans/act.html", context, status=status)
