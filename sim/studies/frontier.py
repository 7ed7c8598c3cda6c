"""Frontier: the break-even of two plans in one input, for every value of a second input."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sim.errors import InputError, Problem
from sim.studies.axes import axis_of
from sim.studies.breakeven_words import frontier_verdict
from sim.studies.difference_curves import Curve, traced, two_plans

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pandas import DataFrame

    from sim.scenario import Scenario
    from sim.studies.axes import Axis
    from sim.studies.crossings import Crossing
    from sim.studies.findings import Simulates

_COLUMNS = ("y", "branch", "kind", "root", "low", "high", "open_low", "open_high")
_SIDES = ("loses_less_below", "loses_less_above")


@dataclass(frozen=True, slots=True)
class FrontierPoint:
    """One break-even of the frontier.

    Attributes
    ----------
    y
        Value of the second input.
    branch
        Which line of the frontier it belongs to, from 1.
    crossing
        The break-even in the first input.
    """

    y: float
    branch: int
    crossing: Crossing


@dataclass(frozen=True)
class Frontier:
    """Where two plans cost the same as two inputs move.

    Attributes
    ----------
    second
        The input that is set, value by value.
    curves
        For each of its values: the difference along the first input.
    points
        Every break-even, by the value of the second input and then along the first.
    met
        There is nothing that could not be met.
    """

    second: Axis
    curves: tuple[tuple[float, Curve], ...]
    points: tuple[FrontierPoint, ...]
    met: bool = True

    @property
    def first(self) -> Curve:
        """Curve of the first value of the second input: the plans, the axis and the currency are those of all."""
        return self.curves[0][1]

    @property
    def verdict(self) -> str:
        """What an importer should know of it, in a sentence or three."""
        roots = [(point.y, point.branch, point.crossing) for point in self.points]
        return frontier_verdict(self.second, self.curves, roots)

    @property
    def failed(self) -> int:
        """Number of points that make no valid scenario."""
        return sum(len(curve.failed) for _, curve in self.curves)

    def rows(self) -> list[dict[str, Any]]:
        """One row for each break-even."""
        return [
            {
                "y": point.y,
                "branch": point.branch,
                "kind": point.crossing.kind,
                "root": point.crossing.value,
                "low": point.crossing.low,
                "high": point.crossing.high,
                "open_low": point.crossing.open_low,
                "open_high": point.crossing.open_high,
                "loses_less_below": self.first.better(point.crossing.below),
                "loses_less_above": self.first.better(point.crossing.above),
            }
            for point in self.points
        ]

    def tables(self) -> dict[str, DataFrame]:
        """The frontier, and every difference behind it."""
        import pandas as pd

        tried = [{"y": y, "x": spot.x, **spot.difference._asdict()} for y, curve in self.curves for spot in curve.spots]
        curves = pd.DataFrame(tried, columns=["y", "x", "value", "low", "high", "n"])
        return {
            "frontier": pd.DataFrame(self.rows(), columns=[*_COLUMNS, *_SIDES]),
            "curve": curves.rename(columns={"value": "difference"}),
        }

    def data(self) -> dict[str, Any]:
        """The answer as plain numbers and texts."""
        return {
            "path": self.first.axis.path,
            "range": [self.first.axis.low, self.first.axis.high],
            "path2": self.second.path,
            "range2": [self.second.low, self.second.high],
            "plans": list(self.first.plans),
            "currency": self.first.currency,
            "confidence": self.first.confidence,
            "replications": max(curve.replications for _, curve in self.curves),
            "verdict": self.verdict,
            "values2": [y for y, _ in self.curves],
            "frontier": self.rows(),
            "failed": self.failed,
        }


def frontier_found(
    simulates: Simulates,
    scenario: Scenario,
    paths: tuple[str, str],
    *,
    plans: Sequence[str] = (),
    reaches: tuple[str | None, str | None] = (None, None),
    count: int = 9,
) -> Frontier:
    """Break-even of two plans in one input, for several values of another.

    Parameters
    ----------
    simulates
        Finds out what plans come to, with the same replications at every point.
    scenario
        Whose inputs are moved.
    paths
        Dotted paths of two numbers: the one whose break-even is sought, and the one that is set.
    plans
        Two of them; may be left out where the scenario has no more.
    reaches
        Ranges of both, ``LOW..HIGH``; by default those of the beliefs in ``uncertain``.
    count
        Values of the second input, both ends of its range among them.

    Raises
    ------
    InputError
        The plans, a path or a range are not what they must be.
    """
    if paths[0] == paths[1]:
        raise InputError(Problem("a frontier takes two different inputs", hint="leave the second out for one"))
    pair, spec = two_plans(scenario, plans), scenario.model
    first, second = (axis_of(scenario, path, reach) for path, reach in zip(paths, reaches, strict=True))
    curves = tuple(
        (y, Curve(first, pair, spec.run.confidence, spec.currency, ((second.path, second.settable(y)),)))
        for y in second.spread(count)
    )
    traced(simulates, [curve for _, curve in curves])
    return Frontier(second, curves, _linked(curves))


def _linked(curves: Sequence[tuple[float, Curve]]) -> tuple[FrontierPoint, ...]:
    """Break-evens of neighbouring values as lines: each goes on from the nearest one with the same plans beside it."""
    points: list[FrontierPoint] = []
    before: list[FrontierPoint] = []
    branches = 0
    for y, curve in curves:
        now: list[FrontierPoint] = []
        free = list(before)
        for crossing in (one for one in curve.crossings if one.is_breakeven):
            same = [point for point in free if point.crossing.below == crossing.below]
            nearest = min(same, key=lambda point: abs(point.crossing.value - crossing.value), default=None)
            if nearest is None:
                branches += 1
            else:
                free.remove(nearest)
            now.append(FrontierPoint(y, branches if nearest is None else nearest.branch, crossing))
        points.extend(now)
        before = now
    return tuple(points)
