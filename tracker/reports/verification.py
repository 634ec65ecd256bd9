"""Is this ours? Which edition a checksum belongs to, as far as the asker may know of it."""

from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q

from tracker.models import Edition, EditionFile, EditionStep, User
from tracker.models.publications import FILE_KINDS
from tracker.permissions import Answer
from tracker.reports.public import Known, is_public, publications, step_of
from tracker.statuses import EditionState

CHAIN = "chain"


@dataclass(frozen=True)
class Recognised:
    """One edition that the checksum stands for: one of its files, or its place in the chain."""

    known: Known
    edition: Edition
    kind: str  # of the file; CHAIN for the checksum in the chain

    @property
    def is_file(self) -> bool:
        return self.kind != CHAIN

    @property
    def what(self) -> str:
        return FILE_KINDS.get(self.kind, self.kind) if self.is_file else "udgavens plads i kæden"

    @property
    def file_url_kind(self) -> str:
        """The kind of file to be had, if any: what is withdrawn is not."""
        readable = self.known.answers[self.edition.number] is Answer.YES
        return self.kind if readable and self.is_file else ""

    @property
    def is_public(self) -> bool:
        return is_public(self.edition)

    @property
    def opened(self) -> EditionStep | None:
        return step_of(self.edition, EditionState.OPEN)

    @property
    def withdrawn(self) -> EditionStep | None:
        return step_of(self.edition, EditionState.WITHDRAWN)

    @property
    def superseded(self) -> EditionStep | None:
        return step_of(self.edition, EditionState.SUPERSEDED)

    @property
    def successor(self) -> Edition | None:
        return self.known.successor_of(self.edition)


def recognised(user: User | AnonymousUser, checksum: str) -> list[Recognised]:
    """Every edition with this checksum that the asker may know of. Content and JSON file are one and the same bytes."""
    kinds = dict(EditionFile.objects.filter(sha256=checksum).values_list("edition", "kind"))
    if not kinds:
        found = Edition.objects.filter(Q(chain=checksum) | Q(content_sha256=checksum)).values("pk", "chain")
        kinds = {row["pk"]: CHAIN if row["chain"] == checksum else "json" for row in found}
    if not kinds:
        return []
    of_these = Edition.objects.filter(pk__in=kinds).values("publication")
    return [
        Recognised(known, edition, kinds[edition.pk])
        for known in publications(user, publication__in=of_these)
        for edition in known.heard_of
        if edition.pk in kinds
    ]
