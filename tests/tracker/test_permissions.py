"""The table of rights, written once more by hand from the authorisation matrix, against what `decide` answers for real
users and rows. Change both, and say why, when a right changes."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse

from tests.factories import (
    create_agreement,
    create_assessment,
    create_centre,
    create_committee,
    create_edition,
    create_item,
    create_round,
    create_user,
    entry_of,
)
from tracker.errors import WrongState
from tracker.models import EntryAuthor, User
from tracker.permissions import (
    Answer,
    Permission,
    authorize,
    decide,
    has_permission,
    require_permission,
)
from tracker.statuses import EntryStage, Role

NOBODY, OWN, OTHER = "nobody", "own centre", "other centre"
ANYBODY, ELSEWHERE = "anybody", "member of another committee"
CHIEF_OF = {OWN: "own chief", OTHER: "other chief"}
SUBJECTS = ["member", OWN, OTHER, "finance", "approver", "administrator", NOBODY]

# One letter per stage: Nothing, Centre's draft, Finance's draft, Submitted by the centre, submitted by finance (X),
# Approved, Published. Y yes, s wrong state (409), f forbidden (403), n as if it did not exist (404).
# Finance does not read a draft it has not taken over, and takes back only what it handed in itself.
ENTRY = {
    Permission.ENTRY_SEE: {OWN: "YYYYYYY", "finance": "YYYYYYY", "approver": "YYYYYYY"},
    Permission.ENTRY_READ: {OWN: "YYYYYYY", "finance": "YfYYYYY", "approver": "YfYYYYY"},
    Permission.RESULT_READ: {
        OWN: "YYYYYYY", OTHER: "nnnnnnY", "member": "nnnnnnY", "finance": "YfYYYYY", "approver": "YfYYYYY",
    },
    Permission.ENTRY_EDIT: {OWN: "YYYssss", "finance": "YfYssss", "approver": "YfYssss"},
    Permission.ENTRY_SUBMIT: {OWN: "YYYssss", "finance": "YfYssss", "approver": "YfYssss"},
    Permission.ENTRY_TAKE_BACK: {OWN: "sssYYss", "finance": "ffffYff", "approver": "ffffYff"},
    Permission.ENTRY_TAKE_OVER: {OWN: "fffffff", "finance": "sYsssss", "approver": "sYsssss"},
    # Finance controls what came in; an approved entry is the approver's. Notes stop once it is approved.
    Permission.ENTRY_RETURN: {OWN: "fffffff", "finance": "sssYYfs", "approver": "sssYYYs"},
    Permission.ENTRY_NOTE: {OWN: "fffffff", "finance": "YYYYYss", "approver": "YYYYYss"},
    Permission.ENTRY_APPROVE: {OWN: "fffffff", "finance": "fffffff", "approver": "sssYYss"},
    Permission.ENTRY_UNAPPROVE: {OWN: "fffffff", "finance": "fffffff", "approver": "sssssYs"},
    # The note is finance's own until it is published, also where the entry itself may not be read.
    Permission.NOTE_READ: {
        OWN: "ffffffY", OTHER: "nnnnnnY", "member": "nnnnnnY", "finance": "YYYYYYY", "approver": "YYYYYYY",
    },
}  # fmt: skip
ACTS = {
    Permission.ENTRY_EDIT, Permission.ENTRY_SUBMIT, Permission.ENTRY_TAKE_BACK, Permission.ENTRY_TAKE_OVER,
    Permission.ENTRY_RETURN,
}  # fmt: skip
# Draft, Signed. A signed agreement's texts are still edited by form, with a reason and history.
AGREEMENT = {
    Permission.AGREEMENT_READ: {OWN: "nY", OTHER: "nY", "member": "nY", "finance": "YY", "approver": "YY"},
    Permission.AGREEMENT_EDIT: {OWN: "nf", OTHER: "nf", "member": "nf", "finance": "Ys", "approver": "Ys"},
    Permission.ITEM_EDIT: {OWN: "nf", OTHER: "nf", "member": "nf", "finance": "YY", "approver": "YY"},
    Permission.ROUND_CREATE: {OWN: "nf", OTHER: "nf", "member": "nf", "finance": "YY", "approver": "YY"},
}
# Before the milestone plan is decided, after.
PLAN = {
    Permission.MILESTONES_READ: {OWN: "YY", OTHER: "nY", "member": "nY", "finance": "YY", "approver": "YY"},
}
# The plan as a whole, where all centres are alike: Draft, in Hearing, approved or changed (G).
PLAN_ACTS = {
    Permission.PLAN_HEARING: {"member": "nnf", OWN: "fff", OTHER: "fff", "finance": "Yss", "approver": "Yss"},
    Permission.PLAN_RETURN: {"member": "nnf", OWN: "fff", OTHER: "fff", "finance": "sYs", "approver": "sYs"},
    Permission.PLAN_DECIDE: {"member": "nnf", OWN: "fff", OTHER: "fff", "finance": "fff", "approver": "sYs"},
}
# Planned, Open, Closed, pUblished.
ROUND = {
    # Finance mends what is only planned; from the opening on the approver does, until it is published.
    Permission.ROUND_EDIT: {"approver": "YYYs", "finance": "Yfff", OWN: "ffff", OTHER: "ffff"},
    # A published round is opened again to be corrected.
    Permission.ROUND_OPEN: {"approver": "YsYY", "finance": "ffff", OWN: "ffff", OTHER: "ffff"},
    Permission.ROUND_CLOSE: {"approver": "sYss", "finance": "ffff", OWN: "ffff", OTHER: "ffff"},
    Permission.ROUND_APPROVE: {"approver": "sYYs", "finance": "ffff", OWN: "ffff", OTHER: "ffff"},
}
# A round loaded as published has no edition yet.
ROUND[Permission.EDITION_BUILD] = {"approver": "ssYY", "finance": "ffff", OWN: "ffff", OTHER: "ffff"}
# Built, released (K), Open, Superseded, Withdrawn.
EDITION = {
    Permission.EDITION_RELEASE: {"approver": "Yssss", "finance": "fffff", OWN: "fffff", OTHER: "fffff"},
    Permission.EDITION_OPEN: {"approver": "sYsss", "finance": "fffff", OWN: "fffff", OTHER: "fffff"},
    Permission.EDITION_WITHDRAW: {"approver": "YYYYs", "finance": "fffff", OWN: "fffff", OTHER: "fffff"},
}
# As far as it has come: Built, released (K), Open, and withdrawn after that: b, k, w. "w" is a notice (410). An edition
# that was superseded is read as far as it had come.
EDITION_READ = {
    Permission.EDITION_READ: dict.fromkeys([ANYBODY, OWN, OTHER, "administrator", NOBODY, ELSEWHERE], "nnYnnw")
    | {"member": "nYYnww", "finance": "YYYYYY", "approver": "YYYYYY"},
}
# Pages without a row of their own. Everyone from a centre has a list of entries: their own.
PLAIN = {
    Permission.OWN_PAGE: dict.fromkeys(SUBJECTS, "Y"),
    Permission.AGREEMENT_LIST: dict.fromkeys(["member", OWN, OTHER, "finance", "approver"], "Y"),
    Permission.ENTRY_LIST: dict.fromkeys([OWN, OTHER, "finance", "approver"], "Y"),
    Permission.BOARD_READ: {"finance": "Y", "approver": "Y"},
    Permission.REPORT_PREVIEW: {"finance": "Y", "approver": "Y"},
    Permission.SETUP: dict.fromkeys(["member", OWN, OTHER], "f") | {"finance": "Y", "approver": "Y"},
    Permission.ENTRY_SUBMIT_ALL: dict.fromkeys([OWN, OTHER, "finance", "approver"], "f")
    | dict.fromkeys(CHIEF_OF.values(), "Y"),  # each for the centres of their own
    Permission.SUBSTITUTE: dict.fromkeys([OWN, OTHER, "finance", "approver"], "f")
    | dict.fromkeys(CHIEF_OF.values(), "Y"),  # each for the centres of their own
    Permission.EVENTS: dict.fromkeys(["member", OWN, OTHER, "finance"], "f") | {"approver": "Y", "administrator": "Y"},
    Permission.EVENT_NOTES: dict.fromkeys(["member", OWN, OTHER, "finance", "administrator"], "f") | {"approver": "Y"},
    Permission.EDITION_LIST: {"finance": "Y", "approver": "Y"},
    Permission.PUBLIC_READ: dict.fromkeys(SUBJECTS, "Y"),
    Permission.ACCOUNTS: dict.fromkeys(["member", OWN, OTHER, "finance", "approver"], "f") | {"administrator": "Y"},
}
STAGES = list(EntryStage)
assert "".join(STAGES) == "NCFSXAP"


def letters(table, permission, subject, length, *, is_chief=False):
    """What the table does not say is denied, and hidden. A chief is as the others of the centre unless it says so."""
    row = table[permission]
    found = row.get(subject, "n" * length)
    return row.get(CHIEF_OF[subject], found) if is_chief else found


@pytest.fixture
def users(db, editor, chief, other_editor, member, finance, approver, administrator):
    """Who stands for each subject."""
    other_chief = create_user(Role.CHIEF, centres=[create_centre("Arbejdsmarked")])
    homeless = create_user(Role.EDITOR)
    return {
        "member": [member],
        OWN: [editor, chief],
        OTHER: [other_editor, other_chief, homeless],
        "finance": [finance],
        "approver": [approver],
        "administrator": [administrator],
        NOBODY: [create_user(), create_user(centres=[create_centre("Ejendomme")])],
    }


def entry_in(stage, round_state="open"):
    """A real entry of Ejendomme in that stage."""
    item = create_item(centre=create_centre("Ejendomme"))
    published = stage == EntryStage.PUBLISHED
    follow_up_round = create_round(item.agreement, state="published" if published else round_state)
    states = {"C": "draft", "F": "draft", "S": "submitted", "X": "submitted", "A": "approved", "P": "approved"}
    if stage != EntryStage.NOTHING:
        create_assessment(item, follow_up_round, state=states[stage], is_entered_by_finance=stage in "FX")
    entry = entry_of(item, follow_up_round)
    assert entry.stage == stage
    return entry


def deviations(users, table, permission, targets):
    """Where `decide` and the table disagree; afresh for each user, as a request is."""
    found = []
    for subject, people in users.items():
        for person in people:
            user = User.objects.get(pk=person.pk)
            expected = letters(table, permission, subject, len(targets), is_chief=user.has_role(Role.CHIEF))
            answers = "".join(decide(user, permission, target) for target in targets)
            if answers != expected:
                found.append((str(person), answers, expected))
    return found


def test_the_tables_here_cover_every_permission():
    tables = [ENTRY, AGREEMENT, PLAN, PLAN_ACTS, ROUND, PLAIN, EDITION, EDITION_READ]

    assert {permission for table in tables for permission in table} == set(Permission)
    assert sum(len(table) for table in tables) == len(Permission)


@pytest.mark.parametrize("permission", ENTRY)
def test_entry_in_an_open_round(users, permission):
    targets = [entry_in(stage) for stage in STAGES]

    assert deviations(users, ENTRY, permission, targets) == []


@pytest.mark.parametrize("round_state", ["planned", "closed"])
@pytest.mark.parametrize("permission", ENTRY)
def test_entry_while_the_round_is_not_open(users, permission, round_state):
    targets = [entry_in(stage, round_state) for stage in STAGES]

    table = ENTRY
    if permission in ACTS:
        table = {permission: {who: answers.replace("Y", "s") for who, answers in ENTRY[permission].items()}}
    assert deviations(users, table, permission, targets) == []


def test_an_item_without_a_lead_centre_belongs_to_no_centre(users):
    item = create_item(lead_centre=None, printed_centre="0-25 års udvalget")
    entry = entry_of(item, create_round(item.agreement))

    for person in users[OWN] + users[OTHER]:
        assert decide(person, Permission.ENTRY_SEE, entry) == Answer.HIDDEN
    for person in users["finance"] + users["approver"]:
        assert decide(person, Permission.ENTRY_EDIT, entry) == Answer.YES


def test_a_contributor_is_not_the_lead_centre(users, other_editor):
    item = create_item(centre=create_centre("Ejendomme"), contributors=[create_centre("Politisk Sekretariat")])
    entry = entry_of(item, create_round(item.agreement))

    assert decide(other_editor, Permission.ENTRY_SEE, entry) == Answer.HIDDEN


@pytest.mark.parametrize("permission", AGREEMENT)
def test_agreement(users, permission):
    targets = [create_agreement(signed_on=None), create_agreement()]

    assert deviations(users, _without_items(AGREEMENT), permission, targets) == []


def _without_items(table):
    """Of an agreement as a whole, all centres are alike."""
    return {permission: row | {OTHER: row[OWN]} for permission, row in table.items()}


@pytest.mark.parametrize("permission", AGREEMENT)
def test_item_of_an_agreement(users, permission):
    centre = create_centre("Ejendomme")
    targets = [create_item(create_agreement(signed_on=None), centre=centre), create_item(centre=centre)]

    assert deviations(users, AGREEMENT, permission, targets) == []


@pytest.mark.parametrize(("before", "after"), [("draft", "approved"), ("hearing", "changed")])
def test_milestones_of_an_item(users, before, after):
    centre = create_centre("Ejendomme")
    targets = [create_item(create_agreement(plan=plan), centre=centre) for plan in (before, after)]

    assert deviations(users, PLAN, Permission.MILESTONES_READ, targets) == []


@pytest.mark.parametrize("decided", ["approved", "changed"])
@pytest.mark.parametrize("permission", PLAN_ACTS)
def test_milestone_plan_as_a_whole(users, permission, decided):
    targets = [create_agreement(plan=state).milestone_plan for state in ("draft", "hearing", decided)]

    assert deviations(users, PLAN_ACTS, permission, targets) == []


STEPS = {
    "B": ["built"], "K": ["built", "released"], "O": ["built", "released", "open"],
    "S": ["built", "released", "open", "superseded"], "b": ["built", "withdrawn"],
    "k": ["built", "released", "withdrawn"], "w": ["built", "released", "open", "withdrawn"],
    "B superseded": ["built", "superseded"], "K superseded": ["built", "released", "superseded"],
    "O superseded": ["built", "released", "open", "superseded"],
}  # fmt: skip


def editions_in(*stages, scope="oekonomiudvalget"):
    return [create_edition(scope=scope, states=STEPS[stage]) for stage in stages]


@pytest.mark.parametrize("permission", EDITION)
def test_acts_on_an_edition(users, permission):
    assert deviations(users, EDITION, permission, editions_in("B", "K", "O", "S", "w")) == []


@pytest.mark.parametrize("stages", ["BKObkw", ["B superseded", "K superseded", "O superseded", *"bkw"]])
@pytest.mark.parametrize("scope", ["oekonomiudvalget", "samlet"])
def test_reading_an_edition(users, stages, scope):
    """What a member of another committee and a stranger may read is what everybody may."""
    targets = editions_in(*stages, scope=scope)
    stranger = "".join(decide(AnonymousUser(), Permission.EDITION_READ, each) for each in targets)
    other = create_user(Role.MEMBER, committees=[create_committee("Kultur- og Fritidsudvalget")])
    of_other = "".join(decide(User.objects.get(pk=other.pk), Permission.EDITION_READ, each) for each in targets)

    assert deviations(users, EDITION_READ, Permission.EDITION_READ, targets) == []
    assert stranger == EDITION_READ[Permission.EDITION_READ][ANYBODY]
    assert of_other == EDITION_READ[Permission.EDITION_READ]["member" if scope == "samlet" else ELSEWHERE]


@pytest.mark.parametrize("permission", ROUND)
def test_round(users, permission):
    agreement = create_agreement()
    targets = [create_round(agreement, state=state) for state in ("planned", "open", "closed", "published")]

    assert deviations(users, ROUND, permission, targets) == []


@pytest.mark.parametrize("permission", PLAIN)
def test_pages_without_a_row(users, permission):
    assert deviations(users, PLAIN, permission, [None]) == []


# --- Several roles -------------------------------------------------------------------------------------------------


def answers_for(user, permission):
    return "".join(decide(user, permission, entry_in(stage)) for stage in STAGES)


def test_finance_with_a_centre_of_its_own_reads_that_centres_drafts(db):
    user = create_user(Role.FINANCE, Role.EDITOR, centres=[create_centre("Ejendomme")])

    assert answers_for(user, Permission.ENTRY_READ) == "YYYYYYY"
    assert answers_for(user, Permission.ENTRY_EDIT) == "YYYssss"
    assert answers_for(user, Permission.ENTRY_TAKE_BACK) == "sssYYss"
    assert answers_for(user, Permission.ENTRY_TAKE_OVER) == "sYsssss"


def test_finance_with_another_centre_is_finance_here(db):
    user = create_user(Role.FINANCE, Role.EDITOR, centres=[create_centre("Arbejdsmarked")])

    assert answers_for(user, Permission.ENTRY_READ) == "YfYYYYY"
    assert answers_for(user, Permission.ENTRY_EDIT) == "YfYssss"
    assert answers_for(user, Permission.ENTRY_TAKE_BACK) == "ffffYff"


def test_an_editor_on_a_committee_is_hidden_from_nothing_of_their_own(db):
    user = create_user(Role.MEMBER, Role.EDITOR, centres=[create_centre("Ejendomme")], committees=[create_committee()])

    assert answers_for(user, Permission.ENTRY_SEE) == "YYYYYYY"
    assert decide(user, Permission.BOARD_READ) == Answer.HIDDEN


def test_an_administrator_who_is_also_finance_reads_content_as_finance(db):
    user = create_user(Role.ADMINISTRATOR, Role.FINANCE)

    assert answers_for(user, Permission.ENTRY_READ) == "YfYYYYY"
    assert decide(user, Permission.ACCOUNTS) == Answer.YES


def test_finance_and_approver_together_open_rounds(db):
    user = create_user(Role.FINANCE, Role.APPROVER)

    assert decide(user, Permission.ROUND_OPEN, create_round(state="planned")) == Answer.YES
    assert decide(user, Permission.ROUND_OPEN, create_round(state="closed")) == Answer.YES  # again, with a reason
    assert decide(user, Permission.ROUND_OPEN, create_round(state="published")) == Answer.YES  # to be corrected
    assert decide(user, Permission.ROUND_OPEN, create_round(state="open")) == Answer.WRONG_STATE


@pytest.mark.parametrize("role", Role.values)
def test_one_role_is_as_good_alone_as_together(db, role):
    """A second role never takes anything away."""
    best = {"Y": 0, "s": 1, "f": 2, "n": 3}
    centre = create_centre("Ejendomme")
    entries = [entry_in(stage) for stage in STAGES]
    alone = create_user(role, centres=[centre])

    for second in Role.values:
        together = create_user(*{role, second}, centres=[centre])
        for permission in ENTRY:
            for entry in entries:
                assert best[decide(together, permission, entry)] <= best[decide(alone, permission, entry)]


def test_a_user_of_two_centres_speaks_for_both(db):
    user = create_user(Role.EDITOR, centres=[create_centre("Ejendomme"), create_centre("Arbejdsmarked")])
    agreement = create_agreement()
    items = [create_item(agreement, code, centre=create_centre(name)) for code, name in TWO_CENTRES]
    spring = create_round(agreement)

    assert [has_permission(user, Permission.ENTRY_EDIT, entry_of(item, spring)) for item in items] == [True, True]


TWO_CENTRES = [("1.01", "Ejendomme"), ("1.02", "Arbejdsmarked")]


def test_taking_a_role_away_bites_at_the_next_request(db, editor):
    entry = entry_in(EntryStage.NOTHING)
    assert has_permission(User.objects.get(pk=editor.pk), Permission.ENTRY_EDIT, entry)

    editor.role_rows.all().delete()

    assert not has_permission(User.objects.get(pk=editor.pk), Permission.ENTRY_EDIT, entry)


def test_leaving_a_centre_bites_at_the_next_request(db, editor):
    entry = entry_in(EntryStage.NOTHING)

    editor.centres.clear()

    assert decide(User.objects.get(pk=editor.pk), Permission.ENTRY_EDIT, entry) == Answer.HIDDEN


def test_a_superuser_of_django_has_no_right_here(db):
    user = create_user(is_superuser=True, is_staff=True)

    granted = {permission for permission in PLAIN if has_permission(user, permission)}

    assert granted == {Permission.OWN_PAGE, Permission.PUBLIC_READ}
    assert answers_for(user, Permission.ENTRY_SEE) == "nnnnnnn"


# --- Four eyes -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["saved", "submitted", "typed before", "annotated"])
def test_nobody_approves_what_they_have_a_hand_in(approver, how):
    entry = entry_in(EntryStage.CENTRE_SUBMITTED)
    assert decide(approver, Permission.ENTRY_APPROVE, entry) == Answer.YES
    if how in {"saved", "submitted"}:
        setattr(entry.assessment, f"{how}_by", approver)
    else:
        EntryAuthor.objects.create(item=entry.item, follow_up_round=entry.follow_up_round, user=approver)

    assert decide(approver, Permission.ENTRY_APPROVE, entry) == Answer.FORBIDDEN
    assert decide(approver, Permission.ENTRY_RETURN, entry) == Answer.YES


def test_a_hand_in_another_round_is_none_in_this(approver):
    entry = entry_in(EntryStage.CENTRE_SUBMITTED)
    other = create_round(entry.item.agreement, state="published")
    EntryAuthor.objects.create(item=entry.item, follow_up_round=other, user=approver)

    assert decide(approver, Permission.ENTRY_APPROVE, entry) == Answer.YES


# --- What a view sees ----------------------------------------------------------------------------------------------


def test_authorize_turns_away_as_the_table_says(finance, editor, other_editor):
    draft, submitted = entry_in(EntryStage.CENTRE_DRAFT), entry_in(EntryStage.CENTRE_SUBMITTED)

    authorize(editor, Permission.ENTRY_EDIT, draft)
    with pytest.raises(Http404):
        authorize(other_editor, Permission.ENTRY_EDIT, draft)
    with pytest.raises(PermissionDenied):
        authorize(finance, Permission.ENTRY_EDIT, draft)
    with pytest.raises(WrongState):
        authorize(editor, Permission.ENTRY_EDIT, submitted)


def ask(rf, user, permission):
    @require_permission(permission)
    def view(request):
        return HttpResponse("inde")

    assert view.permission == permission
    request = rf.get("/")
    request.user = user
    return view(request).content.decode()


def test_a_view_turns_away_who_could_never_have_it(rf, users):
    with pytest.raises(Http404):
        ask(rf, users["member"][0], Permission.BOARD_READ)
    with pytest.raises(Http404):
        ask(rf, users["administrator"][0], Permission.ENTRY_EDIT)
    with pytest.raises(PermissionDenied):
        ask(rf, users["finance"][0], Permission.ACCOUNTS)
    with pytest.raises(Http404):
        ask(rf, users[NOBODY][0], Permission.AGREEMENT_READ)


def test_a_view_lets_in_who_may_have_it_in_some_state(rf, users):
    assert ask(rf, users["finance"][0], Permission.BOARD_READ) == "inde"
    assert ask(rf, users[OWN][0], Permission.ENTRY_EDIT) == "inde"
    assert ask(rf, users["administrator"][0], Permission.ACCOUNTS) == "inde"
    assert ask(rf, users[NOBODY][0], Permission.OWN_PAGE) == "inde"
