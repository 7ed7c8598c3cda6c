"""What an order costs at the price break for its quantity, and how its payments fall due."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.rules import rule
from sim.rules.amounts import share_of
from sim.units import MICROS

if TYPE_CHECKING:
    from collections.abc import Sequence


@rule
def unit_price(breaks: Sequence[tuple[int, int]], quantity: int) -> int:
    """Listed price a unit: that of the last price break that the quantity reaches.

    Parameters
    ----------
    breaks
        (from quantity, price in millionths) in ascending order, the first from 1.
    """
    price = breaks[0][1]
    for start, listed in breaks:
        if quantity >= start:
            price = listed
    return price


@rule
def protected_price(price: int, premium: int, on_platform: int) -> int:
    """Price a unit with what the supplier adds for payment through the platform; rates and shares in millionths."""
    return price + (price * premium + MICROS // 2) // MICROS if on_platform > 0 else price


@rule
def payment_fee(payment: int, on_platform: int, fee_rate: int, protection_fee: int) -> int:
    """Cents of fees on a payment: the channel's fee on all of it, the protection's on the part through the platform."""
    fee: int = share_of(payment, fee_rate) + share_of(share_of(payment, on_platform), protection_fee)
    return fee
