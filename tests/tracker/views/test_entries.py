"""Indberetning over HTTP: what is typed is kept, whatever the answer."""

import pytest

from tests.factories import (
    create_assessment,
    create_centre,
    create_item,
    create_milestone_change,
    create_user,
    entry_of,
)
from tests.tracker.views.pages import HTMX, Page, signed_in, text_of
from tracker.actions.assessments import Answers, save_draft, submit_assessment
from tracker.actions.rounds import close_round
from tracker.models import Assessment, Event
from tracker.statuses import Role

# Twenty thousand characters of what people really paste: Danish letters, emoji, line breaks of Windows, markup, spaces.
ODD_TEXT = '\r\n  Blåbærgrød på Østerbro 🏗️👩🏽‍🚒 & <b>fed</b> "citat" </textarea>\t\r\n\r\n'
LONG_TEXT = (ODD_TEXT * 400)[:20_000]


def typed(**fields):
    return {
        "effort": "",
        "economy": "",
        "comment": "",
        "expected_amount": "",
        "version": "0",
        "page_token": "side-1",
    } | fields


def draft(stage, by, *, item=None, version=0, **answers):
    return save_draft(
        item=item or stage.item, follow_up_round=stage.second, by=by, version=version, answers=Answers(**answers)
    )


def saved(stage, item=None) -> Assessment | None:
    return entry_of(item or stage.item, stage.second).assessment


# --- Reading ---------------------------------------------------------------------------------------------------------
def test_entry_page_shows_what_to_judge_by(stage, editor):
    create_item(stage.agreement, "2.02.2")

    page = Page(signed_in(editor).get(stage.entry()))

    assert "Tagrenderne er renset." in page.text
    assert "Sidste rundes ord" in page.text and page.fields["comment"] == ""
    assert "0 af 2 indsendt" in page.text
    assert page.fields["version"] == "0" and page.fields["page_token"]


def test_a_changed_milestone_is_told_where_it_is_judged(stage, editor, finance):
    create_milestone_change(stage.item, stage.second, before="Et lettere mål.", reason="Udbuddet gik om.")

    for user in (editor, finance):
        page = Page(signed_in(user).get(stage.entry()))

        assert "Milepæl ændret" in page.text and "Et lettere mål." in page.text and "Udbuddet gik om." in page.text


def test_entry_list_counts_what_is_submitted(stage, editor):
    create_item(stage.agreement, "2.02.2")
    create_assessment(stage.item, stage.second, by=editor)

    page = Page(signed_in(editor).get(stage.of_round("indberetning/")))

    assert "1 af 2 indsendt. Fristen er 01.09.2031" in page.text
    assert stage.entry() in page.links and stage.entry(stage.foreign) not in page.links


def test_finance_filters_the_list_by_centre_and_keeps_the_filter(stage, finance):
    client = signed_in(finance)

    everything = Page(client.get(stage.of_round("indberetning/")))
    narrowed = Page(client.get(stage.of_round("indberetning/?center=politisk-sekretariat")))
    entry = client.post(stage.entry(stage.foreign) + "?center=politisk-sekretariat", typed(effort="happy"))

    assert "0 af 2 indsendt" in everything.text
    assert stage.entry() in everything.links
    assert "0 af 1 indsendt" in narrowed.text
    assert stage.entry(stage.foreign) + "?center=politisk-sekretariat" in narrowed.links
    assert stage.entry() not in narrowed.links
    assert entry.url == stage.entry(stage.foreign) + "?center=politisk-sekretariat"


def test_an_editor_cannot_widen_the_list_by_the_address(stage, editor):
    page = Page(signed_in(editor).get(stage.of_round("indberetning/?center=politisk-sekretariat")))

    assert stage.entry(stage.foreign) not in page.links
    assert "0 af 1 indsendt" in page.text


@pytest.mark.parametrize("centre", ["findes-ikke", "%00", "uden-center", "%F0%9F%98%80", "x" * 3000, "'; --"])
def test_an_unknown_centre_is_no_fault(stage, finance, centre):
    client = signed_in(finance)

    answers = [
        client.get(stage.of_round(f"indberetning/?center={centre}")),
        client.get(stage.entry() + f"?center={centre}"),
    ]

    assert [answer.status_code for answer in answers] == [200, 200]


# --- Saving a draft --------------------------------------------------------------------------------------------------
def test_draft_is_saved_by_a_plain_form(stage, editor):
    client = signed_in(editor)

    answer = client.post(stage.entry(), typed(effort="neutral", comment="Næsten", expected_amount="-1.250.000"))

    assert (answer.status_code, answer.url) == (302, stage.entry())
    found = saved(stage)
    assert (found.state, found.effort, found.economy, found.comment) == ("draft", "neutral", "", "Næsten")
    assert (found.expected_amount, found.version, found.saved_by) == (-1_250_000, 1, editor)
    page = Page(client.get(stage.entry()))
    assert (page.fields["effort"], page.fields["comment"], page.fields["version"]) == ("neutral", "Næsten", "1")
    assert page.fields["expected_amount"] == "-1.250.000"


def test_draft_is_saved_by_htmx(stage, editor):
    answer = signed_in(editor).post(stage.entry(), typed(effort="happy"), headers=HTMX)

    assert answer.status_code == 200
    assert "Gemt som kladde kl." in text_of(answer) and "<html" not in answer.content.decode()
    assert Page(answer).fields["version"] == "1"
    assert saved(stage).effort == "happy"


def test_missing_fields_are_blanks_not_faults(stage, editor):
    answer = signed_in(editor).post(stage.entry(), {"version": "0"})

    assert answer.status_code == 302
    assert (saved(stage).effort, saved(stage).comment, saved(stage).expected_amount) == ("", "", None)


@pytest.mark.parametrize("version", [None, "", "-1", "to", "1.5", "99999999999999999999999"])
def test_a_spoilt_version_never_saves(stage, editor, version):
    fields = typed(comment="Mine ord")
    fields = {k: v for k, v in (fields | {"version": version}).items() if v is not None}

    answer = signed_in(editor).post(stage.entry(), fields)

    assert answer.status_code in {409, 422}
    assert Page(answer).fields["comment"] == "Mine ord"
    assert saved(stage) is None


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("effort", "fabelagtig", "Marker en gyldig valgmulighed"),
        ("economy", "neutral", "Marker en gyldig valgmulighed"),
        ("expected_amount", "0,75 mio.", "Skriv beløbet i hele kroner uden komma"),
        ("expected_amount", "1e9", "Skriv beløbet i hele kroner uden komma"),
        ("expected_amount", "١٢٣", "Skriv beløbet i hele kroner uden komma"),
        ("comment", "x" * 20_001, "Bemærkningen er på 20001 tegn. Der er plads til 20000."),
        ("comment", "nul\x00tegn", "Null-tegn er ikke tilladte."),
        ("page_token", "x" * 41, "40"),
    ],
)
@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_a_bad_value_is_refused_with_the_text_kept(stage, editor, field, value, words, headers):
    fields = typed(comment="Det her må ikke gå tabt") | {field: value}

    answer = signed_in(editor).post(stage.entry(), fields, headers=headers)

    assert answer.status_code == 422
    assert words in text_of(answer)
    assert saved(stage) is None
    if not headers:
        assert Page(answer).fields["comment"] == fields["comment"]
        assert Page(answer).fields["expected_amount"] == fields["expected_amount"]


@pytest.mark.parametrize("text", [LONG_TEXT, "\n\nbegynder med to linjer", "\r\n", " ", "\u2028\ufeff\u200d"])
def test_text_comes_back_byte_for_byte(stage, editor, text):
    client = signed_in(editor)

    answer = client.post(stage.entry(), typed(comment=text))

    assert answer.status_code == 302
    assert saved(stage).comment == text
    assert Page(client.get(stage.entry())).fields["comment"] == text


def test_unknown_and_forged_fields_change_nothing(stage, editor):
    forged = {"state": "approved", "is_entered_by_finance": "on", "submitted_by": "1", "item": "1", "saved_by": "1"}

    answer = signed_in(editor).post(stage.entry(), typed(effort="happy", act="save") | forged)

    assert answer.status_code == 302
    found = saved(stage)
    assert (found.state, found.is_entered_by_finance, found.saved_by, found.item) == (
        "draft",
        False,
        editor,
        stage.item,
    )


def test_get_never_writes(stage, editor):
    answer = signed_in(editor).get(stage.entry() + "?act=submit&effort=happy&economy=kept&version=0")

    assert answer.status_code == 200
    assert saved(stage) is None


# --- Going on --------------------------------------------------------------------------------------------------------
def test_save_and_go_on_leads_to_the_neighbour(stage, editor):
    second = create_item(stage.agreement, "2.02.2")
    client = signed_in(editor)

    forward = client.post(stage.entry(), typed(comment="a", act="next"))
    back = client.post(stage.entry(second), typed(comment="b", act="previous"))
    past_the_end = client.post(stage.entry(second), typed(comment="c", version="1", act="next"))

    assert [forward.url, back.url, past_the_end.url] == [stage.entry(second), stage.entry(), stage.entry(second)]


def test_submit_leads_to_the_next_item(stage, editor):
    second = create_item(stage.agreement, "2.02.2")

    answer = signed_in(editor).post(stage.entry(), typed(effort="happy", economy="kept", act="submit"))

    assert (answer.status_code, answer.url) == (302, stage.entry(second))
    assert (saved(stage).state, saved(stage).submitted_by) == ("submitted", editor)


def test_submit_without_an_explanation_saves_the_draft_and_says_what_is_missing(stage, editor):
    client = signed_in(editor)

    answer = client.post(stage.entry(), typed(effort="sad", economy="kept", act="submit"))

    assert answer.status_code == 422
    page = Page(answer)
    assert "Kladden er gemt, men ikke indsendt." in page.text
    assert "Skriv en bemærkning, når indsatsen er mellemfornøjet eller sur." in page.text
    assert (saved(stage).state, saved(stage).effort) == ("draft", "sad")
    again = client.post(stage.entry(), page.fields | {"comment": "Fordi", "act": "submit"})
    assert again.status_code == 302 and saved(stage).state == "submitted"


def test_submit_of_an_empty_form_names_both_smileys(stage, editor):
    answer = signed_in(editor).post(stage.entry(), typed(act="submit"))

    assert answer.status_code == 422
    assert "Vælg en smiley for indsatsen" in text_of(answer) and "Vælg en smiley for økonomien" in text_of(answer)


def test_take_back_makes_it_a_draft_again(stage, editor):
    client = signed_in(editor)
    client.post(stage.entry(), typed(effort="happy", economy="kept", act="submit"))

    answer = client.post(stage.entry(ending="fortryd/"))

    assert (answer.status_code, answer.url) == (302, stage.entry())
    assert saved(stage).state == "draft"
    assert "Indsendelsen af 2.02.1 er fortrudt" in text_of(client.get(answer.url))


def test_take_back_of_a_draft_is_409(stage, editor):
    draft(stage, editor, effort="happy")

    answer = signed_in(editor).post(stage.entry(ending="fortryd/"))

    assert answer.status_code == 409
    assert "Det kan ikke gøres nu" in text_of(answer)


def test_a_submitted_entry_is_not_rewritten(stage, editor):
    create_assessment(stage.item, stage.second, by=editor, comment="Indsendte ord")

    answer = signed_in(editor).post(stage.entry(), typed(effort="sad", comment="Nye ord", version="1"))

    assert answer.status_code == 409
    assert Page(answer).fields["comment"] == "Nye ord"
    assert (saved(stage).comment, saved(stage).effort) == ("Indsendte ord", "happy")


@pytest.mark.parametrize("act", ["save", "submit"])
def test_a_closed_round_takes_nothing_but_gives_the_text_back(stage, editor, approver, act):
    close_round(follow_up_round=stage.second, by=approver)

    answer = signed_in(editor).post(stage.entry(), typed(effort="happy", economy="kept", comment="For sent", act=act))

    assert answer.status_code == 409
    assert "ikke åben for indberetning" in text_of(answer)
    assert Page(answer).fields["comment"] == "For sent"
    assert saved(stage) is None


def test_a_closed_round_tells_htmx_too(stage, editor, approver):
    close_round(follow_up_round=stage.second, by=approver)

    answer = signed_in(editor).post(stage.entry(), typed(comment="For sent"), headers=HTMX)

    assert answer.status_code == 409
    assert "Ikke gemt:" in text_of(answer) and "ikke åben for indberetning" in text_of(answer)


# --- Two at once -----------------------------------------------------------------------------------------------------
def test_a_stale_save_shows_both_versions_and_keeps_the_text(stage, editor, chief):
    draft(stage, chief, effort="happy", comment="Chefens ord")
    client = signed_in(editor)

    answer = client.post(stage.entry(), typed(effort="sad", comment=LONG_TEXT))

    assert answer.status_code == 409
    page = Page(answer)
    assert page.fields["comment"] == LONG_TEXT
    assert page.fields["effort"] == "sad"
    assert "Chefens ord" in page.text and "Gemt af Centerchef i Ejendomme" in page.text
    assert saved(stage).comment == "Chefens ord"
    (button,) = page.attributes("button", name="version")
    resolved = client.post(stage.entry(), page.fields | {"version": [page.fields["version"], button["value"]]})
    assert resolved.status_code == 302
    assert (saved(stage).comment, saved(stage).effort, saved(stage).version) == (LONG_TEXT, "sad", 2)


def test_a_stale_autosave_shows_both_versions_beside_the_box(stage, editor, chief):
    draft(stage, chief, effort="happy", comment="Chefens ord")

    answer = signed_in(editor).post(stage.entry(), typed(comment="Mine ord"), headers=HTMX)

    assert answer.status_code == 409
    page = Page(answer)
    assert "Chefens ord" in page.text and "Mine ord" in page.text
    assert "comment" not in page.fields, "the box on the page must be left alone"


def test_a_stale_submit_submits_nothing(stage, editor, chief):
    draft(stage, chief, effort="happy", economy="kept", comment="Chefens ord")

    answer = signed_in(editor).post(stage.entry(), typed(effort="sad", economy="kept", comment="Mine", act="submit"))

    assert answer.status_code == 409
    assert (saved(stage).state, saved(stage).comment) == ("draft", "Chefens ord")


def test_own_autosave_never_conflicts_with_itself(stage, editor):
    client = signed_in(editor)
    fields = Page(client.get(stage.entry())).fields

    for n in range(40):
        answer = client.post(stage.entry(), fields | {"comment": f"Ord nr. {n}", "page_sequence": n + 1}, headers=HTMX)
        assert answer.status_code == 200
        fields["version"] = Page(answer).fields["version"]

    assert (saved(stage).comment, saved(stage).version) == ("Ord nr. 39", 40)


@pytest.mark.parametrize("lost", [1, 2, 5])
def test_lost_answers_do_not_make_a_conflict_with_oneself(stage, editor, lost):
    client = signed_in(editor)
    fields = Page(client.get(stage.entry())).fields
    for n in range(lost):  # saved, but the page never saw the new version
        client.post(stage.entry(), fields | {"comment": f"Tabt svar {n}", "page_sequence": n + 1}, headers=HTMX)

    answer = client.post(stage.entry(), fields | {"comment": "Videre", "page_sequence": lost + 1}, headers=HTMX)

    assert answer.status_code == 200
    assert saved(stage).comment == "Videre"


def test_a_lost_answer_does_not_hide_what_someone_else_saved(stage, editor, chief):
    client = signed_in(editor)
    fields = Page(client.get(stage.entry())).fields
    client.post(stage.entry(), fields | {"comment": "Tabt svar", "page_sequence": 1}, headers=HTMX)
    draft(stage, chief, version=1, comment="Chefens ord")

    answer = client.post(stage.entry(), fields | {"comment": "Videre", "page_sequence": 2}, headers=HTMX)

    assert answer.status_code == 409
    assert saved(stage).comment == "Chefens ord"


def test_an_older_save_that_comes_late_does_not_undo_the_newer(stage, editor):
    client = signed_in(editor)
    fields = Page(client.get(stage.entry())).fields
    client.post(stage.entry(), fields | {"comment": "Den nyeste", "page_sequence": 2}, headers=HTMX)

    late = client.post(stage.entry(), fields | {"comment": "Den gamle", "page_sequence": 1}, headers=HTMX)

    assert late.status_code == 409
    assert saved(stage).comment == "Den nyeste"


@pytest.mark.parametrize("act", ["save", "submit"])
def test_the_same_post_twice_has_one_effect(stage, editor, act):
    client = signed_in(editor)
    fields = typed(effort="happy", economy="kept", comment="Én gang", act=act)

    answers = [client.post(stage.entry(), fields) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [302, 302, 302]
    assert Assessment.objects.filter(item=stage.item, follow_up_round=stage.second).count() == 1
    submissions = Event.objects.filter(subject=entry_of(stage.item, stage.second).subject)
    assert submissions.count() == (1 if act == "submit" else 0)
    assert saved(stage).version == (2 if act == "submit" else 1)


# --- Finance for a centre --------------------------------------------------------------------------------------------
def test_finance_enters_for_a_centre(stage, finance, editor):
    client = signed_in(finance)

    client.post(stage.entry(), typed(effort="happy", economy="kept", act="submit"))

    assert (saved(stage).state, saved(stage).is_entered_by_finance) == ("submitted", True)
    page = text_of(signed_in(editor).get(stage.entry()))
    assert "Indtastet af Økonomi og Styring for Ejendomme" in page


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
@pytest.mark.parametrize("act", ["save", "submit"])
def test_finance_neither_reads_nor_writes_a_centres_draft(stage, finance, editor, headers, act):
    draft(stage, editor, effort="sad", comment="Fortroligt udkast", expected_amount=918_273)
    client = signed_in(finance)

    seen = client.get(stage.entry(), headers=headers)
    refused = client.post(stage.entry(), typed(effort="happy", version="1", act=act), headers=headers)

    assert (seen.status_code, refused.status_code) == (200, 403)
    for answer in (seen, refused):
        assert "Fortroligt" not in answer.content.decode() and "918" not in text_of(answer)
    assert "har selv en kladde, som I først kan læse, når den er indsendt" in text_of(seen)
    assert saved(stage).effort == "sad"


def test_finance_that_is_forestalled_by_the_centre_gets_its_own_words_back(stage, finance, editor):
    """The page was opened while nothing had been entered; then the centre began."""
    client = signed_in(finance)
    fields = Page(client.get(stage.entry())).fields
    draft(stage, editor, comment="Fortroligt udkast")

    answer = client.post(stage.entry(), fields | {"comment": "Hvad centeret sagde i telefonen"})

    assert answer.status_code == 403
    assert "Hvad centeret sagde i telefonen" in Page(answer).fields.values()
    assert "Fortroligt" not in answer.content.decode()


def test_take_over_is_told_to_the_centre(stage, finance, editor):
    draft(stage, editor, effort="neutral", comment="Centerets ord")
    client = signed_in(finance)

    answer = client.post(stage.entry(ending="overtag/"))

    assert (answer.status_code, answer.url) == (302, stage.entry())
    assert Page(client.get(stage.entry())).fields["comment"] == "Centerets ord"
    told = text_of(signed_in(editor).get(stage.entry()))
    assert "Kladden blev overtaget" in told and "af Økonomi og Styring" in told


def test_nothing_to_take_over_is_409_and_never_for_a_centre(stage, finance, editor):
    answers = [
        signed_in(finance).post(stage.entry(ending="overtag/")),
        signed_in(editor).post(stage.entry(ending="overtag/")),
    ]

    assert [answer.status_code for answer in answers] == [409, 403]
    assert saved(stage) is None


def test_finance_cannot_take_back_what_a_centre_submitted(stage, finance, editor):
    draft(stage, editor, effort="happy", economy="kept")
    submit_assessment(item=stage.item, follow_up_round=stage.second, by=editor, version=1)

    answer = signed_in(finance).post(stage.entry(ending="fortryd/"))

    assert answer.status_code == 403
    assert saved(stage).state == "submitted"


# --- May not ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("ending", ["", "fortryd/", "overtag/"])
def test_another_centres_entry_does_not_exist(stage, other_editor, member, administrator, ending):
    for user in (other_editor, member, administrator):
        client = signed_in(user)
        for method in (client.get, client.post) if not ending else (client.post,):
            assert method(stage.entry(ending=ending)).status_code == 404
    assert saved(stage) is None


def test_an_item_of_no_centre_is_entered_by_finance_only(stage, finance, editor):
    nobodys = create_item(stage.agreement, "9.01", lead_centre=None)

    seen = signed_in(finance).get(stage.entry(nobodys))
    hidden = signed_in(editor).get(stage.entry(nobodys))

    assert (seen.status_code, hidden.status_code) == (200, 404)


def test_an_editor_of_two_centres_enters_for_both(stage):
    both = create_user(Role.EDITOR, centres=[create_centre(), create_centre("Politisk Sekretariat")])
    client = signed_in(both)

    answers = [client.post(stage.entry(item), typed(effort="happy")) for item in (stage.item, stage.foreign)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert not saved(stage, stage.foreign).is_entered_by_finance


def test_a_centres_saved_drafts_are_its_own_history_until_it_hands_in(stage, editor, finance):
    entry, page = stage.entry(), f"/aftaler/{stage.year}/punkter/2.02.1/"
    client = signed_in(editor)
    answers = {"effort": "neutral", "economy": "kept", "act": ""}
    client.post(entry, answers | {"comment": "KANARIE et", "version": 0})
    client.post(entry, answers | {"comment": "KANARIE to", "version": 1})
    client.post(entry, answers | {"comment": "Afleveret", "version": 2, "act": "submit"})

    assert "KANARIE" in text_of(client.get(page))
    assert "KANARIE" not in text_of(signed_in(finance).get(page))
