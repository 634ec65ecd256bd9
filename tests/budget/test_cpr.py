"""Finding CPR numbers in a text: every generated one is found, and next to nothing else is taken for one."""

import random
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from budget.cpr import birthday_of, has_check_digit, numbers_in, without_numbers

DASHES = ["-", "\u2010", "\N{NON-BREAKING HYPHEN}", "\N{EN DASH}", " - ", " \N{EN DASH} ", " ", "\N{NO-BREAK SPACE}"]
AROUND = [
    "{}", "cpr. {}.", "CPR:{},", "({})", "cpr{}", "»{}«", "{}s mor", "se notat_{}.docx", "1/2 {} 3/4", "i 2018 {}",
    "{};", "Borger\n{}\n",
]  # fmt: skip
FIRST, LAST = date(1858, 1, 1), date(2036, 12, 31)


def seventh_digit(day: date) -> str:
    """One that the century of this birthday may have."""
    if day.year < 1900:
        return "5"
    return "0" if day.year < 2000 else "4"


def cpr_number(rng: random.Random, *, with_check_digit: bool = True) -> str:
    """Made up, by the CPR office's rules. Ten digits."""
    while True:
        day = FIRST + timedelta(rng.randrange((LAST - FIRST).days))
        digits = f"{day:%d%m%y}{seventh_digit(day)}{rng.randrange(1000):03d}"
        if has_check_digit(digits) == with_check_digit:
            return digits


def dashed(digits: str, dash: str = "-") -> str:
    return f"{digits[:6]}{dash}{digits[6:]}"


def found_in(text: str) -> list[str]:
    return [each.digits for each in numbers_in(text)]


# --- Found -----------------------------------------------------------------------------------------------------------


def test_all_of_200_numbers_are_found_with_and_without_dash():
    rng = random.Random("cpr")
    numbers = [cpr_number(rng) for _ in range(200)]

    missed = [
        text
        for digits in numbers
        for text in (rng.choice(AROUND).format(digits), rng.choice(AROUND).format(dashed(digits, rng.choice(DASHES))))
        if found_in(text) != [digits]
    ]

    assert missed == []


def test_all_of_200_numbers_without_check_digit_are_found_with_a_dash():
    rng = random.Random("since 2007")
    numbers = [cpr_number(rng, with_check_digit=False) for _ in range(200)]

    missed = [digits for digits in numbers if found_in(f"Cpr {dashed(digits, rng.choice(DASHES))}") != [digits]]

    assert missed == []


def test_a_first_of_january_needs_no_check_digit():
    digits = "0101851111"
    assert not has_check_digit(digits)

    assert found_in(digits) == [digits]
    assert found_in("0201851111") == []


@given(
    st.dates(FIRST, LAST), st.integers(0, 999), st.sampled_from(DASHES), st.text(st.characters(categories=["L", "Z"]))
)
def test_a_number_is_found_whatever_the_words_around_it(day, serial, dash, words):
    digits = f"{day:%d%m%y}{seventh_digit(day)}{serial:03d}"

    assert found_in(f"{words} {dashed(digits, dash)} {words}") == [digits]
    assert birthday_of(digits) == day


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("010203-1234,020304-1234", 2),
        ("010203-1234/020304-1234", 2),
        ("010203-1234 og igen 010203 1234", 1),
        ("010203-1234 0707614285", 2),
        ("fra 010118-1234 og frem", 1),  # whoever means something else says so in a reason
    ],
)
def test_several_in_one_text(text, count):
    assert len(found_in(text)) == count


@pytest.mark.parametrize(
    ("digits", "year"),
    [
        ("0102003999", 1900), ("0102993999", 1999), ("0102364000", 2036), ("0102374000", 1937), ("0102575000", 2057),
        ("0102585000", 1858), ("0102998000", 1899), ("0102369000", 2036), ("0102379000", 1937),
    ],
)  # fmt: skip
def test_the_seventh_digit_tells_the_century(digits, year):
    assert birthday_of(digits) == date(year, 2, 1)


def test_29_february_only_in_a_leap_year():
    assert found_in("290200-4000") == ["2902004000"]  # 2000
    assert found_in("290200-3000") == []  # 1900


def test_the_mask_does_not_repeat_the_number():
    [number] = numbers_in("Cpr 010203-1234")

    assert number.masked == "010203-····"
    assert "1234" not in number.masked


def test_a_text_is_quoted_without_its_numbers():
    text = "Først 010203-1234, så 0707614285s mor og 8.400 kr."

    assert without_numbers(text) == "Først 010203-····, så 070761-····s mor og 8.400 kr."


# --- Left alone ------------------------------------------------------------------------------------------------------
def amount(rng: random.Random) -> str:
    kroner = rng.choice([-1, 1]) * rng.randrange(10 ** rng.randrange(3, 13))
    points = f"{kroner:,}".replace(",", ".")
    return rng.choice([
        f"{points} kr.", f"{kroner} kr.", points.replace(".", " "), f"{points},{rng.randrange(100):02d}",
        f"{kroner},50 kr.", f"{kroner / 1000:.1f} mio. kr.".replace(".", ",", 1), f"{points}-{points}",
    ])  # fmt: skip


def account(rng: random.Random) -> str:
    branch, number = f"{rng.randrange(10_000):04d}", f"{rng.randrange(10**10):010d}"
    iban, giro = f"DK{rng.randrange(100):02d}", f"+71<{rng.randrange(10**15):015d}"
    return rng.choice([
        f"{branch} {number}", f"{branch}-{number}", f"reg. {branch} konto {number}", number, f"{iban}{branch}{number}",
        f"{iban} {branch} {number[:4]} {number[4:8]} {number[8:]}", f"{giro}+{number[:8]}<",
        f"EAN 5798{rng.randrange(10**9):09d}", f"CVR {rng.randrange(10**8):08d}",
    ])  # fmt: skip


def project_or_case(rng: random.Random) -> str:
    six = f"{rng.randrange(10**6):06d}"
    return rng.choice([
        f"A{six}", f"XA-{six}", f"projekt A{six} 2021", f"00.{rng.randrange(100):02d}.{rng.randrange(100):02d}-S00-"
        f"{rng.randrange(100)}-{rng.randrange(10, 30)}", f"27.35.00-Ø54-{rng.randrange(100)}-18",
        f"sag {rng.randrange(2010, 2030)}-{six}", f"EMN-{rng.randrange(2010, 2030)}-{rng.randrange(10**5):05d}",
        f"{rng.randrange(10, 30)}/{rng.randrange(10**5)}", f"dok. {rng.randrange(10**6)}-{rng.randrange(10, 30)}",
    ])  # fmt: skip


@pytest.mark.parametrize("make", [amount, account, project_or_case])
def test_at_most_one_in_a_hundred_is_a_false_alarm(make):
    rng = random.Random(make.__name__)

    alarms = [text for text in (make(rng) for _ in range(10_000)) if numbers_in(f"Der er {text} i alt")]

    assert len(alarms) <= 100, alarms[:20]


@pytest.mark.parametrize(
    "text",
    [
        "A010203-1234",
        "1010203-1234",
        "010203-12345",
        "16-010203-1234",
        "010203-1234-5",
        "010203-1234abc",
        "00.30.00-S00-9-16",
        "1.010.203 1234",
        "1234 0707614285",
        "2018-0707614285",
        "1234-0707614285",
        "1234/0707614285",
        "0707614285,50",
        "+4507076142",
        "+0707614285",
        "010118-311218",
        "010203-\n1234",
        "https://sag.example.dk/010203-1234",
        "www.example.dk/?id=010203-1234",
        "example.dk/sag/0707614285",
        "320203-1234",
        "011303-1234",
        "000103-1234",
        "0707614284",
        "20 10 20 30",
    ],
)
def test_no_number_is_seen_in(text):
    assert numbers_in(text) == []


def test_what_the_longer_numbers_hold_would_be_one_by_itself():
    """The examples above say nothing if their digits are no number anyway."""
    assert found_in("0707614285") == ["0707614285"]
    assert found_in("010203-1234") == ["0102031234"]


@given(st.text(st.sampled_from("0123456789-–./, \n+abcÆ_"), max_size=60))
def test_any_text_can_be_searched(text):
    for number in numbers_in(text):
        assert len(number.digits) == 10 and birthday_of(number.digits)


def test_a_long_text_takes_no_time():
    """20,000 characters of what almost is a number: nothing here looks back over the whole text."""
    for part in ("010203-", "0102031", "010203 - ", "1234 "):
        assert numbers_in(part * (20_000 // len(part))) == []
