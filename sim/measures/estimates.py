"""Estimates from independent replications, each with its confidence interval and number of replications.

Sums of outcomes are kept as whole numbers of cents, minutes or units, so that a mean and its interval do not
depend on the order in which replications were added up.
"""

from __future__ import annotations

from math import ceil, exp, fsum, isfinite, nan, sqrt
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from sim.totals import exact_totals

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

_VALUES_AT_ONCE: Final = 1 << 16
"""Long columns are worked through in pieces of this length: what is computed on the way takes no memory to speak of,
and every sum of floats is added up in the same order wherever the values came from."""


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
        Shape (replications, columns), whole numbers within the bounds of `sim.totals.exact_totals`.

    Returns
    -------
    list of Sums
        One for each column.
    """
    return [Sums(len(columns), *sums) for sums in zip(*exact_totals(columns), strict=True)]


def sums_over(parts: Iterable[NDArray[np.int64]], start: Sums | None = None) -> Sums:
    """Exact sums of one outcome, whose values come in parts.

    Parameters
    ----------
    parts
        Each of shape (replications,).
    start
        What to add them to.
    """
    added = start or Sums()
    for part in parts:
        (sums,) = exact_sums(part[:, np.newaxis])
        added = added.plus(sums)
    return added


def pieces(length: int) -> Iterator[slice]:
    """A long column cut into pieces, always at the same places."""
    return (slice(start, start + _VALUES_AT_ONCE) for start in range(0, length, _VALUES_AT_ONCE))


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


def deviation_estimate(values: NDArray[np.int64], confidence: float, unit: float = 1.0) -> Estimate:
    """Standard deviation with a delta-method interval that allows for the kurtosis of the values.

    Parameters
    ----------
    values
        Shape (n,), whole numbers, one for each replication.
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
    sums = sums_over([values])
    if sums.variance == 0.0:
        return Estimate(0.0, 0.0, 0.0, n)
    value = sqrt(sums.variance) / unit
    second = sums.variance * (n - 1) / n
    kurtosis = _fourth_moment(values, sums.total / n) / (second * second)
    factor = exp(normal_quantile(confidence) * sqrt(max(kurtosis - 1.0, 0.0) / (4 * n)))
    return Estimate(value, value / factor, value * factor, n)


def _fourth_moment(values: NDArray[np.int64], mean: float) -> float:
    """Mean of the fourth powers of what values lie from their mean."""
    squares = (np.square(values[piece] - mean) for piece in pieces(len(values)))
    return fsum(float(np.square(squared).sum()) for squared in squares) / len(values)


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
