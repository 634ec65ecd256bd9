"""What silence is called once a round is over: who did not report, and by when it should have been. Nothing else ever
stands in its place, least of all the smiley of the round before."""

from datetime import date

from budget.models import Item
from tracker.models import Entry, FollowUpRound
from tracker.templatetags.tracker import day

NOBODY = "intet center er ansvarligt"


def nobody_owes(printed: str = "") -> str:
    """For an item without a lead centre; `printed` is what the agreement names in its place."""
    return f"{NOBODY} (aftalen nævner {printed})" if printed else NOBODY


def who_owes(item: Item) -> str:
    """The centre that reports on the item, or that none does."""
    return item.lead_centre.name if item.lead_centre else nobody_owes(item.printed_centre)


def silence_words(item: Item, follow_up_round: FollowUpRound) -> str:
    """Ikke indberettet af Ejendomme. Fristen var 12.06.2018."""
    who = f" af {item.lead_centre.name}" if item.lead_centre else f": {who_owes(item)}"
    return f"Ikke indberettet{who}. {_deadline(follow_up_round.deadline)}"


def _deadline(deadline: date | None) -> str:
    return f"Fristen var {day(deadline)}." if deadline else "Fristen er ikke angivet."


def silence_of(entry: Entry) -> str:
    """The same for an entry; "" while the round is not over, and for what was handed in."""
    is_reported = entry.assessment is not None and entry.assessment.is_reported
    return "" if is_reported or not entry.follow_up_round.is_over else silence_words(entry.item, entry.follow_up_round)
