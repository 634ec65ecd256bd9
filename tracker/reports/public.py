"""The public side: which editions a reader may know of.

Everything that the public side shows - lists, counts, the feed - is made of editions that `Permission.EDITION_READ`
grants to the reader, and of nothing else. All of it comes through here.
"""

from dataclasses import dataclass
from datetime import date
from functools import cache

from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.db.models import Prefetch
from django.utils import timezone

from budget.text import danish_order
from tracker.models import Edition, EditionFile, EditionStep, Publication, User
from tracker.permissions import Answer, Permission, Subject, answer_for, decide
from tracker.statuses import EDITION_ENDED, EditionState

ANYBODY = AnonymousUser()
_REACHES = [EditionState.BUILT, EditionState.RELEASED, EditionState.OPEN]


def answer_to(user: User | AnonymousUser, edition: Edition) -> Answer:
    """May this reader read the edition? What is open to anybody is answered without asking who it is."""
    anybody = decide(ANYBODY, Permission.EDITION_READ, edition)
    return anybody if anybody is Answer.YES else decide(user, Permission.EDITION_READ, edition)


def step_of(edition: Edition, state: EditionState) -> EditionStep | None:
    return next((each for each in edition.life if each.state == state), None)


def opened_on(edition: Edition) -> date | None:
    """The day it was opened to the public; None where it was not."""
    step = step_of(edition, EditionState.OPEN)
    return timezone.localtime(step.at).date() if step else None


def is_public(edition: Edition) -> bool:
    return decide(ANYBODY, Permission.EDITION_READ, edition) is Answer.YES


@dataclass(frozen=True)
class Known:
    """One publication as far as one reader may know it. `editions` are all there are, oldest first, for what has taken
    whose place; the answers say which of them the reader may read (YES) or knows to be withdrawn (GONE)."""

    publication: Publication
    editions: list[Edition]
    answers: dict[int, Answer]

    @property
    def readable(self) -> list[Edition]:
        return [each for each in self.editions if self.answers[each.number] is Answer.YES]

    @property
    def heard_of(self) -> list[Edition]:
        return [each for each in self.editions if self.answers[each.number] in {Answer.YES, Answer.GONE}]

    @property
    def newest(self) -> Edition | None:
        """The newest one that may be read and still stands. What was superseded does not stand again because its
        successor was withdrawn."""
        standing = [each for each in self.readable if each.state not in EDITION_ENDED]
        return standing[-1] if standing else None

    @property
    def older(self) -> Edition | None:
        """The last one that may still be read, though it was superseded."""
        superseded = [each for each in self.readable if each.state == EditionState.SUPERSEDED]
        return superseded[-1] if superseded else None

    @property
    def withdrawn(self) -> Edition | None:
        """The newest one, where that has been withdrawn."""
        last = self.heard_of[-1] if self.heard_of else None
        return last if last and last.state == EditionState.WITHDRAWN else None

    def edition(self, number: int) -> Edition | None:
        return next((each for each in self.heard_of if each.number == number), None)

    def successor_of(self, edition: Edition) -> Edition | None:
        """What took its place: the next one that came as far as it had."""
        if edition.state != EditionState.SUPERSEDED:
            return None
        reach = _REACHES.index(edition.reach)
        later = (each for each in self.editions if each.number > edition.number)
        return next((each for each in later if _REACHES.index(each.reach) >= reach), None)


def publications(user: User | AnonymousUser, *, with_files: bool = False, **where) -> list[Known]:
    """Every publication of which the reader may know an edition, the whole municipality first; two queries, or three
    with the names and sizes of the files. `where` narrows the editions."""
    rows = Edition.objects.filter(**where).select_related("publication__follow_up_round__agreement")
    rows = rows.defer("content", "differences").prefetch_related("steps").order_by("number")
    if with_files:
        rows = rows.prefetch_related(Prefetch("files", EditionFile.objects.defer("content")))
    by_publication: dict[int, list[Edition]] = {}
    for each in rows:
        by_publication.setdefault(each.publication_id, []).append(each)
    found = [known(user, editions) for editions in by_publication.values()]
    found.sort(key=lambda each: (not each.publication.is_whole, danish_order(each.publication.scope_name)))
    return [each for each in found if each.heard_of]


def known(user: User | AnonymousUser, editions: list[Edition]) -> Known:
    return Known(editions[0].publication, editions, {each.number: answer_to(user, each) for each in editions})


def of_round(year: int, number: int) -> dict:
    return {
        "publication__follow_up_round__agreement__budget_year": year,
        "publication__follow_up_round__number": number,
    }


def simply_open(year: int, number: int, scope: str, edition: int | None = None) -> tuple[int, str] | None:
    """Id and chain of the edition at an address (without a number: of the newest there is) where it is open and the
    newest word, so that the answer is the same for everybody. None where it takes a closer look. One query, without a
    row of the edition itself: on publication day this is asked a hundred times a second."""
    statement, parameters = _states_statement()
    asked = dict(zip(_ASKED, (year, number, scope), strict=True))
    with connection.cursor() as cursor:
        cursor.execute(statement, [asked[each] for each in parameters])
        last = {row[0]: row[1:] for row in cursor.fetchall()}
    if not last or edition not in {None, *last}:
        return None
    pk, chain, state = last[max(last) if edition is None else edition]
    may_all_read = answer_for({Subject.PUBLIC}, Permission.EDITION_READ, "O") is Answer.YES
    return (pk, chain) if state == EditionState.OPEN and may_all_read else None


_ASKED = (1900, 99, "omfang")  # stand for year, round and scope until somebody asks


@cache
def _states_statement() -> tuple[str, tuple]:
    """The steps of every edition at an address, in order. Putting the statement together takes ten times as long as the
    database takes to answer it, so that is done once."""
    year, number, scope = _ASKED
    where = {f"edition__{name}": value for name, value in of_round(year, number).items()}
    steps = EditionStep.objects.filter(edition__publication__scope=scope, **where)
    rows = steps.order_by("edition__number", "position")
    return rows.values_list("edition__number", "edition", "edition__chain", "state").query.sql_with_params()
