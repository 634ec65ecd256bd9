"""Milestones that were changed once the plan was approved: shown wherever the milestone is."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from budget.models import Agreement, Item
from tracker.models import MilestoneChange

CHANGED = "milepæl ændret"  # the words beside a smiley; a mark alone would be read by nobody


@dataclass(frozen=True)
class ChangedMilestone:
    """One milestone that came ("" before), went ("" after) or was reworded: when, and why."""

    before: str
    after: str
    on: date
    reason: str


def milestone_changes(of: Agreement | Item) -> dict[tuple[int, int], list[ChangedMilestone]]:
    """By ids of item and round, oldest first; one query."""
    rows = MilestoneChange.objects.filter(**({"item": of} if isinstance(of, Item) else {"item__agreement": of}))
    found = defaultdict(list)
    for row in rows:
        found[row.item_id, row.follow_up_round_id].append(
            ChangedMilestone(row.before, row.after, timezone.localtime(row.at).date(), row.reason)
        )
    return found
