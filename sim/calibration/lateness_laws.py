"""Laws that the lateness of a late order may follow, each told by its median and one shape.

A shape enters as its logarithm, so that both parameters may take any value; ``lognormal`` and ``loglogistic`` (which
scenarios call ``fisk``, as scipy does), ``weibull`` and ``gamma`` have one, ``exponential`` has none. Shares of
intervals are taken from whichever tail is nearer, in logarithms, and so stay exact far out.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from math import log
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["LAWS", "LatenessLaw", "law_title"]

_LOG_HALF: Final = log(0.5)
_HIGHEST_POWER: Final = 300.0
_HARDLY_EVER: Final = 1e-290
_WIDEST: Final = 5.0
"""Standard deviations beyond this many means are written as shape and scale: as moments they would mislead."""
_NODES: Final = 256
_NEARER_ABOVE: Final = 0.5


@dataclass(frozen=True)
class LatenessLaw:
    """A law of positive numbers of days.

    Attributes
    ----------
    name
        As scenarios call it.
    title
        In words.
    shape
        Name of the shape in a scenario, None where there is none.
    usual
        Logarithm of the shape at which the logarithm of the lateness has a standard deviation of about 1.
    spread
        Change of that logarithm which about doubles the standard deviation.
    tails
        From log(days / median) and the log shape: logarithms of the shares at or below, and above.
    unit_quantile
        From a share and the log shape: the quantile of the law whose median is 1.
    """

    name: str
    title: str
    shape: str | None
    usual: float
    spread: float
    tails: Callable[[Floats, Floats], tuple[Floats, Floats]]
    unit_quantile: Callable[[Floats, Floats], Floats]

    @property
    def parameters(self) -> int:
        """How many numbers tell it apart from others of its family."""
        return 1 if self.shape is None else 2

    def log_probability(self, low: Floats, high: Floats, log_shape: Floats) -> Floats:
        """Give the logarithm of the share above `low` and at or below `high`, both as log(days / median)."""
        with np.errstate(all="ignore"):
            below_low, above_low = self.tails(low, log_shape)
            below_high, above_high = self.tails(high, log_shape)
            upper = above_low < _LOG_HALF
            larger = np.where(upper, above_low, below_high)
            smaller = np.where(upper, above_high, below_low)
            found = larger + np.log(-np.expm1(smaller - larger))
        return np.asarray(np.maximum(np.nan_to_num(found, nan=-1e8), -1e8), dtype=np.float64)

    def share_within(self, days: Floats, median: Floats, log_shape: Floats) -> Floats:
        """Give the share at or below `days` (0 or more)."""
        with np.errstate(all="ignore"):
            below: Floats = np.exp(self.tails(np.log(days / median), log_shape)[0])
        return below

    def quantile(self, share: float, median: Floats, log_shape: Floats, longest: float) -> Floats:
        """Give the days within which a share lies, of the law bounded by `longest` days."""
        inside = self.share_within(np.full_like(median, longest), median, log_shape)
        return np.minimum(median * self.unit_quantile(share * inside, log_shape), longest)

    def mean(self, median: Floats, log_shape: Floats, longest: float) -> Floats:
        """Give the mean days, of the law bounded by `longest` days: the integral of the share above, by quadrature."""
        nodes, weights = _legendre()
        places = (nodes + 1) / 2
        days = longest * places**3  # most nodes where most orders are
        inside = self.share_within(np.full_like(median, longest), median, log_shape)
        shares = self.share_within(days[None, :], median[:, None], log_shape[:, None])
        integral = ((inside[:, None] - shares) * (weights / 2 * 3 * longest * places**2)).sum(axis=1)
        mean: Floats = integral / inside
        return mean

    def described(self, median: Floats, log_shape: Floats) -> Mapping[str, Floats]:
        """Give the parameters as a scenario writes them, each an array like `median`.

        Mean and standard deviation where the family takes them and none is out of all proportion; else shape and
        scale.
        """
        if self.shape is None:
            return {"mean": median / log(2)}
        shape = np.exp(log_shape)
        moments = _MOMENTS.get(self.name)
        scale = median * _UNIT_SCALES[self.name](shape)
        if moments is not None:
            with np.errstate(all="ignore"):
                mean, sd = (scale * moment for moment in moments(shape))
                if np.isfinite(mean).all() and (sd <= _WIDEST * mean).all() and (sd >= mean / 50).all():
                    return {"mean": mean, "sd": sd}
        return {self.shape: shape, "scale": scale}


@cache
def _legendre() -> tuple[Floats, Floats]:
    """Give nodes between -1 and 1 and their weights."""
    return np.polynomial.legendre.leggauss(_NODES)


def _lognormal_tails(x: Floats, log_shape: Floats) -> tuple[Floats, Floats]:
    from scipy.special import log_ndtr

    z = x / np.exp(log_shape)
    return log_ndtr(z), log_ndtr(-z)


def _lognormal_quantile(share: Floats, log_shape: Floats) -> Floats:
    from scipy.special import ndtri

    return np.exp(np.exp(log_shape) * ndtri(share))


def _weibull_tails(x: Floats, log_shape: Floats) -> tuple[Floats, Floats]:
    hazard = log(2) * np.exp(np.minimum(np.exp(log_shape) * x, _HIGHEST_POWER))
    return np.log(-np.expm1(-hazard)), -hazard


def _weibull_quantile(share: Floats, log_shape: Floats) -> Floats:
    return (-np.log1p(-share) / log(2)) ** np.exp(-log_shape)


def _loglogistic_tails(x: Floats, log_shape: Floats) -> tuple[Floats, Floats]:
    z = np.exp(log_shape) * x
    return -np.logaddexp(0.0, -z), -np.logaddexp(0.0, z)


def _loglogistic_quantile(share: Floats, log_shape: Floats) -> Floats:
    return (share / (1 - share)) ** np.exp(-log_shape)


def _gamma_tails(x: Floats, log_shape: Floats) -> tuple[Floats, Floats]:
    from scipy.special import gammainc, gammaincc, gammaincinv, gammaln

    a = np.exp(log_shape)
    log_y = np.minimum(x + np.log(gammaincinv(a, 0.5)), _HIGHEST_POWER)
    y = np.exp(log_y)
    below = np.asarray(gammainc(a, y), dtype=np.float64)
    above = 1 - below
    upper = below > _NEARER_ABOVE  # dear, so only where the difference is not exact enough
    above[upper] = gammaincc(np.broadcast_to(a, y.shape)[upper], y[upper])
    # Where a tail is too thin for a number, its leading term is as good as the tail itself.
    log_below = np.where(below > _HARDLY_EVER, np.log(below), a * log_y - y - gammaln(a + 1))
    log_above = np.where(above > _HARDLY_EVER, np.log(above), (a - 1) * log_y - y - gammaln(a))
    return log_below, log_above


def _gamma_quantile(share: Floats, log_shape: Floats) -> Floats:
    from scipy.special import gammaincinv

    a = np.exp(log_shape)
    return np.asarray(gammaincinv(a, share) / gammaincinv(a, 0.5), dtype=np.float64)


def _exponential_tails(x: Floats, log_shape: Floats) -> tuple[Floats, Floats]:
    return _weibull_tails(x, np.zeros_like(log_shape))


def _exponential_quantile(share: Floats, log_shape: Floats) -> Floats:
    return _weibull_quantile(share, np.zeros_like(log_shape))


def _gamma_unit(shape: Floats) -> Floats:
    from scipy.special import gammaincinv

    return np.asarray(1 / gammaincinv(shape, 0.5), dtype=np.float64)


def _weibull_moments(shape: Floats) -> tuple[Floats, Floats]:
    from scipy.special import gammaln

    first, second = gammaln(1 + 1 / shape), gammaln(1 + 2 / shape)
    mean = np.exp(first)
    return mean, mean * np.sqrt(np.expm1(second - 2 * first))


def _lognormal_moments(shape: Floats) -> tuple[Floats, Floats]:
    mean = np.exp(shape**2 / 2)
    return mean, mean * np.sqrt(np.expm1(shape**2))


_UNIT_SCALES: Final[Mapping[str, Callable[[Floats], Floats]]] = {
    "lognormal": np.ones_like,
    "fisk": np.ones_like,
    "weibull": lambda shape: np.asarray(log(2) ** (-1 / shape), dtype=np.float64),
    "gamma": _gamma_unit,
}
"""The scale of the law whose median is 1."""

_MOMENTS: Final[Mapping[str, Callable[[Floats], tuple[Floats, Floats]]]] = {
    "lognormal": _lognormal_moments,
    "weibull": _weibull_moments,
    "gamma": lambda shape: (shape, np.sqrt(shape)),
}
"""Mean and standard deviation of the law whose scale is 1."""

LAWS: Final = (
    LatenessLaw("lognormal", "lognormal", "s", 0.0, 0.7, _lognormal_tails, _lognormal_quantile),
    LatenessLaw("gamma", "gamma", "a", 0.355, 1.0, _gamma_tails, _gamma_quantile),
    LatenessLaw("weibull", "Weibull", "c", 0.249, 0.7, _weibull_tails, _weibull_quantile),
    LatenessLaw("exponential", "exponential", None, 0.0, 0.0, _exponential_tails, _exponential_quantile),
    LatenessLaw("fisk", "log-logistic", "c", 0.595, 0.7, _loglogistic_tails, _loglogistic_quantile),
)
"""The candidates. Usual shapes: 1, trigamma(a) = 1, pi / sqrt(6), none, pi / sqrt(3)."""


def law_title(name: str) -> str:
    """What people call a law that a scenario knows by this name."""
    return next((law.title for law in LAWS if law.name == name), name)
