import json
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from budget.files.toml import what_failed
from budget.models import Committee
from tracker.exports.report_html import report_html
from tracker.exports.report_json import report_document
from tracker.exports.report_workbook import report_workbook
from tracker.models import FollowUpRound
from tracker.reports.follow_up import WHOLE, FollowUpReport, follow_up_report

WRITERS = {
    ".xlsx": report_workbook,
    ".json": lambda report: json.dumps(report_document(report), ensure_ascii=False, indent=2).encode(),
    ".html": lambda report: report_html(report).encode(),
}


class Command(BaseCommand):
    help = "Skriver rapporten for en runde og et udvalg (eller samlet) som fil: .xlsx, .json eller .html."

    def add_arguments(self, parser):
        parser.add_argument("year", metavar="YEAR", type=int)
        parser.add_argument("number", metavar="ROUND", type=int)
        parser.add_argument("committee", metavar="COMMITTEE")
        parser.add_argument("file", metavar="FILE", type=Path)

    def handle(self, *, year: int, number: int, committee: str, file: Path, **options):
        write = WRITERS.get(file.suffix)
        if write is None:
            raise CommandError(f"{file}: filnavnet skal ende på {', '.join(WRITERS)}.")
        content = write(_report(year, number, committee))
        try:
            file.write_bytes(content)
        except OSError as error:
            raise CommandError(f"{file}: kan ikke skrives: {what_failed(error)}.") from error
        self.stdout.write(f"Rapporten er skrevet til {file}.")


def _report(year: int, number: int, slug: str) -> FollowUpReport:
    rounds = list(
        FollowUpRound.objects.filter(agreement__budget_year=year).select_related("agreement").order_by("number")
    )
    if not any(each.number == number for each in rounds):
        raise CommandError(f"Der er ingen runde {number} for budgetår {year}.")
    committee = None if slug == WHOLE else Committee.objects.filter(slug=slug).first()
    if committee is None and slug != WHOLE:
        raise CommandError(f"Udvalget {slug!r} findes ikke; brug udvalgets kortnavn eller {WHOLE!r}.")
    return follow_up_report(rounds=rounds, number=number, committee=committee, municipality=settings.MUNICIPALITY)
