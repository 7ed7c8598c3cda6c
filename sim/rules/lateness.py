"""When an order is late, what extension the supplier asks for, and what the buyer agrees to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.rules import rule
from sim.rules.deadlines import is_in_time
from sim.units import MINUTES_PER_DAY, NEVER

if TYPE_CHECKING:
    from sim.terms import ProtectionTerms


@rule
def is_shipped_late(shipped: int, ship_date: int) -> bool:
    """Whether an order left after its ship date, or never."""
    return not is_in_time(shipped, ship_date)


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
def is_lateness_excused(terms: ProtectionTerms, agreed: bool, goods_waiting: bool) -> bool:
    """Whether lateness up to the new date is no ground for a claim any more.

    Goods that wait for the buyer's own inspection are never the supplier's lateness. Otherwise an agreed extension
    excuses, unless the pack leaves the claim standing or knows no extension at all.
    """
    if goods_waiting:
        return True
    return agreed and terms.extension_first == 1 and terms.covers_agreed_lateness == 0
