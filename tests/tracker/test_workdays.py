"""Workdays against days looked up in Danish calendars."""

from datetime import date, timedelta

import pytest

from tracker.workdays import easter, holidays, is_workday

EASTERS = {
    1818: "1818-03-22", 1943: "1943-04-25", 2008: "2008-03-23", 2018: "2018-04-01", 2019: "2019-04-21",
    2024: "2024-03-31", 2025: "2025-04-20", 2026: "2026-04-05", 2027: "2027-03-28", 2038: "2038-04-25",
}  # fmt: skip


@pytest.mark.parametrize("year", EASTERS)
def test_easter(year):
    assert easter(year).isoformat() == EASTERS[year]


def test_easter_is_a_sunday_of_spring_in_every_year():
    found = [easter(year) for year in range(1900, 2200)]

    assert {day.weekday() for day in found} == {6}
    assert all((3, 22) <= (day.month, day.day) <= (4, 25) for day in found)


def test_the_holidays_of_a_year_with_store_bededag():
    assert sorted(day.strftime("%d.%m") for day in holidays(2023)) == sorted(
        ["01.01", "06.04", "07.04", "10.04", "05.05", "18.05", "29.05", "25.12", "26.12"]
    )


@pytest.mark.parametrize(("day", "is_one"), [("2023-05-05", False), ("2024-04-26", True), ("2026-05-01", True)])
def test_store_bededag_is_a_workday_from_2024(day, is_one):
    assert is_workday(date.fromisoformat(day)) is is_one


@pytest.mark.parametrize(
    ("day", "is_one"),
    [
        ("2026-04-01", True),  # onsdag før påske
        ("2026-04-02", False),  # skærtorsdag
        ("2026-04-03", False),  # langfredag
        ("2026-04-06", False),  # 2. påskedag
        ("2026-04-07", True),
        ("2026-05-14", False),  # Kristi himmelfartsdag
        ("2026-05-15", True),
        ("2026-05-25", False),  # 2. pinsedag
        ("2026-06-05", True),  # grundlovsdag is no public holiday
        ("2026-12-24", True),
        ("2026-12-25", False),
        ("2027-01-01", False),
        ("2026-11-21", False),  # lørdag
        ("2026-11-22", False),  # søndag
        ("2026-11-23", True),
    ],
)
def test_a_day(day, is_one):
    assert is_workday(date.fromisoformat(day)) is is_one


def test_there_are_never_more_than_five_days_of_rest_on_end():
    """So that a reminder for 14 days before always comes before the one for three."""
    rest = longest = 0
    for n in range(365 * 40):
        rest = 0 if is_workday(date(2018, 1, 1) + timedelta(days=n)) else rest + 1
        longest = max(longest, rest)

    assert longest == 5
