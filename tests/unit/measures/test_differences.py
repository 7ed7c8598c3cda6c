"""Paired differences under common random numbers."""

from __future__ import annotations

from math import inf, isnan

import numpy as np
import pytest
from scipy import stats

from sim.measures.differences import paired_difference, replications_to_settle
from sim.measures.estimates import Estimate


def losses(count: int = 2_000) -> tuple[np.ndarray, np.ndarray]:
    """Losses of two plans that share most of their luck, in cents."""
    generator = np.random.default_rng(11)
    shared = generator.gamma(2, 50_000, count)
    first = shared + generator.normal(0, 2_000, count) + 1_000
    second = shared + generator.normal(0, 2_000, count)
    return first.astype(np.int64), second.astype(np.int64)


def test_difference_is_that_of_pairs() -> None:
    first, second = losses()
    found = paired_difference(first, second, 0.95).difference
    pairs = (first - second) / 100
    low, high = stats.t.interval(0.95, len(pairs) - 1, pairs.mean(), stats.sem(pairs))
    assert found == pytest.approx((pairs.mean(), low, high, 2_000))


def test_correlation_and_variance_reduction() -> None:
    first, second = losses()
    found = paired_difference(first, second, 0.95)
    assert found.correlation == pytest.approx(np.corrcoef(first, second)[0, 1])
    apart = first.var(ddof=1) + second.var(ddof=1)
    assert found.variance_reduction == pytest.approx(apart / (first - second).var(ddof=1))
    assert found.variance_reduction > 100


def test_settled_only_when_zero_lies_outside() -> None:
    first, second = losses()
    assert paired_difference(first, second, 0.95).settled
    assert paired_difference(second, first, 0.95).settled
    assert not paired_difference(first[:3], second[:3], 0.999).settled


def test_a_plan_against_itself() -> None:
    first, _ = losses()
    found = paired_difference(first, first, 0.95)
    assert found.difference[:3] == (0.0, 0.0, 0.0)
    assert found.variance_reduction == inf
    assert not found.settled


def test_losses_that_never_vary_have_no_correlation() -> None:
    found = paired_difference(np.array([5, 5, 5]), np.array([3, 3, 3]), 0.95)
    assert isnan(found.correlation)
    assert found.settled


@pytest.mark.parametrize(
    ("value", "half_width", "more"),
    [
        (10.0, 5.0, 0.0),  # settled already
        (10.0, 20.0, 1_000 * 4 * 1.2 - 1_000),  # a half-width twice the difference takes four times as many
        (0.0, 20.0, inf),
        (0.0, 0.0, inf),
    ],
)
def test_replications_to_settle(value: float, half_width: float, more: float) -> None:
    estimate = Estimate(value, value - half_width, value + half_width, 1_000)
    assert replications_to_settle(estimate) == more
