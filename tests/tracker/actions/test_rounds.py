from datetime import UTC, date, datetime, timedelta

import pytest

from tests.factories import create_agreement, create_assessment, create_item, create_round
from tracker.actions.rounds import close_round, open_round, reopen_round
from tracker.errors import Refused, RoundStateError, RowChanged, TrackerError
from tracker.models import Act, Edition, EditionStep, Event, FollowUpRound, Publication
from tracker.statuses import EditionState

NOW = datetime(2031, 4, 30, 22, 30, tzinfo=UTC)  # 1 May in Copenhagen
OTHERS = {"planned": ["open", "closed", "published"], "open": ["planned", "closed", "published"]}


def events_of(follow_up_round):
    year = follow_up_round.agreement.budget_year
    return Event.objects.filter(subject=f"aftale {year}, runde {follow_up_round.number}")


def stored(follow_up_round):
    return FollowUpRound.objects.filter(pk=follow_up_round.pk).values().get()


def moves_of(follow_up_round):
    return [(each.field, each.before, each.after, each.reason) for each in follow_up_round.moved_dates.all()]


def test_a_planned_round_opens(db, approver):
    planned = create_round(state="planned")

    opened = open_round(follow_up_round=planned, by=approver, now=NOW)

    assert opened.is_open
    assert (opened.opened_at, opened.opens_on, opened.deadline) == (NOW, date(2031, 5, 1), None)


def test_no_round_of_a_draft_opens(db, approver):
    planned = create_round(create_agreement(signed_on=None), state="planned")

    with pytest.raises(RoundStateError, match="Aftalen er ikke indgået endnu"):
        open_round(follow_up_round=planned, by=approver, now=NOW)

    assert stored(planned)["state"] == "planned" and stored(planned)["version"] == 1
    assert not events_of(planned).exists()


def test_the_planned_dates_stay(db, approver):
    planned = create_round(state="planned", opens_on=date(2031, 5, 2), deadline=date(2031, 5, 20))

    opened = open_round(follow_up_round=planned, by=approver, now=NOW)

    assert (opened.opens_on, opened.deadline) == (date(2031, 5, 2), date(2031, 5, 20))


def test_a_deadline_given_when_opening_moves_the_planned_one(db, approver):
    planned = create_round(state="planned", deadline=date(2031, 5, 20))

    with pytest.raises(Refused) as refusal:
        open_round(follow_up_round=planned, by=approver, deadline=date(2031, 6, 1), now=NOW)
    opened = open_round(follow_up_round=planned, by=approver, deadline=date(2031, 6, 1), reason="Ferie", now=NOW)

    assert refusal.value.fields == {"reason": "Skriv, hvorfor datoen er flyttet: frist for indberetning."}
    assert opened.deadline == date(2031, 6, 1)
    assert moves_of(opened) == [("deadline", date(2031, 5, 20), date(2031, 6, 1), "Ferie")]
    assert [event.act for event in events_of(planned)] == [Act.ROUND_CHANGED, Act.ROUND_OPENED]


def test_a_date_that_becomes_known_when_opening_needs_no_reason_but_is_an_event(db, approver):
    planned = create_round(state="planned")

    opened = open_round(follow_up_round=planned, by=approver, deadline=date(2031, 6, 1), now=NOW)

    assert moves_of(opened) == []
    event = events_of(planned).get(act=Act.ROUND_CHANGED)
    assert event.note == "frist for indberetning fra ikke angivet til 01.06.2031"


def test_an_open_form_that_is_too_old_is_told(db, approver):
    planned = create_round(state="planned")
    FollowUpRound.objects.filter(pk=planned.pk).update(version=2, deadline=date(2031, 6, 1))

    with pytest.raises(RowChanged) as stale:
        open_round(follow_up_round=planned, by=approver, version=1, now=NOW)

    assert stale.value.current.deadline == date(2031, 6, 1)
    assert stored(planned)["state"] == "planned"


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


def test_rounds_of_two_agreements_are_open_together(db, approver):
    older, newer = create_agreement(), create_agreement()
    last, first = create_round(older, 4, state="planned"), create_round(newer, 1, state="planned")

    for each in (last, first):
        open_round(follow_up_round=each, by=approver)

    assert {*FollowUpRound.objects.open()} >= {last, first}


def test_closing_writes_down_what_was_not_reported(db, approver):
    agreement = create_agreement()
    spring = create_round(agreement)
    for code, state in [("2.9", "draft"), ("2.10", None), ("1.01", "submitted"), ("1.02", "approved")]:
        item = create_item(agreement, code)
        if state:
            create_assessment(item, spring, state=state)

    close_round(follow_up_round=spring, by=approver)

    assert events_of(spring).get().note == "ikke indberettet: 2.9, 2.10"


@pytest.mark.parametrize("state", ["closed", "published"])
def test_a_round_that_is_over_opens_again_with_a_reason(db, approver, state):
    over = create_round(state=state, closed_by=approver, deadline=date(2031, 5, 1))

    reopened = reopen_round(
        follow_up_round=over, by=approver, reason="To centre mangler", deadline=date(2031, 5, 8), now=NOW
    )

    assert (reopened.state, reopened.closed_at, reopened.closed_by) == ("open", None, None)
    assert moves_of(reopened) == [("deadline", date(2031, 5, 1), date(2031, 5, 8), "To centre mangler")]
    assert events_of(over).get(act=Act.ROUND_REOPENED).note == "To centre mangler"


@pytest.mark.parametrize("reason", ["", " \n "])
def test_it_does_not_open_again_without_a_reason(db, approver, reason):
    over = create_round(state="closed")

    with pytest.raises(Refused):
        reopen_round(follow_up_round=over, by=approver, reason=reason)

    assert stored(over)["state"] == "closed"
    assert not events_of(over).exists()


@pytest.mark.parametrize("state", ["planned", "open"])
def test_only_a_round_that_is_over_opens_again(db, approver, state):
    other = create_round(state=state)
    before = stored(other)

    with pytest.raises(RoundStateError, match="er ikke lukket"):
        reopen_round(follow_up_round=other, by=approver, reason="Rettelse")

    assert stored(other) == before


def create_edition(follow_up_round, *states, scope="samlet", name="Ballerup Kommune"):
    publication = Publication.objects.create(follow_up_round=follow_up_round, scope=scope, scope_name=name)
    edition = Edition.objects.create(
        publication=publication, number=1, sequence=Edition.objects.count() + 1, title="Rapport", built_at=NOW,
        content="{}", content_sha256="0" * 64, chain="0" * 64,
    )  # fmt: skip
    for position, state in enumerate(states, start=1):
        EditionStep.objects.create(
            edition=edition, position=position, state=state, at=NOW, actor="Godkender", reason="Fejl"
        )
    return edition


BUILT, RELEASED, OPEN, WITHDRAWN = (
    EditionState.BUILT, EditionState.RELEASED, EditionState.OPEN, EditionState.WITHDRAWN,
)  # fmt: skip


@pytest.mark.parametrize("states", [(BUILT,), (BUILT, RELEASED)])
def test_it_does_not_open_again_while_an_edition_waits(db, approver, states):
    over = create_round(state="closed")
    create_edition(over, *states)

    with pytest.raises(RoundStateError, match=r"Ballerup Kommune, udgave 1 \(.*\); træk den tilbage først"):
        reopen_round(follow_up_round=over, by=approver, reason="Rettelse")

    assert stored(over)["state"] == "closed"
    assert not events_of(over).exists()


def test_without_the_guard_it_would_open_under_the_edition(db, approver, monkeypatch):
    over = create_round(state="closed")
    create_edition(over, BUILT)
    monkeypatch.setattr("tracker.actions.rounds.pending_editions", lambda follow_up_round: [])

    assert reopen_round(follow_up_round=over, by=approver, reason="Rettelse").is_open


def test_all_editions_that_wait_are_named(db, approver):
    over = create_round(state="closed")
    create_edition(over, BUILT)
    create_edition(over, BUILT, RELEASED, scope="oekonomiudvalget", name="Økonomiudvalget")

    with pytest.raises(RoundStateError, match="bygget.*Økonomiudvalget, udgave 1 .*; træk dem tilbage først"):
        reopen_round(follow_up_round=over, by=approver, reason="Rettelse")


@pytest.mark.parametrize("states", [(BUILT, RELEASED, OPEN), (BUILT, WITHDRAWN), (BUILT, RELEASED, WITHDRAWN)])
def test_an_edition_that_is_public_or_withdrawn_is_no_hindrance(db, approver, states):
    over = create_round(state="published")
    create_edition(over, *states)

    assert reopen_round(follow_up_round=over, by=approver, reason="Rettelse").is_open


def test_every_act_counts_the_version_up(db, approver):
    spring = create_round(state="planned")

    open_round(follow_up_round=spring, by=approver)
    close_round(follow_up_round=spring, by=approver)
    reopened = reopen_round(follow_up_round=spring, by=approver, reason="Rettelse")

    assert reopened.version == 4
