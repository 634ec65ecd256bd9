"""Everything about one item that one reader may see."""

from collections import defaultdict
from dataclasses import dataclass, replace

from budget.models import Item, ItemLink, ResponsibilityRole, Section, StatedAmount
from tracker.models import Assessment, Entry, FinanceNote, FollowUpRound, Milestone, User
from tracker.permissions import Permission, has_permission
from tracker.reports.item_filter import section_paths
from tracker.reports.milestone_changes import ChangedMilestone, milestone_changes
from tracker.reports.money import MoneyReport, money_lines, money_report
from tracker.reports.silence import silence_of
from tracker.statuses import NOT_REPORTED


@dataclass(frozen=True)
class RoundOnPage:
    """One round of the item; levels, comment and state are blank where this reader may not see them (yet)."""

    follow_up_round: FollowUpRound
    milestones: list[str]
    milestone_changes: list[ChangedMilestone]
    effort: str
    economy: str
    comment: str
    state_label: str
    may_enter: bool
    finance_note: str = ""
    silence: str = ""  # who did not report, and by when


@dataclass(frozen=True)
class ItemPage:
    committees: list[str]
    responsible: list[str]
    contributors: list[str]
    rounds: list[RoundOnPage]
    entries: list[Entry]
    stated_amounts: list[StatedAmount]
    path: tuple[Section, ...]
    money: MoneyReport
    links: list[ItemLink]
    links_here: list[ItemLink]
    sees_milestones: bool


def item_page(item: Item, user: User) -> ItemPage:
    agreement = item.agreement
    named = defaultdict(list)
    for row in item.responsibilities.select_related("committee", "centre"):
        named[row.role].append(str(row))
    rounds = list(agreement.rounds.all())
    assessments = {row.follow_up_round_id: row for row in Assessment.objects.filter(item=item)}
    notes = dict(FinanceNote.objects.filter(item=item).values_list("follow_up_round_id", "text"))
    sees_milestones = has_permission(user, Permission.MILESTONES_READ, item)
    milestones, changes = defaultdict(list), {}
    if sees_milestones:
        changes = milestone_changes(item)
        for row in Milestone.objects.filter(item=item).order_by("position"):
            milestones[row.follow_up_round_id].append(row.text)
    entries = []
    for each in rounds:
        each.agreement = agreement
        entries.append(Entry(item, each, assessments.get(each.pk)))
    return ItemPage(
        committees=named[ResponsibilityRole.COMMITTEE],
        responsible=named[ResponsibilityRole.BODY],
        contributors=named[ResponsibilityRole.CONTRIBUTOR],
        rounds=[
            replace(
                _round(entry, milestones[each.pk], changes.get((item.pk, each.pk), []), user),
                finance_note=notes.get(each.pk, "") if has_permission(user, Permission.NOTE_READ, entry) else "",
            )
            for entry, each in zip(entries, rounds, strict=True)
        ],
        entries=entries,
        stated_amounts=list(item.stated_amounts.all()),
        money=_money(item),
        path=section_paths(agreement.sections.all())[item.section_id],
        links=list(item.links.select_related("target__agreement")),
        links_here=list(item.links_here.select_related("item__agreement")),
        sees_milestones=sees_milestones,
    )


def _money(item: Item) -> MoneyReport:
    """The item's own lines with what they come to."""
    lines = [line for line in money_lines(item.agreement) if item.key in line.items]
    return money_report(item.agreement, [replace(line, heading="") for line in lines])


def _round(entry: Entry, milestones: list[str], changes: list[ChangedMilestone], user: User) -> RoundOnPage:
    found = entry.assessment if has_permission(user, Permission.RESULT_READ, entry) else None
    is_known = entry.follow_up_round.is_published or has_permission(user, Permission.ENTRY_SEE, entry)
    is_silent = entry.follow_up_round.is_over and is_known and not (entry.assessment and entry.assessment.is_reported)
    silent = NOT_REPORTED if is_silent else ""
    return RoundOnPage(
        follow_up_round=entry.follow_up_round,
        milestones=milestones,
        milestone_changes=changes,
        effort=silent or (found.effort if found else ""),
        economy=silent or (found.economy if found else ""),
        comment=found.comment if found else "",
        state_label=_state_label(entry, found, user),
        may_enter=entry.follow_up_round.is_open and has_permission(user, Permission.ENTRY_SEE, entry),
        silence=silence_of(entry) if is_silent else "",
    )


def _state_label(entry: Entry, found: Assessment | None, user: User) -> str:
    if found:
        return found.get_state_display()
    if entry.assessment and has_permission(user, Permission.ENTRY_SEE, entry):
        return entry.assessment.get_state_display()
    return ""
