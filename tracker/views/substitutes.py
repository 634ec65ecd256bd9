"""Vikar: who answers for a chief's centres while the chief is away."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from tracker.actions.substitutes import end_substitute, name_substitute
from tracker.errors import Refused
from tracker.forms.substitutes import SubstituteForm
from tracker.permissions import Permission, authorize, require_permission
from tracker.reports.substitutes import substitutes_of


@require_http_methods(["GET", "POST"])
@require_permission(Permission.SUBSTITUTE)
def substitute_list(request: HttpRequest) -> HttpResponse:
    """A chief's own substitutes, and the form that names one."""
    authorize(request.user, Permission.SUBSTITUTE)
    form = SubstituteForm(request.user, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            named = name_substitute(chief=request.user, by=request.user, **form.cleaned_data)
        except Refused as error:
            for field, sentence in error.fields.items():
                form.add_error(field, sentence)
        else:
            messages.success(request, f"{named.stand_in} er nu udpeget som vikar.")
            return redirect("substitute_list")
    context = {"form": form, "substitutes": substitutes_of(request.user, today=timezone.localdate())}
    return render(request, "tracker/substitutes/list.html", context, status=422 if form.errors else 200)


@require_POST
@require_permission(Permission.SUBSTITUTE)
def substitute_end(request: HttpRequest, pk: int) -> HttpResponse:
    authorize(request.user, Permission.SUBSTITUTE)
    substitute = get_object_or_404(request.user.substitutes.select_related("chief", "stand_in"), pk=pk)
    end_substitute(substitute=substitute, by=request.user)
    messages.success(request, f"{substitute.stand_in} er ikke længere din vikar.")
    return redirect("substitute_list")
