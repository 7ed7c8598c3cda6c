"""How fast the engines are, on this machine.

    python tests/benchmarks/engines.py [--quick] [--only SECTION] [--json FILE] [SCENARIO ...]

Figures are worth what the machine is. For figures to keep:

- let nothing else run: no editor, no browser, no other job; the load average at the start is printed, and a warning;
- mains power, and a fixed frequency of the processor if that can be had (``cpupower frequency-set -g performance``, no
  turbo), since it changes with heat and load;
- compare ratios, not seconds, between machines. What is compared is measured in turns, round by round, so that a
  disturbance meets both; medians of the rounds are printed, and medians of the ratios of each round;
- speed of one thread is CPU time, from which other programs take nothing but warm caches; threads and whole processes
  are wall time, which everything disturbs;
- repeat the whole: two runs that differ by more than a few per cent were not quiet.

Without SCENARIO the sections `speed` and `threads` go through all scenarios of the project, the others through the
example; with it the others take the first one named. All of it takes about a quarter of an hour; ``--quick`` less than
a minute, to see that it works. Kernels of the benchmark itself are compiled once, and kept as the engine's own.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if __name__ == "__main__":  # run as a script, the project's root is not where Python looks
    sys.path[0] = str(Path(__file__).resolve().parents[2])

from tests.benchmarks.timing import EXAMPLE, QUICK, ROOT, Effort, Wanted

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.benchmarks.printed import Measured

    Section = Callable[[Wanted], Measured]

SECTIONS: Final = ("speed", "threads", "floor", "parts", "growth", "start", "settle")
LONG: Final = ("parts",)
"""What `--quick` leaves out unless it is asked for: its kernel takes half a minute to compile the first time."""
_BUSY: Final = 0.5
"""Load above which the machine is called busy."""


def section_named(name: str) -> Section:
    """The function that measures a section; what it needs is imported here, since machine code takes its time."""
    if name in ("speed", "threads"):
        from tests.benchmarks import speed as home
    elif name in ("floor", "parts"):
        from tests.benchmarks import floor as home  # type: ignore[no-redef]
    elif name == "growth":
        from tests.benchmarks import growth as home  # type: ignore[no-redef]
    elif name == "start":
        from tests.benchmarks import startup as home  # type: ignore[no-redef]
    else:
        from tests.benchmarks import settling as home  # type: ignore[no-redef]
    section: Section = getattr(home, name)
    return section


def machine() -> dict[str, Any]:
    """What the figures are of."""
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    return {
        "date": datetime.now(UTC).isoformat(timespec="minutes"),
        "processor": _processor(),
        "processors": os.cpu_count(),
        "load": load,
        "system": platform.platform(terse=True),
        "python": platform.python_version(),
        **{package: version(package) for package in ("lotwise", "numba", "numpy", "simpy")},
    }


def _processor() -> str:
    """Name of the processor, where the system tells it."""
    told = Path("/proc/cpuinfo")
    if told.exists():
        for line in told.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def shipped() -> tuple[Path, ...]:
    """The example, and every scenario that comes with the project."""
    return (EXAMPLE, *sorted((ROOT / "scenarios").glob("*.yaml")))


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and write what was asked for."""
    given = _parser().parse_args(arguments)
    scenarios = tuple(path.resolve() for path in given.scenarios)
    effort = QUICK if given.quick else Effort()
    wanted = Wanted(scenarios or shipped(), scenarios[0] if scenarios else EXAMPLE, effort)
    names = given.only or [name for name in SECTIONS if not (given.quick and name in LONG)]
    about = machine()
    _write(" | ".join(f"{key} {value}" for key, value in about.items()) + "\n")
    if about["load"] is not None and about["load"] > _BUSY:
        _write(f"This machine is busy (load {about['load']:.1f}): these figures are not to be kept.\n")
    _prepare()
    found = {}
    for name in names:
        begun = time.perf_counter()
        measured = section_named(name)(wanted)
        found[name] = measured.data()
        _write(f"\n## {name}\n\n{measured.text()}({time.perf_counter() - begun:.0f} s)\n")
    if given.json is not None:
        about["quick"], about["load_after"] = given.quick, os.getloadavg()[0] if hasattr(os, "getloadavg") else None
        given.json.write_text(json.dumps({"machine": about, "sections": found}, indent=2) + "\n", encoding="utf-8")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scenarios", nargs="*", type=Path, metavar="SCENARIO")
    parser.add_argument("--only", action="append", choices=SECTIONS, help="one section; may be repeated")
    parser.add_argument("--quick", action="store_true", help="hardly measure: only see that it works")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write all figures to a file")
    return parser


def _prepare() -> None:
    """Have the engine's kernel ready before any clock runs."""
    from sim.engines import compiled

    compiled.prepare(lambda sentence: _write(f"{sentence}\n"))


def _write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
