"""The public side: what its pages say, what is served from storage, and what caches may keep."""

import base64
import csv
import hashlib
import io
import re
from unittest import mock
from xml.etree import ElementTree

import pytest
from django.test import Client

from budget.models import ItemLink
from tests.editions import OTHER, OWN, create_frozen
from tests.factories import create_agreement, create_item
from tests.tracker.views.pages import Page, signed_in, text_of
from tracker.actions.publications import withdraw_editions
from tracker.reports.public_news import feed_entries

pytestmark = pytest.mark.slow

ATOM = "{http://www.w3.org/2005/Atom}"


def feed_of(answer) -> ElementTree.Element:
    return ElementTree.fromstring(answer.content)  # noqa: S314 - our own


@pytest.fixture
def frozen(db):
    return create_frozen()


@pytest.fixture
def opened(frozen):
    return frozen.bring_to("open")


@pytest.fixture
def corrected(frozen):
    return frozen.bring_to("superseded after open")


# --- The front -------------------------------------------------------------------------------------------------------
def test_before_anything_is_published_the_front_says_so_kindly(client, db):
    page = Page(client.get("/offentlig/"))

    assert "Der er ikke offentliggjort noget endnu" in page.text
    assert "/log-ind/" in page.links and "/tilgaengelighed/" in page.links and "/verificer/" in page.links


def test_the_front_lists_what_is_open_with_its_dates(client, opened):
    page = Page(client.get("/offentlig/"))

    assert f"Første opfølgning på Aftale om budget {opened.year} for Ballerup Kommune" in page.text
    assert "Opgjort pr. 31.03.2031. Offentliggjort den 02.05.2031." in page.text and "rettet" not in page.text
    assert {opened.path(), opened.path("samlet/"), opened.path(f"{OWN}/"), opened.path(f"{OTHER}/")} <= {*page.links}


def test_the_front_says_when_something_was_corrected_or_withdrawn(client, corrected):
    assert "Senest rettet den 02.05.2031." in text_of(client.get("/offentlig/"))

    corrected.withdraw(scopes={OTHER})

    assert "Skoleudvalget (trukket tilbage)" in text_of(client.get("/offentlig/"))


def test_the_front_is_the_publics_own_for_everybody(frozen, finance):
    frozen.bring_to("released")

    assert "Der er ikke offentliggjort noget endnu" in text_of(signed_in(finance).get("/offentlig/"))


def test_signed_in_people_find_the_public_side_in_the_menu(editor):
    assert "/offentlig/" in Page(signed_in(editor).get("/")).links


# --- A round and its items -------------------------------------------------------------------------------------------
def test_a_round_counts_each_level_in_words_for_each_committee(client, opened):
    page = Page(client.get(opened.path()))

    assert "Indsats: antal punkter" in page.text and "%" not in page.text
    assert "Udvalg glad mellemfornøjet sur ikke relevant ikke vurderet ikke indberettet I alt" in page.text
    assert "Hele kommunen 1 1 0 0 0 0 2" in page.text and "Økonomiudvalget 0 1 0 0 0 0 1" in page.text
    assert "Skoleudvalget 0 1 0 0 0 1" in page.text  # the economy has no level between
    assert "3.10 Punkt 3.10" in page.text and f"/offentlig/{opened.year}/punkter/3.10/" in page.links  # the sad one
    assert {opened.path(f"samlet/udgave-1/rapport.{kind}") for kind in ("html", "xlsx", "json", "csv")} <= {*page.links}


def test_a_correction_leads_to_what_it_corrects(client, corrected):
    page = Page(client.get(corrected.path()))

    assert (
        corrected.path("samlet/udgave-2/forskelle/") in page.links and corrected.path("samlet/udgave-1/") in page.links
    )
    assert corrected.path(f"{OTHER}/udgave-2/forskelle/") not in page.links


def test_the_items_are_narrowed_by_each_filter(client, opened):
    def keys(query: str) -> list[str]:
        links = Page(client.get(opened.path(f"punkter/?{query}"))).links
        found = (re.fullmatch(rf"/offentlig/{opened.year}/punkter/([^/]+)/", each) for each in links)
        return [each[1] for each in found if each]

    found = {
        query: keys(query)
        for query in (
            "", "words=KANARIE", "words=2.02+punkt", "committee=Skoleudvalget", "centre=Ejendomme", "section=3",
            "level=effort-neutral", "level=economy-not_kept", "level=economy-not_reported", "words=findes-ikke",
        )
    }  # fmt: skip

    assert [len(each) for each in found.values()] == [2, 1, 1, 1, 1, 1, 1, 1, 0, 0]
    assert found["words=KANARIE"] == found["centre=Ejendomme"] == found["level=effort-neutral"] == ["2.02.1"]
    assert found["committee=Skoleudvalget"] == found["section=3"] == found["level=economy-not_kept"] == ["3.10"]


def test_an_empty_list_and_a_wrong_filter_are_told(client, opened):
    nothing, wrong = client.get(opened.path("punkter/?words=findes-ikke")), client.get(opened.path("punkter/?level=x"))

    assert "0 af 2 punkter" in text_of(nothing) and "Ingen punkter passer" in text_of(nothing)
    assert wrong.status_code == 422 and "Filteret har ikke denne mulighed" in text_of(wrong)
    assert client.get(opened.path("punkter.csv?level=x")).status_code == 422


def test_the_list_can_be_had_as_csv_as_far_as_the_filter_leaves_it(client, opened):
    page = Page(client.get(opened.path("punkter/?level=effort-neutral&words=")))
    link = next(each for each in page.links if "punkter.csv" in each)

    answer = client.get(link)

    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert "level=effort-neutral" in link and answer.headers["Content-Disposition"].endswith('-1-punkter.csv"')
    assert [row[3] for row in rows] == ["punkt", "2.02.1"]
    assert rows[1][-3:] == ["mellemfornøjet", "glad", opened.canary()]


def test_the_whole_list_as_csv_has_the_lines_of_the_editions_own(client, opened):
    assert client.get(opened.path("punkter.csv")).content == opened.stored("csv", scope="samlet")


def test_no_cell_of_the_csv_is_taken_for_a_formula(client, frozen):
    frozen.canary = lambda number: "=HYPERLINK(1)"
    frozen.bring_to("open")

    assert b";'=HYPERLINK(1)" in client.get(frozen.path("punkter.csv")).content


def test_without_the_report_for_all_the_committees_reports_are_read(client, opened):
    opened.withdraw(scopes={"samlet"})

    page = Page(client.get(opened.path()))

    assert "Trukket tilbage" in page.text and "Udvalg for udvalg" in page.text and "Hele kommunen 1" not in page.text
    assert "2 af 2 punkter" in text_of(client.get(opened.path("punkter/")))


def test_a_round_of_which_nothing_stands_says_so(client, opened):
    opened.withdraw()

    page = Page(client.get(opened.path()))

    assert "Alt, hvad der var udgivet her, er trukket tilbage." in page.text and "Sådan fordeler" not in page.text
    assert opened.path("samlet/udgave-1/") in page.links
    assert client.get(opened.path("punkter/")).status_code == 404


# --- One item --------------------------------------------------------------------------------------------------------
def test_an_item_is_told_through_the_rounds(client, opened):
    second = create_frozen("open", agreement=opened.agreement, approver=opened.approver)

    page = Page(client.get(f"/offentlig/{opened.year}/punkter/2.02.1/"))

    assert page.text.index("1. opfølgning Opgjort pr. 31.03.2031, offentliggjort den 02.05.2031.") < page.text.index(
        "2. opfølgning Opgjort pr."
    )
    assert opened.canary() in page.text and second.canary() in page.text and "Tagrenderne er renset." in page.text
    assert f"{opened.path('samlet/udgave-1/')}#punkt-2.02.1" in page.links
    assert f"{second.path('samlet/udgave-1/')}#punkt-2.02.1" in page.links


def test_an_item_says_what_a_correction_changed_and_where_it_stood_before(client, corrected):
    page = Page(client.get(f"/offentlig/{corrected.year}/punkter/2.02.1/"))

    assert "Rettet i udgave 2 1. opfølgning: bemærkning: fra" in page.text
    assert f"fra »{corrected.canary(1)}« til »{corrected.canary(2)}«" in page.text
    assert f"{corrected.path('samlet/udgave-1/')}#punkt-2.02.1" in page.links


@pytest.mark.parametrize("key", ["2.02.99", "3.10-1"])
def test_an_item_that_no_edition_holds_is_not_found(client, opened, key):
    assert client.get(f"/offentlig/{opened.year}/punkter/{key}/").status_code == 404


def test_links_lead_to_other_agreements_only_as_far_as_those_are_public(client, opened):
    later = create_frozen("open", agreement=create_agreement())
    quiet, draft = create_agreement(), create_agreement(signed_on=None, title="Udkast KANARIEAFTALE")
    for agreement in (quiet, draft):
        item = create_item(agreement, "9.01")
        ItemLink.objects.create(
            item=item, kind="continues", target=opened.item, target_year=opened.year, target_code="2.02.1"
        )
    ItemLink.objects.create(
        item=later.item, kind="continues", target=opened.item, target_year=opened.year, target_code="2.02.1"
    )
    ItemLink.objects.create(item=opened.item, kind="postponed_from", target_year=2030, target_code="4.1")

    page = Page(client.get(f"/offentlig/{opened.year}/punkter/2.02.1/"))

    assert f"/offentlig/{later.year}/punkter/2.02.1/" in page.links
    assert (
        f"9.01 i {quiet.title} fortsætter dette punkt" in page.text
        and f"/offentlig/{quiet.budget_year}/punkter/9.01/" not in page.links
    )
    assert "Udskudt fra 4.1 i Aftale om budget 2030" in page.text and "KANARIEAFTALE" not in page.text


# --- Served from storage ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize("scope", [OWN, "samlet"])
def test_the_newest_open_edition_is_served_byte_for_byte(client, opened, scope):
    stored = opened.stored("html", scope=scope)

    assert client.get(opened.path(f"{scope}/")).content == stored
    assert client.get(opened.path(f"{scope}/udgave-1/")).content == stored


@pytest.mark.parametrize(
    ("kind", "content_type"),
    [
        ("html", "text/html; charset=utf-8"),
        ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("json", "application/json"),
        ("csv", "text/csv; charset=utf-8"),
    ],
)
def test_files_are_served_as_stored_with_name_and_checksum(client, opened, kind, content_type):
    stored = opened.stored(kind)
    checksum = hashlib.sha256(stored)

    answer = client.get(opened.path(f"{OWN}/udgave-1/rapport.{kind}"))

    assert answer.content == stored and answer.headers["Content-Type"] == content_type
    name = f"opfoelgning-{opened.year}-1-oekonomiudvalget-udgave-1.{kind}"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert answer.headers["X-Checksum-SHA256"] == checksum.hexdigest()
    assert answer.headers["Repr-Digest"] == f"sha-256=:{base64.b64encode(checksum.digest()).decode()}:"
    assert answer.headers["ETag"] == f'"{checksum.hexdigest()}"'


def test_nothing_is_rendered_again(client, opened):
    stored = opened.stored("html")
    opened.item.title = "Et nyt navn"
    opened.item.save()

    with mock.patch("tracker.exports.report_html.report_html", side_effect=AssertionError("rendered")):
        assert client.get(opened.path(f"{OWN}/udgave-1/")).content == stored


@pytest.mark.parametrize("kind", ["pdf", "exe", "HTML"])
def test_a_file_that_was_not_stored_is_not_found(client, opened, kind):
    assert client.get(opened.path(f"{OWN}/udgave-1/rapport.{kind}")).status_code == 404


def test_the_stored_page_may_use_its_own_style_and_nothing_else(client, opened):
    answer = client.get(opened.path(f"{OWN}/"))

    policy = dict(part.strip().split(" ", 1) for part in answer.headers["Content-Security-Policy"].split(";"))
    style = re.search(rb"<style>(.*?)</style>", answer.content, re.DOTALL)[1]
    assert policy["style-src"] == f"'sha256-{base64.b64encode(hashlib.sha256(style).digest()).decode()}'"
    assert policy["script-src"] == policy["default-src"] == policy["form-action"] == "'none'"
    assert "unsafe" not in str(policy) and policy["frame-ancestors"] == "'none'"


def test_a_superseded_edition_is_the_same_bytes_with_a_notice(client, corrected):
    stored = corrected.stored("html")

    answer = client.get(corrected.path(f"{OWN}/udgave-1/"))

    start = stored.index(b"<body>") + len(b"<body>")
    added = len(answer.content) - len(stored)
    assert answer.content[:start] + answer.content[start + added :] == stored
    notice = Page(answer.content[start : start + added].decode())
    assert "Denne udgave er erstattet af udgave 2 den 02.05.2031. Rettet fordi: Trykfejl i bemærkningen" in notice.text
    assert notice.links == [corrected.path(f"{OWN}/udgave-2/"), corrected.path(f"{OWN}/udgave-2/forskelle/")]
    assert client.get(corrected.path(f"{OWN}/udgave-1/rapport.html")).content == stored
    assert client.get(corrected.path(f"{OWN}/")).content == corrected.stored("html", 2)


def test_a_released_edition_is_called_secret_to_its_committee(frozen, member):
    frozen.bring_to("released")
    client = signed_in(member)

    assert "Fortroligt indtil offentliggørelse" in text_of(client.get(frozen.path(f"{OWN}/")))
    assert client.get(frozen.path(f"{OWN}/udgave-1/rapport.xlsx")).content == frozen.stored("xlsx")
    assert "Frigivet til dit udvalg" in text_of(client.get("/"))
    assert frozen.path(f"{OWN}/udgave-1/") in Page(client.get("/")).links
    frozen.open()
    assert "Fortroligt" not in text_of(client.get(frozen.path(f"{OWN}/")))
    assert "Frigivet til dit udvalg" not in text_of(client.get("/"))


def test_a_committee_reads_the_correction_before_the_public_does(client, opened, member):
    opened.correct()
    opened.release()

    mine, theirs = signed_in(member).get(opened.path(f"{OWN}/")), client.get(opened.path(f"{OWN}/"))

    assert opened.canary(2) in text_of(mine) and opened.canary(2) not in text_of(theirs)
    assert "Cookie" in theirs.headers["Vary"]  # a shared copy is not for everybody
    assert "no-store" in mine.headers["Cache-Control"]


def test_a_withdrawn_edition_leaves_a_notice_with_the_reason(client, opened, finance):
    opened.withdraw("Et personnavn stod i bemærkningen")

    for path in (opened.path(f"{OWN}/"), opened.path(f"{OWN}/udgave-1/"), opened.path(f"{OWN}/udgave-1/rapport.xlsx")):
        answer = client.get(path)
        assert answer.status_code == 410 and "Et personnavn stod i bemærkningen" in text_of(answer)
        assert opened.canary() not in answer.content.decode()
    read = text_of(signed_in(finance).get(opened.path(f"{OWN}/udgave-1/")))
    assert "Udgaven er trukket tilbage" in read and opened.canary() in read


def test_where_a_correction_is_withdrawn_the_one_before_can_be_read_and_says_so(client, corrected):
    corrected.withdraw("Et navn stod forkert", scopes={OWN})

    notice = client.get(corrected.path(f"{OWN}/"))
    assert notice.status_code == 410 and "Du kan læse udgave 1 i stedet. Den er ældre" in text_of(notice)
    page = Page(client.get(corrected.path(f"{OWN}/udgave-1/")))

    assert "erstattet af udgave 2" in page.text and "som siden er trukket tilbage" in page.text
    assert corrected.canary(1) in page.text and corrected.canary(2) not in page.text
    assert client.get(corrected.path(f"{OWN}/udgave-2/forskelle/")).status_code == 410
    assert corrected.canary(2) not in text_of(client.get(corrected.path(f"{OWN}/udgave-2/forskelle/")))
    assert "rukket tilbage" in text_of(client.get(corrected.path()))


# --- What a correction changed ---------------------------------------------------------------------------------------
def test_a_correction_gives_its_reason_and_every_difference(client, corrected):
    text = text_of(client.get(corrected.path(f"{OWN}/udgave-2/forskelle/")))

    assert "Trykfejl i bemærkningen" in text and "1 forskel" in text
    assert f"2.02.1, 1. opfølgning: bemærkning {corrected.canary(1)} {corrected.canary(2)}" in text


def test_a_first_edition_has_no_differences(client, opened):
    assert client.get(opened.path(f"{OWN}/udgave-1/forskelle/")).status_code == 404


def test_an_edition_that_was_never_opened_gives_nothing_away_through_the_next_one(client, opened, finance):
    opened.correct()
    opened.correct("Endnu en trykfejl")
    opened.release()
    opened.open()
    address = opened.path(f"{OWN}/udgave-3/forskelle/")

    public, inside = text_of(client.get(address)), text_of(signed_in(finance).get(address))

    assert opened.canary(1) in public and opened.canary(3) in public and opened.canary(2) not in public
    assert opened.canary(2) in inside  # the list as it was frozen compares with the edition before
    assert opened.canary(2) not in text_of(client.get(f"/offentlig/{opened.year}/punkter/2.02.1/"))


def test_the_first_edition_that_is_opened_compares_with_nothing(client, frozen):
    frozen.bring_to("superseded before open")

    text = text_of(client.get(frozen.path(f"{OWN}/udgave-2/forskelle/")))

    assert "ingen tidligere udgave, du kan læse" in text and frozen.canary(1) not in text


def test_what_is_withdrawn_is_not_told_by_the_edition_after_it(client, opened):
    opened.withdraw()
    opened.correct("Navnet er fjernet")
    opened.release()
    opened.open()

    for path in (opened.path(f"{OWN}/udgave-2/forskelle/"), f"/offentlig/{opened.year}/punkter/2.02.1/"):
        assert opened.canary(1) not in text_of(client.get(path))
    assert client.get(opened.path(f"{OWN}/")).content == opened.stored("html", 2)


# --- Caches ----------------------------------------------------------------------------------------------------------
def _public_paths(opened) -> list[str]:
    return [
        "/offentlig/", "/offentlig/feed/", "/tilgaengelighed/", opened.path(), opened.path("punkter/"),
        opened.path("punkter.csv"), f"/offentlig/{opened.year}/punkter/2.02.1/", opened.path(f"{OWN}/"),
        opened.path(f"{OWN}/udgave-1/"), opened.path(f"{OWN}/udgave-1/rapport.json"),
    ]  # fmt: skip


def test_public_answers_may_be_kept_for_a_minute_and_asked_for_by_their_tag(client, opened):
    for path in _public_paths(opened):
        answer = client.get(path)
        seconds = 300 if "rapport" in path else 60
        assert answer.headers["Cache-Control"] == f"public, max-age={seconds}", path
        again = client.get(path, headers={"If-None-Match": answer.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b""), path
        for name in ("ETag", "Content-Security-Policy"):  # a browser keeps the page and takes these headers for its own
            assert again.headers[name] == answer.headers[name], path
        assert client.get(path, headers={"If-None-Match": '"andet"'}).status_code == 200
        head = client.head(path)
        assert (head.status_code, head.content, head.headers["ETag"]) == (200, b"", answer.headers["ETag"]), path


def test_signed_in_readers_keep_nothing(opened, editor):
    client = signed_in(editor)

    for path in [*_public_paths(opened), "/verificer/"]:
        assert client.get(path).headers["Cache-Control"] == "no-store, private", path


def test_frozen_bytes_are_the_same_for_everybody_and_ask_for_no_session(client, opened, settings):
    settings.SECOND_FACTOR = True
    paths = [opened.path(f"{OWN}/udgave-1/"), opened.path(f"{OWN}/udgave-1/rapport.xlsx"), opened.path(f"{OWN}/")]

    with mock.patch("django.contrib.sessions.backends.base.SessionBase._get_session", side_effect=AssertionError):
        answers = [client.get(path) for path in paths]

    assert ["Cookie" in each.headers["Vary"] for each in answers] == [False, False, True]
    assert not any(each.cookies for each in answers)


def test_public_pages_set_no_cookie(client, opened):
    assert not any(client.get(path).cookies for path in _public_paths(opened))


def test_a_page_with_a_message_for_one_reader_is_not_kept_for_all(client, opened):
    client.cookies["messages"] = "noget"

    assert client.get("/offentlig/").headers["Cache-Control"] == "no-store, private"


def test_wrong_addresses_and_refusals_are_not_kept(client, opened):
    for path in ("/offentlig/1999/1/", opened.path("findes-ikke/"), opened.path("punkter/?level=x")):
        answer = client.get(path)
        assert answer.headers["Cache-Control"] == "no-store, private" and "ETag" not in answer.headers


def test_opening_and_withdrawing_are_seen_at_the_next_request(client, frozen):
    frozen.bring_to("released")
    path = frozen.path(f"{OWN}/udgave-1/")
    before = client.get(path).status_code
    frozen.open()
    between = client.get(path).status_code
    frozen.withdraw()

    assert (before, between, client.get(path).status_code) == (404, 200, 410)


def test_frozen_pages_and_drawn_ones_ask_the_database_little(client, opened, django_assert_max_num_queries):
    for path in _public_paths(opened):
        client.get(path)
        with django_assert_max_num_queries(2 if "udgave" in path or path.endswith(f"{OWN}/") else 12):
            client.get(path)


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_the_public_side_takes_no_changes(client, opened, method):
    for path in _public_paths(opened):
        assert getattr(client, method)(path).status_code == 405


# --- The feed --------------------------------------------------------------------------------------------------------
def test_the_feed_tells_of_openings_corrections_and_withdrawals_newest_first(client, corrected):
    corrected.withdraw("Et navn stod forkert", scopes={OTHER})

    answer = client.get("/offentlig/feed/")

    root = feed_of(answer)
    entries = root.findall(f"{ATOM}entry")
    assert answer.headers["Content-Type"] == "application/atom+xml; charset=utf-8" and root.tag == f"{ATOM}feed"
    words = [each.find(f"{ATOM}title").text.split(":")[0] for each in entries]
    assert words == ["Trukket tilbage", "Rettet", "Rettet", "Offentliggjort", "Offentliggjort", "Offentliggjort"]
    dates = [each.find(f"{ATOM}updated").text for each in entries]
    assert dates == sorted(dates, reverse=True) and root.find(f"{ATOM}updated").text == dates[0]
    links = [each.find(f"{ATOM}link").get("href") for each in entries]
    assert all(each.startswith(f"http://testserver/offentlig/{corrected.year}/1/") for each in links)
    assert "Et navn stod forkert" in entries[0].find(f"{ATOM}summary").text
    ids = [each.find(f"{ATOM}id").text for each in [root, *entries]]
    assert len({*ids}) == len(ids) and all(re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", each) for each in ids)


def test_the_feeds_ids_are_the_same_under_another_name_of_the_site(opened, settings):
    settings.ALLOWED_HOSTS = ["*"]
    feeds = [Client().get("/offentlig/feed/", headers={"Host": host}) for host in ("a.example", "b.example")]

    first, second = ([each.text for each in feed_of(feed).iter(f"{ATOM}id")] for feed in feeds)
    assert first == second and feeds[0].content != feeds[1].content


def test_an_empty_feed_is_valid_and_stays_the_same(client, db):
    first, second = client.get("/offentlig/feed/"), client.get("/offentlig/feed/")

    root = feed_of(first)
    assert first.content == second.content and root.find(f"{ATOM}updated") is not None
    assert root.find(f"{ATOM}author/{ATOM}name").text == "Ballerup Kommune"


def test_the_feed_holds_fifty_entries_at_most_and_survives_odd_characters(client, opened):
    for n in range(18):
        opened.correct(f"Rettelse {n}\x0b")
        opened.release()
        opened.open()

    root = feed_of(client.get("/offentlig/feed/"))

    entries = root.findall(f"{ATOM}entry")
    assert len(entries) == 39 and "Rettelse 17" in entries[0].find(f"{ATOM}summary").text
    with mock.patch("tracker.views.public.feed_entries", lambda: feed_entries(limit=5)):
        assert len(feed_of(client.get("/offentlig/feed/")).findall(f"{ATOM}entry")) == 5


# --- The accessibility statement -------------------------------------------------------------------------------------
def test_the_accessibility_statement_says_what_does_not_work_and_where_to_complain(client, db, settings):
    plain = text_of(client.get("/tilgaengelighed/"))
    settings.ACCESSIBILITY_CONTACT = "tilgaengelighed@example.dk"
    settings.ACCESSIBILITY_STATEMENT = "https://was.example.dk/1"
    page = Page(client.get("/tilgaengelighed/"))

    assert (
        "Det ved vi ikke virker godt nok" in plain
        and "Digitaliseringsstyrelsen" in plain
        and "Henvend dig til" in plain
    )
    assert "tilgaengelighed@example.dk" in page.text and "https://was.example.dk/1" in page.links


def test_what_was_superseded_does_not_stand_again_when_its_successor_is_withdrawn(corrected, approver):
    scopes = {"samlet", OWN, OTHER}
    withdraw_editions(follow_up_round=corrected.round, scopes=scopes, by=approver, reason="Også forkert")
    year = corrected.round.agreement.budget_year

    newest = Client().get(f"/offentlig/{year}/1/samlet/")

    assert newest.status_code == 410 and "Også forkert" in newest.content.decode()
    assert Client().get(f"/offentlig/{year}/1/samlet/udgave-1/").status_code == 200
