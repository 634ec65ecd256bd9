"""What an agreement file says of money, strategy and outline beyond items: what is refused, with its place, and what is
not."""

import pytest

from budget.models import Agreement
from budget.totals import sum_by_year
from tests.files import YEAR, draft_document, small_document, write_file
from tests.spoiling import assert_listed, causes, drop, more, put
from tracker.actions.agreement_files import load_agreement

LINE = {
    "table": "drift", "source": "table", "code": "1.02", "label": "Færre lejemål", "nature": "saving",
    "amounts": [{"year": 2031, "kroner": -500_000}, {"year": 2032, "kroner": -750_000}],
}  # fmt: skip


def section(**fields):
    """One more section in the file."""

    def spoil(document):
        document["sections"].append({"title": "Ny", **fields})
        document["control"]["sections"] += 1

    return spoil


def line(**fields):
    """One more line in the file, as the first one is."""

    def spoil(document):
        document["amount_lines"].append(LINE | fields)
        document["control"]["amount_lines"] += 1
        sum_up(document)

    return spoil


def first_line(*kroner, **fields):
    """The first line with these amounts in its two years."""

    def spoil(document):
        first = document["amount_lines"][0]
        first["amounts"] = [{"year": YEAR + n, "kroner": each} for n, each in enumerate(kroner)]
        first.update(fields)
        sum_up(document)

    return spoil


def sum_up(document):
    """Control totals that agree with the lines."""
    sums = sum_by_year(
        (each["table"], amount["year"], amount["kroner"])
        for each in document["amount_lines"]
        for amount in each["amounts"]
        if "year" in amount
    )
    document["control_totals"] = [
        {"table": table, "year": year, "kroner": kroner} for (table, year), kroner in sums.items()
    ]


STATED = ("items", 0, "stated_amounts", 0)
ITEM_AMOUNT = "[[items]] nr. 1 (1.02), [[stated_amounts]] nr. 1 (500000)"
SECTION_AMOUNT = "[[sections]] nr. 3 (2.1), [[stated_amounts]] nr. 1 (18000000)"
FIRST_LINE = "[[amount_lines]] nr. 1 (1.02-Færre lejemål)"

SPOILT = {
    # amounts named in a text
    "each without years": (drop(*STATED, "years"), ITEM_AMOUNT, "der er ikke nævnt noget år"),
    "each without years in a section": (
        put("sections", 2, "stated_amounts", 0, "basis", "each"), SECTION_AMOUNT, "der er ikke nævnt noget år",
    ),
    "recurring from two years": (put(*STATED, "basis", "recurring"), ITEM_AMOUNT, "har højst ét år"),
    "years in wrong order": (put(*STATED, "years", [2033, 2031]), ITEM_AMOUNT, "det tidligste først"),
    "a year twice": (put(*STATED, "years", [2031, 2031]), ITEM_AMOUNT, "hvert år én gang"),
    "no years in the list": (put(*STATED, "years", []), ITEM_AMOUNT, "skal være en liste af årstal"),
    "a year that is no list": (put(*STATED, "years", 2031), ITEM_AMOUNT, "skal være en liste af årstal"),
    "a year as text": (put(*STATED, "years", ["2031"]), ITEM_AMOUNT, "skal være et årstal, ikke '2031'"),
    "a year beyond reason": (put(*STATED, "years", [1889]), ITEM_AMOUNT, "er uden for"),
    "unknown basis": (put(*STATED, "basis", "monthly"), ITEM_AMOUNT, "'monthly' kendes ikke"),
    "unknown class": (put(*STATED, "class", "gift"), ITEM_AMOUNT, "'gift' kendes ikke"),
    "no class": (drop(*STATED, "class"), ITEM_AMOUNT, "'class' mangler"),
    "no basis": (drop(*STATED, "basis"), ITEM_AMOUNT, "'basis' mangler"),
    "no stated kroner": (drop(*STATED, "kroner"), "[[items]] nr. 1 (1.02), [[stated_amounts]]", "'kroner' mangler"),
    "a stated amount in words": (
        put(*STATED, "kroner", "0,5 mio."), "[[items]] nr. 1 (1.02), [[stated_amounts]]", "ikke '0,5 mio.'",
    ),
    "a long note": (put(*STATED, "note", "x" * 201), ITEM_AMOUNT, "der er plads til 200"),
    # goals, tax rates and unit
    "a goal jointly with itself": (
        put("goals", 0, "joint_with", 4), "[[goals]] nr. 1 (4)", "'joint_with' 4 er ikke et andet af filens verdensmål",
    ),
    "a goal jointly with one that is absent": (put("goals", 0, "joint_with", 5), "[[goals]] nr. 1", "'joint_with' 5"),
    "a goal that there is not": (put("goals", 0, "number", 18), "[[goals]] nr. 1 (18)", "18 er uden for 1-17"),
    "the same goal twice": (put("goals", 0, "number", 7), "[[goals]] nr. 2 (7)", "findes allerede"),
    "a goal without a title": (drop("goals", 0, "title"), "[[goals]] nr. 1 (4)", "'title' mangler"),
    "the same tax rate twice": (
        put("tax_rates", 1, "name", "Udskrivningsprocent"), "[[tax_rates]] nr. 2 (Udskr", "findes allerede",
    ),
    "decimals in a tax rate": (put("tax_rates", 0, "hundredths", 25.5), "[[tax_rates]] nr. 1", "hundrededele, fx 2550"),
    "a negative tax rate": (put("tax_rates", 0, "hundredths", -1), "[[tax_rates]] nr. 1", "er uden for"),
    "a tax rate of unknown unit": (put("tax_rates", 0, "unit", "pct."), "[[tax_rates]] nr. 1", "'pct.' kendes ikke"),
    "unknown unit": (put("agreement", "unit", 1_000_000), "[agreement], felt 'unit'", "1000000 kendes ikke"),
    "unit in words": (put("agreement", "unit", "1.000 kr."), "[agreement], felt 'unit'", "kendes ikke"),
    "unit as yes": (put("agreement", "unit", True), "[agreement], felt 'unit'", "true kendes ikke"),
    "a blank source of themes": (put("agreement", "theme_source", " "), "[agreement], felt 'theme_source'", "er tom"),
    # sections
    "a theme below a chapter": (
        put("sections", 2, "is_theme", True), "[[sections]] nr. 3 (2.1)", "kun et kapitel med nummer kan være et tema",
    ),
    "a theme without a code": (put("sections", 3, "is_theme", True), "[[sections]] nr. 4", "kun et kapitel med nummer"),
    "a theme said to be none": (
        put("sections", 0, "is_theme", False), "[[sections]] nr. 1 (1), felt 'is_theme'", "eller udelades, ikke false",
    ),
    "a theme as a word": (put("sections", 0, "is_theme", "ja"), "[[sections]] nr. 1 (1), felt 'is_theme'", "ikke 'ja'"),
    "a section without a code below another": (
        put("sections", 3, "parent", "2"), "[[sections]] nr. 4", "et afsnit uden nummer kan ikke ligge under et andet",
    ),
    "two sections without a code and one title": (
        section(title="Samarbejde"), "[[sections]] nr. 5", "'Samarbejde' findes allerede i [[sections]] nr. 4",
    ),
    # lines
    "an exact repeat": (
        line(), "[[amount_lines]] nr. 4", f"linjen er magen til {FIRST_LINE}; skal begge stå, så markér den anden",
    ),
    "an exact repeat that differs in nature, heading and note": (
        line(nature="new", heading="1. Vision", note="Igen"), "[[amount_lines]] nr. 4", f"magen til {FIRST_LINE}",
    ),
    "a line said to be no duplicate": (
        put("amount_lines", 0, "possible_duplicate", False), f"{FIRST_LINE}, felt 'possible_duplicate'", "ikke false",
    ),
    "a saving that sums to zero": (
        first_line(-500_000, 500_000), FIRST_LINE, "en flytning mellem år og ikke en besparelse",
    ),
    "a signed agreement without control totals": (
        drop("control_totals"), "[[control_totals]]", "der mangler en kontrolsum for drift 2031",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SPOILT)
def test_bad_content_is_refused_with_its_place(db, tmp_path, name):
    spoil, place, words = SPOILT[name]
    document = small_document()
    spoil(document)

    found = causes(tmp_path, document)

    assert_listed(found, place, words)


ACCEPTED = {
    "an exact repeat that is marked": line(possible_duplicate=True),
    "the same line in the other table": line(table="anlaeg"),
    "a line that differs in its project": line(project="A650016"),
    "a line that differs in one amount": line(amounts=[{"year": 2031, "kroner": -500_000}]),
    "a movement that sums to zero": first_line(-500_000, 500_000, nature="movement"),
    "a saving of nothing": first_line(0, 0),
    "an amount in all, of no year": put(*STATED, {"kroner": 1, "basis": "total", "class": "new"}),
    "a recurring amount of no year": put(*STATED, {"kroner": 1, "basis": "recurring", "class": "new"}),
    "a year before the agreement's in a text": put(*STATED, "years", [2029, 2031]),
    "the same amount twice in one text": more(
        "items", 0, "stated_amounts", {"kroner": 500_000, "years": [2031, 2033], "basis": "each", "class": "new"}
    ),
    "a section without a code called as one with": section(title="Vision"),
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_good_content_is_loaded(db, tmp_path, name):
    document = small_document()
    ACCEPTED[name](document)

    outcome = load_agreement(path=write_file(tmp_path / "good.toml", document), by="tests")

    assert outcome.is_new


def test_a_draft_needs_no_control_totals(db, tmp_path):
    document = draft_document()
    del document["control_totals"]

    load_agreement(path=write_file(tmp_path / "draft.toml", document), by="tests")

    agreement = Agreement.objects.get(budget_year=YEAR)
    assert not agreement.is_signed
    assert not agreement.control_totals.exists()


def test_control_totals_that_a_draft_has_must_agree(db, tmp_path):
    document = draft_document()
    document["control_totals"] = [{"table": "drift", "year": 2031, "kroner": 1}]

    found = causes(tmp_path, document)

    assert_listed(found, "[[control_totals]] nr. 1 (drift-2031)", "men linjerne giver -500000 kr.")


@pytest.fixture
def small(db, tmp_path):
    load_agreement(path=write_file(tmp_path / "small.toml", small_document()), by="tests")
    return Agreement.objects.get(budget_year=YEAR)


def test_stated_amounts_are_stored_in_the_order_of_the_text(small):
    item = small.items.get(key="1.02")

    assert list(item.stated_amounts.values_list("kroner", "years", "basis", "standing", "note")) == [
        (500_000, [2031, 2033], "each", "new", "Til drift."),
        (-250_000, [2034], "recurring", "earlier_saving", ""),
    ]


def test_a_section_has_stated_amounts_too(small):
    section = small.sections.get(code="2.1")

    assert list(section.stated_amounts.values_list("kroner", "years", "basis", "standing")) == [
        (18_000_000, [], "total", "set_aside")
    ]


def test_sections_without_a_code_come_first_wherever_the_file_has_them(db, tmp_path):
    document = small_document()
    section(title="Før alle andre")(document)
    load_agreement(path=write_file(tmp_path / "front.toml", document), by="tests")

    sections = Agreement.objects.get(budget_year=YEAR).sections.all()

    assert [str(each) for each in sections] == ["Samarbejde", "Før alle andre", "1. Vision", "2. Børn", "2.1. Skoler"]
    assert [each.position for each in sections] == [1, 2, None, None, None]


def test_strategy_and_head_are_stored(small):
    assert (small.unit, small.theme_source) == (1, "Vision 2040")
    assert [section.code for section in small.sections.filter(is_theme=True)] == ["2"]
    assert [str(rate) for rate in small.tax_rates.all()] == [
        "Udskrivningsprocent 25,5 pct.",
        "Grundskyldspromille 28,89 promille",
    ]
    assert {goal.number: goal.joint_with for goal in small.goals.all()} == {4: None, 7: 13, 13: 7}
    assert small.amount_lines.get(is_possible_duplicate=True).label == "Legepladser ved skolerne"


def test_a_file_that_does_not_say_has_amounts_in_thousands(db, tmp_path):
    document = small_document()
    del document["agreement"]["unit"]

    load_agreement(path=write_file(tmp_path / "silent.toml", document), by="tests")

    assert Agreement.objects.get(budget_year=YEAR).unit == 1000


def test_a_default_that_is_written_out_is_no_difference(db, tmp_path):
    document = small_document()
    document["agreement"].pop("unit", None)
    document["agreement"] |= {"milestone_plan": "draft"}
    del document["items"][0]["milestone_changes"]
    load_agreement(path=write_file(tmp_path / "first.toml", document), by="tests")
    del document["agreement"]["milestone_plan"]
    document["agreement"]["unit"] = 1000

    outcome = load_agreement(path=write_file(tmp_path / "again.toml", document), by="tests")

    assert not outcome.is_new
