"""Whether the lots seen scatter as the fitted law says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sim.calibration.beta_binomial import Lots

    Floats = NDArray[np.float64]

_CHECKS: Final = 200
"""Draws from the posterior with which lots are drawn anew."""


def dispersion_p(
    lots: Sequence[Lots], means: Sequence[Floats], precision: Floats, rng: np.random.Generator
) -> float | None:
    """How often lots drawn anew from the fit scatter at least as much as the lots counted; ties count half.

    Parameters
    ----------
    lots
        By supplier.
    means
        Draws of each supplier's mean, shape (S,), index by index with `precision`.

    Returns
    -------
    float or None
        Near 0: some lot stands out more than the law allows. None with fewer than two lots.

    Notes
    -----
    The scatter is the sum of squared deviations in units of the fitted variance of each, n p (1 - p) plus
    n (n - 1) times the variance of the share found, p the mean share found: a discrepancy that knows the parameters
    (Gelman, Meng and Stern 1996).
    """
    if sum(each.units.size for each in lots) <= 1:
        return None
    picked = np.linspace(0, precision.size - 1, min(_CHECKS, precision.size)).astype(int)
    seen, anew = np.zeros(picked.size), np.zeros(picked.size)
    for each, mean in zip(lots, means, strict=True):
        for turn, place in enumerate(picked):
            drawn = _found_anew(each, mean[place], precision[place], rng)
            seen[turn] += _scatter(each.found, each, mean[place], precision[place])
            anew[turn] += _scatter(drawn, each, mean[place], precision[place])
    return float(np.mean((anew > seen) + 0.5 * (anew == seen)))


def _found_anew(lots: Lots, mean: float, precision: float, rng: np.random.Generator) -> Floats:
    shares = rng.beta(mean * precision, (1 - mean) * precision, lots.units.size)
    return rng.binomial(lots.units.astype(np.int64), shares * lots.detection).astype(np.float64)


def _scatter(found: Floats, lots: Lots, mean: float, precision: float) -> float:
    rate = mean * lots.detection
    of_lots = lots.detection**2 * mean * (1 - mean) / (precision + 1)
    variance = lots.units * rate * (1 - rate) + lots.units * (lots.units - 1) * of_lots
    return float(np.sum((found - lots.units * rate) ** 2 / variance))
