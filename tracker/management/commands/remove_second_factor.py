"""The way back in for the last administrator, whose telephone is gone."""

from django.core.management.base import BaseCommand, CommandError

from tracker.actions.events import operator
from tracker.actions.second_factor import remove_second_factor
from tracker.errors import TrackerError
from tracker.models import User


class Command(BaseCommand):
    help = "Fjerner en kontos andet trin ved log ind, når telefonen er væk. Adgangskoden er uændret."

    def add_arguments(self, parser):
        parser.add_argument("username", metavar="BRUGERNAVN")

    def handle(self, *, username: str, **options):
        account = User.objects.filter(username=username).first()
        if account is None:
            raise CommandError(f"Der er ingen konto med brugernavnet {username}.")
        try:
            remove_second_factor(account=account, by=operator("remove_second_factor"))
        except TrackerError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Andet trin er fjernet fra {username}.")
