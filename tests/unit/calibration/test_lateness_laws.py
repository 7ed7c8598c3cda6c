"""The candidates' formulas, against scipy's laws and those that scenarios understand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats

from sim.calibration.lateness_laws import LAWS, LatenessLaw
from sim.random.distributions import parse

SCIPYS: Any = {
    "lognormal": stats.lognorm(np.exp(0.1), scale=5.0),
    "weibull": stats.weibull_min(np.exp(0.1), scale=5.0 / np.log(2) ** np.exp(-0.1)),
    "fisk": stats.fisk(np.exp(0.1), scale=5.0),
    "gamma": stats.gamma(np.exp(0.1), scale=5.0 / stats.gamma.ppf(0.5, np.exp(0.1))),
    "exponential": stats.expon(scale=5.0 / np.log(2)),
}
"""Each law with a median of 5 days and a log shape of 0.1."""

every_law = pytest.mark.parametrize("law", LAWS, ids=lambda law: law.name)


def as_scenario(law: LatenessLaw, median: float, log_shape: float, **bounds: float) -> dict[str, object]:
    written = law.described(np.array([median]), np.array([log_shape]))
    return {"dist": law.name, **{key: float(value[0]) for key, value in written.items()}, **bounds}


@every_law
@pytest.mark.parametrize("log_shape", [-0.4, 0.6])
def test_shares_and_quantiles_are_those_of_the_scenario_s_law(law: LatenessLaw, log_shape: float) -> None:
    spoken = parse(as_scenario(law, 6.0, log_shape))
    days = np.array([0.5, 2.0, 6.0, 20.0, 70.0])
    median, shape = np.full(5, 6.0), np.full(5, log_shape)
    np.testing.assert_allclose(law.share_within(days, median, shape), spoken.cdf(days), rtol=1e-6)
    np.testing.assert_allclose(
        6.0 * law.unit_quantile(np.array([0.1, 0.5, 0.9]), shape[:3]), spoken.ppf([0.1, 0.5, 0.9]), rtol=1e-6
    )
    assert law.share_within(days[2:3], median[:1], shape[:1])[0] == pytest.approx(0.5)


@every_law
def test_mean_and_quantile_are_those_of_the_bounded_law(law: LatenessLaw) -> None:
    bounded = parse(as_scenario(law, 9.0, 0.2, at_most=365.0))
    median, shape = np.array([9.0]), np.array([0.2])
    assert law.mean(median, shape, 365.0)[0] == pytest.approx(bounded.mean(), rel=1e-4)
    assert law.quantile(0.9, median, shape, 365.0)[0] == pytest.approx(bounded.ppf([0.9])[0], rel=1e-6)


@every_law
def test_share_of_an_interval_stays_exact_far_out_in_either_tail(law: LatenessLaw) -> None:
    for low, high in ((0.0, 0.02), (3.0, 4.0), (90.0, 91.0), (400.0, np.inf)):
        with np.errstate(divide="ignore"):
            edges = np.log(np.array([[low], [high]]) / 5.0)
        found = law.log_probability(edges[0], edges[1], np.array([0.1]))[0]
        frozen = SCIPYS[law.name]
        share = frozen.cdf(high) - frozen.cdf(low) if low < 5 else frozen.sf(low) - frozen.sf(high)
        assert found == pytest.approx(np.log(share), abs=1e-6), (low, high)


@every_law
def test_what_can_never_be_has_no_infinity_in_it(law: LatenessLaw) -> None:
    wild = law.log_probability(np.array([40.0, -900.0]), np.array([41.0, -899.0]), np.array([4.0, 4.0]))
    assert np.isfinite(wild).all()


def test_moments_out_of_all_proportion_are_written_as_shape_and_scale() -> None:
    lognormal = LAWS[0]
    assert set(as_scenario(lognormal, 6.0, 0.0)) == {"dist", "mean", "sd"}
    assert set(as_scenario(lognormal, 6.0, 1.2)) == {"dist", "s", "scale"}
    assert set(as_scenario(LAWS[4], 6.0, 0.5)) == {"dist", "c", "scale"}
