"""The sections of a draft's outline: making, changing and deleting them by form.

An agreement file holds its sections in the order of their numbers, each after the one it lies under; a section
without a number stands before them all and is known by its title. The rules here keep the outline such that it fits.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from budget import codes
from budget.models import Agreement, Section
from tracker.errors import Refused, TrackerError
from tracker.models import Act, User, subject_of

from .cpr import refuse_cpr_numbers, section_place, texts_of
from .drafts import claim_version, lock_draft
from .events import write_event
from .stated_amounts import StatedRow, replace_stated_amounts, texts_of_rows


@transaction.atomic
def create_section(
    *, agreement: Agreement, by: User, fields: dict[str, object], stated_amounts: Sequence[StatedRow] = (),
    cpr_reason: str = "", now: datetime | None = None,
) -> Section:  # fmt: skip
    section = Section(agreement=lock_draft(agreement), **fields)
    _refuse_misplaced(section)
    _refuse_cpr_numbers(section, fields, stated_amounts, by, cpr_reason)
    _take_place(section)
    section.save()
    replace_stated_amounts(section, stated_amounts)
    _write(Act.SECTION_CREATED, section, by, section.title, now)
    return section


@transaction.atomic
def change_section(
    *, section: Section, by: User, version: int, fields: dict[str, object], stated_amounts: Sequence[StatedRow],
    cpr_reason: str = "", now: datetime | None = None,
) -> bool:  # fmt: skip
    """Saves what differs; False when nothing did. The codes of its items and of the sections below stay as they are."""
    agreement = lock_draft(section.agreement)
    claim_version(section, version)
    current = Section.objects.get(pk=section.pk)
    current.agreement = agreement
    old_code, old_name = current.code, _name(current)
    changes = _set_fields(current, fields)
    _refuse_cpr_numbers(current, fields, stated_amounts, by, cpr_reason)
    if changes:
        _refuse_misplaced(current)
        left = current.position
        _take_place(current)
        current.save()
        if left and not current.position:
            _close_gap(agreement, left)
    if replace_stated_amounts(current, stated_amounts):
        changes.append("beløb nævnt i teksten")
    if not changes:
        Section.objects.filter(pk=current.pk).update(version=version)
        return False
    was = f"tidligere {old_name}; " if current.code != old_code else ""
    _write(Act.SECTION_CHANGED, current, by, f"{was}rettet: {', '.join(changes)}", now)
    return True


@transaction.atomic
def delete_section(*, section: Section, by: User, version: int, now: datetime | None = None) -> None:
    """Only a section that holds nothing any more. `version` is the one that the page asked about."""
    agreement = lock_draft(section.agreement)
    claim_version(section, version)
    current = Section.objects.get(pk=section.pk)
    if problem := why_not_deleted(current):
        raise TrackerError(problem)
    current.agreement = agreement
    current.delete()
    if current.position:
        _close_gap(agreement, current.position)
    _write(Act.SECTION_DELETED, current, by, current.title, now)


def why_not_deleted(section: Section) -> str:
    """What stands in the way of deleting a section, "" for nothing."""
    if children := section.children.count():
        words = "et underafsnit" if children == 1 else f"{children} underafsnit"
        return f"Afsnittet har {words}. Flyt eller slet dem først."
    if items := section.items.count():
        words = "et punkt" if items == 1 else f"{items} punkter"
        return f"Afsnittet har {words}. Flyt eller slet dem først."
    return ""


def _set_fields(section: Section, fields: dict[str, object]) -> list[str]:
    changed = [name for name, value in fields.items() if getattr(section, name) != value]
    for name in changed:
        setattr(section, name, fields[name])
    return [str(Section._meta.get_field(name).verbose_name) for name in changed]


def _name(section: Section) -> str:
    return f"afsnit {section.code}" if section.code else f"afsnittet »{section.title[:80]}«"


def _write(act: Act, section: Section, by: User, note: str, now: datetime | None) -> None:
    subject = f"{subject_of(section.agreement.budget_year)}, {_name(section)}"
    write_event(act=act, by=by, subject=subject, note=note, now=now)


# --- Places -----------------------------------------------------------------------------------------------------------


def _take_place(section: Section) -> None:
    """A section without a number stands after those that have none already; a number is a place in itself."""
    if section.code:
        section.position = None
    elif section.position is None:
        section.position = (section.agreement.sections.aggregate(last=Max("position"))["last"] or 0) + 1


def _close_gap(agreement: Agreement, place: int) -> None:
    """Places count from one without gaps, as they do when a file is loaded."""
    for each in agreement.sections.filter(position__gt=place).order_by("position"):
        each.position -= 1
        each.save()


# --- Rules ------------------------------------------------------------------------------------------------------------


def _refuse_cpr_numbers(
    section: Section, fields: dict[str, object], stated_amounts: Sequence[StatedRow], by: User, reason: str
) -> None:
    texts = texts_of(Section, fields) | texts_of_rows(stated_amounts)
    refuse_cpr_numbers(texts, subject=section_place(section), by=by, reason=reason)


def _refuse_misplaced(section: Section) -> None:
    others = {each.pk: each for each in section.agreement.sections.exclude(pk=section.pk)}
    if section.code:
        _refuse_number(section, others.values())
    else:
        _refuse_without_number(section, others.values())
    if section.parent_id:
        _refuse_parent(section, others)
    if section.is_theme and (section.parent_id or not section.code):
        raise Refused(is_theme="Kun et kapitel kan være et tema: et afsnit med nummer og uden et overordnet afsnit.")


def _refuse_number(section: Section, others) -> None:
    if not codes.is_code(section.code):
        raise Refused(code="Skriv nummeret som i aftalen, fx 1, 1.3 eller 2.02.1.")
    key = codes.sort_key(section.code)
    for other in others:
        if other.code == section.code:
            raise Refused(code=f"Nummer {other.code} findes allerede ({other.title}).")
        if other.parent_id == section.pk and section.pk and other.sort_key < key:
            raise Refused(
                code=f"Underafsnittet {other.code} ville komme til at stå før {section.code}. Ret eller flyt det først."
            )


def _refuse_without_number(section: Section, others) -> None:
    if section.parent_id:
        raise Refused(code="Et afsnit under et andet skal have et nummer.")
    if section.pk and (section.children.exists() or section.items.exists()):
        raise Refused(code="Et afsnit med punkter eller underafsnit skal have et nummer.")
    if any(not other.code and other.title == section.title for other in others):
        raise Refused(title="Der er allerede et afsnit uden nummer med den titel.")


def _refuse_parent(section: Section, others: dict[int, Section]) -> None:
    if section.parent_id == section.pk:
        raise Refused(parent="Et afsnit kan ikke ligge under sig selv.")
    parent = others.get(section.parent_id)
    if parent is None:
        raise Refused(parent="Det afsnit findes ikke længere. Vælg et andet.")
    if not parent.code:
        raise Refused(parent="Et afsnit kan kun ligge under et, der har et nummer.")
    if section.pk and _is_below(parent, section, others):
        name = section.code or section.title
        raise Refused(parent=f"{parent.code} ligger selv under {name}. Et afsnit kan ikke flyttes ind under sig selv.")
    if parent.sort_key > codes.sort_key(section.code):
        raise Refused(
            parent=f"{parent.code} står efter {section.code}. Et afsnit kan kun ligge under et, der står før det."
        )


def _is_below(section: Section, top: Section, others: dict[int, Section]) -> bool:
    """Does `section` lie under `top`, at any depth?"""
    while section and section.parent_id != top.pk:
        section = others.get(section.parent_id)
    return section is not None
