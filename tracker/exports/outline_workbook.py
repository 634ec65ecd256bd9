"""The outline's items as a workbook, one row each."""

from datetime import datetime

from django.utils import timezone

from budget.models import StatedAmount
from tracker.exports.sheets import Column, Sheet, workbook_bytes
from tracker.reports.outline import Outline, OutlineRow, outline_rows
from tracker.templatetags.tracker import in_words


def outline_workbook(shown: Outline, *, now: datetime) -> bytes:
    """One sheet, Punkter: where the item stands, who answers for it, where it comes from, and what its text says of
    money, in words."""
    made = timezone.localtime(now)
    count = f"{len(shown.items)} af {len(shown.all_items)} punkter."
    state = "" if shown.agreement.is_signed else "UDKAST: aftalen er ikke indgået. "
    title = [f"{shown.agreement}: punkter", f"{state}{count} Dannet {made:%d.%m.%Y} kl. {made:%H.%M}."]
    has_centre = (each.item.centre_name for each in shown.all_items)
    has_kind = (each.item.kind for each in shown.all_items)
    columns = [
        Column("Punkt", lambda row: row.listed.item.key, 11),
        Column("Kapitel", lambda row: str(row.path[0]), 24),
        Column("Afsnit", lambda row: str(row.path[-1]), 30),
        Column("Titel", lambda row: row.listed.item.title, 36),
        Column("Tekst", lambda row: row.listed.item.text or None, 70),
        Column("Udvalg", lambda row: ", ".join(map(str, row.listed.committees)) or None, 26),
        Column("Andet organ", lambda row: ", ".join(row.listed.bodies) or None, 20),
        *([Column("Center", lambda row: row.listed.item.centre_name or None, 20)] if any(has_centre) else []),
        *([Column("Drift/anlæg", lambda row: row.listed.item.get_kind_display() or None, 14)] if any(has_kind) else []),
        Column("Livsstatus", lambda row: row.listed.item.get_life_status_display(), 12),
        Column("Fra tidligere aftale", _origin, 28),
        Column("Beløb nævnt i teksten", lambda row: "\n".join(map(_amount, row.amounts)) or None, 40),
        Column("Beløbslinjer", lambda row: "ja" if row.listed.item.has_lines else None, 12),
    ]
    return workbook_bytes([Sheet("Punkter", title, columns, outline_rows(shown))], title=title[0])


def _origin(row: OutlineRow) -> str | None:
    return "\n".join(map(str, row.links)) or None


def _amount(amount: StatedAmount) -> str:
    return f"{in_words(amount.kroner)} {amount.period_label} ({amount.get_standing_display()})".replace("  ", " ")
