"""How fast the reference engine tells its story, beside bare SimPy doing as many timeouts.

Run it as ``python tests/benchmarks/event_rate.py [SCENARIO] [--set a.b=v ...]`` on a quiet machine: nothing else
running, no frequency scaling if that can be helped. Rounds of both are interleaved and measured in CPU time, so that a
noisy neighbour disturbs both alike; medians and ratios are printed. The bare processes are as many as the plan's (two
an order) and wait as often as the engine's environment handles events, resource requests and releases included.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import simpy

from sim.engines.reference import simulate
from sim.engines.reference.simulation import replay
from sim.engines.reference.world import World
from sim.engines.variates import VariateSource
from sim.model import build_model
from sim.scenario import load_scenario

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from sim.model import PlanModel

EXAMPLE = Path(__file__).parents[1] / "data" / "example-scenario.yaml"


def events_of(model: PlanModel, replications: range) -> float:
    """SimPy events that the engine's environment handles in a replication, on average."""
    source = VariateSource(model)
    world = World(model, source)
    for replication, variates in zip(replications, source.block(replications), strict=True):
        world.begin(replication)
        replay(world, variates)
    return float(next(world.env._eid)) / len(replications)  # noqa: SLF001  # simpy counts its events nowhere else


def bare(events: int, processes: int, replications: range) -> None:
    """Bare SimPy: processes that do nothing but wait."""

    def waits(environment: simpy.Environment) -> Generator[simpy.Event, Any, None]:
        for _ in range(max(events // processes, 1)):
            yield environment.timeout(5)

    for _ in replications:
        environment = simpy.Environment()
        for _ in range(processes):
            environment.process(waits(environment))
        environment.run()


def seconds(run: Callable[..., object], *arguments: object) -> float:
    """CPU time of a call: other programs take turns, but not from this clock."""
    begun = time.process_time()
    run(*arguments)
    return time.process_time() - begun


def main() -> None:
    """Print one row a plan."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("scenario", nargs="?", type=Path, default=EXAMPLE)
    parser.add_argument("--set", action="append", default=[], metavar="PATH=VALUE")
    parser.add_argument("--replications", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=7)
    given = parser.parse_args()
    scenario = load_scenario(given.scenario, given.set)
    replications = range(given.replications)
    sys.stdout.write(f"{'plan':28}{'events':>8}{'engine us':>11}{'bare us':>9}{'events/s':>11}{'ratio':>7}\n")
    ratios = []
    for plan in scenario.plans:
        model = build_model(scenario, plan.name)
        events = events_of(model, replications)
        pairs = [
            (
                seconds(simulate, model, replications),
                seconds(bare, round(events), 2 * len(model.orders), replications),
            )
            for _ in range(given.rounds)
        ]
        ratio = statistics.median(plain / told for told, plain in pairs)
        told, plain = (statistics.median(column) / given.replications for column in zip(*pairs, strict=True))
        ratios.append(ratio)
        sys.stdout.write(
            f"{plan.name:28}{events:8.1f}{told * 1e6:11.1f}{plain * 1e6:9.1f}{events / told:11,.0f}{ratio:7.2f}\n"
        )
    sys.stdout.write(f"median ratio over the plans: {statistics.median(ratios):.2f}\n")


if __name__ == "__main__":
    main()
