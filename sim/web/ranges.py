"""How far a value can be moved: what may be typed, and where its slider begins and ends."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, isfinite, log10, sqrt
from typing import TYPE_CHECKING, Any, Final

from sim.scenario.keys import LONGEST_DAYS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sim.random.distributions import Distribution
    from sim.web.catalogue import Movable
    from sim.web.fields import Kind

_PERCENT: Final = 100.0
_STEPS: Final = 200
"""About so many places on a slider."""
_SIZES: Final = (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
_STEP_SIZES: Final = (1.0, 2.0, 5.0, 10.0)
_LARGE_SHARE: Final = 15.0
"""Per cent from which the slider of a share reaches to everything."""
_SMALLEST_SHARE: Final = 20.0
_OUTER: Final = (0.01, 0.99)
_TYPICAL_DAYS: Final = 30.0
_JUST_BELOW: Final = 1 - 1e-9


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a value can be moved, as it is seen: shares in per cent.

    Attributes
    ----------
    low, high, step
        Of the slider; None where there is none.
    least, most
        What may be typed; None where nothing limits it.
    """

    low: float | None = None
    high: float | None = None
    step: float | None = None
    least: float | None = None
    most: float | None = None


@dataclass(frozen=True, slots=True)
class Law:
    """The distribution that a value is part of.

    Attributes
    ----------
    part
        Which part of it is moved, such as ``mean``.
    limits
        Between which values, as the scenario has them, while the rest stays; None where nothing is known.
    """

    part: str
    limits: tuple[float, float] | None = None


def reach_of(
    movable: Movable,
    kind: Kind,
    own_text: str,
    law: Law | None,
    believed: Distribution | None,
    size: float,
) -> Reach:
    """How far a value can be moved.

    Parameters
    ----------
    movable, kind
        What it is.
    own_text
        What the scenario says, as it stands in the box; empty for nothing.
    law
        What it is part of, if it is uncertain.
    believed
        How likely each value is to be the right one, if the scenario says so: the slider reaches as far.
    size
        What the goods needed cost: a scale for sums of money.
    """
    if kind in {"choice", "switch", "date"}:
        return Reach()
    scale = _PERCENT if kind == "share" else 1.0
    least, most = _bounds(movable, kind)
    own = float(own_text) if own_text else None
    low, high = _slider(movable, kind, own, size)
    if law is not None and law.limits is not None:
        low, high = (law.limits[0] * scale, law.limits[1] * scale) if law.part == "mode" else (low, high)
        least = max(least, _shorter(law.limits[0] * scale, up=True))
        most = min(most, _shorter(law.limits[1] * scale, up=False))
    if believed is not None:
        ends = [end * scale for end in _ends(believed)]
        low, high = min(low, *ends), max(high, *ends)
    low, high = max(low, least), min(high, most)
    step = _step(high - low, whole=movable.counts)
    if low == 0 and (movable.positive or (law is not None and law.part == "mean")):
        low = step
    low, high = _on_grid(low, high, step)
    if own is not None:
        low, high = min(low, own), max(high, own)
    return Reach(low, high, step, least, most) if low < high else Reach(least=least, most=most)


def _bounds(movable: Movable, kind: Kind) -> tuple[float, float]:
    most = float(LONGEST_DAYS if movable.largest is None else movable.largest)
    if movable.counts:
        return 1.0, most
    return (-most if movable.key.startswith("delay") and kind == "days" else 0.0), most


def _step(room: float, *, whole: bool) -> float:
    step = _nice(room / _STEPS, _STEP_SIZES, up=False)
    return max(step, 1.0) if whole else step


def _on_grid(low: float, high: float, step: float) -> tuple[float, float]:
    """The ends as multiples of the step, within where they were."""
    if step <= 0:
        return low, high
    first, last = ceil(low / step * _JUST_BELOW), floor(high / step / _JUST_BELOW)
    return float(f"{first * step:.10g}"), float(f"{last * step:.10g}")


def _shorter(limit: float, *, up: bool) -> float:
    """A limit in two digits, on its inner side."""
    if limit == 0:
        return 0.0
    size = 10.0 ** (floor(log10(abs(limit))) - 1)
    return float(f"{(ceil(limit / size * _JUST_BELOW) if up else floor(limit / size / _JUST_BELOW)) * size:.10g}")


def law_of(given: Mapping[str, Any], part: str) -> Law:
    """How far a part of a distribution can be moved while the rest of it stays."""
    if part == "mode" and {"low", "high"} <= set(given):
        return Law(part, (float(given["low"]), float(given["high"])))
    if part == "mean" and given.get("dist") == "beta" and isinstance(given.get("sd"), int | float):
        inside = 1 - 4 * float(given["sd"]) ** 2
        if 0 < inside < 1:
            # a mean nearer to an end than this has no beta distribution with that spread
            return Law(part, ((1 - sqrt(inside)) / 2, (1 + sqrt(inside)) / 2))
    return Law(part)


def _slider(movable: Movable, kind: Kind, own: float | None, size: float) -> tuple[float, float]:
    if kind == "share":
        if movable.whole or own is None or own >= _LARGE_SHARE:
            return 0.0, _PERCENT
        return 0.0, min(_nice(4 * own), _PERCENT) if own else _SMALLEST_SHARE
    if kind == "money" and movable.empty:
        return 0.0, max(_nice(2 * (own or 0.0)) if own else 0.0, _nice(1.2 * size))
    if kind == "money":
        low = _nice(own / 2, up=False) if own and movable.positive else 0.0
        return low, _nice(2 * own) if own else 10.0
    if kind == "days":
        return (0.0 if own is None or own >= 0 else 3 * own), _nice(2.5 * abs(own)) if own else _TYPICAL_DAYS
    if movable.counts:
        return max(_nice((own or 1.0) / 5, _STEP_SIZES, up=False), 1.0), _nice(2 * (own or 1.0))
    return 0.0, _nice(3 * own) if own else 10.0


def _ends(believed: Distribution) -> tuple[float, float]:
    low, high = believed.support()
    if isfinite(low) and isfinite(high):
        return float(low), float(high)
    first, last = believed.ppf(_OUTER).tolist()
    return float(first), float(last)


def _nice(value: float, sizes: tuple[float, ...] = _SIZES, *, up: bool = True) -> float:
    """The next round number, above or below."""
    if value <= 0:
        return 0.0
    power = 10.0 ** floor(log10(value))
    if up:
        found = next(size for size in sizes if size * power >= value * _JUST_BELOW)
    else:
        found = next(size for size in reversed(sizes) if size * power <= value / _JUST_BELOW)
    return float(f"{found * power:.6g}")
