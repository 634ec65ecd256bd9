"""A follow-up from beginning to end without a mouse: editor, sign-out, finance, board, report."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accessibility import assert_focus_visible, focus_problem
from tests.browser.pages import SAVED, saved_note

pytestmark = pytest.mark.browser

_NAME = """() => {
  const at = document.activeElement;
  const labels = [...(at.labels ?? [])].map((label) => label.textContent).join(" ");
  const name = at.getAttribute("aria-label") || labels || at.textContent;
  return name.replace(/\\s+/g, " ").trim();
}"""


class Hands:
    """Two hands on a keyboard and eyes that follow the focus: every stop on the way must be seen."""

    def __init__(self, page: Page):
        self.page = page

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)

    def to(self, name: str, *, backwards: bool = False) -> None:
        """Tabs until what has the focus is called so (a regular expression)."""
        passed = []
        for _ in range(120):
            self.press("Shift+Tab" if backwards else "Tab")
            if self.page.evaluate("document.activeElement === document.body"):
                continue  # round the corner, through the browser's own bars
            assert_focus_visible(self.page)
            passed.append(self.page.evaluate(_NAME))
            if re.search(name, passed[-1]):
                return
        raise AssertionError(f"{name!r} cannot be reached by Tab on {self.page.url}: {passed}")

    def open(self, name: str, **options) -> None:
        self.to(name, **options)
        with self.page.expect_navigation():
            self.press("Enter")

    def choose(self, group: str, steps: int) -> None:
        """Tabs into a group of cards, takes the first, and goes `steps` further down."""
        for _ in range(120):
            self.press("Tab")
            if self.page.evaluate("document.activeElement.name") == group:
                break
        self.press("Space", *["ArrowDown"] * steps)
        assert_focus_visible(self.page)

    def sign_in(self, account: str, password: str) -> None:
        self.page.goto("/")
        self.open("^Log ind$")
        self.to("Brugernavn")
        self.type(account)
        self.to("Adgangskode")
        self.type(password)
        with self.page.expect_navigation():
            self.press("Enter")
        expect(self.page.get_by_role("heading", name="Min side")).to_be_visible()

    def submit(self) -> None:
        with self.page.expect_navigation():
            self.press("Control+Enter")


def test_follow_up_by_keyboard(browse, watch, site, entry_url):
    watch.expect(422, "ERR_ABORTED")
    page = browse()
    hands = Hands(page)
    hands.sign_in("ejendomme", site.password)

    # the first: refused without a comment, and the way to the field
    hands.open("Begynd med 3.08")
    hands.choose("effort", 1)
    hands.choose("economy", 0)
    hands.submit()
    expect(page.locator(".error-summary")).to_be_focused()
    assert_focus_visible(page)
    hands.to("Bemærkning")
    hands.press("Enter")
    expect(page.locator("#id_comment")).to_be_focused()
    assert_focus_visible(page)
    hands.type("Skolerne har bedt om mere tid. Æøå 🙂")
    expect(saved_note(page)).to_have_text(SAVED)
    hands.submit()
    expect(page.locator("#besked")).to_contain_text("3.08 er indsendt")

    # the second, where that led to
    expect(page).to_have_url(re.compile(re.escape(entry_url("3.17"))))
    hands.choose("effort", 0)
    hands.choose("economy", 0)
    hands.submit()
    expect(page.locator("#besked")).to_contain_text("3.17 er indsendt")

    # to the next that is not handed in (3.24 is), on, two back past the draft, and on to the third
    expect(page).to_have_url(re.compile(re.escape(entry_url("4.01.1"))))
    for key, lands_on in [
        ("Alt+PageDown", "6.11"), ("Alt+PageUp", "4.01.1"), ("Alt+PageUp", "3.24"), ("Alt+PageDown", "4.01.1"),
        ("Alt+PageDown", "6.11"),
    ]:  # fmt: skip
        with page.expect_navigation():
            hands.press(key)
        expect(page).to_have_url(re.compile(re.escape(entry_url(lands_on))))
    hands.choose("effort", 2)
    hands.choose("economy", 1)
    hands.to("Bemærkning")
    hands.type("Toilettet bliver dyrere og senere end aftalt.")
    hands.submit()
    expect(page.locator("#besked")).to_contain_text("6.11 er indsendt")
    expect(page.locator("#fremdrift")).to_have_text("6 af 11 indsendt")

    hands.open("^Log af$")
    expect(page.get_by_role("heading", name="Log ind")).to_be_visible()

    # finance, for another centre
    hands.sign_in("oekonomi", site.password)
    hands.open("Indtast for et center")
    hands.to("^Center")
    hands.type("Pol")
    hands.open("^Vis$")
    expect(page.locator("#fremdrift")).to_have_text("1 af 6 indsendt")
    hands.open(r"^3\.26")
    hands.choose("effort", 1)
    hands.choose("economy", 2)
    hands.to("Bemærkning")
    hands.type("Oplyst af centeret i telefonen.")
    hands.submit()
    expect(page.locator("#besked")).to_contain_text("3.26 er indsendt")
    assert "center=politisk-sekretariat" in page.url

    # the board and the report show it
    hands.open("^Min side$")
    hands.open("Se, hvem der mangler")
    row = page.locator("#liste tbody tr", has_text="3.26")
    expect(row).to_contain_text("indsendt af Økonomi og Styring")
    expect(page.locator("#liste tbody tr", has_text="3.08")).not_to_contain_text("af Økonomi og Styring")
    hands.open("Se rapporten")
    hands.open("^Økonomiudvalget$")
    for key, effort, economy, comment in [
        ("3.08", "mellemfornøjet", "glad", "Skolerne har bedt om mere tid. Æøå 🙂"),
        ("3.17", "glad", "glad", ""),
        ("6.11", "sur", "sur", "Toilettet bliver dyrere og senere end aftalt."),
        ("3.26", "mellemfornøjet", "ikke relevant", "indtastet af Økonomi og Styring for Politisk Sekretariat"),
    ]:
        now = page.locator(f'[id="punkt-{key}"] tr.is-current')
        expect(now.locator("td").nth(1)).to_have_text(effort)
        expect(now.locator("td").nth(2)).to_have_text(economy)
        expect(now).to_contain_text(comment)


def test_the_eyes_miss_a_focus_that_is_not_drawn(browse):
    page = browse("ejendomme")
    page.goto("/")
    page.evaluate("document.styleSheets[1].insertRule('* { outline: none !important; box-shadow: none !important }')")

    Hands(page).press("Tab", "Tab")

    assert "not seen" in focus_problem(page)


def test_skip_link_leads_past_the_menu(browse):
    page = browse("ejendomme")
    page.goto("/")
    hands = Hands(page)

    hands.to("Gå til sidens indhold")
    hands.press("Enter", "Tab")

    assert page.evaluate("document.getElementById('indhold').contains(document.activeElement)")
