"""Reading a page as a browser does: forms with their values, visible text, and a client per user."""

from html.parser import HTMLParser
from pathlib import Path

from django.conf import settings
from django.http import HttpResponse
from django.test import Client

from tracker.models import User

Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)  # WhiteNoise warns where nothing has been collected
HTMX = {"HX-Request": "true"}
NO_TEXT = {"script", "style", "title"}


class Page(HTMLParser):
    """`text` is what a person reads, `fields` what the form would send. A textarea's first line break is markup."""

    def __init__(self, response: HttpResponse | str):
        super().__init__(convert_charrefs=True)
        self.fields: dict[str, str] = {}
        self.links: list[str] = []
        self.sources: list[str] = []
        self.elements: list[tuple[str, dict]] = []
        self._parts: list[str] = []
        self._textarea, self._skipping = None, ""
        self.feed(response if isinstance(response, str) else response.content.decode())
        self.close()
        self.text = " ".join("".join(self._parts).split())

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        self.elements.append((tag, found))
        if tag == "a" and "href" in found:
            self.links.append(found["href"] or "")
        if tag == "textarea":
            self._textarea = found.get("name") or found.get("id")
            self.fields[self._textarea] = ""
        elif tag == "input" and found.get("name"):
            if found.get("type") not in {"radio", "checkbox"} or "checked" in found:
                self.fields[found["name"]] = found.get("value") or ""
        if tag in NO_TEXT:
            self._skipping = tag

    def handle_endtag(self, tag):
        if tag == "textarea" and self._textarea:
            value = self.fields[self._textarea]
            self.fields[self._textarea] = value[1:] if value.startswith("\n") else value
            self._textarea = None
        if tag == self._skipping:
            self._skipping = ""
        if tag not in {"a", "strong", "em", "span", "b", "i", "label", "use", "svg"}:
            self._parts.append(" ")

    def handle_data(self, data):
        if self._textarea:
            self.fields[self._textarea] += data
        elif not self._skipping:
            self._parts.append(data)

    def attributes(self, tag: str, **wanted: str) -> list[dict]:
        return [found for name, found in self.elements if name == tag and wanted.items() <= found.items()]


def text_of(response: HttpResponse | str) -> str:
    return Page(response).text


def signed_in(user: User, **options) -> Client:
    client = Client(**options)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client
