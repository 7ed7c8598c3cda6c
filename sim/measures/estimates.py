"""Estimates from independent replications, each with its confidence interval and number of replications.

Sums of outcomes are kept as whole numbers of cents, minutes or units, so that a mean and its interval do not
depend on the order in which replications were added up.
"""

from __future__ import annotations

from math import ceil, exp, isfinite, nan, sqrt
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_HALF_BITS: Final = 20
"""Values are squared in two halves of 20 and up to 24 bits: no sum of 8,192 products leaves 64 bits."""
_ROWS_AT_ONCE: Final = 8192
LARGEST_VALUE: Final = 1 << 44
"""Largest outcome whose square is summed exactly: 175 billion in currency, 33 million years in minutes."""


class Estimate(NamedTuple):
    """A value with its confidence interval.

    Attributes
    ----------
    value
        The point estimate; NaN where there is none (a standard deviation of one replication).
    low, high
        Ends of the interval; NaN where so few replications give no bound.
    n
        Number of replications.
    """

    value: float
    low: float
    high: float
    n: int

    @property
    def half_width(self) -> float:
        """Half of the interval's length."""
        return (self.high - self.low) / 2


class Sums(NamedTuple):
    """Exact sums over replications of whole-number outcomes.

    Attributes
    ----------
    n
        Number of replications.
    total, squares
        Sum of the values and of their squares.
    """

    n: int = 0
    total: int = 0
    squares: int = 0

    def plus(self, other: Sums) -> Sums:
        """Sums over both sets of replications."""
        return Sums(self.n + other.n, self.total + other.total, self.squares + other.squares)

    @property
    def variance(self) -> float:
        """Sample variance (divisor n - 1), correctly rounded; NaN below two replications."""
        if self.n < 2:  # noqa: PLR2004 - a variance needs two values
            return nan
        return (self.n * self.squares - self.total * self.total) / (self.n * (self.n - 1))


def exact_sums(columns: NDArray[np.int64]) -> list[Sums]:
    """Exact sums and sums of squares of each column.

    Parameters
    ----------
    columns
        Shape (replications, columns), whole numbers below `LARGEST_VALUE` in size.

    Returns
    -------
    list of Sums
        One for each column.
    """
    sums = [Sums()] * columns.shape[1]
    for start in range(0, len(columns), _ROWS_AT_ONCE):
        rows = columns[start : start + _ROWS_AT_ONCE]
        totals = rows.sum(axis=0)
        sums = [
            old.plus(Sums(len(rows), int(total), squares))
            for old, total, squares in zip(sums, totals, _exact_squares(rows), strict=True)
        ]
    return sums


def _exact_squares(rows: NDArray[np.int64]) -> list[int]:
    high = rows >> _HALF_BITS
    low = rows & ((1 << _HALF_BITS) - 1)

    def product(a: NDArray[np.int64], b: NDArray[np.int64]) -> list[int]:
        return [int(value) for value in np.einsum("rk,rk->k", a, b)]

    parts = zip(product(high, high), product(high, low), product(low, low), strict=True)
    return [(hh << 2 * _HALF_BITS) + (hl << _HALF_BITS + 1) + ll for hh, hl, ll in parts]


def mean_estimate(sums: Sums, confidence: float, unit: float = 1.0) -> Estimate:
    """Mean with its Student t interval.

    Parameters
    ----------
    sums
        Exact sums of the outcome.
    confidence
        Level of the interval, such as 0.95.
    unit
        What one unit of the result is in the whole numbers summed, such as 100 cents.

    Returns
    -------
    Estimate
        In result units.
    """
    if sums.n == 0:
        return Estimate(nan, nan, nan, 0)
    value = sums.total / sums.n / unit
    variance = sums.variance
    if variance == 0.0:
        return Estimate(value, value, value, sums.n)
    half_width = student_quantile(confidence, sums.n - 1) * sqrt(variance / sums.n) / unit
    return Estimate(value, value - half_width, value + half_width, sums.n)


def share_estimate(count: int, n: int, confidence: float) -> Estimate:
    """Share of replications in which something happened, with Wilson's score interval.

    Source: Wilson (1927), *Probable inference, the law of succession, and statistical inference*.
    """
    if n == 0:
        return Estimate(nan, nan, nan, 0)
    share, z = count / n, normal_quantile(confidence)
    centre = (count + z * z / 2) / (n + z * z)
    half_width = z / (n + z * z) * sqrt(n * share * (1 - share) + z * z / 4)
    # At none and at all the ends are 0 and 1 exactly, but for rounding.
    low = 0.0 if count == 0 else centre - half_width
    high = 1.0 if count == n else centre + half_width
    return Estimate(share, low, high, n)


def deviation_estimate(values: NDArray[Any], confidence: float, unit: float = 1.0) -> Estimate:
    """Standard deviation with a delta-method interval that allows for the kurtosis of the values.

    Parameters
    ----------
    values
        Shape (n,), one for each replication.
    confidence, unit
        As in `mean_estimate`.

    Returns
    -------
    Estimate
        The interval is symmetric about the logarithm: the variance of log s is (kurtosis - 1) / 4n.
    """
    n = len(values)
    if n < 2:  # noqa: PLR2004 - a deviation needs two values
        return Estimate(nan, nan, nan, n)
    centred = values - values.mean()
    squared = centred * centred
    second = float(squared.mean())
    if second == 0.0:
        return Estimate(0.0, 0.0, 0.0, n)
    value = sqrt(second * n / (n - 1)) / unit
    kurtosis = float((squared * squared).mean()) / (second * second)
    factor = exp(normal_quantile(confidence) * sqrt(max(kurtosis - 1.0, 0.0) / (4 * n)))
    return Estimate(value, value / factor, value * factor, n)


def binomial_quantile(probability: float, n: int, share: float) -> int:
    """Smallest count that a binomial number of n draws does not exceed with this probability."""
    from scipy.special import bdtr, bdtrik

    count = max(ceil(float(bdtrik(probability, n, share))), 0)
    # The inverse is continuous: right at a step it may land on the count above.
    return count - 1 if count > 0 and float(bdtr(count - 1, n, share)) >= probability else count


def student_quantile(confidence: float, degrees: float) -> float:
    """Two-sided Student t quantile; NaN without degrees of freedom."""
    from scipy.special import stdtrit

    return float(stdtrit(degrees, (1 + confidence) / 2)) if degrees > 0 and isfinite(degrees) else nan


def normal_quantile(confidence: float) -> float:
    """Two-sided standard normal quantile."""
    from scipy.special import ndtri

    return float(ndtri((1 + confidence) / 2))
