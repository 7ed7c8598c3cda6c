"""Third-party inspections: what they look at, by which sampling plan, and what they cost."""

from collections.abc import Mapping
from typing import Annotated, Final, Literal

from pydantic import BeforeValidator, Discriminator, Field, PlainValidator, Tag, WithJsonSchema
from pydantic_core import PydanticCustomError

from sim.scenario.keys import LARGEST_QUANTITY, DailyRate, Days, Share, Spec, Units, key, whole

Aql = Annotated[float, Field(ge=0, le=100)]
Accepted = Annotated[int, BeforeValidator(whole), Field(ge=0, le=LARGEST_QUANTITY)]


class AqlSpec(Spec):
    """Acceptable quality limit by class of defect; 0: no defective unit is accepted."""

    critical: Aql = key("Of critical defects.", default=0.0, unit="percent defective")
    major: Aql = key("Of major defects.", default=2.5, unit="percent defective")
    minor: Aql = key("Of minor defects.", default=4.0, unit="percent defective")


class IsoSamplingSpec(Spec):
    """Single sampling by ISO 2859-1 (ANSI Z1.4)."""

    standard: Literal["iso2859-1"] = key("By the tables of ISO 2859-1.", default="iso2859-1")
    level: Literal["S-1", "S-2", "S-3", "S-4", "I", "II", "III"] = key("Inspection level.", default="II")
    aql: AqlSpec = key("Acceptable quality limits.", default=AqlSpec())
    severity: Literal["normal", "tightened"] = key("Which table the first lot is judged by.", default="normal")
    switching: bool = key(
        "Whether the severity follows the switching rules over a supplier's successive lots.", default=False
    )


class AcceptSpec(Spec):
    """Acceptance number by class of defect: the lot is rejected when the sample holds more."""

    critical: Accepted = key("Critical defects accepted in the sample.", default=0, unit="units")
    major: Accepted = key("Major defects accepted in the sample.", default=0, unit="units")
    minor: Accepted = key("Minor defects accepted in the sample.", default=0, unit="units")


class FixedSamplingSpec(Spec):
    """A sample of one size whatever the lot; a smaller lot is inspected whole."""

    standard: Literal["fixed"] = key("A sample size and acceptance numbers of one's own.")
    sample_size: Units = key("Units in the sample.", unit="units")
    accept: AcceptSpec = key("Acceptance numbers.", default=AcceptSpec())


def _standard(value: object) -> str | None:
    given = value.get("standard", "iso2859-1") if isinstance(value, Mapping) else getattr(value, "standard", None)
    return given if isinstance(given, str) else None


SamplingSpec = Annotated[
    Annotated[IsoSamplingSpec, Tag("iso2859-1")] | Annotated[FixedSamplingSpec, Tag("fixed")],
    Discriminator(_standard),
]


MOST_MAN_DAYS: Final = 1000


def _man_days(value: object) -> str | float:
    if value == "auto":
        return "auto"
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= MOST_MAN_DAYS:
        return float(value)
    raise PydanticCustomError("man_days", "must be auto or a number between 0 and 1000")


ManDays = Annotated[
    Literal["auto"] | float,
    PlainValidator(_man_days),
    WithJsonSchema({"anyOf": [{"const": "auto"}, {"type": "number", "minimum": 0, "maximum": MOST_MAN_DAYS}]}),
]


class OnFailSpec(Spec):
    """What the buyer does when the inspection rejects the lot."""

    do: Literal["rework", "refuse", "accept"] = key(
        "Ask for rework and inspect again, refuse the lot, or accept it all the same.", default="rework"
    )
    at_most: Annotated[int, BeforeValidator(whole), Field(ge=0, le=5)] = key(
        "Most times that the lot is reworked.", default=2, unit="times"
    )
    then: Literal["refuse", "accept"] = key(
        "What follows when the lot still fails, or the supplier refuses to rework.", default="refuse"
    )


class _VisitSpec(Spec):
    title: str = key("The name to show.", default="")
    fee_per_man_day: DailyRate = key("Fee of an inspector for a day.", default=0.0, unit="currency")
    man_days: ManDays = key("Inspector days of a visit; auto: from the sample size.", default="auto", unit="days")
    units_per_man_day: Units = key("Units that an inspector checks in a day.", default=200, unit="units")
    inspectors: Annotated[int, BeforeValidator(whole), Field(ge=1, le=1000)] = key(
        "How many of this buyer's orders the inspectors attend at once.", default=1, unit="orders"
    )
    sampling: SamplingSpec = key("The sampling plan.", default={})
    detection_probability: Share = key("That a sampled defective unit is noticed.", default=1.0, unit="probability")


class DuringProductionSpec(_VisitSpec):
    """An inspection while the goods are being made."""

    kind: Literal["during_production"] = key("During production: corrects what is still to be made.")
    at_progress_share: Share = key("How much of the lot is made by then.", default=0.25, unit="share")
    correction_share: Share = key(
        "Of the defects still to come, removed when the inspection fails.", default=0.5, unit="share"
    )


class PreShipmentSpec(_VisitSpec):
    """An inspection of the finished lot, before it is shipped."""

    kind: Literal["pre_shipment"] = key("Before shipment: accepts or rejects the lot.")
    booking_days: Days = key(
        "From the order to the inspector until the visit, on the supplier's calendar if `working`.",
        default=0,
        unit="days",
    )
    on_fail: OnFailSpec = key("What follows a rejection.", default=OnFailSpec())
    reinspection_paid_by: Literal["supplier", "buyer"] = key(
        "Who pays for the inspection after rework.", default="supplier"
    )


def _kind(value: object) -> str | None:
    kind = value.get("kind") if isinstance(value, Mapping) else getattr(value, "kind", None)
    return kind if isinstance(kind, str) else None


InspectionSpec = Annotated[
    Annotated[DuringProductionSpec, Tag("during_production")] | Annotated[PreShipmentSpec, Tag("pre_shipment")],
    Discriminator(_kind),
]
