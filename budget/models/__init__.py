from .agreements import Agreement, AgreementMode, AmountUnit, Section, Signatory
from .amounts import (
    AmountLine,
    AmountSource,
    AmountTable,
    Basis,
    ControlTotal,
    Nature,
    Standing,
    StatedAmount,
    YearAmount,
)
from .items import Item, ItemLink, Kind, LifeStatus, LinkKind, Responsibility, ResponsibilityRole
from .organisation import Centre, Committee, Party
from .strategy import RateUnit, SustainabilityGoal, Target, TargetValue, TaxRate

__all__ = [
    "Agreement", "AgreementMode", "AmountLine", "AmountSource", "AmountTable", "AmountUnit", "Basis", "Centre",
    "Committee", "ControlTotal", "Item", "ItemLink", "Kind", "LifeStatus", "LinkKind", "Nature", "Party", "RateUnit",
    "Responsibility", "ResponsibilityRole", "Section", "Signatory", "Standing", "StatedAmount", "SustainabilityGoal",
    "Target", "TargetValue", "TaxRate", "YearAmount",
]  # fmt: skip
