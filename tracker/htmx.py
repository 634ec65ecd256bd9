"""Which of two templates a request wants."""

from django.http import HttpRequest


def page_or_fragment(request: HttpRequest, page: str, fragment: str) -> str:
    """The fragment for an htmx request, but the whole page when the browser goes back in its history."""
    wants_fragment = request.htmx and not request.htmx.boosted and not request.htmx.history_restore_request
    return fragment if wants_fragment else page
