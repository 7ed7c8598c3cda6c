"""Axis of a study: one number of the scenario, and the range in which it is moved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from math import ceil, floor, isfinite, log10
from typing import TYPE_CHECKING, Any, Final

from sim.errors import InputError, Problem
from sim.scenario.paths import dotted, parts_of
from sim.studies.inputs import counts_something

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sim.random.distributions import Distribution
    from sim.scenario import Scenario
    from sim.studies.points import Value

_FINENESS: Final = 1e-4
"""A place on an axis is searched for down to this part of the range."""
_GRAIN: Final = 1e-6
"""Values that are tried have no more decimals than this part of the range needs, so that they can be written down."""
_LARGEST_GRAIN: Final = 0.01
_OUTER_SHARES: Final = (0.01, 0.99)
"""What belongs to the range of a belief without ends."""
_FIXED: Final = frozenset({"run", "schema_version"})


@dataclass(frozen=True, slots=True)
class Axis:
    """A number of the scenario that is moved.

    Attributes
    ----------
    path
        Dotted path of the number.
    low, high
        Ends of the range.
    is_whole
        Whether only whole numbers can stand there.
    own
        The scenario's own value; None where it gives none.
    """

    path: str
    low: float
    high: float
    is_whole: bool = False
    own: float | None = None

    @property
    def tolerance(self) -> float:
        """How exactly a place on the axis is searched for."""
        return 1.0 if self.is_whole else (self.high - self.low) * _FINENESS

    @property
    def grain(self) -> float:
        """Step of the values that are tried."""
        if self.is_whole:
            return 1.0
        return float(min(10.0 ** floor(log10((self.high - self.low) * _GRAIN)), _LARGEST_GRAIN))

    def tried(self, values: Iterable[float]) -> list[float]:
        """Values as they are tried, each once, ascending; those outside the range are left out."""
        decimals = max(-round(log10(self.grain)), 0)
        return sorted({value for raw in values if self.low <= (value := float(round(raw, decimals))) <= self.high})

    def spread(self, count: int) -> list[float]:
        """So many values at equal distances, both ends among them; fewer where there are not so many whole numbers."""
        step = (self.high - self.low) / (count - 1)
        inner = self.tried(self.low + step * index for index in range(1, count - 1))
        return sorted({self.low, *inner, self.high})

    def settable(self, value: float) -> Value:
        """A value as it is set in the scenario: a plain number of Python."""
        return round(value) if self.is_whole else float(value)

    def written(self, value: float, known_to: float = 0.0) -> str:
        """A value for a reader, with no more decimals than it is known to."""
        step = max(known_to, self.grain)
        text = f"{value:,.{max(ceil(-log10(step)), 0)}f}"
        return text.rstrip("0").rstrip(".") if "." in text else text


def axis_of(scenario: Scenario, path: str, reach: str | None = None) -> Axis:
    """Axis of a number of a scenario.

    Parameters
    ----------
    scenario
        Whose ``uncertain`` section gives the range where none is given.
    path
        Dotted path of a number.
    reach
        The range as it is written on a command line, ``LOW..HIGH``.

    Raises
    ------
    InputError
        The path leads to no number that can be moved, the range is none, or an end of it makes no valid scenario.
    """
    own = own_value(scenario, path)
    believed = scenario.model.uncertain.get(path)
    is_whole = counts_something(path)
    if reach is not None:
        low, high = _range_read(reach)
    elif believed is not None and not believed.is_constant:
        low, high = _believed_range(believed)
    else:
        if own is None:
            scenario.with_overrides([f"{path}=1"])  # a path that leads nowhere is answered as what it is
        hint = f"such as --range 0..{2 * own:g}" if own else "such as --range 0..100"
        message = f"`{path}` has no range: the scenario does not name it in `uncertain`"
        raise InputError(Problem(message, hint=hint))
    if is_whole:
        low, high = float(ceil(low)), float(floor(high))
    if not low < high:
        raise InputError(Problem(f"the range of `{path}` from {low:g} to {high:g} has no room", hint="low end first"))
    axis = Axis(path, low, high, is_whole, own)
    for end in (low, high):
        scenario.with_overrides([f"{path}={axis.settable(end)!r}"])
    return axis


def _range_read(text: str) -> tuple[float, float]:
    ends = text.split("..")
    try:
        low, high = (float(end.replace(",", "").replace("_", "")) for end in ends)
    except ValueError:
        low = high = float("nan")
    if not (isfinite(low) and isfinite(high)):
        raise InputError(Problem(f"{text!r} is no range", hint="two numbers, such as 5000..20000"))
    return low, high


def _believed_range(believed: Distribution) -> tuple[float, float]:
    low, high = believed.support()
    if isfinite(low) and isfinite(high):
        return low, high
    first, last = believed.ppf(_OUTER_SHARES).tolist()
    return first, last


def own_value(scenario: Scenario, path: str) -> float | None:
    """The number that the scenario gives at a path, its default if it gives none; None for one that is left open."""
    parts = parts_of(path)
    if parts is None:
        raise InputError(Problem(f"{path!r} is no path", hint="keys with dots between them: buyer.hourly_cost"))
    if parts[0] in _FIXED:
        raise InputError(Problem(f"`{path}` is no input that a study can move", hint="it says how much is simulated"))
    found = _value_at(scenario.raw, parts)
    if found is None:
        found = _default_at(scenario.model, parts)
    if isinstance(found, date):
        hint = f"give a day number first, --set {path}={scenario.model.day_number(found):g}, and a range of days"
        raise InputError(Problem(f"`{path}` is a date, which cannot be moved", hint=hint))
    if isinstance(found, dict) and "dist" in found:
        numbers = [name for name, value in found.items() if isinstance(value, int | float)]
        part = f"{path}.{numbers[0]}" if numbers else "another input"
        raise InputError(
            Problem(f"`{path}` is a distribution, not a number", hint=f"move a part of it, such as {part}")
        )
    if isinstance(found, bool | str | dict | list):
        raise InputError(Problem(f"`{path}` is not a number that can be moved", hint="name a single number"))
    return float(found) if isinstance(found, int | float) else None


def _value_at(tree: Any, parts: tuple[str | int, ...]) -> Any:  # noqa: ANN401 - any value of YAML
    """What the file says at a path, out of its wrapper ``{value, source}``; None where it says nothing."""
    here = tree
    for index, part in enumerate(parts):
        if isinstance(here, dict):
            joined = dotted(parts[index:])
            if joined in here:  # a key of the file may hold dots itself
                return _unwrapped(here[joined])
            here = here.get(part)
        elif isinstance(here, list) and isinstance(part, int) and part < len(here):
            here = here[part]
        else:
            return None
        here = _unwrapped(here)
    return here


def _unwrapped(value: Any) -> Any:  # noqa: ANN401 - any value of YAML
    is_wrapper = isinstance(value, dict) and "value" in value and set(value) <= {"value", "source", "working"}
    return value["value"] if is_wrapper else value


def _default_at(spec: Any, parts: tuple[str | int, ...]) -> Any:  # noqa: ANN401 - any value of a scenario
    """The default that holds at a path, if it is a plain number; None where there is none."""
    here = spec
    for part in parts:
        if isinstance(here, dict):
            here = here.get(part)
        elif isinstance(here, tuple) and isinstance(part, int):
            here = here[part] if part < len(here) else None
        else:
            here = getattr(here, str(part), None)
    distribution = getattr(here, "distribution", here)
    if getattr(distribution, "is_constant", False):
        return distribution.constant
    return here if isinstance(here, int | float | date) else None
