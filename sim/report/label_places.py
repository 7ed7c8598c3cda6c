"""Places for the names of points: near their point, clear of the others as far as there is room."""

from __future__ import annotations

from math import hypot
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_POINT: Final = 6.0
"""Half the room of a point."""
_RINGS: Final = (9.0, 22.0, 38.0, 56.0, 80.0)
_ABOUT: Final = ((1, 0), (1, -1), (1, 1), (0, -1), (0, 1), (-1, -1), (-1, 1), (-1, 0))
_LEADER_FROM: Final = 12.0


class Box(NamedTuple):
    """A rectangle on the page, in pixels from its upper left corner."""

    left: float
    top: float
    right: float
    bottom: float

    def overlap(self, other: Box) -> float:
        """Area that two boxes share."""
        wide = min(self.right, other.right) - max(self.left, other.left)
        high = min(self.bottom, other.bottom) - max(self.top, other.top)
        return wide * high if wide > 0 and high > 0 else 0.0


class Place(NamedTuple):
    """Where a name stands, and whether a line must lead to its point."""

    box: Box
    led: bool


def label_places(
    points: Sequence[tuple[float, float]],
    sizes: Sequence[tuple[float, float]],
    others: Iterable[tuple[float, float]],
    page: tuple[float, float],
) -> list[Place]:
    """A place for each name, one after the other: of the places around its point the one that covers least.

    Parameters
    ----------
    points
        Of the names, in pixels from the upper left.
    sizes
        Width and height of each name.
    others
        Further points that names should not cover.
    page
        Width and height that no name may leave.
    """
    marks = [Box(x - _POINT, y - _POINT, x + _POINT, y + _POINT) for x, y in (*points, *others)]
    taken: list[Box] = []
    found = []
    for point, size in zip(points, sizes, strict=True):
        best = min(_candidates(point, size, page), key=lambda box: _cost(box, point, taken, marks))
        taken.append(best)
        found.append(Place(best, _distance(best, point) > _LEADER_FROM))
    return found


def _candidates(point: tuple[float, float], size: tuple[float, float], page: tuple[float, float]) -> list[Box]:
    x, y = point
    wide, high = size
    boxes = []
    for ring in _RINGS:
        for across, down in _ABOUT:
            shift = ring if 0 in (across, down) else ring * 0.8
            middle_x, middle_y = x + across * (shift + wide / 2), y + down * (shift + high / 2)
            left = min(max(middle_x - wide / 2, 0.0), max(page[0] - wide, 0.0))
            top = min(max(middle_y - high / 2, 0.0), max(page[1] - high, 0.0))
            boxes.append(Box(left, top, left + wide, top + high))
    return boxes


def _cost(box: Box, point: tuple[float, float], taken: Sequence[Box], marks: Sequence[Box]) -> float:
    # A covered name is unreadable, a covered point merely hidden; a far name is hard to attribute.
    names = sum(box.overlap(other) for other in taken)
    covered = sum(box.overlap(mark) for mark in marks)
    return 20 * names + 4 * covered + 3 * _distance(box, point)


def _distance(box: Box, point: tuple[float, float]) -> float:
    x, y = point
    return hypot(max(box.left - x, x - box.right, 0.0), max(box.top - y, y - box.bottom, 0.0))
