from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from budget.files.toml import what_failed
from budget.models import Agreement
from tracker.exports.money_workbook import money_workbook
from tracker.reports.money import money_lines


class Command(BaseCommand):
    help = "Skriver en aftales drift- og anlægstabeller som en Excel-fil (.xlsx)."

    def add_arguments(self, parser):
        parser.add_argument("year", metavar="YEAR", type=int)
        parser.add_argument("file", metavar="FILE", type=Path)

    def handle(self, *, year: int, file: Path, **options):
        if file.suffix != ".xlsx":
            raise CommandError(f"{file}: filnavnet skal ende på .xlsx.")
        agreement = Agreement.objects.filter(budget_year=year).first()
        if agreement is None:
            raise CommandError(f"Der er ingen aftale for budgetår {year}.")
        lines = money_lines(agreement)
        content = money_workbook(agreement, lines, now=timezone.now())
        try:
            file.write_bytes(content)
        except OSError as error:
            raise CommandError(f"{file}: kan ikke skrives: {what_failed(error)}.") from error
        self.stdout.write(f"{len(lines)} beløbslinjer er skrevet til {file}.")
