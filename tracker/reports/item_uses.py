"""What holds on to an item, so that it cannot be deleted."""

from budget.models import Item
from tracker.models import MilestonePlan
from tracker.statuses import PLAN_DECIDED, RoundState


def why_item_stays(item: Item) -> list[str]:
    """A sentence for each that keeps the item, with what to do about it; none when it may go."""
    reasons = []
    if item.assessments.exists():
        reasons.append("Punktet er vurderet i en runde.")
    if item.finance_notes.exists():
        reasons.append("Økonomi og Styring har skrevet en bemærkning til punktet i en runde.")
    begun = item.milestones.exclude(follow_up_round__state=RoundState.PLANNED).select_related("follow_up_round")
    if milestone := begun.first():
        reasons.append(f"Punktet har milepæle i {milestone.follow_up_round.label}, som er åbnet.")
    plan = MilestonePlan.objects.filter(agreement=item.agreement_id, state__in=PLAN_DECIDED)
    if item.milestone_changes.exists() or (item.milestones.exists() and plan.exists()):
        reasons.append("Punktet har eller har haft milepæle i en godkendt plan. Det skal stadig kunne ses.")
    if line := item.amount_lines.first():
        reasons.append(f"Beløbslinjen »{line}« hører til punktet. Fjern punktet fra linjen først.")
    if link := item.links_here.select_related("item__agreement").first():
        reasons.append(f"{link.item.key} i {link.item.agreement} henviser til punktet. Fjern henvisningen først.")
    return reasons
