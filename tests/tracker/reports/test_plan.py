"""The milestone plan as a report: what it holds, of whom, and what it says of its own way."""

from datetime import UTC, datetime

from tests.factories import (
    create_agreement,
    create_centre,
    create_decision,
    create_item,
    create_milestone,
    create_milestone_change,
    create_round,
    create_section,
)
from tracker.actions.plans import return_from_hearing, send_to_hearing
from tracker.reports.overview import matrix
from tracker.reports.plan import plan_report, planned_items


def report_of(agreement, user):
    plan = agreement.milestone_plan
    plan.refresh_from_db()
    return plan_report(plan, *planned_items(plan, user))


def test_items_stand_in_agreement_order_under_their_chapters(finance):
    agreement = create_agreement()
    chapter = create_section(agreement, "2")
    below = create_section(agreement, "2.1", parent=chapter)
    for code, section in (("10.1", None), ("2.10", below), ("2.9", chapter), ("1.01", None)):
        create_item(agreement, code, **({"section": section} if section else {}))

    report = report_of(agreement, finance)

    found = [(chapter.section.code, [item.listed.item.key for item in chapter.items]) for chapter in report.chapters]
    assert found == [("1", ["1.01"]), ("2", ["2.9", "2.10"]), ("10", ["10.1"])]


def test_every_round_has_its_milestones_in_their_places(finance):
    agreement = create_agreement()
    first, second = create_round(agreement), create_round(agreement)
    item, empty = create_item(agreement, "1.01"), create_item(agreement, "1.02")
    for follow_up_round, text in ((second, "c"), (first, "a"), (second, "d")):
        create_milestone(item, follow_up_round, text)

    report = report_of(agreement, finance)

    assert [each.milestones for each in report.items[0].rounds] == [["a"], ["c", "d"]]
    assert (report.milestone_count, report.without_milestones, report.count) == (3, 1, 2)
    assert report.items[1].listed.item == empty and not report.items[1].has_milestones


def test_changes_are_counted_and_named_by_round(finance):
    agreement = create_agreement(plan="changed")
    first, second = create_round(agreement), create_round(agreement)
    item = create_item(agreement, "1.01")
    create_item(agreement, "1.02")
    create_milestone_change(item, second, "x", "y", at=datetime(2031, 12, 31, 23, 30, tzinfo=UTC))
    create_milestone_change(item, first, "", "z")

    report = report_of(agreement, finance)

    (changed,) = report.changed_items
    assert [(each.follow_up_round.number, change.after) for each, change in changed.changes] == [(1, "z"), (2, "y")]
    assert report.change_count == 2
    assert changed.changes[1][1].on.isoformat() == "2032-01-01"  # midnight has passed in Copenhagen


def test_the_plan_says_why_it_came_back_until_it_is_heard_again(finance):
    agreement = create_agreement(plan="draft")
    create_milestone(create_item(agreement), create_round(agreement))
    plan = agreement.milestone_plan
    assert report_of(agreement, finance).sent_back is None

    send_to_hearing(plan=plan, by=finance)
    assert report_of(agreement, finance).in_hearing_since
    return_from_hearing(plan=plan, by=finance, comment="For få milepæle.")
    back = report_of(agreement, finance)
    assert (back.sent_back.note, back.sent_back.who, back.in_hearing_since) == ("For få milepæle.", finance.name, None)
    send_to_hearing(plan=plan, by=finance)
    assert report_of(agreement, finance).sent_back is None


def test_decisions_come_by_day(finance):
    agreement = create_agreement()
    for day in ("2031-02-06", "2031-01-23"):
        create_decision(agreement, decided_on=day)

    assert [f"{each.decided_on}" for each in report_of(agreement, finance).decisions] == ["2031-01-23", "2031-02-06"]


def test_before_the_approval_a_centre_has_its_own_items_only(editor, other_editor, member):
    agreement = create_agreement(plan="hearing")
    create_item(agreement, "1.01")
    create_item(agreement, "1.02", centre=create_centre("Politisk Sekretariat"))
    create_item(agreement, "1.03", lead_centre=None, printed_centre="0-25 års udvalget")

    found = {user: [each.item.key for each in planned_items(agreement.milestone_plan, user)[1]] for user in (
        editor, other_editor, member,
    )}  # fmt: skip

    assert found == {editor: ["1.01"], other_editor: ["1.02"], member: []}


def test_the_matrix_marks_the_cell_whose_goal_was_moved(member):
    agreement = create_agreement(plan="changed")
    rounds = [create_round(agreement, state="planned") for _ in range(2)]
    for each in rounds:
        each.agreement = agreement
    moved, kept = create_item(agreement, "1.01"), create_item(agreement, "1.02")
    create_milestone_change(moved, rounds[1], "Før", "")

    rows = matrix(items=[moved, kept], rounds=rounds, user=member)

    assert [[cell.is_changed for cell in row.cells] for row in rows] == [[False, True], [False, False]]
