"""The engines: the same model, each with its own choreography, behind one signature."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.model import PlanModel
    from sim.outcomes import Outcomes


def simulate(model: PlanModel, replications: range, *, trace: bool = False) -> Outcomes:
    """Simulate replications of a plan with the engine at hand; see `sim.engines.reference.simulate`."""
    from sim.engines.reference import simulate as by_reference

    return by_reference(model, replications, trace=trace)
