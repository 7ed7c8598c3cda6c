"""How much of what comes out is chance, and how much is not knowing the inputs.

Replications are simulated under parameter sets in turn. Within a set outcomes differ by chance alone; that the means of
sets differ by more than chance explains is ignorance, which no larger number of replications takes away, and knowing
the inputs would. The split is the one-way analysis of variance (Searle, Casella and McCulloch 1992, *Variance
components*, section 3.6; with unequal numbers the same estimator by moments).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Ignorance:
    """What not knowing the inputs does to an expected value.

    Attributes
    ----------
    value
        Mean over everything that is believed.
    low, high
        Between them the expected value lies with the given probability, as far as the parameter sets tell: it is one
        number that nobody knows. Not narrowed by more replications.
    chance, ignorance
        Variances of one replication: within a set, and of the sets' expected values. They sum to its variance.
    above_zero
        Share of the sets whose expected value is above 0.
    sets
        How many sets had replications.
    n
        Replications in all.
    """

    value: float
    low: float
    high: float
    chance: float
    ignorance: float
    above_zero: float
    sets: int
    n: int

    @property
    def of_interval(self) -> float:
        """Part of the variance with which the expected value is known that is ignorance: 0 to 1.

        The rest is chance, `chance` over `n`, which more replications take away.
        """
        whole = self.chance / self.n + self.ignorance
        return self.ignorance / whole if whole > 0 else 0.0

    @property
    def share(self) -> float:
        """Part of the variance of one replication that is ignorance: 0 to 1."""
        whole = self.chance + self.ignorance
        return self.ignorance / whole if whole > 0 else 0.0


def ignorance_of(values: NDArray[Any], sets: int, block: int, probability: float = 0.9) -> Ignorance | None:
    """Split what replications came to into chance and ignorance.

    Parameters
    ----------
    values
        Shape (n,), by number of replication from 0.
    sets, block
        How many parameter sets there are, and replications under each before the next one's turn comes.
    probability
        Of the interval.

    Returns
    -------
    Ignorance or None
        None where fewer than two sets had at least two replications.

    Notes
    -----
    Means of sets are drawn towards the mean of all so far that their spread is what is left when chance is taken away
    (the sample variance of the results is the estimated variance between sets), and the ends of the interval are
    quantiles of those: an interval of raw means would count chance as ignorance.
    """
    numbers = np.arange(len(values)) // block % sets
    counts = np.bincount(numbers, minlength=sets)
    seen = counts > 0
    groups, total = int(seen.sum()), len(values)
    if groups < 2 or total <= groups:  # noqa: PLR2004 - what varies takes two
        return None
    counts = counts[seen].astype(np.float64)
    exact = values.astype(np.float64)
    means = np.bincount(numbers, exact, sets)[seen] / counts
    mean = float(exact.mean())
    between = float((counts * (means - mean) ** 2).sum()) / (groups - 1)
    within = max(float(((exact - mean) ** 2).sum()) - between * (groups - 1), 0.0) / (total - groups)
    typical = (total - float((counts**2).sum()) / total) / (groups - 1)
    ignorance = max((between - within) / typical, 0.0)
    middle = float(means.mean())
    raw = float(means.var(ddof=1))
    drawn = mean + (means - middle) * (sqrt(ignorance / raw) if raw > 0 else 0.0)
    tail = (1 - probability) / 2
    low, high = (float(end) for end in np.quantile(drawn, (tail, 1 - tail)))
    return Ignorance(mean, low, high, within, ignorance, float((drawn > 0).mean()), groups, total)
