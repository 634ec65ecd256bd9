"""The product's addresses and, beside them, a view that only returns the bytes it is given: the baseline."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from tracker.permissions import Permission, require_permission

bytes_to_return = b""


@require_permission(Permission.REPORT_PREVIEW)
def bare(request: HttpRequest) -> HttpResponse:
    return HttpResponse(bytes_to_return)


urlpatterns = [path("bar/", bare), path("", include("tracker.urls"))]
