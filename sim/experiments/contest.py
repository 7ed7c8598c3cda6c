"""The contest between plans: which are still in it after so many observations, and which have lost too much more.

Source: Kim and Nelson (2001), *A fully sequential procedure for indifference-zone selection in simulation*, ACM
Transactions on Modeling and Computer Simulation 11 (3), 251-273: procedure KN with c = 1, turned round so that the
smallest mean is the best. Nothing here knows what was observed.
"""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.measures import Estimate
from sim.measures.estimates import student_quantile

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]


class Elimination(NamedTuple):
    """A plan leaves the contest.

    Attributes
    ----------
    plan, by
        Positions of the plan and of the one that it lost too much more than; of several the one furthest ahead.
    rounds
        How many observations each of them had then.
    """

    plan: int
    by: int
    rounds: int


def boundary_slack(guarantee: float, plans: int, first: int) -> float:
    """How wide the boundary of a contest begins, as h squared of procedure KN.

    Source: Kim and Nelson (2001), section 3, with c = 1: ``eta = ((2 alpha / (k - 1)) ** (-2 / (n0 - 1)) - 1) / 2`` and
    ``h ** 2 = 2 c eta (n0 - 1)``.

    Parameters
    ----------
    guarantee
        Probability of choosing the best plan, 1 - alpha; above one half.
    plans, first
        Number of plans, k, and of first observations of each, n0; two or more of both.
    """
    share: float = 2 * (1 - guarantee) / (plans - 1)
    eta = (share ** (-2 / (first - 1)) - 1) / 2
    return float(2 * eta * (first - 1))


class Contest:
    """Plans that are observed side by side until one is left; the one with the smallest mean is the best.

    Parameters
    ----------
    first
        The first observations, shape (n0, k): two rounds or more, of two plans or more. In each round all plans are
        observed under the same luck; rounds are independent of each other.
    guarantee
        Probability, above one half, with which the best plan is to be left, if it is ahead of every other by the
        indifference at least.
    indifference
        Smallest difference worth finding, delta; above zero, in the unit of the observations.

    Attributes
    ----------
    contenders
        Positions of the plans still in the contest, rising.
    rounds
        How many observations each of them has.
    eliminations
        Of the others, as they came.
    """

    def __init__(self, first: Numbers, *, guarantee: float, indifference: float) -> None:
        number, plans = first.shape
        self.contenders = np.arange(plans)
        self.rounds = 0
        self.eliminations: list[Elimination] = []
        self._indifference = indifference
        # Sums of squares are taken of what lies beside the first mean: so they keep their digits.
        self._centre: Numbers = first.sum(axis=0) / number
        self._totals = np.zeros(plans)
        self._observed = np.zeros(plans, np.int64)
        self._squares = np.zeros(plans)
        self._apart = np.zeros((plans, plans))
        self._apart_squares = np.zeros((plans, plans))
        for observations in first:
            self._note(observations)
        variances = (self._apart_squares - self._apart * self._apart / number) / (number - 1)
        slack = boundary_slack(guarantee, plans, number)
        self._patience: Numbers = slack * np.maximum(variances, 0.0) / indifference**2
        self._screen()

    @property
    def settled(self) -> bool:
        """Whether the contest is over: one plan is left, or plans that are exactly equal.

        From the round on that a pair's patience allows, any difference ends it; those that are left then have none.
        """
        return len(self.contenders) == 1 or bool((self._among(self._patience) <= self.rounds).all())

    @property
    def leader(self) -> int:
        """Position of the contender with the smallest mean; of equal ones the first."""
        return int(self.contenders[np.argmin(self._totals[self.contenders])])

    def add(self, observations: Numbers) -> None:
        """Go on by a round: one more observation of each contender, in their order; then see who leaves.

        Parameters
        ----------
        observations
            Shape (contenders,).
        """
        self._note(observations)
        self._screen()

    def observed(self, plan: int) -> int:
        """How many observations a plan has."""
        return int(self._observed[plan])

    def mean(self, plan: int, confidence: float) -> Estimate:
        """Mean observation of a plan, with its Student t interval; its `n` counts observations."""
        n = self.observed(plan)
        mean = float(self._totals[plan]) / n
        beside = mean - float(self._centre[plan])
        return _estimate(n, mean, float(self._squares[plan]) - n * beside * beside, confidence)

    def difference(self, plan: int, other: int, confidence: float) -> Estimate:
        """How much larger the observations of a plan are than those of another, over the rounds that both were in."""
        n = min(self.observed(plan), self.observed(other))
        beside = float(self._apart[plan, other]) / n
        mean = beside + float(self._centre[plan] - self._centre[other])
        return _estimate(n, mean, float(self._apart_squares[plan, other]) - n * beside * beside, confidence)

    def foreseen(self) -> Numbers:
        """After about how many rounds each contender will be out, should the means stay as they are.

        The boundary reaches a lead d after ``delta a / (2 d + delta)`` rounds, where a is the pair's patience. The
        leader stays until the last of the others is out.
        """
        means = self._totals[self.contenders] / self.rounds
        leads = means[:, np.newaxis] - means
        delta = self._indifference
        ends = delta * self._among(self._patience) / (2 * np.abs(leads) + delta)
        leaves: Numbers = np.where(leads > 0, ends, np.inf).min(axis=1)
        without_end = ~np.isfinite(leaves)
        leaves[without_end] = max(leaves[~without_end].max(initial=0.0), ends[without_end].max())
        return np.maximum(leaves, self.rounds)

    def _among(self, pairs: Numbers) -> Numbers:
        """Of a value for every pair of plans, those for pairs of contenders."""
        among: Numbers = pairs[np.ix_(self.contenders, self.contenders)]
        return among

    def _note(self, observations: Numbers) -> None:
        here = self.contenders
        beside = observations - self._centre[here]
        self._totals[here] += observations
        self._observed[here] += 1
        self._squares[here] += beside * beside
        apart = beside[:, np.newaxis] - beside
        pairs = np.ix_(here, here)
        self._apart[pairs] += apart
        self._apart_squares[pairs] += apart * apart
        self.rounds += 1

    def _screen(self) -> None:
        """Let plans leave: ``W(r) = max(0, delta / (2 c r) (h^2 S^2 / delta^2 - r))`` is what a plan may be behind."""
        means = self._totals[self.contenders] / self.rounds
        may_be_behind = self._indifference / (2 * self.rounds) * (self._among(self._patience) - self.rounds)
        reach = means + np.maximum(may_be_behind, 0.0)
        leaves = (means[:, np.newaxis] > reach).any(axis=1)
        if not leaves.any():
            return
        ahead = np.argmax(means[:, np.newaxis] - reach, axis=1)
        for plan, by in zip(self.contenders[leaves], self.contenders[ahead[leaves]], strict=True):
            self.eliminations.append(Elimination(int(plan), int(by), self.rounds))
        self.contenders = self.contenders[~leaves]


def _estimate(n: int, mean: float, squares: float, confidence: float) -> Estimate:
    """Mean with its Student t interval, from the sum of squares about it."""
    deviation = sqrt(max(squares, 0.0) / (n - 1))
    half_width = student_quantile(confidence, n - 1) * deviation / sqrt(n)
    return Estimate(mean, mean - half_width, mean + half_width, n)
