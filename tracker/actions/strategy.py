"""What an agreement rests on beside its items, changed by form: targets with numbers, tax rates, goals in focus."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from budget.models import Agreement, SustainabilityGoal, Target, TargetValue, TaxRate
from tracker.errors import Refused
from tracker.models import Act, User, subject_of

from .cpr import refuse_cpr_numbers
from .drafts import claim_version, lock_draft
from .events import write_event


@dataclass(frozen=True)
class ValueRow:
    label: str
    year: int | None
    kroner: int


@dataclass(frozen=True)
class TargetRow:
    number: int
    title: str
    text: str = ""
    values: tuple[ValueRow, ...] = ()


@dataclass(frozen=True)
class RateRow:
    name: str
    hundredths: int
    unit: str
    note: str = ""


@dataclass(frozen=True)
class GoalRow:
    number: int
    title: str
    joint_with: int | None = None


def target_rows(agreement: Agreement) -> list[TargetRow]:
    return [
        TargetRow(
            each.number, each.title, each.text, tuple(ValueRow(v.label, v.year, v.kroner) for v in each.values.all())
        )
        for each in agreement.targets.prefetch_related("values")
    ]


def rate_rows(agreement: Agreement) -> list[RateRow]:
    return [RateRow(each.name, each.hundredths, each.unit, each.note) for each in agreement.tax_rates.all()]


def goal_rows(agreement: Agreement) -> list[GoalRow]:
    return [GoalRow(each.number, each.title, each.joint_with) for each in agreement.goals.all()]


@transaction.atomic
def change_strategy(
    *,
    agreement: Agreement,
    by: User,
    version: int,
    targets: Sequence[TargetRow],
    tax_rates: Sequence[RateRow],
    goals: Sequence[GoalRow],
    cpr_reason: str = "",
    now: datetime | None = None,
) -> bool:
    """All three lists become these; False when they already were. `version` is the agreement's."""
    current = lock_draft(agreement)
    claim_version(current, version)
    targets, goals = sorted(targets, key=lambda row: row.number), sorted(goals, key=lambda row: row.number)
    _refuse_twice(targets, tax_rates, goals)
    texts = _texts(targets, tax_rates, goals)
    refuse_cpr_numbers(texts, subject=subject_of(current.budget_year), by=by, reason=cpr_reason, now=now)
    changes = []
    if target_rows(current) != targets:
        _replace_targets(current, targets)
        changes.append("mål")
    if rate_rows(current) != list(tax_rates):
        _replace_rates(current, tax_rates)
        changes.append("skattesatser")
    if goal_rows(current) != goals:
        _replace_goals(current, goals)
        changes.append("verdensmål")
    if not changes:
        Agreement.objects.filter(pk=current.pk).update(version=version)
        return False
    note = f"rettet: {', '.join(changes)}"
    write_event(act=Act.AGREEMENT_CHANGED, by=by, subject=subject_of(current.budget_year), note=note, now=now)
    return True


def _texts(
    targets: Sequence[TargetRow], tax_rates: Sequence[RateRow], goals: Sequence[GoalRow]
) -> dict[str, list[str]]:
    return {
        "Mål": [part for row in targets for part in (row.title, row.text, *(value.label for value in row.values))],
        "Skattesatser": [part for row in tax_rates for part in (row.name, row.note)],
        "Verdensmål": [row.title for row in goals],
    }


def _refuse_twice(targets: Sequence[TargetRow], tax_rates: Sequence[RateRow], goals: Sequence[GoalRow]) -> None:
    if number := _first_twice(row.number for row in targets):
        raise Refused(f"Der er to mål med nummer {number}. Giv dem hver sit nummer.")
    if name := _first_twice(row.name for row in tax_rates):
        raise Refused(f"Satsen »{name}« står to gange. Ret den ene, eller slet den.")
    if number := _first_twice(row.number for row in goals):
        raise Refused(f"Verdensmål {number} står to gange. Slet det ene.")
    numbers = {row.number for row in goals}
    for row in goals:
        if row.joint_with and row.joint_with not in numbers - {row.number}:
            raise Refused(
                f"Verdensmål {row.number} følges samlet med mål {row.joint_with}, som ikke er et andet af målene her."
            )


def _first_twice(values):
    seen = set()
    for value in values:
        if value in seen:
            return value
        seen.add(value)
    return None


def _replace_targets(agreement: Agreement, rows: Sequence[TargetRow]) -> None:
    agreement.targets.all().delete()
    for row in rows:
        target = Target.objects.create(agreement=agreement, number=row.number, title=row.title, text=row.text)
        TargetValue.objects.bulk_create(
            TargetValue(target=target, position=position, label=value.label, year=value.year, kroner=value.kroner)
            for position, value in enumerate(row.values, start=1)
        )


def _replace_rates(agreement: Agreement, rows: Sequence[RateRow]) -> None:
    agreement.tax_rates.all().delete()
    TaxRate.objects.bulk_create(
        TaxRate(
            agreement=agreement,
            position=position,
            name=row.name,
            hundredths=row.hundredths,
            unit=row.unit,
            note=row.note,
        )
        for position, row in enumerate(rows, start=1)
    )


def _replace_goals(agreement: Agreement, rows: Sequence[GoalRow]) -> None:
    agreement.goals.all().delete()
    SustainabilityGoal.objects.bulk_create(
        SustainabilityGoal(agreement=agreement, number=row.number, title=row.title, joint_with=row.joint_with)
        for row in rows
    )
