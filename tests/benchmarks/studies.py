"""How studies stand being killed, how they grow with workers and points, and what they leave on the disk.

    python tests/benchmarks/studies.py [--only SECTION] [--quick] [--json FILE]

Everything goes through the command itself, in processes of its own. `kills` and `cluster-kills` end whole process
groups with SIGKILL, which no program can answer, and compare the tables of the study that was taken up again with those
of one that nobody disturbed. The seconds of `scaling` need a machine that does nothing else; processor seconds are
given beside them, which other programs hardly touch. Needs Linux, and Dask for the sections of clusters.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if __name__ == "__main__":  # run as a script, the project's root is not where Python looks
    sys.path[0] = str(Path(__file__).resolve().parents[2])

from tests.benchmarks.engines import machine
from tests.benchmarks.printed import Column, Measured
from tests.benchmarks.timing import EXAMPLE, ROOT
from tests.clusters import LocalCluster, killed, local_cluster

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

KILLS: Final = 5
_TABLES: Final = ("sweep.csv", "best.csv")
_MOMENT: Final = 0.02
_PLANS: Final = "all-at-once,all-at-once-inspected,two-halves,probe-then-rest,two-suppliers"
_LONGEST_PAUSE: Final = 1.5
"""Seconds between the first piece that is kept and the kill, at most."""


def sweep_command(out: Path, *more: str, size: tuple[int, int], plans: str = _PLANS) -> list[str]:
    """A sweep of all that is uncertain in the example, of so many points and replications."""
    points, replications = size
    return [
        *(sys.executable, "-m", "sim", "sweep", str(EXAMPLE), "--design", "sobol", "--points", str(points)),
        *("--plans", plans, "--replications", str(replications), "--out", str(out), "--quiet", *more),
    ]


def begun(command: Sequence[str]) -> subprocess.Popen[bytes]:
    """A command with a session of its own, so that it can be killed with all its processes."""
    return subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )


def shards(folder: Path) -> int:
    """Pieces that a study keeps."""
    return len(list((folder / "pieces").glob("*.parquet")))


def killed_while_it_works(command: Sequence[str], folder: Path, luck: random.Random) -> bool:
    """Kill a command after it has kept a piece more, at a moment that luck decides.

    Returns
    -------
    bool
        Whether it was killed; otherwise it had come to its end.
    """
    before, process = shards(folder), begun(command)
    while process.poll() is None and shards(folder) <= before:
        time.sleep(_MOMENT)
    pause = time.monotonic() + luck.uniform(0, _LONGEST_PAUSE)
    while process.poll() is None and time.monotonic() < pause:
        time.sleep(_MOMENT)
    was_alive = process.poll() is None
    killed(process)
    return was_alive


def survivors(folder: Path) -> int:
    """Processes that have the folder of a study in their command line, or were begun by one that had."""
    found = 0
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes()
        except OSError:
            continue
        found += str(folder).encode() in words
    return found


def equal_tables(one: Path, other: Path) -> bool:
    """Whether the tables of two studies agree to the byte."""
    return all((one / name).read_bytes() == (other / name).read_bytes() for name in _TABLES)


def _kills(quick: bool, *more: str, cluster: LocalCluster | None = None) -> Measured:
    measured = Measured(
        "A sweep that is killed again and again, and taken up again, against one that nobody disturbs",
        (Column("what", "what"), Column("kept", "pieces\nkept", "d"), Column("left", "processes\nleft", "d")),
    )
    size = (48, 4_000) if quick else (256, 20_000)
    with tempfile.TemporaryDirectory(prefix="lotwise-kills-") as temporary:
        calm, disturbed = Path(temporary) / "calm", Path(temporary) / "disturbed"
        subprocess.run(
            sweep_command(calm, "--workers", "1", size=size),
            cwd=ROOT,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        command = sweep_command(disturbed, *more, size=size)
        luck = random.Random(20_260_302)
        for number in range(1, KILLS + 1):
            was_alive = killed_while_it_works(command, disturbed, luck)
            if cluster is not None and number == KILLS // 2:
                killed(cluster.workers.pop(0))
                cluster.worker()
            what = f"kill {number}" if was_alive else f"kill {number}: it had come to its end"
            measured.rows.append({"what": what, "kept": shards(disturbed), "left": survivors(disturbed)})
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        measured.rows.append({"what": "taken up again", "kept": shards(disturbed), "left": survivors(disturbed)})
        told = "equal to the byte" if equal_tables(calm, disturbed) else "DIFFERENT"
        measured.notes.append(f"{' and '.join(_TABLES)}: {told}")
    return measured


def kills(quick: bool) -> Measured:
    """Two processes of this machine."""
    return _kills(quick, "--workers", "2")


def cluster_kills(quick: bool) -> Measured:
    """Two workers of a Dask cluster, of which one is killed as well."""
    with local_cluster(2) as cluster:
        return _kills(quick, "--cluster", cluster.address, cluster=cluster)


def scaling(quick: bool) -> Measured:
    """One and two workers, of this machine and of a cluster."""
    measured = Measured(
        "The same sweep by one worker and by two: whole commands, from the start to the tables",
        (
            Column("what", "what"),
            Column("wall", "wall, s", ".1f"),
            Column("processor", "processor, s", ".1f"),
            Column("ratio", "times\nas fast", ".2f"),
        ),
    )
    size = (32, 20_000) if quick else (320, 25_000)
    with tempfile.TemporaryDirectory(prefix="lotwise-scaling-") as temporary:
        folders: list[Path] = []

        def add(what: str, workers: int, *more: str, cluster: LocalCluster | None = None) -> None:
            folders.append(Path(temporary) / what.replace(" ", "-"))
            before, started = _processor_seconds(cluster), time.perf_counter()
            command = sweep_command(folders[-1], *more, size=size)
            subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
            wall = time.perf_counter() - started
            row = {"what": what, "wall": wall, "processor": _processor_seconds(cluster) - before}
            one = measured.rows[-1]["wall"] if workers == 2 else wall
            measured.rows.append({**row, "ratio": one / wall})

        for workers in (1, 2):
            add(f"{workers} local", workers, "--workers", str(workers))
        for workers in (1, 2):
            with local_cluster(workers) as cluster:
                add(f"{workers} Dask", workers, "--cluster", cluster.address, cluster=cluster)
        agree = all(equal_tables(folders[0], other) for other in folders[1:])
        measured.notes.append(f"tables of all four: {'equal to the byte' if agree else 'DIFFERENT'}")
    return measured


def _processor_seconds(cluster: LocalCluster | None) -> float:
    """Processor seconds of commands that have ended, and of the workers of a cluster."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = used.ru_utime + used.ru_stime
    ticks = os.sysconf("SC_CLK_TCK")
    for worker in [] if cluster is None else cluster.workers:
        fields = Path(f"/proc/{worker.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        seconds += (int(fields[11]) + int(fields[12])) / ticks
    return seconds


_PEAK: Final = """
import atexit, sys
from pathlib import Path
sys.path.insert(0, {root!r})
def peak():
    lines = Path("/proc/self/status").read_text().splitlines()
    (line,) = (line for line in lines if line.startswith("VmHWM"))
    print("peak", line.split()[1])
atexit.register(peak)
from sim.cli import main
main({arguments!r})
"""


def memory(quick: bool) -> Measured:
    """Peak memory by the number of points."""
    measured = Measured(
        "Peak memory of a sweep, and what it keeps: 200 replications of two plans at every point, one process",
        (
            Column("points", "points"),
            Column("peak", "peak, MiB", ".0f"),
            Column("again", "taken up\nagain, MiB", ".0f"),
            Column("wall", "taken up\nagain, s", ".1f"),
            Column("shards", "shards", "d"),
            Column("row", "bytes a row\nof a plan", ".0f"),
        ),
    )
    for points in (50, 100) if quick else (1_000, 4_000):
        with tempfile.TemporaryDirectory(prefix="lotwise-memory-") as temporary:
            out = Path(temporary) / "study"
            plans = "all-at-once,two-halves"
            arguments = sweep_command(out, "--workers", "1", size=(points, 200), plans=plans)[3:]
            first, _ = _peak(arguments)
            again, seconds = _peak(arguments)
            size = sum(shard.stat().st_size for shard in (out / "pieces").iterdir())
            row: dict[str, Any] = {"points": f"{points:,}", "peak": first, "again": again, "wall": seconds}
            measured.rows.append({**row, "shards": shards(out), "row": size / points / 2})
    return measured


def _peak(arguments: Sequence[str]) -> tuple[float, float]:
    script = _PEAK.format(root=str(ROOT), arguments=list(arguments))
    started = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=True, capture_output=True, text=True)
    seconds = time.perf_counter() - started
    return int(done.stdout.split()[-1]) / 1024, seconds


def tasks(quick: bool) -> Measured:
    """How many pieces a second go through a scheduler, if there is nothing to do in them."""
    from dataclasses import replace

    from sim.scenario import load_scenario
    from sim.studies.cluster import Cluster
    from sim.studies.points import Point
    from sim.studies.study import effort_wanted, task_of
    from sim.studies.units import Unit

    measured = Measured(
        "Pieces through a scheduler on the loopback: units of no plan, so that only the way is measured",
        (Column("what", "what"), Column("number", "pieces", "d"), Column("rate", "a second", ".0f")),
    )
    scenario = load_scenario(EXAMPLE)
    task = task_of(scenario, effort_wanted(scenario), with_files=True)
    number = 200 if quick else 2_000
    with local_cluster(2) as cluster:
        for what, heavier in (("the example", {}), ("with a data file of 1 MB", {"data.csv": os.urandom(1 << 20)})):
            with Cluster(replace(task, contents=heavier), cluster.address) as crew:
                list(crew.worked([(Unit(Point(), 0, 1),)] * 4))
                begun_at = time.perf_counter()
                done = sum(1 for _ in crew.worked([(Unit(Point((("x", count),)), 0, 1),) for count in range(number)]))
                rate = done / (time.perf_counter() - begun_at)
            measured.rows.append({"what": what, "number": done, "rate": rate})
    measured.notes.append(f"the task of the example: {len(task.packed()):,} bytes, which go with every piece")
    return measured


SECTIONS: Final[dict[str, Callable[[bool], Measured]]] = {
    "kills": kills,
    "cluster-kills": cluster_kills,
    "scaling": scaling,
    "memory": memory,
    "tasks": tasks,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and write what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", action="append", choices=SECTIONS, help="one section; may be repeated")
    parser.add_argument("--quick", action="store_true", help="hardly measure: only see that it works")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write all figures to a file")
    given = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that clusters are ended
    about, found = machine(), {}
    sys.stdout.write(" | ".join(f"{key} {value}" for key, value in about.items()) + "\n")
    for name in given.only or SECTIONS:
        started = time.perf_counter()
        measured = SECTIONS[name](given.quick)
        found[name] = measured.data()
        sys.stdout.write(f"\n## {name}\n\n{measured.text()}({time.perf_counter() - started:.0f} s)\n")
        sys.stdout.flush()
    if given.json is not None:
        given.json.write_text(json.dumps({"machine": about, "sections": found}, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
