"""Loading and dumping an agreement file: checked whole, then saved in one transaction or not at all."""

from dataclasses import dataclass, field
from pathlib import Path

from django.db import transaction

from budget.files.organisation import load_organisation as read_organisation
from budget.files.schema import FileRefused, Problem, Problems, check_table
from budget.files.toml import differences, read_document, write_document
from budget.models import Agreement
from tracker import followup_file
from tracker.models import Act, User

from .events import write_event


@dataclass(frozen=True)
class LoadOutcome:
    """What loading one file came to. `is_new` is False where the database already holds what the file says."""

    file: str
    title: str
    is_new: bool
    counts: dict[str, int] = field(default_factory=dict)


@transaction.atomic
def load_agreement(*, path: Path, by: User | str, dry_run: bool = False) -> LoadOutcome:
    """Reads, checks and saves one agreement file.

    Raises FileRefused with every problem, or with every difference where the agreement is known and the file says
    something else. The file an agreement was loaded from is recognised even after people have worked on it.
    """
    document, digest = read_document(path)
    problems = Problems()
    file = check_table(document, followup_file.SCHEMA, "filen", problems)
    followup_file.check(file, problems)
    if problems.found:
        raise FileRefused(str(path), problems.found)
    year = file["agreement"]["budget_year"]
    if known := Agreement.objects.filter(budget_year=year).first():
        _compare(path, file, digest, known)
        return LoadOutcome(str(path), known.title, is_new=False)
    counts = file["control"]
    if not dry_run:
        agreement = followup_file.save(file, digest, by.pk if isinstance(by, User) else None)
        note = f"fil med SHA-256 {digest}"
        write_event(act=Act.AGREEMENT_LOADED, by=by, subject=f"aftale {agreement.budget_year}", note=note)
    return LoadOutcome(str(path), file["agreement"]["title"], is_new=True, counts=counts)


def _compare(path: Path, file: dict, digest: str, known: Agreement) -> None:
    if known.file_digest == digest:
        return
    found = differences(followup_file.in_schema_order(file), followup_file.document_of(known))
    if found:
        problems = [Problem("forskel", words) for words in found]
        raise FileRefused(
            str(path), [Problem("filen", f"{known.title} er allerede indlæst med et andet indhold"), *problems]
        )


def dump_agreement(*, agreement: Agreement) -> str:
    """The agreement as the text of an agreement file; loading it into an empty database gives the same agreement."""
    return write_document(followup_file.document_of(agreement), followup_file.FIRST_LINE)


@transaction.atomic
def load_organisation(*, path: Path, by: User | str) -> int:
    """Adds the committees, centres and parties that are new; returns how many."""
    added = read_organisation(path)
    if added:
        write_event(act=Act.ORGANISATION_LOADED, by=by, subject="organisationen", note=f"{added} nye")
    return added
