from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from tracker.actions.events import operator
from tracker.actions.reminders import Outcome, send_reminders
from tracker.reports.reminders import Digest


class Command(BaseCommand):
    help = (
        "Sender dagens påmindelser om det, der ikke er indsendt: højst en mail pr. person, kun på arbejdsdage, og "
        "aldrig det samme to gange. Til en tidsplan (cron), fx hver morgen kl. 7."
    )

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true", help="vis, hvem der ville få en mail, uden at sende")

    def handle(self, *, dry_run: bool, **options):
        outcome = send_reminders(by=operator("send_reminders"), dry_run=dry_run)
        if not outcome.is_workday:
            self.stdout.write("I dag er ingen arbejdsdag. Der sendes ingen påmindelser.")
            return
        self._tell(outcome, dry_run)
        if outcome.failed:
            names = "\n".join(f"  {user.username}: {reason}" for user, reason in outcome.failed)
            raise CommandError(
                f"{len(outcome.failed)} kunne ikke få deres påmindelse. De får den ved næste kørsel.\n{names}"
            )

    def _tell(self, outcome: Outcome, dry_run: bool) -> None:
        for digest in outcome.sent:
            self.stdout.write(f"{'Ville sende' if dry_run else 'Sendt'} til {digest.user.email}: {_words(digest)}")
        for digest in outcome.without_address:
            self.stdout.write(f"Ingen e-mailadresse: {digest.user.username} ({digest.user}), {_words(digest)}")
        if not outcome.sent and not outcome.failed:
            self.stdout.write("Der er ingen nye påmindelser at sende.")
        if outcome.sent and not settings.EMAIL_HOST and not dry_run:
            self.stdout.write(f"Der er ingen mailserver (EMAIL_HOST). Mailene ligger i {settings.OUTBOX_DIR}.")


def _words(digest: Digest) -> str:
    return "; ".join(f"{each.subject}, {kind.label}" for each, kind in digest.due)
