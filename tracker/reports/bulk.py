"""What can be submitted or approved in one act, with what is missing or odd first."""

from dataclasses import dataclass, field, replace

from tracker.models import FinanceNote, FollowUpRound, User, missing_answers
from tracker.reports.board import BoardRow, board_rows
from tracker.reports.oddities import Oddity, backgrounds_of, oddities_of
from tracker.reports.overview import EntryRow, entry_rows


@dataclass(frozen=True)
class DraftRow(EntryRow):
    """A draft of a chief's centre. `missing` must be filled in first; `oddities` only warn."""

    missing: list[str] = field(default_factory=list)
    oddities: list[Oddity] = field(default_factory=list)

    @property
    def version(self) -> int:
        return self.entry.assessment.version


@dataclass(frozen=True)
class SubmitPage:
    """The drafts of a chief's centres, and what nobody has begun on."""

    incomplete: list[DraftRow]
    odd: list[DraftRow]
    plain: list[DraftRow]
    untouched: list[EntryRow]

    @property
    def ready(self) -> int:
        return len(self.odd) + len(self.plain)


def submit_page(follow_up_round: FollowUpRound, user: User) -> SubmitPage:
    items = follow_up_round.agreement.items.for_centre(*user.chief_centre_ids)
    rows = entry_rows(items, follow_up_round, user)
    backgrounds = backgrounds_of(follow_up_round)
    drafts = [_draft(row, backgrounds) for row in rows if row.entry.assessment and row.entry.assessment.is_draft]
    complete = [row for row in drafts if not row.missing]
    return SubmitPage(
        incomplete=[row for row in drafts if row.missing],
        odd=[row for row in complete if row.oddities],
        plain=[row for row in complete if not row.oddities],
        untouched=[row for row in rows if row.entry.assessment is None],
    )


def _draft(row: EntryRow, backgrounds) -> DraftRow:
    assessment = row.entry.assessment
    missing = missing_answers(assessment)
    odd = [each for each in oddities_of(assessment, backgrounds.of(row.item.pk)) if each.code[3:] not in missing]
    return DraftRow(**vars(row), missing=list(missing.values()), oddities=odd)


@dataclass(frozen=True)
class ApprovalPage:
    """What an approver may approve, and what stands in the way of the rest."""

    odd: list[BoardRow]
    plain: list[BoardRow]
    own_hand: list[BoardRow]
    others: list[BoardRow]

    @property
    def ready(self) -> int:
        return len(self.odd) + len(self.plain)


def approval_page(
    follow_up_round: FollowUpRound, user: User, *, keys: set[str] | None = None, only_plain: bool = False
) -> ApprovalPage:
    """Of all entries, of those chosen (`keys`), or of those without anything odd. `others` are chosen ones that are not
    submitted, or not any more."""
    rows = [row for row in board_rows(follow_up_round, user) if keys is None or row.key in keys]
    notes = dict(FinanceNote.objects.filter(follow_up_round=follow_up_round).values_list("item_id", "text"))
    ready = [replace(row, note=notes.get(row.item.pk, "")) for row in rows if row.may_approve]
    return ApprovalPage(
        odd=[] if only_plain else [row for row in ready if row.oddities],
        plain=[row for row in ready if not row.oddities],
        own_hand=[] if only_plain else [row for row in rows if row.is_own_hand],
        others=[row for row in rows if keys and not row.may_approve and not row.is_own_hand],
    )
