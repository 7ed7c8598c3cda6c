"""Quantile tables: a distribution made ready for drawing, once, and checked."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from math import isfinite
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from sim.random.draws import Kind, QuantileTable, draw, draw_one
from sim.random.empirical import Empirical
from sim.random.laws import MIDDLE, Constant, Law, Mixture
from sim.random.pieces import build_pieces
from sim.random.steps import steps
from sim.random.straight import Triangular
from sim.random.truncation import truncate

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.random.distributions import Distribution

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

__all__ = ["Kind", "QuantileTable", "build_table", "draw", "draw_one"]

CACHED_TABLES: Final = 2048
"""A table takes about 100 kB."""

_ROUNDING: Final = 1e-15


class _Part(NamedTuple):
    kind: Kind
    law: Law
    share: float
    depth: int = 0
    bins: Ints = np.empty(0, dtype=np.int64)
    coefficients: Floats = np.empty((0, 4))
    cumulative: Floats = np.empty(0)
    values: Floats = np.empty(0)


def build_table(distribution: Distribution) -> QuantileTable:
    """Make, or find again, the table of a distribution.

    Parameters
    ----------
    distribution
        Any.

    Returns
    -------
    QuantileTable
        Its error in u was checked to be at most 1e-9; where that cannot be had, it keeps the closed form.
    """
    return _table(distribution.law)


@lru_cache(maxsize=CACHED_TABLES)
def _table(law: Law) -> QuantileTable:
    laws = zip(law.weights, law.parts, strict=True) if isinstance(law, Mixture) else [(1.0, law)]
    parts = [part for share, each in laws for part in _parts(each, share)]
    firsts, bins, rows, values = [], 0, 0, 0
    shifted = []
    for part in parts:
        firsts.append({Kind.PIECES: bins, Kind.TRIANGLE: rows}.get(part.kind, values))
        shifted.append(part.bins + rows)
        bins, rows, values = bins + len(part.bins), rows + len(part.coefficients), values + len(part.values)
    closed_forms = tuple(part.law for part in parts)
    shares = np.array([part.share for part in parts])
    lows, highs = np.array([part.law.support() for part in parts]).T.copy()
    return QuantileTable(
        kinds=np.array([part.kind for part in parts], dtype=np.int64),
        begins=np.concatenate([[0.0], np.cumsum(shares)[:-1]]),
        shares=shares,
        lows=lows,
        highs=highs,
        depths=np.array([part.depth for part in parts], dtype=np.int64),
        firsts=np.array(firsts, dtype=np.int64),
        counts=np.array([len(part.values) for part in parts], dtype=np.int64),
        bins=np.concatenate(shifted),
        coefficients=np.concatenate([part.coefficients for part in parts]),
        cumulative=np.concatenate([part.cumulative for part in parts]),
        values=np.concatenate([part.values for part in parts]),
        closed_forms=closed_forms if any(part.kind is Kind.CLOSED_FORM for part in parts) else (),
    )


def _parts(law: Law, share: float) -> list[_Part]:
    if isinstance(law, Constant):
        return [_Part(Kind.CONSTANT, law, share)]
    if law.discrete:
        return [_steps(law, share)]
    low, high = law.support()
    if isinstance(law, Triangular):
        sides = np.array([[law.c, law.c * (high - low) ** 2, (1.0 - law.c) * (high - low) ** 2, 0.0]])
        return [_Part(Kind.TRIANGLE, law, share, coefficients=sides)]
    between = [truncate(law, *ends) for ends in pairwise((low, *law.kinks(), high))]
    found = [_smooth_part(each, share * _mass(law, each)) for each in between if each is not None]
    if len(found) == len(between) and all(part.kind is not Kind.CLOSED_FORM for part in found):
        return found
    return [_Part(Kind.CLOSED_FORM, law, share)]


def _is_linear(law: Law) -> bool:
    """Whether equal shares of the law take equal widths, found by asking it."""
    low, high = law.support()
    if not (isfinite(low) and isfinite(high)):
        return False
    shares = np.linspace(0.0, 1.0, 17)[1:-1]
    return bool(np.all(np.abs(law.cdf(low + shares * (high - low)) - shares) <= _ROUNDING))


def _mass(law: Law, within: Law) -> float:
    edges = np.array(within.support())
    under, over = law.cdf(edges), law.sf(edges)
    return float(under[1] - under[0] if under[0] < MIDDLE else over[0] - over[1])


def _smooth_part(law: Law, share: float) -> _Part:
    if _is_linear(law):
        return _Part(Kind.LINEAR, law, share)
    pieces = build_pieces(law)
    if pieces is None:
        return _Part(Kind.CLOSED_FORM, law, share)
    return _Part(Kind.PIECES, law, share, pieces.depth, pieces.bins, pieces.coefficients)


def _steps(law: Law, share: float) -> _Part:
    if isinstance(law, Empirical):
        # Equal shares need no cumulative ones; the column is filled so that one index serves both.
        return _Part(Kind.OBSERVATIONS, law, share, cumulative=law.values, values=law.values)
    found = steps(law)
    if found is None:
        return _Part(Kind.CLOSED_FORM, law, share)
    cumulative, values = found
    return _Part(Kind.STEPS, law, share, cumulative=cumulative, values=values)
