"""The rules of a line of money and of an amount that a text names, whichever door they come in by."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from budget.line_rules import identity, nature_problem, period_problem, repeated
from budget.models import Basis, Nature

LINE = {"table": "drift", "code": "1.02", "label": "Færre lejemål", "project": "A650016", "kroner": {2031: -5, 2032: 7}}
amounts = st.dictionaries(st.integers(2021, 2024), st.integers(-(10**9), 10**9), max_size=4)


def test_the_same_line_again_has_the_same_identity():
    assert identity(**LINE) == identity(**LINE)


def test_the_order_that_years_come_in_does_not_matter():
    assert identity(**LINE) == identity(**LINE | {"kroner": {2032: 7, 2031: -5}})


def test_no_code_and_no_project_are_the_same_as_blank_ones():
    assert identity(**LINE | {"code": None, "project": None}) == identity(**LINE | {"code": "", "project": ""})


@pytest.mark.parametrize(
    "fields",
    [
        {"table": "anlaeg"},
        {"code": "1.2"},
        {"code": ""},
        {"label": "Færre lejemål."},
        {"project": ""},
        {"kroner": {2031: -5}},
        {"kroner": {2031: 5, 2032: 7}},
        {"kroner": {2031: 7, 2032: -5}},
        {"kroner": {}},
    ],
    ids=str,
)
def test_what_makes_it_another_line(fields):
    assert identity(**LINE | fields) != identity(**LINE)


def test_zero_is_not_blank():
    assert identity(**LINE | {"kroner": {2031: -5, 2032: 0}}) != identity(**LINE | {"kroner": {2031: -5}})


def test_years_spans_and_no_year_are_told_apart():
    """As a file names them: first and last year, either of which may be missing."""
    in_one, over_two, undated = {(2031, None): 5}, {(2031, 2032): 5}, {(None, None): 5}

    several = [identity(**LINE | {"kroner": kroner}) for kroner in (in_one, over_two, undated, in_one | undated)]

    assert len(set(several)) == 4
    assert several[3] == identity(**LINE | {"kroner": undated | in_one})


@given(amounts, amounts)
def test_lines_that_differ_in_their_amounts_alone(one, other):
    assert (identity(**LINE | {"kroner": one}) == identity(**LINE | {"kroner": other})) == (one == other)


def test_a_repeat_says_of_what_and_what_to_do():
    said = repeated("linje 53")

    assert "magen til linje 53" in said
    assert "markér den anden som mulig dublet" in said


@pytest.mark.parametrize("kroner", [{2021: -13, 2022: 13}, {2021: -1, 2022: -8, 2023: 3, 2024: 6}, {2022: 2, 2024: -2}])
@pytest.mark.parametrize("nature", Nature.values)
def test_what_only_moves_between_years_is_no_saving(nature, kroner):
    assert ("flytning mellem år" in nature_problem(nature, kroner)) == (nature == "saving")


@pytest.mark.parametrize("kroner", [{2021: -13}, {2021: -13, 2022: 12}, {2021: 0, 2022: 0}, {}])
def test_what_takes_something_away_or_nothing_is_a_saving_as_it_may_be(kroner):
    assert nature_problem("saving", kroner) == ""


def test_a_line_whose_nature_could_not_be_read_has_no_second_problem():
    assert nature_problem(None, {2021: -13, 2022: 13}) == ""


@given(amounts)
def test_a_saving_is_refused_only_for_summing_to_zero_or_having_no_minus(kroner):
    refused = bool(nature_problem("saving", kroner))

    is_moved = sum(kroner.values()) == 0
    assert refused == (any(kroner.values()) and (is_moved or min(kroner.values()) >= 0))


@pytest.mark.parametrize("nature", ["saving", "income"])
def test_what_is_saved_or_comes_in_has_a_minus(nature):
    assert "skrives med minus" in nature_problem(nature, {2021: 500, 2022: 0})
    assert nature_problem(nature, {2021: -500, 2022: 100}) == ""
    assert nature_problem("new", {2021: 500}) == ""


@pytest.mark.parametrize(
    ("basis", "years", "words"),
    [
        ("each", [], "ikke nævnt noget år"),
        ("recurring", [2021, 2022], "højst ét år"),
        ("recurring", [2021, 2022, 2023], "højst ét år"),
    ],
)
def test_periods_that_cannot_be(basis, years, words):
    assert words in period_problem(basis, years)


@pytest.mark.parametrize(
    ("basis", "years"),
    [
        ("each", [2021]),
        ("each", [2021, 2023]),
        ("total", []),
        ("total", [2021]),
        ("total", [2021, 2022]),
        ("recurring", []),
        ("recurring", [2022]),
        (None, []),
    ],
)
def test_periods_that_can(basis, years):
    assert period_problem(basis, years) == ""


@pytest.mark.parametrize("basis", Basis.values)
def test_one_year_is_always_fine(basis):
    assert period_problem(basis, [2021]) == ""
