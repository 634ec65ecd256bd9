"""Every page, for every role that may see it, wide and at 320 px: axe, no sideways scroll, a silent console.

Every page is opened for every role. Where two roles are sent the same page, letter for letter but for the name and the
tokens, axe judges it once.
"""

import re
from datetime import date, timedelta

import pytest
from django.urls import get_resolver
from django.utils import timezone
from playwright.sync_api import expect

from tests.browser.accessibility import assert_good_at_both_widths, axe_violations
from tests.browser.conftest import ROUND
from tests.conftest import AGREEMENT_FILE
from tests.files import bytes_of, draft_document, signed_document

pytestmark = pytest.mark.browser

UPLOAD = "/opsaetning/aftaler/indlaes/"
READ = {
    "my_page": "/",
    "password_change": "/adgangskode/",
    "mfa_index": "/andet-trin/",
    "account_reauthenticate": "/bekraeft/",
    "agreement_list": "/aftaler/",
    "agreement_outline": "/aftaler/2018/",
    "agreement_outline, nothing found": "/aftaler/2018/?words=findes-ikke",
    "agreement_outline, wrong filter": "/aftaler/2018/?committee=findes-ikke",
    "agreement_outline, by exception": "/aftaler/2021/",
    "agreement_outline, filtered": "/aftaler/2021/?origin=udskudt&theme=4",
    "agreement_basis": "/aftaler/2021/grundlag/",
    "agreement_basis, followed up": "/aftaler/2018/grundlag/",
    "money_both": "/aftaler/2021/beloeb/",
    "money_both, without years": "/aftaler/2018/beloeb/",
    "money_both, nothing found": "/aftaler/2021/beloeb/?words=findes-ikke",
    "money_both, wrong filter": "/aftaler/2021/beloeb/?nature=findes-ikke",
    "money_table, grouped": "/aftaler/2021/beloeb/drift/?group=udvalg",
    "money_xlsx, wrong filter": "/aftaler/2021/beloeb.xlsx?nature=findes-ikke",
    "outline_xlsx, wrong filter": "/aftaler/2021/punkter.xlsx?committee=findes-ikke",
    "item_detail, of several committees": "/aftaler/2021/punkter/1.3.2-8/",
    "item_detail, a code of several": "/aftaler/2021/punkter/1.3.2/",
    "agreement_matrix": "/aftaler/2018/matrix/",
    "plan_page": "/aftaler/2018/milepaele/",
    "plan_page, one committee": "/aftaler/2018/milepaele/?committee=oekonomiudvalget",
    "plan_page, wrong filter": "/aftaler/2018/milepaele/?committee=findes-ikke",
    "plan_xlsx, wrong filter": "/aftaler/2018/milepaele.xlsx?committee=findes-ikke",
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
    "round_board, what is odd": ROUND + "?tilstand=anmaerkninger",
    "entry_edit, returned": ROUND + "indberetning/7.16/",
    "round_board, planned": "/aftaler/2018/runder/3/",
    "edition_list": "/aftaler/2018/runder/1/udgaver/",
    "edition_list, none yet": ROUND + "udgaver/",
    "report_page": ROUND + "rapport/oekonomiudvalget/",
    "report_page, published round": "/aftaler/2018/runder/1/rapport/samlet/",
    "item_edit": "/opsaetning/aftaler/2018/punkter/3.04/",
    "setup_front": "/opsaetning/",
    "round_list_setup": "/opsaetning/aftaler/2018/runder/",
    "round_edit": "/opsaetning/aftaler/2018/runder/3/",
    "agreement_create": "/opsaetning/aftaler/ny/",
    "agreement_create, a copy": "/opsaetning/aftaler/ny/?kopi=2018",
    "agreement_upload": UPLOAD,
    "organisation": "/opsaetning/organisation/",
    "body_create": "/opsaetning/organisation/udvalg/ny/",
    "body_edit": "/opsaetning/organisation/udvalg/1/",
    "body_edit, party": "/opsaetning/organisation/partier/1/",
}
APPROVE = {
    "round_open": "/aftaler/2018/runder/3/aabn/",
    "round_close": ROUND + "luk/",
    "round_approve": ROUND + "godkend/",
    "round_approve, without anything odd": ROUND + "godkend/?valg=uden",
    "round_edit, open": "/opsaetning/aftaler/2018/runder/2/",
    "round_open, again": "/aftaler/2018/runder/1/aabn/",
    "edition_build": "/aftaler/2018/runder/1/udgaver/byg/",
    "edition_withdraw": "/aftaler/2018/runder/1/udgaver/traek-tilbage/",
}
ACCOUNTS = {
    "my_page": "/",
    "password_change": "/adgangskode/",
    "mfa_index": "/andet-trin/",
    "mfa_activate_totp": "/andet-trin/opsaet/",
    "account_second_factor": "/opsaetning/konti/3/andet-trin/",
    "account_list": "/opsaetning/konti/",
    "account_create": "/opsaetning/konti/ny/",
    "account_edit": "/opsaetning/konti/3/",
    "account_password": "/opsaetning/konti/3/adgangskode/",
}
EVENTS = {
    "event_log": "/opsaetning/haendelser/",
    "event_log, nothing found": "/opsaetning/haendelser/?words=findes-ikke",
    "event_log, wrong filter": "/opsaetning/haendelser/?first_day=i-dag",
}
LEAD = {"substitute_list": "/vikar/", "entry_submit_all": ROUND + "indberetning/indsend-alle/"}
PUBLIC = {
    "public_front": "/offentlig/",
    "public_round": "/offentlig/2018/1/",
    "public_items": "/offentlig/2018/1/punkter/",
    "public_items, nothing found": "/offentlig/2018/1/punkter/?words=findes-ikke",
    "public_items, wrong filter": "/offentlig/2018/1/punkter/?level=findes-ikke",
    "public_items_csv, wrong filter": "/offentlig/2018/1/punkter.csv?level=findes-ikke",
    "public_item": "/offentlig/2018/punkter/2.02.1/",
    "verify": "/verificer/",
    "accessibility": "/tilgaengelighed/",
}
BY_ACCOUNT = {
    "": {"sign_in": "/log-ind/"} | PUBLIC,
    "udvalgsmedlem": READ | PUBLIC,
    "ejendomme": READ | ENTER,
    "ejendomme-chef": READ | ENTER | LEAD,
    "oekonomi": READ | ENTER | STEER,
    "godkender": READ | ENTER | STEER | APPROVE | EVENTS,
    "administrator": ACCOUNTS | EVENTS,
}
PAGES = [(account, name, path) for account, pages in BY_ACCOUNT.items() for name, path in pages.items()]
NOT_PAGES = {  # acts, files, and what only a machine reads
    "account_login",  # the sign-in page by its other name
    "second_factor_qr", "mfa_authenticate", "mfa_reauthenticate", "mfa_deactivate_totp", "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes", "mfa_download_recovery_codes",  # pages once there is a second factor: test_sign_in
    "entry_return", "entry_note", "entry_approve", "entry_unapprove",
    "sign_out", "substitute_end", "entry_take_back", "entry_take_over", "report_xlsx", "report_json",
    "health", "favicon", "public_feed", "edition_file",
    "edition_newest", "edition_page", "edition_differences",  # as they were stored: test_public
    "edition_release", "edition_open",  # pages once an edition waits: test_round_journey
    "agreement_upload_check",  # a page once there is a file: see below
    "agreement_setup", "agreement_edit", "strategy_edit", "agreement_sign", "section_create", "section_edit",
    "section_delete", "item_create", "item_links", "item_delete", "line_create", "line_edit",
    "line_delete",  # pages once there is a draft: see below
    "plan_hearing", "plan_return", "plan_decide",  # pages once there is a plan that is not approved: see below
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


DRAFT = "/opsaetning/aftaler/2061/"


def _save(page, button: str) -> None:
    page.get_by_role("button", name=button, exact=True).click()


def test_the_pages_of_a_draft_are_good_for_everybody(browse, watch):
    watch.expect(422)
    page = browse("oekonomi")
    page.goto("/opsaetning/aftaler/ny/?kopi=2018")
    _save(page, "Opret udkastet")
    expect(page.locator(".error-summary")).to_be_focused()
    assert_good_at_both_widths(page)
    page.get_by_label("Budgetår").fill("2061")
    page.get_by_label("Titel").fill("Aftale om budget 2061")
    _save(page, "Opret udkastet")
    expect(page.get_by_text("Der er ingen afsnit endnu.")).to_be_visible()
    assert_good_at_both_widths(page)

    page.get_by_role("link", name="Nyt afsnit").click()
    page.get_by_label("Nummer").fill("1")
    page.get_by_label("Titel").fill("Stærke fællesskaber")
    page.get_by_label("Kroner").first.fill("12,5")
    _save(page, "Opret afsnittet")
    expect(page.locator(".error-summary")).to_be_focused()
    assert_good_at_both_widths(page)
    page.get_by_label("Kroner").first.fill("1.200.000")
    page.get_by_label("Gælder").first.select_option("total")
    page.get_by_label("Slags").first.select_option("new")
    _save(page, "Opret afsnittet")
    expect(page.locator(".tree__heading")).to_contain_text("1. Stærke fællesskaber")
    assert_good_at_both_widths(page)

    page.get_by_role("link", name="Ret 1. Stærke fællesskaber").click()
    assert_good_at_both_widths(page)
    page.get_by_role("link", name="Slet …").click()
    assert_good_at_both_widths(page)
    for ending in ("hoved/", "maal/", "indgaa/"):
        page.goto(DRAFT + ending)
        assert_good_at_both_widths(page)
    page.goto(DRAFT + "maal/")
    page.get_by_label("Tal").fill("Mindst")
    _save(page, "Gem")
    expect(page.locator(".error-summary")).to_be_focused()
    assert_good_at_both_widths(page)


def test_the_items_and_lines_of_a_draft_are_good_for_everybody(browse, watch):
    watch.expect(422, 409)
    page, other = browse("oekonomi"), browse("godkender")
    page.goto("/opsaetning/aftaler/ny/")
    page.get_by_label("Budgetår").fill("2061")
    page.get_by_label("Sidste år").fill("2064")
    page.get_by_label("Titel").fill("Aftale om budget 2061")
    page.get_by_label("Opfølgning").select_option("exceptions")
    _save(page, "Opret udkastet")
    page.goto(DRAFT + "afsnit/ny/")
    page.get_by_label("Nummer").fill("1")
    page.get_by_label("Titel").fill("Stærke fællesskaber")
    _save(page, "Opret afsnittet")

    page.goto(DRAFT + "punkter/ny/?afsnit=1")
    assert_good_at_both_widths(page)
    page.get_by_label(re.compile("^Nummer")).fill("1,2")
    page.get_by_label("Titel").fill("Flere bænke")
    _save(page, "Opret punktet")
    expect(page.locator(".error-summary")).to_be_focused()
    assert_good_at_both_widths(page)
    page.get_by_label(re.compile("^Nummer")).fill("1.2")
    _save(page, "Opret punktet")
    expect(page.get_by_text("Punkt 1.2 er oprettet.")).to_be_visible()
    for ending in ("", "henvisninger/", "slet/"):
        page.goto(DRAFT + "punkter/1.2/" + ending)
        assert_good_at_both_widths(page)
    page.goto(DRAFT + "punkter/1.2/henvisninger/")
    page.get_by_label("Punkt som trykt").first.fill("1.30")
    _save(page, "Gem")
    expect(page.locator(".error-summary")).to_be_focused()
    assert_good_at_both_widths(page)

    page.goto(DRAFT + "beloeb/ny/?tabel=drift")
    assert_good_at_both_widths(page)
    page.get_by_label("Tekst").fill("Bænke")
    page.get_by_label("Art").select_option("new")
    page.get_by_label("Punkter").fill("1.2")
    page.get_by_label("Beløb 2061").fill("1,5")
    _save(page, "Opret linjen")
    expect(page.locator(".error-summary")).to_be_focused()
    assert_good_at_both_widths(page)
    page.get_by_label("Beløb 2061").fill("1.500")
    _save(page, "Opret linjen")
    expect(page.get_by_text("»Bænke« er oprettet.")).to_be_visible()
    page.get_by_text("Ret en beløbslinje").click()
    page.get_by_role("link", name="Bænke", exact=True).click()
    other.goto(page.url)
    other.get_by_label("Beløb 2061").fill("1.600")
    _save(other, "Gem rettelserne")
    page.get_by_label("Beløb 2061").fill("1.700")
    _save(page, "Gem rettelserne")
    expect(page.get_by_role("region", name="Det, der nu er gemt")).to_contain_text("1.600")
    expect(page.get_by_label("Beløb 2061")).to_have_value("1.700")
    assert_good_at_both_widths(page)
    page.get_by_role("link", name="Slet …").click()
    assert_good_at_both_widths(page)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (bytes_of(draft_document()), "Der er ingen aftale for 2031 endnu"),
        (AGREEMENT_FILE.read_bytes(), "Aftalen er lukket"),
        (b"ikke = en aftale", "en-fil.toml kan ikke indlæses"),
        (b"", "Filen er tom"),
    ],
    ids=["new", "signed", "wrong", "empty"],
)
def test_an_uploaded_file_is_good_for_everybody(browse, watch, content, words):
    watch.expect(422)
    page = browse("oekonomi")
    page.goto(UPLOAD)
    page.get_by_label("Aftalefil").set_input_files(
        {"name": "en-fil.toml", "mimeType": "application/toml", "buffer": content}
    )
    page.get_by_role("button", name="Kontrollér filen").click()

    expect(page.get_by_text(words).first).to_be_visible()
    assert_good_at_both_widths(page)


def test_the_milestone_plan_on_its_way_is_good_for_everybody(browse, watch):
    watch.expect(422)
    page, centre = browse("godkender"), browse("ejendomme")
    page.goto(UPLOAD)
    page.get_by_label("Aftalefil").set_input_files(
        {"name": "en-fil.toml", "mimeType": "application/toml", "buffer": bytes_of(planned_document())}
    )
    _save(page, "Kontrollér filen")
    _save(page, "Indlæs aftalen")
    page.get_by_role("link", name="Milepælsplan").click()
    assert_good_at_both_widths(page)
    page.get_by_role("link", name="Send i høring …").click()
    assert_good_at_both_widths(page)
    _save(page, "Send i høring")
    expect(page.get_by_text("Milepælsplanen er sendt i høring i udvalgene.")).to_be_visible()

    page.get_by_role("link", name="Send tilbage …").click()
    _save(page, "Send tilbage")
    expect(page.locator(".error-summary")).to_be_focused()
    assert_good_at_both_widths(page)
    page.get_by_label("Bemærkning").fill("Skriv datoer på.")
    _save(page, "Send tilbage")
    expect(page.get_by_text("Skriv datoer på.")).to_be_visible()
    assert_good_at_both_widths(page)

    page.get_by_role("link", name="Send i høring …").click()
    _save(page, "Send i høring")
    page.get_by_role("link", name="Notér en beslutning …").click()
    assert_good_at_both_widths(page)
    page.get_by_label("Beslutning").select_option("approved")
    _save(page, "Notér beslutningen")
    expect(page.locator(".error-summary")).to_be_focused()
    assert_good_at_both_widths(page)
    page.get_by_label("Andet organ").fill("Aftaleparterne")
    page.get_by_label("Besluttet den").fill("01.11.2025")
    page.get_by_label("Beslutning").select_option("noted")
    _save(page, "Notér beslutningen")
    expect(page.locator(".timeline")).to_contain_text("Aftaleparterne: taget til efterretning")
    assert_good_at_both_widths(page)
    centre.goto(page.url)
    expect(centre.get_by_text("Du ser milepælene for dit centers egne punkter.")).to_be_visible()
    assert_good_at_both_widths(centre)


def planned_document() -> dict:
    """An agreement that was signed, with a plan that is a draft still."""
    document = signed_document()
    document["agreement"] |= {"milestone_plan": "draft", "signed_on": date(2025, 10, 1)}
    del document["decisions"], document["items"][0]["milestone_changes"]
    return document


def test_a_moved_goal_is_good_for_everybody(browse):
    page, member = browse("oekonomi"), browse("udvalgsmedlem")
    page.goto("/opsaetning/aftaler/2018/punkter/3.04/")
    page.get_by_label("Milepæle – 2. budgetopfølgning 2018").fill("Tre fjerdedele er færdige.")
    page.get_by_label("Milepæle – 3. budgetopfølgning 2018").fill("")
    page.get_by_label("Begrundelse").fill("Frosten sinkede håndværkerne.")
    _save(page, "Gem rettelserne")
    expect(page.locator(".moved")).to_have_count(2)
    assert_good_at_both_widths(page)

    for path in ("/aftaler/2018/matrix/", "/aftaler/2018/milepaele/"):
        member.goto(path)
        expect(member.get_by_text(re.compile("^milepæl ændret$", re.IGNORECASE)).first).to_be_visible()
        assert_good_at_both_widths(member)
    page.goto(ROUND + "rapport/samlet/")
    expect(page.locator(".moved")).to_have_count(2)
    assert_good_at_both_widths(page)


def test_a_substitute_is_good_for_everybody(browse, watch):
    watch.expect(422)
    page, other = browse("ejendomme-chef"), browse("politisk-sekretariat")
    page.goto("/vikar/")
    page.get_by_role("button", name="Udpeg vikaren").click()
    expect(page.locator(".error-summary")).to_be_focused()
    assert_good_at_both_widths(page)
    today = timezone.localdate()
    for first, last in ((0, 7), (30, 37)):  # one now, one coming
        page.get_by_label("Vikar").select_option(label="Medarbejder i Politisk Sekretariat (Politisk Sekretariat)")
        page.get_by_label("Første dag").fill(f"{today + timedelta(days=first):%d.%m.%Y}")
        page.get_by_label("Sidste dag").fill(f"{today + timedelta(days=last):%d.%m.%Y}")
        _save(page, "Udpeg vikaren")
        expect(page.get_by_text("er nu udpeget som vikar")).to_be_visible()
    assert_good_at_both_widths(page)

    other.goto("/")
    expect(other.get_by_text("Du er vikar for Centerchef for Ejendomme")).to_be_visible()
    assert_good_at_both_widths(other)


def test_the_set_up_of_rounds_is_good_for_everybody(browse, watch):
    watch.expect(422)
    page, other = browse("oekonomi"), browse("godkender")
    page.goto("/opsaetning/aftaler/ny/?kopi=2018")
    page.get_by_label("Budgetår").fill("2062")
    page.get_by_label("Titel").fill("Aftale om budget 2062")
    _save(page, "Opret udkastet")
    page.get_by_role("link", name="Opsæt runder").click()
    assert_good_at_both_widths(page)
    page.get_by_label("Frist for indberetning").first.fill("næste uge")
    _save(page, "Opret runderne")
    expect(page.locator(".error-summary")).to_be_focused()
    assert_good_at_both_widths(page)
    page.get_by_label("Frist for indberetning").first.fill("20.04.2062")
    page.get_by_label("Vejledning til centrene").fill("Skriv højst fem linjer.")
    _save(page, "Opret runderne")
    expect(page.get_by_text("4 runder er oprettet.")).to_be_visible()
    page.get_by_text("Tilføj endnu en runde").click()
    assert_good_at_both_widths(page)

    other.goto("/opsaetning/aftaler/2062/runder/1/")
    other.get_by_label("Frist for indberetning").fill("27.04.2062")
    _save(other, "Gem rettelserne")
    expect(other.locator(".error-summary")).to_be_focused()
    assert_good_at_both_widths(other)
    other.get_by_label("Begrundelse for at flytte en dato").fill("Påsken")
    _save(other, "Gem rettelserne")
    expect(other.get_by_text("flyttet fra 20.04.2062: Påsken")).to_be_visible()
    assert_good_at_both_widths(other)
    other.goto("/opsaetning/aftaler/2062/runder/1/")
    assert_good_at_both_widths(other)


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
    page.get_by_label("Administrationens bemærkning").fill("Indeklima i daginstitutioner, rettet")
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
