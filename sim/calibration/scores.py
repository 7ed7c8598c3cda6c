"""How good a forecast was: proper scores, and where what happened lies in its forecast.

The continuous ranked probability score is in the unit of what is forecast, and of a point forecast it is the absolute
error, so that forecasts with and without a spread can be compared (Gneiting and Raftery 2007, *Strictly proper scoring
rules, prediction, and estimation*, equation 21).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


class Share(NamedTuple):
    """A share that was counted, with an interval for the probability behind it.

    Attributes
    ----------
    counted, n
        How many of how many.
    low, high
        Ends of the exact interval of Clopper and Pearson; 0 and 1 where nothing was counted.
    """

    counted: int
    n: int
    low: float
    high: float

    @property
    def value(self) -> float:
        """The share; NaN of nothing."""
        return self.counted / self.n if self.n else float("nan")


def share_of(count: int, n: int, confidence: float = 0.95) -> Share:
    """A counted share with its exact interval."""
    if n == 0:
        return Share(0, 0, 0.0, 1.0)
    from scipy.stats import binomtest

    interval = binomtest(count, n).proportion_ci(confidence, method="exact")
    return Share(count, n, float(interval.low), float(interval.high))


def brier(probabilities: Floats, happened: NDArray[np.bool_]) -> float:
    """Mean squared error of stated probabilities (Brier 1950); NaN of none."""
    if not len(happened):
        return float("nan")
    return float(((probabilities - happened) ** 2).mean())


def crps_capped(ordered: Floats, observed: Floats, caps: Floats) -> Floats:
    """Continuous ranked probability score of one forecast for many observations, each known up to a cap of its own.

    Both the forecast and what happened are cut off at the cap. That weighs the score by the days up to it and keeps it
    proper, as the cap is fixed whatever happens (Gneiting and Ranjan 2011, *Comparing density forecasts using
    threshold- and quantile-weighted scoring rules*, section 3.2). Scores that go beyond the cap for those observations
    alone that ended before it are not proper (Rindt and others 2022, *Survival regression with proper scoring rules and
    monotonic neural networks*, section 3).

    Parameters
    ----------
    ordered
        Shape (S,), ascending: draws from the forecast.
    observed
        Shape (n,): what happened, no more than the cap.
    caps
        Shape (n,).

    Returns
    -------
    ndarray
        Shape (n,).
    """
    size = len(ordered)
    sums = np.concatenate([[0.0], np.cumsum(ordered)])
    apart = (2 * np.arange(1, size + 1) - size - 1) / size**2
    apart_sums = np.concatenate([[0.0], np.cumsum(apart * ordered)])
    apart_left = -np.concatenate([[0.0], np.cumsum(apart)])  # weights from a place on: all together they are zero
    below, kept = np.searchsorted(ordered, observed), np.searchsorted(ordered, caps)
    nearer = observed * below - sums[below] + sums[kept] - sums[below] - observed * (kept - below)
    away = (nearer + (size - kept) * (caps - observed)) / size
    score: Floats = away - apart_sums[kept] - caps * apart_left[kept]
    return score


def places(ordered: Floats, observed: Floats, caps: Floats) -> tuple[Floats, Floats]:
    """Where each observation lies in its forecast: shares of the draws below it, and at or below it; shapes (n,).

    Between the two any place is as good as another (Czado, Gneiting and Held 2009, section 2). An observation at its
    cap may be anything from there on.
    """
    size = len(ordered)
    low = np.searchsorted(ordered, observed, side="left") / size
    high = np.where(observed < caps, np.searchsorted(ordered, observed, side="right") / size, 1.0)
    return low, high


def share_between(low: Floats, high: Floats, start: float, end: float) -> Floats:
    """Probability that the place of each observation, any from `low` to `high`, lies between two places.

    Where a forecast says that half of all orders are exactly on time, those are spread evenly over that half: each
    counts in part, and a good forecast has its nominal share in every range.
    """
    width = high - low
    inside = np.minimum(high, end) - np.maximum(low, start)
    within = (low >= start) & (high <= end)
    share: Floats = np.where(width > 0, np.maximum(inside, 0.0) / np.where(width > 0, width, 1.0), within)
    return share


def wilson(share: float, n: float, confidence: float = 0.95) -> tuple[float, float]:
    """Interval for the probability behind a share of n, some counted in part (Wilson 1927); 0 to 1 of none.

    Of cases that go together, n is how many independent ones they are worth.
    """
    if n == 0:
        return 0.0, 1.0
    from scipy.special import ndtri

    z = float(ndtri((1 + confidence) / 2))
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return max(0.0, float(middle - half)), min(1.0, float(middle + half))
