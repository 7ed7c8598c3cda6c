"""The draws of replications, made again without anything else: the least that simulating them could cost.

A replication of the compiled engine makes the common draws of its orders in any case, and others only when its story
needs them. Which ones those are is recorded while the reference engine, equal event for event, tells the same
replications. The kernels below then make them all again, by the engine's own functions and with the same addresses.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, SupportsInt
from unittest.mock import patch

import numpy as np

from sim.engines import reference
from sim.engines.compiled.accounts import add_squares, settle_accounts
from sim.engines.compiled.cache import load_or_compile
from sim.engines.compiled.dispute import draw_sites, hash_lanes, later_reply
from sim.engines.compiled.inspection import found_of_class, uniforms_at, uniforms_of_classes
from sim.engines.compiled.kernel import replicate
from sim.engines.compiled.layout import (
    BLOCK,
    BOOKING_PAIR,
    C_BOOKING,
    C_REWORK,
    CORRECTION_PAIR,
    D_BUYER_REPLY,
    D_SUPPLIER_REPLY,
    REWORK_PAIR,
    SAMPLED_PAIR,
    STRIDE,
    TOTALS,
    VISIT_PAIR,
    WORLD,
)
from sim.engines.compiled.packing import pack
from sim.engines.compiled.program import run_program
from sim.engines.compiled.simulation import _Room
from sim.engines.compiled.translate import entry, inlined
from sim.engines.compiled.world import case_at, inspection_at, minutes_of, supplier_at, variant_at
from sim.engines.reference import inspection as reference_inspection
from sim.engines.reference.case import Case
from sim.engines.variates import DISPUTE_STRIDE
from sim.outcomes import ORDER_RECORD
from sim.protocol import Event, State
from sim.random.memory import address_of
from sim.totals import SUMMED

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from sim.engines.compiled.world import Record, World
    from sim.model import PlanModel

    Arrays = NDArray[Any]

DISPUTE, FOUND, REPLY_OF_SUPPLIER, REPLY_OF_BUYER, BOOKED, REWORKED, PAIR, THREE_PAIRS, PROGRAM = range(9)
KINDS: Final = tuple(range(PROGRAM + 1))
"""What is drawn: all of a dispute; what an inspector finds of a class; a later answer; the times of a booking and of a
rework; uniforms of one counter, and of three; the common draws of the supplier that stands in."""

DRAW: Final = np.dtype(
    [
        *[(name, "i8") for name in ("replication", "kind", "order", "variant", "ground", "number")],
        *[(name, "i8") for name in ("lot", "defective", "sample")],
        ("detection", "f8"),
        ("last", "u8"),
    ],
    align=True,
)
"""A draw that a replication made when it needed it."""

_DISPUTE_STRIDE: Final = np.uint64(DISPUTE_STRIDE)
INSPECTED: Final = (Event.VISIT_PASSED, Event.VISIT_FAILED, Event.LOT_ACCEPTED, Event.LOT_REJECTED)


# ------------------------------------------------------------------------------------- recording the draws


@dataclass
class _Recorder:
    """Listens to the reference engine, and writes down what the compiled engine draws at each event."""

    model: PlanModel
    draws: list[tuple[Any, ...]] = field(default_factory=list)
    found: tuple[Any, ...] = ()
    """Units, lot, sampling plans, detection and uniforms of the inspection that has just been made."""
    happened: Counter[tuple[int, Event]] = field(default_factory=Counter)
    """How often, by order: bookings of an inspection, and the answers of the dispute that is open."""

    def add(
        self, case: Case, kind: int, *, number: int = 0, last: SupportsInt = 0, lot: tuple[Any, ...] = (0, 0, 0, 0)
    ) -> None:
        """Write down a draw; `lot` is units in the lot, defective ones, units in the sample, and the detection."""
        before = sum(len(order.variants) for order in self.model.orders[: case.index])
        choice = next(place for place, variant in enumerate(case.order.variants) if variant is case.variant)
        place = case.world.replication, kind, case.index, before + choice, max(case.ground, 0)
        self.draws.append((*place, number, *lot, int(last)))

    def order_event(self, case: Case, event: Event) -> None:
        """Draws that come with an event of an order."""
        booked = case.index, Event.INSPECTION_BOOKED
        attempt = self.happened[booked] - 1
        if event == Event.ORDER_PLACED:
            self.happened[booked] = 0
            if case.variant is not case.order.variants[0]:
                self.add(case, PROGRAM)
        elif event in INSPECTED:
            self.inspected(case, event)
        elif event == Event.INSPECTION_BOOKED:
            self.happened[booked] += 1
            self.add(case, BOOKED, number=attempt + 1, last=BOOKING_PAIR + np.uint64(attempt + 1))
        elif event == Event.REWORK_STARTED:
            self.add(case, REWORKED, number=attempt, last=REWORK_PAIR + np.uint64(attempt))
        elif event == Event.REWORK_FINISHED:
            self.add(case, THREE_PAIRS, last=REWORK_PAIR + np.uint64(STRIDE * attempt))

    def inspected(self, case: Case, event: Event) -> None:
        """Draws of an inspection, and of what follows at once if the lot fails."""
        units, lot, plans, detection, (sampled, _) = self.found
        visiting = event in (Event.VISIT_PASSED, Event.VISIT_FAILED)
        drawn = case.variates.visits if visiting else case.variates.attempts
        place = next(number for number, draws in enumerate(drawn) if draws[0] is sampled)
        first = (VISIT_PAIR if visiting else SAMPLED_PAIR) + np.uint64(STRIDE * place)
        for number, (defective, plan) in enumerate(zip(units, plans, strict=True)):
            if defective and lot:
                self.add(case, FOUND, last=first + np.uint64(number), lot=(lot, defective, plan.sample, detection))
        inspection = case.variant.inspection
        if event == Event.VISIT_FAILED:
            self.add(case, THREE_PAIRS, last=CORRECTION_PAIR + np.uint64(STRIDE * place))
        elif event == Event.LOT_REJECTED and inspection is not None and place < inspection.reworks_at_most:
            self.add(case, PAIR, last=BOOKING_PAIR + np.uint64(place))

    def dispute_event(self, case: Case, event: Event) -> None:
        """Draws that come with an event of a dispute: all of its own when it opens, then answers after the first."""
        answers, replies = (case.index, Event.SUPPLIER_OFFERED), (case.index, Event.BUYER_INSISTED)
        if event == Event.DISPUTE_OPENED:
            self.happened[answers] = self.happened[replies] = 0
            self.add(case, DISPUTE)
            return
        self.happened[case.index, event] += 1
        if case.dispute_state == State.AWAITING_SUPPLIER:
            self.add(case, REPLY_OF_SUPPLIER, number=self.happened[answers])
        elif case.dispute_state == State.AWAITING_BUYER and self.happened[replies]:
            self.add(case, REPLY_OF_BUYER, number=self.happened[replies])


def recorded(model: PlanModel, count: int) -> Arrays:
    """Draws that the first replications of a plan make when they need them.

    Parameters
    ----------
    model
        The plan.
    count
        How many replications, from number 0.

    Returns
    -------
    ndarray
        Of `DRAW`, in the order in which they are made.
    """
    recorder = _Recorder(model)
    note, note_dispute, look = Case.note, Case.note_dispute, reference_inspection.defects_found

    def heard(case: Case, event: Event, amount: int = 0) -> None:
        note(case, event, amount)
        recorder.order_event(case, event)

    def heard_in_dispute(case: Case, event: Event, amount: int = 0) -> None:
        note_dispute(case, event, amount)
        recorder.dispute_event(case, event)

    def seen(world: Any, *inspected: Any) -> Any:  # noqa: ANN401 - handed on as it comes
        recorder.found = inspected
        return look(world, *inspected)

    with (
        patch.object(Case, "note", heard),
        patch.object(Case, "note_dispute", heard_in_dispute),
        patch.object(reference_inspection, "defects_found", seen),
    ):
        reference.simulate(model, range(count))
    return np.array(recorder.draws, dtype=DRAW)


# ------------------------------------------------------------------------------------------ the kernels


@inlined
def draw_again(world: World, draw: Record) -> float:  # noqa: PLR0911 - one for each kind
    """Make a draw of the replication that the world is in."""
    variant, case = variant_at(world, draw.variant), case_at(world, draw.order)
    supplier, setting, entity, last = supplier_at(world, variant.supplier), world.setting, variant.entity, draw.last
    if draw.kind == DISPUTE:
        case.variant = draw.variant
        case.ground = draw.ground
        hash_lanes(world, case, entity, _DISPUTE_STRIDE * np.uint64(draw.ground))
        draw_sites(world, case, variant)
        return 0.0
    if draw.kind == FOUND:
        return float(found_of_class(world, draw.lot, draw.defective, draw.sample, draw.detection, entity, last))
    if draw.kind == REPLY_OF_SUPPLIER:
        return float(later_reply(world, case, D_SUPPLIER_REPLY, draw.number, supplier.reply))
    if draw.kind == REPLY_OF_BUYER:
        return float(later_reply(world, case, D_BUYER_REPLY, draw.number, setting.reply))
    if draw.kind == BOOKED:
        table, (uniform, _) = inspection_at(world, variant.inspection).booking, uniforms_at(world, entity, last)
        return float(minutes_of(world, variant, C_BOOKING, draw.number, table, uniform))
    if draw.kind == REWORKED:
        uniform, _ = uniforms_at(world, entity, last)
        return float(minutes_of(world, variant, C_REWORK, draw.number, supplier.rework, uniform))
    if draw.kind == PAIR:
        _, uniform = uniforms_at(world, entity, last)
        return uniform
    if draw.kind == THREE_PAIRS:
        critical, major, minor = uniforms_of_classes(world, entity, last)
        return critical + major + minor
    run_program(world, variant.first_step, variant.steps, world.replication, world.column, 1, world.given_column)
    return 0.0


@inlined
def make_common_draws(world: World, first: int, columns: int, given: int) -> None:
    """Make the common draws of a block of replications, as the engine's kernel does."""
    for number in range(world.variants_count):
        variant = variant_at(world, number)
        if variant.eager:
            run_program(world, variant.first_step, variant.steps, first, 0, columns, given)


@entry
def make_draws(worlds: Arrays, first: int, count: int, begins: Arrays, draws: Arrays) -> float:
    """Make the draws of replications and nothing else.

    Parameters
    ----------
    worlds
        The plan, and the room to work in.
    first, count
        Number of the first replication, and how many.
    begins
        Shape (count + 1,): where the draws of each replication begin among `draws`.
    draws
        Of `DRAW`: what is drawn besides the common draws.

    Returns
    -------
    float
        Sum of what was drawn, in minutes, units and uniforms, so that nothing of it can be left out.
    """
    world, total = worlds[0], 0.0
    for start in range(0, count, BLOCK):
        columns = min(BLOCK, count - start)
        make_common_draws(world, first + start, columns, start)
        for column in range(columns):
            number = start + column
            world.replication = first + number
            world.column = column
            world.given_column = number
            for place in range(begins[number], begins[number + 1]):
                total += draw_again(world, draws[place])
    return total


STORY, ACCOUNTS, SUMS = range(3)
"""How far `go_as_far` goes."""


@entry
def go_as_far(worlds: Arrays, first: int, count: int, amounts: Arrays, totals: Arrays, depth: int) -> int:
    """Simulate replications as the engine's kernel does, but only as far as wanted.

    Parameters
    ----------
    worlds, first, count
        As for `make_draws`.
    amounts, totals
        As for the engine's kernel.
    depth
        `STORY`, `ACCOUNTS` or `SUMS`.

    Returns
    -------
    int
        How many disputes there were, from `ACCOUNTS` on.
    """
    world, disputes = worlds[0], 0
    for start in range(0, count, BLOCK):
        columns = min(BLOCK, count - start)
        make_common_draws(world, first + start, columns, start)
        for column in range(columns):
            world.replication = first + start + column
            world.column = column
            world.given_column = start + column
            replicate(world)
            if depth >= ACCOUNTS:
                _, _, _, more = settle_accounts(world, amounts[0])
                disputes += more
            if depth >= SUMS:
                add_squares(totals, amounts[0])
    return disputes


def _keep(kernel: Callable[..., Any], examples: tuple[Any, ...]) -> None:
    """Load a kernel of this file, or compile and keep it: its name tells versions of this file apart."""
    if "-" not in kernel.__qualname__:
        source = blake2b(Path(__file__).read_bytes(), digest_size=8).hexdigest()
        function: Any = getattr(kernel, "py_func", kernel)
        function.__qualname__ = f"{kernel.__name__}-{source}"
    load_or_compile(kernel, examples)


class DrawsAlone:
    """Some replications of a plan, to be gone through in part.

    Parameters
    ----------
    model
        The plan; the laws of all its distributions are drawn by the kernel.
    count
        How many replications, from number 0.
    """

    def __init__(self, model: PlanModel, count: int) -> None:
        self._packed = packed = pack(model)  # kept, since the kernels know only the addresses of its arrays
        if packed.given:
            message = f"some draws of {model.plan} are made by Python: they are not the kernel's"
            raise ValueError(message)
        self.count = count
        self._room = _Room(packed, np.empty((0, 0)), 0)
        self._orders = np.zeros((1, len(model.orders)), dtype=ORDER_RECORD)
        self._room.world["out"] = address_of(self._orders)
        self._totals = np.zeros((TOTALS, len(SUMMED)), dtype=np.int64)
        self.draws = recorded(model, count)
        self._chosen: dict[tuple[int, ...], tuple[Arrays, Arrays]] = {}

    def of_kind(self, *kinds: int) -> int:
        """How many draws of some kinds there are."""
        return int(np.isin(self.draws["kind"], kinds).sum())

    def make(self, *kinds: int) -> float:
        """Make the common draws, and those of some kinds; returns the sum of what was drawn."""
        if kinds not in self._chosen:
            draws = self.draws[np.isin(self.draws["kind"], kinds)]
            self._chosen[kinds] = np.searchsorted(draws["replication"], np.arange(self.count + 1)), draws
        begins, draws = self._chosen[kinds]
        return float(make_draws(self._room.world, 0, self.count, begins, draws))

    def as_far(self, depth: int) -> int:
        """Simulate as far as wanted; returns the number of disputes, from `ACCOUNTS` on."""
        return int(go_as_far(self._room.world, 0, self.count, self._room.amounts, self._totals, depth))


_NOTHING: Final = np.empty(0, dtype=np.int64)


def prepare_draws() -> None:
    """Load or compile the kernel of the draws."""
    _keep(make_draws, (np.zeros(1, dtype=WORLD), 0, 0, _NOTHING, np.zeros(1, dtype=DRAW)))


def prepare_parts() -> None:
    """Load or compile the kernel that goes as far as wanted."""
    _keep(
        go_as_far,
        (np.zeros(1, dtype=WORLD), 0, 0, np.zeros((1, 1), dtype=np.int64), np.zeros((1, 1), dtype=np.int64), 0),
    )
