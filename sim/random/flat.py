"""Quantile tables laid end to end in a few arrays, and the draws from them that compiled code makes.

The same operations in the same order as in `sim.random.draws`, `sim.random.scores` and `sim.random.philox`, on single
numbers: equal to the last bit. The functions are plain Python; the compiled engine has Numba translate them.
"""

from __future__ import annotations

from math import ceil, sqrt
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from sim.random.draws import Kind
from sim.random.laws import MIDDLE
from sim.random.philox import KEY_STEPS, MULTIPLIERS, ROUNDS, WORD
from sim.random.pieces import OCTAVES, SMALLEST_EXPONENT
from sim.random.scores import CELLS_PER_UNIT, LARGEST_SCORE
from sim.random.uniforms import SMALLEST

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from numpy.typing import NDArray

    from sim.random.tables import QuantileTable

    Arrays = NDArray[Any]

TABLE: Final = np.dtype([("first", "i8"), ("parts", "i8"), ("closed", "?"), ("constant", "?")])
"""Where the parts of a table begin and how many there are; whether it is the law itself that has to be asked."""

PART: Final = np.dtype(
    [
        ("kind", "i8"),
        ("depth", "i8"),
        ("first", "i8"),
        ("count", "i8"),
        ("begin", "f8"),
        ("share", "f8"),
        ("low", "f8"),
        ("high", "f8"),
    ]
)


class FlatTables(NamedTuple):
    """Many quantile tables as arrays that all have the same types, however many tables there are."""

    tables: Arrays
    parts: Arrays
    bins: Arrays
    coefficients: Arrays
    cumulative: Arrays
    values: Arrays


def flattened(tables: Sequence[QuantileTable]) -> FlatTables:
    """Lay tables end to end.

    Parameters
    ----------
    tables
        In the order of the numbers that they will be known by.
    """
    heads = np.zeros(len(tables), dtype=TABLE)
    parts: list[tuple[Any, ...]] = []
    bins, rows, values = 0, 0, 0
    shifted = []
    for number, table in enumerate(tables):
        closed = bool(table.closed_forms)
        constant = len(table.kinds) == 1 and table.kinds[0] == Kind.CONSTANT
        heads[number] = (len(parts), len(table.kinds), closed, constant)
        for part, kind in enumerate(table.kinds):
            base = {Kind.PIECES: bins, Kind.TRIANGLE: rows}.get(Kind(kind), values)
            first = int(table.firsts[part]) + base
            depth, count = table.depths[part], table.counts[part]
            begin, share = table.begins[part], table.shares[part]
            parts.append((kind, depth, first, count, begin, share, table.lows[part], table.highs[part]))
        shifted.append(table.bins + rows)
        bins, rows, values = bins + len(table.bins), rows + len(table.coefficients), values + len(table.values)
    return FlatTables(
        tables=heads,
        parts=np.array(parts, dtype=PART),
        bins=np.concatenate(shifted),
        coefficients=np.concatenate([table.coefficients for table in tables]),
        cumulative=np.concatenate([table.cumulative for table in tables]),
        values=np.concatenate([table.values for table in tables]),
    )


def round_keys(seed: int) -> Arrays:
    """Both key words of every round of Philox under a seed, shape (20,)."""
    words = seed & WORD, seed >> 32
    keys = [(words[half] + number * KEY_STEPS[half]) & WORD for number in range(ROUNDS) for half in range(2)]
    return np.array(keys, dtype=np.uint64)


# ------------------------------------------------------------------------------------- for compiled code

_MASK: Final = np.uint64(WORD)
_HALF_WORD: Final = np.uint64(32)
_FIRST: Final = np.uint64(MULTIPLIERS[0])
_SECOND: Final = np.uint64(MULTIPLIERS[1])
_SPARE_BITS: Final = np.uint64(12)
_STEP: Final = 2.0**-52

_CONSTANT: Final = Kind.CONSTANT.value
_LINEAR: Final = Kind.LINEAR.value
_PIECES: Final = Kind.PIECES.value
_STEPS: Final = Kind.STEPS.value
_OBSERVATIONS: Final = Kind.OBSERVATIONS.value

_BELOW_HALF: Final = float(np.nextafter(0.5, 0.0))
_BELOW_ONE: Final = 1.0 - SMALLEST
_FRACTION_BITS: Final = 52
_FRACTION: Final = (1 << _FRACTION_BITS) - 1
_ONE: Final = 1023 << _FRACTION_BITS
_SMALLEST_OCTAVE: Final = 1023 + SMALLEST_EXPONENT
_LAST_CELL: Final = int(LARGEST_SCORE * CELLS_PER_UNIT) - 1


def philox_round(c0: Any, c1: Any, c2: Any, c3: Any, k0: Any, k1: Any) -> tuple[Any, Any, Any, Any]:  # noqa: ANN401
    """One round of Philox4x32 on words held in 64 bits."""
    first, second = c0 * _FIRST, c2 * _SECOND
    return (second >> _HALF_WORD) ^ c1 ^ k0, second & _MASK, (first >> _HALF_WORD) ^ c3 ^ k1, first & _MASK


def uniform_pair(replication: Any, entity: Any, last: Any, keys: Arrays) -> tuple[float, float]:  # noqa: ANN401
    """Both uniforms of one counter: those of an even purpose and of the odd one after it.

    Parameters
    ----------
    replication, entity, last
        Unsigned 64-bit: the counter's words, see `sim.random.uniforms`.
    keys
        From `round_keys`.
    """
    c0, c1, c2, c3 = replication & _MASK, replication >> _HALF_WORD, entity, last
    # Written out, so that a loop around it becomes one over the lanes of a vector.
    c0, c1, c2, c3 = philox_round(c0, c1, c2, c3, keys[0], keys[1])
    c0, c1, c2, c3 = philox_round(c0, c1, c2, c3, keys[2], keys[3])
    c0, c1, c2, c3 = philox_round(c0, c1, c2, c3, keys[4], keys[5])
    c0, c1, c2, c3 = philox_round(c0, c1, c2, c3, keys[6], keys[7])
    c0, c1, c2, c3 = philox_round(c0, c1, c2, c3, keys[8], keys[9])
    c0, c1, c2, c3 = philox_round(c0, c1, c2, c3, keys[10], keys[11])
    c0, c1, c2, c3 = philox_round(c0, c1, c2, c3, keys[12], keys[13])
    c0, c1, c2, c3 = philox_round(c0, c1, c2, c3, keys[14], keys[15])
    c0, c1, c2, c3 = philox_round(c0, c1, c2, c3, keys[16], keys[17])
    c0, c1, c2, c3 = philox_round(c0, c1, c2, c3, keys[18], keys[19])
    return unit_share(c0, c1), unit_share(c2, c3)


def unit_share(low: Any, high: Any) -> float:  # noqa: ANN401
    """The uniform that two words stand for: 52 bits and half a step."""
    # Signed: processors turn signed integers into floats in one step.
    return np.int64((high << _HALF_WORD | low) >> _SPARE_BITS) * _STEP + SMALLEST


def drawn(flat: FlatTables, table: int, u: float) -> float:
    """Value of a distribution for a uniform; not for a table that is `closed`."""
    head = flat.tables[table]
    part = head.first
    if head.parts > 1:
        last = head.first + head.parts - 1
        while part < last and u > flat.parts[part + 1].begin:
            part += 1
        u = (u - flat.parts[part].begin) / flat.parts[part].share
        u = min(max(u, SMALLEST), _BELOW_ONE)
    return part_value(flat, flat.parts[part], u)


def part_value(flat: FlatTables, part: Any, u: float) -> float:  # noqa: ANN401
    """Value of one part of a table, by its kind."""
    if part.kind == _PIECES:
        return piece_value(flat, part, u)
    if part.kind == _CONSTANT:
        return float(part.low)
    if part.kind == _LINEAR:
        return float(min(u * (part.high - part.low) + part.low, part.high))
    if part.kind == _STEPS:
        return step_value(flat, part, u)
    if part.kind == _OBSERVATIONS:
        position = min(max(int(ceil(u * part.count)) - 1, 0), part.count - 1)
        return float(flat.values[part.first + position])
    return triangle_value(flat, part, u)


def piece_value(flat: FlatTables, part: Any, u: float) -> float:  # noqa: ANN401
    """Value by the cubic of the bin that the bits of min(u, 1 - u) name."""
    share = min(max(min(1.0 - u, u), SMALLEST), _BELOW_HALF)
    bits = np.float64(share).view(np.int64)
    side = OCTAVES if u > MIDDLE else 0
    octave = side - _SMALLEST_OCTAVE
    row = flat.bins[part.first + (bits >> (_FRACTION_BITS - part.depth)) + (octave << part.depth)]
    fraction = np.int64((bits & _FRACTION) | _ONE).view(np.float64) - 1.0
    cubic = flat.coefficients
    value = ((cubic[row, 3] * fraction + cubic[row, 2]) * fraction + cubic[row, 1]) * fraction + cubic[row, 0]
    return float(min(max(value, part.low), part.high))


def step_value(flat: FlatTables, part: Any, u: float) -> float:  # noqa: ANN401
    """The first value whose cumulative share is not below u, by halving."""
    low, high = 0, part.count
    while low < high:
        middle = (low + high) // 2
        if flat.cumulative[part.first + middle] < u:
            low = middle + 1
        else:
            high = middle
    return float(flat.values[part.first + min(low, part.count - 1)])


def triangle_value(flat: FlatTables, part: Any, u: float) -> float:  # noqa: ANN401
    """Value on either side of the mode of a triangle, by a square root."""
    cubic = flat.coefficients
    if u < cubic[part.first, 0]:
        value = part.low + sqrt(u * cubic[part.first, 1])
    else:
        value = part.high - sqrt((1.0 - u) * cubic[part.first, 2])
    return float(min(max(value, part.low), part.high))


def score_share(integral: Arrays, z: float) -> float:
    """Share of standard normal scores below one: what a score asks a quantile table for."""
    place = min(abs(z), LARGEST_SCORE) * CELLS_PER_UNIT
    cell = min(int(place), _LAST_CELL)
    place -= cell
    below = (
        (integral[cell, 3] * place + integral[cell, 2]) * place + integral[cell, 1]
    ) * place + integral[cell, 0]
    return float(1.0 - below if z > 0.0 else below)


COMPILED: Final = (
    philox_round,
    uniform_pair,
    unit_share,
    drawn,
    part_value,
    piece_value,
    step_value,
    triangle_value,
    score_share,
)
"""What compiled code calls, for the compiled engine to have translated."""
