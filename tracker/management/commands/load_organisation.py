from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from budget.files.schema import FileRefused
from tracker.actions.agreement_files import load_organisation
from tracker.actions.events import operator
from tracker.errors import CprFound
from tracker.management.cpr import add_allow_cpr, with_way_out


class Command(BaseCommand):
    help = "Indlæser udvalg, centre og partier fra en organisationsfil (TOML). Nye tilføjes; ændrede afvises."

    def add_arguments(self, parser):
        parser.add_argument("file", metavar="FILE", type=Path)
        add_allow_cpr(parser)

    def handle(self, *, file: Path, allow_cpr: str, **options):
        try:
            added = load_organisation(path=file, by=operator("load_organisation"), cpr_reason=allow_cpr)
        except (FileRefused, CprFound) as error:
            raise CommandError(with_way_out(f"{error}\nIntet er ændret.")) from error
        self.stdout.write(f"{file}: {added} nye udvalg, centre og partier." if added else f"{file}: intet nyt.")
