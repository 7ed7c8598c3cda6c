"""Laws of counts as steps: their values one by one, with the share up to and including each."""

from __future__ import annotations

from functools import lru_cache
from math import isfinite
from typing import TYPE_CHECKING, Final

import numpy as np

from sim.random.uniforms import SMALLEST

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.random.laws import Law

    Floats = NDArray[np.float64]

LARGEST_STEPS: Final = 1 << 14
"""A Poisson law reaches it at a mean of a million; what has more values is better taken for continuous."""

_FEWEST: Final = 64
_LARGEST_REST: Final = 5e-10
"""The share that may be counted to the last value, where the values would not end otherwise."""


@lru_cache(maxsize=64)
def steps(law: Law) -> tuple[Floats, Floats] | None:
    """List the values of a law of counts.

    Parameters
    ----------
    law
        Discrete, with values one apart.

    Returns
    -------
    tuple of ndarray or None
        Cumulative shares, the last of them one, and values; None if there are too many.
    """
    first, last = law.support()
    if not isfinite(first):
        first = float(law.ppf(np.array([SMALLEST]))[0])
    count = _FEWEST
    while count < LARGEST_STEPS and first + count < last and _above(law, first + count) > SMALLEST:
        count *= 2
    if first + count < last and _above(law, first + count) > _LARGEST_REST:
        return None
    values = first + np.arange(min(count, last - first) + 1)
    cumulative = np.maximum.accumulate(law.cdf(values))
    cumulative[-1] = 1.0
    return cumulative, values


def _above(law: Law, value: float) -> float:
    return float(law.sf(np.array([value]))[0])
