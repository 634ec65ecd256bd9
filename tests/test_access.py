"""Every address for every kind of user, in every state: exactly the answers of `tracker.permissions.TABLE`.

The crawl reads the letters of the table, not the code that applies them. Every secret carries a canary, and no answer
to someone who may not read it holds it.
"""

import io
import os
import re
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from itertools import product
from types import SimpleNamespace
from unittest import mock

import pytest
import tomli_w
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, path, reverse
from django.urls.resolvers import RegexPattern
from django.utils import timezone

from tests.database import all_rows
from tests.editions import OWN, STATES, Frozen, create_frozen
from tests.factories import (
    create_agreement,
    create_amount_line,
    create_assessment,
    create_centre,
    create_committee,
    create_item,
    create_milestone,
    create_note,
    create_round,
    create_user,
)
from tests.files import signed_document
from tests.tracker.views.pages import HTMX, signed_in, text_of
from tracker.actions.events import write_event
from tracker.actions.uploads import upload_agreement
from tracker.models import Act, FollowUpRound, Substitute, User, subject_of
from tracker.permissions import TABLE, Permission
from tracker.statuses import Role

# Who may come without a sign-in, each for a reason of its own: the door in, the door out, the load balancer, the icon,
# and the site's root, which leads a stranger to the public side. The public side itself is in the table.
PUBLIC = {"sign_in", "account_login", "mfa_authenticate", "sign_out", "health", "favicon", "my_page"}


def patterns_of(resolver) -> Iterator[URLPattern]:
    for each in resolver.url_patterns:
        if isinstance(each, URLResolver):
            yield from patterns_of(each)
        else:
            yield each


def unlisted(patterns) -> list[str]:
    """Addresses that neither stand in PUBLIC nor carry a permission of the table."""
    return [
        str(each.pattern)
        for each in patterns
        if each.name not in PUBLIC and getattr(each.callback, "permission", None) not in TABLE
    ]


def test_every_address_is_in_the_table():
    found = list(patterns_of(get_resolver()))

    assert unlisted(found) == []
    assert {each.name for each in found} == {*PUBLIC, *(each.name for each in ADDRESSES)}


def test_an_address_outside_the_table_is_found():
    def forgotten(request):
        return HttpResponse("hemmeligt")

    conf = SimpleNamespace(urlpatterns=[path("glemt/", forgotten, name="forgotten")])

    assert unlisted(patterns_of(URLResolver(RegexPattern(r"^/"), conf))) == ["glemt/"]


# --- The world -------------------------------------------------------------------------------------------------------
# stage -> (column of the entry, state of the round, column of the round, what is entered)
STAGES = {
    "nothing": ("N", "open", "O", None),
    "centre draft": ("C", "open", "O", {"state": "draft"}),
    "finance draft": ("F", "open", "O", {"state": "draft", "is_entered_by_finance": True}),
    "centre submitted": ("S", "open", "O", {"state": "submitted"}),
    "finance submitted": ("X", "open", "O", {"state": "submitted", "is_entered_by_finance": True}),
    "approved": ("A", "open", "O", {"state": "approved"}),
    "round closed": ("C", "closed", "C", {"state": "draft"}),
    "round published": ("P", "published", "U", {"state": "approved"}),
}


@dataclass
class Visitor:
    """A client with what the table calls its user, for the item of Ejendomme and for the other centre's."""

    name: str
    client: Client
    of_item: set[str] = field(default_factory=set)
    of_foreign: set[str] = field(default_factory=set)
    is_stranger: bool = False
    stands_in: bool = False  # for a chief, which is not handed on

    def letter(self, permission: Permission, column: str, *, foreign: bool = False, is_open: bool = True) -> str:
        if permission is Permission.OWN_PAGE:
            return "Y"
        rule = TABLE[permission]
        found = {
            rule.answers[subject][rule.states.index(column)]
            for subject in {"AN", *self._subjects(permission, self.of_foreign if foreign else self.of_item)}
        }
        if rule.acts and not is_open and "Y" in found:
            found = found - {"Y"} | {"s"}
        best = next(letter for letter in "YwsfnL" if letter in found)
        return "n" if best == "L" and not self.is_stranger else best

    def _subjects(self, permission: Permission, subjects: set[str]) -> set[str]:
        return subjects - {"CH"} if self.stands_in and permission is Permission.SUBSTITUTE else subjects

    def turned_away(self, permission: Permission) -> str:
        """The answer before any row is loaded: nobody with this role could have it in any state."""
        subjects = {{"C-": "C+"}.get(each, each) for each in self._subjects(permission, self.of_item)}
        letters = {
            TABLE[permission].answers[each][n] for each in subjects for n in range(len(TABLE[permission].states))
        }
        if permission is Permission.OWN_PAGE or letters - {"n", "f"}:
            return ""
        if letters <= {"n"}:
            return "n"
        return "f" if TABLE[permission].states == "-" else ""


@dataclass
class World:
    stage: str
    agreement: object
    draft: object
    plans: dict[str, object]  # signed agreements whose milestone plan is not approved yet, by its state
    item: object
    foreign: object
    account: object
    substitutes: list[Substitute]  # the visiting chief's, and another chief's
    visitors: list[Visitor]
    canaries: dict[str, object]  # canary -> may this visitor read it?
    frozen: dict[str, Frozen] = field(default_factory=dict)  # rounds with editions, by the state of the first one

    @property
    def column(self) -> str:
        return STAGES[self.stage][0]

    @property
    def is_open(self) -> bool:
        return STAGES[self.stage][1] == "open"


def create_world(stage: str) -> World:
    column, state, _, entered = STAGES[stage]
    agreement = create_agreement()
    first, second = create_round(agreement, state="published"), create_round(agreement, state=state)
    committee, other_centre = create_committee(), create_centre("Politisk Sekretariat")
    item = create_item(agreement, "2.02.1", committees=[committee])
    foreign = create_item(agreement, "3.10", centre=other_centre, committees=[committee])
    create_milestone(item, second)
    finance = create_user(Role.FINANCE)
    draft = create_agreement(signed_on=None, title="Udkast KANARIEAFTALE", plan="draft")
    drafted = create_item(draft, "2.02.1", text="KANARIEUDKAST")
    planned = create_round(draft, state="planned", instructions="KANARIEUDKASTETSRUNDE")
    create_milestone(drafted, planned, "KANARIEMILEPÆL")
    FollowUpRound.objects.filter(pk=second.pk).update(instructions="KANARIEVEJLEDNING")
    plans = {state: _create_planned(state, other_centre, committee) for state in ("draft", "hearing")}
    create_amount_line(agreement)
    create_amount_line(draft, label="KANARIELINJE")

    def may_read(foreign: bool):
        def allowed(visitor: Visitor) -> bool:
            return "Y" in {
                visitor.letter(each, column, foreign=foreign)
                for each in (Permission.ENTRY_READ, Permission.RESULT_READ)
            }

        return allowed

    def may_know(permission: Permission, *, foreign: bool):
        return lambda visitor: visitor.letter(permission, column, foreign=foreign) == "Y"

    canaries = {
        name: lambda visitor: visitor.letter(Permission.AGREEMENT_READ, "D") == "Y"
        for name in ("KANARIEAFTALE", "KANARIEUDKAST", "KANARIEMILEPÆL", "KANARIELINJE", "KANARIEUDKASTETSRUNDE")
    }
    canaries["KANARIEVEJLEDNING"] = lambda visitor: visitor.letter(Permission.ENTRY_LIST, "-") == "Y"
    for state, n in product(plans, (0, 1)):
        canaries[f"KANARIEPLAN-{state}-{n}"] = partial(_reads_plan, foreigns=[bool(n)])
    answered = subject_of(plans["draft"].budget_year)
    write_event(act=Act.PLAN_SENT_BACK, by=finance, subject=answered, note="KANARIESVAR")
    canaries["KANARIESVAR"] = partial(_reads_plan, foreigns=[False, True])
    for n, each in enumerate((item, foreign)):
        create_assessment(each, first, state="approved", effort="neutral", comment=f"Offentligt {n}")
        if entered:
            amount = 987_654_321 + n
            create_assessment(
                each,
                second,
                effort="sad",
                economy="not_kept",
                comment=f"KANARIEKOMMENTAR{n}",
                expected_amount=amount,
                by=finance,
                **entered | _returned(n, entered["state"]),
            )
            for canary in (f"KANARIEKOMMENTAR{n}", str(amount), f"{amount:,}".replace(",", ".")):
                canaries[canary] = may_read(each is foreign)
            create_note(each, second, f"KANARIEBEMÆRKNING{n}", by=finance)
            canaries[f"KANARIEBEMÆRKNING{n}"] = may_know(Permission.NOTE_READ, foreign=each is foreign)
            canaries[f"KANARIERETUR{n}"] = may_know(Permission.ENTRY_SEE, foreign=each is foreign)
    account = create_user(Role.MEMBER, committees=[committee], email="kanariefugl@example.dk")
    canaries["kanariefugl@example.dk"] = lambda visitor: visitor.letter(Permission.ACCOUNTS, "-") == "Y"
    substitutes = [
        _substitute(create_centre(), other_centre),
        _substitute(other_centre, create_centre("Arbejdsmarked")),
    ]
    visitors = _visitors(other_centre, committee, finance, substitutes[0])
    line = f"aftale {draft.budget_year}, Drift: KANARIELINJE"
    write_event(act=Act.LINE_CHANGED, by=finance, subject=line, note="tekst fra »KANARIENOTE« til »Ny tekst«")
    canaries["KANARIENOTE"] = lambda visitor: visitor.letter(Permission.EVENT_NOTES, "-") == "Y"
    canaries["KANARIEFIL"] = lambda visitor: visitor.letter(Permission.SETUP, "-") == "Y"
    for user in User.objects.all():  # a file of one's own helps nobody who may not set up
        upload_agreement(name="KANARIEFIL.toml", content=UPLOADED, by=user)
    frozen = _create_editions()
    for state, each in frozen.items():
        may_read = partial(_reads_edition, column=STATES[state][1])
        canaries |= {each.canary(number): may_read for number in range(1, each.editions + 1)}
    return World(stage, agreement, draft, plans, item, foreign, account, substitutes, visitors, canaries, frozen)


def _create_editions() -> dict[str, Frozen]:
    """Of one agreement, so that one's own edition may show nothing of another round's."""
    agreement, approver = create_agreement(), create_user(Role.APPROVER)
    states = ("built", "released", "open", "superseded after open", "withdrawn after opening")
    return {state: create_frozen(state, agreement=agreement, approver=approver) for state in states}


def _reads_edition(visitor: Visitor, column: str) -> bool:
    return visitor.letter(Permission.EDITION_READ, column) == "Y"


def _returned(n: int, state: str) -> dict:
    """A draft that came back, with what finance said."""
    return {"return_comment": f"KANARIERETUR{n}", "returned_at": timezone.now()} if state == "draft" else {}


def _create_planned(state: str, other_centre, committee):
    """An item of either centre, each with a milestone that only its own centre and finance may read."""
    agreement = create_agreement(plan=state)
    planned = create_round(agreement, state="planned")
    for n, (code, centre) in enumerate((("2.02.1", None), ("3.10", other_centre))):
        item = create_item(agreement, code, centre=centre, committees=[committee])
        create_milestone(item, planned, f"KANARIEPLAN-{state}-{n}")
    return agreement


def _reads_plan(visitor: Visitor, foreigns: list[bool]) -> bool:
    return any(visitor.letter(Permission.MILESTONES_READ, "B", foreign=each) == "Y" for each in foreigns)


def _substitute(centre, other_centre) -> Substitute:
    """An editor of the other centre in the place of the centre's chief; a crawl may well pass midnight."""
    chief, stand_in = create_user(Role.CHIEF, centres=[centre]), create_user(Role.EDITOR, centres=[other_centre])
    today, days = timezone.localdate(), timedelta(days=30)
    return Substitute.objects.create(chief=chief, stand_in=stand_in, first_day=today - days, last_day=today + days)


def _visitors(other_centre, committee, finance, substitute) -> list[Visitor]:
    own, strangers = create_centre(), Client(raise_request_exception=False)

    def live(*roles, **bodies):
        return signed_in(create_user(*roles, **bodies), raise_request_exception=False)

    stripped, disabled = create_user(Role.FINANCE, Role.EDITOR, centres=[own]), create_user(Role.FINANCE)
    visitors = [
        Visitor("anonymous", strangers, is_stranger=True),
        Visitor("member", live(Role.MEMBER, committees=[committee]), {"CO"}, {"CO"}),
        Visitor("own editor", live(Role.EDITOR, centres=[own]), {"C+"}, {"C-"}),
        Visitor("own chief", signed_in(substitute.chief, raise_request_exception=False), {"C+", "CH"}, {"C-"}),
        Visitor(
            "stand-in",
            signed_in(substitute.stand_in, raise_request_exception=False),
            {"C+", "CH"},
            {"C+"},
            stands_in=True,
        ),
        Visitor("other editor", live(Role.EDITOR, centres=[other_centre]), {"C-"}, {"C+"}),
        Visitor("finance", signed_in(finance, raise_request_exception=False), {"FI"}, {"FI"}),
        Visitor("approver", live(Role.APPROVER), {"FA"}, {"FA"}),
        Visitor("administrator", live(Role.ADMINISTRATOR), {"AD"}, {"AD"}),
        Visitor(
            "member and editor",
            live(Role.MEMBER, Role.EDITOR, centres=[own], committees=[committee]),
            {"CO", "C+"},
            {"CO", "C-"},
        ),
        Visitor("nobody", live()),
        Visitor("role just removed", signed_in(stripped, raise_request_exception=False)),
        Visitor("account just disabled", signed_in(disabled, raise_request_exception=False), is_stranger=True),
    ]
    stripped.role_rows.all().delete()
    disabled.is_active = False
    disabled.save(update_fields=["is_active"])
    return visitors


# --- The addresses ---------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Address:
    """`kind` says what the rule's states belong to; `data` is what a POST sends. `needs_open`: while the round is not
    open a yes becomes wrong state."""

    name: str
    permission: Permission
    kind: str = ""
    methods: tuple[str, ...] = ("GET",)
    data: dict = field(default_factory=dict)
    posts: Permission | None = None
    needs_open: bool = False

    @property
    def is_keyed(self) -> bool:
        return self.kind in {"entry", "item"}


UPLOADED = tomli_w.dumps(signed_document()).encode()
ENTRY_DATA = {"effort": "happy", "economy": "kept", "comment": "Nyt", "page_token": ""}
SENT = {"punkt": ["2.02.1@1", "3.10@1"]}  # what several are chosen by
ADDRESSES = [
    Address("password_change", Permission.OWN_PAGE, methods=("GET", "POST")),
    Address("mfa_index", Permission.OWN_PAGE),
    Address("mfa_activate_totp", Permission.OWN_PAGE, methods=("GET", "POST")),
    Address("second_factor_qr", Permission.OWN_PAGE),
    Address("mfa_deactivate_totp", Permission.OWN_PAGE, methods=("GET", "POST")),
    Address("mfa_view_recovery_codes", Permission.OWN_PAGE),
    Address("mfa_download_recovery_codes", Permission.OWN_PAGE),
    Address("mfa_generate_recovery_codes", Permission.OWN_PAGE, methods=("GET", "POST")),
    Address("account_reauthenticate", Permission.OWN_PAGE, methods=("GET", "POST")),
    Address("mfa_reauthenticate", Permission.OWN_PAGE, methods=("GET", "POST")),
    Address("substitute_list", Permission.SUBSTITUTE, methods=("GET", "POST")),
    Address("substitute_end", Permission.SUBSTITUTE, "substitute", ("POST",)),
    Address("agreement_list", Permission.AGREEMENT_LIST),
    Address("agreement_outline", Permission.AGREEMENT_READ, "agreement"),
    Address("outline_xlsx", Permission.AGREEMENT_READ, "agreement"),
    Address("agreement_basis", Permission.AGREEMENT_READ, "agreement"),
    Address("money_both", Permission.AGREEMENT_READ, "agreement"),
    Address("money_table", Permission.AGREEMENT_READ, "money"),
    Address("money_xlsx", Permission.AGREEMENT_READ, "agreement"),
    Address("agreement_matrix", Permission.AGREEMENT_READ, "agreement"),
    Address("plan_page", Permission.MILESTONES_READ, "plan"),
    Address("plan_xlsx", Permission.MILESTONES_READ, "plan"),
    Address("plan_hearing", Permission.PLAN_HEARING, "plan", ("GET", "POST")),
    Address("plan_return", Permission.PLAN_RETURN, "plan", ("GET", "POST")),
    Address("plan_decide", Permission.PLAN_DECIDE, "plan", ("GET", "POST")),
    Address("item_detail", Permission.AGREEMENT_READ, "item"),
    Address("item_create", Permission.AGREEMENT_EDIT, "agreement", ("GET", "POST")),
    Address("item_edit", Permission.ITEM_EDIT, "item", ("GET", "POST")),
    Address("item_links", Permission.AGREEMENT_EDIT, "item", ("GET", "POST")),
    Address("item_delete", Permission.AGREEMENT_EDIT, "item", ("GET", "POST")),
    Address("line_create", Permission.AGREEMENT_EDIT, "agreement", ("GET", "POST")),
    Address("line_edit", Permission.AGREEMENT_EDIT, "line", ("GET", "POST")),
    Address("line_delete", Permission.AGREEMENT_EDIT, "line", ("GET", "POST")),
    Address("round_board", Permission.BOARD_READ, "round"),
    Address("round_open", Permission.ROUND_OPEN, "round", ("GET", "POST")),
    Address("round_close", Permission.ROUND_CLOSE, "round", ("GET", "POST")),
    Address("round_list_setup", Permission.ROUND_CREATE, "agreement", ("GET", "POST")),
    Address("round_edit", Permission.ROUND_EDIT, "round", ("GET", "POST")),
    Address("entry_list", Permission.ENTRY_LIST, "round"),
    Address("entry_edit", Permission.ENTRY_SEE, "entry", ("GET", "POST"), ENTRY_DATA, Permission.ENTRY_EDIT),
    Address(
        "entry_edit",
        Permission.ENTRY_SEE,
        "entry",
        ("GET", "POST"),
        ENTRY_DATA | {"act": "submit"},
        Permission.ENTRY_SUBMIT,
    ),
    Address("entry_take_back", Permission.ENTRY_SEE, "entry", ("POST",), {}, Permission.ENTRY_TAKE_BACK),
    Address("entry_take_over", Permission.ENTRY_SEE, "entry", ("POST",), {}, Permission.ENTRY_TAKE_OVER),
    Address("entry_return", Permission.ENTRY_SEE, "entry", ("POST",), {"comment": "Hvad?"}, Permission.ENTRY_RETURN),
    Address("entry_note", Permission.ENTRY_SEE, "entry", ("POST",), {"text": "Nyt"}, Permission.ENTRY_NOTE),
    Address("entry_approve", Permission.ENTRY_SEE, "entry", ("POST",), {"act": "x"}, Permission.ENTRY_APPROVE),
    Address("entry_unapprove", Permission.ENTRY_SEE, "entry", ("POST",), {"act": "x"}, Permission.ENTRY_UNAPPROVE),
    Address("entry_submit_all", Permission.ENTRY_SUBMIT_ALL, "round", ("GET", "POST"), SENT, needs_open=True),
    Address("round_approve", Permission.ROUND_APPROVE, "round", ("GET", "POST"), SENT | {"act": "approve"}),
    Address("edition_list", Permission.EDITION_LIST, "round"),
    Address("edition_build", Permission.EDITION_BUILD, "round", ("GET", "POST")),
    Address("edition_release", Permission.EDITION_RELEASE, "round", ("GET", "POST")),
    Address("edition_open", Permission.EDITION_OPEN, "round", ("GET", "POST")),
    Address("edition_withdraw", Permission.EDITION_WITHDRAW, "round", ("GET", "POST")),
    Address("report_page", Permission.REPORT_PREVIEW, "report"),
    Address("report_xlsx", Permission.REPORT_PREVIEW, "report"),
    Address("report_json", Permission.REPORT_PREVIEW, "report"),
    Address("setup_front", Permission.SETUP),
    Address("agreement_create", Permission.SETUP, methods=("GET", "POST")),
    Address("agreement_setup", Permission.AGREEMENT_EDIT, "agreement"),
    Address("agreement_edit", Permission.AGREEMENT_EDIT, "agreement", ("GET", "POST")),
    Address("strategy_edit", Permission.AGREEMENT_EDIT, "agreement", ("GET", "POST")),
    Address("agreement_sign", Permission.AGREEMENT_EDIT, "agreement", ("GET", "POST")),
    Address("section_create", Permission.AGREEMENT_EDIT, "agreement", ("GET", "POST")),
    Address("section_edit", Permission.AGREEMENT_EDIT, "section", ("GET", "POST")),
    Address("section_delete", Permission.AGREEMENT_EDIT, "section", ("GET", "POST")),
    Address("agreement_upload", Permission.SETUP, methods=("GET", "POST")),
    Address("agreement_upload_check", Permission.SETUP, methods=("GET", "POST"), data={"act": "refresh"}),
    Address("organisation", Permission.SETUP),
    Address("body_create", Permission.SETUP, "body_kind", ("GET", "POST")),
    Address("body_edit", Permission.SETUP, "body", ("GET", "POST")),
    Address("event_log", Permission.EVENTS),
    Address("account_list", Permission.ACCOUNTS),
    Address("account_create", Permission.ACCOUNTS, methods=("GET", "POST")),
    Address("account_edit", Permission.ACCOUNTS, "account", ("GET", "POST")),
    Address("account_password", Permission.ACCOUNTS, "account", ("GET", "POST")),
    Address("account_second_factor", Permission.ACCOUNTS, "account", ("GET", "POST")),
    Address("public_front", Permission.PUBLIC_READ),
    Address("public_feed", Permission.PUBLIC_READ),
    Address("verify", Permission.PUBLIC_READ, methods=("GET", "POST")),
    Address("accessibility", Permission.PUBLIC_READ),
    Address("public_round", Permission.EDITION_READ, "public round"),
    Address("public_items", Permission.EDITION_READ, "public round"),
    Address("public_items_csv", Permission.EDITION_READ, "public round"),
    Address("public_item", Permission.EDITION_READ, "public item"),
    Address("edition_newest", Permission.EDITION_READ, "publication"),
    Address("edition_page", Permission.EDITION_READ, "edition"),
    Address("edition_file", Permission.EDITION_READ, "edition"),
    Address("edition_differences", Permission.EDITION_READ, "differences"),
]
# What is answered the same whatever the stage of the round: asked in one stage only.
WITHOUT_ROUND = {
    Permission.SETUP, Permission.AGREEMENT_EDIT, Permission.ACCOUNTS, Permission.SUBSTITUTE, Permission.EVENTS,
    Permission.MILESTONES_READ, Permission.PLAN_HEARING, Permission.PLAN_RETURN, Permission.PLAN_DECIDE,
    Permission.ROUND_CREATE, Permission.PUBLIC_READ, Permission.EDITION_READ,
}  # fmt: skip
# The front page is open to strangers, but what it says to those who are in is searched for canaries too.
CRAWLED = [Address("my_page", Permission.OWN_PAGE), *ADDRESSES]
OF_THE_ROUND = [each for each in CRAWLED if each.permission not in WITHOUT_ROUND]


@dataclass(frozen=True)
class Row:
    """What an address points at: a row that is there, one of the other centre, one of a draft, or nothing."""

    url: str
    what: str


def rows_of(world: World, address: Address, *, everything: bool) -> list[Row]:
    year, drafted, absent = world.agreement.budget_year, world.draft.budget_year, 1998
    of = lambda *args: reverse(address.name, args=args)  # noqa: E731
    if address.permission is Permission.EDITION_READ:
        return _public_rows(world, address, of)
    match address.kind:
        case "":
            return [Row(of(), "real")]
        case "account":
            return [Row(of(world.account.pk), "real"), Row(of(999_999), "absent")]
        case "substitute":
            own, other = world.substitutes
            return [Row(of(own.pk), "real"), Row(of(other.pk), "absent"), Row(of(999_999), "absent")]
        case "body_kind":
            return [Row(of(kind), "real") for kind in ("udvalg", "centre", "partier")]
        case "body":
            return [
                Row(of("udvalg", world.account.committees.get().pk), "real"),
                Row(of("udvalg", 999_999), "absent"),
            ]
        case "section":
            section, drafted_section = (each.sections.get(code="2").pk for each in (world.agreement, world.draft))
            rows = [Row(of(year, section), "real")]
            more = [
                Row(of(drafted, drafted_section), "draft"),
                Row(of(drafted, section), "absent"),
                Row(of(absent, section), "absent"),
            ]
        case "money":
            rows = [Row(of(year, "drift"), "real")]
            more = [Row(of(drafted, "drift"), "draft"), Row(of(absent, "drift"), "absent")]
        case "agreement":
            rows, more = [Row(of(year), "real")], [Row(of(drafted), "draft"), Row(of(absent), "absent")]
            more += [Row(of(each.budget_year), "real") for each in world.plans.values()]
        case "plan":
            planned = {state: each.budget_year for state, each in world.plans.items()}
            rows = [Row(of(year), "real"), Row(of(planned["hearing"]), "hearing"), Row(of(absent), "absent")]
            more = [Row(of(planned["draft"]), "planned"), Row(of(drafted), "draft")]
        case "item":
            rows = [
                Row(of(year, "2.02.1"), "real"),
                Row(of(year, "3.10"), "foreign"),
                Row(of(year, "2.02.99"), "absent"),
            ]
            more = [Row(of(drafted, "2.02.1"), "draft"), Row(of(absent, "2.02.1"), "absent")]
            for each in world.plans.values():
                more += [Row(of(each.budget_year, "2.02.1"), "real"), Row(of(each.budget_year, "3.10"), "foreign")]
        case "line":
            here, there = (each.amount_lines.get().pk for each in (world.agreement, world.draft))
            rows = [Row(of(year, here), "real"), Row(of(year, 999_999), "absent")]
            more = [Row(of(drafted, there), "draft"), Row(of(year, there), "absent"), Row(of(absent, here), "absent")]
        case "round":
            rows, more = (
                [Row(of(year, 2), "real")],
                [Row(of(year, 9), "absent"), Row(of(drafted, 1), "draft"), Row(of(absent, 2), "absent")],
            )
        case "report":
            rows = [Row(of(year, 2, "samlet"), "real"), Row(of(year, 2, "oekonomiudvalget"), "real")]
            more = [
                Row(of(year, 9, "samlet"), "absent"),
                Row(of(year, 2, "findes-ikke"), "absent"),
                Row(of(drafted, 1, "samlet"), "draft"),
            ]
        case "entry":
            rows = [
                Row(of(year, 2, key), what)
                for key, what in (("2.02.1", "real"), ("3.10", "foreign"), ("2.02.99", "absent"))
            ]
            more = [
                Row(of(year, 9, "2.02.1"), "absent"),
                Row(of(drafted, 1, "2.02.1"), "draft"),
                Row(of(absent, 2, "2.02.1"), "absent"),
            ]
            for each in world.plans.values():
                more += [Row(of(each.budget_year, 1, "2.02.1"), "planned")]
                more += [Row(of(each.budget_year, 1, "3.10"), "planned foreign")]
    return rows + (more if everything else [])


def _public_rows(world: World, address: Address, of) -> list[Row]:
    """`what` is the state of the round's first edition."""
    year = next(iter(world.frozen.values())).year
    endings = {"public round": (), "publication": (OWN,), "edition": (OWN, 1), "differences": (OWN, 2)}
    if address.kind == "public item":
        return [Row(of(year, "2.02.1"), "open"), Row(of(year, "2.02.99"), "absent"), Row(of(1998, "3.10"), "absent")]
    ending = (*endings[address.kind], *(("xlsx",) if address.name == "edition_file" else ()))
    rows = [Row(of(year, each.round.number, *ending), state) for state, each in world.frozen.items()]
    if address.kind == "differences":  # a first edition has none
        rows = [each if each.what == "superseded after open" else Row(each.url, "absent") for each in rows]
    return [*rows, Row(of(year, 99, *ending), "absent"), Row(of(1998, 1, *ending), "absent")]


def _public_letter(visitor: Visitor, address: Address, row: Row) -> str:
    if address.permission is Permission.PUBLIC_READ or row.what == "absent":
        return "n" if row.what == "absent" else visitor.letter(Permission.PUBLIC_READ, "-")
    letter = visitor.letter(Permission.EDITION_READ, STATES[row.what][1])
    if address.kind == "public round" and row.what.startswith("withdrawn"):
        return "Y" if address.name == "public_round" else "n"  # the round names what is gone; no item is left of it
    return letter


def expected(world: World, visitor: Visitor, address: Address, row: Row, method: str) -> str:
    """The table's letter, "L" for the sign-in, or "-" for a method that the address does not take."""
    letter = _letter(world, visitor, address, row, method)
    is_open = world.is_open and row.what != "draft"
    return "s" if letter == "Y" and address.needs_open and not is_open else letter


def _letter(world: World, visitor: Visitor, address: Address, row: Row, method: str) -> str:
    if address.permission in {Permission.PUBLIC_READ, Permission.EDITION_READ}:
        return _public_letter(visitor, address, row) if method in address.methods else "-"
    if visitor.is_stranger:
        return "L"
    if method not in address.methods:
        return "-"
    permission = address.posts if method == "POST" and address.posts else address.permission
    # a view's own mark turns away before it looks; for entries that mark may be the act's
    marks = {address.permission} if address.name == "entry_edit" else {permission}
    for mark in marks:
        if letter := visitor.turned_away(mark):
            return letter
    if row.what == "absent":
        return "n"
    if row.what == "draft":
        if visitor.letter(Permission.AGREEMENT_READ, "D") != "Y":
            return "n"
        if address.kind in {"agreement", "money", "item", "section", "line"}:
            return visitor.letter(permission, "D")
        if address.kind == "plan":
            return visitor.letter(permission, "D" if TABLE[permission].states == "DHG" else "B")
        if address.kind == "entry":  # a planned round, nothing entered
            if visitor.letter(Permission.ENTRY_SEE, "N") != "Y":
                return "n"
            return visitor.letter(permission, "N", is_open=False)
        return visitor.letter(permission, {"POCU": "P", "BKOSW": "W"}.get(TABLE[permission].states, "-"))
    match TABLE[permission].states:
        case "BD":  # a list, which is narrowed to the items of one's own centre
            column = "D" if row.what == "real" else "B"
            found = {visitor.letter(permission, column, foreign=each) for each in (False, True)}
            return next(letter for letter in "Yn" if letter in found)
        case "DHG":
            return visitor.letter(permission, {"planned": "D", "hearing": "H", "real": "G"}[row.what])
        case "-":
            return visitor.letter(permission, "-")
        case "DS":
            return visitor.letter(permission, "S")
        case "POCU":
            return visitor.letter(permission, STAGES[world.stage][2])
        case "BKOSW":  # the round has no edition: as where all have been withdrawn
            return visitor.letter(permission, "W")
    if row.what.startswith("planned"):  # nothing entered in a round that is still ahead
        ahead = {"foreign": row.what.endswith("foreign"), "is_open": False}
        is_hidden = visitor.letter(Permission.ENTRY_SEE, "N", **ahead) != "Y"
        return "n" if is_hidden else visitor.letter(permission, "N", **ahead)
    foreign = row.what == "foreign"
    if visitor.letter(Permission.ENTRY_SEE, world.column, foreign=foreign) != "Y":
        return "n"
    return visitor.letter(permission, world.column, foreign=foreign, is_open=world.is_open)


STATUSES = {"Y": {200, 302, 422}, "n": {404}, "f": {403}, "s": {409}, "w": {410}, "-": {405}}


def right_answer(letter: str, method: str, is_htmx: bool, response, url: str) -> bool:
    if letter != "L":
        return response.status_code in STATUSES[letter] and not (
            letter == "Y" and response.status_code == 302 and response.url.startswith("/log-ind/")
        )
    if url == "/":
        return response.status_code == (302 if method == "GET" else 405)
    if is_htmx and method == "POST":
        return response.status_code == 401 and "Ikke gemt: du er logget af" in text_of(response)
    if is_htmx:
        return (
            response.status_code == 200
            and not response.content
            and response.headers["HX-Redirect"].startswith("/log-ind/?next=")
        )
    if method == "POST" and response.status_code == 401:  # it carried a text, which is given back
        return "Det, du skrev, er ikke gemt" in text_of(response)
    return response.status_code == 302 and response.url == f"/log-ind/?next={url}"


_TOKEN = re.compile(r'(csrfmiddlewaretoken" value="|csrf-token" content=")[^"]*')


def seen_in(response) -> str:
    """All that reaches the visitor: body, unpacked where it is a workbook, and headers."""
    if response.content[:2] == b"PK":
        archive = zipfile.ZipFile(io.BytesIO(response.content))
        body = "".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())
    else:
        body = response.content.decode("utf-8", "replace")
    return body + str(response.headers)


def without_token(response) -> tuple:
    own = {"Content-Length", "X-Request-ID"}  # every request has its number
    headers = {name: value for name, value in response.headers.items() if name not in own}
    return response.status_code, _TOKEN.sub("", response.content.decode()), headers


def crawl(
    world: World, *, visitors=None, addresses=CRAWLED, methods=("GET", "POST"), modes=(False, True), everything=False
) -> list[str]:
    """Every deviation from the table, in words."""
    wrong = []
    for visitor in world.visitors:
        if visitors and visitor.name not in visitors:
            continue
        for address in addresses:
            for method in methods:
                for is_htmx in modes:
                    absent = None
                    rows = rows_of(world, address, everything=everything)
                    for row in sorted(rows, key=lambda each: each.what != "absent"):
                        how = f"{row.what}, htmx" if is_htmx else row.what
                        where = f"{visitor.name}, {world.stage}: {method} {row.url} ({how})"
                        letter = expected(world, visitor, address, row, method)
                        response = visit(world, visitor, address, row, method, is_htmx)
                        if not right_answer(letter, method, is_htmx, response, row.url):
                            wrong.append(f"{where}: {response.status_code} instead of {letter}")
                        if row.what == "absent":
                            absent = response
                        elif letter == "n" and absent is not None and without_token(response) != without_token(absent):
                            wrong.append(f"{where}: differs from the answer for a row that is not there")
                        text = seen_in(response)
                        wrong += [
                            f"{where}: tells {canary}"
                            for canary, allowed in world.canaries.items()
                            if canary in text and not allowed(visitor)
                        ]
    return wrong


def visit(world: World, visitor: Visitor, address: Address, row: Row, method: str, is_htmx: bool):
    """One request whose changes are undone afterwards, so that each finds the same world."""
    headers = HTMX if is_htmx else {}
    if method == "GET":
        return visitor.client.get(row.url, headers=headers)
    data = address.data
    if data:
        data = data | {"version": "1" if world.column != "N" and row.what != "draft" else "0"}
    with transaction.atomic():
        response = visitor.client.post(row.url, data, headers=headers)
        transaction.set_rollback(True)
    visitor.client.cookies.pop("messages", None)  # "gemt" would be shown on the next page, whichever that is
    return response


IS_PROOF = os.environ.get("HYPOTHESIS_PROFILE") == "prove"


# --- The crawl -------------------------------------------------------------------------------------------------------
@pytest.mark.slow_guard
def test_a_sample_of_the_crawl(db):
    world = create_world("centre submitted")

    wrong = crawl(world, visitors={"member", "other editor", "anonymous"}, modes=(False,))

    assert wrong == []


@pytest.mark.slow_guard
@pytest.mark.parametrize("stage", ["centre draft", "round closed"])
def test_finance_reads_no_draft_of_a_centre_anywhere(db, stage):
    world = create_world(stage)

    wrong = crawl(world, visitors={"finance"}, methods=("GET",), modes=(False,))

    assert wrong == []


@pytest.mark.slow_guard
@pytest.mark.parametrize("stage", STAGES)
def test_every_address_for_everyone(db, stage):
    world = create_world(stage)
    is_full = stage == "centre submitted"
    # htmx changes how an answer is given, not which: outside the whole stage one more is asked both ways
    modes = (False, True) if is_full or stage == "round published" or IS_PROOF else (False,)

    wrong = crawl(world, addresses=CRAWLED if is_full else OF_THE_ROUND, modes=modes, everything=is_full or IS_PROOF)

    assert wrong == [], f"{len(wrong)} deviations:\n" + "\n".join(wrong[:40])


@pytest.mark.slow_guard
def test_without_the_guard_the_crawl_finds_leaks(db):
    world = create_world("centre draft")

    with ExitStack() as patches:
        for module in ("lookup", "entries", "items", "rounds"):
            patches.enter_context(mock.patch(f"tracker.views.{module}.authorize"))
        exposed = [each for each in ADDRESSES if each.name in {"agreement_outline", "item_detail", "entry_edit"}]
        wrong = crawl(world, visitors={"other editor"}, addresses=exposed, modes=(False,), everything=True)

    assert any("tells KANARIEUDKAST" in each for each in wrong)
    assert any("instead of n" in each and "/indberetning/" in each for each in wrong)


@pytest.mark.slow_guard
def test_reading_writes_nothing(db):
    world = create_world("centre draft")
    before = all_rows()

    crawl(world, methods=("GET",), modes=(False,), everything=True)

    assert all_rows() == before


@pytest.mark.slow_guard
@pytest.mark.parametrize("method", ["put", "delete", "patch", "options", "head", "trace"])
def test_other_methods_do_nothing_and_never_fail(db, method):
    world = create_world("centre draft")
    before = all_rows()
    strange = []

    for visitor in world.visitors:
        for address in CRAWLED:
            row = rows_of(world, address, everything=False)[0]
            response = getattr(visitor.client, method)(row.url)
            text = seen_in(response)
            if response.status_code >= 500 or any(
                name in text and not allowed(visitor) for name, allowed in world.canaries.items()
            ):
                strange.append(f"{visitor.name}: {method} {row.url}: {response.status_code}")
            if (
                method in {"put", "delete", "patch", "trace"}
                and not visitor.is_stranger
                and response.status_code not in {403, 404, 405}
            ):
                strange.append(f"{visitor.name}: {method} {row.url}: {response.status_code}")

    assert strange == []
    assert all_rows() == before


@pytest.mark.slow_guard
@pytest.mark.parametrize("place", ["/log-ind/", "/log-ud/", "/sundhed/", "/"])
def test_public_addresses_tell_a_stranger_nothing(db, place):
    world = create_world("centre submitted")

    answers = [method(place, headers=headers) for method in (Client().get, Client().post) for headers in ({}, HTMX)]

    assert all(answer.status_code < 500 for answer in answers)
    assert not [canary for canary in world.canaries for answer in answers if canary in seen_in(answer)]
