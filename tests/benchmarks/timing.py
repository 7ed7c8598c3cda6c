"""Measuring what competes for the same machine: in turns, in rounds, and by medians."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Clock = Callable[[], float]
    Times = dict[str, list[float]]
    """Seconds of each round, by what was measured."""

ROOT: Final = Path(__file__).parents[2]
EXAMPLE: Final = ROOT / "tests" / "data" / "example-scenario.yaml"

MICRO: Final = 1e6
"""Microseconds in a second."""


@dataclass(frozen=True, slots=True)
class Effort:
    """How thoroughly to measure.

    Attributes
    ----------
    rounds
        How often everything is measured, in turns.
    seconds, wall_seconds
        About how long one measurement takes: of CPU time, and of wall time.
    block
        Replications that the reference engine simulates at least: it makes their draws together.
    recorded
        Replications whose draws are recorded, to be made again alone.
    powers
        Powers of ten of the replications whose growth is looked at.
    compared
        Replications of a run of the command line.
    pilot
        Replications that variances are estimated from.
    cold
        Whether to start once without kept machine code, which compiles it.
    """

    rounds: int = 7
    seconds: float = 0.1
    wall_seconds: float = 1.2
    block: int = 1_000
    recorded: int = 20_000
    powers: tuple[int, ...] = (3, 4, 5, 6, 7)
    compared: int = 20_000
    pilot: int = 200_000
    cold: bool = True


QUICK: Final = Effort(2, 0.01, 0.05, 50, 500, (3, 4), 1_000, 5_000, cold=False)
"""Enough to see that everything runs; its figures mean little."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to measure: scenarios, the one of them for what needs only one, and the effort."""

    scenarios: tuple[Path, ...]
    one: Path
    effort: Effort


def in_turns(runs: Mapping[str, Callable[[], object]], rounds: int, clock: Clock = time.process_time) -> Times:
    """Run everything in turns, so that whatever disturbs the machine disturbs all alike.

    Parameters
    ----------
    runs
        What is measured, by name.
    rounds
        How often.
    clock
        CPU time of this process by default: other programs take turns, but not from this clock.
    """
    times: Times = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            times[name].append(seconds_of(run, clock))
    return times


def seconds_of(run: Callable[[], object], clock: Clock = time.process_time) -> float:
    """Seconds that a call takes by a clock."""
    begun = clock()
    run()
    return clock() - begun


def ratio(over: Sequence[float], under: Sequence[float]) -> float:
    """Median of the ratios of two measurements of the same rounds."""
    return statistics.median(one / other for one, other in zip(over, under, strict=True))


def count_for(seconds: float, run: Callable[[int], object], first: int, clock: Clock = time.process_time) -> int:
    """How many replications take about so many seconds; those are run that it takes to find out."""
    count = first
    while True:
        took = seconds_of(lambda: run(count), clock)  # noqa: B023 - called before the count changes
        if took * 4 >= seconds:
            return max(round(count * seconds / took), 1)
        count *= 4
