"""What is true of a supplier lies in the intervals of its fit, and counting open orders is what does it."""

from __future__ import annotations

import numpy as np
import pytest

from sim.calibration.delays import DelayFit, fitted_delays
from tests.delay_histories import KnownOrders, Truth, lognormal_history, without_open

HISTORIES, ORDERS = 20, 120


def fit(history: KnownOrders, seed: int) -> DelayFit:
    rng = np.random.default_rng(seed)
    return fitted_delays(history, "a", "suppliers.a.delay_days", sets=200, rng=rng, rounds=0)


@pytest.fixture(scope="module")
def invented() -> list[tuple[KnownOrders, Truth]]:
    return [lognormal_history(ORDERS, np.random.default_rng([7, number])) for number in range(HISTORIES)]


@pytest.fixture(scope="module")
def fits(invented: list[tuple[KnownOrders, Truth]]) -> list[DelayFit]:
    return [fit(history, number) for number, (history, _) in enumerate(invented)]


def test_ninety_percent_intervals_hold_the_truth_about_nine_times_in_ten(
    invented: list[tuple[KnownOrders, Truth]], fits: list[DelayFit]
) -> None:
    for name in ("late_share", "early_share", "mean_lateness", "ninetieth_lateness"):
        held = [
            getattr(one, name).low <= getattr(truth, name) <= getattr(one, name).high
            for one, (_, truth) in zip(fits, invented, strict=True)
        ]
        assert sum(held) >= 14, name  # of 20 true 90 % intervals, fewer hold with a probability of 0.2 %


def test_dropping_open_orders_makes_a_supplier_look_better_than_it_is(
    invented: list[tuple[KnownOrders, Truth]], fits: list[DelayFit]
) -> None:
    naive = [fit(without_open(history), number) for number, (history, _) in enumerate(invented)]
    true = np.array([(truth.late_share, truth.mean_lateness) for _, truth in invented])
    right, dropped = (np.array([(o.late_share.value, o.mean_lateness.value) for o in each]) for each in (fits, naive))
    assert abs((right - true)[:, 0].mean()) < 0.05
    assert (dropped - true)[:, 0].mean() < -0.08
    assert (dropped / true)[:, 1].mean() < 0.8
