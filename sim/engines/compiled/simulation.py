"""Replications of a plan by the kernel, from any thread."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

import numpy as np

from sim.engines.compiled.kernel import simulate_block
from sim.engines.compiled.layout import (
    BLOCK,
    CASE,
    COUNT_IMPOSSIBLE,
    COUNT_ROUNDS_SHORT,
    COUNT_TRACE,
    COUNTERS,
    HALF_BITS,
    RESOURCE,
    SQUARED_AT_ONCE,
    SWITCHING,
)
from sim.engines.compiled.packing import pack
from sim.engines.compiled.world import World
from sim.engines.variates import DISPUTE_STRIDE, ROUNDS_DRAWN
from sim.outcomes import ORDER_RECORD, REPLICATION_RECORD, TRACE_RECORD, Outcomes
from sim.random.flat import FlatTables
from sim.totals import SUMMED, Totals

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from sim.engines.compiled.packing import Packed
    from sim.model import PlanModel

    Arrays = NDArray[Any]

_GIVEN_AT_ONCE: Final = 1000
"""Replications simulated at a time where Python makes some of their draws."""
_PAYMENTS: Final = 5
"""Payments of an order: deposit, balance, freight, and two ways in which money comes back."""
_EVENTS_EXPECTED: Final = 40
_TRACE_COLUMNS: Final = len(TRACE_RECORD.names or ())


class _Room:
    """The arrays that one thread works in for one plan."""

    def __init__(self, packed: Packed, given: Arrays, events: int) -> None:
        orders = packed.orders
        self.counters = np.zeros(COUNTERS, dtype=np.int64)
        self.trace = np.empty((events, _TRACE_COLUMNS), dtype=np.int64)
        self.amounts = np.zeros(len(SUMMED), dtype=np.int64)
        self.cash = np.zeros((_PAYMENTS * orders, 3), dtype=np.int64)
        resources = np.zeros(len(packed.resources), dtype=RESOURCE)
        resources["capacity"] = packed.resources
        block = np.empty((len(packed.constants), BLOCK))
        block[:] = packed.constants[:, np.newaxis]
        self.world = World(
            **packed.arrays,
            block=block,
            given=given,
            cases=np.zeros(orders, dtype=CASE),
            wakes=np.zeros(2 * orders, dtype=np.int64),
            phases=np.zeros(2 * orders, dtype=np.int64),
            tickets=np.zeros(2 * orders, dtype=np.int64),
            resources=resources,
            switching=np.zeros(packed.firms, dtype=SWITCHING),
            counters=self.counters,
            trace=self.trace,
        )


_packed: Final[WeakKeyDictionary[PlanModel, dict[int, Packed]]] = WeakKeyDictionary()
_packing: Final = threading.Lock()


def _pack(model: PlanModel, rounds: int = ROUNDS_DRAWN) -> Packed:
    """A plan packed for the kernel, made once however many threads ask."""
    return pack(model, rounds)


def _given(packed: Packed, replications: range) -> Arrays:
    """Draws that the laws themselves must be asked for."""
    if not packed.given:
        return np.empty((0, 0))
    numbers = np.arange(replications.start, replications.stop)
    return np.stack([maker(numbers) for maker in packed.given])


def _run(packed: Packed, model: PlanModel, replications: range, outputs: tuple[Arrays, ...], events: int) -> Any:
    """Run the kernel over a few replications, again with more room or more draws where it asks for them."""
    orders, records, losses, totals = outputs
    while True:
        room = _Room(packed, _given(packed, replications), events)
        late, disputed = simulate_block(
            room.world,
            replications.start,
            len(replications),
            orders,
            records,
            losses,
            totals,
            room.amounts,
            room.cash,
        )
        if room.counters[COUNT_IMPOSSIBLE]:
            message = "an event happened that the protocol does not know in the state of its order"
            raise AssertionError(message)
        if room.counters[COUNT_ROUNDS_SHORT]:
            packed = _pack(model, min(packed.rounds * 2, DISPUTE_STRIDE))
            totals[:] = 0
            continue
        if events and room.counters[COUNT_TRACE] > events:
            events = int(room.counters[COUNT_TRACE])
            continue
        return late, disputed, room.trace[: room.counters[COUNT_TRACE]]


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
        To the last bit those of `sim.engines.reference.simulate`.
    """
    packed = _pack(model)
    count = len(replications)
    orders = np.zeros((count, len(model.orders)), dtype=ORDER_RECORD)
    records = np.zeros(count, dtype=REPLICATION_RECORD)
    nothing = np.empty(0, dtype=np.int64), np.zeros((4, len(SUMMED)), dtype=np.int64)
    step = _GIVEN_AT_ONCE if packed.given or trace else max(count, 1)
    events = []
    for start in range(0, count, step):
        chosen = slice(start, start + step)
        expected = _EVENTS_EXPECTED * len(model.orders) * step if trace else 0
        _, _, kept = _run(packed, model, replications[chosen], (orders[chosen], records[chosen], *nothing), expected)
        events.append(_in_turn(kept))
    return Outcomes(orders=orders, replications=records, trace=np.concatenate(events))


def _in_turn(events: Arrays) -> Arrays:
    """Events as records, within a minute in the turn of their orders."""
    turn = np.lexsort((events[:, 2], events[:, 1], events[:, 0]))
    found = np.empty(len(events), dtype=TRACE_RECORD)
    for column, name in enumerate(TRACE_RECORD.names or ()):
        found[name] = events[turn, column]
    return found


def summarise(model: PlanModel, replications: range) -> Totals:
    """Simulate replications of a plan and keep what they add up to.

    Parameters
    ----------
    model, replications
        As for `simulate`.

    Returns
    -------
    Totals
        To the last bit those of the outcomes of `simulate`; they are added up in the kernel.
    """
    packed = _pack(model)
    count = len(replications)
    losses = np.empty(count, dtype=np.int64)
    sums, squares = [0] * len(SUMMED), [0] * len(SUMMED)
    late = disputed = 0
    work = np.zeros((1, len(model.orders)), dtype=ORDER_RECORD)
    step = _GIVEN_AT_ONCE if packed.given else SQUARED_AT_ONCE
    for start in range(0, count, step):
        chosen = slice(start, start + step)
        totals = np.zeros((4, len(SUMMED)), dtype=np.int64)
        outputs = (work, np.empty(0, dtype=REPLICATION_RECORD), losses[chosen], totals)
        more_late, more_disputed, _ = _run(packed, model, replications[chosen], outputs, 0)
        late, disputed = late + more_late, disputed + more_disputed
        for number, (total, high, crossed, low) in enumerate(totals.T.tolist()):
            sums[number] += total
            squares[number] += (high << 2 * HALF_BITS) + (crossed << HALF_BITS + 1) + low
    return Totals(losses, tuple(sums), tuple(squares), late, disputed)


def prepare(tell: Callable[[str], None] | None = None) -> None:
    """Load the kernel, or compile it."""
