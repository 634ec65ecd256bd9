from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from tracker.actions.backups import move_to_postgres
from tracker.backups.errors import BackupRefused
from tracker.errors import TrackerError


class Command(BaseCommand):
    help = "Flytter en SQLite-backup til den tomme PostgreSQL-database, som DATABASE_URL nævner."

    def add_arguments(self, parser):
        parser.add_argument("file", metavar="FILE", type=Path)

    def handle(self, *, file: Path, **options):
        try:
            manifest = move_to_postgres(file=file)
        except BackupRefused as error:
            raise CommandError(f"{error}\nIntet er ændret.") from error
        except TrackerError as error:
            raise CommandError(str(error)) from error
        contents = manifest.contents
        self.stdout.write(
            f"Flyttet fra {file} til PostgreSQL: {len(contents.tables)} tabeller med {contents.rows} rækker, alle talt "
            "op og sammenlignet med backuppen."
        )
        self.stdout.write("Brug den samme hemmelige nøgle som før. Alle skal logge ind igen.")
