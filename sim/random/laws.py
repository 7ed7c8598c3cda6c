"""What every probability law can be asked, whatever it is made of, and the laws that need no library."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING, Final

import numpy as np

from sim.errors import LotwiseError

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

MIDDLE: Final = 0.5
"""Of the unit interval: shares below it are counted from below, the others from above."""

_HALVINGS: Final = 200
"""Enough to bring the ends of any bracket of doubles that a trade has use for next to each other."""


class DistributionError(LotwiseError):
    """A distribution cannot be made of what was written down.

    Parameters
    ----------
    message
        What is wrong and what would be right, in one or two sentences.
    key
        The offending key inside the mapping (``components[1].sd`` inside a mixture), where there is one.
    """

    def __init__(self, message: str, key: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.key = key


class Law(ABC):
    """A probability law: immutable, hashable, and equal to any other law with the same parameters."""

    __slots__ = ()

    @property
    def discrete(self) -> bool:
        """Whether it takes single values rather than all in a range."""
        return False

    @abstractmethod
    def mean(self) -> float:
        """Give the expected value."""

    @abstractmethod
    def sd(self) -> float:
        """Give the standard deviation."""

    @abstractmethod
    def support(self) -> tuple[float, float]:
        """Give the smallest and the largest possible value."""

    @abstractmethod
    def ppf(self, u: Floats) -> Floats:
        """Give the value below which a share `u` lies; exact for small shares."""

    @abstractmethod
    def isf(self, q: Floats) -> Floats:
        """Give the value above which a share `q` lies; exact for small shares."""

    @abstractmethod
    def cdf(self, x: Floats) -> Floats:
        """Give the share at or below each value."""

    @abstractmethod
    def sf(self, x: Floats) -> Floats:
        """Give the share above each value."""

    def kinks(self) -> tuple[float, ...]:
        """Give the values inside the support where the density has a corner, in ascending order."""
        return ()

    def quantile(self, u: Floats) -> Floats:
        """Give the value below which a share `u` lies, taken from whichever end is nearer."""
        upper = u > MIDDLE
        result = np.empty(u.shape)
        result[~upper] = self.ppf(u[~upper])
        result[upper] = self.isf(1.0 - u[upper])
        return result


@dataclass(frozen=True, slots=True)
class Constant(Law):
    """Always the same value."""

    value: float

    @property
    def discrete(self) -> bool:
        """Say yes."""
        return True

    def mean(self) -> float:
        """Give the value."""
        return self.value

    def sd(self) -> float:
        """Give zero."""
        return 0.0

    def support(self) -> tuple[float, float]:
        """Give the value twice."""
        return self.value, self.value

    def ppf(self, u: Floats) -> Floats:
        """Give the value."""
        return np.full(u.shape, self.value)

    def isf(self, q: Floats) -> Floats:
        """Give the value."""
        return np.full(q.shape, self.value)

    def cdf(self, x: Floats) -> Floats:
        """Give nothing below the value, and everything from there on."""
        return np.where(x >= self.value, 1.0, 0.0)

    def sf(self, x: Floats) -> Floats:
        """Give everything below the value, and nothing from there on."""
        return np.where(x >= self.value, 0.0, 1.0)


@dataclass(frozen=True, slots=True)
class Family(Law):
    """A standard law moved by `loc` and stretched by `scale`.

    Quantiles and shares are counted from the lower and from the upper end apart, so that either tail is
    exact.
    """

    loc: float
    scale: float

    @abstractmethod
    def standard_moments(self) -> tuple[float, float]:
        """Give mean and standard deviation of the standard form."""

    @abstractmethod
    def standard_support(self) -> tuple[float, float]:
        """Give the support of the standard form."""

    @abstractmethod
    def from_below(self, u: Floats) -> Floats:
        """Give the standard quantile by the share below it."""

    @abstractmethod
    def from_above(self, q: Floats) -> Floats:
        """Give the standard quantile by the share above it."""

    @abstractmethod
    def below(self, z: Floats) -> Floats:
        """Give the share below standard values within the support."""

    @abstractmethod
    def above(self, z: Floats) -> Floats:
        """Give the share above standard values within the support."""

    def mean(self) -> float:
        """Give the expected value."""
        return self.loc + self.scale * self.standard_moments()[0]

    def sd(self) -> float:
        """Give the standard deviation."""
        return self.scale * self.standard_moments()[1]

    def support(self) -> tuple[float, float]:
        """Give the smallest and the largest possible value."""
        low, high = self.standard_support()
        return self.loc + self.scale * low, self.loc + self.scale * high

    def ppf(self, u: Floats) -> Floats:
        """Give the value below which a share `u` lies."""
        with np.errstate(all="ignore"):
            return self.loc + self.scale * self.from_below(u)

    def isf(self, q: Floats) -> Floats:
        """Give the value above which a share `q` lies."""
        with np.errstate(all="ignore"):
            return self.loc + self.scale * self.from_above(q)

    def cdf(self, x: Floats) -> Floats:
        """Give the share at or below each value."""
        with np.errstate(all="ignore"):
            return self.below(self._standardised(x))

    def sf(self, x: Floats) -> Floats:
        """Give the share above each value."""
        with np.errstate(all="ignore"):
            return self.above(self._standardised(x))

    def _standardised(self, x: Floats) -> Floats:
        low, high = self.standard_support()
        return np.clip((x - self.loc) / self.scale, low, high)


@dataclass(frozen=True, slots=True)
class Mixture(Law):
    """Now one law, now another.

    Attributes
    ----------
    weights
        Positive, summing to one.
    parts
        One law a weight, none of them a mixture.
    """

    weights: tuple[float, ...]
    parts: tuple[Law, ...]

    def mean(self) -> float:
        """Give the weighted mean of the means."""
        return sum(weight * part.mean() for weight, part in zip(self.weights, self.parts, strict=True))

    @property
    def discrete(self) -> bool:
        """Whether every part is."""
        return all(part.discrete for part in self.parts)

    def sd(self) -> float:
        """Give the root of the mean variance within the parts plus the variance between their means."""
        mean = self.mean()
        pairs = zip(self.weights, self.parts, strict=True)
        return sqrt(sum(weight * (part.sd() ** 2 + (part.mean() - mean) ** 2) for weight, part in pairs))

    def support(self) -> tuple[float, float]:
        """Give the outermost ends of the parts' supports."""
        lows, highs = zip(*(part.support() for part in self.parts), strict=True)
        return min(lows), max(highs)

    def ppf(self, u: Floats) -> Floats:
        """Halve the interval between the parts' own quantiles until its ends are neighbours."""
        bounds = np.stack([part.ppf(u) for part in self.parts])
        return _first(lambda x: self.cdf(x) >= u, bounds.min(axis=0), bounds.max(axis=0))

    def isf(self, q: Floats) -> Floats:
        """Halve the interval between the parts' own quantiles until its ends are neighbours."""
        bounds = np.stack([part.isf(q) for part in self.parts])
        return _first(lambda x: self.sf(x) <= q, bounds.min(axis=0), bounds.max(axis=0))

    def cdf(self, x: Floats) -> Floats:
        """Give the weighted share at or below each value."""
        shares = [weight * part.cdf(x) for weight, part in zip(self.weights, self.parts, strict=True)]
        return np.asarray(np.sum(shares, axis=0), dtype=np.float64)

    def sf(self, x: Floats) -> Floats:
        """Give the weighted share above each value."""
        shares = [weight * part.sf(x) for weight, part in zip(self.weights, self.parts, strict=True)]
        return np.asarray(np.sum(shares, axis=0), dtype=np.float64)


def _first(enough: Callable[[Floats], NDArray[np.bool_]], low: Floats, high: Floats) -> Floats:
    """Find the smallest values that are enough, between values that may be and values that are."""
    high = np.where(enough(low), low, high)
    for _ in range(_HALVINGS):
        middle = low + (high - low) / 2
        reached = enough(middle)
        low, high = np.where(reached, low, middle), np.where(reached, middle, high)
    return high


def mixture(weights: list[float], parts: list[Law]) -> Law:
    """Mix laws, resolving mixtures of mixtures and dropping what has no weight.

    Parameters
    ----------
    weights
        None negative, not all zero; they need not sum to one.
    parts
        One law a weight.

    Returns
    -------
    Law
        The only law with a weight, or a `Mixture`.
    """
    flat: list[tuple[float, Law]] = []
    total = sum(weights)
    for weight, part in zip(weights, parts, strict=True):
        if weight > 0:
            inner = zip(part.weights, part.parts, strict=True) if isinstance(part, Mixture) else [(1.0, part)]
            flat += [(weight / total * share, law) for share, law in inner]
    if len(flat) == 1:
        return flat[0][1]
    return Mixture(tuple(weight for weight, _ in flat), tuple(law for _, law in flat))
