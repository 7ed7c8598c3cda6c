"""Inspections by a third party: during production, and of the finished lot before it is shipped."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from sim.engines.reference.world import is_granted
from sim.engines.variates import AttemptVariates, VisitVariates
from sim.protocol import Event, Milestone
from sim.rules.durations import is_work_counted, work_at_progress, work_reached, work_until
from sim.rules.inspection import detected, factorials_up_to, sampled_defectives
from sim.rules.lots import defects_known, made_by_progress, units_after_correction, units_among, units_remaining
from sim.rules.reports import Report
from sim.rules.sampling import inspection_fee, is_rejected, is_tightened, severity_switched
from sim.rules.worktime import after_working_minutes

if TYPE_CHECKING:
    from sim.engines.reference.case import Case
    from sim.engines.reference.world import Story, World
    from sim.model import ClassPlans, LotInspection, Visit
    from sim.rules.inspection import Factorials
    from sim.rules.lots import Units

    Uniforms = tuple[float, float, float]


@lru_cache(maxsize=4)
def _factorials(largest: int) -> Factorials:
    """Factorials for the lots of a plan, made once a process."""
    return factorials_up_to(largest)


def defects_found(
    world: World, units: Units, lot: int, plans: ClassPlans, detection: float, draws: tuple[Uniforms, Uniforms]
) -> tuple[tuple[int, int, int], bool]:
    """Defective units found by class, and whether they reject the lot."""
    factorials = _factorials(world.model.largest_lot)
    found = [0, 0, 0]
    for number, (plan, defective) in enumerate(zip(plans, units, strict=True)):
        if defective and lot:
            sampled = sampled_defectives(lot, defective, min(plan.sample, lot), draws[0][number], factorials)
            found[number] = detected(sampled, detection, draws[1][number], factorials)
    critical, major, minor = found
    accepted = plans[0].accept, plans[1].accept, plans[2].accept
    return (critical, major, minor), is_rejected((critical, major, minor), accepted)


def production_visit(world: World, case: Case, visit: Visit, number: int, begun: int) -> Story[None]:
    """Inspect what has been made so far; a failed visit lowers the defects of what is still to come.

    A visit that no inspector can make before production ends falls away.
    """
    supplier, quantity = case.supplier, case.variant.quantity
    worked = world.model.calendars[supplier.calendar]
    counted = is_work_counted(supplier.production.working, supplier.is_delay)
    draws = VisitVariates._make(case.variates.visits[number])
    start = work_until(worked, begun, counted)
    work = work_until(worked, case.ready, counted) - start
    due = work_reached(worked, begun, work_at_progress(work, visit.progress), counted)
    if due > world.env.now:
        yield case.until(due)
    with world.inspectors(visit.inspection).request() as inspector:
        if not is_granted(inspector):
            yield inspector | case.until(case.ready)
            if not is_granted(inspector) or world.env.now >= case.ready:
                return
            yield case.until(world.env.now)
        made = made_by_progress(quantity, work_until(worked, world.env.now, counted) - start, work)
        yield case.until(min(after_working_minutes(worked, world.env.now, visit.minutes), case.ready))
    seen = units_among(case.units, made, quantity)
    found, rejects = defects_found(world, seen, made, visit.plans, visit.detection, (draws.sampled, draws.detected))
    case.inspection_fees += visit.fee
    case.inspections += 1
    case.known = (defects_known(found), min(visit.plans[1].sample, made))
    if rejects:
        case.rejections += 1
        done = made_by_progress(quantity, work_until(worked, world.env.now, counted) - start, work)
        case.units = units_after_correction(case.units, done, quantity, visit.correction, draws.rounding)
    case.note(Event.VISIT_FAILED if rejects else Event.VISIT_PASSED, sum(found))


def lot_inspection(world: World, case: Case) -> Story[bool]:
    """Inspect the finished lot, have it reworked while it fails; returns whether the buyer takes it."""
    inspection = case.variant.inspection
    if inspection is None:
        return True
    for attempt, plain in enumerate(case.variates.attempts):
        draws = AttemptVariates._make(plain)
        accepted = yield from inspection_round(world, case, inspection, draws, attempt)
        if accepted:
            world.reach(case.index, Milestone.INSPECTED)
            return True
        if attempt == inspection.reworks_at_most:
            break
        if draws.rework_refused < case.supplier.rework_refused:
            case.note(Event.REWORK_REFUSED)
            break
        yield from rework(world, case, draws)
    world.reach(case.index, Milestone.INSPECTED)
    if inspection.accepts_failed:
        case.note(Event.LOT_TAKEN_ANYWAY)
    return inspection.accepts_failed


def inspection_round(
    world: World, case: Case, inspection: LotInspection, draws: AttemptVariates, attempt: int
) -> Story[bool]:
    """Book an inspector, draw the sample, and judge the lot; returns whether it is accepted."""
    supplier, quantity = case.supplier, case.variant.quantity
    case.ready = world.end_of(inspection.booking, draws.booking, supplier.calendar)
    case.note(Event.INSPECTION_BOOKED)
    yield case.until(case.ready)
    with world.inspectors(inspection.inspection).request() as inspector:
        if not is_granted(inspector):
            yield inspector
            yield case.until(world.env.now)
        state = world.switching(supplier.firm, tightened_first=inspection.tightened_first)
        severity = int(is_tightened(state))
        worked = world.model.calendars[supplier.calendar]
        case.ready = after_working_minutes(worked, world.env.now, inspection.minutes[severity])
        yield case.until(case.ready)
    plans = inspection.plans[severity]
    found, rejects = defects_found(
        world, case.units, quantity, plans, inspection.detection, (draws.sampled, draws.detected)
    )
    case.inspections += 1
    case.known = (defects_known(found), plans[1].sample)
    case.inspection_fees += inspection_fee(inspection.fee[severity], attempt, inspection.buyer_pays_again)
    if attempt == 0 and inspection.switching:
        # Another lot may have been judged meanwhile: it counts too.
        latest = world.switching(supplier.firm, tightened_first=inspection.tightened_first)
        world.switch(supplier.firm, severity_switched(latest, not rejects))
    case.report = Report.FAILED if rejects else Report.PASSED
    if rejects:
        case.rejections += 1
    case.note(Event.LOT_REJECTED if rejects else Event.LOT_ACCEPTED, sum(found))
    return not rejects


def rework(world: World, case: Case, draws: AttemptVariates) -> Story[None]:
    """Have the supplier rework the lot."""
    supplier = case.supplier
    case.ready = world.end_of(supplier.rework, draws.rework, supplier.calendar)
    case.note(Event.REWORK_STARTED)
    yield case.until(case.ready)
    case.units = units_remaining(case.units, supplier.rework_removes, draws.rounding)
    case.note(Event.REWORK_FINISHED, sum(case.units))
