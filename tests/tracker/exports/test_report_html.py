"""The report as a file of its own."""

import re

from tests.factories import create_agreement, create_item, create_milestone_change, create_round
from tests.tracker.exports.conftest import report_of
from tests.tracker.views.pages import Page, signed_in
from tracker.exports.report_html import report_html


def article_of(html: str) -> str:
    return re.search(r"<article class=\"report\">.*</article>", html, re.S)[0]


def test_the_file_stands_alone(loaded_2018):
    html = report_html(report_of(loaded_2018))

    page = Page(html)
    assert not re.findall(r"https?://(?!www\.w3\.org/2000/svg)|(?<!:)//[a-z]|url\(|@import|\ssrc=|<script|<link", html)
    assert all(link.startswith(("#punkt-", "#rapport")) for link in page.links)
    assert "/* report.css */" not in html and "<style>" in html and ".report" in html
    assert not page.attributes("form")


def test_page_and_file_hold_the_same_report(loaded_2018, finance):
    shown = signed_in(finance).get("/aftaler/2018/runder/1/rapport/samlet/").content.decode()

    assert article_of(shown) == article_of(report_html(report_of(loaded_2018)))


def test_the_file_shows_every_item(loaded_2018):
    page = Page(report_html(report_of(loaded_2018)))

    ids = [found["id"] for found in page.attributes("section")]
    assert ids == [f"punkt-{item.key}" for item in loaded_2018.items.in_agreement_order()]


def test_a_moved_goal_stands_beside_its_smiley_and_on_the_first_page(finance):
    agreement = create_agreement()
    spring = create_round(agreement, as_of="2031-03-31")
    create_item(agreement, "2.01")
    create_milestone_change(create_item(agreement, "2.02"), spring, "Broen er bygget.", "Broen er tegnet.")

    shown = signed_in(finance).get(f"/aftaler/{agreement.budget_year}/runder/1/rapport/samlet/").content.decode()
    text = Page(report_html(report_of(agreement))).text

    assert article_of(shown) == article_of(report_html(report_of(agreement)))
    assert f"Milepæle ændret efter godkendelsen 2.02 Punkt 2.02: {spring.label}" in text
    assert (
        "ingen milepæl Milepæl ændret 12.03.2031 Før: Broen er bygget. Efter: Broen er tegnet. "
        "Begrundelse: Sagen er udskudt."
    ) in text.split("2.02 Punkt 2.02")[-1]
    assert text.count("Milepæl ændret") == 1


def test_texts_are_text_in_the_file(written):
    html = report_html(written("<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"))

    assert "<script" not in html and "<img" not in html
    assert "&lt;script&gt;" in html


def test_a_text_that_names_the_stylesheet_does_not_take_its_place(written):
    html = report_html(written("/* report.css */"))

    assert html.index(".report") > html.index("<style>")
