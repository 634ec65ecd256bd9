from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from tracker.actions.backups import make_backup
from tracker.errors import TrackerError


class Command(BaseCommand):
    help = "Skriver hele databasen til en ny backupfil, også mens serveren kører."

    def add_arguments(self, parser):
        parser.add_argument("file", metavar="FILE", type=Path)

    def handle(self, *, file: Path, **options):
        try:
            manifest = make_backup(file=file, now=timezone.now())
        except TrackerError as error:
            raise CommandError(f"{error}\nDer er ikke taget backup.") from error
        contents = manifest.contents
        self.stdout.write(
            f"Backuppen er skrevet til {file}: {len(contents.tables)} tabeller med {contents.rows} rækker, "
            f"{file.stat().st_size} bytes."
        )
        self.stdout.write("Den hemmelige nøgle er ikke med; opbevar den for sig.")
