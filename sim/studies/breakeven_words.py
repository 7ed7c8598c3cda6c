"""What a break-even comes to, in the sentences that an importer would say to a partner."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from sim.experiments.wording import percentage
from sim.studies.amounts import give_or_take, size_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sim.measures import Estimate
    from sim.studies.axes import Axis
    from sim.studies.crossings import Crossing, Spot
    from sim.studies.difference_curves import Curve

_INTERVAL_PARTS = 20
"""A break-even is written down to this part of its interval: more digits would say more than is known."""
_MOST_TOLD = 4
"""More break-evens than these are counted, not told one by one."""


def breakeven_verdict(curve: Curve, own: Spot | None) -> str:
    """Where two plans cost the same, which of them is better on which side, and at the scenario's own value."""
    roots = [crossing for crossing in curve.crossings if crossing.is_breakeven]
    if all(spot.is_nothing for spot in curve.spots):
        return (
            f"{_pair(curve)} lose exactly the same whatever {curve.axis.path} is, {_range(curve.axis)}: "
            f"in every one of {curve.replications:,} replications."
        )
    if len({spot.difference for spot in curve.spots}) == 1:
        return _without_effect(curve)
    text = _of_roots(curve, roots) if roots else _of_none(curve)
    return f"{text}{_besides(curve)}{_own(curve, own)}."


def place(crossing: Crossing, axis: Axis) -> str:
    """A break-even as a reader wants it: no more digits than its interval bears out."""
    return axis.written(crossing.value, _known_to(crossing))


def interval(crossing: Crossing, axis: Axis) -> str:
    """Interval of a break-even in words; an end that the range cuts off is called open."""
    if crossing.is_exact or crossing.low == crossing.high:
        return place(crossing, axis)
    known = _known_to(crossing)
    low, high = axis.written(crossing.low, known), axis.written(crossing.high, known)
    return f"{low}{' or below' if crossing.open_low else ''} to {high}{' or beyond' if crossing.open_high else ''}"


def _known_to(crossing: Crossing) -> float:
    return max((crossing.high - crossing.low) / _INTERVAL_PARTS, crossing.step)


def _pair(curve: Curve) -> str:
    return " and ".join(curve.plans)


def _range(axis: Axis) -> str:
    return f"from {axis.written(axis.low)} to {axis.written(axis.high)}"


def _amount(estimate: Estimate, currency: str) -> str:
    """How much less the better plan loses, whichever it is."""
    return give_or_take(size_of(estimate), currency)


def _without_effect(curve: Curve) -> str:
    difference = curve.spots[0].difference
    better = curve.better(curve.spots[0].sign)
    start = f"{curve.axis.path} does not matter between {_pair(curve)}, {_range(curve.axis)}: "
    if better is None or curve.spots[0].side == 0:
        return f"{start}{curve.replications:,} replications cannot tell them apart at any value."
    return f"{start}{better} loses {_amount(difference, curve.currency)} less whatever it is."


def _of_roots(curve: Curve, roots: list[Crossing]) -> str:
    """Every break-even, and who loses less on either side of each."""
    if len(roots) > _MOST_TOLD:
        ends = " and ".join(place(crossing, curve.axis) for crossing in (roots[0], roots[-1]))
        return f"{_pair(curve)} change sides {len(roots)} times along {curve.axis.path}, between {ends}; see the table"
    first, *others = roots
    head = f"{_pair(curve)} cost the same at {curve.axis.path} = {_told(first, curve)}"
    for crossing in others:
        joint = " and at " if crossing is roots[-1] else ", at "
        head += f"{joint}{_told(crossing, curve, short=True)}"
    if not others:
        return f"{head}; {_sides(first, curve)}"
    sides = [f"{curve.better(roots[0].below)} below {place(roots[0], curve.axis)}"]
    for one, other in pairwise(roots):
        between = f"between {place(one, curve.axis)} and {place(other, curve.axis)}"
        sides.append(f"{curve.better(one.above)} {between}")
    sides.append(f"{curve.better(roots[-1].above)} above {place(roots[-1], curve.axis)}")
    return f"{head}; it is {', '.join(sides[:-1])} and {sides[-1]} that loses less"


def _told(crossing: Crossing, curve: Curve, *, short: bool = False) -> str:
    where = place(crossing, curve.axis)
    if crossing.kind == "equal":
        return f"every value from {interval(crossing, curve.axis)}"
    if crossing.kind == "jumps":
        return f"{where}, where the difference jumps"
    percent = "" if short else f", {percentage(curve.confidence)}"
    if crossing.is_exact:
        return where
    return f"{where} ({interval(crossing, curve.axis)}{percent})"


def _sides(crossing: Crossing, curve: Curve) -> str:
    below, above = curve.better(crossing.below), curve.better(crossing.above)
    if curve.axis.is_whole:
        return f"below it {below} loses less, from there on {above}"
    return f"below, {below} loses less; above, {above}"


def _of_none(curve: Curve) -> str:
    """There is no break-even: which plan is better at both ends, by how much, and whether that is settled."""
    first, last = curve.spots[0], curve.spots[-1]
    start = f"No break-even in {curve.axis.path} {_range(curve.axis)}: "
    if all(spot.side == 0 for spot in curve.spots):
        return f"{start}{curve.replications:,} replications cannot tell {_pair(curve)} apart at any value of it"
    better = curve.better(first.sign or last.sign)
    ends = " and ".join(
        f"{_amount(spot.difference, curve.currency)} at {curve.axis.written(spot.x)}" for spot in (first, last)
    )
    throughout = "throughout" if all(spot.side for spot in curve.spots) else "wherever that is settled"
    return f"{start}{better} loses less {throughout}, by {ends}"


def _besides(curve: Curve) -> str:
    """Stretches without a break-even in which it is open who loses less."""
    if all(spot.side == 0 for spot in curve.spots):
        return ""
    parts = []
    for crossing in curve.crossings:
        where = interval(crossing, curve.axis)
        if crossing.is_breakeven:
            continue
        if crossing.kind == "touches":
            parts.append(f"near {place(crossing, curve.axis)} ({where}) they touch: too close to tell apart")
        elif crossing.kind == "unsettled":
            parts.append(f"they cannot be told apart from {where}")
        elif crossing.low == crossing.high:
            parts.append(f"they lose exactly the same at {where}")
        elif crossing.kind == "equal":
            parts.append(f"they lose exactly the same from {where}")
    return "".join(f"; {part}" for part in parts)


def _own(curve: Curve, own: Spot | None) -> str:
    """Which plan is better at the scenario's own value."""
    if own is None:
        return ""
    return f"; at your own value, {curve.axis.written(own.x)}, {_at(own, curve)}"


def _at(spot: Spot, curve: Curve) -> str:
    if spot.is_nothing:
        return "they lose exactly the same"
    better = curve.better(spot.sign)
    amount = _amount(spot.difference, curve.currency)
    if spot.side == 0:
        return f"that is not settled ({better} is better by {amount})"
    return f"{better} is better by {amount}"


def frontier_verdict(
    second: Axis, curves: Sequence[tuple[float, Curve]], roots: Sequence[tuple[float, int, Crossing]]
) -> str:
    """How a break-even moves with a second input, and for which values of that there is none.

    Parameters
    ----------
    second
        The second input.
    curves
        For each of its values: the difference along the first input.
    roots
        Value of the second input, number of the line, and the break-even.
    """
    first = curves[0][1]
    ends = f"as {second.path} goes {_range(second)}"
    if not roots:
        none = f"{_pair(first)} have no break-even in {first.axis.path} {_range(first.axis)}"
        return f"{none} {ends}{_empty(second, curves)}."
    lines = []
    for branch in dict.fromkeys(branch for _, branch, _ in roots):
        line = [(y, crossing) for y, own, crossing in roots if own == branch]
        lines.append(_line(first, second, line))
    start = f"{_pair(first)} cost the same on {'a line' if len(lines) == 1 else f'{len(lines)} lines'}, {ends}: "
    return f"{start}{'; '.join(lines)}{_empty(second, curves)}."


def _line(first: Curve, second: Axis, line: Sequence[tuple[float, Crossing]]) -> str:
    (y, crossing), (last_y, last) = line[0], line[-1]
    told = f"{first.axis.path} = {_told(crossing, first, short=True)} at {second.written(y)}"
    if len(line) > 1:
        told += f" to {_told(last, first, short=True)} at {second.written(last_y)}"
    return f"{told}, {first.better(crossing.below)} losing less below it"


def _empty(second: Axis, curves: Sequence[tuple[float, Curve]]) -> str:
    """Values of the second input without a break-even, and who loses less there."""
    groups: dict[str, list[float]] = {}
    for y, curve in curves:
        if not any(crossing.is_breakeven for crossing in curve.crossings):
            groups.setdefault(_throughout(curve), []).append(y)
    parts = [f"at {', '.join(map(second.written, values))} there is none ({who})" for who, values in groups.items()]
    return "".join(f"; {part}" for part in parts)


def _throughout(curve: Curve) -> str:
    """Who loses less along a curve without a break-even."""
    settled = [spot for spot in curve.spots if spot.side]
    if settled:
        return f"{curve.better(settled[0].side)} loses less throughout"
    return "they cannot be told apart" if curve.spots else "no valid scenario"
