"""``lotwise compare --guarantee`` as a user meets it: what it prints, and what it ends with."""

from __future__ import annotations

import io
import json
from contextlib import redirect_stderr, redirect_stdout
from typing import Any, NamedTuple

import pytest

import sim
from sim.cli import main
from sim.experiments.selection import select
from tests.unit.experiments import FIRST_ORDER

SCENARIO = sim.load_scenario(FIRST_ORDER)
CURRENCY = SCENARIO.model.currency


class Done(NamedTuple):
    """What the command came to."""

    returncode: int
    stdout: str
    stderr: str

    @property
    def words(self) -> str:
        """What was printed, without line breaks."""
        return " ".join(self.stdout.split())


def compare(*arguments: str) -> Done:
    """Run the command in this process, without a terminal."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as left:
        main(["compare", str(FIRST_ORDER), *arguments])
    assert isinstance(left.value.code, int)
    return Done(left.value.code, out.getvalue(), err.getvalue())


@pytest.fixture(scope="module")
def settled() -> Any:  # noqa: ANN401 - data
    """Data of a selection that reaches its guarantee."""
    done = compare("--guarantee", "0.95", "--indifference", "400", "--json")
    assert done.returncode == 0
    return json.loads(done.stdout)


def test_data_are_those_of_the_selection(settled: dict[str, Any]) -> None:
    found = select(SCENARIO, guarantee=0.95, indifference=400)
    assert settled == {"scenario": SCENARIO.name, **json.loads(json.dumps(found.data()))}
    assert settled["reached"] is True
    assert len(settled["plans"]) == len(SCENARIO.plans)
    assert settled["replications"] <= settled["equal_allocation"]


def test_text_holds_the_verdict_and_a_row_for_each_plan(settled: dict[str, Any]) -> None:
    done = compare("--guarantee", "0.95", "--indifference", "400")
    assert done.returncode == 0
    assert settled["verdict"] in done.words
    lines = done.stdout.splitlines()
    for plan in settled["plans"]:
        (line,) = (line for line in lines if line.split()[:1] == [plan["plan"]])
        assert f"{plan['replications']:,}" in line
    assert f"{settled['replications']:,} replications in all, seed {settled['seed']}" in done.words
    assert f"loses at least {CURRENCY} 400 less than every other" in done.words
    assert max(map(len, lines)) <= 80


def test_quiet_is_the_verdict_alone(settled: dict[str, Any]) -> None:
    done = compare("--guarantee", "0.95", "--indifference", "400", "--quiet", "--workers", "2")
    assert done.stdout == settled["verdict"] + "\n"
    assert done.stderr == ""


def test_a_guarantee_that_is_not_reached_ends_with_one() -> None:
    options = ("--guarantee", "0.999", "--indifference", "0.01", "--at-most", "10000")
    done = compare(*options, "--plans", "all-at-once,two-halves")
    assert done.returncode == 1
    assert "Not settled: " in done.words
    assert "the guarantee was not reached with 10,000 replications; --at-most allows more" in done.stderr


def test_dry_run_says_what_it_would_do() -> None:
    done = compare("--guarantee", "0.9", "--dry-run", "--seed", "5", "--at-most", "50000")
    assert done.returncode == 0
    assert "Would simulate 10,000 replications, seed 5, of each of" in done.stdout
    assert "up to 50,000" in done.words
    assert "guarantee 90 %" in done.words
    assert all(f"  {plan.name}\n" in done.stdout for plan in SCENARIO.plans)


def test_dry_run_as_data() -> None:
    done = compare("--guarantee", "0.9", "--indifference", "250", "--dry-run", "--json")
    assert json.loads(done.stdout) == {
        "scenario": SCENARIO.name,
        "plans": [plan.name for plan in SCENARIO.plans],
        "guarantee": 0.9,
        "indifference": 250.0,
        "first_replications": 10_000,
        "at_most": 10_000_000,
        "seed": SCENARIO.model.run.seed,
        "folder": None,
    }


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--indifference", "100"], "add --guarantee 0.95"),
        (["--guarantee", "0.95", "--replications", "1000"], "--guarantee and --replications exclude each other"),
        (["--guarantee", "0.95", "--precision", "1%"], "--guarantee and --precision exclude each other"),
        (["--guarantee", "0.95", "--out", "somewhere"], "leave out --out; --json prints all that was found"),
        (["--guarantee", "0.95", "--at-most", "9999"], "at least 10,000: every plan begins with 20 batches of 500"),
        (["--guarantee", "0.95", "--at-most", "9999", "--dry-run"], "at least 10,000"),
        (["--guarantee", "0.95", "--plans", "two-halves"], "it takes two plans or more"),
        (["--guarantee", "0.95", "--plans", "two-halfs"], "did you mean 'two-halves'?"),
        (["--guarantee", "0.5"], "0.5<x<1"),
        (["--guarantee", "95"], "0.5<x<1"),
        (["--guarantee", "0.95", "--indifference", "0"], "x>0"),
        (["--guarantee", "0.95", "--indifference", "nan"], "makes no sense"),
    ],
)
def test_what_makes_no_sense_is_refused(options: list[str], message: str) -> None:
    done = compare(*options)
    assert done.returncode == 2
    assert message in done.stderr
    assert done.stdout == ""
