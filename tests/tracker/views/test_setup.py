"""Opsætning: an agreement made and mended by form, its sections and its strategy, and the signing."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from budget.models import Agreement, Section, SustainabilityGoal
from tests.database import all_rows
from tests.factories import (
    create_agreement,
    create_amount_line,
    create_item,
    create_party,
    create_section,
)
from tests.tracker.views.pages import Page, signed_in, text_of
from tracker.actions.stated_amounts import StatedRow, replace_stated_amounts, stated_rows
from tracker.actions.strategy import goal_rows, rate_rows, target_rows
from tracker.models import LevelDefinition

pytestmark = pytest.mark.slow

FRONT = "/opsaetning/"
NEW = "/opsaetning/aftaler/ny/"


def at(agreement, ending=""):
    return f"/opsaetning/aftaler/{agreement.budget_year}/{ending}"


def of(section, ending=""):
    return at(section.agreement, f"afsnit/{section.pk}/{ending}")


def form_of(client, address) -> dict:
    """What the browser would send back unchanged: line breaks as a browser sends them, chosen options as chosen."""
    response = client.get(address)
    assert response.status_code == 200
    fields = {name: value for name, value in Page(response).fields.items() if name != "csrfmiddlewaretoken"}
    fields = {name: value.replace("\r\n", "\n").replace("\n", "\r\n") for name, value in fields.items()}
    form = response.context["form"]
    for each in [form, *(row for formset in getattr(form, "formsets", []) for row in formset)]:
        for bound in each.visible_fields():
            if bound.widget_type in {"select", "checkboxselectmultiple"}:
                value = bound.value()
                fields[bound.html_name] = "" if value is None else value
    return fields


HEAD = {
    "budget_year": "2071", "last_year": "2074", "title": "Aftale om budget 2071", "case_number": "", "unit": "1000",
    "mode": "milestones", "theme_source": "", "reading_guide": "",
}  # fmt: skip


@pytest.fixture
def draft(db):
    """Chapter 2 with 2.02.1, which costs; and an empty chapter 3."""
    agreement = create_agreement(signed_on=None, plan="draft", title="Udkastet")
    item = create_item(agreement, "2.02.1")
    create_section(agreement, "3")
    create_amount_line(agreement, {agreement.budget_year: -1_500_000}, items=[item])
    return agreement


# --- The front page and who comes in ---------------------------------------------------------------------------------
def test_the_front_page_leads_to_drafts_and_says_what_is_signed(draft, loaded_2018, finance):
    page = Page(signed_in(finance).get(FRONT))

    assert at(draft) in page.links and at(loaded_2018) not in page.links
    assert "Indgået 09.10.2017 Aftale om budget 2018: det, der er aftalt, er lukket." in page.text
    assert {NEW, f"{NEW}?kopi=2018", "/opsaetning/aftaler/indlaes/", "/opsaetning/organisation/"} <= set(page.links)


def test_the_menu_has_the_set_up_for_those_who_may(draft, finance, approver, editor, member, administrator):
    told = [
        "Opsætning" in text_of(signed_in(user).get("/")) for user in (finance, approver, editor, member, administrator)
    ]

    assert told == [True, True, False, False, False]


def test_an_empty_set_up_says_so(empty_database, finance):
    assert "Der er ingen aftaler endnu." in text_of(signed_in(finance).get(FRONT))


@pytest.mark.parametrize(
    "ending", ["", "hoved/", "maal/", "indgaa/", "afsnit/ny/", "afsnit/{pk}/", "afsnit/{pk}/slet/"]
)
def test_only_finance_mends_and_only_a_draft(draft, finance, approver, editor, member, administrator, ending):
    pk = draft.sections.get(code="3").pk
    signed = create_section(code="3")
    answers = [
        signed_in(user).get(at(draft, ending.format(pk=pk))).status_code
        for user in (finance, approver, editor, member, administrator)
    ]
    closed = [
        signed_in(user).get(at(signed.agreement, ending.format(pk=signed.pk)))
        for user in (finance, editor, member, administrator)
    ]

    assert answers == [200, 200, 404, 404, 404]
    assert [answer.status_code for answer in closed] == [409, 403, 403, 404]
    assert "Aftalen er indgået." in text_of(closed[0])


def test_only_finance_begins_a_new_one(finance, approver, editor, member, administrator):
    answers = [
        (signed_in(user).get(NEW).status_code, signed_in(user).post(NEW, HEAD).status_code)
        for user in (editor, member, administrator, finance)
    ]

    assert answers == [(403, 403), (403, 403), (404, 404), (200, 302)]


# --- Creating --------------------------------------------------------------------------------------------------------
def test_finance_creates_an_agreement(finance):
    party = create_party("Lokallisten", "L")
    client = signed_in(finance)

    answer = client.post(
        NEW, HEAD | {"parties": [party.pk], "reading_guide": "Læs.\r\nSådan.", "definition_effort_happy": "Nået."}
    )

    assert (answer.status_code, answer.url) == (302, "/opsaetning/aftaler/2071/")
    made = Agreement.objects.get(budget_year=2071)
    assert (made.signed_on, made.last_year, made.unit, made.reading_guide) == (None, 2074, 1000, "Læs.\nSådan.")
    assert made.level_definitions.get().text == "Nået."
    text = text_of(client.get(answer.url))
    for words in (
        "er oprettet som udkast",
        "2071–2074",
        "Lokallisten (L)",
        "1 af 5 smileys er defineret",
        "mindst ét afsnit",
    ):
        assert words in text


@pytest.mark.parametrize(
    ("fields", "label", "words"),
    [
        ({"budget_year": "2018", "last_year": "2021"}, "Budgetår", "Der er allerede en aftale for 2018."),
        ({"budget_year": ""}, "Budgetår", "påkrævet"),
        ({"budget_year": "næste"}, "Budgetår", "Skriv et årstal, fx 2021."),
        ({"budget_year": "2071,5"}, "Budgetår", "Skriv et årstal, fx 2021."),
        ({"budget_year": "1989"}, "Budgetår", "mellem 1990 og 2090"),
        ({"budget_year": "9" * 5000}, "Budgetår", "Skriv et årstal"),
        ({"last_year": "2070"}, "Sidste år", "kan ikke ligge før budgetåret 2071"),
        ({"last_year": "2082"}, "Sidste år", "højst ligge 10 år efter"),
        ({"last_year": ""}, "Sidste år", "påkrævet"),
        ({"title": " "}, "Titel", "påkrævet"),
        ({"title": "x" * 201}, "Titel", "200"),
        ({"title": "Nul\x00"}, "Titel", "tilladt"),
        ({"mode": "andet"}, "Opfølgning", "andet"),
        ({"unit": "7"}, "Aftalens tabeller", "7"),
        ({"parties": ["999999"]}, "Parter", "999999"),
        ({"parties": ["9" * 40]}, "Parter", "9999"),
        ({"reading_guide": "x" * 20_001}, "Læsevejledning", "20000"),
        ({"copy_from": "1998"}, "Kopi af", "Marker en gyldig valgmulighed"),
    ],
)
def test_a_bad_head_is_422_and_changes_nothing(loaded_2018, finance, fields, label, words):
    client = signed_in(finance)
    before = all_rows()

    answer = client.post(NEW, HEAD | {"definition_effort_sad": "Mine ord"} | fields)

    assert answer.status_code == 422
    page = Page(answer)
    assert label in page.text
    assert words in page.text
    assert page.fields["definition_effort_sad"] == "Mine ord"
    assert all_rows() == before


def test_a_copy_begins_with_what_the_previous_one_had(finance):
    one, two = create_party("Parti A"), create_party("Parti B")
    source = create_agreement(mode="exceptions", unit=1, theme_source="Vision 2029", reading_guide="Læs\nsådan.")
    source.signatories.create(party=one, position=1)
    source.signatories.create(party=two, position=2)
    source.last_year = source.budget_year + 2
    source.save()
    LevelDefinition.objects.create(agreement=source, dimension="effort", level="happy", text="Nået.")
    SustainabilityGoal.objects.create(agreement=source, number=7, title="Energi")
    client = signed_in(finance)
    address = f"{NEW}?kopi={source.budget_year}"

    fields = form_of(client, address)
    answer = client.post(address, fields | {"budget_year": "2071", "title": "Den nye"})

    assert answer.status_code == 302
    made = Agreement.objects.get(budget_year=2071)
    assert (made.last_year, made.mode, made.unit, made.theme_source) == (2073, "exceptions", 1, "Vision 2029")
    assert made.reading_guide == "Læs\nsådan."
    assert [each.party for each in made.signatories.all()] == [one, two]
    assert made.level_definitions.get().text == "Nået."
    assert goal_rows(made) == goal_rows(source)


@pytest.mark.parametrize("year", ["1998", "x", "9" * 5000, "2018\x00", "٢٠١٨"])
def test_there_is_no_copy_of_what_is_not_there(loaded_2018, finance, year):
    assert signed_in(finance).get(NEW, {"kopi": year}).status_code == 404


# --- The draft -------------------------------------------------------------------------------------------------------
def test_the_draft_shows_every_part_and_the_way_to_mend_it(draft, finance):
    page = Page(signed_in(finance).get(at(draft)))

    for words in ("2. Afsnit 2 (1 punkt)", "2.02.1 Punkt 2.02.1", "Beløb (1 linje)", "−1.500", "0 skattesatser"):
        assert words in page.text
    chapter = draft.sections.get(code="2")
    line = draft.amount_lines.get()
    for link in (
        at(draft, "hoved/"), at(draft, "maal/"), at(draft, "indgaa/"), at(draft, "afsnit/ny/"), of(chapter),
        at(draft, "afsnit/ny/?under=2"), at(draft, "punkter/ny/"), at(draft, "punkter/ny/?afsnit=2"),
        at(draft, "punkter/2.02.1/"), at(draft, "beloeb/ny/"), at(draft, f"beloeb/{line.pk}/"),
    ):  # fmt: skip
        assert link in page.links


def test_the_draft_says_what_is_missing(draft, finance):
    create_amount_line(draft, {}, label="Tom linje")
    create_amount_line(draft, {None: 5}, label="Uden år")

    text = text_of(signed_in(finance).get(at(draft)))

    assert "Hver beløbslinje skal have et beløb. Det mangler i »Tom linje«." in text
    assert "Drift: 1 beløb står ikke i ét bestemt år og er ikke talt med." in text


def test_the_draft_asks_as_much_for_many_as_for_few(draft, finance):
    client = signed_in(finance)
    counts = []
    for size in (0, 20):
        for n in range(size):
            item = create_item(draft, f"3.{n + 1}")
            create_amount_line(draft, {draft.budget_year: n}, items=[item], label=f"Linje {n}")
        with CaptureQueriesContext(connection) as queries:
            client.get(at(draft))
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 25


def test_the_head_is_mended(draft, finance):
    client = signed_in(finance)

    answer = client.post(at(draft, "hoved/"), form_of(client, at(draft, "hoved/")) | {"title": "Nyt navn"})

    assert (answer.status_code, answer.url) == (302, at(draft))
    draft.refresh_from_db()
    assert (draft.title, draft.version) == ("Nyt navn", 2)


def test_a_new_budget_year_is_a_new_address(draft, finance):
    draft.amount_lines.all().delete()
    client = signed_in(finance)

    fields = form_of(client, at(draft, "hoved/")) | {"budget_year": "2071", "last_year": "2071"}
    answer = client.post(at(draft, "hoved/"), fields)

    assert (answer.status_code, answer.url) == (302, "/opsaetning/aftaler/2071/")
    assert client.get(answer.url).status_code == 200


def test_years_that_leave_an_amount_outside_are_422(draft, finance):
    create_amount_line(draft, {draft.last_year: 5}, label="Sidste år")
    client = signed_in(finance)
    fields = form_of(client, at(draft, "hoved/")) | {"last_year": str(draft.budget_year), "title": "Mit navn"}

    answer = client.post(at(draft, "hoved/"), fields)

    assert answer.status_code == 422
    assert f"Der står beløb for {draft.last_year}. Flyt eller slet dem" in text_of(answer)
    assert Page(answer).fields["title"] == "Mit navn"
    assert at(draft) in Page(answer).links  # the way back is still the saved one's


@pytest.mark.parametrize("ending", ["hoved/", "maal/", "afsnit/{pk}/"])
def test_saving_without_a_change_changes_nothing(draft, finance, ending):
    section = draft.sections.get(code="3")
    section.text = "Første linje\nanden linje"
    section.save()
    replace_stated_amounts(section, [StatedRow(-1_000_000, (2021, 2022, 2023), "each", "new", "x")])
    draft.reading_guide = "To\n\nafsnit "
    draft.save()
    draft.targets.create(number=1, title="Mål", text="Linje\nto").values.create(position=1, label="A; b", kroner=-5)
    draft.tax_rates.create(position=1, name="Sats", hundredths=2550, unit="percent")
    address = at(draft, ending.format(pk=section.pk))
    client = signed_in(finance)
    before = all_rows()

    answer = client.post(address, form_of(client, address))

    assert answer.status_code == 302
    assert all_rows() == before
    assert "Der var ingen rettelser at gemme." in text_of(client.get(answer.url))


def test_a_stale_head_is_409_with_everything_kept_and_saves_from_there(draft, finance, approver):
    client, other = signed_in(finance), signed_in(approver)
    party = create_party("Lokallisten", "L")
    address = at(draft, "hoved/")
    fields = form_of(client, address) | {"title": "Mit navn", "definition_effort_happy": "Mine ord\r\nher"}
    theirs = {"title": "Den andens navn", "parties": [party.pk], "definition_effort_sad": "Deres"}
    other.post(address, form_of(other, address) | theirs)

    answer = client.post(address, fields)

    assert answer.status_code == 409
    page = Page(answer)
    assert (page.fields["title"], page.fields["definition_effort_happy"]) == ("Mit navn", "Mine ord\r\nher")
    assert "Titel Den andens navn" in page.text and "Parter Lokallisten (L)" in page.text
    assert "Indsats, sur smiley Deres" in page.text and "Budgetår" not in page.text.split("Det, der nu er gemt")[1][:60]
    draft.refresh_from_db()
    assert draft.title == "Den andens navn"

    again = client.post(address, fields | {"version": page.fields["version"]})

    assert again.status_code == 302
    draft.refresh_from_db()
    assert (draft.title, draft.version) == ("Mit navn", 3)


# --- Strategy --------------------------------------------------------------------------------------------------------
def rows(prefix, *typed, initial=0):
    found = {f"{prefix}-TOTAL_FORMS": str(len(typed)), f"{prefix}-INITIAL_FORMS": str(initial)}
    for n, fields in enumerate(typed):
        found |= {f"{prefix}-{n}-{name}": value for name, value in fields.items()}
    return found


def typed_strategy(targets=(), rates=(), goals=(), version="1"):
    return {"version": version} | rows("maal", *targets) | rows("satser", *rates) | rows("verdensmaal", *goals)


TARGET = {"number": "1", "title": "Kasse", "text": "Hvad\r\nog", "values": "Mindst; 2034; 150.000.000\r\n\r\nSnit; 5"}
RATE = {"name": "Udskrivning", "hundredths": "25,5", "unit": "percent", "note": ""}
GOALS = ({"number": "7", "title": "Energi", "joint_with": "13"}, {"number": "13", "title": "Klima", "joint_with": ""})


def test_the_strategy_is_typed_as_rows(draft, finance):
    blank = {"name": "", "hundredths": " ", "unit": "", "note": ""}

    answer = signed_in(finance).post(at(draft, "maal/"), typed_strategy([TARGET], [blank, RATE], GOALS))

    assert answer.status_code == 302
    [target] = target_rows(draft)
    assert (target.text, [(v.label, v.year, v.kroner) for v in target.values]) == (
        "Hvad\nog",
        [("Mindst", 2034, 150_000_000), ("Snit", None, 5)],
    )
    assert [(row.name, row.hundredths) for row in rate_rows(draft)] == [("Udskrivning", 2550)]
    assert [(row.number, row.joint_with) for row in goal_rows(draft)] == [(7, 13), (13, None)]


def test_a_row_is_deleted(draft, finance):
    draft.tax_rates.create(position=1, name="Sats", hundredths=2550, unit="percent")
    client = signed_in(finance)

    client.post(at(draft, "maal/"), form_of(client, at(draft, "maal/")) | {"satser-0-DELETE": "on"})

    assert not draft.tax_rates.exists()


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"targets": [TARGET | {"title": ""}]}, "Mål 1, titel: Skriv målets titel."),
        ({"targets": [TARGET | {"number": "x"}]}, "Mål 1, nummer: Indtast et heltal."),
        ({"targets": [TARGET | {"values": "Mindst"}]}, "Linje 1: skriv den som Mindst; 2024; 150.000.000."),
        ({"targets": [TARGET | {"values": "A; 1; 1,5"}]}, "Linje 1: skriv et årstal mellem 1990 og 2100"),
        ({"targets": [TARGET | {"values": "A; 2021; 5\r\nB; 2021; 1,5"}]}, "Linje 2: beløbet mangler eller er"),
        ({"targets": [TARGET | {"values": "A; 2021;"}]}, "Linje 1: beløbet mangler eller er"),
        ({"targets": [TARGET | {"values": "; 2021; 5"}]}, "Linje 1: skriv den som"),
        ({"targets": [TARGET | {"values": f"{'x' * 121}; 5"}]}, "højst være på 120 tegn"),
        ({"targets": [TARGET, TARGET]}, "Der er to mål med nummer 1."),
        ({"rates": [RATE | {"hundredths": "25.5"}]}, "Sats 1, størrelse: Skriv satsen med komma"),
        ({"rates": [RATE | {"hundredths": "25,555"}]}, "Sats 1, størrelse: Skriv satsen med komma"),
        ({"rates": [RATE | {"hundredths": "1000,01"}]}, "Skriv en sats på højst 1000."),
        ({"rates": [RATE | {"unit": ""}]}, "Sats 1, enhed: Vælg pct. eller promille."),
        ({"rates": [RATE | {"unit": "andet"}]}, "Sats 1, enhed:"),
        ({"goals": [GOALS[0] | {"number": "18"}]}, "Verdensmål 1, mål nummer:"),
        ({"goals": GOALS[:1]}, "Verdensmål 7 følges samlet med mål 13"),
        ({"goals": [{"number": "", "title": "Klima"}]}, "Skriv verdensmålets nummer, 1-17."),
    ],
)
def test_a_bad_row_is_422_and_changes_nothing(draft, finance, typed, words):
    client = signed_in(finance)
    before = all_rows()

    answer = client.post(at(draft, "maal/"), {"version": "1"} | typed_strategy(**typed))

    assert answer.status_code == 422
    page = Page(answer)
    assert words in page.text
    for prefix in ("maal", "satser", "verdensmaal"):
        assert f"{prefix}-TOTAL_FORMS" in page.fields
    if "targets" in typed:
        assert page.fields["maal-0-values"] == typed["targets"][0]["values"]
    assert all_rows() == before


def test_rows_that_did_not_come_are_not_taken_for_none(draft, finance):
    draft.targets.create(number=1, title="Mål")

    answer = signed_in(finance).post(at(draft, "maal/"), {"version": "1"})

    assert answer.status_code == 422
    assert "Rækkerne kom ikke med." in text_of(answer)
    assert draft.targets.exists()


def test_stale_rows_are_409_and_say_what_the_other_one_saved(draft, finance, approver):
    client, other = signed_in(finance), signed_in(approver)
    address = at(draft, "maal/")
    other.post(address, typed_strategy([TARGET], [RATE]))

    answer = client.post(address, typed_strategy([], [RATE], GOALS))

    assert answer.status_code == 409
    page = Page(answer)
    told = page.text.split("Det, der nu er gemt")[1]
    assert "Den økonomiske strategis mål 1. Kasse" in told and "Mindst; 2034; 150.000.000" in told
    assert "Verdensmål i fokus (tomt)" in told and "Skattesatser Udskrivning 25,5" not in told
    assert page.fields["verdensmaal-1-title"] == "Klima"

    again = client.post(address, typed_strategy([], [RATE], GOALS, version=page.fields["version"]))

    assert again.status_code == 302
    assert (target_rows(draft), len(goal_rows(draft))) == ([], 2)


# --- Sections --------------------------------------------------------------------------------------------------------
SECTION = {"code": "2.1", "parent": "", "title": "Skoler", "text": "Et\r\nto"}
AMOUNT = {"kroner": "-1.200.000", "years": "2021-2023", "basis": "each", "standing": "new", "note": "i puljen"}


def test_a_section_is_made_with_its_amounts(draft, finance):
    parent = draft.sections.get(code="2")

    answer = signed_in(finance).post(
        at(draft, "afsnit/ny/?under=2"), SECTION | {"parent": str(parent.pk)} | rows("beloeb", AMOUNT, {"kroner": ""})
    )

    assert (answer.status_code, answer.url) == (302, at(draft))
    made = draft.sections.get(code="2.1")
    assert (made.parent, made.text, made.is_theme) == (parent, "Et\nto", False)
    assert stated_rows(made) == [StatedRow(-1_200_000, (2021, 2022, 2023), "each", "new", "i puljen")]


@pytest.mark.parametrize("under", ["2", "9", "", "2\x00", "x" * 5000])
def test_a_new_section_begins_under_the_one_it_was_asked_for(draft, finance, under):
    answer = signed_in(finance).get(at(draft, "afsnit/ny/"), {"under": under})

    assert answer.status_code == 200
    chosen = answer.context["form"]["parent"].value()
    assert chosen == (draft.sections.get(code="2").pk if under == "2" else None)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"code": "2"}, "Nummer 2 findes allerede (Afsnit 2)."),
        ({"code": "to"}, "Skriv nummeret som i aftalen"),
        ({"code": "x" * 31}, "30"),
        ({"title": ""}, "påkrævet"),
        ({"code": "", "is_theme": "on"}, "Kun et kapitel kan være et tema"),
        ({"parent": "999999"}, "Marker en gyldig valgmulighed"),
        (rows("beloeb", AMOUNT | {"kroner": ""}), "Beløb 1, kroner: Skriv beløbet i hele kroner"),
        (rows("beloeb", AMOUNT | {"kroner": "12,5"}), "Beløb 1, kroner: Skriv beløbet i hele kroner"),
        (rows("beloeb", AMOUNT | {"kroner": "mange"}), "Beløb 1, kroner: Skriv beløbet i hele kroner"),
        (rows("beloeb", AMOUNT | {"years": "21"}), "Beløb 1, år: Skriv årene som"),
        (rows("beloeb", AMOUNT | {"years": "2024-2021"}), "det sidste år ligger før det første"),
        (rows("beloeb", AMOUNT | {"years": "2021-9999"}), "Skriv år mellem 1990 og 2100."),
        (rows("beloeb", AMOUNT | {"years": ""}), "Beløbet gælder hvert af årene, men der er ikke nævnt noget år."),
        (rows("beloeb", AMOUNT | {"basis": "recurring"}), "Et årligt beløb har højst ét år, nemlig det første."),
        (rows("beloeb", AMOUNT | {"basis": ""}), "Vælg, hvordan beløbet gælder årene."),
        (rows("beloeb", AMOUNT | {"standing": "andet"}), "Beløb 1, slags:"),
        (rows("beloeb", AMOUNT | {"note": "x" * 201}), "200"),
    ],
)
def test_a_bad_section_is_422_and_changes_nothing(draft, finance, fields, words):
    client = signed_in(finance)
    before = all_rows()

    answer = client.post(at(draft, "afsnit/ny/"), SECTION | rows("beloeb", AMOUNT) | fields)

    assert answer.status_code == 422
    page = Page(answer)
    assert words in page.text
    assert (page.fields["text"], page.fields["beloeb-0-note"]) == ("Et\r\nto", fields.get("beloeb-0-note", "i puljen"))
    assert all_rows() == before


def test_a_section_is_mended_but_never_moved_under_itself(draft, finance):
    section = draft.sections.get(code="2")
    below = create_section(draft, "2.1", parent=section)
    client = signed_in(finance)

    moved = [
        client.post(of(section), form_of(client, of(section)) | {"parent": str(each.pk)}) for each in (section, below)
    ]
    mended = client.post(of(section), form_of(client, of(section)) | {"title": "Nyt navn", "is_theme": "on"})

    assert [answer.status_code for answer in moved] == [422, 422]
    assert "Et afsnit kan ikke ligge under sig selv." in text_of(moved[0])
    assert "2.1 ligger selv under 2" in text_of(moved[1])
    assert mended.status_code == 302
    section.refresh_from_db()
    assert (section.title, section.is_theme, section.parent) == ("Nyt navn", True, None)


def test_a_stale_section_is_409_with_everything_kept_and_saves_from_there(draft, finance, approver):
    section = draft.sections.get(code="3")
    replace_stated_amounts(section, [StatedRow(5, (2021,), "each", "new")])
    client, other = signed_in(finance), signed_in(approver)
    fields = form_of(client, of(section)) | {"title": "Min titel", "beloeb-0-kroner": "77", "beloeb-0-note": "min"}
    theirs = form_of(other, of(section)) | {"title": "Deres titel"}
    theirs |= {f"beloeb-1-{name}": value for name, value in AMOUNT.items()}
    assert other.post(of(section), theirs).status_code == 302

    answer = client.post(of(section), fields)

    assert answer.status_code == 409
    page = Page(answer)
    assert [page.fields[name] for name in ("title", "beloeb-0-kroner", "beloeb-0-note")] == ["Min titel", "77", "min"]
    told = page.text.split("Det, der nu er gemt")[1]
    assert "Titel Deres titel" in told
    assert (
        "Beløb nævnt i teksten 5 kr., i hvert af årene, 2021, nyt beløb -1.200.000 kr., i hvert af årene, 2021-2023, "
        "nyt beløb, i puljen" in told
    )

    again = client.post(of(section), fields | {"version": page.fields["version"]})

    assert again.status_code == 302
    section.refresh_from_db()
    assert (section.title, stated_rows(section)) == ("Min titel", [StatedRow(77, (2021,), "each", "new", "min")])


def test_what_was_typed_comes_back_when_the_agreement_was_signed_meanwhile(draft, finance):
    section = draft.sections.get(code="3")
    client = signed_in(finance)
    fields = form_of(client, of(section)) | {"text": "Mine lange ord", "beloeb-0-note": "og min note"}
    Agreement.objects.filter(pk=draft.pk).update(signed_on="2030-10-01")

    answer = client.post(of(section), fields)

    assert answer.status_code == 409
    shown = Page(answer)
    assert "Aftalen er indgået." in shown.text
    assert "Mine lange ord" in answer.content.decode() and "og min note" in answer.content.decode()


def test_an_empty_section_is_deleted(draft, finance):
    section = draft.sections.get(code="3")
    client = signed_in(finance)
    assert of(section, "slet/") in Page(client.get(of(section))).links

    answer = client.post(of(section, "slet/"), form_of(client, of(section, "slet/")))

    assert (answer.status_code, answer.url) == (302, at(draft))
    assert not Section.objects.filter(pk=section.pk).exists()


def test_a_section_that_holds_something_is_not_deleted(draft, finance):
    section = draft.sections.get(code="2")
    client = signed_in(finance)
    page = client.get(of(section, "slet/"))
    assert "Afsnittet har et punkt. Flyt eller slet dem først." in text_of(page)

    answer = client.post(of(section, "slet/"), form_of(client, of(section, "slet/")))

    assert answer.status_code == 409
    assert "Afsnittet har et punkt." in text_of(answer)
    assert Section.objects.filter(pk=section.pk).exists()


def test_a_section_changed_meanwhile_is_asked_about_again(draft, finance):
    section = draft.sections.get(code="3")
    client = signed_in(finance)
    fields = form_of(client, of(section, "slet/"))
    Section.objects.filter(pk=section.pk).update(version=2)

    answer = client.post(of(section, "slet/"), fields)

    assert answer.status_code == 409
    assert "En anden har rettet det" in text_of(answer)
    assert client.post(of(section, "slet/"), Page(answer).fields).status_code == 302


@pytest.mark.parametrize("pk", ["999999", "9" * 30])
def test_sections_that_are_not_there(draft, finance, pk):
    elsewhere = create_section(create_agreement(signed_on=None), "3")
    client = signed_in(finance)

    for address in (f"afsnit/{pk}/", f"afsnit/{pk}/slet/", f"afsnit/{elsewhere.pk}/"):
        assert client.get(at(draft, address)).status_code == 404


# --- Signing ---------------------------------------------------------------------------------------------------------
def sign_form(client, draft, **fields):
    today = f"{timezone.localdate():%d.%m.%Y}"
    return form_of(client, at(draft, "indgaa/")) | {"signed_on": today, "is_confirmed": "on"} | fields


def test_finance_marks_the_agreement_as_signed(draft, finance, member):
    client = signed_in(finance)
    assert "1.000 kr. Linjer" in text_of(client.get(at(draft, "indgaa/")))

    answer = client.post(at(draft, "indgaa/"), sign_form(client, draft, signed_on="29.9.2025"))

    assert (answer.status_code, answer.url) == (302, draft.get_absolute_url())
    assert "er markeret som indgået" in text_of(client.get(answer.url))
    draft.refresh_from_db()
    assert f"{draft.signed_on:%d.%m.%Y}" == "29.09.2025"
    assert [(each.table, each.kroner) for each in draft.control_totals.all()] == [("drift", -1_500_000)]
    assert signed_in(member).get(draft.get_absolute_url()).status_code == 200
    assert client.get(at(draft)).status_code == 409


def test_the_day_must_be_typed(draft, finance):
    assert form_of(signed_in(finance), at(draft, "indgaa/"))["signed_on"] == ""


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"is_confirmed": ""}, "Sæt flueben, når summerne er de samme som på papiret."),
        ({"signed_on": ""}, "påkrævet"),
        ({"signed_on": "01.01.1990"}, "for langt før budgetåret"),
        ({"signed_on": "i går"}, "Skriv datoen som dag, måned og år"),
        ({"signed_on": f"{timezone.localdate() + timedelta(days=2):%d.%m.%Y}"}, "Datoen ligger i fremtiden."),
        ({"totals": "drift 2031"}, "Summer: Summerne kom ikke med."),
        ({"totals": f"drift 2031 {'9' * 5000}"}, "Summerne kom ikke med."),
    ],
)
def test_a_signing_that_is_not_right_is_422(draft, finance, fields, words):
    client = signed_in(finance)

    answer = client.post(at(draft, "indgaa/"), sign_form(client, draft, **fields))

    assert answer.status_code == 422
    assert words in text_of(answer)
    draft.refresh_from_db()
    assert not draft.is_signed


def test_an_agreement_that_lacks_something_cannot_be_signed(draft, finance):
    client = signed_in(finance)
    fields = sign_form(client, draft)
    create_amount_line(draft, {}, label="Tom linje")

    page, answer = client.get(at(draft, "indgaa/")), client.post(at(draft, "indgaa/"), fields)

    assert (page.status_code, answer.status_code) == (200, 422)
    for each in (page, answer):
        assert "Det mangler i »Tom linje«." in text_of(each)
        assert "is_confirmed" not in each.content.decode()
    draft.refresh_from_db()
    assert not draft.is_signed


def test_sums_that_changed_meanwhile_are_409_and_confirmed_anew(draft, finance):
    client = signed_in(finance)
    fields = sign_form(client, draft)
    create_amount_line(draft, {draft.budget_year: 500_000}, label="Kom til")

    answer = client.post(at(draft, "indgaa/"), fields)

    assert answer.status_code == 409
    page = Page(answer)
    assert "Beløbene er ændret, siden du åbnede siden." in page.text and "−1.000" in page.text
    assert "is_confirmed" not in page.fields
    again = client.post(at(draft, "indgaa/"), page.fields | {"is_confirmed": "on"})
    assert again.status_code == 302
    assert draft.control_totals.get().kroner == -1_000_000


def test_a_head_that_changed_meanwhile_is_409_before_signing(draft, finance):
    client = signed_in(finance)
    fields = sign_form(client, draft)
    Agreement.objects.filter(pk=draft.pk).update(version=2, title="Andet navn")

    answer = client.post(at(draft, "indgaa/"), fields)

    assert answer.status_code == 409
    assert "En anden har gemt" in text_of(answer) and "Markér Andet navn" in text_of(answer)
    assert client.post(at(draft, "indgaa/"), Page(answer).fields | {"is_confirmed": "on"}).status_code == 302


# --- Whatever is posted ----------------------------------------------------------------------------------------------
ROW_NAMES = [
    f"{prefix}-{n}-{name}"
    for prefix, names in (
        ("beloeb", ["kroner", "years", "basis", "standing", "note", "DELETE"]),
        ("maal", ["number", "title", "text", "values", "DELETE"]),
        ("satser", ["name", "hundredths", "unit", "note", "DELETE"]),
        ("verdensmaal", ["number", "title", "joint_with", "DELETE"]),
    )
    for name in names
    for n in (0, 1)
]
COUNTS = [f"{p}-{n}_FORMS" for p in ("beloeb", "maal", "satser", "verdensmaal") for n in ("TOTAL", "INITIAL")]
POSTED_NAMES = [
    *HEAD, *SECTION, "parties", "copy_from", "is_theme", "signed_on", "totals", "is_confirmed", "version",
    "definition_effort_happy", *ROW_NAMES,
]  # fmt: skip
POSTED_VALUES = [
    "", "0", "1", "2", "-1", "on", "x", "2031", "2071", "1,5", "25,5", "1.250.000", "−5", "9" * 40, "9" * 5000, "\x00",
    "1e309", "NaN", "Mindst; 2034; 5", ";;", "2031-2034", "2034-2031", "each", "recurring", "new", "percent", "1000",
    "milestones", "29.09.2020", "00.00.0000", "drift 2031 -1500000", ";", "٢", "1.2.3.4.5.6.7",
    "𝔘" * 300,
]  # fmt: skip


@pytest.mark.slow_guard
def test_no_post_makes_a_fault(draft, finance):
    section, client = draft.sections.get(code="3"), signed_in(finance, raise_request_exception=False)
    addresses = [NEW, *(at(draft, each) for each in ("hoved/", "maal/", "indgaa/", "afsnit/ny/"))]
    addresses += [of(section), of(section, "slet/")]
    counts = {name: "2" if "TOTAL" in name else "0" for name in COUNTS}

    @settings(max_examples=400, suppress_health_check=list(HealthCheck))
    @given(
        st.sampled_from(addresses),
        st.dictionaries(st.sampled_from(POSTED_NAMES), st.sampled_from(POSTED_VALUES), max_size=20),
        st.dictionaries(st.sampled_from(COUNTS), st.sampled_from(POSTED_VALUES), max_size=2),
        st.booleans(),
    )
    def attack(address, form, strange, is_nearly_right):
        right = (
            (HEAD | SECTION | {"version": "1", "is_confirmed": "on", "signed_on": "29.09.2025"})
            if is_nearly_right
            else {}
        )
        with transaction.atomic():
            answer = client.post(address, counts | right | form | strange)
            transaction.set_rollback(True)
        assert answer.status_code < 500, f"{address}: {form!r} {strange!r}"

    attack()
