"""Both engines tell every plan of every shipped scenario alike."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from sim.model import build_model
from sim.scenario import load_scenario
from tests.engines import simulated

ROOT: Final = Path(__file__).parents[2]
FILES: Final = [*sorted((ROOT / "scenarios").glob("*.yaml")), ROOT / "tests" / "data" / "example-scenario.yaml"]
WITH_TRACE: Final = range(300)
WITHOUT: Final = range(WITH_TRACE.stop, WITH_TRACE.stop + 900)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_plan(file: Path) -> None:
    scenario = load_scenario(file)
    for plan in scenario.plans:
        model = build_model(scenario, plan.name)
        simulated(model, WITH_TRACE)
        simulated(model, WITHOUT, trace=False)
