"""What would leave the range in which money and time are counted exactly is refused, with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.errors import ScenarioError
from sim.scenario import load_scenario

EXAMPLE = Path(__file__).parents[2] / "data" / "example-scenario.yaml"


@pytest.mark.parametrize(
    ("override", "told"),
    [
        ("need.sale_value=33334", "3,000 units at 33334 come to more than 100,000,000"),
        ("buyer.hourly_cost=90000", "answers come to"),
        ("need.excess_value=40000", "come to more than 100,000,000"),
        ("suppliers.shenzhen.unit_price[2].price=40000", "come to more than 100,000,000"),
        ("suppliers.shenzhen.freight.per_unit=40000", "come to more than 100,000,000"),
        ("suppliers.shenzhen.return_freight_per_unit=40000", "come to more than 100,000,000"),
        ("suppliers.shenzhen.production_days_per_1000=1300", "days more"),
        ("suppliers.shenzhen.production_days=20000", "3650"),
        ("suppliers.shenzhen.promised_days=4000", "3,650"),
        ("buyer.hourly_cost=1000000", "100,000"),
        ("plans.all-at-once.orders[0].start={day: 9999-12-25}", "more than 3,650 days after the start"),
    ],
)
def test_too_much_is_refused_where_it_stands(override: str, told: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        load_scenario(EXAMPLE, (override,))
    assert told in str(caught.value) or told.replace(",", "") in str(caught.value)


def test_what_defective_units_still_fetch_counts_on_every_order() -> None:
    """However little is needed: an order of thousands may all be sold off."""
    with pytest.raises(ScenarioError, match=r"units at 90000 come to more than 100,000,000"):
        load_scenario(EXAMPLE, ("need.quantity=1", "need.sale_value=90000", "need.salvage_value=90000"))


def test_an_inspection_of_years_is_refused() -> None:
    accept = "{critical: 0, major: 5, minor: 9}"
    sampling = f"inspections.psi.sampling={{standard: fixed, sample_size: 1500, accept: {accept}}}"
    with pytest.raises(ScenarioError, match=r"would take 1,500 inspector days"):
        load_scenario(EXAMPLE, (sampling, "inspections.psi.units_per_man_day=1"))


@pytest.mark.parametrize("override", ["need.sale_value=31746", "suppliers.shenzhen.production_days_per_1000=1100"])
def test_just_below_is_taken(override: str) -> None:
    assert load_scenario(EXAMPLE, (override,)).overrides == (override,)
