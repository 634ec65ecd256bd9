"""Where an item comes from, by form: links to earlier points, and the amounts that its text names."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from budget.files.saving import item_elsewhere
from budget.models import Item, ItemLink
from tracker.errors import Refused
from tracker.models import Act, User, subject_of

from .cpr import item_place, refuse_cpr_numbers
from .drafts import claim_version, lock_draft
from .events import write_event
from .stated_amounts import StatedRow, replace_stated_amounts, texts_of_rows


@dataclass(frozen=True)
class LinkRow:
    """A link as it is typed: the year and the code as printed, whether or not that agreement is in the system."""

    kind: str
    year: int | None
    code: str
    note: str = ""

    @classmethod
    def of(cls, saved: ItemLink) -> "LinkRow":
        return cls(saved.kind, saved.target_year, saved.target_code, saved.note)

    @property
    def identity(self) -> tuple:
        return self.kind, self.year, self.code

    def __str__(self) -> str:
        return str(ItemLink(kind=self.kind, target_year=self.year, target_code=self.code))


def link_rows(item: Item) -> list[LinkRow]:
    """What is saved now."""
    return [LinkRow.of(each) for each in item.links.all()]


@transaction.atomic
def change_links(
    *,
    item: Item,
    by: User,
    version: int,
    links: Sequence[LinkRow],
    stated_amounts: Sequence[StatedRow],
    cpr_reason: str = "",
    now: datetime | None = None,
) -> bool:
    """The item's links and the amounts named in its text become these; False when they already were. The item's own
    version guards both."""
    agreement = lock_draft(item.agreement)
    claim_version(item, version)
    current = Item.objects.get(pk=item.pk)
    current.agreement = agreement
    texts = {"Henvisninger": [part for row in links for part in (row.code, row.note)]} | texts_of_rows(stated_amounts)
    refuse_cpr_numbers(texts, subject=item_place(current), by=by, reason=cpr_reason, now=now)
    changes = _replace_links(current, links)
    if replace_stated_amounts(current, stated_amounts):
        changes.append("beløb nævnt i teksten")
    if not changes:
        Item.objects.filter(pk=current.pk).update(version=version)
        return False
    subject = subject_of(agreement.budget_year, key=current.key)
    write_event(act=Act.ITEM_CHANGED, by=by, subject=subject, note="; ".join(changes), now=now)
    return True


def tie_links_to(item: Item) -> None:
    """An item that has just got its key: links that named it before it was there lead to it from now on."""
    waiting = ItemLink.objects.filter(target=None, target_year=item.agreement.budget_year, target_code=item.key)
    waiting.exclude(item=item).update(target=item)


def _replace_links(item: Item, links: Sequence[LinkRow]) -> list[str]:
    """Rows that stay are left alone; a new note is a change of the row. Returns what has changed, in words."""
    for number, row in enumerate(links):
        if row.year == item.agreement.budget_year and row.code == item.key:
            raise Refused("Et punkt kan ikke henvise til sig selv.")
        if row.identity in {each.identity for each in links[:number]}:
            raise Refused(f"Henvisningen »{row}« står to gange.")
    saved = {LinkRow.of(each).identity: each for each in item.links.all()}
    changes = []
    for row in links:
        if (known := saved.pop(row.identity, None)) is None:
            ItemLink.objects.create(
                item=item,
                kind=row.kind,
                target=item_elsewhere({"year": row.year, "code": row.code}),
                target_year=row.year,
                target_code=row.code,
                note=row.note,
            )
            changes.append(f"ny henvisning: {row}")
        elif known.note != row.note:
            known.note = row.note
            known.save(update_fields=["note"])
            changes.append(f"bemærkning til henvisning: {row}")
    for gone in saved.values():
        gone.delete()
        changes.append(f"fjernet henvisning: {gone}")
    return changes
