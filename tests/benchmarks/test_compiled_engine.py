"""Times of the compiled engine and of its draws: ``pytest tests/benchmarks --benchmark-enable``.

Nothing is asserted about time. What is asserted is that `engines.py` beside this file measures what it says: that the
draws which it makes alone are those that the replications make, and that every section of it runs.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from sim.engines import compiled
from sim.model import build_model
from sim.scenario import load_scenario
from tests.benchmarks.draws_alone import (
    ACCOUNTS,
    DISPUTE,
    FOUND,
    INSPECTED,
    KINDS,
    PROGRAM,
    REPLY_OF_BUYER,
    DrawsAlone,
    prepare_draws,
    prepare_parts,
)
from tests.benchmarks.engines import LONG, SECTIONS
from tests.benchmarks.printed import WIDTH, Column, Measured
from tests.benchmarks.timing import EXAMPLE, ROOT

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture

    from sim.model import PlanModel

REPLICATIONS = range(2_000)
SMALL = ROOT / "scenarios" / "health-commodities.yaml"


@pytest.fixture(scope="module", params=["all-at-once", "all-at-once-inspected", "probe-then-rest"])
def model(request: pytest.FixtureRequest) -> PlanModel:
    compiled.prepare()
    return build_model(load_scenario(EXAMPLE), request.param)


@pytest.fixture(scope="module")
def alone(model: PlanModel) -> DrawsAlone:
    prepare_draws()
    return DrawsAlone(model, len(REPLICATIONS))


def test_summarise(benchmark: BenchmarkFixture, model: PlanModel) -> None:
    totals = benchmark(compiled.summarise, model, REPLICATIONS)
    assert len(totals.losses) == len(REPLICATIONS)


def test_simulate(benchmark: BenchmarkFixture, model: PlanModel) -> None:
    outcomes = benchmark(compiled.simulate, model, REPLICATIONS)
    assert len(outcomes.replications) == len(REPLICATIONS)


def test_draws_alone(benchmark: BenchmarkFixture, alone: DrawsAlone) -> None:
    assert benchmark(alone.make, *KINDS) > 0


def test_draws_are_those_of_the_replications(model: PlanModel, alone: DrawsAlone) -> None:
    outcomes = compiled.simulate(model, REPLICATIONS, trace=True)
    inspected = np.isin(outcomes.trace["event"], INSPECTED)
    changed = outcomes.orders["supplier"] == [order.variants[-1].supplier for order in model.orders]
    stand_ins = sum(changed[:, number].sum() for number, order in enumerate(model.orders) if len(order.variants) > 1)
    assert alone.of_kind(DISPUTE) == outcomes.replications["claims"].sum()
    assert alone.of_kind(PROGRAM) == stand_ins
    assert alone.of_kind(REPLY_OF_BUYER) > 0
    assert alone.make(FOUND) == outcomes.trace["amount"][inspected].sum()


@pytest.mark.slow
def test_parts_go_as_far_as_they_say(model: PlanModel, alone: DrawsAlone) -> None:
    prepare_parts()
    assert alone.as_far(ACCOUNTS) == compiled.simulate(model, REPLICATIONS).replications["claims"].sum()


def test_every_section_runs(tmp_path: Path) -> None:
    written = tmp_path / "measured.json"
    script = Path(__file__).with_name("engines.py")
    done = subprocess.run(
        [sys.executable, script, "--quick", "--json", written, SMALL], capture_output=True, text=True, check=False
    )
    assert not done.returncode, done.stderr
    sections = json.loads(written.read_text(encoding="utf-8"))["sections"]
    assert list(sections) == [name for name in SECTIONS if name not in LONG]
    assert all(section["rows"] for section in sections.values())
    assert max(map(len, done.stdout.splitlines()[2:])) <= WIDTH


def test_table_shows_what_it_has() -> None:
    measured = Measured("Title", (Column("plan", "plan"), Column("us", "us", ".1f")), grouped_by="of")
    measured.rows = [{"of": "one", "plan": "a", "us": 1.25}, {"of": "two", "plan": "b"}]
    lines = [line.split() for line in measured.text().splitlines()]
    assert lines[0] == ["Title"]
    assert lines[-4:] == [["one"], ["a", "1.2"], ["two"], ["b"]]
    assert measured.data()["rows"] == measured.rows
