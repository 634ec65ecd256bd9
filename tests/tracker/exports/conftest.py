"""A report of two rounds whose second is open."""

import pytest

from tests.factories import (
    create_agreement,
    create_assessment,
    create_committee,
    create_item,
    create_milestone,
    create_round,
)
from tracker.reports.follow_up import FollowUpReport, follow_up_report


def report_of(agreement, number=1, committee=None) -> FollowUpReport:
    rounds = list(agreement.rounds.select_related("agreement").order_by("number"))
    return follow_up_report(rounds=rounds, number=number, committee=committee, municipality="Ballerup Kommune")


@pytest.fixture
def written(db):
    """One item in which a person has written every text; `written(text)` gives the report."""

    def write(text: str) -> FollowUpReport:
        agreement = create_agreement(title=text[:200], case_number=text[:40], reading_guide=text)
        committee = create_committee()
        committee.name = text[:120]
        committee.save()
        first = create_round(agreement, label=text[:80] or "Runde", as_of="2031-03-31")
        item = create_item(
            agreement, "3.10", title=text[:200], text=text, note=text, economy_text=text, source_note=text,
            lead_centre=None, printed_centre=text[:120], committees=[committee],
        )  # fmt: skip
        item.responsibilities.create(role="body", words=text[:120], position=1)
        item.responsibilities.create(role="contributor", words=text[:120], position=1)
        create_milestone(item, first, text)
        create_assessment(item, first, effort="sad", comment=text, expected_amount=-1_250_000)
        line = agreement.amount_lines.create(
            table="drift", source="economy_row", position=1, label=text[:200], project=text[:20], nature="new",
            period=text[:60], note=text,
        )  # fmt: skip
        line.items.set([item])
        line.amounts.create(year=agreement.budget_year, kroner=750_000)
        return report_of(agreement)

    return write
