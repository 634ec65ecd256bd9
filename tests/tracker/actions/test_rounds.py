from datetime import UTC, date, datetime, timedelta

import pytest

from tests.factories import create_agreement, create_round
from tracker.actions.rounds import close_round, open_round
from tracker.errors import RoundStateError, TrackerError
from tracker.models import Act, Event, FollowUpRound

NOW = datetime(2031, 4, 30, 22, 30, tzinfo=UTC)  # 1 May in Copenhagen
OTHERS = {"planned": ["open", "closed", "published"], "open": ["planned", "closed", "published"]}


def events_of(follow_up_round):
    year = follow_up_round.agreement.budget_year
    return Event.objects.filter(subject=f"aftale {year}, runde {follow_up_round.number}")


def stored(follow_up_round):
    return FollowUpRound.objects.filter(pk=follow_up_round.pk).values().get()


def test_a_planned_round_opens(db, approver):
    planned = create_round(state="planned")

    opened = open_round(follow_up_round=planned, by=approver, now=NOW)

    assert opened.is_open
    assert (opened.opened_at, opened.opens_on, opened.deadline) == (NOW, date(2031, 5, 1), None)


def test_the_planned_dates_stay(db, approver):
    planned = create_round(state="planned", opens_on=date(2031, 5, 2), deadline=date(2031, 5, 20))

    opened = open_round(follow_up_round=planned, by=approver, now=NOW)

    assert (opened.opens_on, opened.deadline) == (date(2031, 5, 2), date(2031, 5, 20))


def test_a_deadline_given_when_opening_replaces_the_planned_one(db, approver):
    planned = create_round(state="planned", deadline=date(2031, 5, 20))

    opened = open_round(follow_up_round=planned, by=approver, deadline=date(2031, 6, 1), now=NOW)

    assert opened.deadline == date(2031, 6, 1)


def test_a_deadline_before_the_opening_is_a_rule_broken_not_a_fault(db, approver):
    planned = create_round(state="planned")

    with pytest.raises(TrackerError):
        open_round(follow_up_round=planned, by=approver, deadline=date(2031, 4, 1), now=NOW)

    assert stored(planned)["state"] == "planned"


def test_a_round_whose_planned_deadline_has_passed_says_so(db, approver):
    planned = create_round(state="planned", deadline=date(2031, 4, 1))

    with pytest.raises(TrackerError):
        open_round(follow_up_round=planned, by=approver, now=NOW)


def test_opening_is_an_event(db, approver):
    planned = create_round(state="planned")

    open_round(follow_up_round=planned, by=approver, now=NOW)

    event = events_of(planned).get()
    assert (event.act, event.actor, event.user_id, event.at) == (Act.ROUND_OPENED, approver.name, approver.pk, NOW)


def test_a_command_may_open_a_round(db):
    planned = create_round(state="planned")

    open_round(follow_up_round=planned, by="load_demo (root)", now=NOW)

    event = events_of(planned).get()
    assert (event.actor, event.user_id) == ("load_demo (root)", None)


@pytest.mark.parametrize("state", OTHERS["planned"])
def test_only_a_planned_round_opens(db, approver, state):
    other = create_round(state=state)
    before = stored(other)

    with pytest.raises(RoundStateError, match="er ikke planlagt"):
        open_round(follow_up_round=other, by=approver)

    assert stored(other) == before
    assert not events_of(other).exists()


def test_an_open_round_closes(db, approver):
    spring = create_round(state="open")

    closed = close_round(follow_up_round=spring, by=approver, now=NOW)

    assert (closed.state, closed.closed_at, closed.closed_by) == ("closed", NOW, approver)
    event = events_of(spring).get()
    assert (event.act, event.actor, event.at) == (Act.ROUND_CLOSED, approver.name, NOW)


@pytest.mark.parametrize("state", OTHERS["open"])
def test_only_an_open_round_closes(db, approver, state):
    other = create_round(state=state)
    before = stored(other)

    with pytest.raises(RoundStateError, match="er ikke åben"):
        close_round(follow_up_round=other, by=approver)

    assert stored(other) == before
    assert not events_of(other).exists()


def test_closing_twice_is_refused_with_an_old_copy_too(db, approver):
    spring = create_round(state="open")
    old_copy = FollowUpRound.objects.get(pk=spring.pk)
    close_round(follow_up_round=spring, by=approver)

    with pytest.raises(RoundStateError):
        close_round(follow_up_round=old_copy, by=approver)

    assert events_of(spring).count() == 1


def test_a_round_past_its_deadline_stays_open_until_someone_closes_it(db, approver):
    yesterday = date.today() - timedelta(days=1)
    spring = create_round(state="open", opens_on=yesterday, deadline=yesterday)

    assert spring.is_open
    assert spring in FollowUpRound.objects.open()


def test_opening_one_round_leaves_the_others(db, approver):
    agreement = create_agreement()
    first, second = (create_round(agreement, state="planned") for _ in range(2))

    open_round(follow_up_round=first, by=approver)

    assert stored(second)["state"] == "planned"
