"""Orders that the model has carried to their end, and what the buyer's own file says of them on a given day."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from sim.engines import simulate
from sim.engines.variates import VariateSource
from sim.protocol import REFUNDABLE, Event, State
from sim.rules.durations import ends_after
from sim.rules.lots import Units, units_found, units_latent
from sim.rules.sampling import is_tightened, severity_switched, switching_start
from sim.units import CENTS, MICROS, MINUTES_PER_DAY, NEVER

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sim.engines.variates import OrderVariates
    from sim.model import PlanModel, Variant
    from sim.outcomes import Records
    from sim.protocol import Matrix
    from sim.rules.sampling import SwitchingState

    Record = Any  # one row of a structured array

_FIRST_OF_DISPUTES: Final = int(Event.DISPUTE_OPENED)
_FIRST_END: Final = int(State.SETTLED)
_OUTCOMES: Final = {
    State.SETTLED: "settled",
    State.CONCEDED: "conceded",
    State.CANCELLED: "cancelled",
    State.EVIDENCE_MISSED: "cancelled",
    State.WITHDRAWN: "cancelled",
    State.REJECTED: "decided",
    State.AWARDED: "decided",
}
"""The word for the state in which a dispute first ended."""
_JUDGED: Final = {Event.LOT_ACCEPTED: "passed", Event.LOT_REJECTED: "failed"}
_REPLIES: Final = frozenset({Event.SUPPLIER_OFFERED, Event.SUPPLIER_CONCEDED})
_ENDS_WITHOUT_GOODS: Final = frozenset({Event.LOT_REFUSED, Event.ORDER_ENDED_BY_REFUND, Event.ORDER_WRITTEN_OFF})
_ABOUT_QUALITY_FROM: Final = frozenset({Event.LOT_REFUSED, Event.GOODS_CHECKED})


class WrittenOrder(NamedTuple):
    """One line of an order history, as the buyer has it on the day on which it is written; None: not known (yet).

    Attributes
    ----------
    supplier, ordered, promised, shipped, received, checked
        Who, and the dates.
    quantity, price
        Units, and the price of one in currency.
    critical, major, minor
        Defective units that the buyer found when checking.
    inspected, found, inspection_result
        Units in the sample of the last pre-shipment inspection, defective ones found in it, ``passed`` or ``failed``.
    dispute_opened, replied, dispute_ended, ground, claimed, refunded, outcome
        The last dispute: dates, ``late_shipment`` or ``quality``, amounts in currency, and how it ended.
    """

    supplier: str
    ordered: date
    promised: date
    shipped: date | None
    received: date | None
    checked: date | None
    quantity: int
    price: float
    critical: int | None
    major: int | None
    minor: int | None
    inspected: int | None
    found: int | None
    inspection_result: str | None
    dispute_opened: date | None
    replied: date | None
    dispute_ended: date | None
    ground: str | None
    claimed: float | None
    refunded: float | None
    outcome: str | None


@dataclass(frozen=True, slots=True)
class LivedOrder:
    """An order that was placed, with everything that happened to it.

    Attributes
    ----------
    model, replication
        What it was simulated by.
    supplier
        Its supplier's name in the history.
    variant, draws, record
        Its terms, its draws, and its outcome record.
    events
        Its events in their order: minute, event, amount.
    samples
        Units in the sample of each of its pre-shipment inspections.
    """

    model: PlanModel
    replication: int
    supplier: str
    variant: Variant
    draws: OrderVariates
    record: Record
    events: tuple[tuple[int, Event, int], ...]
    samples: tuple[int, ...]

    @property
    def placed(self) -> int:
        """Minute at which it was placed."""
        return int(self.record["placed"])

    @property
    def left(self) -> int:
        """Minute at which it was shipped, or ended without goods."""
        ends = (minute for minute, event, _ in self.events if event in _ENDS_WITHOUT_GOODS)
        shipped = int(self.record["shipped"])
        return shipped if shipped >= 0 else next(ends, NEVER)

    @property
    def last(self) -> int:
        """Minute of its last event."""
        return self.events[-1][0]

    @property
    def begun(self) -> int:
        """Minute at which production began; -1 if it never did."""
        return next((minute for minute, event, _ in self.events if event == Event.PRODUCTION_STARTED), NEVER)

    def date_of(self, minute: int) -> date:
        """Calendar date of a minute."""
        return self.model.start + timedelta(days=minute // MINUTES_PER_DAY)

    def found_by_check(self) -> Units:
        """Defective units that the check of the goods finds: the visible ones, and the latent ones shown by then."""
        supplier, record = self.model.suppliers[self.variant.supplier], self.record
        units = Units(int(record["critical"]), int(record["major"]), int(record["minor"]))
        worked, after = self.model.calendars[self.model.buyer.calendar], supplier.latent_after
        shown = ends_after(worked, int(record["received"]), self.draws.latent_after, after.working)
        latent = units_latent(units, supplier.latent, self.draws.latent)
        return units_found(units, latent, shown, int(record["checked"]))


def orders_lived(model: PlanModel, replications: range, names: Sequence[Mapping[str, str]]) -> list[LivedOrder]:
    """Simulate replications of a plan, and tell each of their orders that was placed.

    Parameters
    ----------
    model
        Of a plan whose orders stand with one supplier each.
    replications
        Their numbers, consecutive: drawing for many at once takes little longer than for one.
    names
        For each replication, of each supplier in the history, by its name in the scenario.

    Returns
    -------
    list
        By replication, and in the order of the plan.
    """
    outcomes = simulate(model, replications, trace=True)
    draws = VariateSource(model).block(replications)
    cuts = np.searchsorted(outcomes.trace["replication"], [*replications, replications.stop])
    lived: list[LivedOrder] = []
    for place, (replication, drawn, called) in enumerate(zip(replications, draws, names, strict=True)):
        trace = outcomes.trace[cuts[place] : cuts[place + 1]]
        events: list[list[tuple[int, Event, int]]] = [[] for _ in model.orders]
        for row in trace:
            events[int(row["order"])].append((int(row["minute"]), Event(int(row["event"])), int(row["amount"])))
        samples = _samples(model, trace)
        lived += [
            LivedOrder(
                model=model,
                replication=replication,
                supplier=called[model.supplier_names[order.variants[0].supplier]],
                variant=order.variants[0],
                draws=drawn[number][0],
                record=outcomes.orders[place, number],
                events=tuple(events[number]),
                samples=tuple(samples[number]),
            )
            for number, order in enumerate(model.orders)
            if outcomes.orders[place, number]["placed"] >= 0
        ]
    return lived


def _samples(model: PlanModel, trace: Records) -> list[list[int]]:
    """Sample sizes of every order's inspections in one replication.

    The trace does not name the severity, so the switching rules are followed along it. An inspection that began before
    another lot of the supplier was judged is taken to be as strict as it would be after that.
    """
    samples: list[list[int]] = [[] for _ in model.orders]
    states: dict[int, SwitchingState] = {}
    for row in trace:
        number, event = int(row["order"]), Event(int(row["event"]))
        variant = model.orders[number].variants[0]
        if event not in _JUDGED or variant.inspection is None:
            continue
        inspection, firm = variant.inspection, model.suppliers[variant.supplier].firm
        state = states.get(firm, switching_start(inspection.tightened_first))
        plans = inspection.plans[int(is_tightened(state))]
        if inspection.switching and not samples[number]:
            states[firm] = severity_switched(state, event == Event.LOT_ACCEPTED)
        samples[number].append(min(max(plan.sample for plan in plans), variant.quantity))
    return samples


@dataclass(slots=True)
class _Dispute:
    """The last dispute of an order as far as it has gone."""

    opened: int
    ground: str
    claimed: int
    state: int = State.AWAITING_SUPPLIER
    replied: int = NEVER
    ended: int = NEVER
    outcome: str | None = None
    refunded: int | None = None

    def tell(self, matrix: Matrix, minute: int, event: Event, amount: int) -> None:
        self.state = matrix[self.state][event]
        if event in _REPLIES and self.replied == NEVER:
            self.replied = minute
        if self.state >= _FIRST_END and self.ended == NEVER:
            self.ended, self.outcome = minute, _OUTCOMES[State(self.state)]
        if event == Event.REFUND_PAID:
            self.refunded = amount
        elif event == Event.REFUND_DEFAULTED or (self.state >= _FIRST_END and self.state not in REFUNDABLE):
            self.refunded = 0


@dataclass(slots=True)
class _SoFar:
    """What has happened to an order."""

    first: dict[Event, int] = field(default_factory=dict)
    judged: str | None = None
    found: int | None = None
    inspections: int = 0
    dispute: _Dispute | None = None

    def tell(self, matrix: Matrix, minute: int, event: Event, amount: int) -> None:
        self.first.setdefault(event, minute)
        if event in _JUDGED:
            self.judged, self.found = _JUDGED[event], amount
            self.inspections += 1
        elif event == Event.DISPUTE_OPENED:
            ground = "quality" if _ABOUT_QUALITY_FROM & self.first.keys() else "late_shipment"
            self.dispute = _Dispute(minute, ground, amount)
        elif event > _FIRST_OF_DISPUTES and self.dispute is not None:
            self.dispute.tell(matrix, minute, event, amount)


def written_on(order: LivedOrder, day: date) -> WrittenOrder:
    """What the buyer's file says of an order at the end of a day on or after that of the order."""
    end = ((day - order.model.start).days + 1) * MINUTES_PER_DAY
    so_far = _SoFar()
    for minute, event, amount in order.events:
        if minute >= end:
            break
        so_far.tell(order.model.dispute_matrix, minute, event, amount)

    def dated(minute: int) -> date | None:
        return None if minute == NEVER else order.date_of(minute)

    first, dispute = so_far.first, so_far.dispute
    checked = first.get(Event.GOODS_CHECKED, NEVER)
    units: Sequence[int | None] = (None, None, None) if checked == NEVER else order.found_by_check()
    return WrittenOrder(
        supplier=order.supplier,
        ordered=order.date_of(order.placed),
        promised=order.date_of(int(order.record["ship_date"])),
        shipped=dated(first.get(Event.GOODS_SHIPPED, NEVER)),
        received=dated(first.get(Event.GOODS_RECEIVED, NEVER)),
        checked=dated(checked),
        quantity=order.variant.quantity,
        price=order.variant.price / MICROS,
        critical=units[0],
        major=units[1],
        minor=units[2],
        inspected=order.samples[so_far.inspections - 1] if so_far.inspections else None,
        found=so_far.found,
        inspection_result=so_far.judged,
        dispute_opened=None if dispute is None else order.date_of(dispute.opened),
        replied=None if dispute is None else dated(dispute.replied),
        dispute_ended=None if dispute is None else dated(dispute.ended),
        ground=None if dispute is None else dispute.ground,
        claimed=None if dispute is None else dispute.claimed / CENTS,
        refunded=None if dispute is None or dispute.refunded is None else dispute.refunded / CENTS,
        outcome=None if dispute is None else dispute.outcome,
    )
