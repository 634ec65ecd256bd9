from .agreements import (
    Agreement,
    AgreementMode,
    Item,
    ItemLink,
    Kind,
    LifeStatus,
    LinkKind,
    Responsibility,
    ResponsibilityRole,
    Section,
    Signatory,
    Target,
    TargetValue,
)
from .amounts import AmountLine, AmountSource, AmountTable, ControlTotal, Nature, YearAmount
from .organisation import Centre, Committee, Party

__all__ = [
    "Agreement", "AgreementMode", "AmountLine", "AmountSource", "AmountTable", "Centre", "Committee", "ControlTotal",
    "Item", "ItemLink", "Kind", "LifeStatus", "LinkKind", "Nature", "Party", "Responsibility", "ResponsibilityRole",
    "Section", "Signatory", "Target", "TargetValue", "YearAmount",
]  # fmt: skip
