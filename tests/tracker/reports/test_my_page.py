"""Min side leads finance on from a closed round."""

from datetime import date

from tests.factories import create_round
from tracker.reports.my_page import my_page


def test_a_closed_round_stays_in_sight_of_finance(finance, approver, editor):
    spring = create_round(closed_by=approver)

    assert my_page(user=finance, today=date(2031, 5, 1)).closed == [spring]
    assert my_page(user=editor, today=date(2031, 5, 1)).closed == []
