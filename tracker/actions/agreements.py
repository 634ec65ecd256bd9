"""Making an agreement by form, mending it while it is a draft, and marking it as signed."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from budget.files.schema import Problems, check_table
from budget.models import Agreement, AmountTable, ControlTotal, ItemLink, Party, Signatory, SustainabilityGoal
from tracker import followup_file
from tracker.errors import Refused, TotalsChanged
from tracker.models import Act, LevelDefinition, MilestonePlan, User, subject_of
from tracker.reports.setup import Totals, amounts_outside, missing_before_signing, table_totals

from .cpr import refuse_cpr_numbers, texts_of
from .drafts import claim_version, lock_draft
from .events import write_event

MOST_YEARS_BEFORE = 3  # the budget year, a signing is no slip of the pen
MOST_YEARS_AFTER = 10
Definitions = dict[tuple[str, str], str]


@transaction.atomic
def create_agreement(
    *,
    by: User,
    fields: dict[str, object],
    parties: Sequence[Party] = (),
    definitions: Definitions | None = None,
    copy_from: Agreement | None = None,
    cpr_reason: str = "",
    now: datetime | None = None,
) -> Agreement:
    """A new draft with its milestone plan. What is copied of another agreement comes in with the form's own fields,
    except the goals, which have no field there."""
    agreement = Agreement(**fields)
    _refuse_years(agreement)
    _refuse_cpr_numbers(agreement, fields, definitions or {}, by, cpr_reason)
    _save_head(agreement, by)
    _set_parties(agreement, parties)
    _set_definitions(agreement, definitions or {})
    MilestonePlan.objects.create(agreement=agreement)
    if copy_from:
        SustainabilityGoal.objects.bulk_create(
            SustainabilityGoal(agreement=agreement, number=goal.number, title=goal.title, joint_with=goal.joint_with)
            for goal in copy_from.goals.all()
        )
    note = f"begyndt med en kopi af aftale {copy_from.budget_year}" if copy_from else ""
    write_event(act=Act.AGREEMENT_CREATED, by=by, subject=subject_of(agreement.budget_year), note=note, now=now)
    return agreement


@transaction.atomic
def change_agreement(
    *,
    agreement: Agreement,
    by: User,
    version: int,
    fields: dict[str, object],
    parties: Sequence[Party],
    definitions: Definitions,
    cpr_reason: str = "",
    now: datetime | None = None,
) -> bool:
    """Saves what differs; False when nothing did. `version` is the one the form was opened with."""
    current = lock_draft(agreement)
    claim_version(current, version)
    before = current.budget_year, current.last_year
    changes = _set_fields(current, fields)
    _refuse_cpr_numbers(current, fields, definitions, by, cpr_reason)
    if (current.budget_year, current.last_year) != before:
        _refuse_years(current)
        _refuse_years_in_use(current, before[0])
        current.control_totals.exclude(year__in=current.years).delete()  # a draft's may come from its file
    if changes:
        _save_head(current, by)
    if _set_parties(current, parties):
        changes.append("parter")
    if _set_definitions(current, definitions):
        changes.append("smileydefinitioner")
    if not changes:
        Agreement.objects.filter(pk=current.pk).update(version=version)
        return False
    write_event(act=Act.AGREEMENT_CHANGED, by=by, subject=subject_of(before[0]), note="; ".join(changes), now=now)
    return True


def _save_head(agreement: Agreement, by: User) -> None:
    agreement._history_user = by.pk
    try:
        with transaction.atomic():
            agreement.save()
    except IntegrityError:  # the year is all that must be unique
        raise Refused(budget_year=f"Der er allerede en aftale for {agreement.budget_year}.") from None


def _set_fields(agreement: Agreement, fields: dict[str, object]) -> list[str]:
    """What has changed, in words; long texts by their name only, since the field history holds them."""
    changes = []
    for name, value in fields.items():
        field, old = Agreement._meta.get_field(name), getattr(agreement, name)
        if old == value:
            continue
        setattr(agreement, name, value)
        is_number = isinstance(value, int) and not field.choices
        changes.append(f"{field.verbose_name} fra {old} til {value}" if is_number else str(field.verbose_name))
    return changes


def _refuse_cpr_numbers(
    agreement: Agreement, fields: dict[str, object], definitions: Definitions, by: User, reason: str
) -> None:
    texts = texts_of(Agreement, fields) | {"Smileydefinitioner": list(definitions.values())}
    refuse_cpr_numbers(texts, subject=subject_of(agreement.budget_year), by=by, reason=reason)


def _refuse_years(agreement: Agreement) -> None:
    first, last = agreement.budget_year, agreement.last_year
    if last < first:
        raise Refused(last_year=f"Det sidste år kan ikke ligge før budgetåret {first}.")
    if last > first + MOST_YEARS_AFTER:
        raise Refused(last_year=f"Det sidste år kan højst ligge {MOST_YEARS_AFTER} år efter budgetåret {first}.")


def _refuse_years_in_use(agreement: Agreement, old_year: int) -> None:
    if outside := amounts_outside(agreement, agreement.budget_year, agreement.last_year):
        years = ", ".join(dict.fromkeys(each.years_label for each in outside))
        raise Refused(last_year=f"Der står beløb for {years}. Flyt eller slet dem, før aftalens år ændres.")
    if agreement.budget_year == old_year:
        return
    # A link holds the year of the agreement that it points at.
    to_it = Q(target__agreement=agreement) | Q(item__agreement=agreement, target_year=agreement.budget_year)
    if found := ItemLink.objects.filter(to_it).select_related("item").first():
        raise Refused(
            budget_year=f"Budgetåret kan ikke ændres: punkt {found.item.key} henviser til {found.target_code} i "
            f"aftalen {found.target_year}. Fjern henvisningen først."
        )


def _set_parties(agreement: Agreement, parties: Sequence[Party]) -> bool:
    """Those that stay keep the order in which they are printed; new ones follow in the order registered."""
    before = list(agreement.signatories.order_by("position").values_list("party_id", flat=True))
    wanted = [party.pk for party in parties]
    after = [pk for pk in before if pk in wanted] + [pk for pk in wanted if pk not in before]
    if after == before:
        return False
    agreement.signatories.all().delete()
    Signatory.objects.bulk_create(
        Signatory(agreement=agreement, party_id=pk, position=position) for position, pk in enumerate(after, start=1)
    )
    return True


def _set_definitions(agreement: Agreement, definitions: Definitions) -> bool:
    before = {(each.dimension, each.level): each.text for each in agreement.level_definitions.all()}
    changed = {key: text for key, text in definitions.items() if before.get(key, "") != text}
    for (dimension, level), text in changed.items():
        agreement.level_definitions.filter(dimension=dimension, level=level).delete()
        if text:
            LevelDefinition.objects.create(agreement=agreement, dimension=dimension, level=level, text=text)
    return bool(changed)


@transaction.atomic
def sign_agreement(
    *,
    agreement: Agreement,
    by: User,
    version: int,
    signed_on: date,
    totals: Totals,
    today: date | None = None,
    now: datetime | None = None,
) -> Agreement:
    """What was agreed is closed from here on, and the sums of its tables are kept as control totals. `totals` are those
    that the person has held against the paper: if a line has changed since, nothing is signed. Cannot be undone."""
    current = lock_draft(agreement)
    claim_version(current, version)
    if missing := missing_before_signing(current):
        raise Refused(" ".join(missing))
    today = today or timezone.localdate()
    if signed_on > today:
        raise Refused(signed_on="Datoen ligger i fremtiden. Skriv den dag, aftalen blev indgået.")
    if signed_on.year < min(current.budget_year, today.year) - MOST_YEARS_BEFORE:
        raise Refused(signed_on="Datoen ligger for langt før budgetåret. Skriv den dag, aftalen blev indgået.")
    sums = table_totals(current)
    if sums != totals:
        raise TotalsChanged(sums)
    current.control_totals.all().delete()
    ControlTotal.objects.bulk_create(
        ControlTotal(agreement=current, table=table, year=year, kroner=sums[table, year])
        for table in AmountTable.values
        for year in current.years
        if (table, year) in sums
    )
    current.signed_on = signed_on
    _save_head(current, by)
    _refuse_what_no_file_could_hold(current)
    note = f"indgået {signed_on:%d.%m.%Y}"
    write_event(act=Act.AGREEMENT_SIGNED, by=by, subject=subject_of(current.budget_year), note=note, now=now)
    return current


def _refuse_what_no_file_could_hold(agreement: Agreement) -> None:
    """A signed agreement must be able to leave as a file and come back, and nobody can mend it any more. The forms keep
    the same rules; this is for whatever has slipped past them."""
    problems = Problems()
    file = check_table(followup_file.document_of(agreement), followup_file.SCHEMA, "aftalen", problems)
    followup_file.check(file, problems)
    if problems.found:
        raise Refused("Ret dette, før aftalen markeres som indgået. " + " ".join(f"{each}." for each in problems.found))
