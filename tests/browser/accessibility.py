"""What a page must hold for everybody: axe finds nothing, nothing sticks out sideways, the focus is seen."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
AXE = Axe()
NARROW, WIDE = 320, 1280

_RUN = """async (options) => {
  const results = await axe.run(options);
  const told = (node) => `${node.target.join(" ")}: ${node.failureSummary}`;
  return results.violations.map((rule) => [rule.id, rule.nodes.map(told)]);
}"""


def axe_violations(page: Page) -> list[str]:
    if not page.evaluate("() => Boolean(window.axe)"):
        page.evaluate(AXE.axe_script)  # through the debugger: the content security policy stays as it is
    found = page.evaluate(_RUN, {"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]})
    return [f"{rule}: {node}" for rule, nodes in found for node in nodes]


def assert_accessible(page: Page) -> None:
    found = axe_violations(page)
    assert not found, f"{page.url} at {page.viewport_size}:\n" + "\n".join(found)


_STICKING_OUT = """() => {
  const wide = window.innerWidth, needed = Math.max(document.documentElement.scrollWidth, document.body.scrollWidth);
  if (needed <= wide) return [];
  const out = [...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > wide + 1);
  return [`${needed} > ${wide}`, ...out.slice(0, 5).map((e) => e.outerHTML.slice(0, 120))];
}"""


def assert_no_sideways_scroll(page: Page) -> None:
    found = page.evaluate(_STICKING_OUT)
    assert not found, f"{page.url} at {page.viewport_size}: {found}"


def assert_good_at_both_widths(page: Page) -> None:
    """For the page as it stands: wide and at 320 px (the same as 400 % zoom), then back."""
    before = page.viewport_size
    for width in (WIDE, NARROW):
        page.set_viewport_size({"width": width, "height": 800})
        assert_accessible(page)
        assert_no_sideways_scroll(page)
    page.set_viewport_size(before)


# An outline or a shadow that is seen, on the element itself or on what is drawn for it (its label, its card).
_FOCUS = """() => {
  const at = document.activeElement;
  if (!at || at === document.body) return "nothing has the focus";
  const seen = (e) => {
    const style = getComputedStyle(e);
    const alpha = (colour) => Number(colour.match(/[\\d.]+/g)[3] ?? 1) > 0.3;
    const outline = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 && alpha(style.outlineColor);
    return outline || style.boxShadow !== "none";
  };
  const drawn = [at, at.closest("label"), ...(at.labels ?? [])].filter(Boolean);
  const name = at.outerHTML.slice(0, 160);
  if (!drawn.some(seen)) return `the focus is not seen on ${name}`;
  const box = (at.closest("label") ?? at).getBoundingClientRect();
  const inside = box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < window.innerHeight
    && box.right > 0 && box.left < window.innerWidth;
  return inside ? "" : `the focus is outside the window on ${name}`;
}"""


def focus_problem(page: Page) -> str:
    """ "" when someone looking at the screen can tell where the focus is."""
    return page.evaluate(_FOCUS)


def assert_focus_visible(page: Page) -> None:
    problem = focus_problem(page)
    assert not problem, f"{page.url}: {problem}"
