"""Who stands in for whom, and when."""

from dataclasses import dataclass, field
from datetime import date

from tracker.models import Substitute, User


@dataclass
class Substitutes:
    """A chief's own, by what today makes of them."""

    present: list[Substitute] = field(default_factory=list)
    coming: list[Substitute] = field(default_factory=list)
    past: list[Substitute] = field(default_factory=list)


def substitutes_of(chief: User, *, today: date) -> Substitutes:
    """The past ones newest first."""
    found = Substitutes()
    for each in chief.substitutes.select_related("stand_in"):
        if each.last_day < today:
            found.past.insert(0, each)
        elif each.first_day > today:
            found.coming.append(each)
        else:
            found.present.append(each)
    return found


@dataclass(frozen=True)
class StandingIn:
    """One chief that a user stands in for, now or soon."""

    substitute: Substitute
    is_now: bool


def standing_in(user: User, *, today: date) -> list[StandingIn]:
    """For whom and until when; only what gives rights."""
    if not user.is_of_centre:
        return []
    found = user.stands_in_for.filter(last_day__gte=today, chief__centres__isnull=False).in_force()
    found = found.select_related("chief").distinct()
    return [StandingIn(each, each.first_day <= today) for each in found]
