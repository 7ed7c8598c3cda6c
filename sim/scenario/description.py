"""The tables of ``docs/scenario-format.md``, made from the schema's own descriptions."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from pydantic import BaseModel

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
from sim.scenario.mediation import MediationSpec, OddsSpec
from sim.scenario.parameter_sets import AssumedSpec, ParameterSetsSpec
from sim.scenario.plans import (
    InsteadSpec,
    NextSpec,
    OnlyIfSpec,
    OrderSpec,
    PlanEntry,
    PlanGrid,
    SplitSpec,
    StartSpec,
)
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

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

    from sim.scenario.keys import Spec

BEGIN: Final = "<!-- keys: made from the schema -->"
END: Final = "<!-- keys: end -->"

SECTIONS: Final[tuple[tuple[str, type[Spec]], ...]] = (
    ("top", ScenarioSpec),
    ("need", NeedSpec),
    ("buyer", BuyerSpec),
    ("buyer.dispute_hours", DisputeHoursSpec),
    ("calendar", CalendarSpec),
    ("calendar.closed[], calendar.open[]", PeriodSpec),
    ("contract", ContractSpec),
    ("contract.tolerance", ToleranceSpec),
    ("suppliers.NAME", SupplierSpec),
    ("suppliers.NAME.unit_price[]", PriceBreakSpec),
    ("suppliers.NAME.payment", PaymentSpec),
    ("suppliers.NAME.defects", DefectsSpec),
    ("suppliers.NAME.defects.bad_lot", BadLotSpec),
    ("suppliers.NAME.rework", ReworkSpec),
    ("suppliers.NAME.disputes", SupplierDisputesSpec),
    ("suppliers.NAME.transit", TransitSpec),
    ("suppliers.NAME.freight", FreightSpec),
    ("inspections.NAME with kind: during_production", DuringProductionSpec),
    ("inspections.NAME with kind: pre_shipment", PreShipmentSpec),
    ("inspections.NAME.on_fail", OnFailSpec),
    ("inspections.NAME.sampling with standard: iso2859-1", IsoSamplingSpec),
    ("inspections.NAME.sampling.aql", AqlSpec),
    ("inspections.NAME.sampling with standard: fixed", FixedSamplingSpec),
    ("inspections.NAME.sampling.accept", AcceptSpec),
    ("disputes", MediationSpec),
    ("disputes.odds", OddsSpec),
    ("plans.NAME", PlanEntry),
    ("plans.NAME.orders[]", OrderSpec),
    ("plans.NAME.orders[].start", StartSpec),
    ("plans.NAME.orders[].only_if", OnlyIfSpec),
    ("plans.NAME.orders[].otherwise", InsteadSpec),
    ("plans.NAME.split", SplitSpec),
    ("plans.NAME.split.next, plan_grid.next", NextSpec),
    ("plan_grid", PlanGrid),
    ("run", RunSpec),
    ("run.precision", PrecisionSpec),
    ("parameter_sets", ParameterSetsSpec),
    ("parameter_sets.priors[]", AssumedSpec),
)
"""Every part of a scenario, with the path at which a file has it."""


def format_tables() -> str:
    """Tables of every key: unit, default and meaning, one table for each part of a scenario."""
    return "\n".join(_section(path, spec) for path, spec in SECTIONS)


def document_current(document: str) -> str:
    """Document with the tables between its two marks made anew."""
    before, _, rest = document.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{format_tables()}\n{END}{after}"


def _section(path: str, spec: type[Spec]) -> str:
    title = "### The file as a whole" if path == "top" else f"### `{path}`"
    about = (spec.__doc__ or "").strip().split("\n\n")[0].replace("``", "`")
    rows = [_row(field.alias or name, field) for name, field in spec.model_fields.items()]
    return "\n".join([title, "", about, "", "| key | unit | default | meaning |", "|---|---|---|---|", *rows, ""])


def _row(key: str, field: FieldInfo) -> str:
    extra = field.json_schema_extra
    unit = str(extra.get("unit", "")) if isinstance(extra, dict) else ""
    default = "**required**" if field.is_required() else _written(field.default)
    meaning = (field.description or "").replace("|", "\\|")
    return f"| `{key}` | {unit} | {default} | {meaning} |"


def _written(default: object) -> str:
    match default:
        case BaseModel():
            return "as below"
        case {} if default == {}:
            return "none"
        case None:
            return "null"
        case bool():
            return "true" if default else "false"
        case "" | ():
            return "none"
        case int() | float():
            return f"{default:g}" if isinstance(default, float) else f"{default}"
        case date() | str():
            return f"{default}"
        case _:
            return (
                "`"
                + str(list(default) if isinstance(default, tuple) else default)
                .replace("(", "[")
                .replace(",)", "]")
                .replace(")", "]")
                + "`"
            )
