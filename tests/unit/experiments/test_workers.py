"""Workers: whoever simulates, and however many do, the same comes out in the same order; and what stops them."""

from __future__ import annotations

import os
import threading
import time
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from sim.experiments.jobs import Job
from sim.experiments.processes import WorkerLostError
from sim.experiments.workers import simulated
from sim.outcomes import Outcomes
from tests.unit.fabricated import FabricatedEngine, FabricatedModel, RecordedEngine, fabricated

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.fabricated import Model

# The fabricated models stand in for those of plans: workers only hand them on.
MODELS: Any = (FabricatedModel(), FabricatedModel(plan="two-halves", order_ids=("a",)))


class Dying(FabricatedEngine):
    """An engine that takes its process with it."""

    def simulate(self, model: Model, replications: range, *, trace: bool = False) -> Outcomes:
        del model, replications, trace
        os._exit(9)


class Failing(FabricatedEngine):
    """An engine with a fault."""

    def simulate(self, model: Model, replications: range, *, trace: bool = False) -> Outcomes:
        del model, trace
        raise ArithmeticError(replications.start)


class Slow(FabricatedEngine):
    """An engine that leaves a mark for each piece."""

    def simulate(self, model: Model, replications: range, *, trace: bool = False) -> Outcomes:
        with open(os.environ["LOTWISE_TEST_MARKS"], "a", encoding="utf-8") as marks:  # noqa: PTH123 - one write
            marks.write("x")
        time.sleep(0.05)
        return super().simulate(model, range(replications.start, replications.start + 1), trace=trace)


def job(engine: FabricatedEngine, *, with_tables: bool = True) -> Job:
    """Two plans simulated by an engine."""
    return Job(MODELS, engine, with_tables)


def found(engine: FabricatedEngine, replications: int, workers: int = 1) -> list[tuple[int, list[int], int]]:
    """Plan, replication numbers and number of order records of each block."""
    blocks = []
    for plan, outcomes in simulated(job(engine), (replications,), workers):
        assert isinstance(outcomes, Outcomes)
        blocks.append((plan, outcomes.replications["replication"].tolist(), len(outcomes.orders)))
    return blocks


def losses(engine: FabricatedEngine, stages: tuple[int, ...], workers: int = 1) -> list[list[int]]:
    """Losses of each plan, in the order in which their totals were handed on."""
    added: list[list[int]] = [[], []]
    for plan, totals in simulated(job(engine, with_tables=False), stages, workers):
        assert not isinstance(totals, Outcomes)
        added[plan] += totals.losses.tolist()
    return added


def test_every_replication_is_simulated_once_and_in_order() -> None:
    blocks = found(FabricatedEngine(), 1_200)
    assert [plan for plan, _, _ in blocks] == [0, 1, 0, 1]
    for plan in (0, 1):
        assert [n for which, numbers, _ in blocks if which == plan for n in numbers] == list(range(1_200))


def test_workers_change_nothing() -> None:
    outcomes = tuple(fabricated(model, range(3_100)) for model in MODELS)
    alone = RecordedEngine(outcomes=outcomes)
    expected, summed = found(alone, 3_100), losses(alone, (3_100,))
    assert summed == [made.replications["loss"].tolist() for made in outcomes]
    for in_threads in (True, False):
        engine = RecordedEngine(in_threads, outcomes=outcomes)
        assert found(engine, 3_100, workers=3) == expected
        assert losses(engine, (2_000, 3_000, 3_100), workers=2) == summed


def test_threads_work_side_by_side() -> None:
    together = threading.Barrier(2, timeout=10)

    @dataclass(frozen=True)
    class Waiting(FabricatedEngine):
        in_threads: bool = True

        def simulate(self, model: Model, replications: range, *, trace: bool = False) -> Outcomes:
            together.wait()
            return super().simulate(model, replications, trace=trace)

    assert len(found(Waiting(), 1_000, workers=2)) == 2


def test_a_process_that_dies_is_reported() -> None:
    with pytest.raises(WorkerLostError, match="died"):
        found(Dying(), 5_000, workers=2)


@pytest.mark.parametrize("in_threads", [False, True])
@pytest.mark.parametrize("workers", [1, 2])
def test_an_error_in_an_engine_is_passed_on(workers: int, in_threads: bool) -> None:
    with pytest.raises(ArithmeticError, match="0"):
        found(Failing(in_threads), 5_000, workers=workers)


@pytest.mark.parametrize("in_threads", [False, True])
def test_closing_early_stops_the_workers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, in_threads: bool) -> None:
    marks = tmp_path / "marks"
    monkeypatch.setenv("LOTWISE_TEST_MARKS", str(marks))
    with closing(simulated(job(Slow(in_threads)), (1_000_000,), workers=2)) as blocks:
        for _ in range(3):
            next(blocks)
    # 3 taken and at most 2 a worker under way, of 2,000: no block was begun ahead of what is wanted next.
    assert 3 <= len(marks.read_text()) <= 3 + 2 * 2 + 1
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("lotwise")]
