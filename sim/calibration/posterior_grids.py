"""A posterior on a grid that finds its own place: wide and coarse first, then narrower until it fits the mass."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Indices = NDArray[np.intp]

_NEGLIGIBLE: Final = 1e-4
"""Of the largest marginal density: nodes below it are cut off; for a normal posterior at 4.3 standard deviations."""
_ZOOMS: Final = 12
_SETTLED: Final = 0.9
"""A range that no longer shrinks below this share of itself has found its place."""


class LogDensity(Protocol):
    """The log of a density, up to a constant, on the product of axes."""

    def __call__(self, axes: Sequence[Floats], *, fine: bool) -> Floats:
        """Values of shape (len(axis), ...); `fine` on the last call, the one that counts."""
        ...


class Axis(NamedTuple):
    """Range that a parameter may take at all, and how many nodes stand in it while zooming and at the end."""

    low: float
    high: float
    coarse: int
    fine: int


class Grid(NamedTuple):
    """A posterior on the product of evenly spaced axes; `weights` sum to 1."""

    axes: tuple[Floats, ...]
    weights: Floats


def posterior_grid(log_density: LogDensity, axes: Sequence[Axis]) -> Grid:
    """Lay a grid over all but a negligible part of a posterior.

    Parameters
    ----------
    log_density
        Of one hill, however narrow.
    axes
        The box that the prior allows.

    Notes
    -----
    After each pass every axis is cut to the nodes that hold mass and one node more on each side; a hill that leans on
    the edge of its range moves the range on. So neither a prior nor ten thousand lots need settings of their own.
    """
    ranges = [(axis.low, axis.high) for axis in axes]
    for _ in range(_ZOOMS):
        nodes = [np.linspace(*given, axis.coarse) for given, axis in zip(ranges, axes, strict=True)]
        weights = _weights(log_density(nodes, fine=False))
        held = [_held(node, weights, place, axes[place]) for place, node in enumerate(nodes)]
        settled = all(
            new[0] >= old[0] and new[1] <= old[1] and new[1] - new[0] > _SETTLED * (old[1] - old[0])
            for new, old in zip(held, ranges, strict=True)
        )
        ranges = held
        if settled:
            break
    nodes = [np.linspace(*given, axis.fine) for given, axis in zip(ranges, axes, strict=True)]
    return Grid(tuple(nodes), _weights(log_density(nodes, fine=True)))


def grid_draws(grid: Grid, sets: int, rng: np.random.Generator) -> tuple[tuple[Indices, ...], tuple[Floats, ...]]:
    """Draw from a posterior on a grid: the node of each draw, and its value spread evenly over the node's cell.

    Returns
    -------
    tuple
        For each axis the index of the node, shape (S,), and the value, shape (S,).
    """
    sums = np.cumsum(grid.weights.ravel())
    flat = np.minimum(np.searchsorted(sums, rng.random(sets) * sums[-1], side="right"), sums.size - 1)
    places = np.unravel_index(flat, grid.weights.shape)
    values = tuple(
        np.clip(axis[place] + (rng.random(sets) - 0.5) * (axis[1] - axis[0]), axis[0], axis[-1])
        for axis, place in zip(grid.axes, places, strict=True)
    )
    return tuple(places), values


def _weights(log_density: Floats) -> Floats:
    weights: Floats = np.exp(log_density - log_density.max())
    return np.asarray(weights / weights.sum())


def _held(nodes: Floats, weights: Floats, place: int, axis: Axis) -> tuple[float, float]:
    marginal = weights.sum(axis=tuple(other for other in range(weights.ndim) if other != place))
    (kept,) = np.nonzero(marginal >= _NEGLIGIBLE * marginal.max())
    step = nodes[1] - nodes[0]
    return max(float(nodes[kept[0]] - step), axis.low), min(float(nodes[kept[-1]] + step), axis.high)
