import getpass
import sys

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from tracker.actions.accounts import create_account
from tracker.actions.events import operator
from tracker.models import User
from tracker.statuses import Role


class Command(BaseCommand):
    help = "Opretter den første administrator, som derefter opretter de andre konti på siden Konti."

    def add_arguments(self, parser):
        parser.add_argument("username", metavar="USERNAME")
        parser.add_argument("name", metavar="NAME", help="navn eller funktion")

    def handle(self, *, username: str, name: str, **options):
        account = User(username=username, name=name)
        password = _ask()
        try:
            account.full_clean(exclude=["password"])
            validate_password(password, account)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        create_account(
            account=account, password=password, roles={Role.ADMINISTRATOR}, by=operator("create_administrator")
        )
        self.stdout.write(f"Administratoren {username} er oprettet. Log ind, og opret de andre konti under Konti.")


def _ask() -> str:
    """The password from the keyboard, twice; from standard input where there is no keyboard (a script)."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    password = getpass.getpass("Adgangskode (mindst 15 tegn): ")
    if password != getpass.getpass("Adgangskoden igen: "):
        raise CommandError("De to adgangskoder er ikke ens. Intet er oprettet.")
    return password
