"""Opsætning af runder: the list, the form with the template of four, and mending one round."""

from datetime import date

import pytest

from tests.factories import create_agreement, create_assessment, create_item, create_round
from tests.tracker.views.pages import Page, signed_in, text_of
from tracker.actions.round_setup import change_round
from tracker.models import FollowUpRound, MovedDate

JUNE, JULY = date(2031, 6, 12), date(2031, 7, 1)


def at(agreement, ending=""):
    return f"/opsaetning/aftaler/{agreement.budget_year}/runder/{ending}"


def fields_of(client, address):
    """What the browser would send back unchanged."""
    response = client.get(address)
    assert response.status_code == 200
    return {name: value for name, value in Page(response).fields.items() if name != "csrfmiddlewaretoken"}


def moved(follow_up_round, by, before, after, reason="Ferie"):
    FollowUpRound.objects.filter(pk=follow_up_round.pk).update(deadline=before)
    fresh = FollowUpRound.objects.get(pk=follow_up_round.pk)
    change_round(follow_up_round=fresh, by=by, version=fresh.version, fields={"deadline": after}, reason=reason)


# --- The list and the template ---------------------------------------------------------------------------------------
def test_four_rounds_are_created_in_one_form(finance):
    agreement = create_agreement()
    client, year = signed_in(finance), agreement.budget_year
    fields = fields_of(client, at(agreement))
    assert [fields[f"runder-{n}-label"] for n in range(4)] == [
        f"1. budgetopfølgning {year}", f"2. budgetopfølgning {year}", f"3. budgetopfølgning {year}", f"31.12.{year}",
    ]  # fmt: skip
    days = ("31.03", "30.06", "30.09", "31.12")
    assert [fields[f"runder-{n}-as_of"] for n in range(4)] == [f"{day}.{year}" for day in days]
    unknown = ("opens_on", "deadline", "committees_on", "council_on")
    assert not any(fields[f"runder-{n}-{name}"] for n in range(4) for name in unknown)

    fields |= {"runder-0-deadline": f"20.04.{year}", "instructions": "Kort.\r\nTak."}
    answer = client.post(at(agreement), fields)

    assert (answer.status_code, answer.url) == (302, at(agreement))
    assert [(each.number, each.state, each.instructions) for each in agreement.rounds.all()] == [
        (number, "planned", "Kort.\nTak.") for number in (1, 2, 3, 4)
    ]
    assert agreement.rounds.get(number=1).deadline == date(year, 4, 20)
    text = text_of(client.get(answer.url))
    assert "4 runder er oprettet." in text and "Tilføj endnu en runde" in text and "ikke angivet" in text


def test_a_round_may_be_left_out_and_another_added_later(finance):
    agreement = create_agreement()
    client = signed_in(finance)
    client.post(at(agreement), fields_of(client, at(agreement)) | {"runder-3-DELETE": "on"})
    assert [each.number for each in agreement.rounds.all()] == [1, 2, 3]

    fields = fields_of(client, at(agreement))
    assert (fields["runder-TOTAL_FORMS"], fields["runder-0-number"]) == ("1", "4")
    client.post(at(agreement), fields)
    fields = fields_of(client, at(agreement))
    assert (fields["runder-0-number"], fields["runder-0-label"]) == ("5", "")
    answer = client.post(at(agreement), fields | {"runder-0-label": "Ekstra opfølgning"})

    assert answer.status_code == 302
    assert [each.number for each in agreement.rounds.all()] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"runder-0-number": "2"}, "Nummeret står to gange."),
        ({"runder-0-number": ""}, "Skriv rundens nummer."),
        ({"runder-0-number": "100"}, "mindre end eller lig"),
        ({"runder-0-number": "et"}, "Ny runde 1, nummer"),
        ({"runder-0-label": " "}, "Skriv, hvad runden hedder."),
        ({"runder-0-label": "x" * 81}, "højst have 80 tegn"),
        ({"runder-0-deadline": "næste uge"}, "Skriv datoen som dag, måned og år"),
        ({"runder-0-deadline": "31.04.2031"}, "Skriv datoen som dag, måned og år"),
        ({"runder-0-opens_on": "02.05.2031", "runder-0-deadline": "01.05.2031"}, "ligger før åbningen 02.05.2031"),
        ({"instructions": "x" * 20_001}, "højst have 20000 tegn"),
        ({"instructions": "Nul \x00"}, "tegn"),
        ({"runder-TOTAL_FORMS": "x"}, "Rækkerne kom ikke med"),
        ({f"runder-{n}-DELETE": "on" for n in range(4)}, "Skriv mindst én runde."),
    ],
)
def test_bad_input_is_told_at_the_field_and_nothing_is_lost(finance, typed, words):
    agreement = create_agreement()
    client = signed_in(finance)
    fields = fields_of(client, at(agreement)) | {"runder-1-label": "Mit eget navn"} | typed

    answer = client.post(at(agreement), fields)

    assert answer.status_code == 422
    page = Page(answer)
    assert words in page.text
    if "runder-TOTAL_FORMS" not in typed:
        kept = {name: page.fields.get(name, "") for name in fields if name in {"runder-1-label", *typed}}
        assert {name: value for name, value in kept.items() if "DELETE" not in name} == {
            name: fields[name] for name in kept if "DELETE" not in name
        }
    assert not agreement.rounds.exists()


def test_a_repeated_post_creates_nothing_more(finance):
    agreement = create_agreement()
    client = signed_in(finance)
    fields = fields_of(client, at(agreement))
    client.post(at(agreement), fields)

    again = client.post(at(agreement), fields)

    assert again.status_code == 422
    assert "Runde 1 findes allerede." in text_of(again)
    assert agreement.rounds.count() == 4


def test_an_agreement_of_exceptions_has_no_such_page(loaded_2021, finance):
    assert signed_in(finance).get(at(loaded_2021)).status_code == 404


def test_a_draft_gets_its_rounds_too(finance):
    draft = create_agreement(signed_on=None, plan="draft")
    client = signed_in(finance)
    assert at(draft) in Page(client.get(f"/opsaetning/aftaler/{draft.budget_year}/")).links

    client.post(at(draft), fields_of(client, at(draft)))

    assert draft.rounds.count() == 4


def test_the_list_shows_each_date_and_from_when_it_was_moved(finance, approver):
    agreement = create_agreement()
    spring = create_round(agreement)
    create_round(agreement, state="published")
    moved(spring, approver, JUNE, JULY, "To centre bad om det.")

    page = Page(signed_in(finance).get(at(agreement)))

    assert "01.07.2031 flyttet fra 12.06.2031: To centre bad om det." in page.text
    assert "rettes af godkenderen" in page.text and "ligger fast" in page.text
    assert at(agreement, "1/") not in page.links


def test_only_finance_sets_up_rounds(finance, approver, editor, member, administrator):
    agreement, draft = create_agreement(), create_agreement(signed_on=None)
    users = (finance, approver, editor, member, administrator)

    for method in ("get", "post"):
        answers = [getattr(signed_in(user), method)(at(agreement)).status_code for user in users]
        hidden = [getattr(signed_in(user), method)(at(draft)).status_code for user in users[2:]]
        assert answers == [200 if method == "get" else 422] * 2 + [403, 403, 404]
        assert hidden == [404, 404, 404]
    assert not FollowUpRound.objects.filter(agreement__in=[agreement, draft]).exists()


# --- One round -------------------------------------------------------------------------------------------------------
def test_finance_mends_a_planned_round(finance):
    spring = create_round(state="planned")
    client = signed_in(finance)
    address = at(spring.agreement, "1/")

    answer = client.post(address, fields_of(client, address) | {"label": "Forår", "deadline": "12.06.2031"})

    assert (answer.status_code, answer.url) == (302, at(spring.agreement))
    spring.refresh_from_db()
    assert (spring.label, spring.deadline, spring.version) == ("Forår", JUNE, 2)
    assert "Rettelserne er gemt." in text_of(client.get(answer.url))


def test_an_unchanged_form_changes_nothing(finance):
    spring = create_round(state="planned", deadline=JUNE, instructions="Kort.\n\nTak.")
    client = signed_in(finance)
    address = at(spring.agreement, "1/")
    fields = {name: value.replace("\n", "\r\n") for name, value in fields_of(client, address).items()}

    answer = client.post(address, fields, follow=True)

    spring.refresh_from_db()
    assert "Der var ingen rettelser at gemme." in text_of(answer)
    assert spring.version == 1


def test_a_date_moves_with_a_reason_only(approver):
    spring = create_round(deadline=JUNE)
    client = signed_in(approver)
    address = at(spring.agreement, "1/")
    fields = fields_of(client, address) | {"deadline": "01.07.2031", "instructions": "Nyt"}

    without = client.post(address, fields)
    given = client.post(address, Page(without).fields | {"reason": "Ferie"})

    assert (without.status_code, given.status_code) == (422, 302)
    assert "Skriv, hvorfor datoen er flyttet: frist for indberetning." in text_of(without)
    assert Page(without).fields["deadline"] == "01.07.2031"
    assert (MovedDate.objects.get().before, FollowUpRound.objects.get(pk=spring.pk).instructions) == (JUNE, "Nyt")
    assert "flyttet fra 12.06.2031: Ferie" in text_of(client.get(address))


def test_two_who_mend_the_same_round_lose_nothing(finance, approver):
    spring = create_round(state="planned", label="Forår")
    first, second = signed_in(finance), signed_in(approver)
    address = at(spring.agreement, "1/")
    fields = fields_of(second, address)
    first.post(address, fields_of(first, address) | {"label": "Sommer", "deadline": "12.06.2031"})

    stale = second.post(address, fields | {"label": "Efterår", "instructions": "Min vejledning"})

    page = Page(stale)
    assert stale.status_code == 409
    assert (page.fields["label"], page.fields["instructions"]) == ("Efterår", "Min vejledning")
    assert "Det, der nu er gemt Navn Sommer Frist for indberetning 12.06.2031" in page.text
    again = second.post(address, page.fields | {"deadline": "12.06.2031"})
    spring.refresh_from_db()
    assert again.status_code == 302
    assert (spring.label, spring.deadline, spring.instructions) == ("Efterår", JUNE, "Min vejledning")


def test_what_finance_typed_comes_back_when_the_round_was_opened_meanwhile(finance):
    spring = create_round(state="planned")
    client = signed_in(finance)
    address = at(spring.agreement, "1/")
    fields = fields_of(client, address) | {"instructions": "En lang vejledning"}
    FollowUpRound.objects.filter(pk=spring.pk).update(state="open")

    answer = client.post(address, fields)

    assert answer.status_code == 403
    assert "En lang vejledning" in answer.content.decode()


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"label": ""}, "påkrævet"),
        ({"as_of": "31.02.2031"}, "Skriv datoen som dag, måned og år"),
        ({"as_of": "31.12.0031"}, "Skriv årstallet med fire cifre"),
        ({"opens_on": "02.05.2031", "deadline": "01.05.2031"}, "Fristen ligger før åbningen 02.05.2031"),
        ({"version": ""}, "Version"),
        ({"version": "99999999999999999999"}, ""),
    ],
)
def test_bad_input_to_one_round(approver, typed, words):
    spring = create_round()
    client = signed_in(approver)
    address = at(spring.agreement, "1/")

    answer = client.post(address, fields_of(client, address) | {"instructions": "Det, jeg skrev"} | typed)

    assert answer.status_code in {409, 422}
    assert words in text_of(answer) and "Det, jeg skrev" in answer.content.decode()
    assert FollowUpRound.objects.get(pk=spring.pk).version == 1


def test_who_mends_which_round(finance, approver, editor, member, administrator):
    agreement = create_agreement()
    for state in ("planned", "open", "closed", "published"):
        create_round(agreement, state=state)

    answers = [
        [signed_in(user).get(at(agreement, f"{number}/")).status_code for number in (1, 2, 3, 4)]
        for user in (finance, approver, editor, member, administrator)
    ]

    assert answers == [[200, 403, 403, 403], [200, 200, 200, 409], [403] * 4, [404] * 4, [404] * 4]
    assert "Genåbn den, hvis den skal rettes." in text_of(signed_in(approver).get(at(agreement, "4/")))


def test_a_round_that_is_not_there(finance):
    assert signed_in(finance).get(at(create_agreement(), "1/")).status_code == 404


# --- Where others see it ---------------------------------------------------------------------------------------------
def test_the_centre_reads_instructions_and_the_moved_deadline(stage, editor, approver):
    FollowUpRound.objects.filter(pk=stage.second.pk).update(instructions="Skriv kort.")
    moved(stage.second, approver, JUNE, JULY, "Ferie")
    client = signed_in(editor)

    front, entries = text_of(client.get("/")), text_of(client.get(stage.of_round("indberetning/")))

    for text in (front, entries):
        assert "Fristen er flyttet fra 12.06.2031: Ferie" in text
    assert "Vejledning fra Økonomi og Styring Skriv kort." in entries
    assert "Vejledning fra Økonomi og Styring Skriv kort." in text_of(client.get(stage.entry()))


def test_finance_reads_them_on_the_board_and_in_the_report(stage, finance, approver):
    FollowUpRound.objects.filter(pk=stage.second.pk).update(instructions="Skriv kort.")
    moved(stage.second, approver, JUNE, JULY, "Ferie")
    client = signed_in(finance)

    board, report = client.get(stage.of_round()), client.get(stage.of_round("rapport/samlet/"))

    assert "Frist for indberetning 01.07.2031 flyttet fra 12.06.2031: Ferie" in text_of(board)
    assert "Vejledning til centrene Skriv kort." in text_of(board)
    assert at(stage.agreement) in Page(board).links and at(stage.agreement, "2/") not in Page(board).links
    assert at(stage.agreement, "2/") in Page(signed_in(approver).get(stage.of_round())).links
    assert "Frist for indberetning 01.07.2031 flyttet fra 12.06.2031: Ferie" in text_of(report)


def test_the_front_of_the_set_up_leads_to_the_rounds(loaded_2018, loaded_2021, finance):
    links = Page(signed_in(finance).get("/opsaetning/")).links

    assert at(loaded_2018) in links and at(loaded_2021) not in links


def test_two_agreements_with_open_rounds_stand_beside_each_other(editor):
    for _ in range(2):
        item = create_item()
        create_round(item.agreement)

    page = signed_in(editor).get("/")

    assert page.content.decode().count("0 af 1 indsendt") == 2


# --- Silence ---------------------------------------------------------------------------------------------------------
@pytest.fixture
def silent(stage, approver):
    """The item was happy in the first round; the second closed before anything came in. Nobody owes the third item."""
    create_item(stage.agreement, "4.01", lead_centre=None)
    FollowUpRound.objects.filter(pk=stage.second.pk).update(state="closed", deadline=JUNE)
    create_assessment(stage.foreign, stage.second)
    return stage


def test_closing_lists_who_is_silent(stage, approver):
    create_item(stage.agreement, "4.01", lead_centre=None)
    create_assessment(stage.item, stage.second, state="draft")
    client = signed_in(approver)

    asked = text_of(client.get(stage.of_round("luk/")))
    answer = client.post(stage.of_round("luk/"), follow=True)

    assert "Ejendomme: 2.02.1 Tagrender på skolen (kladde)" in asked
    assert "Intet center er ansvarligt: 4.01 Punkt 4.01" in asked
    assert "3 punkter er »ikke indberettet«." in text_of(answer)


def test_silence_is_printed_with_centre_and_deadline(silent, finance):
    client = signed_in(finance)

    report = text_of(client.get(silent.of_round("rapport/samlet/")))
    board = text_of(client.get(silent.of_round()))

    assert "Ikke indberettet 2 af 3 punkter. Fristen for centrene var 12.06.2031." in report
    assert "Ejendomme: 2.02.1 Tagrender på skolen Intet center er ansvarligt: 4.01 Punkt 4.01" in report
    assert "Status: Ikke indberettet af Ejendomme. Fristen var 12.06.2031." in report
    assert "Status: Ikke indberettet: intet center er ansvarligt. Fristen var 12.06.2031." in report
    assert "2 punkter er »ikke indberettet«. Fristen var 12.06.2031." in board
    assert "Ejendomme 1 0 1" in board and "Intet center er ansvarligt 1 0 1" in board


def test_the_item_says_who_did_not_report(silent, finance, editor, member, other_editor):
    address = silent.item.get_absolute_url()
    words = "Ikke indberettet af Ejendomme. Fristen var 12.06.2031."

    told = [words in text_of(signed_in(user).get(address)) for user in (finance, editor, member, other_editor)]
    FollowUpRound.objects.filter(pk=silent.second.pk).update(state="published")
    published = [words in text_of(signed_in(user).get(address)) for user in (finance, editor, member, other_editor)]

    assert told == [True, True, False, False]
    assert published == [True, True, True, True]


def test_the_entry_page_of_a_round_that_is_over_says_it_too(silent, editor):
    create_assessment(silent.item, silent.second, state="draft", comment="Nåede det ikke")

    page = text_of(signed_in(editor).get(silent.entry()))

    assert "Ikke indberettet af Ejendomme. Fristen var 12.06.2031." in page and "Nåede det ikke" in page


def test_last_rounds_smiley_never_stands_in_its_place(silent, finance):
    client = signed_in(finance)

    board = client.get(silent.of_round("?center=ejendomme")).content.decode()
    report = client.get(silent.of_round("rapport/samlet.json")).json()

    assert "smiley--happy" not in board.split('id="liste"')[1]
    item = next(each for each in report["items"] if each["key"] == "2.02.1")
    assert [(each["round"], each["effort"], each["state"]) for each in item["assessments"]] == [
        (1, "happy", "approved"),
        (2, "not_reported", "not_reported"),
    ]
