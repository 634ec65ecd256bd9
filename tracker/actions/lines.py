"""The lines of a draft's money by form: making, changing, moving and deleting them, by the rules of a file's lines."""

from collections.abc import Hashable, Mapping, Sequence
from copy import copy
from datetime import datetime

from django.db import transaction
from django.utils.text import capfirst

from budget import line_rules
from budget.files.replacing import delete_signed
from budget.models import Agreement, AmountLine, AmountSource, Item, YearAmount
from tracker.errors import Refused
from tracker.models import Act, User, subject_of
from tracker.reports.setup import table_totals
from tracker.templatetags.tracker import kroner as kroner_words

from .cpr import line_place, refuse_cpr_numbers, texts_of
from .drafts import claim_version, lock_draft
from .events import write_event
from .item_parts import signed
from .line_places import index_of, lines_in_order, renumber

Amounts = Mapping[int, int | None]  # kroner by year; None takes the year's amount away
_TEXT_LIMIT = 160  # of an event's subject


@transaction.atomic
def create_line(
    *, agreement: Agreement, by: User, fields: dict[str, object], amounts: Amounts, keys: Sequence[str] = (),
    after: str = "", cpr_reason: str = "", now: datetime | None = None,
) -> AmountLine:  # fmt: skip
    """A new line of a table, with the items that `keys` name. `after` says where it stands (see `index_of`)."""
    line = AmountLine(agreement=lock_draft(agreement), source=AmountSource.TABLE, **fields)
    refuse_cpr_numbers(texts_of(AmountLine, fields), subject=line_place(line), by=by, reason=cpr_reason, now=now)
    items = _items(line.agreement, keys)
    others = lines_in_order(line.agreement)
    index = index_of(line, others, after)
    _refuse_amounts(line, amounts, {}, others[:index], others[index:])
    line.position = index + 1
    renumber(line.agreement, [*others[:index], None, *others[index:]])
    signed(line, by).save()
    line.items.set(items)
    words = [str(line), *_save_amounts(line, amounts, {}, by), *_drop_untrue_totals(line.agreement)]
    _write(Act.LINE_CREATED, line, by, words, now)
    return line


@transaction.atomic
def change_line(
    *, line: AmountLine, by: User, version: int, fields: dict[str, object], amounts: Amounts, keys: Sequence[str] = (),
    after: str = "", cpr_reason: str = "", now: datetime | None = None,
) -> bool:  # fmt: skip
    """Saves what differs; False when nothing did. `version` is the one the form was opened with. Amounts of a span of
    years or of no year stay as they are."""
    agreement = lock_draft(line.agreement)
    claim_version(line, version)
    current = AmountLine.objects.get(pk=line.pk)
    current.agreement = agreement
    refuse_cpr_numbers(texts_of(AmountLine, fields), subject=line_place(current), by=by, reason=cpr_reason, now=now)
    before = copy(current)
    items, others = _items(agreement, keys), lines_in_order(agreement, but=current)
    old_index = sum(other.position < current.position for other in others)
    changed = _set_fields(current, fields)
    index = index_of(current, others, after, before=before, old_index=old_index)
    saved = {(each.year, each.last_year): each for each in current.amounts.all()}
    _refuse_amounts(current, amounts, saved, others[:index], others[index:])
    changes = [_change_words(name, before, current) for name in changed]
    if changed:
        signed(current, by).save(update_fields=changed)
    sums_change = _save_amounts(current, amounts, saved, by)
    changes += sums_change + _set_items(current, items)
    if index != old_index:
        renumber(agreement, [*others[:index], current, *others[index:]])
        changes.append("flyttet i tabellen")
    if not changes:
        AmountLine.objects.filter(pk=current.pk).update(version=version)
        return False
    if sums_change or "table" in changed:
        changes += _drop_untrue_totals(agreement)
    _write(Act.LINE_CHANGED, before, by, changes, now)
    return True


@transaction.atomic
def delete_line(*, line: AmountLine, by: User, version: int, now: datetime | None = None) -> None:
    agreement = lock_draft(line.agreement)
    claim_version(line, version)
    current = AmountLine.objects.get(pk=line.pk)
    current.agreement = agreement
    amounts = [f"{each.years_label}: {kroner_words(each.kroner)}" for each in current.amounts.all()]
    delete_signed(current.amounts.all(), by.pk, "")
    delete_signed(AmountLine.objects.filter(pk=current.pk), by.pk, "")
    renumber(agreement, lines_in_order(agreement))
    _write(Act.LINE_DELETED, current, by, [str(current), *amounts, *_drop_untrue_totals(agreement)], now)


def _items(agreement: Agreement, keys: Sequence[str]) -> list[Item]:
    found = {item.key: item for item in agreement.items.filter(key__in=keys)}
    if unknown := [key for key in dict.fromkeys(keys) if key not in found]:
        named = f"Punktet {unknown[0]}" if len(unknown) == 1 else f"Punkterne {', '.join(unknown)}"
        raise Refused(keys=f"{named} findes ikke i aftalen. Rummer et nummer flere punkter, så skriv løbenummeret med.")
    return list(found.values())


def _set_fields(line: AmountLine, fields: dict[str, object]) -> list[str]:
    changed = [name for name, value in fields.items() if getattr(line, name) != value]
    for name in changed:
        setattr(line, name, fields[name])
    return changed


def _set_items(line: AmountLine, items: list[Item]) -> list[str]:
    before = ", ".join(line.items.values_list("key", flat=True)) or "(ingen)"
    line.items.set(items)
    after = ", ".join(line.items.values_list("key", flat=True)) or "(ingen)"
    return [] if before == after else [f"punkter fra {before} til {after}"]


def _save_amounts(line: AmountLine, amounts: Amounts, saved: dict[tuple, YearAmount], by: User) -> list[str]:
    """Returns what has changed, in words."""
    changes = []
    for year, kroner in amounts.items():
        row = saved.get((year, None))
        old = row.kroner if row else None
        if old == kroner:
            continue
        if kroner is None:
            signed(row, by).delete()
        else:
            row = row or YearAmount(line=line, year=year)
            row.kroner = kroner
            signed(row, by).save()
        old_words, new_words = (kroner_words(each) or "(tomt)" for each in (old, kroner))
        changes.append(f"{year} fra {old_words} til {new_words}" if saved else f"{year}: {new_words}")
    return changes


def _drop_untrue_totals(agreement: Agreement) -> list[str]:
    """A draft from a file holds the file's control totals. One that the lines no longer come to would only make the
    draft's own file wrong; the signing stores them anew."""
    sums = table_totals(agreement)
    untrue = [
        total for total in agreement.control_totals.all() if sums.get((total.table, total.year), 0) != total.kroner
    ]
    if untrue:
        agreement.control_totals.filter(pk__in=[total.pk for total in untrue]).delete()
    return [f"kontrolsummen for {total} ({kroner_words(total.kroner)}) gælder ikke længere" for total in untrue]


# --- Rules ------------------------------------------------------------------------------------------------------------


def _refuse_amounts(
    line: AmountLine, amounts: Amounts, saved: dict[tuple, YearAmount], earlier: list[AmountLine],
    later: list[AmountLine],
) -> None:  # fmt: skip
    """What must hold for the line's money where it is to stand, after `earlier` lines and before `later` ones."""
    years = line.agreement.years
    if any(year not in years for year in amounts):
        raise Refused("Aftalens år er ændret, siden du åbnede siden. Indlæs den igen, og skriv beløbene om.")
    kroner = {span: row.kroner for span, row in saved.items() if span[1] is not None or span[0] not in amounts}
    kroner |= {(year, None): amount for year, amount in amounts.items() if amount is not None}
    if not kroner:
        raise Refused(**{f"amount_{years[0]}": "Skriv mindst ét beløb. Et beløb på nul skrives som 0."})
    if problem := line_rules.nature_problem(line.nature, kroner):
        raise Refused(nature=f"{capfirst(problem)}.")
    _refuse_repeated(line, kroner, {each.pk for each in earlier})


def _refuse_repeated(line: AmountLine, kroner: dict[Hashable, int], earlier: set[int]) -> None:
    """Of lines that are alike all but the first must be marked, as in a file."""
    alike = line.agreement.amount_lines.filter(table=line.table, code=line.code, label=line.label, project=line.project)
    mine = line_rules.identity(line.table, line.code, line.label, line.project, kroner)
    for other in alike.exclude(pk=line.pk).prefetch_related("amounts"):
        amounts = {(each.year, each.last_year): each.kroner for each in other.amounts.all()}
        if line_rules.identity(other.table, other.code, other.label, other.project, amounts) != mine:
            continue
        place = f"»{other}« i {other.get_table_display()}"
        if other.pk in earlier and not line.is_possible_duplicate:
            raise Refused(is_possible_duplicate=f"{capfirst(line_rules.repeated(place))}.")
        if other.pk not in earlier and not other.is_possible_duplicate:
            raise Refused(
                after=f"Linjen er magen til {place}, som står længere nede. Sæt linjen efter den, og markér den som "
                "mulig dublet."
            )


# --- Words ------------------------------------------------------------------------------------------------------------


def _change_words(name: str, before: AmountLine, after: AmountLine) -> str:
    old, new = (_field_words(name, line) for line in (before, after))
    return f"{AmountLine._meta.get_field(name).verbose_name} fra {old} til {new}"


def _field_words(name: str, line: AmountLine) -> str:
    field, value = AmountLine._meta.get_field(name), getattr(line, name)
    if field.choices:
        return dict(field.flatchoices)[value]
    if isinstance(value, bool):
        return "ja" if value else "nej"
    return f"»{value}«" if value else "(tomt)"


def _write(act: Act, line: AmountLine, by: User, words: list[str], now: datetime | None) -> None:
    subject = f"{subject_of(line.agreement.budget_year)}, {line.get_table_display()}: {line}"
    write_event(act=act, by=by, subject=subject[:_TEXT_LIMIT], note="; ".join(words), now=now)
