"""Inputs that are known together only: of the joint draws of a fit one is taken whole, never numbers from several.

A mean and a spread that were fitted to the same orders go together. To vary them one by one would try pairs that nobody
believes in, so a study takes rows of ``parameter_sets`` as they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from sim.errors import InputError
from sim.experiments.wording import unknown_name
from sim.random.distributions import parse
from sim.scenario.parameter_sets import is_replaced
from sim.scenario.paths import lies_in
from sim.studies.inputs import Input, counts_something, uncertain_inputs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from sim.scenario import Scenario
    from sim.scenario.parameter_sets import ParameterSetsSpec
    from sim.studies.inputs import Believed

    Floats = NDArray[np.float64]

EVERY_SET: Final = "parameter_sets"
"""Name of the inputs of the sets whose draws are not said to be independent of each other."""


@dataclass(frozen=True, slots=True)
class JointInput:
    """Inputs of which whole rows are drawn.

    Attributes
    ----------
    path
        How the paths of all of them begin, or `EVERY_SET`.
    members
        The inputs, each with its own draws as what is believed of it.
    rows
        Shape (draws, members): equally likely, in order along the line on which they differ most (`along`).
    """

    path: str
    members: tuple[Input, ...]
    rows: Floats

    def drawn(self, shares: Floats) -> Floats:
        """The row below which each share of the rows lies, shape (points, members)."""
        last = len(self.rows) - 1
        return np.asarray(self.rows[np.minimum((shares * len(self.rows)).astype(np.int64), last)])


def believed_inputs(scenario: Scenario, names: Sequence[str] = ()) -> tuple[Believed, ...]:
    """What a scenario is unsure of, as it is to be varied: joint draws whole, all else by itself.

    Parameters
    ----------
    scenario
        Its ``uncertain`` section and its ``parameter_sets``.
    names
        Only these: paths of inputs, or of joint inputs. One that is drawn with others may be named alone and is then
        varied alone. All where none is named.

    Raises
    ------
    InputError
        The scenario is sure of everything, or of what is named.
    """
    joint = {one.path: one for one in joint_inputs(scenario)}
    if not joint:
        return uncertain_inputs(scenario, names)
    members = {member.path: member for one in joint.values() for member in one.members if not _is_same(member)}
    singles = {path: one for path, one in _singles(scenario).items() if path not in members}
    whole: dict[str, Believed] = {**joint, **singles}
    known: Mapping[str, Believed] = {**members, **whole}
    problems = [
        unknown_name(f"there is no uncertain input {name!r} in {scenario.name}", name, known)
        for name in names
        if name not in known
    ]
    if problems:
        raise InputError(*problems)
    if not names:
        return tuple(whole.values())
    asked = [path for path in known if path in names]
    inside = {member.path for path in asked if path in joint for member in joint[path].members}
    return tuple(known[path] for path in asked if path not in inside)


def joint_inputs(scenario: Scenario) -> tuple[JointInput, ...]:
    """Inputs whose draws belong together, one for each part of the sets that is independent of the others.

    What was set from outside is drawn no more: it holds in every row.
    """
    sets = scenario.model.parameter_sets
    if sets is None:
        return ()
    columns = {path: column for column, path in enumerate(sets.inputs) if not is_replaced(path, scenario.overrides)}
    draws = np.array(sets.sets)
    groups = ((name, [path for path in paths if path in columns]) for name, paths in parts_of_sets(sets).items())
    found = (_joint(name, paths, draws[:, [columns[path] for path in paths]]) for name, paths in groups if paths)
    return tuple(one for one in found if not all(map(_is_same, one.members)))


def parts_of_sets(sets: ParameterSetsSpec) -> dict[str, tuple[str, ...]]:
    """Paths of the sets' inputs by the part that they are drawn with, in the order of the sets."""
    parts: dict[str, list[str]] = {}
    for path in sets.inputs:
        name = next((begin for begin in sets.independent if lies_in(path, begin)), EVERY_SET)
        parts.setdefault(name, []).append(path)
    return {name: tuple(paths) for name, paths in parts.items()}


def along(rows: Floats) -> Floats:
    """Place of each row along the line on which the rows differ most, shape (draws,).

    Notes
    -----
    The first principal component of the ranks of the columns (Jolliffe 2002, *Principal component analysis*, ch. 2);
    ranks, so that one huge draw does not decide. It rises with the column that weighs most in it.
    """
    from scipy.stats import rankdata

    ranks = rankdata(rows, axis=0)
    centred = ranks - ranks.mean(axis=0)
    *_, axes = np.linalg.svd(centred, full_matrices=False)
    first = axes[0]
    return np.asarray(centred @ first * np.sign(first[np.abs(first).argmax()]))


def _joint(name: str, paths: Sequence[str], draws: Floats) -> JointInput:
    rows = draws[np.argsort(along(draws), kind="stable")]
    members = tuple(
        Input(path, parse({"dist": "empirical", "values": rows[:, column].tolist()}), counts_something(path))
        for column, path in enumerate(paths)
    )
    return JointInput(name, members, rows)


def _singles(scenario: Scenario) -> dict[str, Input]:
    """Inputs of the ``uncertain`` section, if it has any."""
    if all(law.is_constant for law in scenario.model.uncertain.values()):
        return {}
    return {one.path: one for one in uncertain_inputs(scenario)}


def _is_same(one: Input) -> bool:
    return one.distribution.is_constant
