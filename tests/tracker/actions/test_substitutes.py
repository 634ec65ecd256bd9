"""Naming and ending a substitute, and what standing in gives: exactly the chief's rights, from first day to last."""

from datetime import date, datetime, timedelta
from unittest import mock

import pytest
from django.utils import timezone

from tests.factories import (
    create_agreement,
    create_assessment,
    create_centre,
    create_item,
    create_round,
    create_user,
    entry_of,
)
from tests.tracker.test_permissions import STAGES, entry_in
from tracker.actions.assessments import Answers, save_draft, submit_all, submit_assessment, take_back_assessment
from tracker.actions.substitutes import end_substitute, name_substitute
from tracker.errors import Refused, TrackerError
from tracker.models import Event, Substitute, User
from tracker.permissions import TABLE, Answer, Permission, decide, has_permission, reports_for
from tracker.reports.entry_page import entry_list_of
from tracker.reports.my_page import my_page
from tracker.reports.overview import matrix
from tracker.reports.substitutes import standing_in, substitutes_of
from tracker.statuses import EntryStage, Role

TODAY = date(2031, 5, 5)
FIRST, LAST = date(2031, 5, 6), date(2031, 5, 9)
NOW = timezone.make_aware(datetime(2031, 5, 5, 12))
GOOD = Answers(effort="happy", economy="kept")


@pytest.fixture(autouse=True)
def clock():
    with mock.patch("django.utils.timezone.localdate", side_effect=lambda value=None, *_: _day(value)) as found:
        found.day = TODAY
        yield found


def _day(value):
    return timezone.localtime(value).date() if value else timezone.localdate.day


@pytest.fixture
def stand_in(db):
    """An editor of another centre."""
    return create_user(Role.EDITOR, name="Vikaren", centres=[create_centre("Arbejdsmarked")])


def name(chief, stand_in, first_day=FIRST, last_day=LAST, **options):
    return name_substitute(
        chief=chief, stand_in=stand_in, first_day=first_day, last_day=last_day, by=chief, now=NOW, **options
    )


def afresh(user) -> User:
    """As the next request sees the account."""
    return User.objects.get(pk=user.pk)


# --- Naming and ending -----------------------------------------------------------------------------------------------


def test_a_chief_names_a_substitute(chief, stand_in):
    found = name(chief, stand_in)

    assert list(chief.substitutes.all()) == [found]
    event = Event.objects.get(act="substitute_named")
    assert (event.user_id, event.subject) == (chief.pk, f"vikaren {stand_in.username} for {chief.username}")
    assert event.note == "fra 06.05.2031 til og med 09.05.2031"


@pytest.mark.parametrize(
    ("first_day", "last_day", "words"),
    [(LAST, FIRST, "før den første"), (TODAY - timedelta(days=1), LAST, "tidligst begynde i dag")],
)
def test_odd_periods_are_refused(chief, stand_in, first_day, last_day, words):
    with pytest.raises(Refused, match=words):
        name(chief, stand_in, first_day, last_day)

    assert not Substitute.objects.exists()


def test_nobody_stands_in_for_themselves(chief):
    with pytest.raises(Refused, match="en anden end dig selv"):
        name(chief, chief)


def test_a_closed_account_and_one_without_a_centre_role_are_refused(chief, stand_in, member):
    User.objects.filter(pk=stand_in.pk).update(is_active=False)

    for user in (afresh(stand_in), member):
        with pytest.raises(Refused, match="kan ikke være vikar"):
            name(chief, user)


@pytest.mark.parametrize(("first", "last"), [(-2, 0), (3, 9), (0, 3), (1, 2), (-1, 9)])
def test_overlapping_periods_of_one_person_are_refused(chief, stand_in, first, last):
    name(chief, stand_in, FIRST + timedelta(days=5), LAST + timedelta(days=5))
    begin = FIRST + timedelta(days=5)

    with pytest.raises(Refused, match="allerede din vikar fra 11.05.2031 til og med 14.05.2031"):
        name(chief, stand_in, begin + timedelta(days=first), begin + timedelta(days=last))

    assert Substitute.objects.count() == 1


def test_periods_side_by_side_and_two_people_at_once_are_fine(chief, stand_in, other_editor):
    name(chief, stand_in)
    name(chief, stand_in, LAST + timedelta(days=1), LAST + timedelta(days=3))
    name(chief, other_editor)

    assert Substitute.objects.count() == 3


def test_ending_one_that_runs_takes_the_rights_away_at_once(chief, stand_in, clock):
    found = name(chief, stand_in)
    clock.day = FIRST + timedelta(days=2)
    assert afresh(stand_in).stand_in_centre_ids

    end_substitute(substitute=found, by=chief, now=NOW + timedelta(days=3))

    assert not afresh(stand_in).stand_in_centre_ids
    found.refresh_from_db()
    assert found.last_day == FIRST + timedelta(days=1)
    event = Event.objects.get(act="substitute_ended")
    assert event.note == "var aftalt fra 06.05.2031 til og med 09.05.2031"


@pytest.mark.parametrize("days", [0, 1])
def test_ending_one_that_has_had_no_whole_day_removes_it(chief, stand_in, clock, days):
    found = name(chief, stand_in)
    clock.day = TODAY + timedelta(days=days)

    end_substitute(substitute=found, by=chief, now=NOW + timedelta(days=days))

    assert not Substitute.objects.exists() and not afresh(stand_in).stand_in_centre_ids
    assert Event.objects.filter(act="substitute_ended").count() == 1


def test_ending_twice_is_told(chief, stand_in):
    found = name(chief, stand_in)
    later = NOW + timedelta(days=3)
    end_substitute(substitute=found, by=chief, now=later)

    with pytest.raises(TrackerError, match="allerede afsluttet"):
        end_substitute(substitute=found, by=chief, now=later)

    assert Event.objects.filter(act="substitute_ended").count() == 1


def test_present_coming_and_past(chief, stand_in, other_editor):
    now = name(chief, stand_in, TODAY, TODAY)
    coming = name(chief, stand_in)
    past = [
        Substitute.objects.create(chief=chief, stand_in=other_editor, first_day=day, last_day=day)
        for day in (TODAY - timedelta(days=9), TODAY - timedelta(days=1))
    ]

    found = substitutes_of(chief, today=TODAY)

    assert (found.present, found.coming, found.past) == ([now], [coming], past[::-1])
    assert [(each.substitute, each.is_now) for each in standing_in(stand_in, today=TODAY)] == [
        (now, True),
        (coming, False),
    ]


# --- What it gives ---------------------------------------------------------------------------------------------------
ENTRY_PERMISSIONS = [each for each in Permission if TABLE[each].states == "NCFSXAP"]


def rights_of(user, targets) -> dict[Permission, str]:
    """Every answer of the table that depends on what the user is to an entry, and the plain ones for a chief."""
    user = afresh(user)
    found = {each: "".join(decide(user, each, entry) for entry in targets) for each in ENTRY_PERMISSIONS}
    plain = (Permission.ENTRY_LIST, Permission.ENTRY_SUBMIT_ALL, Permission.BOARD_READ, Permission.AGREEMENT_LIST)
    return found | {each: decide(user, each) for each in plain}


def test_a_substitute_has_exactly_the_chiefs_rights_from_first_day_to_last(chief, stand_in, clock):
    targets = [entry_in(stage) for stage in STAGES] + [
        entry_in(stage, "closed") for stage in STAGES if stage != EntryStage.PUBLISHED
    ]
    before, chiefs = rights_of(stand_in, targets), rights_of(chief, targets)
    name(chief, stand_in)
    assert before != chiefs

    seen = {}
    for n in range(-1, 6):
        clock.day = FIRST + timedelta(days=n)
        seen[n] = rights_of(stand_in, targets)

    assert [n for n, rights in seen.items() if rights == chiefs] == [0, 1, 2, 3]
    assert [n for n, rights in seen.items() if rights == before] == [-1, 4, 5]


def test_a_substitute_keeps_what_is_theirs(chief, stand_in, clock):
    name(chief, stand_in)
    clock.day = FIRST
    own = create_item(centre=create_centre("Arbejdsmarked"))

    user = afresh(stand_in)

    assert reports_for(user, own)
    assert user.chief_centre_ids == {create_centre("Ejendomme").pk}  # not chief of their own centre
    assert user.centre_ids == {create_centre("Ejendomme").pk, create_centre("Arbejdsmarked").pk}


@pytest.mark.parametrize(
    "lose",
    [
        lambda chief, stand_in: User.objects.filter(pk=chief.pk).update(is_active=False),
        lambda chief, stand_in: chief.role_rows.all().delete(),
        lambda chief, stand_in: chief.role_rows.update(role=Role.EDITOR),
        lambda chief, stand_in: chief.centres.clear(),
        lambda chief, stand_in: stand_in.role_rows.all().delete(),
        lambda chief, stand_in: stand_in.role_rows.update(role=Role.MEMBER),
    ],
    ids=["closed", "no role", "editor only", "no centre", "stand-in without roles", "stand-in a member now"],
)
def test_what_takes_a_substitutes_rights_away_bites_at_the_next_request(chief, stand_in, clock, lose):
    name(chief, stand_in)
    clock.day = FIRST
    entry = entry_in(EntryStage.NOTHING)
    assert has_permission(afresh(stand_in), Permission.ENTRY_EDIT, entry)

    lose(chief, stand_in)

    assert decide(afresh(stand_in), Permission.ENTRY_EDIT, entry) == Answer.HIDDEN
    assert not afresh(stand_in).stand_in_centre_ids and not standing_in(afresh(stand_in), today=FIRST)


def test_standing_in_is_not_handed_on(chief, stand_in, other_editor, clock):
    """Not by a substitute who is no chief, nor by one who is chief of another centre."""
    name(chief, stand_in)
    name(stand_in, other_editor)
    clock.day = FIRST
    assert decide(afresh(stand_in), Permission.SUBSTITUTE) == Answer.FORBIDDEN
    assert not afresh(other_editor).stand_in_centre_ids

    stand_in.role_rows.update(role=Role.CHIEF)

    assert decide(afresh(stand_in), Permission.SUBSTITUTE) == Answer.YES
    assert afresh(other_editor).stand_in_centre_ids == {create_centre("Arbejdsmarked").pk}
    assert decide(afresh(other_editor), Permission.ENTRY_SEE, entry_in(EntryStage.NOTHING)) == Answer.HIDDEN


def test_a_substitute_enters_submits_and_takes_back_as_the_centre(chief, stand_in, clock):
    entry = entry_in(EntryStage.NOTHING)
    place = {"item": entry.item, "follow_up_round": entry.follow_up_round}
    name(chief, stand_in)
    clock.day = LAST
    user = afresh(stand_in)

    saved = save_draft(**place, by=user, answers=GOOD, version=0)
    assert not saved.is_entered_by_finance
    submitted = submit_assessment(**place, by=user, version=saved.version)
    back = take_back_assessment(**place, by=user)
    result = submit_all(
        follow_up_round=entry.follow_up_round, by=afresh(stand_in), versions={entry.item.key: back.version}
    )

    assert submitted.submitted_by == user
    assert [each.submitted_by for each in result.done] == [user] and not result.left


def test_submitting_all_does_not_reach_beyond_the_period(chief, stand_in, clock):
    entry = entry_in(EntryStage.CENTRE_DRAFT)
    name(chief, stand_in)
    clock.day = LAST + timedelta(days=1)

    result = submit_all(follow_up_round=entry.follow_up_round, by=afresh(stand_in), versions={entry.item.key: 1})

    assert not result.done and [each.key for each in result.left] == [entry.item.key]


def test_every_list_shows_a_substitute_the_chiefs_items(chief, stand_in, clock):
    agreement = create_agreement()
    item = create_item(agreement, "1.01")
    mine = create_item(agreement, "1.02", centre=create_centre("Arbejdsmarked"))
    create_item(agreement, "1.03", centre=create_centre("Politisk Sekretariat"))
    spring = create_round(agreement)
    create_assessment(item, spring, effort="sad", comment="Centerets ord")
    name(chief, stand_in)

    def lists(day):
        clock.day = day
        user = afresh(stand_in)
        listed = [row.key for row in entry_list_of(follow_up_round=spring, user=user).rows]
        tasks = [row.key for _, group in my_page(user=user, today=day).tasks for task in group for row in task.rows]
        rows = matrix(items=[item, mine], rounds=[spring], user=user)
        return listed, tasks, [row.cells[0].effort for row in rows]

    assert lists(FIRST - timedelta(days=1)) == (["1.02"], ["1.02"], ["", ""])
    assert lists(FIRST) == (["1.01", "1.02"], ["1.01", "1.02"], ["sad", ""])
    assert lists(LAST) == lists(FIRST)
    assert lists(LAST + timedelta(days=1)) == lists(TODAY)
    assert entry_of(item, spring).assessment.effort == "sad"
