"""Keeping the register of the organisation by form: names, periods, successors, and what was used stays."""

from datetime import UTC, date, datetime
from unittest import mock

import pytest

from budget.models import Centre, Committee, Party, Signatory
from tests.factories import create_agreement, create_centre, create_committee, create_item, create_party, create_user
from tracker.actions import organisation as actions
from tracker.actions.organisation import change_body, create_body, with_version
from tracker.errors import Refused, RowChanged
from tracker.models import Event
from tracker.statuses import Role

NOW = datetime(2031, 5, 1, 12, tzinfo=UTC)
FIRST, LAST = date(2032, 1, 1), date(2035, 12, 31)


def create(model, by, name, *, successors=(), **fields):
    return create_body(model=model, fields={"name": name, **fields}, successors=successors, by=by, now=NOW)


def change(body, by, *, version=None, successors=None, **fields):
    """As a form that was opened just now would save it."""
    fresh = with_version(type(body).objects.get(pk=body.pk))
    if successors is None:
        successors = [] if isinstance(body, Party) else list(fresh.successors.all())
    return change_body(
        body=body, version=version or fresh.version, fields=fields, successors=successors, by=by, now=NOW
    )


def stored(body):
    return type(body).objects.get(pk=body.pk)


def last_event():
    return Event.objects.order_by("pk").last()


# --- Creating --------------------------------------------------------------------------------------------------------
def test_a_new_committee_is_there_and_is_an_event(finance):
    follower = create_committee("Landdistriktsudvalget")

    body = create(Committee, finance, "Ø-udvalget", valid_from=FIRST, successors=[follower])

    assert (body.slug, list(body.successors.all())) == ("oe-udvalget", [follower])
    event = last_event()
    assert (event.act, event.subject, event.user_id, event.at) == (
        "organisation_changed",
        "udvalg Ø-udvalget",
        finance.pk,
        NOW,
    )
    assert event.note == (
        "oprettet: kortnavn i adresser oe-udvalget; navn Ø-udvalget; gælder fra 01.01.2032; "
        "efterfølgere Landdistriktsudvalget"
    )


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Ældre- og Åbenhedsudvalget", "aeldre-og-aabenhedsudvalget"),
        ("  By, Erhverv / Havn  (ny)", "by-erhverv-havn-ny"),
        ("Café Müller", "cafe-muller"),
        ("A\N{COMBINING RING ABOVE}dal", "aadal"),
        ("=1+1", "1-1"),
        ("x" * 120, "x" * 80),
        ("Samlet", "samlet-2"),
        ("Uden udvalg", "uden-udvalg-2"),
        ("Økonomiudvalget.", "oekonomiudvalget-2"),
    ],
)
def test_the_short_name_in_addresses_is_made_from_the_name(loaded_2018, finance, name, slug):
    assert create(Committee, finance, name).slug == slug


def test_a_long_short_name_that_is_taken_still_has_room_for_its_number(finance):
    first, second = (create(Centre, finance, "y" * 100 + end) for end in "ab")

    assert (first.slug, second.slug) == ("y" * 80, "y" * 78 + "-2")


@pytest.mark.parametrize("name", ["!!!", "–", "中文"])
def test_a_name_without_letters_is_refused(finance, name):
    with pytest.raises(Refused) as refusal:
        create(Centre, finance, name)

    assert "mindst ét bogstav" in refusal.value.fields["name"]
    assert not Centre.objects.filter(name=name).exists()


def test_two_at_once_is_a_sentence_not_a_fault(finance):
    """The other one was saved between our look and our own save."""
    create_centre("Beredskab")

    with mock.patch.object(actions, "_in_turn", return_value=[]), pytest.raises(Refused) as refusal:
        create(Centre, finance, "Beredskab")

    assert "En anden har netop oprettet det samme" in str(refusal.value)
    assert Centre.objects.filter(name="Beredskab").count() == 1


# --- Changing --------------------------------------------------------------------------------------------------------
def test_a_change_tells_from_and_to(finance):
    follower = create_committee("Klimaudvalget", valid_from=FIRST)
    body = create_committee("Vejudvalget", short_name="VU")

    changed = change(body, finance, name="Vej- og Stiudvalget", short_name="", valid_to=LAST, successors=[follower])

    assert changed
    assert last_event().subject == "udvalg Vejudvalget"
    assert last_event().note == (
        "navn fra Vejudvalget til Vej- og Stiudvalget; gælder til fra (tomt) til 31.12.2035; "
        "forkortelse fra VU til (tomt); efterfølgere fra (tomt) til Klimaudvalget (01.01.2032–)"
    )
    assert (stored(body).slug, stored(body).name) == ("vejudvalget", "Vej- og Stiudvalget")


def test_no_change_is_no_event(finance):
    body = create_centre("Beredskab")
    before = Event.objects.count()

    changed = change(body, finance, name="Beredskab", valid_from=None)

    assert (changed, Event.objects.count()) == (False, before)


def test_a_party_changes_name_and_letter(finance):
    party = create_party("Lokallisten", "L")

    change(party, finance, name="Borgerlisten", letter="BL")

    assert str(stored(party)) == "Borgerlisten (BL)"
    assert last_event().note == "bogstav fra L til BL; navn fra Lokallisten til Borgerlisten"


def in_use_by_an_item_as_committee():
    body = create_committee("Vejudvalget")
    create_item(committees=[body])
    return body, "(1 punkt)"


def in_use_by_a_draft_as_lead_centre_and_contributor():
    body = create_centre("Beredskab")
    draft = create_agreement(signed_on=None, plan="draft")
    create_item(draft, centre=body, contributors=[body])
    create_item(draft, "3.10", contributors=[body])
    return body, "(2 punkter)"


def in_use_by_accounts():
    body = create_centre("Beredskab")
    for _ in range(2):
        create_user(Role.EDITOR, centres=[body])
    return body, "(2 konti)"


def in_use_by_an_agreement():
    party = create_party("Lokallisten")
    Signatory.objects.create(agreement=create_agreement(), party=party, position=1)
    return party, "(1 aftale)"


USED = [
    in_use_by_an_item_as_committee,
    in_use_by_a_draft_as_lead_centre_and_contributor,
    in_use_by_accounts,
    in_use_by_an_agreement,
]


@pytest.mark.parametrize("use", USED)
def test_a_name_in_use_stays_and_the_sentence_says_what_to_do(db, finance, use):
    body, who = use()
    old = body.name

    with pytest.raises(Refused) as refusal:
        change(body, finance, name="Et helt nyt navn")

    assert f"Navnet er i brug {who} og kan derfor ikke ændres." in refusal.value.fields["name"]
    assert "opret det" in str(refusal.value)
    assert stored(body).name == old


def test_all_but_the_name_of_one_in_use_changes(finance):
    body, _ = in_use_by_an_item_as_committee()
    follower = create_committee("Klimaudvalget")

    change(body, finance, name="Vejudvalget", short_name="VU", valid_to=LAST, successors=[follower])

    assert (stored(body).short_name, stored(body).valid_to) == ("VU", LAST)
    assert list(body.successors.all()) == [follower]


# --- Rules, and what happens without each ----------------------------------------------------------------------------
def backward_period(finance):
    create(Centre, finance, "Beredskab", valid_from=LAST, valid_to=FIRST)


def same_name_from_the_day_it_ends(finance):
    create(Committee, finance, "Vejudvalget", valid_to=LAST)
    create(Committee, finance, "vejudvalget ", valid_from=LAST)


def same_name_without_dates(finance):
    create(Centre, finance, "Beredskab", valid_to=LAST)
    create(Centre, finance, "Beredskab")


def same_name_by_a_change(finance):
    create(Centre, finance, "Beredskab")
    change(create_centre("Brandvæsen"), finance, name="Beredskab")


def same_name_by_an_earlier_start(finance):
    create(Centre, finance, "Beredskab", valid_to=FIRST)
    later = create(Centre, finance, "Beredskab", valid_from=LAST)
    change(later, finance, valid_from=FIRST)


def same_party(finance):
    create_party("Lokallisten")
    create(Party, finance, "LOKALLISTEN")


def its_own_successor(finance):
    body = create_centre("Beredskab")
    change(body, finance, successors=[body])


def a_circle(finance):
    last = create_centre("C")
    middle = create_centre("B")
    middle.successors.set([last])
    first = create_centre("A")
    first.successors.set([create_centre("D"), middle])
    change(last, finance, successors=[first])


def a_name_in_use(finance):
    body, _ = in_use_by_accounts()
    change(body, finance, name="Et helt nyt navn")


RULES = [
    (backward_period, "_refuse_backward_period", "valid_to", "Slutdatoen ligger før startdatoen."),
    (
        same_name_from_the_day_it_ends,
        "_refuse_same_name",
        "name",
        "et udvalg med det navn i perioden: Vejudvalget (–31",
    ),
    (
        same_name_without_dates,
        "_refuse_same_name",
        "name",
        "et center med det navn i perioden: Beredskab (–31.12.2035)",
    ),
    (same_name_by_a_change, "_refuse_same_name", "name", "et center med det navn i perioden: Beredskab."),
    (same_name_by_an_earlier_start, "_refuse_same_name", "name", "Ret navnet eller datoerne"),
    (same_party, "_refuse_same_name", "name", "Der er allerede et parti med det navn."),
    (its_own_successor, "_refuse_circle", "successors", "Beredskab kan ikke efterfølge sig selv."),
    (a_circle, "_refuse_circle", "successors", "Efterfølgerne går i ring: C → A → B → C."),
    (a_name_in_use, "_refuse_name_in_use", "name", "Navnet er i brug (2 konti)"),
]


@pytest.mark.parametrize(("act", "guard", "field", "words"), RULES, ids=[rule[0].__name__ for rule in RULES])
def test_a_broken_rule_is_refused_at_its_field(db, finance, act, guard, field, words):
    with pytest.raises(Refused) as refusal:
        act(finance)

    assert list(refusal.value.fields) == [field]
    assert words in refusal.value.fields[field]


UNSEEN_BY_THE_DATABASE = [rule[:2] for rule in RULES if rule[0] is not backward_period]


@pytest.mark.parametrize(
    ("act", "guard"), UNSEEN_BY_THE_DATABASE, ids=[act.__name__ for act, _ in UNSEEN_BY_THE_DATABASE]
)
def test_without_its_guard_the_rule_is_broken(db, finance, act, guard):
    with mock.patch.object(actions, guard):
        act(finance)


def test_the_same_name_again_after_the_first_one_ended(finance):
    first = create(Committee, finance, "Vejudvalget", valid_to=LAST)

    second = create(Committee, finance, "Vejudvalget", valid_from=date(2036, 1, 1))

    assert (first.slug, second.slug) == ("vejudvalget", "vejudvalget-2")


def test_a_centre_may_have_a_committees_name(finance):
    create(Committee, finance, "Beredskab")

    assert create(Centre, finance, "Beredskab").pk


def test_one_of_several_successors_may_end_where_another_does(finance):
    """Two ways to the same end are no circle."""
    end = create_centre("D")
    two = [create_centre(name) for name in "BC"]
    for each in two:
        each.successors.set([end])

    assert change(create_centre("A"), finance, successors=two)


# --- Two at the same row ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize("first", [{"valid_to": LAST}, {"name": "Brand"}, {"successors": True}])
def test_the_second_of_two_is_told_and_nothing_is_overwritten(db, finance, approver, first):
    body, follower = create_centre("Beredskab"), create_centre("Follower")
    opened = with_version(stored(body)).version
    if "successors" in first:
        first = {"successors": [follower]}
    change(body, approver, **first)
    before, notes = with_version(stored(body)).version, Event.objects.count()

    with pytest.raises(RowChanged) as refusal:
        change(body, finance, version=opened, name="Beredskabet", successors=[])

    assert refusal.value.current.version == before == with_version(stored(body)).version
    assert Event.objects.count() == notes


def test_without_the_version_the_others_change_is_lost(finance, approver):
    body = create_centre("Beredskab")
    change(body, approver, name="Beredskab", valid_to=LAST)

    with mock.patch.object(actions, "with_version", side_effect=lambda row: setattr(row, "version", "x") or row):
        change(body, finance, version="x", name="Beredskab", valid_to=None)

    assert stored(body).valid_to is None


def test_a_successors_new_name_makes_no_page_stale(finance):
    follower = create_centre("Follower")
    body = create_centre("Beredskab")
    body.successors.set([follower])
    opened = with_version(stored(body)).version

    change(follower, finance, name="Efterfølgeren")

    assert change(body, finance, version=opened, valid_to=LAST)
