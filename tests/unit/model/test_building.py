"""The model of a plan: days as minutes, money as cents, names as positions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sim.model import build_model
from sim.protocol import Milestone
from sim.rules.reports import Report
from sim.scenario import load_scenario
from sim.units import MINUTES_PER_DAY, NEVER

if TYPE_CHECKING:
    from collections.abc import Callable

    from sim.model import PlanModel

EXAMPLE = Path(__file__).parents[2] / "data" / "example-scenario.yaml"
DAY = MINUTES_PER_DAY


@pytest.fixture(scope="module")
def model_of() -> Callable[..., PlanModel]:
    def built(plan: str, *overrides: str) -> PlanModel:
        return build_model(load_scenario(EXAMPLE, overrides), plan)

    return built


def test_an_order_in_cents_and_minutes(model_of: Callable[..., PlanModel]) -> None:
    model = model_of("all-at-once")
    (order,) = model.orders
    (variant,) = order.variants
    # 3,000 at the break of 5.00: 15,000.00, of which 30 % first; freight 450 + 3,000 x 0.35
    assert (variant.price, variant.deposit, variant.balance) == (5_000_000, 450_000, 1_050_000)
    assert variant.freight == 150_000
    assert variant.extra_production == 6 * DAY
    assert model.suppliers[0].promised == 35 * DAY
    assert model.suppliers[0].limit == 1_000_000


def test_the_benchmark_is_the_best_listed_price(model_of: Callable[..., PlanModel]) -> None:
    need = model_of("two-suppliers").need
    assert need.benchmark_purchase == 1_500_000
    assert need.benchmark_freight == 150_000
    # 15 July is day 135 from 2 March, and the whole day counts
    assert need.due == 136 * DAY


def test_a_supplier_whose_minimum_is_above_the_need_sets_no_benchmark(model_of: Callable[..., PlanModel]) -> None:
    need = model_of(
        "two-suppliers", "suppliers.ningbo.unit_price=[{from: 1, price: 1}]", "suppliers.ningbo.minimum_order=500"
    ).need
    assert need.benchmark_purchase == 300_000


def test_orders_wait_for_each_other_by_position(model_of: Callable[..., PlanModel]) -> None:
    model = model_of("probe-then-rest")
    rest = model.orders[1]
    assert (rest.start.after, rest.start.when, rest.start.delay) == (0, Milestone.INSPECTED, 2 * DAY)
    assert rest.condition.needs_pass
    assert [model.supplier_names[variant.supplier] for variant in rest.variants] == ["shenzhen", "ningbo"]
    assert model.milestones == {(0, Milestone.INSPECTED)}


def test_an_inspection_by_the_tables(model_of: Callable[..., PlanModel]) -> None:
    inspection = model_of("all-at-once-inspected").orders[0].variants[0].inspection
    assert inspection is not None
    # 3,000 units at level II: letter K, 125; AQL 2.5 accepts 7, AQL 4.0 accepts 10; AQL 0 accepts none
    assert inspection.plans[0] == ((125, 0), (125, 7), (125, 10))
    assert inspection.fee[0] == 24_000  # one man-day for up to 200 units
    assert inspection.reworks_at_most == 2


def test_what_is_paid_directly_is_not_on_the_platform(model_of: Callable[..., PlanModel]) -> None:
    assert model_of("all-at-once").suppliers[0].on_platform == 1_000_000
    assert model_of("all-at-once", "suppliers.shenzhen.payment.through=direct").suppliers[0].on_platform == 0
    half = model_of("all-at-once", "suppliers.shenzhen.payment.platform_share=0.5")
    assert half.suppliers[0].on_platform == 500_000


def test_one_firm_on_two_terms_is_one_firm(model_of: Callable[..., PlanModel]) -> None:
    model = model_of("two-suppliers", "suppliers.ningbo.identity=shenzhen")
    assert model.suppliers[0].firm == model.suppliers[1].firm
    assert len(model.firms) == 1
    assert model.orders[0].variants[0].entity != model.orders[1].variants[0].entity


def test_the_odds_stand_ready_for_every_report(model_of: Callable[..., PlanModel]) -> None:
    upheld = model_of("all-at-once").mediation.upheld
    # odds 1 x 4 ** 0.8 = 3.0314; with a failed report x 3, with a passed one x 0.25
    assert upheld[1][Report.NONE][0] == pytest.approx(3.0314331 / 4.0314331)
    assert upheld[1][Report.FAILED][0] == pytest.approx(9.0942994 / 10.0942994)
    assert upheld[1][Report.PASSED][0] == pytest.approx(0.7578583 / 1.7578583)
    assert upheld[0][Report.NONE][0] == pytest.approx(0.8)  # a ship date is always in writing: 4 / 5


def test_no_limit_is_minus_one(model_of: Callable[..., PlanModel]) -> None:
    assert model_of("all-at-once", "suppliers.shenzhen.assurance_limit=null").suppliers[0].limit == NEVER
