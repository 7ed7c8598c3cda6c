"""The supplier's assurance limit: what it caps, what draws on it, and when it is whole again.

Two orders of 500 units at 10.00, every unit defective, claim 5,000.00 each; both are paid on day 45, or later where
somebody's work on them has to wait.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.stories import MAKER, at, days, order_of, tell

if TYPE_CHECKING:
    from pathlib import Path

LIMIT = f"{MAKER}.assurance_limit"
SCOPE = "protection_overrides.limit_scope"
RESTORED = "protection_overrides.limit_restored"
ALL_DEFECTIVE = {f"{MAKER}.defects.major": 1, "buyer.disputes_at_once": 2}
TWO = [order_of("a", 500), order_of("b", 500)]


def test_a_limit_of_10_000_on_15_000_never_shipped(tmp_path: Path) -> None:
    """Given 15,000.00 paid in advance and nothing shipped; expected: 10,000.00 back, 5,000.00 above the limit."""
    changes = {
        f"{MAKER}.unit_price": [{"from": 1, "price": 15}],
        f"{MAKER}.payment.deposit_share": 1,
        f"{MAKER}.never_ships_probability": 1,
        LIMIT: 10_000,
    }
    story = tell(tmp_path, changes)
    assert story.total("ground_up") == 1_500_000
    assert story.total("recovered") == 1_000_000
    assert story.drops == {"ABOVE_LIMIT": 500_000}


def test_a_limit_of_10_000_on_15_000_all_defective(tmp_path: Path) -> None:
    """Given 1,000 units at 15.00, every one defective; expected: the same."""
    changes = {**ALL_DEFECTIVE, f"{MAKER}.unit_price": [{"from": 1, "price": 15}], LIMIT: 10_000}
    story = tell(tmp_path, changes)
    assert story.total("recovered") == 1_000_000
    assert story.drops == {"ABOVE_LIMIT": 500_000}


@pytest.mark.parametrize(
    ("limit", "paid"), [(9_999.99, 999_999), (10_000, 1_000_000), (10_000.01, 1_000_000), (None, 1_000_000)]
)
def test_limit_to_the_cent(tmp_path: Path, limit: float | None, paid: int) -> None:
    """Given a claim of 10,000.00 under a limit a cent below it, of just that, a cent above it, and under none."""
    assert tell(tmp_path, {**ALL_DEFECTIVE, LIMIT: limit}).total("recovered") == paid


def test_limit_of_each_order(tmp_path: Path) -> None:
    """Given a limit of 6,000.00 for each order by itself: both claims of 5,000.00 are paid in full."""
    story = tell(tmp_path, {**ALL_DEFECTIVE, LIMIT: 6_000, SCOPE: "order"}, TWO)
    assert [story.order("a").refunded, story.order("b").refunded] == [500_000, 500_000]
    assert story.drops == {}


def test_limit_of_the_supplier(tmp_path: Path) -> None:
    """Given a limit of 6,000.00 for all claims together: 5,000.00, then 1,000.00; 4,000.00 lie above it."""
    story = tell(tmp_path, {**ALL_DEFECTIVE, LIMIT: 6_000, SCOPE: "supplier"}, TWO)
    assert [story.order("a").refunded, story.order("b").refunded] == [500_000, 100_000]
    assert [story.order("a").limit_left, story.order("b").limit_left] == [600_000, 100_000]
    assert story.drops == {"ABOVE_LIMIT": 400_000}


def test_limit_of_the_supplier_goes_to_who_is_paid_first(tmp_path: Path) -> None:
    """Given the second order placed first, by a day: it is paid first, and takes what it needs."""
    orders = [order_of("a", 500, start={"day": 1}), order_of("b", 500)]
    story = tell(tmp_path, {**ALL_DEFECTIVE, LIMIT: 6_000, SCOPE: "supplier"}, orders)
    assert [story.order("a").refunded, story.order("b").refunded] == [100_000, 500_000]


@pytest.mark.parametrize(
    ("scope", "changes", "drops"),
    [
        ("order", {LIMIT: 0}, {"ABOVE_LIMIT": 1_000_000}),
        ("supplier", {LIMIT: 5_000}, {"ABOVE_LIMIT": 500_000}),  # the first claim takes all of it
        ("supplier", {LIMIT: 5_000, f"{MAKER}.limit_used_by_others_share": 1}, {"ABOVE_LIMIT": 1_000_000}),
    ],
)
def test_a_limit_of_which_nothing_is_left(
    tmp_path: Path, scope: str, changes: dict[str, float], drops: dict[str, int]
) -> None:
    """Given no limit at all to draw on: what would have been paid lies above it, and nobody has failed to pay."""
    assert tell(tmp_path, {**ALL_DEFECTIVE, SCOPE: scope, **changes}, TWO).drops == drops


def test_two_suppliers_have_two_limits(tmp_path: Path) -> None:
    """Given the same two orders with two suppliers of 6,000.00 each: nothing is above a limit."""
    changes = {**ALL_DEFECTIVE, LIMIT: 6_000, SCOPE: "supplier", "suppliers.other": {"extends": "maker"}}
    story = tell(tmp_path, changes, [order_of("a", 500), order_of("b", 500, "other")])
    assert story.total("recovered") == 1_000_000


def test_one_firm_under_two_names_has_one_limit(tmp_path: Path) -> None:
    """Given the second supplier is the first firm on other terms: 6,000.00 for both together."""
    other = {"extends": "maker", "identity": "maker"}
    changes = {**ALL_DEFECTIVE, LIMIT: 6_000, SCOPE: "supplier", "suppliers.other": other}
    story = tell(tmp_path, changes, [order_of("a", 500), order_of("b", 500, "other")])
    assert story.total("recovered") == 600_000


@pytest.mark.parametrize(("scope", "paid"), [("order", 600_000), ("supplier", 450_000)])
def test_limit_used_by_others(tmp_path: Path, scope: str, paid: int) -> None:
    """Given that others hold 25 % of a limit of 6,000.00; by hand: 4,500.00 are left of a shared limit."""
    changes = {**ALL_DEFECTIVE, LIMIT: 6_000, SCOPE: scope, f"{MAKER}.limit_used_by_others_share": 0.25}
    assert tell(tmp_path, changes).total("recovered") == paid


@pytest.mark.parametrize(
    ("restored", "second"),
    [
        (None, 100_000),  # not within the life of a plan
        (days(20), 500_000),  # whole again when the second is paid, twenty days after the first
        (days(20, 1), 100_000),  # a minute too late for it
    ],
)
def test_limit_restored(tmp_path: Path, restored: float | None, second: int) -> None:
    """Given a shared limit of 6,000.00, refunds on day 45 and on day 65."""
    changes = {**ALL_DEFECTIVE, LIMIT: 6_000, SCOPE: "supplier", RESTORED: restored}
    story = tell(tmp_path, changes, [order_of("a", 500), order_of("b", 500, start={"day": 20})])
    assert [story.minute("REFUND_PAID"), story.minute("REFUND_PAID", "b")] == [at(45), at(65)]
    assert [story.order("a").refunded, story.order("b").refunded] == [500_000, second]


def test_a_pack_without_limits(tmp_path: Path) -> None:
    """Given a limit of 6,000.00 with a payment service that knows no suppliers' limits: all 10,000.00 come back."""
    changes = {**ALL_DEFECTIVE, LIMIT: 6_000, "protection": "paypal-goods-and-services"}
    story = tell(tmp_path, changes)
    assert story.total("recovered") == 1_000_000
    assert story.order().limit_left == -1


def test_a_refund_that_is_not_paid_takes_no_room(tmp_path: Path) -> None:
    """Given a first supplier name that defaults, and the same firm under another name that pays.

    By hand: nothing is paid on the first claim, so all 6,000.00 are left for the second one's 5,000.00.
    """
    changes = {
        **ALL_DEFECTIVE,
        LIMIT: 6_000,
        SCOPE: "supplier",
        "protection_overrides.refund_advanced": False,
        f"{MAKER}.disputes.defaults_on_refund_probability": 1,
        "suppliers.other": {
            "extends": "maker",
            "identity": "maker",
            "disputes": {"defaults_on_refund_probability": 0},
        },
    }
    story = tell(tmp_path, changes, [order_of("a", 500), order_of("b", 500, "other")])
    assert [story.order("a").refunded, story.order("b").refunded] == [0, 500_000]
    assert story.order("b").limit_left == 600_000
