"""Blocks of replications: their order, whatever the number of processes, and what stops them."""

from __future__ import annotations

import os
import time
from contextlib import closing
from typing import TYPE_CHECKING, Any, cast

import pytest

from sim.experiments.blocks import Task, WorkerLostError, simulated, tasks
from tests.unit.fabricated import FabricatedModel, fabricated

if TYPE_CHECKING:
    from pathlib import Path

    from sim.outcomes import Outcomes

# The fabricated models stand in for those of plans: blocks only hand them on.
MODELS: Any = (FabricatedModel(), FabricatedModel(plan="two-halves", order_ids=("a",)))


def dying(model: FabricatedModel, replications: range, *, trace: bool = False) -> Outcomes:
    """An engine that takes its process with it."""
    del model, replications, trace
    os._exit(9)


def failing(model: FabricatedModel, replications: range, *, trace: bool = False) -> Outcomes:
    """An engine with a fault."""
    del model, trace
    raise ArithmeticError(replications.start)


def slow(model: FabricatedModel, replications: range, *, trace: bool = False) -> Outcomes:
    """An engine that leaves a mark for each block."""
    with open(os.environ["LOTWISE_TEST_MARKS"], "a", encoding="utf-8") as marks:  # noqa: PTH123 - one write
        marks.write("x")
    time.sleep(0.05)
    return fabricated(model, range(replications.start, replications.start + 1), trace=trace)


def found(
    replications: int, workers: int = 1, engine: object = fabricated, **options: bool
) -> list[tuple[int, list[int], int]]:
    """Plan, replication numbers and number of order records of each block."""
    blocks = simulated(MODELS, replications, workers=workers, engine=cast("Any", engine), **options)
    return [(plan, outcomes.replications["replication"].tolist(), len(outcomes.orders)) for plan, outcomes in blocks]


def test_blocks_go_by_thousands_and_then_by_plan() -> None:
    assert list(tasks(2, 2_001)) == [
        Task(plan, block) for block in (range(1_000), range(1_000, 2_000), range(2_000, 2_001)) for plan in (0, 1)
    ]


def test_every_replication_is_simulated_once_and_in_order() -> None:
    blocks = found(1_200)
    assert [plan for plan, _, _ in blocks] == [0, 1, 0, 1]
    for plan in (0, 1):
        assert [n for which, numbers, _ in blocks if which == plan for n in numbers] == list(range(1_200))


def test_orders_are_left_behind_when_nobody_wants_them() -> None:
    assert [orders for _, _, orders in found(10, with_orders=False)] == [0, 0]
    assert [orders for _, _, orders in found(10)] == [10, 10]


def test_processes_change_nothing() -> None:
    assert found(3_100, workers=3) == found(3_100)


def test_a_process_that_dies_is_reported() -> None:
    with pytest.raises(WorkerLostError, match="died"):
        found(3_000, workers=2, engine=dying)


@pytest.mark.parametrize("workers", [1, 2])
def test_an_error_in_an_engine_is_passed_on(workers: int) -> None:
    with pytest.raises(ArithmeticError, match="0"):
        found(3_000, workers=workers, engine=failing)


def test_closing_early_stops_the_processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    marks = tmp_path / "marks"
    monkeypatch.setenv("LOTWISE_TEST_MARKS", str(marks))
    with closing(simulated(MODELS, 1_000_000, workers=2, engine=cast("Any", slow))) as blocks:
        for _ in range(3):
            next(blocks)
    # 3 taken and at most 2 a process under way, of 2,000: no block was begun ahead of what is wanted next.
    assert 3 <= len(marks.read_text()) <= 3 + 2 * 2 + 1
