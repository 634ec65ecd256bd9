"""Whatever is posted, by whomever, to whatever address: an answer, never a fault of ours."""

import os

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.test_access import ADDRESSES, create_world, rows_of, visit
from tests.tracker.views.pages import HTMX

pytestmark = pytest.mark.slow_guard

TEXTS = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        [
            "",
            "0",
            "1",
            "-1",
            "on",
            "submit",
            "next",
            "draft",
            "happy",
            "kept",
            "\x00",
            "=1+1",
            "9" * 40,
            "1e309",
            "NaN",
            "𝔘" * 300,
            "<script>",
            "'; --",
            "\ud7ff\ue000",
            "2.02.1",
            "uden-center",
            "1.250.000",
            "-0",
        ]
    ),
)
NAMES = st.sampled_from([
    "effort", "economy", "comment", "expected_amount", "version", "page_token", "page_sequence", "act", "title",
    "kind", "life_status",
    "lead_centre", "printed_centre", "text", "note", "economy_text", "source_note", "committees", "bodies",
    "contributors", "contributor_words", "reason", "milestones_1", "milestones_2", "username", "name", "email", "roles",
    "centres", "is_active", "password", "old_password", "new_password1", "new_password2", "next", "csrfmiddlewaretoken",
    "section", "code", "ordinal", "first_committee", "table", "heading", "label", "project", "nature", "period", "keys",
    "after", "unit", "amount_2032", "is_possible_duplicate", "henvisninger-TOTAL_FORMS", "henvisninger-INITIAL_FORMS",
    "henvisninger-0-kind", "henvisninger-0-year", "henvisninger-0-code", "beloeb-TOTAL_FORMS", "beloeb-INITIAL_FORMS",
])  # fmt: skip
FORMS = st.dictionaries(
    st.one_of(NAMES, st.text(min_size=1, max_size=8)), st.one_of(TEXTS, st.lists(TEXTS, max_size=3)), max_size=12
)
QUERIES = st.dictionaries(
    st.sampled_from(
        ["center", "sort", "words", "committee", "centre", "section", "kind", "life_status", "level", "next", "page"]
    ),
    TEXTS,
    max_size=4,
)
EXAMPLES = 1000 if os.environ.get("HYPOTHESIS_PROFILE") == "prove" else 60
MANY = settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
VISITORS = ["member", "own editor", "other editor", "finance", "approver", "administrator", "nobody", "anonymous"]


@pytest.fixture
def world(db):
    return create_world("centre draft")


def visitor_of(world, name):
    return next(each for each in world.visitors if each.name == name)


def places_of(world, addresses=ADDRESSES) -> list[str]:
    """One row of each address, and its draft where there is one: what was signed takes no changes any more."""
    found = []
    for each in addresses:
        rows = rows_of(world, each, everything=True)
        found += [row.url for row in [rows[0], *(row for row in rows if row.what == "draft")]]
    return found


@pytest.mark.parametrize("name", VISITORS)
def test_no_post_makes_a_fault(world, name):
    visitor = visitor_of(world, name)
    addresses = places_of(world) + ["/", "/log-ind/", "/log-ud/"]

    @MANY
    @given(place=st.sampled_from(addresses), form=FORMS, is_htmx=st.booleans())
    def attack(place, form, is_htmx):
        with transaction.atomic():
            answer = visitor.client.post(place, form, headers=HTMX if is_htmx else {})
            transaction.set_rollback(True)
        assert answer.status_code < 500, f"{place}: {answer.status_code} for {form!r}"

    attack()


@pytest.mark.parametrize("name", VISITORS)
def test_no_address_makes_a_fault(world, name):
    visitor = visitor_of(world, name)
    addresses = places_of(world, [each for each in ADDRESSES if "GET" in each.methods])

    @MANY
    @given(place=st.sampled_from(addresses), query=QUERIES, is_htmx=st.booleans())
    def attack(place, query, is_htmx):
        answer = visitor.client.get(place, query, headers=HTMX if is_htmx else {})
        assert answer.status_code < 500, f"{place}: {answer.status_code} for {query!r}"

    attack()


def test_no_body_makes_a_fault(world):
    visitor = visitor_of(world, "own editor")
    address = next(each for each in ADDRESSES if each.name == "entry_edit")
    place = rows_of(world, address, everything=False)[0]
    kinds = [
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "multipart/form-data",
        "application/json",
        "text/plain",
        "",
        "x/y; charset=utf-99",
    ]

    @MANY
    @given(body=st.binary(max_size=200), kind=st.sampled_from(kinds))
    def attack(body, kind):
        with transaction.atomic():
            answer = visitor.client.generic("POST", place.url, body, content_type=kind)
            transaction.set_rollback(True)
        assert answer.status_code < 500, f"{kind}: {body!r}"

    assert visit(world, visitor, address, place, "GET", is_htmx=False).status_code == 200
    attack()
