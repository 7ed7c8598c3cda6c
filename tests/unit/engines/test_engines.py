"""Engines by name: what they are called, how they work, and that asking for one loads nothing."""

from __future__ import annotations

import pickle
import subprocess
import sys

import pytest

import sim
from sim.engines import ENGINE_NAMES, engine_named, simulate
from sim.errors import InputError
from sim.model import build_model
from sim.scenario import RunSpec
from sim.totals import totals_of
from tests.unit.experiments import FIRST_ORDER


def test_engines_by_name() -> None:
    assert engine_named("reference").name == "reference"
    assert engine_named("compiled").name == "compiled"
    assert engine_named("auto") == engine_named("compiled")
    assert not engine_named("reference").in_threads
    assert engine_named("compiled").in_threads


def test_a_scenario_may_name_every_engine() -> None:
    for name in ENGINE_NAMES:
        assert RunSpec(engine=name).engine == name  # type: ignore[arg-type] # the names are told apart when it runs


def test_an_unknown_engine_is_refused() -> None:
    with pytest.raises(InputError, match="no engine 'simpy'") as refused:
        engine_named("simpy")
    assert "auto, reference, compiled" in str(refused.value)


def test_the_reference_engine_is_ready_and_can_be_sent_to_a_process() -> None:
    told: list[str] = []
    engine = pickle.loads(pickle.dumps(engine_named("reference")))  # noqa: S301 - our own
    engine.prepare(told.append)
    assert told == []
    scenario = sim.load_scenario(FIRST_ORDER)
    model = build_model(scenario, "probe-then-rest")
    outcomes = engine.simulate(model, range(3, 8), trace=True)
    assert (outcomes.replications == simulate(model, range(3, 8)).replications).all()
    assert len(outcomes.trace)
    expected, found = totals_of(outcomes.replications), engine.summarise(model, range(3, 8))
    assert found.losses.tolist() == expected.losses.tolist()
    assert (found.sums, found.squares) == (expected.sums, expected.squares)
    assert (found.late, found.with_claim) == (expected.late, expected.with_claim)


def test_naming_an_engine_loads_neither() -> None:
    program = (
        "import sys\nfrom sim.engines import engine_named\n"
        "for name in ('auto', 'reference'):\n    engine_named(name)\n"
        "print(sorted({'simpy', 'numba'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
