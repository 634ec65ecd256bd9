"""The rows below an item that are saved together with it: who answers for it, and its milestones."""

from typing import TypeVar

from django.db.models import F, Model

from budget.models import Item, Responsibility
from tracker.errors import TrackerError
from tracker.models import FollowUpRound, Milestone, MilestonePlan, User
from tracker.statuses import PlanState

Row = TypeVar("Row", bound=Model)


def signed(row: Row, by: User, reason: str = "") -> Row:
    """Who and why, for the history row that the next save or delete writes."""
    row._history_user = by.pk
    row._change_reason = reason
    return row


def identity(row: Responsibility) -> tuple:
    return row.role, row.committee_id, row.centre_id, row.words


def change_responsibilities(item: Item, wanted: list[Responsibility], by: User, reason: str = "") -> bool:
    """Only what comes or goes gets a history row; what stays may get a new place."""
    existing = {identity(row): row for row in item.responsibilities.all()}
    identities = [identity(row) for row in wanted]
    order = ("committee", "body", "contributor")
    before = sorted(existing.values(), key=lambda row: (order.index(row.role), row.position))
    if [identity(row) for row in before] == identities:
        return False
    for each, row in existing.items():
        if each not in identities:
            signed(row, by, reason).delete()
    item.responsibilities.update(position=F("position") + 1000)  # out of the way of the new places
    for row in wanted:
        if kept := existing.get(identity(row)):
            item.responsibilities.filter(pk=kept.pk).update(position=row.position)
        else:
            row.item = item
            signed(row, by, reason).save()
    return True


def change_milestones(item: Item, milestones: dict[FollowUpRound, list[str]], by: User, reason: str = "") -> bool:
    """Position by position, so that a reworded milestone keeps its row and its history."""
    changed = False
    for follow_up_round, texts in milestones.items():
        existing = list(item.milestones.filter(follow_up_round=follow_up_round).order_by("position"))
        for position, text in enumerate(texts, start=1):
            row = existing[position - 1] if position <= len(existing) else None
            if row is None:
                row = Milestone(item=item, follow_up_round=follow_up_round, position=position)
            if row.text == text:
                continue
            _must_not_be_published(follow_up_round)
            row.text = text
            signed(row, by, reason).save()
            changed = True
        for row in existing[len(texts) :]:
            _must_not_be_published(follow_up_round)
            signed(row, by, reason).delete()
            changed = True
    if changed:
        MilestonePlan.objects.filter(agreement=item.agreement, state=PlanState.APPROVED).update(state=PlanState.CHANGED)
    return changed


def _must_not_be_published(follow_up_round: FollowUpRound) -> None:
    if follow_up_round.is_published:
        raise TrackerError(f"{follow_up_round.label} er offentliggjort. Dens milepæle kan ikke ændres; intet er gemt.")
