"""The public side: what has been published, for everybody and without signing in."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from tracker.exports.feed import ATOM, atom_feed
from tracker.exports.public_csv import items_csv
from tracker.forms.public import PublicItemFilterForm
from tracker.htmx import page_or_fragment
from tracker.permissions import Permission, require_permission
from tracker.reports.public_items import kept, public_item
from tracker.reports.public_news import feed_entries
from tracker.reports.public_rounds import RoundPage, SourcedItem, public_front, round_page
from tracker.views.caching import reader_of, shared_page


@login_not_required
@require_safe
@require_permission(Permission.PUBLIC_READ)
@shared_page
def front(request: HttpRequest) -> HttpResponse:
    return render(request, "tracker/public/front.html", {"agreements": public_front()})


def _round(request: HttpRequest, year: int, number: int, **options) -> RoundPage:
    page = round_page(reader_of(request), year, number, **options)
    if page is None:
        raise Http404
    return page


@login_not_required
@require_safe
@require_permission(Permission.EDITION_READ)
@shared_page
def public_round(request: HttpRequest, year: int, number: int) -> HttpResponse:
    return render(request, "tracker/public/round.html", {"page": _round(request, year, number, with_files=True)})


def _narrowed(request: HttpRequest, page: RoundPage) -> tuple[PublicItemFilterForm, list[SourcedItem]]:
    if not page.scopes:
        raise Http404  # everything has been withdrawn: there is no list to narrow
    form = PublicItemFilterForm([each.item for each in page.items], request.GET)
    return form, kept(page.items, form.item_filter)


@login_not_required
@require_safe
@require_permission(Permission.EDITION_READ)
@shared_page
def public_items(request: HttpRequest, year: int, number: int) -> HttpResponse:
    page = _round(request, year, number)
    form, items = _narrowed(request, page)
    context = {"page": page, "form": form, "items": items, "query": request.GET.urlencode()}
    template = page_or_fragment(request, "tracker/public/items.html", "tracker/public/_items.html")
    return render(request, template, context, status=422 if form.errors else 200)


@login_not_required
@require_safe
@require_permission(Permission.EDITION_READ)
@shared_page
def public_items_csv(request: HttpRequest, year: int, number: int) -> HttpResponse:
    """The list as far as the address's filter leaves it."""
    page = _round(request, year, number)
    form, items = _narrowed(request, page)
    if form.errors:
        return render(request, "tracker/public/wrong_filter.html", {"page": page, "form": form}, status=422)
    headers = {"Content-Disposition": f'attachment; filename="opfoelgning-{year}-{number}-punkter.csv"'}
    return HttpResponse(items_csv(items, page.address), content_type="text/csv; charset=utf-8", headers=headers)


@login_not_required
@require_safe
@require_permission(Permission.EDITION_READ)
@shared_page
def item(request: HttpRequest, year: int, key: str) -> HttpResponse:
    """A promise at its stable address, through all rounds."""
    page = public_item(reader_of(request), year, key)
    if page is None:
        raise Http404
    return render(request, "tracker/public/item.html", {"page": page, "year": year})


@login_not_required
@require_safe
@require_permission(Permission.PUBLIC_READ)
@shared_page
def feed(request: HttpRequest) -> HttpResponse:
    content = atom_feed(
        feed_entries(),
        municipality=settings.MUNICIPALITY,
        page=request.build_absolute_uri(reverse("public_front")),
        address=request.build_absolute_uri(reverse("public_feed")),
        absolute=request.build_absolute_uri,
    )
    return HttpResponse(content, content_type=ATOM)


@login_not_required
@require_safe
@require_permission(Permission.PUBLIC_READ)
@shared_page
def accessibility(request: HttpRequest) -> HttpResponse:
    context = {
        "contact": settings.ACCESSIBILITY_CONTACT,
        "statement": settings.ACCESSIBILITY_STATEMENT,
    }
    return render(request, "tracker/public/accessibility.html", context)
