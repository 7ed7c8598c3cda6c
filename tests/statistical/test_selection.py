"""The contest keeps its promise on normal observations whose means are known; seeds are fixed.

The least favourable case is the slippage configuration: all other plans lose just the indifference more than the best.
Of 500 repetitions at a true 95 % the share of right answers has a standard deviation of 1 %, so a right procedure falls
more than three of them below with a probability of 0.2 %. Kim and Nelson's guarantee is an inequality, and a share
above it is no fault; for two plans it is all but an equality, which is where a boundary that is too generous shows.
"""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING, Final

import numpy as np
import pytest

from sim.experiments.contest import Contest

if TYPE_CHECKING:
    from collections.abc import Sequence

REPETITIONS: Final = 500
GUARANTEE: Final = 0.95
MARGIN: Final = 3 * sqrt(GUARANTEE * (1 - GUARANTEE) / REPETITIONS)
FIRST: Final = 15
PIECE: Final = 64


def choices(means: Sequence[float], indifference: float, *, correlation: float, spread: float = 4.0) -> list[int]:
    """What repeated contests choose among plans with these means, whose luck is shared as far as the correlation."""
    luck = np.random.default_rng(2001)
    return [chosen(luck, np.asarray(means), indifference, correlation, spread) for _ in range(REPETITIONS)]


def chosen(
    luck: np.random.Generator,
    means: np.ndarray[tuple[int], np.dtype[np.float64]],
    indifference: float,
    correlation: float,
    spread: float,
) -> int:
    """What one contest chooses."""

    def observed(rounds: int) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
        own = luck.normal(0, sqrt(1 - correlation), (rounds, len(means)))
        return means + spread * (own + luck.normal(0, sqrt(correlation), (rounds, 1)))

    contest = Contest(observed(FIRST), guarantee=GUARANTEE, indifference=indifference)
    rows = iter(observed(0))
    while not contest.settled:
        row = next(rows, None)
        if row is None:
            rows = iter(observed(PIECE))
        else:
            contest.add(row[contest.contenders])
    return contest.leader


def share(found: list[int], right: set[int]) -> float:
    """Share of right answers."""
    return sum(choice in right for choice in found) / len(found)


@pytest.mark.parametrize("correlation", [0.0, 0.7])
@pytest.mark.parametrize("best", [0, 2])
def test_slippage(best: int, correlation: float) -> None:
    means = [2.0] * 5
    means[best] = 0.0
    assert share(choices(means, 2.0, correlation=correlation), {best}) >= GUARANTEE - MARGIN


def test_two_plans_get_what_was_asked_and_hardly_more() -> None:
    found = share(choices([1.0, 0.0], 1.0, correlation=0.5), {1})
    assert GUARANTEE - MARGIN <= found <= 0.985


def test_a_gap_below_the_indifference_is_not_promised() -> None:
    """Else the tests above would pass whatever the boundary: plans this close are mistaken for each other."""
    assert share(choices([0.25, 0.0], 1.0, correlation=0.5), {1}) < 0.85


def test_a_plan_within_the_indifference_is_chosen() -> None:
    """Not proved by Kim and Nelson, who ask for one best plan, but this is what an importer cares about."""
    means = [0.0, 0.4, 0.9, 1.1, 1.2, 1.5]
    assert share(choices(means, 1.0, correlation=0.3), {0, 1, 2}) >= GUARANTEE - MARGIN
