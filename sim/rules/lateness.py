"""When an order is late, what extension the supplier asks for, and what the buyer agrees to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.rules import rule
from sim.units import MINUTES_PER_DAY, NEVER

if TYPE_CHECKING:
    from sim.outcomes import Integers
    from sim.terms import ProtectionTerms


@rule
def is_shipped_late(shipped: Integers, ship_date: Integers) -> Integers:
    """Whether an order left after its ship date, or never; also element by element on arrays."""
    return np.logical_or(shipped < 0, shipped > ship_date)


@rule
def extension_asked(ready: int, now: int, ship_date: int) -> int:
    """Whole days, in minutes, by which the supplier asks to move the ship date.

    Parameters
    ----------
    ready
        Minute at which the supplier itself expects the goods to leave (at least the next minute counts); -1 when it
        cannot say, and then it asks for nothing: -1.
    now
        Minute of the question.
    ship_date
        Last minute of the contract's first ship date, later by the time that finished goods have waited for the
        buyer's own inspection: earlier extensions of the supplier's making count again.

    Notes
    -----
    Assumption: the supplier knows its own remaining time and asks for whole days, rounded up.
    """
    if ready < 0:
        return NEVER
    needed = max(ready, now + 1) - ship_date
    days = (needed + MINUTES_PER_DAY - 1) // MINUTES_PER_DAY
    return days * MINUTES_PER_DAY


@rule
def is_extension_agreed(asked: int, accepted: int, goods_waiting: bool) -> bool:
    """Whether the buyer agrees: up to what it accepts, and always while finished goods wait for its own inspection."""
    return goods_waiting or 0 <= asked <= accepted


@rule
def lateness_ground_from(terms: ProtectionTerms, ship_date: int, agreed_date: int) -> int:
    """First minute from which lateness is a ground: the agreed date, unless agreeing leaves the claim standing."""
    return ship_date if terms.covers_agreed_lateness == 1 else agreed_date


@rule
def asking_minutes(terms: ProtectionTerms, reply_minutes: int) -> int:
    """Minutes of the buyer's own work to ask for a new ship date, where a claim of lateness needs that first."""
    return reply_minutes if terms.extension_first == 1 else 0


@rule
def extension_from(now: int, asked: int, ship_date: int) -> int:
    """Minutes by which the ship date moves from now on, for what was asked counted from the ship date."""
    return ship_date + asked - now


@rule
def written_off_at(now: int, ship_date: int, after: int) -> int:
    """Minute at which a buyer gives up an order that never ships: some time after its first ship date, or at once."""
    return max(now, ship_date + after)
