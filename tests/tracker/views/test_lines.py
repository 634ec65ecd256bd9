"""Opsætning: the lines of a draft's money."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from budget.models import AmountLine, YearAmount
from tests.factories import create_agreement, create_amount_line, create_item
from tests.tracker.views.pages import Page, signed_in, text_of
from tracker.actions import lines
from tracker.models import Event


@pytest.fixture
def draft(db):
    return create_agreement(2031, last_year=2033, signed_on=None, plan="draft")


@pytest.fixture
def line(draft):
    return create_amount_line(
        draft, {2031: 1_250_000, 2032: -500_000}, source="table", heading="Skoler", label="Rengøring", code="6.10"
    )


NEW = "/opsaetning/aftaler/2031/beloeb/ny/"
OVERVIEW = "/opsaetning/aftaler/2031/"


def address(line, ending=""):
    return f"/opsaetning/aftaler/{line.agreement.budget_year}/beloeb/{line.pk}/{ending}"


def typed(**fields):
    return {"table": "drift", "label": "Ny linje", "nature": "new", "unit": "1000", "amount_2031": "1.250"} | fields


def form_of(client, line) -> dict:
    """What the browser would send back unchanged."""
    page = client.get(address(line))
    form = page.context["form"]
    fields = {name: value for name, value in Page(page).fields.items() if not name.startswith("csrf")}
    return fields | {name: form[name].value() or "" for name in ("table", "nature", "after")}


def amounts_of(line):
    return {each.year: each.kroner for each in line.amounts.all()}


def told_as_saved(answer) -> list[tuple[str, str]]:
    return [(each.label, each.saved) for each in answer.context["form"].differences]


# --- Making ----------------------------------------------------------------------------------------------------------
def test_finance_makes_a_line(draft, finance):
    create_item(draft, "6.2"), create_item(draft, "1.3.1", ordinal=6)
    fields = typed(
        heading="Skoler", code="6.10", project="123", note="En note", period="2031 ff.", keys="1.3.1-6, 6.2;6.2",
        amount_2032="−500", amount_2033="0",
    )  # fmt: skip

    answer = signed_in(finance).post(NEW, fields)

    line = draft.amount_lines.get()
    assert (answer.status_code, answer.url) == (302, OVERVIEW)
    assert (line.heading, line.code, line.label, line.project) == ("Skoler", "6.10", "Ny linje", "123")
    assert (line.note, line.period, line.source, line.is_possible_duplicate) == ("En note", "2031 ff.", "table", False)
    assert amounts_of(line) == {2031: 1_250_000, 2032: -500_000, 2033: 0}
    assert [item.key for item in line.items.all()] == ["1.3.1-6", "6.2"]
    assert Event.objects.get(act="line_created").user_id == finance.pk


def test_one_line_after_the_other_is_made_under_the_same_heading(draft, finance):
    client = signed_in(finance)

    answer = client.post(NEW, typed(table="anlaeg", heading="Veje & stier") | {"more": "1"})

    assert answer.url == NEW + "?tabel=anlaeg&overskrift=Veje+%26+stier"
    page = client.get(answer.url)
    form = page.context["form"]
    assert (form["table"].value(), form["heading"].value()) == ("anlaeg", "Veje & stier")
    assert "Beløbslinjen »Ny linje« er oprettet." in text_of(page)


def test_a_new_line_stands_last_under_its_heading_or_where_it_is_put(draft, finance, line):
    create_amount_line(draft, label="Til sidst", heading="")
    client = signed_in(finance)

    client.post(NEW, typed(label="a", heading="Skoler"))
    client.post(NEW, typed(label="b", heading="Skoler", after="first"))
    client.post(NEW, typed(label="c", heading="Skoler", after=line.pk))

    assert list(draft.amount_lines.values_list("label", flat=True)) == ["b", "Rengøring", "c", "a", "Til sidst"]


def test_headings_in_use_and_other_lines_are_offered(draft, finance, line):
    create_amount_line(draft, label="Vej", table="anlaeg", heading="Veje")

    page = Page(signed_in(finance).get(NEW))

    assert [each["value"] for each in page.attributes("option") if each["value"] in {"Skoler", "Veje"}] == [
        "Skoler", "Veje",
    ]  # fmt: skip
    assert [each["label"] for each in page.attributes("optgroup")] == ["Drift", "Anlæg"]
    assert page.attributes("datalist", id="overskrifter") and page.attributes("input", list="overskrifter")


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("amount_2031", "1,5", "Skriv beløbet i hele 1.000 kr. uden komma, fx 1.250 eller -500."),
        ("amount_2032", "en million", "Skriv beløbet i hele 1.000 kr. uden komma, fx 1.250 eller -500."),
        ("amount_2033", "9" * 16, "Beløbet er for stort."),
        ("amount_2031", "", "Skriv mindst ét beløb."),
        ("amount_2031", " \x00", "Skriv beløbet i hele"),
        ("table", "", "Tabel"),
        ("table", "statuskonti", "Tabel"),
        ("nature", "", "Art"),
        ("nature", "gave", "Art"),
        ("label", " ", "Tekst"),
        ("label", "x" * 201, "Tekst"),
        ("label", "nul\x00", "Tekst"),
        ("heading", "x" * 201, "Overskrift"),
        ("code", "seks", "Skriv et nummer som 3.04 eller 2.02.1, eller lad feltet være tomt."),
        ("code", "6.10-1", "Skriv et nummer som 3.04 eller 2.02.1, eller lad feltet være tomt."),
        ("project", "1" * 21, "Projektnummer"),
        ("period", "x" * 61, "Periode"),
        ("note", "x" * 20_001, "Bemærkning"),
        ("keys", "6.2, 9.9, 8.8", "Punkterne 9.9, 8.8 findes ikke i aftalen."),
        ("keys", "ikke et punkt", "findes ikke i aftalen."),
        ("keys", "1 " * 501, "Punkter"),
        ("keys", "6.2\x00", "Punkter"),
        ("after", "999999", "Efter linjen"),
        ("after", "x", "Efter linjen"),
        ("unit", "", "Enhed"),
        ("unit", "100", "Enhed"),
    ],
)
def test_a_bad_line_is_422_with_what_was_typed(draft, finance, field, value, words):
    create_item(draft, "6.2")

    answer = signed_in(finance).post(NEW, typed(period="Min periode", note="Min note") | {field: value})

    assert answer.status_code == 422
    assert words in text_of(answer)
    found = Page(answer).fields
    assert found["period"] == (value if field == "period" else "Min periode")
    assert found["amount_2031"] == (value if field == "amount_2031" else "1.250")
    assert not draft.amount_lines.exists()


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"nature": "saving", "amount_2031": "-5", "amount_2032": "5"}, "nature"),
        ({"label": "Rengøring", "code": "6.10", "amount_2032": "-500"}, "is_possible_duplicate"),
    ],
)
def test_the_rules_of_lines_are_told_at_their_field(draft, finance, line, fields, field):
    answer = signed_in(finance).post(NEW, typed(**fields))

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert draft.amount_lines.count() == 1


def test_a_marked_duplicate_stands_beside_the_first(draft, finance, line):
    fields = typed(label="Rengøring", code="6.10", amount_2032="-500", is_possible_duplicate="on")

    assert signed_in(finance).post(NEW, fields).status_code == 302


# --- Changing --------------------------------------------------------------------------------------------------------
def test_what_is_shown_saves_as_it_is(draft, finance, line):
    line.note = "To\nlinjer"
    line.save()
    client = signed_in(finance)
    fields = form_of(client, line)
    assert [fields[f"amount_{year}"] for year in (2031, 2032, 2033)] == ["1.250", "-500", ""]

    answer = client.post(address(line), fields | {"note": "To\r\nlinjer"})

    assert (answer.status_code, answer.url) == (302, OVERVIEW)
    assert "Der var ingen rettelser at gemme." in text_of(client.get(answer.url))
    assert AmountLine.objects.get(pk=line.pk).version == 1


def test_a_line_is_mended(draft, finance, line):
    client = signed_in(finance)

    answer = client.post(
        address(line), form_of(client, line) | {"label": "Rent", "amount_2032": "", "amount_2033": "7"}
    )

    stored = AmountLine.objects.get(pk=line.pk)
    assert answer.status_code == 302
    assert (stored.label, stored.version, amounts_of(stored)) == ("Rent", 2, {2031: 1_250_000, 2033: 7_000})


def test_an_agreement_in_kroner_is_typed_in_kroner(finance):
    draft = create_agreement(2031, signed_on=None, unit=1)
    line = create_amount_line(draft, {2031: 1_250_000})
    client = signed_in(finance)
    fields = form_of(client, line)
    assert (fields["unit"], fields["amount_2031"]) == ("1", "1.250.000")

    client.post(address(line), fields | {"amount_2031": "1.250"})

    assert amounts_of(line) == {2031: 1_250}


def test_an_amount_that_is_no_whole_thousand_makes_the_page_one_of_kroner(draft, finance):
    line = create_amount_line(draft, {2031: 1_250_500, 2032: -500_000})
    client = signed_in(finance)
    page = client.get(address(line))
    assert "Beløb i kr. pr. år" in text_of(page) and "ikke er et helt antal 1.000 kr." in text_of(page)
    fields = form_of(client, line)
    assert [fields[f"amount_{year}"] for year in (2031, 2032)] == ["1.250.500", "-500.000"]

    client.post(address(line), fields | {"amount_2031": "1.250.501"})

    assert amounts_of(line) == {2031: 1_250_501, 2032: -500_000}


def test_a_page_keeps_its_unit_when_the_line_changes_under_it(draft, finance, approver):
    """Else the second one's 1.250.500 kroner would be read as so many thousands."""
    line = create_amount_line(draft, {2031: 1_250_500})
    client, other = signed_in(finance), signed_in(approver)
    fields = form_of(client, line) | {"amount_2031": "1.250.501"}
    other.post(address(line), form_of(other, line) | {"amount_2031": "2.000.000"})

    late = client.post(address(line), fields)
    again = client.post(address(line), fields | {"version": Page(late).fields["version"]})

    assert told_as_saved(late) == [("Beløb 2031", "2.000.000")]
    assert "Beløb i kr. pr. år" in text_of(late)
    assert (late.status_code, again.status_code, amounts_of(line)) == (409, 302, {2031: 1_250_501})


def test_amounts_that_only_files_make_are_told_and_stay(draft, finance):
    line = create_amount_line(draft, {None: -7_500, 2031: 5_000})
    line.amounts.create(year=2031, last_year=2033, kroner=32_000_000)
    client = signed_in(finance)
    page = text_of(client.get(address(line)))
    assert "Bliver, som de er: 32.000.000 kr. (2031-2033), −7.500 kr. (år ikke angivet)." in page

    client.post(address(line), form_of(client, line) | {"amount_2031": ""})

    assert sorted(YearAmount.objects.filter(line=line).values_list("kroner", flat=True)) == [-7_500, 32_000_000]


# --- Two people ------------------------------------------------------------------------------------------------------
def test_two_people_on_the_same_line_lose_nothing(draft, finance, approver, line):
    client, other = signed_in(finance), signed_in(approver)
    mine = form_of(client, line) | {"label": "Mit", "amount_2031": "1.300", "keys": "", "after": "first"}
    theirs = {"label": "Deres", "amount_2031": "1.400", "amount_2033": "9", "nature": "pool"}
    assert other.post(address(line), form_of(other, line) | theirs).status_code == 302

    late = client.post(address(line), mine)

    assert late.status_code == 409
    assert "En anden har gemt, siden du åbnede siden." in text_of(late)
    page = Page(late).fields
    assert [page[name] for name in ("label", "amount_2031", "amount_2033")] == ["Mit", "1.300", ""]
    assert told_as_saved(late) == [
        ("Tekst", "Deres"), ("Art", "tilførsel til pulje"), ("Beløb 2031", "1.400"), ("Beløb 2033", "9"),
        ("Efter linjen", "først i tabellen"),
    ]  # fmt: skip
    assert amounts_of(line) == {2031: 1_400_000, 2032: -500_000, 2033: 9_000}

    again = client.post(address(line), mine | {"version": page["version"]})

    stored = AmountLine.objects.get(pk=line.pk)
    assert again.status_code == 302
    assert (stored.label, stored.nature, stored.version) == ("Mit", "new", 3)
    assert amounts_of(stored) == {2031: 1_300_000, 2032: -500_000}


def test_without_the_guard_the_other_ones_line_is_lost(draft, finance, approver, line, monkeypatch):
    client, other = signed_in(finance), signed_in(approver)
    mine = form_of(client, line) | {"label": "Mit"}
    other.post(address(line), form_of(other, line) | {"label": "Deres", "amount_2033": "9"})
    monkeypatch.setattr(lines, "claim_version", lambda row, version: None)

    late = client.post(address(line), mine)

    assert late.status_code == 302  # nobody was told
    assert amounts_of(line) == {2031: 1_250_000, 2032: -500_000}


def test_a_form_without_its_version_overwrites_nothing(draft, finance, line):
    client = signed_in(finance)

    answer = client.post(address(line), form_of(client, line) | {"label": "Mit", "version": ""})

    assert answer.status_code == 409
    assert AmountLine.objects.get(pk=line.pk).label == "Rengøring"


def test_a_line_that_is_deleted_meanwhile_gives_the_text_back(draft, finance, line):
    client = signed_in(finance)
    fields = form_of(client, line) | {"label": "Min tekst", "note": "Min note", "amount_2031": "1.300"}
    page = client.get(address(line, "slet/"))
    client.post(address(line, "slet/"), Page(page).fields)

    answer = client.post(address(line), fields)

    assert answer.status_code == 404
    assert all(words in Page(answer).fields["typed"] for words in ("Min tekst", "Min note", "1.300"))


def test_an_agreement_that_is_signed_meanwhile_gives_the_text_back(draft, finance, line):
    client = signed_in(finance)
    fields = form_of(client, line) | {"label": "Min tekst", "amount_2031": "1.300"}
    type(draft).objects.filter(pk=draft.pk).update(signed_on="2030-10-01")

    answer = client.post(address(line), fields)

    assert answer.status_code == 409
    assert "Aftalen er indgået." in text_of(answer)
    assert all(words in Page(answer).fields["typed"] for words in ("Min tekst", "1.300"))
    assert amounts_of(line)[2031] == 1_250_000


# --- Deleting --------------------------------------------------------------------------------------------------------
def test_a_line_is_deleted(draft, finance, line):
    client = signed_in(finance)
    page = client.get(address(line, "slet/"))
    assert "»6.10 Rengøring« i Drift slettes med alle sine beløb." in text_of(page)

    answer = client.post(address(line, "slet/"), Page(page).fields)

    assert (answer.status_code, answer.url) == (302, OVERVIEW)
    assert not draft.amount_lines.exists()


def test_a_line_that_changed_meanwhile_is_asked_about_once_more(draft, finance, approver, line):
    client, other = signed_in(finance), signed_in(approver)
    page = client.get(address(line, "slet/"))
    other.post(address(line), form_of(other, line) | {"label": "Vigtig"})

    late = client.post(address(line, "slet/"), Page(page).fields)

    assert late.status_code == 409 and "En anden har rettet det" in text_of(late)
    assert draft.amount_lines.exists()
    assert client.post(address(line, "slet/"), Page(late).fields).status_code == 302


# --- Who, where, how much --------------------------------------------------------------------------------------------
@pytest.mark.parametrize("path", ["ny/", "{pk}/", "{pk}/slet/"])
def test_only_finance_and_approver_touch_the_money(draft, line, finance, approver, editor, member, administrator, path):
    signed = create_agreement(2035)
    places = [(2031, line.pk), (2035, create_amount_line(signed).pk), (2031, 999_999), (2035, line.pk)]

    found = {
        user: [
            signed_in(user).get(f"/opsaetning/aftaler/{year}/beloeb/{path.format(pk=pk)}").status_code
            for year, pk in places
        ]
        for user in (finance, approver, editor, member, administrator)
    }

    absent = [200, 409] if path == "ny/" else [404, 404]
    hidden = [404, 403] if path == "ny/" else [404, 404]
    assert found == {
        finance: [200, 409, *absent], approver: [200, 409, *absent], editor: [404, 403, *hidden],
        member: [404, 403, *hidden], administrator: [404] * 4,
    }  # fmt: skip


@pytest.mark.parametrize("pk", ["0", "9" * 30, "9" * 400, "-1", "x"])
def test_a_line_that_does_not_exist(draft, finance, pk):
    assert signed_in(finance).get(f"/opsaetning/aftaler/2031/beloeb/{pk}/").status_code == 404


def test_the_form_asks_as_much_for_300_lines_as_for_3(draft, finance):
    client, found = signed_in(finance), []
    for size in (3, 300):
        rows = [
            AmountLine(agreement=draft, table="drift", source="table", position=n, label=f"{n}", nature="new")
            for n in range(draft.amount_lines.count() + 1, size + 1)
        ]
        YearAmount.objects.bulk_create(
            YearAmount(line=row, year=2031, kroner=1_000) for row in AmountLine.objects.bulk_create(rows)
        )
        line = draft.amount_lines.first()
        fields = form_of(client, line)
        numbers = []
        for ask in (
            lambda: client.get(NEW),
            lambda line=line: client.get(address(line)),
            lambda line=line, fields=fields, size=size: client.post(
                address(line), fields | {"label": f"Nr. {size}", "after": ""}
            ),
            lambda size=size: client.post(NEW, typed(label=f"Ny {size}", after="first")),
        ):
            with CaptureQueriesContext(connection) as captured:
                assert ask().status_code in {200, 302}
            numbers.append(len(captured))
        found.append(numbers)

    assert found[0] == found[1]
    assert max(found[1][:2]) <= 12
