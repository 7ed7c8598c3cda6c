"""What a method of sensitivity analysis found: indices with intervals, which are settled, and what decides."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import pairwise
from math import ceil, inf, isfinite, log2
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sim.studies.noise import Noise
    from sim.studies.outputs import Responses

WIDEST: Final = 0.1
"""Width of a 95 % interval above which an index between 0 and 1 counts as unconverged. Sarrazin, Pianosi and Wagener
(2016), *Global sensitivity analysis of environmental models: convergence and validation*, judge convergence by this
width; where to draw the line is a choice."""
NEGLIGIBLE: Final = 0.1
"""Share of the largest amount below which an input counts as screened out: its place in the ranking is not asked."""
_MOST_GROWTH: Final = 64
"""More than this many times the points is no advice: take the inputs to matter alike."""


@dataclass(frozen=True, slots=True)
class Index:
    """One sensitivity index of one input.

    Attributes
    ----------
    input
        Path of the input.
    index
        Such as ``ST``.
    value, low, high
        With its 95 % interval; shares, or amounts in currency units.
    converged
        Whether more points or replications would hardly change what it says.
    """

    input: str
    index: str
    value: float
    low: float
    high: float
    converged: bool

    @property
    def width(self) -> float:
        """Length of the interval."""
        return self.high - self.low


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a tornado: the output with an input low and high, all others as in the scenario.

    Attributes
    ----------
    input
        Path of the input.
    low_value, high_value
        What was set: the 10 % and the 90 % quantile of the belief.
    low, high, base
        The output there, and at the scenario's own values, in currency units.
    """

    input: str
    low_value: float
    high_value: float
    low: float
    high: float
    base: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """What one method found.

    Attributes
    ----------
    method
        Its name.
    points
        How many were asked for, counted as ``--points`` counts them.
    found
        The output at every point.
    indices
        Every index of every input.
    main
        The index by which inputs are ranked.
    deciding, negligible
        Paths of the inputs that matter most, the first one most; and of those that hardly matter.
    said
        For each input, how much it matters, in words.
    noise
        What of the variance is simulation noise; None where the intervals show nothing else.
    wanted
        How many points (as ``--points`` counts them), or replications, would likely settle what is not; None where
        nothing is open, infinite where more would hardly do.
    wanted_of
        ``points`` or ``replications``.
    notes
        Further sentences for the reader.
    bars
        Of a tornado.
    threshold
        What an input without any influence would reach (PAWN); 0 otherwise.
    """

    method: str
    points: int
    found: Responses
    indices: tuple[Index, ...]
    main: str
    deciding: tuple[str, ...]
    negligible: tuple[str, ...]
    said: Mapping[str, str] = field(default_factory=dict)
    noise: Noise | None = None
    wanted: float | None = None
    wanted_of: str = "points"
    notes: tuple[str, ...] = ()
    bars: tuple[Bar, ...] = ()
    threshold: float = 0.0

    def of(self, path: str, index: str) -> Index:
        """One index of one input."""
        return next(one for one in self.indices if (one.input, one.index) == (path, index))

    @property
    def ranking(self) -> tuple[Index, ...]:
        """The main index of every input, the largest first."""
        return ranked([one for one in self.indices if one.index == self.main])

    @property
    def unconverged(self) -> tuple[Index, ...]:
        """Indices that are not settled."""
        return tuple(one for one in self.indices if not one.converged)


def ranked(indices: Sequence[Index]) -> tuple[Index, ...]:
    """Indices by their size, the largest first."""
    return tuple(sorted(indices, key=lambda one: -abs(one.value)))


def points_for_width(indices: Sequence[Index], points: int) -> float | None:
    """Points that would likely bring every interval to `WIDEST`: widths shrink with the square root of their number."""
    widest = max((one.width for one in indices), default=0.0)
    return ceil(points * (widest / WIDEST) ** 2) if widest > WIDEST else None


def power_of_two(number: float) -> int:
    """The least power of two that is not below a number."""
    return int(2 ** ceil(log2(number)))


def with_ranking_judged(indices: Sequence[Index], points: int) -> tuple[tuple[Index, ...], float | None]:
    """Amounts whose place in the ranking is settled, marked so, and the points that would likely settle the others.

    An amount is settled if its interval overlaps that of neither neighbour in the ranking (by size, so that a large
    negative one matters as much), or if all of it lies below `NEGLIGIBLE` of the largest: then the input is screened
    out, and its place among the others of that kind is of no interest. Half-widths shrink with the square root of the
    number of points, so two neighbours part when it grows by ((h1 + h2) / gap) squared.
    """
    order = ranked(indices)
    small = [_reach(one) <= NEGLIGIBLE * abs(order[0].value) for one in order]
    growth = [1.0 if isfinite(one.width) else inf for one in order]
    for place, (upper, lower) in enumerate(pairwise(order)):
        gap, apart = abs(upper.value) - abs(lower.value), (upper.width + lower.width) / 2
        if apart > gap:
            needed = (apart / gap) ** 2 if gap > 0 else inf
            growth[place], growth[place + 1] = max(growth[place], needed), max(growth[place + 1], needed)
    judged = {
        one.input: replace(one, converged=is_small or more == 1)
        for one, is_small, more in zip(order, small, growth, strict=True)
    }
    growth = [min(more, _to_be_small(one, abs(order[0].value))) for one, more in zip(order, growth, strict=True)]
    most = max((more for more, is_small in zip(growth, small, strict=True) if not is_small), default=1.0)
    wanted = None if most == 1 else ceil(points * most) if most <= _MOST_GROWTH else inf
    return tuple(judged[one.input] for one in indices), wanted


def _to_be_small(one: Index, largest: float) -> float:
    """How many times the points it takes until all of an interval lies below `NEGLIGIBLE` of the largest amount."""
    room = NEGLIGIBLE * largest - abs(one.value)
    return max((one.width / 2 / room) ** 2, 1.0) if room > 0 else inf


def _reach(one: Index) -> float:
    return max(abs(one.low), abs(one.high))


def of_amounts(indices: Sequence[Index]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Inputs with half of the largest amount or more, and those whose whole interval is below `NEGLIGIBLE` of it."""
    order = ranked(indices)
    largest = abs(order[0].value)
    if largest == 0 or not isfinite(largest):
        return (), tuple(one.input for one in order)
    deciding = [one.input for one in order if abs(one.value) >= largest / 2 and one.low * one.high > 0]
    negligible = [one.input for one in order if _reach(one) <= NEGLIGIBLE * largest]
    return tuple(deciding), tuple(negligible)
