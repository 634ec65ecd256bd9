"""What is told as odd: each kind where it is, and silence where it is not."""

from datetime import UTC, date, datetime

import pytest

from tests.factories import create_agreement, create_amount_line, create_assessment, create_item, create_round
from tracker.models import Assessment
from tracker.reports.oddities import Background, backgrounds_of, dates_in, money_in_year, oddities_of

CALM = Background(2031, as_of=date(2031, 4, 30), has_money=True, last_comment="Sidst")


def codes(background=CALM, **fields) -> list[str]:
    assessment = Assessment(**({"effort": "happy", "economy": "kept", "comment": ""} | fields))
    return [each.code for each in oddities_of(assessment, background)]


def test_an_entry_without_contradictions_is_calm():
    assert codes(comment="Alt er nået den 30.4.2031.") == []


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"effort": "", "economy": ""}, ["no_effort", "no_economy"]),
        ({"effort": "sad"}, ["no_comment"]),
        ({"effort": "neutral", "comment": " \r\n"}, ["no_comment"]),
        ({"economy": "not_kept"}, ["no_comment"]),
        ({"effort": "sad", "comment": "Derfor"}, []),
    ],
)
def test_what_is_missing_is_told(fields, expected):
    assert codes(**fields) == expected


@pytest.mark.parametrize(
    ("has_money", "economy", "expected"),
    [
        (True, "not_assessed", ["money_not_assessed"]),
        (True, "kept", []),
        (True, "not_relevant", []),
        (False, "kept", ["no_money"]),
        (False, "not_kept", ["no_money"]),
        (False, "not_relevant", []),
        (False, "not_assessed", []),
        (None, "kept", []),
        (None, "not_assessed", []),
    ],
)
def test_money_and_the_smiley_for_it(has_money, economy, expected):
    assert codes(Background(2031, has_money=has_money), economy=economy, comment="Derfor") == expected


@pytest.mark.parametrize(
    ("now", "before", "is_same"),
    [
        ("Planen er lavet.", "Planen er lavet.", True),
        (" Planen  er\r\nlavet. ", "Planen er lavet.", True),
        ("Planen er lavet!", "Planen er lavet.", False),
        ("", "", False),
        (" ", "", False),
    ],
)
def test_the_words_of_the_last_round(now, before, is_same):
    assert ("same_comment" in codes(Background(2031, last_comment=before), comment=now)) == is_same


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12.3.2018", [date(2018, 3, 12)]),
        ("den 12. marts 2018", [date(2018, 3, 12)]),
        ("den 12 marts 2018.", [date(2018, 3, 12)]),
        ("12/3-2018", [date(2018, 3, 12)]),
        ("12/3 2018", [date(2018, 3, 12)]),
        ("12/3/2018", [date(2018, 3, 12)]),
        ("12-03-2018", [date(2018, 3, 12)]),
        ("12. 3. 2018", [date(2018, 3, 12)]),
        ("1. DECEMBER\n2018", [date(2018, 12, 1)]),
        ("1. dec. 2018", [date(2018, 12, 1)]),
        ("fra 1.1.2018 til 31.12.2018", [date(2018, 1, 1), date(2018, 12, 31)]),
        ("den 31.2.2018", []),
        ("99. marts 2018", []),
        ("12/13-2018", []),
        ("punkt 2.02.1 i 2018", []),
        ("2.12.3.2018", []),
        ("12. marts", []),
        ("marts 2018", []),
        ("12.3.20181", []),
        ("kl. 12.30 2018", []),
        ("1.250.000 kr. i 2018", []),
        ("00.30.00-S00-9-16", []),
    ],
)
def test_danish_dates(text, expected):
    assert dates_in(text) == expected


def test_a_date_after_the_day_that_is_described_is_told():
    assessment = Assessment(effort="happy", economy="kept", comment="Den 1/5-2031 og igen 12. juni 2031, ikke 1.1.2031")

    (oddity,) = oddities_of(assessment, CALM)

    assert oddity.code == "later_date"
    assert oddity.sentence == "Bemærkningen nævner 01.05.2031 og 12.06.2031, efter opgørelsesdagen 30.04.2031."


def test_without_such_a_day_no_date_is_too_late():
    assert codes(Background(2031, has_money=True), comment="Den 1/5-2099") == []


@pytest.mark.parametrize(
    ("amounts", "expected"),
    [
        ({2031: -5}, True),
        ({2032: 5}, False),
        ({2031: 0}, False),
        ({None: 5}, None),
        ({None: 5, 2031: 5}, True),
        ({}, False),
    ],
)
def test_money_of_the_budget_year(db, amounts, expected):
    agreement = create_agreement(budget_year=2031)
    item, other = create_item(agreement, "1.01"), create_item(agreement, "1.02")
    create_amount_line(agreement, amounts, items=[item])
    create_amount_line(agreement, {2031: 7})

    found = money_in_year(agreement)

    assert found.get(item.pk, False) is expected
    assert other.pk not in found


def test_an_amount_over_several_years_is_money_in_each(db):
    agreement = create_agreement(budget_year=2031)
    items = [create_item(agreement, code) for code in ("1.01", "1.02")]
    for item, first in zip(items, (2030, 2032), strict=True):
        create_amount_line(agreement, {}, items=[item]).amounts.create(year=first, last_year=first + 1, kroner=5)

    assert money_in_year(agreement) == {items[0].pk: True}


def test_the_last_round_is_the_newest_that_was_reported(db):
    item = create_item()
    rounds = [create_round(item.agreement, state=state) for state in ("published", "published", "closed", "open")]
    create_assessment(item, rounds[0], state="approved", comment="Først")
    create_assessment(item, rounds[1], state="approved", comment="Så")
    create_assessment(item, rounds[2], state="draft", comment="Kladde")
    create_assessment(item, rounds[3], comment="Nu")

    assert backgrounds_of(rounds[3]).of(item.pk).last_comment == "Så"
    assert backgrounds_of(rounds[0]).of(item.pk).last_comment == ""


@pytest.mark.parametrize(("moved_on", "expected"), [(2, ["milestone_moved"]), (1, []), (None, [])])
def test_a_milestone_that_was_moved_after_the_entry_is_told(moved_on, expected):
    moved_at = datetime(2031, 4, moved_on, 12, tzinfo=UTC) if moved_on else None
    background = Background(2031, has_money=True, milestone_moved_at=moved_at)

    assert codes(background, comment="Derfor", submitted_at=datetime(2031, 4, 1, 13, tzinfo=UTC)) == expected
