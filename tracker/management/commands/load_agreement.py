from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from budget.files.schema import FileRefused
from tracker.actions.agreement_files import load_agreement
from tracker.actions.events import operator
from tracker.errors import CprFound
from tracker.management.cpr import add_allow_cpr, with_way_out


class Command(BaseCommand):
    help = "Indlæser aftalefiler (TOML), alle eller ingen. Samme fil igen ændrer intet; en ændret fil afvises."

    def add_arguments(self, parser):
        parser.add_argument("files", nargs="+", metavar="FILE", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="kontrollér filerne uden at gemme")
        add_allow_cpr(parser)

    def handle(self, *, files: list[Path], dry_run: bool, allow_cpr: str, **options):
        refused, outcomes = [], []
        with transaction.atomic():
            for path in files:
                try:
                    by = operator("load_agreement")
                    outcomes.append(load_agreement(path=path, by=by, dry_run=dry_run, cpr_reason=allow_cpr))
                except (FileRefused, CprFound) as error:
                    refused.append(str(error))
            if refused:
                transaction.set_rollback(True)
        if refused:
            raise CommandError(with_way_out("\n".join([*refused, "Intet er ændret."])))
        for outcome in outcomes:
            self.stdout.write(self._sentence(outcome, dry_run))

    @staticmethod
    def _sentence(outcome, dry_run: bool) -> str:
        if not outcome.is_new:
            return f"{outcome.file}: {outcome.title} er allerede indlæst; intet er ændret."
        words = {
            "sections": "afsnit",
            "items": "punkter",
            "milestones": "milepæle",
            "assessments": "vurderinger",
            "amount_lines": "beløbslinjer",
        }
        counts = ", ".join(f"{outcome.counts[key]} {word}" for key, word in words.items())
        done = "er uden fejl og kan indlæses" if dry_run else "er indlæst"
        return f"{outcome.file}: {outcome.title} {done} ({counts})."
