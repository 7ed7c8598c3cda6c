"""Where the difference of two plans crosses zero as one input moves: the search, and what it found.

The difference is estimated with the same replications everywhere, so that along the axis it is a curve and not a cloud.
A value of the input is in the *confidence set* when the interval of the difference there includes zero; the set covers
the true break-even as often as the interval covers the difference. Source of the inversion: Fieller (1954), *Some
problems in interval estimation*, section 2.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import ceil, floor
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from sim.measures import Estimate
    from sim.studies.axes import Axis

SCANNED: Final = 17
"""Values in the first round."""
_MOST_ROUNDS: Final = 10
_MOST_PAIRS: Final = 24
"""Gaps between neighbouring values that one round looks into, the widest first: a curve can be arbitrarily rough."""
_SHARES: Final = (0.25, 0.5, 0.75)
"""Where a gap is cut whatever the curve looks like, so that steps are found as surely as slopes."""
_NEAR: Final = 0.05
"""How far from where a straight line would cross a second and a third value are tried, as a share of the gap."""
_DWARFED: Final = 0.01
"""A place inside a confidence set, or its end, is exact enough at this part of the width of the set."""
_FINEST_DIP: Final = 1 / 256
"""Gaps of this part of the range are not looked into any more for a curve that dips towards zero."""
_STEEP: Final = 20.0
"""A gap over which the difference moves so many times as fast as beside it is a step."""
_BESIDE: Final = 4
"""Beside a gap means at least so many times its width away: amounts are whole cents, and rough close up."""
_CENT: Final = 0.01
_ROUNDED: Final = 1.5
"""An interval no wider than so many cents of the difference is no more than their rounding."""
_SMALLEST_STEP: Final = 5 * _CENT
"""Smaller moves are no step, but the rounding of amounts."""

Kind = Literal["crosses", "jumps", "touches", "equal", "unsettled"]


class Spot(NamedTuple):
    """One value that was tried.

    Attributes
    ----------
    x
        The value of the input.
    difference
        How much more the first plan loses than the second, in currency units.
    """

    x: float
    difference: Estimate

    @property
    def sign(self) -> int:
        """Which plan loses less by the estimate: -1 the first, 1 the second, 0 neither."""
        return (self.difference.value > 0) - (self.difference.value < 0)

    @property
    def side(self) -> int:
        """Which plan loses less beyond doubt; 0 where the interval includes zero."""
        return (self.difference.low > 0) - (self.difference.high < 0)

    @property
    def is_nothing(self) -> bool:
        """Whether the plans lost the same in every replication."""
        return self.difference.value == 0 and self.difference.half_width == 0


@dataclass(frozen=True, slots=True)
class Crossing:
    """A part of the axis where neither plan loses less beyond doubt, or where they change sides at once.

    Attributes
    ----------
    kind
        ``crosses``: the plans change sides; ``jumps``: they do so in a step; ``touches``: they come together and part
        again; ``equal``: they lose the same in every replication over a stretch; ``unsettled``: nothing is known beyond
        the estimate up to an end of the range.
    value
        The break-even, or where the plans come nearest; of whole numbers, the first on the other side.
    low, high
        Its interval.
    open_low, open_high
        Whether the interval may go on beyond an end of the range.
    below, above
        Sign of the difference on either side: -1 where the first plan loses less, 1 where the second does.
    changes
        How often the estimate changes sides within the interval.
    step
        How much of the input makes a cent of the difference: the place is known no better, interval or not.
    """

    kind: Kind
    value: float
    low: float
    high: float
    open_low: bool
    open_high: bool
    below: int
    above: int
    changes: int
    step: float

    @property
    def is_breakeven(self) -> bool:
        """Whether the plans change sides here."""
        return self.below * self.above < 0

    @property
    def is_exact(self) -> bool:
        """Whether nothing but the rounding of amounts keeps the interval from being a point."""
        return self.kind == "crosses" and self.high - self.low <= _ROUNDED * self.step


_READINGS: Final[tuple[Callable[[Spot], float], ...]] = (
    lambda spot: spot.difference.low,
    lambda spot: spot.difference.high,
)


# --------------------------------------------------------------------------------------------------- the search


def wanted(spots: Sequence[Spot], axis: Axis, rounds: int) -> list[float]:
    """Values to try next: all of a first round, then those between which something changes; none when all is known.

    Parameters
    ----------
    spots
        What is known, ascending.
    axis
        Which input is moved.
    rounds
        Rounds that have been made.
    """
    if rounds == 0:
        own = [] if axis.own is None else [axis.own]
        return sorted({*axis.spread(SCANNED), *(value for value in own if axis.low <= value <= axis.high)})
    if rounds > _MOST_ROUNDS:
        return []
    gaps = [*_changing(spots, axis), *_dipping(spots, axis)]
    gaps.sort(key=lambda gap: (gap[0].x - gap[1].x, gap[0].x))
    known = {spot.x for spot in spots}
    asked = (value for left, right in gaps[:_MOST_PAIRS] for value in _within(left, right, axis))
    return [value for value in axis.tried(asked) if value not in known]


def _changing(spots: Sequence[Spot], axis: Axis) -> list[tuple[Spot, Spot]]:
    """Neighbours between which the estimate changes sides, or its interval begins or ceases to include zero."""
    widths = _set_widths(spots)
    found = []
    for index, (left, right) in enumerate(pairwise(spots)):
        changes = left.sign * right.sign < 0 or left.side != right.side
        enough = axis.tolerance
        if not (left.is_nothing or right.is_nothing):
            enough = max(enough, _DWARFED * max(widths[index], widths[index + 1]))
        if changes and right.x - left.x > enough:
            found.append((left, right))
    return found


def _set_widths(spots: Sequence[Spot]) -> list[float]:
    """Of each spot: the width of the stretch of the confidence set that it belongs to; 0 outside."""
    widths = [0.0] * len(spots)
    for first, last in _stretches(spots):
        for index in range(first, last + 1):
            widths[index] = spots[last].x - spots[first].x
    return widths


def _dipping(spots: Sequence[Spot], axis: Axis) -> list[tuple[Spot, Spot]]:
    """Neighbours between which the curve may reach zero and come back: about its turning points."""
    found: list[tuple[Spot, Spot]] = []
    for left, middle, right in zip(spots, spots[1:], spots[2:], strict=False):
        size = abs(middle.difference.value)
        if not (left.side == middle.side == right.side != 0) or size > min(
            abs(left.difference.value), abs(right.difference.value)
        ):
            continue
        reach = max(abs(left.difference.value), abs(right.difference.value)) - size + middle.difference.half_width
        if reach >= size:
            finest = max((axis.high - axis.low) * _FINEST_DIP, axis.tolerance)
            found.extend(gap for gap in ((left, middle), (middle, right)) if gap[1].x - gap[0].x > finest)
    return found


def _within(left: Spot, right: Spot, axis: Axis) -> Iterable[float]:
    """Values to try in a gap: at fixed shares of it, and about where straight lines would cross."""
    gap = right.x - left.x
    yield from (left.x + share * gap for share in _SHARES)
    for reading in (lambda spot: spot.difference.value, *_READINGS):
        ends = reading(left), reading(right)
        if ends[0] * ends[1] <= 0 and ends[0] != ends[1]:
            at = _straight(left, right, reading)
            steps = (0.0, axis.tolerance * 0.45, _NEAR * gap)
            near = (at + sign * step for step in steps for sign in (-1, 1))
            yield from (value for value in near if left.x < value < right.x)


def _straight(left: Spot, right: Spot, reading: Callable[[Spot], float]) -> float:
    """Where the straight line between two readings of opposite signs crosses zero."""
    one, other = reading(left), reading(right)
    return left.x if one == other else left.x - one * (right.x - left.x) / (other - one)


# ------------------------------------------------------------------------------------------------ what was found


def crossings(spots: Sequence[Spot], axis: Axis) -> tuple[Crossing, ...]:
    """Every part of the axis where the plans change sides, or where it is open which of them loses less.

    Parameters
    ----------
    spots
        What is known, ascending.
    axis
        Which input was moved.
    """
    found = [_of_stretch(spots, first, last, axis) for first, last in _stretches(spots)]
    for index, (left, right) in enumerate(pairwise(spots)):
        if left.side * right.side < 0:
            found.append(_of_gap(spots, index, axis))
    return tuple(sorted(found, key=lambda crossing: (crossing.value, crossing.low)))


def _stretches(spots: Sequence[Spot]) -> list[tuple[int, int]]:
    """First and last of every run of spots whose intervals include zero."""
    found: list[tuple[int, int]] = []
    for index, spot in enumerate(spots):
        if spot.side == 0:
            joins = found and found[-1][1] == index - 1
            found[-1:] = [(found[-1][0], index)] if joins else [*found[-1:], (index, index)]
    return found


def _of_stretch(spots: Sequence[Spot], first: int, last: int, axis: Axis) -> Crossing:
    """What a run of spots whose intervals include zero amounts to."""
    inner = spots[first : last + 1]
    around = spots[max(first - 1, 0) : last + 2]
    open_low, open_high = first == 0, last == len(spots) - 1
    low = inner[0].x if open_low else _end(spots[first - 1], inner[0], axis)
    high = inner[-1].x if open_high else _end(spots[last + 1], inner[-1], axis)
    signs = [spot.sign for spot in around if spot.sign] or [0]
    roots = _roots(around, axis)
    nearest = min(inner, key=lambda spot: abs(spot.difference.value)).x
    value = roots[(len(roots) - 1) // 2] if roots else nearest
    kind: Kind = "touches"
    if _is_equal_stretch(inner, axis):
        kind = "equal"
    elif signs[0] * signs[-1] < 0:
        kind = "crosses"
    elif open_low or open_high:
        kind = "unsettled"
    ends = min(low, value), max(high, value)
    step = _cent(around[0], around[-1], axis)
    return Crossing(kind, value, *ends, open_low, open_high, signs[0], signs[-1], len(roots), step)


def _cent(left: Spot, right: Spot, axis: Axis) -> float:
    """How much of the input makes a cent of the difference between two spots; at least the step of what is tried."""
    slope = _slope(left, right) if left.x < right.x else 0.0
    return max(min(_CENT / slope, right.x - left.x), axis.grain) if slope else axis.grain


def _is_equal_stretch(inner: Sequence[Spot], axis: Axis) -> bool:
    """Whether most of a stretch is one along which the plans lose the same in every replication."""
    same = [spot.x for spot in inner if spot.is_nothing]
    if not same or len(same) < len(inner) / 2:
        return False
    reaches_end = len(same) == len(inner) and (same[0] == axis.low or same[-1] == axis.high)
    return reaches_end or same[-1] - same[0] > 2 * axis.tolerance


def _end(outside: Spot, inside: Spot, axis: Axis) -> float:
    """Where the interval begins to include zero, between a spot at which it does not and one at which it does."""
    reading = _READINGS[0] if outside.side > 0 else _READINGS[1]
    left, right = sorted((outside, inside), key=lambda spot: spot.x)
    at = _straight(left, right, reading)
    if inside.is_nothing:  # amounts are rounded: nothing may be anything up to half a cent
        at += (outside.x - inside.x) * min(_CENT / 2 / abs(reading(outside)), 1.0)
    if not axis.is_whole:
        return at
    return float(ceil(at) if outside is left else floor(at))


def _roots(spots: Sequence[Spot], axis: Axis) -> list[float]:
    """Where the estimate changes sides; of whole numbers, the first on the other side."""
    marked = [spot for spot in spots if spot.sign]
    roots = []
    for left, right in pairwise(marked):
        if left.sign * right.sign > 0:
            continue
        nothing = [spot.x for spot in spots if left.x < spot.x < right.x]
        at = nothing[len(nothing) // 2] if nothing else _straight(left, right, lambda spot: spot.difference.value)
        roots.append(float(ceil(at)) if axis.is_whole else at)
    return roots


def _of_gap(spots: Sequence[Spot], index: int, axis: Axis) -> Crossing:
    """Two neighbours at which different plans lose less beyond doubt."""
    left, right = spots[index], spots[index + 1]
    if axis.is_whole:
        return Crossing("crosses", right.x, left.x, right.x, False, False, left.side, right.side, 1, 1.0)
    value = _straight(left, right, lambda spot: spot.difference.value)
    if _is_step(spots, index):
        return Crossing("jumps", value, left.x, right.x, False, False, left.side, right.side, 1, right.x - left.x)
    ends = sorted(_straight(left, right, reading) for reading in _READINGS)
    low, high = min(ends[0], value), max(ends[1], value)
    step = _cent(left, right, axis)
    return Crossing("crosses", value, low, high, False, False, left.side, right.side, 1, step)


def _is_step(spots: Sequence[Spot], index: int) -> bool:
    """Whether the difference moves much faster over a gap than on either side of it, some gaps away."""
    left, right = spots[index], spots[index + 1]
    gap, moved = right.x - left.x, abs(right.difference.value - left.difference.value)
    before = next((spot for spot in reversed(spots[:index]) if left.x - spot.x >= _BESIDE * gap), None)
    after = next((spot for spot in spots[index + 2 :] if spot.x - right.x >= _BESIDE * gap), None)
    beside = [_slope(*pair) for pair in ((before, left), (right, after)) if pair[0] and pair[1]]
    return moved > _SMALLEST_STEP and moved > _STEEP * gap * max(beside, default=0.0)


def _slope(left: Spot, right: Spot) -> float:
    return abs(right.difference.value - left.difference.value) / (right.x - left.x)
