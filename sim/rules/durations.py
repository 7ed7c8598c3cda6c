"""Drawn days as minutes, and drawn shares as millionths."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.rules import rule
from sim.units import MICROS, MINUTES_PER_DAY

if TYPE_CHECKING:
    from sim.outcomes import Integers

_LONGEST = 3650 * MINUTES_PER_DAY
"""No drawn duration is longer than ten years (assumption): sums of minutes stay far inside 64 bits."""


@rule
def minutes_drawn(days: Integers) -> Integers:
    """Whole minutes in a drawn number of days, rounded half up; works element by element on arrays of days."""
    return np.minimum(np.maximum(np.floor(days * MINUTES_PER_DAY + 0.5), -_LONGEST), _LONGEST)


@rule
def micros_drawn(share: Integers) -> Integers:
    """Millionths in a drawn share, rounded half up; works element by element on arrays."""
    return np.floor(share * MICROS + 0.5)


@rule
def production_minutes(drawn: int, is_delay: bool, promised: int, extra: int) -> int:
    """Minutes from the start of production to the finished lot.

    Parameters
    ----------
    drawn
        The production time, or the delay against the promise (negative: early).
    promised
        Minutes from placing to shipping, as the contract says; a drawn delay counts from there.
    extra
        Minutes added to a production time for the quantity.
    """
    if is_delay:
        return max(drawn + promised, 0)
    return drawn + extra
