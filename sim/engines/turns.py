"""Replications under parameter sets in turn: whichever engine simulates, it is handed one model at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.outcomes import Outcomes
from sim.totals import Totals

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sim.model import PlanModel


def simulated_in_turn(
    model: PlanModel, replications: range, simulate: Callable[[PlanModel, range], Outcomes]
) -> Outcomes:
    """Outcomes of replications, each under the parameter set whose turn it is.

    Parameters
    ----------
    model
        A plan, with or without parameter sets.
    replications
        Consecutive numbers.
    simulate
        What an engine does with one model; the turns are taken here.
    """
    if not model.drawn or not replications:
        return simulate(model, replications)
    found = [simulate(one, turn) for one, turn in _turns(model, replications)]
    return Outcomes(
        replications=np.concatenate([one.replications for one in found]),
        orders=np.concatenate([one.orders for one in found]),
        trace=np.concatenate([one.trace for one in found]),
    )


def summarised_in_turn(
    model: PlanModel, replications: range, summarise: Callable[[PlanModel, range], Totals]
) -> Totals:
    """Totals of replications, each under the parameter set whose turn it is; as `simulated_in_turn`."""
    if not model.drawn or not replications:
        return summarise(model, replications)
    found = [summarise(one, turn) for one, turn in _turns(model, replications)]
    return Totals(
        losses=np.concatenate([one.losses for one in found]),
        sums=tuple(map(sum, zip(*(one.sums for one in found), strict=True))),
        squares=tuple(map(sum, zip(*(one.squares for one in found), strict=True))),
        late=sum(one.late for one in found),
        with_claim=sum(one.with_claim for one in found),
    )


def _turns(model: PlanModel, replications: range) -> Iterator[tuple[PlanModel, range]]:
    """Replications that follow each other under one set."""
    begin = replications.start
    while begin < replications.stop:
        end = min((begin // model.block + 1) * model.block, replications.stop)
        yield model.under(begin), range(begin, end)
        begin = end
