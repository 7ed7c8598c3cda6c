"""How likely lots are: against sums over every possible number of defective units, and against the beta law."""

from __future__ import annotations

from math import log
from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy import special, stats

from sim.calibration.beta_binomial import Lots, lot_log_likelihood, lots_log_likelihood

if TYPE_CHECKING:
    from numpy.typing import NDArray

SHARES = np.linspace(0.001, 0.3, 4001)


def lots(found: list[float], units: list[float], detection: float = 1.0) -> Lots:
    return Lots(np.array(found), np.array(units), np.full(len(found), detection))


def by_hand(found: int, units: int, detection: float, mean: float, precision: float) -> float:
    """Sum over the lot's defective units of beta-binomial times binomial, without the binomial coefficient."""
    actual = np.arange(found, units + 1)
    terms = stats.betabinom.logpmf(actual, units, mean * precision, (1 - mean) * precision)
    terms = terms + stats.binom.logpmf(found, actual, detection)
    return float(special.logsumexp(terms) - log(special.comb(units, found)))


@pytest.mark.parametrize(
    ("found", "units", "mean", "precision"),
    [(3, 80, 0.03, 30), (0, 80, 0.03, 30), (40, 80, 0.9, 2), (45, 90, 0.5, 1000), (1, 10, 1e-6, 100), (10, 10, 0.5, 1)],
)
@pytest.mark.parametrize("detection", [1.0, 0.92, 0.5])
def test_lot(found: int, units: int, detection: float, mean: float, precision: float) -> None:
    arguments = np.array(float(found)), np.array(float(units))
    logit, phi = np.array(special.logit(mean)), np.array(float(precision))
    got = lot_log_likelihood(*arguments, detection, logit, phi)
    wanted = by_hand(found, units, detection, mean, precision)
    assert got == pytest.approx(wanted, abs=1e-6)
    whole = lots_log_likelihood(lots([found], [units], detection), logit.reshape(1, 1), phi.reshape(1))
    assert whole[0, 0] == pytest.approx(wanted, abs=1e-6)


def posterior_mean(log_likelihood: NDArray[np.float64]) -> float:
    weights = np.exp(log_likelihood - log_likelihood.max())
    return float((weights * SHARES).sum() / weights.sum())


def test_lots_all_alike_are_one_large_sample() -> None:
    """With precision without bound the posterior under an even prior is beta(1 + 12, 1 + 288)."""
    given = lots([3, 5, 4], [100, 100, 100])
    got = lots_log_likelihood(given, special.logit(SHARES)[None], np.array([1e9]))[0]
    assert posterior_mean(got) == pytest.approx(13 / 302, rel=1e-4)


def test_half_detected_is_a_level_twice_as_high() -> None:
    given = lots([3, 5, 4], [100, 100, 100], 0.5)
    got = lots_log_likelihood(given, special.logit(SHARES)[None], np.array([1e7]))[0]
    weights = SHARES**12 * (1 - SHARES / 2) ** 288
    assert posterior_mean(got) == pytest.approx((weights * SHARES).sum() / weights.sum(), rel=1e-3)


def test_lots_add_up_whatever_their_detection() -> None:
    logit, precision = special.logit(np.array([[0.01, 0.03], [0.02, 0.1]])), np.array([5.0, 50.0])
    first, second = lots([1, 0, 7], [40, 10, 90]), lots([2, 2], [60, 60], 0.7)
    together = lots_log_likelihood(first.and_also(second), logit, precision)
    apart = lots_log_likelihood(first, logit, precision) + lots_log_likelihood(second, logit, precision)
    assert together == pytest.approx(apart, abs=1e-9)


def test_thousands_of_lots_by_representatives() -> None:
    rng = np.random.default_rng(5)
    units = rng.integers(100, 3000, 2000).astype(float)
    found = rng.binomial(units.astype(int), 0.6 * rng.beta(1, 32, 2000)).astype(float)
    given = Lots(found, units, np.full(2000, 0.6))
    logit, precision = special.logit(np.array([[0.029, 0.03, 0.031]])), np.array([33.0])
    got = lots_log_likelihood(given, logit, precision)
    wanted = lot_log_likelihood(found[:, None], units[:, None], 0.6, logit[0], precision).sum(axis=0)
    assert np.diff(got[0]) == pytest.approx(np.diff(wanted), abs=0.1)
