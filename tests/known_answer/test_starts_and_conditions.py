"""When an order is placed, and whether: start days, milestones of other orders, and what must be known of them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from sim.protocol import State
from tests.stories import INSPECTED, MAKER, Story, at, order_of, tell

if TYPE_CHECKING:
    from pathlib import Path

PROBE = order_of("probe", 200)
MAJOR = f"{MAKER}.defects.major"
OTHER = {"suppliers.other": {"extends": "maker", "defects": {"major": 0}}}
PSI = {"inspections.psi": {**INSPECTED, "man_days": 2, "on_fail": {"do": "accept"}}}


def rest(**more: object) -> dict[str, Any]:
    """The second order of a plan."""
    return {**order_of("rest", 800), **more}


def placed(story: Story, order: str = "rest") -> int | None:
    """Minute at which an order was placed."""
    minutes = story.minutes("ORDER_PLACED", order)
    return minutes[0] if minutes else None


# ------------------------------------------------------------------------------------ starts


@pytest.mark.parametrize(
    ("day", "minute"),
    [(0, 0), (7, at(7)), (7.5, at(7.5)), (date(2026, 3, 12), at(10))],
)
def test_start_on_a_day(tmp_path: Path, day: float | date, minute: int) -> None:
    """Given a day number, a part of a day, or a date (day 0 is 2 March): placed at its beginning."""
    assert placed(tell(tmp_path, {}, [order_of("rest", start={"day": day})])) == minute


@pytest.mark.parametrize(
    ("when", "minute"),
    [
        ("placed", at(0)),
        ("inspected", at(22)),  # made on day 20, inspected for two days
        ("shipped", at(22)),
        ("received", at(32)),
        ("checked", at(37)),
        ("closed", at(47)),  # claimed on day 37, paid ten days later
    ],
)
def test_start_after_a_milestone(tmp_path: Path, when: str, minute: int) -> None:
    """Given a probe inspected, shipped with its defects, checked and refunded; the rest three days after each."""
    probe = {**PROBE, "inspections": ["psi"]}
    start = {"after": "probe", "when": when, "delay_days": 3}
    story = tell(tmp_path, {**PSI, MAJOR: 0.5}, [probe, rest(start=start)])
    assert placed(story) == minute + at(3)


def test_a_milestone_of_an_order_that_stands_later_in_the_plan(tmp_path: Path) -> None:
    orders = [rest(start={"after": "probe", "when": "received"}), PROBE]
    assert placed(tell(tmp_path, {}, orders)) == at(30)


def test_a_chain(tmp_path: Path) -> None:
    """Given three parts, each placed when the one before is received: days 0, 30 and 60."""
    orders = [
        order_of("a", 400),
        order_of("b", 300, start={"after": "a", "when": "received"}),
        order_of("c", 300, start={"after": "b", "when": "received"}),
    ]
    story = tell(tmp_path, {}, orders)
    assert [placed(story, name) for name in "abc"] == [at(0), at(30), at(60)]


@pytest.mark.parametrize("when", ["inspected", "shipped", "received", "checked"])
def test_a_milestone_that_never_comes(tmp_path: Path, when: str) -> None:
    """Given a probe that is never shipped: what waits for more than its end is not placed, nothing is spent on it."""
    probe = {**PROBE, "inspections": ["psi"]}
    changes = {**PSI, f"{MAKER}.never_ships_probability": 1}
    story = tell(tmp_path, changes, [probe, rest(start={"after": "probe", "when": when})])
    assert story.names("rest") == ["ORDER_NOT_PLACED"]
    assert story.order("rest").deposit == 0
    assert story.total("orders_placed") == 1


def test_the_end_of_an_order_always_comes(tmp_path: Path) -> None:
    """Given a probe that is never shipped, and refunded on day 40: what waits for its end is placed then."""
    changes = {f"{MAKER}.never_ships_probability": 1}
    story = tell(tmp_path, changes, [PROBE, rest(start={"after": "probe", "when": "closed"})])
    assert placed(story) == at(40)


def test_an_order_that_waits_for_one_never_placed_is_not_placed(tmp_path: Path) -> None:
    """Given a chain whose first part never comes: the third is not placed either."""
    orders = [
        order_of("a", 400),
        order_of("b", 300, start={"after": "a", "when": "received"}),
        order_of("c", 300, start={"after": "b", "when": "closed"}),
    ]
    story = tell(tmp_path, {f"{MAKER}.never_ships_probability": 1}, orders)
    assert [placed(story, name) for name in "abc"] == [0, None, None]


def test_a_milestone_that_never_comes_sends_the_order_elsewhere(tmp_path: Path) -> None:
    """Given a probe refunded on day 40 and an order that may go to another supplier: it goes there, on day 40."""
    order = rest(
        start={"after": "probe", "when": "received"},
        only_if={"order": "probe", "defective_share_at_most": 0.1},
        otherwise={"supplier": "other"},
    )
    changes = {
        f"{MAKER}.never_ships_probability": 1,
        "suppliers.other": {"extends": "maker", "never_ships_probability": 0},
    }
    story = tell(tmp_path, changes, [PROBE, order])
    assert story.names("rest")[:2] == ["SUPPLIER_CHANGED", "ORDER_PLACED"]
    assert placed(story) == at(40)
    assert story.order("rest").received == at(70)


# ------------------------------------------------------------------------------------ only if


@pytest.mark.parametrize(("major", "goes"), [(0.25, True), (0.255, False)])
def test_only_if_the_inspection_passed(tmp_path: Path, major: float, goes: bool) -> None:
    """Given 200 units: 50 defective ones are accepted, 51 are not; the rest comes two days after the inspection."""
    probe = {**PROBE, "inspections": ["psi"]}
    condition = {"order": "probe", "inspection": "passed"}
    start = {"after": "probe", "when": "inspected", "delay_days": 2}
    story = tell(tmp_path, {**PSI, MAJOR: major}, [probe, rest(start=start, only_if=condition)])
    assert placed(story) == (at(24) if goes else None)


def test_only_if_it_passed_in_the_end(tmp_path: Path) -> None:
    """Given a lot that fails, is reworked for five days and passes: 20 + 2 + 5 + 2 = day 29."""
    psi = {"inspections.psi": {**INSPECTED, "man_days": 2, "on_fail": {"do": "rework"}}}
    changes = {**psi, MAJOR: 0.5, f"{MAKER}.rework": {"days": 5, "removes_share": 0.8}}
    probe = {**PROBE, "inspections": ["psi"]}
    order = rest(start={"after": "probe", "when": "inspected"}, only_if={"order": "probe", "inspection": "passed"})
    assert placed(tell(tmp_path, changes, [probe, order])) == at(29)


@pytest.mark.parametrize(("defective", "goes"), [(8, True), (9, False)])
def test_only_if_the_share_is_at_most(tmp_path: Path, defective: int, goes: bool) -> None:
    """Given a probe of 200, goods checked, and at most 4 %: eight defective units are just that."""
    order = rest(
        start={"after": "probe", "when": "checked"},
        only_if={"order": "probe", "defective_share_at_most": 0.04},
    )
    story = tell(tmp_path, {MAJOR: defective / 200}, [PROBE, order])
    assert placed(story) == (at(35) if goes else None)


def test_the_share_is_of_critical_and_major_defects(tmp_path: Path) -> None:
    """Given 1 % critical, 2 % major and half of the lot with minor defects, and at most 4 %: 6 of 200 count."""
    order = rest(
        start={"after": "probe", "when": "checked"},
        only_if={"order": "probe", "defective_share_at_most": 0.03},
    )
    defects = {"critical": 0.01, "major": 0.02, "minor": 0.5}
    assert placed(tell(tmp_path, {f"{MAKER}.defects": defects}, [PROBE, order])) == at(35)


def test_nothing_known_is_not_good_enough(tmp_path: Path) -> None:
    """Given a probe that is flawless but that nobody has looked at when it ships: its share is not known."""
    order = rest(
        start={"after": "probe", "when": "shipped"},
        only_if={"order": "probe", "defective_share_at_most": 1},
    )
    assert placed(tell(tmp_path, {}, [PROBE, order])) is None


def test_the_share_known_from_the_inspection(tmp_path: Path) -> None:
    """Given a probe inspected whole, with 20 of 200 defective: at most 10 % is met as it ships, 9 % is not."""
    probe = {**PROBE, "inspections": ["psi"]}
    for limit, minute in ((0.1, at(22)), (0.09, None)):
        order = rest(
            start={"after": "probe", "when": "shipped"},
            only_if={"order": "probe", "defective_share_at_most": limit},
        )
        assert placed(tell(tmp_path, {**PSI, MAJOR: 0.1}, [probe, order])) == minute


def test_the_share_known_from_latent_defects_that_have_shown(tmp_path: Path) -> None:
    """Given a probe of 200 with 20 defects, all latent, that show twenty days after receipt and are claimed and paid.

    By hand: received on day 30, shown on day 50, paid on day 60. Who orders the rest after the end of the probe knows
    of all 20: 10 % is more than the 4 % allowed.
    """
    defects = {"major": 0.1, "latent_share": 1, "latent_days": 20}
    order = rest(
        start={"after": "probe", "when": "closed"},
        only_if={"order": "probe", "defective_share_at_most": 0.04},
    )
    story = tell(tmp_path, {f"{MAKER}.defects": defects}, [PROBE, order])
    assert story.minute("REFUND_PAID", "probe") == at(60)
    assert placed(story) is None


@pytest.mark.parametrize(
    ("otherwise", "events", "received"),
    [
        ("cancel", ["ORDER_NOT_PLACED"], -1),
        ({"supplier": "other"}, ["SUPPLIER_CHANGED", "ORDER_PLACED"], at(65)),
    ],
)
def test_otherwise(tmp_path: Path, otherwise: object, events: list[str], received: int) -> None:
    """Given a probe with too many defects on day 35: the rest is cancelled, or goes to the other supplier that day."""
    order = rest(
        start={"after": "probe", "when": "checked"},
        only_if={"order": "probe", "defective_share_at_most": 0.04},
        otherwise=otherwise,
    )
    story = tell(tmp_path, {MAJOR: 0.1, **OTHER}, [PROBE, order])
    assert story.names("rest")[: len(events)] == events
    assert story.order("rest").received == received


def test_otherwise_is_not_used_when_the_condition_holds(tmp_path: Path) -> None:
    order = rest(
        start={"after": "probe", "when": "checked"},
        only_if={"order": "probe", "defective_share_at_most": 0.1},
        otherwise={"supplier": "other"},
    )
    story = tell(tmp_path, {MAJOR: 0.1, **OTHER}, [PROBE, order])
    assert story.model.supplier_names[story.order("rest").supplier] == "maker"


def test_the_order_that_goes_elsewhere_has_the_other_suppliers_terms(tmp_path: Path) -> None:
    """Given another supplier at 12.00, all paid in advance and no fee: 800 x 12.00 = 9,600.00 on the day of placing."""
    other = {
        "extends": "maker",
        "unit_price": [{"from": 1, "price": 12}],
        "payment": {"deposit_share": 1},
        "defects": {"major": 0},
    }
    order = rest(
        start={"after": "probe", "when": "checked"},
        only_if={"order": "probe", "defective_share_at_most": 0.04},
        otherwise={"supplier": "other"},
    )
    changes = {MAJOR: 0.1, f"{MAKER}.payment.fee_rate": 0.02, "suppliers.other": other}
    changes["suppliers.other"] = {**other, "payment": {"deposit_share": 1, "fee_rate": 0}}
    record = tell(tmp_path, changes, [PROBE, order]).order("rest")
    assert (record.deposit, record.balance, record.payment_fees) == (960_000, 0, 0)


def test_the_record_of_an_order_never_placed(tmp_path: Path) -> None:
    """Given a rest that its condition forbids: no supplier, no moment, no limit, no dispute, and nothing counted."""
    order = rest(
        start={"after": "probe", "when": "checked"},
        only_if={"order": "probe", "defective_share_at_most": 0.04},
    )
    record = vars(tell(tmp_path, {MAJOR: 0.1}, [PROBE, order]).order("rest"))
    never = {"placed", "ship_date", "shipped", "received", "checked", "closed", "balance_paid", "refund_paid"}
    assert {name for name, value in record.items() if value == -1} == never | {"supplier", "ground", "limit_left"}
    assert record["dispute_end"] == State.NO_DISPUTE
    assert {name for name, value in record.items() if value not in {0, -1}} == {"dispute_end"}
