"""Inspections in the kernel, phase by phase: the counterpart of `sim.engines.reference.inspection`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.engines.compiled.layout import (
    AWAIT_INSPECTOR,
    BOOK_INSPECTION,
    BOOKING_PAIR,
    C_BOOKING,
    C_REWORK,
    CORRECTION_PAIR,
    INSPECTION_BEGINS,
    INSPECTION_DUE,
    INSPECTION_ENDS,
    NEXT_VISIT,
    NOWHEN,
    PRODUCED,
    REFUSE,
    REWORK_PAIR,
    REWORKED,
    SAMPLED_PAIR,
    SHIP,
    STORY,
    STRIDE,
    VISIT_BEGINS,
    VISIT_DUE,
    VISIT_ENDS,
    VISIT_PAIR,
    VISIT_QUEUED,
)
from sim.engines.compiled.translate import compiled, inlined
from sim.engines.compiled.world import (
    calendar_at,
    end_of,
    give_back,
    inspection_at,
    leave_queue,
    minutes_of,
    note,
    reach,
    request,
    set_units,
    supplier_at,
    switching_at,
    units_of,
    until,
    variant_at,
    visit_at,
)
from sim.protocol import Event, Milestone
from sim.random.flat import uniform_pair
from sim.random.memory import numbers_at
from sim.rules.durations import is_work_counted, work_at_progress, work_reached, work_until
from sim.rules.inspection import Factorials, detected, sampled_defectives
from sim.rules.lots import defects_known, made_by_progress, units_after_correction, units_among, units_remaining
from sim.rules.reports import Report
from sim.rules.sampling import (
    SwitchingState,
    inspection_fee,
    is_rejected,
    is_tightened,
    severity_switched,
    switching_start,
)
from sim.rules.worktime import after_working_minutes
from sim.units import NEVER

if TYPE_CHECKING:
    from typing import Any

    from sim.engines.compiled.world import Record, World

    Unsigned = Any
    """64 bits without a sign, as the words of an address are."""


@compiled
def found_of_class(
    world: World,
    lot: int,
    defective: int,
    sample: int,
    detection: float,
    entity: Unsigned,
    last: Unsigned,
) -> int:
    """Defective units of a class that an inspector finds."""
    if defective == 0 or lot == 0:
        return 0
    factorials = Factorials(
        numbers_at(world.mantissa, world.factorials, np.float64),
        numbers_at(world.exponent, world.factorials, np.int64),
    )
    sampling, noticing = uniform_pair(np.uint64(world.replication), entity, last, world.keys)
    sampled = sampled_defectives(lot, defective, min(sample, lot), sampling, factorials)
    return detected(sampled, detection, noticing, factorials)


@compiled
def uniforms_of_classes(world: World, entity: Unsigned, last: Unsigned) -> tuple[float, float, float]:
    """The even uniform of three counters that follow one another, one for each class of defect."""
    number, one = np.uint64(world.replication), np.uint64(1)
    critical, _ = uniform_pair(number, entity, last, world.keys)
    major, _ = uniform_pair(number, entity, last + one, world.keys)
    minor, _ = uniform_pair(number, entity, last + one + one, world.keys)
    return critical, major, minor


@compiled
def odd_uniforms_of_classes(world: World, entity: Unsigned, last: Unsigned) -> tuple[float, float, float]:
    """The odd uniform of the same counters."""
    number, one = np.uint64(world.replication), np.uint64(1)
    _, critical = uniform_pair(number, entity, last, world.keys)
    _, major = uniform_pair(number, entity, last + one, world.keys)
    _, minor = uniform_pair(number, entity, last + one + one, world.keys)
    return critical, major, minor


@compiled
def uniforms_at(world: World, entity: Unsigned, last: Unsigned) -> tuple[float, float]:
    """Both uniforms of a counter, for a draw that is made when it is needed."""
    return uniform_pair(np.uint64(world.replication), entity, last, world.keys)


# ------------------------------------------------------------------------------- during production


@inlined
def next_visit(world: World, case: Record) -> int:
    """Wait for the next visit to fall due, or, after the last one, for the goods."""
    variant = variant_at(world, case.variant)
    if case.visit == variant.visits:
        return until(world, case.ready, PRODUCED)
    visit = visit_at(world, variant.first_visit + case.visit)
    supplier = supplier_at(world, variant.supplier)
    worked = calendar_at(world, supplier.calendar)
    counted = is_work_counted(supplier.production_working, supplier.is_delay)
    case.work_begun = work_until(worked, case.begun, counted)
    case.work = work_until(worked, case.ready, counted) - case.work_begun
    due = work_reached(worked, case.begun, work_at_progress(case.work, visit.progress), counted)
    if due > world.now:
        return until(world, due, VISIT_DUE)
    return VISIT_DUE


@inlined
def visit_due(world: World, case: Record) -> int:
    """Ask for an inspector; a visit that none can make before production ends falls away."""
    visit = visit_at(world, variant_at(world, case.variant).first_visit + case.visit)
    case.inspector = visit.inspection
    if request(world, 2 * world.order + STORY, case.inspector):
        return VISIT_BEGINS
    return until(world, case.ready, VISIT_QUEUED)


@inlined
def visit_missed(world: World, case: Record) -> int:
    """Production has ended before an inspector was free."""
    leave_queue(world, 2 * world.order + STORY, case.inspector)
    case.inspector = NEVER
    case.visit += 1
    return NEXT_VISIT


@inlined
def visit_granted(world: World, case: Record) -> int:
    """An inspector is free: go on in the order's own turn, unless production has just ended."""
    world.urgent -= 1
    if world.now < case.ready:
        return until(world, world.now, VISIT_BEGINS)
    give_back(world, case.inspector)
    case.inspector = NEVER
    case.visit += 1
    return NEXT_VISIT


@inlined
def visit_begins(world: World, case: Record) -> int:
    """Look at what has been made so far."""
    variant = variant_at(world, case.variant)
    visit, supplier = visit_at(world, variant.first_visit + case.visit), supplier_at(world, variant.supplier)
    worked = calendar_at(world, supplier.calendar)
    counted = is_work_counted(supplier.production_working, supplier.is_delay)
    done = work_until(worked, world.now, counted) - case.work_begun
    case.made = made_by_progress(variant.quantity, done, case.work)
    return until(world, min(after_working_minutes(worked, world.now, visit.minutes), case.ready), VISIT_ENDS)


@inlined
def visit_ends(world: World, case: Record, record: Record) -> int:
    """Report on a visit; a failed one lowers the defects of what is still to come."""
    variant = variant_at(world, case.variant)
    visit, supplier = visit_at(world, variant.first_visit + case.visit), supplier_at(world, variant.supplier)
    give_back(world, case.inspector)
    case.inspector = NEVER
    made, index = case.made, np.uint64(STRIDE * case.visit)
    seen = units_among(units_of(record), made, variant.quantity)
    found = (
        visit_found(world, variant, visit, made, seen.critical, index, 0),
        visit_found(world, variant, visit, made, seen.major, index, 1),
        visit_found(world, variant, visit, made, seen.minor, index, 2),
    )
    rejects = is_rejected(found, (visit.accept[0], visit.accept[1], visit.accept[2]))
    record.inspection_fees += visit.fee
    record.inspections += 1
    case.known = defects_known(found)
    case.looked_at = min(visit.sample[1], made)
    if rejects:
        record.rejections += 1
        worked = calendar_at(world, supplier.calendar)
        counted = is_work_counted(supplier.production_working, supplier.is_delay)
        done = made_by_progress(variant.quantity, work_until(worked, world.now, counted) - case.work_begun, case.work)
        uniforms = uniforms_of_classes(world, variant.entity, CORRECTION_PAIR + index)
        units = units_of(record)
        set_units(record, units_after_correction(units, done, variant.quantity, visit.correction, uniforms))
    event = Event.VISIT_FAILED.value if rejects else Event.VISIT_PASSED.value
    note(world, case, event, found[0] + found[1] + found[2])
    case.visit += 1
    return NEXT_VISIT


@inlined
def visit_found(
    world: World, variant: Record, visit: Record, made: int, defective: int, index: Unsigned, of_class: int
) -> int:
    """Defective units of a class that a visit finds."""
    last = VISIT_PAIR + index + np.uint64(of_class)
    return found_of_class(world, made, defective, visit.sample[of_class], visit.detection, variant.entity, last)


# ------------------------------------------------------------------------------------ finished lots


@inlined
def book(world: World, case: Record) -> int:
    """Book an inspector for the finished lot."""
    variant = variant_at(world, case.variant)
    inspection, supplier = inspection_at(world, variant.inspection), supplier_at(world, variant.supplier)
    uniform, _ = uniforms_at(world, variant.entity, BOOKING_PAIR + np.uint64(case.attempt))
    minutes = minutes_of(world, variant, C_BOOKING, case.attempt, inspection.booking, uniform)
    case.ready = end_of(world, world.now, supplier.calendar, minutes, inspection.booking_working)
    note(world, case, Event.INSPECTION_BOOKED.value, 0)
    return until(world, case.ready, INSPECTION_DUE)


@inlined
def inspection_due(world: World, case: Record) -> int:
    """Wait for the inspector to be free."""
    case.inspector = inspection_at(world, variant_at(world, case.variant).inspection).inspection
    if request(world, 2 * world.order + STORY, case.inspector):
        return INSPECTION_BEGINS
    return until(world, NOWHEN, AWAIT_INSPECTOR)


@inlined
def switching_of(world: World, firm: int, tightened_first: bool) -> SwitchingState:
    """Severity of inspection of a firm's lots, and what it follows from."""
    kept = switching_at(world, firm)
    if not kept.seen:
        return switching_start(tightened_first)
    return SwitchingState(kept.severity, kept.rejections, kept.accepted, kept.rejected)


@inlined
def inspection_begins(world: World, case: Record) -> int:
    """Judge the lot as strictly as its supplier's earlier lots ask for."""
    variant = variant_at(world, case.variant)
    inspection, supplier = inspection_at(world, variant.inspection), supplier_at(world, variant.supplier)
    case.severity = int(is_tightened(switching_of(world, case.firm, inspection.tightened_first)))
    minutes = inspection.minutes[case.severity]
    case.ready = after_working_minutes(calendar_at(world, supplier.calendar), world.now, minutes)
    return until(world, case.ready, INSPECTION_ENDS)


@inlined
def inspection_ends(world: World, case: Record, record: Record) -> int:
    """Report on the lot, and settle what follows: it is taken, reworked or refused."""
    variant = variant_at(world, case.variant)
    inspection = inspection_at(world, variant.inspection)
    give_back(world, case.inspector)
    case.inspector = NEVER
    last = SAMPLED_PAIR + np.uint64(STRIDE * case.attempt)
    found = (
        lot_found(world, variant, inspection, case.severity, record.critical, last, 0),
        lot_found(world, variant, inspection, case.severity, record.major, last, 1),
        lot_found(world, variant, inspection, case.severity, record.minor, last, 2),
    )
    accept, severity = inspection.accept, case.severity
    rejects = is_rejected(found, (accept[severity, 0], accept[severity, 1], accept[severity, 2]))
    record.inspections += 1
    case.known = defects_known(found)
    case.looked_at = inspection.sample[case.severity, 1]
    fee = inspection.fee[case.severity]
    record.inspection_fees += inspection_fee(fee, case.attempt, inspection.buyer_pays_again)
    if case.attempt == 0 and inspection.switching:
        kept = switching_at(world, case.firm)
        switched = severity_switched(switching_of(world, case.firm, inspection.tightened_first), not rejects)
        kept.severity, kept.rejections = switched.severity, switched.rejections
        kept.accepted, kept.rejected = switched.accepted, switched.rejected
        kept.seen = True
    record.report = Report.FAILED.value if rejects else Report.PASSED.value
    if rejects:
        record.rejections += 1
    event = Event.LOT_REJECTED.value if rejects else Event.LOT_ACCEPTED.value
    note(world, case, event, found[0] + found[1] + found[2])
    if not rejects:
        reach(world, Milestone.INSPECTED.value)
        return SHIP
    return after_rejection(world, case)


@inlined
def lot_found(
    world: World, variant: Record, inspection: Record, severity: int, defective: int, last: Unsigned, of_class: int
) -> int:
    """Defective units of a class that the inspection of a lot finds."""
    sample, counter = inspection.sample[severity, of_class], last + np.uint64(of_class)
    return found_of_class(world, variant.quantity, defective, sample, inspection.detection, variant.entity, counter)


@inlined
def after_rejection(world: World, case: Record) -> int:
    """Have a failed lot reworked, while the supplier agrees and the buyer asks for it."""
    variant = variant_at(world, case.variant)
    inspection, supplier = inspection_at(world, variant.inspection), supplier_at(world, variant.supplier)
    attempt = np.uint64(case.attempt)
    if case.attempt < inspection.reworks_at_most:
        _, refused = uniforms_at(world, variant.entity, BOOKING_PAIR + attempt)
        if refused >= supplier.rework_refused:
            uniform, _ = uniforms_at(world, variant.entity, REWORK_PAIR + attempt)
            minutes = minutes_of(world, variant, C_REWORK, case.attempt, supplier.rework, uniform)
            case.ready = end_of(world, world.now, supplier.calendar, minutes, supplier.rework_working)
            note(world, case, Event.REWORK_STARTED.value, 0)
            return until(world, case.ready, REWORKED)
        note(world, case, Event.REWORK_REFUSED.value, 0)
    reach(world, Milestone.INSPECTED.value)
    if inspection.accepts_failed:
        note(world, case, Event.LOT_TAKEN_ANYWAY.value, 0)
        return SHIP
    return REFUSE


@inlined
def reworked(world: World, case: Record, record: Record) -> int:
    """The supplier has reworked the lot: it is inspected again."""
    variant = variant_at(world, case.variant)
    last = REWORK_PAIR + np.uint64(STRIDE * case.attempt)
    uniforms = odd_uniforms_of_classes(world, variant.entity, last)
    removes = supplier_at(world, variant.supplier).rework_removes
    set_units(record, units_remaining(units_of(record), removes, uniforms))
    note(world, case, Event.REWORK_FINISHED.value, record.critical + record.major + record.minor)
    case.attempt += 1
    return BOOK_INSPECTION
