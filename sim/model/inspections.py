"""Inspections bought for an order: their sampling plans, fees and durations as numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.model.parts import ClassPlan, ClassPlans, LotInspection, Timespan, Visit
from sim.rules.sampling import Severity, sampling_plan
from sim.scenario.inspections import (
    DuringProductionSpec,
    FixedSamplingSpec,
    InspectionSpec,
    PreShipmentSpec,
    SamplingSpec,
)
from sim.units import MICROS, cents_from_money, micros_from_money, minutes_from_days

if TYPE_CHECKING:
    from collections.abc import Callable

    from sim.scenario.keys import Duration

Bought = list[tuple[int, InspectionSpec]]


def class_plans(sampling: SamplingSpec, lot: int, severity: Severity) -> ClassPlans:
    """Sample size and acceptance number by class of defect, for a lot of a size."""
    if isinstance(sampling, FixedSamplingSpec):
        size, accept = min(sampling.sample_size, lot), sampling.accept
        return ClassPlan(size, accept.critical), ClassPlan(size, accept.major), ClassPlan(size, accept.minor)
    aql = sampling.aql
    critical, major, minor = (
        ClassPlan(*sampling_plan(lot, sampling.level, limit, severity))
        for limit in (aql.critical, aql.major, aql.minor)
    )
    return critical, major, minor


def man_days(spec: InspectionSpec, plans: ClassPlans) -> float:
    """Inspector days: as given, or one for each started `units_per_man_day` of the largest sample."""
    if spec.man_days != "auto":
        return spec.man_days
    return -(-max(plan.sample for plan in plans) // spec.units_per_man_day)


def visits_of(bought: Bought, quantity: int) -> tuple[Visit, ...]:
    """During-production inspections of an order, in the order of the progress at which they come.

    The sampling plan is that for the units planned to be made by then, at least one.
    """
    visits = []
    for number, spec in bought:
        if not isinstance(spec, DuringProductionSpec):
            continue
        progress = micros_from_money(spec.at_progress_share)
        made = max(quantity * progress // MICROS, 1)
        plans = class_plans(spec.sampling, made, _first_severity(spec.sampling))
        days = man_days(spec, plans)
        visits.append(
            Visit(
                inspection=number,
                progress=progress,
                plans=plans,
                fee=cents_from_money(days * spec.fee_per_man_day),
                minutes=minutes_from_days(days),
                detection=spec.detection_probability,
                correction=spec.correction_share,
            )
        )
    return tuple(sorted(visits, key=lambda visit: visit.progress))


def lot_inspection_of(bought: Bought, quantity: int, span_of: Callable[[Duration], Timespan]) -> LotInspection | None:
    """The pre-shipment inspection of an order, if one was bought."""
    for number, spec in bought:
        if isinstance(spec, PreShipmentSpec):
            return _lot_inspection(number, spec, quantity, span_of)
    return None


def _first_severity(sampling: SamplingSpec) -> Severity:
    if isinstance(sampling, FixedSamplingSpec):
        return Severity.NORMAL
    return Severity[sampling.severity.upper()]


def _lot_inspection(
    number: int, spec: PreShipmentSpec, quantity: int, span_of: Callable[[Duration], Timespan]
) -> LotInspection:
    plans = (
        class_plans(spec.sampling, quantity, Severity.NORMAL),
        class_plans(spec.sampling, quantity, Severity.TIGHTENED),
    )
    days = tuple(man_days(spec, plan) for plan in plans)
    action = spec.on_fail
    return LotInspection(
        inspection=number,
        plans=plans,
        fee=(cents_from_money(days[0] * spec.fee_per_man_day), cents_from_money(days[1] * spec.fee_per_man_day)),
        minutes=(minutes_from_days(days[0]), minutes_from_days(days[1])),
        tightened_first=_first_severity(spec.sampling) == Severity.TIGHTENED,
        switching=not isinstance(spec.sampling, FixedSamplingSpec) and spec.sampling.switching,
        detection=spec.detection_probability,
        booking=span_of(spec.booking_days),
        reworks_at_most=action.at_most if action.do == "rework" else 0,
        accepts_failed=(action.then if action.do == "rework" else action.do) == "accept",
        buyer_pays_again=spec.reinspection_paid_by == "buyer",
    )
