"""What an order costs, and when which part of it is paid."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.stories import INSPECTED, MAKER, at, order_of, tell

if TYPE_CHECKING:
    from pathlib import Path

BREAKS = [{"from": 1, "price": 10}, {"from": 500, "price": 9}, {"from": 1000, "price": 8}]


@pytest.mark.parametrize(
    ("quantity", "goods"),
    [
        (499, 499_000),  # 499 x 10.00
        (500, 450_000),  # 500 x 9.00: the first unit of a break already has its price, and so have all others
        (999, 899_100),  # 999 x 9.00
        (1000, 800_000),  # 1,000 x 8.00
    ],
)
def test_price_break(tmp_path: Path, quantity: int, goods: int) -> None:
    """Given 10.00 from 1, 9.00 from 500, 8.00 from 1,000; expected: the price of the last break reached."""
    order = tell(tmp_path, {f"{MAKER}.unit_price": BREAKS}, [order_of(quantity=quantity)]).order()
    assert order.deposit + order.balance == goods


def test_deposit_and_balance(tmp_path: Path) -> None:
    """Given 10,000.00 with 30 % in advance; by hand: 3,000.00 on day 0, 7,000.00 on day 20, before shipment."""
    story = tell(tmp_path)
    order = story.order()
    assert (order.deposit, order.balance) == (300_000, 700_000)
    assert story.minute("DEPOSIT_PAID") == 0
    assert order.balance_paid == at(20) == story.minute("GOODS_SHIPPED")


def test_cents_are_rounded_once_half_up(tmp_path: Path) -> None:
    """Screws at 0.0235, 999 of them.

    By hand: 999 x 0.0235 = 23.4765 -> 23.48; deposit 30 % = 7.044 -> 7.04; balance 23.48 - 7.04 = 16.44;
    a fee of 1.5 % on each: 0.1056 -> 0.11, and 0.2466 -> 0.25; together 0.36.
    """
    changes = {f"{MAKER}.unit_price": [{"from": 1, "price": 0.0235}], f"{MAKER}.payment.fee_rate": 0.015}
    order = tell(tmp_path, changes, [order_of(quantity=999)]).order()
    assert (order.deposit, order.balance, order.payment_fees) == (704, 1644, 36)


@pytest.mark.parametrize(
    ("balance", "paid"),
    [
        ("before_shipment", at(23)),  # after the inspection that delays the shipment
        ("after_inspection", at(23)),
        ("on_receipt", at(33)),  # ten days at sea
    ],
)
def test_balance_falls_due(tmp_path: Path, balance: str, paid: int) -> None:
    """Given finished on day 20 and inspected for three days; expected: the balance is paid as agreed."""
    changes = {f"{MAKER}.payment.balance": balance, "inspections.psi": {**INSPECTED, "man_days": 3}}
    order = tell(tmp_path, changes, [order_of(inspections=["psi"])]).order()
    assert order.balance_paid == paid
    assert order.shipped == at(23)


def test_nothing_in_advance(tmp_path: Path) -> None:
    """Given no deposit and everything on receipt; expected: no deposit event, all 10,000.00 on day 30.

    Money that goes out in the very minute in which the goods come in was never at risk: no cash out at any moment.
    """
    story = tell(tmp_path, {f"{MAKER}.payment": {"deposit_share": 0, "balance": "on_receipt"}})
    assert "DEPOSIT_PAID" not in story.names()
    assert (story.order().balance, story.minute("BALANCE_PAID")) == (1_000_000, at(30))
    assert story.total("peak_cash_out") == 0


def test_all_in_advance(tmp_path: Path) -> None:
    """Given all in advance; expected: 10,000.00 on day 0, and no balance."""
    story = tell(tmp_path, {f"{MAKER}.payment.deposit_share": 1})
    assert (story.order().deposit, story.order().balance) == (1_000_000, 0)
    assert "BALANCE_PAID" not in story.names()


@pytest.mark.parametrize(("through", "goods"), [("platform", 1_050_000), ("direct", 1_000_000)])
def test_premium_for_the_protected_price(tmp_path: Path, through: str, goods: int) -> None:
    """Given 5 % more for payment through the platform; by hand: 1,000 x 10.50 there, 1,000 x 10.00 directly."""
    changes = {f"{MAKER}.protected_price_premium_share": 0.05, f"{MAKER}.payment.through": through}
    order = tell(tmp_path, changes).order()
    assert order.deposit + order.balance == goods


@pytest.mark.parametrize(
    ("payment", "fees"),
    [
        ({}, 17_550),  # 1.755 % of 10,000.00
        ({"fee_rate": 0.02}, 37_550),  # and 2 % of 10,000.00 for making the payments
        ({"platform_share": 0.4}, 7_020),  # 1.755 % of the 4,000.00 that go through the service
        ({"through": "direct"}, 0),
    ],
)
def test_protection_fee(tmp_path: Path, payment: dict[str, object], fees: int) -> None:
    """Given an escrow service at 1.755 %; expected: its fee on what goes through it, the payment's own on all."""
    changes = {"protection": "escrow", f"{MAKER}.payment": {"deposit_share": 0.3, **payment}}
    assert tell(tmp_path, changes).order().payment_fees == fees


def test_fee_of_a_balance_that_is_never_paid(tmp_path: Path) -> None:
    """Given a supplier that never ships, and fees of 2 %; by hand: 2 % of the deposit alone, 60.00."""
    changes = {f"{MAKER}.payment.fee_rate": 0.02, f"{MAKER}.never_ships_probability": 1}
    assert tell(tmp_path, changes).order().payment_fees == 6_000
