"""The continuous families that lead times, shares and delays are described by, in closed form.

Each is given in its standard form, by the special functions that define it; parameters are those of
`scipy.stats`.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, expm1, inf, lgamma, sqrt
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from sim.random.laws import Family

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Normal(Family):
    """The normal law, not truncated."""

    def standard_moments(self) -> tuple[float, float]:
        """Give zero and one."""
        return 0.0, 1.0

    def standard_support(self) -> tuple[float, float]:
        """Give the whole line."""
        return -inf, inf

    def from_below(self, u: Floats) -> Floats:
        """Invert the normal integral."""
        return special.ndtri(u)

    def from_above(self, q: Floats) -> Floats:
        """Invert the normal integral, mirrored."""
        return -special.ndtri(q)

    def below(self, z: Floats) -> Floats:
        """Give the normal integral."""
        return special.ndtr(z)

    def above(self, z: Floats) -> Floats:
        """Give the normal integral, mirrored."""
        return special.ndtr(-z)


@dataclass(frozen=True, slots=True)
class Lognormal(Family):
    """The exponential of a normal variable with standard deviation `s`."""

    s: float

    def standard_moments(self) -> tuple[float, float]:
        """Give exp(s²/2), and that times the root of exp(s²) - 1."""
        mean = exp(self.s**2 / 2)
        return mean, mean * sqrt(expm1(self.s**2))

    def standard_support(self) -> tuple[float, float]:
        """Give the positive half line."""
        return 0.0, inf

    def from_below(self, u: Floats) -> Floats:
        """Give the exponential of the normal quantile."""
        return np.exp(self.s * special.ndtri(u))

    def from_above(self, q: Floats) -> Floats:
        """Give the exponential of the normal quantile, mirrored."""
        return np.exp(-self.s * special.ndtri(q))

    def below(self, z: Floats) -> Floats:
        """Give the normal integral of the logarithm."""
        return special.ndtr(np.log(z) / self.s)

    def above(self, z: Floats) -> Floats:
        """Give the normal integral of the logarithm, mirrored."""
        return special.ndtr(-np.log(z) / self.s)


@dataclass(frozen=True, slots=True)
class Gamma(Family):
    """The gamma law with shape `a`."""

    a: float

    def standard_moments(self) -> tuple[float, float]:
        """Give the shape and its root."""
        return self.a, sqrt(self.a)

    def standard_support(self) -> tuple[float, float]:
        """Give the positive half line."""
        return 0.0, inf

    def from_below(self, u: Floats) -> Floats:
        """Invert the lower incomplete gamma function."""
        return np.asarray(special.gammaincinv(self.a, u), dtype=np.float64)

    def from_above(self, q: Floats) -> Floats:
        """Invert the upper incomplete gamma function."""
        return np.asarray(special.gammainccinv(self.a, q), dtype=np.float64)

    def below(self, z: Floats) -> Floats:
        """Give the lower incomplete gamma function."""
        return np.asarray(special.gammainc(self.a, z), dtype=np.float64)

    def above(self, z: Floats) -> Floats:
        """Give the upper incomplete gamma function."""
        return np.asarray(special.gammaincc(self.a, z), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Weibull(Family):
    """The Weibull law with shape `c`; with shape one, the exponential law."""

    c: float

    def standard_moments(self) -> tuple[float, float]:
        """Give them by the gamma function at 1 + 1/c and 1 + 2/c."""
        mean = exp(lgamma(1 + 1 / self.c))
        return mean, mean * sqrt(expm1(lgamma(1 + 2 / self.c) - 2 * lgamma(1 + 1 / self.c)))

    def standard_support(self) -> tuple[float, float]:
        """Give the positive half line."""
        return 0.0, inf

    def from_below(self, u: Floats) -> Floats:
        """Give a power of the exponential quantile."""
        return (-np.log1p(-u)) ** (1 / self.c)

    def from_above(self, q: Floats) -> Floats:
        """Give a power of the exponential quantile."""
        return (-np.log(q)) ** (1 / self.c)

    def below(self, z: Floats) -> Floats:
        """Give 1 - exp(-z**c)."""
        return -np.expm1(-(z**self.c))

    def above(self, z: Floats) -> Floats:
        """Give exp(-z**c)."""
        return np.exp(-(z**self.c))


@dataclass(frozen=True, slots=True)
class Beta(Family):
    """The beta law with shapes `a` and `b`."""

    a: float
    b: float

    def standard_moments(self) -> tuple[float, float]:
        """Give a / (a + b), and the root of mean * (1 - mean) / (a + b + 1)."""
        mean = self.a / (self.a + self.b)
        return mean, sqrt(mean * (1 - mean) / (self.a + self.b + 1))

    def standard_support(self) -> tuple[float, float]:
        """Give the unit interval."""
        return 0.0, 1.0

    def from_below(self, u: Floats) -> Floats:
        """Invert the incomplete beta function."""
        return special.betaincinv(self.a, self.b, u)

    def from_above(self, q: Floats) -> Floats:
        """Invert the complement of the incomplete beta function."""
        return special.betainccinv(self.a, self.b, q)

    def below(self, z: Floats) -> Floats:
        """Give the incomplete beta function."""
        return special.betainc(self.a, self.b, z)

    def above(self, z: Floats) -> Floats:
        """Give the complement of the incomplete beta function."""
        return special.betaincc(self.a, self.b, z)
