"""What is unknown, told beside a verdict: where a scenario carries parameter sets, and only there."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from sim.experiments import compare
from sim.experiments.story import explain
from sim.scenario import load_scenario
from sim.studies.points import Point
from sim.studies.study import study_in_memory
from tests.stories import PLAIN, order_of
from tests.unit.commands.test_report import lotwise

if TYPE_CHECKING:
    from pathlib import Path

RISK = "suppliers.maker.never_ships_probability"


def story(folder: Path, sets: list[list[float]] | None) -> Path:
    """Two plans, one of which needs the supplier whose risk never to ship is drawn."""
    suppliers: dict[str, Any] = {**PLAIN["suppliers"]}
    suppliers["maker"] = {**suppliers["maker"], "never_ships_probability": 0.2}
    suppliers["sure"] = {"extends": "maker", "never_ships_probability": 0.2}
    given: dict[str, Any] = {} if sets is None else {"parameter_sets": {"inputs": [RISK], "sets": sets}}
    plans = {"risky": {"orders": [order_of()]}, "other": {"orders": [order_of(supplier="sure")]}}
    file = folder / "story.yaml"
    file.write_text(yaml.safe_dump({**PLAIN, "suppliers": suppliers, "plans": plans, **given}), encoding="utf-8")
    return file


def test_without_parameter_sets_nothing_is_said_of_them(tmp_path: Path) -> None:
    assert compare(load_scenario(story(tmp_path, None)), replications=100).unknown is None


def test_ignorance_of_a_risk_is_told_apart_from_chance(tmp_path: Path) -> None:
    """Under half of the sets the supplier always ships, under the others never; the other plan knows chance alone."""
    comparison = compare(load_scenario(story(tmp_path, [[0.0], [1.0]] * 5)), replications=1_000)
    found = comparison.unknown
    assert found is not None
    risky, other = found.plans["risky"], found.plans["other"]
    assert risky.share == pytest.approx(1.0, abs=0.01)
    assert other.share == pytest.approx(0.0, abs=0.02)
    assert risky.high - risky.low > 10 * (other.high - other.low)
    assert found.gap is not None
    # whichever is best on average, the risky plan is the better one in half of the sets and the worse in the others
    assert found.gap.above_zero == 0.5
    assert found.sentence.endswith("in 50 % of the sets.")


def test_compare_tells_it_on_the_screen_and_as_data(tmp_path: Path) -> None:
    story(tmp_path, [[0.0], [1.0]])
    shown = lotwise(tmp_path, "compare", "story.yaml", "--replications", "400")
    assert "What is not known of the inputs (2 parameter sets)" in " ".join(shown.out.split())
    data = json.loads(lotwise(tmp_path, "compare", "story.yaml", "--replications", "400", "--json").out)
    assert data["unknown"]["sets"] == 2
    assert set(data["unknown"]["plans"]) == {"risky", "other"}
    assert data["unknown"]["plans"]["risky"]["low"] < data["unknown"]["plans"]["risky"]["high"]


def test_a_story_is_told_under_the_set_of_its_replication(tmp_path: Path) -> None:
    scenario = load_scenario(story(tmp_path, [[0.0], [1.0]]))
    ships, never = (explain(scenario, plan="risky", replication=number) for number in (9, 10))
    assert any(event.event == "production_finished" for event in ships.events)
    assert not any(event.event == "production_finished" for event in never.events)


def test_workers_change_nothing(tmp_path: Path) -> None:
    scenario = load_scenario(story(tmp_path, [[0.0], [0.3], [1.0]]))
    alone, together = (compare(scenario, replications=3_000, workers=workers).unknown for workers in (1, 2))
    assert alone == together


def test_a_study_takes_the_values_of_the_file(tmp_path: Path) -> None:
    """Ten sets in which nothing ever ships, and a file that says 0.2: a study's point knows the file alone."""
    drawn = load_scenario(story(tmp_path, [[1.0]] * 10))
    plain = load_scenario(story(tmp_path, None))
    losses = []
    for scenario in (drawn, plain):
        with study_in_memory(scenario, replications=200) as study:
            (finding,) = study.findings([Point((), ("risky",))])
            losses.append(finding.mean("risky").value)
    assert losses[0] == losses[1]
