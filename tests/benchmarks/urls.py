"""The product's addresses and, beside them, a view that only returns the bytes it is given: the baseline."""

import os
from pathlib import Path

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from tracker.permissions import Permission, require_permission

bytes_to_return = b""


@require_permission(Permission.REPORT_PREVIEW)
def bare(request: HttpRequest) -> HttpResponse:
    return HttpResponse(bytes_to_return)


@login_not_required
def bare_public(request: HttpRequest) -> HttpResponse:
    global bytes_to_return
    if not bytes_to_return:
        bytes_to_return = Path(os.environ["BARE_BYTES"]).read_bytes()
    return HttpResponse(bytes_to_return)


urlpatterns = [path("bar/", bare), path("bar/offentlig/", bare_public), path("", include("tracker.urls"))]
