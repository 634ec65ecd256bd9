"""The report as JSON, for machines. The shape is a contract: see README, "The report's JSON"."""

from tracker.reports.follow_up import FollowUpReport, ItemReport, RoundRow

SCHEMA = 1


def report_document(report: FollowUpReport) -> dict:
    """Amounts are whole kroner by year; a line over several years or without a year keeps its words as the key
    ("2019-2021", "år ikke angivet")."""
    return {
        "schema": SCHEMA,
        "agreement": report.agreement.budget_year,
        "round": report.follow_up_round.number,
        "as_of": report.as_of.isoformat() if report.as_of else None,
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
        "assessments": [_assessment(each) for each in shown],
        "amounts": [
            {"table": line.table, "label": line.label, "project": line.project, "years": line.years}
            for line in item.amounts
        ],
    }


def _assessment(row: RoundRow) -> dict:
    return {
        "round": row.number,
        "effort": row.effort,
        "economy": row.economy,
        "comment": row.comment,
        "state": row.state or row.effort,
    }
