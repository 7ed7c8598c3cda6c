"""Philox4x32-10: a random function, not a random stream.

A counter of 128 bits and a key of 64 bits go in, 128 bits come out that no statistical test tells from
random, and nothing is remembered in between. So every draw can have an address instead of a place in a queue.

Source: J. K. Salmon, M. A. Moraes, R. O. Dror and D. E. Shaw, *Parallel random numbers: as easy as 1, 2, 3*,
SC11 (2011), and its library Random123, whose published vectors the tests repeat.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Words = NDArray[np.uint64]

ROUNDS: Final = 10
MULTIPLIERS: Final = (0xD2511F53, 0xCD9E8D57)
KEY_STEPS: Final = (0x9E3779B9, 0xBB67AE85)
"""The golden ratio and the square root of three less one, in 32 bits: added to the key after every round."""
WORD: Final = 0xFFFFFFFF

_MASK: Final = np.uint64(WORD)
_HALF: Final = np.uint64(32)
_FACTORS: Final = np.array(MULTIPLIERS, dtype=np.uint64).reshape(2, 1)


def philox4x32_one(counter: tuple[int, int, int, int], key: tuple[int, int]) -> tuple[int, int, int, int]:
    """Hash one counter under one key, in plain integers.

    Parameters
    ----------
    counter, key
        Words of 32 bits.

    Returns
    -------
    tuple of int
        Four words of 32 bits.
    """
    (c0, c1, c2, c3), (k0, k1) = counter, key
    for _ in range(ROUNDS):
        first, second = c0 * MULTIPLIERS[0], c2 * MULTIPLIERS[1]
        c0, c1, c2, c3 = (second >> 32) ^ c1 ^ k0, second & WORD, (first >> 32) ^ c3 ^ k1, first & WORD
        k0, k1 = (k0 + KEY_STEPS[0]) & WORD, (k1 + KEY_STEPS[1]) & WORD
    return c0, c1, c2, c3


def philox4x32(c0: ArrayLike, c1: ArrayLike, c2: ArrayLike, c3: ArrayLike, k0: int, k1: int) -> Words:
    """Hash many counters under one key.

    Parameters
    ----------
    c0, c1, c2, c3
        Counter words (integers below 2**32) of any shapes that broadcast together.
    k0, k1
        Key words.

    Returns
    -------
    ndarray of uint64, shape (4, ...)
        Four words of 32 bits for each counter.
    """
    words = [np.asarray(word, dtype=np.uint64) for word in (c0, c1, c2, c3)]
    shape = np.broadcast_shapes(*(word.shape for word in words))
    # The first round comes before broadcasting: where the words vary along different axes it is nearly free.
    first, second = words[0] * np.uint64(MULTIPLIERS[0]), words[2] * np.uint64(MULTIPLIERS[1])
    even, odd = np.empty((2, *shape), dtype=np.uint64), np.empty((2, *shape), dtype=np.uint64)
    np.bitwise_xor(second >> _HALF, words[1] ^ np.uint64(k0), out=even[0, ...])
    np.bitwise_xor(first >> _HALF, words[3] ^ np.uint64(k1), out=even[1, ...])
    odd[0], odd[1] = second, first
    return _finish(even.reshape(2, -1), odd.reshape(2, -1), k0, k1).reshape((4, *shape))


def _finish(even: Words, odd: Words, k0: int, k1: int) -> Words:
    """Do rounds two to ten in place; `even` holds words 0 and 2, `odd` 1 and 3 (any high bits)."""
    product = np.empty_like(even)
    for number in range(1, ROUNDS):
        keys = np.array([[(k0 + number * KEY_STEPS[0]) & WORD], [(k1 + number * KEY_STEPS[1]) & WORD]], np.uint64)
        np.multiply(even, _FACTORS, out=product)
        crossed = product[::-1]
        np.right_shift(crossed, _HALF, out=even)
        np.bitwise_xor(even, odd, out=even)
        np.bitwise_xor(even, keys, out=even)
        np.bitwise_and(even, _MASK, out=even)
        odd, product = crossed, odd
    result = np.empty((4, even.shape[1]), dtype=np.uint64)
    result[0], result[2] = even
    np.bitwise_and(odd, _MASK, out=result[1::2])
    return result
