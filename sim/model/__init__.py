"""A plan of a scenario as plain numbers: what an engine simulates."""

from sim.model.building import build_model
from sim.model.parts import (
    NOWHERE,
    Buyer,
    ClassPlan,
    ClassPlans,
    Condition,
    Contract,
    Disputant,
    LotInspection,
    Mediation,
    Need,
    Order,
    PlanModel,
    Start,
    Supplier,
    Timespan,
    Variant,
    Visit,
)

__all__ = [
    "NOWHERE",
    "Buyer",
    "ClassPlan",
    "ClassPlans",
    "Condition",
    "Contract",
    "Disputant",
    "LotInspection",
    "Mediation",
    "Need",
    "Order",
    "PlanModel",
    "Start",
    "Supplier",
    "Timespan",
    "Variant",
    "Visit",
    "build_model",
]
