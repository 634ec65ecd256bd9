"""The lines of a draft's money by form: their rules, their places, their trace."""

from datetime import UTC, datetime

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from budget.files.schema import Problems, check_table
from budget.models import AmountLine, ControlTotal, YearAmount
from tests.factories import create_agreement, create_amount_line, create_item, create_section
from tracker import followup_file
from tracker.actions import lines
from tracker.actions.items import create_item as create_item_by_form
from tracker.actions.line_places import MOST_LINES, lines_in_order, renumber
from tracker.actions.lines import change_line, create_line, delete_line
from tracker.actions.links import LinkRow, change_links
from tracker.actions.stated_amounts import StatedRow
from tracker.errors import AgreementSigned, Refused, RowChanged, RowDeleted
from tracker.models import Act, Event

NOW = datetime(2031, 5, 1, 12, tzinfo=UTC)


@pytest.fixture
def draft(db):
    return create_agreement(2031, signed_on=None, plan="draft")


def fields(**changed):
    return {
        "table": "drift", "heading": "", "code": "", "label": "Rengøring", "project": "", "nature": "new", "period": "",
        "note": "", "is_possible_duplicate": False,
    } | changed  # fmt: skip


def make(draft, by, *, amounts=None, keys=(), after="", **changed):
    return create_line(
        agreement=draft, by=by, fields=fields(**changed), amounts=amounts or {2031: 1_000_000}, keys=keys,
        after=str(getattr(after, "pk", after)), now=NOW,
    )  # fmt: skip


def change(line, by, *, version=1, amounts=None, keys=(), after="", **changed):
    return change_line(
        line=line, by=by, version=version, amounts=amounts or {}, keys=keys, after=str(getattr(after, "pk", after)),
        fields={name: getattr(line, name) for name in fields()} | changed, now=NOW,
    )  # fmt: skip


def saved(draft) -> list[str]:
    """The labels in order; the places are whole."""
    found = list(draft.amount_lines.values_list("position", "label"))
    assert [place for place, _ in found] == list(range(1, len(found) + 1))
    return [label for _, label in found]


def amounts_of(line):
    return {(each.year, each.last_year): each.kroner for each in line.amounts.all()}


def refused(act, *args, **options) -> dict[str, str]:
    with pytest.raises(Refused) as error:
        act(*args, **options)
    return error.value.fields


# --- Making ----------------------------------------------------------------------------------------------------------
def test_a_line_is_made_with_its_amounts_items_and_trace(draft, finance):
    items = [create_item(draft, "6.2"), create_item(draft, "1.3.1", ordinal=6)]

    line = make(draft, finance, amounts={2031: -500_000, 2032: 0, 2033: None}, keys=["6.2", "1.3.1-6"], code="6.10")

    assert (line.source, line.position) == ("table", 1)
    assert amounts_of(line) == {(2031, None): -500_000, (2032, None): 0}
    assert set(line.items.all()) == set(items)
    assert line.history.get().history_user_id == finance.pk
    assert {past.history_user_id for past in YearAmount.history.filter(line=line)} == {finance.pk}
    event = Event.objects.get(act=Act.LINE_CREATED)
    assert (event.subject, event.at, event.user_id) == ("aftale 2031, Drift: 6.10 Rengøring", NOW, finance.pk)
    assert event.note == "6.10 Rengøring; 2031: −500.000 kr.; 2032: 0 kr."


def test_a_long_label_still_leaves_a_trace(draft, finance):
    make(draft, finance, label="ø" * 200)

    assert Event.objects.get(act=Act.LINE_CREATED).note.startswith("ø" * 200)


def test_a_line_needs_an_amount(draft, finance):
    found = refused(make, draft, finance, amounts={2031: None, 2032: None})

    assert found == {"amount_2031": "Skriv mindst ét beløb. Et beløb på nul skrives som 0."}


def test_nothing_is_a_year_that_the_agreement_does_not_cover(draft, finance):
    assert "Aftalens år er ændret" in refused(make, draft, finance, amounts={2030: 1})[""]


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        (["9.9"], "Punktet 9.9 findes ikke i aftalen."),
        (["9.9", "6.2", "8.8"], "Punkterne 9.9, 8.8 findes ikke i aftalen."),
        (["1.3.1"], "Punktet 1.3.1 findes ikke i aftalen. Rummer et nummer flere punkter, så skriv løbenummeret med."),
        (["7.7"], "Punktet 7.7 findes ikke i aftalen."),
    ],
)
def test_an_item_that_is_not_there_is_named(draft, finance, keys, words):
    create_item(draft, "6.2"), create_item(draft, "1.3.1", ordinal=1)
    create_item(create_agreement(signed_on=None), "7.7")

    assert refused(make, draft, finance, keys=keys)["keys"].startswith(words)


def test_what_sums_to_nothing_is_no_saving(draft, finance):
    amounts = {2031: -500_000, 2032: 500_000}

    assert "flytning mellem år" in refused(make, draft, finance, amounts=amounts, nature="saving")["nature"]
    assert make(draft, finance, amounts=amounts, nature="movement")


def test_the_same_line_twice_is_marked(draft, finance):
    make(draft, finance, amounts={2031: 5})

    found = refused(make, draft, finance, amounts={2031: 5})
    assert found == {
        "is_possible_duplicate": "Linjen er magen til »Rengøring« i Drift; skal begge stå, så markér den anden som "
        "mulig dublet."
    }
    for other in ({"amounts": {2031: 6}}, {"amounts": {2032: 5}}, {"table": "anlaeg"}, {"project": "12"}):
        make(draft, finance, **({"amounts": {2031: 5}} | other))
    assert make(draft, finance, amounts={2031: 5}, is_possible_duplicate=True)


def test_the_first_of_two_alike_can_still_be_mended(draft, finance):
    first = make(draft, finance, amounts={2031: 5})
    second = make(draft, finance, amounts={2031: 5}, is_possible_duplicate=True)

    assert change(first, finance, amounts={2031: 5}, note="Ny note")
    assert "mulig dublet" in refused(change, second, finance, amounts={2031: 5}, is_possible_duplicate=False)[
        "is_possible_duplicate"
    ]  # fmt: skip


def test_the_marked_one_of_two_alike_does_not_come_first(draft, finance):
    """A file is read from above: it would find the second one, and that one has no mark."""
    make(draft, finance, amounts={2031: 5})
    second = make(draft, finance, amounts={2031: 5}, is_possible_duplicate=True)

    found = refused(change, second, finance, amounts={2031: 5}, after="first")

    assert list(found) == ["after"] and "som står længere nede" in found["after"]


def test_nothing_is_made_in_a_signed_agreement(finance):
    agreement = create_agreement(2031)

    with pytest.raises(AgreementSigned):
        make(agreement, finance)

    assert not agreement.amount_lines.exists()


def test_too_many_lines_are_left_to_files(draft, finance, monkeypatch):
    monkeypatch.setattr("tracker.actions.line_places.MOST_LINES", 2)
    make(draft, finance, label="a"), make(draft, finance, label="b")

    assert "for mange beløbslinjer" in refused(make, draft, finance, label="c")[""]
    assert MOST_LINES * 2 < 32_767  # what the column holds


# --- Changing --------------------------------------------------------------------------------------------------------
def test_a_change_is_told_from_and_to(draft, finance, approver):
    create_item(draft, "6.2")
    line = make(draft, finance, amounts={2031: 1_000_000, 2032: 5, 2033: 7})

    changed = change(
        line, approver, amounts={2031: 2_000_000, 2032: None, 2033: 7, 2034: 0}, keys=["6.2"], label="Rent",
        nature="pool", is_possible_duplicate=True,
    )  # fmt: skip

    stored = AmountLine.objects.get(pk=line.pk)
    assert changed and (stored.label, stored.nature, stored.version) == ("Rent", "pool", 2)
    assert amounts_of(stored) == {(2031, None): 2_000_000, (2033, None): 7, (2034, None): 0}
    assert [item.key for item in stored.items.all()] == ["6.2"]
    new, old = line.history.order_by("-history_id")
    assert {each.field: (each.old, each.new) for each in new.diff_against(old).changes}["label"] == (
        "Rengøring", "Rent",
    )  # fmt: skip
    assert new.history_user_id == approver.pk
    past = YearAmount.history.filter(line=line, history_user_id=approver.pk).order_by("history_id")
    assert [(each.year, each.history_type, each.kroner) for each in past] == [
        (2031, "~", 2_000_000), (2032, "-", 5), (2034, "+", 0),
    ]  # fmt: skip
    assert Event.objects.get(act=Act.LINE_CHANGED).note == (
        "tekst fra »Rengøring« til »Rent«; art fra nyt beløb til tilførsel til pulje; mulig dublet fra nej til ja; "
        "2031 fra 1.000.000 kr. til 2.000.000 kr.; 2032 fra 5 kr. til (tomt); 2034 fra (tomt) til 0 kr.; "
        "punkter fra (ingen) til 6.2"
    )


def test_nothing_changed_leaves_no_trace(draft, finance):
    line = make(draft, finance, amounts={2031: 5})
    rows = line.history.count()

    assert not change(line, finance, amounts={2031: 5, 2032: None})

    assert (AmountLine.objects.get(pk=line.pk).version, line.history.count()) == (1, rows)
    assert not Event.objects.filter(act=Act.LINE_CHANGED).exists()


def test_amounts_that_only_files_make_stay(draft, finance):
    line = create_amount_line(draft, {None: 9, 2031: 5})
    line.amounts.create(year=2031, last_year=2033, kroner=8)

    change(line, finance, amounts={2031: None, 2032: None, 2033: None, 2034: None})

    assert amounts_of(line) == {(None, None): 9, (2031, 2033): 8}


def test_the_source_stays(draft, finance):
    line = create_amount_line(draft, source="economy_row")

    change(line, finance, label="Andet", amounts={2031: 5})

    assert AmountLine.objects.get(pk=line.pk).source == "economy_row"


def test_a_stale_form_is_refused_with_what_is_saved(draft, finance, approver):
    line = make(draft, finance, amounts={2031: 5})
    change(line, approver, label="Den andens", amounts={2031: 6})

    with pytest.raises(RowChanged) as conflict:
        change(line, finance, label="Min", amounts={2031: 7})

    assert (conflict.value.current.label, conflict.value.current.version) == ("Den andens", 2)
    stored = AmountLine.objects.get(pk=line.pk)
    assert (stored.label, amounts_of(stored)) == ("Den andens", {(2031, None): 6})


def test_without_the_guard_the_other_change_is_lost(draft, finance, approver, monkeypatch):
    line = make(draft, finance, amounts={2031: 5})
    change(line, approver, amounts={2031: 6})
    monkeypatch.setattr(lines, "claim_version", lambda row, version: None)

    change(line, finance, amounts={2031: 7})

    assert amounts_of(line) == {(2031, None): 7}  # nobody was told that the other one is gone


def test_an_agreement_that_is_signed_meanwhile_is_closed(draft, finance):
    line = make(draft, finance)
    type(draft).objects.filter(pk=draft.pk).update(signed_on="2030-10-01")

    for act in (
        lambda: change(line, finance, label="Andet", amounts={2031: 1}),
        lambda: delete_line(line=line, by=finance, version=1),
    ):
        with pytest.raises(AgreementSigned):
            act()

    assert AmountLine.objects.get(pk=line.pk).label == "Rengøring"


# --- Deleting --------------------------------------------------------------------------------------------------------
def test_a_line_is_deleted_with_who_and_what(draft, finance):
    gone, _ = make(draft, finance, label="a", amounts={2031: 5, 2033: -7}), make(draft, finance, label="b")

    delete_line(line=gone, by=finance, version=1, now=NOW)

    assert saved(draft) == ["b"]
    past = [AmountLine.history.filter(id=gone.pk).latest(), *YearAmount.history.filter(line=gone.pk, history_type="-")]
    assert [(each.history_type, each.history_user_id) for each in past] == [("-", finance.pk)] * 3
    event = Event.objects.get(act=Act.LINE_DELETED)
    assert (event.subject, event.note) == ("aftale 2031, Drift: a", "a; 2031: 5 kr.; 2033: −7 kr.")


def test_a_line_that_somebody_has_just_changed_is_not_deleted(draft, finance, approver):
    line = make(draft, finance)
    change(line, approver, label="Vigtig", amounts={2031: 1})

    with pytest.raises(RowChanged):
        delete_line(line=line, by=finance, version=1)

    assert saved(draft) == ["Vigtig"]


def test_a_line_that_is_gone_is_told(draft, finance):
    line = make(draft, finance)
    delete_line(line=line, by=finance, version=1)

    with pytest.raises(RowDeleted):
        change(line, finance, label="Andet")


# --- Control totals of a draft from a file ---------------------------------------------------------------------------
def test_a_control_total_goes_when_the_lines_no_longer_come_to_it(draft, finance):
    line = make(draft, finance, amounts={2031: 5, 2032: 6})
    for year, kroner in ((2031, 5), (2032, 6)):
        ControlTotal.objects.create(agreement=draft, table="drift", year=year, kroner=kroner)

    change(line, finance, amounts={2031: 5, 2032: 7})

    assert list(draft.control_totals.values_list("year", flat=True)) == [2031]
    assert "kontrolsummen for Drift 2032 (6 kr.) gælder ikke længere" in Event.objects.get(act=Act.LINE_CHANGED).note
    delete_line(line=line, by=finance, version=2)
    assert not draft.control_totals.exists()


# --- As a file -------------------------------------------------------------------------------------------------------
def test_what_the_forms_make_a_file_can_hold(draft, finance):
    section = create_section(draft, "6")
    item = create_item_by_form(
        agreement=draft, by=finance, bodies=["direktionen"],
        fields={"section": section, "code": "6.2", "ordinal": 3, "title": "Veje", "life_status": "planned"},
    )  # fmt: skip
    rows = [LinkRow("continues", 2018, "3.04"), LinkRow("postponed_from", None, "1.30", "To\nlinjer")]
    stated = [StatedRow(300_000, (2031, 2032), "each", "new")]
    change_links(item=item, by=finance, version=1, links=rows, stated_amounts=stated)
    make(draft, finance, amounts={2031: -5, 2032: 5}, nature="movement", keys=["6.2-3"], heading="6")
    make(draft, finance, amounts={2031: -5, 2032: 5}, nature="movement", is_possible_duplicate=True, table="drift")
    make(draft, finance, table="anlaeg", code="6.2", project="77", note="En note", after="first")

    problems = Problems()
    file = check_table(followup_file.document_of(draft), followup_file.SCHEMA, "filen", problems)
    followup_file.check(file, problems)

    assert [str(each) for each in problems.found] == []
    assert [line["label"] for line in file["amount_lines"]] == ["Rengøring"] * 3


# --- Places ----------------------------------------------------------------------------------------------------------
@pytest.fixture
def table(draft, finance):
    """a and b under heading 1, c without; X and Y in Anlæg."""
    rows = [("a", "drift", "1"), ("b", "drift", "1"), ("c", "drift", ""), ("X", "anlaeg", "1"), ("Y", "anlaeg", "2")]
    return {name: make(draft, finance, label=name, table=table, heading=heading) for name, table, heading in rows}


@pytest.mark.parametrize(
    ("where", "order"),
    [
        ({"heading": "1"}, "abNcXY"),
        ({"heading": ""}, "abcNXY"),
        ({"heading": "ny"}, "abcNXY"),
        ({"heading": "1", "after": "first"}, "NabcXY"),
        ({"heading": "1", "after": "a"}, "aNbcXY"),
        ({"heading": "1", "after": "c"}, "abcNXY"),
        ({"table": "anlaeg", "heading": "1"}, "abcXNY"),
        ({"table": "anlaeg", "heading": "2"}, "abcXYN"),
        ({"table": "anlaeg", "after": "first"}, "abcNXY"),
        ({"table": "anlaeg", "after": "Y"}, "abcXYN"),
    ],
)
def test_where_a_new_line_stands(draft, finance, table, where, order):
    make(draft, finance, label="N", **(where | {"after": table.get(where.get("after"), where.get("after", ""))}))

    assert "".join(saved(draft)) == order


@pytest.mark.parametrize(
    ("name", "where", "order"),
    [
        ("a", {}, "abcXY"),
        ("a", {"after": "c"}, "bcaXY"),
        ("c", {"after": "first"}, "cabXY"),
        ("b", {"after": "first"}, "bacXY"),
        ("b", {"after": "a"}, "abcXY"),
        ("Y", {"after": "first"}, "abcYX"),
        ("a", {"heading": ""}, "bcaXY"),
        ("c", {"heading": "1"}, "abcXY"),
        ("a", {"heading": "ny"}, "bacXY"),
        ("c", {"heading": "ny"}, "abcXY"),
        ("a", {"table": "anlaeg"}, "bcXaY"),
        ("c", {"table": "anlaeg"}, "abXYc"),
        ("X", {"table": "drift", "heading": ""}, "abcXY"),
        ("Y", {"table": "drift", "heading": "1"}, "abYcX"),
        ("a", {"table": "anlaeg", "after": "Y"}, "bcXYa"),
    ],
)
def test_where_a_changed_line_stands(draft, finance, table, name, where, order):
    where = where | {"after": table.get(where.get("after"), where.get("after", ""))}

    change(table[name], finance, amounts={2031: 1_000_000}, **where)

    assert "".join(saved(draft)) == order


def test_a_line_alone_in_its_table_stands_in_front_or_behind(draft, finance):
    make(draft, finance, label="X", table="anlaeg")
    make(draft, finance, label="a", table="drift")
    make(draft, finance, label="b", table="drift", after="first")

    assert saved(draft) == ["b", "a", "X"]


def test_a_move_alone_is_told_and_counts(draft, finance, table):
    assert change(table["a"], finance, amounts={2031: 1_000_000}, after=table["c"])

    assert AmountLine.objects.get(pk=table["a"].pk).version == 2
    assert Event.objects.get(act=Act.LINE_CHANGED).note == "flyttet i tabellen"


def test_a_line_of_the_other_table_is_no_place(draft, finance, table):
    assert refused(make, draft, finance, label="N", after=table["X"])["after"].startswith("Den linje står i Anlæg.")


def test_a_line_that_is_gone_is_no_place(draft, finance, table):
    delete_line(line=table["b"], by=finance, version=1)

    assert refused(make, draft, finance, label="N", after=table["b"]) == {
        "after": "Den linje findes ikke længere. Vælg en anden."
    }


def test_new_places_take_two_updates_however_many_move(draft, finance, table, django_assert_num_queries):
    order = lines_in_order(draft)[::-1]

    with django_assert_num_queries(2):
        renumber(draft, order)

    assert "".join(saved(draft)) == "YXcba"


def test_places_stay_whole_whatever_is_done(draft, finance):
    @settings(max_examples=25)
    @given(data=st.data())
    def work(data):
        with transaction.atomic():
            for turn in range(data.draw(st.integers(1, 8))):
                do_something(data, draft, finance, str(turn))
                places = list(draft.amount_lines.values_list("position", "table"))
                assert [place for place, _ in places] == list(range(1, len(places) + 1))
                tables = [table for _, table in places]
                assert tables == sorted(tables, key=["drift", "anlaeg"].index)
            transaction.set_rollback(True)

    work()


def do_something(data, draft, by, label):
    """Makes, changes, moves or deletes a line, as a person may."""
    there = list(draft.amount_lines.all())
    table = data.draw(st.sampled_from(["drift", "anlaeg"]))
    where = {"table": table, "heading": data.draw(st.sampled_from(["", "1", "2"]))}
    line = data.draw(st.sampled_from([None, *there]))
    places = [str(each.pk) for each in there if each.table == table and each != line]
    after = data.draw(st.sampled_from(["", "first", *places]))
    if line is None:
        make(draft, by, label=label, after=after, **where)
    elif data.draw(st.booleans()):
        delete_line(line=line, by=by, version=line.version)
    else:
        change(line, by, version=line.version, amounts={2031: 1_000_000}, after=after, **where)
