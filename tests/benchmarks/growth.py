"""How time and memory grow with the replications."""

from __future__ import annotations

import statistics
import subprocess
import sys
from typing import TYPE_CHECKING, Final

from sim.experiments import run
from sim.scenario import load_scenario
from tests.benchmarks.printed import Column, Measured
from tests.benchmarks.timing import MICRO, ROOT, in_turns

if TYPE_CHECKING:
    from sim.scenario import Scenario
    from tests.benchmarks.timing import Times, Wanted

_START, _WHOLE = "start", "whole"
_MIDDLE: Final = 10**4
"""Replications that all others are compared with."""
_RUN_AND_TELL: Final = """
import sys
from pathlib import Path

from sim import load_scenario, run

def peak():
    # What Linux tells of a process's own memory; its getrusage would count that of whoever started it, too.
    status = Path("/proc/self/status")
    if status.exists():
        lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
        return 1024 * int(lines["VmHWM"].split()[0])
    import resource
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)

file, plan, replications = sys.argv[1:]
extent = {"plans": [plan], "replications": int(replications), "tables": False}
result = run(load_scenario(file), **extent, engine="compiled", tell=lambda said: print(said, file=sys.stderr))
print(peak())
"""


def growth(wanted: Wanted) -> Measured:
    """A run of one plan, from the model to the sums, with more and more replications; and its memory."""
    scenario = load_scenario(wanted.one)
    plan = scenario.plans[0].name
    measured = Measured(
        f"Growth: a run of {wanted.one.stem}, plan {plan}, without tables, one thread",
        (
            Column("replications", "replications", ",d"),
            Column("seconds", "CPU,\ns", ".4f"),
            Column("micros", "us a\nreplication", ".3f"),
            Column("beyond", "less\nthe start", ".3f"),
            Column("flatness", "against\n10,000", ".2f"),
            Column("memory", "peak\nmemory, MB", ".1f"),
        ),
    )
    starts = []
    for power in wanted.effort.powers:
        times = _times(scenario, plan, 10**power, wanted.effort.rounds)
        starts += times[_START]
        seconds = statistics.median(times[_WHOLE])
        beyond = statistics.median(whole - start for whole, start in zip(times[_WHOLE], times[_START], strict=True))
        row = {"replications": 10**power, "seconds": seconds, "micros": seconds / 10**power * MICRO}
        measured.rows.append(row | {"beyond": beyond / 10**power * MICRO})
    middle = next(row["beyond"] for row in measured.rows if row["replications"] == _MIDDLE)
    for row in measured.rows:
        row["flatness"] = row["beyond"] / middle
    measured.notes.append(f"The start, which builds the model, takes {statistics.median(starts) * 1e3:.1f} ms.")
    _add_memory(measured, wanted, plan)
    return measured


def _times(scenario: Scenario, plan: str, count: int, rounds: int) -> Times:
    """Times of whole runs, and in turns with them of runs of one replication, which are all start."""
    runs = {_START: lambda: _run(scenario, plan, 1), _WHOLE: lambda: _run(scenario, plan, count)}
    in_turns(runs, 1)
    # The largest take seconds: their own length makes up for fewer rounds.
    return in_turns(runs, max(min(rounds, 3), min(5 * rounds, rounds * 10**6 // count)))


def _add_memory(measured: Measured, wanted: Wanted, plan: str) -> None:
    """Add the memory of two new processes, and what a replication takes by their difference."""
    largest = max(wanted.effort.powers)
    few, many = 10 ** (largest - 2), 10**largest
    peaks = {count: _peak(wanted, plan, count) for count in (few, many)}
    for row in measured.rows:
        if row["replications"] in peaks:
            row["memory"] = peaks[row["replications"]] / 1e6
    each = (peaks[many] - peaks[few]) / (many - few)
    measured.notes.append(f"Memory: {each:.1f} bytes a replication; 8 are its loss, kept for the quantiles.")


def _run(scenario: Scenario, plan: str, replications: int) -> object:
    return run(scenario, plans=[plan], replications=replications, tables=False, engine="compiled")


def _peak(wanted: Wanted, plan: str, replications: int) -> int:
    """Most bytes that a new process held at any one moment of a run."""
    command = [sys.executable, "-c", _RUN_AND_TELL, str(wanted.one), plan, str(replications)]
    told = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT)
    if told.stderr:  # compiling takes memory of its own; the kernel has been kept by now
        told = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT)
    return int(told.stdout)
