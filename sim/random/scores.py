"""Quality shared between a supplier's lots: a Gaussian copula.

Every lot of a supplier has the same defect distribution, yet lots of one supplier resemble each other more
than lots of two. So a lot's place in that distribution is a normal score, z = sqrt(1 - share) * supplier +
sqrt(share) * lot: the first term drawn once a replication for the supplier, the second for the lot. Whatever
the share, z is standard normal, so the distribution of a single lot stays exactly what the buyer wrote down,
and two lots correlate by 1 - share in z.

Like `draw` and `draw_one`, the functions for arrays and for single numbers give the same bits.
"""

from __future__ import annotations

from functools import lru_cache
from math import sqrt
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from sim.random.tables import QuantileTable, build_table, draw, draw_one

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.random.distributions import Distribution

    Floats = NDArray[np.float64]

LARGEST_SCORE: Final = 9.0
"""Scores beyond are taken for this one, whose chance is 1e-19."""

CELLS_PER_UNIT: Final = 128
LARGEST_ERROR: Final = 1e-11
"""Of the normal integral; all but a hundredth of the 1e-9 is left to the quantile table."""

_NODES: Final = np.array([0.0, 0.25, 0.75, 1.0])
_CHECKS: Final = np.linspace(0.0, 1.0, 9)
_LAST_CELL: Final = int(LARGEST_SCORE * CELLS_PER_UNIT) - 1


class ScoreTable(NamedTuple):
    """A distribution by normal scores.

    Attributes
    ----------
    integral
        Shape (cells, 4): cubics of the normal integral from minus infinity to -z, for z from 0 to 9.
    quantiles
        The table of the distribution.
    """

    integral: Floats
    quantiles: QuantileTable


def build_score_table(distribution: Distribution) -> ScoreTable:
    """Make the table of a distribution by normal scores.

    Parameters
    ----------
    distribution
        Any, usually of the defective share of a lot.

    Returns
    -------
    ScoreTable
        Exact in u to 1e-9, like the quantile table that it holds.
    """
    return ScoreTable(normal_integral(), build_table(distribution))


def normal_score(u: Floats) -> Floats:
    """Turn uniforms, shape (R,), into standard normal scores, ascending in `u`."""
    return draw(normal_table(), u)


def normal_score_one(u: float) -> float:
    """Turn one uniform into a standard normal score, to the last bit as `normal_score` does."""
    return draw_one(normal_table(), u)


def shared_score(supplier: Floats, lot: Floats, lot_share: float) -> Floats:
    """Combine the scores of suppliers and of their lots into scores of the lots' quality.

    Parameters
    ----------
    supplier, lot
        Independent standard normal scores, shape (R,).
    lot_share
        The share of the variance that is between lots of one supplier, 0 to 1.

    Returns
    -------
    ndarray, shape (R,)
        Standard normal scores.
    """
    return supplier * sqrt(1.0 - lot_share) + lot * sqrt(lot_share)


def shared_score_one(supplier: float, lot: float, lot_share: float) -> float:
    """Combine two scores, to the last bit as `shared_score` does."""
    return supplier * sqrt(1.0 - lot_share) + lot * sqrt(lot_share)


def draw_score(table: ScoreTable, z: Floats) -> Floats:
    """Give the value of the distribution at each normal score.

    Parameters
    ----------
    table
        Of the distribution.
    z
        Normal scores, shape (R,).

    Returns
    -------
    ndarray, shape (R,)
        Values that have the distribution if the scores are standard normal.
    """
    place = np.abs(z)
    np.minimum(place, LARGEST_SCORE, out=place)
    np.multiply(place, CELLS_PER_UNIT, out=place)
    cell = np.minimum(place.astype(np.int64), _LAST_CELL)
    np.subtract(place, cell, out=place)
    c0, c1, c2, c3 = table.integral.T
    below = c3.take(cell)
    for column in (c2, c1, c0):
        np.multiply(below, place, out=below)
        np.add(below, column.take(cell), out=below)
    return draw(table.quantiles, np.where(z > 0.0, 1.0 - below, below))


def draw_score_one(table: ScoreTable, z: float) -> float:
    """Give the value of the distribution at one normal score, to the last bit as `draw_score` does."""
    place = min(abs(z), LARGEST_SCORE) * CELLS_PER_UNIT
    cell = min(int(place), _LAST_CELL)
    place -= cell
    c0, c1, c2, c3 = table.integral[cell].tolist()
    below = ((c3 * place + c2) * place + c1) * place + c0
    return draw_one(table.quantiles, 1.0 - below if z > 0.0 else below)


@lru_cache(maxsize=1)
def normal_table() -> QuantileTable:
    """Give the table by which uniforms become normal scores."""
    from sim.random.distributions import Distribution
    from sim.random.families import Normal

    return build_table(Distribution(Normal(0.0, 1.0), '{"dist": "norm"}'))


@lru_cache(maxsize=1)
def normal_integral() -> Floats:
    """Give the cubics of `ScoreTable.integral`: on cells of equal width, checked between their nodes."""
    from scipy import special

    cells = np.arange(_LAST_CELL + 1)[:, np.newaxis]
    coefficients = (
        special.ndtr(-(cells + _NODES) / CELLS_PER_UNIT) @ np.linalg.inv(np.vander(_NODES, increasing=True)).T
    )
    c0, c1, c2, c3 = coefficients.T[:, :, np.newaxis]
    found = ((c3 * _CHECKS + c2) * _CHECKS + c1) * _CHECKS + c0
    error = float(np.abs(found - special.ndtr(-(cells + _CHECKS) / CELLS_PER_UNIT)).max())
    if not (error <= LARGEST_ERROR and (found > 0).all()):
        message = f"the normal integral is off by {error:g}"
        raise ArithmeticError(message)
    coefficients.setflags(write=False)
    return np.ascontiguousarray(coefficients)
