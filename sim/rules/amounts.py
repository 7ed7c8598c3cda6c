"""Amounts from unit rates: rates are in millionths of the currency, amounts in cents, rounded once, half up.

The functions work on single integers and, element by element, on integer arrays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.rules import rule
from sim.units import MICROS, MICROS_PER_CENT, MINUTES_PER_HOUR

if TYPE_CHECKING:
    from sim.outcomes import Integers

_HALF_CENT = MICROS_PER_CENT // 2
_HALF = MICROS // 2


@rule
def amount_of(rate: Integers, units: Integers) -> Integers:
    """Cents for a number of units at a rate a unit in millionths of the currency."""
    return (rate * units + _HALF_CENT) // MICROS_PER_CENT


@rule
def share_of(amount: Integers, share: Integers) -> Integers:
    """Cents in a share of an amount; the share in millionths."""
    return (amount * share + _HALF) // MICROS


@rule
def handling_cost(minutes: int, hourly: int) -> int:
    """Cents for the buyer's own time: minutes of work at a cost an hour in cents."""
    return (minutes * hourly + MINUTES_PER_HOUR // 2) // MINUTES_PER_HOUR
