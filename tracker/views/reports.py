"""The follow-up report: on screen and paper, as a workbook and as JSON. Until it is published it is a preview."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from budget.models import Committee
from tracker.exports.report_json import report_document
from tracker.exports.report_workbook import report_workbook
from tracker.permissions import Permission, require_permission
from tracker.reports.follow_up import WHOLE, FollowUpReport, follow_up_report
from tracker.views.files import xlsx_response
from tracker.views.lookup import find_committee, find_rounds


def _report(request: HttpRequest, year: int, number: int, committee: str) -> FollowUpReport:
    _, rounds = find_rounds(request.user, year, number)
    return follow_up_report(
        rounds=rounds, number=number, committee=find_committee(committee), municipality=settings.MUNICIPALITY
    )


def _file_name(report: FollowUpReport, ending: str) -> str:
    return f"opfoelgning-{report.agreement.budget_year}-{report.follow_up_round.number}-{report.scope}.{ending}"


@require_safe
@require_permission(Permission.REPORT_PREVIEW)
def report_page(request: HttpRequest, year: int, number: int, committee: str) -> HttpResponse:
    report = _report(request, year, number, committee)
    committees = Committee.objects.filter(responsibility__item__agreement=report.agreement).distinct()
    scopes = [(WHOLE, "Hele kommunen"), *((each.slug, each.name) for each in committees)]
    context = {"report": report, "agreement": report.agreement, "scopes": scopes}
    return render(request, "tracker/reports/follow_up.html", context)


@require_safe
@require_permission(Permission.REPORT_PREVIEW)
def report_xlsx(request: HttpRequest, year: int, number: int, committee: str) -> HttpResponse:
    report = _report(request, year, number, committee)
    return xlsx_response(report_workbook(report), _file_name(report, "xlsx"))


@require_safe
@require_permission(Permission.REPORT_PREVIEW)
def report_json(request: HttpRequest, year: int, number: int, committee: str) -> HttpResponse:
    report = _report(request, year, number, committee)
    options = {"ensure_ascii": False, "indent": 2}
    return JsonResponse(report_document(report), json_dumps_params=options)
