"""The amounts that a text names, as rows of their own below a section or an item."""

from collections.abc import Sequence
from dataclasses import dataclass

from budget import line_rules
from budget.models import Item, Section, StatedAmount
from tracker.errors import Refused


@dataclass(frozen=True)
class StatedRow:
    """A stated amount as it is typed: whole kroner, the years in order, how it belongs to them, and what it is."""

    kroner: int
    years: tuple[int, ...]
    basis: str
    standing: str
    note: str = ""

    @classmethod
    def of(cls, saved: StatedAmount) -> "StatedRow":
        return cls(saved.kroner, tuple(saved.years), saved.basis, saved.standing, saved.note)


def stated_rows(owner: Section | Item) -> list[StatedRow]:
    """What is saved now; an owner that is not saved yet has none."""
    return [StatedRow.of(each) for each in owner.stated_amounts.all()] if owner.pk else []


def texts_of_rows(rows: Sequence[StatedRow]) -> dict[str, list[str]]:
    """What is typed in them, by the name of the list."""
    return {"Beløb nævnt i teksten": [row.note for row in rows]}


def replace_stated_amounts(owner: Section | Item, rows: Sequence[StatedRow]) -> bool:
    """The owner's stated amounts become these, in this order; False when they already were. The caller holds the
    transaction and has checked the owner's version, which guards these rows too."""
    for row in rows:
        if problem := line_rules.period_problem(row.basis, row.years):
            raise Refused(f"Beløb nævnt i teksten: {problem}.")
    if stated_rows(owner) == list(rows):
        return False
    name = "section" if isinstance(owner, Section) else "item"
    owner.stated_amounts.all().delete()
    StatedAmount.objects.bulk_create(
        StatedAmount(
            position=position,
            kroner=row.kroner,
            years=list(row.years),
            basis=row.basis,
            standing=row.standing,
            note=row.note,
            **{name: owner},
        )  # fmt: skip
        for position, row in enumerate(rows, start=1)
    )
    return True
