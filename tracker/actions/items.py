"""Making, changing and deleting an item by form: its texts, who answers for it, and its milestones. While the agreement
is a draft all of it may change; once it is signed only what was not agreed, with a reason. Either is kept in history.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from budget import codes
from budget.files.replacing import delete_signed
from budget.files.saving import responsibilities_of
from budget.models import Agreement, Centre, Committee, Item, Responsibility, ResponsibilityRole
from tracker.errors import AgreementSigned, Refused
from tracker.models import Act, FollowUpRound, User, subject_of
from tracker.reports.item_uses import why_item_stays

from .cpr import item_place, refuse_cpr_numbers, texts_of
from .drafts import claim_version, lock_agreement, lock_draft
from .events import write_event
from .item_parts import change_milestones, change_responsibilities, identity, signed
from .links import tie_links_to

AGREED = frozenset({"section", "code", "ordinal", "title", "kind", "text", "economy_text"})
_AGREED_ROLES = frozenset({ResponsibilityRole.COMMITTEE, ResponsibilityRole.BODY})


@transaction.atomic
def create_item(
    *,
    agreement: Agreement,
    by: User,
    fields: dict[str, object],
    committees: Sequence[Committee] = (),
    bodies: Sequence[str] = (),
    contributors: Sequence[Centre] = (),
    contributor_words: Sequence[str] = (),
    milestones: dict[FollowUpRound, list[str]] | None = None,
    reason: str = "",
    cpr_reason: str = "",
    now: datetime | None = None,
) -> Item:
    item = Item(agreement=lock_draft(agreement), **fields)
    _refuse_place(item)
    signed(item, by).save()
    texts = _texts(fields, [*bodies, *contributor_words], milestones or {}, reason)
    refuse_cpr_numbers(texts, subject=item_place(item), by=by, reason=cpr_reason, now=now)
    wanted = responsibilities_of(
        committees=committees, bodies=bodies, contributors=contributors, contributor_words=contributor_words
    )
    change_responsibilities(item, wanted, by)
    change_milestones(item, milestones or {}, by, reason, now)
    tie_links_to(item)
    write_event(act=Act.ITEM_CREATED, by=by, subject=_subject(item), note=item.title, now=now)
    return item


@transaction.atomic
def change_item(
    *,
    item: Item,
    by: User,
    version: int,
    fields: dict[str, object],
    committees: Sequence[Committee] | None = None,
    bodies: Sequence[str] | None = None,
    contributors: Sequence[Centre],
    contributor_words: Sequence[str],
    milestones: dict[FollowUpRound, list[str]],
    reason: str = "",
    cpr_reason: str = "",
    now: datetime | None = None,
) -> bool:
    """Saves what differs; False when nothing did. `version` is the one the form was opened with. Committees and bodies
    that are not given stay as they are."""
    agreement = lock_agreement(item.agreement)
    claim_version(item, version)
    current = Item.objects.get(pk=item.pk)
    current.agreement = agreement
    wanted = _responsibilities(current, committees, bodies, contributors, contributor_words)
    if agreement.is_signed:
        _refuse_what_was_agreed(current, fields, wanted)
        if not reason.strip():
            raise Refused(reason="Aftalen er indgået. Skriv, hvorfor punktet rettes.")
    old_key = current.key
    texts_changed = _change_fields(current, fields, by, reason)
    people_changed = change_responsibilities(current, wanted, by, reason)
    plan_changed = change_milestones(current, milestones, by, reason, now)
    texts = _texts(fields, [*(bodies or ()), *contributor_words], milestones, reason)
    refuse_cpr_numbers(texts, subject=item_place(current), by=by, reason=cpr_reason, now=now)
    if not (texts_changed or people_changed or plan_changed):
        Item.objects.filter(pk=current.pk).update(version=version)
        return False
    moved = "" if current.key == old_key else f"nummer fra {old_key} til {current.key}"
    note = "; ".join(filter(None, [moved, reason]))
    if texts_changed or people_changed:
        write_event(act=Act.ITEM_CHANGED, by=by, subject=_subject(current), note=note, now=now)
    if plan_changed:
        write_event(act=Act.MILESTONES_CHANGED, by=by, subject=_subject(current), note=reason, now=now)
    return True


@transaction.atomic
def delete_item(*, item: Item, by: User, version: int, now: datetime | None = None) -> None:
    """Takes a draft's item away with its responsibilities, links, stated amounts and the milestones that wait."""
    agreement = lock_draft(item.agreement)
    claim_version(item, version)
    # Locked once more, and harder: whoever is just assessing the item or pointing at it goes first and is seen.
    current = Item.objects.select_for_update().get(pk=item.pk)
    current.agreement = agreement
    if reasons := why_item_stays(current):
        raise Refused(" ".join(reasons))
    for rows in (current.milestones.all(), current.responsibilities.all(), Item.objects.filter(pk=current.pk)):
        delete_signed(rows, by.pk, "")
    write_event(act=Act.ITEM_DELETED, by=by, subject=_subject(current), note=current.title, now=now)


def _subject(item: Item) -> str:
    return subject_of(item.agreement.budget_year, key=item.key)


def _texts(
    fields: dict[str, object], words: list[str], milestones: dict[FollowUpRound, list[str]], reason: str
) -> dict[str, str | list[str]]:
    """All that is typed about an item, by the names that the form has for it."""
    plan = {f"Milepæle – {follow_up_round.label}": texts for follow_up_round, texts in milestones.items()}
    return texts_of(Item, fields) | {"Ansvarlige og bidragsydere i ord": words} | plan | {"Begrundelse": reason}


def _responsibilities(
    item: Item,
    committees: Sequence[Committee] | None,
    bodies: Sequence[str] | None,
    contributors: Sequence[Centre],
    contributor_words: Sequence[str],
) -> list[Responsibility]:
    saved = list(item.responsibilities.select_related("committee").order_by("position"))
    if committees is None:
        committees = [row.committee for row in saved if row.role == ResponsibilityRole.COMMITTEE]
    if bodies is None:
        bodies = [row.words for row in saved if row.role == ResponsibilityRole.BODY]
    return responsibilities_of(
        committees=committees, bodies=bodies, contributors=contributors, contributor_words=contributor_words
    )


def _refuse_what_was_agreed(item: Item, fields: dict[str, object], wanted: list[Responsibility]) -> None:
    """The form shows none of this for a signed agreement; a page that was opened before the signing still sends it."""
    if any(name in AGREED and getattr(item, name) != value for name, value in fields.items()):
        raise AgreementSigned
    before = [identity(row) for row in item.responsibilities.order_by("position") if row.role in _AGREED_ROLES]
    after = [identity(row) for row in wanted if row.role in _AGREED_ROLES]
    if sorted(before, key=lambda each: each[0]) != sorted(after, key=lambda each: each[0]):
        raise AgreementSigned


def _change_fields(item: Item, fields: dict[str, object], by: User, reason: str) -> bool:
    changed = [name for name, value in fields.items() if getattr(item, name) != value]
    if not changed:
        return False
    old_key = item.key
    for name in changed:
        setattr(item, name, fields[name])
    has_new_key = codes.item_key(item.code, item.ordinal) != old_key
    if {"section", "code", "ordinal"} & set(changed):
        _refuse_place(item)
    if has_new_key:
        _refuse_new_key_of_what_is_named(item)
    signed(item, by, reason).save(update_fields=[*changed, "key", "sort_key", "search_text"])
    if has_new_key:
        tie_links_to(item)
    return True


def _refuse_place(item: Item) -> None:
    """The section must be one of the agreement's own, and the key nobody else's."""
    if not item.agreement.sections.filter(pk=item.section_id).exclude(code="").exists():
        raise Refused(section="Afsnittet findes ikke længere i aftalen. Vælg et andet.")
    others = list(item.agreement.items.filter(code=item.code).exclude(pk=item.pk).in_agreement_order())
    alone = next((other for other in others if other.ordinal is None), None)
    if alone or (others and item.ordinal is None):
        raise Refused(
            code=f"Nummer {item.code} er allerede brugt af punktet {alone or others[0]}; skal nummeret rumme flere "
            "punkter, så giv dem løbenumre."
        )
    for other in others:
        if other.ordinal == item.ordinal:
            raise Refused(ordinal=f"Løbenummer {item.ordinal} er allerede brugt af punktet {other}. Vælg et andet.")


def _refuse_new_key_of_what_is_named(item: Item) -> None:
    if link := item.links_here.select_related("item__agreement").first():
        raise Refused(
            code=f"Nummeret kan ikke ændres: {link.item.key} i {link.item.agreement} henviser til punktet. Fjern "
            "henvisningen først."
        )
    new_key = codes.item_key(item.code, item.ordinal)
    if item.links.filter(target_year=item.agreement.budget_year, target_code=new_key).exists():
        raise Refused(code=f"Punktet har selv en henvisning til {new_key} i denne aftale. Fjern den først.")
