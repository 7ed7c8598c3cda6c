"""The curves of lateness: what was seen by hand, and bands that hold what is true."""

from __future__ import annotations

import numpy as np
import pytest

from sim.calibration.delays import fitted_delays
from tests.delay_histories import MEDIAN, SPREAD, lognormal_history, orders_of


def test_what_was_seen_by_hand() -> None:
    """Late by 1, 2 and 3 days, one open after 1: four later than 0, of these 3/4 than 1; 3/4 x 1/2 than 2."""
    rows = [("a", 100, 1), ("a", 100, 2), ("a", 100, 3), ("a", 1, None), ("b", 100, 9), ("b", 100, 0)]
    curve = fitted_delays(orders_of(rows), "a", "delay", sets=50, rng=np.random.default_rng(1), rounds=0).curve
    assert curve.own is not None
    assert curve.own.orders == 4
    assert curve.own.later[:4].tolist() == [1.0, 0.75, 0.375, 0.0]
    assert np.isnan(curve.own.later[4:]).all()
    assert curve.everyone is not None
    assert curve.everyone.later[1] == pytest.approx(4 / 5)


def test_orders_that_are_late_since_today_tell_nothing_yet() -> None:
    """Half of ten late orders shipped after a day, half after three; ten that were due today are not watched yet."""
    rows = [*[("a", 100, 1)] * 5, *[("a", 100, 3)] * 5, *[("a", 0, None)] * 10]
    own = fitted_delays(orders_of(rows), "a", "delay", sets=50, rng=np.random.default_rng(1), rounds=0).curve.own
    assert own is not None
    assert own.later[:4].tolist() == [1.0, 0.5, 0.5, 0.0]
    assert own.orders == 10


def test_a_supplier_without_late_orders_has_a_band_all_the_same() -> None:
    rows = [("a", 100, 0), *(("b", 100, late) for late in (3, 6, 12, 9, 5, 7))]
    curve = fitted_delays(orders_of(rows), "a", "delay", sets=50, rng=np.random.default_rng(1), rounds=0).curve
    assert curve.own is None
    assert (curve.low <= curve.later).all()
    assert (curve.later <= curve.high).all()
    assert curve.later[0] == curve.low[0] == 1.0
    assert (np.diff(curve.later) <= 0).all()


def test_the_band_holds_the_true_curve() -> None:
    from scipy.stats import lognorm

    history, truth = lognormal_history(600, np.random.default_rng(5), window=200)
    curve = fitted_delays(history, "a", "delay", sets=200, rng=np.random.default_rng(1), rounds=0).curve
    median = truth.mean_lateness / np.exp(SPREAD**2 / 2)
    true = lognorm(SPREAD, scale=median).sf(curve.days)
    inside = (curve.low - 1e-9 <= true) & (true <= curve.high + 1e-9)
    assert inside.mean() > 0.9
    assert 0.3 * MEDIAN < median < 3 * MEDIAN
