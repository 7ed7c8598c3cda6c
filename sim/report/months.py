"""Dates along an axis of days: the first of each month, or weeks where there are few."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

_LABEL_ROOM: Final = 46
"""Pixels that a date takes."""
_MONTH_STEPS: Final = (1, 2, 3, 6, 12, 24, 60, 120)
_WEEK_STEPS: Final = (1, 2, 7, 14)
_LEAST_MONTHS: Final = 2
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def date_marks(start: str, days: float, pixels: float) -> tuple[tuple[float, str], ...]:
    """Where dates stand along an axis that begins on day 0, and how they are written.

    Parameters
    ----------
    start
        The first day (ISO).
    days
        Length of the axis.
    pixels
        Its width.

    Returns
    -------
    tuple of (day, text)
        The year stands with the first date and with each January.
    """
    begin = date.fromisoformat(start)
    most = max(2, int(pixels / _LABEL_ROOM))
    firsts = _firsts(begin, days)
    if len(firsts) < _LEAST_MONTHS:
        step = next((step for step in _WEEK_STEPS if days / step + 1 <= most), _WEEK_STEPS[-1])
        marks = [begin + timedelta(days=day) for day in range(0, int(days) + 1, step)]
        return tuple(((mark - begin).days, f"{mark.day} {_MONTHS[mark.month - 1]}") for mark in marks)
    step = next((step for step in _MONTH_STEPS if len(firsts) / step <= most), _MONTH_STEPS[-1])
    # Months are counted from January, so that years begin at a mark.
    kept = [first for first in firsts if (first.month - 1 + 12 * first.year) % step == 0] or firsts[:1]
    return tuple(((first - begin).days, _month_text(first, named=first == kept[0])) for first in kept)


def day_text(start: str, day: float) -> str:
    """A day of the scenario by the calendar, such as ``2 Mar 2026``."""
    found = date.fromisoformat(start) + timedelta(days=int(day))
    return f"{found.day} {_MONTHS[found.month - 1]} {found.year}"


def _firsts(begin: date, days: float) -> list[date]:
    end = begin + timedelta(days=days)
    found = []
    number = begin.year * 12 + begin.month - 1 + (begin.day > 1)
    while (first := date(number // 12, number % 12 + 1, 1)) <= end:
        found.append(first)
        number += 1
    return found


def _month_text(first: date, *, named: bool) -> str:
    month = _MONTHS[first.month - 1]
    return f"{month} {first.year}" if named or first.month == 1 else month
