"""A stand-in for a study whose plans lose what a formula says, plus luck that is the same at every point."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import yaml

from sim.measures.estimates import Sums
from sim.random.distributions import parse
from sim.scenario import load_scenario
from sim.studies.changes import Change
from sim.studies.findings import Finding, PlanFinding
from sim.studies.inputs import Input
from sim.studies.outputs import Output
from tests.stories import order_of, scenario_tree

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from sim.scenario import Scenario
    from sim.studies.points import Point

    Losses = NDArray[np.int64]

DETAIL, UPHELD, OFFER = "contract.detail_share", "disputes.uphold_probability", "buyer.accepts_offer_from_share"
OWN = {DETAIL: 0.5, UPHELD: 0.5, OFFER: 0.5}
"""Values of the scenario itself, between which those of a point are put."""
A = Output("a")
A_OR_B = Output("a", "b")


@dataclass
class Formulas:
    """Finds what each plan loses by a formula.

    Attributes
    ----------
    losses
        By plan: its expected loss in currency units, as a function of the values by their paths.
    luck
        By plan: what each replication adds, in cents, given the values; nothing by default.
    own
        Values of the scenario itself.
    broken
        Says of which values no scenario can be made.
    asked
        Every point that was asked for.
    """

    losses: Mapping[str, Callable[[Mapping[str, float]], float]]
    luck: Mapping[str, Callable[[Mapping[str, float]], Sequence[int]]] = field(default_factory=dict)
    own: Mapping[str, float] = field(default_factory=dict)
    broken: Callable[[Mapping[str, float]], bool] = lambda _: False
    asked: list[Point] = field(default_factory=list)

    def findings(self, points: Sequence[Point]) -> list[Finding]:
        self.asked.extend(points)
        return [self._finding(point) for point in points]

    def changes(self, base: Point, others: Sequence[Point]) -> list[Change]:
        return [self._change(base, other) for other in others]

    def _values(self, point: Point) -> dict[str, float]:
        return {**self.own, **{path: float(str(value)) for path, value in point.values}}

    def _replications(self, point: Point, plan: str) -> Losses:
        values = self._values(point)
        luck = self.luck[plan](values) if plan in self.luck else (0, 0)
        return round(100 * self.losses[plan](values)) + np.array(luck, dtype=np.int64)

    def _finding(self, point: Point) -> Finding:
        if self.broken(self._values(point)):
            return Finding(point, error="no such scenario")
        rows = {name: self._replications(point, name) for name in point.plans or self.losses}
        names = tuple(rows)
        apart = {
            (name, other): _sums(rows[name] - rows[other]).squares
            for number, name in enumerate(names)
            for other in names[number + 1 :]
        }
        return Finding(
            point, {name: PlanFinding({"loss": _sums(row)}, 0, 0, 0.0, 0.0) for name, row in rows.items()}, apart
        )

    def _change(self, base: Point, other: Point) -> Change:
        start, end = self._finding(base), self._finding(other)
        if start.error or end.error:
            return Change(start, end)
        names = other.plans or tuple(self.losses)
        return Change(
            start,
            end,
            {name: _sums(self._replications(base, name) - self._replications(other, name)) for name in names},
        )


def _sums(row: Losses) -> Sums:
    return Sums(len(row), int(row.sum()), int((row.astype(object) ** 2).sum()))


def numbered(number: int, low: float = 0.0, high: float = 1.0) -> tuple[Input, ...]:
    """So many uniform inputs, named x1, x2 and so on."""
    return tuple(Input(f"x{one + 1}", parse({"dist": "uniform", "low": low, "high": high})) for one in range(number))


def uncertain_story(
    folder: Path, plans: Sequence[str] = ("a", "b"), inputs: Sequence[str] = (DETAIL, UPHELD)
) -> Scenario:
    """The plain story with plans that order alike, and inputs that lie anywhere from 0 to 1."""
    tree = scenario_tree(dict(OWN))
    tree["plans"] = {name: {"orders": [order_of()]} for name in plans}
    tree["uncertain"] = {path: {"dist": "uniform", "low": 0.0, "high": 1.0} for path in inputs}
    file = folder / "uncertain.yaml"
    file.write_text(yaml.safe_dump(tree, sort_keys=False), encoding="utf-8")
    return load_scenario(file)
