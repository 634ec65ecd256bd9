"""The real agreement of 2018 as it stands in the database, against figures counted by hand in the printed report."""

from collections import Counter
from datetime import date

import pytest
from django.db.models import Count

from budget.models import Item, Responsibility, YearAmount
from budget.totals import sum_by_year
from tracker.models import Assessment, Milestone

# code: kind, lead centre, number of contributors
ITEMS = {
    "1.02": ("drift", "Politisk Sekretariat", 0),
    "2.02.1": ("drift", "Økonomi og Styring", 0),
    "2.02.2": ("drift", "Økonomi og Styring", 0),
    "2.02.3": ("drift", "Økonomi og Styring", 0),
    "3.04": ("anlaeg_drift", "Ejendomme", 1),
    "3.08": ("drift", "Ejendomme", 1),
    "3.17": ("anlaeg", "Ejendomme", 1),
    "3.23": ("drift", None, 3),
    "3.24": ("drift", "Ejendomme", 1),
    "3.26": ("drift", "Politisk Sekretariat", 1),
    "3.32": ("drift", "Politisk Sekretariat", 0),
    "4.01.1": ("anlaeg", "Ejendomme", 1),
    "5.07": ("drift", "Økonomi og Styring", 1),
    "6.02": ("anlaeg", "By, Erhverv og Miljø", 0),
    "6.11": ("anlaeg_drift", "Ejendomme", 1),
    "6.17": ("drift", "Politisk Sekretariat", 1),
    "6.23": ("anlaeg", "Digitaliseringssekretariatet", 0),
    "7.01": ("drift", "Ejendomme", 0),
    "7.02": ("drift", "Ejendomme", 1),
    "7.03": ("drift", "Politisk Sekretariat", 0),
    "7.04": ("drift", "Politisk Sekretariat", 1),
    "7.05": ("drift", "Arbejdsmarked", 0),
    "7.09": ("drift", "Arbejdsmarked", 6),
    "7.10": ("drift", "By, Erhverv og Miljø", 0),
    "7.11": ("anlaeg", "By, Erhverv og Miljø", 1),
    "7.12": ("anlaeg", "Skoler, Institutioner og Kultur", 0),
    "7.16": ("drift", "By, Erhverv og Miljø", 0),
    "8.01": ("anlaeg", "Digitaliseringssekretariatet", 0),
    "8.03": ("drift", "Digitaliseringssekretariatet", 0),
    "8.04": ("drift", "Ejendomme", 0),
    "8.05": ("drift", "Ejendomme", 0),
    "8.06": ("anlaeg", "Ejendomme", 0),
    "8.08": ("drift", "Økonomi og Styring", 0),
    "8.09": ("drift", "HR og Organisationsudvikling", 2),
    "8.11": ("drift", "HR og Organisationsudvikling", 0),
}

# code: table, then (first year, last year, kroner)
AMOUNTS = {
    "3.26": ("drift", [(None, None, -1_000_000)]),
    "4.01.1": ("anlaeg", [(2019, 2021, 32_000_000)]),
    "6.02": ("anlaeg", [(2020, None, 6_000_000)]),
    "6.17": ("drift", [(None, None, 200_000)]),
    "6.23": ("anlaeg", [(2018, None, 2_180_000)]),
    "7.04": ("drift", [(None, None, 750_000)]),
    "7.05": ("drift", [(None, None, -1_000_000)]),
    "7.11": ("anlaeg", [(2018, None, 4_500_000)]),
    "7.12": ("anlaeg", [(None, None, 400_000)]),
    "7.16": ("drift", [(2018, None, 1_000_000)]),
    "8.01": ("anlaeg", [(2018, None, 4_773_000)]),
    "8.08": ("drift", [(2019, None, -6_000_000), (2020, None, -6_000_000), (2021, None, -6_000_000)]),
    "8.09": ("drift", [(None, None, 1_500_000)]),
}

NEUTRAL = ["2.02.1", "3.04", "3.24", "4.01.1", "5.07", "6.02", "6.11", "7.01", "7.02", "7.09", "8.04", "8.06"]
KEPT = ["3.04", "3.17", "3.24", "4.01.1", "6.02", "6.11", "7.01", "7.11", "7.12", "7.16", "8.05", "8.06", "8.08"]
NO_MONEY = [
    "1.02", "2.02.1", "2.02.2", "2.02.3", "3.08", "3.23", "3.32", "5.07", "7.02", "7.03", "7.10", "8.04", "8.11",
]  # fmt: skip


@pytest.fixture
def items(loaded_2018):
    return list(loaded_2018.items.in_agreement_order())


def keys(queryset):
    return [row.item.key for row in queryset.order_by("item__sort_key").select_related("item")]


def test_head(loaded_2018):
    assert loaded_2018.title == "Aftale om budget 2018"
    assert list(loaded_2018.years) == [2018, 2019, 2020, 2021]
    assert loaded_2018.mode == "milestones"
    assert loaded_2018.case_number == "00.30.00-S00-9-16"
    assert loaded_2018.signed_on == date(2017, 10, 9)


def test_parties(loaded_2018):
    names = [str(signatory.party) for signatory in loaded_2018.signatories.all()]

    assert names == [
        "Socialdemokratiet (A)", "Venstre (V)", "Enhedslisten (Ø)", "Dansk Folkeparti (O)", "Nye Borgerlige",
    ]  # fmt: skip


def test_chapters(loaded_2018):
    chapters = loaded_2018.sections.annotate(size=Count("items")).order_by("sort_key")

    assert [(chapter.code, chapter.size) for chapter in chapters] == [
        ("1", 1), ("2", 3), ("3", 7), ("4", 1), ("5", 1), ("6", 4), ("7", 10), ("8", 8),
    ]  # fmt: skip


def test_items_with_kind_and_lead_centre(items):
    stored = {item.key: (item.kind, item.lead_centre and item.lead_centre.name) for item in items}

    assert list(stored) == list(ITEMS)
    assert stored == {code: row[:2] for code, row in ITEMS.items()}
    assert Counter(kind for kind, _ in stored.values()) == {"drift": 25, "anlaeg": 8, "anlaeg_drift": 2}


def test_every_item_is_answered_for_by_one_committee(items):
    committees = Responsibility.objects.filter(item__in=items, role="committee")

    assert [row.committee.slug for row in committees] == ["oekonomiudvalget"] * 35
    assert committees.values("item").distinct().count() == 35


def test_contributors(items):
    contributors = Responsibility.objects.filter(item__in=items, role="contributor")
    counts = Counter(row.item.key for row in contributors.select_related("item"))

    assert counts == {code: row[2] for code, row in ITEMS.items() if row[2]}
    assert (len(counts), counts.total()) == (15, 23)
    assert [row.words for row in contributors.filter(item__key="7.04")] == ["De øvrige centre og sekretariater"]


def test_contributors_stand_in_the_order_printed(items):
    contributors = Responsibility.objects.filter(item__in=items, item__key="7.09", role="contributor")

    assert [str(row) for row in contributors.order_by("position")] == [
        "Børne- og Ungerådgivning", "Skoler, Institutioner og Kultur", "Social og Sundhed", "By, Erhverv og Miljø",
        "HR og Organisationsudvikling", "Politisk Sekretariat",
    ]  # fmt: skip


def test_texts(items):
    assert sum(bool(item.note) for item in items) == 25
    assert [item.key for item in items if not item.economy_text] == ["7.09"]
    assert all(item.text for item in items)


def test_economy_amounts(loaded_2018):
    lines = loaded_2018.amount_lines.prefetch_related("amounts", "items")

    stored = {}
    for line in lines:
        assert [item.key for item in line.items.all()] == [line.code]
        amounts = [(amount.year, amount.last_year, amount.kroner) for amount in line.amounts.all()]
        stored[line.code] = (line.table, amounts)

    assert stored == AMOUNTS
    assert {line.source for line in lines} == {"economy_row"}


def test_amounts_without_a_year_of_their_own_stand_outside_the_totals(loaded_2018):
    amounts = YearAmount.objects.filter(line__agreement=loaded_2018, year__isnull=False, last_year__isnull=True)

    sums = sum_by_year(amounts.values_list("line__table", "year", "kroner"))

    assert sums == {(total.table, total.year): total.kroner for total in loaded_2018.control_totals.all()}
    assert sums == {
        ("drift", 2018): 1_000_000, ("drift", 2019): -6_000_000, ("drift", 2020): -6_000_000,
        ("drift", 2021): -6_000_000, ("anlaeg", 2018): 11_453_000, ("anlaeg", 2020): 6_000_000,
    }  # fmt: skip


def test_amounts_without_a_year_say_so(loaded_2018):
    undated = YearAmount.objects.filter(line__agreement=loaded_2018, year__isnull=True)

    assert {amount.line.code for amount in undated} == {"3.26", "6.17", "7.04", "7.05", "7.12", "8.09"}
    assert {amount.years_label for amount in undated} == {"år ikke angivet"}


def test_milestones(items):
    milestones = Milestone.objects.filter(item__in=items)

    per_round = Counter(milestones.values_list("follow_up_round__number", flat=True))

    assert per_round == {1: 33, 2: 30, 3: 19, 4: 18}
    assert set(ITEMS) - set(keys(milestones.filter(follow_up_round__number=1))) == {"7.10", "7.11"}


def test_rounds(loaded_2018):
    rounds = [(each.number, each.label, each.state, each.as_of) for each in loaded_2018.rounds.all()]

    assert rounds == [
        (1, "1. budgetopfølgning 2018", "published", None),
        (2, "2. budgetopfølgning 2018", "planned", None),
        (3, "3. budgetopfølgning 2018", "planned", None),
        (4, "31.12.2018", "planned", date(2018, 12, 31)),
    ]


def test_first_round_as_printed(items):
    first = Assessment.objects.filter(item__in=items)

    assert set(first.values_list("follow_up_round__number", "state")) == {(1, "approved")}
    assert Counter(first.values_list("effort", flat=True)) == {"happy": 21, "neutral": 12, "not_relevant": 2}
    assert Counter(first.values_list("economy", flat=True)) == {"kept": 13, "not_relevant": 13, "not_assessed": 9}
    assert keys(first.filter(effort="neutral")) == NEUTRAL
    assert keys(first.filter(effort="not_relevant")) == ["7.10", "7.11"]
    assert keys(first.filter(economy="kept")) == KEPT
    assert keys(first.filter(economy="not_relevant")) == NO_MONEY


def test_comments(items):
    commented = Assessment.objects.filter(item__in=items).exclude(comment="")

    assert keys(commented) == sorted([*NEUTRAL, "8.08"])
    assert len(keys(commented)) == 13


def test_reading_guide(loaded_2018):
    defined = {(row.dimension, row.level) for row in loaded_2018.level_definitions.all()}

    assert defined == {
        ("effort", "happy"), ("effort", "neutral"), ("effort", "sad"), ("economy", "kept"), ("economy", "not_kept"),
    }  # fmt: skip
    assert loaded_2018.reading_guide
    assert loaded_2018.milestone_plan.is_decided


def test_the_plan_was_sent_to_the_committees_before_it_was_approved(loaded_2018):
    decisions = loaded_2018.milestone_plan.decisions.values_list("body", "decided_on", "case_number", "outcome")

    assert list(decisions) == [
        ("Økonomiudvalget", date(2018, 1, 23), loaded_2018.case_number, "sent_back"),
        ("Erhvervs- og Beskæftigelsesudvalget", date(2018, 2, 6), loaded_2018.case_number, "discussed"),
    ]
    assert loaded_2018.milestone_plan.state == "approved"


def test_targets_of_the_economic_strategy(loaded_2018):
    targets = loaded_2018.targets.prefetch_related("values")

    assert [(target.number, [(v.year, v.kroner) for v in target.values.all()]) for target in targets] == [
        (1, []),
        (2, []),
        (3, [(None, 170_000_000)]),
        (4, [(2018, 100_000_000), (None, 150_000_000)]),
        (5, [(None, 50_000_000), (2017, 599_000_000), (None, 60_000_000)]),
    ]


def test_an_item_continues_one_of_the_year_before(items):
    links = [(item.key, link.kind, link.target_year, link.target_code) for item in items for link in item.links.all()]

    assert links == [("8.11", "continues", 2017, "8.04")]


def test_a_link_to_another_agreement_is_not_tied_to_this_one(items):
    link = next(item for item in items if item.key == "8.11").links.get()

    assert link.target is None
    assert str(link) == "fortsætter 8.04 i aftalen 2017"


@pytest.mark.parametrize(
    ("key", "field", "printed"),
    [
        ("3.23", "source_note", "0-25 års udvalget"),
        ("3.04", "source_note", "202"),
        ("3.26", "source_note", "3 mio. kr."),
        ("8.05", "source_note", "Drift"),
        ("8.11", "source_note", "2017"),
        ("3.04", "note", "”202”"),
        ("3.26", "economy_text", "1 mio. kr."),
    ],
)
def test_oddities_are_kept_as_printed_with_a_note(items, key, field, printed):
    item = next(item for item in items if item.key == key)

    assert printed in getattr(item, field)


def test_an_item_led_by_a_committee_has_no_lead_centre(loaded_2018):
    item = Item.objects.get(agreement=loaded_2018, key="3.23")

    assert item.lead_centre is None
    assert item.centre_name == item.printed_centre == "0-25 års udvalget"


def test_life_status_tells_what_is_finished(items):
    assert [item.key for item in items if item.life_status == "finished"] == ["7.12"]
