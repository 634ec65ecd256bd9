"""What differs between two frozen reports, in words: the exact list that stands in a correction."""

from tracker.statuses import NOT_REPORTED, NOT_REPORTED_LABEL, AssessmentState, Economy, Effort

_WORDS = dict(Effort.choices) | dict(Economy.choices) | {NOT_REPORTED: NOT_REPORTED_LABEL}
_LEVELS = {"effort", "economy"}
_HEAD = {
    "title": "Titel", "as_of": "Opgjort pr.", "case_number": "Sagsnummer", "committee_name": "Udvalg",
    "reading_guide": "Læsevejledning", "round_label": "Runde", "deadline": "Frist", "municipality": "Kommune",
    "agreement_title": "Aftale",
}  # fmt: skip
_ITEM = {
    "title": "titel", "section_title": "kapitel", "kind_label": "drift/anlæg", "centre": "ansvarligt center",
    "committees": "ansvarlige udvalg", "responsible": "andre ansvarlige", "contributors": "væsentlige bidragsydere",
    "text": "aftaletekst", "note": "administrationens bemærkning", "economy_text": "økonomi i aftalen",
    "source_note": "bemærkning til kilden", "key": "nummer", "code": "nummer i aftalen", "section": "kapitelnummer",
    "kinds": "drift og anlæg", "is_printed_centre": "centret står i aftalen",
}  # fmt: skip
_ROUND = {
    "label": "navn", "milestones": "milepæl", "effort": "indsats", "economy": "økonomi", "comment": "bemærkning",
    "expected_amount": "forventet beløb", "finance_note": "Økonomi og Styrings bemærkning", "state": "tilstand",
    "is_entered_by_finance": "indtastet af Økonomi og Styring", "milestone_changes": "ændrede milepæle",
    "silence": "manglende indberetning",
}  # fmt: skip

Difference = tuple[str, str, str]  # place, before, after; "" is nothing


def differences_between(before: dict, after: dict) -> list[Difference]:
    """Every fact of the two reports that is not the same, in the order of the newer one, then what is gone."""
    old, new = facts_of(before), facts_of(after)
    found = [(place, old.get(place, ""), value) for place, value in new.items() if old.get(place, "") != value]
    return found + [(place, value, "") for place, value in old.items() if place not in new and value]


def facts_of(report: dict) -> dict[str, str]:
    """Place -> value. A key that has no Danish name here is compared too, under its own."""
    facts = {}
    for key, value in report.items():
        if key == "definitions":
            facts |= {f"Definition, {each['dimension']} {each['level']}": each["text"] for each in value}
        elif key == "rounds":
            facts |= {f"Runde {each['number']}": each["label"] for each in value}
        elif key == "items":
            for item in value:
                facts |= _of_item(item)
        else:
            facts[_HEAD.get(key, key)] = _word(value)
    return facts


def _of_item(item: dict) -> dict[str, str]:
    place = item["key"]
    facts = {}
    for key, value in item.items():
        if key == "rounds":
            for each in value:
                facts |= {
                    f"{place}, {each['label']}: {_ROUND.get(name, name)}": _of_round(name, x)
                    for name, x in each.items()
                    if name != "number"
                }
        elif key == "amounts":
            for n, line in enumerate(value, start=1):
                facts |= {
                    f"{place}, beløbslinje {n} ({line['label']}), {years}": _kroner(kroner)
                    for years, kroner in line["years"].items()
                }
        else:
            facts[f"{place}: {_ITEM.get(key, key)}"] = _word(value)
    return facts


def _of_round(name: str, value: object) -> str:
    if name == "expected_amount":
        return _kroner(value)
    if name == "state":
        return dict(AssessmentState.choices).get(value, value)
    return _WORDS.get(value, value) if name in _LEVELS else _word(value)


def _kroner(amount: int | None) -> str:
    """As the report prints it; blank is not zero."""
    return "" if amount is None else f"{amount:,} kr.".replace(",", ".").replace("-", "−")


def _word(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "ja" if value else "nej"
    if isinstance(value, dict):
        return ", ".join(_word(each) for each in value.values())
    if isinstance(value, list):
        return "; ".join(_word(each) for each in value)
    return str(value)
