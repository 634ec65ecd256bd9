"""Milepælsplan: the paper with its decisions and changes, who reads how much of it, and the acts on it as a whole."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from tests.factories import (
    create_agreement,
    create_centre,
    create_committee,
    create_decision,
    create_item,
    create_milestone,
    create_milestone_change,
    create_round,
)
from tests.tracker.exports.workbooks import opened
from tests.tracker.views.pages import HTMX, Page, signed_in, text_of
from tracker.models import Decision, Event, Milestone, MilestoneChange, MilestonePlan


class Plan:
    """Two items of two centres and two committees, each with a milestone in the second of two rounds."""

    def __init__(self, state="approved", **fields):
        self.agreement = create_agreement(plan=state, **fields)
        self.first, self.second = (create_round(self.agreement, state="planned") for _ in range(2))
        self.own = create_item(self.agreement, "2.02.1", committees=[create_committee()], title="Tagrender")
        self.foreign = create_item(
            self.agreement, "3.10", centre=create_centre("Politisk Sekretariat"), title="Borgerråd",
            committees=[create_committee("Kultur- og Fritidsudvalget")],
        )  # fmt: skip
        create_milestone(self.own, self.second, "Tagrenderne er renset.")
        create_milestone(self.foreign, self.second, "Rådet er valgt.")

    @property
    def year(self) -> int:
        return self.agreement.budget_year

    def page(self, query="") -> str:
        return f"/aftaler/{self.year}/milepaele/{query}"

    def file(self, query="") -> str:
        return f"/aftaler/{self.year}/milepaele.xlsx{query}"

    def act(self, name) -> str:
        return f"/opsaetning/aftaler/{self.year}/milepaele/{name}/"

    @property
    def state(self) -> str:
        return MilestonePlan.objects.get(agreement=self.agreement).state


@pytest.fixture
def plan(db) -> Plan:
    return Plan()


@pytest.fixture
def heard(db) -> Plan:
    return Plan("hearing")


@pytest.fixture
def draft(db) -> Plan:
    return Plan("draft")


# --- Reading ---------------------------------------------------------------------------------------------------------
def test_the_real_plan_with_its_decisions(loaded_2018, member):
    page = Page(signed_in(member).get("/aftaler/2018/milepaele/"))

    for words in (
        "Aftale om budget 2018: milepælsplan",
        "Tilstand godkendt Sagsnummer 00.30.00-S00-9-16",
        "23.01.2018 Økonomiudvalget: sendt tilbage (sag 00.30.00-S00-9-16) Planen gik tilbage til fagudvalgene",
        "06.02.2018 Erhvervs- og Beskæftigelsesudvalget: drøftet",
        "35 af 35 punkter, 100 milepæle",
        "3. Sammenhængende udviklingsforløb 0-25 år",
        "Alle delopgaver er færdige.",
    ):
        assert words in page.text
    assert [each["id"] for each in page.attributes("tr") if "id" in each] == [
        f"punkt-{item.key}" for item in loaded_2018.items.in_agreement_order()
    ]
    assert "Ikke godkendt" not in page.text and "Ændret efter godkendelsen" not in page.text


def test_every_change_is_told_with_old_and_new_text(plan, member):
    create_milestone_change(plan.own, plan.second, "Tagrenderne er skiftet.", "Tagrenderne er renset.", reason="Dyrt.")
    create_milestone_change(plan.own, plan.first, "Der er indhentet tilbud.", "")
    MilestonePlan.objects.update(state="changed")

    text = text_of(signed_in(member).get(plan.page()))

    assert "godkendt og siden ændret" in text
    assert "Ændret efter godkendelsen: 2.02.1 Tagrender" in text
    assert (
        "Milepæl ændret 12.03.2031 Før: Tagrenderne er skiftet. Efter: Tagrenderne er renset. Begrundelse: Dyrt."
    ) in text
    assert "Før: Der er indhentet tilbud. Efter: ingen; milepælen er fjernet" in text


def test_before_the_approval_everybody_reads_what_is_theirs(heard, finance, approver, editor, chief, other_editor):
    told = {}
    for user in (finance, approver, editor, chief, other_editor):
        text = text_of(signed_in(user).get(heard.page()))
        told[user.name] = ("Tagrenderne" in text, "Rådet" in text, "dit centers egne punkter" in text)

    assert told == {
        finance.name: (True, True, False),
        approver.name: (True, True, False),
        editor.name: (True, False, True),
        chief.name: (True, False, True),
        other_editor.name: (False, True, True),
    }


@pytest.mark.parametrize("state", ["draft", "hearing"])
def test_before_the_approval_there_is_no_plan_for_others(state, member, administrator):
    plan = Plan(state)

    answers = [signed_in(user).get(place).status_code for user in (member, administrator) for place in (
        plan.page(), plan.file(),
    )]  # fmt: skip

    assert answers == [404] * 4


@pytest.mark.parametrize("place", ["milepaele/", "milepaele.xlsx"])
def test_an_agreement_by_exception_has_no_plan(loaded_2021, finance, place):
    assert signed_in(finance).get(f"/aftaler/2021/{place}").status_code == 404


def test_an_agreement_without_rounds_or_items_yet_has_an_empty_plan(finance):
    agreement = create_agreement(plan="draft")

    text = text_of(signed_in(finance).get(f"/aftaler/{agreement.budget_year}/milepaele/"))

    assert "0 af 0 punkter, 0 milepæle" in text and "Der er ingen punkter at vise." in text


def test_the_tab_is_there_for_those_who_may_open_it(heard, loaded_2021, finance, editor, member):
    places = [f"/aftaler/{heard.year}/{ending}" for ending in ("", "matrix/", "grundlag/", "beloeb/")]

    for user, expected in ((finance, True), (editor, True), (member, False)):
        client = signed_in(user)
        assert [heard.page() in Page(client.get(place)).links for place in places] == [expected] * 4
    assert "/aftaler/2021/milepaele/" not in Page(signed_in(finance).get("/aftaler/2021/")).links


def test_the_plan_of_one_committee(plan, member):
    client = signed_in(member)

    page = client.get(plan.page("?committee=kultur-og-fritidsudvalget"))
    fragment = client.get(plan.page("?committee=kultur-og-fritidsudvalget"), headers=HTMX)

    assert "1 af 2 punkter, 1 milepæl ·" in text_of(page)
    assert "Rådet er valgt." in text_of(page) and "Tagrenderne" not in text_of(page)
    assert fragment.content.decode().strip() in page.content.decode()
    assert plan.file("?committee=kultur-og-fritidsudvalget") in Page(page).links


@pytest.mark.parametrize("query", ["?committee=findes-ikke", "?committee=%00"])
def test_a_wrong_filter_shows_nothing(plan, member, query):
    client = signed_in(member)

    page, file = client.get(plan.page(query)), client.get(plan.file(query))

    assert (page.status_code, file.status_code) == (422, 422)
    assert "Ret dette, før du går videre" in text_of(page) and "Tagrenderne" not in text_of(page)
    assert "Filen blev ikke dannet" in text_of(file)


def test_a_committee_of_items_one_may_not_see_is_no_choice(heard, editor):
    answer = signed_in(editor).get(heard.page("?committee=kultur-og-fritidsudvalget"))

    assert answer.status_code == 422
    assert "Kultur- og Fritidsudvalget" not in text_of(answer)


# --- The paper -------------------------------------------------------------------------------------------------------
def rows_of(sheet) -> list[tuple]:
    rows = [tuple(cell.value for cell in row) for row in sheet.iter_rows()]
    return rows[next(n for n, row in enumerate(rows) if row[0] in {"Punkt", "Besluttet af"}) :]


def test_the_paper_has_a_row_per_item_and_a_column_per_round(heard, finance):
    create_milestone(heard.own, heard.second, "=Og malet.")
    create_decision(heard.agreement, remark="Første runde.")

    answer = signed_in(finance).get(heard.file())

    book = opened(answer.content)
    assert answer.headers["Content-Disposition"] == f'attachment; filename="aftale-{heard.year}-milepaele.xlsx"'
    assert book.sheetnames == ["Milepælsplan", "Beslutninger"]
    sheet = book["Milepælsplan"]
    assert sheet["A1"].value == f"Udmøntning af Aftale om budget {heard.year}"
    assert sheet["A2"].value.startswith("Milepælsplanen er i høring i udvalgene, ikke godkendt. Punkter: 2.")
    heading, own, foreign = rows_of(sheet)
    assert heading == (
        "Punkt", "Titel", "Kapitel", "Ansvarligt udvalg", "Ansvarligt center", heard.first.label, heard.second.label,
    )  # fmt: skip
    assert own == (
        "2.02.1", "Tagrender", "2. Afsnit 2", "Økonomiudvalget", "Ejendomme", None,
        "Tagrenderne er renset.\n\n=Og malet.",
    )  # fmt: skip
    assert foreign[0] == "3.10"
    decided = heard.agreement.signed_on + timedelta(days=1)
    assert rows_of(book["Beslutninger"])[1] == (
        "Økonomiudvalget", f"{decided:%d.%m.%Y}", None, "drøftet", "Første runde.",
    )  # fmt: skip


def test_the_paper_of_one_committee_is_named_after_it(plan, member):
    create_milestone_change(plan.foreign, plan.second, "", "Rådet er valgt.", reason="Glemt.")

    answer = signed_in(member).get(plan.file("?committee=kultur-og-fritidsudvalget"))

    book = opened(answer.content)
    assert answer.headers["Content-Disposition"].endswith('-milepaele-kultur-og-fritidsudvalget.xlsx"')
    assert book["Milepælsplan"]["A1"].value.endswith("for Kultur- og Fritidsudvalgets område")
    assert [row[0] for row in rows_of(book["Milepælsplan"])] == ["Punkt", "3.10"]
    assert rows_of(book["Ændrede milepæle"])[1] == (
        "3.10", "Borgerråd", plan.second.label, None, "Rådet er valgt.", "Glemt.", "12.03.2031",
    )  # fmt: skip


def test_before_the_approval_a_centre_gets_its_own_items_only(heard, editor):
    create_milestone_change(heard.foreign, heard.second, "Hemmeligt før", "Hemmeligt efter")

    book = opened(signed_in(editor).get(heard.file()).content)

    assert [row[0] for row in rows_of(book["Milepælsplan"])] == ["Punkt", "2.02.1"]
    assert "Ændrede milepæle" not in book.sheetnames


@pytest.mark.parametrize("text", ["=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0"])
def test_no_text_becomes_a_formula(plan, member, text):
    Milestone.objects.update(text=text)
    create_milestone_change(plan.own, plan.second, text, "", reason=text)
    create_decision(plan.agreement, body=text, remark=text, case_number=text)

    book = opened(signed_in(member).get(plan.file()).content)

    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value == text]
    assert len(cells) == 7 and all(cell.data_type == "s" for cell in cells)


# --- To hearing ------------------------------------------------------------------------------------------------------
def test_finance_sends_the_plan_to_hearing(draft, finance):
    client = signed_in(finance)

    page = client.get(draft.act("hoering"))
    answer = client.post(draft.act("hoering"))

    assert "Planen har 2 milepæle på 2 punkter." in text_of(page)
    assert (answer.status_code, answer.url, draft.state) == (302, draft.page(), "hearing")
    text = text_of(client.get(answer.url))
    assert "Milepælsplanen er sendt i høring i udvalgene." in text
    assert f"i høring i udvalgene, ikke godkendt; sendt {timezone.localdate():%d.%m.%Y}" in text


def test_an_empty_plan_says_kindly_what_is_missing(finance):
    agreement = create_agreement(plan="draft")
    client, place = signed_in(finance), f"/opsaetning/aftaler/{agreement.budget_year}/milepaele/hoering/"

    page, answer = client.get(place), client.post(place)

    assert "Planen har ingen milepæle endnu. Skriv dem på punkterne" in text_of(page)
    assert not Page(page).attributes("button", **{"class": "button button-primary"})
    assert answer.status_code == 422 and text_of(answer).count("Planen har ingen milepæle endnu") == 1


def test_the_plan_of_a_draft_agreement_waits(finance):
    plan = Plan("draft", signed_on=None)
    client = signed_in(finance)

    answers = client.get(plan.act("hoering")), client.post(plan.act("hoering"))

    assert [answer.status_code for answer in answers] == [200, 422]
    assert all("Aftalen er ikke indgået endnu" in text_of(answer) for answer in answers)
    assert plan.state == "draft"


# --- And back --------------------------------------------------------------------------------------------------------
def test_a_plan_that_was_sent_back_says_why(heard, finance, editor):
    client = signed_in(finance)

    answer = client.post(heard.act("tilbage"), {"comment": "Skriv datoer på.\r\nOgså i runde 4."})

    assert (answer.status_code, heard.state) == (302, "draft")
    for user in (finance, editor):
        text = text_of(signed_in(user).get(heard.page()))
        assert f"af {finance.name}: Skriv datoer på.Også i runde 4." in text
    client.post(heard.act("hoering"))
    assert "Skriv datoer på." not in text_of(client.get(heard.page()))


@pytest.mark.parametrize("comment", ["", "  \r\n", "x\x00", "x" * 20_001])
def test_a_return_without_a_good_comment_is_422(heard, finance, comment):
    answer = signed_in(finance).post(heard.act("tilbage"), {"comment": comment})

    assert (answer.status_code, heard.state) == (422, "hearing")
    assert "Ret dette, før du går videre" in text_of(answer)


# --- Decisions -------------------------------------------------------------------------------------------------------
def decision(**fields) -> dict:
    committee = create_committee("Kultur- og Fritidsudvalget")
    yesterday = timezone.localdate() - timedelta(days=1)
    return {
        "committee": str(committee.pk), "other_body": "", "decided_on": f"{yesterday:%d.%m.%Y}",
        "outcome": "discussed", "case_number": "00.30.00-S00-9-16", "remark": "Gode mål.",
    } | fields  # fmt: skip


@pytest.fixture
def in_time(db) -> Plan:
    """In hearing, of an agreement that was signed a year ago: decisions may lie in between."""
    return Plan("hearing", signed_on=timezone.localdate() - timedelta(days=365), case_number="00.30.00-S00-9-16")


def test_a_decision_is_noted_and_the_plan_stays_in_hearing(in_time, approver, editor):
    client = signed_in(approver)

    form = Page(client.get(in_time.act("beslutning"))).fields
    answer = client.post(in_time.act("beslutning"), decision())

    assert form["case_number"] == "00.30.00-S00-9-16"
    assert (answer.status_code, answer.url, in_time.state) == (302, in_time.page(), "hearing")
    text = text_of(signed_in(editor).get(in_time.page()))
    assert "Kultur- og Fritidsudvalget" in text and "drøftet (sag 00.30.00-S00-9-16) Gode mål." in text


def test_an_approval_opens_the_plan_for_everybody(in_time, approver, member):
    fields = decision(committee="", other_body="Aftaleparterne", outcome="approved", is_whole="on")

    answer = signed_in(approver).post(in_time.act("beslutning"), fields)

    assert (answer.status_code, in_time.state) == (302, "approved")
    assert "Aftaleparterne" in text_of(signed_in(member).get(in_time.page()))


def test_sent_back_by_a_committee_is_a_draft_with_its_remark(in_time, approver):
    client = signed_in(approver)

    client.post(in_time.act("beslutning"), decision(outcome="sent_back", remark="Til fagudvalgene."))

    assert in_time.state == "draft"
    text = text_of(client.get(in_time.page()))
    assert f"af {approver.name}: Kultur- og Fritidsudvalget" in text and "sendt tilbage. Til fagudvalgene." in text


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"committee": ""}, "Vælg udvalget, eller skriv"),
        ({"other_body": "Aftaleparterne"}, "Lad feltet være tomt, når der er valgt et udvalg"),
        ({"committee": "999999"}, "Marker en gyldig valgmulighed"),
        ({"committee": "9" * 30}, "Marker en gyldig valgmulighed"),
        ({"committee": "x"}, "Marker en gyldig valgmulighed"),
        ({"committee": "", "other_body": "x" * 161}, "højst have 160 tegn"),
        ({"other_body": "nul\x00"}, "Null-tegn er ikke tilladte"),
        ({"decided_on": ""}, "skal udfyldes"),
        ({"decided_on": "2031-01-24x"}, "Skriv datoen som dag, måned og år"),
        ({"decided_on": "24.01.31"}, "Skriv datoen som dag, måned og år"),
        ({"decided_on": "01.01.2150"}, "Datoen ligger i fremtiden"),
        ({"decided_on": "01.01.1950"}, "før aftalen blev indgået"),
        ({"outcome": ""}, "skal udfyldes"),
        ({"outcome": "glad"}, "Marker en gyldig valgmulighed"),
        ({"outcome": "approved"}, "Sæt kryds, hvis hele planen er godkendt"),
        ({"is_whole": "on"}, "Krydset hører til »godkendt«"),
        ({"case_number": "x" * 41}, "højst have 40 tegn"),
        ({"remark": "x" * 20_001}, "20000"),
    ],
)
def test_a_decision_that_cannot_be_is_422_and_nothing_typed_is_lost(in_time, approver, fields, words):
    typed = decision(**({"remark": "\n\nMine ord\r\n"} | fields))

    answer = signed_in(approver).post(in_time.act("beslutning"), typed)

    assert answer.status_code == 422
    assert words in text_of(answer)
    assert Page(answer).fields["remark"] == typed["remark"]
    assert Page(answer).fields["case_number"] == typed["case_number"]
    assert in_time.state == "hearing" and not Decision.objects.filter(plan__agreement=in_time.agreement).exists()


def test_a_decision_sent_twice_is_one(in_time, approver):
    client, fields = signed_in(approver), decision()

    answers = [client.post(in_time.act("beslutning"), fields) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 422]
    assert "Der er allerede noteret en beslutning" in text_of(answers[1])
    assert Decision.objects.filter(plan__agreement=in_time.agreement).count() == 1


def test_what_comes_too_late_is_409_and_the_text_is_given_back(in_time, approver):
    client = signed_in(approver)
    approval = decision(committee="", other_body="Aftaleparterne", outcome="approved", is_whole="on")
    client.post(in_time.act("beslutning"), approval)

    late = client.post(in_time.act("beslutning"), decision(remark="Mine lange ord"))
    returned = client.post(in_time.act("tilbage"), {"comment": "Mine andre ord"})

    assert [late.status_code, returned.status_code] == [409, 409]
    assert "Mine lange ord" in late.content.decode() and "Mine andre ord" in returned.content.decode()
    assert in_time.state == "approved"


def test_a_race_lost_in_the_action_is_409_with_the_form(in_time, approver, monkeypatch):
    """Somebody else was faster between this request's look at the plan and its save."""
    monkeypatch.setattr("tracker.views.plans.authorize", lambda *arguments: None)
    MilestonePlan.objects.filter(agreement=in_time.agreement).update(state="draft")

    answer = signed_in(approver).post(in_time.act("beslutning"), decision(remark="Mine lange ord"))

    assert answer.status_code == 409
    assert "Milepælsplanen er ikke i høring længere" in text_of(answer)
    assert Page(answer).fields["remark"] == "Mine lange ord"


# --- Who acts --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("name", "state"), [("hoering", "draft"), ("tilbage", "hearing"), ("beslutning", "hearing")])
def test_others_do_not_act_on_the_plan(name, state, editor, chief, member, administrator, finance):
    plan = Plan(state)

    answers = [
        getattr(signed_in(user), method)(plan.act(name)).status_code
        for user in (editor, chief, member, administrator)
        for method in ("get", "post")
    ]

    assert answers == [403, 403, 403, 403, 404, 404, 404, 404]
    assert signed_in(finance).get(plan.act(name)).status_code == (403 if name == "beslutning" else 200)
    assert plan.state == state and not Event.objects.filter(subject=f"aftale {plan.year}").exists()


@pytest.mark.parametrize(
    ("state", "links"),
    [("draft", ["hoering"]), ("hearing", ["beslutning", "tilbage"]), ("approved", []), ("changed", [])],
)
def test_the_page_offers_what_can_be_done_now(state, links, approver, editor):
    plan = Plan(state)
    offered = [plan.act(name) for name in ("hoering", "beslutning", "tilbage")]

    for user, expected in ((approver, links), (editor, [])):
        found = Page(signed_in(user).get(plan.page())).links
        assert [each for each in found if each in offered] == [plan.act(name) for name in expected]


@pytest.mark.parametrize("name", ["hoering", "tilbage", "beslutning"])
def test_an_agreement_that_has_no_plan(loaded_2021, approver, name):
    answer = signed_in(approver).get(f"/opsaetning/aftaler/2021/milepaele/{name}/")

    assert answer.status_code == 404


# --- Beside the milestone --------------------------------------------------------------------------------------------
def test_an_item_mended_by_form_tells_its_moved_goal_everywhere(plan, finance, member):
    client = signed_in(finance)
    place = f"/opsaetning/aftaler/{plan.year}/punkter/2.02.1/"
    page = client.get(place)
    fields = {name: value for name, value in Page(page).fields.items() if not name.startswith("csrf")}
    kept = {name: page.context["form"][name].value() or "" for name in ("life_status", "lead_centre")}

    answer = client.post(place, fields | kept | {"milestones_2": "Tagrenderne er set efter.", "reason": "Dyrt."})

    assert answer.status_code == 302
    change = MilestoneChange.objects.get(item=plan.own)
    assert (change.before, change.after, change.reason) == (
        "Tagrenderne er renset.", "Tagrenderne er set efter.", "Dyrt.",
    )  # fmt: skip
    reader = signed_in(member)
    today = f"{timezone.localdate():%d.%m.%Y}"
    words = f"Milepæl ændret {today} Før: Tagrenderne er renset. Efter: Tagrenderne er set efter. Begrundelse: Dyrt."
    for where in (plan.page(), f"/aftaler/{plan.year}/punkter/2.02.1/"):
        assert words in text_of(reader.get(where))
    matrix = text_of(reader.get(f"/aftaler/{plan.year}/matrix/")).split("2.02.1 Tagrender")[-1]
    assert matrix.split("3.10")[0].count("milepæl ændret") == 1 and words in matrix.split("3.10")[0]


def test_a_milestone_with_an_empty_line_in_it_is_not_split_by_saving_something_else(plan, finance):
    """It may come so by file; a form that shows it must not tell of a change that nobody made."""
    Milestone.objects.filter(item=plan.own).update(text="Tagrenderne er renset.\n\nOg malet. ")
    client, place = signed_in(finance), f"/opsaetning/aftaler/{plan.year}/punkter/2.02.1/"
    page = client.get(place)
    fields = {name: value for name, value in Page(page).fields.items() if not name.startswith("csrf")}
    kept = {name: page.context["form"][name].value() or "" for name in ("life_status", "lead_centre")}

    answer = client.post(place, fields | kept | {"note": "Ny bemærkning", "reason": "Trykfejl"})

    assert answer.status_code == 302
    assert Milestone.objects.get(item=plan.own).text == "Tagrenderne er renset.\n\nOg malet. "
    assert not MilestoneChange.objects.exists() and plan.state == "approved"


def test_a_moved_goal_is_secret_as_long_as_the_plan_is(heard, member, other_editor, finance):
    """No act leads there; but what is not approved is not shown, whatever the rows say."""
    create_milestone_change(heard.own, heard.second, "Hemmeligt mål", "Lettere mål")
    places = (f"/aftaler/{heard.year}/punkter/2.02.1/", f"/aftaler/{heard.year}/matrix/")

    told = [
        any(words in signed_in(user).get(place).content.decode() for words in ("emmeligt mål", ">milepæl ændret<"))
        for user in (member, other_editor, finance)
        for place in places
    ]

    assert told == [False, False, False, False, True, True]


def test_dates_of_the_fixture_lie_after_the_signing(loaded_2018):
    days = [each.decided_on for each in loaded_2018.milestone_plan.decisions.all()]

    assert days == [date(2018, 1, 23), date(2018, 2, 6)] and min(days) > loaded_2018.signed_on
