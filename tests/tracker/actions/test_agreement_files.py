"""Loading and dumping: whole or not at all, once, and back again."""

import copy
from datetime import UTC, date, datetime
from io import StringIO

import pytest
import tomli_w
from django.core.management import CommandError, call_command
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from budget.codes import item_key
from budget.files.schema import FileRefused
from budget.models import Agreement, Item
from tests.conftest import AGREEMENT_FILE, AGREEMENT_FILE_2021, ORGANISATION_FILE
from tests.database import all_rows, clear_tables, content
from tests.factories import create_assessment, create_note, create_round, create_user
from tests.files import YEAR, small_document, write_file
from tracker.actions.agreement_files import dump_agreement, load_agreement, load_organisation
from tracker.actions.assessments import Answers, save_draft, submit_assessment
from tracker.actions.rounds import open_round
from tracker.models import Act, Assessment, EntryAuthor, Event, FinanceNote
from tracker.statuses import Role

REAL = [(2018, AGREEMENT_FILE), (2021, AGREEMENT_FILE_2021)]


@pytest.fixture
def small_file(db, tmp_path):
    return write_file(tmp_path / "small.toml", small_document())


@pytest.fixture
def small(small_file):
    load_agreement(path=small_file, by="tests")
    return Agreement.objects.get(budget_year=YEAR)


def run(command, *arguments, **options):
    output = StringIO()
    call_command(command, *map(str, arguments), stdout=output, **options)
    return output.getvalue()


def dumped_to(path, agreement):
    path.write_text(dump_agreement(agreement=agreement), encoding="utf-8")
    return path


def test_a_file_becomes_an_agreement(db, small_file):
    outcome = load_agreement(path=small_file, by="tests")

    agreement = Agreement.objects.get(budget_year=YEAR)
    assert outcome.is_new
    assert outcome.title == agreement.title
    assert [item.key for item in agreement.items.all()] == ["1.02", "2.1.3-1", "2.1.3-2"]
    assert agreement.sections.get(code="2.1").parent.code == "2"
    assert [round.as_of for round in agreement.rounds.all()] == [date(2031, 3, 31), None]


def test_loading_is_an_event(db, small_file, finance):
    load_agreement(path=small_file, by=finance)

    event = Event.objects.get(subject=f"aftale {YEAR}")
    assert (event.act, event.actor, event.user_id) == (Act.AGREEMENT_LOADED, finance.name, finance.pk)
    assert "SHA-256" in event.note


def test_whoever_loads_entries_has_a_hand_in_them(db, small_file, approver):
    load_agreement(path=small_file, by=approver)

    authors = EntryAuthor.objects.filter(user=approver).values_list("item__key", "follow_up_round__number")
    assert set(authors) == {("1.02", 1), ("2.1.3-1", 1)}


def test_loading_says_who_in_the_history_of_every_row(db, small_file, finance):
    load_agreement(path=small_file, by=finance)

    agreement = Agreement.objects.get(budget_year=YEAR)
    rows = [agreement, *agreement.items.all(), *agreement.amount_lines.all()]
    assert {row.history.get().history_user_id for row in rows} == {finance.pk}


def test_the_same_file_again_changes_nothing_and_says_so(small, small_file):
    before = all_rows()

    outcome = load_agreement(path=small_file, by="tests")

    assert not outcome.is_new
    assert all_rows() == before


@pytest.mark.parametrize(("year", "file"), REAL)
def test_a_real_file_again_changes_nothing_and_says_so(loaded_2018, loaded_2021, year, file):
    before = all_rows()

    said = run("load_agreement", file)

    assert f"Aftale om budget {year} er allerede indlæst; intet er ændret." in said
    assert all_rows() == before


def test_the_same_words_in_another_order_change_nothing(small, tmp_path):
    document = {"agreement": None, **reversed_keys(small_document())}
    document["agreement"] = small_document()["agreement"]
    other = write_file(tmp_path / "other.toml", document)
    before = all_rows()

    outcome = load_agreement(path=other, by="tests")

    assert not outcome.is_new
    assert all_rows() == before


def reversed_keys(document):
    return dict(reversed(document.items()))


def test_an_empty_list_says_the_same_as_no_list(small, tmp_path):
    document = small_document()
    document["items"][2] |= {"contributors": [], "links": []}
    other = write_file(tmp_path / "other.toml", document)

    outcome = load_agreement(path=other, by="tests")

    assert not outcome.is_new


def test_the_file_is_known_again_after_people_have_worked_in_it(loaded_2018, editor):
    item = loaded_2018.items.get(key="3.04")
    spring = open_round(follow_up_round=loaded_2018.rounds.get(number=2), by="tests")
    save_draft(item=item, follow_up_round=spring, by=editor, answers=Answers(comment="Undervejs"), version=0)
    item.note = "En anden bemærkning."
    item.save()
    before = all_rows()

    outcome = load_agreement(path=AGREEMENT_FILE, by="tests")

    assert not outcome.is_new
    assert all_rows() == before


def test_a_changed_file_is_refused_with_the_differences(small, tmp_path):
    document = small_document()
    document["items"][0]["title"] = "Bygninger og veje"
    document["amount_lines"][0]["amounts"][0]["kroner"] -= 1
    document["control_totals"][0]["kroner"] -= 1
    document["items"][0]["milestones"].append({"round": 2, "text": "Endnu en."})
    document["control"]["milestones"] = 3
    changed = write_file(tmp_path / "changed.toml", document)
    before = all_rows()

    with pytest.raises(FileRefused) as refusal:
        load_agreement(path=changed, by="tests")

    words = str(refusal.value)
    assert "allerede indlæst med et andet indhold" in words
    assert "title: filen har 'Bygninger og veje', databasen har 'Bygninger'" in words
    assert "filen har -500001, databasen har -500000" in words
    assert "databasen har ingenting" in words
    assert all(problem.place and problem.cause for problem in refusal.value.problems)
    assert all_rows() == before


def test_one_more_item_is_a_few_differences_not_a_shift_of_all(small, tmp_path):
    document = small_document()
    new = {"code": "1.01", "section": "1", "title": "Ny", "life_status": "planned"}
    document["items"].insert(0, new)
    document["control"]["items"] = 4

    with pytest.raises(FileRefused) as refusal:
        load_agreement(path=write_file(tmp_path / "more.toml", document), by="tests")

    assert len([problem for problem in refusal.value.problems if "items 2.1.3" in problem.cause]) == 0
    assert "items 1.01" in str(refusal.value)


def test_what_people_changed_shows_among_the_differences(small, tmp_path):
    item = small.items.get(key="1.02")
    item.title = "Rettet i systemet"
    item.save()
    document = small_document()
    document["agreement"]["title"] = "En anden titel"

    with pytest.raises(FileRefused, match="databasen har 'Rettet i systemet'"):
        load_agreement(path=write_file(tmp_path / "changed.toml", document), by="tests")


def test_dry_run_changes_nothing(db, small_file):
    before = all_rows()

    outcome = load_agreement(path=small_file, by="tests", dry_run=True)

    assert outcome.is_new
    assert all_rows() == before


def test_dry_run_finds_the_same_errors(db, tmp_path):
    document = small_document()
    document["items"][0]["centre"] = "brandvaesen"

    with pytest.raises(FileRefused, match="brandvaesen"):
        load_agreement(path=write_file(tmp_path / "bad.toml", document), by="tests", dry_run=True)


def test_an_error_while_saving_leaves_nothing_behind(db, small_file, monkeypatch):
    before = all_rows()
    monkeypatch.setattr("tracker.followup_file.LevelDefinition.objects.create", lambda **fields: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        load_agreement(path=small_file, by="tests")

    assert all_rows() == before


# --- Dump is the inverse -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("year", "file"), REAL)
def test_dump_of_a_real_agreement_is_its_file_byte_for_byte(loaded_2018, loaded_2021, tmp_path, year, file):
    copied = tmp_path / "dump.toml"

    said = run("dump_agreement", year, copied)

    assert copied.read_bytes() == file.read_bytes()
    assert f"Aftale om budget {year}" in said


def test_loading_the_dumps_gives_the_same_database(loaded_2018, loaded_2021, tmp_path):
    dumps = [dumped_to(tmp_path / f"{each.budget_year}.toml", each) for each in (loaded_2018, loaded_2021)]
    before = content()

    clear_tables()
    load_organisation(path=ORGANISATION_FILE, by="tests")
    for dump in dumps:
        load_agreement(path=dump, by="tests")

    assert content() == before


def test_a_dump_of_the_small_agreement_loads_as_the_same(small, tmp_path):
    dump = dumped_to(tmp_path / "dump.toml", small)
    before = all_rows()

    outcome = load_agreement(path=dump, by="tests")

    assert not outcome.is_new
    assert all_rows() == before


def test_a_dump_after_work_has_what_people_entered(small, tmp_path):
    item = small.items.get(key="1.02")
    spring = open_round(follow_up_round=small.rounds.get(number=2), by="tests")
    by = create_user(Role.EDITOR, centres=[item.lead_centre])
    answers = Answers("sad", "not_kept", "Æblerne\nkom 🍏 for \"sent\" \\ 'igen'\ttab", 12)
    save_draft(item=item, follow_up_round=spring, by=by, answers=answers, version=0)
    submit_assessment(item=item, follow_up_round=spring, by=by, version=1)
    dump = dumped_to(tmp_path / "dump.toml", small)

    clear_tables()
    load_organisation(path=ORGANISATION_FILE, by="tests")
    load_agreement(path=dump, by="tests")

    entered = Assessment.objects.get(item__key="1.02", follow_up_round__number=2)
    assert answers.are_those_of(entered)
    assert entered.state == "submitted"


def test_a_dump_has_finances_notes_but_not_those_taken_away(small, tmp_path):
    kept, taken_away = small.items.get(key="2.1.3-2"), small.items.get(key="2.1.3-1")
    second = small.rounds.get(number=2)
    create_note(kept, second, "Æbler\n \"og\" pærer")
    create_note(taken_away, second, "")
    dump = dumped_to(tmp_path / "dump.toml", small)

    clear_tables()
    load_organisation(path=ORGANISATION_FILE, by="tests")
    load_agreement(path=dump, by="tests")

    notes = FinanceNote.objects.filter(follow_up_round__number=2)
    assert list(notes.values_list("item__key", "text")) == [("2.1.3-2", "Æbler\n \"og\" pærer")]
    assert FinanceNote.objects.filter(follow_up_round__number=1).count() == 1


def test_a_dump_keeps_a_comment_with_the_line_breaks_of_a_browser(small, tmp_path):
    comment = "Første linje\r\nanden linje\r\n\r\nsidste"
    spring = create_round(small)
    create_assessment(small.items.get(key="1.02"), spring, comment=comment)
    dump = dumped_to(tmp_path / "dump.toml", small)

    outcome = load_agreement(path=dump, by="tests")
    clear_tables()
    load_organisation(path=ORGANISATION_FILE, by="tests")
    load_agreement(path=dump, by="tests")

    assert not outcome.is_new
    assert Assessment.objects.get(follow_up_round__number=spring.number).comment == comment


def test_a_dump_lists_a_lines_amounts_alike_on_every_database(small, tmp_path):
    line = small.amount_lines.get(label="Legepladser")
    line.amounts.create(year=2032, last_year=2034, kroner=3)
    line.amounts.create(year=2032, kroner=2)

    dump = dump_agreement(agreement=small)

    assert (
        dump.index("year = 2032, kroner = 2 ")
        < dump.index("year = 2032, last_year = 2034")
        < dump.index("{ kroner = 2000000 }")
    )


def test_dump_of_a_year_that_is_not_there(db, tmp_path):
    with pytest.raises(CommandError, match="ingen aftale for budgetår 1999"):
        run("dump_agreement", 1999, tmp_path / "dump.toml")


def test_dump_to_a_folder_that_is_not_there(loaded_2018, tmp_path):
    with pytest.raises(CommandError, match="kan ikke skrives"):
        run("dump_agreement", 2018, tmp_path / "no" / "dump.toml")


words = st.text(
    st.characters(codec="utf-8", exclude_characters="\x00\r", exclude_categories=["Cs"]), min_size=1, max_size=40
).filter(str.strip)
several_words = st.lists(words, max_size=2, unique=True)
code = st.lists(st.integers(1, 99).map("{:02d}".format), min_size=2, max_size=3).map(".".join)
kroner = st.integers(-(10**15), 10**15)
standing = st.sampled_from(["new", "set_aside", "pool_total", "state_funds", "earlier_saving"])
years = st.sets(st.integers(1990, 2100), min_size=1, max_size=4).map(sorted)
stated_amounts = st.lists(
    st.fixed_dictionaries(
        {"kroner": kroner, "basis": st.sampled_from(["each", "total"]), "class": standing, "years": years},
        optional={"note": words},
    )
    | st.fixed_dictionaries({"kroner": kroner, "basis": st.just("recurring"), "class": standing}),
    max_size=2,
)


moments = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))
decisions = st.lists(
    st.fixed_dictionaries(
        {
            "body": words,
            "decided_on": st.dates(date(2030, 10, 1), date(2040, 1, 1)),
            "outcome": st.sampled_from(["approved", "discussed", "postponed"]),
        },
        optional={"case_number": words, "remark": words},
    ),
    max_size=3,
    unique_by=lambda row: (row["body"], row["decided_on"]),
)
milestone_changes = st.lists(
    st.fixed_dictionaries({"round": st.integers(1, 2), "after": words, "reason": words, "at": moments})
    | st.fixed_dictionaries({"round": st.integers(1, 2), "before": words, "reason": words, "at": moments}),
    max_size=2,
)


@st.composite
def documents(draw):
    """Whole agreement files: any words, any amounts, any keys, any assessments that the rules allow."""
    document = small_document()
    codes = sorted(draw(st.lists(code, min_size=1, max_size=4, unique=True)))
    front = [{"title": title, "stated_amounts": draw(stated_amounts)} for title in draw(several_words)]
    document["sections"] = [*front, {"code": "1", "title": draw(words), "text": draw(words), "is_theme": True}]
    document["tax_rates"] = [
        {"name": name, "hundredths": draw(st.integers(0, 100_000)), "unit": "permille"} for name in draw(several_words)
    ]
    document["goals"] = [
        {"number": number, "title": draw(words)} for number in sorted(draw(st.sets(st.integers(1, 17), max_size=3)))
    ]
    document["agreement"]["unit"] = draw(st.sampled_from([1, 1000]))
    document["rounds"] = [{"number": n, "label": draw(words), "state": "planned"} for n in (1, 2)]
    document["decisions"] = draw(decisions)
    document["items"] = [draw(items(*each)) for code in codes for each in draw(keys_of(code))]
    covered = sorted(draw(st.sets(st.integers(2031, 2034), min_size=1, max_size=4)))
    amounts = [{"year": year, "kroner": draw(st.integers(-(10**14), 10**14))} for year in covered]
    document["amount_lines"] = [
        {
            "table": "drift",
            "source": "table",
            "label": draw(words),
            "nature": "new",
            "items": [item_key(item["code"], item.get("ordinal")) for item in document["items"][:2]],
            "note": draw(words),
            "amounts": amounts,
        }
    ]
    document["amount_lines"] *= 2
    document["amount_lines"][1] = document["amount_lines"][0] | {"possible_duplicate": True}
    document["control_totals"] = [{"table": "drift", **each, "kroner": 2 * each["kroner"]} for each in amounts]
    document["control"] = {
        "sections": len(document["sections"]),
        "items": len(document["items"]),
        "milestones": sum(len(item["milestones"]) for item in document["items"]),
        "assessments": sum(len(item["assessments"]) for item in document["items"]),
        "amount_lines": 2,
    }
    return document


def keys_of(code):
    """Code and ordinal of the items that share a code: one without an ordinal, or several with."""
    ordinals = st.just([None]) | st.sets(st.integers(1, 999), min_size=1, max_size=3).map(sorted)
    return ordinals.map(lambda drawn: [(code, ordinal) for ordinal in drawn])


@st.composite
def items(draw, code, ordinal):
    texts = {name: draw(words) for name in ("text", "note", "economy_text", "source_note")}
    rounds = draw(st.lists(st.integers(1, 2), max_size=4).map(sorted))
    return {
        "code": code,
        **({"ordinal": ordinal} if ordinal else {}),
        "section": "1",
        "title": draw(words),
        "life_status": draw(st.sampled_from(["planned", "running", "dropped"])),
        **texts,
        "stated_amounts": draw(stated_amounts),
        "milestones": [{"round": number, "text": draw(words)} for number in rounds],
        "milestone_changes": draw(milestone_changes),
        "assessments": [
            {
                "round": number,
                "effort": draw(st.sampled_from(["happy", "neutral", "sad"])),
                "economy": draw(st.sampled_from(["kept", "not_kept", "not_relevant"])),
                "comment": draw(words),
                "expected_amount": draw(kroner),
                "state": "approved",
            }
            for number in sorted(set(rounds))
        ],
        "finance_notes": [
            {"round": number, "text": draw(words)} for number in sorted(draw(st.sets(st.integers(1, 2))))
        ],
    }


def loaded(path):
    """The database's content and the dump after loading one file; the load itself is put back."""
    with transaction.atomic():
        load_agreement(path=path, by="tests")
        rows, text = content(), dump_agreement(agreement=Agreement.objects.get())
        transaction.set_rollback(True)
    for row in rows["budget.Agreement"]:
        del row["file_digest"]
    return rows, text


@pytest.fixture
def organisation_only(empty_database):
    load_organisation(path=ORGANISATION_FILE, by="tests")


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(document=documents())
def test_any_agreement_comes_back_as_it_was(organisation_only, tmp_path, document):
    first, text = loaded(write_file(tmp_path / "in.toml", document))
    dump = tmp_path / "dump.toml"
    dump.write_text(text, encoding="utf-8")

    second, again = loaded(dump)

    assert again == text
    assert second == first


# --- Several files, and the command --------------------------------------------------------------------------------


def another_year(document, year):
    """The same agreement moved to another year."""
    moved = copy.deepcopy(document)
    moved["agreement"] |= {"budget_year": year, "last_year": year + 3}
    for row in [*moved["control_totals"], *(a for line in moved["amount_lines"] for a in line["amounts"])]:
        if "year" in row:
            row["year"] += year - YEAR
    return moved


def test_several_files_are_loaded_together(db, tmp_path):
    files = [write_file(tmp_path / f"{year}.toml", another_year(small_document(), year)) for year in (YEAR, YEAR + 1)]

    said = run("load_agreement", *files)

    assert Agreement.objects.filter(budget_year__in=[YEAR, YEAR + 1]).count() == 2
    assert said.count("er indlæst (4 afsnit, 3 punkter, 2 milepæle, 2 vurderinger, 3 beløbslinjer)") == 2


def test_one_bad_file_among_several_stops_them_all(db, tmp_path):
    good = write_file(tmp_path / "good.toml", small_document())
    spoilt = another_year(small_document(), YEAR + 1)
    spoilt["items"][0]["centre"] = "brandvaesen"
    bad = write_file(tmp_path / "bad.toml", spoilt)
    missing = tmp_path / "missing.toml"
    before = all_rows()

    with pytest.raises(CommandError) as refusal:
        run("load_agreement", good, bad, missing)

    assert all_rows() == before
    assert refusal.value.returncode == 1
    words = str(refusal.value)
    assert "bad.toml" in words and "brandvaesen" in words and "missing.toml" in words
    assert words.endswith("Intet er ændret.")


def test_dry_run_by_command_says_that_the_file_can_be_loaded(db, small_file):
    before = all_rows()

    said = run("load_agreement", small_file, dry_run=True)

    assert "er uden fejl og kan indlæses" in said
    assert all_rows() == before


def test_the_command_names_itself_and_its_operator(db, small_file):
    run("load_agreement", small_file)

    event = Event.objects.get(subject=f"aftale {YEAR}")
    assert event.actor.startswith("load_agreement (") and event.actor.endswith(")")
    assert event.user_id is None


def test_a_link_to_an_item_that_is_in_the_system_is_tied_to_it(loaded_2018, tmp_path):
    document = small_document()
    document["items"][0]["links"] = [{"kind": "continues", "year": 2018, "code": "8.04"}]

    load_agreement(path=write_file(tmp_path / "linked.toml", document), by="tests")

    link = Item.objects.get(agreement__budget_year=YEAR, key="1.02").links.get()
    assert link.target == loaded_2018.items.get(key="8.04")


def test_windows_line_endings_are_read(db, tmp_path):
    path = tmp_path / "windows.toml"
    path.write_bytes(tomli_w.dumps(small_document(), multiline_strings=True).replace("\n", "\r\n").encode())

    load_agreement(path=path, by="tests")

    assert Item.objects.get(agreement__budget_year=YEAR, key="1.02").text == "Første linje\nanden linje"
