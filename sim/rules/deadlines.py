"""When a time limit ends, and whether a moment is still in time."""

from __future__ import annotations

from sim.rules import rule
from sim.units import NEVER


@rule
def deadline_of(start: int, limit: int) -> int:
    """Last minute of a time limit that runs from `start`; never for a limit that does not exist."""
    return NEVER if limit < 0 else start + limit


@rule
def is_in_time(moment: int, deadline: int) -> bool:
    """Whether a moment keeps a deadline: the deadline's own minute is in time, and no deadline is always kept.

    Parameters
    ----------
    moment
        Minute of the act; -1 for an act that never comes, which keeps no deadline.
    deadline
        Last minute; -1 for none.
    """
    if deadline < 0:
        return moment >= 0
    return 0 <= moment <= deadline
