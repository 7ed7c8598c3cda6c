"""Risk of the loss: the loss not exceeded at a level (VaR) and the mean of the losses beyond it (CVaR)."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, nan, sqrt
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.measures.estimates import Estimate, binomial_quantile, student_quantile

if TYPE_CHECKING:
    from numpy.typing import NDArray


def quantile_rank(n: int, level: float) -> int:
    """Rank (from 0) of the sorted loss, of n, that at least a share `level` of them does not exceed."""
    return min(max(ceil(n * _exact(level)) - 1, 0), n - 1)


def value_at_risk(losses: NDArray[Any], level: float, confidence: float, unit: float = 1.0) -> Estimate:
    """Loss that a replication does not exceed with probability `level`.

    Parameters
    ----------
    losses
        Shape (n,), sorted ascending.
    level
        Such as 0.95.
    confidence, unit
        As in `sim.measures.estimates.mean_estimate`.

    Returns
    -------
    Estimate
        The interval lies between two order statistics, chosen by the binomial distribution of their ranks,
        and needs no assumption about the shape of the losses. An end beyond the smallest or largest loss is
        NaN.

    Notes
    -----
    Source: David and Nagaraja, *Order Statistics*, 3rd edition, section 7.1.
    """
    n = len(losses)
    if n == 0:
        return Estimate(nan, nan, nan, 0)
    lower = binomial_quantile((1 - confidence) / 2, n, level)
    upper = binomial_quantile((1 + confidence) / 2, n, level) + 1
    return Estimate(
        float(losses[quantile_rank(n, level)]) / unit,
        float(losses[lower - 1]) / unit if lower >= 1 else nan,
        float(losses[upper - 1]) / unit if upper <= n else nan,
        n,
    )


def conditional_value_at_risk(losses: NDArray[Any], level: float, confidence: float, unit: float = 1.0) -> Estimate:
    """Mean loss in the worst share (1 - level) of replications.

    Parameters
    ----------
    losses, level, confidence, unit
        As in `value_at_risk`.

    Returns
    -------
    Estimate
        q + mean(max(loss - q, 0)) / (1 - level) with q the value at risk; the interval is asymptotic, with
        Student's t for the number of losses in the tail. NaN ends where the tail holds fewer than two losses.

    Notes
    -----
    Source: Rockafellar and Uryasev (2000), *Optimization of conditional value-at-risk*, equation 4; Trindade
    et al. (2007), *Financial prediction with constrained tail risk*, for the asymptotic variance.
    """
    n = len(losses)
    if n == 0:
        return Estimate(nan, nan, nan, 0)
    tail_share = float(1 - _exact(level))
    quantile = float(losses[quantile_rank(n, level)])
    excess = np.maximum(losses - quantile, 0.0)
    mean_excess = float(excess.sum()) / n
    value = (quantile + mean_excess / tail_share) / unit
    tail = n * tail_share
    if tail < 2:  # noqa: PLR2004 - the spread of a tail needs two losses
        return Estimate(value, nan, nan, n)
    variance = max(float(excess @ excess) / n - mean_excess**2, 0.0) / n / tail_share**2
    half_width = student_quantile(confidence, tail - 1) * sqrt(variance * tail / (tail - 1)) / unit
    return Estimate(value, value - half_width, value + half_width, n)


def _exact(level: float) -> Fraction:
    """A level as the decimal that was written: 0.95 of 1,000 losses is 950, not a hair more."""
    return Fraction(repr(level))
