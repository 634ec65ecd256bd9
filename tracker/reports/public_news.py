"""What has just happened to editions: for everybody in the feed, for a committee's members on Min side."""

from dataclasses import dataclass
from datetime import datetime

from tracker.models import Edition, EditionStep, User
from tracker.permissions import Answer, Permission, decide
from tracker.reports.public import ANYBODY, publications
from tracker.statuses import EditionState

_HEARD = {Answer.YES, Answer.GONE}


def released_to(user: User) -> list[Edition]:
    """What a committee member may read ahead of the public: released editions, the newest of each publication."""
    if not user.committee_slugs:
        return []
    further = EditionStep.objects.exclude(state__in=[EditionState.BUILT, EditionState.RELEASED]).values("edition")
    waiting = Edition.objects.filter(steps__state=EditionState.RELEASED).exclude(pk__in=further)
    found = publications(user, publication__in=waiting.values("publication"))
    return [each.newest for each in found if each.newest and each.newest.state == EditionState.RELEASED]


@dataclass(frozen=True)
class FeedEntry:
    """One thing that happened to an open edition."""

    edition: Edition
    state: EditionState
    at: datetime
    reason: str
    words: str


def feed_entries(limit: int = 50) -> list[FeedEntry]:
    """Openings, corrections and withdrawals of what is or was open to anybody, newest first; two queries."""
    steps = EditionStep.objects.filter(state__in=[EditionState.OPEN, EditionState.WITHDRAWN])
    steps = steps.filter(edition__in=EditionStep.objects.filter(state=EditionState.OPEN).values("edition"))
    steps = steps.select_related("edition__publication__follow_up_round__agreement")
    steps = steps.defer("edition__content", "edition__differences").prefetch_related("edition__steps")
    found = [_entry(each) for each in steps.order_by("-at", "-pk")[:limit]]
    return [each for each in found if decide(ANYBODY, Permission.EDITION_READ, each.edition) in _HEARD]


def _entry(step: EditionStep) -> FeedEntry:
    edition = step.edition
    if step.state == EditionState.WITHDRAWN:
        return FeedEntry(edition, EditionState.WITHDRAWN, step.at, step.reason, "Trukket tilbage")
    words = "Rettet" if edition.number > 1 else "Offentliggjort"
    return FeedEntry(edition, EditionState.OPEN, step.at, edition.reason, words)
