"""Orders that want the same slot, inspector or person in the same minute, or a minute apart."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from typing import TYPE_CHECKING, Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.engines import reference
from tests.engines import simulated
from tests.properties.small_scenarios import Given
from tests.stories import EVERY_DAY_WORKED, INSPECTED, MAKER, at, days, model_of, order_of, tell

if TYPE_CHECKING:
    from pathlib import Path

    from hypothesis.strategies import DrawFn

    from sim.model import PlanModel

# ------------------------------------------------------------------------------------ every two moments

FEW: Final[dict[str, Any]] = {
    f"{MAKER}.parallel_orders": 1,
    f"{MAKER}.defects.major": 0.1,
    f"{MAKER}.disputes.reply_days": 2,
    f"{MAKER}.rework": {"days": 4, "removes_share": 0.5},
    "buyer.escalates_unanswered": False,
    "buyer.reply_days": 3,
    "buyer.evidence_days": 4,
    "buyer.writes_off_after_days": 12,
    "inspections": {
        "psi": {
            **INSPECTED,
            "man_days": 3,
            "booking_days": 1,
            "on_fail": {"do": "rework", "at_most": 1, "then": "refuse"},
            "sampling": {"standard": "fixed", "sample_size": 1000, "accept": {"major": 40}},
        },
        "half": {"kind": "during_production", "man_days": 2, "at_progress_share": 0.5},
        "end": {"kind": "during_production", "man_days": 3, "at_progress_share": 1},
    },
    # the same firm on other terms
    "suppliers.late": {"extends": "maker", "identity": "maker", "promised_days": 8},
    "suppliers.lost": {"extends": "maker", "never_ships_probability": 1, "promised_days": 8},
}
"""One slot, one inspector of each kind, and one person to answer disputes."""

LIVES: Final = {
    "claimed": order_of("claimed", 500),
    "inspected": order_of("inspected", 500, inspections=["half", "end", "psi"]),
    "late": order_of("late", 500, "late", inspections=["half", "psi"]),
    "lost": order_of("lost", 500, "lost"),
}


def moments(model: PlanModel, order: int) -> set[int]:
    """Every minute in which anything happens to an order that has everything to itself."""
    alone = replace(model, order_ids=model.order_ids[order : order + 1], orders=model.orders[order : order + 1])
    trace = reference.simulate(alone, range(1), trace=True).trace
    return set(trace["minute"].tolist())


def placed_at(model: PlanModel, minutes: list[int]) -> PlanModel:
    """The plan with its orders placed at other minutes."""
    orders = zip(model.orders, minutes, strict=True)
    return replace(
        model, orders=tuple(order._replace(start=order.start._replace(minute=minute)) for order, minute in orders)
    )


@pytest.mark.parametrize("first", LIVES)
@pytest.mark.parametrize("second", LIVES)
def test_every_two_moments_meet(folder: Path, first: str, second: str) -> None:
    """Every moment of one order falls on every moment of another, while a third, like the first, waits in line."""
    lives = [LIVES[first], {**LIVES[second], "id": "b"}, {**LIVES[first], "id": "c"}]
    model = model_of(folder, FEW, lives)
    lags = {one - other for one in moments(model, 0) for other in moments(model, 1)}
    for lag in lags:
        for near in NEARBY:
            ours, theirs = max(-lag - near, 0), max(lag + near, 0)
            simulated(placed_at(model, [ours, theirs, ours]), range(1))


NEARBY: Final = (0, 1)
"""Minutes by which the moments miss each other; the lags come in pairs of opposite signs."""


# ------------------------------------------------------------------------------------ turns

LISTED: Final = list(permutations("abc"))
"""Every way to list three orders in a plan."""


@pytest.mark.parametrize("listed", LISTED)
def test_who_is_granted_a_slot_still_waits_for_its_turn(folder: Path, listed: tuple[str, ...]) -> None:
    """Given one slot, which a leaves to b on day 20, and c, of another firm, placed on that day.

    Both are visited as they begin, by one inspector: who stands first in the plan is seen first, but b not before a
    has left the slot.
    """
    first = {"kind": "during_production", "man_days": 3, "at_progress_share": 0}
    other = {"extends": "maker"}
    changes = {f"{MAKER}.parallel_orders": 1, "suppliers.other": other, "inspections.first": first}
    orders = {
        "a": order_of("a", 500),
        "b": order_of("b", 500, inspections=["first"], start={"day": 1}),
        "c": order_of("c", 500, "other", inspections=["first"], start={"day": 20}),
    }
    story = tell(folder, changes, [orders[name] for name in listed])
    c_first = listed.index("c") < max(listed.index("a"), listed.index("b"))
    assert (story.minute("VISIT_PASSED", "c") < story.minute("VISIT_PASSED", "b")) == c_first


@pytest.mark.parametrize("listed", LISTED)
def test_who_is_granted_an_inspector_still_waits_for_its_turn(folder: Path, listed: tuple[str, ...]) -> None:
    """Given lots of one firm that all fail; b is inspected when a is done, in the minute in which c is done too.

    Two rejections make the inspection of b a tightened one, which takes longer, unless c is the last in the plan.
    """
    strict = {"critical": 0.065, "major": 0.065, "minor": 0.065}
    inspection = {
        "kind": "pre_shipment",
        "units_per_man_day": 10,
        "on_fail": {"do": "accept"},
        "sampling": {"standard": "iso2859-1", "level": "S-1", "aql": strict, "switching": True},
    }
    changes = {f"{MAKER}.defects.major": 1, "inspections": {"one": inspection, "other": inspection}}
    orders = {
        "a": order_of("a", 500, inspections=["one"]),
        "b": order_of("b", 500, inspections=["one"], start={"day": days(0, 1)}),
        "c": order_of("c", 500, inspections=["other"]),
    }
    story = tell(folder, changes, [orders[name] for name in listed])
    first, second = story.minute("LOT_REJECTED", "a"), story.minute("LOT_REJECTED", "b")
    assert story.minute("LOT_REJECTED", "c") == first
    tightened = listed.index("c") < max(listed.index("a"), listed.index("b"))
    assert (second - first > first - at(20)) == tightened


# ------------------------------------------------------------------------------------ whole days


@st.composite
def whole_days(draw: DrawFn) -> Given:
    """Four to eight orders to which everything happens on the same few whole days."""
    day = st.integers(0, 3)
    some, all_of_one = st.integers(1, 4), st.integers(1, 2)
    talk = {
        "reply_days": draw(some),
        "evidence_days": draw(day),
        "payout_days": draw(day),
        "opening_offer_share": draw(st.sampled_from([0, 0.3])),
        "concession_share": draw(st.sampled_from([0, 0.2])),
        "silent_probability": draw(st.sampled_from([0, 0.3])),
        "concedes_probability": draw(st.sampled_from([0, 0.3])),
    }
    visit = {"inspectors": draw(all_of_one), "sampling": {"standard": "fixed", "sample_size": 100}}
    during = {**visit, "kind": "during_production"}
    changes = {
        f"{MAKER}.calendar": EVERY_DAY_WORKED,
        f"{MAKER}.parallel_orders": draw(all_of_one),
        f"{MAKER}.promised_days": draw(some),
        f"{MAKER}.production_days": draw(some),
        f"{MAKER}.transit.days": draw(day),
        f"{MAKER}.assurance_limit": draw(st.sampled_from([None, 500])),
        f"{MAKER}.rework": {
            "days": draw(day),
            "removes_share": 0.5,
            "refuses_probability": draw(st.sampled_from([0, 0.5])),
        },
        f"{MAKER}.defects": {"major": 0.2, "latent_share": draw(st.sampled_from([0, 0.5])), "latent_days": draw(day)},
        f"{MAKER}.disputes": talk,
        "suppliers.twin": {
            "extends": "maker",
            "identity": "maker",
            "production_days": draw(some),
            "promised_days": draw(day),
        },
        "suppliers.lost": {"extends": "maker", "never_ships_probability": 0.5, "promised_days": draw(day)},
        "buyer": {
            "calendar": EVERY_DAY_WORKED,
            "goods_check_days": draw(day),
            "reply_days": draw(some),
            "evidence_days": draw(day),
            "extension_accepted_days": draw(st.sampled_from([0, 0, 2])),
            "writes_off_after_days": draw(day),
            "disputes_at_once": draw(all_of_one),
            "escalates_unanswered": draw(st.booleans()),
        },
        "disputes": {"uphold_probability": 0.6, "award_share": 1, "decision_days": draw(day)},
        "inspections": {
            "psi": {
                **visit,
                "kind": "pre_shipment",
                "man_days": draw(day),
                "booking_days": draw(day),
                "detection_probability": 0.05,
                "on_fail": {"do": "rework", "at_most": 1, "then": draw(st.sampled_from(["refuse", "accept"]))},
            },
            "begin": {**during, "man_days": draw(some), "at_progress_share": 0},
            "half": {**during, "man_days": draw(some), "at_progress_share": 0.5},
            "end": {**during, "man_days": draw(some), "at_progress_share": 1},
        },
        "protection_overrides": {
            "limit_scope": "supplier",
            "limit_restored": draw(st.sampled_from([None, 0, 2])),
            "negotiation_limit": draw(st.sampled_from([4, 9])),
            "escalation_opens": draw(st.sampled_from([None, 1, 2])),
            "supplier_silence": draw(st.sampled_from([None, 2, 3])),
            "buyer_silence": draw(st.sampled_from([None, 3, 4])),
            "buyer_silence_effect": draw(st.sampled_from(["cancelled", "escalated"])),
            "evidence_window": {"value": draw(some), "unit": "days"},
            "buyer_evidence_missed": draw(st.sampled_from(["cancelled", "decided_without"])),
            "claim_window": draw(st.sampled_from([2, 5, 30])),
        },
        "run.seed": draw(st.integers(0, 2**32)),
    }
    return Given(changes, draw(chains()))


@st.composite
def chains(draw: DrawFn) -> list[dict[str, Any]]:
    """Orders placed together, or one upon the other."""
    orders: list[dict[str, Any]] = []
    for name in "abcdefgh"[: draw(st.integers(4, 8))]:
        visits = draw(st.sampled_from([[], ["begin"], ["half"], ["end"], ["half", "end"]]))
        supplier = draw(st.sampled_from(["maker", "maker", "twin", "lost"]))
        order = order_of(name, 100, supplier, inspections=[*visits, *draw(st.sampled_from([[], ["psi"]]))])
        if bool(orders) and draw(st.booleans()):
            when = st.sampled_from(["placed", "shipped", "received", "checked", "closed"])
            before = draw(st.sampled_from(orders))
            order["start"] = {"after": before["id"], "when": draw(when), "delay_days": draw(st.integers(0, 1))}
        elif draw(st.booleans()):
            order["start"] = {"day": draw(st.integers(0, 3))}
        orders.append(order)
    listed: list[dict[str, Any]] = draw(st.permutations(orders))
    return listed


@settings(max_examples=settings().max_examples * 4)
@given(scenario=whole_days())
def test_everything_on_the_same_few_days(folder: Path, scenario: Given) -> None:
    simulated(model_of(folder, scenario.changes, scenario.orders), range(6))
