"""Which days are workdays: Monday to Friday, without the Danish public holidays."""

from datetime import date, timedelta

# Days after Easter Sunday: skærtorsdag, langfredag, 2. påskedag, Kristi himmelfartsdag, 2. pinsedag.
_BY_EASTER = (-3, -2, 1, 39, 50)
_FIXED = ((1, 1), (12, 25), (12, 26))  # nytårsdag, juledag, 2. juledag
_STORE_BEDEDAG, _LAST_STORE_BEDEDAG = 26, 2023  # abolished from 2024
_SATURDAY = 5


def easter(year: int) -> date:
    """Easter Sunday by the Gregorian computus (the anonymous algorithm of 1876)."""
    golden, century = year % 19, year // 100
    epact = (19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (year % 100 // 4) - epact - year % 100 % 4) % 7
    late = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


def holidays(year: int) -> frozenset[date]:
    """The public holidays that may fall on a weekday."""
    sunday = easter(year)
    days = (*_BY_EASTER, _STORE_BEDEDAG) if year <= _LAST_STORE_BEDEDAG else _BY_EASTER
    return frozenset({sunday + timedelta(days=n) for n in days} | {date(year, *fixed) for fixed in _FIXED})


def is_workday(day: date) -> bool:
    return day.weekday() < _SATURDAY and day not in holidays(day.year)
