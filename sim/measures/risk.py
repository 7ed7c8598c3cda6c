"""Risk of the loss: the loss not exceeded at a level (VaR) and the mean of the losses beyond it (CVaR)."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, nan, sqrt
from typing import TYPE_CHECKING

from sim.measures.estimates import Estimate, Sums, binomial_quantile, pieces, student_quantile, sums_over

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray


def quantile_rank(n: int, level: float) -> int:
    """Rank (from 0) of the sorted loss, of n, that at least a share `level` of them does not exceed."""
    return min(max(ceil(n * _exact(level)) - 1, 0), n - 1)


def with_ranks_in_place(losses: NDArray[np.int64], levels: Sequence[float], confidence: float) -> NDArray[np.int64]:
    """Losses in an order in which the risk at some levels can be read off, without sorting them all.

    Parameters
    ----------
    losses
        Shape (n,), in any order; they are left as they are.
    levels, confidence
        At which `value_at_risk` and `conditional_value_at_risk` will be asked for.

    Returns
    -------
    ndarray, shape (n,)
        Each loss that is asked for stands where it would if all were sorted; none before it is larger, and none after
        it is smaller.
    """
    ordered = losses.copy()
    n = len(ordered)
    ranks = {rank for level in levels for rank in _ranks(n, level, confidence) if 0 <= rank < n}
    if ranks:
        ordered.partition(sorted(ranks))
    return ordered


def _ranks(n: int, level: float, confidence: float) -> tuple[int, int, int]:
    """Ranks (from 0) of the quantile and of the ends of its interval; an end that does not exist is out of range."""
    if n == 0:
        return 0, 0, 0
    lower = binomial_quantile((1 - confidence) / 2, n, level)
    upper = binomial_quantile((1 + confidence) / 2, n, level) + 1
    return quantile_rank(n, level), lower - 1, upper - 1


def value_at_risk(losses: NDArray[np.int64], level: float, confidence: float, unit: float = 1.0) -> Estimate:
    """Loss that a replication does not exceed with probability `level`.

    Parameters
    ----------
    losses
        Shape (n,), in cents, sorted ascending or from `with_ranks_in_place`.
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
    rank, lower, upper = _ranks(n, level, confidence)
    return Estimate(
        float(losses[rank]) / unit,
        float(losses[lower]) / unit if lower >= 0 else nan,
        float(losses[upper]) / unit if upper < n else nan,
        n,
    )


def conditional_value_at_risk(
    losses: NDArray[np.int64], level: float, confidence: float, unit: float = 1.0
) -> Estimate:
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
    rank = quantile_rank(n, level)
    quantile = int(losses[rank])
    # The excess over the quantile, max(loss - quantile, 0), is nothing for all losses but those of the tail.
    tail_losses = losses[rank + 1 :]
    excess = sums_over((tail_losses[piece] - quantile for piece in pieces(len(tail_losses))), Sums(rank + 1))
    value = (quantile + excess.total / n / tail_share) / unit
    tail = n * tail_share
    if tail < 2:  # noqa: PLR2004 - the spread of a tail needs two losses
        return Estimate(value, nan, nan, n)
    variance = (n * excess.squares - excess.total * excess.total) / (n * n) / n / tail_share**2
    half_width = student_quantile(confidence, tail - 1) * sqrt(variance * tail / (tail - 1)) / unit
    return Estimate(value, value - half_width, value + half_width, n)


def _exact(level: float) -> Fraction:
    """A level as the decimal that was written: 0.95 of 1,000 losses is 950, not a hair more."""
    return Fraction(repr(level))
