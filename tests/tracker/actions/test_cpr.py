"""No CPR number is stored by an action, and what was vouched for is stored with an event. Which texts each page guards
is held to in tests/tracker/views/test_cpr.py."""

from hashlib import sha256

import pytest
from django.core.management import CommandError, call_command

from budget.files.schema import FileRefused
from tests.database import all_rows
from tests.factories import (
    create_agreement,
    create_amount_line,
    create_assessment,
    create_item,
    create_milestone,
    create_round,
)
from tests.files import small_document, write_file
from tracker.actions.agreement_files import check_document, load_agreement, load_organisation
from tracker.actions.assessments import Answers, save_draft
from tracker.actions.cpr import refuse_cpr_numbers
from tracker.actions.cpr_in_files import (
    cpr_hits_in_report,
    number_problems,
    refuse_cpr_numbers_of_file,
    refuse_cpr_numbers_of_report,
)
from tracker.actions.items import change_item
from tracker.errors import CprFound, StaleVersion
from tracker.exports.editions import edition_document
from tracker.models import Act, AllowedNumber, Assessment, Event
from tracker.reports.follow_up import follow_up_report

NUMBER, MASKED = "010203-1234", "010203-····"
REASON = "Det er et telefonnummer."
PLACE = "aftale 2018, punkt 2.02.1"


def refuse(text=f"Ring til {NUMBER}", *, subject=PLACE, by="tests", reason=""):
    refuse_cpr_numbers({"Bemærkning": text}, subject=subject, by=by, reason=reason)


def allowed_events():
    return list(Event.objects.filter(act=Act.NUMBER_ALLOWED).order_by("pk"))


# --- The guard -------------------------------------------------------------------------------------------------------
def test_a_number_is_refused_with_its_place_and_masked(db):
    with pytest.raises(CprFound) as refusal:
        refuse()

    assert refusal.value.places == [("Bemærkning", MASKED)]
    sentence = str(refusal.value)
    assert "(Bemærkning: 010203-····)" in sentence and "intet er gemt" in sentence and "begrundelse" in sentence
    assert "1234" not in sentence
    assert not AllowedNumber.objects.exists()


def test_a_reason_lets_it_through_and_is_an_event(finance):
    refuse(by=finance, reason=f"  {REASON} ")

    row, [event] = AllowedNumber.objects.get(), allowed_events()
    assert (row.place, row.reason, row.user_id, row.actor) == (PLACE, REASON, finance.pk, str(finance))
    assert row.digest == sha256(f"{PLACE}0102031234".encode()).hexdigest()
    assert (event.subject, event.note, event.user_id) == (PLACE, f"Bemærkning: {REASON}", finance.pk)
    assert "1234" not in str([all_rows()["tracker.AllowedNumber"], event.note])


def test_what_was_allowed_is_not_asked_about_again_in_its_place(db, django_assert_num_queries):
    refuse(reason=REASON)

    refuse("Nu skrevet 0102031234, og 010203 1234 igen")  # whichever way it is written

    assert len(allowed_events()) == 1
    for elsewhere in ({"subject": "aftale 2018, punkt 2.02.2"}, {"text": "En anden: 020304-1234"}):
        with pytest.raises(CprFound):
            refuse(**elsewhere)
    with django_assert_num_queries(0):
        refuse("Intet her: 1.250.000 kr.")


@pytest.mark.parametrize("reason", ["", "  ", "\n"])
def test_a_blank_is_no_reason(db, reason):
    with pytest.raises(CprFound):
        refuse(reason=reason)


def test_a_reason_does_not_repeat_the_number(db):
    with pytest.raises(CprFound) as refusal:
        refuse(reason=f"{NUMBER} er et telefonnummer")

    assert refusal.value.places == [("Begrundelsen", MASKED)] and "1234" not in str(refusal.value)
    assert not allowed_events()


def test_many_numbers_are_allowed_at_once_in_one_event(db):
    texts = {"Titel": f"Om {NUMBER}", "Noter": ["020304-1234", NUMBER], "Tekst": "intet"}

    refuse_cpr_numbers(texts, subject=PLACE, by="tests", reason=REASON)

    assert AllowedNumber.objects.count() == 2
    assert [event.note for event in allowed_events()] == [f"Titel, Noter: {REASON}"]


# --- In an action ----------------------------------------------------------------------------------------------------
def draft(editor, **changes):
    item = create_item()
    spring = create_round(item.agreement)
    answers = Answers("happy", "kept", f"Aftalt med {NUMBER}")
    return lambda **more: save_draft(
        item=item, follow_up_round=spring, by=editor, answers=answers, **({"version": 0} | changes | more)
    )


def test_a_refused_draft_changes_nothing(editor):
    save = draft(editor)
    before = all_rows()

    with pytest.raises(CprFound):
        save()

    assert all_rows() == before


def test_a_draft_with_a_reason_is_saved_with_its_event(editor):
    saved = draft(editor)(cpr_reason=REASON)

    assert NUMBER in saved.comment
    [event] = allowed_events()
    assert event.subject == f"aftale {saved.item.agreement.budget_year}, runde 1, punkt 2.02.1"


def test_a_reason_for_what_is_not_saved_allows_nothing(editor):
    save = draft(editor)
    saved = save(cpr_reason=REASON)
    before = all_rows()

    with pytest.raises(StaleVersion):
        save_draft(
            item=saved.item,
            follow_up_round=saved.follow_up_round,
            by=editor,
            answers=Answers(comment="020304-1234"),
            version=9,
            cpr_reason=REASON,
        )

    assert all_rows() == before


def test_without_the_guard_the_number_is_saved(editor, monkeypatch):
    """Nothing else stands between the text and the database."""
    monkeypatch.setattr("tracker.actions.cpr.numbers_in", lambda text: [])

    assert NUMBER in Assessment.objects.get(pk=draft(editor)().pk).comment
    assert not allowed_events()


def test_a_number_that_was_there_before_is_asked_about_when_the_item_is_saved(finance):
    """Loaded, say, before there was a check. The reason is noted though nothing else changes."""
    item = create_item(create_agreement(signed_on=None), note=f"Se {NUMBER}")
    unchanged = {
        "item": item, "by": finance, "version": 1, "fields": {"note": item.note}, "contributors": [],
        "contributor_words": [], "milestones": {},
    }  # fmt: skip

    with pytest.raises(CprFound):
        change_item(**unchanged)
    changed = change_item(**unchanged, cpr_reason=REASON)

    assert not changed and len(allowed_events()) == 1


# --- Agreement files -------------------------------------------------------------------------------------------------
def spoil(document, place, text):
    """Puts `text` where `place` leads: ("items", 0, "text")."""
    *way, last = place
    for step in way:
        document = document[step]
    document[last] = text


TEXTS = {
    ("agreement", "title"): "aftale 2031",
    ("agreement", "theme_source"): "aftale 2031",
    ("definitions", 0, "text"): "aftale 2031",
    ("targets", 0, "values", 0, "label"): "aftale 2031",
    ("tax_rates", 0, "note"): "aftale 2031",
    ("rounds", 0, "label"): "aftale 2031, runde 1",
    ("sections", 1, "text"): "aftale 2031, afsnit 2",
    ("sections", 3, "text"): "aftale 2031, afsnit uden nummer",
    ("items", 0, "text"): "aftale 2031, punkt 1.02",
    ("items", 0, "stated_amounts", 0, "note"): "aftale 2031, punkt 1.02",
    ("items", 0, "milestones", 0, "text"): "aftale 2031, punkt 1.02",
    ("amount_lines", 0, "label"): "aftale 2031, beløbslinjer",
}


@pytest.mark.parametrize("place", TEXTS)
def test_a_number_in_a_file_is_a_fault_with_its_place(empty_database, tmp_path, place):
    load_organisation_of_the_tests()
    document = small_document()
    spoil(document, place, f"Om {NUMBER}")
    path = write_file(tmp_path / "a.toml", document)

    with pytest.raises(FileRefused) as refusal:
        load_agreement(path=path, by="tests")
    [problem] = refusal.value.problems
    load_agreement(path=path, by="tests", cpr_reason=REASON)

    assert f"felt {place[-1]!r}" in problem.place and MASKED in problem.cause
    assert "1234" not in str(problem)
    assert AllowedNumber.objects.get().place == TEXTS[place] == allowed_events()[0].subject


def load_organisation_of_the_tests():
    from tests.conftest import ORGANISATION_FILE

    load_organisation(path=ORGANISATION_FILE, by="tests")


def test_a_number_is_one_fault_among_the_others(empty_database, tmp_path):
    load_organisation_of_the_tests()
    document = small_document()
    document["items"][0] |= {"note": NUMBER, "centre": "findes-ikke"}

    with pytest.raises(FileRefused) as refusal:
        load_agreement(path=write_file(tmp_path / "a.toml", document), by="tests")

    assert len(refusal.value.problems) == 2


def test_the_comment_of_an_assessment_is_allowed_where_it_is_typed(editor, tmp_path):
    """What a file was vouched for is not asked about again on the page, and the other way round."""
    saved = draft(editor)(cpr_reason=REASON)
    year = saved.item.agreement.budget_year
    file = check_document(
        {
            "format": 1,
            "agreement": {
                "budget_year": year, "last_year": year, "title": "A", "mode": "milestones", "milestone_plan": "approved"
            },
            "sections": [{"code": "2", "title": "To"}],
            "rounds": [{"number": 1, "label": "1.", "state": "open"}],
            "items": [{
                "code": "2.02.1", "section": "2", "title": "T", "life_status": "running",
                "assessments": [{"round": 1, "comment": NUMBER, "state": "draft"}],
            }],
            "control": {"sections": 1, "items": 1, "milestones": 0, "assessments": 1, "amount_lines": 0},
        },
        "a.toml",
    )  # fmt: skip

    assert number_problems(file) == []
    refuse_cpr_numbers_of_file(file=file, by="tests")
    file["items"][0]["assessments"][0]["comment"] = "020304-1234"
    assert len(number_problems(file)) == 1


def test_the_real_agreements_hold_none(loaded_2018, loaded_2021):
    assert not AllowedNumber.objects.exists() and not allowed_events()
    assert cpr_hits_in_report(content_of(loaded_2018.rounds.first())) == []


def test_the_command_names_the_place_and_takes_a_reason(empty_database, tmp_path, capsys):
    load_organisation_of_the_tests()
    document = small_document()
    document["items"][0]["note"] = f"Se {NUMBER}"
    path = str(write_file(tmp_path / "a.toml", document))

    with pytest.raises(CommandError, match=r"1\.02.*felt 'note': 010203-···· ligner et CPR-nummer") as refusal:
        call_command("load_agreement", path)
    with pytest.raises(CommandError, match="Begrundelsen må ikke selv gentage det"):
        call_command("load_agreement", path, allow_cpr=f"{NUMBER} er et lokalnummer")
    call_command("load_agreement", path, allow_cpr=REASON)

    assert "--allow-cpr" in str(refusal.value) and "Intet er ændret." in str(refusal.value)
    [event] = allowed_events()
    assert event.actor.startswith("load_agreement (") and event.note.endswith(REASON)


def test_an_organisation_file_too(empty_database, tmp_path):
    path = tmp_path / "o.toml"
    path.write_text(f'[[parties]]\nname = "Listen for {NUMBER}"\n', encoding="utf-8")

    with pytest.raises(CommandError, match=r"\[\[parties\]\] nr\. 1, felt 'name': 010203-····"):
        call_command("load_organisation", str(path))
    assert not all_rows()["budget.Party"]
    call_command("load_organisation", str(path), allow_cpr=REASON)

    assert len(all_rows()["budget.Party"]) == 1 and allowed_events()[0].subject == "organisationen"


# --- Before an edition is built --------------------------------------------------------------------------------------
def content_of(spring):
    rounds = list(spring.agreement.rounds.all())
    for each in rounds:
        each.agreement = spring.agreement
    report = follow_up_report(rounds=rounds, number=spring.number, committee=None, municipality="Ballerup Kommune")
    return edition_document(report)


@pytest.fixture
def spring(db):
    agreement = create_agreement()
    item, spring = create_item(agreement), create_round(agreement)
    create_milestone(item, spring)
    create_assessment(item, spring, comment="Alt går godt")
    create_amount_line(agreement, items=[item])
    return spring


def put(row, field, text=f"Aftalt med {NUMBER}"):
    type(row).objects.filter(pk=row.pk).update(**{field: text})
    row.refresh_from_db()


def rows_of(spring):
    item = spring.agreement.items.get()
    return {
        "the comment": (item.assessments.get(), "comment", "runde 1, punkt 2.02.1, bemærkning"),
        "the item's text": (item, "text", "punkt 2.02.1, aftaletekst"),
        "the note": (item, "note", "punkt 2.02.1, administrationens bemærkning"),
        "a milestone": (item.milestones.get(), "text", "punkt 2.02.1, milepæle"),
        "a line": (item.amount_lines.get(), "label", "beløbslinjer, tekst"),
        "the section": (item.section, "title", "afsnit 2, afsnittets titel"),
        "the round": (spring, "label", "runde 1, tekst"),
        "the agreement": (spring.agreement, "reading_guide", "læsevejledning"),
    }


@pytest.mark.parametrize(
    "what",
    [
        "the comment",
        "the item's text",
        "the note",
        "a milestone",
        "a line",
        "the section",
        "the round",
        "the agreement",
    ],
)
def test_what_slipped_in_stands_in_the_way_of_an_edition(spring, finance, what):
    row, field, place = rows_of(spring)[what]
    put(row, field)
    document = content_of(type(spring).objects.select_related("agreement").get(pk=spring.pk))
    year = spring.agreement.budget_year

    assert (f"aftale {year}, {place}", MASKED) in cpr_hits_in_report(document)
    with pytest.raises(CprFound) as refusal:
        refuse_cpr_numbers_of_report(document=document, by=finance)
    assert refusal.value.places == cpr_hits_in_report(document)
    refuse_cpr_numbers_of_report(document=document, by=finance, reason=REASON)

    assert cpr_hits_in_report(document) == []
    assert allowed_events()


def test_what_was_vouched_for_when_it_was_typed_is_in_nobodys_way(finance, editor):
    saved = draft(editor)(cpr_reason=REASON)
    Assessment.objects.update(state="submitted")
    change_item(
        item=saved.item, by=finance, version=1, fields={"note": f"Se {NUMBER}"}, contributors=[],
        contributor_words=[], milestones={saved.follow_up_round: [f"Ring {NUMBER}"]}, reason="Præciseret",
        cpr_reason=REASON,
    )  # fmt: skip

    document = content_of(saved.follow_up_round)

    assert NUMBER in str(document["items"])
    assert cpr_hits_in_report(document) == []


def test_a_clean_report_asks_the_database_nothing(spring, django_assert_num_queries):
    document = content_of(spring)

    with django_assert_num_queries(0):
        assert cpr_hits_in_report(document) == []
