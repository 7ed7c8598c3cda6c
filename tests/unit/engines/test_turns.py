"""Replications under parameter sets in turn: each like the scenario of its set, whatever range it is asked in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import yaml

from sim.engines import CompiledEngine, ReferenceEngine, simulate
from sim.errors import ScenarioError
from sim.model import build_model
from sim.scenario import load_scenario
from sim.totals import totals_of
from tests.stories import PLAIN, order_of

if TYPE_CHECKING:
    from pathlib import Path

    from sim.engines import Engine
    from sim.scenario import Scenario

RISK = "suppliers.maker.never_ships_probability"
ENGINES = [CompiledEngine(), ReferenceEngine()]


def scenario_with(folder: Path, sets: object, overrides: tuple[str, ...] = ()) -> Scenario:
    """The plain story, whose supplier's risk never to ship is drawn."""
    file = folder / "story.yaml"
    plans = {"plans": {"plan": {"orders": [order_of()]}}}
    suppliers = {"suppliers": {**PLAIN["suppliers"]}}
    suppliers["suppliers"]["maker"] = {**suppliers["suppliers"]["maker"], "never_ships_probability": 0.25}
    given = {} if sets is None else {"parameter_sets": sets}
    file.write_text(yaml.safe_dump({**PLAIN, **suppliers, **plans, **given}), encoding="utf-8")
    return load_scenario(file, overrides)


SETS = {"inputs": [RISK], "sets": [[0.0], [1.0], [0.5]], "block": 2}


@pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: engine.name)
def test_each_replication_is_that_of_its_set(tmp_path: Path, engine: Engine) -> None:
    model = build_model(scenario_with(tmp_path, SETS), "plan")
    found = engine.simulate(model, range(3, 40))
    for risk in (0.0, 1.0, 0.5):
        alone = build_model(scenario_with(tmp_path, None, (f"{RISK}={risk}",)), "plan")
        whole = engine.simulate(alone, range(40))
        for replication in range(3, 40):
            if SETS["sets"][replication // 2 % 3] == [risk]:  # type: ignore[index]
                assert found.replications[replication - 3] == whole.replications[replication]
                assert (found.orders[replication - 3] == whole.orders[replication]).all()


@pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: engine.name)
def test_totals_are_those_of_the_outcomes(tmp_path: Path, engine: Engine) -> None:
    model = build_model(scenario_with(tmp_path, SETS), "plan")
    expected = totals_of(engine.simulate(model, range(1, 100)).replications)
    found = engine.summarise(model, range(1, 100))
    assert (found.sums, found.squares, found.late, found.with_claim) == (
        expected.sums,
        expected.squares,
        expected.late,
        expected.with_claim,
    )
    assert (found.losses == expected.losses).all()


def test_engines_agree_and_ranges_do_not_matter(tmp_path: Path) -> None:
    model = build_model(scenario_with(tmp_path, SETS), "plan")
    compiled = CompiledEngine().simulate(model, range(50), trace=True)
    parts = [simulate(model, range(7), trace=True), simulate(model, range(7, 50), trace=True)]
    for name in ("replications", "orders", "trace"):
        joined = np.concatenate([getattr(part, name) for part in parts])
        assert (joined == getattr(compiled, name)).all()


def test_nothing_asked_is_nothing_found(tmp_path: Path) -> None:
    model = build_model(scenario_with(tmp_path, SETS), "plan")
    assert len(CompiledEngine().simulate(model, range(5, 5)).replications) == 0
    assert len(CompiledEngine().summarise(model, range(5, 5)).losses) == 0


def test_what_is_set_from_outside_holds_in_every_set(tmp_path: Path) -> None:
    model = build_model(scenario_with(tmp_path, SETS, (f"{RISK}=1.0",)), "plan")
    shipped = CompiledEngine().simulate(model, range(60)).orders["shipped"]
    assert (shipped == shipped[0, 0]).all()


def test_an_object_replaced_from_outside_takes_its_draws_along(tmp_path: Path) -> None:
    sets = {"inputs": ["buyer.goods_check_days.mean"], "sets": [[2.0], [9.0]]}
    fixed = "buyer.goods_check_days=3"
    drawn = build_model(scenario_with(tmp_path, sets, (fixed,)), "plan")
    plain = build_model(scenario_with(tmp_path, None, (fixed,)), "plan")
    assert len(drawn.drawn) == 2
    found = CompiledEngine().simulate(drawn, range(40)).replications
    assert (found == CompiledEngine().simulate(plain, range(40)).replications).all()


@pytest.mark.parametrize(
    ("sets", "answer"),
    [
        ({"inputs": [RISK], "sets": [[0.1], [0.2, 0.3]]}, "set 1 has 2 values for 1 inputs"),
        ({"inputs": [RISK, RISK], "sets": [[0.1, 0.2], [0.2, 0.3]]}, "is named twice"),
        ({"inputs": ["suppliers.maker.never_ships"], "sets": [[0.1], [0.2]]}, "there is no"),
        ({"inputs": ["suppliers.maker"], "sets": [[0.1], [0.2]]}, "is not a number"),
        ({"inputs": ["run.seed"], "sets": [[1], [2]]}, "is not a number that can be varied"),
        ({"inputs": [RISK], "sets": [[0.1]]}, "at least 2 sets"),
        ({"inputs": [RISK], "sets": [[0.1], ["much"]]}, "number"),
        ({"inputs": [RISK], "sets": [[0.1], [0.2]], "bloc": 3}, "did you mean `block`"),
    ],
)
def test_sets_that_make_no_sense_are_refused(tmp_path: Path, sets: object, answer: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        scenario_with(tmp_path, sets)
    assert answer in str(caught.value) + " ".join(problem.hint or "" for problem in caught.value.problems)


def test_a_set_that_makes_no_valid_scenario_is_named(tmp_path: Path) -> None:
    scenario = scenario_with(tmp_path, {"inputs": [RISK], "sets": [[0.1], [1.5]]})
    with pytest.raises(ScenarioError, match="parameter set 1"):
        build_model(scenario, "plan")
