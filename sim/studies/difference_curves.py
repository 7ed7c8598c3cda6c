"""Difference of two plans along one input, tried round by round until it is known where it crosses zero."""

from __future__ import annotations

from bisect import insort
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sim.errors import InputError, Problem
from sim.studies.crossings import Crossing, Spot, crossings, wanted
from sim.studies.points import Point

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sim.scenario import Scenario
    from sim.studies.axes import Axis
    from sim.studies.findings import Finding, Simulates
    from sim.studies.points import Value

    Setting = tuple[tuple[str, Value], ...]
    """Values that are set besides the one that moves."""


@dataclass
class Curve:
    """The difference of two plans along an axis, as far as it is known.

    Attributes
    ----------
    axis
        The input that moves.
    plans
        The difference is the loss of the first less that of the second.
    confidence
        Of the interval of each difference.
    currency
        Of every amount.
    setting
        What else is set.
    spots
        What is known, ascending.
    failed
        Values that make no valid scenario, each with the reason.
    replications
        Behind every spot; 0 where there is none.
    """

    axis: Axis
    plans: tuple[str, str]
    confidence: float
    currency: str
    setting: Setting = ()
    spots: list[Spot] = field(default_factory=list)
    failed: dict[float, str] = field(default_factory=dict)
    replications: int = 0

    @property
    def crossings(self) -> tuple[Crossing, ...]:
        """Where the plans change sides, or cannot be told apart."""
        return crossings(self.spots, self.axis)

    def better(self, sign: int) -> str | None:
        """The plan that loses less where the difference has this sign; None where neither does."""
        return None if sign == 0 else self.plans[0] if sign < 0 else self.plans[1]

    def asked(self, rounds: int) -> list[float]:
        """Values to try next."""
        return [value for value in wanted(self.spots, self.axis, rounds) if value not in self.failed]

    def point(self, value: float) -> Point:
        """The variant of the scenario at a value of the axis."""
        return Point((*self.setting, (self.axis.path, self.axis.settable(value))), self.plans)

    def learn(self, value: float, finding: Finding) -> None:
        """Take in what was found at a value of the axis."""
        if finding.error is not None:
            self.failed[value] = finding.error
            return
        insort(self.spots, Spot(value, finding.difference(*self.plans, self.confidence)))
        self.replications = finding.n


def two_plans(scenario: Scenario, names: Sequence[str]) -> tuple[str, str]:
    """The two plans to compare, in the order in which they were named.

    Raises
    ------
    InputError
        They are not two different plans of the scenario.
    """
    known = [plan.name for plan in scenario.plans]
    wanted_names = tuple(names) or tuple(known)
    unknown = [name for name in wanted_names if name not in known]
    if unknown:
        raise InputError(*(Problem(f"there is no plan {name!r}", hint=f"one of {_some(known)}") for name in unknown))
    if len(wanted_names) != 2 or wanted_names[0] == wanted_names[1]:  # noqa: PLR2004 - a difference is of two
        message = "a break-even is one of two plans"
        raise InputError(Problem(message, hint=f"name them: --plans A,B, of {_some(known)}"))
    return wanted_names[0], wanted_names[1]


def _some(names: Sequence[str], shown: int = 12) -> str:
    return ", ".join(names[:shown]) + (f" and {len(names) - shown} more" if len(names) > shown else "")


def traced(simulates: Simulates, curves: Sequence[Curve]) -> None:
    """Try values along curves, all of them in each round, until everything that happens on them is known.

    Parameters
    ----------
    simulates
        Finds out what plans come to.
    curves
        To be filled.

    Raises
    ------
    InputError
        No value of any curve makes a valid scenario.
    """
    rounds = 0
    while asked := [(curve, value) for curve in curves for value in curve.asked(rounds)]:
        findings = simulates.findings([curve.point(value) for curve, value in asked])
        for (curve, value), finding in zip(asked, findings, strict=True):
            curve.learn(value, finding)
        rounds += 1
    if not any(curve.spots for curve in curves):
        reason = next(reason for curve in curves for reason in curve.failed.values())
        raise InputError(Problem(f"no value in the range makes a valid scenario: {reason}", hint="try another --range"))
