"""The follow-up report on the real agreement."""

from datetime import timedelta

import pytest
from django.utils import timezone

from budget.models import Committee
from tests.factories import (
    create_agreement,
    create_assessment,
    create_centre,
    create_committee,
    create_item,
    create_milestone,
    create_note,
    create_round,
    create_user,
)
from tracker.reports.follow_up import FollowUpReport, follow_up_report
from tracker.reports.my_page import RoundTask, Urgency, my_page
from tracker.statuses import Role


def report_of(agreement, number=1, committee=None) -> FollowUpReport:
    rounds = list(agreement.rounds.select_related("agreement").order_by("number"))
    return follow_up_report(rounds=rounds, number=number, committee=committee, municipality="Ballerup Kommune")


def counts(found) -> dict[str, int]:
    return {each.level: each.count for each in found}


def test_first_round_of_2018_has_the_printed_numbers(loaded_2018):
    report = report_of(loaded_2018, committee=Committee.objects.get(slug="oekonomiudvalget"))

    assert report.title == "Første opfølgning på Aftale om budget 2018 på Økonomiudvalgets område"
    assert (report.as_of, report.scope, report.missing) == (None, "oekonomiudvalget", [])
    assert counts(report.effort_counts) == {
        "happy": 21,
        "neutral": 12,
        "sad": 0,
        "not_relevant": 2,
        "not_assessed": 0,
        "not_reported": 0,
    }
    assert counts(report.economy_counts) == {
        "kept": 13,
        "not_kept": 0,
        "not_relevant": 13,
        "not_assessed": 9,
        "not_reported": 0,
    }
    assert [len(chapter.items) for chapter in report.chapters] == [1, 3, 7, 1, 1, 4, 10, 8]
    assert len(report.attention) == 12
    assert sum(bool(item.now.comment) for item in report.items) == 13
    assert [item.key for item in report.items if item.now.effort == "not_relevant"] == ["7.10", "7.11"]


def test_milestones_of_all_rounds_are_shown(loaded_2018):
    report = report_of(loaded_2018)

    planned = [sum(len(item.rounds[n].milestones) for item in report.items) for n in range(4)]
    assert planned == [33, 30, 19, 18]


def test_the_fourth_round_is_the_last_and_has_a_date(loaded_2018):
    report = report_of(loaded_2018, number=4)

    assert report.title == "Fjerde og sidste opfølgning på Aftale om budget 2018 for Ballerup Kommune"
    assert report.as_of.isoformat() == "2018-12-31"
    assert len(report.missing) == 35


def test_definitions_stand_in_the_order_of_the_levels(loaded_2018):
    report = report_of(loaded_2018)

    groups = {label: [each.level for each in found] for label, found in report.definition_groups()}
    assert groups == {"Indsats": ["happy", "neutral", "sad"], "Økonomi": ["kept", "not_kept"]}


def test_amounts_keep_what_the_line_says_of_time(loaded_2018):
    items = {item.key: item for item in report_of(loaded_2018).items}

    assert [line.years for line in items["4.01.1"].amounts] == [{"2019-2021": 32_000_000}]
    assert sum("år ikke angivet" in line.years for item in items.values() for line in item.amounts) > 0
    assert sum(len(item.amounts) for item in items.values()) == 13
    assert items["7.09"].economy_text == ""


def test_drafts_never_count(db):
    agreement = create_agreement()
    first = create_round(agreement)
    draft, handed_in = create_item(agreement, "1.01"), create_item(agreement, "1.02")
    create_assessment(draft, first, state="draft", effort="sad", comment="Kladde")
    create_assessment(handed_in, first, effort="neutral", comment="Næsten")

    report = report_of(agreement)

    assert counts(report.effort_counts) == {
        "happy": 0,
        "neutral": 1,
        "sad": 0,
        "not_relevant": 0,
        "not_assessed": 0,
        "waiting": 1,
    }
    assert [item.key for item in report.missing] == ["1.01"]
    assert "Kladde" not in str(report.items)


def test_later_rounds_do_not_show_in_an_earlier_report(db):
    agreement = create_agreement()
    first, second = create_round(agreement), create_round(agreement)
    item = create_item(agreement)
    create_assessment(item, first)
    create_assessment(item, second, effort="sad", comment="Senere")

    rows = report_of(agreement, 1).items[0].rounds, report_of(agreement, 2).items[0].rounds

    assert [row.effort for row in rows[0]] == ["happy", ""]
    assert [row.effort for row in rows[1]] == ["happy", "sad"]


@pytest.mark.parametrize(
    ("state", "level"), [("planned", ""), ("open", ""), ("closed", "not_reported"), ("published", "not_reported")]
)
def test_silence_is_called_not_reported_once_the_round_is_over(db, state, level):
    agreement = create_agreement()
    create_round(agreement, state=state)
    create_item(agreement)

    (item,) = report_of(agreement).items

    assert (item.now.effort, item.now.economy, item.now.is_reported) == (level, level, False)


def test_a_committees_report_holds_its_items_once(db):
    agreement, committee = create_agreement(), create_committee()
    create_round(agreement)
    create_item(agreement, "2.10", committees=[committee, create_committee("Kultur- og Fritidsudvalget")])
    create_item(agreement, "2.9", committees=[committee])
    create_item(agreement, "1.01", committees=[create_committee("Kultur- og Fritidsudvalget")])

    report = report_of(agreement, committee=committee)

    assert [item.key for item in report.items] == ["2.9", "2.10"]
    assert [chapter.code for chapter in report.chapters] == ["2"]


def test_responsibility_stands_by_kind_in_printed_order(db):
    agreement = create_agreement()
    first = create_round(agreement)
    item = create_item(
        agreement,
        lead_centre=None,
        printed_centre="0-25 års udvalget",
        contributors=[create_centre("Social og Sundhed"), create_centre("Arbejdsmarked")],
    )
    create_milestone(item, first, "Et.")
    create_milestone(item, first, "To.")

    (row,) = report_of(agreement).items

    assert (row.centre, row.is_printed_centre) == ("0-25 års udvalget", True)
    assert row.contributors == ["Social og Sundhed", "Arbejdsmarked"]
    assert row.now.milestones == ["Et.", "To."]


def test_finances_notes_stand_beside_the_entries_up_to_the_round(db):
    agreement = create_agreement()
    rounds = [create_round(agreement, state=state) for state in ("published", "open", "planned")]
    item, silent = create_item(agreement, "1.01"), create_item(agreement, "1.02")
    create_assessment(item, rounds[0], state="approved")
    for each in rounds:
        create_note(item, each, f"Til runde {each.number}")
    create_note(silent, rounds[1], "Uden indberetning")
    create_note(silent, rounds[0], "")

    report = report_of(agreement, 2)

    said = {row.key: [each.finance_note for each in row.rounds] for row in report.items}
    assert said == {"1.01": ["Til runde 1", "Til runde 2", ""], "1.02": ["", "Uden indberetning", ""]}


@pytest.mark.parametrize(("days", "left", "overdue"), [(14, 14, False), (0, 0, False), (-1, -1, True)])
def test_min_side_counts_days_to_the_deadline(editor, days, left, overdue):
    today = timezone.localdate()
    agreement = create_agreement()
    create_item(agreement)
    create_round(agreement, deadline=today + timedelta(days=days))

    ((urgency, (task,)),) = my_page(user=editor, today=today).tasks

    assert (task.days_left, urgency is Urgency.OVERDUE, task.reported) == (left, overdue, 0)


def test_min_side_without_a_deadline(editor):
    agreement = create_agreement()
    create_item(agreement)
    create_round(agreement)

    ((urgency, (task,)),) = my_page(user=editor, today=timezone.localdate()).tasks

    assert isinstance(task, RoundTask)
    assert (task.days_left, urgency) == (None, Urgency.UNDATED)


def test_someone_in_finance_and_a_centre_sees_both(db):
    both = create_user(Role.FINANCE, Role.EDITOR, centres=[create_centre()])
    agreement = create_agreement()
    create_item(agreement)
    create_round(agreement)

    page = my_page(user=both, today=timezone.localdate())

    assert (len(page.tasks), len(page.boards)) == (1, 1)
