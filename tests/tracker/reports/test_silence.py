"""Silence in words: who did not report, and by when; and that nothing else stands in its place."""

from datetime import date

import pytest

from tests.factories import create_agreement, create_assessment, create_centre, create_item, create_round, entry_of
from tests.tracker.exports.conftest import report_of
from tests.tracker.exports.workbooks import columns_of, heading_row, opened
from tests.tracker.views.pages import text_of
from tracker.exports.report_html import report_html
from tracker.exports.report_workbook import report_workbook
from tracker.reports.board import board
from tracker.reports.overview import matrix
from tracker.reports.silence import silence_of, who_owes

DEADLINE = date(2031, 6, 12)


@pytest.mark.parametrize(
    ("centre", "printed", "deadline", "words"),
    [
        ("Ejendomme", "", DEADLINE, "Ikke indberettet af Ejendomme. Fristen var 12.06.2031."),
        ("Ejendomme", "", None, "Ikke indberettet af Ejendomme. Fristen er ikke angivet."),
        (None, "", DEADLINE, "Ikke indberettet: intet center er ansvarligt. Fristen var 12.06.2031."),
        (
            None,
            "0-25 års udvalget",
            None,
            "Ikke indberettet: intet center er ansvarligt (aftalen nævner 0-25 års udvalget). Fristen er ikke angivet.",
        ),
    ],
)
def test_silence_names_who_and_by_when(db, centre, printed, deadline, words):
    item = create_item(lead_centre=create_centre(centre) if centre else None, printed_centre=printed)
    spring = create_round(item.agreement, state="closed", deadline=deadline)

    assert silence_of(entry_of(item, spring)) == words


@pytest.mark.parametrize(
    ("state", "entered", "is_silent"),
    [
        ("planned", None, False),
        ("open", None, False),
        ("open", "draft", False),
        ("closed", None, True),
        ("closed", "draft", True),
        ("closed", "submitted", False),
        ("published", None, True),
        ("published", "draft", True),
        ("published", "approved", False),
    ],
)
def test_only_what_was_not_handed_in_when_the_round_closed_is_silent(db, state, entered, is_silent):
    item = create_item()
    spring = create_round(item.agreement, state=state)
    if entered:
        create_assessment(item, spring, state=entered)

    assert bool(silence_of(entry_of(item, spring))) == is_silent
    assert bool(report_of(item.agreement).items[0].now.silence) == is_silent


@pytest.fixture
def agreement(db):
    """Two items were happy in the first round. In the second, one reported; nothing came from Ejendomme, and the third
    item belongs to no centre."""
    agreement = create_agreement()
    first = create_round(agreement, state="published")
    second = create_round(agreement, state="closed", deadline=DEADLINE)
    items = [
        create_item(agreement, "1.01"),
        create_item(agreement, "1.02", centre=create_centre("Arbejdsmarked")),
        create_item(agreement, "1.03", lead_centre=None),
    ]
    for item in items[:2]:
        create_assessment(item, first, state="approved", comment="Først")
    create_assessment(items[1], second, state="approved", effort="sad", comment="Sent")
    return agreement


def test_last_rounds_smiley_is_never_used_again(agreement, approver):
    report = report_of(agreement, number=2)
    second = agreement.rounds.get(number=2)
    rows = {row.key: row for row in board(follow_up_round=second, user=approver).rows}
    rounds = list(agreement.rounds.select_related("agreement"))
    (cells, *_) = [row.cells for row in matrix(items=[rows["1.01"].item], rounds=rounds, user=approver)]

    silent = report.items[0]
    assert (silent.before.effort, silent.now.effort, silent.now.economy) == ("happy", "not_reported", "not_reported")
    assert (silent.now.comment, silent.now.state) == ("", "")
    assert (rows["1.01"].effort, rows["1.01"].progress.label) == ("", "ikke indberettet")
    assert [cell.effort for cell in cells] == ["happy", "not_reported"]
    assert {each.level: each.count for each in report.effort_counts if each.count} == {"sad": 1, "not_reported": 2}


def test_what_is_missing_stands_under_who_owes_it(agreement):
    report = report_of(agreement, number=2)

    assert [(who, [item.key for item in items]) for who, items in report.missing_by_centre] == [
        ("Ejendomme", ["1.01"]),
        ("intet center er ansvarligt", ["1.03"]),
    ]


def test_the_board_knows_what_closing_leaves_out(agreement, approver):
    found = board(follow_up_round=agreement.rounds.get(number=2), user=approver).outstanding_by_centre

    assert [(who, [row.key for row in rows]) for who, rows in found] == [
        ("Ejendomme", ["1.01"]),
        ("intet center er ansvarligt", ["1.03"]),
    ]


def test_the_file_and_the_workbook_print_it(agreement):
    report = report_of(agreement, number=2)

    page = text_of(report_html(report))
    sheet = opened(report_workbook(report))["Status"]

    assert "Ikke indberettet 2 af 3 punkter. Fristen for centrene var 12.06.2031." in page
    assert "Ejendomme: 1.01 Punkt 1.01 Intet center er ansvarligt: 1.03 Punkt 1.03" in page
    assert "Status: Ikke indberettet af Ejendomme. Fristen var 12.06.2031." in page
    place = columns_of(sheet)
    rows = [
        [sheet.cell(row, place[name]).value for name in ("Punkt", "Indsats", "Bemærkning", "Tilstand")]
        for row in range(heading_row(sheet) + 1, sheet.max_row + 1)
    ]
    silent = "Ikke indberettet af Ejendomme. Fristen var 12.06.2031."
    assert ["1.01", "ikke indberettet", silent, "ikke indberettet"] in rows
    assert ["1.02", "sur", "Sent", "godkendt"] in rows
    assert "Frist for indberetning: 12.06.2031." in sheet["A3"].value


def test_who_owes(db):
    assert who_owes(create_item()) == "Ejendomme"
    assert who_owes(create_item(lead_centre=None)) == "intet center er ansvarligt"
