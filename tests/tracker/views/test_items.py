"""Punkt: everything about one item, and the form that mends it."""

import pytest

from budget.models import ItemLink
from tests.factories import (
    create_agreement,
    create_amount_line,
    create_assessment,
    create_centre,
    create_committee,
    create_item,
    create_milestone,
    create_round,
    create_section,
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
    for name in ("section", "kind", "life_status", "lead_centre", "committees", "first_committee", "contributors"):
        if name in form.fields:
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

    assert "32.000 (i alt 2019-2021)" in text


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
        set_up(stage.item), form_of(client, stage.item) | {"note": "Nye tagrender", "reason": "Trykfejl i noten"}
    )

    text = text_of(client.get(address(stage.item)))

    assert "Administrationens bemærkning fra (tomt) til Nye tagrender" in text
    assert text.count("Trykfejl i noten") == 1 and "rettede punktet" in text
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
        "note": "Ny bemærkning",
        "contributors": [contributor.pk],
        "contributor_words": "naboerne\r\n\r\nbestyrelsen",
        "milestones_3": "En helt ny.",
        "milestones_2": "Tagrenderne er skiftet.",
        "reason": "Fejl i første udgave",
    }

    answer = client.post(set_up(stage.item), fields)

    assert (answer.status_code, answer.url) == (302, address(stage.item))
    text = text_of(client.get(address(stage.item)))
    for words in (
        "Ny bemærkning",
        "Arbejdsmarked naboerne bestyrelsen",
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

    answer = client.post(set_up(stage.item), form_of(client, stage.item) | {"note": "Mine lange ord", "reason": " "})

    assert answer.status_code == 422
    assert Page(answer).fields["note"] == "Mine lange ord"
    stage.item.refresh_from_db()
    assert stage.item.note == ""


def test_a_draft_agreement_needs_no_reason(finance):
    item = create_item(create_agreement(signed_on=None, plan="draft"))
    client = signed_in(finance)

    answer = client.post(set_up(item), form_of(client, item) | {"text": "Ny tekst"})

    assert answer.status_code == 302


def test_saving_without_a_change_changes_nothing(stage, finance):
    """A browser sends line breaks as CRLF, whatever they were."""
    stage.item.source_note = stage.item.note = "Første linje\nanden linje"
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
        "note": "\n\nMine ord\r\n",
        "milestones_2": "Min milepæl",
        "reason": "Min grund",
    }
    other.post(set_up(stage.item), form_of(other, stage.item) | {"note": "Den andens ord", "reason": "x"})

    answer = client.post(set_up(stage.item), fields)

    assert answer.status_code == 409
    found = Page(answer).fields
    assert [found[name] for name in ("note", "milestones_2", "reason")] == [
        "\n\nMine ord\r\n",
        "Min milepæl",
        "Min grund",
    ]
    assert "En anden har gemt, siden du åbnede siden." in text_of(answer)
    assert told_as_saved(answer) == [
        ("Administrationens bemærkning", "Den andens ord"),
        (f"Milepæle – {stage.second.label}", "Tagrenderne er renset."),
    ]
    stage.item.refresh_from_db()
    assert stage.item.note == "Den andens ord"


def told_as_saved(answer) -> list[tuple[str, str]]:
    return [(each.label, each.saved) for each in answer.context["form"].differences]


def test_saving_again_after_the_conflict_works(stage, finance, approver):
    client, other = signed_in(finance), signed_in(approver)
    fields = form_of(client, stage.item) | {"note": "Mine ord", "reason": "Min grund"}
    other.post(set_up(stage.item), form_of(other, stage.item) | {"source_note": "Den andens", "reason": "x"})
    conflict = client.post(set_up(stage.item), fields)

    again = client.post(set_up(stage.item), fields | {"version": Page(conflict).fields["version"]})

    stage.item.refresh_from_db()
    assert (conflict.status_code, again.status_code) == (409, 302)
    assert (stage.item.note, stage.item.source_note, stage.item.version) == ("Mine ord", "", 3)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("source_note", "nul\x00"),
        ("note", "x" * 20_001),
        ("life_status", ""),
        ("lead_centre", "999999"),
        ("lead_centre", "x"),
        ("contributors", ["x"]),
        ("contributor_words", "x" * 121),
        ("contributor_words", "nul\x00"),
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
        set_up(stage.item), form_of(client, stage.item) | {"note": "Mine ord", "reason": "Grund", field: value}
    )

    assert answer.status_code == 422
    assert Page(answer).fields["note"] == (value if field == "note" else "Mine ord")
    stage.item.refresh_from_db()
    assert (stage.item.note, stage.item.version) == ("", 1)


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

    assert "−500 (år ikke angivet)" in text


# --- What was agreed -------------------------------------------------------------------------------------------------
def test_what_was_agreed_of_a_signed_item_is_only_read(stage, finance):
    type(stage.item).objects.filter(pk=stage.item.pk).update(text="Aftalte ord", economy_text="Aftalte penge")
    stage.item.responsibilities.create(role="body", words="direktionen", position=1)

    answer = signed_in(finance).get(set_up(stage.item))

    assert not {"title", "text", "economy_text", "kind", "committees", "bodies", "code"} & set(
        answer.context["form"].fields
    )
    text = text_of(answer)
    for words in ("Tagrender på skolen", "Aftalte ord", "Aftalte penge", "Økonomiudvalget", "direktionen"):
        assert words in text
    assert set_up(stage.item) + "slet/" not in Page(answer).links


@pytest.mark.parametrize("forged", [{"title": "Et andet løfte"}, {"text": "Andre ord"}, {"code": "9.9"}])
def test_a_forged_post_changes_nothing_that_was_agreed(stage, finance, forged):
    client = signed_in(finance)

    answer = client.post(set_up(stage.item), form_of(client, stage.item) | {"reason": "Grund"} | forged)

    assert answer.status_code in {409, 422}
    stage.item.refresh_from_db()
    assert (stage.item.title, stage.item.text, stage.item.version) == ("Tagrender på skolen", "", 1)


def test_a_page_from_before_the_signing_is_409_with_every_text_kept(finance):
    item = create_item(create_agreement(signed_on=None, plan="draft"))
    client = signed_in(finance)
    fields = form_of(client, item) | {"title": "Mit navn", "text": "Mine ord", "note": "Min note"}
    type(item.agreement).objects.update(signed_on="2030-10-01")

    answer = client.post(set_up(item), fields)

    assert answer.status_code == 409
    assert "Aftalen er indgået. Det, der er aftalt, kan ikke længere ændres her" in text_of(answer)
    assert [Page(answer).fields[name] for name in ("title", "text", "note")] == ["Mit navn", "Mine ord", "Min note"]
    item.refresh_from_db()
    assert (item.title, item.version) == ("Punkt 2.02.1", 1)


# --- Drafts ----------------------------------------------------------------------------------------------------------
@pytest.fixture
def draft(db):
    agreement = create_agreement(signed_on=None, plan="draft")
    create_item(agreement, "2.02.1", title="Tagrender")
    return agreement


def new(agreement):
    return f"/opsaetning/aftaler/{agreement.budget_year}/punkter/ny/"


def typed(agreement, **fields):
    section = agreement.sections.get(code="2")
    return {
        "section": section.pk, "code": "2.05", "title": "Nyt punkt", "life_status": "planned", "text": "Ord\r\nog ord",
    } | fields  # fmt: skip


def test_finance_makes_an_item(draft, finance):
    committees = [create_committee("Børneudvalget"), create_committee("Økonomiudvalget")]
    planned = create_round(draft, state="planned")
    fields = typed(
        draft, ordinal="2", kind="drift", committees=[each.pk for each in committees],
        first_committee=committees[1].pk, bodies="direktionen\r\n", contributors=[create_centre().pk],
        contributor_words="naboerne", milestones_1="Først.\r\n\r\nSå.",
    )  # fmt: skip

    answer = signed_in(finance).post(new(draft), fields)

    item = draft.items.get(key="2.05-2")
    assert (answer.status_code, answer.url) == (302, address(item))
    assert (item.title, item.text, item.kind, item.section.code) == ("Nyt punkt", "Ord\nog ord", "drift", "2")
    assert [str(row) for row in item.responsibilities.order_by("pk")] == [
        "Økonomiudvalget", "Børneudvalget", "direktionen", "Ejendomme", "naboerne",
    ]  # fmt: skip
    assert [each.text for each in item.milestones.filter(follow_up_round=planned)] == ["Først.", "Så."]


def test_one_item_after_the_other_is_made_in_the_same_section(draft, finance):
    client = signed_in(finance)

    answer = client.post(new(draft), typed(draft) | {"more": "1"})

    assert answer.url == new(draft) + "?afsnit=2"
    page = client.get(answer.url)
    assert page.context["form"]["section"].value() == draft.sections.get(code="2").pk
    assert "Punkt 2.05 er oprettet." in text_of(page)


@pytest.mark.parametrize("wanted", ["9", "", "\x00", "x" * 3000, "2.02.1"])
def test_an_unknown_section_begins_with_none(draft, finance, wanted):
    answer = signed_in(finance).get(new(draft), {"afsnit": wanted})

    assert answer.status_code == 200
    assert answer.context["form"]["section"].value() is None


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("code", "", "Nummer"),
        ("code", "to", "Skriv et nummer som 3.04 eller 2.02.1"),
        ("code", "2,05", "Skriv et nummer som 3.04 eller 2.02.1"),
        ("code", "1.2.3.4.5.6.7", "Skriv et nummer som 3.04 eller 2.02.1"),
        ("code", "2.02.1", "Nummer 2.02.1 er allerede brugt af punktet 2.02.1 Tagrender; skal nummeret rumme flere"),
        ("ordinal", "0", "Løbenummer"),
        ("ordinal", "1000", "Løbenummer"),
        ("ordinal", "1,5", "Løbenummer"),
        ("title", " ", "Titel"),
        ("title", "x" * 201, "Titel"),
        ("title", "nul\x00", "Titel"),
        ("kind", "begge", "Drift eller anlæg"),
        ("section", "", "Afsnit"),
        ("section", "999999", "Afsnit"),
        ("life_status", "", "Livsstatus"),
        ("committees", ["999999"], "Ansvarlige udvalg"),
        ("committees", ["9" * 40], "Ansvarlige udvalg"),
        ("bodies", "x" * 121, "højst være på 120 tegn"),
        ("bodies", "nul\x00", "Andre ansvarlige organer"),
        ("text", "x" * 20_001, "Aftaletekst"),
        ("printed_centre", "0-25 års udvalget", "Lad feltet være tomt"),
    ],
)
def test_a_bad_new_item_is_422_with_what_was_typed(draft, finance, field, value, words):
    fields = typed(draft, lead_centre=create_centre().pk, note="Min note", **{field: value})

    answer = signed_in(finance).post(new(draft), fields)

    assert answer.status_code == 422
    assert words in text_of(answer)
    assert Page(answer).fields["note"] == "Min note"
    assert draft.items.count() == 1


def test_the_first_committee_is_one_of_them(draft, finance):
    answer = signed_in(finance).post(new(draft), typed(draft, first_committee=create_committee().pk))

    assert answer.status_code == 422
    assert "Vælg et af de udvalg, der er sat kryds ved." in text_of(answer)


def test_everything_of_a_drafts_item_changes(draft, finance):
    item = draft.items.get()
    client = signed_in(finance)
    assert "reason" not in client.get(set_up(item)).context["form"].fields

    answer = client.post(
        set_up(item), form_of(client, item) | {"code": "2.09", "title": "Nyt navn", "text": "Ord", "kind": ""}
    )

    item.refresh_from_db()
    assert (answer.status_code, answer.url) == (302, address(item))
    assert (item.key, item.title, item.text, item.kind) == ("2.09", "Nyt navn", "Ord", "")


def test_the_order_of_committees_is_kept(draft, finance):
    item = draft.items.get()
    named = [create_committee("Økonomiudvalget"), create_committee("Børneudvalget")]
    for position, committee in enumerate(named, start=1):
        item.responsibilities.create(role="committee", committee=committee, position=position)
    client = signed_in(finance)

    client.post(set_up(item), form_of(client, item) | {"title": "Nyt navn"})

    assert [row.committee for row in item.responsibilities.order_by("position")] == named


def test_a_stale_draft_form_tells_what_the_other_saved(draft, finance, approver):
    item, client, other = draft.items.get(), signed_in(finance), signed_in(approver)
    fields = form_of(client, item) | {"title": "Mit navn"}
    other.post(set_up(item), form_of(other, item) | {"title": "Den andens navn"})

    answer = client.post(set_up(item), fields)

    assert (answer.status_code, Page(answer).fields["title"]) == (409, "Mit navn")
    assert told_as_saved(answer) == [("Titel", "Den andens navn")]


@pytest.mark.parametrize("path", ["ny/", "2.02.1/henvisninger/", "2.02.1/slet/"])
def test_only_finance_and_approver_set_up_items(stage, draft, finance, approver, editor, member, administrator, path):
    of = lambda agreement: f"/opsaetning/aftaler/{agreement.budget_year}/punkter/{path}"  # noqa: E731

    found = {
        user.name: [signed_in(user).get(of(each)).status_code for each in (draft, stage.agreement)]
        for user in (finance, approver, editor, member, administrator)
    }

    assert found == {
        finance.name: [200, 409], approver.name: [200, 409], editor.name: [404, 403], member.name: [404, 403],
        administrator.name: [404, 404],
    }  # fmt: skip


def test_an_item_is_deleted(draft, finance):
    item, client = draft.items.get(), signed_in(finance)
    page = client.get(set_up(item) + "slet/")
    assert "Slet punkt 2.02.1?" in text_of(page) and "»Tagrender« slettes" in text_of(page)

    answer = client.post(set_up(item) + "slet/", Page(page).fields)

    assert (answer.status_code, answer.url) == (302, f"/opsaetning/aftaler/{draft.budget_year}/")
    assert not draft.items.exists()


def test_an_item_in_use_says_why_it_stays(draft, finance):
    item, client = draft.items.get(), signed_in(finance)
    create_amount_line(draft, items=[item], label="Rengøring")
    page = client.get(set_up(item) + "slet/")

    answer = client.post(set_up(item) + "slet/", Page(page).fields)

    assert answer.status_code == 409
    for each in (page, answer):
        assert "Beløbslinjen »Rengøring« hører til punktet. Fjern punktet fra linjen først." in text_of(each)
    assert draft.items.exists()


def test_an_item_that_changed_meanwhile_is_asked_about_once_more(draft, finance, approver):
    item, client, other = draft.items.get(), signed_in(finance), signed_in(approver)
    page = client.get(set_up(item) + "slet/")
    other.post(set_up(item), form_of(other, item) | {"title": "Vigtigt"})

    late = client.post(set_up(item) + "slet/", Page(page).fields)

    assert late.status_code == 409 and "En anden har rettet det" in text_of(late) and draft.items.exists()
    assert client.post(set_up(item) + "slet/", Page(late).fields).status_code == 302


def test_a_deletion_without_its_version_is_422(draft, finance):
    assert signed_in(finance).post(set_up(draft.items.get()) + "slet/", {}).status_code == 422
    assert draft.items.exists()


# --- Links and amounts named in the text -----------------------------------------------------------------------------
def rows_page(client, item) -> dict:
    page = client.get(set_up(item) + "henvisninger/")
    return {name: value for name, value in Page(page).fields.items() if not name.startswith("csrf")}


LINK = {
    "henvisninger-0-kind": "postponed_from",
    "henvisninger-0-year": "2018",
    "henvisninger-0-code": "3.04",
    "henvisninger-0-note": "Som trykt",
}
STATED = {
    "beloeb-0-kroner": "300.000",
    "beloeb-0-years": "2031-2033",
    "beloeb-0-basis": "each",
    "beloeb-0-standing": "new",
}


def test_links_and_stated_amounts_are_saved_together(draft, finance, loaded_2018):
    item, client = draft.items.get(), signed_in(finance)

    answer = client.post(set_up(item) + "henvisninger/", rows_page(client, item) | LINK | STATED)

    assert (answer.status_code, answer.url) == (302, address(item))
    link, stated = item.links.get(), item.stated_amounts.get()
    assert (link.target, link.target_year, link.note) == (loaded_2018.items.get(key="3.04"), 2018, "Som trykt")
    assert (stated.kroner, stated.years, stated.basis) == (300_000, [2031, 2032, 2033], "each")
    shown = rows_page(client, item)
    assert (shown["henvisninger-0-code"], shown["beloeb-0-kroner"]) == ("3.04", "300.000")


def test_rows_are_deleted_by_their_box_or_by_emptying_them(draft, finance):
    item, client = draft.items.get(), signed_in(finance)
    for code in ("1.01", "1.02", "1.03"):
        item.links.create(kind="continues", target_code=code)
    fields = rows_page(client, item) | {f"henvisninger-{n}-kind": "continues" for n in range(3)}
    fields |= {"henvisninger-0-DELETE": "on", "henvisninger-2-kind": "", "henvisninger-2-code": ""}

    answer = client.post(set_up(item) + "henvisninger/", fields | {"more": "1"})

    assert (answer.status_code, answer.url) == (302, set_up(item) + "henvisninger/")
    assert [each.target_code for each in item.links.all()] == ["1.02"]


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ({"henvisninger-0-kind": ""}, "Vælg, hvad henvisningen siger."),
        ({"henvisninger-0-kind": "ligner"}, "Art"),
        ({"henvisninger-0-code": ""}, "Skriv nummeret på det punkt, der henvises til"),
        ({"henvisninger-0-code": "x" * 41}, "Punkt som trykt"),
        ({"henvisninger-0-code": "\x00"}, "Punkt som trykt"),
        ({"henvisninger-0-year": "1989"}, "Aftaleår"),
        ({"henvisninger-0-year": "i fjor"}, "Aftaleår"),
        ({"henvisninger-0-year": "{year}", "henvisninger-0-code": "2.02.1"}, "Et punkt kan ikke henvise til sig selv."),
        (LINK | {each.replace("-0-", "-1-"): value for each, value in LINK.items()}, "Henvisningen står to gange."),
        ({"henvisninger-TOTAL_FORMS": "x"}, "Genindlæs siden"),
        ({"henvisninger-TOTAL_FORMS": "9999999"}, "Henvisninger"),
        (STATED | {"beloeb-0-kroner": "en mio."}, "Skriv beløbet i hele kroner"),
    ],
)
def test_bad_rows_are_422_with_what_was_typed(draft, finance, rows, words):
    item, client = draft.items.get(), signed_in(finance)
    fields = rows_page(client, item) | LINK | {"henvisninger-0-note": "Mine ord"} | rows
    fields = {name: value.format(year=draft.budget_year) for name, value in fields.items()}

    answer = client.post(set_up(item) + "henvisninger/", fields)

    assert answer.status_code == 422
    assert words in text_of(answer)
    if "henvisninger-TOTAL_FORMS" not in rows:
        assert Page(answer).fields["henvisninger-0-note"] == fields["henvisninger-0-note"]
    assert not item.links.exists() and not item.stated_amounts.exists()


def test_two_people_on_the_same_rows_lose_nothing(draft, finance, approver):
    item, client, other = draft.items.get(), signed_in(finance), signed_in(approver)
    fields = rows_page(client, item) | LINK
    other.post(set_up(item) + "henvisninger/", rows_page(other, item) | LINK | {"henvisninger-0-code": "8.04"} | STATED)

    late = client.post(set_up(item) + "henvisninger/", fields)

    assert (late.status_code, Page(late).fields["henvisninger-0-code"]) == (409, "3.04")
    assert told_as_saved(late) == [
        ("Henvisninger", "udskudt fra 8.04 i aftalen 2018: Som trykt"),
        ("Beløb nævnt i teksten", "300.000 kr., i hvert af årene, 2031-2033, nyt beløb"),
    ]
    again = client.post(set_up(item) + "henvisninger/", fields | {"version": Page(late).fields["version"]})
    assert again.status_code == 302
    assert [each.target_code for each in item.links.all()] == ["3.04"]


def test_the_history_outlives_the_section_that_an_item_came_from(draft, finance):
    item, client = draft.items.get(), signed_in(finance)
    old, new_section = item.section, create_section(draft, "3")

    client.post(set_up(item), form_of(client, item) | {"section": new_section.pk, "code": "3.01"})
    old.delete()

    text = text_of(client.get(f"/aftaler/{draft.budget_year}/punkter/3.01/"))
    assert "Nummer fra 2.02.1 til 3.01" in text and "Afsnit fra (tomt) til 3. Afsnit 3" in text
    assert "rettede punktet: nummer fra 2.02.1 til 3.01" in text
