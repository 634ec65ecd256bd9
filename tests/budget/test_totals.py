from budget.totals import sum_by_year


def test_amounts_are_summed_by_table_and_year():
    amounts = [("drift", 2018, 100), ("drift", 2018, -30), ("drift", 2019, 5), ("anlaeg", 2018, 7)]

    assert sum_by_year(amounts) == {("drift", 2018): 70, ("drift", 2019): 5, ("anlaeg", 2018): 7}


def test_blank_is_not_zero():
    assert sum_by_year([]) == {}
    assert sum_by_year([("drift", 2018, 5), ("drift", 2018, -5)]) == {("drift", 2018): 0}


def test_large_amounts_stay_whole():
    assert sum_by_year([("drift", 2018, 10**15), ("drift", 2018, 1)]) == {("drift", 2018): 10**15 + 1}
