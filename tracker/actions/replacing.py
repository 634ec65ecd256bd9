"""Putting an agreement file in the place of a draft: all of the draft goes, and the file is saved as if it were new."""

from datetime import datetime

from budget.files import replacing
from budget.models import Agreement
from tracker import followup_file
from tracker.models import (
    Act,
    Assessment,
    FinanceNote,
    LevelDefinition,
    Milestone,
    MilestoneChange,
    MilestonePlan,
    User,
    subject_of,
)
from tracker.statuses import RoundState

from .cpr_in_files import refuse_cpr_numbers_of_file
from .events import write_event


def lock_draft(agreement: Agreement) -> bool:
    """Locks the agreement and all of its rows, its rounds, plan and milestones too: whoever is saving one of them goes
    first, and is seen. False if the agreement is no longer there."""
    if not replacing.lock_agreement(agreement):
        return False
    for rows in (
        agreement.rounds.all(),
        MilestonePlan.objects.filter(agreement=agreement),
        Milestone.objects.filter(item__agreement=agreement),
        LevelDefinition.objects.filter(agreement=agreement),
    ):
        list(rows.order_by("pk").select_for_update(of=("self",)).values_list("pk"))
    return True


def obstacles_to_replacing(agreement: Agreement) -> list[str]:
    """Why a draft has to stay, each reason as a sentence: nothing that people have reported may go."""
    found = []
    if entered := Assessment.objects.filter(item__agreement=agreement).count():
        found.append(f"Der er allerede indberettet på aftalen ({entered} vurdering{'' if entered == 1 else 'er'}).")
    if FinanceNote.objects.filter(item__agreement=agreement).exists():
        found.append("Økonomi og Styring har allerede skrevet bemærkninger til punkter i aftalen.")
    for each in agreement.rounds.exclude(state=RoundState.PLANNED):
        found.append(f"{each.label} er {each.get_state_display()}.")
    return found


def replace_draft(
    *, agreement: Agreement, file: dict, digest: str, by: User, cpr_reason: str = "", now: datetime | None = None
) -> Agreement:
    """The checked file in the place of the draft. The caller has locked the draft in this transaction, and then seen
    that it is not signed and that nothing stands in the way."""
    refuse_cpr_numbers_of_file(file=file, by=by, reason=cpr_reason, now=now)
    links = replacing.links_from_elsewhere(agreement)
    _delete_draft(agreement, by)
    new = followup_file.save(file, digest, by.pk)
    replacing.tie_links(links, new)
    note = f"fil med SHA-256 {digest}"
    write_event(act=Act.AGREEMENT_REPLACED, by=by, subject=subject_of(new.budget_year), note=note, now=now)
    return new


def _delete_draft(agreement: Agreement, by: User) -> None:
    reason = "Udkastet blev erstattet af en fil."
    MilestoneChange.objects.filter(item__agreement=agreement).delete()
    replacing.delete_signed(Milestone.objects.filter(item__agreement=agreement), by.pk, reason)
    agreement.rounds.all().delete()
    replacing.delete_agreement(agreement, by.pk, reason)
