"""Value at risk and conditional value at risk, against values counted by hand."""

from __future__ import annotations

from math import isnan

import numpy as np
import pytest
from scipy import stats

from sim.measures.risk import conditional_value_at_risk, quantile_rank, value_at_risk

ONE_TO_1000 = np.arange(1, 1_001)


@pytest.mark.parametrize(
    ("n", "level", "rank"),
    [
        (1_000, 0.95, 949),
        (1_000, 0.99, 989),
        (100, 0.95, 94),
        (3, 0.5, 1),
        (1, 0.99, 0),
        (10, 0.0, 0),
        (10, 1.0, 9),
    ],
)
def test_rank_of_a_quantile(n: int, level: float, rank: int) -> None:
    assert quantile_rank(n, level) == rank


def test_value_at_risk_of_one_to_a_thousand() -> None:
    # 950 of the 1,000 losses do not exceed 950. The ranks of the interval are quantiles of Binomial(1000, 0.95).
    estimate = value_at_risk(ONE_TO_1000, 0.95, 0.95)
    assert estimate.value == 950
    assert (estimate.low, estimate.high) == (
        stats.binom.ppf(0.025, 1_000, 0.95),
        stats.binom.ppf(0.975, 1_000, 0.95) + 1,
    )


def test_the_ranks_hold_the_quantile_with_the_confidence_wanted() -> None:
    # P(low <= quantile <= high) = P(low_rank <= B < high_rank), B binomial: at least 95 %, and not much more.
    estimate = value_at_risk(ONE_TO_1000, 0.99, 0.95)
    held = stats.binom.cdf(estimate.high - 1, 1_000, 0.99) - stats.binom.cdf(estimate.low - 1, 1_000, 0.99)
    assert 0.95 <= held < 0.98


def test_too_few_losses_bound_a_quantile_on_one_side_only() -> None:
    estimate = value_at_risk(np.arange(1, 101), 0.99, 0.95)
    assert estimate.value == 99
    assert not isnan(estimate.low)
    assert isnan(estimate.high)


def test_conditional_value_at_risk_is_the_mean_of_the_worst() -> None:
    # The worst 5 % of 1..1000 are 951..1000: mean 975.5.
    assert conditional_value_at_risk(ONE_TO_1000, 0.95, 0.95).value == pytest.approx(975.5)
    assert conditional_value_at_risk(ONE_TO_1000, 0.95, 0.95, 100).value == pytest.approx(9.755)


def test_conditional_value_at_risk_where_the_tail_is_no_whole_number_of_losses() -> None:
    # Of 10 losses the worst 25 % are two and a half: 10, 9 and half of 8.
    estimate = conditional_value_at_risk(np.arange(1, 11), 0.75, 0.95)
    assert estimate.value == pytest.approx((10 + 9 + 8 / 2) / 2.5)


def test_conditional_value_at_risk_of_equal_losses() -> None:
    assert conditional_value_at_risk(np.full(100, 5), 0.95, 0.95) == (5.0, 5.0, 5.0, 100)


def test_a_tail_of_one_loss_has_no_interval() -> None:
    estimate = conditional_value_at_risk(np.arange(1, 101), 0.99, 0.95)
    assert estimate.value == pytest.approx(100)
    assert isnan(estimate.high)
