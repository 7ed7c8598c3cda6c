"""Drawing from quantile tables: what engines do with a uniform.

A table consists of numbers alone, so that compiled code can read it too. Its parts are laws of one kind each;
a mixture has a part for each component, a law whose density has corners one between each two of them, and a
uniform is first used to choose the part and then, stretched to 0..1, to draw from it.

`draw` and `draw_one` do the same operations in the same order on the same doubles, and only such operations
as IEEE 754 rounds correctly (no logarithm, no power): equal to the last bit.
"""

from __future__ import annotations

from enum import IntEnum, unique
from math import ceil, frexp, sqrt
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from sim.random.laws import MIDDLE
from sim.random.pieces import OCTAVES, SMALLEST_EXPONENT
from sim.random.uniforms import SMALLEST

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.random.laws import Law

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

_BELOW_HALF: Final = float(np.nextafter(0.5, 0.0))
_FRACTION_BITS: Final = 52
_FRACTION: Final = np.int64((1 << _FRACTION_BITS) - 1)
_EXPONENT_OF_ONE: Final = np.int64(1023 << _FRACTION_BITS)
_EXPONENT_BIAS: Final = 1023
_SIGN_BIT: Final = np.int64(63)


@unique
class Kind(IntEnum):
    """How a part of a table is drawn."""

    CONSTANT = 0
    LINEAR = 1
    """From the low to the high end in proportion to u."""
    PIECES = 2
    """By a cubic in the bin that the bits of min(u, 1 - u) name."""
    STEPS = 3
    """The first value whose cumulative share is not below u."""
    OBSERVATIONS = 4
    """Any of the observations, all alike."""
    TRIANGLE = 5
    """By a square root (which IEEE 754 rounds as exactly as a product) on either side of the mode."""
    CLOSED_FORM = 6
    """By the law itself, where none of the others is exact enough."""


class QuantileTable(NamedTuple):
    """A distribution as numbers.

    Attributes
    ----------
    kinds
        Shape (P,): `Kind` of each part.
    begins, shares
        Shape (P,): where the part begins within 0..1, and how much of it it takes.
    lows, highs
        Shape (P,): the ends of its support.
    depths
        Shape (P,): of PIECES, the leading bits of the fraction that name a bin.
    firsts, counts
        Shape (P,): where its bins, steps or observations begin in `bins` or `values`, and how many there are.
    bins
        Rows of `coefficients`.
    coefficients
        Shape (rows, 4): of 1, f, f² and f³; of a TRIANGLE its mode's share, that times the squared width, and
        the rest of the squared width.
    cumulative, values
        Cumulative shares (of STEPS) and values (of STEPS and OBSERVATIONS).
    closed_forms
        One law a part if any part is CLOSED_FORM, else empty; a table without is plain numbers.
    """

    kinds: Ints
    begins: Floats
    shares: Floats
    lows: Floats
    highs: Floats
    depths: Ints
    firsts: Ints
    counts: Ints
    bins: Ints
    coefficients: Floats
    cumulative: Floats
    values: Floats
    closed_forms: tuple[Law, ...]


def draw(table: QuantileTable, u: Floats) -> Floats:
    """Draw one value for each uniform.

    Parameters
    ----------
    table
        Of the distribution to draw from.
    u
        Uniforms between 0 and 1, shape (R,).

    Returns
    -------
    ndarray, shape (R,)
        Values of the distribution, ascending in `u` unless it is a mixture (whose components follow one
        another).
    """
    if len(table.kinds) == 1:
        drawn: Floats = _DRAWN[table.kinds[0]](table, 0, u)
        return drawn
    result = np.empty(u.shape)
    chosen = np.searchsorted(table.begins[1:], u, side="left")
    for part, kind in enumerate(table.kinds):
        places = np.flatnonzero(chosen == part)
        if len(places):
            local = (u[places] - table.begins[part]) / table.shares[part]
            result[places] = _DRAWN[kind](table, part, _within(local, SMALLEST, 1.0 - SMALLEST))
    return result


def draw_one(table: QuantileTable, u: float) -> float:
    """Draw one value for one uniform.

    Parameters
    ----------
    table
        Of the distribution to draw from.
    u
        A uniform between 0 and 1.

    Returns
    -------
    float
        To the last bit what `draw` gives.
    """
    part = 0
    if len(table.kinds) > 1:
        while part + 1 < len(table.kinds) and u > table.begins[part + 1]:
            part += 1
        u = (u - table.begins.item(part)) / table.shares.item(part)
        u = min(max(u, SMALLEST), 1.0 - SMALLEST)
    return _DRAWN_ONE[table.kinds[part]](table, part, u)


def _draw_constant(table: QuantileTable, part: int, u: Floats) -> Floats:
    return np.full(u.shape, table.lows[part])


def _constant_value(table: QuantileTable, part: int, u: float) -> float:  # noqa: ARG001 - called like the others
    return table.lows.item(part)


def _draw_linear(table: QuantileTable, part: int, u: Floats) -> Floats:
    low, high = table.lows[part], table.highs[part]
    values: Floats = np.multiply(u, high - low)
    np.add(values, low, out=values)
    np.minimum(values, high, out=values)
    return values


def _linear_value(table: QuantileTable, part: int, u: float) -> float:
    low, high = table.lows.item(part), table.highs.item(part)
    return min(u * (high - low) + low, high)


def _draw_pieces(table: QuantileTable, part: int, u: Floats) -> Floats:
    depth = int(table.depths[part])
    share = np.subtract(1.0, u)
    np.minimum(share, u, out=share)
    _within(share, SMALLEST, _BELOW_HALF)
    bits = share.view(np.int64)
    row = np.right_shift(bits, _FRACTION_BITS - depth)
    # All ones where u is above the middle, nothing elsewhere: so the bins counted from above need no branch.
    side = np.subtract(MIDDLE, u).view(np.int64)
    np.right_shift(side, _SIGN_BIT, out=side)
    np.bitwise_and(side, OCTAVES << depth, out=side)
    np.add(row, side, out=row)
    np.subtract(row, ((_EXPONENT_BIAS + SMALLEST_EXPONENT) << depth) - int(table.firsts[part]), out=row)
    table.bins.take(row, out=row, mode="clip")
    np.bitwise_and(bits, _FRACTION, out=bits)
    np.bitwise_or(bits, _EXPONENT_OF_ONE, out=bits)
    fraction = np.subtract(share, 1.0, out=share)
    c0, c1, c2, c3 = table.coefficients.T
    values = c3.take(row)
    for column in (c2, c1, c0):
        np.multiply(values, fraction, out=values)
        np.add(values, column.take(row), out=values)
    return _within(values, table.lows[part], table.highs[part])


def _piece_value(table: QuantileTable, part: int, u: float) -> float:
    depth = table.depths.item(part)
    upper = u > MIDDLE
    mantissa, exponent = frexp(min(max(1.0 - u if upper else u, SMALLEST), _BELOW_HALF))
    fraction = 2.0 * mantissa - 1.0
    octave = exponent - 1 - SMALLEST_EXPONENT + (OCTAVES if upper else 0)
    row = table.bins.item(table.firsts.item(part) + (octave << depth) + int(fraction * (1 << depth)))
    c0, c1, c2, c3 = table.coefficients[row].tolist()
    value: float = ((c3 * fraction + c2) * fraction + c1) * fraction + c0
    return min(max(value, table.lows.item(part)), table.highs.item(part))


def _draw_steps(table: QuantileTable, part: int, u: Floats) -> Floats:
    first, count = table.firsts[part], table.counts[part]
    steps = np.searchsorted(table.cumulative[first : first + count], u, side="left")
    return table.values[first : first + count].take(steps, mode="clip")


def _step_value(table: QuantileTable, part: int, u: float) -> float:
    first, count = table.firsts.item(part), table.counts.item(part)
    step = int(np.searchsorted(table.cumulative[first : first + count], u, side="left"))
    return table.values.item(first + min(step, count - 1))


def _draw_observations(table: QuantileTable, part: int, u: Floats) -> Floats:
    first, count = table.firsts[part], table.counts[part]
    positions = np.ceil(np.multiply(u, count)).astype(np.int64) - 1
    observations: Floats = table.values[first : first + count].take(positions, mode="clip")
    return observations


def _observation_value(table: QuantileTable, part: int, u: float) -> float:
    first, count = table.firsts.item(part), table.counts.item(part)
    return table.values.item(first + min(max(ceil(u * count) - 1, 0), count - 1))


def _draw_triangle(table: QuantileTable, part: int, u: Floats) -> Floats:
    mode, rising, falling, _ = table.coefficients[table.firsts[part]]
    low, high = table.lows[part], table.highs[part]
    up, down = np.multiply(u, rising), np.subtract(1.0, u)
    np.sqrt(up, out=up)
    np.add(up, low, out=up)
    np.multiply(down, falling, out=down)
    np.sqrt(down, out=down)
    np.subtract(high, down, out=down)
    return _within(np.where(u < mode, up, down), low, high)


def _triangle_value(table: QuantileTable, part: int, u: float) -> float:
    mode, rising, falling, _ = table.coefficients[table.firsts[part]].tolist()
    low, high = table.lows.item(part), table.highs.item(part)
    value = low + sqrt(u * rising) if u < mode else high - sqrt((1.0 - u) * falling)
    return min(max(value, low), high)


def _draw_closed_form(table: QuantileTable, part: int, u: Floats) -> Floats:
    return table.closed_forms[part].quantile(u)


def _closed_form_value(table: QuantileTable, part: int, u: float) -> float:
    return table.closed_forms[part].quantile(np.array([u])).item(0)


def _within(values: Floats, low: float, high: float) -> Floats:
    """Clip in place; numpy's own clip takes longer than both."""
    np.maximum(values, low, out=values)
    np.minimum(values, high, out=values)
    return values


_DRAWN: Final = (
    _draw_constant,
    _draw_linear,
    _draw_pieces,
    _draw_steps,
    _draw_observations,
    _draw_triangle,
    _draw_closed_form,
)
"""By `Kind`."""

_DRAWN_ONE: Final = (
    _constant_value,
    _linear_value,
    _piece_value,
    _step_value,
    _observation_value,
    _triangle_value,
    _closed_form_value,
)
"""By `Kind`, for one uniform."""
