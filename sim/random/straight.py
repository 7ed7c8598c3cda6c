"""The families whose density is drawn with a ruler: uniform and triangular."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

from sim.random.laws import Family

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Uniform(Family):
    """Every value between `loc` and `loc + scale` alike."""

    def standard_moments(self) -> tuple[float, float]:
        """Give a half and the root of a twelfth."""
        return 0.5, sqrt(1 / 12)

    def standard_support(self) -> tuple[float, float]:
        """Give the unit interval."""
        return 0.0, 1.0

    def from_below(self, u: Floats) -> Floats:
        """Give the share itself."""
        return u

    def from_above(self, q: Floats) -> Floats:
        """Give what is left of the interval."""
        return 1.0 - q

    def below(self, z: Floats) -> Floats:
        """Give the value itself."""
        return z

    def above(self, z: Floats) -> Floats:
        """Give what is left of the interval."""
        return 1.0 - z


@dataclass(frozen=True, slots=True)
class Triangular(Family):
    """A density that rises straight to the mode `c` (a share of the scale) and falls straight from it."""

    c: float

    def standard_moments(self) -> tuple[float, float]:
        """Give (1 + c) / 3, and the root of (1 - c + c²) / 18."""
        return (1 + self.c) / 3, sqrt((1 - self.c + self.c**2) / 18)

    def standard_support(self) -> tuple[float, float]:
        """Give the unit interval."""
        return 0.0, 1.0

    def from_below(self, u: Floats) -> Floats:
        """Give a root of the share on the rising side, and one less a root on the falling side."""
        return np.where(u < self.c, np.sqrt(self.c * u), 1.0 - np.sqrt((1 - self.c) * (1.0 - u)))

    def from_above(self, q: Floats) -> Floats:
        """Give one less a root of the share on the falling side, and a root on the rising side."""
        return np.where(q <= 1 - self.c, 1.0 - np.sqrt((1 - self.c) * q), np.sqrt(self.c * (1.0 - q)))

    def below(self, z: Floats) -> Floats:
        """Give a square on the rising side, and one less a square on the falling side."""
        return np.where(z < self.c, z * z / self.c, 1.0 - (1.0 - z) ** 2 / (1 - self.c))

    def above(self, z: Floats) -> Floats:
        """Give one less a square on the rising side, and a square on the falling side."""
        return np.where(z < self.c, 1.0 - z * z / self.c, (1.0 - z) ** 2 / (1 - self.c))

    def kinks(self) -> tuple[float, ...]:
        """Give the mode, unless it is an end."""
        return (self.loc + self.scale * self.c,) if 0 < self.c < 1 else ()
