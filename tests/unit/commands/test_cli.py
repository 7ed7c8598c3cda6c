"""The command line as a user meets it: what it prints, where, and what it ends with."""

from __future__ import annotations

import errno
import io
import json
import os
import shlex
import signal
import subprocess
import sys
import time
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from sim.cli import answered, interrupted_again, main
from sim.errors import InputError, Problem
from sim.experiments.processes import WorkerLostError

if TYPE_CHECKING:
    from collections.abc import Callable

LOTWISE = (sys.executable, "-m", "sim")


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A folder with the scenario that `lotwise init` writes."""
    done = lotwise(tmp_path, "init")
    assert done.returncode == 0
    return tmp_path


class Done(NamedTuple):
    """What a command came to."""

    returncode: int
    stdout: str
    stderr: str


def lotwise(folder: Path, *arguments: str) -> Done:
    """Run the command in a folder, in this process and without a terminal."""
    out, err = io.StringIO(), io.StringIO()
    with chdir(folder), redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as left:
        main(arguments)
    assert isinstance(left.value.code, int)
    return Done(left.value.code, out.getvalue(), err.getvalue())


def test_init_writes_a_scenario_once(shop: Path) -> None:
    assert (shop / "scenario.yaml").read_text(encoding="utf-8").startswith("# A scenario")
    again = lotwise(shop, "init")
    assert again.returncode == 2
    assert "exists already" in again.stderr
    (shop / "scenario.yaml").write_text("mine", encoding="utf-8")
    assert lotwise(shop, "init", "--force").returncode == 0
    assert (shop / "scenario.yaml").read_text(encoding="utf-8") != "mine"


def test_validate_says_what_is_in_a_scenario(shop: Path) -> None:
    done = lotwise(shop, "validate", "scenario.yaml")
    assert (done.returncode, done.stderr) == (0, "")
    assert "valid scenario" in done.stdout
    assert "probe: 600 from shenzhen, inspected (psi)" in done.stdout
    assert "alibaba-trade-assurance-2023" in done.stdout
    assert lotwise(shop, "validate", "scenario.yaml", "--quiet").stdout == ""


def test_a_mistake_is_answered_with_its_place_and_no_traceback(shop: Path) -> None:
    text = (shop / "scenario.yaml").read_text(encoding="utf-8")
    (shop / "wrong.yaml").write_text(text.replace("assurance_limit", "asurance_limit"), encoding="utf-8")
    for command in ("validate", "run", "compare", "explain"):
        done = lotwise(shop, command, "wrong.yaml")
        assert done.returncode == 2
        assert done.stdout == ""
        assert "wrong.yaml:" in done.stderr
        assert "assurance_limit" in done.stderr
        assert "Traceback" not in done.stderr
    as_data = json.loads(lotwise(shop, "validate", "wrong.yaml", "--json").stdout)
    assert as_data["valid"] is False
    assert {problem["line"] for problem in as_data["problems"]} >= {
        number for number, line in enumerate(text.splitlines(), start=1) if line.strip().startswith("assurance_limit:")
    }


def test_compare_fits_80_columns_and_ends_with_a_verdict(shop: Path) -> None:
    done = lotwise(shop, "compare", "scenario.yaml", "--replications", "400")
    assert (done.returncode, done.stderr) == (0, "")
    assert max(map(len, done.stdout.splitlines())) <= 80
    for plan in ("all-at-once", "all-at-once-inspected", "two-halves", "probe-then-rest", "two-suppliers"):
        assert plan in done.stdout
    assert "Choose " in done.stdout or "Not settled: " in done.stdout
    assert "Assumptions: " in done.stdout
    assert "\x1b" not in done.stdout
    assert not (shop / "results").exists()
    quiet = lotwise(shop, "compare", "scenario.yaml", "--replications", "400", "--quiet").stdout
    assert quiet.count("\n") == 1
    assert quiet.split()[0] in {"Choose", "Not", "A"}


def test_compare_as_data(shop: Path) -> None:
    done = lotwise(
        shop, "compare", "scenario.yaml", "--replications", "1", "--json", "--plans", "all-at-once,two-halves"
    )
    data = json.loads(done.stdout)
    assert {plan["plan"] for plan in data["plans"]} == {"all-at-once", "two-halves"}
    assert data["plans"][1]["difference_low"] is None
    assert data["verdict"].startswith("Not settled")


def test_run_writes_the_same_tables_for_any_number_of_workers(shop: Path) -> None:
    plans = "all-at-once,two-halves,probe-then-rest"
    common = ("run", "scenario.yaml", "--plans", plans, "--replications", "2100")
    for workers in ("1", "2"):
        done = lotwise(shop, *common, "--workers", workers, "--out", f"by-{workers}")
        assert done.returncode == 0
        assert f"Written to by-{workers}" in done.stdout
    # Nine blocks: enough for two processes.
    done = lotwise(shop, *common, "--engine", "reference", "--workers", "2", "--out", "by-processes")
    assert done.returncode == 0
    for table in ("summary.csv", "orders.parquet", "replications.parquet"):
        expected = (shop / "by-1" / table).read_bytes()
        assert (shop / "by-2" / table).read_bytes() == expected
        assert (shop / "by-processes" / table).read_bytes() == expected
    manifest = json.loads((shop / "by-2" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["command"][:3] == ["lotwise", "run", "scenario.yaml"]
    assert manifest["engine"] == "compiled"


def test_the_engine_changes_no_table(shop: Path) -> None:
    common = ("run", "scenario.yaml", "--plans", "probe-then-rest", "--replications", "1100", "--quiet")
    for engine in ("reference", "compiled"):
        assert lotwise(shop, *common, "--engine", engine, "--out", engine).returncode == 0
    for table in ("summary.csv", "orders.parquet", "replications.parquet", "scenario.resolved.yaml"):
        assert (shop / "reference" / table).read_bytes() == (shop / "compiled" / table).read_bytes()
    manifest = json.loads((shop / "reference" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["engine"] == "reference"
    compare = ("compare", "scenario.yaml", "--replications", "200")
    by_reference = lotwise(shop, *compare, "--engine", "reference").stdout
    assert lotwise(shop, *compare, "--set", "run.engine=compiled").stdout == by_reference


def test_run_writes_under_results(shop: Path) -> None:
    done = lotwise(shop, "run", "scenario.yaml", "--replications", "20", "--no-orders", "--quiet")
    folder = shop / done.stdout.strip()
    assert folder.parent == shop / "results" / "first-order"
    names = sorted(path.name for path in folder.iterdir())
    assert names == ["manifest.json", "report.html", "report.json", "scenario.resolved.yaml", "summary.csv"]
    assert "The decision" in (folder / "report.html").read_text(encoding="utf-8")


def test_run_breaks_the_longest_name_after_its_words(shop: Path) -> None:
    name = "all-at-once-and-then-whatever-is-missing-from-somebody-else-in-the-same-province"
    file = shop / "scenario.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("all-at-once:", f"{name}:"), encoding="utf-8")
    done = lotwise(shop, "run", "scenario.yaml", "--plans", name, "--replications", "50", "--no-report", "--no-orders")
    assert done.returncode == 0, done.stderr
    begun = [line.split("  ")[0] for line in done.stdout.splitlines()]
    first = next(place for place, line in enumerate(begun) if line.startswith("all-at-once-"))
    lines = begun[first : begun.index("", first)]
    assert "".join(lines) == name
    assert all(line.endswith("-") for line in lines[:-1])


def test_run_without_its_report(shop: Path) -> None:
    done = lotwise(shop, "run", "scenario.yaml", "--replications", "20", "--no-orders", "--no-report", "--quiet")
    names = sorted(path.name for path in (shop / done.stdout.strip()).iterdir())
    assert names == ["manifest.json", "scenario.resolved.yaml", "summary.csv"]


def test_run_as_data(shop: Path) -> None:
    done = lotwise(shop, "run", "scenario.yaml", "--replications", "50", "--no-orders", "--json", "--seed", "7")
    data = json.loads(done.stdout)
    assert (data["seed"], data["replications"]) == (7, 50)
    assert data["plans"]["all-at-once"]["expected_loss"]["n"] == 50


def test_a_dry_run_does_nothing_but_refuses_what_the_run_would(shop: Path) -> None:
    done = lotwise(shop, "run", "scenario.yaml", "--precision", "2%", "--at-most", "5000", "--dry-run")
    assert done.returncode == 0
    assert "at most 5,000" in done.stdout
    assert not (shop / "results").exists()
    refused = lotwise(shop, "run", "scenario.yaml", "--plans", "none", "--dry-run")
    assert refused.returncode == 2
    as_data = json.loads(lotwise(shop, "compare", "scenario.yaml", "--dry-run", "--json").stdout)
    assert as_data["folder"] is None
    assert as_data["replications"] == 5_000


def test_values_are_set_from_the_command_line(shop: Path) -> None:
    lotwise(shop, "run", "scenario.yaml", "--set", "need.quantity=2900", "--replications", "5", "--out", "set")
    assert "quantity: 2900" in (shop / "set" / "scenario.resolved.yaml").read_text(encoding="utf-8")
    wrong = lotwise(shop, "run", "scenario.yaml", "--set", "need.quantty=2900")
    assert wrong.returncode == 2
    assert "quantity" in wrong.stderr


def test_a_precision_that_is_not_reached_ends_with_1(shop: Path) -> None:
    done = lotwise(
        shop, "compare", "scenario.yaml", "--plans", "all-at-once", "--precision", "0.01%", "--at-most", "2000"
    )
    assert done.returncode == 1
    assert "was not reached" in done.stderr
    assert "is the only plan" in done.stdout


def test_explain_tells_a_dated_story(shop: Path) -> None:
    done = lotwise(
        shop, "explain", "scenario.yaml", "--plan", "all-at-once", "--quantile", "0.99", "--replications", "300"
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert max(map(len, done.stdout.splitlines())) <= 80
    assert "2026-03-02" in done.stdout
    assert "= loss" in done.stdout
    assert "told by SimPy" in done.stdout
    assert "= recovered" in done.stdout
    data = json.loads(
        lotwise(shop, "explain", "scenario.yaml", "--plan", "all-at-once", "--replication", "4", "--json").stdout
    )
    assert data["events"][0]["event"] == "order_placed"
    refused = lotwise(shop, "explain", "scenario.yaml", "--plan", "all-at-once")
    assert refused.returncode == 2
    assert "which replication" in refused.stderr


def test_schema_is_json(shop: Path) -> None:
    assert "properties" in json.loads(lotwise(shop, "schema").stdout)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("conpare", "scenario.yaml"), "Did you mean 'compare'?"),
        (("run",), "Missing argument"),
        (("run", "scenario.yaml", "--seed", "x"), "--seed"),
        (("run", "scenario.yaml", "--seed", "-1"), "-1 is no seed"),
        (("run", "scenario.yaml", "--replications", "0"), "--replications"),
        (("run", "scenario.yaml", "--engine", "fast"), "--engine"),
        (("run", "scenario.yaml", "--replications", "5", "--precision", "1%"), "exclude each other"),
        (("run", "nowhere.yaml"), "nowhere.yaml"),
        (("run", "."), "."),
        (("run", "scenario.yaml", "--replications", "2", "--out", "."), "already exists"),
    ],
)
def test_wrong_usage_ends_with_2(shop: Path, arguments: tuple[str, ...], said: str) -> None:
    done = lotwise(shop, *arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_told_in_a_sentence(shop: Path) -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = subprocess.run(
            [*LOTWISE, "schema"], cwd=shop, stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == 3
    assert done.stderr.strip() == "No space left on device"


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX pipes")
def test_a_reader_that_goes_away_is_no_mistake(shop: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [*LOTWISE, "schema"], cwd=shop, stdout=writing, stderr=subprocess.PIPE, text=True, check=False
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
@pytest.mark.parametrize(
    ("pause", "options"),
    [
        (1.5, ("--workers", "1")),
        (1.5, ("--workers", "2")),
        (0.0, ("--workers", "1", "--no-orders")),
        (1.5, ("--workers", "2", "--no-orders")),
        (1.5, ("--workers", "1", "--engine", "reference")),
        (1.5, ("--workers", "2", "--engine", "reference")),
        (0.0, ("--workers", "2", "--engine", "reference")),
        (0.4, ("--workers", "2", "--engine", "reference")),
    ],
    ids=str,
)
def test_an_interrupt_ends_with_130_and_leaves_nothing(shop: Path, pause: float, options: tuple[str, ...]) -> None:
    arguments = ("run", "scenario.yaml", "--replications", "20000000", *options)
    running = subprocess.Popen(
        [*LOTWISE, *arguments], cwd=shop, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    folder = shop / "results" / "first-order"
    while not any(folder.glob(".partial-*")):
        assert running.poll() is None
        time.sleep(0.1)
    time.sleep(pause)  # let it simulate, or catch its processes as they begin
    os.killpg(running.pid, signal.SIGINT)  # as a terminal does: to every process of the command
    _, told = running.communicate(timeout=60)
    # Where Python ran source text when it was interrupted it ends by the signal itself; a shell calls both 130.
    assert running.returncode in {130, -signal.SIGINT}
    assert told == "\ninterrupted; nothing was written\n"
    assert list(folder.iterdir()) == []


def test_help_loads_nothing_that_is_slow() -> None:
    program = (
        "import sys\nfrom sim.cli import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        "slow = {'numpy', 'scipy', 'pandas', 'pyarrow', 'pydantic', 'yaml', 'simpy', 'holidays', 'rich', 'babel'}\n"
        "slow |= {'numba', 'llvmlite'}\n"
        "print(sorted(slow & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stderr == "[]\n"
    assert "compare" in done.stdout


def test_every_command_has_help(tmp_path: Path) -> None:
    for command in ("init", "validate", "compare", "run", "explain", "rules", "schema"):
        done = lotwise(tmp_path, command, "--help")
        assert done.returncode == 0
        assert f"lotwise {command}" in done.stdout


def raising(error: BaseException) -> Callable[[], object]:
    """Work that fails."""

    def work() -> object:
        raise error

    return work


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (InputError(Problem("one"), Problem("two")), 2, "one\ntwo\n"),
        (PermissionError(errno.EACCES, "Permission denied", "results"), 2, "Permission denied: results\n"),
        (OSError(errno.ENOSPC, "No space left on device", "a.csv"), 3, "No space left on device: a.csv\n"),
        (OSError("disk gone"), 3, "disk gone\n"),
        (WorkerLostError("a process has died"), 3, "a process has died\n"),
        (KeyboardInterrupt(), 130, "\ninterrupted; nothing was written\n"),
    ],
)
def test_whatever_goes_wrong_is_told_in_a_sentence(
    error: BaseException, code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert answered(raising(error)) == code
    assert capsys.readouterr().err == said


def test_an_unknown_fault_of_the_program_is_not_hidden() -> None:
    with pytest.raises(ArithmeticError):
        answered(raising(ArithmeticError()))


@pytest.mark.skipif(sys.platform == "win32", reason="a POSIX shell")
@pytest.mark.parametrize("reader", [">&-", "| true", "| head -c 1 > /dev/null"])
def test_a_reader_that_is_not_there_is_no_failure(shop: Path, reader: str) -> None:
    command = shlex.join([*LOTWISE, "compare", "scenario.yaml", "--replications", "50", "--quiet"])
    script = f"set -o pipefail; {command} {reader}"
    done = subprocess.run(["/bin/bash", "-c", script], cwd=shop, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_an_interrupt_that_a_finaliser_swallows_is_not_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    """Python itself tells of such an exception and goes on, and so would a run of an hour."""

    class Swallowing:
        def __del__(self) -> None:
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(sys, "unraisablehook", interrupted_again)
    reached: list[str] = []

    def work() -> None:
        Swallowing()
        reached.append("went on")
        time.sleep(20)
        reached.append("and on")

    with pytest.raises(KeyboardInterrupt):
        work()
    assert reached == ["went on"]
