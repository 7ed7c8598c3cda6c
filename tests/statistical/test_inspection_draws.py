"""Frequencies of inspection results; fixed seed, each test errs once in ten thousand seeds (alpha 1e-4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy.stats import binom, chisquare, hypergeom

from sim.rules.inspection import detected, factorials_up_to, sampled_defectives

if TYPE_CHECKING:
    from numpy.typing import NDArray

ALPHA = 1e-4
DRAWS = 20_000
FACTORIALS = factorials_up_to(3000)
LARGEST = 126


def p_value(draws: list[int], probabilities: NDArray[np.float64]) -> float:
    """Chi-square goodness of fit, classes with fewer than ten expected draws lumped together at the ends."""
    expected = probabilities * len(draws)
    observed = np.bincount(draws, minlength=len(expected))
    frequent = np.flatnonzero(expected >= 10)
    edges = np.concatenate(([0], frequent[1:]))
    lumped = (np.add.reduceat(observed, edges), np.add.reduceat(expected, edges))
    return float(chisquare(*lumped).pvalue)


@pytest.mark.parametrize(("defective", "detection"), [(90, 0.92), (600, 0.7), (2900, 0.99)])
def test_frequencies(defective: int, detection: float) -> None:
    uniforms = np.random.default_rng(20260302).random((2, DRAWS))
    numbers = np.arange(LARGEST)
    sampled = [sampled_defectives(3000, defective, 125, u, FACTORIALS) for u in uniforms[0].tolist()]
    assert p_value(sampled, hypergeom(3000, defective, 125).pmf(numbers)) > ALPHA

    found = [detected(count, detection, u, FACTORIALS) for count, u in zip(sampled, uniforms[1].tolist(), strict=True)]
    thinned = hypergeom(3000, defective, 125).pmf(numbers) @ binom(numbers[:, None], detection).pmf(numbers)
    assert p_value(found, thinned) > ALPHA
