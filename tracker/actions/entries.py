"""What every act on an entry begins and ends with: the round's row locked, the assessment as it now is, a change that
is refused when somebody else has written since, and a note of who has had a hand in it."""

from dataclasses import dataclass, field

from budget.models import Item
from tracker.errors import RoundNotOpen, StaleVersion
from tracker.models import Assessment, Entry, EntryAuthor, FollowUpRound, User


@dataclass(frozen=True)
class Left:
    """What an act on many entries left as it was, and why."""

    key: str
    title: str
    reason: str


@dataclass(frozen=True)
class BulkResult:
    """What an act on many entries did, in agreement order."""

    done: list[Assessment] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)


def locked_round(follow_up_round: FollowUpRound) -> FollowUpRound:
    """The round's row as it now is. Locked first, so that closing a round and an act on its entries cannot pass each
    other."""
    return FollowUpRound.objects.select_for_update(no_key=True).get(pk=follow_up_round.pk)


def locked_open_round(follow_up_round: FollowUpRound) -> FollowUpRound:
    """RoundNotOpen if the round is not open."""
    locked = locked_round(follow_up_round)
    if not locked.is_open:
        raise RoundNotOpen(locked.label)
    return locked


def current_assessment(item: Item, follow_up_round: FollowUpRound) -> Assessment | None:
    found = Assessment.objects.filter(item=item, follow_up_round=follow_up_round).select_related("saved_by").first()
    if found:
        found.item, found.follow_up_round = item, follow_up_round
    return found


def current_assessments(follow_up_round: FollowUpRound, keys: set[str]) -> dict[str, Assessment]:
    """The assessments of these items by the items' keys, in agreement order."""
    rows = Assessment.objects.filter(
        follow_up_round=follow_up_round, item__agreement=follow_up_round.agreement, item__key__in=keys
    )
    found = {}
    for row in rows.select_related("item__lead_centre").order_by("item__sort_key", "item__key"):
        row.follow_up_round, row.item.agreement = follow_up_round, follow_up_round.agreement
        found[row.item.key] = row
    return found


def entry_of(assessment: Assessment) -> Entry:
    return Entry(assessment.item, assessment.follow_up_round, assessment)


def change_assessment(assessment: Assessment, by: User, *, history: bool = True, **fields) -> Assessment:
    """Writes the fields if nobody else has written since `assessment` was read; else StaleVersion."""
    fields["version"] = assessment.version + 1
    changed = Assessment.objects.filter(pk=assessment.pk, version=assessment.version).update(**fields)
    if not changed:
        raise StaleVersion(current_assessment(assessment.item, assessment.follow_up_round))
    for name, value in fields.items():
        setattr(assessment, name, value)
    if history:
        Assessment.history.bulk_history_create([assessment], update=True, default_user=by)
    return assessment


def note_author(item: Item, follow_up_round: FollowUpRound, by: User) -> None:
    """Whoever has typed in an entry, submitted or annotated it does not approve it. Once noted, always noted."""
    author = EntryAuthor(item=item, follow_up_round=follow_up_round, user=by)
    EntryAuthor.objects.bulk_create([author], ignore_conflicts=True)
