"""How long it takes to settle which of two plans loses less."""

from __future__ import annotations

import statistics
from math import ceil
from statistics import NormalDist
from typing import TYPE_CHECKING, Final

import numpy as np

from sim.engines import compiled, reference
from sim.experiments import run
from sim.model import build_model
from sim.scenario import load_scenario
from tests.benchmarks.printed import Column, Measured
from tests.benchmarks.timing import MICRO, count_for, in_turns

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from sim.model import PlanModel
    from sim.scenario import Scenario
    from tests.benchmarks.timing import Effort, Wanted

    Losses = NDArray[np.float64]

_SHARE: Final = 0.01
"""Half-width of the interval of the difference, as a share of the difference."""


def settle(wanted: Wanted) -> Measured:
    """The best plan and the next best: common random numbers and machine code, against neither."""
    scenario, effort = load_scenario(wanted.one), wanted.effort
    best, other, losses = _pilot(scenario, effort)
    paired, apart = losses[other] - losses[best], _other_luck(scenario, other, effort)
    difference = float(paired.mean())
    needed = {
        "paired": _needed(float(paired.var(ddof=1)), difference, scenario.model.run.confidence),
        "apart": _needed(
            float(losses[best].var(ddof=1) + apart.var(ddof=1)), difference, scenario.model.run.confidence
        ),
    }
    fast, slow = _micros(scenario, (best, other), effort)
    seconds = {"paired": needed["paired"] * fast / MICRO, "apart": needed["apart"] * slow / MICRO}
    measured = Measured(
        f"Time to settle: {wanted.one.stem}, {other} less {best}, to a half-width of 1 % of the difference",
        (
            Column("how", "how"),
            Column("needed", "replications of each", ",d"),
            Column("micros", "us for one of each", ",.2f"),
            Column("seconds", "seconds of CPU", ",.2f"),
        ),
        rows=[
            {"how": "compiled, common random numbers", "needed": needed["paired"], "micros": fast}
            | {"seconds": seconds["paired"]},
            {"how": "reference, luck of their own", "needed": needed["apart"], "micros": slow}
            | {"seconds": seconds["apart"]},
        ],
    )
    fewer, faster = needed["apart"] / needed["paired"], slow / fast
    half_width = _z(scenario.model.run.confidence) * float(paired.std(ddof=1)) / len(paired) ** 0.5
    measured.rows.append(
        {"how": "= times as good", "needed": None, "micros": faster, "seconds": seconds["apart"] / seconds["paired"]}
        | {"fewer": fewer}
    )
    correlation = np.corrcoef(losses[best], losses[other])[0, 1]
    measured.notes.append(
        f"{fewer:.2f} times fewer replications by common random numbers, {faster:.0f} times as fast: "
        f"together {fewer * faster:,.0f} times."
    )
    measured.notes.append(
        f"The difference: {difference / 100:,.2f} ± {half_width / 100:,.2f} from a pilot of {effort.pilot:,} pairs, "
        f"whose losses correlate by {correlation:.2f}."
    )
    if half_width > abs(difference):
        measured.notes.append("The pilot does not settle the difference: the replications needed are a rough guess.")
    return measured


def _pilot(scenario: Scenario, effort: Effort) -> tuple[str, str, dict[str, Losses]]:
    """The two plans that lose least, the best first, and the losses of both under the same luck."""
    result = run(scenario, replications=effort.pilot, tables=False, engine="compiled")
    best, other = sorted(result.plans, key=lambda name: result.tallies[name].sums["loss"].total)[:2]
    return best, other, {name: result.tallies[name].losses.astype(np.float64) for name in (best, other)}


def _other_luck(scenario: Scenario, plan: str, effort: Effort) -> Losses:
    """Losses of a plan under another seed."""
    seed = (scenario.model.run.seed or 0) + 1
    result = run(scenario, plans=[plan], replications=effort.pilot, seed=seed, tables=False, engine="compiled")
    return result.tallies[plan].losses.astype(np.float64)


def _z(confidence: float) -> float:
    return NormalDist().inv_cdf((1 + confidence) / 2)


def _needed(variance: float, difference: float, confidence: float) -> int:
    """Replications of each plan after which the half-width is small enough."""
    half_width = _SHARE * abs(difference)
    return ceil(_z(confidence) ** 2 * variance / half_width**2)


def _micros(scenario: Scenario, plans: tuple[str, str], effort: Effort) -> tuple[float, float]:
    """CPU microseconds of a replication of both plans: compiled, and by the reference engine."""
    models = [build_model(scenario, plan) for plan in plans]

    def fast(count: int) -> None:
        _both(compiled.summarise, models, count)

    def slow(count: int) -> None:
        _both(reference.summarise, models, count)

    many, few = count_for(effort.seconds, fast, 4_000), max(count_for(effort.seconds, slow, 40), effort.block)
    times = in_turns({"fast": lambda: fast(many), "slow": lambda: slow(few)}, effort.rounds)
    return statistics.median(times["fast"]) / many * MICRO, statistics.median(times["slow"]) / few * MICRO


def _both(summarise: Callable[[PlanModel, range], object], models: list[PlanModel], count: int) -> None:
    for model in models:
        summarise(model, range(count))
