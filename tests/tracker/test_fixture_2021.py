"""The real agreement on budget 2021 as it stands in the database, against what was counted by hand in its printed text:
head, outline, who answers, and where items come from. Its money is in test_fixture_2021_money.py."""

from datetime import date

import pytest

from tracker.models import MilestonePlan

# chapter: title, and the codes of its sections
CHAPTERS = {
    "1": ("Vi skaber fremtiden sammen", ["1.1", "1.2", "1.3", "1.4"]),
    "2": ("Åben for nye idéer", ["2.1"]),
    "3": ("En stærk uddannelsesby", ["3.1", "3.2", "3.3"]),
    "4": ("En grøn by i balance", ["4.1", "4.2", "4.3", "4.4", "4.5"]),
    "5": ("En førende erhvervsby", ["5.1"]),
    "6": ("Ballerup Kommune som organisation", []),
}

# Codes that hold one item, and how many items the others hold.
SINGLE = [
    "1.1.1", "1.1.2", "1.1.3", "1.2.1", "2.1.1", "2.1.2", "2.1.3", "2.1.4", "2.1.5", "2.1.6", "2.1.7", "2.1.8", "2.1.9",
    "2.1.10", "3.3.1", "3.3.2", "4.5.1", "4.5.2", "4.5.3", "6.1", "6.2", "6.2.1", "6.3", "6.4", "6.5", "6.6", "6.7",
    "6.8", "6.9", "6.10", "6.11", "6.12", "6.13", "6.14",
]  # fmt: skip
SEVERAL = {
    "1.2.2": 2, "1.2.3": 4, "1.2.4": 3, "1.3.1": 7, "1.3.2": 8, "1.3.3": 5, "1.4.1": 5, "1.4.2": 4, "1.4.3": 2,
    "3.1.1": 2, "3.1.2": 7, "3.1.3": 9, "3.1.4": 6, "3.2.1": 5, "3.2.2": 4,
    "4.1.1": 7, "4.1.2": 2, "4.2.1": 8, "4.2.2": 4, "4.3.1": 5, "4.3.2": 7, "4.3.3": 5, "4.3.4": 4,
    "4.4.1": 4, "4.4.2": 7, "4.4.3": 2, "4.4.4": 8, "5.1.1": 4, "5.1.2": 9, "6.15": 18,
}  # fmt: skip

# Codes whose items all have the same one committee.
COMMITTEE_OF = {
    "ØU": ["1.1.2", "1.1.3", "1.2.1", "2.1.2", "2.1.4", "2.1.5", "3.3.2", "6.2", "6.3", "6.4", "6.6", "6.8", "6.9",
           "6.10", "6.14", "6.15"],
    "TMU": ["1.1.1", "1.4.1", "2.1.1", "2.1.7", "2.1.8", "2.1.10", "4.1.1", "4.1.2", "4.2.1", "4.2.2", "4.3.1", "4.3.2",
            "4.4.2", "4.4.3", "4.4.4", "4.5.2"],
    "SSU": ["1.2.2", "1.2.4", "1.4.2", "1.4.3"],
    "KFU": ["1.3.1", "2.1.3", "2.1.9", "3.3.1"],
    "BSU": ["2.1.6", "3.1.1", "3.1.2", "3.1.3", "3.1.4"],
    "EBU": ["5.1.2"],
}  # fmt: skip
# Codes with several committees, item by item.
COMMITTEES_BY_POSITION = {
    "1.2.3": ["TMU", "TMU", "SSU", "SSU"],
    "1.3.2": ["KFU", "KFU", "KFU", "KFU", "KFU", "KFU", "KFU", "KFU+ØU"],
    "1.3.3": ["KFU", "KFU", "SSU", "SSU", "BSU"],
    "3.2.1": ["TMU", "KFU", "BSU", "BSU", "BSU"],
    "3.2.2": ["BSU", "BSU", "KFU", "ØU"],
    "4.3.3": ["TMU", "TMU", "TMU", "TMU", "ØU"],
    "4.3.4": ["ØU", "ØU", "SSU", "BSU"],
    "4.4.1": ["TMU", "TMU", "KFU", "KFU"],
    "4.5.1": ["TMU+ØU"],
    "4.5.3": ["TMU+ØU"],
    "5.1.1": ["ØU", "EBU", "TMU", "ØU"],
}
WITHOUT_COMMITTEE = ["6.1", "6.2.1", "6.5", "6.7", "6.11", "6.12", "6.13"]
BODIES = {
    "1.2.1": "øvrige relevante udvalg", "2.1.5": "aftaleparterne", "4.2.2-3": "administrationen",
    "4.4.3-1": "et flertal i Teknik- og Miljøudvalget", "6.2.1": "direktionen", "6.4": "aftaleparterne",
    "6.5": "direktionen", "6.7": "administrationen", "6.11": "direktionen", "6.12": "direktionen",
    "6.13": "administrationen",
}  # fmt: skip

# item: the point of the agreement of 2020 that it was postponed from
POSTPONED = {
    "1.2.4-3": "1.22", "2.1.9": "2.7", "2.1.10": "2.14", "3.1.3-8": "3.14", "3.1.3-9": "3.22", "3.1.4-1": "3.12",
    "3.2.1-5": "3.21", "4.1.1-7": "4.6", "4.2.2-4": "4.8", "4.3.2-1": "4.1", "4.3.2-2": "4.2", "4.3.3-3": "4.7",
    "4.3.4-4": "2.12", "5.1.1-2": "5.1", "6.13": "6.8", "6.14": "6.9",
}  # fmt: skip


@pytest.fixture
def items(loaded_2021):
    rows = loaded_2021.items.in_agreement_order().select_related("section")
    return list(rows.prefetch_related("responsibilities__committee", "links"))


def by_code(items):
    found = {}
    for item in items:
        found.setdefault(item.code, []).append(item)
    return found


def committees_of(item):
    named = [row.committee.short_name for row in item.responsibilities.all() if row.role == "committee"]
    return "+".join(named)


# --- Head and strategy -----------------------------------------------------------------------------------------------


def test_head(loaded_2021):
    assert loaded_2021.title == "Aftale om budget 2021"
    assert list(loaded_2021.years) == [2021, 2022, 2023, 2024]
    assert loaded_2021.mode == "exceptions"
    assert loaded_2021.signed_on == date(2020, 9, 29)
    assert loaded_2021.unit == 1000


def test_parties_in_the_order_of_their_signatures(loaded_2021):
    letters = [signatory.party.letter for signatory in loaded_2021.signatories.select_related("party")]

    assert letters == ["A", "O", "Ø", "F"]


def test_followed_up_by_exception_only(loaded_2021, items):
    assert not loaded_2021.has_rounds
    assert not loaded_2021.rounds.exists()
    assert not loaded_2021.level_definitions.exists()
    assert not MilestonePlan.objects.filter(agreement=loaded_2021).exists()
    assert {(item.kind, item.lead_centre_id, item.life_status) for item in items} == {("", None, "planned")}


def test_targets_of_the_economic_strategy(loaded_2021):
    targets = loaded_2021.targets.prefetch_related("values")

    assert [(target.number, [(v.year, v.kroner) for v in target.values.all()]) for target in targets] == [
        (1, []),
        (2, [(None, 150_000_000)]),
        (3, [(2021, 125_000_000), (2022, 125_000_000), (2023, 125_000_000), (2024, 150_000_000)]),
        (4, [(None, 50_000_000)]),
    ]


def test_tax_rates(loaded_2021):
    assert [str(rate) for rate in loaded_2021.tax_rates.all()] == [
        "Udskrivningsprocent 25,5 pct.", "Grundskyldspromille 28,89 promille",
    ]  # fmt: skip
    assert {rate.note for rate in loaded_2021.tax_rates.all()} == {"uændret"}


def test_goals_in_focus(loaded_2021):
    goals = {goal.number: (goal.title, goal.joint_with) for goal in loaded_2021.goals.all()}

    assert goals == {
        3: ("Sundhed og trivsel", None),
        4: ("Kvalitetsuddannelse", None),
        7: ("Bæredygtig energi", 13),
        8: ("Anstændige jobs og økonomisk vækst", None),
        9: ("Industri, innovation og infrastruktur", None),
        11: ("Bæredygtige byer og lokalsamfund", None),
        13: ("Klimaindsats", 7),
    }


# --- The outline -----------------------------------------------------------------------------------------------------


def test_front_sections_come_first_in_the_order_printed(loaded_2021):
    front = loaded_2021.sections.all()[:3]

    assert [(each.code, each.title, each.parent) for each in front] == [
        ("", "COVID-19", None), ("", "Demografi", None), ("", "Samarbejde og opfølgning", None),
    ]  # fmt: skip
    assert all(each.text for each in front)
    assert loaded_2021.sections.filter(code="").count() == 3


def test_chapters_and_themes(loaded_2021):
    chapters = loaded_2021.sections.filter(parent=None).exclude(code="")

    assert {each.code: each.title for each in chapters} == {code: title for code, (title, _) in CHAPTERS.items()}
    assert [each.code for each in loaded_2021.sections.filter(is_theme=True)] == ["1", "2", "3", "4", "5"]
    assert loaded_2021.theme_source == "Vision 2029"


def test_every_code_is_a_section_below_its_chapter_or_section(loaded_2021):
    parents = {each.code: each.parent and each.parent.code for each in loaded_2021.sections.exclude(code="")}

    chapters = {code for code, parent in parents.items() if parent is None}
    sections = {code for code, parent in parents.items() if parent in chapters and parent != "6"}
    assert {chapter: sorted(s for s in sections if parents[s] == chapter) for chapter in chapters} == {
        code: sections for code, (_, sections) in CHAPTERS.items()
    }
    leaves = parents.keys() - chapters - sections
    assert leaves == {*SINGLE, *SEVERAL}
    assert {code: parents[code] for code in leaves} == {code: code[: 1 if code[0] == "6" else 3] for code in leaves}
    assert (len(chapters), len(sections), len(leaves)) == (6, 14, 64)


def test_a_number_below_another_does_not_make_a_child(loaded_2021):
    cut = loaded_2021.sections.get(code="6.2.1")

    assert cut.parent.code == "6"
    assert not loaded_2021.sections.get(code="6.2").children.exists()


def test_items_per_code(items):
    ordinals = {code: [item.ordinal for item in rows] for code, rows in by_code(items).items()}

    assert ordinals == {code: [None] for code in SINGLE} | {code: list(range(1, n + 1)) for code, n in SEVERAL.items()}
    assert (len(SINGLE), len(SEVERAL), len(items)) == (34, 30, 201)
    assert sum(SEVERAL.values()) - 1 == 166  # all bullets; the pool of 6.15 is a paragraph


def test_items_stand_in_the_section_of_their_code(items):
    assert all(item.section.code == item.code for item in items)


def test_items_come_in_printed_order(items):
    printed = [code for code in by_code(items) if code.startswith(("2.1.", "6."))]

    assert printed == [
        *[f"2.1.{n}" for n in range(1, 11)], "6.1", "6.2", "6.2.1", *[f"6.{n}" for n in range(3, 16)],
    ]  # fmt: skip


def test_titles_are_short_and_every_item_has_a_text(items):
    assert max(len(item.title) for item in items) <= 80
    assert all(item.title and item.text for item in items)
    assert len({(item.code, item.title) for item in items}) == 201


@pytest.mark.parametrize(
    ("key", "printed"),
    [
        ("1.2.3-4", ["33 borgere", "foråret 2021"]),
        ("1.4.1-1", ["5-6 vandlaug"]),
        ("1.4.2-4", ["8 uger", "8 mænd"]),
        ("1.4.3-1", ["marts 2019"]),
        ("2.1.5", ["2 pct."]),
        ("4.1.1-2", ["sommeren 2021"]),
        ("4.2.2-1", ["95 pct.", "100 pct."]),
        ("4.3.2-1", ["30. november 2020"]),
        ("5.1.2-7", ["18-25"]),
        ("6.4", ["foråret 2021"]),
        ("6.12", ["15. maj 2021"]),
    ],
)
def test_numbers_and_dates_of_the_print_stand_in_the_texts(items, key, printed):
    text = next(item.text for item in items if item.key == key)

    assert [words for words in printed if words not in text] == []


# --- Who -------------------------------------------------------------------------------------------------------------


def test_committees_of_every_code(items):
    expected = {code: {short} for short, codes in COMMITTEE_OF.items() for code in codes}
    expected |= {code: {""} for code in WITHOUT_COMMITTEE}
    expected |= {code: set(committees) for code, committees in COMMITTEES_BY_POSITION.items()}

    assert {code: set(map(committees_of, rows)) for code, rows in by_code(items).items()} == expected


@pytest.mark.parametrize("code", COMMITTEES_BY_POSITION)
def test_committees_by_position(items, code):
    assert [committees_of(item) for item in by_code(items)[code]] == COMMITTEES_BY_POSITION[code]


def test_codes_with_several_committees_and_with_none(items):
    named = {code: {c for row in rows for c in committees_of(row).split("+")} for code, rows in by_code(items).items()}

    assert sum(len(committees) > 1 for committees in named.values()) == 11
    assert [code for code, committees in named.items() if committees == {""}] == WITHOUT_COMMITTEE


def test_one_item_names_nobody_at_all(items):
    nobody = [item.key for item in items if not any(r.role != "contributor" for r in item.responsibilities.all())]

    assert nobody == ["6.1"]


def test_other_bodies(items):
    bodies = {item.key: [r.words for r in item.responsibilities.all() if r.role == "body"] for item in items}

    assert {key: words for key, words in bodies.items() if words} == {key: [words] for key, words in BODIES.items()}


# --- Where from ------------------------------------------------------------------------------------------------------


def test_items_carried_over_from_an_agreement_that_is_not_in_the_system(items):
    links = {item.key: [(x.kind, x.target_year, x.target_code) for x in item.links.all()] for item in items}

    expected = {key: ("postponed_from", 2020, code) for key, code in POSTPONED.items()}
    expected["1.4.3-1"] = ("postponed_from", None, "1.18")  # the print names no year
    expected["3.2.1-4"] = ("continues", 2020, "1.30")
    assert {key: found for key, found in links.items() if found} == {key: [link] for key, link in expected.items()}
    assert len(expected) == 18
    assert all(link.target is None for item in items for link in item.links.all())


def test_a_year_that_is_not_printed_stays_open_with_its_interpretation_beside_it(items):
    link = next(item for item in items if item.key == "1.4.3-1").links.get()

    assert str(link) == "udskudt fra 1.18 i en tidligere aftale"
    assert "2020" in link.note
