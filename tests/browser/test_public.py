"""The public side in a real browser: every page and state good for everybody, and all of it without JavaScript."""

import hashlib
import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accessibility import assert_good_at_both_widths
from tests.live.running import environment, manage

pytestmark = pytest.mark.browser

OPEN = "/offentlig/2018/1/"  # opened by the demo
STATES = ("superseded after open", "withdrawn after opening", "released")


@pytest.fixture
def frozen(site) -> dict[str, str]:
    """Rounds with editions in other states than the demo's, by the state of their first edition."""
    code = f"from tests.editions import create_frozen\nfor state in {STATES}: print('at', create_frozen(state).path())"
    told = manage("shell", "-c", code, env=environment(site.data_dir))
    return dict(zip(STATES, re.findall(r"^at (\S+)$", told, re.MULTILINE), strict=True))


def assert_good_stored_page(page: Page) -> None:
    """A stored page has a title of its own, and its style may be used."""
    expect(page.locator("h1")).to_have_count(1)
    assert page.locator(".facts").first.evaluate("e => getComputedStyle(e.firstElementChild).display") == "grid"
    assert_good_at_both_widths(page)


def test_the_stored_pages_are_good_for_everybody(browse, watch, frozen):
    watch.expect(410)
    anybody, member = browse(), browse("udvalgsmedlem")

    anybody.goto(f"{OPEN}oekonomiudvalget/")
    assert_good_stored_page(anybody)

    corrected = frozen["superseded after open"]
    anybody.goto(f"{corrected}oekonomiudvalget/udgave-1/")
    expect(anybody.get_by_role("complementary")).to_contain_text("Denne udgave er erstattet af udgave 2")
    assert_good_stored_page(anybody)
    anybody.get_by_role("link", name="se forskellene").click()
    expect(anybody.get_by_role("heading", level=1)).to_have_text("Hvad er rettet i udgave 2?")
    assert_good_at_both_widths(anybody)

    anybody.goto(f"{frozen['withdrawn after opening']}oekonomiudvalget/")
    expect(anybody.get_by_role("heading", level=1)).to_have_text("Udgaven er trukket tilbage")
    assert_good_at_both_widths(anybody)
    anybody.goto(frozen["withdrawn after opening"])
    assert_good_at_both_widths(anybody)

    member.goto(f"{frozen['released']}oekonomiudvalget/")
    expect(member.get_by_role("complementary")).to_contain_text("Fortroligt indtil offentliggørelse")
    assert_good_stored_page(member)
    for path in ("/", frozen["released"], f"{frozen['released']}punkter/"):
        member.goto(path)
        assert_good_at_both_widths(member)


def test_an_item_with_a_correction_is_good_for_everybody(browse, frozen):
    page = browse()
    page.goto(f"{frozen['superseded after open']}punkter/?words=KANARIE")
    page.get_by_role("link", name="2.02.1").click()

    expect(page.locator(".timeline")).to_contain_text("Rettet i udgave 2")
    assert_good_at_both_widths(page)


def test_answers_about_a_file_are_good_for_everybody(browse, watch, frozen):
    watch.expect(422)
    page = browse()
    page.goto("/verificer/")
    page.get_by_role("button", name="Kontrollér").click()
    expect(page.locator(".error-summary")).to_be_focused()
    assert_good_at_both_widths(page)
    page.goto(f"/verificer/?kontrolsum={'0123456789abcdef' * 4}")
    expect(page.get_by_text("Nej, kontrolsummen er ikke fra")).to_be_visible()
    assert_good_at_both_widths(page)
    page.goto(f"{frozen['superseded after open']}oekonomiudvalget/udgave-1/")
    page.get_by_role("link", name="kontrollér den").click()
    expect(page.get_by_text("Udgaven er erstattet af")).to_be_visible()
    assert_good_at_both_widths(page)


def test_a_citizen_without_javascript_goes_from_the_front_to_a_file_and_has_it_verified(browse, tmp_path):
    page = browse(javascript=False)
    page.goto("/")

    page.get_by_role("link", name="Første opfølgning på Aftale om budget 2018").click()
    expect(page.get_by_role("heading", name="Sådan fordeler punkterne sig")).to_be_visible()
    page.get_by_role("link", name="Se alle").click()
    page.get_by_label("Smiley").select_option(label="Indsats: mellemfornøjet")
    page.get_by_role("button", name="Vis", exact=True).click()
    expect(page.get_by_text("af 35 punkter")).to_be_visible()
    page.get_by_role("link", name="3.04").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Indeklima i daginstitutioner")
    page.get_by_role("link", name="Udgave 1", exact=False).first.click()
    assert page.url.endswith(f"{OPEN}samlet/udgave-1/#punkt-3.04")
    with page.expect_download() as started:
        page.get_by_role("link", name="Hent som Excel").click()
    file = tmp_path / started.value.suggested_filename
    started.value.save_as(file)
    page.get_by_role("link", name="Er filen ægte?").click()
    page.get_by_label("Fil", exact=True).set_input_files(file)
    page.get_by_role("button", name="Kontrollér").click()

    assert file.name == "opfoelgning-2018-1-samlet-udgave-1.xlsx"
    expect(page.get_by_role("heading", name="Ja, filen er vores")).to_be_visible()
    expect(page.get_by_text("Den er den nyeste, og den er offentlig.")).to_be_visible()
    expect(page.get_by_text(hashlib.sha256(file.read_bytes()).hexdigest())).to_be_visible()

    file.write_bytes(file.read_bytes()[:-1] + b"x")
    page.get_by_label("Fil", exact=True).set_input_files(file)
    page.get_by_role("button", name="Kontrollér").click()
    expect(page.get_by_role("heading", name="Nej, filen er ikke en af vores")).to_be_visible()
