"""Our error pages, in words that say what to do next. For htmx the same words as a fragment."""

import re

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from tracker.logs import current_request_id

WORDS = {
    400: (
        "Vi kunne ikke forstå forespørgslen",
        "Gå tilbage, genindlæs siden, og prøv igen. Intet er ændret.",
    ),
    401: (
        "Du er logget af",
        "Det, du skrev, er ikke gemt. Kopiér det herunder, log ind igen, og sæt det ind.",
    ),
    403: (
        "Det har du ikke adgang til",
        "Din konto har ikke ret til denne handling. Spørg Økonomi og Styring, hvis du mener, at du skal have den.",
    ),
    404: (
        "Siden findes ikke",
        "Adressen passer ikke på noget, du har adgang til. Den kan være skrevet forkert.",
    ),
    409: (
        "Det kan ikke gøres nu",
        "Noget har ændret sig, siden du åbnede siden. Intet er ændret.",
    ),
    413: (
        "Det er for meget på én gang",
        "Teksten eller filen er for stor. Del den op, eller forkort den. Intet er ændret.",
    ),
    429: (
        "For mange forsøg",
        "Der har været for mange forkerte forsøg. Vent et kvarter, og prøv igen, eller bed en administrator om hjælp.",
    ),
}
# What a person may have spent time on. Named one by one: a password is never shown again.
TYPED_FIELDS = {
    "comment", "title", "text", "note", "economy_text", "source_note", "reason", "theme_source", "reading_guide",
    "cpr_reason", "bodies", "contributor_words", "heading", "code", "label", "project", "period", "keys",
    "remark", "other_body", "instructions", "as_of", "opens_on", "deadline", "committees_on", "council_on",
}  # fmt: skip
# One of several of a kind, or of a row.
TYPED_IN_PARTS = re.compile(r"milestones_|definition_|amount_|\w+-\d+-(?!DELETE)")


def error_page(request: HttpRequest, code: int, text: str = "", *, typed: str = "", back: str = "/") -> HttpResponse:
    """The page (or fragment) for one error; `typed` is given back to the person so that nothing is lost."""
    heading, words = WORDS[code]
    is_fragment = bool(getattr(request, "htmx", False)) and not request.htmx.history_restore_request
    context = {"code": code, "heading": heading, "text": text or words, "typed": typed, "back": back}
    template = "errors/_error.html" if is_fragment else "errors/error.html"
    return render(request, template, context, status=code)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request, 413 if isinstance(exception, RequestDataTooBig) else 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request, 403, typed=_typed(request))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request, 404, typed=_typed(request))  # somebody else may have deleted it meanwhile


def conflict(request: HttpRequest, text: str) -> HttpResponse:
    return error_page(request, 409, text, typed=_typed(request))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Usually a page that was open while someone signed in again: the text is shown, so it can be sent once more."""
    if request.htmx and not request.user.is_authenticated:
        return signed_out(request)
    text = "Siden var for gammel til at blive gemt fra. Genindlæs den, og prøv igen. Intet er ændret."
    return error_page(request, 403, text, typed=_typed(request))


def signed_out(request: HttpRequest) -> HttpResponse | None:
    """Someone tried to save after the sign-in had run out. htmx says so beside the text, which stays on the page; a
    plain form gets its text back to copy. None where there is no text to lose."""
    if request.htmx:
        return HttpResponse(render_to_string("errors/_signed_out.html", request=request), status=401)
    typed = _typed(request)
    return error_page(request, 401, typed=typed) if typed else None


def second_factor_needed(request: HttpRequest, address: str) -> HttpResponse | None:
    """Someone tried to save without the second factor that their role needs; as `signed_out`, the text stays."""
    if request.htmx:
        context = {"address": address}
        return HttpResponse(render_to_string("errors/_second_factor.html", context, request=request), status=403)
    typed = _typed(request)
    text = "Din konto skal have et andet trin ved log ind. Det, du skrev, er ikke gemt. Kopiér det herunder først."
    return error_page(request, 403, text, typed=typed, back=address) if typed else None


def too_many_requests(request: HttpRequest) -> HttpResponse:
    return error_page(request, 429)


def too_many_attempts(request: HttpRequest, credentials: dict, *args, **kwargs) -> HttpResponse:
    return error_page(request, 429)


def server_error(request: HttpRequest) -> HttpResponse:
    """Must not need the database, a session or a context processor: any of them may be what failed."""
    template = "errors/_server_error.html" if request.headers.get("HX-Request") == "true" else "500.html"
    return HttpResponse(render_to_string(template, {"request_id": current_request_id()}), status=500)


def _typed(request: HttpRequest) -> str:
    try:
        return "\n\n".join(
            value
            for name, value in request.POST.items()
            if value and (name in TYPED_FIELDS or TYPED_IN_PARTS.match(name))
        )
    except Exception:  # the body itself may be what is wrong; the error page must still come
        return ""
