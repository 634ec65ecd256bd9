import random

import pytest
from django.urls import resolve, reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from budget import codes
from budget.files.schema import Problems, check_table
from budget.files.schema import code as code_field
from budget.files.toml import parse_document, write_document
from budget.models import Item
from tests.factories import create_agreement, create_item, create_section

pytestmark = pytest.mark.slow

IN_ORDER = [
    "1", "1.02", "2", "2.02", "2.02.1", "2.02.2", "2.02.10", "2.9", "2.10", "3.04", "3.4", "3.04.1", "3.23", "6.9",
    "6.10", "6.11", "9.1", "10", "10.1", "10.1.1.1.1.1", "1000.1",
]  # fmt: skip


def shuffled(values):
    values = list(values)
    random.Random(2018).shuffle(values)
    return values


def test_codes_sort_as_the_agreement_prints_them():
    printed = shuffled(IN_ORDER)

    ordered = sorted(printed, key=codes.sort_key)

    assert ordered == IN_ORDER


def test_database_sorts_codes_as_the_agreement_prints_them(db):
    agreement = create_agreement()
    for code in shuffled(IN_ORDER):
        create_item(agreement, code)

    items = agreement.items.in_agreement_order()

    assert [item.code for item in items] == IN_ORDER


def test_database_sorts_the_outline_as_the_agreement_prints_it(db):
    agreement = create_agreement()
    for code in shuffled(IN_ORDER):
        create_section(agreement, code)

    sections = agreement.sections.all()

    assert [section.code for section in sections] == IN_ORDER


def test_items_that_share_a_code_follow_their_ordinals(db):
    agreement = create_agreement()
    for ordinal in (10, 2, 1):
        create_item(agreement, "2.02", ordinal=ordinal)
    create_item(agreement, "2.02.1")

    items = agreement.items.in_agreement_order()

    assert [item.key for item in items] == ["2.02-1", "2.02-2", "2.02-10", "2.02.1"]


@pytest.mark.parametrize("code", ["1", "3.04", "2.02.1", "0007", "1.2.3.4.5.6"])
def test_known_codes(code):
    assert codes.is_code(code)


@pytest.mark.parametrize(
    "text",
    ["", " ", "3,04", "3.04.", ".04", "3..4", "A.1", "3.04\n", " 3.04", "-1", "12345", "1.2.3.4.5.6.7", "٣", "3.0４"],
)
def test_what_is_no_code(text):
    assert not codes.is_code(text)


def test_a_key_is_the_code_with_its_ordinal():
    assert codes.item_key("3.04", None) == "3.04"
    assert codes.item_key("3.04", 12) == "3.04-12"


def test_a_leading_zero_makes_another_item(db):
    agreement = create_agreement()

    create_item(agreement, "3.04")
    create_item(agreement, "3.4")

    assert {item.key for item in agreement.items.all()} == {"3.04", "3.4"}
    assert codes.sort_key("3.04") != codes.sort_key("3.4")


# As in any agreement, a part has a value: "2.0" is not printed.
part = st.integers(1, 9999).flatmap(lambda n: st.sampled_from([str(n), f"{n:02d}", f"{n:04d}"]))
code = st.lists(part, min_size=1, max_size=6).map(".".join)


def numbers(code):
    return tuple(int(part) for part in code.split("."))


@settings(max_examples=40)
@given(st.lists(st.tuples(code, st.none() | st.integers(1, 999)), min_size=2, max_size=8))
def test_sort_key_orders_by_the_numbers(pairs):
    ordered = sorted(pairs, key=lambda pair: codes.sort_key(*pair))

    assert ordered == sorted(pairs, key=lambda pair: (numbers(pair[0]), pair[1] or 0, pair[0]))


@settings(max_examples=12)
@given(st.lists(code, min_size=2, max_size=8, unique_by=numbers))
@pytest.mark.django_db
def test_database_orders_by_the_numbers(codes_printed):
    agreement = create_agreement()
    section = create_section(agreement, "1")
    Item.objects.bulk_create(
        Item(agreement=agreement, section=section, code=c, key=c, title=c, sort_key=codes.sort_key(c))
        for c in codes_printed
    )

    stored = [item.code for item in agreement.items.in_agreement_order()]

    assert stored == sorted(codes_printed, key=numbers)


# --- Sections of the front pages -------------------------------------------------------------------------------------

position = st.integers(1, 32_767)  # what the column holds


@given(position, code, st.none() | st.integers(1, 999))
def test_front_sections_sort_before_every_code(position, code, ordinal):
    assert codes.front_sort_key(position) < codes.sort_key(code, ordinal)


@given(position, position)
def test_front_sections_sort_by_their_place(one, other):
    assert (codes.front_sort_key(one) < codes.front_sort_key(other)) == (one < other)


def test_database_sorts_front_sections_before_chapter_one(db):
    agreement = create_agreement()
    create_section(agreement, "1")
    for place in shuffled([1, 2, 10]):
        create_section(agreement, "", position=place, title=f"Forside {place}")
    create_section(agreement, "1.1")

    sections = agreement.sections.all()

    assert [str(each) for each in sections] == [
        "Forside 1", "Forside 2", "Forside 10", "1. Afsnit 1", "1.1. Afsnit 1.1",
    ]  # fmt: skip


# --- In and out ------------------------------------------------------------------------------------------------------

# Also what no agreement is likely to print: "0", "00.0".
any_code = st.lists(st.text("0123456789", min_size=1, max_size=4), min_size=1, max_size=6).map(".".join)
ordinal = st.none() | st.integers(1, 999)


@given(any_code, ordinal)
def test_a_key_comes_unchanged_through_an_address(code, ordinal):
    key = codes.item_key(code, ordinal)

    found = resolve(reverse("item_detail", args=[2031, key]))

    assert (found.url_name, found.kwargs) == ("item_detail", {"year": 2031, "key": key})


@given(any_code, ordinal)
def test_a_code_and_a_key_come_unchanged_through_a_file(code, ordinal):
    key = codes.item_key(code, ordinal)
    text = write_document({"code": code, "items": [{"code": code, "section": key}]}, "Aftalefil")

    document, _ = parse_document(text.encode(), "aftale.toml")

    assert document == {"code": code, "items": [{"code": code, "section": key}]}


@given(any_code)
def test_every_code_is_one_for_a_file_too(code):
    problems = Problems()

    checked = check_table({"code": code}, {"code": code_field(required=True)}, "filen", problems)

    assert codes.is_code(code)
    assert (checked, problems.found) == ({"code": code}, [])


@given(any_code, ordinal, any_code, ordinal)
def test_two_items_never_share_a_key(code, ordinal, other_code, other_ordinal):
    same = codes.item_key(code, ordinal) == codes.item_key(other_code, other_ordinal)

    assert same == ((code, ordinal) == (other_code, other_ordinal))


@pytest.mark.parametrize("text", ["", "x", "1.", ".1", "1-", "1-0000", "1--2", "1/2", "1 2", "1-1-1", "12345"])
def test_what_is_no_key(text):
    assert codes.KEY.fullmatch(text) is None
