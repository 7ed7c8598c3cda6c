"""Which plan to choose once some inputs are known: a rule fitted to findings, and where it changes its mind."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from sim.studies.conditional_means import conditional_means

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sim.studies.inputs import Input

    Floats = NDArray[np.float64]
    Choices = NDArray[np.int64]

FOLDS: Final = 10
_GRID: Final = 400
_SLIVER: Final = 0.02
"""A range that holds less of the belief than this is not told apart: a fitted curve places no bound more exactly."""


class Range(NamedTuple):
    """Values of an input for which one plan is chosen.

    Attributes
    ----------
    path
        Of the input.
    low, high
        Bounds of the range; None where the belief ends.
    plan
        Which plan loses least there.
    share
        How likely a value in this range is.
    saved
        How much less that plan loses there than the plan that is best without knowing, on average, in currency units.
    """

    path: str
    low: float | None
    high: float | None
    plan: str
    share: float
    saved: float


def choices_fitted(known: Floats, losses: Floats) -> tuple[Choices, Floats]:
    """Plan to choose at each point, by a rule fitted to all of them.

    Parameters
    ----------
    known
        Shape (points, inputs): values of the inputs that are known.
    losses
        Shape (points, plans).

    Returns
    -------
    choices, means
        Number of the plan, shape (points,), and what each plan may be expected to lose there more than the first,
        shape (points, plans).
    """
    means = conditional_means(known, _against_first(losses)).at(known)
    return means.argmin(axis=1), means


def choices_of_others(known: Floats, losses: Floats, folds: int = FOLDS) -> Choices:
    """Plan to choose at each point, by a rule that never saw what was found there.

    The points are dealt into folds; those of one fold are decided by the rule that is fitted to all others, so that
    the losses found there are news to it, and show what following it brings.

    Parameters
    ----------
    known, losses
        As in `choices_fitted`.
    folds
        How many.
    """
    choices = np.zeros(len(losses), np.int64)
    fold = np.arange(len(losses)) % folds
    for number in range(folds):
        held = fold == number
        rule = conditional_means(known[~held], _against_first(losses[~held]))
        choices[held] = rule.at(known[held]).argmin(axis=1)
    return choices


def ranges_found(one: Input, known: Floats, losses: Floats, plans: Sequence[str], best: int) -> tuple[Range, ...]:
    """Ranges of one input in which one plan after the other is the one to choose, from low to high.

    Parameters
    ----------
    one
        The input.
    known
        Shape (points,): its values.
    losses
        Shape (points, plans).
    plans
        Their names.
    best
        Number of the plan that is best without knowing.
    """
    values = one.values((np.arange(_GRID) + 0.5) / _GRID)
    means = conditional_means(known[:, None], _against_first(losses)).at(values[:, None])
    found, start = [], 0
    for plan, length in _without_slivers(means.argmin(axis=1)):
        end = start + length
        low = float(values[start - 1] + values[start]) / 2 if start else None
        high = float(values[end - 1] + values[end]) / 2 if end < _GRID else None
        saved = float((means[start:end, best] - means[start:end, plan]).mean())
        found.append(Range(one.path, low, high, plans[plan], length / _GRID, saved))
        start = end
    return tuple(found)


def _against_first(losses: Floats) -> Floats:
    """What each plan loses more than the first: shared luck is out of it, and there is less left to fit."""
    return losses - losses[:, :1]


def _without_slivers(choices: Choices) -> list[tuple[int, int]]:
    """Runs of equal choices with their lengths; the shortest go to their neighbours until none is a sliver."""
    runs = [(int(plan), len(list(same))) for plan, same in groupby(choices.tolist())]
    while len(runs) > 1:
        shortest = min(range(len(runs)), key=lambda index: runs[index][1])
        if runs[shortest][1] >= _SLIVER * len(choices):
            break
        neighbour = shortest - 1 if shortest else 1
        runs[shortest] = (runs[neighbour][0], runs[shortest][1])
        runs = [(plan, sum(length for _, length in same)) for plan, same in groupby(runs, key=lambda run: run[0])]
    return runs
