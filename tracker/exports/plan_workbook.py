"""The milestone plan (udmøntning) as a workbook: the paper that is sent to the committees."""

from datetime import datetime

from django.utils import timezone

from budget.models import Committee
from tracker.exports.sheets import Column, Sheet, workbook_bytes
from tracker.reports.milestone_changes import ChangedMilestone
from tracker.reports.plan import PlannedItem, PlannedRound, PlanReport
from tracker.templatetags.tracker import day

Change = tuple[PlannedItem, PlannedRound, ChangedMilestone]


def plan_workbook(report: PlanReport, committee: Committee | None, *, now: datetime) -> bytes:
    """One row per item with a column per round; the decisions; and, once it is approved, what was changed since."""
    title = f"Udmøntning af {report.agreement}" + (f" for {committee.area}" if committee else "")
    made = timezone.localtime(now)
    case = report.agreement.case_number or "ikke angivet"
    head = [
        title,
        f"Milepælsplanen er {report.state_words}. Punkter: {len(report.items)}. Sagsnummer: {case}.",
        f"Dannet {made:%d.%m.%Y} kl. {made:%H.%M}.",
    ]
    sheets = [_milestones(report, head)]
    if report.plan.is_decided:
        sheets.append(_changes(report, head))
    return workbook_bytes([*sheets, _decisions(report, head)], title=title)


def _milestones(report: PlanReport, head: list[str]) -> Sheet:
    chapters = {item.listed.item.key: str(chapter.section) for chapter in report.chapters for item in chapter.items}
    columns = [
        Column("Punkt", lambda row: row.listed.item.key, 10),
        Column("Titel", lambda row: row.listed.item.title, 34),
        Column("Kapitel", lambda row: chapters[row.listed.item.key], 24),
        Column("Ansvarligt udvalg", lambda row: ", ".join(row.listed.responsible) or None, 24),
        Column("Ansvarligt center", lambda row: row.listed.item.centre_name or None, 22),
        *(
            Column(each.label, lambda row, place=place: "\n\n".join(row.rounds[place].milestones) or None, 44)
            for place, each in enumerate(report.rounds)
        ),
    ]
    return Sheet("Milepælsplan", head, columns, report.items)


def _changes(report: PlanReport, head: list[str]) -> Sheet:
    lines = [(item, each, change) for item in report.changed_items for each, change in item.changes]
    columns: list[Column] = [
        Column("Punkt", lambda line: line[0].listed.item.key, 10),
        Column("Titel", lambda line: line[0].listed.item.title, 34),
        Column("Runde", lambda line: line[1].follow_up_round.label, 26),
        Column("Milepæl før", lambda line: line[2].before or None, 44),
        Column("Milepæl efter", lambda line: line[2].after or None, 44),
        Column("Begrundelse", lambda line: line[2].reason, 44),
        Column("Ændret den", lambda line: day(line[2].on), 12),
    ]
    return Sheet("Ændrede milepæle", head, columns, lines)


def _decisions(report: PlanReport, head: list[str]) -> Sheet:
    columns = [
        Column("Besluttet af", lambda row: row.body, 34),
        Column("Besluttet den", lambda row: day(row.decided_on), 14),
        Column("Sagsnummer", lambda row: row.case_number or None, 24),
        Column("Beslutning", lambda row: row.get_outcome_display(), 24),
        Column("Bemærkning", lambda row: row.remark or None, 70),
    ]
    return Sheet("Beslutninger", head, columns, report.decisions)
