"""No page stores a CPR number: each field that takes free text is tried on each form, with and without a reason."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser

import pytest
from django.db import transaction

from tests.database import all_rows
from tests.factories import (
    create_agreement,
    create_amount_line,
    create_assessment,
    create_centre,
    create_item,
    create_milestone,
    create_round,
    create_user,
)
from tests.files import bytes_of, draft_document
from tests.test_access import ADDRESSES
from tests.tracker.views.pages import HTMX, Page, signed_in, text_of
from tracker.actions.uploads import upload_agreement
from tracker.models import Act, AllowedNumber, Assessment, Event
from tracker.statuses import Role

pytestmark = pytest.mark.slow

NUMBER, MASKED = "010203-1234", "010203-····"
TYPED = f"Om {NUMBER}"
REASON = "Det er et lokalnummer."
TEXTS = {"text", "email", "search", None}


class Forms(HTMLParser):
    """Every form of a page with what a browser would send; `texts` are the names of what somebody writes in."""

    def __init__(self, response):
        super().__init__(convert_charrefs=True)
        self.forms: list[dict] = []
        self.texts: list[list[str]] = []
        self._select = self._textarea = ""
        self.feed(response.content.decode())

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        name = found.get("name", "")
        if tag == "form":
            self.forms.append({})
            self.texts.append([])
        if not self.forms:
            return
        if tag == "textarea":
            self._textarea = name
            self.forms[-1][name] = ""
            self.texts[-1].append(name)
        elif tag == "select":
            self._select = name
        elif tag == "option":  # a browser sends the first where none is selected
            if "selected" in found or self._select not in self.forms[-1]:
                self.forms[-1][self._select] = found.get("value", "")
        elif tag == "input" and name:
            kind = found.get("type")
            if kind not in {"radio", "checkbox"} or "checked" in found:
                self._send(name, found.get("value") or "")
            if kind in TEXTS:
                self.texts[-1].append(name)

    def _send(self, name, value):
        earlier = self.forms[-1].get(name)
        self.forms[-1][name] = (
            value if earlier is None else [*(earlier if isinstance(earlier, list) else [earlier]), value]
        )

    def handle_endtag(self, tag):
        if tag == "textarea":
            self._textarea = ""

    def handle_data(self, data):
        if self._textarea:
            self.forms[-1][self._textarea] += data.removeprefix("\n")


@dataclass
class World:
    """A draft with one of everything, and a signed agreement with an open round."""

    draft: object = None
    signed: object = None
    users: dict = field(default_factory=dict)
    rounds: dict = field(default_factory=dict)

    def client(self, role):
        return signed_in(self.users[role])


@pytest.fixture
def world(db) -> World:
    draft, signed = (
        create_agreement(signed_on=None, plan="draft"),
        create_agreement(plan="hearing", signed_on="2017-10-01"),
    )
    create_item(draft, "2.02.1")
    create_milestone(draft.items.get(), create_round(draft, state="planned"))
    create_amount_line(draft)
    item = create_item(signed, "2.02.1")
    states = {state: create_round(signed, state=state) for state in ("open", "planned", "closed")}
    create_milestone(item, states["open"])
    create_assessment(create_item(signed, "2.02.2"), states["open"], by=create_user(Role.EDITOR))
    users = {
        role: create_user(role, centres=[create_centre()] if role == Role.EDITOR else [])
        for role in (Role.FINANCE, Role.APPROVER, Role.EDITOR)
    }
    return World(draft, signed, users, states)


@dataclass(frozen=True)
class Door:
    """`rows` fills in what the page leaves blank, so that a text is all that can be wrong; `shapes` are texts that have
    a form of their own, with the number in it; `url` is read, and posted to unless `posts` says otherwise."""

    url: Callable[[World], str]
    role: Role = Role.FINANCE
    rows: dict = field(default_factory=dict)
    shapes: dict = field(default_factory=dict)
    posts: str = ""
    read: Callable[[World], str] | None = None


def draft_page(ending: str) -> Callable[[World], str]:
    return lambda world: f"/opsaetning/aftaler/{world.draft.budget_year}/{ending}"


def signed_page(ending: str) -> Callable[[World], str]:
    return lambda world: f"/opsaetning/aftaler/{world.signed.budget_year}/{ending}"


def round_page(ending: str, state="open") -> Callable[[World], str]:
    return lambda world: f"/aftaler/{world.signed.budget_year}/runder/{world.rounds[state].number}/{ending}"


LINK = {
    "henvisninger-0-kind": "postponed_from", "henvisninger-0-year": "2018", "henvisninger-0-code": "3.04",
    "henvisninger-0-note": "Som trykt",
}  # fmt: skip
STATED = {"beloeb-0-kroner": "300.000", "beloeb-0-years": "2031", "beloeb-0-basis": "each", "beloeb-0-standing": "new"}
STRATEGY = {
    "maal-0-number": "1", "maal-0-title": "Mål", "satser-0-name": "Sats", "satser-0-hundredths": "25,5",
    "satser-0-unit": "percent", "verdensmaal-0-number": "4", "verdensmaal-0-title": "Uddannelse",
}  # fmt: skip
NEW_ITEM = {"code": "2.77", "title": "Nyt", "life_status": "planned", "lead_centre": ""}
NEW_LINE = {"table": "drift", "label": "Ny", "nature": "new"}
NEW_AGREEMENT = {"budget_year": "2049", "last_year": "2050", "title": "Ny aftale", "mode": "milestones"}
DECISION = {"other_body": "Kommunalbestyrelsen", "decided_on": "01.12.2017", "outcome": "noted"}
DOORS = {
    "agreement_create": Door(lambda world: "/opsaetning/aftaler/ny/", rows=NEW_AGREEMENT),
    "agreement_edit": Door(draft_page("hoved/")),
    "strategy_edit": Door(draft_page("maal/"), rows=STRATEGY, shapes={"maal-0-values": f"{TYPED}; 2031; 5"}),
    "section_create": Door(draft_page("afsnit/ny/"), rows={"code": "7", "title": "Nyt"} | STATED),
    "section_edit": Door(lambda world: draft_page(f"afsnit/{world.draft.sections.get().pk}/")(world), rows=STATED),
    "item_create": Door(draft_page("punkter/ny/?afsnit=2"), rows=NEW_ITEM),
    "item_edit": Door(draft_page("punkter/2.02.1/"), rows={"lead_centre": ""}),
    "item_edit, signed": Door(signed_page("punkter/2.02.1/"), rows={"reason": "Præciseret", "lead_centre": ""}),
    "item_links": Door(draft_page("punkter/2.02.1/henvisninger/"), rows=LINK | STATED),
    "line_create": Door(lambda world: draft_page("beloeb/ny/")(world), rows=NEW_LINE | {"amount_{year}": "5"}),
    "line_edit": Door(lambda world: draft_page(f"beloeb/{world.draft.amount_lines.get().pk}/")(world)),
    "entry_edit": Door(round_page("indberetning/2.02.1/"), Role.EDITOR),
    "entry_edit, submit": Door(
        round_page("indberetning/2.02.1/"),
        Role.EDITOR,
        rows={"act": "submit", "effort": "happy", "economy": "kept"},
    ),
    "entry_note": Door(
        round_page("indberetning/2.02.2/bemaerkning/"), posts="text", read=round_page("indberetning/2.02.2/")
    ),
    "entry_return": Door(
        round_page("indberetning/2.02.2/returner/"), posts="comment", read=round_page("indberetning/2.02.2/")
    ),
    "round_open": Door(round_page("aabn/", "planned"), Role.APPROVER),
    "round_open, again": Door(round_page("aabn/", "closed"), Role.APPROVER, rows={"reason": "En fejl"}),
    "round_edit": Door(signed_page("runder/1/"), Role.APPROVER),
    "round_list_setup": Door(draft_page("runder/")),
    "plan_return": Door(signed_page("milepaele/tilbage/"), rows={"comment": "Ret"}),
    "plan_decide": Door(signed_page("milepaele/beslutning/"), Role.APPROVER, rows=DECISION),
}
# What has a form of its own, which no such text fits: numbers, years, amounts, dates, codes.
STRICT = re.compile(
    r"code|ordinal|budget_year|last_year|keys|amount_\d+|expected_amount|.*_on|as_of|deadline"
    r"|.*-(years?|kroner|number|hundredths|joint_with|opens_on|as_of|deadline|committees_on|council_on)"
)
BLANK_ROW = re.compile(r"(?!runder).*-[1-9]-.*")  # nothing but a text is no row


def the_form(door: Door, world: World, client) -> tuple[str, dict, list[str]]:
    """Where it is sent, what with, and the names of its free texts."""
    url = door.url(world)
    page = client.get((door.read or door.url)(world))
    assert page.status_code == 200, url
    forms = Forms(page)
    found = [
        (sent, texts)
        for sent, texts in zip(forms.forms, forms.texts, strict=True)
        if (door.posts in texts if door.posts else texts) and "version" in sent | {"version": 0}
    ]
    sent, texts = next(each for each in found if not door.posts or len(each[1]) < 3)
    rows = {name.format(year=world.draft.budget_year): value for name, value in door.rows.items()}
    return url, sent | rows, [name for name in texts if not STRICT.fullmatch(name) and not BLANK_ROW.fullmatch(name)]


def posted(client, url, data, **options):
    """The answer, with what it changed undone."""
    with transaction.atomic():
        answer = client.post(url, data, **options)
        events = list(Event.objects.filter(act=Act.NUMBER_ALLOWED).values_list("note", flat=True))
        transaction.set_rollback(True)
    return answer, events


@pytest.mark.parametrize("name", DOORS)
def test_no_text_of_a_form_takes_a_number(world, name):
    door = DOORS[name]
    client = world.client(door.role)
    url, sent, texts = the_form(door, world, client)
    before = all_rows()
    assert texts

    for text in texts:
        typed = door.shapes.get(text, TYPED)
        answer = client.post(url, sent | {text: typed})

        page = Page(answer)
        assert answer.status_code == 422, text
        assert MASKED in page.text and "ligner et CPR-nummer" in page.text, (text, page.text)
        assert NUMBER not in page.text, text  # only in its field
        assert page.fields[text] == typed
        assert page.fields["cpr_reason"] == ""
    assert all_rows() == before


@pytest.mark.parametrize("name", DOORS)
def test_every_text_may_be_vouched_for(world, name):
    door = DOORS[name]
    client = world.client(door.role)
    url, sent, texts = the_form(door, world, client)

    for text in texts:
        typed = door.shapes.get(text, TYPED)
        answer, events = posted(client, url, sent | {text: typed, "cpr_reason": REASON})
        assert answer.status_code == 302 and events, (text, text_of(answer))
        assert events[0].endswith(f": {REASON}") and "1234" not in events[0]
    refused, events = posted(client, url, sent | {text: typed, "cpr_reason": "  "})
    assert (refused.status_code, events) == (422, [])


@pytest.mark.parametrize("name", DOORS)
def test_without_the_guard_the_number_is_saved(world, name, monkeypatch):
    monkeypatch.setattr("tracker.actions.cpr.numbers_in", lambda text: [])
    door = DOORS[name]
    client = world.client(door.role)
    url, sent, texts = the_form(door, world, client)

    answer, events = posted(client, url, sent | {texts[-1]: door.shapes.get(texts[-1], TYPED)})
    assert (answer.status_code, events) == (302, []), text_of(answer)


# Addresses that take a POST and no free text that is stored, each for a reason of its own.
WITHOUT_TEXT = {
    "password_change", "account_create", "account_edit", "account_password",  # names of accounts, and secrets
    "body_create", "body_edit",  # names of the organisation
    "agreement_sign", "item_delete", "line_delete", "section_delete", "round_close", "plan_hearing",  # acts
    "entry_take_back", "entry_take_over", "entry_approve", "entry_unapprove", "entry_submit_all", "round_approve",
    "substitute_list", "substitute_end", "edition_release", "edition_open",
    "agreement_upload", "agreement_upload_check",  # see below
}  # fmt: skip


# Codes and checksums that nobody keeps; editions have their own tests (test_publications).
OTHERS = re.compile("mfa_|account_|second_factor|verify|sso|edition_")


def test_no_address_is_forgotten():
    taking = {each.name for each in ADDRESSES if "POST" in each.methods}
    named = {name.split(",")[0] for name in DOORS} | WITHOUT_TEXT

    assert {name for name in taking if not OTHERS.match(name)} <= named


# --- The entry -------------------------------------------------------------------------------------------------------
def entry(world, client, **typed):
    url, sent, _ = the_form(DOORS["entry_edit"], world, client)
    return url, sent | {"comment": TYPED} | typed


def assessments(world):
    return list(Assessment.objects.filter(item__agreement=world.signed, item__key="2.02.1"))


def test_an_autosave_is_refused_in_words_and_brings_the_reason(world):
    client = world.client(Role.EDITOR)
    url, sent = entry(world, client)

    answer = client.post(url, sent, headers=HTMX)

    page = Page(answer)
    assert answer.status_code == 422
    assert "Ikke gemt: Teksten indeholder noget, der ligner et CPR-nummer (Bemærkning: 010203-····)" in page.text
    assert page.fields["cpr_reason"] == "" and page.attributes(
        "div", id="cpr-begrundelse", **{"hx-swap-oob": "innerHTML"}
    )
    assert not assessments(world)


def test_an_autosave_does_not_take_a_reason_that_is_being_written(world):
    """Nor does it replace the box that somebody writes in."""
    client = world.client(Role.EDITOR)
    url, sent = entry(world, client, cpr_reason="Det er et lok")

    answer = client.post(url, sent, headers=HTMX)

    assert answer.status_code == 422
    assert "Begrundelsen gælder, når du selv trykker på »Gem kladde« eller »Indsend«." in text_of(answer)
    assert "cpr_reason" not in Page(answer).fields
    assert not AllowedNumber.objects.exists()


def test_after_the_reason_autosaves_go_on(world):
    client = world.client(Role.EDITOR)
    url, sent = entry(world, client, cpr_reason=REASON)

    assert client.post(url, sent | {"act": "save"}).status_code == 302
    answer = client.post(url, sent | {"version": "1", "comment": f"{TYPED} og mere"}, headers=HTMX)

    assert answer.status_code == 200
    assert [each.comment for each in assessments(world)] == [f"{TYPED} og mere"]
    [event] = Event.objects.filter(act=Act.NUMBER_ALLOWED)
    assert (event.note, event.user_id) == (f"Bemærkning: {REASON}", world.users[Role.EDITOR].pk)


def test_a_conflict_keeps_the_reason_that_was_typed(world):
    client = world.client(Role.EDITOR)
    url, sent = entry(world, client, cpr_reason=REASON)
    client.post(url, sent | {"comment": "Først", "act": "save"})

    late = signed_in(create_user(Role.EDITOR, centres=[create_centre()])).post(url, sent | {"version": "0"})

    assert late.status_code == 409 and Page(late).fields["cpr_reason"] == REASON
    assert not AllowedNumber.objects.exists()


def test_a_reason_that_repeats_the_number_is_refused_at_its_field(world):
    client = world.client(Role.EDITOR)
    url, sent = entry(world, client, cpr_reason=f"{NUMBER} er et lokalnummer", act="save")

    answer = client.post(url, sent)

    assert answer.status_code == 422 and "Begrundelsen må ikke selv gentage det" in text_of(answer)
    assert not AllowedNumber.objects.exists()


# --- A file ----------------------------------------------------------------------------------------------------------
CHECK = "/opsaetning/aftaler/indlaes/kontrol/"


@pytest.fixture
def uploaded(world):
    document = draft_document()
    document["items"][0]["note"] = TYPED
    upload_agreement(name="a.toml", content=bytes_of(document), by=world.users[Role.FINANCE])
    return world.client(Role.FINANCE)


def test_a_file_with_a_number_shows_its_place_and_asks_for_a_reason(uploaded):
    page = Page(uploaded.get(CHECK))

    assert "Tal, der ligner CPR-numre (1)" in page.text and "felt 'note': 010203-···· ligner" in page.text
    assert page.fields["cpr_reason"] == ""


def test_a_file_with_a_number_is_loaded_with_a_reason_only(uploaded):
    sent = {name: value for name, value in Page(uploaded.get(CHECK)).fields.items() if name != "act"} | {"act": "apply"}
    before = all_rows()

    refused = uploaded.post(CHECK, sent)
    assert refused.status_code == 422 and "Intet er indlæst." in text_of(refused)
    assert uploaded.post(CHECK, sent | {"cpr_reason": "x" * 501}).status_code == 422
    assert all_rows() == before
    loaded = uploaded.post(CHECK, sent | {"cpr_reason": REASON})

    assert loaded.status_code == 302
    [event] = Event.objects.filter(act=Act.NUMBER_ALLOWED)
    assert event.note.endswith(f"felt 'note': {REASON}")


def test_a_file_without_numbers_asks_for_nothing(world):
    upload_agreement(name="a.toml", content=bytes_of(draft_document()), by=world.users[Role.FINANCE])

    assert "cpr_reason" not in Page(world.client(Role.FINANCE).get(CHECK)).fields
