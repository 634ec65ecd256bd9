"""Beløb: the real tables on screen, their filters, and the workbook behind the button."""

import pytest

from tests.factories import create_agreement, create_amount_line, create_item
from tests.tracker.exports.workbooks import opened
from tests.tracker.views.pages import HTMX, Page, signed_in, text_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.mark.parametrize(
    ("place", "lines"), [("beloeb/drift/", "72 linjer"), ("beloeb/anlaeg/", "73 linjer"), ("beloeb/", "145 linjer")]
)
def test_every_reader_sees_the_printed_tables(loaded_2021, member, place, lines):
    answer = signed_in(member).get(f"/aftaler/2021/{place}")

    assert answer.status_code == 200
    assert lines in text_of(answer)


def test_the_table_is_as_printed_with_computed_sums(loaded_2021, member):
    text = text_of(signed_in(member).get("/aftaler/2021/beloeb/anlaeg/"))

    assert "1. Vi skaber fremtiden sammen" in text
    assert "Anlæg i alt (beregnet) 84.928 83.900 54.400 64.300" in text
    assert "Telegrafvej Flyttes mellem år, summer til 0" in text and "−12.000 12.000" in text
    assert "1.000 kr." in text and "Aftalt er ikke det samme som bevilget" in text


def test_the_possible_duplicate_is_named_and_counted_both_ways(loaded_2021, member):
    text = text_of(signed_in(member).get("/aftaler/2021/beloeb/drift/"))

    assert "Drift i alt (beregnet) −3.192 23.124 13.100 56.775" in text
    assert "Drift i alt uden mulige dubletter (beregnet) 808 30.124 23.100 66.775" in text
    assert "står to gange i aftalen" in text


def test_a_line_leads_to_its_item(loaded_2021, member):
    links = Page(signed_in(member).get("/aftaler/2021/beloeb/anlaeg/")).links

    assert "/aftaler/2021/punkter/1.3.1-6/" in links
    assert {"/aftaler/2021/punkter/6.15-7/", "/aftaler/2021/punkter/6.15-11/"} <= set(links)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("committee=oekonomiudvalget", "Summerne følger filteret"),
        ("nature=loan", "2 af 145 linjer passer"),
        ("project=A651213", "3 af 145 linjer passer"),
        ("words=rideskolen", "2 af 145 linjer passer"),
        ("heading=uden-overskrift&nature=saving", "1 af 145 linjer passer"),
        ("words=findes-ikke-nogen-steder", "0 af 145 linjer passer"),
        ("group=kapitel", "145 af 145 linjer passer"),
        ("group=udvalg&committee=uden-udvalg", "I alt Uden udvalg"),
        ("committee=oekonomiudvalget&words=skæve", "Udvalget er også med i disse linjer"),
    ],
)
def test_filters_and_groups(loaded_2021, member, query, words):
    answer = signed_in(member).get(f"/aftaler/2021/beloeb/?{query}")

    assert answer.status_code == 200
    assert words in text_of(answer)


def test_grouped_by_chapter_an_item_stands_under_its_own_chapter(loaded_2021, member):
    """6.10 is printed under heading 5 in Anlæg."""
    text = text_of(signed_in(member).get("/aftaler/2021/beloeb/anlaeg/?group=kapitel"))

    assert text.index("6. Ballerup Kommune som organisation") < text.index("Køb af LEV-bygninger")


@pytest.mark.parametrize("place", ["beloeb/", "beloeb/drift/"])
@pytest.mark.parametrize(
    "query", ["committee=x", "nature=%00", "heading=9", "project=x", "group=smukt", "words=%00", "words=" + "x" * 101]
)
def test_an_invalid_filter_is_told_and_not_taken_for_all(loaded_2021, member, place, query):
    client = signed_in(member)

    answers = [client.get(f"/aftaler/2021/{place}?{query}", headers=headers) for headers in ({}, HTMX)]

    assert [answer.status_code for answer in answers] == [422, 422]
    assert all("Ret dette, før du går videre" in text_of(answer) for answer in answers)
    assert all("i alt (beregnet)" not in text_of(answer) for answer in answers)


def test_the_fragment_is_that_part_of_the_page(loaded_2021, member):
    client = signed_in(member)
    address = "/aftaler/2021/beloeb/anlaeg/?nature=pool"

    whole, fragment = client.get(address), client.get(address, headers=HTMX)

    assert fragment.content.decode().strip() in whole.content.decode()


def test_what_people_write_is_text(member):
    agreement = create_agreement()
    create_amount_line(agreement, label="<script>alert(1)</script>", heading="<b>H", note='"><img src=x onerror=1>')

    body = signed_in(member).get(f"/aftaler/{agreement.budget_year}/beloeb/").content.decode()

    assert "<script>alert" not in body and "<b>H" not in body and "<img" not in body


def test_the_drawing_has_words_and_its_numbers_beside_it(loaded_2021, member):
    page = Page(signed_in(member).get("/aftaler/2021/beloeb/"))

    (drawing,) = page.attributes("svg", role="img")
    assert drawing["aria-labelledby"] == "figur-titel figur-tekst"
    assert "Drift, plus 41.069 68.336 74.413 113.505" in page.text
    assert "I alt 81.736 107.024 67.500 121.075" in page.text
    assert not any("style" in found for _, found in page.elements)


def test_an_agreement_without_lines_says_so(member):
    agreement = create_agreement()

    answer = signed_in(member).get(f"/aftaler/{agreement.budget_year}/beloeb/drift/")

    assert "Ingen beløbslinjer passer" in text_of(answer)


def test_administrator_sees_no_money(loaded_2021, administrator):
    client = signed_in(administrator)

    assert [client.get(f"/aftaler/2021/{place}").status_code for place in ("beloeb/", "beloeb.xlsx")] == [404, 404]


def test_a_draft_is_seen_by_finance_only(finance, member, editor):
    draft = create_agreement(signed_on=None)
    create_amount_line(draft)
    places = [f"/aftaler/{draft.budget_year}/{place}" for place in ("beloeb/", "beloeb/drift/", "beloeb.xlsx")]

    answers = {user: [signed_in(user).get(place).status_code for place in places] for user in (finance, member, editor)}

    assert answers == {finance: [200] * 3, member: [404] * 3, editor: [404] * 3}


def test_the_workbook_is_downloaded_under_a_speaking_name(loaded_2021, member):
    answer = signed_in(member).get("/aftaler/2021/beloeb.xlsx")

    assert answer.headers["Content-Type"] == XLSX
    assert answer.headers["Content-Disposition"] == 'attachment; filename="aftale-2021-beloeb.xlsx"'
    assert opened(answer.content).sheetnames == ["Drift", "Anlæg"]


def test_the_current_filter_comes_as_a_further_sheet(loaded_2021, member):
    client = signed_in(member)
    page = Page(client.get("/aftaler/2021/beloeb/drift/?nature=saving&group=udvalg"))
    (link,) = [each for each in page.links if each.startswith("/aftaler/2021/beloeb.xlsx?")]

    book = opened(client.get(link).content)

    assert book.sheetnames == ["Drift", "Anlæg", "Udsnit"]
    assert book["Udsnit"]["A2"].value == "Art: besparelse; Vis: Udvalg"


@pytest.mark.parametrize("query", ["nature=x", "tabel=x", "tabel=drift&group=x"])
def test_a_wrong_filter_makes_no_file(loaded_2021, member, query):
    answer = signed_in(member).get(f"/aftaler/2021/beloeb.xlsx?{query}")

    assert answer.status_code == 422
    assert "Filen blev ikke dannet" in text_of(answer)


def test_a_draft_says_so_on_every_page_and_in_the_file(finance):
    draft = create_agreement(signed_on=None)
    item = create_item(draft)
    create_amount_line(draft, items=[item])
    client = signed_in(finance)

    for place in ("", "beloeb/", "grundlag/", f"punkter/{item.key}/"):
        assert "Udkast – aftalen er ikke indgået" in text_of(client.get(f"/aftaler/{draft.budget_year}/{place}"))
    assert "Aftalte beløb" not in text_of(client.get(f"/aftaler/{draft.budget_year}/beloeb/"))
    book = opened(client.get(f"/aftaler/{draft.budget_year}/beloeb.xlsx").content)
    assert book["Drift"]["A2"].value.startswith("UDKAST: aftalen er ikke indgået.")


def test_finance_mends_a_line_of_a_draft_from_the_table(finance, member):
    draft = create_agreement(signed_on=None)
    line = create_amount_line(draft)
    signed = create_amount_line()
    client = signed_in(finance)

    links = Page(client.get(f"/aftaler/{draft.budget_year}/beloeb/")).links
    closed = Page(client.get(f"/aftaler/{signed.agreement.budget_year}/beloeb/")).links

    assert f"/opsaetning/aftaler/{draft.budget_year}/beloeb/{line.pk}/" in links
    assert not any("/opsaetning/" in link and "/beloeb/" in link for link in closed)


def test_the_filter_goes_along_from_table_to_table(loaded_2021, member):
    client = signed_in(member)

    links = Page(client.get("/aftaler/2021/beloeb/drift/?project=A651213&group=art")).links

    assert "/aftaler/2021/beloeb/anlaeg/?project=A651213&group=art" in links
    assert "1 af 73 linjer passer" in text_of(client.get("/aftaler/2021/beloeb/anlaeg/?project=A651213&group=art"))
    only_in_operating = "/aftaler/2021/beloeb/anlaeg/?heading=6. Ballerup Kommune som organisation"
    assert "0 af 73 linjer passer" in text_of(client.get(only_in_operating))
