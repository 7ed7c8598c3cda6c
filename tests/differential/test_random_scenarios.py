"""Both engines tell random scenarios alike, and the random scenarios leave nothing of the model out."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from hypothesis import given, settings

from sim.random.tables import QuantileTable
from sim.rules.worktime import WorkedDays
from tests.differential.wide_scenarios import wide_scenarios
from tests.engines import simulated, summed
from tests.properties.small_scenarios import Given, scenarios
from tests.stories import model_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sim.model import PlanModel

REPLICATIONS: Final = range(8)
MANY: Final = settings().max_examples * 4


@given(scenario=scenarios())
def test_small_scenarios(folder: Path, scenario: Given) -> None:
    simulated(model_of(folder, scenario.changes, scenario.orders), REPLICATIONS)


@given(scenario=wide_scenarios(most_orders=12))
def test_crowded_plans(folder: Path, scenario: Given) -> None:
    simulated(model_of(folder, scenario.changes, scenario.orders), range(3))


# ------------------------------------------------------------------------------------ nothing is left out


def test_wide_scenarios_which_leave_nothing_out(folder: Path) -> None:
    """Every number of the model varies: what never does could be ignored by an engine without any test noticing."""
    values: dict[str, set[object]] = defaultdict(set)

    @settings(max_examples=MANY, database=None)
    @given(scenario=wide_scenarios())
    def look(scenario: Given) -> None:
        model = model_of(folder, scenario.changes, scenario.orders)
        for name, value in numbers_of(model):
            values[name].add(value)
        summed(model, simulated(model, REPLICATIONS))

    look()
    assert {name for name, seen in values.items() if len(seen) == 1} - ALWAYS_ALIKE == set()


ALWAYS_ALIKE: Final = {
    "plan",  # a name for the reader
    "currency",  # likewise
    "block",  # of parameter sets: whoever simulates is handed one model at a time
    "one_of",  # likewise
    "suppliers.quality.integral",  # the normal integral, the same for everybody
}


def numbers_of(model: PlanModel) -> Iterator[tuple[str, object]]:
    """Every number of a model, by its name; positions are left out of the name, a table is named by its kinds."""
    for name in model.__dataclass_fields__:
        if name not in {"order_matrix", "dispute_matrix"}:  # these are tables of the protocol
            yield from _numbers_of(name, getattr(model, name))


def _numbers_of(name: str, value: Any) -> Iterator[tuple[str, object]]:  # noqa: ANN401 - anything in a model
    if isinstance(value, QuantileTable):
        yield name, tuple(value.kinds.tolist())
    elif isinstance(value, WorkedDays | np.ndarray):
        yield name, str(value)
    elif hasattr(value, "_asdict"):
        for field, inner in value._asdict().items():
            yield from _numbers_of(f"{name}.{field}", inner)
    elif isinstance(value, tuple | frozenset):
        for inner in value:
            yield from _numbers_of(name, inner)
    elif value is not None:
        yield name, value
