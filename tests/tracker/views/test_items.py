"""Punkt: everything about one item, and the form that mends it."""

import pytest

from budget.models import ItemLink
from tests.factories import (
    create_agreement,
    create_amount_line,
    create_assessment,
    create_centre,
    create_item,
    create_milestone,
    create_round,
)
from tests.tracker.views.pages import Page, signed_in, text_of
from tracker.actions.assessments import submit_assessment
from tracker.models import Event, Milestone


def address(item, ending=""):
    return f"/aftaler/{item.agreement.budget_year}/punkter/{item.key}/{ending}"


def set_up(item):
    return f"/opsaetning/aftaler/{item.agreement.budget_year}/punkter/{item.key}/"


def form_of(client, item) -> dict:
    """What the browser would send back unchanged: line breaks as a browser sends them."""
    response = client.get(set_up(item))
    fields = {name: value for name, value in Page(response).fields.items() if not name.startswith("csrf")}
    form = response.context["form"]
    for name in ("kind", "life_status", "lead_centre", "committees", "contributors"):
        fields[name] = form[name].value() or ([] if name in {"committees", "contributors"} else "")
    return {
        name: value.replace("\r\n", "\n").replace("\n", "\r\n") if isinstance(value, str) else value
        for name, value in fields.items()
    }


# --- Reading ---------------------------------------------------------------------------------------------------------
def test_item_page_shows_everything_of_the_real_item(loaded_2018, member):
    item = loaded_2018.items.get(key="3.04")

    text = text_of(signed_in(member).get(address(item)))

    for words in (
        "3.04 Bygning - Indeklima i daginstitutioner",
        "Anlæg og drift",
        "Ejendomme",
        "Økonomiudvalget",
        "Skoler, Institutioner og Kultur",
        "Efter skolerne er det nu daginstitutionerne",
        "en faglært håndværker",
        "Delopgaverne for 2018 er prioriteret på en liste",
        "Alle delopgaver er færdige.",
        "mellemfornøjet",
        "institutionernes arbejdsmiljøgrupper",
        "Alle afsatte penge bliver faktureret i 2018.",
        "Det sidste årstal er læst som 2020.",
        "Punktet er ikke ændret, siden det blev indlæst.",
    ):
        assert words in text


def test_one_amount_over_several_years_is_not_split(loaded_2018, member):
    text = text_of(signed_in(member).get(address(loaded_2018.items.get(key="4.01.1"))))

    assert "2019-2021 32.000.000 kr." in text


def test_item_page_shows_links_both_ways(stage, member):
    ItemLink.objects.create(
        item=stage.item, kind="continues", target=stage.foreign, target_year=stage.year, target_code="3.10"
    )
    ItemLink.objects.create(item=stage.item, kind="postponed_from", target_year=2017, target_code="8.04")
    client = signed_in(member)

    here, there = Page(client.get(address(stage.item))), Page(client.get(address(stage.foreign)))

    assert "Udskudt fra 8.04 i Aftale om budget 2017" in here.text and address(stage.foreign) in here.links
    assert "fortsætter dette punkt" in there.text and address(stage.item) in there.links


def test_a_bare_code_leads_to_its_items(member):
    agreement = create_agreement()
    many = [create_item(agreement, "1.3", ordinal=n, title=f"Forslag {n}") for n in (1, 2)]

    answer = signed_in(member).get(f"/aftaler/{agreement.budget_year}/punkter/1.3/")

    assert answer.status_code == 200
    assert "Nummeret rummer 2 punkter." in text_of(answer)
    assert [address(item) in Page(answer).links for item in many] == [True, True]


def test_results_of_an_open_round_are_the_centres_and_finances(stage, member, editor, other_editor, finance):
    create_assessment(stage.item, stage.second, effort="sad", economy="kept", comment="Endnu ikke fremme")

    told = [
        "Endnu ikke fremme" in text_of(signed_in(user).get(address(stage.item)))
        for user in (editor, finance, member, other_editor)
    ]

    assert told == [True, True, False, False]


def test_a_draft_left_behind_in_a_published_round_is_nobodys_reading(stage, member, other_editor, finance):
    """A round may be published with an entry that was never submitted; its words were never handed in."""
    create_assessment(stage.foreign, stage.first, state="draft", effort="sad", comment="Aldrig indsendt")

    told = [
        "Aldrig indsendt" in signed_in(user).get(address(stage.foreign)).content.decode() for user in (member, finance)
    ]

    assert told == [False, False]
    assert "ikke indberettet" in text_of(signed_in(member).get(address(stage.foreign)))


def test_history_tells_from_and_to(stage, editor, finance, member):
    create_assessment(stage.item, stage.second, state="draft", effort="happy", comment="Først", saved_by=editor)
    submit_assessment(item=stage.item, follow_up_round=stage.second, by=editor, version=1)
    client = signed_in(finance)
    client.post(
        set_up(stage.item), form_of(client, stage.item) | {"title": "Nye tagrender", "reason": "Trykfejl i aftalen"}
    )

    text = text_of(client.get(address(stage.item)))

    assert "Titel fra Tagrender på skolen til Nye tagrender" in text
    assert "Trykfejl i aftalen" in text and "rettede punktet" in text
    assert "Medarbejder i Ejendomme indsendte vurderingen (2. budgetopfølgning" in text
    assert "indsendte" not in text_of(signed_in(member).get(address(stage.item)))


def test_history_keeps_the_plan_secret_until_it_is_decided(member, other_editor, finance):
    agreement = create_agreement(plan="draft")
    planned = create_round(agreement, state="planned")
    item = create_item(agreement)
    milestone = create_milestone(item, planned, "Hemmelig milepæl")
    milestone.text = "Endnu mere hemmelig milepæl"
    milestone.save()

    told = [
        "emmelig milepæl" in signed_in(user).get(address(item)).content.decode()
        for user in (finance, member, other_editor)
    ]

    assert told == [True, False, False]


@pytest.mark.parametrize(
    "key", ["2.02.99", "9.99", "2.02.1-1", "%00", "..", "..%2f..%2f", "x" * 5000, "2.02.1%00", "1" * 400, "٢.٠٢"]
)
@pytest.mark.parametrize(
    "place",
    [
        "/aftaler/{year}/punkter/{key}/",
        "/opsaetning/aftaler/{year}/punkter/{key}/",
        "/aftaler/{year}/runder/2/indberetning/{key}/",
    ],
)
def test_keys_that_do_not_exist(stage, finance, place, key):
    answer = signed_in(finance).get(place.format(year=stage.year, key=key))

    assert answer.status_code == 404
    assert "Siden findes ikke" in text_of(answer)


@pytest.mark.parametrize(
    "path",
    [
        "/aftaler/1999/",
        "/aftaler/0000/",
        "/aftaler/2018/runder/9/",
        "/aftaler/2018/runder/0/",
        "/aftaler/2018/runder/99999/",
        "/aftaler/2018/runder/1/rapport/findes-ikke/",
        "/aftaler/2018/runder/1/rapport/findes-ikke.xlsx",
        "/aftaler/2018/runder/1/rapport/samlet.csv",
    ],
)
def test_addresses_that_do_not_exist(loaded_2018, finance, path):
    assert signed_in(finance).get(path).status_code == 404


# --- Mending ---------------------------------------------------------------------------------------------------------
def test_set_up_changes_texts_people_and_milestones(stage, finance):
    extra = create_milestone(stage.item, stage.second, "Skal væk.")
    create_round(stage.agreement, state="planned")
    contributor = create_centre("Arbejdsmarked")
    client = signed_in(finance)
    fields = form_of(client, stage.item) | {
        "text": "Ny aftaletekst",
        "contributors": [contributor.pk],
        "bodies": "direktionen\r\n\r\nbestyrelsen",
        "milestones_3": "En helt ny.",
        "milestones_2": "Tagrenderne er skiftet.",
        "reason": "Fejl i første udgave",
    }

    answer = client.post(set_up(stage.item), fields)

    assert (answer.status_code, answer.url) == (302, address(stage.item))
    text = text_of(client.get(address(stage.item)))
    for words in (
        "Ny aftaletekst",
        "Arbejdsmarked",
        "direktionen, bestyrelsen",
        "Væsentlig bidragsyder fra (tomt) til Arbejdsmarked",
        "En helt ny.",
        "fra Tagrenderne er renset. til Tagrenderne er skiftet.",
        "fra Skal væk. til (tomt)",
    ):
        assert words in text
    assert not Milestone.objects.filter(pk=extra.pk).exists()
    acts = Event.objects.filter(subject=f"aftale {stage.year}, punkt 2.02.1").values_list("act", "note")
    assert set(acts) == {("item_changed", "Fejl i første udgave"), ("milestones_changed", "Fejl i første udgave")}


def test_milestones_of_a_published_round_stay(stage, finance):
    client = signed_in(finance)
    fields = form_of(client, stage.item) | {"milestones_1": "Et lettere mål.", "reason": "For svært"}

    answer = client.post(set_up(stage.item), fields)

    assert answer.status_code == 409
    assert "er offentliggjort. Dens milepæle kan ikke ændres" in text_of(answer)
    assert Page(answer).fields["milestones_1"] == "Et lettere mål."
    assert not Milestone.objects.filter(text="Et lettere mål.").exists()


def test_a_changed_milestone_makes_the_approved_plan_a_changed_one(stage, finance):
    client = signed_in(finance)

    client.post(set_up(stage.item), form_of(client, stage.item) | {"milestones_2": "Et andet mål.", "reason": "Sag 7"})

    stage.agreement.milestone_plan.refresh_from_db()
    assert stage.agreement.milestone_plan.state == "changed"


def test_a_change_takes_a_reason(stage, finance):
    client = signed_in(finance)

    answer = client.post(set_up(stage.item), form_of(client, stage.item) | {"text": "Mine lange ord", "reason": " "})

    assert answer.status_code == 422
    assert Page(answer).fields["text"] == "Mine lange ord"
    stage.item.refresh_from_db()
    assert stage.item.text == ""


def test_a_draft_agreement_needs_no_reason(finance):
    item = create_item(create_agreement(signed_on=None, plan="draft"))
    client = signed_in(finance)

    answer = client.post(set_up(item), form_of(client, item) | {"text": "Ny tekst"})

    assert answer.status_code == 302


def test_saving_without_a_change_changes_nothing(stage, finance):
    """A browser sends line breaks as CRLF, whatever they were."""
    stage.item.text = stage.item.note = "Første linje\nanden linje"
    stage.item.save()
    create_milestone(stage.item, stage.second, "To linjer\nher.")
    client = signed_in(finance)
    rows = stage.item.history.count()

    answer = client.post(set_up(stage.item), form_of(client, stage.item) | {"reason": "Ingen"})

    stage.item.refresh_from_db()
    assert answer.status_code == 302
    assert (stage.item.version, stage.item.history.count()) == (1, rows)
    assert "Der var ingen rettelser at gemme." in text_of(client.get(answer.url))


def test_a_stale_form_is_409_with_every_text_kept(stage, finance, approver):
    client, other = signed_in(finance), signed_in(approver)
    fields = form_of(client, stage.item) | {
        "text": "\n\nMine ord\r\n",
        "milestones_2": "Min milepæl",
        "reason": "Min grund",
    }
    other.post(set_up(stage.item), form_of(other, stage.item) | {"text": "Den andens ord", "reason": "x"})

    answer = client.post(set_up(stage.item), fields)

    assert answer.status_code == 409
    found = Page(answer).fields
    assert [found[name] for name in ("text", "milestones_2", "reason")] == [
        "\n\nMine ord\r\n",
        "Min milepæl",
        "Min grund",
    ]
    assert "En anden har rettet punktet" in text_of(answer)
    stage.item.refresh_from_db()
    assert stage.item.text == "Den andens ord"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", ""),
        ("title", "x" * 201),
        ("title", "nul\x00"),
        ("text", "nul\x00"),
        ("kind", "begge"),
        ("life_status", ""),
        ("lead_centre", "999999"),
        ("lead_centre", "x"),
        ("committees", ["999999"]),
        ("contributors", ["x"]),
        ("bodies", "x" * 121),
        ("printed_centre", "0-25 års udvalget"),
        ("version", ""),
        ("version", "0"),
        ("milestones_1", "nul\x00"),
        ("reason", "x" * 501),
    ],
)
def test_a_bad_value_is_422_and_changes_nothing(stage, finance, field, value):
    client = signed_in(finance)

    answer = client.post(
        set_up(stage.item), form_of(client, stage.item) | {"text": "Mine ord", "reason": "Grund", field: value}
    )

    assert answer.status_code == 422
    assert Page(answer).fields["text"] == (value if field == "text" else "Mine ord")
    stage.item.refresh_from_db()
    assert (stage.item.text, stage.item.version) == ("", 1)


def test_only_finance_and_approver_mend_items(stage, editor, member, administrator, approver):
    answers = [
        signed_in(user).get(set_up(stage.item)).status_code for user in (approver, editor, member, administrator)
    ]
    posts = [
        signed_in(user).post(set_up(stage.item), {"title": "x"}).status_code for user in (editor, member, administrator)
    ]

    assert (answers, posts) == ([200, 403, 403, 404], [403, 403, 404])


def test_amounts_stand_on_the_page_as_agreed(stage, member):
    create_amount_line(stage.agreement, {None: -500_000}, items=[stage.item])

    text = text_of(signed_in(member).get(address(stage.item)))

    assert "år ikke angivet −500.000 kr." in text
