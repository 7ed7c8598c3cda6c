"""Fits of lateness, against hand-worked answers, scipy and lifelines."""

from __future__ import annotations

import importlib.util
from math import log
from typing import Any

import numpy as np
import pytest
from scipy import stats

from sim.calibration.lateness import Candidate, Lateness, best_fitting, candidates, goodness, kaplan_meier
from sim.calibration.lateness_laws import LAWS
from sim.calibration.lateness_posterior import lateness_draws


def late_orders(days: list[int], waited: list[int] | None = None, opened: list[int] | None = None) -> Lateness:
    """Make late orders of one supplier: shipped ones, and open ones by the days since their promise."""
    opened = opened or []
    every = np.array([*days, *opened], dtype=np.int64)
    watched = [*(waited or [1000] * len(days)), *opened]
    still = np.arange(len(every)) >= len(days)
    return Lateness(np.zeros_like(every), every, still, np.array(watched, dtype=np.int64))


def by_name(found: tuple[Candidate, ...]) -> dict[str, Candidate]:
    return {candidate.law.name: candidate for candidate in found}


def drawn_orders(seed: int = 3, size: int = 300) -> Lateness:
    rng = np.random.default_rng(seed)
    days = np.maximum(np.rint(rng.weibull(1.4, size) * 12), 1).astype(np.int64)
    waited = rng.integers(1, 40, size)
    late = days > waited
    return Lateness(np.zeros(size, dtype=np.int64), np.where(late, waited, days), late, waited)


def edges(lateness: Lateness) -> tuple[np.ndarray, np.ndarray]:
    """Between which days each lateness lies."""
    days = lateness.days.astype(float)
    low = np.where(lateness.open, days + 0.5, np.where(days == 1, 0.0, days - 0.5))
    return low, np.where(lateness.open, np.inf, days + 0.5)


def test_exponential_with_open_orders_by_hand() -> None:
    """Each further day is survived with probability q; shipped orders did not survive the day around the recorded one.

    Shipped after 2, 3 and 8 days and open after 4 and 9, 1.5 + 2.5 + 7.5 + 4.5 + 9.5 = 25.5 days were survived and 3
    were not: q = 25.5 / 28.5.
    """
    found = by_name(candidates(late_orders([2, 3, 8], opened=[4, 9])))["exponential"]
    assert log(2) / found.median == pytest.approx(-log(25.5 / 28.5), rel=1e-4)
    assert found.log_likelihood == pytest.approx(3 * log(3 / 28.5) + 25.5 * log(25.5 / 28.5), abs=1e-6)


def test_rate_of_long_exponential_lateness_is_events_over_total_time() -> None:
    found = by_name(candidates(late_orders([400, 900, 2000], opened=[700, 1500])))["exponential"]
    assert log(2) / found.median == pytest.approx(3 / 5500, rel=1e-3)


def test_order_promised_for_the_last_known_day_and_open_tells_nothing_of_its_lateness() -> None:
    assert candidates(late_orders([], opened=[0, 0])) == ()
    one = candidates(late_orders([2, 5], opened=[0]))
    other = candidates(late_orders([2, 5]))
    assert [c.log_likelihood for c in one] == [c.log_likelihood for c in other]


def test_censored_fits_are_those_of_scipy() -> None:
    lateness = drawn_orders()
    low, high = edges(lateness)
    still = lateness.open
    shipped = np.stack([low, high], axis=1)[~still].tolist()
    data: Any = stats.CensoredData(interval=shipped, right=low[still].tolist())
    found = by_name(candidates(lateness))
    for name, law in {"weibull": stats.weibull_min, "gamma": stats.gamma}.items():
        parameters = law.fit(data, floc=0)
        frozen = law(*parameters)
        told = np.log(frozen.cdf(high) - frozen.cdf(low)).sum()
        assert found[name].log_likelihood == pytest.approx(told, abs=1e-3)


LIFELINES = {"weibull": -733.145341, "lognormal": -746.117161, "fisk": -743.659276}
"""Log-likelihoods that lifelines 0.30.3 finds for `drawn_orders` by fit_interval_censoring."""


def test_censored_fits_reach_the_recorded_likelihoods_of_lifelines() -> None:
    found = by_name(candidates(drawn_orders()))
    for name, told in LIFELINES.items():
        assert found[name].log_likelihood == pytest.approx(told, abs=1e-3), name


@pytest.mark.skipif(importlib.util.find_spec("lifelines") is None, reason="lifelines is not installed")
@pytest.mark.filterwarnings("ignore")  # it is not written for the newest pandas
def test_recorded_likelihoods_are_those_that_lifelines_finds() -> None:
    lifelines = pytest.importorskip("lifelines")
    lateness = drawn_orders()
    low, high = edges(lateness)
    fitters = {"weibull": "WeibullFitter", "lognormal": "LogNormalFitter", "fisk": "LogLogisticFitter"}
    for name, fitter in fitters.items():
        fit = getattr(lifelines, fitter)().fit_interval_censoring(low, high)
        assert LIFELINES[name] == pytest.approx(fit.log_likelihood_, abs=1e-3), name


def test_law_that_the_days_come_from_is_chosen_and_fits() -> None:
    rng = np.random.default_rng(8)
    lateness = late_orders([int(day) for day in np.maximum(np.rint(rng.lognormal(2.0, 1.0, 800)), 1)])
    found = candidates(lateness)
    assert found[0].law.name == "lognormal"
    assert [c.aicc for c in found] == sorted(c.aicc for c in found)
    checked = goodness(found[0], lateness, rounds=39, rng=rng)
    assert checked is not None
    assert checked.p_value is not None
    assert checked.p_value > 0.1
    worst = goodness(by_name(found)["exponential"], lateness, rounds=39, rng=rng)
    assert worst is not None
    assert worst.p_value == pytest.approx(1 / 40)


def test_rounded_days_leave_no_bias() -> None:
    rng = np.random.default_rng(4)
    true = rng.lognormal(1.2, 0.6, 20_000)
    days = np.maximum(np.rint(true), 1)
    found = by_name(candidates(late_orders([int(day) for day in days])))["lognormal"]
    mean = float(found.law.mean(np.array([found.median]), np.array([found.log_shape]), 1e4)[0])
    assert mean == pytest.approx(true.mean(), abs=0.02)
    assert np.exp(found.log_shape) == pytest.approx(0.6, abs=0.01)  # rounding adds no spread


def test_survival_is_kaplan_and_meier_s() -> None:
    """Scipy's estimate of the same days, and by hand: (1 - 1/5) after day 1, times (1 - 1/3) after day 3."""
    shipped, left = np.array([[1.0, 0, 1, 0]]), np.array([[0, 1.0, 0, 2]])
    survival, watched = kaplan_meier(shipped, left)
    np.testing.assert_allclose(survival[0], [0.8, 0.8, 0.8 * 2 / 3, 0.8 * 2 / 3])
    np.testing.assert_allclose(watched[0], [5, 4, 3, 2])
    scipys = stats.ecdf(stats.CensoredData(uncensored=[1, 3], right=[2, 4, 4])).sf
    np.testing.assert_allclose(scipys.evaluate(np.array([1.0, 2, 3, 4])), survival[0])


def test_too_few_to_choose_take_the_lognormal_law_and_too_few_to_doubt_have_no_distance() -> None:
    few = late_orders([3, 3, 4, 4])
    assert best_fitting(candidates(few), few).name == "lognormal"
    assert goodness(candidates(few)[0], few, rounds=9, rng=np.random.default_rng(1)) is None


def test_without_late_orders_the_draws_are_the_prior_s() -> None:
    drawn = lateness_draws(LAWS[0], late_orders([]).cells(pooled=False), None, sets=4000, rng=np.random.default_rng(2))
    assert np.median(drawn.population_median) == pytest.approx(7.0, rel=0.1)
    assert np.log(drawn.population_median).std() == pytest.approx(1.0, abs=0.1)
    assert drawn.log_shape.mean() == pytest.approx(0.0, abs=0.07)
    assert np.median(drawn.tau) == pytest.approx(0.5 * 0.6745, rel=0.12)  # half-normal with scale 0.5


def test_many_orders_of_one_supplier_have_the_posterior_of_maximum_likelihood() -> None:
    rng = np.random.default_rng(5)
    lateness = late_orders([int(day) for day in np.rint(rng.lognormal(3.0, 0.5, 2000))])
    drawn = lateness_draws(LAWS[0], lateness.cells(pooled=False), 0, sets=1000, rng=rng)
    fit = by_name(candidates(lateness))["lognormal"]
    assert np.log(drawn.median).mean() == pytest.approx(np.log(fit.median), abs=0.003)
    assert np.log(drawn.median).std() == pytest.approx(np.exp(fit.log_shape) / 2000**0.5, rel=0.15)
    assert drawn.log_shape.std() == pytest.approx(1 / (2 * 2000) ** 0.5, rel=0.15)


def test_three_orders_borrow_from_other_suppliers() -> None:
    rng = np.random.default_rng(6)
    supplier = np.repeat(np.arange(12), [3, *[40] * 11])
    days = np.rint(rng.lognormal(2.0, 0.5, len(supplier))).astype(np.int64)
    days[:3] = [40, 50, 60]  # the others' median is 7
    lateness = Lateness(supplier, days, np.zeros(len(days), dtype=bool), np.full(len(days), 1000))
    own = lateness_draws(LAWS[0], lateness.cells(pooled=False), 0, sets=500, rng=rng)
    other = lateness_draws(LAWS[0], lateness.cells(pooled=False), 5, sets=500, rng=rng)
    unknown = lateness_draws(LAWS[0], lateness.cells(pooled=False), None, sets=500, rng=rng)
    assert 15 < np.median(own.median) < 48
    assert np.median(other.median) == pytest.approx(np.exp(np.log(days[supplier == 5]).mean()), rel=0.05)
    assert np.log(unknown.median).std() > 2 * np.log(other.median).std()
    assert own.effective > 200
