"""Labels of moments along a line, each on a small mast: as many as fit without covering one another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from sim.report.lettering import text_width

if TYPE_CHECKING:
    from collections.abc import Sequence

_MAST: Final = 3.0
"""Pixels between a mast and its label."""
_CLEAR: Final = 5.0
"""Pixels between two labels of a level."""


class Flag(NamedTuple):
    """A label, and where it stands.

    Attributes
    ----------
    number
        Of the moment.
    at
        Pixel of its mast.
    begin, end
        Pixels of the label.
    level
        1 for the lowest.
    """

    number: int
    at: float
    begin: float
    end: float
    level: int

    def hinders(self, other: Flag) -> bool:
        """Whether a label covers the other label, or a mast that is higher passes through it."""
        if self.level == other.level:
            return self.begin < other.end + _CLEAR and other.begin < self.end + _CLEAR
        low, high = (self, other) if self.level < other.level else (other, self)
        return low.begin - 1 < high.at < low.end + 1


def flags(
    moments: Sequence[float], texts: Sequence[str], weights: Sequence[int], *, right: float, levels: int
) -> list[Flag]:
    """Labels for the weightiest moments, each on the lowest level on which it is clear of the others.

    Parameters
    ----------
    moments
        Pixels from the left.
    texts
        Labels; none where it is empty.
    weights
        The larger, the sooner a moment gets its label; of equals the earlier.
    right
        Pixel that no label may pass.
    levels
        How many labels may stand one above the other.
    """
    placed: list[Flag] = []
    for number in sorted(range(len(moments)), key=lambda number: (-weights[number], moments[number])):
        if not texts[number]:
            continue
        wide = text_width(texts[number])
        begin = min(moments[number] + _MAST, right - wide)
        tries = (Flag(number, moments[number], begin, begin + wide, level) for level in range(1, levels + 1))
        found = next((flag for flag in tries if not any(flag.hinders(other) for other in placed)), None)
        if found is not None:
            placed.append(found)
    return placed
