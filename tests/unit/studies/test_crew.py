"""Crews: every piece comes back, from one process or several, whatever happens to the process that worked on it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import replace
from multiprocessing import active_children
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sim.experiments.processes import WorkerLostError
from sim.studies import crew as crews
from sim.studies.crew import Alone, ProcessDiedError, Processes
from sim.studies.points import Point
from sim.studies.study import effort_wanted, task_of
from sim.studies.units import Unit
from sim.studies.work import OtherProgramError, Worked
from tests.benchmarks.timing import ROOT
from tests.unit.studies.crews import DETAIL, PLANS, example

if TYPE_CHECKING:
    from sim.studies.crew import Crew, Piece
    from sim.studies.work import Task

ENORMOUS = 10**14
"""Replications that no machine has room for."""


class Deadly(Unit):
    """A unit that ends the process which it is sent to."""

    __slots__ = ()

    def __reduce__(self) -> tuple[object, ...]:
        return os._exit, (9,)


class Wounding(Unit):
    """A unit that ends the first process which it is sent to, and is like any other afterwards."""

    __slots__ = ()

    def __reduce__(self) -> tuple[object, ...]:
        return _survived, (os.environ["LOTWISE_TEST_MARK"], tuple(self))


def _survived(mark: str, values: tuple[Point, int, int, None]) -> Unit:
    if not Path(mark).exists():
        Path(mark).touch()
        os._exit(9)
    return Unit(*values)


def task() -> Task:
    """Of the example."""
    return task_of(example(), effort_wanted(example(), PLANS, 40))


def pieces(number: int) -> list[Piece]:
    """Pieces of one unit each."""
    return [(Unit(Point(((DETAIL, share / number),), PLANS), 0, 40),) for share in range(number)]


def results(crew: Crew, given: list[Piece]) -> dict[Piece, Worked | Exception]:
    """What each piece came to."""
    found = {}
    for piece, result in crew.worked(given):
        assert piece not in found
        found[piece] = result
    assert set(found) == set(given)
    return found


def rows(found: dict[Piece, Worked | Exception], piece: Piece) -> object:
    """What the units of a piece came to."""
    result = found[piece]
    assert isinstance(result, Worked), result
    return result.units


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin processes for any work at all."""
    monkeypatch.setattr(crews, "_SECONDS_WORTH_PROCESSES", 0.0)


def test_alone_works_on_pieces_as_they_are_wanted() -> None:
    given = iter(pieces(3))
    with Alone(task()) as alone, closing(alone.worked(given)) as found:
        next(found)
        assert len(list(given)) == 2


def test_a_piece_too_large_for_the_memory_has_failed_alone() -> None:
    given = pieces(3)
    given[1] = (given[1][0]._replace(end=ENORMOUS),)
    with Alone(task()) as alone:
        found = results(alone, given)
    assert isinstance(found[given[1]], MemoryError)
    assert isinstance(found[given[0]], Worked)
    assert isinstance(found[given[2]], Worked)


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.usefixtures("at_once")
def test_another_program_is_refused(workers: int) -> None:
    other = replace(task(), program="another")
    with (
        Processes(other, workers) as crew,
        pytest.raises(OtherProgramError, match="install the same on every machine"),
    ):
        results(crew, pieces(2))


def test_a_little_work_begins_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crews, "_Pool", None)
    given = pieces(2)
    with Processes(task(), 2) as crew, Alone(task()) as alone:
        found, expected = results(crew, given), results(alone, given)
    assert [rows(found, piece) for piece in given] == [rows(expected, piece) for piece in given]


@pytest.mark.slow
@pytest.mark.usefixtures("at_once")
def test_processes_find_the_same_and_lose_nothing_with_one_of_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOTWISE_TEST_MARK", str(tmp_path / "mark"))
    given = pieces(12)
    with Alone(task()) as alone:
        expected = results(alone, given)
    troubled = list(given)
    troubled[2] = (Deadly(*given[2][0]),)
    troubled[4] = (given[4][0]._replace(end=ENORMOUS),)
    troubled[7] = (Wounding(*given[7][0]),)
    with Processes(task(), 2) as crew:
        found = results(crew, troubled)
        again = results(crew, given)  # the same crew goes on
    died, memory = found[troubled[2]], found[troubled[4]]
    assert isinstance(died, ProcessDiedError)
    assert "died twice" in str(died)
    assert isinstance(memory, MemoryError)
    right = [number for number in range(12) if number not in (2, 4)]
    assert [rows(found, troubled[number]) for number in right] == [rows(expected, given[number]) for number in right]
    assert [rows(again, piece) for piece in given] == [rows(expected, piece) for piece in given]


@pytest.mark.slow
@pytest.mark.usefixtures("at_once")
def test_a_process_that_dies_between_two_pieces_loses_none() -> None:
    given = pieces(12)
    with Processes(task(), 2) as crew, closing(crew.worked(given)) as found:
        done = [next(found)[0]]
        # All processes end while the one that asks is busy with a result, and it learns of it before it asks for more.
        for process in active_children():
            process.kill()
        end = time.monotonic() + 60
        while active_children() and time.monotonic() < end:
            time.sleep(0.05)
        for piece, result in found:
            assert isinstance(result, Worked)
            done.append(piece)
    assert sorted(done) == sorted(given)


@pytest.mark.slow
@pytest.mark.usefixtures("at_once")
def test_processes_that_cannot_begin_are_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crews, "_begin", os._exit)  # called with what a process begins with: it ends at once
    with Processes(task(), 2) as crew, pytest.raises(WorkerLostError, match="--workers 1"):
        results(crew, pieces(50))


@pytest.mark.slow
@pytest.mark.usefixtures("at_once")
def test_closing_early_drops_what_nobody_has_begun() -> None:
    given = pieces(6)
    long = [(Unit(point=piece[0].point, begin=0, end=100_000),) for piece in given]
    with Processes(task(), 2) as crew:
        with closing(crew.worked(long)) as found:
            next(found)
        assert active_children()
    assert not active_children()


_ORPHANS = f"""
import sys
from multiprocessing import active_children
sys.path.insert(0, {str(ROOT)!r})
from sim.studies import crew
from tests.unit.studies.test_crew import pieces, task
if __name__ == "__main__":
    crew._SECONDS_WORTH_PROCESSES = 0.0
    with crew.Processes(task(), 2) as processes:
        for _ in processes.worked(pieces(100_000)):
            print(*(child.pid for child in active_children()), flush=True)
"""


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="asks Linux which processes live")
def test_no_process_outlives_the_one_that_asked(tmp_path: Path) -> None:
    script = tmp_path / "orphans.py"
    script.write_text(_ORPHANS, encoding="utf-8")
    with subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as asking:
        assert asking.stdout is not None
        workers = [int(number) for number in asking.stdout.readline().split()]
        assert len(workers) == 2
        assert all(map(lives, workers))
        os.kill(asking.pid, signal.SIGKILL)
    end = time.monotonic() + 30
    while any(map(lives, workers)) and time.monotonic() < end:
        time.sleep(0.05)
    assert not any(map(lives, workers))


def lives(process: int) -> bool:
    """Whether a process is there and does something: one whose end nobody has taken note of does nothing."""
    try:
        stat = Path(f"/proc/{process}/stat").read_text(encoding="utf-8")
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] not in ("Z", "X")
