"""Where an item comes from, by form: links to earlier points, and the amounts that its text names."""

from datetime import UTC, datetime

import pytest

from budget.models import Item, ItemLink
from tests.factories import create_agreement, create_item
from tracker.actions import links
from tracker.actions.links import LinkRow, change_links
from tracker.actions.stated_amounts import StatedRow
from tracker.errors import AgreementSigned, Refused, RowChanged
from tracker.models import Act, Event

NOW = datetime(2031, 5, 1, 12, tzinfo=UTC)
FROM_2018 = LinkRow("continues", 2018, "3.04", "Samme sag")
FROM_NOWHERE = LinkRow("postponed_from", None, "1.30")
AMOUNT = StatedRow(300_000, (2031,), "total", "new")


@pytest.fixture
def item(db):
    return create_item(create_agreement(2031, signed_on=None, plan="draft"))


def change(item, by, *rows, version=1, amounts=()):
    return change_links(item=item, by=by, version=version, links=rows, stated_amounts=amounts, now=NOW)


def links_of(item):
    return [LinkRow.of(each) for each in item.links.all()]


def test_a_link_leads_to_the_item_where_its_agreement_is_in_the_system(item, loaded_2018, finance):
    assert change(item, finance, FROM_2018, FROM_NOWHERE, LinkRow("continues", 2017, "3.04"))

    targets = {each.target_code: each.target for each in item.links.filter(target_year=2018)}
    assert targets == {"3.04": loaded_2018.items.get(key="3.04")}
    assert item.links.filter(target=None).count() == 2
    event = Event.objects.get(act=Act.ITEM_CHANGED)
    assert (event.subject, event.at) == ("aftale 2031, punkt 2.02.1", NOW)
    assert event.note.startswith("ny henvisning: fortsætter 3.04 i aftalen 2018; ny henvisning: udskudt fra 1.30")
    assert Item.objects.get(pk=item.pk).version == 2


def test_a_link_within_the_agreement_leads_there_too(item, finance):
    other = create_item(item.agreement, "3.01")

    change(item, finance, LinkRow("depends_on", 2031, "3.01"))

    assert item.links.get().target == other


def test_rows_that_stay_keep_their_row(item, finance):
    change(item, finance, FROM_2018, FROM_NOWHERE)
    kept = item.links.get(target_year=2018)

    change(item, finance, LinkRow("continues", 2018, "3.04", "Ny note"), version=2)

    assert [(each.pk, each.note) for each in item.links.all()] == [(kept.pk, "Ny note")]
    assert Event.objects.order_by("-pk")[0].note == (
        "bemærkning til henvisning: fortsætter 3.04 i aftalen 2018; "
        "fjernet henvisning: udskudt fra 1.30 i en tidligere aftale"
    )


def test_amounts_are_saved_together_with_the_links(item, finance):
    change(item, finance, FROM_NOWHERE, amounts=[AMOUNT])

    assert [StatedRow.of(each) for each in item.stated_amounts.all()] == [AMOUNT]
    assert Event.objects.get(act=Act.ITEM_CHANGED).note.endswith("; beløb nævnt i teksten")


def test_nothing_changed_leaves_no_trace(item, finance):
    change(item, finance, FROM_2018, amounts=[AMOUNT])

    assert not change(item, finance, FROM_2018, amounts=[AMOUNT], version=2)

    assert Item.objects.get(pk=item.pk).version == 2
    assert Event.objects.filter(act=Act.ITEM_CHANGED).count() == 1


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([LinkRow("depends_on", 2031, "2.02.1")], "Et punkt kan ikke henvise til sig selv."),
        ([FROM_NOWHERE, LinkRow("postponed_from", None, "1.30", "Anden note")], "står to gange"),
    ],
)
def test_a_link_to_itself_or_twice_is_refused(item, finance, rows, words):
    with pytest.raises(Refused, match=words):
        change(item, finance, *rows)

    assert not item.links.exists()


def test_a_stale_page_is_refused(item, finance, approver):
    change(item, approver, FROM_2018)

    with pytest.raises(RowChanged):
        change(item, finance, FROM_NOWHERE)

    assert links_of(item) == [FROM_2018]


def test_without_the_guard_the_other_rows_are_lost(item, finance, approver, monkeypatch):
    change(item, approver, FROM_2018)
    monkeypatch.setattr(links, "claim_version", lambda row, version: None)

    change(item, finance, FROM_NOWHERE)

    assert links_of(item) == [FROM_NOWHERE]  # nobody was told that the other one is gone


def test_the_links_of_a_signed_item_stay(finance):
    item = create_item()

    with pytest.raises(AgreementSigned):
        change(item, finance, FROM_2018)

    assert not ItemLink.objects.filter(item=item).exists()
