"""The follow-up report as a workbook: the items, their milestones, and the status of the round."""

from dataclasses import dataclass

from django.utils.timezone import localtime

from tracker.exports.sheets import KRONER, Column, Sheet, workbook_bytes
from tracker.reports.follow_up import AmountRow, FollowUpReport, ItemReport, RoundRow
from tracker.reports.milestone_changes import ChangedMilestone
from tracker.statuses import AssessmentState
from tracker.templatetags.tracker import day, level_word


@dataclass(frozen=True)
class _MilestoneLine:
    item: ItemReport
    round: RoundRow
    text: str


@dataclass(frozen=True)
class _ChangeLine:
    item: ItemReport
    round: RoundRow
    change: ChangedMilestone


@dataclass(frozen=True)
class _StatusLine:
    item: ItemReport
    round: RoundRow


@dataclass(frozen=True)
class _MoneyLine:
    item: ItemReport
    line: AmountRow
    years: str
    kroner: int


def report_workbook(report: FollowUpReport) -> bytes:
    """Sheets Punkter, Milepæle and Status, then Beløb and Ændrede milepæle; amounts in whole kroner as numbers, codes
    as text."""
    sheets = [_items, _milestones, _status, _money, _milestone_changes]
    return workbook_bytes([sheet(report) for sheet in sheets], title=report.title)


def _title(report: FollowUpReport) -> list[str]:
    as_of = f"Opgjort pr.: {day(report.as_of)}"
    state = "Ikke offentliggjort."
    if edition := report.edition:
        built = day(localtime(edition.built_at))
        state = f"Udgave {edition.number}, bygget {built}. Kontrolsum af indholdet: {edition.checksum}"
    return [report.title, f"{report.follow_up_round.label}. {as_of}. {state}", _dates(report), _case(report)]


def _dates(report: FollowUpReport) -> str:
    """The round's dates but the one above; where one was moved, from when and why."""
    said = []
    for each in report.dates:
        moved = "".join(f" (flyttet fra {day(move.before)}: {move.reason})" for move in each.moves)
        if each.field != "as_of" or moved:
            said.append(f"{each.label}: {day(each.value)}{moved}.")
    return " ".join(said)


def _case(report: FollowUpReport) -> str:
    number = report.agreement.case_number
    return f"Sagsnummer: {number}" if number else "Sagsnummer: ikke angivet"


def _items(report: FollowUpReport) -> Sheet:
    columns = [
        Column("Punkt", lambda item: item.key, 10),
        Column("Titel", lambda item: item.title, 36),
        Column("Kapitel", lambda item: f"{item.section}. {item.section_title}", 26),
        Column("Drift/anlæg", lambda item: item.kind_label, 12),
        Column("Ansvarligt center", lambda item: item.centre, 22),
        Column("Ansvarligt udvalg", lambda item: ", ".join([*item.committees, *item.responsible]), 22),
        Column("Væsentlige bidragsydere", lambda item: ", ".join(item.contributors), 26),
        Column("Aftaletekst", lambda item: item.text, 60),
        Column("Administrationens bemærkning", lambda item: item.note, 50),
        Column("Økonomi", lambda item: item.economy_text, 40),
        Column("Bemærkning til kilden", lambda item: item.source_note, 40),
    ]
    return Sheet("Punkter", _title(report), columns, report.items)


def _milestones(report: FollowUpReport) -> Sheet:
    lines = [
        _MilestoneLine(item, each, text) for item in report.items for each in item.rounds for text in each.milestones
    ]
    columns = [
        Column("Punkt", lambda line: line.item.key, 10),
        Column("Titel", lambda line: line.item.title, 36),
        Column("Runde", lambda line: line.round.label, 26),
        Column("Milepæl", lambda line: line.text, 70),
        Column("Indsats", lambda line: _word(line.round.effort), 18),
    ]
    return Sheet("Milepæle", _title(report), columns, lines)


def _milestone_changes(report: FollowUpReport) -> Sheet:
    """What was changed after the plan was approved, with the old and the new text."""
    lines = [
        _ChangeLine(item, each, change)
        for item in report.items
        for each in item.changed_rounds
        for change in each.milestone_changes
    ]
    columns = [
        Column("Punkt", lambda line: line.item.key, 10),
        Column("Titel", lambda line: line.item.title, 36),
        Column("Runde", lambda line: line.round.label, 26),
        Column("Milepæl før", lambda line: line.change.before or None, 50),
        Column("Milepæl efter", lambda line: line.change.after or None, 50),
        Column("Begrundelse", lambda line: line.change.reason, 50),
        Column("Ændret den", lambda line: day(line.change.on), 12),
    ]
    return Sheet("Ændrede milepæle", _title(report), columns, lines)


def _status(report: FollowUpReport) -> Sheet:
    """One row per item and round so far: what the filter of an economist wants."""
    number = report.follow_up_round.number
    lines = [_StatusLine(item, each) for item in report.items for each in item.rounds if each.number <= number]
    columns = [
        Column("Punkt", lambda line: line.item.key, 10),
        Column("Titel", lambda line: line.item.title, 36),
        Column("Ansvarligt center", lambda line: line.item.centre, 22),
        Column("Runde", lambda line: line.round.label, 26),
        Column("Indsats", lambda line: _word(line.round.effort), 18),
        Column("Økonomi", lambda line: _word(line.round.economy), 18),
        Column("Bemærkning", lambda line: line.round.comment or line.round.silence, 60),
        Column("Økonomi og Styrings bemærkning", lambda line: line.round.finance_note, 50),
        Column("Forventet beløb (kr.)", lambda line: line.round.expected_amount, 16, KRONER),
        Column("Tilstand", lambda line: _state(line.round), 16),
        Column("Indtastet af", _entered_by, 22),
    ]
    return Sheet("Status", _title(report), columns, lines)


def _entered_by(line: _StatusLine) -> str:
    if not line.round.is_reported:
        return ""
    return "Økonomi og Styring" if line.round.is_entered_by_finance else line.item.centre


def _money(report: FollowUpReport) -> Sheet:
    lines = [
        _MoneyLine(item, line, years, kroner)
        for item in report.items
        for line in item.amounts
        for years, kroner in line.years.items()
    ]
    columns = [
        Column("Punkt", lambda line: line.item.key, 10),
        Column("Tabel", lambda line: line.line.table_label, 10),
        Column("Tekst", lambda line: line.line.label, 44),
        Column("Projekt", lambda line: line.line.project, 12),
        Column("Art", lambda line: line.line.nature, 20),
        Column("År", lambda line: line.years, 18),
        Column("Aftalt (kr.)", lambda line: line.kroner, 16, KRONER),
        Column("Periode som trykt", lambda line: line.line.period, 20),
        Column("Bemærkning", lambda line: line.line.note, 44),
    ]
    return Sheet("Beløb", _title(report), columns, lines)


def _word(level: str) -> str:
    return level_word(level) if level else ""


def _state(row: RoundRow) -> str:
    if row.state:
        return AssessmentState(row.state).label
    return _word(row.effort) or "mangler"
