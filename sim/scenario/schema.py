"""The scenario file as a whole: what each key is called, holds, means, and is when it is left out."""

from datetime import date
from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from sim.scenario.buyer import BuyerSpec, ContractSpec, NeedSpec
from sim.scenario.inspections import InspectionSpec
from sim.scenario.keys import Money, Name, Spec, Uncertain, key, whole
from sim.scenario.mediation import MediationSpec
from sim.scenario.parameter_sets import ParameterSetsSpec
from sim.scenario.plans import PlanEntry, PlanGrid
from sim.scenario.suppliers import SupplierSpec

Confidence = Annotated[float, Field(ge=0.5, le=0.9999)]
Replications = Annotated[int, BeforeValidator(whole), Field(ge=1, le=1_000_000_000)]


AT_MOST: Final = 10_000_000
"""Replications after which a run that aims at a precision stops all the same, unless told otherwise."""


class PrecisionSpec(Spec):
    """Simulate until the confidence interval is narrow enough."""

    of: Literal["expected_loss"] = key("The measure.", default="expected_loss")
    relative: Annotated[float, Field(gt=0, le=1)] | None = key(
        "Half-width of the interval, as a share of the estimate. Give this or `absolute`.",
        default=None,
        unit="share",
    )
    absolute: Annotated[float, Field(gt=0, le=100_000_000)] | None = key(
        "Half-width of the interval. Give this or `relative`.", default=None, unit="currency"
    )
    confidence: Confidence = key("Confidence of the interval.", default=0.95, unit="probability")
    at_most: Replications = key(
        "Replications after which the run stops all the same.", default=AT_MOST, unit="replications"
    )

    @model_validator(mode="after")
    def _one_of_both(self) -> "PrecisionSpec":
        if (self.relative is None) == (self.absolute is None):
            raise PydanticCustomError("one_of", "a precision needs either `relative` or `absolute`")
        return self


class RunSpec(Spec):
    """How much is simulated, and how it is reported."""

    replications: Replications = key(
        "How often each plan is simulated. Give this or `precision`.", default=20_000, unit="replications"
    )
    precision: PrecisionSpec | None = key(
        "Simulate until an interval is narrow enough, instead of a number of replications.", default=None
    )
    seed: Annotated[int, BeforeValidator(whole), Field(ge=0, le=2**64 - 1)] = key(
        "Of all random draws: the same seed gives the same results.", default=1
    )
    engine: Literal["auto", "reference", "compiled"] = key(
        "What simulates: `compiled` (machine code, fast) or `reference` (SimPy); the results are the same. `auto` is "
        "`compiled`.",
        default="auto",
    )
    loss_thresholds: Annotated[tuple[Money, ...], Field(strict=False, max_length=20)] = key(
        "The probability of losing more than each of these is reported.", default=(), unit="currency"
    )
    confidence: Confidence = key("Confidence of every interval shown.", default=0.95, unit="probability")

    @model_validator(mode="after")
    def _one_of_both(self) -> "RunSpec":
        if self.precision is not None and "replications" in self.model_fields_set:
            raise PydanticCustomError(
                "one_of", "`replications` and `precision` exclude each other", {"at": "precision"}
            )
        return self


class ScenarioSpec(Spec):
    """A scenario: one decision about ordering, with everything that is known or assumed about it."""

    schema_version: Literal[1] = key("Version of this format: 1.")
    name: Name = key("Names the results folder: letters, digits, - and _.")
    title: str = key("One line that says what is decided.", default="")
    description: str = key("Anything more that a reader should know.", default="")
    extends: str | None = key(
        "Another scenario file, relative to this one, whose keys hold where this one does not give its own. "
        "Maps merge deeply, lists and single values replace.",
        default=None,
    )
    start: date = key(
        "Day 0, a calendar date: working days and holidays follow from it.",
        default=date(2026, 1, 5),
        unit="date",
    )
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = key(
        "Of all amounts, as a three-letter code.", default="USD"
    )
    need: NeedSpec = key("What the buyer must end up with.")
    buyer: BuyerSpec = key("How the buyer works, pays and disputes.", default=BuyerSpec())
    contract: ContractSpec = key("What the order contract says.", default=ContractSpec())
    protection: str = key(
        "The rules of the buyer protection: a rule pack by id, or a file relative to this one.",
        default="alibaba-trade-assurance-2023",
    )
    protection_overrides: dict[str, Any] = key(
        "Single rules of the protection that are different here: `rule: value`, or `rule: {value, source}`.",
        default={},
    )
    suppliers: Annotated[dict[Name, SupplierSpec], Field(min_length=1, max_length=200)] = key("The suppliers, by name.")
    inspections: Annotated[dict[Name, InspectionSpec], Field(max_length=50)] = key(
        "The inspections that can be bought, by name.", default={}
    )
    disputes: MediationSpec = key("How a mediator decides.", default=MediationSpec())
    plans: Annotated[dict[Name, PlanEntry], Field(max_length=1000)] = key(
        "The ways of ordering to compare, by name. Needed unless `plan_grid` is given.", default={}
    )
    plan_grid: PlanGrid | None = key("Plans for every combination of these values.", default=None)
    run: RunSpec = key("How much is simulated, and how it is reported.", default=RunSpec())
    uncertain: Annotated[dict[str, Uncertain], Field(max_length=200)] = key(
        "Inputs that sensitivity studies vary: the dotted path of a number, and its distribution.",
        default={},
    )
    parameter_sets: ParameterSetsSpec | None = key(
        "Joint draws of inputs that are not known exactly: replications are simulated under them in turn.", default=None
    )

    def day_number(self, day: date | float) -> float:
        """Days from the start to a date, or the day number itself."""
        return float((day - self.start).days) if isinstance(day, date) else day
