"""The uncertain inputs of a scenario: what a study varies, and how likely each value is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from sim.errors import InputError, Problem
from sim.experiments.wording import unknown_name
from sim.scenario.keys import whole
from sim.scenario.members import kinds_at
from sim.scenario.paths import parts_of
from sim.studies.points import Point

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from sim.random.distributions import Distribution
    from sim.scenario import Scenario
    from sim.studies.points import Value


@dataclass(frozen=True, slots=True)
class Input:
    """One uncertain input.

    Attributes
    ----------
    path
        Dotted path of the value in the scenario.
    distribution
        What is believed of it.
    is_whole
        Whether it counts something, so that only whole numbers can be set.
    """

    path: str
    distribution: Distribution
    is_whole: bool = False

    @property
    def members(self) -> tuple[Input, ...]:
        """The inputs whose values are drawn: this one alone."""
        return (self,)

    def drawn(self, shares: NDArray[np.float64]) -> NDArray[np.float64]:
        """`values` as the one column of a table, shape (points, 1)."""
        return self.values(shares)[:, None]

    def values(self, shares: ArrayLike) -> NDArray[np.float64]:
        """Values below which these shares of the belief lie, as they are set in the scenario."""
        values = self.distribution.ppf(shares)
        return np.round(values) if self.is_whole else values

    def settable(self, value: float) -> Value:
        """A value as it is set in the scenario: a plain number of Python."""
        return round(value) if self.is_whole else float(value)


class Believed(Protocol):
    """What a study varies: an input by itself (`Input`), or several that are known together only (`JointInput`)."""

    @property
    def path(self) -> str:
        """Its name: the path of the input, or how the paths of all of them begin."""

    @property
    def members(self) -> tuple[Input, ...]:
        """The inputs whose values are drawn."""

    def drawn(self, shares: NDArray[np.float64]) -> NDArray[np.float64]:
        """Values of the members, shape (points, members), where these shares of the belief lie below."""


def counts_something(path: str) -> bool:
    """Whether only whole numbers may stand at a path of the scenario."""
    return any(_is_whole(kind) for kind in kinds_at(parts_of(path) or ()))


def _is_whole(kind: Any) -> bool:  # noqa: ANN401 - an annotation
    import typing

    if kind is int:
        return True
    if any(getattr(metadata, "func", None) is whole for metadata in getattr(kind, "__metadata__", ())):
        return True
    return any(_is_whole(inner) for inner in typing.get_args(kind) if not isinstance(inner, str))


def uncertain_inputs(scenario: Scenario, names: Sequence[str] = ()) -> tuple[Input, ...]:
    """Inputs that the scenario calls uncertain, in its order.

    Parameters
    ----------
    scenario
        Its ``uncertain`` section names them; an input that can take one value only is left out.
    names
        Only these paths; all of them where none is named.

    Raises
    ------
    InputError
        The scenario has none, or not one of this name.
    """
    known = {
        path: Input(path, distribution, counts_something(path))
        for path, distribution in scenario.model.uncertain.items()
        if not distribution.is_constant
    }
    if not known:
        hint = "name them in a section `uncertain:`, each path with its distribution"
        raise InputError(Problem(f"{scenario.name} has no uncertain inputs", hint=hint))
    problems = [
        unknown_name(f"there is no uncertain input {name!r} in {scenario.name}", name, known)
        for name in names
        if name not in known
    ]
    if problems:
        raise InputError(*problems)
    return tuple(known[name] for name in known if not names or name in names)


def members_of(inputs: Sequence[Believed]) -> tuple[Input, ...]:
    """The inputs whose values are drawn, in the order in which they are set."""
    return tuple(member for one in inputs for member in one.members)


def points_at(inputs: Sequence[Believed], shares: NDArray[np.float64]) -> list[Point]:
    """Points of a design in the unit cube.

    Parameters
    ----------
    inputs
        What is varied.
    shares
        Shape (points, inputs), from 0 to below 1: how much of the belief in each input lies below its value.
    """
    members = members_of(inputs)
    rows = np.hstack([one.drawn(shares[:, index]) for index, one in enumerate(inputs)]).tolist()
    return [
        Point(tuple((one.path, one.settable(value)) for one, value in zip(members, row, strict=True))) for row in rows
    ]
