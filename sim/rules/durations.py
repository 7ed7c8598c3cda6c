"""Drawn days as minutes, and drawn shares as millionths."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.rules import rule
from sim.rules.worktime import after_working_minutes, worked_minutes_before
from sim.units import MICROS, MINUTES_PER_DAY

if TYPE_CHECKING:
    from sim.outcomes import Integers
    from sim.rules.worktime import WorkedDays

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
def production_end(worked: WorkedDays, begun: int, drawn: int, extra: int, working: bool) -> int:
    """Minute at which a lot is finished that takes a drawn time.

    Parameters
    ----------
    drawn, extra
        Minutes of the production time, and those added for the quantity.
    working
        Whether they are counted on the supplier's working days.
    """
    return after_working_minutes(worked, begun, drawn + extra) if working else begun + drawn + extra


@rule
def delayed_end(worked: WorkedDays, begun: int, promised: int, delay: int, working: bool) -> int:
    """Minute at which a lot is finished whose delay against the promise is drawn.

    Parameters
    ----------
    begun
        Start of production; nothing is finished before it.
    promised
        Minutes from placing to shipping, as the contract says: calendar days, whatever the delay is counted in.
    delay
        Minutes; negative: early.
    working
        Whether a delay is counted on the supplier's working days; earliness is in calendar days (assumption).
    """
    due = begun + promised
    if working and delay > 0:
        return after_working_minutes(worked, due, delay)
    return max(due + delay, begun)


@rule
def finished_at(
    worked: WorkedDays, begun: int, promised: int, drawn: int, extra: int, working: bool, is_delay: bool
) -> int:
    """Minute at which a lot is finished, whether its time (`production_end`) or its delay (`delayed_end`) is drawn."""
    if is_delay:
        return delayed_end(worked, begun, promised, drawn, working)
    return production_end(worked, begun, drawn, extra, working)


@rule
def is_work_counted(working: bool, is_delay: bool) -> bool:
    """Whether progress follows the supplier's working days; a delay against the promise knows calendar days only."""
    return working and not is_delay


@rule
def work_until(worked: WorkedDays, minute: int, counted: bool) -> int:
    """Minutes of production time from day 0 to a minute: worked ones where work is `counted`, else all of them."""
    return worked_minutes_before(worked, minute) if counted else minute


@rule
def work_at_progress(work: int, progress: int) -> int:
    """Minutes of the production time after which a share of it, in millionths, is over; rounded down."""
    return work * progress // MICROS


@rule
def work_reached(worked: WorkedDays, begun: int, work: int, counted: bool) -> int:
    """Minute at which so much of the production time is over."""
    return after_working_minutes(worked, begun, work) if counted else begun + work


@rule
def ends_after(worked: WorkedDays, start: int, drawn: int, working: bool) -> int:
    """Minute at which a drawn time is over that runs from a minute, on the working calendar or not."""
    return after_working_minutes(worked, start, drawn) if working else start + drawn
