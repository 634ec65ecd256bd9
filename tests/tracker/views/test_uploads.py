"""The upload page and its preview: what is shown, what is refused, and what may be pressed."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from budget.models import Agreement, Centre
from tests.conftest import AGREEMENT_FILE
from tests.database import all_rows
from tests.factories import create_assessment
from tests.files import YEAR, bytes_of, changed_document, draft_document, signed_document
from tests.hostile_files import GOOD, HOSTILE
from tests.tracker.views.pages import Page, signed_in, text_of
from tracker.actions.uploads import upload_agreement
from tracker.forms.uploads import clean_name
from tracker.models import AgreementUpload
from tracker.upload_handlers import LARGEST_UPLOAD, BoundedUploadHandler

UPLOAD = "/opsaetning/aftaler/indlaes/"
CHECK = "/opsaetning/aftaler/indlaes/kontrol/"


@pytest.fixture
def client(finance) -> Client:
    return signed_in(finance)


def send(client: Client, content: bytes | dict, name: str = "aftale.toml"):
    data = bytes_of(content) if isinstance(content, dict) else content
    return client.post(UPLOAD, {"file": SimpleUploadedFile(name, data)})


def press(client: Client, act: str, page=None):
    """Presses a button on the preview, which is opened first unless it is given."""
    fields = Page(page or client.get(CHECK)).fields
    return client.post(CHECK, {name: fields[name] for name in ("digest", "base")} | {"act": act})


def buttons(response) -> list[str]:
    return [each["value"] for each in Page(response).attributes("button", name="act")]


def somebody_mends(draft: Agreement) -> None:
    draft.items.filter(key="2.1.3-1").update(text="Det har en anden lige skrevet.")


@pytest.fixture
def draft(client) -> Agreement:
    send(client, draft_document())
    press(client, "apply")
    return Agreement.objects.get(budget_year=YEAR)


# --- The good day ----------------------------------------------------------------------------------------------------
def test_the_page_asks_for_a_toml_file(client):
    page = Page(client.get(UPLOAD))

    assert page.attributes("input", type="file", accept=".toml", name="file")
    assert page.attributes("form", enctype="multipart/form-data")


def test_a_new_agreement_from_file_to_outline(client):
    sent = send(client, signed_document())
    shown = client.get(sent.url)
    applied = press(client, "apply", shown)

    assert (sent.status_code, sent.url) == (302, CHECK)
    text = text_of(shown)
    assert "Der er ingen aftale for 2031 endnu" in text
    assert "Drift 2031 −500.000 kr. −500.000 kr." in text
    assert buttons(shown) == ["apply", "discard"]
    assert (applied.status_code, applied.url) == (302, f"/aftaler/{YEAR}/")
    assert "Aftale om budget 2031 er indlæst fra aftale.toml." in text_of(client.get(applied.url))
    assert client.get(CHECK).status_code == 404


def test_a_draft_is_replaced_after_a_look_at_the_difference(client, draft):
    send(client, changed_document())
    shown = client.get(CHECK)
    applied = press(client, "apply", shown)

    assert "Punkt 1.02 – titel Bygninger Bygninger og veje" in text_of(shown)
    assert "Erstat udkastet med filen" in text_of(shown)
    assert applied.status_code == 302
    assert Agreement.objects.get(budget_year=YEAR).items.filter(title="Bygninger og veje").exists()


def test_a_line_whose_label_and_amount_change_together_shows_both_amounts_and_both_sums(client, draft):
    document = draft_document()
    document["amount_lines"][0]["label"] = "Andre lejemål"
    document["amount_lines"][0]["amounts"][0]["kroner"] = -700_000
    document["control_totals"][0]["kroner"] = -700_000
    send(client, document)

    text = text_of(client.get(CHECK))

    assert "Færre lejemål; 2031: −500.000 kr.; 2032: −750.000 kr. (tomt)" in text
    assert "(tomt) Andre lejemål; 2031: −700.000 kr.; 2032: −750.000 kr." in text
    assert "Drift 2031 −500.000 kr. −700.000 kr. −700.000 kr." in text  # now, in the file, and its control total


def test_the_same_file_again_has_nothing_to_apply(client, loaded_2018):
    send(client, AGREEMENT_FILE.read_bytes())
    shown = client.get(CHECK)
    pressed = press(client, "apply", shown)  # a page from before

    assert "er allerede indlæst og siger det samme som filen" in text_of(shown)
    assert buttons(shown) == ["discard"]
    assert "er allerede indlæst. Intet er ændret." in text_of(client.get(pressed.url))


def test_a_file_is_removed_again(client):
    send(client, signed_document())

    answer = press(client, "discard")

    assert answer.url == UPLOAD
    assert "aftale.toml er fjernet igen. Intet er indlæst." in text_of(client.get(UPLOAD))
    assert not AgreementUpload.objects.exists()


def test_a_file_that_waits_is_told_of(client):
    send(client, signed_document(), "den jeg glemte.toml")

    page = Page(client.get(UPLOAD))

    assert "den jeg glemte.toml" in page.text and CHECK in page.links


def test_looking_writes_nothing(client):
    send(client, signed_document())
    before = all_rows()

    client.get(UPLOAD)
    client.get(CHECK)

    assert all_rows() == before


# --- Bad input -------------------------------------------------------------------------------------------------------
def test_every_problem_is_listed_with_its_place_and_the_file_is_named(client):
    document = signed_document()
    document["items"][0] |= {"centre": "brandvaesen", "ukendt": 1}
    document["control_totals"][0]["kroner"] = 7

    answer = send(client, document, "min aftale.toml")

    text = text_of(answer)
    assert answer.status_code == 422
    assert "min aftale.toml kan ikke indlæses Der er 3 fejl i filen. Intet er ændret." in text
    assert "[[items]] nr. 1 (1.02): feltet 'ukendt' kendes ikke" in text
    assert "centeret 'brandvaesen' findes ikke i organisationen" in text
    assert "kontrolsummen er 7 kr., men linjerne giver -500000 kr." in text
    assert "Den fil, du valgte, var min aftale.toml" in text


@pytest.mark.parametrize("what", ["latin-1", "a web page", "a long key", "a centre nobody knows"])
def test_a_hostile_file_is_422_and_changes_nothing(client, what):
    before = all_rows()

    answer = send(client, HOSTILE[what])

    assert answer.status_code == 422
    assert b"<script>alert" not in answer.content
    assert all_rows() == before


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({}, "Vælg den fil, der skal indlæses."),
        ({"file": "ikke en fil"}, "Vælg den fil, der skal indlæses."),
        ({"file": SimpleUploadedFile("tom.toml", b"")}, "Filen er tom."),
        ({"file": SimpleUploadedFile("stor.toml", b"#" * (LARGEST_UPLOAD + 1))}, "Filen fylder 2,1 MB."),
    ],
    ids=["nothing", "text", "empty", "large"],
)
def test_no_file_is_422_with_a_sentence_at_the_field(client, data, words):
    answer = client.post(UPLOAD, data)

    assert answer.status_code == 422
    assert words in text_of(answer)
    assert not AgreementUpload.objects.exists()


def test_the_largest_file_that_is_let_in(client):
    answer = send(client, GOOD + b"\n#" + b"x" * (LARGEST_UPLOAD - len(GOOD) - 2))

    assert answer.status_code == 302


def test_only_the_first_problems_are_shown(client):
    document = signed_document()
    document["items"][0] |= {f"felt_{n}": 1 for n in range(300)}

    text = text_of(send(client, document))

    assert "Der er 300 fejl i filen." in text and "Her står de første 200." in text
    assert "'felt_199'" in text and "'felt_200'" not in text


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\mig\\aftale.toml", "aftale.toml"),
        ("<b>fed</b>&amp;.toml", "b>&amp;.toml"),
        ("a" * 300 + ".toml", "a" * 200),
        ("lige\x00her\r\nog.toml", "ligeherog.toml"),
        ("\N{RIGHT-TO-LEFT OVERRIDE}lmot.toml", "lmot.toml"),
        ("æ ø å 🌊.toml", "æ ø å 🌊.toml"),
        ("\n", "fil uden navn"),
        (None, "fil uden navn"),
    ],
)
def test_a_file_is_called_by_the_last_part_of_its_name(name, kept):
    assert clean_name(name) == kept


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        (b"..", None),
        (b"/", None),
        (b"", None),
        (b"..\\..\\aftale.toml", "aftale.toml"),
        (b"a" * 300 + b".toml", "a" * 200),
        (b"nul\x00.toml", "nul.toml"),
        (b"\xff\xfe.toml", None),
        (b"ret\xe2\x80\xaevendt.toml", "retvendt.toml"),
    ],
)
def test_a_hostile_name_from_a_hostile_browser(client, name, kept):
    head = b'--skel\r\nContent-Disposition: form-data; name="file"; filename="' + name + b'"\r\n\r\n'

    answer = client.post(UPLOAD, head + GOOD + b"\r\n--skel--\r\n", content_type="multipart/form-data; boundary=skel")

    assert answer.status_code == (302 if kept else 422)
    assert list(AgreementUpload.objects.values_list("file_name", flat=True)) == ([kept] if kept else [])


def test_a_hostile_name_is_text_on_every_page(client):
    name = "<img src=x onerror=alert(1)>.toml"

    refused, sent = send(client, b"ikke toml", name), send(client, signed_document(), name)

    assert sent.status_code == 302
    for page in (refused, client.get(CHECK), client.get(UPLOAD)):
        assert "<img src=x" not in page.content.decode() and name in text_of(page)


@pytest.mark.parametrize("fields", [{}, {"act": "delete"}, {"act": "apply", "base": "x" * 65}, {"act": "\x00"}])
def test_a_button_that_is_not_there_is_422(client, fields):
    send(client, signed_document())
    before = all_rows()

    answer = client.post(CHECK, fields)

    assert answer.status_code == 422
    assert all_rows() == before


def test_of_an_upload_that_is_too_large_no_more_is_kept_than_there_is_room_for():
    handler = BoundedUploadHandler()
    kept = []
    for number in range(2):
        handler.new_file("file", f"{number}.toml", "text/plain", None)
        for start in range(0, 3_000_000, 64_000):
            handler.receive_data_chunk(b"x" * 64_000, start)
        kept.append(handler.file_complete(3_000_000))

    assert [len(file.read()) for file in kept] == [LARGEST_UPLOAD, 0]
    assert [file.size for file in kept] == [3_000_000, 3_000_000]


# --- May not, and not now --------------------------------------------------------------------------------------------
def test_a_signed_agreement_shows_the_difference_and_no_button(client):
    send(client, signed_document())
    press(client, "apply")
    send(client, changed_document())
    before = all_rows()

    shown = client.get(CHECK)
    answer = press(client, "apply", shown)

    assert buttons(shown) == ["discard"]
    assert "Aftalen er indgået. Det, der er aftalt, kan ikke ændres med en fil." in text_of(shown)
    assert "Punkt 1.02 – titel" in text_of(shown)
    assert answer.status_code == 409
    assert all_rows() == before


def test_a_draft_in_use_says_why_and_has_no_button(client, draft):
    draft.rounds.filter(number=1).update(state="open")
    create_assessment(draft.items.get(key="1.02"), draft.rounds.get(number=1), state="draft", comment="Kladdens ord")
    send(client, changed_document())
    before = all_rows()

    shown = client.get(CHECK)
    answer = press(client, "apply", shown)

    assert buttons(shown) == ["discard"]
    assert "Der er allerede indberettet på aftalen (1 vurdering)." in text_of(shown)
    assert "1. budgetopfølgning er åben." in text_of(shown)
    assert "Kladdens ord" not in shown.content.decode()
    assert answer.status_code == 409
    assert all_rows() == before


def test_a_preview_from_before_is_409_and_offers_another_look(client, draft):
    send(client, changed_document())
    shown = client.get(CHECK)
    somebody_mends(draft)
    before = all_rows()

    refused = press(client, "apply", shown)
    after = all_rows()
    looked = press(client, "refresh", refused)
    applied = press(client, "apply", client.get(looked.url))

    assert refused.status_code == 409
    assert "Se forskellen igen, og indlæs filen" in text_of(refused)
    assert "Det har en anden lige skrevet." in text_of(refused)
    assert buttons(refused) == ["refresh", "discard"]
    assert after == before
    assert (looked.status_code, applied.status_code) == (302, 302)


def test_opening_a_preview_from_before_offers_another_look(client, draft):
    send(client, changed_document())
    somebody_mends(draft)

    shown = client.get(CHECK)

    assert shown.status_code == 200
    assert "Aftalen er ændret, siden filen blev kontrolleret" in text_of(shown)
    assert buttons(shown) == ["refresh", "discard"]


def test_what_the_organisation_no_longer_has_is_listed(client):
    document = signed_document()
    document["items"][0]["centre"] = "ejendomme"
    send(client, document)
    shown = client.get(CHECK)
    Centre.objects.filter(slug="ejendomme").update(slug="bygninger")

    answers = [client.get(CHECK), press(client, "apply", shown)]

    assert [answer.status_code for answer in answers] == [422, 422]
    assert "centeret 'ejendomme' findes ikke i organisationen" in text_of(answers[0])
    assert buttons(answers[0]) == ["discard"]


def test_nobody_reaches_the_upload_of_another(client, approver):
    upload_agreement(name="den andens.toml", content=GOOD, by=approver)

    answers = [client.get(CHECK), client.post(CHECK, {"act": "discard"}), client.post(CHECK, {"act": "apply"})]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert "den andens" not in text_of(client.get(UPLOAD))
    assert AgreementUpload.objects.get().uploaded_by == approver


def test_only_finance_and_approver_upload(finance, approver, editor, member, administrator):
    answers = [signed_in(user).get(UPLOAD).status_code for user in (finance, approver, editor, member, administrator)]
    posts = [send(signed_in(user), GOOD).status_code for user in (editor, member, administrator)]

    assert (answers, posts) == ([200, 200, 403, 403, 404], [403, 403, 404])
    assert not AgreementUpload.objects.exists()


def test_a_stranger_is_sent_to_the_sign_in(db):
    answer = send(Client(), GOOD)

    assert answer.status_code == 302 and answer.url.startswith("/log-ind/")
    assert not AgreementUpload.objects.exists()
