"""Rapport on screen, and its files by address."""

import json
import re

import pytest

from tests.factories import create_assessment
from tests.tracker.views.pages import Page, signed_in, text_of
from tracker.actions.rounds import open_round

COUNT = re.compile(r'counts__number">(\d+)</span>\s*<span class="smiley smiley--(\w+)"')


def test_first_report_of_2018(loaded_2018, finance):
    answer = signed_in(finance).get("/aftaler/2018/runder/1/rapport/oekonomiudvalget/")

    page = Page(answer)
    assert "Første opfølgning på Aftale om budget 2018 på Økonomiudvalgets område" in page.text
    assert "Opgjort pr. ikke angivet" in page.text and "Sagsnummer 00.30.00-S00-9-16" in page.text
    assert COUNT.findall(answer.content.decode()) == [
        ("21", "happy"), ("12", "neutral"), ("0", "sad"), ("2", "not_relevant"), ("0", "not_assessed"),
        ("0", "not_reported"),
        ("13", "kept"), ("0", "not_kept"), ("13", "not_relevant"), ("9", "not_assessed"), ("0", "not_reported"),
    ]  # fmt: skip
    assert "Alle punkter er indberettet." in page.text
    assert [f["id"] for f in page.attributes("section", **{"class": "report__item"})] == [
        f"punkt-{item.key}" for item in loaded_2018.items.in_agreement_order()
    ]
    assert "/aftaler/2018/runder/1/rapport/oekonomiudvalget.xlsx" in page.links


def test_an_unpublished_report_is_stamped_and_lists_what_is_missing(loaded_2018, finance, editor):
    second = open_round(follow_up_round=loaded_2018.rounds.get(number=2), by=finance)
    create_assessment(loaded_2018.items.get(key="7.01"), second, by=editor)
    create_assessment(loaded_2018.items.get(key="7.02"), second, state="draft", effort="sad", comment="Kladdens ord")
    client = signed_in(finance)

    text, published = (
        text_of(client.get("/aftaler/2018/runder/2/rapport/samlet/")),
        text_of(client.get("/aftaler/2018/runder/1/rapport/samlet/")),
    )

    assert "Ikke offentliggjort" in text and "Ikke offentliggjort" in published  # no edition exists of either
    assert "Anden opfølgning på Aftale om budget 2018 for Ballerup Kommune" in text
    missing = text.split("Mangler endnu")[1].split("Læsevejledning")[0]
    assert "7.02" in missing and "7.01" not in missing
    assert "Kladdens ord" not in text


@pytest.mark.parametrize("ending", ["/", ".xlsx", ".json"])
def test_the_preview_is_for_finance_and_approver(stage, approver, editor, member, administrator, ending):
    path = stage.of_round(f"rapport/samlet{ending}")

    answers = [signed_in(user).get(path).status_code for user in (approver, editor, member, administrator)]

    assert answers == [200, 404, 404, 404]


def test_files_are_named_after_the_report(stage, finance):
    client = signed_in(finance)

    workbook, document = (
        client.get(stage.of_round("rapport/samlet.xlsx")),
        client.get(stage.of_round("rapport/oekonomiudvalget.json")),
    )

    assert workbook.headers["Content-Disposition"] == f'attachment; filename="opfoelgning-{stage.year}-2-samlet.xlsx"'
    assert workbook.content[:2] == b"PK"
    assert document.headers["Content-Type"] == "application/json"
    assert json.loads(document.content)["committee"] == "oekonomiudvalget"


def test_a_committee_without_items_has_an_empty_report(stage, finance):
    answer = signed_in(finance).get(stage.of_round("rapport/kultur-og-fritidsudvalget/"))

    assert answer.status_code == 200
    assert "0 punkter." in text_of(answer)
