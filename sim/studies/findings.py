"""What was found at a point of a study: exact sums of each plan, and of the differences of every two."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import nan
from typing import TYPE_CHECKING, Protocol

from sim.measures import Estimate
from sim.measures.estimates import Sums, mean_estimate, share_estimate, student_quantile
from sim.units import CENTS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sim.studies.points import Point


@dataclass(frozen=True, slots=True)
class PlanFinding:
    """What one plan came to at a point.

    Attributes
    ----------
    sums
        By the names of `sim.totals.SUMMED` that the study keeps, ``loss`` among them always: exact sums over
        replications, in cents, minutes or units.
    late, with_claim
        Replications in which an order was late, and with a claim.
    tail, tail_error
        Mean loss of the worst 5 % of replications (CVaR 95) in currency units, and its standard error.
    """

    sums: Mapping[str, Sums]
    late: int
    with_claim: int
    tail: float
    tail_error: float


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found at a point: a result for each plan, or what is wrong with the point.

    Attributes
    ----------
    point
        Of the study.
    plans
        What each plan came to, by its name, in the order of the point; none where there is an `error`.
    squares
        For two plans in that order: the exact sum of the squares of their differences in loss, in cents.
    error
        Why there is no result, in a sentence; None where there is one.
    """

    point: Point
    plans: Mapping[str, PlanFinding] = field(default_factory=dict)
    squares: Mapping[tuple[str, str], int] = field(default_factory=dict)
    error: str | None = None

    @property
    def n(self) -> int:
        """Number of replications of each plan; 0 where there is an error."""
        return next((plan.sums["loss"].n for plan in self.plans.values()), 0)

    @property
    def best(self) -> str:
        """The plan with the least expected loss here; of equal ones the first."""
        return min(self.plans, key=lambda name: self.plans[name].sums["loss"].total)

    def mean(self, plan: str, name: str = "loss", confidence: float = 0.95) -> Estimate:
        """Mean of a money column of a plan, such as ``loss``, ``loss.refunds`` or ``recovered``, in currency units."""
        return mean_estimate(self.plans[plan].sums[name], confidence, CENTS)

    def difference(self, plan: str, other: str, confidence: float = 0.95) -> Estimate:
        """How much more one plan loses than another, pair by pair, in currency units."""
        if plan == other:
            return Estimate(0.0, 0.0, 0.0, self.n)
        ours, theirs = self.plans[plan].sums["loss"], self.plans[other].sums["loss"]
        pair = (plan, other) if (plan, other) in self.squares else (other, plan)
        sums = Sums(self.n, ours.total - theirs.total, self.squares[pair])
        return mean_estimate(sums, confidence, CENTS)

    def tail(self, plan: str, confidence: float = 0.95) -> Estimate:
        """Mean loss of the worst 5 % of replications, in currency units."""
        found = self.plans[plan]
        degrees = self.n * 0.05 - 1
        reach = student_quantile(confidence, degrees) * found.tail_error if degrees > 0 else nan
        return Estimate(found.tail, found.tail - reach, found.tail + reach, self.n)

    def late_probability(self, plan: str, confidence: float = 0.95) -> Estimate:
        """Share of replications in which an order was late."""
        return share_estimate(self.plans[plan].late, self.n, confidence)

    def claim_probability(self, plan: str, confidence: float = 0.95) -> Estimate:
        """Share of replications with a claim."""
        return share_estimate(self.plans[plan].with_claim, self.n, confidence)


class Simulates(Protocol):
    """Whatever finds out what plans come to at points: a study, or a stand-in for one."""

    def findings(self, points: Sequence[Point]) -> list[Finding]:
        """What was found at each of the points, in their order."""
