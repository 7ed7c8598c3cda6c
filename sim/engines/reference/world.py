"""What the processes of one replication share: the clock, the resources, the limits, and the record of events.

Simultaneous events fall in (minute, order) order; within an order its production and shipment come before its
dispute. SimPy alone would take them in the order in which they were scheduled, so every wait of an order goes through
a `Wake`, which is scheduled with the order's own priority.
"""

from __future__ import annotations

from heapq import heappush
from typing import TYPE_CHECKING, Any, TypeVar

from simpy import Environment, Resource
from simpy.events import Event as SimpyEvent

from sim.protocol import IMPOSSIBLE, Event, State
from sim.rules.durations import ends_after
from sim.rules.refund import is_drawn_down, limit_left, limit_of_supplier
from sim.rules.sampling import switching_start

if TYPE_CHECKING:
    from collections.abc import Generator

    from sim.engines.reference.case import Case
    from sim.engines.variates import VariateSource
    from sim.model import PlanModel, Timespan
    from sim.rules.sampling import SwitchingState

    Told = TypeVar("Told")
    Story = Generator[SimpyEvent, Any, Told]
    """A part of the story: SimPy events to wait for, and what it comes to in the end."""


class Wake(SimpyEvent):
    """A timeout that falls, within its minute, in the turn of its order."""

    def __init__(self, env: Environment) -> None:
        # As simpy's own Timeout does it: the fields of an event that is already decided, without the detours.
        self.env = env
        self.callbacks = []
        self._value = None
        self._ok = True


class Clock(Environment):
    """SimPy's environment, with a clock that goes back to the start between replications.

    A run that has ended leaves an empty queue and idle resources, so nothing else has to be made anew; making it anew
    a million times over costs more than an order's own events.
    """

    def restart(self) -> None:
        """Set the clock to minute 0."""
        self._now = 0

    def wake_at(self, minute: int, turn: int) -> Wake:
        """Wait for a minute, and within it for one's turn.

        Any integer orders simpy's queue within a minute, not only its own two priorities.
        """
        wake = Wake(self)
        heappush(self._queue, (minute, turn, next(self._eid), wake))  # type: ignore[misc]
        return wake


_UNSEEN = switching_start()
_UNSEEN_TIGHTENED = switching_start(tightened_first=True)


class World:
    """What the orders of a replication share; used for one replication after the other.

    Parameters
    ----------
    model
        The plan.
    source
        Of draws that are needed seldom.
    tracing
        Whether to keep the trace of events.
    """

    __slots__ = (
        "_awaited",
        "_handlers",
        "_inspectors",
        "_refunds",
        "_slots",
        "_switching",
        "dispute_matrix",
        "env",
        "model",
        "order_matrix",
        "replication",
        "source",
        "trace",
        "tracing",
    )

    def __init__(self, model: PlanModel, source: VariateSource, *, tracing: bool = False) -> None:
        self.model = model
        self.source = source
        self.tracing = tracing
        self.order_matrix = model.order_matrix
        self.dispute_matrix = model.dispute_matrix
        # SimPy types its clock as integer or float; here it only ever holds whole minutes.
        self.env: Any = Clock()
        self._slots: dict[int, Resource] = {}
        self._inspectors: dict[int, Resource] = {}
        self._handlers: Resource | None = None
        self.begin(0)

    def begin(self, replication: int) -> None:
        """Begin a replication: the clock at the start, nothing used up, nothing remembered."""
        self.replication = replication
        self.env.restart()
        self.trace: list[tuple[int, int, int, int, int]] = []
        self._awaited: dict[tuple[int, int], SimpyEvent] = {
            milestone: self.env.event() for milestone in self.model.milestones
        }
        self._refunds: dict[int, list[tuple[int, int]]] = {}
        self._switching: dict[int, SwitchingState] = {}

    def slots(self, firm: int, capacity: int) -> Resource:
        """Production slots of a firm, which this buyer's orders share."""
        slots = self._slots.get(firm)
        if slots is None:
            slots = self._slots[firm] = Resource(self.env, capacity)
        return slots

    def inspectors(self, inspection: int) -> Resource:
        """Inspectors of one kind of inspection, as many as attend to this buyer's orders at once."""
        inspectors = self._inspectors.get(inspection)
        if inspectors is None:
            inspectors = self._inspectors[inspection] = Resource(self.env, self.model.inspectors[inspection])
        return inspectors

    def handlers(self) -> Resource:
        """People of the buyer who answer disputes."""
        if self._handlers is None:
            self._handlers = Resource(self.env, self.model.buyer.handlers)
        return self._handlers

    def end_of(self, span: Timespan, drawn: int, calendar: int) -> int:
        """Minute at which a drawn time that starts now is over."""
        return ends_after(self.model.calendars[calendar], self.env.now, drawn, span.working)

    def awaited(self, order: int, milestone: int) -> SimpyEvent:
        """Wait for a milestone of another order; its value says whether it was reached or has become impossible."""
        return self._awaited[order, milestone]

    def reach(self, order: int, milestone: int) -> None:
        """Tell those who wait for a milestone that it has been reached."""
        if self._awaited and (event := self._awaited.get((order, milestone))) is not None and not event.triggered:
            event.succeed(True)

    def release(self, order: int) -> None:
        """Tell those who wait for a milestone of an order that is over that it will not come."""
        for (index, _), event in self._awaited.items():
            if index == order and not event.triggered:
                event.succeed(False)

    def switching(self, firm: int, *, tightened_first: bool = False) -> SwitchingState:
        """Severity of inspection of a firm's lots, and what it follows from."""
        return self._switching.get(firm, _UNSEEN_TIGHTENED if tightened_first else _UNSEEN)

    def switch(self, firm: int, state: SwitchingState) -> None:
        """Remember what a lot's inspection did to the severity."""
        self._switching[firm] = state

    def limit_left(self, case: Case) -> int:
        """Cents left of the limit under which a case's refund falls; -1 for no limit."""
        terms, supplier = self.model.terms, case.supplier
        limit = limit_of_supplier(terms, supplier.limit, case.variates.used_by_others)
        drawn = sum(
            cents for paid, cents in self._refunds.get(supplier.firm, ()) if is_drawn_down(terms, paid, self.env.now)
        )
        return limit_left(limit, drawn)

    def book_refund(self, firm: int, cents: int) -> None:
        """Let a refund draw on the firm's limit from now on."""
        self._refunds.setdefault(firm, []).append((self.env.now, cents))


def is_granted(request: SimpyEvent) -> bool:
    """Whether a resource has been given to who asked for it."""
    return request.triggered


def check_possible(becomes: int, state: int, event: Event) -> None:
    """Stop on an event that the protocol does not know in a state: an error of this program, never of the user."""
    if becomes == IMPOSSIBLE:
        message = f"{event.name} cannot happen in state {State(state).name}"
        raise AssertionError(message)
