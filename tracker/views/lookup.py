"""Loading the rows that an address names: 404 for what is not there and for what this user may not know of."""

from django.http import Http404
from django.shortcuts import get_object_or_404

from budget.models import Agreement, AmountLine, Committee, Item
from tracker.errors import AgreementSigned, WrongState
from tracker.models import Assessment, Entry, FollowUpRound, User
from tracker.permissions import Permission, authorize
from tracker.reports.follow_up import WHOLE


def find_agreement(user: User, year: int) -> Agreement:
    # with its plan: every page's tabs ask whether the reader may see it
    agreement = get_object_or_404(Agreement.objects.select_related("milestone_plan"), budget_year=year)
    authorize(user, Permission.AGREEMENT_READ, agreement)
    return agreement


def find_draft(user: User, year: int) -> Agreement:
    """The agreement to be mended; a signed one is refused in words that say why."""
    agreement = find_agreement(user, year)
    authorize_draft(user, agreement)
    return agreement


def authorize_draft(user: User, agreement: Agreement) -> None:
    try:
        authorize(user, Permission.AGREEMENT_EDIT, agreement)
    except WrongState:
        raise AgreementSigned from None


def find_rounds(user: User, year: int, number: int) -> tuple[FollowUpRound, list[FollowUpRound]]:
    """The round and all rounds of its agreement, which shares one object between them; one query."""
    rounds = list(
        FollowUpRound.objects.filter(agreement__budget_year=year).select_related("agreement").order_by("number")
    )
    found = next((each for each in rounds if each.number == number), None)
    if found is None:
        raise Http404
    for each in rounds:
        each.agreement = found.agreement
    authorize(user, Permission.AGREEMENT_READ, found.agreement)
    return found, rounds


def find_round(user: User, year: int, number: int) -> FollowUpRound:
    return find_rounds(user, year, number)[0]


def find_item(user: User, year: int, key: str) -> Item:
    item = get_object_or_404(
        Item.objects.select_related("agreement", "section", "lead_centre"), agreement__budget_year=year, key=key
    )
    authorize(user, Permission.AGREEMENT_READ, item.agreement)
    return item


def find_line(user: User, year: int, pk: int) -> AmountLine:
    """A line of money to be mended."""
    agreement = find_agreement(user, year)
    line = get_object_or_404(agreement.amount_lines, pk=pk)
    line.agreement = agreement
    authorize_draft(user, agreement)
    return line


def find_entry(user: User, year: int, number: int, key: str) -> Entry:
    """The item in the round, whether or not anything has been entered, if the user may know of it."""
    follow_up_round = find_round(user, year, number)
    items = follow_up_round.agreement.items.select_related("lead_centre")
    item = get_object_or_404(items, key=key)
    item.agreement = follow_up_round.agreement
    found = Assessment.objects.select_related("saved_by", "submitted_by", "approved_by")
    entry = Entry(item, follow_up_round, found.filter(item=item, follow_up_round=follow_up_round).first())
    authorize(user, Permission.ENTRY_SEE, entry)
    return entry


def find_committee(slug: str) -> Committee | None:
    """None for the whole municipality."""
    return None if slug == WHOLE else get_object_or_404(Committee, slug=slug)
