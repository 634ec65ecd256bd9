"""Opsætning: making an agreement, mending it while it is a draft, and marking it as signed."""

import re

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from budget.models import Agreement
from tracker.actions.agreements import change_agreement, create_agreement, sign_agreement
from tracker.actions.strategy import change_strategy
from tracker.forms.agreements import AgreementForm, NewAgreementForm, SignForm
from tracker.forms.strategy import StrategyForm
from tracker.permissions import Permission, has_permission, require_permission
from tracker.reports.setup import draft_page, missing_before_signing, table_totals, tables_of
from tracker.views.lookup import find_draft
from tracker.views.saving import status_of, told


def parents_of(agreement: Agreement) -> list[tuple[str, str]]:
    """The way down to a draft's pages."""
    return [
        ("Opsætning", reverse("setup_front")),
        (agreement.title, reverse("agreement_setup", args=[agreement.budget_year])),
    ]


@require_safe
@require_permission(Permission.SETUP)
def setup_front(request: HttpRequest) -> HttpResponse:
    context = {
        "agreements": Agreement.objects.all(),
        "may_see_events": has_permission(request.user, Permission.EVENTS),
    }
    return render(request, "tracker/setup/front.html", context)


@require_http_methods(["GET", "POST"])
@require_permission(Permission.SETUP)
def agreement_create(request: HttpRequest) -> HttpResponse:
    """`?kopi=2018` begins with a copy of that agreement."""
    copy_of = _to_copy(request)
    form = NewAgreementForm(request.POST if request.method == "POST" else None, copy_of=copy_of)
    status = 200
    if request.method == "POST":
        status = status_of(
            form,
            lambda: create_agreement(by=request.user, copy_from=form.cleaned_data["copy_from"], **form.values),
        )
        if not status:
            messages.success(request, f"{form.answer.title} er oprettet som udkast.")
            return redirect("agreement_setup", form.answer.budget_year)
    front = reverse("setup_front")
    lead = "Aftalen er et udkast, som kun Økonomi og Styring ser, indtil den markeres som indgået."
    if copy_of:
        lead += " Felterne begynder med det, der gjaldt dengang; verdensmålene følger med, når du opretter udkastet."
    context = {
        "form": form,
        "heading": f"Ny aftale som kopi af {copy_of.title}" if copy_of else "Ny aftale",
        "lead": lead,
        "submit": "Opret udkastet",
        "back": front,
        "parents": [("Opsætning", front)],
    }
    return render(request, "tracker/setup/form.html", context, status=status)


def _to_copy(request: HttpRequest) -> Agreement | None:
    year = request.POST.get("copy_from") or request.GET.get("kopi")
    if not year:
        return None
    found = Agreement.objects.filter(budget_year=year).first() if re.fullmatch("[0-9]{4}", year) else None
    if found is None and request.method == "GET":
        raise Http404
    return found  # a form that names none is told so itself


@require_safe
@require_permission(Permission.AGREEMENT_EDIT)
def agreement_setup(request: HttpRequest, year: int) -> HttpResponse:
    agreement = find_draft(request.user, year)
    return render(request, "tracker/setup/agreement.html", {"agreement": agreement, "page": draft_page(agreement)})


@require_http_methods(["GET", "POST"])
@require_permission(Permission.AGREEMENT_EDIT)
def agreement_edit(request: HttpRequest, year: int) -> HttpResponse:
    agreement = find_draft(request.user, year)
    context = {"heading": f"Ret {agreement.title}", "parents": parents_of(agreement)}
    form = AgreementForm(request.POST if request.method == "POST" else None, instance=agreement)
    status = 200
    if request.method == "POST":
        status = status_of(
            form,
            lambda: change_agreement(
                agreement=agreement, by=request.user, version=form.cleaned_data["version"], **form.values
            ),
        )
        if not status:
            messages.success(request, told(form.answer))
            return redirect("agreement_setup", form.cleaned_data["budget_year"])
    return _form_page(request, form, context, status)


@require_http_methods(["GET", "POST"])
@require_permission(Permission.AGREEMENT_EDIT)
def strategy_edit(request: HttpRequest, year: int) -> HttpResponse:
    agreement = find_draft(request.user, year)
    context = {
        "heading": "Mål, skattesatser og verdensmål",
        "lead": f"Det, {agreement.title} hviler på ud over punkterne.",
        "parents": parents_of(agreement),
    }
    form = StrategyForm(request.POST if request.method == "POST" else None, instance=agreement)
    status = 200
    if request.method == "POST":
        status = status_of(
            form,
            lambda: change_strategy(
                agreement=agreement, by=request.user, version=form.cleaned_data["version"], **form.values
            ),
        )
        if not status:
            messages.success(request, told(form.answer))
            return redirect("agreement_setup", year)
    return _form_page(request, form, context, status)


def _form_page(request: HttpRequest, form, context: dict, status: int) -> HttpResponse:
    context |= {"form": form, "back": context["parents"][-1][1]}
    return render(request, "tracker/setup/form.html", context, status=status)


@require_http_methods(["GET", "POST"])
@require_permission(Permission.AGREEMENT_EDIT)
def agreement_sign(request: HttpRequest, year: int) -> HttpResponse:
    """Shows what the tables come to, so that somebody holds it against the paper."""
    agreement = find_draft(request.user, year)
    context = {"title": agreement.title, "unit": agreement.unit, "parents": parents_of(agreement)}
    form = SignForm(
        request.POST if request.method == "POST" else None, instance=agreement, totals=table_totals(agreement)
    )
    status = 200
    if request.method == "POST":
        status = status_of(
            form,
            lambda: sign_agreement(
                agreement=agreement,
                by=request.user,
                version=form.cleaned_data["version"],
                signed_on=form.cleaned_data["signed_on"],
                totals=form.cleaned_data["totals"],
            ),
        )
        if not status:
            messages.success(request, f"{form.answer.title} er markeret som indgået. Det, der er aftalt, er nu lukket.")
            return redirect(form.answer)
    context |= {
        "form": form,
        "back": context["parents"][-1][1],
        "years": agreement.years,
        "unit_label": agreement.get_unit_display(),
        "tables": tables_of(agreement, form.totals),
        "missing": missing_before_signing(agreement),
    }
    return render(request, "tracker/setup/sign.html", context, status=status)
