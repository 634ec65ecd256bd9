"""The milestone plan (udmøntning) as one paper: page and workbook show this and nothing else."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from budget.models import Agreement, Section
from tracker.models import Act, Decision, Event, FollowUpRound, Milestone, MilestonePlan, User, subject_of
from tracker.permissions import Permission, has_permission
from tracker.reports.item_filter import ListedItem, section_paths
from tracker.reports.milestone_changes import ChangedMilestone, milestone_changes
from tracker.reports.outline import load
from tracker.statuses import PlanState

_STATES = {
    PlanState.DRAFT: "udkast, ikke godkendt",
    PlanState.HEARING: "i høring i udvalgene, ikke godkendt",
    PlanState.APPROVED: "godkendt",
    PlanState.CHANGED: "godkendt og siden ændret",
}
_STEPS = (Act.PLAN_SENT_TO_HEARING, Act.PLAN_SENT_BACK, Act.PLAN_DECIDED)


@dataclass(frozen=True)
class PlannedRound:
    """One item in one round."""

    follow_up_round: FollowUpRound
    milestones: list[str]
    changes: list[ChangedMilestone]


@dataclass(frozen=True)
class PlannedItem:
    listed: ListedItem
    rounds: list[PlannedRound]

    @property
    def has_milestones(self) -> bool:
        return any(each.milestones for each in self.rounds)

    @property
    def changes(self) -> list[tuple[PlannedRound, ChangedMilestone]]:
        return [(each, change) for each in self.rounds for change in each.changes]


@dataclass(frozen=True)
class PlanChapter:
    section: Section
    items: list[PlannedItem]


@dataclass(frozen=True)
class LastStep:
    """What was last done with a plan that is not approved yet: by whom, when, and the comment it came back with."""

    act: Act
    at: datetime
    who: str
    note: str


@dataclass(frozen=True)
class PlanReport:
    """As far as a filter leaves it, of what the reader may see. `count` is how many items that is without a filter."""

    plan: MilestonePlan
    rounds: list[FollowUpRound]
    chapters: list[PlanChapter]
    decisions: list[Decision]
    last_step: LastStep | None
    count: int

    @property
    def agreement(self) -> Agreement:
        return self.plan.agreement

    @property
    def state_words(self) -> str:
        return _STATES[PlanState(self.plan.state)]

    @property
    def sent_back(self) -> LastStep | None:
        """Why the plan is a draft again, where it is."""
        is_draft = self.plan.state == PlanState.DRAFT
        return self.last_step if is_draft and self.last_step and self.last_step.act != _STEPS[0] else None

    @property
    def in_hearing_since(self) -> datetime | None:
        is_heard = self.plan.state == PlanState.HEARING
        return self.last_step.at if is_heard and self.last_step else None

    @property
    def items(self) -> list[PlannedItem]:
        return [item for chapter in self.chapters for item in chapter.items]

    @property
    def milestone_count(self) -> int:
        return sum(len(each.milestones) for item in self.items for each in item.rounds)

    @property
    def without_milestones(self) -> int:
        return sum(not item.has_milestones for item in self.items)

    @property
    def changed_items(self) -> list[PlannedItem]:
        return [item for item in self.items if item.changes]

    @property
    def change_count(self) -> int:
        return sum(len(item.changes) for item in self.changed_items)


def planned_items(plan: MilestonePlan, user: User) -> tuple[list[Section], list[ListedItem]]:
    """The agreement's sections, and those of its items whose milestones this reader may see: before the plan is
    approved a centre's people see their own. Three queries."""
    sections, items = load(plan.agreement)
    return sections, [each for each in items if has_permission(user, Permission.MILESTONES_READ, each.item)]


def plan_report(
    plan: MilestonePlan, sections: list[Section], items: list[ListedItem], *, count: int | None = None
) -> PlanReport:
    """These items with their milestones, in agreement order under their chapters; four queries."""
    agreement = plan.agreement
    rounds = list(agreement.rounds.all())
    texts = defaultdict(list)
    for row in Milestone.objects.filter(item__agreement=agreement).order_by("position"):
        texts[row.item_id, row.follow_up_round_id].append(row.text)
    # Nothing is told as changed before the approval; after it nobody waits for the plan to come back.
    changes = milestone_changes(agreement) if plan.is_decided else defaultdict(list)
    paths = section_paths(sections)
    chapters: dict[int, PlanChapter] = {}
    for listed in items:
        pk, chapter = listed.item.pk, paths[listed.item.section_id][0]
        planned = [PlannedRound(each, texts[pk, each.pk], changes[pk, each.pk]) for each in rounds]
        chapters.setdefault(chapter.pk, PlanChapter(chapter, [])).items.append(PlannedItem(listed, planned))
    return PlanReport(
        plan=plan,
        rounds=rounds,
        chapters=list(chapters.values()),
        decisions=list(plan.decisions.all()),
        last_step=None if plan.is_decided else _last_step(agreement),
        count=len(items) if count is None else count,
    )


def _last_step(agreement: Agreement) -> LastStep | None:
    found = Event.objects.filter(subject=subject_of(agreement.budget_year), act__in=_STEPS).first()
    return LastStep(Act(found.act), found.at, found.actor, found.note) if found else None


def why_not_heard(agreement: Agreement) -> str:
    """What is in the way of sending the draft to the committees; "" for nothing."""
    if not agreement.is_signed:
        return "Aftalen er ikke indgået endnu. Markér den som indgået, før milepælsplanen sendes i høring."
    if not Milestone.objects.filter(item__agreement=agreement).exists():
        return "Planen har ingen milepæle endnu. Skriv dem på punkterne, før planen sendes i høring."
    return ""
