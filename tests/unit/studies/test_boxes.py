"""The patient rule induction method on points whose corner is known."""

from __future__ import annotations

from math import inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from sim.studies.boxes import Bounds, Counts, Limit, chance_of, counted, found_box

RANDOM = np.random.default_rng(5)
POINTS = RANDOM.random((800, 4))


def test_corner_of_two_inputs_out_of_four() -> None:
    cases = (POINTS[:, 1] < 0.4) & (POINTS[:, 3] > 0.7)
    box = found_box(POINTS, cases)
    limits = {(limit.column, limit.is_upper): limit.at for limit in box.limits()}
    assert limits == {(1, True): pytest.approx(0.4, abs=0.01), (3, False): pytest.approx(0.7, abs=0.01)}
    counts = counted(box, POINTS, cases)
    assert counts.hits / counts.inside > 0.98
    assert counts.hits / counts.cases > 0.98


def test_slab_in_the_middle_has_two_limits() -> None:
    cases = (POINTS[:, 0] > 0.3) & (POINTS[:, 0] < 0.6)
    low, high = found_box(POINTS, cases).limits()
    assert (low.column, high.column) == (0, 0)
    assert low.at == pytest.approx(0.3, abs=0.01)
    assert high.at == pytest.approx(0.6, abs=0.01)


def test_cases_in_disorder_do_not_hide_the_corner() -> None:
    wrong = RANDOM.random(800) < 0.1
    cases = ((POINTS[:, 1] < 0.4) & (POINTS[:, 3] > 0.5)) ^ wrong
    limits = {(limit.column, limit.is_upper): limit.at for limit in found_box(POINTS, cases).limits()}
    assert limits == {(1, True): pytest.approx(0.4, abs=0.05), (3, False): pytest.approx(0.5, abs=0.05)}


def test_no_corner_no_limits() -> None:
    assert tuple(found_box(POINTS, RANDOM.random(800) < 0.3).limits()) == ()
    assert tuple(found_box(POINTS, np.ones(800, dtype=bool)).limits()) == ()


def test_values_of_which_there_are_few_go_together() -> None:
    points = np.column_stack([RANDOM.integers(1, 5, 800).astype(float), RANDOM.random(800)])
    box = found_box(points, points[:, 0] <= 2)
    assert tuple(box.limits()) == (Limit(0, 2.5, is_upper=True),)


@given(st.integers(0, 2**32), st.integers(1, 4), st.floats(0.05, 0.95))
def test_a_box_is_never_worse_than_none_and_needs_each_of_its_limits(seed: int, inputs: int, share: float) -> None:
    random = np.random.default_rng(seed)
    points = random.random((120, inputs))
    cases = random.random(120) < share * points[:, 0]
    box = found_box(points, cases)
    none = Bounds((-inf,) * inputs, (inf,) * inputs)
    score = counted(box, points, cases).score
    # Each of few rounds of dropping may cost one hundredth a limit.
    assert score >= counted(none, points, cases).score - 0.02 * 2 * inputs
    assert all(counted(box.without(limit), points, cases).score < score - 0.01 for limit in box.limits())


def test_quasi_p_value() -> None:
    chance = chance_of(Counts(20, 15, 100, 40), Counts(50, 25, 100, 40))
    assert chance == pytest.approx(binom.sf(14, 20, 0.5))
    assert chance_of(Counts(0, 0, 100, 40), Counts(50, 25, 100, 40)) == 1
