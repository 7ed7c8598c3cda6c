"""Stand-ins for the study of an optimisation: ways of ordering whose losses are known, or simulated and not kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml

from sim.experiments.selected import SelectedPlan, Selection
from sim.measures import Estimate
from sim.measures.estimates import Sums
from sim.scenario import load_scenario
from sim.studies.findings import Finding, PlanFinding
from sim.studies.study import study_in_memory
from tests.stories import scenario_tree

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from sim.scenario import Scenario
    from sim.studies.candidates import Candidate
    from sim.studies.points import Point

MAKER = "suppliers.maker"
PSI = {
    "kind": "pre_shipment",
    "man_days": 1,
    "fee_per_man_day": 100,
    "sampling": {"standard": "fixed", "sample_size": 9},
}
STRICT = {**PSI, "on_fail": {"do": "refuse"}}
DURING = {"kind": "during_production", "man_days": 1, "fee_per_man_day": 100}
OTHER = {
    "calendar": {"weekend": []},
    "unit_price": [{"from": 1, "price": 10}],
    "promised_days": 30,
    "production_days": 20,
    "parallel_orders": 12,
    "transit": {"days": 10},
}
"""Another supplier, on the maker's terms."""


def scenario_of(
    folder: Path, changes: Mapping[str, object] | None = None, orders: Sequence[Mapping[str, object]] | None = None
) -> Scenario:
    """The plain story, with some keys changed, as a scenario."""
    file = folder / "ways.yaml"
    file.write_text(yaml.safe_dump(scenario_tree(changes, orders), sort_keys=False), encoding="utf-8")
    return load_scenario(file)


@dataclass
class Simulated:
    """Simulates a scenario as often as a round wants, and keeps nothing."""

    scenario: Scenario
    replications: int = 0

    def with_replications(self, replications: int) -> Simulated:
        return Simulated(self.scenario, replications)

    def findings(self, points: Sequence[Point]) -> list[Finding]:
        with study_in_memory(self.scenario, replications=self.replications) as study:
            return study.findings(points)


@dataclass
class KnownWays:
    """Finds what the orders of a plan lose by a formula, in exactly this mean and standard deviation.

    Attributes
    ----------
    loss, tail
        Expected loss, and mean of the worst 5 %, in currency units, as functions of the orders as a file writes them.
    deviation
        Standard deviation of the loss.
    own
        Orders of the scenario's own plans, by name.
    broken
        Names of plans that cannot be simulated.
    rounds
        Of each call, the replications and the plans asked for.
    """

    loss: Callable[[Sequence[Mapping[str, Any]]], float]
    tail: Callable[[Sequence[Mapping[str, Any]]], float]
    deviation: float = 0.0
    own: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    broken: Sequence[str] = ()
    replications: int = 0
    rounds: list[tuple[int, list[str]]] = field(default_factory=list)

    def with_replications(self, replications: int) -> KnownWays:
        return KnownWays(self.loss, self.tail, self.deviation, self.own, self.broken, replications, self.rounds)

    def findings(self, points: Sequence[Point]) -> list[Finding]:
        self.rounds.append((self.replications, [name for point in points for name in point.plans]))
        return [self._finding(point) for point in points]

    def _finding(self, point: Point) -> Finding:
        if any(name in self.broken for name in point.plans):
            return Finding(point, error="it broke")
        given: dict[str, Any] = {path.removeprefix("plans."): value for path, value in point.values}
        orders = {name: given[name]["orders"] if name in given else self.own[name] for name in point.plans}
        plans = {name: self._plan(orders[name]) for name in point.plans}
        pairs = [(one, other) for number, one in enumerate(plans) for other in list(plans)[number + 1 :]]
        apart = {pair: self._squares_apart(*(plans[name] for name in pair)) for pair in pairs}
        return Finding(point, plans, apart)

    def _plan(self, orders: Sequence[Mapping[str, Any]]) -> PlanFinding:
        n, total = self.replications, round(100 * self.loss(orders)) * self.replications
        squares = round((n - 1) * (100 * self.deviation) ** 2 + total * total / n)
        return PlanFinding({"loss": Sums(n, total, squares)}, 0, 0, self.tail(orders), 0.01)

    def _squares_apart(self, one: PlanFinding, other: PlanFinding) -> int:
        """Of two plans that share all their luck."""
        difference = one.sums["loss"].total - other.sums["loss"].total
        return difference * difference // self.replications


@dataclass
class Trusted:
    """A contest that believes the order in which the finalists come, or one that never ends.

    Attributes
    ----------
    reached
        Whether the guarantee is.
    chooses
        Position of the finalist that it chooses.
    held
        The finalists, the guarantee and the indifference of each contest.
    """

    reached: bool = True
    chooses: int = 0
    held: list[tuple[list[str], float, float]] = field(default_factory=list)

    def __call__(self, finalists: Sequence[Candidate], guarantee: float, indifference: float) -> Selection:
        names = [one.name for one in finalists]
        self.held.append((list(names), guarantee, indifference))
        names.insert(0, names.pop(self.chooses))
        loss, apart = Estimate(100.0, 90.0, 110.0, 50), Estimate(4.0, -7.0, 15.0, 50)
        left = None if not self.reached else 50
        by = None if left is None else names[0]
        plans = [SelectedPlan(names[0], 50, loss, None, None, None)]
        plans += [SelectedPlan(name, 50, loss, apart, left, by) for name in names[1:]]
        return Selection(
            plans=tuple(plans),
            guarantee=guarantee,
            indifference=indifference,
            currency="USD",
            seed=2,
            reached=self.reached,
            batch=5,
            first=10,
        )
