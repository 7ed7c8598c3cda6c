"""An order history as a buyer would have kept it, simulated: many orders, one after the other, with the same supplier.

All orders of a supplier are those of one replication, so that they share what is the supplier's own (its part of the
defect rates, its protection limit, the buyer's attention); independent replications would give every order another
supplier. A further supplier of the same kind is a further replication.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import cycle
from math import isfinite
from typing import TYPE_CHECKING, Any, Final

from sim.calibration.history_truth import truth_of
from sim.calibration.lived_orders import orders_lived, written_on
from sim.errors import InputError, Problem
from sim.experiments.precision import extent_wanted
from sim.experiments.record import scenario_with_extent
from sim.experiments.runs import plans_wanted
from sim.model import build_model
from sim.random.purposes import Purpose
from sim.random.uniforms import uniform
from sim.scenario.plans import OrderSpec, PlanSpec, StartSpec
from sim.units import MINUTES_PER_DAY

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sim.calibration.lived_orders import LivedOrder, WrittenOrder
    from sim.model import PlanModel
    from sim.scenario import Scenario, SupplierSpec

MOST_ORDERS: Final = 20_000
"""In a history: about a minute of simulation."""
LONGEST_DAYS: Final = 3_600
"""From the first order to the last; the working calendars reach ten years further."""
_NOON: Final = 0.5
"""Orders are placed at noon, so that days between two dates are those that passed, rounded rather than cut off."""
_CALENDAR_DAYS_A_WORKING_DAY: Final = 7 / 5
_EARLIEST: Final = date(1970, 1, 1)
_LATEST: Final = date(2150, 12, 31)
_TRIES: Final = 10_000
_UNITS_A_THOUSAND: Final = 1_000
_STEP: Final = 0.1
_HALF_A_STEP: Final = _STEP / 2
"""Rounded down, so that the orders fit into the longest time, and that rather more are open than fewer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Which history is wanted.

    Attributes
    ----------
    plan
        The plan whose suppliers, quantities and inspections the orders have; None where there is only one.
    orders
        With each supplier.
    suppliers
        Of the kind of each supplier of the plan; they differ by the luck of the draw.
    every
        Days from one order to the next; None: as many as bring about the open share.
    open_share
        Share of the orders that are neither shipped nor ended when the history is written, 0 to 1.
    as_of
        Day on which it is written; None: the day that comes nearest to the open share.
    queue
        Whether orders wait for the supplier's production slots as the scenario has them; else none waits.
    replication
        The first that is used.
    seed
        Of every draw; None: the scenario's.
    """

    plan: str | None = None
    orders: int = 40
    suppliers: int = 1
    every: float | None = None
    open_share: float = 0.2
    as_of: date | None = None
    queue: bool = False
    replication: int = 0
    seed: int | None = None


@dataclass(frozen=True, slots=True)
class WrittenHistory:
    """A history, and what is true of it.

    Attributes
    ----------
    rows
        In the order in which the orders were placed.
    as_of
        Last day that it tells of.
    plan, seed, every
        The plan, the seed, and the days between two orders.
    ended
        Orders that ended without being shipped.
    waited
        Orders that waited for a production slot.
    not_placed
        Orders that the buyer did not place, as the supplier's lots had failed too many inspections (switching rules).
    passed_over
        Replications that were passed over because a supplier in them ships nothing.
    truth
        What the suppliers are really like, as plain data.
    """

    rows: tuple[WrittenOrder, ...]
    as_of: date
    plan: str
    seed: int
    every: float
    ended: int
    waited: int
    not_placed: int
    passed_over: int
    truth: dict[str, Any]

    @property
    def suppliers(self) -> tuple[str, ...]:
        """Names of the suppliers, as they first appear."""
        return tuple(dict.fromkeys(row.supplier for row in self.rows))

    @property
    def open(self) -> int:
        """Orders neither shipped nor ended."""
        return sum(row.shipped is None for row in self.rows) - self.ended

    @property
    def late(self) -> int:
        """Orders shipped after their promise, or not shipped though the promise has passed."""
        return sum((row.shipped or self.as_of) > row.promised for row in self.rows)

    @property
    def disputes(self) -> int:
        """Orders with a dispute."""
        return sum(row.dispute_opened is not None for row in self.rows)


def history_simulated(scenario: Scenario, wish: Wish) -> WrittenHistory:
    """Simulate a history.

    Parameters
    ----------
    scenario
        From `sim.load_scenario`: what suppliers and buyer are like.
    wish
        Which history.

    Returns
    -------
    WrittenHistory

    Raises
    ------
    InputError
        An unknown plan or none named where there are several, more orders or years than can be simulated, dates out of
        range, or suppliers that never ship.
    """
    plan = _plan_wanted(scenario, wish.plan)
    scenario = scenario_with_extent(scenario, extent_wanted(scenario, None), wish.seed)
    names = tuple(dict.fromkeys(order.supplier for order in plan.orders))
    every = wish.every or _days_between(scenario, plan, names, wish)
    _check_extent(wish, len(names), every)
    first = _first_date(scenario, wish, every)
    model = build_model(_with_long_plan(scenario, plan, names, wish, every, first), plan.name)
    replications, passed_over = _replications(model, wish)
    lived = sorted(_lived(model, replications, names), key=lambda order: order.placed)
    as_of = wish.as_of or _day_of_writing(lived, wish.open_share)
    rows = tuple(written_on(order, as_of) for order in lived)
    end = _end_of(as_of, model)
    return WrittenHistory(
        rows=rows,
        as_of=as_of,
        plan=plan.name,
        seed=model.seed,
        every=every,
        ended=sum(int(order.record["shipped"]) < 0 <= order.left < end for order in lived),
        waited=sum(order.begun > order.placed and order.placed < end for order in lived),
        not_placed=wish.orders * wish.suppliers * len(names) - len(lived),
        passed_over=passed_over,
        truth=truth_of(scenario, plan.name, lived, rows, as_of),
    )


def _plan_wanted(scenario: Scenario, name: str | None) -> PlanSpec:
    names = plans_wanted(scenario, [] if name is None else [name])
    if len(names) > 1:
        raise InputError(Problem(f"which plan of {scenario.name}?", hint=f"--plan with one of {', '.join(names)}"))
    return {plan.name: plan for plan in scenario.plans}[names[0]]


# ----------------------------------------------------------------------------------------------- when orders are placed


def _days_between(scenario: Scenario, plan: PlanSpec, names: Sequence[str], wish: Wish) -> float:
    """Days between orders at which the wanted share of them is open in the end; far enough apart for the slots."""
    suppliers = scenario.model.suppliers
    times = {name: _usual_days(suppliers[name], _orders_with(plan, name)) for name in names}
    usual = sum(times.values()) / len(times)
    days = usual if wish.open_share == 0 else usual / (wish.open_share * wish.orders)
    if wish.queue:
        days = max(days, *(time / suppliers[_firm(scenario, name)].parallel_orders for name, time in times.items()))
    return max(round(min(days, LONGEST_DAYS / wish.orders) - _HALF_A_STEP, 1), _STEP)


def _usual_days(supplier: SupplierSpec, orders: Sequence[OrderSpec]) -> float:
    """Calendar days from order to shipment on average, without inspections; at least one."""
    quantity = sum(order.quantity for order in orders) / len(orders)
    extra = supplier.production_days_per_1000 * quantity / _UNITS_A_THOUSAND
    if supplier.production_days is not None:
        scale = _CALENDAR_DAYS_A_WORKING_DAY if supplier.production_days.working else 1.0
        days = (supplier.production_days.distribution.mean() + extra) * scale
    else:
        delay = 0.0 if supplier.delay_days is None else supplier.delay_days.distribution.mean()
        days = supplier.promised_days + delay
    return max(days, 1.0) if isfinite(days) else max(supplier.promised_days, 1.0)


def _orders_with(plan: PlanSpec, supplier: str) -> list[OrderSpec]:
    return [order for order in plan.orders if order.supplier == supplier]


def _firm(scenario: Scenario, supplier: str) -> str:
    return scenario.model.suppliers[supplier].identity or supplier


def _check_extent(wish: Wish, kinds: int, every: float) -> None:
    total = wish.orders * wish.suppliers * kinds
    if total > MOST_ORDERS:
        raise InputError(Problem(f"{total:,} orders are too many", hint=f"at most {MOST_ORDERS:,} in a history"))
    days = every * wish.orders
    if days > LONGEST_DAYS:
        message = f"{wish.orders:,} orders, one every {every:g} days, take {days:,.0f} days"
        hint = f"at most {LONGEST_DAYS:,} days: fewer orders, or --every with fewer days"
        raise InputError(Problem(message, hint=hint))


def _first_date(scenario: Scenario, wish: Wish, every: float) -> date:
    """Date of the first order: the last is placed one interval before the history, or the scenario, needs it."""
    if wish.as_of is not None and not _EARLIEST <= wish.as_of <= _LATEST:
        raise InputError(Problem(f"{wish.as_of} is out of range", hint=f"allowed: {_EARLIEST} to {_LATEST}"))
    span = timedelta(days=round(every * (wish.orders - 1)) + max(round(every), 1))
    ends = wish.as_of or scenario.model.start
    if (ends - _EARLIEST) < span:
        message = f"{wish.orders:,} orders, one every {every:g} days, would begin before {_EARLIEST}"
        raise InputError(Problem(message, hint="a later --as-of, fewer orders, or --every with fewer days"))
    return ends - span


def _with_long_plan(
    scenario: Scenario, plan: PlanSpec, names: Sequence[str], wish: Wish, every: float, first: date
) -> Scenario:
    """The scenario with one plan of as many orders as are wanted, from the date of the first on."""
    spec = scenario.model
    orders = tuple(_orders_over_time(plan, names, wish.orders, every))
    suppliers = dict(spec.suppliers)
    if not wish.queue:
        for firm in {_firm(scenario, name) for name in names}:
            suppliers[firm] = suppliers[firm].model_copy(update={"parallel_orders": len(orders)})
    # No order of a history is late for a sale, or more than is needed: its loss is nobody's question.
    total = sum(order.quantity for order in orders)
    need = spec.need.model_copy(update={"quantity": total, "due": float(2 * LONGEST_DAYS)})
    model = spec.model_copy(update={"start": first, "need": need, "suppliers": suppliers})
    return replace(scenario, model=model, plans=(PlanSpec(name=plan.name, title=plan.title, orders=orders),))


def _orders_over_time(plan: PlanSpec, names: Sequence[str], count: int, every: float) -> Iterator[OrderSpec]:
    """Orders with each supplier, in turn as the plan has them, one every so many days."""
    for name in names:
        for number, given in zip(range(count), cycle(_orders_with(plan, name)), strict=False):
            yield OrderSpec(
                id=f"{name[:60]}-{number + 1}",
                supplier=name,
                quantity=given.quantity,
                inspections=given.inspections,
                start=StartSpec(day=float(int(number * every)) + _NOON),
            )


def _replications(model: PlanModel, wish: Wish) -> tuple[list[int], int]:
    """Replications in which every supplier ships, and how many others were passed over.

    No buyer places forty orders with a firm that never ships one.
    """
    found: list[int] = []
    tried = range(wish.replication, wish.replication + _TRIES)
    for replication in tried:
        if all(_ships(model, number, replication) for number in range(len(model.suppliers))):
            found.append(replication)
        if len(found) == wish.suppliers:
            return found, replication + 1 - wish.replication - len(found)
    message = f"in {len(tried):,} replications there are only {len(found)} in which the goods are ever shipped"
    raise InputError(Problem(message, hint="lower never_ships_probability, for instance with --set"))


def _lived(model: PlanModel, replications: Sequence[int], names: Sequence[str]) -> Iterator[LivedOrder]:
    """Orders of all replications, which are numbered in the suppliers' names; neighbours are simulated together."""
    called = [
        {name: name if len(replications) == 1 else f"{name}-{number}" for name in names}
        for number, _ in enumerate(replications, 1)
    ]
    begun = 0
    for place, replication in enumerate(replications, 1):
        if place == len(replications) or replications[place] != replication + 1:
            yield from orders_lived(model, range(replications[begun], replication + 1), called[begun:place])
            begun = place


def _ships(model: PlanModel, supplier: int, replication: int) -> bool:
    terms = model.suppliers[supplier]
    drawn = uniform(model.seed, replication, model.firms[terms.firm], Purpose.NEVER_SHIPS, 0)
    return drawn >= terms.never_ships


# --------------------------------------------------------------------------------------------------- when it is written


def _end_of(day: date, model: PlanModel) -> int:
    """First minute after a day."""
    return ((day - model.start).days + 1) * MINUTES_PER_DAY


def _day_of_writing(lived: Sequence[LivedOrder], open_share: float) -> date:
    """Day, from the last order on, on which the open share comes nearest to the one wanted; of several the last."""
    import numpy as np

    left = np.sort([order.left // MINUTES_PER_DAY for order in lived])
    days = np.arange(lived[-1].placed // MINUTES_PER_DAY, max(order.last for order in lived) // MINUTES_PER_DAY + 1)
    still_open = len(left) - np.searchsorted(left, days, side="right")
    misses = np.abs(still_open / len(left) - open_share)
    nearest = int(days[np.flatnonzero(misses == misses.min())[-1]])
    return lived[0].model.start + timedelta(days=nearest)
