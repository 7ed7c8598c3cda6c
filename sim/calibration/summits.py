"""The highest point of a likelihood, for many samples at once, with how sharply it falls off around it."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_ENOUGH: Final = 1e-6
"""A gain in log-likelihood that no longer matters."""
_FLATTEST: Final = 1e-6
_LONGEST_STEP: Final = 1.0
_NO_WAY_UP: Final = 1e4


class Summit(NamedTuple):
    """Where functions are highest.

    Attributes
    ----------
    points
        One a function, shape (B, k).
    values
        The functions there, shape (B,).
    curvature
        Minus their second derivatives there, shape (B, k, k).
    """

    points: Floats
    values: Floats
    curvature: Floats


def summit(
    objective: Callable[[Floats], Floats], start: Floats, low: Floats, high: Floats, *, step: float, rounds: int = 60
) -> Summit:
    """Climb B functions of k parameters to their highest points by damped Newton steps on numerical derivatives.

    Parameters
    ----------
    objective
        Takes points of shape (B, P, k), gives values of shape (B, P).
    start
        Where to begin, shape (B, k).
    low, high
        Bounds of the parameters, shape (k,).
    step
        Of the differences that stand for derivatives, in units of the parameters.
    rounds
        Most steps.

    Returns
    -------
    Summit
        On a bound where the function still rises there.
    """
    points, damping = np.clip(start, low, high), np.full(len(start), 1e-3)
    values, slope, curvature = _derivatives(objective, points, step)
    for _ in range(rounds):
        bends, turns = np.linalg.eigh(curvature)
        stiffness = np.maximum(np.abs(bends), _FLATTEST) * (1 + damping[:, None])
        along = np.einsum("bij,bi->bj", turns, slope) / stiffness
        move = np.clip(np.einsum("bij,bj->bi", turns, along), -_LONGEST_STEP, _LONGEST_STEP)
        tried = np.clip(points + move, low, high)
        reached = objective(tried[:, None, :])[:, 0]
        better = reached > values
        gain = np.where(better, reached - values, 0.0)
        points = np.where(better[:, None], tried, points)
        damping = np.where(better, np.maximum(damping / 10, 1e-6), damping * 10)
        done = np.where(
            better, gain < _ENOUGH, (damping > _NO_WAY_UP) | (np.abs(tried - points).max(axis=1) < step * 1e-2)
        )
        values, slope, curvature = _derivatives(objective, points, step)
        if done.all():
            break
    return Summit(points, values, curvature)


def _derivatives(objective: Callable[[Floats], Floats], points: Floats, step: float) -> tuple[Floats, Floats, Floats]:
    """Give values, slopes, and minus the second derivatives, by central differences in one call."""
    size = points.shape[1]
    pairs = list(combinations(range(size), 2))
    axes = np.eye(size) * step
    moves = [np.zeros(size), *axes, *-axes]
    moves += [sign * (axes[i] + axes[j]) for sign in (1, -1) for i, j in pairs]
    found = objective(points[:, None, :] + np.array(moves))
    middle, up, down = found[:, 0], found[:, 1 : size + 1], found[:, size + 1 : 2 * size + 1]
    slope = (up - down) / (2 * step)
    curvature = np.zeros((len(points), size, size))
    for i in range(size):
        curvature[:, i, i] = (2 * middle - up[:, i] - down[:, i]) / step**2
    for place, (i, j) in enumerate(pairs):
        both = found[:, 2 * size + 1 + place] + found[:, 2 * size + 1 + len(pairs) + place]
        mixed = (both + 2 * middle - up[:, i] - down[:, i] - up[:, j] - down[:, j]) / (2 * step**2)
        curvature[:, i, j] = curvature[:, j, i] = -mixed
    return middle, slope, curvature
