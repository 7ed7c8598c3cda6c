"""Sobol indices of a whole scenario: wall time and peak memory of the study that a user would run.

``python tests/benchmarks/sobol.py`` varies the five uncertain inputs of the example scenario and three more, with 1,024
base points and 2,000 replications of two plans at each of the 10,240 points, with two processes. ``--points`` and
``--replications`` make it smaller. Memory is told on Linux only.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import click

ROOT: Final = Path(__file__).parents[2]
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))

EXAMPLE: Final = ROOT / "tests" / "data" / "example-scenario.yaml"
MORE_INPUTS: Final = """\
extends: {example}
name: eight-inputs
uncertain:
  suppliers.shenzhen.never_ships_probability: {{dist: uniform, low: 0.0, high: 0.03}}
  need.late_cost_per_unit_day: {{dist: uniform, low: 0.01, high: 0.2}}
  buyer.accepts_offer_from_share: {{dist: uniform, low: 0.3, high: 0.9}}
"""
_STATUS: Final = Path("/proc/self/status")


def peak_bytes() -> int:
    """Peak memory of this process, as Linux tells it; 0 elsewhere. Its workers end with their round of points."""
    if not _STATUS.exists():
        return 0
    status = dict(line.split(":", 1) for line in _STATUS.read_text().splitlines())
    return 1024 * int(status["VmHWM"].split()[0])


def measured(points: int, replications: int, workers: int) -> None:
    """Run the study once, and print what it took."""
    from sim.scenario import load_scenario
    from sim.studies.sensitivity import sensitivity_found
    from sim.studies.study import study_in_memory

    with TemporaryDirectory() as folder:
        file = Path(folder) / "eight-inputs.yaml"
        file.write_text(MORE_INPUTS.format(example=EXAMPLE), encoding="utf-8")
        scenario = load_scenario(file)
        with study_in_memory(scenario, replications=replications, workers=workers) as study:
            begun = time.perf_counter()
            answer = sensitivity_found(study, scenario, "sobol", points=points)
            seconds = time.perf_counter() - begun
    simulated = len(answer.explanation.found.findings)
    done = simulated * len(answer.output.plans) * replications
    click.echo(f"{len(answer.explanation.ranking)} inputs, {points:,} base points, {simulated:,} points simulated")
    click.echo(f"{replications:,} replications of each of two plans, {done:,} in all, {workers} processes")
    click.echo(f"wall time {seconds:,.1f} s, {done / seconds:,.0f} replications a second")
    click.echo(f"peak memory {peak_bytes() / 1e6:,.0f} MB, without the workers")
    click.echo(answer.verdict)


def main() -> None:
    """Read the command line, and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--points", type=int, default=1024)
    parser.add_argument("--replications", type=int, default=2000)
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    measured(given.points, given.replications, given.workers)


if __name__ == "__main__":
    main()
