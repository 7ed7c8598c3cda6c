"""Moments that are known to the minute, by their day, by the plan, or only as what is to be expected."""

from __future__ import annotations

from enum import IntEnum, unique
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

from sim.units import MINUTES_PER_DAY

if TYPE_CHECKING:
    from collections.abc import Callable


@unique
class Basis(IntEnum):
    """How a moment is known, the surest first."""

    MINUTE = 0
    DAY = 1
    PLAN = 2
    EXPECTED = 3


class Moment(NamedTuple):
    """When something is.

    Attributes
    ----------
    minute
        To reckon with: of a day without a time its first minute, of what is expected the median.
    low, high
        What it may also be: the first and the last minute of the day; or the ends of the range that holds 90 % of the
        simulated orders.
    basis
        How it is known.
    """

    minute: int
    low: int
    high: int
    basis: Basis

    @property
    def is_given(self) -> bool:
        """Whether somebody has said so, to the minute or by its day."""
        return self.basis <= Basis.DAY


def at_minute(minute: int, basis: Basis = Basis.MINUTE) -> Moment:
    """A moment that can be no other."""
    return Moment(minute, minute, minute, basis)


def on_day(first_minute: int) -> Moment:
    """Some moment of a day, taken at its start: what runs from it ends no later than it truly does."""
    return Moment(first_minute, first_minute, first_minute + MINUTES_PER_DAY - 1, Basis.DAY)


def moved(rule: Callable[..., int], *moments: Moment) -> Moment | None:
    """The moment that a rule makes of others, as sure as the least sure of them; None where it makes none.

    Parameters
    ----------
    rule
        Takes a minute for each moment; answers with a minute, or with a negative number for never.
    moments
        At least one.
    """
    basis = max(moment.basis for moment in moments)
    if basis is Basis.EXPECTED:
        minute, *ends = (rule(*(getattr(moment, end) for moment in moments)) for end in ("minute", "low", "high"))
        reached = [end for end in (minute, *ends) if end >= 0]
        return Moment(minute, min(reached), max(reached), basis) if minute >= 0 else None
    # a later start may mean an earlier end, or none: of days without a time every corner is looked at, and the earliest
    # counts
    corners = product(*({moment.low, moment.high} for moment in moments))
    found = [minute for corner in corners if (minute := rule(*corner)) >= 0]
    return Moment(min(found), min(found), max(found), basis) if found else None


def later_of(first: Moment, second: Moment) -> Moment:
    """The later of two moments."""
    found = moved(max, first, second)
    return first if found is None else found


def surely_before(first: Moment, second: Moment) -> bool:
    """Whether one moment lies before another whatever the time of day; what is only expected proves nothing."""
    if Basis.EXPECTED in (first.basis, second.basis):
        return False
    return first.high < second.low


def perhaps_before(first: Moment, second: Moment) -> bool:
    """Whether one moment may lie before another, for all that is known."""
    return first.low < second.high
