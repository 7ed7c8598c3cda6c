"""The output of a sensitivity study: one plan's expected loss, or how much one plan loses less than another."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from sim.errors import InputError, Problem
from sim.measures.estimates import student_quantile
from sim.studies.inputs import members_of, points_at

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sim.measures import Estimate
    from sim.studies.findings import Finding, Simulates
    from sim.studies.inputs import Believed, Input
    from sim.studies.points import Point

    Floats = NDArray[np.float64]

CONFIDENCE: Final = 0.95
_EDGE: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Output:
    """What a study explains at each point.

    Attributes
    ----------
    plan
        Its expected loss, or, with an `other`, its advantage: how much more the other one loses.
    other
        The plan it is compared with; None for an expected loss.
    """

    plan: str
    other: str | None = None

    @property
    def plans(self) -> tuple[str, ...]:
        """The plans to be simulated."""
        return (self.plan,) if self.other is None else (self.plan, self.other)

    @property
    def name(self) -> str:
        """What it is, in words."""
        if self.other is None:
            return f"the expected loss of {self.plan}"
        return f"how much less {self.plan} loses than {self.other}"

    def at(self, finding: Finding) -> Estimate:
        """Its estimate at a point, in currency units; positive differences speak for `plan`."""
        if self.other is None:
            return finding.mean(self.plan, confidence=CONFIDENCE)
        return finding.difference(self.other, self.plan, CONFIDENCE)


@dataclass(frozen=True, slots=True)
class Responses:
    """The output at the points of a study.

    Attributes
    ----------
    inputs
        What is varied.
    output
        What is explained.
    findings
        What was found at each point.
    values, errors
        Shape (points,), in currency units: the output and its standard error; NaN where a point has no result.
    """

    inputs: tuple[Believed, ...]
    output: Output
    findings: tuple[Finding, ...]
    values: Floats
    errors: Floats

    @property
    def complete(self) -> NDArray[np.bool_]:
        """Shape (points,): which points have a result."""
        return np.array([finding.error is None for finding in self.findings], dtype=bool)

    @property
    def failed(self) -> int:
        """Number of points without a result."""
        return sum(finding.error is not None for finding in self.findings)

    @property
    def first_error(self) -> str:
        """What is wrong with the first point that has no result."""
        return next((finding.error for finding in self.findings if finding.error is not None), "")

    @property
    def replications(self) -> int:
        """Replications of each plan at a point."""
        return max((finding.n for finding in self.findings), default=0)

    @property
    def members(self) -> tuple[Input, ...]:
        """The inputs whose values were set: those that are varied together, one by one."""
        return members_of(self.inputs)

    @property
    def settings(self) -> Floats:
        """Shape (points, members): the values that were set, NaN where an input stayed as in the scenario."""
        rows = [dict(finding.point.values) for finding in self.findings]
        paths = [one.path for one in self.members]
        return np.array([[row.get(path, np.nan) for path in paths] for row in rows], dtype=np.float64)

    def selected(self, marks: NDArray[np.bool_]) -> Responses:
        """Some of the points, marked in shape (points,)."""
        findings = tuple(finding for finding, is_in in zip(self.findings, marks, strict=True) if is_in)
        return replace(self, findings=findings, values=self.values[marks], errors=self.errors[marks])

    def whole_groups(self, length: int) -> tuple[NDArray[np.bool_], tuple[str, ...]]:
        """Which points stand in groups of this length without a gap, and what to say of those left out.

        Raises
        ------
        InputError
            Fewer than two groups are whole.
        """
        whole = np.asarray(self.complete.reshape(-1, length).all(axis=1), dtype=bool)
        if whole.sum() < 2:  # noqa: PLR2004 - a spread needs two
            message = (
                f"{self.failed:,} of {len(self.findings):,} points make no valid scenario, so nothing can be compared"
            )
            raise InputError(Problem(message, hint=f"the first: {self.first_error}"))
        out = int((~whole).sum())
        if not out:
            return np.repeat(whole, length), ()
        groups = "" if length == 1 else f" with the groups of {length} to which they belong, {out:,} of {len(whole):,},"
        said = f"{self.failed:,} of {len(self.findings):,} points have no result (the first: {self.first_error})"
        return np.repeat(whole, length), (f"{said} and were left out{groups} so nothing is said of such values.",)


def responses(simulates: Simulates, inputs: Sequence[Believed], points: Sequence[Point], output: Output) -> Responses:
    """Output at some points, all of them in one round.

    Parameters
    ----------
    simulates
        Finds out what plans come to.
    inputs, output
        What is varied, and what is explained.
    points
        Which plans are simulated there follows from the output.
    """
    findings = tuple(simulates.findings([point._replace(plans=output.plans) for point in points]))
    estimates = [output.at(finding) if finding.error is None else None for finding in findings]
    return Responses(
        tuple(inputs),
        output,
        findings,
        np.array([np.nan if one is None else one.value for one in estimates]),
        np.array([np.nan if one is None else standard_error(one) for one in estimates]),
    )


def responses_in(simulates: Simulates, inputs: Sequence[Believed], shares: Floats, output: Output) -> Responses:
    """Output at the points of a design in the unit cube, shape (points, inputs)."""
    # The ends of an unbounded belief are infinite, and no scenario takes that.
    return responses(simulates, inputs, points_at(inputs, np.clip(shares, _EDGE, 1 - _EDGE)), output)


def standard_error(estimate: Estimate) -> float:
    """Standard error of a mean, from its Student t interval; NaN with one replication."""
    if estimate.n > 1 and estimate.half_width == 0:
        return 0.0
    return estimate.half_width / student_quantile(CONFIDENCE, estimate.n - 1)
