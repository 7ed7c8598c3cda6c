"""What one point changes against another: losses subtracted replication by replication, so that shared luck cancels."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from sim.measures.estimates import mean_estimate
from sim.studies.findings import Simulates
from sim.units import CENTS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sim.measures import Estimate
    from sim.measures.estimates import Sums
    from sim.studies.findings import Finding
    from sim.studies.points import Point


@dataclass(frozen=True, slots=True)
class Change:
    """Two points of a study, and how much less each plan loses at the second.

    Attributes
    ----------
    base, other
        What was found at each.
    sums
        By plan: exact sums over replications of the loss at the base less the loss at the other point, in cents, each
        replication with the one of the same number; none where either point has no result.
    """

    base: Finding
    other: Finding
    sums: Mapping[str, Sums] = field(default_factory=dict)

    @property
    def error(self) -> str | None:
        """Why there is no result, in a sentence; None where there is one."""
        return self.base.error or self.other.error

    def gain(self, plan: str, confidence: float = 0.95) -> Estimate:
        """How much less a plan loses at the other point than at the base, in currency units."""
        return mean_estimate(self.sums[plan], confidence, CENTS)


class Pairs(Simulates, Protocol):
    """Whatever compares points replication by replication."""

    def changes(self, base: Point, others: Sequence[Point]) -> list[Change]:
        """What each of the other points changes against the base, in their order."""
