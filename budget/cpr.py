"""Numbers in a text that look like CPR numbers (personnumre): day, month and year of birth, and four digits more.

What they are made of is told by the CPR office: https://www.cpr.dk/cpr-systemet/opbygning-af-cpr-nummeret. Numbers
given out since 2007 need not satisfy the modulus 11 check, and those without are of persons born on 1 January: the
office names 26 such years between 1960 and 1995 and adds that its list is not complete
(https://www.cpr.dk/cpr-systemet/personnumre-uden-kontrolciffer-modulus-11-kontrol/, read as of 10.05.2023). So every
1 January counts: one day in 365 costs next to no false alarm, and a list would have to be kept up.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

_WEIGHTS = (4, 3, 2, 7, 6, 5, 4, 3, 2, 1)
_BLANK = " \u00a0\u2007\u2009\u202f"
_DASH = "\\-\u00ad\u2010\u2011\u2012\u2013\u2014\u2212"  # also the one that is only seen at the end of a line
_LETTER = "A-Za-zÆØÅæøå"
_TEN_DIGITS = re.compile(
    rf"(?:(?<![0-9{_LETTER}+])|(?<=[Cc][Pp][Rr])|(?<=[Nn][Rr]))(?<![0-9][{_DASH}])"  # no A222170, no 16-010203-1234
    rf"([0-9]{{6}})([{_BLANK}]?[{_DASH}][{_BLANK}]?|[{_BLANK}])?([0-9]{{4}})"
    rf"(?!(?!s\b)[0-9{_LETTER}])(?![{_DASH}][0-9])"  # "010203-1234s" is a Danish genitive
)
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|\b[\w-]+\.(?:dk|com|org|net|eu)/\S*", re.IGNORECASE)
_BRANCH_BEFORE = re.compile(  # 1234 0102031234, but not the year of "i 2018 0102031234"
    rf"(?:^|[^0-9{_DASH}{_BLANK}]|[^0-9][{_DASH}{_BLANK}])(?!(?:19|20)[0-9]{{2}}[{_BLANK}])[0-9]{{4}}[{_DASH}{_BLANK}/]$"
)
_DECIMALS_AFTER = re.compile(r"[.,][0-9]{1,2}(?![0-9])")


@dataclass(frozen=True)
class CprNumber:
    """Ten digits. Whoever tells of them shows `masked`: enough to find the place, too little to repeat the number."""

    digits: str

    @property
    def masked(self) -> str:
        return f"{self.digits[:6]}-····"


def numbers_in(text: str) -> list[CprNumber]:
    """Each number once, in the order of the text. With a dash or a blank between them six and four digits are a number
    where the six are a date; ten digits in a row must satisfy the check digit as well."""
    return list(dict.fromkeys(number for _, number in _found_in(text)))


def without_numbers(text: str) -> str:
    """The text with every number masked, for a message that quotes it."""
    for found, number in reversed(list(_found_in(text))):
        text = text[: found.start(1)] + number.masked + text[found.end(3) :]
    return text


def _found_in(text: str) -> Iterator[tuple[re.Match, CprNumber]]:
    addresses = [found.span() for found in _ADDRESS.finditer(text)]
    for found in _TEN_DIGITS.finditer(text):
        digits = found[1] + found[3]
        is_in_address = any(start <= found.start() < end for start, end in addresses)
        if is_in_address or birthday_of(digits) is None:
            continue
        if found[2] is None and (not _may_be_without_separator(digits) or _is_of_a_longer_number(text, found)):
            continue
        yield found, CprNumber(digits)


def birthday_of(digits: str) -> date | None:
    """The seventh digit tells the century. None for a day that is in no calendar."""
    day, month, year, seventh = int(digits[:2]), int(digits[2:4]), int(digits[4:6]), int(digits[6])
    if seventh <= 3:
        century = 1900
    elif seventh in {4, 9}:
        century = 2000 if year <= 36 else 1900
    else:
        century = 2000 if year <= 57 else 1800
    try:
        return date(century + year, month, day)
    except ValueError:
        return None


def has_check_digit(digits: str) -> bool:
    return sum(int(digit) * weight for digit, weight in zip(digits, _WEIGHTS, strict=True)) % 11 == 0


def _may_be_without_separator(digits: str) -> bool:
    return has_check_digit(digits) or digits.startswith("0101")


def _is_of_a_longer_number(text: str, found: re.Match) -> bool:
    """The account after its branch of four digits, or whole kroner before their øre."""
    before = text[max(0, found.start() - 8) : found.start()]
    return bool(_BRANCH_BEFORE.search(before) or _DECIMALS_AFTER.match(text, found.end()))
