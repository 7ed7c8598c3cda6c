"""Addresses: what a uniform depends on, and what it does not."""

import numpy as np
import pytest

from sim.random.purposes import Purpose
from sim.random.uniforms import SMALLEST, entity_id, uniform, uniform_block, uniforms

REPLICATIONS = np.arange(100)
ADDRESS = (entity_id("shenzhen"), Purpose.TRANSIT, 3)


def test_entity_ids_never_change() -> None:
    # The first 32 bits of BLAKE2b with a digest of that length, as `b2sum -l 32` prints them, bytes reversed.
    assert entity_id("shenzhen") == 0x95E5D30F
    assert entity_id("ningbo") != entity_id("shenzhen")


def test_vector_and_scalar_agree_to_the_bit() -> None:
    drawn = uniforms(11, REPLICATIONS, *ADDRESS)
    assert drawn.tolist() == [uniform(11, replication, *ADDRESS) for replication in range(100)]


def test_large_replications_and_seeds() -> None:
    replications = np.array([0, 2**32 - 1, 2**32, 2**62 + 12345])
    drawn = uniforms(2**64 - 1, replications, *ADDRESS)
    assert drawn.tolist() == [uniform(2**64 - 1, int(replication), *ADDRESS) for replication in replications]
    assert len(set(drawn.tolist())) == 4


def test_order_and_company_change_nothing() -> None:
    addresses = [(entity, purpose, index) for entity in (1, 2) for purpose in (14, 15, 16) for index in (0, 1)]
    block = uniform_block(5, REPLICATIONS, addresses)
    shuffled = uniform_block(5, REPLICATIONS[40:60], addresses[::-1])
    assert np.array_equal(block[::-1, 40:60], shuffled)


def test_more_replications_than_fit_into_one_chunk() -> None:
    replications = np.arange(20_001)
    drawn = uniform_block(5, replications, [ADDRESS, (7, 1, 0)])
    assert drawn[0, 20_000] == uniform(5, 20_000, *ADDRESS)
    assert drawn[1, 8_192] == uniform(5, 8_192, 7, 1, 0)


def test_repeated_addresses_and_none_at_all() -> None:
    twice = uniform_block(5, REPLICATIONS, [ADDRESS, ADDRESS])
    assert np.array_equal(twice[0], twice[1])
    assert uniform_block(5, REPLICATIONS, []).shape == (0, 100)
    assert uniform_block(5, REPLICATIONS[:0], [ADDRESS]).shape == (1, 0)


@pytest.mark.parametrize(
    "other",
    [(12, 9, 1, 14, 0), (11, 10, 1, 14, 0), (11, 9, 2, 14, 0), (11, 9, 1, 15, 0), (11, 9, 1, 16, 0), (11, 9, 1, 14, 1)],
)
def test_every_part_of_the_address_counts(other: tuple[int, int, int, int, int]) -> None:
    assert uniform(*other) != uniform(11, 9, 1, 14, 0)


def test_ends_of_the_range_are_kept_out() -> None:
    drawn = uniform_block(1, np.arange(50_000), [(1, 0, 0), (1, 1, 0)])
    assert drawn.min() >= SMALLEST
    assert drawn.max() <= 1 - SMALLEST
    assert np.all(drawn * 2.0**53 % 2 == 1)


@pytest.mark.parametrize("address", [(-1, 0, 0), (2**32, 0, 0), (0, -1, 0), (0, 2**17, 0), (0, 0, -1), (0, 0, 2**16)])
def test_what_does_not_fit_is_refused(address: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="does not fit"):
        uniform(1, 0, *address)
    with pytest.raises(ValueError, match="does not fit"):
        uniform_block(1, REPLICATIONS, [address])


@pytest.mark.parametrize("seed", [-1, 2**64])
def test_seeds_beyond_64_bits_are_refused(seed: int) -> None:
    with pytest.raises(ValueError, match="seed"):
        uniform(seed, 0, 0, 0, 0)
