"""A Dask cluster on the loopback: the same findings as at home, whoever of it is killed, and clear words otherwise."""

from __future__ import annotations

import sys
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from sim.cli import answered
from sim.errors import InputError
from sim.studies import cluster as clusters
from sim.studies.cluster import Cluster, SchedulerLostError
from sim.studies.crew import Alone
from sim.studies.points import Point
from sim.studies.study import effort_wanted, task_of
from sim.studies.units import Unit
from sim.studies.work import OtherProgramError, Worked
from tests.clusters import killed, local_cluster
from tests.unit.studies.crews import DETAIL, PLANS, example

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sim.studies.crew import Piece
    from sim.studies.work import Task
    from tests.clusters import LocalCluster

pytest.importorskip("distributed", reason="a cluster needs Dask: pip install 'lotwise[cluster]'")

REPLICATIONS = 40


@pytest.fixture(scope="module")
def cluster() -> Iterator[LocalCluster]:
    """A scheduler and two workers, which the tests of this file share and kill."""
    with local_cluster(2) as begun:
        yield begun


def task() -> Task:
    """Of the example."""
    return task_of(example(), effort_wanted(example(), PLANS, REPLICATIONS), with_files=True)


def pieces(number: int, replications: int = REPLICATIONS) -> list[Piece]:
    """Pieces of one unit each."""
    return [(Unit(Point(((DETAIL, share / number),), PLANS), 0, replications),) for share in range(number)]


def found_at(address: str, given: list[Piece], after: Callable[[int], object] = lambda _: None) -> list[object]:
    """What the pieces came to on a cluster, in their order; `after` is called with how many are done."""
    found = {}
    with Cluster(task(), address) as crew:
        for piece, result in crew.worked(given):
            assert isinstance(result, Worked), result
            found[piece] = result.units
            after(len(found))
    return [found[piece] for piece in given]


def found_here(given: list[Piece]) -> list[object]:
    """The same, by this process."""
    with Alone(task()) as alone:
        return [result.units for _, result in alone.worked(given) if isinstance(result, Worked)]


@pytest.mark.slow
def test_a_cluster_finds_the_same(cluster: LocalCluster) -> None:
    given = pieces(20)
    assert found_at(cluster.address, given) == found_here(given)


@pytest.mark.slow
def test_a_piece_that_goes_wrong_is_a_result(cluster: LocalCluster) -> None:
    given = pieces(3)
    given[1] = (given[1][0]._replace(end=10**14),)
    with Cluster(task(), cluster.address) as crew:
        found = dict(crew.worked(given))
    assert isinstance(found[given[1]], MemoryError)
    assert isinstance(found[given[0]], Worked)
    assert isinstance(found[given[2]], Worked)


@pytest.mark.slow
def test_a_worker_that_is_killed_costs_nothing_but_time(cluster: LocalCluster) -> None:
    given = pieces(24, 20_000)

    def after(done: int) -> None:
        if done == 5:
            killed(cluster.workers.pop(0))

    assert found_at(cluster.address, given, after) == found_here(given)
    cluster.worker()


@pytest.mark.slow
def test_a_machine_that_is_lost_costs_nothing_but_time(cluster: LocalCluster) -> None:
    node = cluster.worker(nanny=True)
    given = pieces(24, 20_000)

    def after(done: int) -> None:
        if done == 5:
            killed(node)  # the worker, the nanny that would begin it anew, and all that they began

    assert found_at(cluster.address, given, after) == found_here(given)
    cluster.workers.remove(node)


@pytest.mark.slow
def test_workers_that_come_late_are_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clusters, "SECONDS_OF_PATIENCE", 0.2)
    said: list[str] = []
    given = pieces(3)
    with local_cluster(0) as empty:
        late = threading.Thread(target=empty.worker)

        def tell(sentence: str) -> None:
            said.append(sentence)
            late.start()

        with Cluster(task(), empty.address, tell) as crew:
            found = dict(crew.worked(given))
        late.join()
        (told,) = said
    assert told.startswith("waiting for workers: the scheduler at tcp://127.0.0.1:")
    assert f"dask worker {empty.address}" in told
    assert [found[piece].units for piece in given] == found_here(given)  # type: ignore[union-attr]


@pytest.mark.slow
def test_a_scheduler_that_goes_away_is_told() -> None:
    with local_cluster(1) as short, Cluster(task(), short.address) as crew:
        work = crew.worked(pieces(200, 20_000))
        next(work)
        killed(short.scheduler)
        with pytest.raises(SchedulerLostError, match="what was found is kept") as told:
            for _ in work:
                pass

    def again() -> None:
        raise told.value

    assert answered(again) == 3


def test_a_client_that_trips_while_it_closes_by_itself_hides_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    class Tripping:
        status = "closing"

        def close(self) -> None:
            message = "Cannot change state of expiring Timeout"
            raise RuntimeError(message)

    crew = Cluster.__new__(Cluster)
    monkeypatch.setattr(crew, "_client", Tripping(), raising=False)
    crew.__exit__(None, None, None)
    Tripping.status = "running"
    with pytest.raises(RuntimeError, match="expiring"):
        crew.__exit__(None, None, None)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        (
            "sitecustomize.py",
            (
                "from importlib import metadata\n"
                "known = metadata.version\n"
                "metadata.version = lambda name: '0.1' if name == 'holidays' else known(name)\n"
            ),
            "this worker runs another version",
        ),
        ("sim.py", "raise ModuleNotFoundError(\"No module named 'sim'\", name='sim')\n", "has no Lotwise"),
    ],
    ids=["another library", "no Lotwise"],
)
def test_a_worker_with_another_program_is_refused(tmp_path: Path, file: str, text: str, message: str) -> None:
    (tmp_path / file).write_text(text, encoding="utf-8")
    with local_cluster(0) as begun:
        begun.worker(environment={"PYTHONPATH": str(tmp_path)})
        with Cluster(task(), begun.address) as crew, pytest.raises(OtherProgramError, match=message):
            list(crew.worked(pieces(4)))


@pytest.mark.slow
@pytest.mark.parametrize("address", ["nowhere", "tcp://127.0.0.1:1", "smoke://signals:1", "tls://127.0.0.1:1"])
def test_an_address_without_a_scheduler_is_told(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clusters, "_SECONDS_TO_CONNECT", 1)
    begun = time.monotonic()
    refused = "there is no Dask scheduler at|is no address of a scheduler"
    with pytest.raises(InputError, match=refused) as told, Cluster(task(), address):
        pass
    assert "dask scheduler" in str(told.value)
    assert address in str(told.value)
    assert time.monotonic() - begun < 60


def test_a_cluster_without_dask_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(InputError, match=r"needs Dask") as told, Cluster(task(), "tcp://127.0.0.1:1"):
        pass
    assert "pip install 'lotwise[cluster]'" in str(told.value)


def test_the_task_of_a_cluster_is_told_from_others() -> None:
    assert task().packed() == task().packed()
    assert replace(task(), seed=2).packed() != task().packed()
