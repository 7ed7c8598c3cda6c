"""Late shares, against beta laws worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from sim.calibration.late_share import SharePopulation, share_population


def population_known(mean: float, worth: float) -> SharePopulation:
    return SharePopulation(np.array([mean]), np.array([worth]), np.array([1.0]))


def counts(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.int64)


def test_with_a_known_population_the_share_is_conjugate() -> None:
    """Beta(0.25 * 8, 0.75 * 8) and 3 late of 10 give Beta(5, 13): mean 5/18, variance 65 / (18² * 19)."""
    known = population_known(0.25, 8.0)
    draws = known.draws(3, 10, 200_000, np.random.default_rng(1))
    assert known.expected(3, 10) == pytest.approx(5 / 18)
    assert draws.mean() == pytest.approx(5 / 18, abs=0.001)
    assert draws.var() == pytest.approx(65 / (18**2 * 19), rel=0.02)


def test_without_orders_the_population_answers_with_its_prior_mean_of_one_third() -> None:
    nothing = share_population(counts(), counts())
    assert nothing.mass.sum() == pytest.approx(1)
    assert nothing.expected(0, 0) == pytest.approx(1 / 3, abs=0.005)


def test_many_like_suppliers_outvote_three_orders_of_ones_own() -> None:
    alike = share_population(np.full(200, 4, dtype=np.int64), np.full(200, 40, dtype=np.int64))
    assert alike.expected(3, 3) < 0.2
    assert alike.expected(0, 0) == pytest.approx(0.1, abs=0.01)


def test_ten_thousand_like_suppliers_leave_no_doubt_about_their_mean() -> None:
    """So sharp a posterior needs nodes of its own: 208 of 1,000 late everywhere is 0.208 for any supplier."""
    many = share_population(np.full(10_000, 208, dtype=np.int64), np.full(10_000, 1_000, dtype=np.int64))
    assert many.expected(0, 0) == pytest.approx(0.208, abs=0.001)
    assert many.expected(21, 100) == pytest.approx(0.208, abs=0.001)
    scattered = np.random.default_rng(3).binomial(100, np.random.default_rng(4).beta(2, 6, 5_000))
    spread = share_population(scattered, np.full(5_000, 100, dtype=np.int64))
    assert spread.expected(0, 0) == pytest.approx(0.25, abs=0.006)
    assert (spread.mass * spread.worth).sum() == pytest.approx(8, rel=0.05)


def test_unlike_suppliers_leave_a_supplier_to_its_own_orders() -> None:
    unlike = share_population(counts(0, 40, 1, 39, 0, 40), counts(*[40] * 6))
    assert unlike.expected(3, 3) > 0.8
    draws = unlike.draws(0, 0, 2000, np.random.default_rng(1))
    assert draws.std() > 0.3  # of one that nobody knows, anything may be true


def test_equal_counts_are_grouped_without_changing_the_answer() -> None:
    in_order = share_population(counts(1, 1, 2), counts(5, 5, 9))
    shuffled = share_population(counts(1, 2, 1), counts(5, 9, 5))
    np.testing.assert_allclose(in_order.mass, shuffled.mass)
