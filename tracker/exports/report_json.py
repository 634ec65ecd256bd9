"""The report as JSON, for machines. The shape is a contract: see README, "The report's JSON"."""

from tracker.reports.follow_up import FollowUpReport, ItemReport, RoundRow
from tracker.reports.milestone_changes import ChangedMilestone

SCHEMA = 1


def report_document(report: FollowUpReport) -> dict:
    """Amounts are whole kroner by year; a line over several years or without a year keeps its words as the key
    ("2019-2021", "år ikke angivet")."""
    return {
        "schema": SCHEMA,
        "agreement": report.agreement.budget_year,
        "round": report.follow_up_round.number,
        "as_of": report.as_of.isoformat() if report.as_of else None,
        "deadline": deadline.isoformat() if (deadline := report.follow_up_round.deadline) else None,
        "committee": report.scope,
        "items": [_item(item, report.follow_up_round.number) for item in report.items],
    }


def _item(item: ItemReport, number: int) -> dict:
    shown = [each for each in item.rounds if each.number <= number and each.effort]
    return {
        "key": item.key,
        "code": item.code,
        "section": item.section,
        "title": item.title,
        "kinds": item.kinds,
        "centre": item.centre or None,
        "committees": item.committees,
        "responsible": item.responsible,
        "contributors": item.contributors,
        "note": item.note,
        "economy_text": item.economy_text,
        "milestones": [{"round": each.number, "text": text} for each in item.rounds for text in each.milestones],
        "milestone_changes": [
            _milestone_change(each.number, change) for each in item.rounds for change in each.milestone_changes
        ],
        "assessments": [_assessment(each) for each in shown],
        "finance_notes": [
            {"round": each.number, "text": each.finance_note} for each in item.rounds if each.finance_note
        ],
        "amounts": [
            {"table": line.table, "label": line.label, "project": line.project, "years": line.years}
            for line in item.amounts
        ],
    }


def _milestone_change(number: int, change: ChangedMilestone) -> dict:
    return {
        "round": number,
        "before": change.before,
        "after": change.after,
        "reason": change.reason,
        "date": change.on.isoformat(),
    }


def _assessment(row: RoundRow) -> dict:
    return {
        "round": row.number,
        "effort": row.effort,
        "economy": row.economy,
        "comment": row.comment,
        "state": row.state or row.effort,
    }
