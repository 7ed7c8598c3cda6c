"""Amounts as sentences hold them: with what they may be off by."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

from sim.experiments.verdict import money

if TYPE_CHECKING:
    from sim.measures import Estimate


def give_or_take(estimate: Estimate, currency: str = "") -> str:
    """An amount with the half-width of its interval, both to the same decimals; alone where nothing is uncertain."""
    if not isfinite(estimate.half_width) or estimate.half_width == 0:
        return money(estimate.value, currency)
    beside = max(abs(estimate.value), estimate.half_width)
    return f"{money(estimate.value, currency, beside=beside)} ± {money(estimate.half_width, beside=beside)}"


def size_of(estimate: Estimate) -> Estimate:
    """How large a difference is, whichever way it goes."""
    value, low, high, n = estimate
    return estimate if value >= 0 else type(estimate)(-value, -high, -low, n)


def is_open(estimate: Estimate) -> bool:
    """Whether the interval leaves the sign in doubt."""
    return estimate.low <= 0 <= estimate.high and estimate.half_width != 0
