"""Which inputs are moved to see what would flip the choice, how far, and what is set for a value."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from sim.scenario import load_scenario
from sim.studies.usual_ranges import MOST_INPUTS, Moved, moved_inputs
from tests.stories import INSPECTED, MAKER, order_of, scenario_tree

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from sim.scenario import Scenario


def written(folder: Path, changes: Mapping[str, object], plans: Mapping[str, object]) -> Scenario:
    """The plain story, changed, with plans of its own."""
    tree: dict[str, Any] = {**scenario_tree(changes), "plans": dict(plans)}
    file = folder / "story.yaml"
    file.write_text(yaml.safe_dump(tree, sort_keys=False), encoding="utf-8")
    return load_scenario(file)


def inputs_of(folder: Path, changes: Mapping[str, object], *plans: Sequence[object]) -> dict[str, Moved]:
    """Inputs that are moved, by their paths."""
    orders = plans or ([order_of()],)
    scenario = written(folder, changes, {f"p{number}": {"orders": order} for number, order in enumerate(orders)})
    moved, _ = moved_inputs(scenario, [plan.name for plan in scenario.plans])
    return {one.path: one for one in moved}


def test_a_belief_gives_its_5_and_95_percent_and_its_words(tmp_path: Path) -> None:
    belief = {"dist": "normal", "mean": 50, "sd": 10, "source": "assumption: unknown"}
    moved = inputs_of(tmp_path, {"buyer.hourly_cost": 40, "uncertain": {"buyer.hourly_cost": belief}})
    one = moved["buyer.hourly_cost"]
    assert [one.low, one.present, one.high] == pytest.approx([33.5515, 40, 66.4485], abs=1e-3)
    assert one.source == "assumption: unknown"
    assert next(iter(moved)) == "buyer.hourly_cost"


def test_a_present_value_beyond_the_belief_widens_the_range(tmp_path: Path) -> None:
    belief = {"buyer.hourly_cost": {"dist": "uniform", "low": 60, "high": 80}}
    one = inputs_of(tmp_path, {"buyer.hourly_cost": 40, "uncertain": belief})["buyer.hourly_cost"]
    assert (one.low, one.high) == (40, 79)


def test_what_the_scenario_doubts_is_not_moved_twice(tmp_path: Path) -> None:
    changes = {
        f"{MAKER}.production_days": {"dist": "pert", "low": 10, "mode": 20, "high": 42},
        "uncertain": {f"{MAKER}.production_days.mode": {"dist": "uniform", "low": 15, "high": 30}},
    }
    moved = inputs_of(tmp_path, changes)
    assert f"{MAKER}.production_days.mode" in moved
    assert f"{MAKER}.production_days" not in moved


def test_a_mean_is_moved_where_there_is_one_and_everything_where_there_is_none(tmp_path: Path) -> None:
    changes = {
        f"{MAKER}.defects.major": {"dist": "beta", "mean": 0.03, "sd": 0.02},
        f"{MAKER}.production_days": {"dist": "pert", "low": 10, "mode": 20, "high": 42, "working": True},
        f"{MAKER}.transit.days": {"dist": "gamma", "p10": 20, "p90": 40},
    }
    moved = inputs_of(tmp_path, changes)
    mean = moved[f"{MAKER}.defects.major.mean"]
    assert (mean.low, mean.present, mean.high) == (0.01, 0.03, 0.09)
    assert mean.values(0.05) == ((f"{MAKER}.defects.major.mean", 0.05),)
    made = moved[f"{MAKER}.production_days"]
    assert made.present == pytest.approx(22, abs=1e-4)  # (10 + 4 * 20 + 42) / 6
    assert made.label == "maker's production time in working days"
    assert made.values(33) == (
        (f"{MAKER}.production_days", {"dist": "pert", "low": 15, "mode": 30, "high": 63, "working": True}),
    )
    ((_, way),) = moved[f"{MAKER}.transit.days"].values(2 * moved[f"{MAKER}.transit.days"].present)
    assert way == {"dist": "gamma", "p10": 40, "p90": 80}


def test_days_with_a_word_on_their_calendar_are_moved_inside_it(tmp_path: Path) -> None:
    moved = inputs_of(tmp_path, {f"{MAKER}.production_days": {"value": 18, "working": True}})
    one = moved[f"{MAKER}.production_days.value"]
    assert (one.low, one.present, one.high) == (12, 18, 36)
    assert one.label == "maker's production time in working days"


def test_a_price_list_is_moved_as_a_whole(tmp_path: Path) -> None:
    prices = [{"from": 1, "price": {"value": 12.5, "source": "quote"}}, {"from": 500, "price": 10}]
    one = inputs_of(tmp_path, {f"{MAKER}.unit_price": prices})[f"{MAKER}.unit_price"]
    assert (one.low, one.present, one.high) == (0.8, 1, 1.2)
    assert one.values(1.1) == ((f"{MAKER}.unit_price[0].price", 13.75), (f"{MAKER}.unit_price[1].price", 11))


def test_a_day_is_moved_by_whole_days_whether_date_or_number(tmp_path: Path) -> None:
    one = inputs_of(tmp_path, {"need.due": date(2026, 5, 1)})["need.due"]  # 60 days from 2 March 2026
    assert (one.low, one.present, one.high, one.is_whole) == (30, 60, 90, True)
    assert one.values(47) == (("need.due", date(2026, 4, 18)),)
    one = inputs_of(tmp_path, {"need.due": 20})["need.due"]
    assert (one.low, one.high) == (0, 50)
    assert one.values(12.0) == (("need.due", 12.0),)


def test_nothing_becomes_something_or_is_left_out(tmp_path: Path) -> None:
    scenario = written(tmp_path, {}, {"a": {"orders": [order_of()]}})
    moved, skipped = moved_inputs(scenario, ["a"])
    ranges = {one.path: (one.low, one.high) for one in moved}
    assert ranges[f"{MAKER}.defects.major"] == (0, 0.05)
    assert ranges[f"{MAKER}.never_ships_probability"] == (0, 0.02)
    assert "nothing here" in {one.path: one.reason for one in skipped}["need.late_cost_per_unit_day"]
    paths = [*(one.path for one in moved), *(one.path for one in skipped)]
    assert not any("assurance_limit" in path for path in paths)  # there is none


def test_shares_stay_shares(tmp_path: Path) -> None:
    moved = inputs_of(tmp_path, {f"{MAKER}.defects.major": 0.5, "contract.detail_share": 0.2})
    assert (moved[f"{MAKER}.defects.major"].low, moved[f"{MAKER}.defects.major"].high) == (0.167, 1)
    assert (moved["contract.detail_share"].low, moved["contract.detail_share"].high) == (0.2, 1)


def test_one_firm_on_two_terms_is_one_and_only_firms_of_the_plans_count(tmp_path: Path) -> None:
    changes = {
        f"{MAKER}.defects.major": 0.03,
        "suppliers.again": {"extends": "maker", "identity": "maker", "unit_price": [{"from": 1, "price": 9}]},
        "suppliers.other": {"extends": "maker"},
        "suppliers.unused": {"extends": "maker"},
    }
    big, small = order_of(), order_of(id="b", supplier="other", quantity=10)
    moved = inputs_of(tmp_path, changes, [small, big], [order_of(supplier="again")])
    shares = [path for path in moved if path.endswith("defects.major")]
    assert shares == [f"{MAKER}.defects.major", "suppliers.other.defects.major"]  # the largest order first
    assert not any("unused" in path for path in moved)


def test_inspectors_of_one_fee_are_one_and_no_more_inputs_than_enough(tmp_path: Path) -> None:
    visit = {**INSPECTED, "fee_per_man_day": 200}
    changes = {
        "inspections": {"first": visit, "second": visit},
        f"{MAKER}.assurance_limit": 5_000,
        f"{MAKER}.freight.per_unit": 1,
        "need.late_cost_per_unit_day": 0.1,
        "buyer.capital_cost_rate": 0.1,
    }
    plans = {name: {"orders": [order_of(inspections=[name])]} for name in ("first", "second")}
    scenario = written(tmp_path, changes, plans)
    moved, skipped = moved_inputs(scenario, ["first", "second"])
    (fee,) = (one for one in moved if "fee" in one.path)
    assert fee.values(300) == (("inspections.first.fee_per_man_day", 300), ("inspections.second.fee_per_man_day", 300))
    assert len(moved) == MOST_INPUTS
    assert f"only {MOST_INPUTS} inputs are looked into" in {one.reason for one in skipped}
