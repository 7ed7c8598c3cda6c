"""What the orders of one replication share in the kernel: the clock, the resources, and the record of events.

The counterpart of `sim.engines.reference.world`. Where the reference engine waits, the kernel writes down the minute at
which an order goes on and what it does then: one wake for the order's own story and one for its dispute, in the same
turns, so that simultaneous events fall in the same order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.engines.compiled.layout import (
    AWAIT_INSPECTOR,
    AWAIT_MILESTONE,
    AWAIT_SLOT,
    COUNT_IMPOSSIBLE,
    COUNT_TICKET,
    COUNT_TRACE,
    COUNT_URGENT,
    DISPUTE,
    HANDLER_BEGINS,
    HANDLER_QUEUED,
    INSPECTION_BEGINS,
    NOWHEN,
    SLOT_GRANTED,
    START,
    STORY,
    VISIT_GRANTED,
    VISIT_QUEUED,
    WAIT,
)
from sim.engines.compiled.translate import compiled, inlined
from sim.protocol import IMPOSSIBLE
from sim.random.flat import drawn
from sim.rules.durations import ends_after, minutes_drawn
from sim.rules.lots import Units
from sim.units import NEVER

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.random.flat import FlatTables
    from sim.rules.inspection import Factorials

    Arrays = NDArray[Any]
    Record = Any
    """A row of an array of records: its fields are attributes."""


class World(NamedTuple):
    """Everything that the kernel works with, as arrays; each is described where its dtype is, in `layout`.

    Up to `factorials` the plan, which nothing changes; from `block` on what a thread has for itself.
    """

    terms: Arrays
    need: Arrays
    setting: Arrays
    calendars: Arrays
    suppliers: Arrays
    variants: Arrays
    orders: Arrays
    visits: Arrays
    inspections: Arrays
    order_matrix: Arrays
    dispute_matrix: Arrays
    steps: Arrays
    lanes: Arrays
    keys: Arrays
    integral: Arrays
    flat: FlatTables
    factorials: Factorials
    block: Arrays
    given: Arrays
    cases: Arrays
    wakes: Arrays
    phases: Arrays
    tickets: Arrays
    resources: Arrays
    switching: Arrays
    counters: Arrays
    trace: Arrays


class Moment(NamedTuple):
    """When and where the kernel is.

    Attributes
    ----------
    now, order
        The minute, and the position of the order that acts.
    replication, column, given
        The number of the replication, and its columns in `World.block` and in `World.given`.
    """

    now: int
    order: int
    replication: int
    column: int
    given: int


# ------------------------------------------------------------------------------------------- events


@compiled
def keep_event(
    trace: Arrays, counters: Arrays, replication: int, now: int, order: int, event: int, amount: int
) -> None:
    """Write an event down if there is room; in any case count it, so that the caller can make room."""
    number = counters[COUNT_TRACE]
    counters[COUNT_TRACE] = number + 1
    if number < len(trace):
        trace[number, 0] = replication
        trace[number, 1] = now
        trace[number, 2] = order
        trace[number, 3] = event
        trace[number, 4] = amount


@inlined
def note(world: World, at: Moment, case: Record, event: int, amount: int) -> None:
    """Let an event of an order happen now."""
    becomes = world.order_matrix[case.state, event]
    if becomes == IMPOSSIBLE:
        world.counters[COUNT_IMPOSSIBLE] += 1
    case.state = becomes
    if len(world.trace):
        keep_event(world.trace, world.counters, at.replication, at.now, at.order, event, amount)


@inlined
def note_dispute(world: World, at: Moment, case: Record, event: int, amount: int) -> None:
    """Let an event of an order's dispute happen now."""
    becomes = world.dispute_matrix[case.dispute_state, event]
    if becomes == IMPOSSIBLE:
        world.counters[COUNT_IMPOSSIBLE] += 1
    case.dispute_state = becomes
    if len(world.trace):
        keep_event(world.trace, world.counters, at.replication, at.now, at.order, event, amount)


# -------------------------------------------------------------------------------------------- waiting


@inlined
def until(world: World, at: Moment, minute: int, phase: int) -> int:
    """Go on with a phase of the order's own story at a minute."""
    place = 2 * at.order + STORY
    world.wakes[place] = minute
    world.phases[place] = phase
    return WAIT


@inlined
def until_in_dispute(world: World, at: Moment, minute: int, phase: int) -> int:
    """Go on with a phase of the order's dispute, or of the watch over its ship date, at a minute."""
    place = 2 * at.order + DISPUTE
    world.wakes[place] = minute
    world.phases[place] = phase
    return WAIT


@inlined
def end_of(world: World, now: int, calendar: int, minutes: int, working: bool) -> int:
    """Minute at which a drawn time that starts now is over."""
    return ends_after(world.calendars[calendar], now, minutes, working)


# --------------------------------------------------------------------------------------------- lots


@inlined
def units_of(record: Record) -> Units:
    """Defective units of an order's lot."""
    return Units(record.critical, record.major, record.minor)


@inlined
def set_units(record: Record, units: Units) -> None:
    """Settle the defective units of an order's lot."""
    record.critical = units.critical
    record.major = units.major
    record.minor = units.minor


# ---------------------------------------------------------------------------------------- milestones


@inlined
def reach(world: World, at: Moment, milestone: int) -> None:
    """Tell orders that wait for a milestone of this one that it has been reached."""
    if world.setting[0].milestones:
        tell(world.orders, world.cases, world.wakes, world.phases, at.now, at.order, milestone, 1)


@inlined
def release(world: World, at: Moment) -> None:
    """Tell orders that still wait for a milestone of this one, which is over, that it will not come."""
    if world.setting[0].milestones:
        tell(world.orders, world.cases, world.wakes, world.phases, at.now, at.order, NEVER, 0)


@compiled
def tell(
    orders: Arrays, cases: Arrays, wakes: Arrays, phases: Arrays, now: int, order: int, milestone: int, happened: int
) -> None:
    """Let the orders go on that wait for a milestone of an order, or for any of its milestones."""
    for other in range(len(orders)):
        terms, place = orders[other], 2 * other + STORY
        if phases[place] == AWAIT_MILESTONE and terms.after == order and milestone in (NEVER, terms.when):
            cases[other].happened = happened
            wakes[place] = now + (terms.delay if happened else 0)
            phases[place] = START


# ----------------------------------------------------------------------------------------- resources


@inlined
def request(world: World, place: int, resource: int) -> bool:
    """Ask for a resource: take it if it is free, else queue for it."""
    asked = world.resources[resource]
    if asked.free > 0:
        asked.free -= 1
        return True
    asked.queued += 1
    world.counters[COUNT_TICKET] += 1
    world.tickets[place] = world.counters[COUNT_TICKET]
    return False


@inlined
def leave_queue(world: World, place: int, resource: int) -> None:
    """Stop queuing for a resource."""
    world.resources[resource].queued -= 1
    world.tickets[place] = 0


@inlined
def give_back(world: World, now: int, resource: int) -> None:
    """Give a resource back: who has queued longest gets it."""
    given = world.resources[resource]
    given.free += 1
    if given.queued:
        grant(world.cases, world.resources, world.wakes, world.phases, world.tickets, world.counters, now, resource)


@compiled
def grant(
    cases: Arrays,
    resources: Arrays,
    wakes: Arrays,
    phases: Arrays,
    tickets: Arrays,
    counters: Arrays,
    now: int,
    resource: int,
) -> None:
    """Give a free resource to who has queued longest for it; they go on in their own turn of this minute.

    A visit first looks whether there is still something to inspect, and does so before anybody's turn.
    """
    first = -1
    for place in range(len(tickets)):
        if tickets[place] and (first < 0 or tickets[place] < tickets[first]):
            case, phase = cases[place >> 1], phases[place]
            asked = case.handler
            if phase == AWAIT_SLOT:
                asked = case.slot
            elif phase in (AWAIT_INSPECTOR, VISIT_QUEUED):
                asked = case.inspector
            if asked == resource:
                first = place
    phase = phases[first]
    resources[resource].free -= 1
    resources[resource].queued -= 1
    tickets[first] = 0
    wakes[first] = now
    if phase == AWAIT_SLOT:
        phases[first] = SLOT_GRANTED
    elif phase == AWAIT_INSPECTOR:
        phases[first] = INSPECTION_BEGINS
    elif phase == HANDLER_QUEUED:
        phases[first] = HANDLER_BEGINS
    else:
        phases[first] = VISIT_GRANTED
        counters[COUNT_URGENT] += 1


@inlined
def next_place(world: World) -> int:
    """Whose turn it is: the earliest wake, and in the same minute the first order, its story before its dispute.

    Returns -1 when nobody waits for a minute any more.
    """
    if world.counters[COUNT_URGENT]:
        return urgent_place(world.phases)
    first, minute = -1, NOWHEN
    for place in range(len(world.wakes)):
        if world.wakes[place] < minute:
            first, minute = place, world.wakes[place]
    return first


@compiled
def urgent_place(phases: Arrays) -> int:
    """Who has been granted an inspector for a visit."""
    place = 0
    while phases[place] != VISIT_GRANTED:
        place += 1
    return place


# -------------------------------------------------------------------------------------------- draws


@inlined
def value_of(world: World, at: Moment, variant: Record, site: int, number: int, table: int, u: float) -> float:
    """Value of a draw that is made when it is needed; `number` counts draws of one site where Python made them."""
    if world.flat.tables[table].closed:
        value: float = world.given[variant.closed[site] + number, at.given]
        return value
    return drawn(world.flat, table, u)


@inlined
def minutes_of(world: World, at: Moment, variant: Record, site: int, number: int, table: int, u: float) -> int:
    """Minutes of a drawn time, see `value_of`."""
    return np.int64(minutes_drawn(value_of(world, at, variant, site, number, table, u)))


@inlined
def common(world: World, at: Moment, variant: Record, row: int) -> float:
    """One of the draws that were made for a block of replications."""
    value: float = world.block[variant.row + row, at.column]
    return value


@inlined
def common_minutes(world: World, at: Moment, variant: Record, row: int) -> int:
    """A drawn time or share, in whole minutes or millionths, of those that were made for a block."""
    return np.int64(world.block[variant.row + row, at.column])
