"""Time that is worked: the only place that counts minutes on a working calendar.

A day is worked whole or not at all. Every function counts the worked minutes before a moment; nothing is
walked day by day, so that a year costs no more than a minute.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sim.rules import rule
from sim.units import MINUTES_PER_DAY

if TYPE_CHECKING:
    from collections.abc import Sequence


class WorkedDays(NamedTuple):
    """Which days are worked, from day 0 up to a horizon; from the horizon on every day is.

    Attributes
    ----------
    before
        ``before[d]`` is the number of worked days before day ``d``, for ``d`` from 0 to the horizon included.
    day
        ``day[k]`` is the number of the day that is worked as the ``k``-th, counted from 0, for as many as are worked
        before the horizon; what stands after them is never read.
    """

    before: Sequence[int]
    day: Sequence[int]


@rule
def worked_minutes_before(worked: WorkedDays, minute: int) -> int:
    """Worked minutes from the start of day 0 to a minute, which is not before it."""
    day = minute // MINUTES_PER_DAY
    horizon = len(worked.before) - 1
    if day >= horizon:
        return worked.before[horizon] * MINUTES_PER_DAY + minute - horizon * MINUTES_PER_DAY
    whole = worked.before[day] * MINUTES_PER_DAY
    if worked.before[day + 1] > worked.before[day]:
        return whole + minute - day * MINUTES_PER_DAY
    return whole


@rule
def after_working_minutes(worked: WorkedDays, start: int, duration: int) -> int:
    """Earliest minute by which a duration has been worked, if work starts at the start minute.

    One worked day from Monday 00:00 ends on Tuesday 00:00; work that fills Friday to its end is done on
    Saturday 00:00; no work at all is done at once, even on a Sunday.

    Parameters
    ----------
    worked
        The calendar.
    start
        Minute, not before day 0.
    duration
        Worked minutes, not negative.
    """
    if duration == 0:
        return start
    target = worked_minutes_before(worked, start) + duration
    nth = (target - 1) // MINUTES_PER_DAY
    into_day = target - nth * MINUTES_PER_DAY
    horizon = len(worked.before) - 1
    known = worked.before[horizon]
    if nth < known:
        return worked.day[nth] * MINUTES_PER_DAY + into_day
    return (horizon + nth - known) * MINUTES_PER_DAY + into_day


@rule
def working_minutes_between(worked: WorkedDays, start: int, end: int) -> int:
    """Worked minutes from one minute to a later one."""
    return worked_minutes_before(worked, end) - worked_minutes_before(worked, start)
