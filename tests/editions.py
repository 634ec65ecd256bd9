"""A round with editions, brought to the state that a test is about. What was frozen has a canary of its own: afterwards
the live rows say something else."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from budget.models import Agreement, Item
from tests.factories import (
    create_agreement,
    create_assessment,
    create_centre,
    create_committee,
    create_item,
    create_milestone,
    create_round,
    create_user,
)
from tracker.actions.publications import build_editions, open_editions, release_editions, withdraw_editions
from tracker.exports.editions import RENDERER
from tracker.models import Edition, FollowUpRound, User
from tracker.statuses import Role

OWN, OTHER = "oekonomiudvalget", "skoleudvalget"
MUNICIPALITY = "Ballerup Kommune"
# What is done one after the other, until the first edition is in that state; and its column for reading.
STATES = {
    "built": (["build"], "B"),
    "released": (["build", "release"], "K"),
    "open": (["build", "release", "open"], "O"),
    "superseded after open": (["build", "release", "open", "correct", "release", "open"], "O"),
    "superseded before open": (["build", "release", "correct", "release", "open"], "K"),
    "superseded before release": (["build", "correct"], "B"),
    "withdrawn after building": (["build", "withdraw"], "b"),
    "withdrawn after release": (["build", "release", "withdraw"], "k"),
    "withdrawn after opening": (["build", "release", "open", "withdraw"], "w"),
}


@dataclass
class Frozen:
    """A closed round of two committees, one item each: 2.02.1 is Økonomiudvalget's, 3.10 is Skoleudvalget's."""

    agreement: Agreement
    round: FollowUpRound
    item: Item
    other: Item
    approver: User
    now: datetime = datetime(2031, 5, 2, 8, 0, tzinfo=UTC)
    editions: int = 0

    @property
    def year(self) -> int:
        return self.agreement.budget_year

    def path(self, ending: str = "") -> str:
        return f"/offentlig/{self.year}/{self.round.number}/{ending}"

    def edition(self, number: int = 1, scope: str = OWN) -> Edition:
        return Edition.objects.get(publication__follow_up_round=self.round, publication__scope=scope, number=number)

    def stored(self, kind: str, number: int = 1, scope: str = OWN) -> bytes:
        return bytes(self.edition(number, scope).files.get(kind=kind).content)

    def canary(self, number: int = 1) -> str:
        """Stands in edition `number` alone, in the item of Økonomiudvalget."""
        return f"KANARIEUDGAVE-{self.year}-{self.round.number}-{number}"

    def build(self, reason: str = "") -> list[Edition]:
        self.editions += 1
        self.round.assessments.filter(item=self.item).update(comment=self.canary(self.editions))
        FollowUpRound.objects.filter(pk=self.round.pk).update(state="closed")
        built = build_editions(
            follow_up_round=self.round, by=self.approver, municipality=MUNICIPALITY, render=RENDERER, reason=reason,
            now=self._later(),
        )  # fmt: skip
        self.round.assessments.filter(item=self.item).update(comment="Nu står her noget andet.")
        return built

    def correct(self, reason: str = "Trykfejl i bemærkningen") -> list[Edition]:
        """Only what holds the item is built anew: its committee's report and the one for all."""
        return self.build(reason)

    def _waiting(self, *states: str) -> set[str]:
        found = Edition.objects.filter(publication__follow_up_round=self.round)
        return {each.publication.scope for each in found if each.state in states}

    def release(self) -> None:
        release_editions(
            follow_up_round=self.round, scopes=self._waiting("built"), by=self.approver, now=self._later()
        )  # fmt: skip

    def open(self) -> None:
        open_editions(follow_up_round=self.round, by=self.approver, now=self._later())

    def withdraw(self, reason: str = "Et navn stod forkert", scopes: set[str] | None = None) -> None:
        withdraw_editions(
            follow_up_round=self.round, by=self.approver, reason=reason, now=self._later(),
            scopes=scopes or self._waiting("built", "released", "open"),
        )  # fmt: skip

    def bring_to(self, state: str) -> "Frozen":
        for act in STATES[state][0]:
            getattr(self, act)()
        return self

    def _later(self) -> datetime:
        self.now += timedelta(hours=1)
        return self.now


def create_frozen(state: str = "", *, agreement: Agreement | None = None, approver: User | None = None) -> Frozen:
    """The agreement's next round, with editions in a state; without one it is closed and nothing is built."""
    agreement = agreement or create_agreement()
    number = agreement.rounds.count() + 1
    item, other = (
        agreement.items.filter(code=code).first()
        or create_item(agreement, code, centre=create_centre(centre), committees=[create_committee(committee)])
        for code, centre, committee in (
            ("2.02.1", "Ejendomme", "Økonomiudvalget"),
            ("3.10", "Politisk Sekretariat", "Skoleudvalget"),
        )
    )
    approver = approver or create_user(Role.APPROVER)
    closed = create_round(agreement, closed_by=approver, as_of="2031-03-31", label=f"{number}. opfølgning")
    closed.refresh_from_db()
    create_milestone(item, closed, "Tagrenderne er renset.")
    create_assessment(item, closed, state="approved", effort="neutral", comment="Kommer")
    create_assessment(other, closed, state="approved", economy="not_kept", comment="Dyrere end ventet")
    frozen = Frozen(agreement, closed, item, other, approver)
    return frozen.bring_to(state) if state else frozen
