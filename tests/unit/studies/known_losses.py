"""A stand-in for a study: plans whose expected losses are given functions of the inputs, with luck or without."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import yaml

from sim.measures.estimates import Sums
from sim.scenario import load_scenario
from sim.studies.findings import Finding, PlanFinding
from tests.stories import MAKER, order_of, scenario_tree

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sim.scenario import Scenario
    from sim.studies.points import Point

REPLICATIONS = 100
FIRST, SECOND, THIRD = f"{MAKER}.defects.major", f"{MAKER}.defects.minor", "buyer.hourly_cost"
"""Inputs that stand-ins put a meaning of their own to."""
SHARE = {"dist": "uniform", "low": 0, "high": 1}


@dataclass
class KnownLosses:
    """Finds what each plan loses by a formula.

    Attributes
    ----------
    losses
        By plan: its expected loss in currency units, as a function of the values of the inputs in their order.
    noise
        Standard deviation of the luck of a point, drawn from the seed of its replications.
    broken
        Says of which values no scenario can be made.
    asked
        Every point that was asked for.
    """

    losses: Mapping[str, Callable[..., float]]
    noise: float = 0.0
    broken: Callable[..., bool] = lambda *_: False
    asked: list[Point] = field(default_factory=list)

    def findings(self, points: Sequence[Point]) -> list[Finding]:
        self.asked.extend(points)
        return [self._finding(point) for point in points]

    def _finding(self, point: Point) -> Finding:
        (path, seed), *values = point.values
        assert path == "run.seed"
        assert isinstance(seed, int)
        known = [value for _, value in values]
        if self.broken(*known):
            return Finding(point, error="a value that makes no valid scenario")
        luck = np.random.default_rng(seed)
        plans = {}
        for name in point.plans:
            loss = self.losses[name](*known) + self.noise * luck.standard_normal()
            plans[name] = PlanFinding(
                {"loss": Sums(REPLICATIONS, round(100 * REPLICATIONS * loss), 10**18)}, 0, 0, 0, 0
            )
        return Finding(point, plans)


def uncertain_scenario(
    folder: Path,
    plans: Sequence[str] = ("a", "b"),
    inputs: Mapping[str, object] | None = None,
    changes: Mapping[str, object] | None = None,
    suppliers: Mapping[str, str] | None = None,
    without: tuple[str, ...] = (),
) -> Scenario:
    """The plain story with plans of one order each, from the maker or from the supplier named, and uncertain inputs.

    Keys `without` are taken off the maker.
    """
    tree: dict[str, Any] = scenario_tree({FIRST: 0, SECOND: 0, THIRD: 0, **(changes or {})})
    bought = suppliers or {}
    for key in without:
        del tree["suppliers"]["maker"][key]
    tree["plans"] = {name: {"orders": [order_of(supplier=bought.get(name, "maker"))]} for name in plans}
    tree["uncertain"] = dict(inputs if inputs is not None else {FIRST: SHARE})
    file = folder / "uncertain.yaml"
    file.write_text(yaml.safe_dump(tree, sort_keys=False), encoding="utf-8")
    return load_scenario(file)


def with_sets(
    scenario: Scenario, inputs: Sequence[str], sets: Sequence[Sequence[float]], independent: Sequence[str] = ()
) -> Scenario:
    """The scenario with joint draws of some of its inputs."""
    tree = {
        **scenario.raw,
        "parameter_sets": {"inputs": list(inputs), "sets": [list(row) for row in sets], "independent": [*independent]},
    }
    file = Path(scenario.path).with_name("drawn.yaml")
    file.write_text(yaml.safe_dump(tree, sort_keys=False), encoding="utf-8")
    return load_scenario(file)
