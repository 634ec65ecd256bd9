"""Each named constraint of `budget` is broken once, past all that `save()` and the file checks do before it."""

from datetime import date

import pytest

from budget.models import (
    AmountLine,
    Centre,
    Committee,
    ControlTotal,
    Item,
    ItemLink,
    Responsibility,
    Section,
    Signatory,
    StatedAmount,
    SustainabilityGoal,
    Target,
    TargetValue,
    TaxRate,
    YearAmount,
)
from tests.constraints import assert_refused, constraints_of
from tests.factories import (
    create_agreement,
    create_amount_line,
    create_centre,
    create_committee,
    create_item,
    create_party,
    create_section,
)


def twice(model, **fields):
    for _ in range(2):
        model.objects.bulk_create([model(**fields)])


def update(row, **fields):
    type(row).objects.filter(pk=row.pk).update(**fields)


def responsibility(item=None, **fields):
    return Responsibility(**{"item": item or create_item(), "role": "committee", "position": 1, **fields})


def two_responsibilities(**fields):
    item = create_item()
    Responsibility.objects.bulk_create([responsibility(item, position=n, **fields) for n in (1, 2)])


def target():
    return Target.objects.create(agreement=create_agreement(), number=1, title="Mål")


def front_section(agreement=None, position=1, **fields):
    return create_section(agreement, "", position=position, **fields)


def two_front_sections_in_one_place():
    agreement = create_agreement()
    front_section(agreement)
    front_section(agreement)


def stated_amount(**fields):
    if not {"item", "section"} & fields.keys():
        fields["item"] = create_item()
    row = {"position": 1, "kroner": 1, "basis": "total", "standing": "new"}
    return StatedAmount.objects.create(**row | fields)


def two_stated_amounts(**owner):
    stated_amount(**owner)
    stated_amount(**owner)


def tax_rate(agreement=None, **fields):
    row = {"position": 1, "name": "Udskrivningsprocent", "hundredths": 2550, "unit": "percent"}
    return TaxRate.objects.create(agreement=agreement or create_agreement(), **row | fields)


def two_tax_rates_with_one_name():
    agreement = create_agreement()
    tax_rate(agreement)
    tax_rate(agreement, position=2, hundredths=2560)


def goal(**fields):
    return SustainabilityGoal.objects.create(
        **{"agreement": create_agreement(), "number": 7, "title": "Energi"} | fields
    )


def two_lines_with_one_position():
    agreement = create_agreement()
    create_amount_line(agreement, position=1)
    create_amount_line(agreement, position=1)


def two_items_with_one_code_and_ordinal():
    agreement = create_agreement()
    create_item(agreement, "2.02", ordinal=1)
    update(create_item(agreement, "2.02", ordinal=2), ordinal=1)


def two_items_with_one_key():
    agreement = create_agreement()
    create_item(agreement, "2.02")
    update(create_item(agreement, "2.03"), key="2.02")


def link_to_itself():
    item = create_item()
    ItemLink.objects.create(item=item, kind="continues", target=item, target_code=item.key)


VIOLATIONS = {
    "committee_valid_period": lambda: Committee.objects.create(
        slug="u", name="U", valid_from=date(2018, 1, 1), valid_to=date(2017, 12, 31)
    ),
    "centre_valid_period": lambda: Centre.objects.create(
        slug="c", name="C", valid_from=date(2018, 1, 1), valid_to=date(2017, 12, 31)
    ),
    "agreement_years_in_order": lambda: update(create_agreement(2050), last_year=2049),
    "agreement_known_unit": lambda: update(create_agreement(), unit=100),
    "agreement_known_mode": lambda: update(create_agreement(), mode="smileys"),
    "signatory_once": lambda: twice(Signatory, agreement=create_agreement(), party=create_party(), position=1),
    "target_number_once": lambda: twice(Target, agreement=create_agreement(), number=1, title="Mål"),
    "target_value_position_once": lambda: twice(TargetValue, target=target(), position=1, label="Mindst", kroner=1),
    "section_code_once": lambda: twice(Section, agreement=create_agreement(), code="2", title="A"),
    "section_position_once": two_front_sections_in_one_place,
    "section_code_or_position": lambda: update(create_section(), code=""),
    "section_has_title": lambda: update(create_section(), title=""),
    "section_not_its_own_parent": lambda: (section := create_section()) and update(section, parent=section),
    "item_key_once": two_items_with_one_key,
    "item_ordinal_once": two_items_with_one_code_and_ordinal,
    "item_ordinal_from_one": lambda: update(create_item(), ordinal=0),
    "item_has_title": lambda: update(create_item(), title=""),
    "item_known_kind": lambda: update(create_item(), kind="indtægt"),
    "item_known_life_status": lambda: update(create_item(), life_status="glad"),
    "item_one_lead_centre": lambda: update(create_item(), printed_centre="0-25 års udvalget"),
    "responsibility_position_once": lambda: twice(
        Responsibility, item=create_item(), role="body", position=1, words="Direktionen"
    ),
    "responsibility_committee_once": lambda: two_responsibilities(committee=create_committee()),
    "responsibility_centre_once": lambda: two_responsibilities(role="contributor", centre=create_centre()),
    "responsibility_names_one": lambda: responsibility().save(),
    "item_link_once": lambda: twice(
        ItemLink, item=create_item(), kind="continues", target_year=2017, target_code="8.04"
    ),
    "item_link_without_year_once": lambda: twice(ItemLink, item=create_item(), kind="continues", target_code="8.04"),
    "item_link_known_kind": lambda: ItemLink.objects.create(item=create_item(), kind="ligner", target_code="8.04"),
    "item_link_has_code": lambda: ItemLink.objects.create(item=create_item(), kind="continues", target_code=""),
    "item_link_not_to_itself": link_to_itself,
    "amount_line_position_once": two_lines_with_one_position,
    "amount_line_known_table": lambda: update(create_amount_line(), table="renter"),
    "amount_line_known_source": lambda: update(create_amount_line(), source="avis"),
    "amount_line_known_nature": lambda: update(create_amount_line(), nature="gave"),
    "year_amount_span_once": lambda: twice(
        YearAmount, line=create_amount_line(amounts={}), year=2019, last_year=2021, kroner=1
    ),
    "year_amount_year_once": lambda: twice(YearAmount, line=create_amount_line(amounts={}), year=2019, kroner=1),
    "year_amount_undated_once": lambda: twice(YearAmount, line=create_amount_line(amounts={}), kroner=1),
    "year_amount_span_in_order": lambda: YearAmount.objects.create(
        line=create_amount_line(), year=2021, last_year=2021, kroner=1
    ),
    "stated_amount_item_position_once": lambda: two_stated_amounts(item=create_item()),
    "stated_amount_section_position_once": lambda: two_stated_amounts(section=create_section()),
    "stated_amount_of_item_or_section": lambda: stated_amount(item=None),
    "stated_amount_known_basis": lambda: stated_amount(basis="monthly"),
    "stated_amount_known_standing": lambda: stated_amount(standing="gift"),
    "tax_rate_once": two_tax_rates_with_one_name,
    "tax_rate_known_unit": lambda: tax_rate(unit="pct."),
    "goal_once": lambda: twice(SustainabilityGoal, agreement=create_agreement(), number=7, title="Energi"),
    "goal_is_one_of_17": lambda: goal(number=18),
    "goal_not_joint_with_itself": lambda: goal(joint_with=7),
    "control_total_once": lambda: twice(ControlTotal, agreement=create_agreement(), table="drift", year=2018, kroner=1),
}


@pytest.mark.parametrize("name", VIOLATIONS)
def test_database_refuses(db, name):
    assert_refused("budget", name, VIOLATIONS[name])


def test_every_constraint_is_broken_by_a_test():
    assert VIOLATIONS.keys() == constraints_of("budget").keys()


@pytest.mark.parametrize(
    "fields",
    [
        {"role": "committee"},
        {"role": "committee", "words": "Økonomiudvalget"},
        {"role": "body"},
        {"role": "contributor"},
        {"role": "chair", "words": "Formanden"},
    ],
)
def test_a_responsibility_without_a_proper_holder_is_refused(db, fields):
    assert_refused("budget", "responsibility_names_one", responsibility(**fields).save)


def test_a_responsibility_names_one_holder_only(db):
    both = responsibility(role="contributor", centre=create_centre(), words="De øvrige centre")

    assert_refused("budget", "responsibility_names_one", both.save)


def test_a_span_without_a_first_year_is_refused(db):
    line = create_amount_line(amounts={})

    assert_refused(
        "budget", "year_amount_span_in_order", lambda: YearAmount.objects.create(line=line, last_year=2021, kroner=1)
    )


def test_a_line_may_hold_a_year_a_span_and_an_undated_amount(db):
    line = create_amount_line(amounts={})

    YearAmount.objects.create(line=line, year=2019, kroner=0)
    YearAmount.objects.create(line=line, year=2019, last_year=2021, kroner=-1)
    YearAmount.objects.create(line=line, kroner=2)

    assert sorted(amount.years_label for amount in line.amounts.all()) == ["2019", "2019-2021", "år ikke angivet"]


@pytest.mark.parametrize(
    "fields",
    [
        {"position": 1},  # beside its code
        {"code": "", "position": None},
        {"code": "", "position": 1, "is_theme": True},
    ],
    ids=str,
)
def test_a_section_has_a_code_or_a_place_on_the_front_pages(db, fields):
    section = create_section()

    assert_refused("budget", "section_code_or_position", lambda: update(section, **fields))


def test_a_front_section_lies_below_no_other(db):
    chapter = create_section()
    front = front_section(chapter.agreement)

    assert_refused("budget", "section_code_or_position", lambda: update(front, parent=chapter))


def test_front_sections_share_their_missing_code(db):
    agreement = create_agreement()

    front_section(agreement, 1)
    front_section(agreement, 2)

    assert agreement.sections.filter(code="").count() == 2


def test_a_stated_amount_has_one_owner(db):
    both = {"item": create_item(), "section": create_section()}

    assert_refused("budget", "stated_amount_of_item_or_section", lambda: stated_amount(**both))


def test_a_goal_below_one_is_refused(db):
    assert_refused("budget", "goal_is_one_of_17", lambda: goal(number=0))


def test_an_item_and_its_section_each_count_their_stated_amounts(db):
    item = create_item()

    amounts = [stated_amount(item=item), stated_amount(section=item.section), stated_amount(item=item, position=2)]

    assert [amount.position for amount in amounts] == [1, 1, 2]


def test_the_same_code_may_stand_in_two_agreements(db):
    create_item(create_agreement(), "8.04")
    create_item(create_agreement(), "8.04")

    assert Item.objects.filter(code="8.04", agreement__budget_year__gt=2018).count() == 2


def test_what_lines_say_keeps_their_sign_and_size(db):
    line = create_amount_line(amounts={2031: -(10**15), 2032: 0})

    assert {a.year: a.kroner for a in AmountLine.objects.get(pk=line.pk).amounts.all()} == {2031: -(10**15), 2032: 0}
