"""How much of what varies between the points of a study is mere simulation noise."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from math import ceil
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from sim.studies.outputs import CONFIDENCE, standard_error
from sim.studies.wording import percent

if TYPE_CHECKING:
    from sim.measures import Estimate
    from sim.studies.changes import Change, Pairs
    from sim.studies.outputs import Output, Responses

ALLOWED: Final = 0.05
"""Share of the variance that may be simulation noise before a reader is warned."""
_PAIRS: Final = 32
_STEP: Final = 100


@dataclass(frozen=True, slots=True)
class Noise:
    """How much of what varies between points is mere simulation noise.

    Attributes
    ----------
    share
        Of the variance of the outputs, at most.
    replications
        Of each plan at a point, as simulated.
    enough
        About as many as would bring the share to what is allowed.
    """

    share: float
    replications: int
    enough: int

    @property
    def is_heavy(self) -> bool:
        """Whether a reader must be warned."""
        return self.share > ALLOWED

    @property
    def said(self) -> str:
        """A sentence for the reader."""
        if not self.is_heavy:
            return f"At most {percent(self.share, 1)} of what varies between the points is simulation noise."
        return (
            f"Up to {percent(self.share)} of what varies between the points may be mere simulation noise: "
            f"--replications {self.enough} would bring that to about {percent(ALLOWED)}."
        )

    def as_data(self) -> dict[str, Any]:
        """As plain data."""
        return asdict(self)


def noise_in(study: Pairs, found: Responses) -> Noise:
    """Share of the variance of the outputs that is simulation noise, at most.

    Notes
    -----
    With errors e at points x, the sample variance of f(x) + e(x) exceeds that of f(x) by half of the mean of
    Var(e(x) - e(x')) over pairs of points. Points that shared no random numbers would give the mean squared standard
    error; these share them, so most of their errors are the same and cancel. Half of `variance_apart` is averaged over
    pairs of one point with others from all over the design.
    """
    complete = [finding for finding in found.findings if finding.error is None]
    variance = float(np.var(found.values[found.complete], ddof=1))
    if variance == 0:
        return Noise(0.0, found.replications, found.replications)
    base, *rest = complete
    others = rest[:: max(len(rest) // _PAIRS, 1)][:_PAIRS]
    changes = study.changes(base.point, [other.point for other in others])
    apart = [
        variance_apart(found.output.at(base), found.output.at(other), change, found.output)
        for other, change in zip(others, changes, strict=True)
        if change.error is None
    ]
    share = float(np.mean(apart)) / 2 / variance
    enough = ceil(found.replications * max(share / ALLOWED, 1) / _STEP) * _STEP
    return Noise(share, found.replications, enough)


def variance_apart(one: Estimate, other: Estimate, change: Change, output: Output) -> float:
    """Variance of the error in the difference of the output between two points, at most.

    Parameters
    ----------
    one, other
        The output at both.
    change
        Of each plan from the one point to the other, replication by replication.
    output
        What is explained.

    Notes
    -----
    For one plan the change is paired, and its variance known. For the difference of two plans the change is a sum of
    four means: it can be read as the outputs at two points, or as the changes of two plans. What is missing in both
    readings is a covariance, and it may have either sign: the luck that helps a plan at one point may harm it at the
    other. By the inequality of Cauchy and Schwarz the standard error of a sum is at most the sum of the standard
    errors, whatever the covariance; so neither reading gives too little, and the lesser is taken. Where an input
    touches neither plan the change is exactly zero, and known exactly.
    """
    by_plan = sum(standard_error(change.gain(plan, CONFIDENCE)) for plan in output.plans)
    if output.other is None:
        return by_plan**2
    return float(min(standard_error(one) + standard_error(other), by_plan) ** 2)
