"""Confidence intervals cover what they should: 93 to 97 % of 1,000 repetitions at a level of 95 %.

The seed is fixed. With a true coverage of 95 % the number of hits in 1,000 has a standard deviation of 6.9, so that
a right interval falls outside 930 to 970 with probability 0.4 %.
"""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pytest
from scipy import stats
from scipy.optimize import brentq

from sim.experiments.precision import Extent, HalfWidth
from sim.measures import PlanTally
from sim.measures.differences import paired_difference
from sim.measures.estimates import Estimate, deviation_estimate, exact_sums, mean_estimate, share_estimate
from sim.measures.risk import conditional_value_at_risk, value_at_risk
from sim.outcomes import REPLICATION_RECORD
from sim.units import CENTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

REPETITIONS = 1_000
REPLICATIONS = 5_000
CONFIDENCE = 0.95
SCALE = 100_000  # cents

# Most replications lose a little, one in ten loses nearly everything: what a deposit lost looks like.
SHARES, CENTRES, SPREADS = np.array([0.9, 0.1]), np.array([1.0, 8.0]), np.array([0.3, 0.8])


class Law(NamedTuple):
    """Losses whose properties are known."""

    sample: Callable[[np.random.Generator], NDArray[np.float64]]
    mean: float
    deviation: float
    quantile: Callable[[float], float]
    beyond: Callable[[float], float]
    """Integral of the losses beyond a quantile: their mean times their probability."""


def known(law: stats.distributions.rv_frozen[stats.rv_continuous, float]) -> Law:
    """One of scipy's distributions, frozen."""
    return Law(
        lambda generator: np.asarray(law.rvs(size=REPLICATIONS, random_state=generator)),
        float(law.mean()),
        float(law.std()),
        lambda level: float(law.ppf(level)),
        lambda quantile: float(law.expect(lambda x: x, lb=quantile)),
    )


def mixture() -> Law:
    """Two normal distributions, by closed forms: beyond q a normal has the mean mu * sf(q) + sigma^2 * pdf(q)."""

    def sample(generator: np.random.Generator) -> NDArray[np.float64]:
        which = generator.choice(2, REPLICATIONS, p=SHARES)
        return generator.normal(CENTRES[which], SPREADS[which])

    def beyond(quantile: float) -> float:
        parts = CENTRES * stats.norm.sf(quantile, CENTRES, SPREADS)
        return float(SHARES @ (parts + SPREADS**2 * stats.norm.pdf(quantile, CENTRES, SPREADS)))

    def quantile(level: float) -> float:
        return float(brentq(lambda x: above(x) - (1 - level), -10, 20))

    def above(quantile: float) -> float:
        return float(SHARES @ stats.norm.sf(quantile, CENTRES, SPREADS))

    mean = float(SHARES @ CENTRES)
    return Law(sample, mean, float(np.sqrt(SHARES @ (SPREADS**2 + CENTRES**2) - mean**2)), quantile, beyond)


LAWS = {
    "gamma": known(stats.gamma(2)),
    "normal": known(stats.norm(3, 1)),
    "uniform": known(stats.uniform()),
    "mixture": mixture(),
}


def coverage(law: Law, truth: float, estimated: Callable[[NDArray[np.int64]], Estimate]) -> int:
    """How many of the repetitions' intervals hold the truth."""
    generator = np.random.default_rng(2026)
    hits = 0
    for _ in range(REPETITIONS):
        estimate = estimated(np.rint(law.sample(generator) * SCALE).astype(np.int64))
        hits += estimate.low <= truth * SCALE <= estimate.high
    return hits


@pytest.mark.parametrize("law", LAWS.values(), ids=LAWS)
def test_mean(law: Law) -> None:
    def estimated(losses: NDArray[np.int64]) -> Estimate:
        return mean_estimate(exact_sums(losses[:, np.newaxis])[0], CONFIDENCE)

    assert 930 <= coverage(law, law.mean, estimated) <= 970


@pytest.mark.parametrize("law", LAWS.values(), ids=LAWS)
def test_deviation(law: Law) -> None:
    hits = coverage(law, law.deviation, lambda losses: deviation_estimate(losses, CONFIDENCE))
    assert 930 <= hits <= 970


@pytest.mark.parametrize("level", [0.95, 0.99])
@pytest.mark.parametrize("law", LAWS.values(), ids=LAWS)
def test_value_at_risk(law: Law, level: float) -> None:
    def estimated(losses: NDArray[np.int64]) -> Estimate:
        return value_at_risk(np.sort(losses), level, CONFIDENCE)

    assert 930 <= coverage(law, law.quantile(level), estimated) <= 970


@pytest.mark.parametrize("level", [0.95, 0.99])
@pytest.mark.parametrize("law", LAWS.values(), ids=LAWS)
def test_conditional_value_at_risk(law: Law, level: float) -> None:
    def estimated(losses: NDArray[np.int64]) -> Estimate:
        return conditional_value_at_risk(np.sort(losses), level, CONFIDENCE)

    truth = law.beyond(law.quantile(level)) / (1 - level)
    assert 930 <= coverage(law, truth, estimated) <= 970


@pytest.mark.parametrize("share", [0.002, 0.03, 0.4])
def test_share(share: float) -> None:
    counts = np.random.default_rng(2026).binomial(REPLICATIONS, share, REPETITIONS)
    intervals = [share_estimate(int(count), REPLICATIONS, CONFIDENCE) for count in counts]
    assert 930 <= sum(interval.low <= share <= interval.high for interval in intervals) <= 970


def test_paired_difference() -> None:
    generator = np.random.default_rng(2026)
    hits = 0
    for _ in range(REPETITIONS):
        shared = generator.gamma(2, SCALE, 1_000)
        first = np.rint(shared + generator.exponential(3_000, 1_000)).astype(np.int64)
        second = np.rint(shared + generator.exponential(2_000, 1_000)).astype(np.int64)
        found = paired_difference(first, second, CONFIDENCE).difference
        hits += found.low <= 10.0 <= found.high
    assert 930 <= hits <= 970


@pytest.mark.parametrize("law", [LAWS["gamma"], LAWS["mixture"]], ids=["gamma", "mixture"])
def test_mean_where_a_run_stops(law: Law) -> None:
    """A run stops at the first look at which the interval is narrow enough: few looks cost no coverage to speak of."""
    wanted = HalfWidth(1.96 * law.deviation / law.mean / sqrt(REPLICATIONS), None, CONFIDENCE)
    extent = Extent(2 * REPLICATIONS, wanted)
    generator = np.random.default_rng(2026)
    hits, stops = 0, set()
    for _ in range(REPETITIONS):
        losses = np.concatenate([law.sample(generator), law.sample(generator)])
        estimate = estimate_at_stop(np.rint(losses * SCALE).astype(np.int64), extent)
        stops.add(estimate.n)
        hits += estimate.low <= law.mean * SCALE / CENTS <= estimate.high
    assert len(stops) > 1
    assert max(stops) < extent.replications
    assert 930 <= hits <= 970


def estimate_at_stop(losses: NDArray[np.int64], extent: Extent) -> Estimate:
    """Expected loss, with its interval, where a run with these losses stops."""
    tally = PlanTally(1)
    for stage in extent.stages():
        records = np.zeros(stage - tally.n, REPLICATION_RECORD)
        records["loss"] = losses[tally.n : stage]
        tally.add(records)
        if extent.reached([tally]):
            break
    return tally.mean("loss", CONFIDENCE)
