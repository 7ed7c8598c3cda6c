"""Replications of a plan, run one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.accounts import replication_records
from sim.engines.reference.case import Case
from sim.engines.reference.order import order_life
from sim.engines.reference.world import World
from sim.engines.variates import VariateSource
from sim.outcomes import ORDER_RECORD, TRACE_RECORD, Outcomes
from sim.totals import totals_of

if TYPE_CHECKING:
    from sim.engines.variates import OrderVariates
    from sim.model import PlanModel
    from sim.totals import Totals

_BLOCK = 1000
"""Replications drawn at a time: their draws fit the processor's cache, and the cost of a block is spread thin."""


def simulate(model: PlanModel, replications: range, *, trace: bool = False) -> Outcomes:
    """Simulate replications of a plan.

    Parameters
    ----------
    model
        The plan.
    replications
        Numbers of the replications, consecutive; any of them gives the same outcome in any range.
    trace
        Whether to keep every event.

    Returns
    -------
    Outcomes
    """
    source = VariateSource(model)
    rows: list[tuple[int, ...]] = []
    events: list[tuple[int, int, int, int, int]] = []
    world = World(model, source, tracing=trace)
    for start in range(replications.start, replications.stop, _BLOCK):
        block = range(start, min(start + _BLOCK, replications.stop))
        for replication, variates in zip(block, source.block(block), strict=True):
            world.begin(replication)
            rows += replay(world, variates)
            if trace:
                # Within a minute SimPy's own events may come out of turn; what each order says stays in order.
                events += sorted(world.trace, key=_minute_and_order)
    orders = np.array(rows, dtype=ORDER_RECORD).reshape(len(replications), len(model.orders))
    return Outcomes(
        replications=replication_records(model, replications, orders),
        orders=orders,
        trace=np.array(events, dtype=TRACE_RECORD),
    )


def summarise(model: PlanModel, replications: range) -> Totals:
    """Simulate replications of a plan and add them up.

    Parameters
    ----------
    model, replications
        As in `simulate`.

    Returns
    -------
    Totals
    """
    return totals_of(simulate(model, replications).replications)


def replay(world: World, variates: tuple[tuple[OrderVariates, ...], ...]) -> list[tuple[int, ...]]:
    """Run one replication to its end; returns the outcome record of each order."""
    cases = [
        Case(world, index, order, options)
        for index, (order, options) in enumerate(zip(world.model.orders, variates, strict=True))
    ]
    for case in cases:
        case.story = world.env.process(order_life(world, case, cases))
    world.env.run()
    return [case.record() for case in cases]


def _minute_and_order(event: tuple[int, int, int, int, int]) -> tuple[int, int]:
    return event[1], event[2]
