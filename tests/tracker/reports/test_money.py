"""The money as printed, filtered, grouped and summed: small tables whose sums one can check in one's head."""

import pytest

from tests.factories import create_agreement, create_amount_line, create_committee, create_item
from tracker.reports.money import Grouping, MoneyFilter, RowKind, money_lines, money_report
from tracker.reports.money_chart import money_chart

FIRST, SECOND = "1. Børn", "2. Byen"


@pytest.fixture
def agreement(db):
    """Drift under two headings and without one, anlæg under one; a line of two committees, a repeat, a movement."""
    agreement = create_agreement(2031)
    schools, town = create_committee("Børne- og Skoleudvalget"), create_committee("Teknik- og Miljøudvalget")
    children = create_item(agreement, "1.1", committees=[schools])
    joint = create_item(agreement, "2.1", committees=[town, schools])
    common = {"source": "table", "agreement": agreement}
    create_amount_line(
        **common, heading=FIRST, code="1.1", label="Læsehjælp", amounts={2031: 500_000, 2033: 0}, items=[children]
    )
    create_amount_line(
        **common, heading=FIRST, code="1.1", label="Færre timer", nature="saving", amounts={2031: -200_000},
        items=[children], project="A514015",
    )  # fmt: skip
    create_amount_line(**common, heading=SECOND, code="2.1", label="Lys", amounts={2032: 40_000}, items=[joint])
    create_amount_line(**common, label="Teknik", nature="frame", amounts={2031: -1_000, 2034: -1_000})
    create_amount_line(
        **common, label="Teknik", nature="frame", amounts={2031: -1_000, 2034: -1_000}, is_possible_duplicate=True
    )
    create_amount_line(
        **common, table="anlaeg", heading=SECOND, code="2.1", label="Sti", nature="movement", project="A222767",
        amounts={2031: -8_000_000, 2032: 8_000_000}, items=[joint],
    )  # fmt: skip
    return agreement


def report_of(agreement, **options):
    return money_report(agreement, money_lines(agreement), **options)


def shown(report):
    return [(str(row.kind), row.label, row.kroner) for row in report.rows]


def test_a_table_as_printed_with_its_sums(agreement):
    report = report_of(agreement, table="drift")

    assert shown(report) == [
        ("heading", FIRST, {}),
        ("line", "Læsehjælp", {2031: 500_000, 2033: 0}),
        ("line", "Færre timer", {2031: -200_000}),
        ("subtotal", f"I alt {FIRST}", {2031: 300_000, 2033: 0}),
        ("heading", SECOND, {}),
        ("line", "Lys", {2032: 40_000}),
        ("subtotal", f"I alt {SECOND}", {2032: 40_000}),
        ("line", "Teknik", {2031: -1_000, 2034: -1_000}),
        ("line", "Teknik", {2031: -1_000, 2034: -1_000}),
        ("subtotal", "I alt for linjer uden overskrift", {2031: -2_000, 2034: -2_000}),
        ("total", "Drift i alt", {2031: 298_000, 2032: 40_000, 2033: 0, 2034: -2_000}),
        (
            "without_duplicates",
            "Drift i alt uden mulige dubletter",
            {2031: 299_000, 2032: 40_000, 2033: 0, 2034: -1_000},
        ),
    ]  # fmt: skip


def test_both_tables_have_their_totals_and_one_together(agreement):
    report = report_of(agreement)

    totals = [(label, kroner) for kind, label, kroner in shown(report) if kind == "total"]
    assert [row.label for row in report.rows if row.kind == RowKind.TABLE] == ["Drift", "Anlæg"]
    assert totals == [
        ("Drift i alt", {2031: 298_000, 2032: 40_000, 2033: 0, 2034: -2_000}),
        ("Anlæg i alt", {2031: -8_000_000, 2032: 8_000_000}),
        ("Drift og anlæg i alt", {2031: -7_702_000, 2032: 8_040_000, 2033: 0, 2034: -2_000}),
    ]


def test_a_computed_row_says_which_rows_it_adds(agreement):
    for table in ("drift", "anlaeg", ""):
        for row in report_of(agreement, table=table).rows:
            summed = {}
            for sign, rows in ((1, row.adds), (-1, row.less)):
                for each in rows:
                    for year, kroner in each.kroner.items():
                        summed[year] = summed.get(year, 0) + sign * kroner
            assert not row.is_computed or summed == row.kroner, row.label


def test_blank_is_not_zero(agreement):
    first = report_of(agreement, table="drift").lines[0]

    assert 2032 not in first.kroner
    assert first.kroner[2033] == 0


@pytest.mark.parametrize(
    ("wanted", "labels"),
    [
        ({"committee": "boerne-og-skoleudvalget"}, ["Læsehjælp", "Færre timer"]),
        ({"committee": "teknik-og-miljoeudvalget"}, ["Lys", "Sti"]),
        ({"committee": "uden-udvalg"}, ["Teknik", "Teknik"]),
        ({"heading": SECOND}, ["Lys", "Sti"]),
        ({"heading": "uden-overskrift"}, ["Teknik", "Teknik"]),
        ({"nature": "saving"}, ["Færre timer"]),
        ({"project": "A514015"}, ["Færre timer"]),
        ({"project": "uden-projekt", "nature": "new"}, ["Læsehjælp", "Lys"]),
        ({"words": "LÆSE hjælp"}, ["Læsehjælp"]),
        ({"words": "a222767"}, ["Sti"]),
        ({"words": "findes ikke"}, []),
    ],
)
def test_totals_follow_the_filter(agreement, wanted, labels):
    report = report_of(agreement, wanted=MoneyFilter(**wanted))

    assert [line.label for line in report.lines] == labels
    total = {}
    for line in report.lines:
        for year, kroner in line.kroner.items():
            total[year] = total.get(year, 0) + kroner
    assert [row.kroner for row in report.rows if row.kind == RowKind.TOTAL][-1:] == ([total] if labels else [])


def test_a_line_of_two_committees_counts_under_the_first_and_is_named_under_the_other(agreement):
    report = report_of(agreement, wanted=MoneyFilter(committee="boerne-og-skoleudvalget"))

    assert [(line.label, line.committee[1], line.together_with) for line in report.shared] == [
        ("Lys", "Teknik- og Miljøudvalget", ["Børne- og Skoleudvalget"]),
        ("Sti", "Teknik- og Miljøudvalget", ["Børne- og Skoleudvalget"]),
    ]


@pytest.mark.parametrize(
    ("grouping", "groups"),
    [
        (Grouping.CHAPTER, [("1. Børn i byen", 2), ("Kapitel 2", 2), ("Uden nummer", 2)]),
        (Grouping.COMMITTEE, [("Børne- og Skoleudvalget", 2), ("Teknik- og Miljøudvalget", 2), ("Uden udvalg", 2)]),
        (Grouping.NATURE, [("Besparelse", 1), ("Flytning mellem år", 1), ("Nyt beløb", 2), ("Ramme eller teknik", 2)]),
        (Grouping.PROJECT, [("A222767", 1), ("A514015", 1), ("Uden projekt", 4)]),
    ],
)
def test_every_grouping_holds_every_line_once(agreement, grouping, groups):
    report = report_of(agreement, grouping=grouping, chapters={"1": "1. Børn i byen"})

    assert [(group.label, len(group.lines)) for part in report.parts for group in part.groups] == groups
    total = next(row for row in report.rows if row.kind == RowKind.TOTAL)
    assert total.kroner == {2031: -7_702_000, 2032: 8_040_000, 2033: 0, 2034: -2_000}


def test_what_moves_between_years_is_a_postponement(agreement):
    moved = {line.label: line.is_postponement for line in report_of(agreement).lines}

    assert moved == {"Læsehjælp": False, "Færre timer": False, "Lys": False, "Teknik": False, "Sti": True}


def test_money_without_a_year_is_shown_and_never_summed(db):
    agreement = create_agreement(2031)
    line = create_amount_line(agreement, {2031: 1_000, None: 5_000})
    line.amounts.create(year=2032, last_year=2034, kroner=9_000)

    report = report_of(agreement, table="drift")

    assert report.lines[0].undated == [("i alt 2032-2034", 9_000), ("år ikke angivet", 5_000)]
    assert [row.kroner for row in report.rows if row.kind == RowKind.TOTAL] == [{2031: 1_000}]


def test_an_agreement_without_money_has_no_sums_and_no_drawing(db):
    report = report_of(create_agreement(2031))

    assert [str(row.kind) for row in report.rows] == []
    assert money_chart(report) is None


def test_the_drawing_is_to_scale(agreement):
    chart = money_chart(report_of(agreement))

    heights = {(bar.year, piece.name): piece.height for bar in chart.bars for piece in bar.pieces}
    assert heights[2031, "anlaeg"] == heights[2032, "anlaeg"]
    assert heights[2031, "anlaeg"] > 10 * heights[2031, "drift"]
    below = [piece for bar in chart.bars[:1] for piece in bar.pieces if piece.y >= chart.zero]
    assert {piece.name for piece in below} == {"drift", "anlaeg"}
    assert [(row.label, row.kroner.get(2031)) for row in chart.rows] == [
        ("Drift, plus", 500_000), ("Drift, minus", -202_000), ("Anlæg, plus", 0), ("Anlæg, minus", -8_000_000),
        ("I alt", -7_702_000),
    ]  # fmt: skip


def test_the_same_figures_give_the_same_drawing(agreement):
    assert money_chart(report_of(agreement)) == money_chart(report_of(agreement))
