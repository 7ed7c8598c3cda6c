"""How often a supplier is late, learnt from its own orders and, where these are few, from other suppliers' too.

Suppliers' shares follow a beta law with mean mu and worth k orders; how many of a supplier's n orders are late is
binomial given its share. Of (mu, k) the posterior is laid out on a grid, as in Gelman and others, Bayesian Data
Analysis, 3rd edition, section 5.3 (with other priors); given both, a supplier's share is a beta law again.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log
from typing import TYPE_CHECKING, Final

import numpy as np

from sim.calibration.fitted import Prior
from sim.calibration.posterior_grids import Axis, posterior_grid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

__all__ = ["SHARE_PRIORS", "SharePopulation", "share_population"]

_LOGIT: Final = Axis(-7.0, 7.0, 25, 56)
_LOG_WORTH: Final = Axis(log(0.1), log(3000.0), 17, 40)
_MEAN_PRIOR: Final = (1.0, 2.0)
_USUAL_WORTH: Final = 4.0
_WORTH_SPREAD: Final = 1.25

SHARE_PRIORS: Final = (
    Prior("late share, mean of all suppliers", "beta with a = 1, b = 2: mean 0.33", "most promises are kept"),
    Prior(
        "late share, likeness of suppliers",
        "their mean counts as lognormally many orders of one's own: median 4, between 0.3 and 46 with 95 %",
        "suppliers differ, and a dozen orders of one's own should outweigh what others did",
    ),
)


@dataclass(frozen=True)
class SharePopulation:
    """What is known of the suppliers' shares: the posterior of their mean and of their worth, on a grid of G points.

    Attributes
    ----------
    mean
        Mean share of the population at each grid point, shape (G,).
    worth
        How many orders the population is worth there, shape (G,).
    mass
        Posterior probability of each grid point, shape (G,).
    """

    mean: Floats
    worth: Floats
    mass: Floats

    def draws(self, marked: int, among: int, sets: int, rng: np.random.Generator) -> Floats:
        """Draw from the posterior of a supplier's share.

        Parameters
        ----------
        marked, among
            Its late orders among all of its own; zeros for a supplier that nothing is known of, which is drawn from
            the population.
        sets
            How many draws.
        rng
            Source of chance.

        Returns
        -------
        array of shape (sets,)
        """
        return self.draws_at(self.places(sets, rng), marked, among, rng)

    def places(self, sets: int, rng: np.random.Generator) -> Ints:
        """Draw grid points: several suppliers' shares that are to belong together are drawn at the same ones."""
        return rng.choice(len(self.mass), size=sets, p=self.mass)

    def draws_at(self, places: Ints, marked: int, among: int, rng: np.random.Generator) -> Floats:
        """Draw a supplier's share, one at each of the grid points."""
        mean, worth = self.mean[places], self.worth[places]
        return rng.beta(mean * worth + marked, (1 - mean) * worth + among - marked)

    def expected(self, marked: int, among: int) -> float:
        """Give the posterior mean of a supplier's share, exactly on the grid."""
        return float((self.mass * (self.mean * self.worth + marked) / (self.worth + among)).sum())


def share_population(marked: Ints, among: Ints) -> SharePopulation:
    """Learn how suppliers' shares are spread.

    Parameters
    ----------
    marked, among
        Late orders and all orders of each supplier, shapes (V,).

    Returns
    -------
    SharePopulation
        The prior's where no supplier has an order.
    """
    from scipy.special import betaln, expit

    first, second = _MEAN_PRIOR
    alike, times = np.unique(np.stack([marked, among], axis=1), axis=0, return_counts=True)

    def log_density(axes: Sequence[Floats], *, fine: bool) -> Floats:
        del fine
        logit, log_worth = axes[0][:, None], axes[1][None, :]
        mean, worth = expit(logit), np.exp(log_worth)
        a, b = mean * worth, (1 - mean) * worth
        # On the scales of the grid: the beta density times mean * (1 - mean), and the normal density of the logarithm.
        found = first * np.log(mean) + second * np.log1p(-mean)
        found = found - (log_worth - np.log(_USUAL_WORTH)) ** 2 / (2 * _WORTH_SPREAD**2)
        before = betaln(a, b)
        for (late, orders), suppliers in zip(alike, times, strict=True):
            found += suppliers * (betaln(a + late, b + orders - late) - before)
        return np.asarray(found, dtype=np.float64)

    # However many suppliers there are, the nodes stand where the mass is: fixed ones would be too far apart.
    grid = posterior_grid(log_density, (_LOGIT, _LOG_WORTH))
    logit, log_worth = (axis.ravel() for axis in np.meshgrid(*grid.axes, indexing="ij"))
    return SharePopulation(expit(logit), np.exp(log_worth), grid.weights.ravel())
