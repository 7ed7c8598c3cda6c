"""Times of the reference engine and of its draws: ``pytest tests/benchmarks --benchmark-enable``.

Without that switch each is run once, so that a benchmark that no longer runs is noticed. Nothing here is asserted about
time: `event_rate.py` beside this file prints the rate against bare SimPy.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sim.engines.reference import simulate
from sim.engines.variates import VariateSource
from sim.model import build_model
from sim.scenario import load_scenario
from tests.benchmarks.event_rate import bare, events_of

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture

    from sim.model import PlanModel

EXAMPLE = Path(__file__).parents[1] / "data" / "example-scenario.yaml"
REPLICATIONS = range(200)


@pytest.fixture(scope="module", params=["all-at-once", "all-at-once-inspected", "probe-then-rest"])
def model(request: pytest.FixtureRequest) -> PlanModel:
    return build_model(load_scenario(EXAMPLE), request.param)


def test_simulate(benchmark: BenchmarkFixture, model: PlanModel) -> None:
    outcomes = benchmark(simulate, model, REPLICATIONS)
    assert len(outcomes.replications) == len(REPLICATIONS)


def test_draws(benchmark: BenchmarkFixture, model: PlanModel) -> None:
    source = VariateSource(model)
    assert len(benchmark(lambda: list(source.block(REPLICATIONS)))) == len(REPLICATIONS)


def test_bare_simpy_with_as_many_events(benchmark: BenchmarkFixture, model: PlanModel) -> None:
    events = round(events_of(model, REPLICATIONS))
    assert events > len(model.orders)
    benchmark(bare, events, 2 * len(model.orders), REPLICATIONS)
