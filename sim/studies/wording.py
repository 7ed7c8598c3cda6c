"""Figures as sentences about studies hold them."""

from __future__ import annotations

from math import floor, isfinite, log10
from typing import Final

from sim.experiments.verdict import money

_DIGITS: Final = 3


def figure(value: float, step: float = 0.0) -> str:
    """Value of an input: in whole steps where they are given, else with about three digits; thousands kept apart."""
    if not isfinite(value):
        return str(value)
    size = step or (10 ** (floor(log10(abs(value))) - _DIGITS + 1) if value else 1.0)
    decimals = max(0, -floor(log10(size) + 1e-9))
    text = f"{round(value, decimals) + 0.0:,.{decimals}f}"
    return text if step or "." not in text else text.rstrip("0").rstrip(".")


def percent(share: float, decimals: int = 0) -> str:
    """A share as a reader wants it; never more than 100 % or less than none."""
    within = min(max(share, 0.0), 1.0)
    return f"{100 * within:.{decimals}f} %"


def percent_below_all(share: float) -> str:
    """A share short of everything: rounded, but never to 100 %."""
    return percent(share) if round(share, 2) < 1 else "over 99 %"


def percent_interval(low: float, high: float) -> str:
    """An interval of shares."""
    return f"{percent(low)[:-2]} to {percent(high)}"


def money_interval(low: float, high: float) -> str:
    """An interval of amounts."""
    beside = max(abs(low), abs(high))
    return f"{money(low, beside=beside)} to {money(high, beside=beside)}"
