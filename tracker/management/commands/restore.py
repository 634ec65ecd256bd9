from datetime import datetime
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from tracker.actions.backups import restore_backup
from tracker.backups.errors import BackupRefused
from tracker.errors import TrackerError


class Command(BaseCommand):
    help = "Gendanner hele databasen fra en backupfil, eller ændrer intet. Serveren skal være stoppet."

    def add_arguments(self, parser):
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument("--replace", action="store_true", help="erstat alt, der er i databasen")

    def handle(self, *, file: Path, replace: bool, **options):
        try:
            restored = restore_backup(file=file, replace=replace)
        except BackupRefused as error:
            raise CommandError(f"{error}\nIntet er ændret.") from error
        except TrackerError as error:
            raise CommandError(str(error)) from error
        contents = restored.manifest.contents
        made_at = timezone.localtime(datetime.fromisoformat(restored.manifest.created_at))
        self.stdout.write(
            f"Databasen er gendannet fra {file}, taget {made_at:%d.%m.%Y kl. %H.%M}: {len(contents.tables)} tabeller "
            f"med {contents.rows} rækker, alle talt op og sammenlignet med backuppen."
        )
        if restored.is_older:
            self.stdout.write("Backuppen er fra en ældre version: kør ./start setup, før serveren startes.")
        self.stdout.write("Den hemmelige nøgle var ikke med; brug den, installationen havde. Alle skal logge ind igen.")
