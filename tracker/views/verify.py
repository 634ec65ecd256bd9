"""Is this file ours? Anybody may ask, and is told of no more than they may read."""

import hashlib

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from tracker.forms.public import VerifyForm
from tracker.permissions import Permission, require_permission
from tracker.reports.verification import recognised
from tracker.views.caching import reader_of


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@require_permission(Permission.PUBLIC_READ)
def verify(request: HttpRequest) -> HttpResponse:
    """A checksum may stand in the address too: reports link to their own."""
    if request.method == "POST":
        form = VerifyForm(request.POST, request.FILES)
    else:
        form = VerifyForm(request.GET) if "kontrolsum" in request.GET else VerifyForm()
    context = {"form": form, "is_file": False}
    if form.is_valid():
        file = form.cleaned_data["file"]
        checksum = hashlib.sha256(file.read()).hexdigest() if file else form.cleaned_data["kontrolsum"]
        found = recognised(reader_of(request), checksum)
        context |= {"is_answered": True, "is_file": bool(file), "checksum": checksum, "found": found}
    return render(request, "tracker/public/verify.html", context, status=422 if form.errors else 200)
