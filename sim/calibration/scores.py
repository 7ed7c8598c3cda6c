"""How good a forecast was: proper scores and calibration of predictive samples against what happened.

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


def crps(samples: Floats, observed: Floats) -> Floats:
    """Continuous ranked probability score of forecasts that are given as samples.

    Parameters
    ----------
    samples
        Shape (n, S): draws from the forecast of each observation.
    observed
        Shape (n,): what happened.

    Returns
    -------
    ndarray
        Shape (n,), in the unit of the observations, 0 at best: mean distance of the draws from what happened, less half
        the mean distance of two draws.
    """
    ordered = np.sort(samples, axis=1)
    size = ordered.shape[1]
    weights = (2 * np.arange(1, size + 1) - size - 1) / size**2
    apart = ordered @ weights  # half the mean distance of two draws, from their order alone
    away: Floats = np.abs(samples - observed[:, np.newaxis]).mean(axis=1)
    score: Floats = away - apart
    return score


def pit(samples: Floats, observed: Floats, rng: np.random.Generator) -> Floats:
    """Probability integral transform: where in its forecast each observation lies, evenly over 0 to 1 if all is well.

    An observation that is as likely as a lump of the forecast, such as exactly on time, gets a random place within the
    lump (Czado, Gneiting and Held 2009, *Predictive model assessment for count data*, section 2).

    Parameters
    ----------
    samples, observed
        As in `crps`.
    rng
        For those places.
    """
    below = (samples < observed[:, np.newaxis]).mean(axis=1)
    at_most = (samples <= observed[:, np.newaxis]).mean(axis=1)
    placed: Floats = below + rng.random(len(observed)) * (at_most - below)
    return placed


def covered(samples: Floats, observed: Floats, probability: float) -> Share:
    """How many observations lie within the central interval of their forecast.

    A forecast with a lump at an end of its interval covers more than its nominal share by nature: everybody who ships
    on the day lies on the bound.
    """
    tail = (1 - probability) / 2
    low, high = np.quantile(samples, (tail, 1 - tail), axis=1)
    inside = (observed >= low) & (observed <= high)
    return share_of(int(inside.sum()), len(observed))


def brier(probabilities: Floats, happened: NDArray[np.bool_]) -> float:
    """Mean squared error of stated probabilities (Brier 1950); NaN of none."""
    if not len(happened):
        return float("nan")
    return float(((probabilities - happened) ** 2).mean())
