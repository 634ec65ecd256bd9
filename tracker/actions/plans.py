"""The milestone plan (udmøntning) on its way: sent to hearing in the committees, sent back, decided on.

What a changed milestone costs after that stands in `item_parts`: a reason, and a row that tells old and new.
"""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from budget.models import Agreement
from tracker.errors import Refused, WrongState
from tracker.models import Act, Decision, Milestone, MilestonePlan, User, subject_of
from tracker.reports.plan import why_not_heard
from tracker.statuses import DecisionOutcome, PlanState

from .cpr import refuse_cpr_numbers, texts_of
from .drafts import lock_agreement
from .events import write_event

# What a decision makes of a plan in hearing; after all others it stays where it is.
_AFTER = {DecisionOutcome.APPROVED: PlanState.APPROVED, DecisionOutcome.SENT_BACK: PlanState.DRAFT}
NOT_IN_HEARING = "Milepælsplanen er ikke i høring længere. Intet er gemt."


@transaction.atomic
def send_to_hearing(*, plan: MilestonePlan, by: User, now: datetime | None = None) -> MilestonePlan:
    agreement = lock_agreement(plan.agreement)
    _move(plan, PlanState.DRAFT, PlanState.HEARING, "Milepælsplanen er ikke længere et udkast. Intet er gemt.")
    if problem := why_not_heard(agreement):
        raise Refused(problem)
    write_event(act=Act.PLAN_SENT_TO_HEARING, by=by, subject=subject_of(agreement.budget_year), now=now)
    return plan


@transaction.atomic
def return_from_hearing(
    *, plan: MilestonePlan, by: User, comment: str, cpr_reason: str = "", now: datetime | None = None
) -> MilestonePlan:
    """A draft again, with a comment for those who mend it."""
    agreement = lock_agreement(plan.agreement)
    _move(plan, PlanState.HEARING, PlanState.DRAFT, NOT_IN_HEARING)
    if not comment.strip():
        raise Refused(comment="Skriv, hvad der skal rettes, før planen kan sendes i høring igen.")
    subject = subject_of(agreement.budget_year)
    refuse_cpr_numbers({"Bemærkning": comment}, subject=subject, by=by, reason=cpr_reason, now=now)
    write_event(act=Act.PLAN_SENT_BACK, by=by, subject=subject, note=comment, now=now)
    return plan


@transaction.atomic
def decide_plan(
    *,
    plan: MilestonePlan,
    by: User,
    body: str,
    decided_on: date,
    outcome: str,
    case_number: str = "",
    remark: str = "",
    cpr_reason: str = "",
    now: datetime | None = None,
) -> Decision:
    """Notes what a body has decided while the plan is in hearing. Approved makes it the plan, sent back a draft."""
    now = now or timezone.now()
    agreement = lock_agreement(plan.agreement)
    # Also where it stays in hearing: whoever notes a decision at the same moment waits here, and then sees this one.
    _move(plan, PlanState.HEARING, _AFTER.get(DecisionOutcome(outcome), PlanState.HEARING), NOT_IN_HEARING)
    _refuse_day(agreement, decided_on, timezone.localdate(now))
    _refuse_repeated(plan, body, decided_on)
    if outcome == DecisionOutcome.APPROVED and not Milestone.objects.filter(item__agreement=agreement).exists():
        raise Refused(outcome="Planen har ingen milepæle og kan ikke godkendes.")
    subject = subject_of(agreement.budget_year)
    texts = texts_of(Decision, {"body": body, "case_number": case_number, "remark": remark})
    refuse_cpr_numbers(texts, subject=subject, by=by, reason=cpr_reason, now=now)
    decision = Decision.objects.create(
        plan=plan, body=body, decided_on=decided_on, case_number=case_number, outcome=outcome, remark=remark,
        recorded_at=now, recorded_by=by,
    )  # fmt: skip
    note = ". ".join(filter(None, [str(decision), remark]))
    write_event(act=Act.PLAN_DECIDED, by=by, subject=subject, note=note, now=now)
    return decision


def _move(plan: MilestonePlan, start: PlanState, end: PlanState, refusal: str) -> None:
    if not MilestonePlan.objects.filter(pk=plan.pk, state=start).update(state=end):
        raise WrongState(refusal)
    plan.refresh_from_db(fields=["state"])


def _refuse_day(agreement: Agreement, decided_on: date, today: date) -> None:
    if decided_on > today:
        raise Refused(decided_on="Datoen ligger i fremtiden. Skriv den dag, beslutningen blev truffet.")
    if agreement.signed_on and decided_on < agreement.signed_on:
        raise Refused(decided_on=f"Datoen ligger, før aftalen blev indgået {agreement.signed_on:%d.%m.%Y}.")


def _refuse_repeated(plan: MilestonePlan, body: str, decided_on: date) -> None:
    """A form that is sent twice has one effect."""
    for other in plan.decisions.filter(decided_on=decided_on):
        if other.body.casefold() == body.casefold():
            raise Refused(
                decided_on=f"Der er allerede noteret en beslutning fra {other.body} den {decided_on:%d.%m.%Y}: "
                f"{other.get_outcome_display()}."
            )
