"""What rows say of themselves in Danish."""

import pytest

from budget.models import StatedAmount, SustainabilityGoal, TaxRate


@pytest.mark.parametrize(
    ("basis", "years", "label"),
    [
        ("recurring", [], "årligt"),
        ("recurring", [2022], "årligt fra 2022"),
        ("each", [2021], "i 2021"),
        ("each", [2021, 2022], "i 2021 og i 2022"),
        ("each", [2021, 2023], "i 2021 og i 2023"),
        ("each", [2021, 2022, 2023, 2024], "i hvert af årene 2021-2024"),
        ("each", [2020, 2021, 2022], "i hvert af årene 2020-2022"),
        ("total", [], ""),
        ("total", [2021], "i 2021"),
        ("total", [2021, 2022], "i alt 2021-2022"),
        ("total", [2021, 2023], "i alt i 2021 og i 2023"),
        ("total", [2021, 2022, 2023, 2024], "i alt 2021-2024"),
    ],
)
def test_the_period_of_a_stated_amount(basis, years, label):
    assert StatedAmount(kroner=1, basis=basis, years=years).period_label == label


def test_an_amount_in_separate_years_names_each_of_them():
    label = StatedAmount(kroner=1, basis="each", years=[2021, 2023, 2024]).period_label

    assert [year for year in (2021, 2022, 2023, 2024) if str(year) in label] == [2021, 2023, 2024]
    assert "hvert af årene" not in label


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (StatedAmount(kroner=-300_000, basis="recurring", years=[2021]), "-300000 årligt fra 2021"),
        (StatedAmount(kroner=18_000_000, basis="total"), "18000000"),
    ],
)
def test_a_stated_amount_says_how_much_and_when(amount, words):
    assert str(amount) == words


@pytest.mark.parametrize(
    ("hundredths", "unit", "label"),
    [
        (2550, "percent", "25,5 pct."),
        (2889, "permille", "28,89 promille"),
        (2500, "percent", "25 pct."),
        (2505, "percent", "25,05 pct."),
        (2000, "percent", "20 pct."),
        (5, "permille", "0,05 promille"),
        (50, "permille", "0,5 promille"),
        (0, "percent", "0 pct."),
        (100_000, "permille", "1000 promille"),
    ],
)
def test_a_tax_rate_is_written_in_danish_without_needless_zeros(hundredths, unit, label):
    rate = TaxRate(name="Udskrivningsprocent", hundredths=hundredths, unit=unit)

    assert rate.value_label == label
    assert str(rate) == f"Udskrivningsprocent {label}"


def test_a_goal_is_called_by_its_number_and_title():
    assert str(SustainabilityGoal(number=13, title="Klimaindsats")) == "Mål 13: Klimaindsats"
