"""The follow-up report as a workbook: the items, their milestones, and the status of the round."""

from dataclasses import dataclass

from tracker.exports.sheets import KRONER, Column, Sheet, workbook_bytes
from tracker.reports.follow_up import AmountRow, FollowUpReport, ItemReport, RoundRow
from tracker.statuses import AssessmentState
from tracker.templatetags.tracker import day, level_word


@dataclass(frozen=True)
class _MilestoneLine:
    item: ItemReport
    round: RoundRow
    text: str


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
    """Sheets Punkter, Milepæle and Status, then Beløb; amounts in whole kroner as numbers, codes as text."""
    return workbook_bytes([_items(report), _milestones(report), _status(report), _money(report)], title=report.title)


def _title(report: FollowUpReport) -> list[str]:
    as_of = f"Opgjort pr.: {day(report.as_of)}"
    return [report.title, f"{report.follow_up_round.label}. {as_of}. Ikke offentliggjort.", _case(report)]


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
        Column("Bemærkning", lambda line: line.round.comment, 60),
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
