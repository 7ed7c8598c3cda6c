"""The kernel: replications of a plan, one after the other, without Python."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.engines.compiled.accounts import add_squares, settle_accounts
from sim.engines.compiled.dispute import (
    await_payout,
    decided,
    evidence_in,
    handler_begins,
    handler_ends,
    handler_missed,
    happen,
    next_turn,
    open_dispute,
    pay_out,
    settle,
    supplier_answers,
)
from sim.engines.compiled.inspection import (
    book,
    inspection_begins,
    inspection_due,
    inspection_ends,
    next_visit,
    reworked,
    visit_begins,
    visit_due,
    visit_ends,
    visit_granted,
    visit_missed,
)
from sim.engines.compiled.lateness import (
    late_claim_opens,
    late_claim_over,
    late_dispute_over,
    ship_date_passes,
    write_off,
)
from sim.engines.compiled.layout import (
    A_CLOSED,
    A_COMPONENTS,
    A_DROPS,
    A_GROUND_UP,
    A_LOSS,
    A_PEAK,
    A_RECOVERED,
    A_SERVED,
    ARRIVED,
    BLOCK,
    BOOK_INSPECTION,
    CHECK_GOODS,
    CLOSE,
    DEADLINE_PASSES,
    DECIDED,
    DISPUTE_OVER,
    EVIDENCE_IN,
    HANDLER_BEGINS,
    HANDLER_ENDS,
    HANDLER_QUEUED,
    INSPECTION_BEGINS,
    INSPECTION_DUE,
    INSPECTION_ENDS,
    LATE_CLAIM_OPENS,
    LATENT_SHOWN,
    NEXT_TURN,
    NEXT_VISIT,
    NOWHEN,
    OPEN_DISPUTE,
    OWNER_CHECK,
    OWNER_LATENESS,
    PAYOUT_DUE,
    PRODUCED,
    REFUSE,
    REWORKED,
    SHIP,
    SHIP_DATE,
    SLOT_GRANTED,
    START,
    SUPPLIER_ANSWERS,
    VISIT_BEGINS,
    VISIT_DUE,
    VISIT_ENDS,
    VISIT_GRANTED,
    VISIT_QUEUED,
    WAIT,
    WRITE_OFF,
)
from sim.engines.compiled.order import (
    arrive,
    check,
    claimed,
    close,
    complete,
    expect,
    finish,
    forget,
    latent_shown,
    produce,
    refuse,
    ship,
    start,
)
from sim.engines.compiled.program import run_program
from sim.engines.compiled.translate import entry, inlined
from sim.engines.compiled.world import (
    case_at,
    next_place,
    place_at,
    record_of,
    resource_at,
    switching_at,
    variant_at,
)
from sim.rules.sampling import switching_start

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.engines.compiled.world import Record, World

    Arrays = NDArray[Any]


@inlined
def act(world: World, case: Record, record: Record, phase: int) -> int:  # noqa: C901, PLR0911, PLR0912
    """Do what an order does in a phase; returns the phase that follows at once, or `WAIT`."""
    if phase == START:
        return start(world, case)
    if phase == SLOT_GRANTED:
        return produce(world, case)
    if phase == NEXT_VISIT:
        return next_visit(world, case)
    if phase == VISIT_DUE:
        return visit_due(world, case)
    if phase == VISIT_QUEUED:
        return visit_missed(world, case)
    if phase == VISIT_GRANTED:
        return visit_granted(world, case)
    if phase == VISIT_BEGINS:
        return visit_begins(world, case)
    if phase == VISIT_ENDS:
        return visit_ends(world, case, record)
    if phase == PRODUCED:
        return finish(world, case)
    if phase == BOOK_INSPECTION:
        return book(world, case)
    if phase == INSPECTION_DUE:
        return inspection_due(world, case)
    if phase == INSPECTION_BEGINS:
        return inspection_begins(world, case)
    if phase == INSPECTION_ENDS:
        return inspection_ends(world, case, record)
    if phase == REWORKED:
        return reworked(world, case, record)
    if phase == REFUSE:
        return refuse(world, case, record)
    if phase == SHIP:
        return ship(world, case, record)
    if phase == ARRIVED:
        return arrive(world, case, record)
    if phase == CHECK_GOODS:
        return check(world, case, record)
    if phase == LATENT_SHOWN:
        return latent_shown(world, case, record)
    if phase == CLOSE:
        return close(world, case, record)
    if phase == SHIP_DATE:
        return ship_date_passes(world, case, record)
    if phase == LATE_CLAIM_OPENS:
        return late_claim_opens(world, case)
    if phase == WRITE_OFF:
        return write_off(world, case)
    if phase == OPEN_DISPUTE:
        return open_dispute(world, case, record)
    if phase == NEXT_TURN:
        return next_turn(world, case)
    if phase == SUPPLIER_ANSWERS:
        return supplier_answers(world, case)
    if phase == DEADLINE_PASSES:
        return happen(world, case, case.deadline_event, 0)
    if phase == HANDLER_QUEUED:
        return handler_missed(world, case)
    if phase == HANDLER_BEGINS:
        return handler_begins(world, case)
    if phase == HANDLER_ENDS:
        return handler_ends(world, case)
    if phase == EVIDENCE_IN:
        return evidence_in(world, case)
    if phase == DECIDED:
        return decided(world, case, record)
    if phase == DISPUTE_OVER:
        settle(world, case)
        if case.owner == OWNER_LATENESS:
            return late_dispute_over(world, case, record)
        return await_payout(world, case)
    if phase == PAYOUT_DUE:
        return pay_out(world, case)
    if case.owner == OWNER_LATENESS:
        return late_claim_over(world, case, record)
    if case.owner == OWNER_CHECK:
        return claimed(world, case, record)
    return CLOSE


@inlined
def begin(world: World) -> None:
    """Begin a replication: nothing placed, nothing used up, nothing remembered."""
    forget(world)
    for order in range(world.orders_count):
        expect(world, order)
    for number in range(world.resources_count):
        resource = resource_at(world, number)
        resource.free = resource.capacity
        resource.queued = 0
    unseen = switching_start(False)
    for firm in range(world.firms_count):
        kept = switching_at(world, firm)
        kept.severity = unseen.severity
        kept.seen = False
    world.ticket = 0
    world.urgent = 0


@inlined
def replicate(world: World) -> None:
    """Run one replication to its end."""
    begin(world)
    while True:
        number = next_place(world)
        if number < 0:
            break
        place = place_at(world, number)
        phase = place.phase
        world.order, world.now = number >> 1, max(place.wake, 0)
        place.wake = NOWHEN
        case = case_at(world, world.order)
        record = record_of(world, world.order)
        while phase != WAIT:
            phase = act(world, case, record, phase)
    for order in range(world.orders_count):
        complete(world, case_at(world, order), record_of(world, order))


@entry
def simulate_block(
    worlds: Arrays,
    first: int,
    count: int,
    orders: Arrays,
    records: Arrays,
    losses: Arrays,
    totals: Arrays,
    amounts: Arrays,
) -> tuple[int, int]:
    """Simulate consecutive replications of a plan.

    Parameters
    ----------
    worlds
        Shape (1,): the plan, and the room that this thread works in.
    first, count
        Number of the first replication, and how many.
    orders, records
        Shape (count, orders) and (count,): filled if `records` has that length; else `orders` has one row to work in.
    losses, totals
        Shape (count,) and (4, amounts): filled where `records` is empty; `totals` holds sums, and the sums of squares
        in three parts (`add_squares`).
    amounts
        Shape (columns of a block, amounts): room to work in.

    Returns
    -------
    tuple of int
        Replications with an order late, and with a dispute.
    """
    world, keeps = worlds[0], len(records) > 0
    out = world.out
    late, disputed = 0, 0
    for start_column in range(0, count, BLOCK):
        columns = min(BLOCK, count - start_column)
        for number in range(world.variants_count):
            variant = variant_at(world, number)
            if variant.eager:
                run_program(world, variant.first_step, variant.steps, first + start_column, 0, columns, start_column)
        for column in range(columns):
            number = start_column + column
            world.replication = first + number
            world.column = column
            world.given_column = number
            if keeps:
                world.out = out + number * orders.strides[0]
            replicate(world)
            good, placed, orders_late, disputes = settle_accounts(world, amounts[column])
            late += orders_late > 0
            disputed += disputes > 0
            if keeps:
                record = records[number]
                record.replication = first + number
                keep_record(record, amounts[column])
                record.good_units = good
                record.orders_placed = placed
                record.orders_late = orders_late
                record.claims = disputes
            else:
                losses[number] = amounts[column, A_LOSS]
        if not keeps:
            # After the block: what has just been written piece by piece is slow to read in one piece.
            for column in range(columns):
                add_squares(totals, amounts[column])
    return late, disputed


@inlined
def keep_record(record: Record, amounts: Arrays) -> None:
    """Write the amounts of a replication into its record."""
    record.loss = amounts[A_LOSS]
    record.ground_up = amounts[A_GROUND_UP]
    record.recovered = amounts[A_RECOVERED]
    record.peak_cash_out = amounts[A_PEAK]
    record.closed = amounts[A_CLOSED]
    record.served_units = amounts[A_SERVED]
    for component in range(A_DROPS - A_COMPONENTS):
        record.components[component] = amounts[A_COMPONENTS + component]
    for rule in range(len(amounts) - A_DROPS):
        record.drops[rule] = amounts[A_DROPS + rule]
