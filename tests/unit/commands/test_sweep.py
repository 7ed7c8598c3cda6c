"""``lotwise sweep`` as a user meets it: tables, what is kept, what is said beforehand, ways to break it off."""

from __future__ import annotations

import io
import json
import os
import random
import re
import signal
import subprocess
import time
from contextlib import chdir, redirect_stderr, redirect_stdout
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from sim.cli import main
from sim.studies import crew as crews
from sim.studies import study as studies
from sim.studies.points import Point
from tests.benchmarks.studies import begun, equal_tables, killed_while_it_works, shards, survivors, sweep_command
from tests.clusters import killed
from tests.unit.commands.test_cli import Done
from tests.unit.studies.crews import DETAIL, LIMIT, PLANS, example_in
from tests.unit.studies.test_study import cut_into

if TYPE_CHECKING:
    from pathlib import Path

GRID = (f"--vary={DETAIL}=0,0.5,1", "--plans", ",".join(PLANS), "--replications", "60", "--workers", "1")


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A folder with the example scenario."""
    example_in(tmp_path)
    return tmp_path


@pytest.fixture(autouse=True)
def no_pictures(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw no charts but where a test looks at them: they take longer than all the rest."""
    if "charts" not in request.node.name:
        monkeypatch.setattr("sim.commands.sweep._drawn", lambda *_: {})


def sweep(folder: Path, *arguments: str) -> Done:
    """Run the command in a folder, in this process and without a terminal; its tables go into ``out``."""
    out, err = io.StringIO(), io.StringIO()
    words = ("sweep", "scenario.yaml", "--out", "out", *arguments)
    with chdir(folder), redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as left:
        main(words)
    assert isinstance(left.value.code, int)
    assert "Traceback" not in err.getvalue()
    return Done(left.value.code, out.getvalue(), err.getvalue())


def tree(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Every file below a folder: when it was written, and its content."""
    files = (file for file in sorted(folder.rglob("*")) if file.is_file())
    return {str(file.relative_to(folder)): (file.stat().st_mtime_ns, file.read_bytes()) for file in files}


def table(folder: Path, name: str = "sweep") -> pd.DataFrame:
    """A table of the study."""
    return pd.read_csv(folder / "out" / f"{name}.csv")


def reasons(folder: Path, *arguments: str) -> dict[str, int]:
    """Why units would be simulated, and how many."""
    done = sweep(folder, *arguments, "--dry-run")
    assert (done.returncode, done.stderr) == (0, "")
    return {why: int(number) for number, why in re.findall(r"^  ([\d,]+) units: (.*)$", done.stdout, re.MULTILINE)}


def test_a_sweep_says_which_plan_loses_least_where(shop: Path) -> None:
    done = sweep(shop, *GRID)
    assert (done.returncode, done.stderr) == (0, "")
    assert max(map(len, done.stdout.splitlines())) <= 80
    assert "3 points of contract.detail_share" in done.stdout
    assert "lose" in done.stdout
    rows, best = table(shop), table(shop, "best")
    assert rows[["point", "plan"]].to_numpy().tolist() == [[point, plan] for point in range(3) for plan in PLANS]
    assert rows[DETAIL].tolist() == [0, 0, 0.5, 0.5, 1, 1]
    assert (rows["n"] == 60).all()
    for point, (_, group) in enumerate(rows.groupby("point")):
        rising = group.sort_values("expected_loss")
        assert best["best"][point] == rising["plan"].iloc[0]
        assert rising["best"].tolist() == [True, False]
        assert best["margin"][point] == pytest.approx(rising["expected_loss"].diff().iloc[1], abs=0.01)
    manifest = json.loads((shop / "out" / "manifest.json").read_text())
    assert (manifest["study"], manifest["replications"], manifest["seed"]) == ("sweep", 60, 1)
    assert set(manifest["files"]) == {"sweep.csv", "best.csv", "scenario.resolved.yaml"}


def test_quiet_and_data(shop: Path) -> None:
    done = sweep(shop, *GRID, "--quiet")
    assert done.stdout.count("\n") == 1
    data = json.loads(sweep(shop, *GRID, "--json").stdout)
    assert data["verdict"] == done.stdout.strip()
    assert [point[DETAIL] for point in data["points"]] == [0, 0.5, 1]
    assert (data["study"], data["failed"], data["varied"]) == ("sweep", 0, [DETAIL])


def test_a_grid_of_two_inputs_is_a_map(shop: Path) -> None:
    done = sweep(shop, *GRID, f"--vary={LIMIT}=5000,null")
    assert "Across: contract.detail_share. Down: suppliers.shenzhen.assurance_limit." in done.stdout
    assert table(shop)["point"].max() == 5


@pytest.mark.slow
def test_charts_are_drawn(shop: Path) -> None:
    assert sweep(shop, *GRID).returncode == 0
    assert (shop / "out" / "losses.svg").read_text(encoding="utf-8").startswith("<svg")
    assert (shop / "out" / "losses.png").read_bytes().startswith(b"\x89PNG")


def test_another_value_is_simulated_alone(shop: Path) -> None:
    sweep(shop, *GRID)
    more = (*GRID, f"--vary={DETAIL}=0,0.25,0.5,1")[1:]
    assert reasons(shop, *more) == {"it is new": 1}
    again = sweep(shop, *more)
    assert "120 replications were simulated, the others were kept" in again.stdout
    assert sorted(table(shop)[DETAIL].unique()) == [0, 0.25, 0.5, 1]


def test_the_same_again_writes_the_same(shop: Path) -> None:
    sweep(shop, *GRID)
    before = tree(shop)
    assert "nothing would be simulated" in sweep(shop, *GRID, "--dry-run").stdout
    assert tree(shop) == before
    sweep(shop, *GRID)
    after = tree(shop)
    assert {name: content for name, (_, content) in after.items()} == {
        name: content for name, (_, content) in before.items()
    }


def test_dry_run_writes_nothing_and_says_why(shop: Path) -> None:
    before = tree(shop)
    done = sweep(shop, *GRID, "--dry-run")
    assert done.returncode == 0
    assert "keeps 0 of 3 units of work" in done.stdout
    assert "360 replications" in done.stdout
    assert tree(shop) == before
    assert not (shop / "out").exists()
    sweep(shop, *GRID)
    before = tree(shop)
    assert reasons(shop, *GRID, "--set", "buyer.hourly_cost=30") == {
        "the scenario changed (buyer.hourly_cost was 25.0)": 3
    }
    assert reasons(shop, *GRID, "--seed", "5") == {"the seed was 1": 3}
    assert reasons(shop, *GRID, "--set", "plans.two-halves.split.next.delay_days=3") == {"plan two-halves changed": 3}
    assert reasons(shop, *GRID, "--fresh") == {"everything is wanted afresh": 3}
    assert reasons(shop, *GRID[:-4], "--replications", "70") == {"it is new": 3}
    data = json.loads(sweep(shop, *GRID, "--seed", "5", "--dry-run", "--json").stdout)
    assert (data["kept"], data["units"], data["replications"]) == (0, 3, 360)
    assert data["reasons"] == {"the seed was 1": 3}
    assert tree(shop) == before


def test_dry_run_tells_another_program(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sweep(shop, *GRID)
    monkeypatch.setattr("sim.studies.units.program_digest", lambda: "another")
    assert reasons(shop, *GRID) == {"the program is another one": 3}


def test_a_damaged_shard_is_simulated_again(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(studies, "pieces_of", cut_into(1))
    sweep(shop, *GRID)
    before = {name: content for name, (_, content) in tree(shop).items()}
    hurt = min((shop / "out" / "pieces").iterdir())
    hurt.write_bytes(hurt.read_bytes()[:-1])
    done = sweep(shop, *GRID, "--dry-run")
    assert "1 damaged shards would be replaced." in done.stdout
    assert reasons(shop, *GRID) == {"its shard was damaged, or it is new": 1}
    assert sweep(shop, *GRID).returncode == 0
    assert {name: content for name, (_, content) in tree(shop).items()} == before


def test_a_point_that_makes_no_scenario_is_a_row(shop: Path) -> None:
    whole = sweep(shop, *GRID)
    right = table(shop)
    done = sweep(shop, f"--vary={DETAIL}=0,0.5,7,1", *GRID[1:])
    assert (whole.returncode, done.returncode) == (0, 3)
    assert "1 point has no result; the tables say why" in done.stderr
    assert "No result: 1 point." in " ".join(done.stdout.split())
    rows = table(shop)
    (wrong,) = rows[rows["error"].notna()].to_dict("records")
    assert (wrong[DETAIL], wrong["n"]) == (7, 0)
    assert wrong["error"].startswith("contract.detail_share: ")
    others = rows[rows["error"].isna()].drop(columns="point").reset_index(drop=True)
    pd.testing.assert_frame_equal(others, right.drop(columns="point"), check_dtype=False)
    best = table(shop, "best")
    assert best["error"].notna().tolist() == [False, False, True, False]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((f"--vary={DETAIL}=7,8",), "detail_share"),
        (("--vary=contract.detale_share=0,1",), "detail_share"),
        (("--vary=nobody=0,1",), "nobody"),
        ((f"--vary={DETAIL}=1..0",), "from the smaller to the larger"),
        ((f"--vary={DETAIL}=0,1", f"--vary={DETAIL}=0.5"), "varied twice"),
        ((f"--vary={DETAIL}=0,1", "--plans", "nobody"), "nobody"),
    ],
)
def test_a_mistake_ends_with_2_and_a_way_out(shop: Path, arguments: tuple[str, ...], message: str) -> None:
    done = sweep(shop, *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr


def test_a_folder_that_holds_something_else_is_left_alone(shop: Path) -> None:
    (shop / "out").mkdir()
    (shop / "out" / "thesis.txt").write_text("mine")
    done = sweep(shop, *GRID)
    assert done.returncode == 2
    assert "out holds something that is no study; name another folder" in done.stderr
    assert [file.name for file in (shop / "out").iterdir()] == ["thesis.txt"]


def test_a_failed_piece_is_told_kept_apart_and_mended(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(studies, "pieces_of", cut_into(1))
    last = Point(((DETAIL, 1),), PLANS)
    attempted = crews.attempted
    with monkeypatch.context() as patched:
        patched.setattr(
            crews,
            "attempted",
            lambda packed, piece: MemoryError("no room") if piece[0].point == last else attempted(packed, piece),
        )
        done = sweep(shop, *GRID)
    assert done.returncode == 3
    assert "1 units of work failed: MemoryError: no room" in done.stderr
    rows = table(shop)
    assert rows["error"].dropna().tolist() == ["MemoryError: no room"]
    assert len(rows) == 5
    assert reasons(shop, *GRID) == {"it failed: MemoryError: no room": 1}
    assert sweep(shop, *GRID).returncode == 0
    assert table(shop)["error"].isna().all()


LONG = 128, 20_000
"""Points and replications of a sweep that takes a while."""


@pytest.mark.slow
def test_an_interrupt_keeps_what_was_found(tmp_path: Path) -> None:
    calm, broken_off = tmp_path / "calm", tmp_path / "broken-off"
    command = sweep_command(broken_off, "--workers", "2", size=LONG)
    process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True)
    while process.poll() is None and shards(broken_off) < 2:
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to every process of the command
    out, err = process.communicate(timeout=120)
    assert process.returncode in {130, -signal.SIGINT}  # a shell calls both 130
    assert out == b""
    assert err.decode().strip() == (
        f"interrupted; what was found is kept in {broken_off}, and the same command goes on from there"
    )
    kept = shards(broken_off)
    assert kept >= 2
    assert not (broken_off / "manifest.json").exists()
    assert survivors(broken_off) == 0
    subprocess.run(command, check=True, capture_output=True)
    assert shards(broken_off) > kept
    subprocess.run(sweep_command(calm, "--workers", "1", size=LONG), check=True, capture_output=True)
    assert equal_tables(calm, broken_off)


@pytest.mark.slow
def test_being_killed_changes_nothing(tmp_path: Path) -> None:
    calm, disturbed = tmp_path / "calm", tmp_path / "disturbed"
    command = sweep_command(disturbed, "--workers", "2", size=LONG)
    luck = random.Random(7)
    for _ in range(2):
        assert killed_while_it_works(command, disturbed, luck)
        assert survivors(disturbed) == 0
        assert not (disturbed / "manifest.json").exists()
    subprocess.run(command, check=True, capture_output=True)
    assert not list(disturbed.rglob(".partial-*"))
    subprocess.run(sweep_command(calm, "--workers", "1", size=LONG), check=True, capture_output=True)
    assert equal_tables(calm, disturbed)


@pytest.mark.slow
def test_a_second_process_is_sent_away(tmp_path: Path) -> None:
    out = tmp_path / "out"
    command = sweep_command(out, "--workers", "1", size=LONG)
    first = begun(command)
    try:
        while first.poll() is None and shards(out) == 0:
            time.sleep(0.02)
        second = subprocess.run(command, capture_output=True, text=True, check=False)
    finally:
        killed(first)
    assert second.returncode == 2
    assert second.stderr.strip() == (f"another process is working on the study in {out}; wait for it, or end it")
