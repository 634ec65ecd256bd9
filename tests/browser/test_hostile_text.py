"""Text that tries to be a program stays text, on every page that shows it, and the policy lets nothing else through."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import ROUND
from tests.browser.pages import comment_box, effort, save

pytestmark = pytest.mark.browser
PAYLOADS = [
    "<script>window.ran = 1; document.title = 'ran'</script>",
    '"><img src=x onerror="window.ran=1">',
    "</textarea><script>window.ran=1</script>",
    "<svg onload=window.ran=1><a href=\"javascript:window.ran=1\">javascript:window.ran=1</a>",
    "' onfocus='window.ran=1' autofocus='",
    "{{ 7*7 }}{% csrf_token %}",
]  # fmt: skip


def test_stored_payloads_do_not_run(browse, watch, entry_url):
    text = "\n".join(PAYLOADS)
    editor, finance = browse("ejendomme"), browse("oekonomi")
    for page in (editor, finance):
        page.on("dialog", lambda dialog: pytest.fail(f"a dialog: {dialog.message}"))
    editor.goto(entry_url("3.08"))
    effort(editor, "sad").check()
    editor.locator('input[name="economy"][value="kept"]').check()
    save(editor, text)
    editor.reload()
    assert comment_box(editor).input_value() == text
    assert_nothing_ran(editor)
    editor.get_by_role("button", name="Indsend", exact=True).click()
    expect(editor.locator("#besked")).to_contain_text("er indsendt")

    for page, path in [
        (editor, entry_url("3.08")),
        (editor, "/aftaler/2018/punkter/3.08/"),
        (finance, "/aftaler/2018/punkter/3.08/"),
        (finance, entry_url("3.08")),
        (finance, ROUND),
        (finance, ROUND + "rapport/samlet/"),
        (finance, "/aftaler/2018/runder/3/indberetning/3.08/"),
    ]:
        page.goto(path)
        if page is editor or "rapport" in path:
            expect(page.locator("main")).to_contain_text("onerror=")
        assert_nothing_ran(page)


def assert_nothing_ran(page) -> None:
    assert page.evaluate("window.ran === undefined"), page.url
    assert page.locator("main script, main img, main [onload], main [onfocus], main [onerror]").count() == 0, page.url
    assert page.locator('[href^="javascript:"]').count() == 0, page.url


def test_search_words_are_only_words(browse):
    page = browse("ejendomme")
    for payload in PAYLOADS:
        page.goto("/aftaler/2018/")
        page.locator("#id_words").fill(payload[:100])
        expect(page.locator("#liste")).to_contain_text("Ingen punkter passer")
        assert_nothing_ran(page)


def test_the_policy_stops_what_got_in(browse, watch):
    watch.expect("Content.Security.Policy")
    page = browse("ejendomme")
    page.goto("/")

    page.evaluate(
        """() => {
          const script = document.createElement("script");
          script.textContent = "window.ran = 1";
          document.body.append(script);
          const image = document.createElement("div");
          image.innerHTML = '<b onclick="window.ran = 1">x</b>';
          document.body.append(image);
          image.firstChild.click();
        }"""
    )

    assert page.evaluate("window.ran === undefined")
    assert watch.problems, "the browser should have told of the violation"


def test_no_page_keeps_content_in_the_browser(browse, entry_url):
    page = browse("ejendomme")
    for path in ("/", "/aftaler/2018/", entry_url("3.08")):
        page.goto(path)
        kept = page.evaluate("[...Object.keys(localStorage), ...Object.keys(sessionStorage)]")
        assert set(kept) <= {"htmx-current-path-for-history"}  # an address, until the tab is closed
