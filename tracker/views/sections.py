"""The sections of a draft's outline: making, changing and deleting them."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from budget import codes
from budget.models import Section
from tracker.actions.sections import change_section, create_section, delete_section, why_not_deleted
from tracker.forms.sections import SectionForm
from tracker.forms.versioned import DeleteForm
from tracker.permissions import Permission, require_permission
from tracker.views.lookup import find_draft
from tracker.views.saving import status_of, told
from tracker.views.setup import parents_of


@require_http_methods(["GET", "POST"])
@require_permission(Permission.AGREEMENT_EDIT)
def section_create(request: HttpRequest, year: int) -> HttpResponse:
    """`?under=1.3` begins with that section as the one above."""
    agreement = find_draft(request.user, year)
    under = request.GET.get("under", "")
    above = agreement.sections.filter(code=under).first() if codes.is_code(under) else None
    form = SectionForm(
        request.POST if request.method == "POST" else None,
        instance=Section(agreement=agreement),
        agreement=agreement,
        initial={"parent": above},
    )
    status = 200
    if request.method == "POST":
        status = status_of(form, lambda: create_section(agreement=agreement, by=request.user, **form.values))
        if not status:
            messages.success(request, f"Afsnittet »{form.answer.title}« er oprettet.")
            return redirect("agreement_setup", year)
    parents = parents_of(agreement)
    context = {
        "form": form,
        "heading": f"Nyt afsnit under {above}" if above else "Nyt afsnit",
        "submit": "Opret afsnittet",
        "parents": parents,
        "back": parents[-1][1],
    }
    return render(request, "tracker/setup/form.html", context, status=status)


@require_http_methods(["GET", "POST"])
@require_permission(Permission.AGREEMENT_EDIT)
def section_edit(request: HttpRequest, year: int, pk: int) -> HttpResponse:
    agreement = find_draft(request.user, year)
    section = get_object_or_404(agreement.sections, pk=pk)
    parents = parents_of(agreement)
    context = {
        "heading": f"Ret afsnittet {section}",
        "lead": "Rettes nummeret, beholder afsnittets punkter deres.",
        "parents": parents,
        "back": parents[-1][1],
        "delete": reverse("section_delete", args=[year, pk]),
    }
    form = SectionForm(request.POST if request.method == "POST" else None, instance=section, agreement=agreement)
    status = 200
    if request.method == "POST":
        status = status_of(
            form,
            lambda: change_section(
                section=section, by=request.user, version=form.cleaned_data["version"], **form.values
            ),
        )
        if not status:
            messages.success(request, told(form.answer))
            return redirect("agreement_setup", year)
    return render(request, "tracker/setup/form.html", context | {"form": form}, status=status)


@require_http_methods(["GET", "POST"])
@require_permission(Permission.AGREEMENT_EDIT)
def section_delete(request: HttpRequest, year: int, pk: int) -> HttpResponse:
    agreement = find_draft(request.user, year)
    section = get_object_or_404(agreement.sections, pk=pk)
    form = DeleteForm(request.POST if request.method == "POST" else None, row=section, problem=why_not_deleted(section))
    status = 200
    if request.method == "POST":
        status = status_of(
            form, lambda: delete_section(section=section, by=request.user, version=form.cleaned_data["version"])
        )
        if not status:
            messages.success(request, f"Afsnittet »{section.title}« er slettet.")
            return redirect("agreement_setup", year)
    back = reverse("section_edit", args=[year, pk])
    context = {
        "heading": f"Slet afsnittet {section}?",
        "text": "Afsnittet slettes med sin tekst og de beløb, teksten nævner. Det kan ikke fortrydes.",
        "form": form,
        "parents": [*parents_of(agreement), (str(section), back)],
        "back": back,
    }
    return render(request, "tracker/setup/delete.html", context, status=status)
