"""Who may do what, and when: one table of permission x subject x state that both the views and the tests read.

What the table does not grant is denied. Each string holds one letter per state of the rule:

    Y  yes
    n  no, and it must look as if it does not exist (404)
    f  no, though the user may know of it (403)
    s  not in this state (409)
    w  withdrawn: a notice with the reason stands in its place (410)
    L  sign in first

Someone with several roles has the best answer of them, less what four eyes forbid: nobody approves an entry that they
have a hand in. A visitor who is not signed in is sent to the sign-in page before any of this is asked, for existing and
for made-up addresses alike; only the public side asks the table about them (AN).
"""

from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import wraps

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse

from budget.models import Agreement, Item
from tracker.errors import Withdrawn, WrongState
from tracker.models import Edition, Entry, EntryAuthor, FollowUpRound, MilestonePlan, User
from tracker.statuses import EditionState, PlanState, Role, RoundState


class Subject(StrEnum):
    PUBLIC = "AN"
    COMMITTEE = "CO"
    OTHER_COMMITTEE = "CO-"
    CHIEF = "CH"
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
    GONE = "w"
    SIGN_IN = "L"


_BEST_FIRST = [Answer.YES, Answer.GONE, Answer.WRONG_STATE, Answer.FORBIDDEN, Answer.HIDDEN]


class Permission(StrEnum):
    OWN_PAGE = "own_page"
    AGREEMENT_LIST = "agreement_list"
    AGREEMENT_READ = "agreement_read"
    MILESTONES_READ = "milestones_read"
    PLAN_HEARING = "plan_hearing"
    PLAN_RETURN = "plan_return"
    PLAN_DECIDE = "plan_decide"
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
    ENTRY_SUBMIT_ALL = "entry_submit_all"
    ENTRY_RETURN = "entry_return"
    ENTRY_NOTE = "entry_note"
    ENTRY_APPROVE = "entry_approve"
    ENTRY_UNAPPROVE = "entry_unapprove"
    NOTE_READ = "note_read"
    RESULT_READ = "result_read"
    BOARD_READ = "board_read"
    SUBSTITUTE = "substitute"
    ROUND_CREATE = "round_create"
    ROUND_EDIT = "round_edit"
    ROUND_OPEN = "round_open"
    ROUND_CLOSE = "round_close"
    ROUND_APPROVE = "round_approve"
    REPORT_PREVIEW = "report_preview"
    EDITION_LIST = "edition_list"
    EDITION_BUILD = "edition_build"
    EDITION_RELEASE = "edition_release"
    EDITION_OPEN = "edition_open"
    EDITION_WITHDRAW = "edition_withdraw"
    EDITION_READ = "edition_read"
    PUBLIC_READ = "public_read"
    EVENTS = "events"
    EVENT_NOTES = "event_notes"
    ACCOUNTS = "accounts"


@dataclass(frozen=True)
class Rule:
    """`states` names the columns; `acts` says that a Y becomes s while the round is not open."""

    states: str
    answers: dict[str, str]
    acts: bool = False

    def __post_init__(self):
        assert set(self.answers) == {*Subject} and all(len(a) == len(self.states) for a in self.answers.values())  # noqa: S101


def _rule(
    states: str, acts: bool = False, *, CO: str, own: str, other: str, FI: str, FA: str, AD: str,
    AN: str = "", chief: str = "", elsewhere: str = "",
) -> Rule:  # fmt: skip
    """`chief` and `elsewhere` (a member of another committee) are as `own` and `CO` unless given; AN signs in first."""
    answers = {"AN": AN or "L" * len(states), "CO": CO, "CO-": elsewhere or CO, "CH": chief or own, "C+": own}
    return Rule(states, answers | {"C-": other, "FI": FI, "FA": FA, "AD": AD}, acts)


# "-": one state only. Agreement: D draft, S signed. Plan: B before approval, D decided; as acts see it: D draft, H in
# hearing, G approved or changed. Entry: see EntryStage. Round: P planned, O open, C closed, U published.
# Edition, for acts: B built, K released to the committee, O open, S superseded, W withdrawn; for reading, where a
# superseded one counts as far as it had come: B, K, O, and withdrawn after that: b, k, w.
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
    Permission.PLAN_HEARING: _rule("DHG", CO="nnf", own="fff", other="fff", FI="Yss", FA="Yss", AD="nnn"),
    Permission.PLAN_RETURN: _rule("DHG", CO="nnf", own="fff", other="fff", FI="sYs", FA="sYs", AD="nnn"),
    Permission.PLAN_DECIDE: _rule("DHG", CO="nnf", own="fff", other="fff", FI="fff", FA="sYs", AD="nnn"),
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
    # All that a chief's centres have ready, at once.
    Permission.ENTRY_SUBMIT_ALL: _rule("-", CO="n", own="f", other="f", chief="Y", FI="f", FA="f", AD="n"),
    Permission.ENTRY_RETURN: _rule(
        "NCFSXAP", True, CO="nnnnnnn", own="fffffff", other="nnnnnnn", FI="sssYYfs", FA="sssYYYs", AD="nnnnnnn"
    ),
    # Økonomi og Styring's own words. They may be written whatever the centre has done, until the entry is approved.
    Permission.ENTRY_NOTE: _rule(
        "NCFSXAP", CO="nnnnnnn", own="fffffff", other="nnnnnnn", FI="YYYYYss", FA="YYYYYss", AD="nnnnnnn"
    ),
    Permission.ENTRY_APPROVE: _rule(
        "NCFSXAP", CO="nnnnnnn", own="fffffff", other="nnnnnnn", FI="fffffff", FA="sssYYss", AD="nnnnnnn"
    ),
    Permission.ENTRY_UNAPPROVE: _rule(
        "NCFSXAP", CO="nnnnnnn", own="fffffff", other="nnnnnnn", FI="fffffff", FA="sssssYs", AD="nnnnnnn"
    ),
    # Økonomi og Styring's note is its own until the round is published, also to the centre it is about.
    Permission.NOTE_READ: _rule(
        "NCFSXAP", CO="nnnnnnY", own="ffffffY", other="nnnnnnY", FI="YYYYYYY", FA="YYYYYYY", AD="nnnnnnn"
    ),
    # Smileys and comments where others look them up: the item's page and the matrix.
    Permission.RESULT_READ: _rule(
        "NCFSXAP", CO="nnnnnnY", own="YYYYYYY", other="nnnnnnY", FI="YfYYYYY", FA="YfYYYYY", AD="nnnnnnn"
    ),
    Permission.BOARD_READ: _rule("-", CO="n", own="n", other="n", FI="Y", FA="Y", AD="n"),
    Permission.SUBSTITUTE: _rule("-", CO="n", own="f", other="f", chief="Y", FI="f", FA="f", AD="n"),
    Permission.ROUND_CREATE: _rule("DS", CO="nf", own="nf", other="nf", FI="YY", FA="YY", AD="nn"),
    Permission.ROUND_EDIT: _rule("POCU", CO="nnnn", own="ffff", other="ffff", FI="Yfff", FA="YYYs", AD="nnnn"),
    # A published round is opened again to be corrected.
    Permission.ROUND_OPEN: _rule("POCU", CO="nnnn", own="ffff", other="ffff", FI="ffff", FA="YsYY", AD="nnnn"),
    Permission.ROUND_CLOSE: _rule("POCU", CO="nnnn", own="ffff", other="ffff", FI="ffff", FA="sYss", AD="nnnn"),
    # Several entries of the round approved in one act; each of them by the rule of ENTRY_APPROVE.
    Permission.ROUND_APPROVE: _rule("POCU", CO="nnnn", own="ffff", other="ffff", FI="ffff", FA="sYYs", AD="nnnn"),
    Permission.REPORT_PREVIEW: _rule("-", CO="n", own="n", other="n", FI="Y", FA="Y", AD="n"),
    Permission.EDITION_LIST: _rule("-", CO="n", own="n", other="n", FI="Y", FA="Y", AD="n"),
    # U: a round that was loaded as published has no edition yet.
    Permission.EDITION_BUILD: _rule("POCU", CO="nnnn", own="ffff", other="ffff", FI="ffff", FA="ssYY", AD="nnnn"),
    Permission.EDITION_RELEASE: _rule(
        "BKOSW", CO="nnnnn", own="fffff", other="fffff", FI="fffff", FA="Yssss", AD="nnnnn"
    ),
    Permission.EDITION_OPEN: _rule("BKOSW", CO="nnnnn", own="fffff", other="fffff", FI="fffff", FA="sYsss", AD="nnnnn"),
    Permission.EDITION_WITHDRAW: _rule(
        "BKOSW", CO="nnnnn", own="fffff", other="fffff", FI="fffff", FA="YYYYs", AD="nnnnn"
    ),
    Permission.EDITION_READ: _rule(
        "BKObkw",
        AN="nnYnnw",
        CO="nYYnww",
        elsewhere="nnYnnw",
        own="nnYnnw",
        other="nnYnnw",
        FI="YYYYYY",
        FA="YYYYYY",
        AD="nnYnnw",
    ),
    # The public side: lists show what the reader may read by the rule above.
    Permission.PUBLIC_READ: _rule("-", AN="Y", CO="Y", own="Y", other="Y", FI="Y", FA="Y", AD="Y"),
    Permission.EVENTS: _rule("-", CO="f", own="f", other="f", FI="f", FA="Y", AD="Y"),
    # What an act changed, from and to, may be content that is not out yet: the administrator reads who and when.
    Permission.EVENT_NOTES: _rule("-", CO="f", own="f", other="f", FI="f", FA="Y", AD="f"),
    Permission.ACCOUNTS: _rule("-", CO="f", own="f", other="f", FI="f", FA="f", AD="Y"),
}

_ROUND_LETTERS = {RoundState.PLANNED: "P", RoundState.OPEN: "O", RoundState.CLOSED: "C", RoundState.PUBLISHED: "U"}

_PLAN_LETTERS = {PlanState.DRAFT: "D", PlanState.HEARING: "H", PlanState.APPROVED: "G", PlanState.CHANGED: "G"}
_EDITION_LETTERS = {
    EditionState.BUILT: "B", EditionState.RELEASED: "K", EditionState.OPEN: "O", EditionState.SUPERSEDED: "S",
    EditionState.WITHDRAWN: "W",
}  # fmt: skip
_WITHDRAWN_AFTER = {"B": "b", "K": "k", "O": "w"}

Target = Agreement | Item | FollowUpRound | Entry | MilestonePlan | Edition | None


def reports_for(user: User, item: Item) -> bool:
    """The user belongs to the item's lead centre, so what they enter is the centre's own word."""
    return item.lead_centre_id in user.centre_ids


def has_hand_in(user: User, entry: Entry, *, authored: Container[int] | None = None) -> bool:
    """Whether the user has typed, submitted or annotated in this entry: then somebody else approves it. `authored`
    spares a query per entry: the items of the round that have an EntryAuthor row for the user."""
    if entry.assessment and user.pk in {entry.assessment.saved_by_id, entry.assessment.submitted_by_id}:
        return True
    if authored is not None:
        return entry.item.pk in authored
    return EntryAuthor.objects.filter(item=entry.item, follow_up_round=entry.follow_up_round, user=user).exists()


def _is_of_own_committee(user: User, edition: Edition) -> bool:
    """The report for the whole municipality is for the members of any committee."""
    publication = edition.publication
    return bool(user.committee_slugs) if publication.is_whole else publication.scope in user.committee_slugs


def subjects_of(user: User, target: Item | Edition | None = None) -> set[Subject]:
    """What the user is to this item or edition. Without one, someone from a centre counts as belonging to it, and a
    member to its committee: lists are narrowed to their own afterwards."""
    subjects = {Subject.PUBLIC}
    if not user.is_authenticated:
        return subjects
    if user.has_role(Role.MEMBER):
        is_own = not isinstance(target, Edition) or _is_of_own_committee(user, target)
        subjects.add(Subject.COMMITTEE if is_own else Subject.OTHER_COMMITTEE)
    if user.is_of_centre:
        own = not isinstance(target, Item) or reports_for(user, target)
        subjects.add(Subject.OWN_CENTRE if own else Subject.OTHER_CENTRE)
        if (own and isinstance(target, Item) and target.lead_centre_id in user.chief_centre_ids) or (
            not isinstance(target, Item) and user.chief_centre_ids
        ):
            subjects.add(Subject.CHIEF)
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
    column = rule.states.index(state)
    answers = {Answer(rule.answers[subject][column]) for subject in subjects}
    if rule.acts and not is_open and Answer.YES in answers:
        answers = (answers - {Answer.YES}) | {Answer.WRONG_STATE}
    return next((answer for answer in _BEST_FIRST if answer in answers), Answer.SIGN_IN)


def _state_of(permission: Permission, target: Target) -> str:
    states = TABLE[permission].states
    if states == "-":
        return "-"
    if states == "NCFSXAP":
        return target.stage
    if states == "DHG":
        return _PLAN_LETTERS[PlanState(target.state)]
    if states == "BKOSW":
        return _EDITION_LETTERS[target.state]
    if states == "BKObkw":
        reach = _EDITION_LETTERS[target.reach]
        return _WITHDRAWN_AFTER[reach] if target.state == EditionState.WITHDRAWN else reach
    if states == "POCU":
        return _ROUND_LETTERS[RoundState(target.state)]
    agreement = target if isinstance(target, Agreement) else target.agreement
    if states == "BD":
        plan = getattr(agreement, "milestone_plan", None)  # an agreement may have none yet
        return "D" if plan and plan.is_decided else "B"
    return "S" if agreement.signed_on else "D"


def decide(user: User, permission: Permission, target: Target = None) -> Answer:
    """May this user do this to that? `target` is what the rule's states belong to."""
    about = target.item if isinstance(target, Entry) else target if isinstance(target, Item | Edition) else None
    is_open = target.follow_up_round.is_open if isinstance(target, Entry) else True
    if permission is Permission.OWN_PAGE and user.is_authenticated:
        return Answer.YES  # also for an account whose roles have all been taken away
    answer = answer_for(subjects_of(user, about), permission, _state_of(permission, target), is_open=is_open)
    if answer is Answer.SIGN_IN and user.is_authenticated:
        return Answer.HIDDEN
    if permission is Permission.ENTRY_APPROVE and answer is Answer.YES and has_hand_in(user, target):
        return Answer.FORBIDDEN
    if permission is Permission.SUBSTITUTE and answer is Answer.YES and not user.has_role(Role.CHIEF):
        return Answer.FORBIDDEN  # whoever stands in for a chief does not hand that on
    return answer


def has_permission(user: User, permission: Permission, target: Target = None) -> bool:
    return decide(user, permission, target) is Answer.YES


def authorize(user: User, permission: Permission, target: Target = None) -> None:
    """Returns when the answer is yes; else raises Http404, PermissionDenied, WrongState or Withdrawn."""
    _turn_away(decide(user, permission, target), target)


def _turn_away(answer: Answer, target: Target) -> None:
    if answer in {Answer.HIDDEN, Answer.SIGN_IN}:
        raise Http404
    if answer is Answer.GONE:
        raise Withdrawn(target)
    if answer is Answer.FORBIDDEN:
        raise PermissionDenied
    if answer is Answer.WRONG_STATE:
        raise WrongState("Det kan ikke gøres nu. Genindlæs siden for at se, hvordan det står til.")


def authorize_any(user: User, permission: Permission, targets: Iterable[Target], *, otherwise: str) -> None:
    """Returns when the answer is yes for one of the rows; where there is none, the answer is the column `otherwise`."""
    answers = {decide(user, permission, target) for target in targets}
    answers = answers or {answer_for(subjects_of(user), permission, otherwise)}
    _turn_away(next(answer for answer in _BEST_FIRST if answer in answers), None)


def require_permission(permission: Permission) -> Callable:
    """Marks a view with its permission and turns away at once whoever could not have it in any state.

    The view still calls `authorize` with the row it has loaded, unless the rule has one state only.
    """

    # Nobody is turned away from what the public has in some state, so nobody is asked who they are.
    is_for_anybody = Answer.YES in TABLE[permission].answers[Subject.PUBLIC]

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def wrapped(request: HttpRequest, *args, **kwargs) -> HttpResponse:
            if permission is Permission.OWN_PAGE or is_for_anybody:
                return view(request, *args, **kwargs)  # the first: whoever is signed in, with or without a role
            subjects = subjects_of(request.user)
            answers = {answer_for(subjects, permission, state) for state in TABLE[permission].states}
            if answers <= {Answer.HIDDEN, Answer.SIGN_IN}:
                raise Http404
            if Answer.YES not in answers and Answer.WRONG_STATE not in answers and TABLE[permission].states == "-":
                raise PermissionDenied
            return view(request, *args, **kwargs)

        wrapped.permission = permission
        return wrapped

    return decorate
