"""Replications of a plan by the kernel, from any thread."""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numba.core.dispatcher import Dispatcher

from sim.engines.compiled.cache import load_or_compile
from sim.engines.compiled.kernel import simulate_block
from sim.engines.compiled.layout import (
    BLOCK,
    CASE,
    HALF_BITS,
    PLACE,
    RESOURCE,
    SQUARED_AT_ONCE,
    SWITCHING,
    TOTALS,
    WORLD,
)
from sim.engines.compiled.packing import pack
from sim.engines.variates import DISPUTE_STRIDE, ROUNDS_DRAWN
from sim.errors import InputError, Problem
from sim.outcomes import ORDER_RECORD, REPLICATION_RECORD, TRACE_RECORD, Outcomes
from sim.random.memory import address_of
from sim.totals import SUMMED, Totals

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from sim.engines.compiled.packing import Packed
    from sim.model import PlanModel
    from sim.outcomes import Records

    Arrays = NDArray[Any]

_GIVEN_AT_ONCE: Final = 1000
"""Replications simulated at a time where Python makes some of their draws, if they are few ..."""
_LARGEST_GIVEN: Final = 1 << 23
"""... and as many of them at most as need so many draws."""
_EVENTS_EXPECTED: Final = 40
_PLANS_KEPT: Final = 32
"""About half a megabyte each, 60 kB of it for every working calendar; factorials of large lots are kept apart."""
_FAMILIES_KEPT: Final = 6
"""Plans of which all models are kept while they are simulated under parameter sets in turn: packing one takes as long
as some thousand replications."""


class _Room:
    """The arrays that one thread works in for one plan, and the record through which the kernel reaches everything."""

    def __init__(self, packed: Packed, given: Arrays, events: int) -> None:
        orders = packed.orders
        self.trace = np.empty(events, dtype=TRACE_RECORD)
        self.amounts = np.zeros((BLOCK, len(SUMMED)), dtype=np.int64)
        block = np.empty((len(packed.constants), BLOCK))
        block[:] = packed.constants[:, np.newaxis]
        resources = np.zeros(len(packed.resources), dtype=RESOURCE)
        resources["capacity"] = packed.resources
        self._arrays = {
            "block": block,
            "given": given,
            "cases": np.zeros(orders, dtype=CASE),
            "places": np.zeros(2 * orders, dtype=PLACE),
            "resources": resources,
            "switching": np.zeros(packed.firms, dtype=SWITCHING),
            "trace": self.trace,
        }
        self.world = packed.world.copy()
        for name, array in self._arrays.items():
            self.world[name] = address_of(array)
        self.world["resources_count"] = len(resources)
        self.world["given_columns"] = given.shape[1]
        self.world["trace_room"] = events


class _Shelf:
    """The plans packed last, for whatever threads simulate them."""

    def __init__(self) -> None:
        self._kept: OrderedDict[int, tuple[PlanModel, Packed]] = OrderedDict()
        self.renew()

    def renew(self) -> None:
        """Have a lock of one's own: in a process that was forked, whoever held the old one does not exist."""
        self._lock = threading.Lock()

    def packed(self, model: PlanModel, rounds: int = ROUNDS_DRAWN) -> Packed:
        """A plan as the kernel reads it, packed once, with as many rounds of a dispute as have been asked for yet."""
        key = id(model)
        with self._lock:
            if key not in self._kept or self._kept[key][1].rounds < rounds:
                # The model is kept too: as long as it is, no other has its identity.
                self._kept[key] = model, pack(model, rounds)
                while len(self._kept) > max(_PLANS_KEPT, _FAMILIES_KEPT * model.one_of):
                    self._kept.popitem(last=False)
            self._kept.move_to_end(key)
            return self._kept[key][1]


_shelf: Final = _Shelf()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_shelf.renew)


def _given(packed: Packed, replications: range) -> Arrays:
    """Draws that the laws themselves must be asked for."""
    if not packed.given:
        return np.empty((0, 0))
    numbers = np.arange(replications.start, replications.stop)
    return np.stack([maker(numbers) for maker in packed.given])


def _step(packed: Packed, count: int, *, at_most: int) -> int:
    """Replications to simulate at a time."""
    if packed.given:
        return max(min(_GIVEN_AT_ONCE, _LARGEST_GIVEN // len(packed.given)), 1)
    return max(min(count, at_most), 1)


def _run(model: PlanModel, replications: range, outputs: tuple[Arrays, ...], events: int) -> tuple[int, int, Records]:
    """Run the kernel over a few replications, again with more room or more draws where it asks for them."""
    orders, records, losses, totals = outputs
    while True:
        packed = _shelf.packed(model)
        room = _Room(packed, _given(packed, replications), events)
        room.world["out"] = address_of(orders)
        late, disputed = simulate_block(
            room.world,
            replications.start,
            len(replications),
            orders,
            records,
            losses,
            totals,
            room.amounts,
        )
        if room.world["impossible"][0]:
            message = "an event happened that the protocol does not know in the state of its order"
            raise AssertionError(message)
        if room.world["rounds_short"][0]:
            _shelf.packed(model, min(packed.rounds * 2, DISPUTE_STRIDE))
            totals[:] = 0
            continue
        happened = int(room.world["events"][0])
        if happened > events > 0:
            events = happened
            continue
        return late, disputed, room.trace[:happened]


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
    prepare()
    count = len(replications)
    orders = np.zeros((count, len(model.orders)), dtype=ORDER_RECORD)
    records = np.zeros(count, dtype=REPLICATION_RECORD)
    nothing = np.empty(0, dtype=np.int64), np.zeros((TOTALS, len(SUMMED)), dtype=np.int64)
    events, start = [np.empty(0, dtype=TRACE_RECORD)], 0
    while start < count:
        step = _step(_shelf.packed(model), count, at_most=_GIVEN_AT_ONCE if trace else count)
        chosen = slice(start, start + step)
        expected = _EVENTS_EXPECTED * len(model.orders) * step if trace else 0
        _, _, kept = _run(model, replications[chosen], (orders[chosen], records[chosen], *nothing), expected)
        events.append(_in_turn(kept))
        start += step
    return Outcomes(orders=orders, replications=records, trace=np.concatenate(events))


def _in_turn(events: Records) -> Records:
    """Events of each minute in the turn of their orders."""
    return events[np.lexsort((events["order"], events["minute"], events["replication"]))]


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
    prepare()
    count = len(replications)
    losses = np.empty(count, dtype=np.int64)
    sums, squares = [0] * len(SUMMED), [0] * len(SUMMED)
    late = disputed = start = 0
    work = np.zeros((1, len(model.orders)), dtype=ORDER_RECORD)
    while start < count:
        step = _step(_shelf.packed(model), count, at_most=SQUARED_AT_ONCE)
        chosen = slice(start, start + step)
        totals = np.zeros((TOTALS, len(SUMMED)), dtype=np.int64)
        outputs = (work, np.empty(0, dtype=REPLICATION_RECORD), losses[chosen], totals)
        more_late, more_disputed, _ = _run(model, replications[chosen], outputs, 0)
        late, disputed, start = late + more_late, disputed + more_disputed, start + step
        for number, (total, high, crossed, low) in enumerate(totals.T.tolist()):
            sums[number] += total
            squares[number] += (high << 2 * HALF_BITS) + (crossed << HALF_BITS + 1) + low
    return Totals(losses, tuple(sums), tuple(squares), late, disputed)


def prepare(tell: Callable[[str], None] | None = None) -> None:
    """Load the kernel from where it was kept, or compile it.

    Parameters
    ----------
    tell
        Is told in a sentence when the kernel really has to be compiled, which takes a while.

    Raises
    ------
    InputError
        Numba has been told not to compile.
    """
    if _ready.is_set():
        return
    if not isinstance(simulate_block, Dispatcher):
        raise InputError(Problem("the compiled engine needs Numba, which NUMBA_DISABLE_JIT turns off", hint=_WAY_OUT))
    load_or_compile(simulate_block, _EXAMPLES, tell=tell)
    _ready.set()


_ready: Final = threading.Event()
"""Set once the kernel can be called: asking Numba about the types of all arguments takes a millisecond."""
_WAY_OUT: Final = "unset it, or take --engine reference"
_NOTHING: Final = np.empty(0, dtype=np.int64)
_EXAMPLES: Final = (
    np.zeros(1, dtype=WORLD),
    0,
    0,
    np.zeros((1, 1), dtype=ORDER_RECORD),
    np.zeros(1, dtype=REPLICATION_RECORD),
    _NOTHING,
    np.zeros((1, 1), dtype=np.int64),
    np.zeros((1, 1), dtype=np.int64),
)
"""Arguments of the types that `simulate_block` is compiled for."""
