"""Who may do what, and when: one table of permission x subject x state that both the views and the tests read.

What the table does not grant is denied. Each string holds one letter per state of the rule:

    Y  yes
    n  no, and it must look as if it does not exist (404)
    f  no, though the user may know of it (403)
    s  not in this state (409)

Someone with several roles has the best answer of them. A visitor who is not signed in is sent to the sign-in page
before any of this is asked, for existing and for made-up addresses alike.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import wraps

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse

from budget.models import Agreement, Item
from tracker.errors import WrongState
from tracker.models import Entry, FollowUpRound, User
from tracker.statuses import Role, RoundState


class Subject(StrEnum):
    COMMITTEE = "CO"
    OWN_CENTRE = "C+"
    OTHER_CENTRE = "C-"
    FINANCE = "FI"
    APPROVER = "FA"
    ADMINISTRATOR = "AD"


class Answer(StrEnum):
    YES = "Y"
    WRONG_STATE = "s"
    FORBIDDEN = "f"
    HIDDEN = "n"


_BEST_FIRST = [Answer.YES, Answer.WRONG_STATE, Answer.FORBIDDEN, Answer.HIDDEN]


class Permission(StrEnum):
    OWN_PAGE = "own_page"
    AGREEMENT_LIST = "agreement_list"
    AGREEMENT_READ = "agreement_read"
    MILESTONES_READ = "milestones_read"
    AGREEMENT_EDIT = "agreement_edit"
    ITEM_EDIT = "item_edit"
    SETUP = "setup"
    ENTRY_LIST = "entry_list"
    ENTRY_SEE = "entry_see"
    ENTRY_READ = "entry_read"
    ENTRY_EDIT = "entry_edit"
    ENTRY_SUBMIT = "entry_submit"
    ENTRY_TAKE_BACK = "entry_take_back"
    ENTRY_TAKE_OVER = "entry_take_over"
    RESULT_READ = "result_read"
    BOARD_READ = "board_read"
    ROUND_OPEN = "round_open"
    ROUND_CLOSE = "round_close"
    REPORT_PREVIEW = "report_preview"
    ACCOUNTS = "accounts"


@dataclass(frozen=True)
class Rule:
    """`states` names the columns; `acts` says that a Y becomes s while the round is not open."""

    states: str
    answers: dict[str, str]
    acts: bool = False

    def __post_init__(self):
        assert set(self.answers) == {*Subject} and all(len(a) == len(self.states) for a in self.answers.values())  # noqa: S101


def _rule(states: str, acts: bool = False, **answers: str) -> Rule:
    names = {"CO": "CO", "own": "C+", "other": "C-", "FI": "FI", "FA": "FA", "AD": "AD"}
    return Rule(states, {names[name]: letters for name, letters in answers.items()}, acts)


# "-": one state only. Agreement: D draft, S signed. Plan: B before approval, D decided. Entry: see EntryStage.
# Round: P planned, O open, C closed, U published.
TABLE: dict[Permission, Rule] = {
    Permission.OWN_PAGE: _rule("-", CO="Y", own="Y", other="Y", FI="Y", FA="Y", AD="Y"),
    Permission.AGREEMENT_LIST: _rule("-", CO="Y", own="Y", other="Y", FI="Y", FA="Y", AD="n"),
    Permission.AGREEMENT_READ: _rule("DS", CO="nY", own="nY", other="nY", FI="YY", FA="YY", AD="nn"),
    Permission.MILESTONES_READ: _rule("BD", CO="nY", own="YY", other="nY", FI="YY", FA="YY", AD="nn"),
    # What was agreed: outline, items, responsibilities, amounts. A signed agreement is closed.
    Permission.AGREEMENT_EDIT: _rule("DS", CO="nf", own="nf", other="nf", FI="Ys", FA="Ys", AD="nn"),
    # New agreements, agreement files and the register of the organisation.
    Permission.SETUP: _rule("-", CO="f", own="f", other="f", FI="Y", FA="Y", AD="n"),
    # What was not agreed of an item: note, life status, centre, milestones. It changes after signing too.
    Permission.ITEM_EDIT: _rule("DS", CO="nf", own="nf", other="nf", FI="YY", FA="YY", AD="nn"),
    Permission.ENTRY_LIST: _rule("-", CO="n", own="Y", other="Y", FI="Y", FA="Y", AD="n"),
    Permission.ENTRY_SEE: _rule(
        "NCFSXAP", CO="nnnnnnn", own="YYYYYYY", other="nnnnnnn", FI="YYYYYYY", FA="YYYYYYY", AD="nnnnnnn"
    ),
    Permission.ENTRY_READ: _rule(
        "NCFSXAP", CO="nnnnnnn", own="YYYYYYY", other="nnnnnnn", FI="YfYYYYY", FA="YfYYYYY", AD="nnnnnnn"
    ),
    Permission.ENTRY_EDIT: _rule(
        "NCFSXAP", True, CO="nnnnnnn", own="YYYssss", other="nnnnnnn", FI="YfYssss", FA="YfYssss", AD="nnnnnnn"
    ),
    Permission.ENTRY_SUBMIT: _rule(
        "NCFSXAP", True, CO="nnnnnnn", own="YYYssss", other="nnnnnnn", FI="YfYssss", FA="YfYssss", AD="nnnnnnn"
    ),
    Permission.ENTRY_TAKE_BACK: _rule(
        "NCFSXAP", True, CO="nnnnnnn", own="sssYYss", other="nnnnnnn", FI="ffffYff", FA="ffffYff", AD="nnnnnnn"
    ),
    Permission.ENTRY_TAKE_OVER: _rule(
        "NCFSXAP", True, CO="nnnnnnn", own="fffffff", other="nnnnnnn", FI="sYsssss", FA="sYsssss", AD="nnnnnnn"
    ),
    # Smileys and comments where others look them up: the item's page and the matrix.
    Permission.RESULT_READ: _rule(
        "NCFSXAP", CO="nnnnnnY", own="YYYYYYY", other="nnnnnnY", FI="YfYYYYY", FA="YfYYYYY", AD="nnnnnnn"
    ),
    Permission.BOARD_READ: _rule("-", CO="n", own="n", other="n", FI="Y", FA="Y", AD="n"),
    Permission.ROUND_OPEN: _rule("POCU", CO="nnnn", own="ffff", other="ffff", FI="ffff", FA="YsYs", AD="nnnn"),
    Permission.ROUND_CLOSE: _rule("POCU", CO="nnnn", own="ffff", other="ffff", FI="ffff", FA="sYss", AD="nnnn"),
    Permission.REPORT_PREVIEW: _rule("-", CO="n", own="n", other="n", FI="Y", FA="Y", AD="n"),
    Permission.ACCOUNTS: _rule("-", CO="f", own="f", other="f", FI="f", FA="f", AD="Y"),
}

_ROUND_LETTERS = {RoundState.PLANNED: "P", RoundState.OPEN: "O", RoundState.CLOSED: "C", RoundState.PUBLISHED: "U"}

Target = Agreement | Item | FollowUpRound | Entry | None


def reports_for(user: User, item: Item) -> bool:
    """The user belongs to the item's lead centre, so what they enter is the centre's own word."""
    return user.has_role(Role.EDITOR, Role.CHIEF) and item.lead_centre_id in user.centre_ids


def subjects_of(user: User, item: Item | None = None) -> set[Subject]:
    """What the user is to this item. Without an item, someone from a centre counts as belonging to it: lists are
    narrowed to their own items afterwards."""
    subjects = set()
    if user.has_role(Role.MEMBER):
        subjects.add(Subject.COMMITTEE)
    if user.has_role(Role.EDITOR, Role.CHIEF):
        own = item is None or reports_for(user, item)
        subjects.add(Subject.OWN_CENTRE if own else Subject.OTHER_CENTRE)
    if user.has_role(Role.FINANCE):
        subjects.add(Subject.FINANCE)
    if user.has_role(Role.APPROVER):
        subjects.add(Subject.APPROVER)
    if user.has_role(Role.ADMINISTRATOR):
        subjects.add(Subject.ADMINISTRATOR)
    return subjects


def answer_for(subjects: Iterable[Subject], permission: Permission, state: str, *, is_open: bool = True) -> Answer:
    """The table's answer; without any role the answer is no."""
    rule = TABLE[permission]
    if permission is Permission.OWN_PAGE:
        return Answer.YES  # also for an account whose roles have all been taken away
    column = rule.states.index(state)
    answers = {Answer(rule.answers[subject][column]) for subject in subjects}
    if rule.acts and not is_open and Answer.YES in answers:
        answers = (answers - {Answer.YES}) | {Answer.WRONG_STATE}
    return next((answer for answer in _BEST_FIRST if answer in answers), Answer.HIDDEN)


def _state_of(permission: Permission, target: Target) -> str:
    states = TABLE[permission].states
    if states == "-":
        return "-"
    if states == "NCFSXAP":
        return target.stage
    if states == "POCU":
        return _ROUND_LETTERS[RoundState(target.state)]
    agreement = target if isinstance(target, Agreement) else target.agreement
    if states == "BD":
        plan = getattr(agreement, "milestone_plan", None)  # an agreement may have none yet
        return "D" if plan and plan.is_decided else "B"
    return "S" if agreement.signed_on else "D"


def decide(user: User, permission: Permission, target: Target = None) -> Answer:
    """May this user do this to that? `target` is what the rule's states belong to."""
    item = target.item if isinstance(target, Entry) else target if isinstance(target, Item) else None
    is_open = target.follow_up_round.is_open if isinstance(target, Entry) else True
    return answer_for(subjects_of(user, item), permission, _state_of(permission, target), is_open=is_open)


def has_permission(user: User, permission: Permission, target: Target = None) -> bool:
    return decide(user, permission, target) is Answer.YES


def authorize(user: User, permission: Permission, target: Target = None) -> None:
    """Returns when the answer is yes; else raises Http404, PermissionDenied or WrongState as the table says."""
    answer = decide(user, permission, target)
    if answer is Answer.HIDDEN:
        raise Http404
    if answer is Answer.FORBIDDEN:
        raise PermissionDenied
    if answer is Answer.WRONG_STATE:
        raise WrongState("Det kan ikke gøres nu. Genindlæs siden for at se, hvordan det står til.")


def require_permission(permission: Permission) -> Callable:
    """Marks a view with its permission and turns away at once whoever could not have it in any state.

    The view still calls `authorize` with the row it has loaded, unless the rule has one state only.
    """

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def wrapped(request: HttpRequest, *args, **kwargs) -> HttpResponse:
            subjects = subjects_of(request.user)
            answers = {answer_for(subjects, permission, state) for state in TABLE[permission].states}
            if answers == {Answer.HIDDEN}:
                raise Http404
            if Answer.YES not in answers and Answer.WRONG_STATE not in answers and TABLE[permission].states == "-":
                raise PermissionDenied
            return view(request, *args, **kwargs)

        wrapped.permission = permission
        return wrapped

    return decorate
