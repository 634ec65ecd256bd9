"""The rows below an item that are saved together with it: who answers for it, and its milestones."""

from collections import Counter
from datetime import datetime
from itertools import zip_longest
from typing import TypeVar

from django.db.models import F, Model
from django.utils import timezone

from budget.models import Item, Responsibility
from tracker.errors import Refused, TrackerError
from tracker.models import FollowUpRound, Milestone, MilestoneChange, MilestonePlan, User
from tracker.statuses import PLAN_DECIDED, PlanState

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


def change_milestones(
    item: Item,
    milestones: dict[FollowUpRound, list[str]],
    by: User,
    reason: str = "",
    now: datetime | None = None,
) -> bool:
    """Position by position, so that a reworded milestone keeps its row and its history. Once the plan is approved a
    changed milestone takes a reason and is told with its old and new text. The caller has locked the agreement."""
    moved: list[MilestoneChange] = []
    changed = False
    for follow_up_round, texts in milestones.items():
        existing = list(item.milestones.filter(follow_up_round=follow_up_round).order_by("position"))
        moved += [
            MilestoneChange(item=item, follow_up_round=follow_up_round, before=before, after=after)
            for before, after in changed_texts([row.text for row in existing], texts)
        ]
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
    if moved and MilestonePlan.objects.filter(agreement=item.agreement, state__in=PLAN_DECIDED).exists():
        _tell_of(moved, item, by, reason, now)
    return changed


def changed_texts(before: list[str], after: list[str]) -> list[tuple[str, str]]:
    """One pair of old and new text per milestone of a round that came ("" before), went ("" after) or was reworded; one
    that merely has another place among its neighbours is no change."""
    gone, new = _beyond(before, after), _beyond(after, before)
    return list(zip_longest(gone, new, fillvalue=""))


def _beyond(texts: list[str], others: list[str]) -> list[str]:
    """The texts that the others do not hold, each as many times as it is missing."""
    left, found = Counter(others), []
    for text in texts:
        if left[text]:
            left[text] -= 1
        else:
            found.append(text)
    return found


def _tell_of(moved: list[MilestoneChange], item: Item, by: User, reason: str, now: datetime | None) -> None:
    if not reason.strip():
        raise Refused(reason="Milepælsplanen er godkendt. Skriv, hvorfor milepælene ændres.")
    for change in moved:
        change.reason, change.at, change.user_id = reason, now or timezone.now(), by.pk
    MilestoneChange.objects.bulk_create(moved)
    MilestonePlan.objects.filter(agreement=item.agreement, state=PlanState.APPROVED).update(state=PlanState.CHANGED)


def _must_not_be_published(follow_up_round: FollowUpRound) -> None:
    if follow_up_round.is_published:
        raise TrackerError(f"{follow_up_round.label} er offentliggjort. Dens milepæle kan ikke ændres; intet er gemt.")
