"""What finance does with an entry, and the two acts on many entries, over HTTP: nothing typed is lost."""

import pytest

from tests.factories import create_assessment, create_centre, create_item, create_note, create_user, entry_of
from tests.tracker.views.pages import Page, signed_in, text_of
from tracker.actions.assessments import Answers, save_draft, submit_assessment, take_back_assessment
from tracker.models import Act, Assessment, Event, FinanceNote, FollowUpRound
from tracker.statuses import Role

CPR = "010190-1234"


@pytest.fixture
def submitted(stage, editor):
    return create_assessment(stage.item, stage.second, by=editor, effort="sad", comment="Centerets ord")


def saved(stage, item=None) -> Assessment:
    return entry_of(item or stage.item, stage.second).assessment


def note(stage) -> FinanceNote | None:
    return FinanceNote.objects.filter(item=stage.item, follow_up_round=stage.second).first()


def in_state(stage, state):
    FollowUpRound.objects.filter(pk=stage.second.pk).update(state=state)


def approved(stage, editor, approver):
    names = {"approved_by": approver, "approved_at": "2031-05-01T12:00:00Z", "approved_version": 1}
    return create_assessment(stage.item, stage.second, state="approved", by=editor, comment="Centerets ord", **names)


def sent_again(stage, editor):
    """The centre takes its submission back, writes something else and submits that."""
    at = {"item": stage.item, "follow_up_round": stage.second, "by": editor}
    take_back_assessment(**at)
    save_draft(**at, answers=Answers("sad", "kept", "Helt andre ord"), version=2)
    submit_assessment(**at, version=3)


# --- The page --------------------------------------------------------------------------------------------------------
def test_approver_reads_what_came_in_and_may_approve_return_and_annotate(stage, approver, submitted):
    page = Page(signed_in(approver).get(stage.entry()))

    assert "Centerets ord" in page.text and "effort" not in page.fields
    assert "Godkend 2.02.1" in page.text and "Returnér 2.02.1" in page.text and "Gem bemærkningen" in page.text
    assert "Anmærkninger Økonomien er vurderet, men punktet har ingen beløbslinje" in page.text
    assert {form["action"] for form in page.attributes("form") if stage.entry() in form.get("action", "")} == {
        stage.entry(ending=each) for each in ("godkend/", "returner/", "bemaerkning/")
    }


def test_finance_returns_and_annotates_but_does_not_approve(stage, finance, submitted):
    page = Page(signed_in(finance).get(stage.entry()))

    assert "Returnér 2.02.1" in page.text and "Gem bemærkningen" in page.text
    assert "Godkend" not in page.text


def test_finance_annotates_where_nothing_has_come_in(stage, finance, editor):
    create_assessment(stage.item, stage.second, state="draft", by=editor, comment="Kladdens ord")

    page = Page(signed_in(finance).get(stage.entry()))

    assert "Gem bemærkningen" in page.text and "Returnér" not in page.text
    assert "Kladdens ord" not in page.text


def test_centre_sees_nothing_of_finances_part_until_it_is_published(stage, editor, submitted):
    create_note(stage.item, stage.second, "Finansens ord")
    client = signed_in(editor)

    before = text_of(client.get(stage.entry()))
    Assessment.objects.filter(pk=submitted.pk).update(state="approved")
    in_state(stage, "published")
    after = text_of(client.get(stage.entry()))

    assert "Finansens ord" not in before and "Anmærkninger" not in before and "Returnér" not in before
    assert "Finansens ord" in after


def test_centre_sees_that_and_when_it_is_approved(stage, editor, approver):
    approved(stage, editor, approver)

    text = text_of(signed_in(editor).get(stage.entry()))

    assert "Godkendt 01.05.2031 kl. 14.00 af Godkender" in text
    assert "Fortryd" not in text


# --- Returning -------------------------------------------------------------------------------------------------------
def test_return_reaches_the_centre(stage, editor, finance, submitted):
    answer = signed_in(finance).post(
        stage.entry(ending="returner/"), {"comment": "Hvornår?\r\nSkriv det.", "version": "1"}
    )

    assert (answer.status_code, answer.url) == (302, stage.entry())
    assert (saved(stage).state, saved(stage).return_comment) == ("draft", "Hvornår?\nSkriv det.")
    page = Page(signed_in(editor).get(stage.entry()))
    assert "med bemærkningen Hvornår? Skriv det." in page.text and "Ret det, og indsend igen" in page.text
    assert page.fields["comment"] == "Centerets ord"
    front = Page(signed_in(editor).get("/"))
    assert "Returneret til dig (1)" in front.text and "Hvornår? Skriv det." in front.text
    listed = text_of(signed_in(editor).get(stage.of_round("indberetning/")))
    assert "returneret" in listed


def test_finance_sees_what_it_asked_and_not_the_draft(stage, finance, submitted):
    client = signed_in(finance)
    client.post(stage.entry(ending="returner/"), {"comment": "Hvornår?", "version": "1"})

    text = text_of(client.get(stage.entry()))

    assert "med bemærkningen Hvornår?" in text and "Centerets ord" not in text


@pytest.mark.parametrize("comment", ["", "  \n"])
def test_a_return_without_a_comment_is_refused_at_the_field(stage, finance, submitted, comment):
    answer = signed_in(finance).post(stage.entry(ending="returner/"), {"comment": comment, "version": "1"})

    page = Page(answer)
    assert answer.status_code == 422
    assert "Skriv, hvad der skal rettes" in page.text and "#return_comment" in page.links
    assert "Centerets ord" in page.text and saved(stage).state == "submitted"


@pytest.mark.parametrize("version", ["", "0", "-1", "x", "1" * 40])
def test_a_spoilt_version_returns_nothing_and_keeps_the_words(stage, finance, submitted, version):
    answer = signed_in(finance).post(stage.entry(ending="returner/"), {"comment": "Mine ord", "version": version})

    assert answer.status_code in {409, 422}
    assert Page(answer).fields["comment"] == "Mine ord" and saved(stage).state == "submitted"


def test_a_stale_return_shows_what_is_there_now_and_works_from_there(stage, editor, finance, submitted):
    client = signed_in(finance)
    sent_again(stage, editor)

    answer = client.post(stage.entry(ending="returner/"), {"comment": "Mine ord", "version": "1"})

    page = Page(answer)
    assert answer.status_code == 409 and "Læs den igen" in page.text and "Helt andre ord" in page.text
    assert page.fields["comment"] == "Mine ord" and saved(stage).state == "submitted"
    versions = [each["value"] for each in page.attributes("input", id="return_version")]
    again = client.post(stage.entry(ending="returner/"), {"comment": "Mine ord", "version": versions[0]})
    assert again.status_code == 302 and saved(stage).return_comment == "Mine ord"


def test_a_return_that_came_too_late_gives_the_words_back(stage, editor, finance, submitted):
    take_back_assessment(item=stage.item, follow_up_round=stage.second, by=editor)

    answer = signed_in(finance).post(stage.entry(ending="returner/"), {"comment": "Mine ord", "version": "1"})

    assert answer.status_code == 409 and "Mine ord" in answer.content.decode()


# --- The note --------------------------------------------------------------------------------------------------------
def test_note_is_saved_changed_and_taken_away(stage, finance, submitted):
    client, address = signed_in(finance), stage.entry(ending="bemaerkning/")

    answers = [client.post(address, {"text": text, "version": str(n)}) for n, text in enumerate(["Et", "To\r\n", ""])]

    assert [(answer.status_code, answer.url) for answer in answers] == [(302, stage.entry())] * 3
    assert (note(stage).text, note(stage).version) == ("", 3)
    assert [past.text for past in note(stage).history.order_by("history_id")] == ["Et", "To\n", ""]


def test_two_notes_at_once_are_both_shown_and_saving_again_works(stage, finance, approver, submitted):
    address = stage.entry(ending="bemaerkning/")
    signed_in(approver).post(address, {"text": "Kollegaens ord", "version": "0"})
    client = signed_in(finance)

    answer = client.post(address, {"text": "Mine egne ord", "version": "0"})

    page = Page(answer)
    assert answer.status_code == 409
    assert "Det, der nu er gemt" in page.text and "Kollegaens ord" in page.text
    assert page.fields["text"] == "Mine egne ord" and note(stage).text == "Kollegaens ord"
    version = page.attributes("input", id="note_version")[0]["value"]
    again = client.post(address, {"text": "Begges ord", "version": version})
    assert again.status_code == 302 and note(stage).text == "Begges ord"


def test_a_note_that_is_too_long_is_kept_in_the_field(stage, finance, submitted):
    text = "å" * 20_001

    answer = signed_in(finance).post(stage.entry(ending="bemaerkning/"), {"text": text, "version": "0"})

    assert answer.status_code == 422 and "Der er plads til 20000" in text_of(answer)
    assert Page(answer).fields["text"] == text and note(stage) is None


@pytest.mark.parametrize("version", ["-1", "x", "1" * 40])
def test_a_spoilt_version_writes_no_note(stage, finance, submitted, version):
    create_note(stage.item, stage.second, "Et")

    answer = signed_in(finance).post(stage.entry(ending="bemaerkning/"), {"text": "Mine ord", "version": version})

    assert answer.status_code in {409, 422}
    assert Page(answer).fields["text"] == "Mine ord" and note(stage).text == "Et"


def test_a_note_to_what_was_just_approved_is_given_back(stage, editor, finance, approver):
    approved(stage, editor, approver)

    answer = signed_in(finance).post(stage.entry(ending="bemaerkning/"), {"text": "Mine ord", "version": "0"})

    assert answer.status_code == 409 and "Mine ord" in answer.content.decode() and note(stage) is None


@pytest.mark.parametrize(("ending", "field"), [("bemaerkning/", "text"), ("returner/", "comment")])
def test_a_cpr_number_is_refused_unless_it_is_none(stage, finance, submitted, ending, field):
    client, sent = signed_in(finance), {field: f"Se {CPR}", "version": "0" if field == "text" else "1"}

    refused = client.post(stage.entry(ending=ending), sent)
    assert refused.status_code == 422 and "ligner et CPR-nummer" in text_of(refused)
    assert Page(refused).fields[field] == f"Se {CPR}" and "cpr_reason" in Page(refused).fields
    allowed = client.post(stage.entry(ending=ending), sent | {"cpr_reason": "Det er et sagsnummer"})

    assert allowed.status_code == 302


# --- Approving -------------------------------------------------------------------------------------------------------
def test_approver_approves_and_undoes(stage, approver, submitted):
    client = signed_in(approver)

    answer = client.post(stage.entry(ending="godkend/"), {"version": "1"})
    assert (answer.status_code, answer.url) == (302, stage.entry())
    assert (saved(stage).state, saved(stage).approved_by, saved(stage).approved_version) == ("approved", approver, 1)
    page = Page(client.get(stage.entry()))
    assert "Fortryd godkendelsen af 2.02.1" in page.text and "Gem bemærkningen" not in page.text
    client.post(stage.entry(ending="fortryd-godkendelse/"), {"version": "2"})

    assert (saved(stage).state, saved(stage).approved_by) == ("submitted", None)


def test_a_stale_approval_shows_what_is_there_now_and_works_from_there(stage, editor, approver, submitted):
    client = signed_in(approver)
    sent_again(stage, editor)

    answer = client.post(stage.entry(ending="godkend/"), {"version": "1"})

    page = Page(answer)
    assert answer.status_code == 409 and "Læs den igen" in page.text and "Helt andre ord" in page.text
    assert saved(stage).state == "submitted"
    again = client.post(stage.entry(ending="godkend/"), {"version": str(saved(stage).version)})
    assert again.status_code == 302 and saved(stage).state == "approved"


@pytest.mark.parametrize("version", [None, "", "0", "x", "1" * 40])
def test_an_approval_without_a_version_approves_nothing(stage, approver, submitted, version):
    answer = signed_in(approver).post(stage.entry(ending="godkend/"), {} if version is None else {"version": version})

    assert answer.status_code in {409, 422} and saved(stage).state == "submitted"


def test_nobody_approves_their_own(stage, approver, submitted):
    client = signed_in(approver)
    client.post(stage.entry(ending="bemaerkning/"), {"text": "Mine ord", "version": "0"})

    page = text_of(client.get(stage.entry()))
    answer = client.post(stage.entry(ending="godkend/"), {"version": "1"})

    assert "En anden skal godkende det" in page and "Godkend 2.02.1" not in page
    assert answer.status_code == 403 and saved(stage).state == "submitted"


ENDINGS = ["returner/", "bemaerkning/", "godkend/", "fortryd-godkendelse/"]


@pytest.mark.parametrize("ending", ENDINGS)
def test_others_may_not(stage, editor, chief, other_editor, member, administrator, submitted, ending):
    sent = {"comment": "x", "text": "x", "version": "1"}

    answers = [
        signed_in(user).post(stage.entry(ending=ending), sent).status_code
        for user in (editor, chief, other_editor, member, administrator)
    ]

    assert answers == [403, 403, 404, 404, 404]
    assert saved(stage).state == "submitted" and note(stage) is None


@pytest.mark.parametrize("ending", ["godkend/", "fortryd-godkendelse/"])
def test_finance_does_not_approve(stage, finance, submitted, ending):
    assert signed_in(finance).post(stage.entry(ending=ending), {"version": "1"}).status_code == 403


@pytest.mark.parametrize("ending", ENDINGS)
def test_acts_are_posted(stage, approver, submitted, ending):
    assert signed_in(approver).get(stage.entry(ending=ending)).status_code == 405


# --- Approving many --------------------------------------------------------------------------------------------------
@pytest.fixture
def several(stage, editor, approver):
    """1.01 plain, 1.02 odd, 1.03 the approver's own, 1.04 a draft; all of Ejendomme."""
    items = {code: create_item(stage.agreement, code) for code in ("1.01", "1.02", "1.03", "1.04")}
    calm = {"by": editor, "economy": "not_relevant"}
    create_assessment(items["1.01"], stage.second, **calm)
    create_assessment(items["1.02"], stage.second, by=editor, comment="Tydelige ord")
    create_assessment(items["1.03"], stage.second, by=approver, economy="not_relevant")
    create_assessment(items["1.04"], stage.second, state="draft", by=editor)
    return items


def states(several) -> dict[str, str]:
    found = Assessment.objects.filter(item__in=several.values(), follow_up_round__number=2)
    return dict(found.values_list("item__key", "state"))


def boxes(response) -> list[str]:
    return [each["value"] for each in Page(response).attributes("input", type="checkbox", name="punkt")]


def test_what_is_odd_stands_first_on_the_page_that_asks(stage, several, approver):
    answer = signed_in(approver).get(stage.of_round("godkend/"))

    text = text_of(answer)
    assert boxes(answer) == ["1.02@1", "1.01@1"]
    assert text.index("Skal godkendes af en anden (1)") < text.index("Med anmærkninger (1)")
    assert text.index("ingen beløbslinje") < text.index("Tydelige ord") < text.index("Uden anmærkninger (1)")
    assert states(several)["1.01"] == "submitted"


def test_those_without_anything_odd_alone(stage, several, approver):
    answer = signed_in(approver).get(stage.of_round("godkend/?valg=uden"))

    assert boxes(answer) == ["1.01@1"]


def test_those_chosen_on_the_board_are_shown_before_anything_happens(stage, several, approver):
    answer = signed_in(approver).post(stage.of_round("godkend/"), {"punkt": ["1.02@1", "1.04@1"]})

    assert answer.status_code == 200 and boxes(answer) == ["1.02@1"]
    assert "Kan ikke godkendes (1)" in text_of(answer) and "Punkt 1.04: kladde" in text_of(answer)
    assert set(states(several).values()) == {"submitted", "draft"}


def test_approving_many(stage, several, approver):
    client = signed_in(approver)

    answer = client.post(stage.of_round("godkend/"), {"act": "approve", "punkt": ["1.01@1", "1.02@1"]})

    assert (answer.status_code, answer.url) == (302, stage.of_round())
    assert states(several) == {"1.01": "approved", "1.02": "approved", "1.03": "submitted", "1.04": "draft"}
    assert "2 indberetninger er godkendt" in text_of(client.get(stage.of_round()))


def test_what_could_not_be_approved_is_listed_with_its_reason(stage, several, approver):
    Assessment.objects.filter(item=several["1.02"]).update(version=2, comment="Nye ord")
    chosen = ["1.01@1", "1.02@1", "1.03@1", "1.04@1", "9.99@1"]

    answer = signed_in(approver).post(stage.of_round("godkend/"), {"act": "approve", "punkt": chosen})

    text = text_of(answer)
    assert answer.status_code == 200 and "1 indberetning er godkendt. 4 er ladt, som de var." in text
    assert "1.02 Punkt 1.02: Indberetningen er ændret" in text and "1.03 Punkt 1.03: Du har selv" in text
    assert "1.04 Punkt 1.04: Kun det, der er indsendt" in text and "9.99: Der er ikke indberettet" in text
    assert boxes(answer) == ["1.02@2"] and "Nye ord" in text
    assert states(several)["1.01"] == "approved"


@pytest.mark.parametrize(
    "punkt", [[], [""], ["x@1"], ["1.01"], ["1.01@0"], ["1.01@-1"], ["1.01@" + "9" * 40], ["\x00"]]
)
def test_nothing_chosen_is_told(stage, several, approver, punkt):
    answer = signed_in(approver).post(stage.of_round("godkend/"), {"act": "approve", "punkt": punkt})

    assert answer.status_code == 422 and "Vælg mindst ét punkt" in text_of(answer)
    assert "approved" not in states(several).values()


def test_only_an_approver_approves_many_and_only_during_the_control(stage, several, finance, chief, member, approver):
    sent = {"act": "approve", "punkt": ["1.01@1"]}
    answers = [signed_in(user).post(stage.of_round("godkend/"), sent).status_code for user in (finance, chief, member)]
    in_state(stage, "published")

    assert answers == [403, 403, 404]
    assert signed_in(approver).post(stage.of_round("godkend/"), sent).status_code == 409
    assert states(several)["1.01"] == "submitted"


# --- The board -------------------------------------------------------------------------------------------------------
def listed(response) -> list[str]:
    """The items' keys from the top of the board."""
    links = [link for link in Page(response).links if "/indberetning/" in link and not link.endswith("indberetning/")]
    return [link.rstrip("/").rsplit("/", 1)[-1] for link in links]


def test_board_puts_what_is_missing_and_what_is_odd_first(stage, several, approver):
    answer = signed_in(approver).get(stage.of_round())

    assert listed(answer) == ["2.02.1", "3.10", "1.04", "1.02", "1.01", "1.03"]
    assert "alle 6 mangler 2 kladde 1 indsendt 3 godkendt 0 med anmærkninger 1" in text_of(answer)
    assert "ingen beløbslinje" in text_of(answer)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("tilstand=mangler", ["2.02.1", "3.10"]),
        ("tilstand=kladde", ["1.04"]),
        ("tilstand=indsendt", ["1.02", "1.01", "1.03"]),
        ("tilstand=godkendt", []),
        ("tilstand=anmaerkninger", ["1.02"]),
        ("tilstand=indsendt&center=politisk-sekretariat", []),
        ("udvalg=oekonomiudvalget", ["2.02.1", "3.10"]),
        ("udvalg=uden-udvalg&tilstand=indsendt&center=ejendomme", ["1.02", "1.01", "1.03"]),
        ("tilstand=%00&udvalg=findes-ikke", []),
    ],
)
def test_board_is_filtered(stage, several, approver, query, expected):
    answer = signed_in(approver).get(stage.of_round(f"?{query}"))

    assert (answer.status_code, listed(answer)) == (200, expected)


def test_chips_count_what_the_other_filters_leave_and_keep_them(stage, several, approver):
    page = Page(signed_in(approver).get(stage.of_round("?center=politisk-sekretariat&tilstand=mangler")))

    assert "alle 1 mangler 1 kladde 0 indsendt 0" in page.text
    assert "?center=politisk-sekretariat&tilstand=kladde#liste" in page.links
    assert page.fields["tilstand"] == "mangler"


def test_only_the_approver_chooses_and_never_what_is_their_own(stage, several, approver, finance):
    own, other = signed_in(approver).get(stage.of_round()), signed_in(finance).get(stage.of_round())

    assert boxes(own) == ["1.02@1", "1.01@1"] and "egen" in text_of(own)
    assert boxes(other) == [] and "Godkend" not in text_of(other)


def test_board_never_calls_a_centres_draft_odd(stage, finance, editor):
    create_assessment(stage.item, stage.second, state="draft", by=editor, effort="sad", comment="")

    text = text_of(signed_in(finance).get(stage.of_round()))

    assert "med anmærkninger 0" in text


# --- Submitting many -------------------------------------------------------------------------------------------------
@pytest.fixture
def drafts(stage, editor):
    """1.01 complete, 1.02 without a comment, 1.03 complete and odd; 2.02.1 not begun."""
    items = {code: create_item(stage.agreement, code) for code in ("1.01", "1.02", "1.03")}
    at = {"state": "draft", "by": editor}
    create_assessment(items["1.01"], stage.second, **at, economy="not_relevant")
    create_assessment(items["1.02"], stage.second, **at, effort="sad")
    create_assessment(items["1.03"], stage.second, **at)
    return items


ALL = "indberetning/indsend-alle/"


def test_chief_sees_what_is_missing_first(stage, drafts, chief):
    client = signed_in(chief)

    answer = client.get(stage.of_round(ALL))

    text = text_of(answer)
    assert boxes(answer) == ["1.03@1", "1.01@1"]
    parts = [
        "bliver ikke indsendt (1)",
        "Skriv en bemærkning",
        "Ikke begyndt (1)",
        "men med anmærkninger (1)",
        "Klar (1)",
    ]
    places = [text.index(each) for each in parts]
    assert places == sorted(places)
    assert stage.of_round(ALL) in Page(client.get("/")).links
    assert stage.of_round(ALL) in Page(client.get(stage.of_round("indberetning/"))).links
    assert set(states(drafts).values()) == {"draft"}


def test_chief_submits_all_that_is_ready(stage, drafts, chief):
    answer = signed_in(chief).post(stage.of_round(ALL), {"punkt": ["1.01@1", "1.03@1"]})

    assert (answer.status_code, answer.url) == (302, stage.of_round("indberetning/"))
    assert states(drafts) == {"1.01": "submitted", "1.02": "draft", "1.03": "submitted"}
    assert Event.objects.filter(act=Act.ASSESSMENT_SUBMITTED, user_id=chief.pk).count() == 2


def test_what_could_not_be_submitted_is_listed_with_its_reason(stage, drafts, chief):
    Assessment.objects.filter(item=drafts["1.01"]).update(version=5)

    answer = signed_in(chief).post(stage.of_round(ALL), {"punkt": ["1.01@1", "1.02@1", "1.03@1", "3.10@1"]})

    text = text_of(answer)
    assert answer.status_code == 200 and "1 indberetning er indsendt. 3 er ladt, som de var." in text
    assert "1.01 Punkt 1.01: Kladden er ændret" in text and "1.02 Punkt 1.02: Skriv en bemærkning" in text
    assert states(drafts)["1.03"] == "submitted"


def test_nothing_chosen_submits_nothing(stage, drafts, chief):
    answer = signed_in(chief).post(stage.of_round(ALL), {"punkt": []})

    assert answer.status_code == 422 and "Vælg mindst ét punkt" in text_of(answer)


def test_only_a_chief_and_only_in_an_open_round(stage, drafts, chief, editor, finance, approver, member):
    sent = {"punkt": ["1.01@1"]}
    answers = [
        signed_in(user).post(stage.of_round(ALL), sent).status_code for user in (editor, finance, approver, member)
    ]
    in_state(stage, "closed")

    assert answers == [403, 403, 403, 404]
    assert [
        signed_in(chief).post(stage.of_round(ALL), sent).status_code,
        signed_in(chief).get(stage.of_round(ALL)).status_code,
    ] == [409, 409]
    assert set(states(drafts).values()) == {"draft"}


def test_another_centres_chief_submits_nothing_of_ours(stage, drafts):
    other = create_user(Role.CHIEF, centres=[create_centre("Politisk Sekretariat")])

    answer = signed_in(other).post(stage.of_round(ALL), {"punkt": ["1.01@1"]})

    assert "Punktet hører ikke til dit center" in text_of(answer)
    assert states(drafts)["1.01"] == "draft"


# --- Where else the note is read -------------------------------------------------------------------------------------
def test_item_page_shows_the_note_to_finance_and_to_all_once_published(stage, finance, editor, member, submitted):
    create_note(stage.item, stage.second, "Finansens ord")
    address = f"/aftaler/{stage.year}/punkter/2.02.1/"

    def readers():
        found = {
            str(user): "Finansens ord" in text_of(signed_in(user).get(address)) for user in (finance, editor, member)
        }
        return [name for name, is_there in found.items() if is_there]

    before = readers()
    Assessment.objects.filter(pk=submitted.pk).update(state="approved")
    in_state(stage, "published")

    assert before == [str(finance)]
    assert readers() == [str(finance), str(editor), str(member)]


def test_the_preview_says_what_is_approved_and_what_finance_adds(stage, finance, editor):
    create_assessment(stage.item, stage.second, state="approved", by=editor)
    create_assessment(stage.foreign, stage.second)
    create_note(stage.foreign, stage.second, "Finansens ord")

    text = text_of(signed_in(finance).get(stage.of_round("rapport/samlet/")))

    ours, theirs = text.split("2.02.1 Tagrender")[-1], text.split("3.10 Punkt")[-1]
    assert "godkendt" in ours.split("3.10 Punkt")[0]
    assert "Økonomi og Styring: Finansens ord" in theirs and "indsendt, ikke godkendt endnu" in theirs


def test_history_tells_finance_of_the_note_and_everybody_concerned_of_the_return(stage, finance, editor, submitted):
    client = signed_in(finance)
    client.post(stage.entry(ending="bemaerkning/"), {"text": "Første ord", "version": "0"})
    client.post(stage.entry(ending="bemaerkning/"), {"text": "Andre ord", "version": "1"})
    client.post(stage.entry(ending="returner/"), {"comment": "Hvornår?", "version": "3"})  # a note counts it up
    address = f"/aftaler/{stage.year}/punkter/2.02.1/"

    own, theirs = text_of(client.get(address)), text_of(signed_in(editor).get(address))

    assert "fra Første ord til Andre ord" in own and "returnerede vurderingen" in own
    assert "Hvornår?" in theirs and "returnerede vurderingen" in theirs
    assert "Første ord" not in theirs and "Styrings bemærkning" not in theirs
