"""Point estimates and their intervals, against hand-computed values and against numpy and scipy."""

from __future__ import annotations

from math import isnan, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim.measures.estimates import (
    Estimate,
    Sums,
    binomial_quantile,
    deviation_estimate,
    exact_sums,
    mean_estimate,
    share_estimate,
)
from sim.totals import LARGEST_VALUE


def column(*values: int) -> Sums:
    """Sums of one column."""
    (sums,) = exact_sums(np.array(values, np.int64)[:, np.newaxis])
    return sums


@given(st.lists(st.integers(-LARGEST_VALUE + 1, LARGEST_VALUE - 1), min_size=1, max_size=50))
def test_sums_are_exact_however_large_the_values(values: list[int]) -> None:
    assert column(*values) == Sums(len(values), sum(values), sum(value * value for value in values))


def test_sums_of_many_large_values_do_not_overflow() -> None:
    rows = 20_000
    sums = column(*[LARGEST_VALUE - 1] * rows)
    assert sums == Sums(rows, rows * (LARGEST_VALUE - 1), rows * (LARGEST_VALUE - 1) ** 2)
    assert sums.variance == 0


def test_sums_add_up() -> None:
    assert column(1, 2).plus(column(-7)) == column(1, 2, -7)


def test_mean_of_five_amounts_by_hand() -> None:
    # 1.00, 2.00, 3.00, 4.00, 5.00: variance 2.5, standard error sqrt(2.5 / 5), t with 4 degrees 2.776445.
    estimate = mean_estimate(column(100, 200, 300, 400, 500), 0.95, 100)
    half_width = 2.7764451 * sqrt(0.5)
    assert estimate == pytest.approx((3.0, 3.0 - half_width, 3.0 + half_width, 5))
    assert estimate.half_width == pytest.approx(half_width)


def test_mean_agrees_with_scipy() -> None:
    values = np.random.default_rng(3).integers(-5_000, 90_000, 1_234)
    estimate = mean_estimate(column(*values.tolist()), 0.9)
    low, high = stats.t.interval(0.9, len(values) - 1, values.mean(), stats.sem(values))
    assert estimate == pytest.approx((values.mean(), low, high, 1_234), rel=1e-12)


def test_one_replication_has_a_mean_and_no_interval() -> None:
    estimate = mean_estimate(column(500), 0.95, 100)
    assert estimate.value == 5.0
    assert isnan(estimate.low)
    assert isnan(estimate.high)


def test_no_replication_has_no_mean() -> None:
    assert isnan(mean_estimate(Sums(), 0.95).value)
    assert isnan(share_estimate(0, 0, 0.95).value)


def test_what_never_varies_has_an_interval_without_width() -> None:
    assert mean_estimate(column(7, 7, 7), 0.95) == Estimate(7.0, 7.0, 7.0, 3)
    assert deviation_estimate(np.array([7, 7, 7]), 0.95) == Estimate(0.0, 0.0, 0.0, 3)


def test_share_by_wilsons_formula() -> None:
    # 10 of 100: centre (10 + z^2/2) / (100 + z^2) with z = 1.959964.
    z = 1.959963985
    centre = (10 + z * z / 2) / (100 + z * z)
    half_width = z / (100 + z * z) * sqrt(100 * 0.1 * 0.9 + z * z / 4)
    assert share_estimate(10, 100, 0.95) == pytest.approx((0.1, centre - half_width, centre + half_width, 100))


@pytest.mark.parametrize("count", [0, 1, 37, 499, 500])
def test_share_agrees_with_scipy(count: int) -> None:
    interval = stats.binomtest(count, 500).proportion_ci(0.9, method="wilson")
    expected = (count / 500, interval.low, interval.high, 500)
    assert share_estimate(count, 500, 0.9) == pytest.approx(expected, abs=1e-12)


@given(st.floats(0.001, 0.999), st.integers(1, 30_000), st.floats(0.01, 0.99))
def test_binomial_quantile_agrees_with_scipy(probability: float, n: int, share: float) -> None:
    found = binomial_quantile(probability, n, share)
    # A probability that is reached exactly, such as a half, may be missed by the last digit.
    assert stats.binom.cdf(found, n, share) >= probability * (1 - 1e-9)
    assert stats.binom.cdf(found - 1, n, share) < probability * (1 + 1e-9)


def test_binomial_quantile_where_it_is_reached_exactly() -> None:
    assert binomial_quantile(0.5, 113, 0.5) == 56


def test_a_share_never_seen_still_has_an_upper_bound() -> None:
    estimate = share_estimate(0, 1_000, 0.95)
    assert estimate.low == 0
    assert 0.003 < estimate.high < 0.005


def test_deviation_allows_for_kurtosis() -> None:
    # Half the values at -1, half at 1: kurtosis 1, so the deviation is known exactly; a heavy tail widens it.
    even = deviation_estimate(np.tile([-1, 1], 500), 0.95)
    assert even.low == pytest.approx(even.high)
    assert even.value == pytest.approx(sqrt(1_000 / 999))
    heavy = deviation_estimate(np.array([-1, 1] * 499 + [-30, 30]), 0.95)
    assert heavy.high / heavy.value > 1.3


def test_deviation_in_other_units() -> None:
    values = np.random.default_rng(5).integers(0, 1_000, 400)
    assert deviation_estimate(values, 0.95, 100).value == pytest.approx(values.std(ddof=1) / 100)
    assert isnan(deviation_estimate(values[:1], 0.95).value)
