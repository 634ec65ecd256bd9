from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from budget.files.schema import FileRefused
from tracker.actions.demo import Demo, load_demo, publish_demo
from tracker.actions.events import operator
from tracker.errors import OtherAccountsExist
from tracker.exports.editions import RENDERER


class Command(BaseCommand):
    help = "Indlæser demoen: aftalen, en åben runde og en konto pr. rolle. Afviser, hvor der er andre konti."

    def add_arguments(self, parser):
        parser.add_argument(
            "--if-empty", action="store_true", help="hvor der er andre konti: sig det, og slut uden fejl"
        )

    def handle(self, *, if_empty: bool, **options):
        try:
            with transaction.atomic():
                demo = load_demo(by=operator("load_demo"), today=timezone.localdate())
                if demo.is_new:
                    publish_demo(by=operator("load_demo"), render=RENDERER)
        except OtherAccountsExist as error:
            if not if_empty:
                raise CommandError(str(error)) from error
            self.stdout.write(str(error))
        except FileRefused as error:
            raise CommandError(f"{error}\nIntet er ændret.") from error
        else:
            self._tell(demo)

    def _tell(self, demo: Demo) -> None:
        self.stdout.write("Demoen er indlæst." if demo.is_new else "Demoen er indlæst i forvejen; intet er ændret.")
        self.stdout.write(f"Demokonti (alle med adgangskoden {demo.password}):")
        width = max(len(account.username) for account in demo.accounts)
        for account in demo.accounts:
            self.stdout.write(f"  {account.username:<{width}}  {account.name}")
