"""Difference of two plans under common random numbers: by replication, so that shared luck cancels."""

from __future__ import annotations

from math import ceil, inf, isnan, nan, sqrt
from typing import TYPE_CHECKING, NamedTuple

from sim.measures.estimates import Estimate, mean_estimate, pieces, sums_over
from sim.units import CENTS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class PairedDifference(NamedTuple):
    """How much more one plan loses than another.

    Attributes
    ----------
    difference
        Mean of the paired differences, in currency units.
    correlation
        Of the two plans' losses over replications; NaN where either never varies.
    variance_reduction
        How many times as many independent replications would give the same interval.
    """

    difference: Estimate
    correlation: float
    variance_reduction: float

    @property
    def settled(self) -> bool:
        """Whether the interval leaves no doubt about the sign."""
        return self.difference.low > 0 or self.difference.high < 0


def paired_difference(losses: NDArray[np.int64], reference: NDArray[np.int64], confidence: float) -> PairedDifference:
    """Difference between the losses of two plans in the same replications.

    Parameters
    ----------
    losses, reference
        Shape (n,), in cents, in the order of replication numbers.
    confidence
        Level of the interval.

    Returns
    -------
    PairedDifference
        Of `losses` minus `reference`; positive where the reference plan loses less.
    """
    differences = (losses[piece] - reference[piece] for piece in pieces(len(losses)))
    paired, own, other = sums_over(differences), sums_over([losses]), sums_over([reference])
    apart = own.variance + other.variance
    product = sqrt(own.variance) * sqrt(other.variance) if apart == apart else nan  # noqa: PLR0124 - NaN test
    return PairedDifference(
        mean_estimate(paired, confidence, CENTS),
        (apart - paired.variance) / 2 / product if product else nan,
        apart / paired.variance if paired.variance else nan if not apart else inf,
    )


def replications_to_settle(difference: Estimate) -> float:
    """About how many more replications would settle which of two plans loses less.

    The half-width shrinks with the square root of n, so n must grow by (half-width / difference) squared, and
    a fifth more because the difference itself may turn out smaller. Infinite where the plans do not differ at
    all, NaN where one replication says nothing about the spread.
    """
    if isnan(difference.half_width):
        return nan
    if difference.half_width == 0 or difference.half_width < abs(difference.value):
        return inf if difference.value == 0 else 0.0
    if difference.value == 0:
        return inf
    needed = difference.n * (difference.half_width / difference.value) ** 2 * 1.2
    return float(ceil(needed - difference.n))
