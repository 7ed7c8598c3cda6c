"""What a claim of quality is worth: the classes over the contract's tolerance, at the price of their units.

The functions work on single integers and, element by element, on integer arrays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.rules import rule
from sim.rules.amounts import amount_of
from sim.rules.deadlines import is_in_time
from sim.units import MICROS

if TYPE_CHECKING:
    from sim.outcomes import Integers


@rule
def is_over_tolerance(units: Integers, quantity: Integers, tolerance: int) -> Integers:
    """Whether the share of a class exceeds what the contract allows; the tolerance in millionths, itself allowed."""
    return units * MICROS > quantity * tolerance


@rule
def harm_of(critical: Integers, major: Integers, minor: Integers, price: Integers, minor_cost: int) -> Integers:
    """Cents of harm in defective units: the price of a critical or major one, the cost of a minor one."""
    return amount_of(price, critical + major) + amount_of(minor_cost, minor)


@rule
def claim_amount(
    found: tuple[Integers, Integers, Integers],
    quantity: Integers,
    tolerance: tuple[int, int, int],
    price: Integers,
    minor_cost: int,
) -> Integers:
    """Cents that a buyer can claim for the units found: those of the classes over their tolerance.

    Parameters
    ----------
    found
        Units by class: critical, major, minor.
    tolerance
        Allowed share of the lot by class, in millionths.
    price, minor_cost
        Rates a unit in millionths of the currency.
    """
    return harm_of(
        found[0] * is_over_tolerance(found[0], quantity, tolerance[0]),
        found[1] * is_over_tolerance(found[1], quantity, tolerance[1]),
        found[2] * is_over_tolerance(found[2], quantity, tolerance[2]),
        price,
        minor_cost,
    )


@rule
def units_returnable(found: tuple[int, int, int], quantity: int, tolerance: tuple[int, int, int]) -> int:
    """Units of a claim that could be sent back: the critical and major ones of the classes over their tolerance."""
    critical: int = found[0] * is_over_tolerance(found[0], quantity, tolerance[0])
    major: int = found[1] * is_over_tolerance(found[1], quantity, tolerance[1])
    return critical + major


@rule
def found_in_time(harm: int, now: int, window: int) -> int:
    """Cents of harm that count as found: all of it within the claim window, nothing after."""
    return harm if is_in_time(now, window) else 0
