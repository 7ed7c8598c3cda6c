"""Boxes in which something happens more often than elsewhere: the patient rule induction method (PRIM)."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Marks = NDArray[np.bool_]

PEELED: Final = 0.05
"""Share of the points inside that one step takes away at most, unless equal values go together."""
_LEAST_MASS: Final = 0.05
_WORTH_A_LIMIT: Final = 0.01
"""A limit that adds less than this to the score is dropped: the fewer, the easier to keep in mind."""
_PLACES: Final = 40
_ROUNDS: Final = 2


@dataclass(frozen=True, slots=True)
class Bounds:
    """A box: what each input must lie between.

    Attributes
    ----------
    low, high
        One for each input; infinite where there is no limit. No point lies on a limit.
    """

    low: tuple[float, ...]
    high: tuple[float, ...]

    def inside(self, points: Floats) -> Marks:
        """Shape (n,): which of the points, shape (n, inputs), lie in it."""
        return np.asarray(((points > self.low) & (points < self.high)).all(axis=1), dtype=bool)

    def limits(self) -> Iterator[Limit]:
        """Its limits, input by input."""
        for column, (low, high) in enumerate(zip(self.low, self.high, strict=True)):
            if low > -inf:
                yield Limit(column, low, is_upper=False)
            if high < inf:
                yield Limit(column, high, is_upper=True)

    def with_limit(self, limit: Limit) -> Bounds:
        """The same box with one limit moved, taken away or added."""
        ends = list(self.high if limit.is_upper else self.low)
        ends[limit.column] = limit.at
        return Bounds(self.low, tuple(ends)) if limit.is_upper else Bounds(tuple(ends), self.high)

    def without(self, limit: Limit) -> Bounds:
        """The same box without one of its limits."""
        return self.with_limit(limit._replace(at=inf if limit.is_upper else -inf))


class Limit(NamedTuple):
    """One end of one input in a box.

    Attributes
    ----------
    column
        Number of the input.
    at
        Where.
    is_upper
        Whether the input must lie below it, or above.
    """

    column: int
    at: float
    is_upper: bool


class Counts(NamedTuple):
    """Points and cases, inside a box and altogether.

    Attributes
    ----------
    inside, hits
        Points in the box, and cases of interest among them.
    points, cases
        The same of all.
    """

    inside: int
    hits: int
    points: int
    cases: int

    @property
    def score(self) -> float:
        """Harmonic mean of coverage and density."""
        return 2 * self.hits / (self.inside + self.cases) if self.inside + self.cases else 0.0


def counted(bounds: Bounds, points: Floats, cases: Marks) -> Counts:
    """What a box holds of some points."""
    inside = bounds.inside(points)
    return Counts(int(inside.sum()), int(cases[inside].sum()), len(cases), int(cases.sum()))


def found_box(points: Floats, cases: Marks) -> Bounds:
    """A box with few limits that holds most of the cases of interest and little else.

    Parameters
    ----------
    points
        Shape (n, inputs).
    cases
        Shape (n,): which points are of interest.

    Notes
    -----
    Friedman and Fisher (1999), *Bump hunting in high-dimensional data*: peeling, step by step, takes away the thin
    slice after which the cases are densest. What a step is worth is its gain a point taken away, so that values of
    which there are few, such as counts, are no worse off: Kwakkel and Jaxa-Rozen (2016), *Improving scenario discovery
    for handling heterogeneous uncertainties and multinomial classified outcomes*. Coverage and density, between which
    an analyst would choose on the paths of peeling, are those of Bryant and Lempert (2010), *Thinking inside the box*;
    here their harmonic mean chooses. Then limits that hardly add to it go, the least useful first, and the others are
    moved to and fro where that helps, which covers pasting.
    """
    boxes = (box for start in _starts(points) for box in _peeled(start, points, cases))
    best = max(boxes, key=lambda box: counted(box, points, cases).score)
    best = _with_few_limits(best, points, cases)
    for _ in range(_ROUNDS):
        for limit in tuple(best.limits()):
            best = _moved(best, limit, points, cases)
    return _with_few_limits(best, points, cases)


def _starts(points: Floats) -> Iterator[Bounds]:
    """Where peeling starts: without limits, and in each half of each input.

    From the whole, peeling cannot get past cases at one end of an input to more of them at the other.
    """
    inputs = points.shape[1]
    whole = Bounds((-inf,) * inputs, (inf,) * inputs)
    yield whole
    for column in range(inputs):
        values = np.unique(points[:, column])
        middle = len(values) // 2
        if middle:
            at = float(values[middle - 1] + values[middle]) / 2
            yield whole.with_limit(Limit(column, at, is_upper=True))
            yield whole.with_limit(Limit(column, at, is_upper=False))


def _peeled(box: Bounds, points: Floats, cases: Marks) -> Iterator[Bounds]:
    """Boxes on the path of peeling, from one down to the least mass."""
    inputs = points.shape[1]
    yield box
    while True:
        inside = box.inside(points)
        kept, marks = points[inside], cases[inside]
        if not marks.any() or marks.all() or len(marks) <= _LEAST_MASS * len(points):
            return
        steps = [
            step for column in range(inputs) for is_upper in (False, True) if (step := _slice(kept, column, is_upper))
        ]
        if not steps:
            return
        box = box.with_limit(max(steps, key=lambda step: _gain(step, kept, marks)))
        yield box


def _slice(points: Floats, column: int, is_upper: bool) -> Limit | None:
    """Limit that takes the outermost values of an input away, halfway to the next ones; None if it has one only."""
    values, counts = np.unique(points[:, column], return_counts=True)
    if len(values) == 1:
        return None
    outer = np.cumsum(counts[::-1] if is_upper else counts)
    taken = max(int(np.searchsorted(outer, PEELED * len(points), side="right")), 1)
    place = len(values) - taken if is_upper else taken
    return Limit(column, float(values[place - 1] + values[place]) / 2, is_upper)


def _gain(step: Limit, points: Floats, cases: Marks) -> float:
    """Growth in density for each point that a step takes away."""
    values = points[:, step.column]
    kept = values < step.at if step.is_upper else values > step.at
    return float((cases[kept].mean() - cases.mean()) / (len(cases) - kept.sum()))


def _with_few_limits(box: Bounds, points: Floats, cases: Marks) -> Bounds:
    """The box without the limits that hardly add to its score."""
    while limits := tuple(box.limits()):
        fewer = max((box.without(limit) for limit in limits), key=lambda less: counted(less, points, cases).score)
        if counted(fewer, points, cases).score < counted(box, points, cases).score - _WORTH_A_LIMIT:
            return box
        box = fewer
    return box


def _moved(box: Bounds, limit: Limit, points: Floats, cases: Marks) -> Bounds:
    """The box with one limit where the score is best, the others as they are."""
    beyond = points[box.without(limit).inside(points), limit.column]
    values = np.unique(beyond)
    between = (values[1:] + values[:-1]) / 2
    chosen = between[np.linspace(0, len(between) - 1, min(_PLACES, len(between))).astype(int)] if len(between) else []
    boxes = [box, *(box.with_limit(limit._replace(at=float(at))) for at in chosen)]
    return max(boxes, key=lambda other: counted(other, points, cases).score)


def chance_of(counts: Counts, wider: Counts) -> float:
    """Chance that a limit which means nothing would make a box as dense as this one: the quasi-p-value.

    Parameters
    ----------
    counts, wider
        Of the box, and of the box without the limit.

    Notes
    -----
    Bryant and Lempert (2010): the binomial chance of as many cases inside, at the density without the limit.
    """
    from scipy.special import bdtrc

    if counts.inside == 0 or wider.inside == 0:
        return 1.0
    return float(bdtrc(counts.hits - 1, counts.inside, wider.hits / wider.inside)) if counts.hits else 1.0
