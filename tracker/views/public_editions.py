"""Editions as they were stored: the report, its files, and what a correction changed. Never rendered again."""

import base64
import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache

from csp.constants import NONE
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from tracker.models import Edition, EditionFile
from tracker.permissions import Answer, Permission, require_permission
from tracker.reports.public import Known, is_public, of_round, publications, simply_open, step_of
from tracker.reports.public_differences import differences_for
from tracker.statuses import EditionState
from tracker.views.caching import FILE_SECONDS, PAGE_SECONDS, reader_of, shared_page, tagged
from tracker.views.files import XLSX

TYPES = {
    "html": "text/html; charset=utf-8",
    "xlsx": XLSX,
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "pdf": "application/pdf",
}
_STYLE = re.compile(rb"<style>(.*?)</style>", re.DOTALL)
_BODY = b"<body>"


def _known(request: HttpRequest, year: int, number: int, scope: str) -> Known:
    """The publication at an address; 404, as for a wrong address, where the reader may know of no edition of it."""
    found = publications(reader_of(request), publication__scope=scope, **of_round(year, number))
    if not found:
        raise Http404
    return found[0]


def _find(request: HttpRequest, year: int, number: int, scope: str, edition: int) -> tuple[Known, Edition]:
    known = _known(request, year, number, scope)
    if found := known.edition(edition):
        return known, found
    raise Http404


def _is_gone(known: Known, edition: Edition) -> bool:
    return known.answers[edition.number] is Answer.GONE


@shared_page
def _withdrawn(request: HttpRequest, known: Known, edition: Edition) -> HttpResponse:
    context = {
        "edition": edition,
        "withdrawn": step_of(edition, EditionState.WITHDRAWN),
        "standing": known.newest or known.older,
        "round_address": edition.address[:2],
    }
    return render(request, "tracker/public/withdrawn.html", context, status=410)


@login_not_required
@require_safe
@require_permission(Permission.EDITION_READ)
def edition_newest(request: HttpRequest, year: int, number: int, scope: str) -> HttpResponse:
    """The newest edition that this reader may read. A committee may read one before the public does, so a shared copy
    must not be taken for everybody's: the only frozen address that depends on who asks."""
    if found := simply_open(year, number, scope):
        response = _page(request, kept_page(*found))
    else:
        known = _known(request, year, number, scope)
        response = _report(request, known, known.newest or known.heard_of[-1])
    patch_vary_headers(response, ["Cookie"])
    return response


@login_not_required
@require_safe
@require_permission(Permission.EDITION_READ)
def edition_page(request: HttpRequest, year: int, number: int, scope: str, edition: int) -> HttpResponse:
    """The permanent address."""
    if found := simply_open(year, number, scope, edition):
        return _page(request, kept_page(*found))
    return _report(request, *_find(request, year, number, scope, edition))


def _report(request: HttpRequest, known: Known, edition: Edition) -> HttpResponse:
    """The stored page, with a notice above it where it is not the public's newest word."""
    if _is_gone(known, edition):
        return _withdrawn(request, known, edition)
    page = kept_page(edition.pk, edition.chain)
    notice = b"" if edition.state == EditionState.OPEN else _notice(known, edition)
    return _page(request, page.with_notice(notice) if notice else page)


def _notice(known: Known, edition: Edition) -> bytes:
    context = {
        "edition": edition,
        "is_public": is_public(edition),
        "successor": known.successor_of(edition),
        "withdrawn": step_of(edition, EditionState.WITHDRAWN),
        "superseded": step_of(edition, EditionState.SUPERSEDED),
    }
    return render_to_string("tracker/public/_notice.html", context).encode()


def _page(request: HttpRequest, page: "StoredPage") -> HttpResponse:
    return tagged(request, _html(page), page.checksum, seconds=PAGE_SECONDS)


def _html(page: "StoredPage") -> HttpResponse:
    """The file carries its own style, which is named to the browser by its checksum; nothing else in it may run."""
    response = HttpResponse(page.content, content_type=TYPES["html"])
    response._csp_replace = {
        "style-src": page.styles or [NONE], "script-src": [NONE], "connect-src": [NONE], "form-action": [NONE],
    }  # fmt: skip
    return response


@dataclass(frozen=True)
class StoredPage:
    """The bytes of a stored page, their checksum, and the styles in them as the browser is told of them."""

    content: bytes
    checksum: str
    styles: list[str]

    def with_notice(self, notice: bytes) -> "StoredPage":
        content = self.content.replace(_BODY, _BODY + notice, 1)
        return StoredPage(content, hashlib.sha256(content).hexdigest(), self.styles)


@lru_cache(maxsize=24)
def kept_page(edition: int, chain: str) -> StoredPage:
    """What never changes may be kept in memory. The chain's checksum covers the file, so that it names these bytes and
    no others; whether they may be seen is asked every time."""
    content, checksum = _stored(edition, "html")
    found = [base64.b64encode(hashlib.sha256(each).digest()).decode() for each in _STYLE.findall(content)]
    return StoredPage(content, checksum, [f"'sha256-{each}'" for each in found])


def _stored(edition: int, kind: str) -> tuple[bytes, str]:
    found = EditionFile.objects.filter(edition=edition, kind=kind).values_list("content", "sha256").first()
    if found is None:
        raise Http404
    return bytes(found[0]), found[1]


@login_not_required
@require_safe
@require_permission(Permission.EDITION_READ)
def edition_file(request: HttpRequest, year: int, number: int, scope: str, edition: int, kind: str) -> HttpResponse:
    """A file as it was stored, with its checksum beside it."""
    if found := simply_open(year, number, scope, edition):
        pk, chain = found
    else:
        known, closer = _find(request, year, number, scope, edition)
        if _is_gone(known, closer):
            return _withdrawn(request, known, closer)
        pk, chain = closer.pk, closer.chain
    if kind == "html":
        page = kept_page(pk, chain)
        response, checksum = _html(page), page.checksum
    else:
        content, checksum = _stored(pk, kind)
        response = HttpResponse(content, content_type=TYPES[kind])
    name = f"opfoelgning-{year}-{number}-{scope}-udgave-{edition}.{kind}"
    response.headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    response.headers["Repr-Digest"] = f"sha-256=:{base64.b64encode(bytes.fromhex(checksum)).decode()}:"
    response.headers["X-Checksum-SHA256"] = checksum
    return tagged(request, response, checksum, seconds=FILE_SECONDS)


@login_not_required
@require_safe
@require_permission(Permission.EDITION_READ)
@shared_page
def edition_differences(request: HttpRequest, year: int, number: int, scope: str, edition: int) -> HttpResponse:
    """Why an edition corrects the one before, and every fact that is not the same. A first edition has no such page."""
    known, found = _find(request, year, number, scope, edition)
    if found.number == 1:
        raise Http404
    if _is_gone(known, found):
        return _withdrawn(request, known, found)
    context = {
        "edition": found,
        "differences": differences_for(known, found),
        "round_address": found.address[:2],
        "is_secret": not is_public(found),
    }
    return render(request, "tracker/public/differences.html", context)
