"""Beløb: the drift and anlæg tables on screen and as one workbook."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from budget.models import Agreement, AmountTable
from tracker.exports.money_workbook import money_workbook
from tracker.forms.money import MoneyFilterForm
from tracker.htmx import page_or_fragment
from tracker.permissions import Permission, has_permission, require_permission
from tracker.reports.money import Grouping, MoneyLine, MoneyReport, money_lines, money_report
from tracker.reports.money_chart import money_chart
from tracker.views.files import xlsx_response
from tracker.views.lookup import find_agreement


def _report(agreement: Agreement, lines: list[MoneyLine], form: MoneyFilterForm, table: str) -> MoneyReport:
    chapters = None
    if form.grouping == Grouping.CHAPTER:
        chapters = {each.code: str(each) for each in agreement.sections.filter(parent=None).exclude(code="")}
    return money_report(
        agreement, lines, table=table, wanted=form.money_filter, grouping=form.grouping, chapters=chapters
    )


@require_safe
@require_permission(Permission.AGREEMENT_READ)
def money_page(request: HttpRequest, year: int, table: str = "") -> HttpResponse:
    agreement = find_agreement(request.user, year)
    lines = money_lines(agreement)
    form = MoneyFilterForm(lines, request.GET)
    report = _report(agreement, lines, form, table)
    context = {
        "agreement": agreement,
        "form": form,
        "report": report,
        "chart": money_chart(report),
        "here": report.table or "both",
        "is_filtered": any(request.GET.get(name) for name in form.fields),
        "query": request.GET.urlencode(),
        "may_edit_lines": has_permission(request.user, Permission.AGREEMENT_EDIT, agreement),
    }
    template = page_or_fragment(request, "tracker/money/page.html", "tracker/money/_money.html")
    return render(request, template, context, status=422 if form.errors else 200)


@require_safe
@require_permission(Permission.AGREEMENT_READ)
def money_xlsx(request: HttpRequest, year: int) -> HttpResponse:
    """Both tables as printed; where the address carries a filter or a grouping (`tabel` for one table), what it leaves
    on a sheet of its own."""
    agreement = find_agreement(request.user, year)
    lines = money_lines(agreement)
    extract = None
    if request.GET:
        table = request.GET.get("tabel", "")
        form = MoneyFilterForm(lines, request.GET)
        if form.errors or table not in {"", *AmountTable.values}:
            context = {"agreement": agreement, "form": form}
            return render(request, "tracker/agreements/wrong_filter.html", context, status=422)
        if table or form.words_of_filter:
            extract = _report(agreement, lines, form, table), form.words_of_filter
    content = money_workbook(agreement, lines, now=timezone.now(), extract=extract)
    return xlsx_response(content, f"aftale-{agreement.budget_year}-beloeb.xlsx")
