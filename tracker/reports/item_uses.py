"""What holds on to an item, so that it cannot be deleted."""

from budget.models import Item
from tracker.statuses import RoundState


def why_item_stays(item: Item) -> list[str]:
    """A sentence for each that keeps the item, with what to do about it; none when it may go."""
    reasons = []
    if item.assessments.exists():
        reasons.append("Punktet er vurderet i en runde.")
    begun = item.milestones.exclude(follow_up_round__state=RoundState.PLANNED).select_related("follow_up_round")
    if milestone := begun.first():
        reasons.append(f"Punktet har milepæle i {milestone.follow_up_round.label}, som er åbnet.")
    if line := item.amount_lines.first():
        reasons.append(f"Beløbslinjen »{line}« hører til punktet. Fjern punktet fra linjen først.")
    if link := item.links_here.select_related("item__agreement").first():
        reasons.append(f"{link.item.key} i {link.item.agreement} henviser til punktet. Fjern henvisningen først.")
    return reasons
