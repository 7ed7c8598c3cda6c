"""The kernel: replications of a plan, one after the other, without Python."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

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
    A_COMPONENTS,
    A_DROPS,
    A_GROUND_UP,
    A_LOSS,
    A_PEAK,
    A_RECOVERED,
    A_SERVED,
    A_CLOSED,
    ARRIVED,
    BLOCK,
    BOOK_INSPECTION,
    CHECK_GOODS,
    CLOSE,
    COUNT_TICKET,
    COUNT_URGENT,
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
    PAID_OUT,
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
from sim.engines.compiled.world import Moment, next_place
from sim.rules.sampling import switching_start

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.engines.compiled.world import Record, World

    Arrays = NDArray[Any]


@inlined
def act(world: World, at: Moment, case: Record, out: Arrays, phase: int) -> int:  # noqa: C901, PLR0911, PLR0912
    """Do what an order does in a phase; returns the phase that follows at once, or `WAIT`."""
    record = out[at.order]
    if phase == START:
        return start(world, at, case, out)
    if phase == SLOT_GRANTED:
        return produce(world, at, case)
    if phase == NEXT_VISIT:
        return next_visit(world, at, case)
    if phase == VISIT_DUE:
        return visit_due(world, at, case)
    if phase == VISIT_QUEUED:
        return visit_missed(world, at, case)
    if phase == VISIT_GRANTED:
        return visit_granted(world, at, case)
    if phase == VISIT_BEGINS:
        return visit_begins(world, at, case)
    if phase == VISIT_ENDS:
        return visit_ends(world, at, case, record)
    if phase == PRODUCED:
        return finish(world, at, case)
    if phase == BOOK_INSPECTION:
        return book(world, at, case)
    if phase == INSPECTION_DUE:
        return inspection_due(world, at, case)
    if phase == INSPECTION_BEGINS:
        return inspection_begins(world, at, case)
    if phase == INSPECTION_ENDS:
        return inspection_ends(world, at, case, record)
    if phase == REWORKED:
        return reworked(world, at, case, record)
    if phase == REFUSE:
        return refuse(world, at, case, record)
    if phase == SHIP:
        return ship(world, at, case, record)
    if phase == ARRIVED:
        return arrive(world, at, case, record)
    if phase == CHECK_GOODS:
        return check(world, at, case, record)
    if phase == LATENT_SHOWN:
        return latent_shown(world, at, case, record)
    if phase == CLOSE:
        return close(world, at, case, record)
    if phase == SHIP_DATE:
        return ship_date_passes(world, at, case, record)
    if phase == LATE_CLAIM_OPENS:
        return late_claim_opens(world, case)
    if phase == WRITE_OFF:
        return write_off(world, at, case)
    if phase == OPEN_DISPUTE:
        return open_dispute(world, at, case, record)
    if phase == NEXT_TURN:
        return next_turn(world, at, case)
    if phase == SUPPLIER_ANSWERS:
        return supplier_answers(world, at, case)
    if phase == DEADLINE_PASSES:
        return happen(world, at, case, case.deadline_event, 0)
    if phase == HANDLER_QUEUED:
        return handler_missed(world, at, case)
    if phase == HANDLER_BEGINS:
        return handler_begins(world, at, case)
    if phase == HANDLER_ENDS:
        return handler_ends(world, at, case)
    if phase == EVIDENCE_IN:
        return evidence_in(world, at, case)
    if phase == DECIDED:
        return decided(world, at, case, record)
    if phase == DISPUTE_OVER:
        settle(world, at, case, world.cases, out)
        if case.owner == OWNER_LATENESS:
            return late_dispute_over(world, at, case, record)
        return await_payout(world, at, case)
    if phase == PAYOUT_DUE:
        return pay_out(world, at, case, world.cases, out)
    if case.owner == OWNER_LATENESS:
        return late_claim_over(world, at, case, record)
    if case.owner == OWNER_CHECK:
        return claimed(world, case, record)
    return CLOSE


@inlined
def begin(world: World, out: Arrays) -> None:
    """Begin a replication: nothing placed, nothing used up, nothing remembered."""
    forget(world.cases, out)
    for order in range(len(world.cases)):
        expect(world, order)
    for number in range(len(world.resources)):
        resource = world.resources[number]
        resource.free = resource.capacity
        resource.queued = 0
    unseen = switching_start(False)
    for number in range(len(world.switching)):
        world.switching[number].severity = unseen.severity
        world.switching[number].seen = False
    world.counters[COUNT_TICKET] = 0
    world.counters[COUNT_URGENT] = 0


@inlined
def replicate(world: World, replication: int, column: int, given: int, out: Arrays) -> None:
    """Run one replication to its end."""
    begin(world, out)
    # Orders that start at once do so in their order, before anybody's turn comes; the others as their wakes say.
    first = 0
    while True:
        if first < len(world.cases):
            order, now, phase = first, 0, START
            first += 1
            terms = world.orders[order]
            if terms.after >= 0 or terms.minute > 0:
                continue
        else:
            place = next_place(world)
            if place < 0:
                break
            order, now, phase = place >> 1, world.wakes[place], world.phases[place]
            world.wakes[place] = NOWHEN
        at = Moment(now, order, replication, column, given)
        case = world.cases[order]
        while phase != WAIT:
            phase = act(world, at, case, out, phase)
    for order in range(len(world.cases)):
        complete(world, world.cases[order], out[order])


@entry
def simulate_block(  # noqa: PLR0917 - arrays, as compiled code is called
    world: World,
    first: int,
    count: int,
    orders: Arrays,
    records: Arrays,
    losses: Arrays,
    totals: Arrays,
    amounts: Arrays,
    cash: Arrays,
) -> tuple[int, int]:
    """Simulate consecutive replications of a plan.

    Parameters
    ----------
    world
        The plan, and the room that this thread works in.
    first, count
        Number of the first replication, and how many.
    orders, records
        Shape (count, orders) and (count,): filled if `records` has that length; else `orders` has one row to work in.
    losses, totals
        Shape (count,) and (4, amounts): filled where `records` is empty; `totals` holds sums, and the sums of squares
        in three parts (`add_squares`).
    amounts, cash
        Room to work in.

    Returns
    -------
    tuple of int
        Replications with an order late, and with a dispute.
    """
    keeps = len(records) > 0
    late, disputed = 0, 0
    for start_column in range(0, count, BLOCK):
        columns = min(BLOCK, count - start_column)
        for number in range(len(world.variants)):
            variant = world.variants[number]
            if variant.eager:
                run_program(world, variant.first_step, variant.steps, first + start_column, 0, columns, start_column)
        for column in range(columns):
            number = start_column + column
            out = orders[number if keeps else 0]
            replicate(world, first + number, column, number, out)
            good, placed, orders_late, disputes = settle_accounts(world, out, amounts, cash)
            late += orders_late > 0
            disputed += disputes > 0
            if keeps:
                record = records[number]
                record.replication = first + number
                keep_record(record, amounts)
                record.good_units = good
                record.orders_placed = placed
                record.orders_late = orders_late
                record.claims = disputes
            else:
                losses[number] = amounts[A_LOSS]
                add_squares(totals, amounts)
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
