from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from budget.files.schema import FileRefused
from tracker.actions.agreement_files import load_organisation
from tracker.actions.events import operator


class Command(BaseCommand):
    help = "Indlæser udvalg, centre og partier fra en organisationsfil (TOML). Nye tilføjes; ændrede afvises."

    def add_arguments(self, parser):
        parser.add_argument("file", metavar="FILE", type=Path)

    def handle(self, *, file: Path, **options):
        try:
            added = load_organisation(path=file, by=operator("load_organisation"))
        except FileRefused as error:
            raise CommandError(f"{error}\nIntet er ændret.") from error
        self.stdout.write(f"{file}: {added} nye udvalg, centre og partier." if added else f"{file}: intet nyt.")
