"""What applying an uploaded agreement file would do to the agreement as it now stands. Nothing is changed here."""

import hashlib
from dataclasses import dataclass, field
from enum import StrEnum

from budget.files.schema import Problem
from budget.files.toml import Difference, parse_document
from budget.models import Agreement, AmountTable, YearAmount
from budget.totals import sum_by_year
from tracker.models import AgreementUpload, Assessment
from tracker.reports.difference_words import DifferenceRow, difference_rows
from tracker.statuses import RoundState

from .agreement_files import check_document, differences_from, dump_agreement
from .cpr_in_files import number_problems
from .replacing import obstacles_to_replacing

COUNTED = {
    "sections": "Afsnit",
    "items": "Punkter",
    "amount_lines": "Beløbslinjer",
    "milestones": "Milepæle",
    "assessments": "Vurderinger",
}


class Outcome(StrEnum):
    """What the database holds for the file's year, and so what applying the file comes to."""

    NEW = "new"
    SAME = "same"
    DRAFT = "draft"
    SIGNED = "signed"


@dataclass(frozen=True)
class TotalRow:
    """What the file's lines sum to in one table and year, what the file says they should, and what the agreement's
    lines sum to now; None for none."""

    table: str
    year: int
    lines: int
    stated: int | None
    now: int | None = None


@dataclass(frozen=True)
class Preview:
    """`base` is what the preview was compared with: the SHA-256 of the agreement's dump, "" where there is none."""

    upload: AgreementUpload
    file: dict
    known: Agreement | None
    base: str
    has_entries: bool = False
    differences: list[Difference] = field(default_factory=list)
    obstacles: list[str] = field(default_factory=list)
    numbers: list[Problem] = field(default_factory=list)  # what looks like CPR numbers

    @property
    def rows(self) -> list[DifferenceRow]:
        return difference_rows(self.differences)

    @property
    def outcome(self) -> Outcome:
        if self.known is None:
            return Outcome.NEW
        if not self.differences:
            return Outcome.SAME
        return Outcome.SIGNED if self.known.is_signed else Outcome.DRAFT

    @property
    def is_stale(self) -> bool:
        """Somebody has changed the agreement since the file was compared with it."""
        return self._is_open and self.base != self.upload.base

    @property
    def may_apply(self) -> bool:
        return self._is_open and self.base == self.upload.base

    @property
    def _is_open(self) -> bool:
        return self.outcome in {Outcome.NEW, Outcome.DRAFT} and not self.obstacles

    @property
    def is_its_own_file(self) -> bool:
        """The agreement was loaded from this very file; what differs is what people have changed since."""
        return self.known is not None and self.known.file_digest == self.upload.digest

    @property
    def title(self) -> str:
        return self.file["agreement"]["title"]

    @property
    def years(self) -> str:
        first, last = self.file["agreement"]["budget_year"], self.file["agreement"]["last_year"]
        return str(first) if first == last else f"{first}-{last}"

    @property
    def counts(self) -> list[tuple[str, int]]:
        return [(label, self.file["control"][key]) for key, label in COUNTED.items()]

    @property
    def totals(self) -> list[TotalRow]:
        sums = sum_by_year(
            (line["table"], amount["year"], amount["kroner"])
            for line in self.file["amount_lines"]
            for amount in line["amounts"]
            if amount["year"] is not None and amount["last_year"] is None
        )
        stated = {(row["table"], row["year"]): row["kroner"] for row in self.file["control_totals"]}
        tables = AmountTable.values
        now = _sums_of(self.known)
        pairs = sorted({*sums, *stated, *now}, key=lambda pair: (tables.index(pair[0]), pair[1]))
        return [
            TotalRow(AmountTable(pair[0]).label, pair[1], sums.get(pair, 0), stated.get(pair), now.get(pair))
            for pair in pairs
        ]

    @property
    def notices(self) -> list[str]:
        """What follows from the file without being said by it."""
        found = []
        if self.file["agreement"]["signed_on"]:
            signed_on = self.file["agreement"]["signed_on"]
            found.append(f"Aftalen er ifølge filen indgået {signed_on:%d.%m.%Y}. Når den er indlæst, er den lukket.")
        if entered := self.file["control"]["assessments"]:
            found.append(f"Filen har {entered} vurderinger med. De bliver indlæst, som de står.")
        for row in self.file["rounds"]:
            if row["state"] != RoundState.PLANNED:
                found.append(f"{row['label']} bliver oprettet som {RoundState(row['state']).label}.")
        return found


def _sums_of(known: Agreement | None) -> dict[tuple[str, int], int]:
    amounts = YearAmount.objects.filter(line__agreement=known, year__isnull=False, last_year=None)
    return sum_by_year(amounts.values_list("line__table", "year", "kroner")) if known else {}


def preview_of(upload: AgreementUpload) -> Preview:
    """The upload against the agreement as it now stands. FileRefused where the organisation that the file was checked
    against has changed so that it no longer holds."""
    document, _ = parse_document(bytes(upload.content), upload.file_name)
    file = check_document(document, upload.file_name)
    known = Agreement.objects.filter(budget_year=upload.budget_year).first()
    if known is None:
        return Preview(upload, file, None, "", numbers=number_problems(file))
    # A centre's draft is secret for whoever uploads a file, so what has been entered is never laid beside it.
    has_entries = Assessment.objects.filter(item__agreement=known).exists()
    found = differences_from(known, file, with_entries=not has_entries)
    # The counts at the end of a file follow from all the rest: they are no differences of their own.
    found = [each for each in found if not each.place.startswith("control ")]
    obstacles = [] if known.is_signed else obstacles_to_replacing(known)
    return Preview(upload, file, known, base_of(known), has_entries, found, obstacles, number_problems(file))


def base_of(known: Agreement | None) -> str:
    """What a later look at the agreement is held against, to see whether anything has changed."""
    return hashlib.sha256(dump_agreement(agreement=known).encode()).hexdigest() if known else ""
