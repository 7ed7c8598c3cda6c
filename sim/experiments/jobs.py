"""A run as a job: what a worker needs to simulate any piece of it, and how the pieces are handed on in their order."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from time import perf_counter
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections import deque
    from collections.abc import Callable, Iterator
    from concurrent.futures import Future

    from sim.engines import Engine
    from sim.experiments.pieces import Piece, Sizes
    from sim.model import PlanModel
    from sim.outcomes import Outcomes
    from sim.totals import Totals

    Found = Outcomes | Totals
    Worked = tuple[Found, float]
    """What a piece came to, and the seconds that it took."""

AHEAD: Final = 2
"""Pieces under way for each worker: one being simulated, one waiting, so that memory stays flat."""


@dataclass(frozen=True, slots=True)
class Job:
    """What is simulated, and by what: all that a worker needs besides a piece.

    Attributes
    ----------
    models
        One for each plan.
    engine
        What simulates.
    with_tables
        Whether every outcome is wanted; totals are enough where no table is kept.
    """

    models: tuple[PlanModel, ...]
    engine: Engine
    with_tables: bool

    def work(self, piece: Piece) -> Worked:
        """Simulate a piece."""
        begun = perf_counter()
        simulate = self.engine.simulate if self.with_tables else self.engine.summarise
        found: Found = simulate(self.models[piece.plan], piece.replications)
        return found, perf_counter() - begun


def handed_on(
    waiting: deque[tuple[Piece, Future[Worked]]],
    work: Iterator[Piece],
    sizes: Sizes,
    submit: Callable[[Piece], Future[Worked]],
) -> Iterator[tuple[int, Found]]:
    """What pieces came to, in the order of the pieces, each with the index of its plan.

    Parameters
    ----------
    waiting
        The first pieces, which workers have begun.
    work
        All others; one is submitted for each that is done.
    sizes
        Learns how long pieces take.
    submit
        Gives a piece to the workers.
    """
    while waiting:
        piece, future = waiting.popleft()
        found, seconds = future.result()
        sizes.took(piece, seconds)
        waiting.extend((following, submit(following)) for following in islice(work, 1))
        yield piece.plan, found
