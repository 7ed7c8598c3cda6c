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
from sim.random.memory import NARROW, NUMBER, address_of, record_at
from sim.random.philox import KEY_STEPS, MULTIPLIERS, ROUNDS, WORD
from sim.random.pieces import OCTAVES, SMALLEST_EXPONENT
from sim.random.scores import CELLS_PER_UNIT, LARGEST_SCORE, normal_integral
from sim.random.uniforms import SMALLEST

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from numpy.typing import NDArray

    from sim.random.tables import QuantileTable

    Arrays = NDArray[Any]
    Record = Any
    """A row of an array of records: its fields are attributes."""

TABLE: Final = np.dtype([("first", "i8"), ("parts", "i8"), ("closed", "?")])
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


CUBIC: Final = np.dtype([("c0", "f8"), ("c1", "f8"), ("c2", "f8"), ("c3", "f8")])
"""Coefficients of 1, f, f² and f³."""

FLAT: Final = np.dtype(
    [(name, "i8") for name in ("tables", "parts", "bins", "coefficients", "cumulative", "values", "integral")]
)
"""Addresses of the arrays of `FlatTables`, and of the normal integral of `sim.random.scores`."""


class FlatTables(NamedTuple):
    """Many quantile tables as arrays: of `TABLE`, `PART`, narrow whole numbers, `CUBIC`, and numbers."""

    tables: Arrays
    parts: Arrays
    bins: Arrays
    coefficients: Arrays
    cumulative: Arrays
    values: Arrays
    integral: Arrays

    def only_pieces(self, table: int) -> int:
        """Number of the one part of a table that is all cubic pieces; -1 for any other table."""
        head = self.tables[table]
        pieces = head["parts"] == 1 and self.parts["kind"][head["first"]] == Kind.PIECES
        return int(head["first"]) if pieces else -1

    def addresses(self) -> tuple[int, ...]:
        """Where they are, as the fields of `FLAT`; they must outlive every use."""
        return tuple(address_of(array) for array in self)


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
        heads[number] = (len(parts), len(table.kinds), closed)
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
        bins=np.concatenate(shifted).astype(np.int32),
        coefficients=np.concatenate([table.coefficients for table in tables]),
        cumulative=np.concatenate([table.cumulative for table in tables]),
        values=np.concatenate([table.values for table in tables]),
        integral=normal_integral(),
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


def uniform_pair(replication: Any, entity: Any, last: Any, keys: Any) -> tuple[float, float]:  # noqa: ANN401
    """Both uniforms of one counter: those of an even purpose and of the odd one after it.

    Parameters
    ----------
    replication, entity, last
        Unsigned 64-bit: the counter's words, see `sim.random.uniforms`.
    keys
        From `round_keys`, or `held`.
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


def held(keys: Arrays) -> tuple[Any, ...]:
    """Keys of all rounds as single numbers, for a loop that would have to look at the array again after every store."""
    return (
        keys[0],
        keys[1],
        keys[2],
        keys[3],
        keys[4],
        keys[5],
        keys[6],
        keys[7],
        keys[8],
        keys[9],
        keys[10],
        keys[11],
        keys[12],
        keys[13],
        keys[14],
        keys[15],
        keys[16],
        keys[17],
        keys[18],
        keys[19],
    )


def unit_share(low: Any, high: Any) -> float:  # noqa: ANN401
    """The uniform that two words stand for: 52 bits and half a step."""
    # Signed: processors turn signed integers into floats in one step.
    return np.int64((high << _HALF_WORD | low) >> _SPARE_BITS) * _STEP + SMALLEST


def is_closed(flat: Record, table: int) -> bool:
    """Whether the law of a table itself must be asked, which compiled code cannot do."""
    closed: bool = record_at(flat.tables, table, TABLE).closed
    return closed


def part_at(flat: Record, number: int) -> Record:
    """Part of a table by its number."""
    return record_at(flat.parts, number, PART)


def drawn(flat: Record, table: int, u: float) -> float:
    """Value of a distribution for a uniform; not for a table that is closed."""
    head = record_at(flat.tables, table, TABLE)
    part = part_at(flat, head.first)
    if head.parts > 1:
        position, last = head.first, head.first + head.parts - 1
        while position < last and u > part_at(flat, position + 1).begin:
            position += 1
        part = part_at(flat, position)
        u = (u - part.begin) / part.share
        u = min(max(u, SMALLEST), _BELOW_ONE)
    if part.kind == _PIECES:
        return piece_value(flat, part, u)
    return plain_value(flat, part, u)


def plain_value(flat: Record, part: Record, u: float) -> float:
    """Value of a part of a table that is not made of cubic pieces, by its kind."""
    if part.kind == _CONSTANT:
        return float(part.low)
    if part.kind == _LINEAR:
        return float(min(u * (part.high - part.low) + part.low, part.high))
    if part.kind == _STEPS:
        return step_value(flat, part, u)
    if part.kind == _OBSERVATIONS:
        position = min(max(ceil(u * part.count) - 1, 0), part.count - 1)
        return float(record_at(flat.values, part.first + position, NUMBER).value)
    return triangle_value(flat, part, u)


def piece_value(flat: Record, part: Record, u: float) -> float:
    """Value by the cubic of the bin that the bits of min(u, 1 - u) name."""
    share = min(max(min(1.0 - u, u), SMALLEST), _BELOW_HALF)
    bits = np.float64(share).view(np.int64)
    octave = (OCTAVES if u > MIDDLE else 0) - _SMALLEST_OCTAVE
    place = part.first + (bits >> (_FRACTION_BITS - part.depth)) + (octave << part.depth)
    cubic = record_at(flat.coefficients, record_at(flat.bins, place, NARROW).value, CUBIC)
    fraction = np.int64((bits & _FRACTION) | _ONE).view(np.float64) - 1.0
    value = ((cubic.c3 * fraction + cubic.c2) * fraction + cubic.c1) * fraction + cubic.c0
    return float(min(max(value, part.low), part.high))


def step_value(flat: Record, part: Record, u: float) -> float:
    """The first value whose cumulative share is not below u, by halving."""
    low, high = 0, part.count
    while low < high:
        middle = (low + high) >> 1
        if record_at(flat.cumulative, part.first + middle, NUMBER).value < u:
            low = middle + 1
        else:
            high = middle
    return float(record_at(flat.values, part.first + min(low, part.count - 1), NUMBER).value)


def triangle_value(flat: Record, part: Record, u: float) -> float:
    """Value on either side of the mode of a triangle, by a square root."""
    sides = record_at(flat.coefficients, part.first, CUBIC)
    if u < sides.c0:
        return float(min(max(part.low + sqrt(u * sides.c1), part.low), part.high))
    return float(min(max(part.high - sqrt((1.0 - u) * sides.c2), part.low), part.high))


def score_share(flat: Record, z: float) -> float:
    """Share of standard normal scores below one: what a score asks a quantile table for."""
    place = min(abs(z), LARGEST_SCORE) * CELLS_PER_UNIT
    cell = min(int(place), _LAST_CELL)
    place -= cell
    cubic = record_at(flat.integral, cell, CUBIC)
    below = ((cubic.c3 * place + cubic.c2) * place + cubic.c1) * place + cubic.c0
    return float(1.0 - below if z > 0.0 else below)


COMPILED: Final[tuple[Callable[..., Any], ...]] = (
    philox_round,
    uniform_pair,
    held,
    unit_share,
    is_closed,
    part_at,
    drawn,
    piece_value,
    score_share,
)
"""What compiled code calls most, for the compiled engine to have compiled into whoever calls it."""
SELDOM: Final[tuple[Callable[..., Any], ...]] = (plain_value, step_value, triangle_value)
"""What it calls seldom, for the compiled engine to have compiled once."""
