"""Aftalen and the matrix: filters, and what each reader sees."""

import pytest

from tests.factories import create_agreement, create_assessment, create_item, create_milestone, create_round
from tests.tracker.views.pages import HTMX, Page, signed_in, text_of


def keys_in(response) -> list[str]:
    links = [link for link in Page(response).links if "/punkter/" in link]
    return [link.rstrip("/").rsplit("/", 1)[-1] for link in links]


def test_list_names_signed_agreements_with_their_parties(loaded_2018, member):
    create_agreement(signed_on=None, title="Hemmeligt forlig")

    answer = signed_in(member).get("/aftaler/")

    assert "Aftale om budget 2018" in text_of(answer) and "Venstre" in text_of(answer)
    assert "Hemmeligt forlig" not in text_of(answer)


def test_outline_shows_the_real_agreement(loaded_2018, member):
    answer = signed_in(member).get("/aftaler/2018/")

    assert len(keys_in(answer)) == 35
    assert "35 punkter i 8 kapitler" in text_of(answer)


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        ("centre=uden-center", ["3.23"]),
        ("committee=uden-udvalg", []),
        ("section=5", ["5.07"]),
        ("kind=anlaeg_drift&section=3", ["3.04"]),
        ("words=BORGERRÅDGIVER%20kommunaldirektøren", ["7.04"]),
        ("words=borgerrådgiver%20Kommunaldirektøren", ["7.04"]),
        ("words=4.01.1", ["4.01.1"]),
        ("words=BORGERRAADGIVER&section=7", ["7.04"]),
        ("words=%25", None),
        ("words=findesikkenogetsteder", []),
        ("life_status=dropped", []),
    ],
)
def test_outline_is_filtered(loaded_2018, member, query, keys):
    answer = signed_in(member).get(f"/aftaler/2018/?{query}")

    assert answer.status_code == 200
    assert keys is None or keys_in(answer) == keys


def test_without_committee_finds_the_items_that_have_none(stage, member):
    alone = create_item(stage.agreement, "9.01")

    answer = signed_in(member).get(f"/aftaler/{stage.year}/?committee=uden-udvalg")

    assert keys_in(answer) == [alone.key]


@pytest.mark.parametrize("page", ["", "matrix/"])
@pytest.mark.parametrize(
    "query",
    ["centre=findes-ikke", "kind=%00", "words=%00", "section=99", "committee=x", "life_status=x", "words=" + "x" * 101],
)
def test_an_invalid_filter_is_told_and_not_taken_for_all(stage, member, page, query):
    client = signed_in(member)

    answers = [client.get(f"/aftaler/{stage.year}/{page}?{query}", headers=headers) for headers in ({}, HTMX)]

    assert [answer.status_code for answer in answers] == [422, 422]
    assert all("Ret dette, før du går videre" in text_of(answer) for answer in answers)
    assert all(keys_in(answer) == [] for answer in answers)


@pytest.mark.parametrize("page", ["", "matrix/"])
def test_the_fragment_is_that_part_of_the_page(stage, member, page):
    client = signed_in(member)
    address = f"/aftaler/{stage.year}/{page}?words=tagrender"

    whole, fragment = client.get(address), client.get(address, headers=HTMX)

    assert fragment.content.decode().strip() in whole.content.decode()
    assert keys_in(fragment) == ["2.02.1"]


def test_administrator_sees_no_agreement(stage, administrator):
    client = signed_in(administrator)

    answers = [
        client.get(address).status_code
        for address in ("/aftaler/", f"/aftaler/{stage.year}/", f"/aftaler/{stage.year}/matrix/")
    ]

    assert answers == [404, 404, 404]


def test_an_unsigned_agreement_is_seen_by_finance_only(finance, editor, member):
    draft = create_agreement(signed_on=None)
    create_item(draft)

    answers = [signed_in(user).get(f"/aftaler/{draft.budget_year}/").status_code for user in (finance, editor, member)]

    assert answers == [200, 404, 404]


def test_agreement_without_rounds_has_an_empty_matrix(member):
    agreement = create_agreement()
    create_item(agreement)

    answer = signed_in(member).get(f"/aftaler/{agreement.budget_year}/matrix/")

    assert answer.status_code == 200
    assert "0 punkter" in text_of(answer)


def test_matrix_shows_a_member_published_rounds_only(stage, member, finance):
    create_assessment(stage.item, stage.second, effort="sad", economy="not_kept", comment="Dyrt")
    address = f"/aftaler/{stage.year}/matrix/"

    politician, official = signed_in(member).get(address), signed_in(finance).get(address)

    assert "glad" in text_of(politician) and "sur" not in text_of(politician).split("Smiley")[-1].split("2.02.1")[-1]
    assert "sur" in text_of(official).split("2.02.1")[-1]


def test_matrix_filters_by_level(stage, finance):
    create_assessment(stage.item, stage.second, effort="sad", economy="kept", comment="Sent")
    client = signed_in(finance)

    sad = client.get(f"/aftaler/{stage.year}/matrix/?level=sad")
    silent = client.get(f"/aftaler/{stage.year}/matrix/?level=not_reported")

    assert (keys_in(sad), keys_in(silent)) == (["2.02.1"], ["3.10"])


def test_the_level_filter_tells_a_member_nothing_of_open_rounds(stage, member):
    create_assessment(stage.item, stage.second, effort="sad", economy="kept", comment="Sent")

    answer = signed_in(member).get(f"/aftaler/{stage.year}/matrix/?level=sad")

    assert keys_in(answer) == []


def test_matrix_of_a_closed_round_calls_a_draft_left_behind_not_reported(stage, finance, editor):
    create_assessment(stage.item, stage.second, state="draft", effort="sad", economy="kept")
    stage.second.state = "closed"
    stage.second.save(update_fields=["state"])
    address = f"/aftaler/{stage.year}/matrix/?level=not_reported&centre=ejendomme"

    answers = [signed_in(user).get(address) for user in (finance, editor)]

    assert [keys_in(answer) for answer in answers] == [["2.02.1"], ["2.02.1"]]


def test_the_plan_stays_secret_until_it_is_decided(member, other_editor, finance):
    agreement = create_agreement(plan="draft")
    planned = create_round(agreement, state="planned")
    item = create_item(agreement)
    create_milestone(item, planned, "Hemmelig milepæl")
    address = f"/aftaler/{agreement.budget_year}/matrix/"

    told = [
        "milepæl" in signed_in(user).get(address).content.decode().split("<tbody")[-1]
        for user in (finance, member, other_editor)
    ]

    assert told == [True, False, False]


# --- The agreement on budget 2021 ---------------------------------------------------------------------------------
def test_outline_of_2021_is_the_whole_tree(loaded_2021, member):
    answer = signed_in(member).get("/aftaler/2021/")

    assert len(keys_in(answer)) == 201
    assert "201 punkter i 6 kapitler" in text_of(answer)
    assert "Før kapitlerne: COVID-19, Demografi, Samarbejde og opfølgning" in text_of(answer)
    assert "1.3.1. Stærke fællesskaber og rigt forenings- og kulturliv: Idræt (7)" in text_of(answer)


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("committee=uden-udvalg", 7),
        ("body=direktionen", 4),
        ("theme=5", 13),
        ("section=3.2", 9),
        ("section=6", 33),
        ("section=6.2", 1),
        ("origin=udskudt", 18),
        ("origin=ny", 183),
        ("money=ja&section=6.15", 18),
        ("words=vognporten", 2),
        ("words=trafiksikkerhed", 8),
        ("committee=teknik-og-miljoeudvalget&origin=udskudt&theme=4", 5),
    ],
)
def test_outline_of_2021_is_filtered(loaded_2021, member, query, count):
    answer = signed_in(member).get(f"/aftaler/2021/?{query}")

    assert len(keys_in(answer)) == count
    assert f"{count} af 201 punkter passer" in text_of(answer)


def test_counts_follow_the_filter(loaded_2021, member):
    text = text_of(signed_in(member).get("/aftaler/2021/?origin=udskudt"))

    assert "1. Vi skaber fremtiden sammen (2)" in text
    assert "4. En grøn by i balance (6)" in text
    assert "Før kapitlerne" not in text


def test_an_agreement_by_exception_shows_no_rounds(loaded_2021, finance):
    client = signed_in(finance)

    page = Page(client.get("/aftaler/2021/"))

    assert "Runder" not in page.text and "Ingen faste runder" in page.text
    assert "/aftaler/2021/matrix/" not in page.links
    assert client.get("/aftaler/2021/matrix/").status_code == 404


def test_basis_names_targets_rates_goals_and_themes(loaded_2021, member):
    text = text_of(signed_in(member).get("/aftaler/2021/grundlag/"))

    assert "Udskrivningsprocent 25,5 pct." in text and "Grundskyldspromille 28,89 promille" in text
    assert "Mål 7: Bæredygtig energi (følges samlet med mål 13)" in text
    assert "(2024): 150.000.000 kr." in text
    assert "Temaer fra Vision 2029" in text


def test_a_code_with_several_items_lists_them(loaded_2021, member):
    answer = signed_in(member).get("/aftaler/2021/punkter/1.3.2/")

    assert keys_in(answer) == [f"1.3.2-{n}" for n in range(1, 9)]
    assert "Nummeret rummer 8 punkter" in text_of(answer)


def test_an_item_says_its_amounts_in_words_and_where_it_comes_from(loaded_2021, member):
    client = signed_in(member)

    tapeten = text_of(client.get("/aftaler/2021/punkter/1.3.2-7/"))
    relatives = text_of(client.get("/aftaler/2021/punkter/1.4.3-1/"))

    assert "1 mio. kr. i 2021 og i 2022 (allerede afsat)" in tapeten
    assert "2 mio. kr. i 2022 og i 2023 (nyt beløb)" in tapeten
    assert "Udskudt fra 1.18 i en tidligere aftale (aftalen er ikke i systemet)" in relatives


def test_a_section_says_its_own_amounts(loaded_2021, member):
    text = text_of(signed_in(member).get("/aftaler/2021/?section=4.5"))

    assert "42 mio. kr." in text and "allerede afsat" in text
