from django.core.management.base import BaseCommand, CommandError

from tracker.models import Edition
from tracker.reports.edition_chain import chain_head, verify_editions


class Command(BaseCommand):
    help = "Re-hashes every edition and the chain they form. Exit status 1, and a line for each that differs."

    def add_arguments(self, parser):
        parser.add_argument(
            "--head", metavar="CHECKSUM", default="", help="a checksum kept elsewhere: the chain must still hold it"
        )

    def handle(self, *, head: str, **options):
        problems = list(verify_editions())
        if head and not Edition.objects.filter(chain=head.strip().lower()).exists():
            problems.append(f"Kæden har ingen udgave med kontrolsummen {head}.")
        for problem in problems:
            self.stderr.write(problem)
        if problems:
            raise CommandError(f"{len(problems)} fejl: det offentliggjorte er ikke, som det var.")
        number, checksum = chain_head()
        if not number:
            self.stdout.write("Der er ingen udgaver endnu.")
            return
        self.stdout.write(f"{number} udgave{'r' if number > 1 else ''} kontrolleret; alt er, som det var.")
        self.stdout.write(f"Kæden slutter med {checksum}. Gem den et andet sted.")
