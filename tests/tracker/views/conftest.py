"""An agreement of two rounds, the first published and the second open, with an item of Ejendomme and one of another
centre."""

from dataclasses import dataclass

import pytest

from budget.models import Agreement, Item
from tests.factories import (
    create_agreement,
    create_assessment,
    create_centre,
    create_committee,
    create_item,
    create_milestone,
    create_round,
)
from tracker.models import FollowUpRound


@dataclass
class Stage:
    agreement: Agreement
    first: FollowUpRound
    second: FollowUpRound
    item: Item
    foreign: Item

    @property
    def year(self) -> int:
        return self.agreement.budget_year

    def entry(self, item: Item | None = None, number: int = 2, ending: str = "") -> str:
        return f"/aftaler/{self.year}/runder/{number}/indberetning/{(item or self.item).key}/{ending}"

    def of_round(self, ending: str = "", number: int = 2) -> str:
        return f"/aftaler/{self.year}/runder/{number}/{ending}"


def create_stage() -> Stage:
    agreement = create_agreement()
    committee = create_committee()
    item = create_item(agreement, "2.02.1", committees=[committee], title="Tagrender på skolen")
    foreign = create_item(agreement, "3.10", centre=create_centre("Politisk Sekretariat"), committees=[committee])
    first = create_round(agreement, state="published")
    second = create_round(agreement, deadline="2031-09-01")
    create_assessment(item, first, state="approved", comment="Sidste rundes ord")
    create_milestone(item, second, "Tagrenderne er renset.")
    return Stage(agreement, first, second, item, foreign)


@pytest.fixture
def stage(db) -> Stage:
    return create_stage()
