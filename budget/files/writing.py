"""The inverse of reading: an agreement as the structure of its file."""

from collections import defaultdict

from budget.models import Agreement, AmountLine, AmountUnit, Item, ResponsibilityRole, Section, Target

from .checking import FORMAT
from .toml import without_blanks


def agreement_document(agreement: Agreement) -> dict:
    """The agreement as the file's own structure, keys in the schema's order, blanks left out."""
    sections = list(agreement.sections.select_related("parent").prefetch_related("stated_amounts"))
    items = list(
        agreement.items.in_agreement_order()
        .select_related("section", "lead_centre")
        .prefetch_related("responsibilities__committee", "responsibilities__centre", "links", "stated_amounts")
    )
    lines = list(agreement.amount_lines.prefetch_related("items", "amounts"))
    return {
        "format": FORMAT,
        "agreement": without_blanks(
            {
                "budget_year": agreement.budget_year,
                "last_year": agreement.last_year,
                "title": agreement.title,
                "mode": agreement.mode,
                "case_number": agreement.case_number,
                "signed_on": agreement.signed_on,
                "parties": [signatory.party.name for signatory in agreement.signatories.select_related("party")],
                "unit": None if agreement.unit == AmountUnit.THOUSANDS else agreement.unit,
                "theme_source": agreement.theme_source,
                "source": agreement.source,
                "reading_guide": agreement.reading_guide,
            }
        ),
        "control": {"sections": len(sections), "items": len(items), "amount_lines": len(lines)},
        "control_totals": [
            {"table": total.table, "year": total.year, "kroner": total.kroner}
            for total in agreement.control_totals.all()
        ],
        "targets": [_target_document(target) for target in agreement.targets.prefetch_related("values")],
        "tax_rates": [
            without_blanks({"name": rate.name, "hundredths": rate.hundredths, "unit": rate.unit, "note": rate.note})
            for rate in agreement.tax_rates.all()
        ],
        "goals": [
            without_blanks({"number": goal.number, "title": goal.title, "joint_with": goal.joint_with})
            for goal in agreement.goals.all()
        ],
        "sections": [_section_document(section) for section in sections],
        "items": [_item_document(item) for item in items],
        "amount_lines": [_line_document(line) for line in lines],
    }


def _target_document(target: Target) -> dict:
    values = [
        without_blanks({"label": value.label, "year": value.year}) | {"kroner": value.kroner}
        for value in target.values.all()
    ]
    return without_blanks({"number": target.number, "title": target.title, "text": target.text, "values": values})


def _section_document(section: Section) -> dict:
    return without_blanks(
        {
            "code": section.code,
            "parent": section.parent and section.parent.code,
            "title": section.title,
            "is_theme": section.is_theme or None,
            "text": section.text,
            "stated_amounts": _stated_amounts(section),
        }
    )


def _stated_amounts(owner: Section | Item) -> list[dict]:
    return [
        {"kroner": each.kroner}
        | without_blanks({"years": each.years, "basis": each.basis, "class": each.standing, "note": each.note})
        for each in owner.stated_amounts.all()
    ]


def _item_document(item: Item) -> dict:
    named = defaultdict(list)
    for responsibility in item.responsibilities.all():
        body = responsibility.committee or responsibility.centre
        role = responsibility.role if body or responsibility.role == ResponsibilityRole.BODY else "contributor_words"
        named[role].append(body.slug if body else responsibility.words)
    return without_blanks(
        {
            "code": item.code,
            "ordinal": item.ordinal,
            "section": item.section.code,
            "title": item.title,
            "kind": item.kind,
            "life_status": item.life_status,
            "centre": item.lead_centre and item.lead_centre.slug,
            "printed_centre": item.printed_centre,
            "committees": named[ResponsibilityRole.COMMITTEE],
            "bodies": named[ResponsibilityRole.BODY],
            "contributors": named[ResponsibilityRole.CONTRIBUTOR],
            "contributor_words": named["contributor_words"],
            "text": item.text,
            "note": item.note,
            "economy_text": item.economy_text,
            "source_note": item.source_note,
            "links": [
                without_blanks(
                    {"kind": link.kind, "year": link.target_year, "code": link.target_code, "note": link.note}
                )
                for link in item.links.all()
            ],
            "stated_amounts": _stated_amounts(item),
        }
    )


def _line_document(line: AmountLine) -> dict:
    amounts = [
        without_blanks({"year": amount.year, "last_year": amount.last_year}) | {"kroner": amount.kroner}
        for amount in line.amounts.all()
    ]
    return without_blanks(
        {
            "table": line.table,
            "source": line.source,
            "heading": line.heading,
            "code": line.code,
            "label": line.label,
            "project": line.project,
            "nature": line.nature,
            "period": line.period,
            "possible_duplicate": line.is_possible_duplicate or None,
            "items": [item.key for item in line.items.all()],
            "note": line.note,
            "amounts": amounts,
        }
    )
