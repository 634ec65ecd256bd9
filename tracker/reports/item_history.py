"""What has happened to one item: every change from -> to, and every act, newest first."""

from dataclasses import dataclass
from datetime import datetime

from budget.models import Item, Responsibility
from tracker.models import Act, Assessment, Entry, Event, FinanceNote, Milestone, User, subject_of
from tracker.permissions import Permission, has_permission, reports_for
from tracker.reports.people import names_of
from tracker.statuses import REPORTED

_NOTE = str(FinanceNote._meta.get_field("text").verbose_name)
_LABELS = {"effort": "indsats", "economy": "økonomi"}
# What the acts tell by themselves, and what a return was said with: that stands on the act.
_HIDDEN_FIELDS = {
    "version", "saved_at", "saved_by", "submitted_at", "submitted_by", "approved_at", "approved_by", "approved_version",
    "return_comment", "returned_at", "key", "position",
}  # fmt: skip


@dataclass(frozen=True)
class FieldChange:
    label: str
    before: str
    after: str


@dataclass(frozen=True)
class HistoryEntry:
    """One act or one change; `where` says what part of the item it concerns."""

    at: datetime
    who: str
    what: str
    where: str
    reason: str
    changes: list[FieldChange]
    is_told: bool = False  # an act of changing, which its changes tell better where they are kept


def item_history(item: Item, entries: list[Entry], user: User) -> list[HistoryEntry]:
    """Changes of the item, its milestones and its assessments that this user may read. A row without an earlier one is
    where the record begins and is not shown as a change."""
    found = _row_changes(item.history.select_related("lead_centre", "section"), "punktet")
    found += _responsibility_changes(
        Responsibility.history.filter(item_id=item.pk).select_related("committee", "centre")
    )
    if has_permission(user, Permission.MILESTONES_READ, item):
        found += _milestone_changes(Milestone.history.filter(item_id=item.pk).select_related("follow_up_round"))
    for entry in entries:
        if entry.assessment and has_permission(user, Permission.ENTRY_READ, entry):
            rows = Assessment.history.filter(id=entry.assessment.pk).select_related("history_user")
            if not reports_for(user, item):
                rows = _as_handed_in(rows)
            found += _row_changes(rows, f"vurderingen, {entry.follow_up_round.label}")
    if has_permission(user, Permission.BOARD_READ):  # what a note said before is finance's own, also once it is out
        found += _note_changes(FinanceNote.history.filter(item_id=item.pk).select_related("follow_up_round"))
    told = {(each.who, each.reason) for each in found}
    found += [each for each in _events(item, entries, user) if not (each.is_told and (each.who, each.reason) in told)]
    return sorted(found, key=lambda each: each.at, reverse=True)


def _as_handed_in(rows) -> list:
    """Without what a centre kept for itself: finance reads its words from the submission on, and a draft between two of
    them is the centre's own."""
    shown, was_handed_in = [], False
    for row in sorted(rows, key=lambda each: (each.history_date, each.history_id)):
        is_handed_in = row.state in REPORTED
        if is_handed_in or row.is_entered_by_finance or was_handed_in:
            shown.append(row)
        was_handed_in = is_handed_in
    return shown


def _row_changes(rows, where: str) -> list[HistoryEntry]:
    rows = sorted(rows, key=lambda row: (row.history_date, row.history_id))
    names = names_of(row.history_user_id for row in rows)
    found = []
    for before, after in zip(rows, rows[1:], strict=False):
        changes = _changes(before, after)
        if changes:
            found.append(_entry(after, names, f"rettede {where}", "", changes))
    return found


def _responsibility_changes(rows) -> list[HistoryEntry]:
    """Who came and who went. What was loaded with the agreement has no reason and is not news."""
    rows = [row for row in rows if row.history_type == "-" or row.history_change_reason]
    names = names_of(row.history_user_id for row in rows)
    found = []
    for row in rows:
        name = str(row.committee or row.centre or row.words)
        what, change = ("fjernede", (name, "")) if row.history_type == "-" else ("tilføjede", ("", name))
        found.append(_entry(row, names, what, "ansvar", [FieldChange(row.get_role_display(), *change)]))
    return found


def _milestone_changes(rows) -> list[HistoryEntry]:
    """A milestone that was there from the start is not news; one that came, changed or went later is."""
    rows = sorted(rows, key=lambda row: (row.history_date, row.history_id))
    names = names_of(row.history_user_id for row in rows)
    last: dict[int, object] = {}
    found = []
    for row in rows:
        before = last.get(row.id)
        where = f"milepæl, {row.follow_up_round.label}"
        if row.history_type == "-":
            found.append(_entry(row, names, "fjernede", where, [FieldChange("milepæl", row.text, "")]))
        elif before is not None and before.text != row.text:
            found.append(_entry(row, names, "ændrede", where, [FieldChange("milepæl", before.text, row.text)]))
        elif before is None and row.history_change_reason:
            found.append(_entry(row, names, "tilføjede", where, [FieldChange("milepæl", "", row.text)]))
        last[row.id] = row
    return found


def _note_changes(rows) -> list[HistoryEntry]:
    """The first words are news too: nothing else tells what they were."""
    rows = sorted(rows, key=lambda row: (row.history_date, row.history_id))
    names = names_of(row.history_user_id for row in rows)
    said: dict[int, str] = {}
    found = []
    for row in rows:
        change = FieldChange("bemærkning", said.get(row.id, ""), row.text)
        where = f"{_NOTE}, {row.follow_up_round.label}"
        found.append(_entry(row, names, "rettede", where, [change]))
        said[row.id] = row.text
    return found


def _entry(row, names: dict[int, str], what: str, where: str, changes: list[FieldChange]) -> HistoryEntry:
    who = names.get(row.history_user_id, "systemet")
    return HistoryEntry(row.history_date, who, what, where, row.history_change_reason or "", changes)


def _changes(before, after) -> list[FieldChange]:
    changes = []
    for field in after.instance_type._meta.concrete_fields:
        if field.name in _HIDDEN_FIELDS or not hasattr(after, field.attname):
            continue
        if getattr(before, field.attname) != getattr(after, field.attname):
            label = _LABELS.get(field.name, field.verbose_name)
            changes.append(FieldChange(label, _words(before, field), _words(after, field)))
    return changes


def _words(row, field) -> str:
    if field.choices:
        return str(dict(field.flatchoices).get(getattr(row, field.attname), ""))
    value = getattr(row, field.name)
    if isinstance(value, bool):
        return "ja" if value else "nej"
    return "" if value is None else str(value)


def _events(item: Item, entries: list[Entry], user: User) -> list[HistoryEntry]:
    subjects = {subject_of(item.agreement.budget_year, key=item.key): ""}
    for entry in entries:
        if has_permission(user, Permission.ENTRY_SEE, entry):
            subjects[entry.subject] = entry.follow_up_round.label
    rows = Event.objects.filter(subject__in=subjects)
    if not has_permission(user, Permission.MILESTONES_READ, item):
        rows = rows.exclude(act=Act.MILESTONES_CHANGED)
    # the note's own changes tell it to those who may know of it; the reason for a number in it is theirs too
    rows = rows.exclude(act=Act.FINANCE_NOTE_SAVED)
    if not has_permission(user, Permission.BOARD_READ):
        rows = rows.exclude(act=Act.NUMBER_ALLOWED, note__startswith=_NOTE)
    told_by_changes = {Act.ITEM_CHANGED, Act.MILESTONES_CHANGED}
    return [
        HistoryEntry(
            row.at, row.actor, row.get_act_display(), subjects[row.subject], row.note, [], row.act in told_by_changes
        )
        for row in rows
    ]
