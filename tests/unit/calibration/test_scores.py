"""Scores of forecasts: by hand, against closed forms, and that they tell a good forecast from a bad one."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from sim.calibration.scores import brier, covered, crps, pit, share_of


def test_crps_by_hand() -> None:
    """Draws 0 and 2 about 1: distance 1, two draws lie 1 apart on average (0, 2, 2, 0): 1 - 1/2."""
    assert crps(np.array([[2.0, 0.0]]), np.array([1.0])) == pytest.approx([0.5])


def test_of_a_point_forecast_it_is_the_absolute_error() -> None:
    assert crps(np.array([[3.0] * 4, [5.0] * 4]), np.array([1.0, 9.0])) == pytest.approx([2.0, 4.0])


def test_crps_of_a_normal_forecast_is_the_closed_form() -> None:
    """Gneiting and Raftery 2007: sd x (z (2 F(z) - 1) + 2 f(z) - 1 / sqrt(pi))."""
    draws = stats.norm(10, 4).ppf((np.arange(20_000) + 0.5) / 20_000)
    z = (13 - 10) / 4
    expected = 4 * (z * (2 * stats.norm.cdf(z) - 1) + 2 * stats.norm.pdf(z) - 1 / np.sqrt(np.pi))
    assert crps(draws[np.newaxis], np.array([13.0]))[0] == pytest.approx(expected, rel=1e-3)


def test_the_true_forecast_has_the_best_score_and_an_even_transform() -> None:
    rng = np.random.default_rng(3)
    observed = rng.normal(0, 1, 2_000)
    scores, places = [], []
    for spread in (0.4, 1.0, 2.5):
        samples = rng.normal(0, spread, (2_000, 400))
        scores.append(crps(samples, observed).mean())
        places.append(stats.kstest(pit(samples, observed, rng), "uniform").pvalue)
    assert scores[1] == min(scores)
    assert places[1] > 0.01
    assert max(places[0], places[2]) < 1e-6


def test_a_lump_is_spread_over_its_probability() -> None:
    rng = np.random.default_rng(4)
    samples = np.where(rng.random((3_000, 300)) < 0.8, 0.0, rng.exponential(5, (3_000, 300)))
    observed = np.where(rng.random(3_000) < 0.8, 0.0, rng.exponential(5, 3_000))
    assert stats.kstest(pit(samples, observed, rng), "uniform").pvalue > 0.01


def test_coverage_counts_what_lies_inside() -> None:
    samples = np.tile(np.linspace(0, 100, 101), (4, 1))
    found = covered(samples, np.array([5.0, 50.0, 95.0, 96.0]), 0.9)
    assert (found.counted, found.n) == (3, 4)


def test_shares_have_exact_intervals() -> None:
    """Of 0 in 10, the upper end of Clopper and Pearson is 1 - 0.025 ** (1 / 10)."""
    found = share_of(0, 10)
    assert (found.value, found.low) == (0.0, 0.0)
    assert found.high == pytest.approx(1 - 0.025**0.1)
    assert np.isnan(share_of(0, 0).value)


def test_brier_by_hand() -> None:
    assert brier(np.array([0.2, 0.9]), np.array([False, True])) == pytest.approx((0.04 + 0.01) / 2)
    assert np.isnan(brier(np.array([]), np.array([], dtype=bool)))
