"""The words for how it goes: smiley levels, states, and the named sets that rules speak of."""

from enum import StrEnum

from django.db.models import TextChoices


class Effort(TextChoices):
    """How an item's effort (indsats) stands against the milestone of the round."""

    HAPPY = "happy", "glad"
    NEUTRAL = "neutral", "mellemfornøjet"
    SAD = "sad", "sur"
    NOT_RELEVANT = "not_relevant", "ikke relevant"
    NOT_ASSESSED = "not_assessed", "ikke vurderet"


class Economy(TextChoices):
    """Whether the item's budget is kept, or its saving achieved."""

    KEPT = "kept", "glad"
    NOT_KEPT = "not_kept", "sur"
    NOT_RELEVANT = "not_relevant", "ikke relevant"
    NOT_ASSESSED = "not_assessed", "ikke vurderet"


NOT_REPORTED = "not_reported"  # nobody chooses it: it is what silence is called once the round is closed
NOT_REPORTED_LABEL = "ikke indberettet"
WAITING = "waiting"  # the same silence while the round is still open
WAITING_LABEL = "mangler"

EFFORT_NEEDS_COMMENT = frozenset({Effort.NEUTRAL, Effort.SAD})
ECONOMY_NEEDS_COMMENT = frozenset({Economy.NOT_KEPT})


class Dimension(TextChoices):
    EFFORT = "effort", "Indsats"
    ECONOMY = "economy", "Økonomi"

    @property
    def levels(self) -> type[Effort] | type[Economy]:
        return Effort if self is Dimension.EFFORT else Economy


# The smileys that an agreement says the meaning of (læsevejledning); the other levels explain themselves.
DEFINED_LEVELS = (
    (Dimension.EFFORT, Effort.HAPPY),
    (Dimension.EFFORT, Effort.NEUTRAL),
    (Dimension.EFFORT, Effort.SAD),
    (Dimension.ECONOMY, Economy.KEPT),
    (Dimension.ECONOMY, Economy.NOT_KEPT),
)


class AssessmentState(TextChoices):
    DRAFT = "draft", "kladde"
    SUBMITTED = "submitted", "indsendt"
    APPROVED = "approved", "godkendt"


REPORTED = frozenset({AssessmentState.SUBMITTED, AssessmentState.APPROVED})


class EntryStage(StrEnum):
    """How far one item is in one round; the letter is its column in the table of permissions."""

    NOTHING = "N"
    CENTRE_DRAFT = "C"
    FINANCE_DRAFT = "F"
    CENTRE_SUBMITTED = "S"
    FINANCE_SUBMITTED = "X"
    APPROVED = "A"
    PUBLISHED = "P"


class RoundState(TextChoices):
    PLANNED = "planned", "planlagt"
    OPEN = "open", "åben"
    CLOSED = "closed", "lukket"
    PUBLISHED = "published", "offentliggjort"


class PlanState(TextChoices):
    """The milestone plan (udmøntning)."""

    DRAFT = "draft", "udkast"
    HEARING = "hearing", "i høring"
    APPROVED = "approved", "godkendt"
    CHANGED = "changed", "ændret"


PLAN_DECIDED = frozenset({PlanState.APPROVED, PlanState.CHANGED})


class DecisionOutcome(TextChoices):
    """What a political body made of a case, in the words of the minutes."""

    APPROVED = "approved", "godkendt"
    NOTED = "noted", "taget til efterretning"
    DISCUSSED = "discussed", "drøftet"
    SENT_BACK = "sent_back", "sendt tilbage"
    POSTPONED = "postponed", "udsat"
    CHANGED = "changed", "ændret"
    REJECTED = "rejected", "forkastet"


class EditionState(TextChoices):
    """How far a frozen report has come. Superseded and withdrawn are ends."""

    BUILT = "built", "bygget"
    RELEASED = "released", "frigivet til udvalget"
    OPEN = "open", "offentlig"
    SUPERSEDED = "superseded", "erstattet"
    WITHDRAWN = "withdrawn", "trukket tilbage"


EDITION_ENDED = frozenset({EditionState.SUPERSEDED, EditionState.WITHDRAWN})


class ReminderKind(TextChoices):
    """What a digest told somebody about a deadline."""

    TWO_WEEKS = "two_weeks", "om 14 dage"
    THREE_DAYS = "three_days", "om 3 dage"
    TODAY = "today", "i dag"
    OVERDUE = "overdue", "overskredet"
    OVERDUE_CENTRE = "overdue_centre", "overskredet i centeret"


class Role(TextChoices):
    FINANCE = "finance", "Økonomi og Styring"
    APPROVER = "approver", "Godkender"
    EDITOR = "editor", "Centermedarbejder"
    CHIEF = "chief", "Centerchef"
    MEMBER = "member", "Udvalgsmedlem"
    ADMINISTRATOR = "administrator", "Administrator"


CENTRE_ROLES = frozenset({Role.EDITOR, Role.CHIEF})
