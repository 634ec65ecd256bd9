"""The register of the organisation: committees, centres and parties, and the forms that keep it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from tracker.actions.organisation import change_body, create_body, with_version
from tracker.forms.organisation import FORMS
from tracker.permissions import Permission, require_permission
from tracker.reports.organisation import KINDS, organisation_register, uses_of
from tracker.views.saving import status_of, told


@require_safe
@require_permission(Permission.SETUP)
def organisation(request: HttpRequest) -> HttpResponse:
    return render(request, "tracker/organisation/list.html", {"groups": organisation_register()})


@require_http_methods(["GET", "POST"])
@require_permission(Permission.SETUP)
def body_create(request: HttpRequest, kind: str) -> HttpResponse:
    part = KINDS[kind]
    form = FORMS[part.model](request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = status_of(form, lambda: create_body(model=part.model, by=request.user, **form.values))
        if not status:
            messages.success(request, f"{form.answer.name} er oprettet.")
            return redirect("organisation")
    context = {"form": form, "heading": f"Opret {part.word}", "lead": part.lead, "submit": "Opret"}
    return render(request, "tracker/setup/form.html", context | _way_back(), status=status)


@require_http_methods(["GET", "POST"])
@require_permission(Permission.SETUP)
def body_edit(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    part = KINDS[kind]
    body = with_version(get_object_or_404(part.model, pk=pk))
    # before the form is read: it writes what was typed on the row
    context = {"heading": f"Ret {body.name}", "lead": part.lead}
    form = FORMS[part.model](request.POST if request.method == "POST" else None, instance=body, uses=uses_of(body))
    status = 200
    if request.method == "POST":
        status = status_of(
            form,
            lambda: change_body(body=body, version=form.cleaned_data["version"], by=request.user, **form.values),
        )
        if not status:
            messages.success(request, told(form.answer))
            return redirect("organisation")
    return render(request, "tracker/setup/form.html", context | {"form": form} | _way_back(), status=status)


def _way_back() -> dict:
    register = reverse("organisation")
    return {"back": register, "parents": [("Opsætning", reverse("setup_front")), ("Organisation", register)]}
