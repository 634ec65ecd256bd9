"""The money of the real agreement on budget 2021, against figures counted by hand in its printed text and tables."""

import re
from collections import Counter
from decimal import Decimal

import pytest
from django.db.models import Count

from budget.models import Item, YearAmount
from budget.totals import sum_by_year, sums_of

YEARS = (2021, 2022, 2023, 2024)

# item: kroner, years, basis, standing of each amount that its text names
STATED = {
    "1.1.3": [(300_000, [2021], "each", "new")],
    "1.2.2-2": [(1_200_000, [], "recurring", "new")],
    "1.2.3-4": [(5_800_000, [], "total", "new"), (2_000_000, [2021], "each", "set_aside")],
    "1.3.1-6": [(150_000, [2021], "recurring", "new"), (300_000, [2021, 2022], "each", "new")],
    "1.3.2-6": [(-30_000, [], "recurring", "new")],
    "1.3.2-7": [(1_000_000, [2021, 2022], "each", "set_aside"), (2_000_000, [2022, 2023], "each", "new")],
    "1.4.1-4": [(200_000, [2022, 2023, 2024], "each", "new")],
    "1.4.3-1": [(400_000, [2020, 2021, 2022, 2023], "each", "set_aside")],
    "2.1.3": [
        (300_000, [2021], "each", "new"), (500_000, [2022], "each", "new"), (600_000, [2023], "recurring", "new"),
    ],
    "3.1.2-1": [
        (900_000, [2021], "each", "state_funds"), (2_600_000, [2022], "each", "state_funds"),
        (6_300_000, [2023], "each", "state_funds"), (8_000_000, [2024], "each", "state_funds"),
    ],
    "3.1.2-7": [(250_000, [2021], "recurring", "new"), (1_250_000, [], "total", "pool_total")],
    "3.1.3-1": [
        (1_000_000, [2021], "each", "state_funds"), (2_700_000, [2022], "each", "state_funds"),
        (5_200_000, [2023], "recurring", "state_funds"),
    ],
    "3.1.4-5": [(-1_200_000, [], "total", "earlier_saving"), (1_200_000, [2021], "each", "new")],
    "3.1.4-6": [(200_000, [2021, 2023], "each", "new")],
    "4.3.3-2": [(840_000, [2021], "each", "new"), (40_000, [2022], "recurring", "new")],
    "4.3.3-5": [
        (-200_000, [2022], "each", "new"), (-300_000, [2023], "each", "new"), (-400_000, [2024], "each", "new"),
    ],
    "4.4.4-2": [
        (19_500_000, [2021, 2022, 2023, 2024], "total", "new"), (8_000_000, [2024], "recurring", "new"),
        (12_045_000, [2021], "each", "pool_total"), (13_045_000, [2022], "each", "pool_total"),
        (13_045_000, [2023], "each", "pool_total"), (17_045_000, [2024], "recurring", "pool_total"),
    ],
    "6.3": [(170_000_000, [2021, 2022, 2023, 2024], "total", "set_aside")],
    "6.4": [(-15_500_000, [2022], "each", "new"), (-25_500_000, [2023], "recurring", "new")],
    "6.10": [(300_000, [], "recurring", "new"), (13_300_000, [2021], "each", "new")],
    "6.15-1": [
        (30_000_000, [2021], "each", "set_aside"), (30_000_000, [2022], "each", "set_aside"),
        (30_000_000, [2023], "each", "set_aside"), (45_000_000, [2024], "recurring", "set_aside"),
    ],
}  # fmt: skip

# In 1.000 kr., as printed.
CONTROL_TOTALS = {"drift": [-3_192, 23_124, 13_100, 56_775], "anlaeg": [84_928, 83_900, 54_400, 64_300]}
HEADINGS = [
    "1. Vi skaber fremtiden sammen", "2. Åben for nye ideer", "3. En stærk uddannelsesby", "4. En grøn by i balance",
    "5. En førende erhvervsby", "6. Ballerup Kommune som organisation", "",
]  # fmt: skip
LINES_UNDER = {"drift": [20, 2, 11, 15, 5, 15, 4], "anlaeg": [11, 1, 7, 29, 2, 23]}
NATURES = {
    "drift": {"new": 47, "demography": 9, "saving": 8, "frame": 4, "loan": 2, "movement": 1, "derived": 1},
    "anlaeg": {"new": 59, "movement": 7, "pool": 6, "frame": 1},
}
# Lines with a negative amount in any year.
NEGATIVE = {
    "drift": {"saving": 8, "frame": 3, "demography": 2, "loan": 1, "movement": 1},
    "anlaeg": {"movement": 7, "frame": 1},
}
MOVEMENTS = {
    "Revurdering af budgettet til grundkapitalindskud": {2021: -13_000, 2022: 13_000},
    "Jonstruplejrens idrætsfaciliteter": {2022: -8_000, 2023: 8_000},
    "Udviklingsplan for Østerhøj udskydes": {2021: -1_000, 2022: -8_500, 2023: 3_000, 2024: 6_500},
    "Køkken Ballerup – forskydning af inventar": {2021: -500, 2022: 500},
    "Bynære legepladser": {2021: -400, 2022: 400},
    "Bygningsmassereduktion": {2021: -1_000, 2022: 1_000},
    "Inventar Toftehaven": {2021: -2_000, 2022: 2_000},
    "Telegrafvej": {2023: -12_000, 2024: 12_000},
}


@pytest.fixture
def items(loaded_2021):
    return list(loaded_2021.items.in_agreement_order().prefetch_related("stated_amounts"))


@pytest.fixture
def lines(loaded_2021):
    return list(loaded_2021.amount_lines.prefetch_related("amounts", "items"))


def stated(owner):
    return [(each.kroner, each.years, each.basis, each.standing) for each in owner.stated_amounts.all()]


def thousands(line):
    """The line's printed cells: 1.000 kr. by year."""
    assert all(amount.kroner % 1000 == 0 for amount in line.amounts.all())
    return {amount.year: amount.kroner // 1000 for amount in line.amounts.all()}


# --- Amounts named in the texts --------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", STATED)
def test_amounts_named_in_the_text(items, key):
    assert stated(next(item for item in items if item.key == key)) == STATED[key]


def test_texts_name_the_amounts_that_stand_beside_them(loaded_2021, items):
    """Every "0,3 mio. kr." and "40.000 kr." of a text is a fact of its own, and no fact is missing from the text."""
    owners = [*items, *loaded_2021.sections.prefetch_related("stated_amounts")]

    wrong = {
        str(owner): owner.text
        for owner in owners
        if amounts_in(owner.text) != {abs(each.kroner) for each in owner.stated_amounts.all()}
    }

    assert wrong == {}
    assert sum(bool(amounts_in(owner.text)) for owner in owners) > 100


def amounts_in(text):
    named = re.findall(r"(\d+(?:[.,]\d+)*) (mio\. )?kr\.", text)
    return {
        int(Decimal(number.replace(",", ".")) * 1_000_000) if millions else int(number.replace(".", ""))
        for number, millions in named
    }


def test_the_sample_holds_every_standing_and_every_basis():
    rows = [row for amounts in STATED.values() for row in amounts]

    assert {row[3] for row in rows} == {"new", "set_aside", "pool_total", "state_funds", "earlier_saving"}
    assert {row[2] for row in rows} == {"each", "total", "recurring"}


def test_a_section_states_six_amounts_of_its_own(loaded_2021):
    owners = [each for each in loaded_2021.sections.prefetch_related("stated_amounts") if each.stated_amounts.all()]

    assert [each.code for each in owners] == ["4.5"]
    assert stated(owners[0]) == [
        (3_000_000, [2021], "each", "set_aside"),
        (6_000_000, [2022], "each", "set_aside"),
        (8_000_000, [2023], "each", "set_aside"),
        (3_000_000, [2024], "each", "set_aside"),
        (18_000_000, [], "total", "set_aside"),
        (42_000_000, [], "total", "set_aside"),
    ]


def test_maintenance_is_a_pool_and_seventeen_named_jobs(items):
    pool, *jobs = [item for item in items if item.code == "6.15"]

    assert pool.title == "Årlig pulje til vedligeholdelse af bygninger"
    assert Counter(each.years[0] for job in jobs for each in job.stated_amounts.all()) == {2021: 6, 2022: 7, 2023: 4}
    assert sums_of({each.years[0]: each.kroner} for job in jobs for each in job.stated_amounts.all()) == {
        2021: 16_100_000, 2022: 33_100_000, 2023: 10_200_000,
    }  # fmt: skip


# --- The tables ------------------------------------------------------------------------------------------------------


def test_lines_under_their_printed_headings(lines):
    found = {}
    for line in lines:
        found.setdefault(line.table, {}).setdefault(line.heading, []).append(line)

    assert {table: sum(map(len, groups.values())) for table, groups in found.items()} == {"drift": 72, "anlaeg": 73}
    assert list(found["drift"]) == HEADINGS
    assert list(found["anlaeg"]) == [heading for heading in HEADINGS if not heading.startswith("6")]
    assert {table: [len(group) for group in groups.values()] for table, groups in found.items()} == LINES_UNDER
    assert {line.source for line in lines} == {"table"}
    assert max(len(line.label) for line in lines) <= 80


def test_control_totals(loaded_2021):
    amounts = YearAmount.objects.filter(line__agreement=loaded_2021)

    sums = sum_by_year(amounts.values_list("line__table", "year", "kroner"))

    printed = {
        (table, year): 1000 * total
        for table, totals in CONTROL_TOTALS.items()
        for year, total in zip(YEARS, totals, strict=True)
    }
    assert sums == printed
    assert {(total.table, total.year): total.kroner for total in loaded_2021.control_totals.all()} == printed
    assert not amounts.filter(last_year__isnull=False).exists()


def test_codes_and_projects_of_lines(lines):
    projects = [line.project for line in lines if line.project]

    assert sum(bool(line.code) for line in lines) == 117 + 4
    assert [line.label for line in lines if line.code == "6.15"] == [
        "Tag på Topdanmark Hallen", "Facader og tag på Grantoftehallen", "Tag på Ryttergården",
        "Tag på sidebygning til Egebjerghallen",
    ]  # fmt: skip
    assert (len(projects), len(set(projects))) == (23, 20)
    assert {project for project in projects if projects.count(project) > 1} == {"A651213", "A650016"}


def test_lines_without_a_code_are_the_closing_lines_and_one_more(lines):
    assert Counter(line.table for line in lines if not line.heading) == {"drift": 4, "anlaeg": 23}
    assert [line.label for line in lines if not line.code and line.heading] == [
        "Ny aktiveringsstrategi. Besparelse på aktivrammen"
    ]


def test_a_line_may_stand_under_the_heading_of_another_chapter(lines):
    bought = [(line.table, line.heading, thousands(line)) for line in lines if line.code == "6.10"]

    assert bought == [
        ("drift", "6. Ballerup Kommune som organisation", dict.fromkeys(YEARS, 300)),
        ("anlaeg", "5. En førende erhvervsby", {2021: 13_300}),
    ]


def test_the_line_printed_twice_stands_twice_with_the_second_marked(lines):
    marked = [line for line in lines if line.is_possible_duplicate]
    same = [line for line in lines if line.label == marked[0].label]

    assert len(marked) == 1
    assert [line.heading for line in same] == ["5. En førende erhvervsby", ""]
    assert [line.is_possible_duplicate for line in same] == [False, True]
    assert {line.table for line in same} == {"drift"}
    assert [thousands(line) for line in same] == [{2021: -4_000, 2022: -7_000, 2023: -10_000, 2024: -10_000}] * 2


@pytest.mark.parametrize(
    ("label", "amounts"),
    [
        ("Centrumgaden etape 2", {2022: 1_000, 2023: 12_000}),
        ("Telegrafvej 4", {2023: 4_600}),
        ("Intromøder til foreningslivet om kriminalitetsforebyggelse", {2021: 15, 2023: 15}),
        ("Børnehuset Lundegården sammenbygges", {2024: 18_000}),
        ("Elbiler i den kommunale bilpark", {2022: -200, 2023: -300, 2024: -400}),
        ("Tapeten opgraderes", {2022: 2_000, 2023: 2_000}),
        ("Skattesanktion", {2021: 750, 2022: 1_250, 2023: 1_250, 2024: 2_250}),
    ],
)
def test_cells_that_are_easily_misread(lines, label, amounts):
    assert [thousands(line) for line in lines if line.label == label] == [amounts]


def test_natures(lines):
    for table in ("drift", "anlaeg"):
        rows = [line for line in lines if line.table == table]
        assert Counter(line.nature for line in rows) == NATURES[table]
        assert Counter(line.nature for line in rows if min(thousands(line).values()) < 0) == NEGATIVE[table]
    assert {table: sum(counts.values()) for table, counts in NEGATIVE.items()} == {"drift": 15, "anlaeg": 8}


def test_movements_sum_to_zero_and_nothing_else_does(lines):
    moved = {line.label: thousands(line) for line in lines if line.nature == "movement"}

    assert moved == MOVEMENTS
    assert all(sum(amounts.values()) == 0 for amounts in moved.values())
    assert all(sum(thousands(line).values()) != 0 for line in lines if line.nature != "movement")


def test_demography(lines):
    demography = [line for line in lines if line.code == "6.3"]

    assert [line.nature for line in demography] == ["demography"] * 9
    assert sum(amount.kroner for line in demography for amount in line.amounts.all()) == 173_289_000
    assert [line.label.split()[1] for line in demography] == [
        "20.02", "30.30", "30.32", "30.33", "30.34", "30.50", "40.39", "50.52", "50.58",
    ]  # fmt: skip


def test_lines_belong_to_the_items_of_their_code(lines):
    assert [line for line in lines if line.code and {item.code for item in line.items.all()} != {line.code}] == []


def test_lines_of_several_items_and_of_none(lines):
    keys = {line.label: [item.key for item in line.items.all()] for line in lines}

    assert {label: found for label, found in keys.items() if len(found) > 1} == {
        "Totalrenovering af Tapetens tag": ["6.15-7", "6.15-11"],
        "Facader og tag på Grantoftehallen": ["6.15-14", "6.15-15"],
    }
    assert Counter(line.table for line in lines if not line.items.all()) == {"drift": 5, "anlaeg": 15}
    assert keys["Tag på bygning A ved Hedegårdhallen"] == ["6.15-12"]
    assert keys["UCC koncertsal"] == ["6.15-6"]
    assert keys["Facader på Torvevej, Skovlunde gamle skole"] == ["6.15-17"]


def test_items_of_several_lines(loaded_2021):
    items = Item.objects.filter(agreement=loaded_2021).annotate(lines=Count("amount_lines"))

    assert {item.key: item.lines for item in items if item.lines > 1} == {
        "1.3.1-6": 2, "4.3.3-2": 2, "4.3.4-1": 3, "4.3.4-2": 2, "4.5.3": 2, "6.3": 9, "6.10": 2,
    }  # fmt: skip
