"""Intervals of break-evens hold the true one as often as they say.

Of N studies that cover with probability 0.95 the number that does is binomial; it must lie within 4 standard deviations
of its mean (two-sided alpha 6e-5), with fixed seeds.
"""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import yaml

from sim.engines import engine_named
from sim.measures.estimates import sums_over
from sim.model import build_model
from sim.scenario import load_scenario
from sim.studies.breakeven import breakeven_found
from sim.studies.findings import Finding, PlanFinding
from tests.stories import MAKER, order_of, scenario_tree

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from sim.scenario import Scenario
    from sim.studies.points import Point

NEVER: Final = f"{MAKER}.never_ships_probability"
SAFE_PRICE: Final = "suppliers.safe.unit_price[0].price"
CONFIDENCE: Final = 0.95
PLANS: Final = ("cheap", "safe")


def risky_or_safe(folder: Path, risk: float, price: float) -> Scenario:
    """A cheap firm that may never ship, paid in advance and directly, and a dearer one that always ships.

    The first loses 20,000 (1,000 sales of 20.00) with probability `risk`, the second 1,000 times what it costs more
    than 10.00, which is 2,000 at 12.00: risk and price break even where 20,000 risk = 1,000 (price - 10).
    """
    safe = {"extends": "maker", "unit_price": [{"from": 1, "price": price}], "never_ships_probability": 0}
    tree = scenario_tree(
        {"suppliers.safe": safe, f"{MAKER}.payment": {"deposit_share": 1, "through": "direct"}, NEVER: risk}
    )
    tree["plans"] = {"cheap": {"orders": [order_of()]}, "safe": {"orders": [order_of(supplier="safe")]}}
    file = folder / "story.yaml"
    file.write_text(yaml.safe_dump(tree, sort_keys=False), encoding="utf-8")
    return load_scenario(file)


def finding_of(point: Point, losses: Sequence[NDArray[np.int64]]) -> Finding:
    """What two plans with these losses come to."""
    sums = [sums_over([one]) for one in losses]
    plans = {name: PlanFinding({"loss": each}, 0, 0, 0.0, 0.0) for name, each in zip(PLANS, sums, strict=True)}
    return Finding(point, plans, {PLANS: sums_over([losses[0] - losses[1]]).squares})


def covers_as_often_as_it_says(hits: int, studies: int) -> None:
    """Check how many of so many studies covered."""
    expected = studies * CONFIDENCE
    assert abs(hits - expected) <= 4 * sqrt(studies * CONFIDENCE * (1 - CONFIDENCE)), hits


class Blocks:
    """Studies on the real engine, each with replications of its own; models are shared between them."""

    def __init__(self, scenario: Scenario, replications: int) -> None:
        self.scenario = scenario
        self.block = range(replications)
        self.models: dict[Any, Any] = {}
        self.engine = engine_named("auto")

    def findings(self, points: Sequence[Point]) -> list[Finding]:
        return [finding_of(point, [self._losses(point, plan) for plan in PLANS]) for point in points]

    def next_study(self) -> None:
        self.block = range(self.block.stop, self.block.stop + len(self.block))

    def _losses(self, point: Point, plan: str) -> NDArray[np.int64]:
        # The price of the safe firm is nothing to the cheap one.
        key = point.values if plan == "safe" else ()
        if (plan, key) not in self.models:
            variant = self.scenario.with_overrides([f"{path}={value}" for path, value in key])
            self.models[plan, key] = build_model(variant, plan)
        return self.engine.summarise(self.models[plan, key], self.block).losses


def test_the_break_even_price_is_covered_on_the_real_engine(tmp_path: Path) -> None:
    """At a risk of 0.3 the safe firm may cost 20,000 * 0.3 / 1,000 = 6.00 more: 16.00."""
    blocks = Blocks(risky_or_safe(tmp_path, 0.3, 12), 1_000)
    hits, studies = 0, 60
    for _ in range(studies):
        (crossing,) = breakeven_found(blocks, blocks.scenario, SAFE_PRICE, reach="11..21").crossings
        hits += crossing.low <= 16 <= crossing.high
        blocks.next_study()
    covers_as_often_as_it_says(hits, studies)


class Draws:
    """The risk as the engine meets it: a replication in which the draw lies below it loses 20,000."""

    def __init__(self, draws: NDArray[np.float64]) -> None:
        self.draws = draws

    def findings(self, points: Sequence[Point]) -> list[Finding]:
        return [self._finding(point) for point in points]

    def _finding(self, point: Point) -> Finding:
        risk = dict(point.values).get(NEVER, 0.05)
        assert isinstance(risk, float)
        cheap = np.where(self.draws < risk, 2_000_000, 0)
        return finding_of(point, [cheap, np.full_like(cheap, 200_000)])


def test_the_break_even_of_a_risk_is_covered_though_the_curve_goes_in_steps(tmp_path: Path) -> None:
    """At a price of 12.00 the plans cost the same at a risk of 0.1; the estimate is a staircase in the risk."""
    scenario = risky_or_safe(tmp_path, 0.05, 12)
    luck = np.random.default_rng(20260302)
    hits, studies = 0, 400
    for _ in range(studies):
        found = breakeven_found(Draws(luck.random(2_000)), scenario, NEVER, reach="0.01..0.3")
        (crossing,) = (each for each in found.crossings if each.is_breakeven)
        hits += crossing.low <= 0.1 <= crossing.high
    covers_as_often_as_it_says(hits, studies)
