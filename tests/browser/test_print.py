"""The report on paper: the smileys and the stamp, without menus and buttons."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import ROUND

pytestmark = pytest.mark.browser


def test_report_on_paper(browse):
    page = browse("oekonomi")
    page.goto(ROUND + "rapport/oekonomiudvalget/")

    page.emulate_media(media="print")

    report = page.locator("article.report")
    expect(report.locator(".stamp")).to_be_visible()
    expect(report.locator("#punkt-7\\.02 .is-current .smiley--sad .smiley__word")).to_be_visible()
    expect(report.locator("#punkt-7\\.02 .is-current .smiley--sad svg")).to_be_visible()
    for left_out in ("nav.nav", ".mobile-drawer", ".subnav", ".button-menu-open", ".log-off", "footer a", ".skipnav"):
        for found in page.locator(left_out).all():
            expect(found).not_to_be_visible()
    for button in page.get_by_role("button").all():
        expect(button).not_to_be_visible()


def test_report_fits_the_width_of_the_paper(browse):
    page = browse("oekonomi", width=794)  # A4 at 96 dots per inch
    page.goto(ROUND + "rapport/oekonomiudvalget/")

    page.emulate_media(media="print")

    cut_off = page.evaluate(
        """() => [...document.querySelectorAll("article.report .table-box")]
          .filter((box) => box.scrollWidth > box.clientWidth + 1 || box.scrollHeight > box.clientHeight + 1)
          .map((box) => box.getAttribute("aria-label"))"""
    )
    assert not cut_off


def test_report_prints(browse):
    page = browse("oekonomi")
    page.goto(ROUND + "rapport/oekonomiudvalget/")

    paper = page.pdf(format="A4")

    assert paper.startswith(b"%PDF") and paper.count(b"/Type /Page\n") + paper.count(b"/Type/Page") > 5
