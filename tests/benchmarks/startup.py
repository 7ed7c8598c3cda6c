"""How long it takes from the command to its answer: with and without machine code from before."""

from __future__ import annotations

import os
import re
import statistics
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from tests.benchmarks.printed import Column, Measured

if TYPE_CHECKING:
    from tests.benchmarks.timing import Wanted

_FOLDERS: Final = ("HOME", "XDG_CACHE_HOME", "LOTWISE_CACHE_DIR", "LOCALAPPDATA", "TMPDIR", "TEMP", "TMP")
"""Variables that lead to folders in which machine code could be kept."""

_MOVES: Final = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def start(wanted: Wanted) -> Measured:
    """Whole processes, by the clock on the wall."""
    measured = Measured(
        f"From the command to its answer: whole processes, wall time, {wanted.one.stem}",
        (
            Column("what", "what"),
            Column("runs", "runs", "d"),
            Column("median", "median, s", ".3f"),
            Column("least", "least, s", ".3f"),
        ),
    )
    compare = ["compare", str(wanted.one), "--replications", str(wanted.effort.compared)]
    told = f"lotwise compare, {wanted.effort.compared:,} replications"
    environment = dict(os.environ)
    with TemporaryDirectory(prefix="lotwise-start-") as empty:
        if wanted.effort.cold:
            environment |= dict.fromkeys(_FOLDERS, empty)
            seconds, said = _first(compare, environment)
            measured.rows.append({"what": f"{told}: nothing kept", "runs": 1, "median": seconds, "least": seconds})
            measured.notes.append(f"Without kept machine code it said: {said or 'nothing'}")
            if not any(Path(empty).rglob("*.kernel")):
                measured.notes.append("The kernel could not be kept: the starts below it compiled it again.")
        else:
            measured.notes.append("Left out here: a start without kept machine code, which compiles it.")
            _seconds(compare, environment)
        for what, command in ((f"{told}: kernel kept", compare), ("lotwise --help", ["--help"])):
            times = [_seconds(command, environment) for _ in range(max(wanted.effort.rounds - 2, 1))]
            row = {"what": what, "runs": len(times), "median": statistics.median(times), "least": min(times)}
            measured.rows.append(row)
    return measured


def _seconds(command: list[str], environment: dict[str, str]) -> float:
    """Seconds of a whole process."""
    begun = time.perf_counter()
    subprocess.run([*_lotwise(), *command], env=environment, capture_output=True, check=True)
    return time.perf_counter() - begun


def _first(command: list[str], environment: dict[str, str]) -> tuple[float, str]:
    """Seconds of a whole process, and what it said to somebody who sits at a terminal."""
    if not hasattr(os, "openpty"):
        return _seconds(command, environment), ""
    ours, theirs = os.openpty()
    begun = time.perf_counter()
    with subprocess.Popen(
        [*_lotwise(), *command], env=environment, stdout=subprocess.DEVNULL, stderr=theirs
    ) as started:
        os.close(theirs)
        said = b"".join(iter(lambda: _more(ours), b""))
    seconds = time.perf_counter() - begun
    os.close(ours)
    if started.returncode:
        raise subprocess.CalledProcessError(started.returncode, started.args, stderr=said)
    return seconds, _sentences(said.decode(errors="replace"))


def _more(terminal: int) -> bytes:
    """What was said next; nothing once nobody can say anything more, which Linux reports as an error."""
    try:
        return os.read(terminal, 1 << 16)
    except OSError:
        return b""


def _sentences(said: str) -> str:
    """The sentences of what was said on a terminal, each once: no clocks, no bars, nothing that moves the cursor."""
    lines = (line.strip() for line in re.split(r"[\r\n]+", _MOVES.sub("\n", said)))
    return " ".join(dict.fromkeys(line for line in lines if line[:1].isalpha() and line[-1:] in ".…"))


def _lotwise() -> list[str]:
    """The command as it is installed beside this Python, or else the package itself."""
    script = Path(sys.executable).with_name("lotwise")
    return [str(script)] if script.exists() else [sys.executable, "-m", "sim"]
