from hypothesis import given
from hypothesis import strategies as st

from budget.totals import plus_and_minus, sum_by_year, sums_of

lines = st.lists(st.dictionaries(st.integers(2021, 2024), st.integers(-(10**15), 10**15), max_size=4), max_size=6)


def test_amounts_are_summed_by_table_and_year():
    amounts = [("drift", 2018, 100), ("drift", 2018, -30), ("drift", 2019, 5), ("anlaeg", 2018, 7)]

    assert sum_by_year(amounts) == {("drift", 2018): 70, ("drift", 2019): 5, ("anlaeg", 2018): 7}


def test_blank_is_not_zero():
    assert sum_by_year([]) == {}
    assert sum_by_year([("drift", 2018, 5), ("drift", 2018, -5)]) == {("drift", 2018): 0}


def test_large_amounts_stay_whole():
    assert sum_by_year([("drift", 2018, 10**15), ("drift", 2018, 1)]) == {("drift", 2018): 10**15 + 1}


def test_lines_are_summed_per_year():
    assert sums_of([{2021: 5, 2022: -7}, {2022: 2, 2024: 1}, {}]) == {2021: 5, 2022: -5, 2024: 1}


def test_a_year_that_no_line_has_is_not_in_the_sums():
    assert sums_of([]) == {}
    assert sums_of([{}, {}]) == {}
    assert sums_of([{2021: 0}]) == {2021: 0}
    assert sums_of([{2021: 5}, {2021: -5}]) == {2021: 0}


def test_summing_changes_no_line():
    printed = [{2021: 5}, {2021: 6}]

    sums_of(printed)
    plus_and_minus(printed)

    assert printed == [{2021: 5}, {2021: 6}]


def test_plus_and_minus_are_kept_apart():
    found = plus_and_minus([{2021: 5, 2022: -7}, {2021: -2, 2022: -3}, {2021: 1, 2023: 4}])

    assert found == {2021: (6, -2), 2022: (0, -10), 2023: (4, 0)}


def test_nothing_is_neither_plus_nor_minus():
    assert plus_and_minus([]) == {}
    assert plus_and_minus([{}]) == {}
    assert plus_and_minus([{2021: 0}]) == {2021: (0, 0)}


@given(lines)
def test_plus_and_minus_give_the_sum(printed):
    parts = plus_and_minus(printed)

    assert {year: plus + minus for year, (plus, minus) in parts.items()} == sums_of(printed)
    assert all(plus >= 0 >= minus for plus, minus in parts.values())


@given(lines, lines)
def test_the_sum_of_two_groups_is_the_sum_of_all(one, other):
    assert sums_of([sums_of(one), sums_of(other)]) == sums_of(one + other)


@given(lines)
def test_both_ways_of_summing_agree(printed):
    by_table = sum_by_year(("drift", year, kroner) for line in printed for year, kroner in line.items())

    assert by_table == {("drift", year): kroner for year, kroner in sums_of(printed).items()}
