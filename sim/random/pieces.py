"""A quantile function as cubic pieces, indexed by the bits of the share that they are asked for.

The share is counted from the nearer end, v = min(u, 1 - u), so both tails keep their digits. The exponent of
v names an octave, the leading bits of its fraction f a bin within the octave, and the bin a cubic in f. A bin
whose cubic is not good enough is halved, so bins are narrow where the function bends and wide where it does
not.

The error is measured in probability: a drawn value x for the share v is wrong by |P(x) - v|, where P is the
law's own distribution function, and may be wrong by 1e-9 at most.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.random.laws import Law

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

OCTAVES: Final = 52
"""Exponents -53 to -2: every share from the smallest uniform up to a half."""

SMALLEST_EXPONENT: Final = -53
LARGEST_ERROR: Final = 1e-9

_ALLOWED: Final = 5e-10
"""At the points that are checked: half of the promise, since the worst may lie beside them."""
_ALLOWED_OF_SHARE: Final = 1e-6
"""In the tails: wrong by no more than this share of the share itself ..."""
_NOISE: Final = 1e-15
"""... or by what the last digits of a distribution function are worth."""
_LAST_DIGITS: Final = 1e-14
_TINIEST: Final = 1e-300
"""A value this near to the law's own quantile, relatively or absolutely, is that quantile but for rounding:
where the density is infinite (at 1 under a beta law) the last digit of a double is worth more than the bound.
"""

_START_DEPTH: Final = 2
_LARGEST_DEPTH: Final = 9
_LARGEST_ROWS: Final = 20_000

_NODES: Final = np.array([0.0, 0.25, 0.75, 1.0])
"""Chebyshev-Lobatto points: near the smallest error, and neighbouring pieces meet at the ends."""
_INTERPOLATION: Final = np.linalg.inv(np.vander(_NODES, increasing=True)).T
_CHECKS: Final = np.array([0.09, 0.31, 0.5, 0.69, 0.91])


class _Bins(NamedTuple):
    """Bins on their way: side (0 from below, 1 from above), octave, depth and position within the octave."""

    side: Ints
    octave: Ints
    depth: Ints
    position: Ints

    def chosen(self, mask: NDArray[np.bool_]) -> _Bins:
        return _Bins(*(column[mask] for column in self))

    def halved(self) -> _Bins:
        return _Bins(
            np.repeat(self.side, 2),
            np.repeat(self.octave, 2),
            np.repeat(self.depth, 2) + 1,
            (2 * self.position[:, np.newaxis] + np.array([0, 1])).ravel(),
        )

    def fractions(self, points: Floats) -> Floats:
        return np.ldexp(self.position[:, np.newaxis] + points, -self.depth[:, np.newaxis])

    def shares(self, fractions: Floats) -> Floats:
        return np.ldexp(1.0 + fractions, (self.octave + SMALLEST_EXPONENT)[:, np.newaxis])


@dataclass(frozen=True, slots=True)
class Pieces:
    """A checked quantile function.

    Attributes
    ----------
    depth
        Leading bits of the fraction that name a bin.
    bins
        Shape (2 * 52 << depth,): the row of coefficients for each bin, first those counted from below.
    coefficients
        Shape (rows, 4): of 1, f, f² and f³.
    worst
        The largest error at the points that were checked.
    """

    depth: int
    bins: Ints
    coefficients: Floats
    worst: float


def build_pieces(law: Law) -> Pieces | None:
    """Cut a law's quantile function into cubic pieces.

    Parameters
    ----------
    law
        Continuous, with a smooth density.

    Returns
    -------
    Pieces or None
        None if bins of 1/512 octave are not narrow enough, or if a quantile is not finite.
    """
    ends = law.support()
    todo = _first_bins()
    done: list[tuple[_Bins, Floats]] = []
    worst, rows = 0.0, 0
    while len(todo.side):
        coefficients = _interpolated(law, todo)
        if not np.isfinite(coefficients).all():
            return None
        errors, good = _checked(law, todo, coefficients, ends)
        done.append((todo.chosen(good), coefficients[good]))
        worst = max(worst, float(errors[good].max(initial=0.0)))
        rows += len(todo.side)
        if rows > _LARGEST_ROWS or (todo.depth[0] == _LARGEST_DEPTH and not good.all()):
            return None
        todo = todo.chosen(~good).halved()
    return _assembled(done, worst)


def _first_bins() -> _Bins:
    side, octave, position = np.meshgrid(range(2), range(OCTAVES), range(1 << _START_DEPTH), indexing="ij")
    depth = np.full(side.size, _START_DEPTH)
    return _Bins(side.ravel(), octave.ravel(), depth, position.ravel())


def _interpolated(law: Law, bins: _Bins) -> Floats:
    """Coefficients of f for cubics that meet the law's quantiles at the four nodes of each bin."""
    values = _quantiles(law, bins.side, bins.shares(bins.fractions(_NODES)))
    with np.errstate(invalid="ignore", over="ignore"):
        a0, a1, a2, a3 = (values @ _INTERPOLATION).T
        # From t, which runs from 0 to 1 within the bin, to f = (position + t) / 2**depth.
        k, s = bins.position.astype(np.float64), np.ldexp(1.0, bins.depth)
        columns = (
            a0 - k * (a1 - k * (a2 - k * a3)),
            s * (a1 - k * (2 * a2 - 3 * k * a3)),
            s**2 * (a2 - 3 * k * a3),
            s**3 * a3,
        )
        return np.stack(columns, axis=1)


def _checked(
    law: Law, bins: _Bins, coefficients: Floats, ends: tuple[float, float]
) -> tuple[Floats, NDArray[np.bool_]]:
    """Give the largest error in probability of each bin, and whether the bin is good enough."""
    fractions = bins.fractions(_CHECKS)
    shares = bins.shares(fractions)
    c0, c1, c2, c3 = coefficients.T[:, :, np.newaxis]
    values = np.clip(((c3 * fractions + c2) * fractions + c1) * fractions + c0, *ends)
    found = np.empty(shares.shape)
    lower = bins.side == 0
    found[lower], found[~lower] = law.cdf(values[lower]), law.sf(values[~lower])
    errors = np.abs(found - shares)
    near = errors <= np.minimum(_ALLOWED, _ALLOWED_OF_SHARE * shares + _NOISE)
    doubtful = ~near.all(axis=1)
    exact = _quantiles(law, bins.side[doubtful], shares[doubtful])
    same = np.abs(values[doubtful] - exact) <= _LAST_DIGITS * np.abs(exact) + _TINIEST
    errors[doubtful] = np.where(same, 0.0, errors[doubtful])
    near[doubtful] |= same
    return errors.max(axis=1), np.all(near, axis=1)


def _quantiles(law: Law, side: Ints, shares: Floats) -> Floats:
    values = np.empty(shares.shape)
    lower = side == 0
    values[lower], values[~lower] = law.ppf(shares[lower]), law.isf(shares[~lower])
    return values


def _assembled(done: list[tuple[_Bins, Floats]], worst: float) -> Pieces:
    bins = _Bins(*(np.concatenate(columns) for columns in zip(*(bins for bins, _ in done), strict=True)))
    coefficients = np.concatenate([rows for _, rows in done])
    depth = int(bins.depth.max())
    starts = ((bins.side * OCTAVES + bins.octave) << depth) + (bins.position << (depth - bins.depth))
    order = np.argsort(starts)
    widths = np.left_shift(1, depth - bins.depth[order])
    rows = np.repeat(np.arange(len(order)), widths)
    return Pieces(depth, rows, np.ascontiguousarray(coefficients[order]), worst)
