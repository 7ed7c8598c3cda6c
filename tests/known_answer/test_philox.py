"""Random123's published vectors for philox4x32-10 (its file `tests/kat_vectors`), and one address worked out from them.

Each line: four counter words, two key words, four words that come out.
"""

import numpy as np
import pytest

from sim.random.philox import philox4x32, philox4x32_one
from sim.random.uniforms import uniform, uniform_block

PUBLISHED = """
00000000 00000000 00000000 00000000 00000000 00000000 6627e8d5 e169c58d bc57ac4c 9b00dbd8
ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff 408f276d 41c83b0e a20bc7c6 6d5451fd
243f6a88 85a308d3 13198a2e 03707344 a4093822 299f31d0 d16cfe09 94fdcceb 5001e420 24126ea1
"""
VECTORS = [[int(word, 16) for word in line.split()] for line in PUBLISHED.split("\n") if line]


@pytest.mark.parametrize("words", VECTORS)
def test_published_vector(words: list[int]) -> None:
    c0, c1, c2, c3, k0, k1, *expected = words
    assert list(philox4x32_one((c0, c1, c2, c3), (k0, k1))) == expected
    assert philox4x32(c0, c1, c2, c3, k0, k1).tolist() == expected


def test_counters_along_different_axes() -> None:
    c0, c1, c2, c3, k0, k1, *expected = VECTORS[2]
    words = philox4x32([1, c0, 2], c1, [[c2], [7]], c3, k0, k1)
    assert words.shape == (4, 2, 3)
    assert words[:, 0, 1].tolist() == expected
    assert words[:, 1, 2].tolist() == list(philox4x32_one((2, c1, 7, c3), (k0, k1)))


def test_address_of_zeros() -> None:
    # Words 6627e8d5 e169c58d bc57ac4c 9b00dbd8, the second of each pair leading; the first 52 bits, and half a step.
    first = (0xE169C58D6627E + 0.5) / 2**52
    second = (0x9B00DBD8BC57A + 0.5) / 2**52
    assert uniform(0, 0, 0, 0, 0) == first
    assert uniform(0, 0, 0, 1, 0) == second
    assert uniform_block(0, np.array([0]), [(0, 0, 0), (0, 1, 0)]).tolist() == [[first], [second]]


def test_address_fills_the_counter() -> None:
    # Low words first: the seed is the key, the replication words 0 and 1, the entity word 2; word 3 is half the
    # purpose, 0x370, and the index, 0x7344.
    given = uniform(0x299F31D0A4093822, 0x05A308D3243F6A88, 0x13198A2E, 0x0370 << 1, 0x7344)
    low, high, _, _ = philox4x32_one((0x243F6A88, 0x05A308D3, 0x13198A2E, 0x03707344), (0xA4093822, 0x299F31D0))
    assert given == ((high << 20 | low >> 12) + 0.5) / 2**52
