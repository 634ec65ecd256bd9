"""The editions of a round as staff follow them: what is built, how far each has come, and what can be done now."""

from dataclasses import dataclass

from django.db.models import Prefetch

from tracker.models import Edition, EditionFile, FollowUpRound
from tracker.statuses import EditionState


@dataclass(frozen=True)
class EditionsOfScope:
    """One publication: its newest edition first."""

    name: str
    scope: str
    editions: list[Edition]

    @property
    def newest(self) -> Edition:
        return self.editions[0]


@dataclass(frozen=True)
class EditionsPage:
    scopes: list[EditionsOfScope]

    def newest_in(self, *states: EditionState) -> list[Edition]:
        return [each.newest for each in self.scopes if each.newest.state in states]

    @property
    def every(self) -> list[Edition]:
        return [edition for each in self.scopes for edition in each.editions]


def editions_page(follow_up_round: FollowUpRound) -> EditionsPage:
    """All editions of the round with their steps and the names of their files, the whole municipality first; without
    the content, which is large."""
    found = (
        Edition.objects.filter(publication__follow_up_round=follow_up_round)
        .select_related("publication")
        .prefetch_related("steps", Prefetch("files", EditionFile.objects.defer("content")))
        .defer("content", "differences")
        .order_by("-number")
    )
    by_scope: dict[str, EditionsOfScope] = {}
    for each in found:
        each.publication.follow_up_round = follow_up_round
        scope = each.publication.scope
        by_scope.setdefault(scope, EditionsOfScope(each.publication.scope_name, scope, [])).editions.append(each)
    ordered = sorted(by_scope.values(), key=lambda each: (not each.newest.publication.is_whole, each.name))
    return EditionsPage(ordered)
