"""A run from Python: what it holds, what it writes, and what does not change it."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

import sim
from sim.errors import InputError
from sim.experiments.runs import OutOfMemoryError, TablesLeftOutError
from sim.results import FolderInUseError
from tests.unit.experiments import FIRST_ORDER
from tests.unit.fabricated import FabricatedEngine, FabricatedModel, RecordedEngine, fabricated

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sim.experiments import RunResult
    from sim.outcomes import Outcomes
    from tests.unit.fabricated import Model

SCENARIO = sim.load_scenario(FIRST_ORDER)
PLANS = ("all-at-once", "probe-then-rest")
TABLES = ("summary.csv", "replications.parquet", "orders.parquet")


def run(**options: object) -> RunResult:
    """A short run of two plans."""
    given: dict[str, Any] = {"plans": PLANS, "replications": 150, **options}
    return sim.run(SCENARIO, **given)


def run_to_folder(**options: object) -> Path:
    """A short run of two plans that wrote its folder."""
    folder = run(**options).folder
    assert folder is not None
    return folder


RESULT = run()


def table_bytes(folder: Path) -> list[bytes]:
    """Bytes of the three tables."""
    return [(folder / name).read_bytes() for name in TABLES]


def test_frames_hold_every_plan_and_replication() -> None:
    assert RESULT.n == 150
    assert list(RESULT.summary) == ["plan", "measure", "value", "ci_low", "ci_high", "n"]
    assert RESULT.summary["plan"].unique().tolist() == list(PLANS)
    assert RESULT.replications.groupby("plan").size().to_dict() == dict.fromkeys(PLANS, 150)
    assert RESULT.orders.groupby("plan").size().to_dict() == {"all-at-once": 150, "probe-then-rest": 300}
    assert RESULT.folder is None


def test_summary_is_what_the_replications_say() -> None:
    measured = RESULT.summary.set_index(["plan", "measure"])["value"]
    means = RESULT.replications.groupby("plan").mean(numeric_only=True)
    for plan in PLANS:
        assert measured[plan, "expected_loss"] == pytest.approx(means["loss"][plan])
        assert measured[plan, "loss.late_units"] == pytest.approx(means["loss.late_units"][plan])
        assert measured[plan, "recovery.ground_up"] == pytest.approx(means["recovery.ground_up"][plan])
        assert measured[plan, "peak_cash_out"] == pytest.approx(means["peak_cash_out"][plan])


def test_a_scenario_may_ask_for_the_probability_of_losing_more() -> None:
    scenario = sim.load_scenario(FIRST_ORDER, ("run.loss_thresholds=[5000]",))
    summary = sim.run(scenario, plans=PLANS, replications=150).summary.set_index(["plan", "measure"])["value"]
    losses = RESULT.replications.set_index("plan")["loss"]
    for plan in PLANS:
        assert summary[plan, "loss_above_5000"] == pytest.approx((losses[plan] > 5_000).mean())


def test_the_scenario_is_not_changed() -> None:
    before = copy.deepcopy(SCENARIO.raw)
    run(seed=99, replications=10)
    assert SCENARIO.raw == before
    assert SCENARIO.model.run.seed == 1


def test_a_plan_does_not_depend_on_the_plans_beside_it() -> None:
    alone = run(plans=["probe-then-rest"]).replications
    beside = RESULT.replications.query("plan == 'probe-then-rest'").reset_index(drop=True)
    pd.testing.assert_frame_equal(alone, beside)


def test_more_replications_leave_the_first_ones_alone() -> None:
    pd.testing.assert_frame_equal(
        run(plans=["all-at-once"], replications=400).replications[:150],
        run(plans=["all-at-once"]).replications,
    )


def test_another_seed_draws_anew() -> None:
    assert not run(seed=2).replications["loss"].equals(RESULT.replications["loss"])


def test_plans_keep_the_order_of_the_scenario() -> None:
    assert run(plans=PLANS[::-1], replications=5).plans == PLANS
    assert sim.run(SCENARIO, replications=2).plans == tuple(plan.name for plan in SCENARIO.plans)


def test_unknown_plans_are_all_named_with_the_nearest() -> None:
    with pytest.raises(InputError) as refused:
        run(plans=["all-at-one", "zzz"])
    first, second = refused.value.problems
    assert "'all-at-once'" in str(first.hint)
    assert "two-halves" in str(second.hint)


def test_a_precision_stops_after_whole_blocks_with_equal_numbers() -> None:
    result = run(replications=None, precision="15%", at_most=20_000, tables=False)
    assert result.half_width_reached
    assert result.n % 1_000 == 0
    assert {tally.n for tally in result.tallies.values()} == {result.n}
    for tally in result.tallies.values():
        estimate = tally.mean("loss", 0.95)
        assert estimate.half_width <= 0.15 * estimate.value
    again = run(replications=result.n, tables=False)
    assert again.summary.equals(result.summary)


def test_a_precision_that_is_out_of_reach_is_admitted() -> None:
    result = run(replications=None, precision="0.1%", at_most=2_500, tables=False)
    assert not result.half_width_reached
    assert result.n == 2_500


def test_tables_may_be_left_out() -> None:
    with pytest.raises(TablesLeftOutError, match="replications"):
        _ = run(tables=False).replications


def test_the_folder_holds_what_the_frames_hold(tmp_path: Path) -> None:
    result = run(out=tmp_path / "run", command=("lotwise", "run"))
    assert result.folder == tmp_path / "run"
    assert result.folder is not None
    names = sorted(path.name for path in result.folder.iterdir())
    assert names == sorted([*TABLES, "manifest.json", "scenario.resolved.yaml"])
    pd.testing.assert_frame_equal(result.replications, RESULT.replications)
    pd.testing.assert_frame_equal(result.orders, RESULT.orders)
    summary = pd.read_csv(result.folder / "summary.csv")
    pd.testing.assert_frame_equal(summary, RESULT.summary, atol=0.0051, rtol=0)
    manifest = json.loads((result.folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["command"] == ["lotwise", "run"]
    assert manifest["seed"] == 1
    assert manifest["replications"] == 150
    assert manifest["digest"] == SCENARIO.digest
    assert "protection.limit_scope" in manifest["assumptions"]


def test_without_tables_the_folder_holds_the_summary_alone(tmp_path: Path) -> None:
    result = run(out=tmp_path / "run", tables=False)
    names = sorted(path.name for path in (tmp_path / "run").iterdir())
    assert names == ["manifest.json", "scenario.resolved.yaml", "summary.csv"]
    with pytest.raises(TablesLeftOutError, match="orders"):
        _ = result.orders


def test_runs_are_kept_under_the_scenarios_name(tmp_path: Path) -> None:
    first, second = (run_to_folder(results=tmp_path, replications=3) for _ in range(2))
    assert first.parent == second.parent == tmp_path / "first-order"
    assert first != second
    assert first.name[8] == "T"


class Never(FabricatedEngine):
    """An engine that is not wanted."""

    def simulate(self, model: Model, replications: range, *, trace: bool = False) -> Outcomes:
        raise AssertionError(("simulated", model, replications, trace))


def test_a_folder_in_use_is_refused_before_anything_is_simulated(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("keep")

    with pytest.raises(FolderInUseError):
        run(out=tmp_path, engine=Never())


def test_what_was_run_can_be_run_again_from_its_folder(tmp_path: Path) -> None:
    first = run_to_folder(out=tmp_path / "first", seed=5)
    again = sim.load_scenario(first / "scenario.resolved.yaml")
    second = sim.run(again, plans=PLANS, out=tmp_path / "second").folder
    assert second is not None
    assert table_bytes(first) == table_bytes(second)


def test_data_files_are_found_from_the_folder_too(tmp_path: Path) -> None:
    (tmp_path / "days.csv").write_text("days\n1\n5\n9\n", encoding="utf-8")
    (tmp_path / "mine.yaml").write_text(
        f"extends: {FIRST_ORDER}\nbuyer: {{goods_check_days: {{dist: empirical, file: days.csv, column: days}}}}\n",
        encoding="utf-8",
    )
    scenario = sim.load_scenario(tmp_path / "mine.yaml")
    first = sim.run(scenario, plans=PLANS, replications=20, out=tmp_path / "deep" / "first").folder
    assert first is not None
    again = sim.load_scenario(first / "scenario.resolved.yaml")
    second = sim.run(again, plans=PLANS, out=tmp_path / "second").folder
    assert second is not None
    assert table_bytes(first) == table_bytes(second)


def test_progress_is_told_in_replications() -> None:
    calls: list[tuple[int, int]] = []
    run(replications=1_500, tables=False, progress=lambda done, total: calls.append((done, total)))
    assert calls == [(1_000, 3_000), (2_000, 3_000), (2_500, 3_000), (3_000, 3_000)]


def test_progress_towards_a_precision_foresees_what_it_takes() -> None:
    calls: list[tuple[int, int]] = []
    result = run(
        replications=None,
        precision="1.9%",
        tables=False,
        engine=FabricatedEngine(),
        progress=lambda done, total: calls.append((done, total)),
    )
    first, later = calls[0][1], calls[4][1]  # before the first look, and after it
    assert first == 2 * 2_000
    assert later == pytest.approx(2 * result.n, rel=0.5)
    assert calls[-1][0] == 2 * result.n


class Told(FabricatedEngine):
    """An engine that takes a while to be made ready."""

    def prepare(self, tell: Callable[[str], None] | None = None) -> None:
        if tell is not None:
            tell("getting ready")


def test_an_engine_says_what_there_is_to_wait_for() -> None:
    told: list[str] = []
    run(replications=10, tables=False, engine=Told(), tell=told.append)
    run(replications=10, tables=False, engine=Told())
    assert told == ["getting ready"]


def test_the_scenario_names_the_engine_unless_another_is_asked_for(tmp_path: Path) -> None:
    scenario = sim.load_scenario(FIRST_ORDER, ("run.engine=reference",))
    result = sim.run(scenario, plans=PLANS, replications=5, out=tmp_path / "run")
    assert result.engine == "reference"
    assert json.loads((tmp_path / "run" / "manifest.json").read_text(encoding="utf-8"))["engine"] == "reference"
    assert sim.run(scenario, plans=PLANS, replications=5, tables=False, engine=Told()).engine == "fabricated"


def test_an_unknown_engine_is_refused() -> None:
    with pytest.raises(InputError, match="no engine 'fast'"):
        run(engine="fast")


@pytest.fixture(scope="module")
def recorded() -> Outcomes:
    """Replications of a plan of two orders: enough for several groups of rows."""
    return fabricated(FabricatedModel(), range(9_300))


@pytest.mark.parametrize("in_threads", [False, True])
@pytest.mark.parametrize("workers", [1, 3])
def test_the_tables_do_not_depend_on_who_simulates(
    tmp_path: Path, recorded: Outcomes, in_threads: bool, workers: int
) -> None:
    given: dict[str, Any] = {"replications": 9_300, "plans": PLANS[1:]}
    expected = run_to_folder(**given, engine=RecordedEngine(outcomes=(recorded,)), out=tmp_path / "one")
    given |= {"engine": RecordedEngine(in_threads, outcomes=(recorded,)), "workers": workers}
    found = run_to_folder(**given, out=tmp_path / "other")
    assert table_bytes(expected) == table_bytes(found)
    without = run_to_folder(**given, out=tmp_path / "without", tables=False)
    assert (without / "summary.csv").read_bytes() == (expected / "summary.csv").read_bytes()


def test_too_little_memory_is_told_before_anything_is_simulated() -> None:
    with pytest.raises(OutOfMemoryError, match=r"1,000,000,000,000,000 replications of 2 plans"):
        run(replications=10**15, tables=False, engine=Never())
