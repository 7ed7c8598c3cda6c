"""Uniforms by address: the same question always gets the same answer, whoever asks and whenever.

The address of a uniform is (seed, replication, entity, purpose, index). The seed is Philox's key; the
counter's words are the replication (two words), the entity, and the purpose with the index; of the 128 bits
that come out, an even purpose takes the first half and the odd one after it the second. No draw depends on
what else was drawn, so plans share every draw that means the same thing, and any replication can be replayed
alone.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Final

import numpy as np

from sim.random.philox import WORD, philox4x32, philox4x32_one

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

Address = tuple[int, int, int]
"""Entity, purpose and index of a draw."""

SMALLEST: Final = 2.0**-53
"""The smallest uniform there is; the largest is one less this."""

INDEX_LIMIT: Final = 1 << 16
PURPOSE_LIMIT: Final = 1 << 17

_CHUNK: Final = 1 << 13
"""Counters hashed at a time: small enough that all their words stay in the processor's cache."""

_EXPONENT_OF_ONE: Final = np.uint64(1023 << 52)
_BELOW_ONE: Final = 1.0 - SMALLEST


def entity_id(name: str) -> int:
    """Turn the name of a supplier, an order or a quantity into the 32 bits that stand for it in an address.

    Parameters
    ----------
    name
        Any text.

    Returns
    -------
    int
        The same on every machine and in every version.
    """
    return int.from_bytes(blake2b(name.encode(), digest_size=4).digest(), "little")


def uniform(seed: int, replication: int, entity: int, purpose: int, index: int) -> float:
    """Look up the one uniform at an address.

    Parameters
    ----------
    seed
        Of the study; 0 to 2**64 - 1.
    replication
        0 to 2**63 - 1.
    entity
        Whom the draw is about; 32 bits, see `entity_id`.
    purpose, index
        What it is for, and how many-th of its kind.

    Returns
    -------
    float
        Strictly between 0 and 1, an odd multiple of 2**-53.

    Raises
    ------
    ValueError
        If a part of the address does not fit into its bits.
    """
    key, last = _key(seed), last_word(entity, purpose, index)
    words = philox4x32_one((replication & WORD, replication >> 32, entity, last), key)
    low, high = words[2:] if purpose & 1 else words[:2]
    return (((high << 32 | low) >> 12) + 0.5) * 2.0**-52


def uniforms(seed: int, replications: NDArray[np.int64], entity: int, purpose: int, index: int) -> Floats:
    """Look up one draw in many replications.

    Parameters
    ----------
    seed, entity, purpose, index
        As for `uniform`.
    replications
        Shape (R,).

    Returns
    -------
    ndarray, shape (R,)
        To the last bit what `uniform` gives for each replication.
    """
    return uniform_block(seed, replications, [(entity, purpose, index)]).reshape(-1)


def uniform_block(seed: int, replications: NDArray[np.int64], addresses: Sequence[Address]) -> Floats:
    """Look up many draws in many replications at once, hashing each 128-bit block once for both its halves.

    Parameters
    ----------
    seed
        Of the study; 0 to 2**64 - 1.
    replications
        Shape (R,), none negative.
    addresses
        Entity, purpose and index of each draw; repeats are allowed.

    Returns
    -------
    ndarray, shape (len(addresses), R)
        One row an address, to the last bit what `uniform` gives.

    Raises
    ------
    ValueError
        If a part of an address does not fit into its bits.
    """
    rows: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for row, (entity, purpose, index) in enumerate(addresses):
        rows.setdefault((entity, last_word(entity, purpose, index)), []).append((purpose & 1, row))
    key, blocks = _key(seed), list(rows)
    result = np.empty((len(addresses), len(replications)))
    across = max(1, min(len(replications), _CHUNK))
    down = max(1, _CHUNK // across)
    for start in range(0, len(replications), across):
        counters = replications[start : start + across].astype(np.uint64)
        low, high = counters & np.uint64(WORD), counters >> np.uint64(32)
        for top in range(0, len(blocks), down):
            chosen = blocks[top : top + down]
            entities, lasts = np.array(chosen, dtype=np.uint64).T[:, :, np.newaxis]
            halves = _in_unit_interval(philox4x32(low, high, entities, lasts, *key))
            for position, block in enumerate(chosen):
                for half, row in rows[block]:
                    result[row, start : start + across] = halves[half, position]
    return result


def _in_unit_interval(words: NDArray[np.uint64]) -> Floats:
    """52 bits of each half are the fraction of a number in [1, 2), less one, plus half a step."""
    bits = np.left_shift(words[1::2], np.uint64(32))
    np.bitwise_or(bits, words[0::2], out=bits)
    np.right_shift(bits, np.uint64(12), out=bits)
    np.bitwise_or(bits, _EXPONENT_OF_ONE, out=bits)
    numbers = bits.view(np.float64)
    np.subtract(numbers, _BELOW_ONE, out=numbers)
    return numbers


def _key(seed: int) -> tuple[int, int]:
    if not 0 <= seed < 1 << 64:
        message = f"a seed lies between 0 and 2**64 - 1, not {seed}"
        raise ValueError(message)
    return seed & WORD, seed >> 32


def last_word(entity: int, purpose: int, index: int) -> int:
    """Give the counter's last word, of a purpose and an index; a purpose shares it with the one beside it.

    Raises
    ------
    ValueError
        If a part of the address does not fit into its bits.
    """
    if not (0 <= entity <= WORD and 0 <= purpose < PURPOSE_LIMIT and 0 <= index < INDEX_LIMIT):
        message = f"entity {entity}, purpose {purpose} or index {index} does not fit into an address"
        raise ValueError(message)
    return purpose >> 1 << 16 | index
