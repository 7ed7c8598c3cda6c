"""Plans written as orders, as splits and as a grid come to one form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from sim.scenario.plans import NextSpec, PlanEntry, SplitSpec, plan_expanded

if TYPE_CHECKING:
    from tests.unit.scenario.conftest import Load, Refused


def test_a_split_becomes_orders_that_wait_for_each_other(load: Load) -> None:
    scenario = load(("into: 2, next: {when: received, delay_days: 0}", "into: 3, next: {when: shipped, delay_days: 5}"))
    plan = next(plan for plan in scenario.plans if plan.name == "two-halves")
    assert [(order.id, order.quantity) for order in plan.orders] == [("a", 1000), ("b", 1000), ("c", 1000)]
    first, second, third = plan.orders
    assert first.start is None
    assert second.start is not None
    assert (second.start.after, second.start.when, second.start.delay_days) == ("a", "shipped", 5)
    assert third.start is not None
    assert third.start.after == "b"


@given(st.integers(1, 10_000_000), st.integers(1, 12))
def test_parts_of_a_split_are_whole_and_nearly_equal(quantity: int, into: int) -> None:
    split = SplitSpec(supplier="s", quantity=max(quantity, into), into=into, next=NextSpec())
    sizes = [order.quantity for order in plan_expanded("p", PlanEntry(split=split)).orders]
    assert sum(sizes) == split.quantity
    assert sizes == sorted(sizes, reverse=True)
    assert max(sizes) - min(sizes) <= 1
    assert len(sizes) == into


def test_a_grid_is_the_cross_product_named_by_its_values(load: Load) -> None:
    plans = [plan for plan in load().plans if plan.name.startswith("shenzhen-")]
    assert len(plans) == 2 * 3 * 2
    plan = next(plan for plan in plans if plan.name == "shenzhen-3000-x2-psi")
    assert [(order.quantity, order.inspections) for order in plan.orders] == [(1500, ("psi",)), (1500, ("psi",))]
    assert plan.orders[1].start is not None
    assert (plan.orders[1].start.after, plan.orders[1].start.when) == ("a", "received")


def test_the_grid_may_say_when_the_next_part_is_placed(load: Load) -> None:
    scenario = load(("inspections: [[], [psi]]", "inspections: [[psi]]\n  next: {when: inspected, delay_days: 3}"))
    plan = next(plan for plan in scenario.plans if plan.name == "shenzhen-3000-x2-psi")
    assert plan.orders[1].start is not None
    assert (plan.orders[1].start.when, plan.orders[1].start.delay_days) == ("inspected", 3)


def test_plans_stand_in_the_order_of_the_file(load: Load) -> None:
    names = [plan.name for plan in load().plans]
    assert names[:3] == ["all-at-once", "all-at-once-inspected", "two-halves"]
    assert names[5] == "shenzhen-3000-x1"


def test_a_plan_is_shown_by_its_title(load: Load) -> None:
    plans = load(("  two-halves:", "  two-halves:\n    title: In two halves")).plans
    assert [plan.title for plan in plans[1:3]] == ["all-at-once-inspected", "In two halves"]


def test_a_circle_over_several_orders_is_told_once(refused: Refused) -> None:
    orders = (
        "orders:\n"
        "      - {id: a, supplier: shenzhen, quantity: 1500, start: {after: c}}\n"
        "      - {id: b, supplier: shenzhen, quantity: 1500, start: {after: a}}\n"
        "      - {id: c, supplier: shenzhen, quantity: 1500, start: {after: b}}"
    )
    (problem,) = refused(("orders: [{id: a, supplier: shenzhen, quantity: 3000}]", orders))
    assert problem.message == "orders wait for each other in a circle: a -> c -> b -> a"
    assert problem.line == 118


def test_two_orders_of_one_name_are_refused(refused: Refused) -> None:
    (problem,) = refused(("{id: b, supplier: ningbo", "{id: a, supplier: ningbo"))
    assert problem.message == "two orders of this plan are called `a`"


def test_a_condition_on_day_0_is_refused(refused: Refused) -> None:
    (problem,) = refused(("        start: {after: probe, when: inspected, delay_days: 2} ", "        #"))
    assert "when nothing is known" in problem.message


def test_more_than_twelve_orders_are_refused(refused: Refused) -> None:
    orders = ", ".join(f"{{id: o{number}, supplier: shenzhen, quantity: 500}}" for number in range(13))
    (problem,) = refused(("orders: [{id: a, supplier: shenzhen, quantity: 3000}]", f"orders: [{orders}]"))
    assert "more than 12" in problem.message


def test_a_scenario_without_plans_is_refused(refused: Refused, example: str) -> None:
    plans = example[example.index("plans:") : example.index("run:")]
    (problem,) = refused((plans, ""))
    assert "needs `plans` or a `plan_grid`" in problem.message


def test_a_second_inspection_before_shipment_is_refused(refused: Refused) -> None:
    second = "  final: {kind: pre_shipment}\n  psi:"
    (problem,) = refused(("  psi:", second), ("inspections: [psi]}]", "inspections: [psi, during, final]}]"))
    assert "one pre-shipment inspection" in problem.message
    assert problem.hint == "leave it or `psi` out"


def test_an_order_of_just_the_minimum_is_accepted(load: Load) -> None:
    scenario = load(("shenzhen, quantity: 1500", "shenzhen, quantity: 500"))
    assert scenario.model.suppliers["shenzhen"].minimum_order == 500
