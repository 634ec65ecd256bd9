"""Hændelsesloggen: for the approver with what was changed, for the administrator without."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe
from django_tables2 import RequestConfig

from tracker.forms.events import EventFilterForm
from tracker.htmx import page_or_fragment
from tracker.models import Event
from tracker.permissions import Permission, has_permission, require_permission
from tracker.reports import events as reports
from tracker.tables import EventTable

ON_A_PAGE = 50


@require_safe
@require_permission(Permission.EVENTS)
def event_log(request: HttpRequest) -> HttpResponse:
    form = EventFilterForm(request.GET)
    wanted = form.event_filter
    found = reports.event_log(request.user, wanted) if wanted else Event.objects.none()
    may_read_notes = has_permission(request.user, Permission.EVENT_NOTES)
    table = EventTable(found, exclude=() if may_read_notes else ("note",))
    RequestConfig(request, paginate={"per_page": ON_A_PAGE}).configure(table)
    context = {
        "form": form,
        "table": table,
        "may_read_notes": may_read_notes,
        "parents": _parents(request),
    }
    template = page_or_fragment(request, "tracker/events/list.html", "tracker/events/_list.html")
    return render(request, template, context, status=422 if form.errors else 200)


def _parents(request: HttpRequest) -> list[tuple[str, str]]:
    if has_permission(request.user, Permission.SETUP):
        return [("Opsætning", reverse("setup_front"))]
    return [("Konti", reverse("account_list"))]
