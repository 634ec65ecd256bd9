"""Every page, for every role that may see it, wide and at 320 px: axe, no sideways scroll, a silent console.

Every page is opened for every role. Where two roles are sent the same page, letter for letter but for the name and the
tokens, axe judges it once.
"""

import re

import pytest
from django.urls import get_resolver
from playwright.sync_api import expect

from tests.browser.accessibility import assert_good_at_both_widths, axe_violations
from tests.browser.conftest import ROUND

pytestmark = pytest.mark.browser

READ = {
    "my_page": "/",
    "password_change": "/adgangskode/",
    "agreement_list": "/aftaler/",
    "agreement_outline": "/aftaler/2018/",
    "agreement_outline, nothing found": "/aftaler/2018/?words=findes-ikke",
    "agreement_outline, wrong filter": "/aftaler/2018/?committee=findes-ikke",
    "agreement_matrix": "/aftaler/2018/matrix/",
    "item_detail": "/aftaler/2018/punkter/3.04/",
}
ENTER = {
    "entry_list": ROUND + "indberetning/",
    "entry_edit, nothing yet": ROUND + "indberetning/3.08/",
    "entry_edit, draft": ROUND + "indberetning/4.01.1/",
    "entry_edit, submitted": ROUND + "indberetning/7.02/",
    "entry_edit, published round": "/aftaler/2018/runder/1/indberetning/3.04/",
    "entry_edit, planned round": "/aftaler/2018/runder/3/indberetning/3.04/",
    "entry_list, planned round": "/aftaler/2018/runder/3/indberetning/",
}
STEER = {
    "entry_list, one centre": ROUND + "indberetning/?center=ejendomme",
    "entry_edit, entered by finance": ROUND + "indberetning/7.09/",
    "round_board": ROUND,
    "round_board, one centre": ROUND + "?center=ejendomme",
    "round_board, planned": "/aftaler/2018/runder/3/",
    "report_page": ROUND + "rapport/oekonomiudvalget/",
    "report_page, published round": "/aftaler/2018/runder/1/rapport/samlet/",
    "item_edit": "/opsaetning/aftaler/2018/punkter/3.04/",
}
APPROVE = {
    "round_open": "/aftaler/2018/runder/3/aabn/",
    "round_close": ROUND + "luk/",
}
ACCOUNTS = {
    "my_page": "/",
    "password_change": "/adgangskode/",
    "account_list": "/opsaetning/konti/",
    "account_create": "/opsaetning/konti/ny/",
    "account_edit": "/opsaetning/konti/3/",
    "account_password": "/opsaetning/konti/3/adgangskode/",
}
BY_ACCOUNT = {
    "": {"sign_in": "/log-ind/"},
    "udvalgsmedlem": READ,
    "ejendomme": READ | ENTER,
    "ejendomme-chef": READ | ENTER,
    "oekonomi": READ | ENTER | STEER,
    "godkender": READ | ENTER | STEER | APPROVE,
    "administrator": ACCOUNTS,
}
PAGES = [(account, name, path) for account, pages in BY_ACCOUNT.items() for name, path in pages.items()]
NOT_PAGES = {  # acts, files, and what only a machine reads
    "sign_out", "entry_take_back", "entry_take_over", "report_xlsx", "report_json",
    "health",
}  # fmt: skip


def test_every_view_is_a_page_here_or_is_none():
    names = {pattern.name for pattern in _leaves(get_resolver("tracker.urls"))}

    assert names - NOT_PAGES == {name.split(",")[0] for _, name, _ in PAGES}


def _leaves(resolver):
    for each in resolver.url_patterns:
        yield from _leaves(each) if hasattr(each, "url_patterns") else [each]


@pytest.mark.parametrize(("account", "name", "path"), PAGES, ids=[f"{a or 'nobody'}-{n}" for a, n, _ in PAGES])
def test_page_is_good_for_everybody(browse, watch, judged, account, name, path):
    page = browse(account)
    if "wrong filter" in name:
        watch.expect(422)

    page.goto(path)

    expect(page.locator("h1")).to_have_count(1)
    assert page.title().endswith("Budgetaftaler – Ballerup Kommune")
    letters = _without_name_and_tokens(page)
    if letters not in judged:
        assert_good_at_both_widths(page)
        judged.add(letters)


@pytest.fixture(scope="module")
def judged() -> set[str]:
    return set()


def _without_name_and_tokens(page) -> str:
    names = {page.locator(".user").nth(n).inner_text() for n in range(page.locator(".user").count())} - {""}
    letters = re.sub(r'(name="(csrfmiddlewaretoken|page_token)" )value="[^"]*"', r"\1", page.content())
    letters = re.sub(r'value="[^"]*"( name="(csrfmiddlewaretoken|page_token)")', r"\1", letters)
    for name in names:
        letters = letters.replace(f">{name}<", "><")
    return letters


@pytest.mark.parametrize(
    ("account", "path", "status"),
    [
        ("ejendomme", "/findes-ikke/", 404),
        ("", "/log-ind/findes-ikke/", 404),
        ("udvalgsmedlem", ROUND, 404),
        ("ejendomme", "/opsaetning/konti/", 403),
    ],
)
def test_error_page_is_good_for_everybody(browse, watch, account, path, status):
    watch.expect(status)
    page = browse(account)

    answer = page.goto(path)

    assert answer.status == status
    expect(page.get_by_text(re.compile(f"Fejlkode {status}"))).to_be_visible()
    assert_good_at_both_widths(page)


def test_refused_sign_in_is_good_for_everybody(browse, watch):
    watch.expect(422)
    page = browse()
    page.goto("/log-ind/")
    page.get_by_label("Brugernavn").fill("ejendomme")
    page.get_by_label("Adgangskode").fill("ikke den rigtige")
    page.get_by_role("button", name="Log ind").click()

    expect(page.locator(".error-summary")).to_be_focused()
    assert_good_at_both_widths(page)


def test_refused_forms_are_good_for_everybody(browse, watch):
    watch.expect(422)
    administrator, finance = browse("administrator"), browse("oekonomi")

    administrator.goto("/opsaetning/konti/ny/")
    administrator.get_by_role("button", name="Opret").click()
    expect(administrator.locator(".error-summary")).to_be_focused()
    assert_good_at_both_widths(administrator)

    administrator.goto("/opsaetning/konti/3/adgangskode/")
    administrator.get_by_label("Ny adgangskode").fill("kort")
    administrator.get_by_role("button", name="Gem adgangskoden").click()
    expect(administrator.locator(".error-summary")).to_be_focused()
    assert_good_at_both_widths(administrator)

    finance.goto("/opsaetning/aftaler/2018/punkter/3.04/")
    finance.get_by_role("button", name="Gem rettelserne").click()  # without a reason
    expect(finance.locator(".error-summary")).to_be_focused()
    assert_good_at_both_widths(finance)


def test_page_after_an_act_that_came_too_late_is_good_for_everybody(browse, watch, entry_url):
    watch.expect(409)
    late, early = browse("ejendomme"), browse("ejendomme-chef")
    for page in (late, early):
        page.goto(entry_url("3.04"))

    early.get_by_role("button", name="Fortryd indsendelsen").click()
    expect(early.get_by_text("er fortrudt")).to_be_visible()
    assert_good_at_both_widths(early)  # with the success message
    late.get_by_role("button", name="Fortryd indsendelsen").click()

    expect(late.get_by_text("Fejlkode 409")).to_be_visible()
    assert_good_at_both_widths(late)


def test_draft_that_finance_took_over_is_good_for_everybody(browse, entry_url):
    finance, editor = browse("oekonomi"), browse("ejendomme")
    finance.goto(entry_url("4.01.1"))

    finance.get_by_role("button", name="Overtag kladden").click()

    expect(finance.get_by_text("Kladden blev overtaget")).to_be_visible()
    assert_good_at_both_widths(finance)
    editor.goto(entry_url("4.01.1"))
    expect(editor.get_by_text("Kladden blev overtaget")).to_be_visible()
    assert_good_at_both_widths(editor)


def test_item_with_history_is_good_for_everybody(browse):
    page = browse("oekonomi")
    page.goto("/opsaetning/aftaler/2018/punkter/3.04/")
    page.get_by_label("Titel").fill("Indeklima i daginstitutioner, rettet")
    page.get_by_label("Begrundelse").fill("Trykfejl")
    page.get_by_role("button", name="Gem rettelserne").click()

    expect(page.locator(".timeline")).to_contain_text("Trykfejl")
    assert_good_at_both_widths(page)


def test_the_helper_finds_a_fault(browse):
    page = browse("ejendomme")
    page.goto("/aftaler/2018/")
    assert not axe_violations(page)

    page.evaluate("document.querySelector('label[for=id_words]').remove()")

    assert any(each.startswith("label: ") for each in axe_violations(page))
