"""The sections of a draft: numbers, places and parents, and the amounts that their texts name."""

from datetime import UTC, datetime
from unittest import mock

import pytest

from budget.models import Section
from tests.database import all_rows
from tests.factories import create_agreement, create_item, create_section
from tracker.actions import sections as actions
from tracker.actions.sections import change_section, delete_section
from tracker.actions.sections import create_section as create_by_form
from tracker.actions.stated_amounts import StatedRow, replace_stated_amounts, stated_rows
from tracker.errors import AgreementSigned, Refused, RowChanged, RowDeleted, TrackerError
from tracker.models import Event

NOW = datetime(2031, 5, 1, 12, tzinfo=UTC)
AMOUNTS = [
    StatedRow(300_000, (2021, 2022), "each", "new", "i puljen"),
    StatedRow(-5, (), "recurring", "earlier_saving"),
]
BLANK = {"code": "", "parent": None, "title": "Afsnit", "text": "", "is_theme": False}


@pytest.fixture
def agreement(db):
    return create_agreement(signed_on=None, plan="draft")


def create(agreement, by, *, stated_amounts=(), **fields):
    return create_by_form(agreement=agreement, by=by, fields=BLANK | fields, stated_amounts=stated_amounts, now=NOW)


def change(section, by, *, version=None, stated_amounts=None, **fields):
    """As a form that was opened just now would save it."""
    current = Section.objects.get(pk=section.pk)
    return change_section(
        section=section,
        by=by,
        version=version or current.version,
        fields={name: getattr(current, name) for name in BLANK} | fields,
        stated_amounts=stated_rows(current) if stated_amounts is None else stated_amounts,
        now=NOW,
    )


def last_event():
    return Event.objects.order_by("pk").last()


def outline(agreement):
    return [(each.code or each.position, each.title) for each in agreement.sections.in_agreement_order()]


# --- Creating --------------------------------------------------------------------------------------------------------
def test_a_section_is_made_with_the_amounts_of_its_text(agreement, finance):
    chapter = create(agreement, finance, code="1", title="Fællesskaber", is_theme=True)

    made = create(agreement, finance, code="1.3", parent=chapter, title="Skoler", stated_amounts=AMOUNTS)

    assert (made.parent, made.version, stated_rows(made)) == (chapter, 1, AMOUNTS)
    assert [each.position for each in made.stated_amounts.all()] == [1, 2]
    event = last_event()
    assert (event.act, event.note, event.at) == ("section_created", "Skoler", NOW)
    assert event.subject == f"aftale {agreement.budget_year}, afsnit 1.3"


def test_sections_without_a_number_stand_first_in_the_order_made(agreement, finance):
    create(agreement, finance, code="1", title="Kapitel")
    for title in ("Demografi", "Samarbejde"):
        create(agreement, finance, title=title)

    assert outline(agreement) == [(1, "Demografi"), (2, "Samarbejde"), ("1", "Kapitel")]
    assert last_event().subject == f"aftale {agreement.budget_year}, afsnittet »Samarbejde«"


def test_an_item_may_have_the_number_of_a_section(agreement, finance):
    create_item(agreement, "2.1")

    create(agreement, finance, code="2.1", parent=agreement.sections.get(code="2"))


@pytest.fixture
def outlined(agreement, finance):
    """Demografi; 1 with 1.3 with 1.3.1; 2."""
    create(agreement, finance, title="Demografi")
    one = create(agreement, finance, code="1", title="Stærke fællesskaber")
    below = create(agreement, finance, code="1.3", title="Skoler", parent=one)
    create(agreement, finance, code="1.3.1", title="Klasser", parent=below)
    create(agreement, finance, code="2", title="Drift")
    return agreement


def refused(act) -> dict[str, str]:
    before = all_rows()
    with pytest.raises(Refused) as refusal:
        act()
    assert all_rows() == before
    return refusal.value.fields


@pytest.mark.parametrize(
    ("fields", "under", "field", "words"),
    [
        ({"code": "1.3"}, "1", "code", "Nummer 1.3 findes allerede (Skoler)."),
        ({"code": "1,3"}, "1", "code", "Skriv nummeret som i aftalen"),
        ({"code": "1."}, "1", "code", "Skriv nummeret som i aftalen"),
        ({"code": "٢"}, "", "code", "Skriv nummeret som i aftalen"),
        ({"code": "1.2.3.4.5.6.7"}, "", "code", "Skriv nummeret som i aftalen"),
        ({}, "1", "code", "skal have et nummer"),
        ({"title": "Demografi"}, "", "title", "allerede et afsnit uden nummer med den titel"),
        ({"code": "1.4", "is_theme": True}, "1", "is_theme", "Kun et kapitel kan være et tema"),
        ({"is_theme": True}, "", "is_theme", "Kun et kapitel kan være et tema"),
        ({"code": "1.4"}, "2", "parent", "2 står efter 1.4"),
    ],
)
def test_a_new_section_that_does_not_fit_is_refused(outlined, finance, fields, under, field, words):
    parent = outlined.sections.get(code=under) if under else None

    found = refused(lambda: create(outlined, finance, parent=parent, **fields))

    assert list(found) == [field] and words in found[field]


def test_a_parent_is_of_the_same_agreement_and_has_a_number(outlined, finance):
    elsewhere, front = create_section(code="1"), outlined.sections.get(title="Demografi")

    assert "findes ikke længere" in refused(lambda: create(outlined, finance, code="1.4", parent=elsewhere))["parent"]
    assert "der har et nummer" in refused(lambda: create(outlined, finance, code="1.4", parent=front))["parent"]


# --- Changing --------------------------------------------------------------------------------------------------------
def test_a_changed_number_leaves_those_of_items_and_sections_below(outlined, finance):
    section = outlined.sections.get(code="1.3")
    item = create_item(outlined, "1.3", section=section)

    assert change(section, finance, code="1.2", text="Ny tekst")

    item.refresh_from_db()
    section.refresh_from_db()
    assert (section.code, section.version, item.code, item.section) == ("1.2", 2, "1.3", section)
    assert section.children.get().code == "1.3.1"
    assert last_event().subject == f"aftale {outlined.budget_year}, afsnit 1.2"
    assert last_event().note == "tidligere afsnit 1.3; rettet: nummer, tekst"


def test_a_number_given_or_taken_away_closes_the_gap(agreement, finance):
    first, second, third = (create(agreement, finance, title=title) for title in ("Et", "To", "Tre"))

    change(first, finance, code="4")
    assert outline(agreement) == [(1, "To"), (2, "Tre"), ("4", "Et")]

    change(first, finance, code="")
    assert outline(agreement) == [(1, "To"), (2, "Tre"), (3, "Et")]


def test_a_section_moves_with_all_below_it(outlined, finance):
    section = outlined.sections.get(code="1.3")

    change(section, finance, parent=None)

    section.refresh_from_db()
    assert section.parent is None and section.children.get().code == "1.3.1"


def test_a_section_never_lies_under_itself(outlined, finance):
    one, below, lowest = (outlined.sections.get(code=code) for code in ("1", "1.3", "1.3.1"))

    own = refused(lambda: change(one, finance, parent=one))
    child = refused(lambda: change(one, finance, parent=below))
    grandchild = refused(lambda: change(one, finance, parent=lowest))

    assert own == {"parent": "Et afsnit kan ikke ligge under sig selv."}
    for found, code in ((child, "1.3"), (grandchild, "1.3.1")):
        assert found["parent"].startswith(f"{code} ligger selv under 1")


def test_a_number_never_puts_a_section_after_what_lies_under_it(outlined, finance):
    found = refused(lambda: change(outlined.sections.get(code="1.3"), finance, code="1.4"))

    assert "Underafsnittet 1.3.1 ville komme til at stå før 1.4" in found["code"]


def test_a_section_that_holds_something_keeps_a_number(outlined, finance):
    create_item(outlined, "2.1", section=outlined.sections.get(code="2"))

    for code in ("1", "2"):
        found = refused(lambda code=code: change(outlined.sections.get(code=code), finance, code=""))
        assert "med punkter eller underafsnit skal have et nummer" in found["code"]


def test_saving_without_a_change_changes_nothing(outlined, finance):
    section = outlined.sections.get(code="1.3")
    change(section, finance, stated_amounts=AMOUNTS)
    before = all_rows()

    assert change(section, finance) is False
    assert all_rows() == before


def test_amounts_alone_are_a_change_that_counts(outlined, finance):
    section = outlined.sections.get(code="1.3")

    assert change(section, finance, stated_amounts=AMOUNTS)
    assert change(section, finance, stated_amounts=AMOUNTS[1:])

    section.refresh_from_db()
    assert (section.version, stated_rows(section)) == (3, AMOUNTS[1:])
    assert last_event().note == "rettet: beløb nævnt i teksten"


def test_a_stale_version_is_refused(outlined, finance):
    section = outlined.sections.get(code="1.3")
    change(section, finance, title="Den andens")
    before = all_rows()

    with pytest.raises(RowChanged) as refusal:
        change(section, finance, version=1, title="Min", stated_amounts=AMOUNTS)

    assert refusal.value.current.title == "Den andens"
    assert all_rows() == before


def test_without_the_guard_the_other_ones_words_are_lost(outlined, finance):
    section = outlined.sections.get(code="1.3")
    change(section, finance, title="Den andens")

    with mock.patch.object(actions, "claim_version"):
        change(section, finance, version=1, title="Min")

    section.refresh_from_db()
    assert section.title == "Min"


def test_a_section_deleted_meanwhile_is_told(outlined, finance):
    section = outlined.sections.get(code="2")
    delete_section(section=section, by=finance, version=1)

    with pytest.raises(RowDeleted):
        change_section(section=section, by=finance, version=1, fields=BLANK, stated_amounts=[])


# --- Deleting --------------------------------------------------------------------------------------------------------
def test_an_empty_section_is_deleted_and_the_gap_closed(agreement, finance):
    first, second = (create(agreement, finance, title=title, stated_amounts=AMOUNTS) for title in ("Et", "To"))

    delete_section(section=first, by=finance, version=1, now=NOW)

    assert outline(agreement) == [(1, "To")]
    event = last_event()
    assert (event.act, event.subject) == ("section_deleted", f"aftale {agreement.budget_year}, afsnittet »Et«")


def test_a_section_with_something_in_it_stays(outlined, finance):
    create_item(outlined, "2.1", section=outlined.sections.get(code="2"))
    before = all_rows()

    for code, words in (("1", "et underafsnit"), ("2", "et punkt")):
        with pytest.raises(TrackerError) as refusal:
            delete_section(section=outlined.sections.get(code=code), by=finance, version=1)
        assert words in str(refusal.value)

    assert all_rows() == before


def test_a_section_that_changed_since_it_was_shown_is_not_deleted(outlined, finance):
    section = outlined.sections.get(code="2")
    change(section, finance, title="Ny")

    with pytest.raises(RowChanged):
        delete_section(section=section, by=finance, version=1)


# --- Signed ----------------------------------------------------------------------------------------------------------
def test_a_signed_agreement_is_closed(finance):
    section = create_section()
    before = all_rows()

    for act in (
        lambda: create(section.agreement, finance, code="3"),
        lambda: change(section, finance, title="Ny"),
        lambda: delete_section(section=section, by=finance, version=1),
    ):
        with pytest.raises(AgreementSigned):
            act()

    assert all_rows() == before


# --- Stated amounts --------------------------------------------------------------------------------------------------
def test_an_item_has_stated_amounts_too(agreement):
    item = create_item(agreement)

    assert replace_stated_amounts(item, AMOUNTS) is True
    assert replace_stated_amounts(item, AMOUNTS) is False
    assert stated_rows(item) == AMOUNTS


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (StatedRow(1, (), "each", "new"), "ikke nævnt noget år"),
        (StatedRow(1, (2021, 2022), "recurring", "new"), "højst ét år"),
    ],
)
def test_a_period_that_makes_no_sense_is_refused(agreement, row, words):
    section = create_section(agreement)
    replace_stated_amounts(section, AMOUNTS)

    with pytest.raises(Refused) as refusal:
        replace_stated_amounts(section, [row])

    assert words in str(refusal.value)
    assert stated_rows(section) == AMOUNTS
