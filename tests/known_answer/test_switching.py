"""Switching rules over a supplier's successive lots, as orders of one plan go through them.

Lots of 500 units at level II and AQL 4.0 for major defects: letter H, a sample of 50; accepted with up to 5 on
normal, with up to 3 on tightened inspection. The inspector misses nothing: a lot without a defect passes, and one
that is wholly defective fails, whatever is drawn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from sim.rules.sampling import Severity, SwitchingState, severity_switched, switching_start
from tests.stories import MAKER, Story, at, order_of, tell

if TYPE_CHECKING:
    from pathlib import Path

PSI: dict[str, Any] = {
    "kind": "pre_shipment",
    "man_days": 0,
    "sampling": {
        "standard": "iso2859-1",
        "level": "II",
        "aql": {"critical": 0, "major": 4.0, "minor": 6.5},
        "switching": True,
    },
    "on_fail": {"do": "accept"},
}
BAD = {f"{MAKER}.defects.major": 1, "contract.tolerance.major": 1, f"{MAKER}.promised_days": 200}
GOOD = {"suppliers.good": {"extends": "maker", "identity": "maker", "defects": {"major": 0}}}


def lots(count: int, supplier: str = "maker", first: int = 0) -> list[dict[str, Any]]:
    """Orders of 500 units, ten days apart, so that one lot is inspected after the other."""
    names = "abcdefghijkl"[first : first + count]
    return [
        order_of(name, 500, supplier, inspections=["psi"], start={"day": 10.0 * (first + number)})
        for number, name in enumerate(names)
    ]


def placed(story: Story) -> list[str]:
    """The orders that were placed."""
    return [name for name in story.model.order_ids if "ORDER_PLACED" in story.names(name)]


def test_plans_of_the_lots(tmp_path: Path) -> None:
    """By the tables: letter H; major 4.0: 5 on normal, 3 on tightened; minor 6.5: 7 and 5."""
    story = tell(tmp_path, {**BAD, "inspections.psi": PSI}, lots(1))
    inspection = story.model.orders[0].variants[0].inspection
    assert inspection is not None
    assert [tuple(plan) for plan in inspection.plans[Severity.NORMAL][1:]] == [(50, 5), (50, 7)]
    assert [tuple(plan) for plan in inspection.plans[Severity.TIGHTENED][1:]] == [(50, 3), (50, 5)]


def test_tightened_after_two_rejected_lots(tmp_path: Path) -> None:
    """The fee says which plan was used, at one unit a day and 1.00 a day.

    By hand, at an AQL of 0.65: on normal inspection letter H has an arrow down to J: 80 units, accept 1; on tightened
    two arrows lead down to K: 125 units, accept 1. Two lots at 80.00 are rejected, and the next ones cost 125.00.
    """
    sampling = {**PSI["sampling"], "aql": {"critical": 0.65, "major": 0.65, "minor": 0.65}}
    psi = {**PSI, "sampling": sampling, "man_days": "auto", "units_per_man_day": 1, "fee_per_man_day": 1}
    orders = [{**order, "start": {"day": 200.0 * number}} for number, order in enumerate(lots(4))]
    story = tell(tmp_path, {**BAD, "inspections.psi": psi}, orders)
    assert [story.order(name).inspection_fees for name in "abcd"] == [8_000, 8_000, 12_500, 12_500]


def test_stopped_after_five_rejected_on_tightened(tmp_path: Path) -> None:
    """Given bad lots only: 2 on normal, 5 on tightened inspection, and then none is ordered any more."""
    orders = [{**order, "start": {"day": 30.0 * number}} for number, order in enumerate(lots(9))]
    story = tell(tmp_path, {**BAD, "inspections.psi": PSI}, orders)
    assert placed(story) == list("abcdefg")
    assert story.names("h") == ["ORDER_NOT_PLACED"]
    assert story.total("orders_placed") == 7


def test_what_is_under_way_when_the_supplier_is_stopped_goes_on(tmp_path: Path) -> None:
    """Given lots ordered every ten days and inspected after twenty.

    By hand: the seventh is inspected on day 80. The eighth was placed on day 70 and goes on; the ninth would be
    placed on day 80 as well, in the same minute, after the seventh in the order of the plan: it is not.
    """
    story = tell(tmp_path, {**BAD, "inspections.psi": PSI}, lots(9))
    assert placed(story) == list("abcdefgh")
    assert "LOT_REJECTED" in story.names("h")


def test_the_next_order_goes_to_the_other_supplier(tmp_path: Path) -> None:
    """Given a stopped supplier and an order that may go to another one instead."""
    other = {"extends": "maker", "defects": {"major": 0}}
    orders = [{**order, "start": {"day": 30.0 * number}} for number, order in enumerate(lots(7))]
    last = order_of(
        "z",
        500,
        start={"day": 300},
        only_if={"order": "a", "defective_share_at_most": 1},
        otherwise={"supplier": "other"},
    )
    story = tell(tmp_path, {**BAD, "inspections.psi": PSI, "suppliers.other": other}, [*orders, last])
    assert story.names("z")[:2] == ["SUPPLIER_CHANGED", "ORDER_PLACED"]
    assert story.model.supplier_names[story.order("z").supplier] == "other"


def test_relaxed_after_five_accepted_in_a_row(tmp_path: Path) -> None:
    """Given two bad lots, five good ones of the same firm, then bad ones again.

    By hand: tightened by the first two, normal again after the seventh; then 2 more on normal and 5 on tightened
    inspection before the stop, so all twelve orders that a plan may have are placed.
    """
    orders = [
        {**order, "start": {"day": 30.0 * number}}
        for number, order in enumerate([*lots(2), *lots(5, "good", 2), *lots(5, "maker", 7)])
    ]
    story = tell(tmp_path, {**BAD, **GOOD, "inspections.psi": PSI}, orders)
    assert placed(story) == list("abcdefghijkl")


def test_without_relaxing_the_same_bad_lots_would_stop_it(tmp_path: Path) -> None:
    """Given four good lots between instead of five: still tightened, so the fifth bad one after them is the last.

    By hand: 2 bad (tightened), 4 good, 5 bad (stopped): the twelfth order is not placed.
    """
    orders = [
        {**order, "start": {"day": 30.0 * number}}
        for number, order in enumerate([*lots(2), *lots(4, "good", 2), *lots(6, "maker", 6)])
    ]
    story = tell(tmp_path, {**BAD, **GOOD, "inspections.psi": PSI}, orders)
    assert placed(story) == list("abcdefghijk")


def test_without_switching_nothing_stops(tmp_path: Path) -> None:
    sampling = {**PSI["sampling"], "switching": False}
    orders = [{**order, "start": {"day": 30.0 * number}} for number, order in enumerate(lots(9))]
    story = tell(tmp_path, {**BAD, "inspections.psi": {**PSI, "sampling": sampling}}, orders)
    assert placed(story) == list("abcdefghi")


def test_only_the_first_inspection_of_a_lot_counts(tmp_path: Path) -> None:
    """Given lots that fail, and fail again after a rework that helps nothing: each is one rejected lot, not two.

    By hand: as without rework, seven lots are placed.
    """
    changes = {**BAD, f"{MAKER}.rework.removes_share": 0}
    psi = {**PSI, "on_fail": {"do": "rework", "at_most": 1, "then": "accept"}}
    orders = [{**order, "start": {"day": 30.0 * number}} for number, order in enumerate(lots(9))]
    story = tell(tmp_path, {**changes, "inspections.psi": psi}, orders)
    assert placed(story) == list("abcdefg")
    assert story.order("a").inspections == 2


def test_tightened_from_the_first_lot(tmp_path: Path) -> None:
    """Given tightened inspection to begin with: five rejected lots, and not seven, stop the supplier."""
    sampling = {**PSI["sampling"], "severity": "tightened"}
    orders = [{**order, "start": {"day": 30.0 * number}} for number, order in enumerate(lots(9))]
    story = tell(tmp_path, {**BAD, "inspections.psi": {**PSI, "sampling": sampling}}, orders)
    assert placed(story) == list("abcde")


def test_firms_are_judged_each_for_itself(tmp_path: Path) -> None:
    """Given seven bad lots of one firm: an order with another is placed all the same."""
    orders = [{**order, "start": {"day": 30.0 * number}} for number, order in enumerate(lots(7))]
    orders.append(order_of("z", 500, "other", inspections=["psi"], start={"day": 300}))
    changes = {**BAD, "inspections.psi": PSI, "suppliers.other": {"extends": "maker"}}
    assert "ORDER_PLACED" in tell(tmp_path, changes, orders).names("z")


@pytest.mark.parametrize("inspectors", [1, 2])
def test_lots_inspected_side_by_side_are_all_counted(tmp_path: Path, inspectors: int) -> None:
    """Given pairs of lots inspected on the same day: what each came to counts, as when one follows the other.

    By hand: the first pair tightens, the second and third make four rejected on tightened, the first of the fourth pair
    is the fifth: four pairs are placed, and the ninth order is not.
    """
    psi = {**PSI, "man_days": 1, "inspectors": inspectors}
    orders = [{**order, "start": {"day": 30.0 * (number // 2)}} for number, order in enumerate(lots(9))]
    story = tell(tmp_path, {**BAD, "inspections.psi": psi}, orders)
    assert placed(story) == list("abcdefgh")


# ------------------------------------------------------------------------------------ the rule by itself


def after(lots_accepted: str, state: SwitchingState | None = None) -> SwitchingState:
    """State after lots, ``+`` accepted and ``-`` rejected."""
    now = switching_start() if state is None else state
    for lot in lots_accepted:
        now = severity_switched(now, lot == "+")
    return now


@pytest.mark.parametrize(
    ("sequence", "severity"),
    [
        ("", Severity.NORMAL),
        ("-", Severity.NORMAL),
        ("--", Severity.TIGHTENED),
        ("-+++-", Severity.TIGHTENED),  # two of five
        ("-++++-", Severity.NORMAL),  # two of six
        ("-++++-+++-", Severity.TIGHTENED),
        ("--++++", Severity.TIGHTENED),
        ("--+++++", Severity.NORMAL),
        ("--++++-+++++", Severity.NORMAL),  # five in a row, though one was rejected on the way
        ("--+++++-", Severity.NORMAL),  # a clean start: the old rejections are forgotten
        ("------", Severity.TIGHTENED),
        ("-------", Severity.STOPPED),
        ("---+-+-+-+-", Severity.STOPPED),  # five in all while tightened, not in a row
        ("-------+++++", Severity.STOPPED),  # for good
    ],
)
def test_switching_rule(sequence: str, severity: Severity) -> None:
    assert after(sequence).severity == severity


def test_day_of_the_first_lot(tmp_path: Path) -> None:
    """The lots of this file are finished twenty days after they are ordered."""
    assert tell(tmp_path, {**BAD, "inspections.psi": PSI}, lots(1)).minute("LOT_REJECTED") == at(20)
