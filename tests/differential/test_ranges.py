"""Which replications are simulated together, by whom and in how many threads, changes nothing; nor do odd numbers."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pytest

from sim.engines import compiled
from sim.engines.equality import first_difference
from sim.model import build_model
from sim.outcomes import Outcomes
from sim.scenario import load_scenario
from sim.totals import totals_of
from tests.differential.wide_scenarios import DAY_LAWS, SHARE_LAWS
from tests.engines import simulated, summed
from tests.stories import MAKER, model_of, order_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sim.model import PlanModel

EXAMPLE: Final = Path(__file__).parents[1] / "data" / "example-scenario.yaml"
PLANS: Final = ["all-at-once", "probe-then-rest", "shenzhen-3150-x3-psi"]


@cache
def plan(name: str) -> PlanModel:
    return build_model(load_scenario(EXAMPLE), name)


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> PlanModel:
    """A plan some of whose laws must be asked themselves for each draw."""
    changes: dict[str, Any] = {
        f"{MAKER}.defects.major": SHARE_LAWS["closed form"],
        f"{MAKER}.disputes.reply_days": DAY_LAWS["closed form"],
        f"{MAKER}.transit.days": DAY_LAWS["closed form"],
        "buyer.escalates_unanswered": False,
    }
    return model_of(tmp_path_factory.mktemp("asked"), changes, [order_of("a", 300), order_of("b", 200)])


def joined(parts: Sequence[Outcomes]) -> Outcomes:
    """Outcomes of consecutive ranges as those of one."""
    return Outcomes(
        *(np.concatenate([getattr(part, table) for part in parts]) for table in ("replications", "orders", "trace"))
    )


def assert_same_in_parts(model: PlanModel, cuts: Sequence[int], *, trace: bool) -> None:
    whole = compiled.simulate(model, range(cuts[0], cuts[-1]), trace=trace)
    parts = [compiled.simulate(model, range(*ends), trace=trace) for ends in pairwise(cuts)]
    difference = first_difference(whole, joined(parts))
    assert difference is None, str(difference)


@pytest.mark.parametrize("name", PLANS)
@pytest.mark.parametrize("trace", [False, True])
def test_ranges_cut_anywhere(name: str, trace: bool) -> None:
    assert_same_in_parts(plan(name), [3, 4, 11, 67, 68, 131, 259, 260, 1002, 1003, 1004, 2048, 2103], trace=trace)


@pytest.mark.parametrize("trace", [False, True])
def test_ranges_cut_anywhere_where_laws_are_asked(asked: PlanModel, trace: bool) -> None:
    assert_same_in_parts(asked, [3, 4, 67, 131, 1002, 1003, 1004, 2048, 2103], trace=trace)


@pytest.mark.parametrize("trace", [False, True])
def test_no_replications_at_all(trace: bool) -> None:
    for name in PLANS:
        simulated(plan(name), range(7, 7), trace=trace)


# ------------------------------------------------------------------------------------ odd numbers

BORDERS: Final = [2**31, 2**32, 2**33, 2**53, 2**62]


@pytest.mark.parametrize("border", BORDERS)
@pytest.mark.parametrize("name", PLANS)
def test_large_numbers_of_replications(name: str, border: int) -> None:
    simulated(plan(name), range(border - 15, border + 15))


@pytest.mark.parametrize("border", BORDERS)
def test_large_numbers_of_replications_where_laws_are_asked(asked: PlanModel, border: int) -> None:
    simulated(asked, range(border - 15, border + 15))


@pytest.mark.parametrize("seed", [0, 1, 2**31, 2**32 - 1, 2**32, 2**63 - 1, 2**63, 2**64 - 1])
@pytest.mark.parametrize("name", PLANS)
def test_odd_seeds(name: str, seed: int) -> None:
    simulated(replace(plan(name), seed=seed), range(40))


def test_largest_amounts(folder: Path) -> None:
    """Given ten million units at ten each, capital that costs all of itself a year, and everything late by years."""
    changes = {
        f"{MAKER}.unit_price": [{"from": 1, "price": 10}],
        f"{MAKER}.defects.major": SHARE_LAWS["linear"],
        f"{MAKER}.transit.days": {"dist": "uniform", "low": 1000, "high": 3650},
        f"{MAKER}.freight": {"per_unit": 10},
        f"{MAKER}.return_freight_per_unit": 10,
        "need.quantity": 10_000_000,
        "need.sale_value": 10,
        "need.late_cost_per_unit_day": 10,
        "buyer.capital_cost_rate": 1,
        "buyer.hourly_cost": 100_000,
        "buyer.dispute_hours": {"filing": 1000, "reply": 0.1, "evidence": 1000},
        "disputes.return_probability": 0.5,
    }
    model = model_of(folder, changes, [order_of("a", 10_000_000), order_of("b", 9_999_999, start={"day": 3650})])
    summed(model, simulated(model, range(50)))


# ------------------------------------------------------------------------------------ totals


@pytest.mark.parametrize("name", PLANS)
@pytest.mark.parametrize("replications", [range(0), range(5, 6), range(2**32 - 700, 2**32 + 701)])
def test_totals(name: str, replications: range) -> None:
    summed(plan(name), simulated(plan(name), replications, trace=False))


def test_totals_where_laws_are_asked(asked: PlanModel) -> None:
    summed(asked, simulated(asked, range(7, 1507), trace=False))


def test_totals_of_many_replications() -> None:
    """Beyond any block in which the kernel might add up; the outcomes are its own."""
    model = plan("probe-then-rest")
    outcomes = compiled.simulate(model, range(70_001))
    found, expected = compiled.summarise(model, range(70_001)), totals_of(outcomes.replications)
    assert found.losses.tobytes() == expected.losses.tobytes()
    assert replace(found, losses=expected.losses) == expected


# ------------------------------------------------------------------------------------ threads


@pytest.mark.parametrize("trace", [False, True])
def test_threads_side_by_side(asked: PlanModel, trace: bool) -> None:
    """Given four threads that simulate parts of several plans at once: as one thread would."""
    models = [*map(plan, PLANS), asked]
    cuts = list(pairwise(range(0, 1601, 100)))
    with ThreadPoolExecutor(4) as pool:
        futures = [
            [pool.submit(compiled.simulate, model, range(*ends), trace=trace) for model in models] for ends in cuts
        ]
        parts = [[future.result() for future in row] for row in futures]
    for column, model in enumerate(models):
        whole = compiled.simulate(model, range(1600), trace=trace)
        difference = first_difference(whole, joined([row[column] for row in parts]))
        assert difference is None, str(difference)
