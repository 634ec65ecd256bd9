"""The lines of a draft's money: making, mending and deleting one."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from budget.models import Agreement, AmountLine
from tracker.actions.lines import change_line, create_line, delete_line
from tracker.forms.lines import LineForm
from tracker.forms.versioned import DeleteForm
from tracker.permissions import Permission, require_permission
from tracker.views.lookup import find_draft, find_line
from tracker.views.saving import status_of, told
from tracker.views.setup import parents_of


@require_http_methods(["GET", "POST"])
@require_permission(Permission.AGREEMENT_EDIT)
def line_create(request: HttpRequest, year: int) -> HttpResponse:
    """`?tabel=drift&overskrift=...` begins with those."""
    agreement = find_draft(request.user, year)
    begun = {"table": request.GET.get("tabel"), "heading": request.GET.get("overskrift")}
    data = request.POST if request.method == "POST" else None
    form = LineForm(data, instance=AmountLine(agreement=agreement), initial=begun)
    status = 200
    if request.method == "POST":
        status = status_of(form, lambda: create_line(agreement=agreement, by=request.user, **form.values))
        if not status:
            messages.success(request, f"Beløbslinjen »{form.answer}« er oprettet.")
            if "more" in request.POST:
                return redirect(_one_more(form.answer))
            return redirect("agreement_setup", year)
    context = {"form": form, "heading": "Ny beløbslinje", "is_new": True}
    return _page(request, agreement, context, status)


def _one_more(line: AmountLine) -> str:
    query = QueryDict(mutable=True)
    query.update({"tabel": line.table, "overskrift": line.heading})
    return f"{reverse('line_create', args=[line.agreement.budget_year])}?{query.urlencode()}"


@require_http_methods(["GET", "POST"])
@require_permission(Permission.AGREEMENT_EDIT)
def line_edit(request: HttpRequest, year: int, pk: int) -> HttpResponse:
    line = find_line(request.user, year, pk)
    heading = f"Ret {line}"  # what is typed comes to stand on the line
    form = LineForm(request.POST if request.method == "POST" else None, instance=line)
    status = 200
    if request.method == "POST":
        status = status_of(form, lambda: _save_line(request, form))
        if not status:
            messages.success(request, told(form.answer))
            return redirect("agreement_setup", year)
    context = {"form": form, "heading": heading, "delete": reverse("line_delete", args=[year, pk])}
    return _page(request, line.agreement, context, status)


def _save_line(request: HttpRequest, form: LineForm) -> bool:
    return change_line(line=form.instance, by=request.user, version=form.cleaned_data["version"], **form.values)


@require_http_methods(["GET", "POST"])
@require_permission(Permission.AGREEMENT_EDIT)
def line_delete(request: HttpRequest, year: int, pk: int) -> HttpResponse:
    line = find_line(request.user, year, pk)
    form = DeleteForm(request.POST if request.method == "POST" else None, row=line)
    status = 200
    if request.method == "POST":
        status = status_of(form, lambda: delete_line(line=line, by=request.user, version=form.cleaned_data["version"]))
        if not status:
            messages.success(request, f"Beløbslinjen »{line}« er slettet.")
            return redirect("agreement_setup", year)
    context = {
        "form": form,
        "heading": "Slet beløbslinjen?",
        "text": f"»{line}« i {line.get_table_display()} slettes med alle sine beløb. Det kan ikke fortrydes.",
        "back": reverse("line_edit", args=[year, pk]),
        "parents": [*parents_of(line.agreement), (str(line), reverse("line_edit", args=[year, pk]))],
    }
    return render(request, "tracker/setup/delete.html", context, status=status)


def _page(request: HttpRequest, agreement: Agreement, context: dict, status: int) -> HttpResponse:
    context |= {"parents": parents_of(agreement), "back": reverse("agreement_setup", args=[agreement.budget_year])}
    return render(request, "tracker/lines/edit.html", context, status=status)
