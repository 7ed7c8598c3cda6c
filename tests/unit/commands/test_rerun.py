"""``lotwise rerun``: a finished run or study, repeated and compared."""

from __future__ import annotations

import io
import json
from contextlib import chdir, redirect_stderr, redirect_stdout
from typing import TYPE_CHECKING, Any

import pytest

from sim.cli import main
from tests.unit.commands.test_cli import Done
from tests.unit.studies.crews import DETAIL, LIMIT, PLANS, example_in, example_with

if TYPE_CHECKING:
    from pathlib import Path

PLAIN = ("--plans", ",".join(PLANS), "--replications", "60", "--out", "out", "--workers", "1")


@pytest.fixture(autouse=True)
def no_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw no charts: they take longer than all the rest, and nothing here looks at them."""
    monkeypatch.setattr("sim.commands.sweep._drawn", lambda *_: {})


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A folder with the example scenario."""
    example_in(tmp_path)
    return tmp_path


def lotwise(folder: Path, *words: str) -> Done:
    """Run the command in a folder, in this process and without a terminal."""
    out, err = io.StringIO(), io.StringIO()
    with chdir(folder), redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as left:
        main(words)
    assert isinstance(left.value.code, int)
    assert "Traceback" not in err.getvalue()
    return Done(left.value.code, out.getvalue(), err.getvalue())


def swept(folder: Path, *more: str) -> Path:
    """A finished sweep."""
    assert lotwise(folder, "sweep", "scenario.yaml", f"--vary={DETAIL}=0,1", *PLAIN, *more).returncode == 0
    return folder / "out"


def changed(file: Path, **entries: Any) -> None:  # noqa: ANN401
    """Write other entries into a manifest."""
    manifest = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps({**manifest, **entries}), encoding="utf-8")


@pytest.mark.parametrize("tables", [(), ("--no-orders",)], ids=["tables", "summary"])
def test_a_run_agrees(shop: Path, tables: tuple[str, ...]) -> None:
    assert lotwise(shop, "run", "scenario.yaml", *PLAIN, "--seed", "8", *tables).returncode == 0
    (shop / "scenario.yaml").unlink()  # what was run stands in its folder
    before = {file.name: file.read_bytes() for file in (shop / "out").iterdir()}
    done = lotwise(shop, "rerun", "out", "--workers", "1")
    assert (done.returncode, done.stderr) == (0, "")
    assert "summary.csv: agrees" in done.stdout
    assert ("orders.parquet: agrees" in done.stdout) == (not tables)
    assert done.stdout.endswith("Repeated: every table agrees to the byte.\n")
    assert {file.name: file.read_bytes() for file in (shop / "out").iterdir()} == before


@pytest.mark.parametrize(
    "more",
    [
        (),
        ("--set", "buyer.hourly_cost=40", "--seed", "3"),
        ("--vary", f"{LIMIT}=null,5000"),
    ],
    ids=["plain", "set and seed", "two inputs"],
)
def test_a_sweep_agrees(shop: Path, more: tuple[str, ...]) -> None:
    folder = swept(shop, *more)
    done = lotwise(shop, "rerun", str(folder), "--workers", "1")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "best.csv: agrees\nsweep.csv: agrees\nRepeated: every table agrees to the byte.\n"
    assert not list(shop.glob("lotwise-rerun-*"))


@pytest.mark.parametrize("design", ["latin", "sobol"])
def test_a_sample_agrees_under_another_seed(shop: Path, design: str) -> None:
    given = ("--design", design, "--points", "5", "--seed", "12", *PLAIN)
    assert lotwise(shop, "sweep", "scenario.yaml", *given).returncode == 0
    assert lotwise(shop, "rerun", "out", "--workers", "1").returncode == 0


def test_a_scenario_with_a_data_file_agrees(tmp_path: Path) -> None:
    (tmp_path / "late.csv").write_text("days_late\n0\n5\n40\n", encoding="utf-8")
    line = "    production_days: {dist: pert, low: 22, mode: 30, high: 70, working: true}"
    example_with(tmp_path, {line: "    delay_days: {dist: empirical, file: late.csv, column: days_late}"})
    folder = swept(tmp_path)
    assert lotwise(tmp_path, "rerun", str(folder), "--workers", "1").returncode == 0
    (tmp_path / "late.csv").write_text("days_late\n0\n5\n90\n", encoding="utf-8")
    done = lotwise(tmp_path, "rerun", str(folder), "--workers", "1")
    assert done.returncode == 1
    assert "No version differs: the program itself, or a data file, changed." in done.stdout


def test_what_has_changed_is_told(shop: Path) -> None:
    folder = swept(shop)
    resolved = folder / "scenario.resolved.yaml"
    resolved.write_text(resolved.read_text(encoding="utf-8").replace("hourly_cost: 25", "hourly_cost: 26"))
    done = lotwise(shop, "rerun", "out", "--workers", "1")
    assert done.returncode == 1
    assert "sweep.csv: DIFFERS" in done.stdout
    assert "Repeated: 2 of 2 tables differ." in done.stdout


def test_another_version_is_named(shop: Path) -> None:
    folder = swept(shop)
    manifest = json.loads((folder / "manifest.json").read_text())
    files = {name: {**entry, "sha256": "0" * 64} for name, entry in manifest["files"].items()}
    versions = {**manifest["versions"], "numpy": "1.0"}
    changed(folder / "manifest.json", files=files, versions=versions, lotwise="0.0.1")
    done = lotwise(shop, "rerun", "out", "--workers", "1")
    assert done.returncode == 1
    assert "Different now: lotwise was 0.0.1 and is " in done.stdout
    assert "numpy was 1.0 and is " in done.stdout
    data = json.loads(lotwise(shop, "rerun", "out", "--json", "--workers", "1").stdout)
    assert data["agree"] is False
    assert data["tables"] == {"sweep.csv": False, "best.csv": False}
    assert set(data["versions"]) == {"lotwise", "numpy"}


@pytest.mark.parametrize("what", ["a byte", "all of it"])
def test_a_table_that_is_not_what_was_written_is_told(shop: Path, what: str) -> None:
    table = swept(shop) / "best.csv"
    if what == "a byte":
        table.write_bytes(table.read_bytes().replace(b"0", b"1", 1))
    else:
        table.unlink()
    done = lotwise(shop, "rerun", "out", "--workers", "1")
    assert done.returncode == 0  # the manifest knows what the study found, and the study finds it again
    assert done.stderr == "best.csv in the folder is not the file that the run wrote any more\n"
    data = json.loads(lotwise(shop, "rerun", "out", "--json", "--workers", "1").stdout)
    assert data["kept"] == {"sweep.csv": True, "best.csv": False}


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"files": 3}', '{"files": []}', "null"])
def test_a_broken_manifest_is_refused(shop: Path, content: str) -> None:
    folder = swept(shop)
    (folder / "manifest.json").write_text(content)
    done = lotwise(shop, "rerun", "out")
    assert (done.returncode, done.stdout) == (2, "")
    assert "this is no manifest of a run" in done.stderr


@pytest.mark.parametrize(
    "entries",
    [
        {"study": "nonsense"},
        {"study": "../cli"},
        {"study": "rerun"},
        {"study": 3},
        {"parameters": None},
        {"parameters": {}},
        {"files": {"sweep.csv": {}}},
        {"files": {"sweep.csv": 3}},
    ],
    ids=str,
)
def test_a_manifest_of_something_else_is_refused(shop: Path, entries: dict[str, Any]) -> None:
    folder = swept(shop)
    changed(folder / "manifest.json", **entries)
    done = lotwise(shop, "rerun", "out", "--workers", "1")
    assert done.returncode == 2
    assert done.stderr.strip()


def test_a_folder_without_a_finished_run_is_refused(shop: Path) -> None:
    for folder in ("nowhere", "."):
        done = lotwise(shop, "rerun", folder)
        assert done.returncode == 2
        assert f"there is no finished run in {folder}" in done.stderr
