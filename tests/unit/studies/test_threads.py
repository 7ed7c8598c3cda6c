"""Threads that work on a small study: the same rows as one process finds, and whatever goes wrong told or raised."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml

from sim.errors import LotwiseError
from sim.scenario import load_scenario
from sim.studies.folder import Store
from sim.studies.points import Point
from sim.studies.study import Study, effort_wanted, study_in_memory, task_of
from sim.studies.threads import Threads
from tests.stories import PLAIN, order_of

if TYPE_CHECKING:
    from pathlib import Path

    from sim.scenario import Scenario

RISKS = [Point((("suppliers.maker.never_ships_probability", risk),)) for risk in (0.2, 0.4, 0.7, 7.0)]
"""The last one makes no valid scenario."""


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    file = tmp_path / "story.yaml"
    file.write_text(yaml.safe_dump({**PLAIN, "plans": {"plan": {"orders": [order_of()]}}}), encoding="utf-8")
    return load_scenario(file)


def study_with(scenario: Scenario, crew: Threads) -> Study:
    return Study(scenario, effort_wanted(scenario, replications=100), Store(), crew)


def crew_for(scenario: Scenario, workers: int) -> Threads:
    return Threads(task_of(scenario, effort_wanted(scenario, replications=100)), workers)


@pytest.mark.parametrize("workers", [1, 2, 99])
def test_threads_find_what_one_process_finds(scenario: Scenario, workers: int) -> None:
    with study_in_memory(scenario, replications=100) as study:
        expected = study.findings(RISKS)
    with crew_for(scenario, workers) as crew:
        assert study_with(scenario, crew).findings(RISKS) == expected
    assert expected[-1].error is not None


@pytest.mark.parametrize("workers", [1, 2])
def test_a_unit_that_goes_wrong_leaves_the_others_alone(
    scenario: Scenario, workers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_: bytes) -> None:
        raise MemoryError

    monkeypatch.setattr("sim.studies.crew.worker_of", fails)
    with crew_for(scenario, workers) as crew:
        assert [finding.error for finding in study_with(scenario, crew).findings(RISKS)] == ["MemoryError"] * 4


@pytest.mark.parametrize("workers", [1, 2])
def test_what_the_user_must_mend_is_raised(scenario: Scenario, workers: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses(_: bytes) -> None:
        message = "another version"
        raise LotwiseError(message)

    monkeypatch.setattr("sim.studies.crew.worker_of", refuses)
    with crew_for(scenario, workers) as crew, pytest.raises(LotwiseError, match="another version"):
        study_with(scenario, crew).findings(RISKS)
