"""The format example, and a loader for changed copies of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sim.errors import Problem, ScenarioError
from sim.scenario import Scenario, load_scenario

EXAMPLE = Path(__file__).parents[2] / "data" / "example-scenario.yaml"

Change = tuple[str, str]
Load = Callable[..., Scenario]
Refused = Callable[..., tuple[Problem, ...]]


@pytest.fixture(scope="session")
def example() -> str:
    return EXAMPLE.read_text(encoding="utf-8")


@pytest.fixture
def load(tmp_path: Path, example: str) -> Load:
    """Load the example with texts replaced, each once."""

    def loaded(*changes: Change, overrides: tuple[str, ...] = ()) -> Scenario:
        text = example
        for old, new in changes:
            assert old in text
            text = text.replace(old, new, 1)
        path = tmp_path / "scenario.yaml"
        path.write_text(text, encoding="utf-8")
        return load_scenario(path, overrides)

    return loaded


@pytest.fixture
def refused(load: Load) -> Refused:
    """Problems of the example with texts replaced."""

    def problems(*changes: Change, overrides: tuple[str, ...] = ()) -> tuple[Problem, ...]:
        with pytest.raises(ScenarioError) as caught:
            load(*changes, overrides=overrides)
        return caught.value.problems

    return problems
