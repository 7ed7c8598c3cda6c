"""Both engines at once: whatever a test simulates here, both must tell alike."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from sim.engines import compiled, reference
from sim.engines.equality import first_difference
from sim.protocol import Event
from sim.totals import totals_of

if TYPE_CHECKING:
    from sim.engines.equality import Difference
    from sim.model import PlanModel
    from sim.outcomes import Outcomes

COMPARED: Final[Counter[str]] = Counter()
"""How much has been compared so far in this process: plans, replications, orders, events."""

_AROUND = 6
"""Events shown before and after the one that differs."""


def simulated(model: PlanModel, replications: range, *, trace: bool = True) -> Outcomes:
    """Simulate a plan with both engines, which must agree to the last bit.

    Raises
    ------
    AssertionError
        If they do not: it tells the first difference, and what both say around it.
    """
    expected = reference.simulate(model, replications, trace=trace)
    found = compiled.simulate(model, replications, trace=trace)
    difference = first_difference(expected, found)
    assert difference is None, told(model, expected, found, difference)
    COMPARED.update(
        plans=1,
        replications=len(expected.replications),
        orders=expected.orders.size,
        events=len(expected.trace),
    )
    return expected


def summed(model: PlanModel, outcomes: Outcomes) -> None:
    """Have both engines add up the replications that outcomes are of: the sums must be those of the outcomes.

    Raises
    ------
    AssertionError
        If they are not, in any bit.
    """
    numbers = outcomes.replications["replication"].tolist()
    replications = range(numbers[0], numbers[-1] + 1) if numbers else range(0)
    expected = totals_of(outcomes.replications)
    for engine in (reference, compiled):
        found = engine.summarise(model, replications)
        assert found.losses.dtype == expected.losses.dtype
        assert found.losses.tobytes() == expected.losses.tobytes()
        assert replace(found, losses=expected.losses) == expected


def told(model: PlanModel, expected: Outcomes, found: Outcomes, difference: Difference) -> str:
    """A difference, and what both engines say before and after it."""
    return "\n".join(
        [
            str(difference),
            f"plan {model.plan}, seed {model.seed}, orders {', '.join(model.order_ids)}",
            "expected:",
            *events_around(expected, difference),
            "found:",
            *events_around(found, difference),
        ]
    )


def events_around(outcomes: Outcomes, difference: Difference) -> list[str]:
    """Events of the replication that differs, a line each, as many as help."""
    events = outcomes.trace[outcomes.trace["replication"] == difference.replication]
    minute = difference.minute
    first = 0 if minute is None else max(int(np.searchsorted(events["minute"], minute)) - _AROUND, 0)
    return [
        f"  {event['minute']:>8} order {event['order']}  {Event(event['event']).name} {event['amount']}"
        for event in events[first : None if minute is None else first + 3 * _AROUND]
    ]


def counts() -> str:
    """How much has been compared so far, in words."""
    return ", ".join(f"{number:,} {name}" for name, number in COMPARED.items())
