"""/verificer/: is this file ours, and which edition is it?"""

import hashlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.database import all_rows
from tests.editions import OWN, create_frozen
from tests.tracker.views.pages import Page, signed_in, text_of
from tracker.forms.public import checksum_in
from tracker.upload_handlers import LARGEST_UPLOAD

CHECKSUM = hashlib.sha256(b"noget").hexdigest()


@pytest.fixture
def frozen(db):
    return create_frozen("open")


def ask(client, content: bytes, name: str = "rapport.xlsx"):
    return client.post("/verificer/", {"file": SimpleUploadedFile(name, content)})


@pytest.mark.parametrize("kind", ["html", "xlsx", "json", "csv"])
def test_each_file_is_known_again_and_not_with_one_byte_changed(client, frozen, kind):
    stored = frozen.stored(kind)

    ours, changed = ask(client, stored), ask(client, stored[:-1] + bytes([stored[-1] ^ 1]))

    page = Page(ours)
    assert ours.status_code == changed.status_code == 200
    assert (
        "Ja, filen er vores" in page.text and f"Aftale om budget {frozen.year} på Økonomiudvalgets område" in page.text
    )
    assert "Den er den nyeste, og den er offentlig." in page.text
    assert frozen.path(f"{OWN}/udgave-1/") in page.links
    assert frozen.path(f"{OWN}/udgave-1/rapport.{kind}") in page.links
    assert "Nej, filen er ikke en af vores" in text_of(changed) and frozen.path() not in Page(changed).links


def test_a_file_is_not_stored(client, frozen):
    before = all_rows()

    ask(client, frozen.stored("xlsx"))
    ask(client, b"en fremmed fil")

    assert all_rows() == before


@pytest.mark.parametrize("name", ["content", "chain", "file"])
def test_a_checksum_is_known_again_however_it_is_typed(client, frozen, name):
    edition = frozen.edition()
    checksum = {
        "content": edition.content_sha256, "chain": edition.chain, "file": edition.files.get(kind="xlsx").sha256,
    }[name]  # fmt: skip
    blocks = " ".join(checksum[n : n + 8] for n in range(0, 64, 8))

    for typed in (
        checksum,
        f"  {checksum.upper()}\n",
        blocks,
        f"{checksum}  rapport.xlsx",
        f"SHA256 {checksum.upper()} C:\\r",
    ):
        assert "Ja, kontrolsummen er vores" in text_of(client.post("/verificer/", {"kontrolsum": typed})), typed
    assert "Ja, kontrolsummen er vores" in text_of(client.get("/verificer/", {"kontrolsum": checksum}))


def test_the_report_leads_to_its_own_checksum(client, frozen):
    link = next(each for each in Page(client.get(frozen.path(f"{OWN}/"))).links if "kontrolsum=" in each)

    assert "Ja, kontrolsummen er vores" in text_of(client.get(link))


def test_a_superseded_edition_is_known_as_such(client, frozen):
    frozen.correct()
    frozen.release()
    frozen.open()

    page = Page(ask(client, frozen.stored("html")))

    assert "Nej. Udgaven er erstattet af udgave 2 den 02.05.2031." in page.text
    assert frozen.path(f"{OWN}/udgave-2/forskelle/") in page.links


def test_a_withdrawn_edition_is_known_with_its_reason_and_cannot_be_had(client, frozen):
    stored = frozen.stored("html")
    frozen.withdraw("Et navn stod forkert")

    page = Page(ask(client, stored))

    assert "Nej. Udgaven er trukket tilbage den 02.05.2031. Begrundelse: Et navn stod forkert" in page.text
    assert frozen.path(f"{OWN}/udgave-1/rapport.html") not in page.links


def test_what_is_not_open_yet_is_known_to_its_committee_alone(client, frozen, member):
    frozen.correct()
    frozen.release()
    stored = frozen.stored("xlsx", 2)

    assert "Nej, filen er ikke en af vores" in text_of(ask(client, stored))
    assert "Den er ikke offentlig endnu." in text_of(ask(signed_in(member), stored))


def test_files_that_are_alike_in_two_editions_name_both(client, frozen):
    second = create_frozen("open", agreement=frozen.agreement, approver=frozen.approver)
    file = second.edition().files.get(kind="csv")
    twin = frozen.edition().files.create(kind="pdf", content=file.content, size=file.size, sha256=file.sha256)

    text = text_of(client.get("/verificer/", {"kontrolsum": twin.sha256}))

    assert "Første opfølgning" in text and "Anden og sidste opfølgning" in text


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({}, "Vælg en fil, eller skriv en kontrolsum."),
        ({"kontrolsum": "   "}, "Vælg en fil, eller skriv en kontrolsum."),
        ({"kontrolsum": "12 34"}, "Det er ikke en kontrolsum."),
        ({"kontrolsum": CHECKSUM[:-1] + "g"}, "Det er ikke en kontrolsum."),
        ({"kontrolsum": f"{CHECKSUM} {CHECKSUM[::-1]}"}, "Det er ikke en kontrolsum."),
        ({"kontrolsum": "a" * 2000}, "Det er for langt til at være en kontrolsum."),
        ({"kontrolsum": f"{CHECKSUM}\x00"}, "Null"),
    ],
)
def test_what_cannot_be_a_checksum_is_told_at_the_field(client, db, data, words):
    answer = client.post("/verificer/", data)

    assert answer.status_code == 422 and words in text_of(answer)
    assert Page(answer).fields.get("kontrolsum", "") == data.get("kontrolsum", "")


def test_a_file_and_a_checksum_together_are_refused(client, db):
    answer = client.post("/verificer/", {"file": SimpleUploadedFile("a", b"a"), "kontrolsum": CHECKSUM})

    assert answer.status_code == 422 and "Vælg enten en fil eller en kontrolsum" in text_of(answer)


def test_a_file_that_is_too_large_leads_to_the_checksum(client, db):
    largest, larger = ask(client, b"a" * LARGEST_UPLOAD), ask(client, b"a" * (LARGEST_UPLOAD + 1))

    assert "Nej, filen er ikke en af vores" in text_of(largest)
    assert larger.status_code == 422 and "Regn kontrolsummen ud på din egen computer" in text_of(larger)


def test_an_empty_file_is_a_file(client, db):
    assert "Nej, filen er ikke en af vores" in text_of(ask(client, b""))


def test_asking_takes_a_token(db):
    assert Client(enforce_csrf_checks=True).post("/verificer/", {"kontrolsum": CHECKSUM}).status_code == 403


def test_the_answer_is_not_kept(client, frozen):
    for answer in (client.get("/verificer/"), client.get("/verificer/", {"kontrolsum": CHECKSUM})):
        assert answer.headers["Cache-Control"] == "no-store, private" and "ETag" not in answer.headers


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_other_methods_are_refused(client, db, method):
    assert getattr(client, method)("/verificer/").status_code == 405


@pytest.mark.parametrize("text", ["", "g" * 64, "a" * 63, "a" * 65, "a" * 128])
def test_no_checksum_is_found_where_there_is_none(text):
    assert checksum_in(text) == ""
