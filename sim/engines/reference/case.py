"""One order of one replication: what has become of it so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sim.engines.reference.world import check_possible
from sim.outcomes import ORDER_RECORD
from sim.protocol import Event, Ground, Milestone, State
from sim.rules.amounts import handling_cost
from sim.rules.lots import Units
from sim.rules.refund import NO_LIMIT
from sim.rules.reports import Report
from sim.units import NEVER

if TYPE_CHECKING:
    from simpy import Process

    from sim.engines.reference.world import Wake, World
    from sim.engines.variates import OrderVariates
    from sim.model import Order, Supplier, Variant

_NO_UNITS = Units(0, 0, 0)


@dataclass(slots=True, eq=False)
class Case:
    """An order on its way, with everything that its outcome record will say.

    Attributes
    ----------
    world, index, order, options
        The replication it is part of, its position in the plan, its terms, and its draws: with the supplier named and,
        second, with the one that stands in.
    ready
        Minute at which the supplier itself expects to be done; -1 while it cannot say.
    held
        Minutes by which the ship date has moved because finished goods waited for the buyer's own inspection.
    known
        Critical and major defects that the buyer knows of, and in how many units they were looked for.
    disputing
        Whether a dispute of late shipment is open while the order goes on.
    """

    world: World
    index: int
    order: Order
    options: tuple[OrderVariates, ...]

    story: Process = field(init=False)
    watch: Process = field(init=False)
    variant: Variant = field(init=False)
    supplier: Supplier = field(init=False)
    variates: OrderVariates = field(init=False)

    state: int = State.PLANNED
    placed: int = NEVER
    ship_date: int = NEVER
    ready: int = NEVER
    held: int = 0
    shipped: int = NEVER
    received: int = NEVER
    checked: int = NEVER
    closed: int = NEVER
    never_ships: bool = False
    units: Units = _NO_UNITS
    damaged: int = 0
    returned: int = 0
    known: tuple[int, int] = (0, 0)
    report: int = Report.NONE
    inspections: int = 0
    rejections: int = 0
    balance: int = 0
    balance_paid: int = NEVER
    freight: int = 0
    inspection_fees: int = 0
    return_freight: int = 0
    refunded: int = 0
    refund_paid: int = NEVER
    dispute_state: int = State.NO_DISPUTE
    disputing: bool = False
    disputes: int = 0
    handling_minutes: int = 0
    ground: int = Ground.NONE
    in_contract: bool = True
    found_harm: int = 0
    claimed: int = 0
    awarded: int = 0
    limit_left: int = NO_LIMIT

    def note(self, event: Event, amount: int = 0) -> None:
        """Let an event of the order happen now."""
        world = self.world
        state = self.state
        self.state = becomes = world.order_matrix[state][event]
        if becomes < 0 or world.tracing:
            check_possible(becomes, state, event)
            world.trace.append((world.replication, world.env.now, self.index, event, amount))

    def note_dispute(self, event: Event, amount: int = 0) -> None:
        """Let an event of the order's dispute happen now."""
        world = self.world
        state = self.dispute_state
        self.dispute_state = becomes = world.dispute_matrix[state][event]
        if becomes < 0 or world.tracing:
            check_possible(becomes, state, event)
            world.trace.append((world.replication, world.env.now, self.index, event, amount))

    def until(self, minute: int) -> Wake:
        """Wait for a minute, in the turn of the order's production and shipment.

        SimPy's own events (grants, interrupts) have priorities 0 and 1 and come before the turn of every order.
        """
        wake: Wake = self.world.env.wake_at(minute, 2 * self.index + 2)
        return wake

    def until_in_dispute(self, minute: int) -> Wake:
        """Wait for a minute, in the turn of the order's dispute."""
        wake: Wake = self.world.env.wake_at(minute, 2 * self.index + 2 + 1)
        return wake

    def take(self, choice: int) -> None:
        """Settle with which supplier the order is placed: the one named (0) or the one that stands in (1)."""
        self.variant = self.order.variants[choice]
        self.variates = self.options[choice]
        self.supplier = self.world.model.suppliers[self.variant.supplier]

    def close(self) -> None:
        """Close the order: nothing can change it any more, and whatever others still wait for will not come."""
        self.note(Event.ORDER_CLOSED)
        self.closed = self.world.env.now
        self.world.reach(self.index, Milestone.CLOSED)
        self.world.release(self.index)

    def record(self) -> tuple[int, ...]:
        """The order's outcome record, in the fields of `sim.outcomes.ORDER_RECORD`."""
        if self.placed == NEVER:
            return _NOT_PLACED
        variant = self.variant
        return (
            variant.supplier,
            variant.quantity,
            self.placed,
            self.ship_date,
            self.shipped,
            self.received,
            self.checked,
            self.closed,
            *self.units,
            self.damaged,
            self.returned,
            self.inspections,
            self.rejections,
            self.report,
            variant.deposit,
            self.balance,
            self.balance_paid,
            variant.deposit_fee + (variant.balance_fee if self.balance_paid >= 0 else 0),
            self.freight,
            self.inspection_fees,
            handling_cost(self.handling_minutes, self.world.model.buyer.hourly_cost),
            self.return_freight,
            self.refunded,
            self.refund_paid,
            self.ground,
            self.dispute_state,
            self.disputes,
            self.in_contract,
            self.found_harm,
            self.claimed,
            self.awarded,
            self.limit_left,
        )


_ABSENT = {
    "supplier": -1,
    "report": Report.NONE,
    "ground": Ground.NONE,
    "dispute_end": State.NO_DISPUTE,
    "limit_left": NO_LIMIT,
    **dict.fromkeys(
        ("placed", "ship_date", "shipped", "received", "checked", "closed", "balance_paid", "refund_paid"), NEVER
    ),
}
_NOT_PLACED = tuple(int(_ABSENT.get(name, 0)) for name in ORDER_RECORD.names or ())
"""The outcome record of an order that was never placed."""
