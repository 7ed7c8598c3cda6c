"""Laws conditioned on lying between two values."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, inf, isfinite, sqrt
from typing import TYPE_CHECKING, Final

import numpy as np

from sim.random.empirical import Empirical, empirical
from sim.random.laws import MIDDLE, Constant, Law, Mixture, mixture

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

LEAST_SHARE: Final = 1e-9
"""Bounds that leave less than this share of a law are taken for a mistake."""

_OCTAVES: Final = 53
_NODES: Final = 16
_NEGLIGIBLE: Final = np.array([1e-15])


@dataclass(frozen=True, slots=True)
class Truncated(Law):
    """A law given that it lies between `low` and `high`, both included.

    Attributes
    ----------
    law
        Any law but a mixture, an empirical or a truncated one.
    low, high
        Inside its support.
    below, above, share
        The shares of the law under, over and within the bounds.
    """

    law: Law
    low: float
    high: float
    below: float
    above: float
    share: float

    @property
    def discrete(self) -> bool:
        """Whether the law inside is."""
        return self.law.discrete

    def mean(self) -> float:
        """Integrate the quantile function, or sum over the steps."""
        return self._moments()[0]

    def sd(self) -> float:
        """Integrate the squared distance from the mean, or sum it over the steps."""
        return self._moments()[1]

    def support(self) -> tuple[float, float]:
        """Give the two bounds."""
        return self.low, self.high

    def kinks(self) -> tuple[float, ...]:
        """Give those of the law that lie between the bounds."""
        return tuple(kink for kink in self.law.kinks() if self.low < kink < self.high)

    def ppf(self, u: Floats) -> Floats:
        """Give the value below which a share `u` of what is left lies."""
        return self._quantile(self.below + u * self.share, self.above + (1.0 - u) * self.share)

    def isf(self, q: Floats) -> Floats:
        """Give the value above which a share `q` of what is left lies."""
        return self._quantile(self.below + (1.0 - q) * self.share, self.above + q * self.share)

    def cdf(self, x: Floats) -> Floats:
        """Give the share of what is left at or below each value, counted from the nearer end."""
        if self.below <= self.above:
            shares = (self.law.cdf(x) - self.below) / self.share
        else:
            shares = (1.0 - self.below - self.law.sf(x)) / self.share
        return np.where(x >= self.high, 1.0, np.where(x < self.low, 0.0, np.clip(shares, 0.0, 1.0)))

    def sf(self, x: Floats) -> Floats:
        """Give the share of what is left above each value, counted from the nearer end."""
        if self.above <= self.below:
            shares = (self.law.sf(x) - self.above) / self.share
        else:
            shares = (1.0 - self.above - self.law.cdf(x)) / self.share
        return np.where(x >= self.high, 0.0, np.where(x < self.low, 1.0, np.clip(shares, 0.0, 1.0)))

    def _quantile(self, lower: Floats, upper: Floats) -> Floats:
        nearer = lower <= upper
        result = np.empty(lower.shape)
        result[nearer], result[~nearer] = self.law.ppf(lower[nearer]), self.law.isf(upper[~nearer])
        return np.clip(result, self.low, self.high)

    def _moments(self) -> tuple[float, float]:
        values, weights = _steps(self) if self.discrete else _quadrature(self)
        mean = float(np.dot(values, weights))
        return mean, sqrt(float(np.dot((values - mean) ** 2, weights)))


def truncate(law: Law, low: float, high: float) -> Law | None:
    """Condition a law on lying between two values.

    Parameters
    ----------
    law
        Any law.
    low, high
        The bounds, either of them possibly infinite, both included.

    Returns
    -------
    Law or None
        None if (almost) nothing of the law lies between the bounds.
    """
    if isinstance(law, Mixture):
        return _truncate_parts(law, low, high)
    if isinstance(law, Truncated):
        return truncate(law.law, max(low, law.low), min(high, law.high))
    first, last = law.support()
    if low <= first and high >= last:
        return law
    low, high = _on_lattice(law, max(low, first), min(high, last))
    below, above, share = _shares(law, low, high) if low <= high else (0.0, 0.0, 0.0)
    if share < LEAST_SHARE:
        return None
    if isinstance(law, Empirical):
        return empirical([value for value in law.observations if low <= value <= high])
    return Truncated(law, low, high, below, above, share)


def _truncate_parts(law: Mixture, low: float, high: float) -> Law | None:
    kept, weights = [], []
    for weight, part in zip(law.weights, law.parts, strict=True):
        inside = truncate(part, low, high)
        if inside is not None:
            kept.append(inside)
            weights.append(weight * _shares(part, low, high)[2])
    return mixture(weights, kept) if sum(weights) >= LEAST_SHARE else None


def _on_lattice(law: Law, low: float, high: float) -> tuple[float, float]:
    """Move bounds inwards to values that a law of whole steps can take; leave those of any other law."""
    if not law.discrete or isinstance(law, (Constant, Empirical)):
        return low, high
    offset = float(law.ppf(np.array([MIDDLE]))[0])
    return (
        offset + ceil(low - offset) if isfinite(low) else low,
        offset + floor(high - offset) if isfinite(high) else high,
    )


def _shares(law: Law, low: float, high: float) -> tuple[float, float, float]:
    """Shares under, over and within the bounds; the last from whichever end of the law loses no digits."""
    edges = np.array([np.nextafter(low, -inf) if law.discrete else low, high])
    (under, up_to), (from_low, over) = law.cdf(edges), law.sf(edges)
    within = from_low - over if under > MIDDLE else up_to - under
    return float(under), float(over), float(within)


def _steps(law: Truncated) -> tuple[Floats, Floats]:
    last = law.high if isfinite(law.high) else float(law.isf(_NEGLIGIBLE)[0])
    first = law.low if isfinite(law.low) else float(law.ppf(_NEGLIGIBLE)[0])
    values = first + np.arange(round(last - first) + 1, dtype=np.float64)
    return values, np.diff(law.cdf(values), prepend=0.0)


def _quadrature(law: Law) -> tuple[Floats, Floats]:
    """Gauss-Legendre nodes over each octave of the share, from both ends: so no tail does harm."""
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    widths = np.ldexp(1.0, -np.arange(2, _OCTAVES + 1))[:, np.newaxis]
    shares = (widths * (1.5 + 0.5 * nodes)).ravel()
    masses = (widths * 0.5 * weights).ravel()
    values = np.concatenate([law.ppf(shares), law.isf(shares)])
    both = np.concatenate([masses, masses])
    return values, both / both.sum()
