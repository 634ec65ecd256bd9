"""Opsætning: the register of the organisation."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from budget.models import Centre, Committee, Party, Signatory
from tests.database import all_rows
from tests.factories import create_agreement, create_centre, create_committee, create_item, create_party, create_user
from tests.tracker.views.pages import Page, signed_in, text_of
from tracker.models import Event
from tracker.statuses import Role

REGISTER = "/opsaetning/organisation/"
NEW = {kind: f"{REGISTER}{kind}/ny/" for kind in ("udvalg", "centre", "partier")}


def edit(body):
    kind = {Committee: "udvalg", Centre: "centre", Party: "partier"}[type(body)]
    return f"{REGISTER}{kind}/{body.pk}/"


def form_of(client, body) -> dict:
    """What the browser would send back unchanged."""
    response = client.get(edit(body))
    fields = {name: value for name, value in Page(response).fields.items() if name != "csrfmiddlewaretoken"}
    if "successors" in response.context["form"].fields:
        fields["successors"] = [each.pk for each in body.successors.all()]
    return fields


@pytest.fixture
def used(db):
    """A committee that an item names."""
    committee = create_committee("Vejudvalget", valid_from=date(2030, 1, 1))
    create_item(committees=[committee])
    return committee


# --- The register ----------------------------------------------------------------------------------------------------
def test_the_register_shows_the_real_organisation(loaded_2018, finance):
    page = Page(signed_in(finance).get(REGISTER))

    for words in (
        "Social- og Sundhedsudvalget (SSU) 01.01.2018 31.12.2021 Socialudvalget (01.01.2022–) "
        "Sundheds- og Ældreudvalget (01.01.2022–)",
        "Økonomiudvalget (ØU) 01.01.2018 gælder stadig ingen",
        "Politisk Sekretariat ikke angivet gælder stadig ingen",
        "Socialdemokratiet A",
    ):
        assert words in page.text
    assert {edit(create_committee()), edit(create_centre()), *NEW.values()} <= set(page.links)


def test_the_register_tells_what_is_in_use(used, finance):
    create_user(Role.MEMBER, committees=[used])
    create_committee("Ubrugtudvalget")
    Signatory.objects.create(agreement=create_agreement(), party=create_party("Lokallisten", "L"), position=1)

    text = text_of(signed_in(finance).get(REGISTER))

    assert "Vejudvalget 01.01.2030 gælder stadig ingen 1 punkt, 1 konto" in text
    assert "Ubrugtudvalget ikke angivet gælder stadig ingen nej" in text
    assert "Lokallisten L 1 aftale" in text


def test_the_register_is_in_danish_order_whatever_the_database_sorts_by(empty_database, finance):
    for name in ("Åben", "Ærø", "Zoo", "Ørsted", "Arne"):
        create_centre(name)

    text = text_of(signed_in(finance).get(REGISTER))

    assert sorted(("Åben", "Ærø", "Zoo", "Ørsted", "Arne"), key=text.index) == ["Arne", "Zoo", "Ærø", "Ørsted", "Åben"]


def test_an_empty_register_says_so_and_leads_on(empty_database, finance):
    page = Page(signed_in(finance).get(REGISTER))

    for words in ("Der er ingen udvalg endnu.", "Der er ingen centre endnu.", "Der er ingen partier endnu."):
        assert words in page.text
    assert set(NEW.values()) <= set(page.links)
    assert not page.attributes("table")


def test_the_register_asks_as_much_for_many_as_for_few(loaded_2018, finance):
    client = signed_in(finance)
    counts = []
    for size in (0, 25):
        for n in range(size):
            committee, centre, party = (
                create_committee(f"Udvalg {n}"),
                create_centre(f"Center {n}"),
                create_party(f"Parti {n}"),
            )
            committee.successors.set([create_committee()])
            create_item(code=f"2.{n + 1}", committees=[committee], centre=centre, agreement=create_agreement())
            Signatory.objects.create(agreement=loaded_2018, party=party, position=n + 100)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(REGISTER)
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 15


# --- Creating --------------------------------------------------------------------------------------------------------
def test_finance_creates_a_committee(finance):
    follower = create_committee("Klimaudvalget")
    client = signed_in(finance)

    answer = client.post(
        NEW["udvalg"],
        {
            "name": " Vejudvalget ",
            "short_name": "VU",
            "valid_from": "1.1.2030",
            "valid_to": "31.12.2033",
            "successors": [follower.pk],
        },
    )

    assert (answer.status_code, answer.url) == (302, REGISTER)
    made = Committee.objects.get(slug="vejudvalget")
    assert (made.name, made.short_name) == ("Vejudvalget", "VU")
    assert (made.valid_from, made.valid_to) == (date(2030, 1, 1), date(2033, 12, 31))
    assert list(made.successors.all()) == [follower]
    assert "Vejudvalget er oprettet." in text_of(client.get(REGISTER))
    assert Event.objects.filter(act="organisation_changed", subject="udvalg Vejudvalget", user_id=finance.pk).exists()


def test_the_first_centre_has_no_successor_to_choose(empty_database, finance):
    client = signed_in(finance)

    assert "Efterfølgere" not in text_of(client.get(NEW["centre"]))
    assert client.post(NEW["centre"], {"name": "Beredskab"}).status_code == 302
    assert Centre.objects.get().slug == "beredskab"


def test_finance_creates_a_party(finance):
    answer = signed_in(finance).post(NEW["partier"], {"name": "Lokallisten", "letter": "Æ"})

    assert answer.status_code == 302
    assert str(Party.objects.get(name="Lokallisten")) == "Lokallisten (Æ)"


@pytest.mark.parametrize(
    ("kind", "fields", "label", "words"),
    [
        ("udvalg", {"name": ""}, "Udvalgets navn", "skal udfyldes"),
        ("udvalg", {"name": " \t "}, "Udvalgets navn", "skal udfyldes"),
        ("udvalg", {"name": "x" * 121}, "Udvalgets navn", "120"),
        ("udvalg", {"name": "Nul\x00"}, "Udvalgets navn", "tilladt"),
        ("udvalg", {"name": "???"}, "Udvalgets navn", "mindst ét bogstav"),
        ("udvalg", {"name": "ØKONOMIUDVALGET"}, "Udvalgets navn", "et udvalg med det navn i perioden"),
        ("udvalg", {"short_name": "x" * 11}, "Forkortelse", "10"),
        ("udvalg", {"valid_from": "i går"}, "Gælder fra", "Skriv datoen som dag, måned og år"),
        ("udvalg", {"valid_from": "31.02.2030"}, "Gælder fra", "Skriv datoen som dag, måned og år"),
        ("udvalg", {"valid_to": "31.12.0021"}, "Gælder til", "fire cifre"),
        ("udvalg", {"valid_from": "02.01.2030", "valid_to": "01.01.2030"}, "Gælder til", "ligger før startdatoen"),
        ("udvalg", {"successors": ["999999"]}, "Efterfølgere", "999999"),
        ("udvalg", {"successors": ["x"]}, "Efterfølgere", "x"),
        ("centre", {"name": "Ejendomme"}, "Centerets navn", "et center med det navn i perioden"),
        ("partier", {"letter": "ABC"}, "Bogstav", "højst have 2 tegn"),
        ("partier", {"name": "Venstre"}, "Partiets navn", "Der er allerede et parti med det navn."),
        ("partier", {"name": "vENSTRE"}, "Partiets navn", "Der er allerede et parti med det navn."),
    ],
)
def test_bad_input_is_told_at_its_field_and_nothing_is_lost(loaded_2018, finance, kind, fields, label, words):
    typed = {"name": "Noget nyt"} | fields
    client = signed_in(finance)
    before = all_rows()

    answer = client.post(NEW[kind], typed)

    assert answer.status_code == 422
    page = Page(answer)
    problem = page.text.split("Ret dette, før du går videre", 1)[1]
    assert problem.strip().startswith(f"{label}:")
    assert words in problem
    assert "Begrænsning" not in page.text  # the database's own words are nobody's help
    for name in ("name", "valid_from", "valid_to", "short_name", "letter"):
        if name in typed and "\x00" not in typed[name]:
            assert page.fields[name] == typed[name]
    assert all_rows() == before


def test_what_is_typed_is_text(finance):
    client = signed_in(finance)

    client.post(NEW["centre"], {"name": "<script>alert(1)</script>"})

    assert "<script>alert" not in client.get(REGISTER).content.decode()
    assert "<script>alert(1)</script>" in text_of(client.get(REGISTER))


# --- Changing --------------------------------------------------------------------------------------------------------
def test_a_page_sent_back_unchanged_changes_nothing(used, finance):
    client = signed_in(finance)
    used.successors.set([create_committee("Klimaudvalget")])
    before = all_rows()

    answer = client.post(edit(used), form_of(client, used))

    assert answer.status_code == 302
    assert "Der var ingen rettelser at gemme." in text_of(client.get(REGISTER))
    assert all_rows() == before


def test_finance_closes_a_committee_in_use_and_names_its_successors(used, finance):
    client = signed_in(finance)
    followers = [create_committee("Klimaudvalget"), create_committee("Havneudvalget")]

    answer = client.post(
        edit(used),
        form_of(client, used) | {"valid_to": "31.12.2033", "successors": [each.pk for each in followers]},
    )

    assert (answer.status_code, answer.url) == (302, REGISTER)
    used.refresh_from_db()
    assert (used.valid_to, set(used.successors.all())) == (date(2033, 12, 31), set(followers))
    assert "Vejudvalget 01.01.2030 31.12.2033 Havneudvalget Klimaudvalget 1 punkt" in text_of(client.get(REGISTER))


def test_the_name_of_one_in_use_is_not_offered_for_change(used, finance):
    page = Page(signed_in(finance).get(edit(used)))

    assert "Navnet er i brug (1 punkt) og kan derfor ikke ændres." in page.text
    assert "giv dette en slutdato, og vælg det nye som efterfølger" in page.text
    assert "readonly" in page.attributes("input", name="name")[0]


def test_the_name_of_one_in_use_is_refused_and_can_be_put_back(used, finance):
    client = signed_in(finance)

    answer = client.post(edit(used), form_of(client, used) | {"name": "Stiudvalget", "valid_to": "31.12.2033"})

    page = Page(answer)
    assert answer.status_code == 422
    assert "Ret Vejudvalget" in page.text
    assert "Navnet er i brug (1 punkt)" in page.text.split("før du går videre", 1)[1]
    assert (page.fields["name"], page.fields["valid_to"]) == ("Stiudvalget", "31.12.2033")
    assert "readonly" not in page.attributes("input", name="name")[0]
    used.refresh_from_db()
    assert (used.name, used.valid_to) == ("Vejudvalget", None)


def test_a_name_that_nobody_uses_is_corrected_and_its_address_stays(finance):
    client = signed_in(finance)
    body = create_centre("Beredskapp")

    answer = client.post(edit(body), form_of(client, body) | {"name": "Beredskab"})

    assert answer.status_code == 302
    body.refresh_from_db()
    assert (body.name, body.slug) == ("Beredskab", "beredskapp")


def test_a_body_is_not_offered_as_its_own_successor(used, finance):
    form = signed_in(finance).get(edit(used)).context["form"]

    assert used not in form.fields["successors"].queryset


def test_a_circle_of_successors_is_refused(used, finance):
    client = signed_in(finance)
    follower = create_committee("Klimaudvalget")
    used.successors.set([follower])

    answer = client.post(edit(follower), form_of(client, follower) | {"successors": [used.pk]})

    assert answer.status_code == 422
    assert "Efterfølgerne går i ring: Klimaudvalget → Vejudvalget → Klimaudvalget." in text_of(answer)
    assert not follower.successors.exists()


def test_the_second_of_two_loses_nothing_and_can_save_again(used, finance, approver):
    follower = create_committee("Klimaudvalget")
    first, second = signed_in(approver), signed_in(finance)
    typed = form_of(second, used) | {"valid_to": "31.12.2035", "short_name": "VU"}
    first.post(edit(used), form_of(first, used) | {"valid_to": "31.12.2033", "successors": [follower.pk]})

    answer = second.post(edit(used), typed)

    page = Page(answer)
    assert answer.status_code == 409
    assert "En anden har gemt, siden du åbnede siden." in page.text
    saved = page.text.split("Det, der nu er gemt", 1)[1]
    assert "Gælder til 31.12.2033" in saved and "Efterfølgere Klimaudvalget" in saved
    assert (page.fields["valid_to"], page.fields["short_name"]) == ("31.12.2035", "VU")
    used.refresh_from_db()
    assert (used.valid_to, used.short_name) == (date(2033, 12, 31), "")

    again = second.post(edit(used), typed | {"version": page.fields["version"]})

    assert again.status_code == 302
    used.refresh_from_db()
    assert (used.valid_to, used.short_name, used.successors.count()) == (date(2035, 12, 31), "VU", 0)


@pytest.mark.parametrize("version", ["", "1", "x" * 5000])
def test_a_version_that_never_was_overwrites_nothing(used, finance, version):
    client = signed_in(finance)

    answer = client.post(edit(used), form_of(client, used) | {"short_name": "VU", "version": version})

    assert answer.status_code == 409
    used.refresh_from_db()
    assert used.short_name == ""


def test_a_forged_field_changes_nothing(used, finance):
    client = signed_in(finance)

    client.post(edit(used), form_of(client, used) | {"slug": "noget-andet", "id": "7"})

    used.refresh_from_db()
    assert used.slug == "vejudvalget"


# --- Who may ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("place", ["register", "new", "edit"])
def test_only_finance_keeps_the_register(used, finance, approver, editor, chief, member, administrator, place):
    address = {"register": REGISTER, "new": NEW["udvalg"], "edit": edit(used)}[place]
    everybody = (finance, approver, editor, chief, member, administrator)

    answers = [signed_in(user).get(address).status_code for user in everybody]
    posts = [signed_in(user).post(address, {"name": "Stiudvalget"}).status_code for user in everybody[2:]]

    assert answers == [200, 200, 403, 403, 403, 404]
    assert posts == [403, 403, 403, 404] or place == "register" and set(posts) == {405}
    assert not Committee.objects.filter(name="Stiudvalget").exists()


@pytest.mark.parametrize("path", ["kommuner/ny/", "udvalg/", "udvalg/999999/", f"centre/{'9' * 400}/", "udvalg/x/"])
def test_addresses_that_do_not_exist(finance, path):
    assert signed_in(finance).get(REGISTER + path).status_code == 404


def test_a_centres_number_is_not_a_committees(finance):
    centre = Centre.objects.create(pk=987_654, name="Beredskab", slug="beredskab")

    assert signed_in(finance).get(f"{REGISTER}udvalg/{centre.pk}/").status_code == 404
