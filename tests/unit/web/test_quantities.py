"""Orders that grow and shrink together: to the unit, in their proportions, and never below a supplier's smallest."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from sim.scenario import Scenario, scenario_checked, template_text
from sim.web.quantities import quantities_moved, smallest_orders
from sim.web.uploads import upload_read

if TYPE_CHECKING:
    from collections.abc import Mapping

_GRID = "plan_grid: {supplier: [shenzhen], quantity: [3000, 3001], split_into: [1, 2], inspections: [[], [psi]]}\n"


@pytest.fixture(scope="module")
def template() -> Scenario:
    return scenario_checked(upload_read("a.yaml", (template_text() + _GRID).encode()))


def _ordered(scenario: Scenario) -> dict[str, list[int]]:
    return {plan.name: [order.quantity for order in plan.orders] for plan in scenario.plans}


def _moved(scenario: Scenario, factor: Fraction, values: Mapping[str, str]) -> tuple[dict[str, list[int]], str]:
    moved = quantities_moved(scenario, factor, smallest_orders(scenario, values))
    others = [f"{path}={value}" for path, value in values.items()]
    return _ordered(scenario.with_overrides([*others, *moved.overrides])), " ".join(moved.notes)


def test_every_plan_is_scaled_as_a_whole(template: Scenario) -> None:
    found, notes = _moved(template, Fraction(11, 10), {})
    assert found["all-at-once"] == [3300]
    assert found["two-halves"] == [1650, 1650]
    assert found["probe-then-rest"] == [660, 2640]
    assert found["shenzhen-3000-x2-psi"] == [1650, 1650]
    # 3,001 units in two orders: 1,501 and 1,500, which are 1,651.1 and 1,650; 3,301.1 in all
    assert found["shenzhen-3001-x2"] == [1651, 1650]
    assert notes == "Every order is 110 % of what the plans say."


def test_rests_go_to_the_orders_that_lost_most_by_rounding(template: Scenario) -> None:
    # 600 and 2,400 times 1001 / 3000: 200.2 and 800.8 of 1,001, the smallest order aside
    found, _ = _moved(
        template, Fraction(1001, 3000), {"suppliers.shenzhen.minimum_order": "1", "suppliers.ningbo.minimum_order": "1"}
    )
    assert found["probe-then-rest"] == [200, 801]
    assert found["all-at-once"] == [1001]


def test_no_order_falls_below_the_suppliers_smallest(template: Scenario) -> None:
    found, notes = _moved(template, Fraction(1, 2), {})
    assert found["probe-then-rest"] == [500, 1200]
    assert "Raised to the supplier's smallest order: probe of probe-then-rest to 500." in notes


def test_a_split_is_raised_as_a_whole(template: Scenario) -> None:
    found, notes = _moved(template, Fraction(1), {"suppliers.shenzhen.minimum_order": "1600"})
    assert found["two-halves"] == [1600, 1600]
    assert found["two-suppliers"] == [1600, 1500]
    assert "two-halves" in notes


def test_an_order_is_never_smaller_than_the_supplier_that_may_get_it_instead(template: Scenario) -> None:
    found, _ = _moved(template, Fraction(1), {"suppliers.ningbo.minimum_order": "2500"})
    assert found["probe-then-rest"] == [600, 2500]


def test_nothing_moves_where_nothing_must(template: Scenario) -> None:
    moved = quantities_moved(template, Fraction(1), smallest_orders(template, {}))
    assert (moved.overrides, moved.notes) == ((), ())
