"""Break-even: the value of an input at which two plans cost the same, with the interval that it lies in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sim.studies.axes import axis_of
from sim.studies.breakeven_words import breakeven_verdict
from sim.studies.crossings import Spot
from sim.studies.difference_curves import Curve, traced, two_plans
from sim.studies.points import Point

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pandas import DataFrame

    from sim.scenario import Scenario
    from sim.studies.crossings import Crossing
    from sim.studies.findings import Simulates


@dataclass(frozen=True)
class BreakEven:
    """Where two plans cost the same as one input moves.

    Attributes
    ----------
    curve
        The difference of the plans at every value that was tried.
    own
        The difference at the scenario's own value; None where it gives none.
    met
        There is nothing that could not be met.
    """

    curve: Curve
    own: Spot | None
    met: bool = True

    @property
    def verdict(self) -> str:
        """What an importer should know of it, in a sentence or three."""
        return breakeven_verdict(self.curve, self.own)

    @property
    def crossings(self) -> tuple[Crossing, ...]:
        """Where the plans change sides, or cannot be told apart, ascending."""
        return self.curve.crossings

    @property
    def failed(self) -> int:
        """Number of values that make no valid scenario."""
        return len(self.curve.failed)

    def roots(self) -> list[dict[str, Any]]:
        """One row for each part of the axis where the plans change sides or cannot be told apart."""
        return [
            {
                "path": self.curve.axis.path,
                "kind": crossing.kind,
                "value": crossing.value,
                "low": crossing.low,
                "high": crossing.high,
                "open_low": crossing.open_low,
                "open_high": crossing.open_high,
                "loses_less_below": self.curve.better(crossing.below),
                "loses_less_above": self.curve.better(crossing.above),
            }
            for crossing in self.crossings
        ]

    def tried(self) -> list[dict[str, Any]]:
        """One row for each value that was tried: how much more the first plan loses than the second."""
        return [spot_row(spot) for spot in self.curve.spots]

    def tables(self) -> dict[str, DataFrame]:
        """What was found, and the curve behind it."""
        import pandas as pd

        columns = ("path", "kind", "value", "low", "high", "open_low", "open_high")
        sides = ("loses_less_below", "loses_less_above")
        return {
            "breakeven": pd.DataFrame(self.roots(), columns=[*columns, *sides]),
            "curve": pd.DataFrame(self.tried(), columns=["x", "difference", "low", "high", "n"]),
        }

    def data(self) -> dict[str, Any]:
        """The answer as plain numbers and texts."""
        return {
            "path": self.curve.axis.path,
            "range": [self.curve.axis.low, self.curve.axis.high],
            "plans": list(self.curve.plans),
            "currency": self.curve.currency,
            "confidence": self.curve.confidence,
            "replications": self.curve.replications,
            "verdict": self.verdict,
            "breakevens": self.roots(),
            "own_value": None if self.own is None else spot_row(self.own),
            "curve": self.tried(),
            "failed": self.failed,
        }


def spot_row(spot: Spot) -> dict[str, Any]:
    """A value that was tried as one row of figures."""
    estimate = spot.difference
    return {"x": spot.x, "difference": estimate.value, "low": estimate.low, "high": estimate.high, "n": estimate.n}


def breakeven_found(
    simulates: Simulates, scenario: Scenario, path: str, *, plans: Sequence[str] = (), reach: str | None = None
) -> BreakEven:
    """Value of an input at which two plans cost the same.

    Parameters
    ----------
    simulates
        Finds out what plans come to, with the same replications at every point.
    scenario
        Whose input is moved.
    path
        Dotted path of a number.
    plans
        Two of them; may be left out where the scenario has no more.
    reach
        Range of the input, ``LOW..HIGH``; by default that of the belief in ``uncertain``.

    Returns
    -------
    BreakEven
        Every break-even in the range; its interval are the values at which that of the difference includes zero.

    Raises
    ------
    InputError
        The plans, the path or the range are not what they must be.
    """
    spec = scenario.model
    curve = Curve(axis_of(scenario, path, reach), two_plans(scenario, plans), spec.run.confidence, spec.currency)
    traced(simulates, [curve])
    return BreakEven(curve, _own_spot(simulates, curve))


def _own_spot(simulates: Simulates, curve: Curve) -> Spot | None:
    """The difference at the scenario's own value, which may lie outside the range."""
    own = curve.axis.own
    tried = next((spot for spot in curve.spots if spot.x == own), None)
    if own is None or tried is not None:
        return tried
    (finding,) = simulates.findings([Point((), curve.plans)])
    return None if finding.error is not None else Spot(own, finding.difference(*curve.plans, curve.confidence))
