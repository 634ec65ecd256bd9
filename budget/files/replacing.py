"""Taking an agreement out again, to put another text of it in its place. The caller holds the transaction and has made
sure that nobody has reported on it."""

from django.db.models import QuerySet
from django.db.models.deletion import Collector

from budget.models import Agreement, ItemLink, Responsibility, YearAmount


def lock_agreement(agreement: Agreement) -> bool:
    """Locks the agreement and the rows that people change; False if it is no longer there."""
    if not Agreement.objects.select_for_update().filter(pk=agreement.pk).first():
        return False
    for rows in (agreement.sections, agreement.items, agreement.amount_lines):
        list(rows.order_by("pk").select_for_update().values_list("pk"))
    return True


def links_from_elsewhere(agreement: Agreement) -> dict[int, str]:
    """Which items of other agreements point into this one: the link's id and the key it points at."""
    links = ItemLink.objects.filter(target__agreement=agreement).exclude(item__agreement=agreement)
    return dict(links.values_list("pk", "target__key"))


def tie_links(links: dict[int, str], agreement: Agreement) -> None:
    """What pointed into the agreement points at the item that now has the key; else its year and code stand alone."""
    items = dict(agreement.items.values_list("key", "pk"))
    for link, key in links.items():
        ItemLink.objects.filter(pk=link).update(target=items.get(key))


def delete_agreement(agreement: Agreement, user_id: int | None, reason: str) -> None:
    """The agreement and all of its own part, what is held before what holds it, with who and why in the history."""
    ItemLink.objects.filter(target__agreement=agreement).update(target=None)
    agreement.sections.update(parent=None)
    for rows in (
        YearAmount.objects.filter(line__agreement=agreement),
        agreement.amount_lines.all(),
        Responsibility.objects.filter(item__agreement=agreement),
        agreement.items.all(),
        agreement.sections.all(),
        Agreement.objects.filter(pk=agreement.pk),
    ):
        delete_signed(rows, user_id, reason)


def delete_signed(rows: QuerySet, user_id: int | None, reason: str) -> None:
    """As `rows.delete()`, where the history also says who and why."""
    found = list(rows)
    for row in found:
        row._history_user, row._change_reason = user_id, reason
    collector = Collector(using=rows.db)
    collector.collect(found)
    collector.delete()
