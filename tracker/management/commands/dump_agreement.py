from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from budget.files.toml import what_failed
from budget.models import Agreement
from tracker.actions.agreement_files import dump_agreement


class Command(BaseCommand):
    help = "Skriver en aftale som en aftalefil (TOML), som load_agreement kan læse."

    def add_arguments(self, parser):
        parser.add_argument("year", metavar="YEAR", type=int)
        parser.add_argument("file", metavar="FILE", type=Path)

    def handle(self, *, year: int, file: Path, **options):
        agreement = Agreement.objects.filter(budget_year=year).first()
        if agreement is None:
            raise CommandError(f"Der er ingen aftale for budgetår {year}.")
        try:
            file.write_text(dump_agreement(agreement=agreement), encoding="utf-8")
        except OSError as error:
            raise CommandError(f"{file}: kan ikke skrives: {what_failed(error)}.") from error
        self.stdout.write(f"{agreement.title} er skrevet til {file}.")
