"""Chance and ignorance told apart: by hand, by simulation, and at the edges."""

from __future__ import annotations

import numpy as np
import pytest

from sim.measures.ignorance import ignorance_of


def test_the_split_by_hand() -> None:
    """Two sets in blocks of two: (1, 3, 5, 7) under the first and (11, 13, 15, 17) under the second.

    Means 4 and 14, all 9; between = 4 x (25 + 25) / 1 = 200, within = (20 + 20) / 6, ignorance = (200 - within) / 4.
    """
    values = np.array([1, 3, 11, 13, 5, 7, 15, 17])
    found = ignorance_of(values, sets=2, block=2)
    assert found is not None
    assert (found.value, found.sets, found.above_zero) == (9.0, 2, 1.0)
    assert found.chance == pytest.approx(40 / 6)
    assert found.ignorance == pytest.approx((200 - 40 / 6) / 4)
    assert found.share == pytest.approx(48.3333333 / 55.0)
    assert found.of_interval == pytest.approx(48.3333333 / (48.3333333 + 40 / 6 / 8))
    # the two means lie 5 apart from all; drawn together until their variance is 48.33 they lie 4.916 apart
    assert found.low == pytest.approx(9 - 4.9160 * 0.9, abs=1e-3)
    assert found.high == pytest.approx(9 + 4.9160 * 0.9, abs=1e-3)


def test_sets_that_differ_by_chance_alone_hold_no_ignorance() -> None:
    values = np.array([0, 10, 10, 0])
    found = ignorance_of(values, sets=2, block=2)
    assert found is not None
    assert (found.ignorance, found.share, found.low, found.high) == (0.0, 0.0, 5.0, 5.0)


def test_the_variances_are_those_that_were_put_in() -> None:
    rng = np.random.default_rng(1)
    sets, block, rounds = 400, 5, 20
    truth = rng.normal(100, 30, sets)
    numbers = np.arange(sets * block * rounds) // block % sets
    values = rng.normal(truth[numbers], 90)
    found = ignorance_of(values, sets, block)
    assert found is not None
    assert found.chance == pytest.approx(90**2, rel=0.03)
    assert found.ignorance == pytest.approx(truth.var(ddof=1), rel=0.15)
    assert found.low == pytest.approx(np.quantile(truth, 0.05), abs=6)
    assert found.high == pytest.approx(np.quantile(truth, 0.95), abs=6)


@pytest.mark.parametrize(("n", "sets", "block"), [(0, 2, 1), (1, 2, 1), (5, 2, 10), (2, 2, 1)])
def test_too_little_to_tell(n: int, sets: int, block: int) -> None:
    assert ignorance_of(np.arange(n), sets, block) is None


def test_all_equal_is_all_known() -> None:
    found = ignorance_of(np.full(100, 7), 10, 5)
    assert found is not None
    assert (found.chance, found.ignorance, found.share, found.low, found.high) == (0, 0, 0, 7, 7)
    assert found.of_interval == 0
