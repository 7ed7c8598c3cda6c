"""The work on a piece: exact sums of what the engine simulates, wherever the files of the scenario stand."""

from __future__ import annotations

import os
import pickle
import shutil
import subprocess
import sys
import tempfile
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from sim.engines import engine_named
from sim.measures.risk import conditional_value_at_risk
from sim.model import build_model
from sim.scenario import load_scenario
from sim.studies.points import Point
from sim.studies.study import effort_wanted, task_of
from sim.studies.units import Unit
from sim.studies.work import OtherProgramError, Worker, failure, worker_of
from sim.totals import SUMMED
from tests.benchmarks.timing import ROOT
from tests.unit.studies.crews import DETAIL, PLANS, example, example_with

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from sim.studies.work import Task, UnitRows

COLUMNS = ("recovered", "peak_cash_out")


def task(replications: int = 300, columns: tuple[str, ...] = COLUMNS) -> Task:
    """Of the example."""
    return task_of(example(), effort_wanted(example(), PLANS, replications, columns=columns))


def losses(plan: str, begin: int, end: int, *values: str) -> NDArray[np.int64]:
    """What the engine itself says."""
    model = build_model(example().with_overrides(list(values)), plan, seed=1)
    return engine_named("auto").summarise(model, range(begin, end)).losses


def test_a_unit_comes_to_the_sums_of_its_replications() -> None:
    (found,) = Worker(task()).work([Unit(Point(((DETAIL, 0.3),), PLANS), 100, 400)]).units
    ours, theirs = (losses(plan, 100, 400, f"{DETAIL}=0.3") for plan in PLANS)
    first, second = found.rows
    assert (first.plan, second.plan) == PLANS
    assert first.totals[0] == sum(ours.tolist())
    assert first.squares[0] == sum(loss * loss for loss in ours.tolist())
    assert first.apart == (sum(gap * gap for gap in (ours - theirs).tolist()),)
    assert second.apart == ()
    assert (first.change, first.change_squares) == (None, None)
    direct = conditional_value_at_risk(np.sort(ours), 0.95, 0.95, 100)
    assert first.tail == direct.value
    model = build_model(example().with_overrides([f"{DETAIL}=0.3"]), PLANS[0], seed=1)
    totals = engine_named("auto").summarise(model, range(100, 400))
    assert first.totals[1:] == tuple(totals.sums[SUMMED.index(name)] for name in COLUMNS)
    assert (first.late, first.with_claim) == (totals.late, totals.with_claim)


def test_the_change_against_a_base_is_taken_replication_by_replication() -> None:
    base, here = Point((), PLANS), Point(((DETAIL, 0.0),), PLANS)
    units = [Unit(here, 0, 300, base), Unit(here._replace(plans=PLANS[:1]), 0, 300, base), Unit(here, 50, 300, base)]
    for unit, found in zip(units, Worker(task()).work(units).units, strict=True):
        for row in found.rows:
            gaps = losses(row.plan, unit.begin, 300) - losses(row.plan, unit.begin, 300, f"{DETAIL}=0.0")
            assert row.change == sum(gaps.tolist())
            assert row.change_squares == sum(gap * gap for gap in gaps.tolist())


def test_the_order_of_the_work_changes_nothing() -> None:
    points = [Point(((DETAIL, share),), PLANS) for share in (0.0, 0.5, 1.0)]
    units = [
        Unit(point, begin, begin + 100, base) for point in points for begin in (0, 100) for base in (None, points[0])
    ]
    worker = Worker(task())
    forth, back = worker.work(units).units, worker.work(units[::-1]).units
    assert forth == back[::-1]
    assert forth == tuple(Worker(task()).work([unit]).units[0] for unit in units)


def test_a_point_that_makes_no_scenario_is_a_result() -> None:
    wrong = Point(((DETAIL, 7),), PLANS)
    right = Point(((DETAIL, 0.7),), PLANS)
    units = [Unit(wrong, 0, 50), Unit(right, 0, 50), Unit(right, 0, 50, base=wrong)]
    first, second, third = Worker(task()).work(units).units
    assert first.rows == third.rows == ()
    assert first.error is not None
    assert first.error.startswith(f"{DETAIL}: ")
    assert third.error == first.error
    assert second.error is None
    assert len(second.rows) == 2


def test_a_plan_that_a_point_takes_away_is_a_result() -> None:
    unit = Unit(Point((), ("all-at-once", "nobody's plan")), 0, 50)
    (found,) = Worker(task()).work([unit]).units
    assert found.rows == ()
    assert "nobody's plan" in str(found.error)


def test_a_worker_of_another_program_is_none() -> None:
    with pytest.raises(OtherProgramError, match="another version of Lotwise, of Python or of a library"):
        Worker(replace(task(), program="another"))


def test_a_task_is_the_same_bytes_for_the_same_study() -> None:
    assert task().packed() == task().packed()
    assert pickle.loads(task().packed()) == task()  # noqa: S301 - made here


def test_threads_have_workers_of_their_own() -> None:
    packed = task().packed()
    found: list[Worker] = []
    other = threading.Thread(target=lambda: found.append(worker_of(packed)))
    other.start()
    other.join()
    assert worker_of(packed) is worker_of(packed) is not found[0]


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (MemoryError(), "MemoryError"),
        (ValueError("first line\nsecond line"), "ValueError: first line"),
        (OSError(28, "No space left"), "OSError: [Errno 28] No space left"),
    ],
)
def test_a_failure_is_told_in_one_line(error: Exception, told: str) -> None:
    assert failure(error) == told


_ELSEWHERE = """
import pickle, sys
sys.path.insert(0, {root!r})
from pathlib import Path
from sim.studies.work import worker_of
packed, piece = pickle.loads(Path(sys.argv[1]).read_bytes())
Path(sys.argv[2]).write_bytes(pickle.dumps(worker_of(packed).work(piece).units))
"""

LATE = "    production_days: {dist: pert, low: 22, mode: 30, high: 70, working: true}"
PACK = "protection: alibaba-trade-assurance-2023 "


def elsewhere(task: Task, piece: list[Unit], folder: Path, temporary: Path) -> tuple[UnitRows, ...]:
    """What a piece comes to in another process, in another folder, which makes its files in a third."""
    for made in (folder, temporary):
        made.mkdir()
    (folder / "given").write_bytes(pickle.dumps((task.packed(), piece)))
    script = [sys.executable, "-c", _ELSEWHERE.format(root=str(ROOT)), "given", "found"]
    subprocess.run(script, cwd=folder, env={**os.environ, "TMPDIR": str(temporary)}, check=True)
    units: tuple[UnitRows, ...] = pickle.loads((folder / "found").read_bytes())  # noqa: S301 - written just now
    return units


@pytest.mark.slow
@pytest.mark.parametrize("above", ["", "../", "../../shared/"], ids=["beside", "above", "aside"])
def test_files_travel_with_the_task(tmp_path: Path, above: str) -> None:
    home = tmp_path / "home" / "orders"
    home.mkdir(parents=True)
    data, pack = home / f"{above}deliveries.csv", home / f"{above}rules.yaml"
    data.parent.mkdir(exist_ok=True)
    data.write_text("days_late\n-3\n0\n4\n41\n", encoding="utf-8")
    shutil.copy(ROOT / "sim" / "protections" / "alibaba-trade-assurance-faq.yaml", pack)
    changes = {
        LATE: f"    delay_days: {{dist: empirical, file: {above}deliveries.csv, column: days_late}}",
        PACK: f"protection: {above}rules.yaml ",
    }
    scenario = example_with(home, changes)
    effort = effort_wanted(scenario, PLANS, 200)
    piece = [Unit(Point(((DETAIL, share),), PLANS), 0, 200) for share in (0.2, 0.8)]
    here = Worker(task_of(scenario, effort)).work(piece).units
    assert all(found.error is None for found in here)
    travelling = task_of(scenario, effort, with_files=True)
    shutil.rmtree(tmp_path / "home")
    shutil.rmtree(tmp_path / "shared", ignore_errors=True)
    temporary = tmp_path / "temporary"
    assert elsewhere(travelling, piece, tmp_path / "elsewhere", temporary) == here
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["elsewhere", "temporary"]
    assert not list(temporary.glob("lotwise-*"))  # nothing is left behind, and nothing was written outside


def test_a_file_of_another_study_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    found = []
    for name, days in (("one", "0"), ("two", "60")):
        home = tmp_path / name / "orders"
        home.mkdir(parents=True)
        (tmp_path / name / "deliveries.csv").write_text(f"days_late\n{days}\n", encoding="utf-8")
        scenario = example_with(
            home, {LATE: "    delay_days: {dist: empirical, file: ../deliveries.csv, column: days_late}"}
        )
        packed = task_of(scenario, effort_wanted(scenario, PLANS, 50), with_files=True).packed()
        found.append(worker_of(packed))
    unit = Unit(Point((), PLANS), 0, 50)
    late = [[row.late for row in worker.work([unit]).units[0].rows] for worker in found]
    assert late == [[0, 0], [50, 50]]


def test_nothing_travels_where_the_disk_is_shared() -> None:
    assert task_of(example(), effort_wanted(example())).contents == {}
    assert load_scenario(example().path).files == ()
