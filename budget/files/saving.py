"""Checked rows of an agreement file into the database. The caller holds the transaction."""

from budget.models import (
    Agreement,
    AmountLine,
    AmountUnit,
    Centre,
    Committee,
    ControlTotal,
    Item,
    ItemLink,
    Party,
    Responsibility,
    ResponsibilityRole,
    Section,
    Signatory,
    StatedAmount,
    SustainabilityGoal,
    Target,
    TargetValue,
    TaxRate,
    YearAmount,
)

from .checking import key_of


def save_agreement(file: dict, digest: str, user_id: int | None = None) -> Agreement:
    """Checked rows into the database; the caller holds the transaction."""
    head = file["agreement"]
    agreement = Agreement(
        budget_year=head["budget_year"],
        last_year=head["last_year"],
        title=head["title"],
        mode=head["mode"],
        case_number=head["case_number"] or "",
        signed_on=head["signed_on"],
        unit=head["unit"] or AmountUnit.THOUSANDS,
        theme_source=head["theme_source"] or "",
        source=head["source"] or "",
        reading_guide=head["reading_guide"] or "",
        file_digest=digest,
    )
    _save(agreement, user_id)
    parties = {party.name: party for party in Party.objects.all()}
    for position, name in enumerate(head["parties"] or [], start=1):
        Signatory.objects.create(agreement=agreement, party=parties[name], position=position)
    _save_strategy(agreement, file)
    sections = _save_sections(agreement, file)
    items = _save_items(agreement, file, sections, user_id)
    _save_money(agreement, file, items, user_id)
    return agreement


def _save_strategy(agreement: Agreement, file: dict) -> None:
    for row in file["targets"]:
        target = Target.objects.create(
            agreement=agreement, number=row["number"], title=row["title"], text=row["text"] or ""
        )
        for position, value in enumerate(row["values"], start=1):
            TargetValue.objects.create(
                target=target, position=position, label=value["label"], year=value["year"], kroner=value["kroner"]
            )
    for position, row in enumerate(file["tax_rates"], start=1):
        TaxRate.objects.create(
            agreement=agreement, position=position, name=row["name"], hundredths=row["hundredths"], unit=row["unit"],
            note=row["note"] or "",
        )  # fmt: skip
    for row in file["goals"]:
        SustainabilityGoal.objects.create(
            agreement=agreement, number=row["number"], title=row["title"], joint_with=row["joint_with"]
        )


def _save_sections(agreement: Agreement, file: dict) -> dict[str, Section]:
    sections = {}
    without_code = 0
    for row in file["sections"]:
        without_code += not row["code"]
        section = Section.objects.create(
            agreement=agreement,
            parent=sections[row["parent"]] if row["parent"] else None,
            code=row["code"] or "",
            position=None if row["code"] else without_code,
            title=row["title"],
            text=row["text"] or "",
            is_theme=bool(row["is_theme"]),
        )
        if row["code"]:
            sections[row["code"]] = section
        _save_stated_amounts(row, section=section)
    return sections


def _save_stated_amounts(row: dict, **owner) -> None:
    StatedAmount.objects.bulk_create(
        StatedAmount(
            position=position,
            kroner=each["kroner"],
            years=each["years"] or [],
            basis=each["basis"],
            standing=each["class"],
            note=each["note"] or "",
            **owner,
        )  # fmt: skip
        for position, each in enumerate(row["stated_amounts"], start=1)
    )


def _save(instance, user_id: int | None):
    instance._history_user = user_id
    instance.save()
    return instance


def _save_items(agreement: Agreement, file: dict, sections: dict, user_id: int | None) -> dict[str, Item]:
    centres = {centre.slug: centre for centre in Centre.objects.all()}
    committees = {committee.slug: committee for committee in Committee.objects.all()}
    items = {}
    for row in file["items"]:
        item = Item(
            agreement=agreement,
            section=sections[row["section"]],
            code=row["code"],
            ordinal=row["ordinal"],
            title=row["title"],
            kind=row["kind"] or "",
            life_status=row["life_status"],
            lead_centre=centres.get(row["centre"]),
            printed_centre=row["printed_centre"] or "",
            text=row["text"] or "",
            note=row["note"] or "",
            economy_text=row["economy_text"] or "",
            source_note=row["source_note"] or "",
        )
        items[key_of(row)] = _save(item, user_id)
        _save_stated_amounts(row, item=item)
        for responsibility in responsibilities_of(
            committees=[committees[slug] for slug in row["committees"] or []],
            bodies=row["bodies"] or [],
            contributors=[centres[slug] for slug in row["contributors"] or []],
            contributor_words=row["contributor_words"] or [],
        ):
            responsibility.item = item
            _save(responsibility, user_id)
    for row in file["items"]:
        for link in row["links"]:
            here = link["year"] == agreement.budget_year
            ItemLink.objects.create(
                item=items[key_of(row)],
                kind=link["kind"],
                target=items.get(link["code"]) if here else item_elsewhere(link),
                target_year=link["year"],
                target_code=link["code"],
                note=link["note"] or "",
            )
    return items


def responsibilities_of(
    *, committees: list[Committee], bodies: list[str], contributors: list[Centre], contributor_words: list[str]
) -> list[Responsibility]:
    """Unsaved responsibilities in the order named; centres come before free words among the contributors."""
    role = ResponsibilityRole
    rows = [
        Responsibility(role=role.COMMITTEE, committee=committee, position=n)
        for n, committee in enumerate(committees, 1)
    ]
    rows += [Responsibility(role=role.BODY, words=words, position=n) for n, words in enumerate(bodies, 1)]
    named = [{"centre": centre} for centre in contributors] + [{"words": words} for words in contributor_words]
    return rows + [Responsibility(role=role.CONTRIBUTOR, position=n, **who) for n, who in enumerate(named, 1)]


def item_elsewhere(link: dict) -> Item | None:
    """The item of another agreement that a link names, where that agreement is in the system."""
    return Item.objects.filter(agreement__budget_year=link["year"], key=link["code"]).first()


def _save_money(agreement: Agreement, file: dict, items: dict[str, Item], user_id: int | None) -> None:
    for position, row in enumerate(file["amount_lines"], start=1):
        line = AmountLine(
            agreement=agreement,
            position=position,
            table=row["table"],
            source=row["source"],
            heading=row["heading"] or "",
            code=row["code"] or "",
            label=row["label"],
            project=row["project"] or "",
            nature=row["nature"],
            period=row["period"] or "",
            note=row["note"] or "",
            is_possible_duplicate=bool(row["possible_duplicate"]),
        )
        _save(line, user_id)
        line.items.set([items[key] for key in row["items"] or []])
        for amount in row["amounts"]:
            year_amount = YearAmount(
                line=line, year=amount["year"], last_year=amount["last_year"], kroner=amount["kroner"]
            )
            _save(year_amount, user_id)
    for row in file["control_totals"]:
        ControlTotal.objects.create(agreement=agreement, table=row["table"], year=row["year"], kroner=row["kroner"])
