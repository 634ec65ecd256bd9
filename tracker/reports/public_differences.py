"""What an edition corrects, told to a reader: only against an edition that the same reader may read."""

import json
from dataclasses import dataclass

from tracker.models import Edition
from tracker.reports.edition_differences import differences_between
from tracker.reports.public import Known


@dataclass(frozen=True)
class Difference:
    """One fact that is not the same; "" is nothing."""

    place: str
    before: str
    after: str


@dataclass(frozen=True)
class Differences:
    """`before` is None where the reader may read no earlier edition: then nothing of it is told."""

    before: Edition | None
    rows: list[Difference]


def differences_for(known: Known, edition: Edition) -> Differences:
    """The list that was frozen with the edition, where the reader may read the one it compares with. An edition between
    that was never opened, or is withdrawn, gives away nothing: the list is then drawn against the last one the reader
    could read."""
    earlier = [each for each in known.readable if each.number < edition.number]
    if not earlier:
        return Differences(None, [])
    before = earlier[-1]
    if before.number == edition.number - 1:
        rows = json.loads(edition.differences)
    else:
        texts = dict(Edition.objects.filter(pk__in=[before.pk, edition.pk]).values_list("pk", "content"))
        rows = differences_between(*(json.loads(texts[each.pk])["report"] for each in (before, edition)))
    return Differences(before, [Difference(*row) for row in rows])
