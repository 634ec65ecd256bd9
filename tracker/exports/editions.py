"""What an edition is made of: the document that is frozen, and the files that are stored with it."""

import csv
import io
from dataclasses import asdict
from datetime import date

from tracker.actions.publications import Renderer
from tracker.exports.report_html import report_html
from tracker.exports.report_workbook import report_workbook
from tracker.reports.follow_up import FollowUpReport
from tracker.templatetags.tracker import level_word

SCHEMA = 2
CSV_HEADINGS = [
    "aftale", "runde", "udgave", "punkt", "titel", "kapitel", "udvalg", "center", "indsats", "økonomi", "bemærkning",
]  # fmt: skip
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


def edition_document(report: FollowUpReport) -> dict:
    """Everything the report says, in plain values: text, whole numbers, lists. Amounts in kroner, dates as ISO.

    The shape is a contract (README, "An edition's JSON"): the public side reads it for ever.
    """
    follow_up_round = report.follow_up_round
    return _plain({
        "schema": SCHEMA,
        "title": report.title,
        "municipality": report.municipality,
        "agreement": report.agreement.budget_year,
        "agreement_title": report.agreement.title,
        "case_number": report.agreement.case_number,
        "round": follow_up_round.number,
        "round_label": follow_up_round.label,
        "as_of": report.as_of,
        "deadline": follow_up_round.deadline,
        "committee": report.scope,
        "committee_name": report.scope_name,
        "reading_guide": report.agreement.reading_guide,
        "definitions": [asdict(each) for each in report.definitions],
        "rounds": [{"number": each.number, "label": each.label} for each in report.rounds],
        "items": [_item(item) for item in report.items],
    })  # fmt: skip


def _item(item) -> dict:
    found = asdict(item)
    del found["now"]  # one of the rounds, and said by the document
    return found


def _plain(value: object) -> object:
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value.isoformat() if isinstance(value, date) else value


def edition_files(report: FollowUpReport) -> dict[str, bytes]:
    """The files of a report that knows its edition, by the ending of their names; the JSON is the content itself."""
    return {"html": report_html(report).encode(), "xlsx": report_workbook(report), "csv": report_csv(report)}


def report_csv(report: FollowUpReport) -> bytes:
    """One line per item: the round's smileys and comment. UTF-8 with a mark and semicolons, as Danish Excel reads it; a
    text that a spreadsheet would take for a formula gets an apostrophe in front."""
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=";", lineterminator="\r\n")
    writer.writerow(CSV_HEADINGS)
    number = report.edition.number if report.edition else ""
    for item in report.items:
        row = [
            report.agreement.budget_year, report.follow_up_round.number, number, item.key, item.title,
            item.section_title, ", ".join([*item.committees, *item.responsible]), item.centre, _word(item.now.effort),
            _word(item.now.economy), item.now.comment,
        ]  # fmt: skip
        writer.writerow([harmless(each) for each in row])
    return stream.getvalue().encode("utf-8-sig")


def _word(level: str) -> str:
    return level_word(level) if level else ""


def harmless(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA_SIGNS) else value


RENDERER = Renderer(document=edition_document, files=edition_files)
