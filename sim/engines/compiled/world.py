"""What the orders of one replication share in the kernel: the clock, the resources, and the record of events.

The counterpart of `sim.engines.reference.world`. Where the reference engine waits, the kernel writes down the minute at
which an order goes on and what it does then: one wake for the order's own story and one for its dispute, in the same
turns, so that simultaneous events fall in the same order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.engines.compiled.layout import (
    AWAIT_INSPECTOR,
    AWAIT_MILESTONE,
    AWAIT_SLOT,
    CALENDAR,
    CASE,
    DISPUTE,
    HANDLER_BEGINS,
    HANDLER_QUEUED,
    INSPECTION,
    INSPECTION_BEGINS,
    NOWHEN,
    ORDER,
    PLACE,
    RESOURCE,
    SLOT_GRANTED,
    START,
    STORY,
    SUPPLIER,
    SWITCHING,
    VARIANT,
    VISIT,
    VISIT_GRANTED,
    VISIT_QUEUED,
    WAIT,
)
from sim.engines.compiled.translate import compiled, inlined
from sim.outcomes import ORDER_RECORD, TRACE_RECORD
from sim.protocol import IMPOSSIBLE, Event
from sim.random.flat import drawn, is_closed
from sim.random.memory import NUMBER, WHOLE, record_at
from sim.rules.durations import ends_after, minutes_drawn
from sim.rules.lots import Units
from sim.units import NEVER

if TYPE_CHECKING:
    Record = Any
    """A row of an array of records: its fields are attributes."""
    World = Any
    """The record `layout.WORLD`."""

_EVENTS = max(Event) + 1


# ------------------------------------------------------------------------------------------- records


@inlined
def calendar_at(world: World, number: int) -> Record:
    """Working calendar by its number."""
    return record_at(world.calendars, number, CALENDAR)


@inlined
def supplier_at(world: World, number: int) -> Record:
    """Supplier by its number."""
    return record_at(world.suppliers, number, SUPPLIER)


@inlined
def variant_at(world: World, number: int) -> Record:
    """Order with one supplier, by its number."""
    return record_at(world.variants, number, VARIANT)


@inlined
def order_at(world: World, number: int) -> Record:
    """Terms of an order by its position."""
    return record_at(world.orders, number, ORDER)


@inlined
def visit_at(world: World, number: int) -> Record:
    """During-production inspection by its number."""
    return record_at(world.visits, number, VISIT)


@inlined
def inspection_at(world: World, number: int) -> Record:
    """Pre-shipment inspection by its number."""
    return record_at(world.inspections, number, INSPECTION)


@inlined
def resource_at(world: World, number: int) -> Record:
    """Resource by its number."""
    return record_at(world.resources, number, RESOURCE)


@inlined
def switching_at(world: World, firm: int) -> Record:
    """What the switching rules remember of a firm's lots."""
    return record_at(world.switching, firm, SWITCHING)


@inlined
def place_at(world: World, number: int) -> Record:
    """Wake of an order's story or dispute."""
    return record_at(world.places, number, PLACE)


@inlined
def case_at(world: World, order: int) -> Record:
    """What has become of an order so far."""
    return record_at(world.cases, order, CASE)


@inlined
def record_of(world: World, order: int) -> Record:
    """Outcome record of an order in this replication."""
    return record_at(world.out, order, ORDER_RECORD)


# ------------------------------------------------------------------------------------------- events


@compiled
def keep_event(world: World, event: int, amount: int) -> None:
    """Write an event down if there is room; in any case count it, so that the caller can make room."""
    if world.events < world.trace_room:
        kept = record_at(world.trace, world.events, TRACE_RECORD)
        kept.replication = world.replication
        kept.minute = world.now
        kept.order = world.order
        kept.event = event
        kept.amount = amount
    world.events += 1


@inlined
def note(world: World, case: Record, event: int, amount: int) -> None:
    """Let an event of the order that acts happen now."""
    becomes = record_at(world.order_matrix, case.state * _EVENTS + event, WHOLE).value
    if becomes == IMPOSSIBLE:
        world.impossible += 1  # and the state stays, so that the next look stays within the table
    else:
        case.state = becomes
    if world.trace_room:
        keep_event(world, event, amount)


@inlined
def note_dispute(world: World, case: Record, event: int, amount: int) -> None:
    """Let an event of its dispute happen now."""
    becomes = record_at(world.dispute_matrix, case.dispute_state * _EVENTS + event, WHOLE).value
    if becomes == IMPOSSIBLE:
        world.impossible += 1
    else:
        case.dispute_state = becomes
    if world.trace_room:
        keep_event(world, event, amount)


# -------------------------------------------------------------------------------------------- waiting


@inlined
def until(world: World, minute: int, phase: int) -> int:
    """Go on with a phase of the order's own story at a minute."""
    place = place_at(world, 2 * world.order + STORY)
    place.wake = minute
    place.phase = phase
    return WAIT


@inlined
def until_in_dispute(world: World, minute: int, phase: int) -> int:
    """Go on with a phase of the order's dispute, or of the watch over its ship date, at a minute."""
    place = place_at(world, 2 * world.order + DISPUTE)
    place.wake = minute
    place.phase = phase
    return WAIT


@compiled
def end_of(world: World, start: int, calendar: int, minutes: int, working: bool) -> int:
    """Minute at which a drawn time is over that starts at a minute."""
    return ends_after(calendar_at(world, calendar), start, minutes, working)


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
def reach(world: World, milestone: int) -> None:
    """Tell orders that wait for a milestone of this one that it has been reached."""
    if world.setting.milestones:
        tell(world, milestone, 1)


@inlined
def release(world: World) -> None:
    """Tell orders that still wait for a milestone of this one, which is over, that it will not come."""
    if world.setting.milestones:
        tell(world, NEVER, 0)


@compiled
def tell(world: World, milestone: int, happened: int) -> None:
    """Let the orders go on that wait for a milestone of the one that acts, or for any of its milestones."""
    for other in range(world.orders_count):
        terms, place = order_at(world, other), place_at(world, 2 * other + STORY)
        if place.phase == AWAIT_MILESTONE and terms.after == world.order and milestone in (NEVER, terms.when):
            case_at(world, other).happened = happened
            place.wake = world.now + (terms.delay if happened else 0)
            place.phase = START


# ----------------------------------------------------------------------------------------- resources


@inlined
def request(world: World, place: int, resource: int) -> bool:
    """Ask for a resource: take it if it is free, else queue for it."""
    asked = resource_at(world, resource)
    if asked.free > 0:
        asked.free -= 1
        return True
    asked.queued += 1
    world.ticket += 1
    place_at(world, place).ticket = world.ticket
    return False


@inlined
def leave_queue(world: World, place: int, resource: int) -> None:
    """Stop queuing for a resource."""
    resource_at(world, resource).queued -= 1
    place_at(world, place).ticket = 0


@inlined
def give_back(world: World, resource: int) -> None:
    """Give a resource back: who has queued longest gets it."""
    given = resource_at(world, resource)
    given.free += 1
    if given.queued:
        grant(world, resource)


@compiled
def grant(world: World, resource: int) -> None:
    """Give a free resource to who has queued longest for it; they go on in their own turn of this minute.

    A visit first looks whether there is still something to inspect, and does so before anybody's turn.
    """
    first, earliest = -1, NOWHEN
    for number in range(2 * world.orders_count):
        place = place_at(world, number)
        if place.ticket and place.ticket < earliest and resource_asked(world, number) == resource:
            first, earliest = number, place.ticket
    place = place_at(world, first)
    resource_at(world, resource).free -= 1
    leave_queue(world, first, resource)
    place.wake = world.now
    if place.phase == AWAIT_SLOT:
        place.phase = SLOT_GRANTED
    elif place.phase == AWAIT_INSPECTOR:
        place.phase = INSPECTION_BEGINS
    elif place.phase == HANDLER_QUEUED:
        place.phase = HANDLER_BEGINS
    else:
        place.phase = VISIT_GRANTED
        world.urgent += 1


@inlined
def resource_asked(world: World, number: int) -> int:
    """Resource that an order's story or dispute queues for."""
    case, phase = case_at(world, number >> 1), place_at(world, number).phase
    asked: int = case.handler
    if phase == AWAIT_SLOT:
        asked = case.slot
    elif phase in (AWAIT_INSPECTOR, VISIT_QUEUED):
        asked = case.inspector
    return asked


@inlined
def next_place(world: World) -> int:
    """Whose turn it is: the earliest wake, and in the same minute the first order, its story before its dispute.

    Returns -1 when nobody waits for a minute any more.
    """
    if world.urgent:
        return urgent_place(world)
    first, minute = -1, NOWHEN
    for number in range(2 * world.orders_count):
        wake = place_at(world, number).wake
        if wake < minute:
            first, minute = number, wake
    return first


@compiled
def urgent_place(world: World) -> int:
    """Who has been granted an inspector for a visit."""
    number = 0
    while place_at(world, number).phase != VISIT_GRANTED:
        number += 1
    return number


# -------------------------------------------------------------------------------------------- draws


@compiled
def value_of(world: World, variant: Record, site: int, number: int, table: int, u: float) -> float:
    """Value of a draw that is made when it is needed; `number` counts draws of one site where Python made them."""
    if is_closed(world.flat, table):
        place = (variant.closed[site] + number) * world.given_columns + world.given_column
        value: float = record_at(world.given, place, NUMBER).value
        return value
    return drawn(world.flat, table, u)


@compiled
def minutes_of(world: World, variant: Record, site: int, number: int, table: int, u: float) -> int:
    """Minutes of a drawn time, see `value_of`."""
    return int(minutes_drawn(value_of(world, variant, site, number, table, u)))


@inlined
def common(world: World, variant: Record, row: int) -> float:
    """One of the draws that were made for a block of replications."""
    place = (variant.row + row) * world.block_columns + world.column
    value: float = record_at(world.block, place, NUMBER).value
    return value


@inlined
def common_minutes(world: World, variant: Record, row: int) -> int:
    """A drawn time or share, in whole minutes or millionths, of those that were made for a block."""
    return int(common(world, variant, row))
