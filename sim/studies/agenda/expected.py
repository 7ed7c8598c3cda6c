"""What is to be expected of an order whose dates are not known yet: what happened in the simulated ones."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import numpy as np

from sim.engines import engine_named
from sim.model import build_model
from sim.protocol import Event, State, dispute_transitions
from sim.studies.agenda.moments import Basis, Moment
from sim.units import NEVER

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from numpy.typing import NDArray

    from sim.engines import Tell
    from sim.model import PlanModel
    from sim.scenario import Scenario

    Minutes = NDArray[np.int64]

FEWEST: Final = 20
"""From fewer simulated orders no range is told."""
_RANGE: Final = (0.05, 0.5, 0.95)
_RECORDED: Final = ("placed", "shipped", "received", "checked")
_TRACED: Final = {
    "dispute_opened": frozenset({Event.DISPUTE_OPENED}),
    "supplier_answered": frozenset({Event.SUPPLIER_OFFERED}),
    "refund_paid": frozenset({Event.REFUND_PAID}),
}


@dataclass(frozen=True)
class Expected:
    """Milestones of one order of a plan, in many replications.

    Attributes
    ----------
    start
        The date of minute 0 of these replications.
    minutes
        By milestone: the minute at which it was first reached in each replication, -1 where it was not.
    """

    start: date
    minutes: Mapping[str, Minutes]

    @property
    def n(self) -> int:
        """Number of replications."""
        return len(self.minutes["placed"])

    def share(self, name: str) -> float:
        """Share of the placed orders that reach a milestone; of all that could be, for the placing itself."""
        placed = self.minutes["placed"] >= (NEVER if name == "placed" else 0)
        return float(np.mean(self.minutes[name][placed] >= 0)) if placed.any() else 0.0

    def moment(self, name: str, shift: int) -> Moment | None:
        """When a milestone is reached; None where it is too seldom.

        Parameters
        ----------
        name
            The milestone.
        shift
            Minutes to add, for a clock that began earlier.
        """
        reached = self.minutes[name][self.minutes[name] >= 0]
        return _moment(reached + shift) if len(reached) >= FEWEST else None

    def after(self, name: str, known: str, moment: Moment) -> Moment | None:
        """When a milestone is reached, counted from another one whose moment is known; None where it is too seldom."""
        there, here = self.minutes[name], self.minutes[known]
        both = (here >= 0) & (there >= here)
        return _moment((there - here)[both] + moment.minute) if both.sum() >= FEWEST else None


def _moment(minutes: Minutes) -> Moment:
    low, middle, high = np.quantile(minutes, _RANGE, method="inverted_cdf").tolist()
    return Moment(int(middle), int(low), int(high), Basis.EXPECTED)


def expected_orders(
    scenario: Scenario,
    plan: str,
    *,
    replications: int,
    seed: int | None = None,
    shift: int = 0,
    tell: Tell | None = None,
) -> tuple[Expected, ...]:
    """Simulate a plan and note when each of its orders reaches its milestones.

    Parameters
    ----------
    scenario, plan
        What is simulated.
    replications, seed
        How often, and with which luck.
    shift
        Days by which everything begins later, so that holidays fall where they do for an order placed on another day.
    tell
        Called with a sentence where the engine takes a while to be made ready.

    Returns
    -------
    tuple of Expected
        For each order of the plan.
    """
    start = scenario.model.start + timedelta(days=shift)
    # not checked again: dates that the plan names, such as the day of need, may now lie before the start
    moved = replace(scenario, model=scenario.model.model_copy(update={"start": start})) if shift else scenario
    model = build_model(moved, plan, seed=seed)
    engine = engine_named("auto")
    engine.prepare(tell)
    outcomes = engine.simulate(model, range(replications), trace=True)
    traced = _traced(model)
    found = []
    for number in range(len(model.orders)):
        minutes = {name: outcomes.orders[name][:, number].astype(np.int64) for name in _RECORDED}
        of_order = outcomes.trace[outcomes.trace["order"] == number]
        for name, events in traced.items():
            minutes[name] = _first(of_order, events, replications)
        found.append(Expected(start, minutes))
    return tuple(found)


def _traced(model: PlanModel) -> dict[str, frozenset[Event]]:
    """Milestones that only the trace of events tells, each with its events."""
    escalating = {
        event for (_, event), becomes in dispute_transitions(model.terms).items() if becomes is State.AWAITING_EVIDENCE
    }
    return {**_TRACED, "escalated": frozenset(escalating)}


def _first(trace: NDArray[np.void], events: frozenset[Event], replications: int) -> Minutes:
    """Minute of the first of some events in each replication; -1 where there is none."""
    rows = trace[np.isin(trace["event"], [int(event) for event in events])]
    minutes = np.full(replications, NEVER, dtype=np.int64)
    minutes[rows["replication"][::-1]] = rows["minute"][::-1]
    return minutes
