"""Changing an item by form: its texts, who answers for it, and its milestones - with a reason, and kept in history."""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from budget.files.saving import responsibilities_of
from budget.models import Centre, Committee, Item, Responsibility
from tracker.errors import TrackerError
from tracker.models import Act, FollowUpRound, Milestone, MilestonePlan, User, subject_of
from tracker.statuses import PlanState

from .events import write_event


@transaction.atomic
def change_item(
    *,
    item: Item,
    by: User,
    version: int,
    fields: dict[str, object],
    committees: list[Committee],
    bodies: list[str],
    contributors: list[Centre],
    contributor_words: list[str],
    milestones: dict[FollowUpRound, list[str]],
    reason: str = "",
    now: datetime | None = None,
) -> bool:
    """Saves what differs; False when nothing did. `version` is the one the form was opened with: if the item has been
    changed since, TrackerError, and nothing is saved."""
    current = Item.objects.select_for_update(no_key=True).get(pk=item.pk)
    if current.version != version:
        raise TrackerError(
            "En anden har rettet punktet, siden du åbnede siden. Dine rettelser er ikke gemt, men står stadig i "
            "felterne. Åbn punktet i et nyt vindue, sammenlign, og gem igen derfra."
        )
    wanted = responsibilities_of(
        committees=committees, bodies=bodies, contributors=contributors, contributor_words=contributor_words
    )
    texts_changed = _change_fields(current, fields, by, reason)
    people_changed = _change_responsibilities(current, wanted, by, reason)
    plan_changed = _change_milestones(current, milestones, by, reason)
    if not (texts_changed or people_changed or plan_changed):
        return False
    Item.objects.filter(pk=current.pk).update(version=version + 1)
    subject = subject_of(item.agreement.budget_year, key=item.key)
    if texts_changed or people_changed:
        write_event(act=Act.ITEM_CHANGED, by=by, subject=subject, note=reason, now=now)
    if plan_changed:
        write_event(act=Act.MILESTONES_CHANGED, by=by, subject=subject, note=reason, now=now)
    return True


def _change_fields(item: Item, fields: dict[str, object], by: User, reason: str) -> bool:
    changed = [name for name, value in fields.items() if getattr(item, name) != value]
    for name in changed:
        setattr(item, name, fields[name])
    if changed:
        _sign(item, by, reason).save(update_fields=[*changed, "search_text"])
    return bool(changed)


def _sign(row, by: User, reason: str):
    """Who and why, for the history row that the next save or delete writes."""
    row._history_user = by.pk
    row._change_reason = reason
    return row


def _identity(row: Responsibility) -> tuple:
    return row.role, row.committee_id, row.centre_id, row.words


def _change_responsibilities(item: Item, wanted: list[Responsibility], by: User, reason: str) -> bool:
    """Only what comes or goes gets a history row; what stays may get a new place."""
    existing = {_identity(row): row for row in item.responsibilities.all()}
    identities = [_identity(row) for row in wanted]
    order = ("committee", "body", "contributor")
    before = sorted(existing.values(), key=lambda row: (order.index(row.role), row.position))
    if [_identity(row) for row in before] == identities:
        return False
    for identity, row in existing.items():
        if identity not in identities:
            _sign(row, by, reason).delete()
    item.responsibilities.update(position=F("position") + 1000)  # out of the way of the new places
    for row in wanted:
        if kept := existing.get(_identity(row)):
            item.responsibilities.filter(pk=kept.pk).update(position=row.position)
        else:
            row.item = item
            _sign(row, by, reason).save()
    return True


def _change_milestones(item: Item, milestones: dict[FollowUpRound, list[str]], by: User, reason: str) -> bool:
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
            _sign(row, by, reason).save()
            changed = True
        for row in existing[len(texts) :]:
            _must_not_be_published(follow_up_round)
            _sign(row, by, reason).delete()
            changed = True
    if changed:
        MilestonePlan.objects.filter(agreement=item.agreement, state=PlanState.APPROVED).update(state=PlanState.CHANGED)
    return changed


def _must_not_be_published(follow_up_round: FollowUpRound) -> None:
    if follow_up_round.is_published:
        raise TrackerError(f"{follow_up_round.label} er offentliggjort. Dens milepæle kan ikke ændres; intet er gemt.")
