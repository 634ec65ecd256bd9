"""A small agreement file as a structure that a test can spoil, and the file it makes."""

from datetime import date
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
        "rounds": [
            {"number": 1, "label": "1. budgetopfølgning", "state": "closed", "as_of": date(2031, 3, 31)},
            {"number": 2, "label": "2. budgetopfølgning", "state": "planned"},
        ],
        "sections": [
            {"code": "1", "title": "Vision"},
            {"code": "2", "title": "Børn", "text": "Om børn."},
            {"code": "2.1", "parent": "2", "title": "Skoler"},
        ],
        "agreement": {
            "budget_year": YEAR,
            "last_year": 2034,
            "title": "Aftale om budget 2031",
            "mode": "milestones",
            "case_number": "00.30.00-S00-1-30",
            "signed_on": date(2030, 10, 1),
            "parties": ["Venstre", "Enhedslisten"],
            "milestone_plan": "approved",
        },
        "control": {"sections": 3, "items": 3, "milestones": 2, "assessments": 2, "amount_lines": 2},
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
                "milestones": [{"round": 1, "text": "Planen er lavet."}, {"round": 2, "text": "Den er fulgt."}],
                "assessments": [
                    {
                        "round": 1,
                        "effort": "neutral",
                        "economy": "kept",
                        "comment": "Forsinket.",
                        "state": "approved",
                    },
                ],
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
        ],
    }


def write_file(path: Path, document: dict) -> Path:
    path.write_text(tomli_w.dumps(document, multiline_strings=True), encoding="utf-8")
    return path
