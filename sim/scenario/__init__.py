"""Scenario files: what they may say, how they are read, and how a mistake in one is answered."""

from sim.scenario.buyer import BuyerSpec, ContractSpec, DisputeHoursSpec, NeedSpec, ToleranceSpec
from sim.scenario.inspections import (
    AcceptSpec,
    AqlSpec,
    DuringProductionSpec,
    FixedSamplingSpec,
    IsoSamplingSpec,
    OnFailSpec,
    PreShipmentSpec,
)
from sim.scenario.json_schema import json_schema
from sim.scenario.keys import Duration
from sim.scenario.loading import Draft, Scenario, draft_read, load_scenario, scenario_checked, template_text
from sim.scenario.mediation import MediationSpec, OddsSpec
from sim.scenario.plans import InsteadSpec, OnlyIfSpec, OrderSpec, PlanSpec, StartSpec
from sim.scenario.schema import PrecisionSpec, RunSpec, ScenarioSpec
from sim.scenario.suppliers import (
    BadLotSpec,
    DefectsSpec,
    FreightSpec,
    PaymentSpec,
    PriceBreakSpec,
    ReworkSpec,
    SupplierDisputesSpec,
    SupplierSpec,
    TransitSpec,
)
from sim.scenario.working_days import CalendarSpec, PeriodSpec

__all__ = [
    "AcceptSpec",
    "AqlSpec",
    "BadLotSpec",
    "BuyerSpec",
    "CalendarSpec",
    "ContractSpec",
    "DefectsSpec",
    "DisputeHoursSpec",
    "Draft",
    "Duration",
    "DuringProductionSpec",
    "FixedSamplingSpec",
    "FreightSpec",
    "InsteadSpec",
    "IsoSamplingSpec",
    "MediationSpec",
    "NeedSpec",
    "OddsSpec",
    "OnFailSpec",
    "OnlyIfSpec",
    "OrderSpec",
    "PaymentSpec",
    "PeriodSpec",
    "PlanSpec",
    "PreShipmentSpec",
    "PrecisionSpec",
    "PriceBreakSpec",
    "ReworkSpec",
    "RunSpec",
    "Scenario",
    "ScenarioSpec",
    "StartSpec",
    "SupplierDisputesSpec",
    "SupplierSpec",
    "ToleranceSpec",
    "TransitSpec",
    "draft_read",
    "json_schema",
    "load_scenario",
    "scenario_checked",
    "template_text",
]
