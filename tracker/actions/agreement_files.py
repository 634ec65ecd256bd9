"""Loading and dumping an agreement file: checked whole, then saved in one transaction or not at all."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.db import transaction

from budget.files.organisation import load_organisation as read_organisation
from budget.files.schema import FileRefused, Problem, Problems, check_table
from budget.files.toml import Difference, differing, read_document, write_document
from budget.models import Agreement
from tracker import followup_file
from tracker.models import Act, User, subject_of

from .cpr_in_files import number_problems, refuse_cpr_numbers_of_file, refuse_cpr_numbers_of_organisation
from .events import write_event


@dataclass(frozen=True)
class LoadOutcome:
    """What loading one file came to. `is_new` is False where the database already holds what the file says."""

    file: str
    title: str
    is_new: bool
    counts: dict[str, int] = field(default_factory=dict)


@transaction.atomic
def load_agreement(*, path: Path, by: User | str, dry_run: bool = False, cpr_reason: str = "") -> LoadOutcome:
    """Reads, checks and saves one agreement file.

    Raises FileRefused with every problem, or with every difference where the agreement is known and the file says
    something else. The file an agreement was loaded from is recognised even after people have worked on it. What looks
    like a CPR number is a problem too, unless `cpr_reason` says why it is none.
    """
    document, digest = read_document(path)
    file = check_document(document, str(path), has_cpr_check=not cpr_reason.strip())
    year = file["agreement"]["budget_year"]
    if known := Agreement.objects.filter(budget_year=year).first():
        _compare(path, file, digest, known)
        return LoadOutcome(str(path), known.title, is_new=False)
    if not dry_run:
        save_new(file=file, digest=digest, by=by, cpr_reason=cpr_reason)
    return LoadOutcome(str(path), file["agreement"]["title"], is_new=True, counts=file["control"])


def check_document(document: dict, name: str, *, has_cpr_check: bool = False) -> dict:
    """The decoded file with every key of the schema, or FileRefused with all that is wrong."""
    problems = Problems()
    file = check_table(document, followup_file.SCHEMA, "filen", problems)
    followup_file.check(file, problems)
    problems.found += number_problems(file) if has_cpr_check else []
    if problems.found:
        raise FileRefused(name, problems.found)
    return file


def save_new(
    *, file: dict, digest: str, by: User | str, cpr_reason: str = "", now: datetime | None = None
) -> Agreement:
    """A checked file of a year that has no agreement; the caller holds the transaction."""
    refuse_cpr_numbers_of_file(file=file, by=by, reason=cpr_reason, now=now)
    agreement = followup_file.save(file, digest, by.pk if isinstance(by, User) else None)
    note = f"fil med SHA-256 {digest}"
    write_event(act=Act.AGREEMENT_LOADED, by=by, subject=subject_of(agreement.budget_year), note=note, now=now)
    return agreement


def differences_from(known: Agreement, file: dict, *, with_entries: bool = True) -> list[Difference]:
    """Where a checked file and the agreement as it now stands disagree; `with_entries` also in what centres entered."""
    new, stored = followup_file.in_schema_order(file), followup_file.document_of(known)
    for item in [] if with_entries else [*new["items"], *stored.get("items", [])]:
        item.pop("assessments", None)
    found = differing(new, stored)
    for name, in_file, in_database in _printed_orders(new, stored):
        if in_file != in_database and not any(each.place.startswith(name) for each in found):
            found.append(Difference(name, "en anden rækkefølge", "den rækkefølge, der er gemt"))
    return found


def _printed_orders(file: dict, stored: dict) -> Iterator[tuple[str, list, list]]:
    """The lists that keep the order of the print. All others are in the order of their codes, whatever the file has."""
    for name in ("tax_rates", "amount_lines"):
        yield name, file.get(name, []), stored.get(name, [])
    yield "sections", *([row for row in each.get("sections", []) if "code" not in row] for each in (file, stored))


def _compare(path: Path, file: dict, digest: str, known: Agreement) -> None:
    if known.file_digest == digest:
        return
    if found := differences_from(known, file):
        problems = [Problem("forskel", str(each)) for each in found]
        raise FileRefused(
            str(path), [Problem("filen", f"{known.title} er allerede indlæst med et andet indhold"), *problems]
        )


def dump_agreement(*, agreement: Agreement) -> str:
    """The agreement as the text of an agreement file; loading it into an empty database gives the same agreement."""
    return write_document(followup_file.document_of(agreement), followup_file.FIRST_LINE)


@transaction.atomic
def load_organisation(*, path: Path, by: User | str, cpr_reason: str = "") -> int:
    """Adds the committees, centres and parties that are new; returns how many."""
    added = read_organisation(path)
    document, _ = read_document(path)
    refuse_cpr_numbers_of_organisation(document=document, name=str(path), by=by, reason=cpr_reason)
    if added:
        write_event(act=Act.ORGANISATION_LOADED, by=by, subject="organisationen", note=f"{added} nye")
    return added
