"""A round from set-up to a corrected second edition, without a mouse: five people, each at a computer of their own, and
readers who sign in nowhere and have no JavaScript.

Everything is reached as people reach it: from Min side, the menu and the public side's front page, by Tab and Enter.
"""

import re
from datetime import date, timedelta
from io import BytesIO

import pytest
from django.utils import timezone
from openpyxl import load_workbook
from playwright.sync_api import Locator, expect

from tests.browser.accessibility import assert_accessible
from tests.browser.pages import SAVED, saved_note
from tests.browser.test_journey_by_keyboard import Hands

pytestmark = pytest.mark.browser

NAME = "Ekstra opfølgning 2018"
ITEMS = 35
PUBLIC = "/offentlig/2018/5/"
FIRST, SECOND = PUBLIC + "samlet/udgave-1/", PUBLIC + "samlet/udgave-2/"
INSTRUCTIONS = "Skriv, hvad der er sket siden sidst, og hvem der har ansvaret."
TOO_SHORT = "Håndværkerne er forsinket."
MENDED = "Håndværkerne er forsinket til uge 40, fordi udbuddet gik om."
CORRECTED = "Håndværkerne er forsinket til uge 42, fordi udbuddet gik om."
NOTE = "Er afstemt med regnskabet."
ASKED, ASKED_AGAIN = "Hvor længe, og hvorfor?", "Det blev uge 42. Ret det, og indsend igen."
WHY_REOPENED, WHY_CORRECTED = "Ugen i 3.04 var forkert.", "Ugen i punkt 3.04 er rettet."
TITLE = "Femte og sidste opfølgning på Aftale om budget 2018"


class Person(Hands):
    """Hands that also write over what stands there, choose a file and take one home."""

    def write(self, field: str, text: str) -> None:
        self.to(field)
        self.press("Control+A")
        self.type(text)

    def hand_over(self, field: str, name: str, content: bytes) -> None:
        self.to(field)
        with self.page.expect_file_chooser() as chooser:
            self.press("Space")
        chooser.value.set_files({"name": name, "mimeType": "application/octet-stream", "buffer": content})

    def take_home(self, name: str) -> bytes:
        self.to(name)
        with self.page.expect_download() as download:
            self.press("Enter")
        return download.value.path().read_bytes()

    def is_told(self, words: str) -> None:
        expect(self.page.locator("#besked")).to_contain_text(words)

    def sees(self, words: str) -> None:
        expect(self.page.locator("main")).to_contain_text(words)

    def heading(self, name: str) -> Locator:
        return self.page.get_by_role("heading", name=name)


def sign_in(browse, site, account: str) -> Person:
    person = Person(browse())
    person.sign_in(account, site.password)
    return person


class Reader(Person):
    """Somebody who has no JavaScript."""

    def assert_accessible(self) -> None:
        """axe is a script itself. It is let in once the page stands as it does without any."""
        debugger = self.page.context.new_cdp_session(self.page)
        for is_off in (True, False):  # a debugger only takes back what it has ordered itself
            debugger.send("Emulation.setScriptExecutionDisabled", {"value": is_off})
        assert_accessible(self.page)
        debugger.send("Emulation.setScriptExecutionDisabled", {"value": True})


def an_anonymous_reader(browse) -> Reader:
    """Somebody new each time: what they are shown stands in no cache of theirs."""
    return Reader(browse(javascript=False))


# --- The round is set up and opened ----------------------------------------------------------------------------------
def finance_sets_up_the_round(finance: Person, today: date) -> None:
    finance.open("^Opsætning$")
    finance.open("^Runder i Aftale om budget 2018$")
    finance.to("^Tilføj endnu en runde$")
    finance.press("Enter")
    finance.write("^Navn$", NAME)
    for field, days in {
        "^Opgjort pr.": 0, "^Åbner": 0, "^Frist": 7, "^Behandles i udvalgene": 20, "^Behandles i Komm": 30,
    }.items():  # fmt: skip
        finance.write(field, f"{today + timedelta(days=days):%d.%m.%Y}")
    finance.write("^Vejledning til centrene", INSTRUCTIONS)
    assert_accessible(finance.page)
    finance.open("^Opret runden$")
    finance.is_told("Runden er oprettet")


def the_approver_opens_it(approver: Person) -> None:
    approver.open("^Opsætning$")
    approver.open("^Runder i Aftale om budget 2018$")
    approver.open(f"^{NAME}$")
    approver.open("^Åbn runden …$")
    approver.open("^Åbn runden for indberetning$")
    approver.is_told(f"{NAME} er nu åben for indberetning")


# --- The centre reports ----------------------------------------------------------------------------------------------
def the_editor_reports(editor: Person) -> None:
    """Two are submitted, one of them sad, and two are left as drafts."""
    editor.open("^Min side$")
    editor.open("^Begynd med 3.04$")
    editor.to("^Vejledning fra Økonomi og Styring$")
    editor.press("Enter")
    expect(editor.page.get_by_text(INSTRUCTIONS)).to_be_visible()
    editor.choose("effort", 2)
    editor.choose("economy", 0)
    editor.to("Bemærkning")
    editor.type(TOO_SHORT)
    assert_accessible(editor.page)
    editor.submit()
    editor.is_told("3.04 er indsendt")
    editor.choose("effort", 0)
    editor.choose("economy", 2)
    editor.submit()
    editor.is_told("3.08 er indsendt")
    for key in ("3.17", "3.24"):
        expect(editor.heading(key)).to_be_visible()
        editor.choose("effort", 0)
        editor.choose("economy", 2)
        expect(saved_note(editor.page)).to_have_text(SAVED)
        with editor.page.expect_navigation():
            editor.press("Alt+PageDown")


def the_chief_submits_the_rest(chief: Person) -> None:
    chief.open("^Min side$")
    chief.open("^Indsend alle kladder …$")
    expect(chief.heading("Ikke begyndt (7)")).to_be_visible()
    expect(chief.heading("Klar (2)")).to_be_visible()
    assert_accessible(chief.page)
    chief.open("^Indsend de valgte$")
    chief.is_told("2 indberetninger er indsendt. Tak!")


# --- Finance controls ------------------------------------------------------------------------------------------------
def finance_notes_one_and_returns_another(finance: Person) -> None:
    finance.open("^Min side$")
    finance.open("^Se, hvem der mangler$")
    finance.open(r"^indsendt \d+$")
    finance.open("^3.08")
    finance.write("Økonomi og Styrings bemærkning", NOTE)
    finance.open("^Gem bemærkningen$")
    finance.is_told("Bemærkningen til 3.08 er gemt")
    finance.open("^3.04")
    finance.write("Hvad skal rettes", ASKED)
    finance.open("^Returnér 3.04$")
    finance.is_told("3.04 er returneret")
    assert_accessible(finance.page)


def the_editor_answers(editor: Person, *, asked: str, answer: str) -> None:
    """What came back stands on Min side, and on top of the entry."""
    editor.open("^Min side$")
    expect(editor.heading("Returneret til dig (1)")).to_be_visible()
    editor.sees(asked)
    assert_accessible(editor.page)
    editor.open("^3.04")
    expect(editor.page.get_by_role("region", name="Returneret den")).to_contain_text(asked)
    expect(editor.page.locator("main")).not_to_contain_text(NOTE)
    editor.write("Bemærkning", answer)
    editor.submit()
    editor.is_told("3.04 er indsendt")


# --- The approver closes, approves and publishes ---------------------------------------------------------------------
def the_approver_closes_it(approver: Person, *, reported: int = 4) -> None:
    """What will be "ikke indberettet" is named first."""
    approver.open("^Min side$")
    approver.open("^Se, hvem der mangler$")
    approver.open("^Luk runden …$")
    approver.sees(f"{reported} af {ITEMS} punkter er indsendt")
    missing = approver.page.get_by_role("listitem").filter(has_text="Ejendomme:")
    expect(missing).to_contain_text("4.01.1 ")
    expect(missing).not_to_contain_text("3.04 ")
    assert_accessible(approver.page)
    approver.open("^Luk runden for indberetning$")
    approver.is_told(f"{NAME} er nu lukket for indberetning. {ITEMS - reported} punkter er »ikke indberettet«")


def the_approver_approves(approver: Person, *, count: int) -> None:
    """What is odd comes first, and every word of it stands on the page."""
    approver.open("^Min side$")
    approver.open(f"^Se og godkend {'den' if count == 1 else f'alle {count}'} …$")
    expect(approver.heading("Med anmærkninger (1)")).to_be_visible()
    assert_accessible(approver.page)
    approver.open("^Godkend de valgte$")
    approver.is_told("1 indberetning er godkendt" if count == 1 else f"{count} indberetninger er godkendt")


def somebody_without_a_hand_in_it_approved(finance: Person) -> None:
    finance.open("^Opsætning$")
    finance.open("^Runder i Aftale om budget 2018$")
    finance.open(f"^{NAME}$")
    finance.open("^3.04")
    for fact, by in {"Tilstand": "af Medarbejder i Ejendomme", "Godkendt": "af Godkender i Økonomi og Styring"}.items():
        name = finance.page.get_by_text(fact, exact=True)
        expect(finance.page.locator("dl.facts > div", has=name)).to_contain_text(by)


def the_approver_builds_editions(approver: Person, password: str, *, reason: str = "") -> None:
    approver.open("^Udgaver$")
    approver.open("^Byg (udgaver|rettet udgave) …$")
    if reason:
        approver.write("^Hvorfor bygges en ny udgave", reason)
    approver.write("^Din adgangskode", password)
    assert_accessible(approver.page)
    approver.open("^Byg udgave")
    approver.is_told("Ingen andre end Økonomi og Styring kan se det endnu")


def the_approver_releases_to_the_committees(approver: Person) -> None:
    approver.open("^Frigiv til udvalgene …$")
    assert_accessible(approver.page)
    approver.open("^Frigiv$")
    approver.is_told("Frigivet til udvalget: ")


def the_approver_opens_to_the_public(approver: Person) -> None:
    approver.open("^Åbn for offentligheden …$")
    assert_accessible(approver.page)
    approver.open("^Åbn for offentligheden$")
    approver.is_told(f"{NAME} er åben for offentligheden")
    assert_accessible(approver.page)


# --- Who reads, and when ---------------------------------------------------------------------------------------------
def nobody_outside_knows(member: Person, reader: Reader, edition: str) -> None:
    member.page.goto("/")
    expect(member.heading("Frigivet til dit udvalg")).to_have_count(0)
    for person in (member, reader):
        assert person.page.goto(edition).status == 404


def the_member_reads_it_before_the_public(member: Person, reader: Reader, edition: str) -> None:
    member.page.goto("/")
    expect(member.heading("Frigivet til dit udvalg")).to_be_visible()
    assert_accessible(member.page)
    member.open(f"^{TITLE} for")
    expect(member.page.get_by_role("complementary")).to_contain_text("Fortroligt indtil offentliggørelse")
    now = member.page.locator('[id="punkt-3.04"] tr.is-current td')
    expect(now).to_contain_text([MENDED, "sur", "glad"])
    for words in (NOTE, "ikke indberettet"):
        member.sees(words)
    assert_accessible(member.page)

    secret, wrong = (reader.page.goto(url).body() for url in (edition, edition.replace("2018", "2017")))
    assert secret == wrong
    reader.page.goto("/offentlig/")
    expect(reader.page.locator("main")).not_to_contain_text(TITLE)


def a_reader_finds_the_round(reader: Reader) -> None:
    reader.page.goto("/")
    reader.open(f"^{TITLE} for")
    reader.assert_accessible()


def a_reader_takes_home_and_verifies(reader: Reader, link: str, *, comment: str) -> bytes:
    file = reader.take_home(link)
    assert comment in {cell for sheet in load_workbook(BytesIO(file)) for row in sheet.values for cell in row}
    reader.open("^Er filen ægte")
    reader.hand_over("^Fil", "rapport.xlsx", file)
    reader.open("^Kontrollér$")
    expect(reader.heading("Ja, filen er vores")).to_be_visible()
    reader.sees("Ja. Den er den nyeste, og den er offentlig.")
    reader.assert_accessible()
    return file


def a_changed_copy_is_not_ours(reader: Reader, file: bytes) -> None:
    reader.hand_over("^Fil", "rapport.xlsx", file[:-1] + bytes([file[-1] ^ 1]))
    reader.open("^Kontrollér$")
    expect(reader.heading("Nej, filen er ikke en af vores")).to_be_visible()
    reader.assert_accessible()


# --- The correction --------------------------------------------------------------------------------------------------
def the_approver_reopens_and_returns(approver: Person) -> None:
    approver.open("^Åbn runden igen for at rette …$")
    approver.write("^Begrundelse for at åbne igen", WHY_REOPENED)
    assert_accessible(approver.page)
    approver.open("^Genåbn runden for indberetning$")
    approver.is_told(f"{NAME} er nu åben for indberetning")
    approver.open(r"^godkendt \d+$")
    approver.open("^3.04")
    approver.write("^Hvad skal rettes", ASKED_AGAIN)
    approver.open("^Returnér 3.04$")
    approver.is_told("3.04 er returneret")


def a_reader_sees_what_was_corrected(reader: Reader) -> None:
    a_reader_finds_the_round(reader)
    reader.sees("Senest rettet den")
    reader.open("^Se, hvad der er rettet i Ballerup Kommune$")
    reader.sees(WHY_CORRECTED)
    expect(reader.heading("1 forskel")).to_be_visible()
    row = reader.page.get_by_role("row", name=re.compile("3.04"))
    expect(row).to_contain_text(MENDED)
    expect(row).to_contain_text(CORRECTED)
    reader.assert_accessible()


def the_first_edition_stands_as_it_was(reader: Reader, file: bytes) -> None:
    reader.open("^Udgave 1$")
    assert reader.page.url.endswith(FIRST)
    expect(reader.page.get_by_role("complementary")).to_contain_text("Denne udgave er erstattet af udgave 2")
    reader.sees(MENDED)
    expect(reader.page.locator("main")).not_to_contain_text(CORRECTED)
    reader.assert_accessible()
    assert reader.take_home("^Hent som Excel$") == file
    reader.open("^Læs udgave 2$")
    assert reader.page.url.endswith(SECOND)
    reader.sees(CORRECTED)


def a_superseded_file_is_recognised(reader: Reader, file: bytes) -> None:
    reader.hand_over("^Fil", "gammel.xlsx", file)
    reader.open("^Kontrollér$")
    expect(reader.heading("Ja, filen er vores")).to_be_visible()
    reader.sees("Nej. Udgaven er erstattet af udgave 2")
    reader.assert_accessible()


def test_a_round_from_set_up_to_a_corrected_second_edition(browse, watch, site):
    watch.expect(r"^404 GET \S+/5/samlet/udgave-1/$")  # while nobody may know of it
    accounts = ("oekonomi", "godkender", "ejendomme", "ejendomme-chef", "udvalgsmedlem")
    finance, approver, editor, chief, member = (sign_in(browse, site, account) for account in accounts)

    finance_sets_up_the_round(finance, timezone.localdate())
    the_approver_opens_it(approver)
    the_editor_reports(editor)
    the_chief_submits_the_rest(chief)
    finance_notes_one_and_returns_another(finance)
    the_editor_answers(editor, asked=ASKED, answer=MENDED)

    the_approver_closes_it(approver)
    the_approver_approves(approver, count=4)
    the_approver_builds_editions(approver, site.password)
    nobody_outside_knows(member, an_anonymous_reader(browse), FIRST)
    the_approver_releases_to_the_committees(approver)
    the_member_reads_it_before_the_public(member, an_anonymous_reader(browse), FIRST)
    the_approver_opens_to_the_public(approver)
    reader = an_anonymous_reader(browse)
    a_reader_finds_the_round(reader)
    first_file = a_reader_takes_home_and_verifies(reader, "^Excel, Ballerup Kommune$", comment=MENDED)
    a_changed_copy_is_not_ours(reader, first_file)

    the_approver_reopens_and_returns(approver)
    the_editor_answers(editor, asked=ASKED_AGAIN, answer=CORRECTED)
    the_approver_closes_it(approver)
    the_approver_approves(approver, count=1)
    somebody_without_a_hand_in_it_approved(finance)
    the_approver_builds_editions(approver, site.password, reason=WHY_CORRECTED)
    the_approver_releases_to_the_committees(approver)
    the_approver_opens_to_the_public(approver)
    reader = an_anonymous_reader(browse)
    a_reader_sees_what_was_corrected(reader)
    the_first_edition_stands_as_it_was(reader, first_file)
    a_reader_takes_home_and_verifies(reader, "^Hent som Excel$", comment=CORRECTED)
    a_superseded_file_is_recognised(reader, first_file)
