"""Variants of a scenario: the same file with other values set, read once and checked every time."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from sim.model import build_model
from sim.scenario import scenario_checked
from sim.scenario.drawn import without_sets
from sim.scenario.paths import child, dotted, parts_of, trail

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sim.errors import InputError
    from sim.model import PlanModel
    from sim.scenario import Draft, Scenario
    from sim.scenario.paths import Part
    from sim.studies.points import Point, Value

_LONGEST_REASON: Final = 300
_SUPPLIER_PARTS: Final = 2


class Variants:
    """The variants of one scenario.

    Parameters
    ----------
    draft
        The file as it was read.
    overrides
        What is set in every variant, as ``path=value``.
    seed
        Of every draw, where a point does not set ``run.seed``.

    Notes
    -----
    What is set for a supplier is set for every other one that is the same firm (``identity``) and has the same value
    there in the scenario, unless the point sets it itself: the goods of a firm do not get worse for those alone who pay
    it one way. ``parameter_sets`` are left out: at a point every input has one value.
    """

    def __init__(self, draft: Draft, overrides: tuple[str, ...], seed: int) -> None:
        self.draft = draft
        self.overrides = overrides
        self.seed = seed
        self._last: tuple[Point, Scenario] | None = None
        self._base: Scenario | None = None

    @classmethod
    def of(cls, scenario: Scenario, seed: int | None = None) -> Variants:
        """Variants of a scenario that has been loaded, with its own seed or another one."""
        wanted = scenario.model.run.seed if seed is None else seed
        return cls(without_sets(scenario.draft), scenario.overrides, wanted)

    def scenario(self, point: Point) -> Scenario:
        """The scenario at a point.

        Raises
        ------
        ScenarioError
            A value of the point makes no valid scenario.
        """
        if self._last is None or values_text(self._last[0]) != values_text(point):
            own = {path for path, _ in point.values}
            set_here = tuple(
                f"{everywhere}={written(value)}"
                for path, value in point.values
                for everywhere in self.paths(path)
                if everywhere == path or everywhere not in own
            )
            self._last = point, scenario_checked(self.draft, (*self.overrides, *set_here))
        return self._last[1]

    def paths(self, path: str) -> tuple[str, ...]:
        """The path, and those of the same value of suppliers that are the same firm on other terms."""
        parts = parts_of(path)
        if parts is None or len(parts) <= _SUPPLIER_PARTS or parts[0] != "suppliers":
            return (path,)
        if self._base is None:
            self._base = scenario_checked(self.draft, self.overrides)
        suppliers, name = self._base.model.suppliers, parts[1]
        if name not in suppliers:
            return (path,)
        firm = suppliers[str(name)].identity or name
        twins = [other for other, given in suppliers.items() if other != name and (given.identity or other) == firm]
        values = {other: value_at(self._base.raw, (parts[0], other, *parts[2:])) for other in (name, *twins)}
        same = [other for other in twins if values[other] is not None and values[other] == values[name]]
        return (path, *(dotted((parts[0], other, *parts[2:])) for other in same))

    def model(self, point: Point, plan: str) -> PlanModel:
        """The model of a plan at a point.

        Raises
        ------
        ScenarioError
            A value of the point makes no valid scenario.
        InputError
            The scenario has no such plan there.
        """
        from sim.experiments.runs import plans_wanted

        scenario = self.scenario(point)
        plans_wanted(scenario, (plan,))
        return build_model(scenario, plan, seed=scenario.model.run.seed if _sets_seed(point) else self.seed)


def _sets_seed(point: Point) -> bool:
    """Whether a point has luck of its own."""
    return any(path == "run.seed" for path, _ in point.values)


def value_at(values: Any, path: Sequence[Part]) -> Any:  # noqa: ANN401 - any YAML value
    """Value at a path of a plain tree, without the word on where it comes from; None where there is none."""
    way = trail(values, path)
    if len(way) < len(path):
        return None
    found = child(*way[-1])
    return found["value"] if isinstance(found, dict) and set(found) == {"value", "source"} else found


def values_text(point: Point) -> str:
    """What is set at a point, as text: equal where the values and their order are."""
    return "\n".join(f"{path}={written(value)}" for path, value in point.values)


def written(value: Value) -> str:
    """A value as it stands in a scenario file, on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)}: {written(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(written, value)) + "]"
    if isinstance(value, date):
        return value.isoformat()
    return json.dumps(value, ensure_ascii=False)


def reason_of(error: InputError) -> str:
    """What is wrong with a point, in one line: the first problem, and how many more there are."""
    first, *others = error.problems
    where = f"{first.path}: " if first.path else ""
    more = f" (and {len(others)} more)" if others else ""
    return f"{where}{first.message}{more}"[:_LONGEST_REASON]
