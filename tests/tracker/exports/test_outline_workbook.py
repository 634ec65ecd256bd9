"""The outline's workbook, from the address that hands it out."""

import pytest

from tests.factories import create_agreement, create_item
from tests.tracker.exports.workbooks import columns_of, heading_row, opened
from tests.tracker.views.pages import signed_in, text_of


def sheet_of(client, query=""):
    return opened(client.get(f"/aftaler/2021/punkter.xlsx{query}").content)["Punkter"]


def column(page, name):
    return [page.cell(row, columns_of(page)[name]).value for row in range(heading_row(page) + 1, page.max_row + 1)]


def test_every_item_is_a_row_in_agreement_order(loaded_2021, member):
    page = sheet_of(signed_in(member))

    assert column(page, "Punkt") == [item.key for item in loaded_2021.items.in_agreement_order()]
    assert len(column(page, "Punkt")) == 201
    assert page["A2"].value.startswith("201 af 201 punkter. Dannet ")


def test_a_row_says_where_it_stands_and_what_the_text_says_of_money(loaded_2021, member):
    page = sheet_of(signed_in(member), "?words=rideskolens")
    row = heading_row(page) + 1
    found = {name: page.cell(row, place).value for name, place in columns_of(page).items()}

    assert (found["Punkt"], found["Kapitel"]) == ("1.3.1-6", "1. Vi skaber fremtiden sammen")
    assert found["Udvalg"] == "Kultur- og Fritidsudvalget"
    assert found["Beløb nævnt i teksten"].splitlines() == [
        "0,15 mio. kr. årligt fra 2021 (nyt beløb)", "0,3 mio. kr. i 2021 og i 2022 (nyt beløb)",
    ]  # fmt: skip
    assert found["Beløbslinjer"] == "ja"


def test_the_file_follows_the_filter(loaded_2021, member):
    page = sheet_of(signed_in(member), "?origin=udskudt")

    assert len(column(page, "Punkt")) == 18
    assert all(column(page, "Fra tidligere aftale"))


def test_codes_are_text(loaded_2021, member):
    page = sheet_of(signed_in(member), "?section=6")

    assert "6.10" in column(page, "Punkt")
    assert page.cell(heading_row(page) + 1, 1).number_format == "@"


@pytest.mark.parametrize("text", ["=1+1", "@SUM(A1)"])
def test_no_text_becomes_a_formula(member, text):
    agreement = create_agreement()
    create_item(agreement, title=text, text=text)

    content = signed_in(member).get(f"/aftaler/{agreement.budget_year}/punkter.xlsx").content

    cells = [cell for row in opened(content)["Punkter"].iter_rows() for cell in row if cell.value == text]
    assert len(cells) == 2 and all(cell.data_type == "s" for cell in cells)


def test_a_wrong_filter_makes_no_file(loaded_2021, member):
    answer = signed_in(member).get("/aftaler/2021/punkter.xlsx?committee=x")

    assert answer.status_code == 422
    assert "Filen blev ikke dannet" in text_of(answer)
