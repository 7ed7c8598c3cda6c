"""Variants of a scenario: the same as if the values had been written into the file."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from sim.errors import InputError, Problem, ScenarioError
from sim.model import build_model
from sim.scenario import load_scenario
from sim.scenario.nodes import Text, plain, tree_read
from sim.studies.points import Point
from sim.studies.variants import Variants, reason_of, values_text, written
from tests.benchmarks.timing import EXAMPLE
from tests.unit.studies.crews import DETAIL, LIMIT, PLANS, example, example_with

if TYPE_CHECKING:
    from sim.studies.points import Value

SCENARIOS = Path(__file__).resolve().parents[3] / "scenarios"


def test_a_variant_is_the_file_with_other_values(tmp_path: Path) -> None:
    point = Point(((DETAIL, 0.25), ("buyer.hourly_cost", 30), ("start", date(2026, 4, 1))))
    variant = Variants.of(example()).scenario(point)
    detail = "  detail_share: 0.8  ", "  detail_share: 0.25 "
    start = "start: 2026-03-02 ", "start: 2026-04-01 "
    written_out = example_with(tmp_path, dict([detail, start, ("hourly_cost: 25.00", "hourly_cost: 30")]))
    assert variant.model == written_out.model
    assert variant.setting == written_out.setting


def test_what_is_set_on_the_command_line_holds_everywhere() -> None:
    scenario = load_scenario(EXAMPLE, ("buyer.hourly_cost=30", f"{DETAIL}=0.1"))
    variant = Variants.of(scenario).scenario(Point(((DETAIL, 0.9),)))
    assert variant.model.buyer.hourly_cost == 30
    assert variant.model.contract.detail_share == 0.9  # a point has the last word


def test_a_point_may_change_a_plan_and_the_seed() -> None:
    variants = Variants.of(example(), seed=7)
    longer = variants.model(Point((("plans.all-at-once.orders[0].quantity", 2_000),)), "all-at-once")
    assert longer.seed == 7
    assert longer != variants.model(Point(), "all-at-once")
    own = variants.model(Point((("run.seed", 99),)), "all-at-once")
    assert own.seed == build_model(example(), "all-at-once", seed=99).seed == 99


def test_a_mistake_is_told_by_its_path() -> None:
    variants = Variants.of(example())
    with pytest.raises(ScenarioError) as told:
        variants.scenario(Point(((DETAIL, 2), (LIMIT, -1))))
    reason = reason_of(told.value)
    assert reason.startswith(("contract.detail_share: ", "suppliers."))
    assert reason.endswith("(and 1 more)")
    assert "\n" not in reason
    with pytest.raises(InputError, match="no plan"):
        variants.model(Point(), "nobody's plan")
    assert variants.scenario(Point(((DETAIL, 1),))).model.contract.detail_share == 1  # and nothing of it stays


def test_a_reason_is_short() -> None:
    assert len(reason_of(InputError(Problem("x" * 1_000)))) == 300


@pytest.mark.parametrize(
    "value",
    [
        *(0, -3, 10**15, 0.1, 1e-9, 1.5e300, True, False, None),
        *("plain", "two words", "yes", "12", "null", "a: b", "#", "näher", 'with "quotes"', "", "line\nline"),
        *(date(2026, 3, 2), [1, 2.5, "x"], [], {"dist": "uniform", "low": 0, "high": [1, {"a": None}]}),
    ],
    ids=repr,
)
def test_a_value_is_written_as_yaml_reads_it(value: Any) -> None:  # noqa: ANN401
    text = written(value)
    assert "\n" not in text
    node, problems = tree_read(Text.of("value", text, numbered=False), text)
    assert node is not None
    assert not problems
    found = plain(node)
    assert (found, type(found)) == (value, type(value))


def test_points_are_told_apart_by_values_and_types() -> None:
    values: list[Value] = [1, 1.0, True, "1", None, "true", [1]]
    texts = {values_text(Point(((DETAIL, value),))) for value in values}
    assert len(texts) == 7
    assert values_text(Point(((DETAIL, 1),), PLANS)) == values_text(Point(((DETAIL, 1),)))


def test_a_point_that_sets_both_terms_of_one_firm_keeps_both_values() -> None:
    scenario = load_scenario(SCENARIOS / "season-deadline.yaml")
    names = [name for name, given in scenario.model.suppliers.items() if (given.identity or name) == "ningbo"][:2]
    paths = [f"suppliers.{name}.never_ships_probability" for name in names]
    found = Variants.of(scenario).scenario(Point(((paths[0], 0.2), (paths[1], 0.01))))
    assert [found.model.suppliers[name].never_ships_probability for name in names] == [0.2, 0.01]
