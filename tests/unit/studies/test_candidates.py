"""Ways of ordering as plans: what is thought of, how it is written out and named, and what is impossible."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from sim.errors import InputError
from sim.scenario.keys import NAME_PATTERN
from sim.studies.candidates import SAME_DAY, Candidates, Rhythm, Timing, Way, name_of, orders_of
from sim.studies.choices import Choices, Space, space_of
from tests.stories import order_of
from tests.unit.studies.known_ways import DURING, MAKER, OTHER, PSI, STRICT, scenario_of

if TYPE_CHECKING:
    from pathlib import Path

    from sim.scenario import Scenario

ALONE = (("maker", 100),)
TWO = Rhythm(2, Timing(SAME_DAY))
ONE_BY_ONE = Rhythm(3, Timing("received", 7))


def rich(folder: Path, **more: object) -> Scenario:
    """Two suppliers and a second account of the first, three inspections, a price break."""
    changes: dict[str, object] = {
        "suppliers.other": OTHER,
        "suppliers.direct": {**OTHER, "identity": "maker"},
        f"{MAKER}.unit_price": [{"from": 1, "price": 10}, {"from": 400, "price": 9}, {"from": 1200, "price": 8}],
        f"{MAKER}.minimum_order": 300,
        "inspections": {"during": DURING, "psi": PSI, "strict": STRICT},
    }
    return scenario_of(folder, {**changes, **more})


def space(scenario: Scenario, **choices: str) -> Space:
    return space_of(scenario, Choices(**choices))


def problems(scenario: Scenario, **choices: str) -> str:
    with pytest.raises(InputError) as refused:
        space_of(scenario, Choices(**choices))
    return "\n".join(f"{problem.message} ({problem.hint})" for problem in refused.value.problems)


# ------------------------------------------------------------------------------------------------ what is thought of


def test_suggested_quantities_are_shares_of_the_need_and_where_prices_break(tmp_path: Path) -> None:
    quantities = space(rich(tmp_path)).quantities
    # 400 is below half of the need; twice and three times that many units are the break in two and three orders
    assert quantities == (500, 600, 700, 800, 900, 950, 1000, 1010, 1020, 1050, 1100, 1200)


def test_suggested_quantities_follow_the_splits_and_the_suppliers(tmp_path: Path) -> None:
    scenario = rich(tmp_path, **{f"{MAKER}.unit_price": [{"from": 1, "price": 10}, {"from": 333, "price": 9}]})
    assert {666, 999} <= set(space(scenario).quantities)
    assert {333, 666, 999} & set(space(scenario, splits="1,2").quantities) == {666}
    assert {333, 666, 999} & set(space(scenario, suppliers="other").quantities) == set()


@pytest.mark.parametrize(
    ("text", "quantities"),
    [
        ("2500..3500/250", (2500, 2750, 3000, 3250, 3500)),
        ("2,500..3_100/500", (2500, 3000)),
        ("3060, 900,3060", (900, 3060)),
        ("7", (7,)),
    ],
)
def test_quantities_can_be_a_range_or_a_list(tmp_path: Path, text: str, quantities: tuple[int, ...]) -> None:
    found = space(rich(tmp_path), quantities=text)
    assert (found.quantities, found.round_to) == (quantities, 0)


def test_one_firm_is_never_combined_with_itself(tmp_path: Path) -> None:
    mixes = space(rich(tmp_path), shares="50").mixes
    assert [[name for name, _ in mix] for mix in mixes] == [
        ["maker"],
        ["other"],
        ["direct"],
        ["maker", "other"],
        ["other", "direct"],
    ]


def test_shares_hold_both_ways_round(tmp_path: Path) -> None:
    mixes = space(rich(tmp_path), suppliers="other,maker", shares="20").mixes
    assert mixes[2:] == ((("maker", 20), ("other", 80)), (("maker", 80), ("other", 20)))
    assert space(rich(tmp_path), suppliers="other,maker", shares="none").mixes == ((("maker", 100),), (("other", 100),))


def test_each_inspection_before_shipment_goes_with_each_during_production(tmp_path: Path) -> None:
    during, psi, strict = "during", "psi", "strict"
    assert set(space(rich(tmp_path)).inspections) == {
        (),
        (during,),
        (psi,),
        (strict,),
        (during, psi),
        (during, strict),
    }
    assert space(rich(tmp_path), inspections="none,during+psi").inspections == ((), (during, psi))


def test_an_order_that_is_not_split_has_no_timing(tmp_path: Path) -> None:
    rhythms = space(rich(tmp_path), splits="1,2", timing="same-day,received+7").rhythms
    assert rhythms == (Rhythm(), Rhythm(2, Timing("same-day")), Rhythm(2, Timing("received", 7)))
    assert space(rich(tmp_path), splits="3", timing="shipped").rhythms == (Rhythm(3, Timing("shipped")),)


def test_space_is_every_value_with_every_other(tmp_path: Path) -> None:
    found = space(rich(tmp_path), quantities="900,1000", suppliers="maker", inspections="none,psi", splits="1,2")
    assert found.size == len(set(found.ways())) == 2 * 1 * (1 + 3) * 2


def test_neighbours_differ_in_one_choice_only(tmp_path: Path) -> None:
    found = space(rich(tmp_path), quantities="800,900,1000,1100")
    way = Way(900, ALONE, TWO, ("psi",))
    near = set(found.neighbours(way))
    assert all(sum(one != other for one, other in zip(way, other_way, strict=True)) <= 1 for other_way in near)
    assert {other.quantity for other in near} == {800, 900, 1000}
    assert {other.inspections for other in near} == set(found.inspections)
    assert {other.mix for other in near} == set(found.mixes)
    assert {other.rhythm for other in near} == set(found.rhythms)


@pytest.mark.parametrize(
    ("choices", "told"),
    [
        ({"suppliers": "makr"}, "no supplier 'makr' (did you mean 'maker'?)"),
        ({"inspections": "psy"}, "no inspection 'psy' (did you mean 'psi'?)"),
        ({"inspections": "psi+strict"}, "more than one pre-shipment inspection"),
        ({"quantities": "0"}, "--quantities: '0' cannot be tried"),
        ({"quantities": "many"}, "--quantities: 'many' cannot be tried"),
        ({"quantities": "3500..2500/250"}, "no range of quantities"),
        ({"quantities": "2500..3500"}, "from..to/step"),
        ({"quantities": "1..9/0"}, "no range of quantities"),
        ({"quantities": "1..9000/1"}, "9,000 quantities (at most 1,000"),
        ({"quantities": "99999999"}, "whole numbers from 1 to 10,000,000"),
        ({"splits": "13"}, "--splits: '13' cannot be tried (whole numbers from 1 to 12"),
        ({"splits": ""}, "--splits: nothing is given"),
        ({"timing": "delivered"}, "--timing: 'delivered' is no moment"),
        ({"timing": "same-day+2"}, "--timing: 'same-day+2' is no moment"),
        ({"timing": " "}, "--timing: nothing is given"),
        ({"shares": "100"}, "--shares: '100' cannot be tried"),
    ],
)
def test_nonsense_is_refused_with_a_way_out(tmp_path: Path, choices: dict[str, str], told: str) -> None:
    assert told in problems(rich(tmp_path), **choices)


def test_all_nonsense_is_told_in_one_go(tmp_path: Path) -> None:
    told = problems(rich(tmp_path), quantities="0", splits="0", shares="0", suppliers="x", inspections="y", timing="z")
    assert len(told.splitlines()) == 6


# ------------------------------------------------------------------------------------------------------- written out


def test_parts_of_a_split_differ_by_one_unit_and_follow_each_other() -> None:
    assert orders_of(Way(1000, ALONE, ONE_BY_ONE, ("psi",))) == [
        {"id": "a", "supplier": "maker", "quantity": 334, "inspections": ["psi"]},
        {
            "id": "b",
            "supplier": "maker",
            "quantity": 333,
            "inspections": ["psi"],
            "start": {"after": "a", "when": "received", "delay_days": 7},
        },
        {
            "id": "c",
            "supplier": "maker",
            "quantity": 333,
            "inspections": ["psi"],
            "start": {"after": "b", "when": "received", "delay_days": 7},
        },
    ]


def test_two_suppliers_start_side_by_side_and_make_up_the_quantity() -> None:
    way = Way(1001, (("maker", 25), ("other", 75)), Rhythm(2, Timing("shipped")))
    orders: list[Any] = orders_of(way)
    assert [(order["id"], order["supplier"], order["quantity"]) for order in orders] == [
        ("a", "maker", 125),
        ("b", "maker", 125),
        ("c", "other", 376),
        ("d", "other", 375),
    ]
    assert [order.get("start") for order in orders] == [
        None,
        {"after": "a", "when": "shipped"},
        None,
        {"after": "c", "when": "shipped"},
    ]


@pytest.mark.parametrize(
    ("way", "name"),
    [
        (Way(3060, ALONE), "maker-3060"),
        (Way(3060, ALONE, TWO, ("psi",)), "maker-3060-x2-same-day-psi"),
        (Way(3060, ALONE, ONE_BY_ONE, ("during", "psi")), "maker-3060-x3-received-7-during-psi"),
        (Way(3060, (("maker", 25), ("other", 75))), "maker-25-other-75-3060"),
    ],
)
def test_names_tell_the_values(way: Way, name: str) -> None:
    assert name_of(way) == name


def test_names_are_short_enough_and_belong_to_one_way_each(tmp_path: Path) -> None:
    long = "a" * 70
    scenario = scenario_of(tmp_path, {f"suppliers.{long}": OTHER, f"suppliers.{long}b": OTHER})
    found = Candidates(scenario).all_of(space(scenario, shares="50").ways())
    assert len({one.name for one in found}) == len(found) > 50
    assert all(re.fullmatch(NAME_PATTERN, one.name) for one in found)


def test_a_name_that_the_scenario_has_for_another_plan_is_not_taken(tmp_path: Path) -> None:
    plans = {"maker-900": {"orders": [order_of(quantity=500)]}}
    scenario = scenario_of(tmp_path, {"plans": plans})
    made = Candidates(scenario).candidate(Way(900, ALONE))
    assert made is not None
    assert made.name.startswith("maker-900-")
    assert re.fullmatch(NAME_PATTERN, made.name)


@pytest.mark.parametrize("mix", [ALONE, (("maker", 50), ("other", 50))])
def test_scenario_with_the_values_of_a_candidate_has_its_plan(tmp_path: Path, mix: tuple[tuple[str, int], ...]) -> None:
    scenario = rich(tmp_path)
    made = Candidates(scenario).candidate(Way(1800, mix, ONE_BY_ONE, ("during", "psi")))
    assert made is not None
    ((path, value),), (name,) = made.point
    assert path == f"plans.{name}"
    set_there = scenario.with_overrides([f"{path}={json.dumps(value)}"])
    assert next(plan for plan in set_there.plans if plan.name == name) == made.plan


# ----------------------------------------------------------------------------------------------------- what is possible


def test_impossible_ways_are_counted_by_their_reason(tmp_path: Path) -> None:
    found = Candidates(rich(tmp_path))
    ways = [Way(quantity, ALONE, rhythm) for quantity in (299, 300, 500, 600) for rhythm in (Rhythm(), TWO)]
    assert [one.name for one in found.all_of(ways)] == [
        "maker-300",
        "maker-500",
        "maker-600",
        "maker-600-x2-same-day",
    ]
    assert found.dropped == {"an order is below the minimum order of maker": 4}


@pytest.mark.parametrize(
    ("way", "reason"),
    [
        (Way(1, ALONE, TWO), "a part of the split would be empty"),
        (Way(900, ALONE, Rhythm(2, Timing("inspected"))), "no pre-shipment inspection to wait for"),
        (Way(900, (("maker", 50), ("other", 50)), Rhythm(7, Timing(SAME_DAY))), "too many orders"),
        (Way(10_000_000, ALONE), "come to more than"),
    ],
)
def test_each_kind_of_impossible_way_is_dropped(tmp_path: Path, way: Way, reason: str) -> None:
    found = Candidates(
        scenario_of(tmp_path, {"suppliers.other": OTHER, f"{MAKER}.unit_price": [{"from": 1, "price": 99}]})
    )
    assert found.candidate(way) is None
    ((told, number),) = found.dropped.items()
    assert reason in told
    assert number == 1


def test_the_same_orders_as_a_plan_of_ones_own_are_that_plan(tmp_path: Path) -> None:
    plans = {
        "mine": {"orders": [order_of("first", 1000, inspections=["psi", "during"])]},
        "halves": {"split": {"supplier": "maker", "quantity": 1000, "into": 2, "next": {"when": "placed"}}},
        "waits": {
            "split": {"supplier": "maker", "quantity": 1000, "into": 2, "next": {"when": "placed", "delay_days": 3}}
        },
    }
    found = Candidates(rich(tmp_path, plans=plans))
    once = found.candidate(Way(1000, ALONE, Rhythm(), ("during", "psi")))
    assert once is not None
    assert (once.name, once.is_own, once.values) == ("mine", True, ())
    assert found.way_of(once) == Way(1000, ALONE, Rhythm(), ("during", "psi"))
    same_day = found.candidate(Way(1000, ALONE, TWO))
    assert same_day is not None
    assert same_day.name == "halves"
    later = found.candidate(Way(1000, ALONE, Rhythm(2, Timing("placed", 3))))
    assert later is not None
    assert later.name == "waits"
    assert found.all_of([Way(1000, ALONE, TWO)]) == []


def test_a_plan_under_a_condition_is_no_other_way(tmp_path: Path) -> None:
    rest = order_of("rest", 500, start={"after": "probe"}, only_if={"order": "probe", "defective_share_at_most": 0.1})
    scenario = scenario_of(tmp_path, orders=[order_of("probe", 500), rest])
    found = Candidates(scenario)
    made = found.candidate(Way(1000, ALONE, Rhythm(2, Timing("received"))))
    assert made is not None
    assert not made.is_own
    assert [one.name for one in found.own] == ["plan"]


@pytest.mark.parametrize(
    ("way", "told"),
    [
        (Way(3060, ALONE, Rhythm(), ("psi",)), "Order 3,060 units from maker at once, with psi"),
        (Way(3000, ALONE, TWO), "Order 3,000 units from maker in 2 orders on the same day, without inspection"),
        (Way(900, ALONE, Rhythm(), ("during", "psi")), "Order 900 units from maker at once, with during and psi"),
        (
            Way(3000, ALONE, ONE_BY_ONE, ("psi",)),
            "Order 3,000 units from maker in 3 orders, the next 7 days after the one before is received, with psi",
        ),
        (
            Way(3000, (("maker", 25), ("other", 75))),
            "Order 3,000 units: 750 from maker and 2,250 from other at once, without inspection",
        ),
    ],
)
def test_instruction_is_what_one_tells_a_partner(tmp_path: Path, way: Way, told: str) -> None:
    made = Candidates(rich(tmp_path)).candidate(way)
    assert made is not None
    assert made.instruction() == told
