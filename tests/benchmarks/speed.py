"""How long a replication takes: with either engine, and with a second thread."""

from __future__ import annotations

import os
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

from sim.engines import compiled, reference
from sim.model import build_model
from sim.scenario import load_scenario
from tests.benchmarks.event_rate import bare, events_of
from tests.benchmarks.printed import Column, Measured
from tests.benchmarks.timing import EXAMPLE, MICRO, count_for, in_turns, ratio

if TYPE_CHECKING:
    from sim.model import PlanModel
    from tests.benchmarks.printed import Row
    from tests.benchmarks.timing import Effort, Times, Wanted

_FIRST_REFERENCE: Final = 40
_FIRST_COMPILED: Final = 4_000
_PIECE: Final = 1 << 16
"""Replications that a thread simulates at a time, as many as the largest piece of a run."""


def speed(wanted: Wanted) -> Measured:
    """Both engines on one thread, plan by plan."""
    measured = Measured(
        "Microseconds of CPU a replication, its sums included; one thread, both engines in turns",
        (
            Column("plan", "plan"),
            Column("reference", "reference", ",.1f"),
            Column("compiled", "compiled", ".3f"),
            Column("ratio", "times\nas fast", ".0f"),
            Column("span", "least\nto most"),
            Column("to_bare", "reference /\nbare SimPy", ".2f"),
        ),
        grouped_by="scenario",
    )
    for path in wanted.scenarios:
        scenario = load_scenario(path)
        with_bare = path.resolve() == EXAMPLE
        rows = [
            {"scenario": path.stem, "plan": plan.name}
            | _plan_speed(build_model(scenario, plan.name), wanted.effort, with_bare=with_bare)
            for plan in scenario.plans
        ]
        measured.rows += [*rows, _summary(path.stem, rows)]
    measured.notes.append(
        "Bare SimPy: processes that wait as often as the engine's environment handles events, and do nothing else."
    )
    return measured


def _plan_speed(model: PlanModel, effort: Effort, *, with_bare: bool) -> Row:
    slow = count_for(effort.seconds, lambda count: reference.summarise(model, range(count)), _FIRST_REFERENCE)
    slow = max(slow, effort.block)
    fast = count_for(effort.seconds, lambda count: compiled.summarise(model, range(count)), _FIRST_COMPILED)
    runs = {
        "reference": lambda: reference.summarise(model, range(slow)),
        "compiled": lambda: compiled.summarise(model, range(fast)),
    }
    if with_bare:
        events = round(events_of(model, range(slow)))
        runs["bare"] = lambda: bare(events, 2 * len(model.orders), range(slow))  # type: ignore[assignment,return-value]
    times = in_turns(runs, effort.rounds)
    row: Row = {
        "reference": statistics.median(times["reference"]) / slow * MICRO,
        "compiled": statistics.median(times["compiled"]) / fast * MICRO,
        "ratio": ratio(times["reference"], times["compiled"]) * fast / slow,
    }
    if with_bare:
        row["to_bare"] = ratio(times["reference"], times["bare"])
    return row


def _summary(scenario: str, rows: list[Row]) -> Row:
    """The plans of a scenario together."""
    ratios = [row["ratio"] for row in rows]
    summary: Row = {
        "scenario": scenario,
        "plan": f"= median of {len(rows)} plans",
        "reference": statistics.median(row["reference"] for row in rows),
        "compiled": statistics.median(row["compiled"] for row in rows),
        "ratio": statistics.median(ratios),
        "span": f"{min(ratios):.0f} to {max(ratios):.0f}",
    }
    to_bare = [row["to_bare"] for row in rows if "to_bare" in row]
    if to_bare:
        summary["to_bare"] = statistics.median(to_bare)
    return summary


# ------------------------------------------------------------------------------------------ threads


def threads(wanted: Wanted) -> Measured:
    """Two threads beside one, on the first plan of each scenario."""
    measured = Measured(
        "Two threads against one: the same replications in the same pieces, wall time",
        (
            Column("scenario", "scenario"),
            Column("plan", "plan"),
            Column("replications", "replications", ",d"),
            Column("one", "1 thread,\ns", ".3f"),
            Column("two", "2 threads,\ns", ".3f"),
            Column("ratio", "times\nas fast", ".2f"),
        ),
    )
    for path in wanted.scenarios:
        scenario = load_scenario(path)
        model = build_model(scenario, scenario.plans[0].name)
        count, times = _by_threads(model, wanted.effort)
        measured.rows.append(
            {
                "scenario": path.stem,
                "plan": model.plan,
                "replications": count,
                "one": statistics.median(times["one"]),
                "two": statistics.median(times["two"]),
                "ratio": ratio(times["one"], times["two"]),
            }
        )
    measured.rows.append({"scenario": "= median", "ratio": statistics.median(row["ratio"] for row in measured.rows)})
    measured.notes.append(f"Processors that this process may use: {_processors()}.")
    return measured


def _by_threads(model: PlanModel, effort: Effort) -> tuple[int, Times]:
    def alone(count: int) -> object:
        return compiled.summarise(model, range(count))

    count = count_for(effort.wall_seconds, alone, _FIRST_COMPILED, time.perf_counter)
    runs = {"one": lambda: _in_pieces(model, count, 1), "two": lambda: _in_pieces(model, count, 2)}
    return count, in_turns(runs, effort.rounds, time.perf_counter)


def _in_pieces(model: PlanModel, count: int, workers: int) -> None:
    piece = min(_PIECE, -(-count // 8))
    ranges = [range(start, min(start + piece, count)) for start in range(0, count, piece)]
    with ThreadPoolExecutor(workers) as pool:
        for _ in pool.map(lambda replications: compiled.summarise(model, replications), ranges):
            pass


def _processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
