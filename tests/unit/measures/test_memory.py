"""Memory: eight bytes a replication are kept, eight more are taken for a moment, and nothing else grows with them."""

from __future__ import annotations

import tracemalloc
from typing import TYPE_CHECKING

import numpy as np
import pytest

from sim.measures import PlanTally, paired_difference
from sim.totals import SUMMED, Totals, exact_totals

if TYPE_CHECKING:
    from collections.abc import Callable

REPLICATIONS = 1_000_000
PIECE = 50_000
BASE = 3_000_000
"""Bytes that a piece, and the imports of a first use, may take whatever the number of replications."""


def totals(seed: int) -> Totals:
    """Totals of a piece, made up."""
    losses = np.random.default_rng(seed).gamma(2, 200_000, PIECE).astype(np.int64)
    sums, squares = exact_totals(losses[:, np.newaxis])
    return Totals(losses, sums * len(SUMMED), squares * len(SUMMED), late=seed, with_claim=1)


def tally(*, reserved: bool) -> PlanTally:
    """Tally of a million replications."""
    made = PlanTally(100)
    if reserved:
        made.reserve(REPLICATIONS)
    for seed in range(REPLICATIONS // PIECE):
        made.add_totals(totals(seed))
    return made


def bytes_a_replication(work: Callable[[], object]) -> float:
    """Most memory that a piece of work takes at any moment, beside what was there before."""
    work()  # what is imported or cached on first use is no matter of the replications
    tracemalloc.start()
    try:
        work()
        return (tracemalloc.get_traced_memory()[1] - BASE) / REPLICATIONS
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(("reserved", "most"), [(True, 8.0), (False, 16.0)])
def test_losses_are_kept_once(reserved: bool, most: float) -> None:
    assert bytes_a_replication(lambda: tally(reserved=reserved)) <= most


def test_measures_take_one_more_copy() -> None:
    made = tally(reserved=True)
    assert bytes_a_replication(lambda: made.measures(0.95, (1_000.0, 2_000.0))) <= 8.0


def test_a_difference_takes_none() -> None:
    first, second = tally(reserved=True).losses, tally(reserved=True).losses
    assert bytes_a_replication(lambda: paired_difference(first, second, 0.95)) <= 0.0


def test_room_made_later_leaves_the_losses_alone() -> None:
    made = PlanTally(100)
    before = made.losses
    for seed in range(3):
        made.add_totals(totals(seed))
        made.reserve(made.n + 1)
    assert made.losses.tolist() == [loss for seed in range(3) for loss in totals(seed).losses.tolist()]
    assert made.n == len(made.losses) == 3 * PIECE
    assert len(before) == 0
