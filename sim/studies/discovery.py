"""Where the answer flips: in which corner of the beliefs the other plan wins, told as sentences."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, log10
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from sim.experiments.wording import listed
from sim.measures.estimates import normal_quantile, share_estimate
from sim.studies.boxes import Bounds, Limit, chance_of, counted, found_box
from sim.studies.outputs import CONFIDENCE
from sim.studies.wording import figure, percent, percent_below_all, percent_interval

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from sim.measures import Estimate
    from sim.studies.inputs import Input
    from sim.studies.outputs import Floats, Responses

FEWEST_POINTS: Final = 40
"""Fewer points in either half say too little about corners."""
_FEWEST_CASES: Final = 10
_RARE: Final = 0.05
_LIKELY: Final = 0.05
"""A limit that chance would explain this often is dropped."""
_MOSTLY: Final = 0.5
_MOST_BOXES: Final = 2
_WORTH_A_BOX: Final = 0.2
"""A second box is looked for if this share of the cases lies outside the first."""
_STEPS: Final = 20
"""Limits are told in steps of a power of ten, at least this many between the 5 % and the 95 % quantile."""


@dataclass(frozen=True, slots=True)
class Range:
    """What one input must lie between in a box.

    Attributes
    ----------
    input
        Path of the input.
    over, under
        Its limits, rounded; None where there is none.
    step
        To which they are rounded.
    chance
        The larger of their quasi-p-values, on the points held out.
    """

    input: str
    over: float | None
    under: float | None
    step: float
    chance: float

    @property
    def said(self) -> str:
        """In words."""
        over, under = (None if end is None else figure(end, self.step) for end in (self.over, self.under))
        if over is None:
            return f"{self.input} is under {under}"
        return f"{self.input} is over {over}" if under is None else f"{self.input} is between {over} and {under}"


@dataclass(frozen=True, slots=True)
class Corner:
    """A box in which a plan wins.

    Attributes
    ----------
    plan
        Which one.
    ranges
        Of the inputs that are limited.
    density
        Share of the cases inside in which the plan wins.
    coverage
        Share of its wins that lie inside.
    mass
        Share of all cases that lie inside.
    outside
        Share of the cases outside in which it wins.
    is_rest
        Whether all shares are of what an earlier box leaves over.
    """

    plan: str
    ranges: tuple[Range, ...]
    density: Estimate
    coverage: float
    mass: float
    outside: Estimate
    is_rest: bool

    @property
    def said(self) -> str:
        """In a sentence."""
        where = listed([one.said for one in self.ranges])
        cases, of = ("the other cases", "of those") if self.is_rest else ("the cases", "of all cases")
        return (
            f"{self.plan} wins in {percent(self.density.value)} of {cases} where {where} "
            f"({percent_interval(self.density.low, self.density.high)}; that is {percent(self.mass)} {of}, and outside "
            f"it wins in {percent(self.outside.value)})."
        )


@dataclass(frozen=True, slots=True)
class Discovery:
    """Which plan wins where.

    Attributes
    ----------
    plans
        The two.
    points
        At which both have a result.
    wins
        Share of the points at which the first plan wins.
    unsettled
        Share of the points at which the simulation cannot tell which of them does.
    corners
        In which the plan that wins less often wins; few, or none.
    held_out
        Points on which the corners were not found, but judged; 0 where they were not looked for.
    is_short
        Whether there were too few points to look for any.
    """

    plans: tuple[str, str]
    points: int
    wins: Estimate
    unsettled: float
    corners: tuple[Corner, ...]
    held_out: int
    is_short: bool = False

    @property
    def sentences(self) -> tuple[str, ...]:
        """What an importer should know of it."""
        return (_wins_said(self), *(corner.said for corner in self.corners), *_nothing_said(self))

    def as_data(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "wins": {"plan": self.plans[0], "share": self.wins.value, "low": self.wins.low, "high": self.wins.high},
            "points": self.points,
            "unsettled": self.unsettled,
            "held_out": self.held_out,
            "corners": [
                {
                    "plan": corner.plan,
                    "limits": [
                        {"input": one.input, "over": one.over, "under": one.under, "quasi_p": one.chance}
                        for one in corner.ranges
                    ],
                    "density": corner.density._asdict(),
                    "coverage": corner.coverage,
                    "mass": corner.mass,
                    "outside": corner.outside._asdict(),
                    "of_the_rest": corner.is_rest,
                }
                for corner in self.corners
            ],
            "sentences": list(self.sentences),
        }


def discovered(found: Responses, held_out: NDArray[np.bool_] | None = None) -> Discovery:
    """Which plan wins at how many points, and in which corners the one that wins less often does.

    Parameters
    ----------
    found
        The advantage of one plan over another at each point; points without a result are left out.
    held_out
        Shape (points,): on which points a corner is judged; it is found on the others. None where the points do not
        fill the space of the beliefs: then no corners are looked for.
    """
    complete = found.complete
    values, settings = found.values[complete], found.settings[complete]
    first = values >= 0
    plans = (found.output.plan, found.output.other or "")
    wins = share_estimate(int(first.sum()), len(first), CONFIDENCE)
    doubt = normal_quantile(CONFIDENCE) * found.errors[complete]
    unsettled = float(np.mean(np.abs(values) <= doubt)) if len(values) else 0.0
    if held_out is None:
        return Discovery(plans, len(values), wins, unsettled, (), 0)
    judged = held_out[complete]
    plan, cases = (plans[1], ~first) if first.sum() * 2 >= len(first) else (plans[0], first)
    is_short = bool(min(judged.sum(), (~judged).sum()) < FEWEST_POINTS or cases[~judged].sum() < _FEWEST_CASES)
    is_worth_it = not is_short and cases.mean() >= _RARE
    corners = tuple(_corners(plan, found.members, settings, cases, judged)) if is_worth_it else ()
    return Discovery(plans, len(values), wins, unsettled, corners, int(judged.sum()), is_short)


def _corners(
    plan: str, inputs: Sequence[Input], points: Floats, cases: NDArray[np.bool_], judged: NDArray[np.bool_]
) -> Iterator[Corner]:
    """Boxes in which a plan wins, each in what the ones before leave over."""
    rest = np.ones(len(points), dtype=bool)
    for number in range(_MOST_BOXES):
        seen, told = rest & ~judged, rest & judged
        if cases[seen].sum() < max(_FEWEST_CASES, _WORTH_A_BOX * cases[~judged].sum()):
            return
        box = _rounded(found_box(points[seen], cases[seen]), inputs)
        chances = _chances(box, points[told], cases[told])
        for limit in [limit for limit, chance in chances.items() if chance > _LIKELY]:
            box = box.without(limit)
        chances = _chances(box, points[told], cases[told])
        counts = counted(box, points[told], cases[told])
        density = share_estimate(counts.hits, counts.inside, CONFIDENCE)
        # A corner is one in which the plan wins more often than not, and no doubt more often than elsewhere.
        if not chances or not (density.value > _MOSTLY and density.low > counts.cases / counts.points):
            return
        outside = share_estimate(counts.cases - counts.hits, counts.points - counts.inside, CONFIDENCE)
        yield Corner(
            plan,
            _ranges(inputs, chances),
            density,
            counts.hits / counts.cases,
            counts.inside / counts.points,
            outside,
            is_rest=number > 0,
        )
        rest &= ~box.inside(points)


def _chances(box: Bounds, points: Floats, cases: NDArray[np.bool_]) -> dict[Limit, float]:
    """Quasi-p-value of each limit of a box."""
    counts = counted(box, points, cases)
    return {limit: chance_of(counts, counted(box.without(limit), points, cases)) for limit in box.limits()}


def _step(one: Input) -> float:
    """To what a limit of an input is rounded, so that a reader can keep it in mind."""
    low, high = one.values([0.05, 0.95]).tolist()
    spread = high - low
    step = 10.0 ** floor(log10(spread / _STEPS)) if spread > 0 else 10.0**-_STEPS
    return max(step, 1.0) if one.is_whole else step


def _rounded(box: Bounds, inputs: Sequence[Input]) -> Bounds:
    """The box with limits that can be said."""
    for limit in box.limits():
        one = inputs[limit.column]
        step = _step(one)
        # Between two whole numbers, the one that is out: "under 4" where 3 is in.
        whole = ceil(limit.at) if limit.is_upper else floor(limit.at)
        at = whole if one.is_whole and step == 1 else round(limit.at / step) * step
        box = box.with_limit(limit._replace(at=float(at)))
    return box


def _ranges(inputs: Sequence[Input], chances: Mapping[Limit, float]) -> tuple[Range, ...]:
    """Limits with their quasi-p-values, input by input."""
    ranges = []
    for column, one in enumerate(inputs):
        limits = {limit.is_upper: limit for limit in chances if limit.column == column}
        if limits:
            over, under = (limits[end].at if end in limits else None for end in (False, True))
            chance = max(chances[limit] for limit in limits.values())
            ranges.append(Range(one.path, over, under, _step(one), chance))
    return tuple(ranges)


def _wins_said(found: Discovery) -> str:
    """Which plan wins how often."""
    if found.unsettled == 1:
        return f"At none of the {found.points:,} points can the simulation tell which of the two plans loses less."
    plan, other = found.plans if found.wins.value >= _MOSTLY else found.plans[::-1]
    share = max(found.wins.value, 1 - found.wins.value)
    start = (
        f"{plan} wins at all {found.points:,} points"
        if share == 1
        else (f"{plan} wins at {percent_below_all(share)} of the {found.points:,} points, {other} at the others")
    )
    if not found.unsettled:
        return f"{start}."
    return f"{start}; at {percent(found.unsettled)} the simulation cannot tell them apart."


def _nothing_said(found: Discovery) -> Iterator[str]:
    """That no corner was found, where one was looked for and there are wins to be told."""
    if not found.held_out or found.corners or found.unsettled == 1:
        return
    rarer = min(found.wins.value, 1 - found.wins.value)
    if rarer >= _RARE and found.is_short:
        yield "These are too few points to tell where; --discover 1000 adds some for that."
    elif rarer >= _RARE:
        yield "Where the answer flips cannot be told by limits on a few inputs."
    elif rarer > 0:
        yield "That is too seldom to look for a rule."
