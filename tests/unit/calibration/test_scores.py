"""Scores of forecasts: by hand, against closed forms, and that they tell a good forecast from a bad one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim.calibration.scores import brier, crps_capped, places, share_between, share_of, wilson

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


def crps(samples: Floats, observed: Floats) -> Floats:
    """The score by its definition: mean distance of the draws, less half the mean distance of two draws."""
    apart = np.abs(samples[:, :, np.newaxis] - samples[:, np.newaxis, :]).mean(axis=(1, 2)) / 2
    score: Floats = np.abs(samples - observed[:, np.newaxis]).mean(axis=1) - apart
    return score


def uncapped(ordered: Floats, observed: float) -> float:
    return float(crps_capped(np.sort(ordered), np.array([observed]), np.array([1e6]))[0])


def test_crps_by_hand() -> None:
    """Draws 0 and 2 about 1: distance 1, two draws lie 1 apart on average (0, 2, 2, 0): 1 - 1/2."""
    assert uncapped(np.array([0.0, 2.0]), 1.0) == pytest.approx(0.5)


def test_a_cap_by_hand() -> None:
    """Draws 0 and 8, of which days up to 4 are seen, about something beyond: 0 and 4 about 4, so 2 - 1."""
    assert crps_capped(np.array([0.0, 8.0]), np.array([4.0]), np.array([4.0])) == pytest.approx([1.0])


def test_of_a_point_forecast_it_is_the_absolute_error() -> None:
    assert uncapped(np.full(4, 3.0), 1.0) == pytest.approx(2.0)


def test_crps_of_a_normal_forecast_is_the_closed_form() -> None:
    """Gneiting and Raftery 2007: sd x (z (2 F(z) - 1) + 2 f(z) - 1 / sqrt(pi))."""
    draws = stats.norm(10, 4).ppf((np.arange(20_000) + 0.5) / 20_000)
    z = (13 - 10) / 4
    expected = 4 * (z * (2 * stats.norm.cdf(z) - 1) + 2 * stats.norm.pdf(z) - 1 / np.sqrt(np.pi))
    assert uncapped(draws, 13.0) == pytest.approx(expected, rel=1e-3)


days = st.integers(-5, 30).map(float)


@given(st.lists(days, min_size=1, max_size=12), st.lists(st.tuples(days, days), min_size=1, max_size=6))
def test_the_quick_score_is_the_definition_on_capped_draws(draws: list[float], seen: list[tuple[float, float]]) -> None:
    caps = np.array([max(pair) for pair in seen])
    observed = np.array([min(pair) for pair in seen])
    ordered = np.sort(np.array(draws))
    expected = crps(np.minimum(ordered, caps[:, np.newaxis]), observed)
    assert crps_capped(ordered, observed, caps) == pytest.approx(expected, abs=1e-9)


def test_the_true_forecast_has_the_best_score() -> None:
    rng = np.random.default_rng(3)
    observed, never = rng.normal(0, 1, 2_000), np.full(2_000, 1e6)
    scores = [crps_capped(np.sort(rng.normal(0, spread, 4_000)), observed, never).mean() for spread in (0.4, 1.0, 2.5)]
    assert scores[1] == min(scores)


def test_a_forecast_that_ends_early_cannot_be_bettered_by_lying_about_what_is_not_seen() -> None:
    """Half of the outcomes are cut off at 1: the true law still scores best."""
    rng = np.random.default_rng(5)
    caps = np.where(rng.random(20_000) < 0.5, 1.0, 1e6)
    observed = np.minimum(rng.exponential(2.0, 20_000), caps)
    scores = {mean: crps_capped(np.sort(rng.exponential(mean, 4_000)), observed, caps).mean() for mean in (1.2, 2, 3.2)}
    assert min(scores, key=lambda mean: scores[mean]) == 2


def test_places_by_hand() -> None:
    """Draws 0, 0, 0, 5: on time is anywhere in the lower three quarters, still open at 3 in the upper one."""
    low, high = places(np.array([0.0, 0.0, 0.0, 5.0]), np.array([0.0, 3.0, 9.0]), np.array([9.0, 3.0, 10.0]))
    assert (low.tolist(), high.tolist()) == ([0.0, 0.75, 1.0], [0.75, 1.0, 1.0])


def test_a_lump_counts_in_part() -> None:
    """Places from 0 to 0.8: 5/8 of them lie between 0.25 and 0.75; a place of one point lies in or out."""
    low, high = np.array([0.0, 0.3, 0.9]), np.array([0.8, 0.3, 0.9])
    assert share_between(low, high, 0.25, 0.75).tolist() == pytest.approx([0.625, 1.0, 0.0])


def test_good_forecasts_have_their_share_in_every_tenth_even_with_lumps_and_open_ends() -> None:
    rng = np.random.default_rng(4)

    def drawn(count: int) -> Floats:
        return np.where(rng.random(count) < 0.6, 0.0, rng.exponential(5, count))

    caps = rng.uniform(0.5, 12, 20_000)
    low, high = places(np.sort(drawn(20_000)), np.minimum(drawn(20_000), caps), caps)
    tenths = [share_between(low, high, place / 10, (place + 1) / 10).mean() for place in range(10)]
    assert tenths == pytest.approx([0.1] * 10, abs=0.008)


def test_wilsons_interval_is_the_published_one() -> None:
    """None and five of ten: 0 to 0.2775 and 0.2366 to 0.7634 (Brown, Cai and DasGupta 2001, equation 4)."""
    assert wilson(0.0, 10) == pytest.approx((0.0, 0.27753), abs=1e-5)
    assert wilson(0.5, 10) == pytest.approx((0.23659, 0.76341), abs=1e-5)
    assert wilson(0.0, 0) == (0.0, 1.0)


def test_shares_have_exact_intervals() -> None:
    """Of 0 in 10, the upper end of Clopper and Pearson is 1 - 0.025 ** (1 / 10)."""
    found = share_of(0, 10)
    assert (found.value, found.low) == (0.0, 0.0)
    assert found.high == pytest.approx(1 - 0.025**0.1)
    assert np.isnan(share_of(0, 0).value)


def test_brier_by_hand() -> None:
    assert brier(np.array([0.2, 0.9]), np.array([False, True])) == pytest.approx((0.04 + 0.01) / 2)
    assert np.isnan(brier(np.array([]), np.array([], dtype=bool)))
