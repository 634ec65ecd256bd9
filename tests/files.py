"""A small agreement file as a structure that a test can spoil, and the file it makes."""

from datetime import UTC, date, datetime
from pathlib import Path

import tomli_w

YEAR = 2031


def small_document() -> dict:
    """Everything a file can hold, once or twice. Needs the organisation."""
    return {
        "format": 1,
        "control_totals": [
            {"table": "drift", "year": 2031, "kroner": -500_000},
            {"table": "drift", "year": 2032, "kroner": -750_000},
        ],
        "definitions": [{"dimension": "effort", "level": "happy", "text": "Milepælen er opfyldt."}],
        "targets": [
            {
                "number": 4,
                "title": "Kassebeholdning",
                "values": [{"label": "Mindst", "year": 2031, "kroner": 100_000_000}],
            }
        ],
        "tax_rates": [
            {"name": "Udskrivningsprocent", "hundredths": 2550, "unit": "percent", "note": "uændret"},
            {"name": "Grundskyldspromille", "hundredths": 2889, "unit": "permille"},
        ],
        "goals": [
            {"number": 4, "title": "Kvalitetsuddannelse"},
            {"number": 7, "title": "Bæredygtig energi", "joint_with": 13},
            {"number": 13, "title": "Klimaindsats", "joint_with": 7},
        ],
        "rounds": [
            {
                "number": 1,
                "label": "1. budgetopfølgning",
                "state": "closed",
                "as_of": date(2031, 3, 31),
                "instructions": "Skriv kort.\nHøjst fem linjer.",
                "moved_dates": [
                    {
                        "field": "as_of",
                        "before": date(2031, 3, 15),
                        "after": date(2031, 3, 31),
                        "reason": "Påsken",
                        "at": datetime(2031, 1, 10, 9, 30, tzinfo=UTC),
                    },
                    {
                        "field": "council_on",
                        "before": date(2031, 5, 27),
                        "reason": "Mødet er aflyst.",
                        "at": datetime(2031, 1, 11, 9, 30, 0, 5, tzinfo=UTC),
                    },
                ],
            },
            {"number": 2, "label": "2. budgetopfølgning", "state": "planned"},
        ],
        "decisions": [
            {"body": "Økonomiudvalget", "decided_on": date(2030, 11, 20), "outcome": "sent_back", "remark": "Igen."},
            {
                "body": "Aftaleparterne",
                "decided_on": date(2030, 12, 11),
                "case_number": "00.30.00-S00-1-30",
                "outcome": "approved",
            },
        ],
        "sections": [
            {"code": "1", "title": "Vision"},
            {"code": "2", "title": "Børn", "is_theme": True, "text": "Om børn."},
            {
                "code": "2.1",
                "parent": "2",
                "title": "Skoler",
                "stated_amounts": [{"kroner": 18_000_000, "basis": "total", "class": "set_aside"}],
            },
            {"title": "Samarbejde", "text": "Parterne mødes."},
        ],
        "agreement": {
            "budget_year": YEAR,
            "last_year": 2034,
            "title": "Aftale om budget 2031",
            "mode": "milestones",
            "case_number": "00.30.00-S00-1-30",
            "signed_on": date(2030, 10, 1),
            "parties": ["Venstre", "Enhedslisten"],
            "unit": 1,
            "theme_source": "Vision 2040",
            "milestone_plan": "changed",
        },
        "control": {"sections": 4, "items": 3, "milestones": 2, "assessments": 2, "amount_lines": 3},
        "items": [
            {
                "code": "1.02",
                "section": "1",
                "title": "Bygninger",
                "kind": "anlaeg_drift",
                "life_status": "running",
                "centre": "ejendomme",
                "committees": ["oekonomiudvalget"],
                "contributors": ["arbejdsmarked"],
                "text": "Første linje\nanden linje",
                "links": [{"kind": "continues", "year": 2017, "code": "8.04"}],
                "stated_amounts": [
                    {"kroner": 500_000, "years": [2031, 2033], "basis": "each", "class": "new", "note": "Til drift."},
                    {"kroner": -250_000, "years": [2034], "basis": "recurring", "class": "earlier_saving"},
                ],
                "milestones": [{"round": 1, "text": "Planen er lavet."}, {"round": 2, "text": "Den er fulgt."}],
                "milestone_changes": [
                    {
                        "round": 2,
                        "before": "Den er vedtaget.",
                        "after": "Den er fulgt.",
                        "reason": "Planen kom før.",
                        "at": datetime(2031, 2, 1, 8, 30, 0, 123456, tzinfo=UTC),
                    },
                    {
                        "round": 2,
                        "before": "Den er trykt.",
                        "reason": "Den trykkes ikke.",
                        "at": datetime(2031, 2, 1, 8, 30, 0, 123456, tzinfo=UTC),
                    },
                ],
                "assessments": [
                    {
                        "round": 1,
                        "effort": "neutral",
                        "economy": "kept",
                        "comment": "Forsinket.",
                        "state": "approved",
                    },
                ],
                "finance_notes": [{"round": 1, "text": "Efterprøvet\nmod regnskabet."}],
            },
            {
                "code": "2.1.3",
                "ordinal": 1,
                "section": "2.1",
                "title": "Toiletter",
                "life_status": "planned",
                "printed_centre": "0-25 års udvalget",
                "bodies": ["Direktionen"],
                "contributor_words": ["De øvrige centre"],
                "assessments": [{"round": 1, "effort": "happy", "economy": "not_relevant", "state": "submitted"}],
            },
            {"code": "2.1.3", "ordinal": 2, "section": "2.1", "title": "Legepladser", "life_status": "planned"},
        ],
        "amount_lines": [
            {
                "table": "drift",
                "source": "table",
                "code": "1.02",
                "label": "Færre lejemål",
                "nature": "saving",
                "items": ["1.02"],
                "amounts": [{"year": 2031, "kroner": -500_000}, {"year": 2032, "kroner": -750_000}],
            },
            {
                "table": "anlaeg",
                "source": "economy_row",
                "label": "Legepladser",
                "nature": "new",
                "items": ["2.1.3-1", "2.1.3-2"],
                "amounts": [{"kroner": 2_000_000}],
            },
            {
                "table": "anlaeg",
                "source": "table",
                "heading": "2. Børn",
                "label": "Legepladser ved skolerne",
                "nature": "new",
                "possible_duplicate": True,
                "note": "Ligner linjen ovenfor.",
                "amounts": [{"kroner": 2_000_000}],
            },
        ],
    }


def write_file(path: Path, document: dict) -> Path:
    path.write_text(tomli_w.dumps(document, multiline_strings=True), encoding="utf-8")
    return path


def signed_document() -> dict:
    """The small agreement signed, with every round ahead and nothing reported."""
    document = small_document()
    document["rounds"][0]["state"] = "planned"
    for item in document["items"]:
        item.pop("assessments", None)
        item.pop("finance_notes", None)
    document["control"]["assessments"] = 0
    return document


def draft_document() -> dict:
    """The small agreement before it is signed, with nothing reported."""
    document = signed_document()
    del document["agreement"]["signed_on"], document["decisions"], document["items"][0]["milestone_changes"]
    document["agreement"]["milestone_plan"] = "draft"
    return document


def changed_document() -> dict:
    """The draft with another title, an item less, an item more, and lines that answer to it."""
    document = draft_document()
    document["items"][0]["title"] = "Bygninger og veje"
    document["items"][2] = {"code": "2.1.4", "section": "2.1", "title": "Boldbaner", "life_status": "planned"}
    document["amount_lines"][1]["items"] = ["2.1.4"]
    document["amount_lines"][0]["amounts"][0]["kroner"] = -600_000
    document["control_totals"][0]["kroner"] = -600_000
    return document


def bytes_of(document: dict) -> bytes:
    return tomli_w.dumps(document, multiline_strings=True).encode()
