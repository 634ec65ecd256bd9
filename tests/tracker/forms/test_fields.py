"""Amounts in and out: what is shown reads back as the same kroner, and nothing else passes for an amount."""

import re

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from budget.files.schema import LARGEST_AMOUNT
from tracker.forms.fields import KronerField

IN_KRONER, IN_THOUSANDS = KronerField(required=False), KronerField(required=False, unit=1000)
FIELDS = pytest.mark.parametrize("field", [IN_KRONER, IN_THOUSANDS], ids=["kroner", "1.000 kr."])
AMOUNTS = st.integers(-LARGEST_AMOUNT, LARGEST_AMOUNT)
ALMOST = st.text(alphabet="0123456789.,- −+kr eE_\u00a0\u202f٣½", max_size=20)


def kroner(field, text):
    return field.clean(text)


def plainly(text: str) -> bool:
    """An amount as the help says: a minus or none, then digits, in threes where points or spaces part them."""
    text = re.sub("[\u00a0\u202f]", " ", text).replace("−", "-").strip()
    digits = text.removeprefix("-")
    groups = re.split("[. ]", digits)
    if any(not each or not all("0" <= letter <= "9" for letter in each) for each in groups):
        return False
    alike = len(set(re.findall("[. ]", digits))) <= 1
    return alike and (len(groups) == 1 or (len(groups[0]) <= 3 and all(len(each) == 3 for each in groups[1:])))


@given(amount=AMOUNTS)
def test_kroner_read_back(amount):
    assert kroner(IN_KRONER, IN_KRONER.prepare_value(amount)) == amount


@given(thousands=st.integers(-LARGEST_AMOUNT // 1000, LARGEST_AMOUNT // 1000))
def test_thousands_read_back(thousands):
    shown = IN_THOUSANDS.prepare_value(thousands * 1000)

    assert kroner(IN_THOUSANDS, shown) == thousands * 1000
    assert kroner(IN_KRONER, shown) == thousands


@given(amount=AMOUNTS.filter(lambda amount: amount % 1000))
def test_what_is_no_whole_number_of_the_unit_is_refused_not_misread(amount):
    with pytest.raises(ValidationError):
        kroner(IN_THOUSANDS, IN_THOUSANDS.prepare_value(amount))


@FIELDS
@given(text=ALMOST | st.text(max_size=20))
def test_garbage_never_passes(field, text):
    stripped = re.sub("[\u00a0\u202f]", " ", text).strip()
    if field is IN_KRONER:
        stripped = stripped.removesuffix("kr.").strip()
    try:
        found = kroner(field, text)
    except ValidationError:
        return
    assert found is None and not stripped or plainly(stripped)
    if found is not None:
        assert kroner(field, field.prepare_value(found)) == found


@FIELDS
@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1.250", 1250), ("1 250", 1250), ("1250", 1250), ("-500", -500), ("−500", -500), (" 0 ", 0), ("-0", 0),
        ("1.250.000", 1_250_000), ("1\u00a0250", 1250), ("1\u202f250", 1250), ("", None), ("   ", None), (None, None),
    ],
)  # fmt: skip
def test_as_people_write_amounts(field, text, number):
    assert kroner(field, text) == (None if number is None else number * field.unit)


@FIELDS
@pytest.mark.parametrize(
    "text",
    [
        "1,5", "1.25", "12.5", "1.2500", "1.250,00", "1.250 000", "0,75 mio.", "1e3", "12 34", "--5", "- 5", "5-", "+5",
        ".5", "5.", "tusind", "١٢٣", "½", "0x10", "1_000", "𝟙", "nan",
    ],
)  # fmt: skip
def test_decimals_and_letters_are_refused_in_words(field, text):
    with pytest.raises(ValidationError) as error:
        kroner(field, text)

    assert error.value.messages == [
        "Skriv beløbet i hele kroner uden komma, fx 1.250.000 eller -500.000."
        if field is IN_KRONER
        else "Skriv beløbet i hele 1.000 kr. uden komma, fx 1.250 eller -500."
    ]


@pytest.mark.parametrize(
    ("field", "text", "words"),
    [
        (IN_KRONER, "1.000.000.000.000.001", "1.000.000.000.000.000"),
        (IN_KRONER, "-9999999999999999", "1.000.000.000.000.000"),
        (IN_THOUSANDS, "1.000.000.000.001", "1.000.000.000.000"),
    ],
)
def test_more_than_there_is_room_for_is_refused(field, text, words):
    with pytest.raises(ValidationError) as error:
        kroner(field, text)

    assert error.value.messages == [f"Beløbet er for stort. Der er plads til {words}."]


def test_only_kroner_may_be_named():
    assert kroner(IN_KRONER, "1.250 kr.") == 1250
    with pytest.raises(ValidationError):
        kroner(IN_THOUSANDS, "1.250 kr.")
