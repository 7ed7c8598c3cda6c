"""Quality shared between a supplier's lots."""

import numpy as np
import pytest
from scipy import special

from sim.random.distributions import parse
from sim.random.scores import (
    build_score_table,
    draw_score,
    draw_score_one,
    normal_score,
    normal_score_one,
    shared_score,
    shared_score_one,
)
from sim.random.uniforms import SMALLEST, uniforms

SHARES = parse({"dist": "beta", "mean": 0.03, "sd": 0.03})
Z = np.concatenate([np.linspace(-9, 9, 3001), [-12.0, -0.0, 0.0, 12.0, 1e300]])


def test_value_has_the_probability_of_its_score() -> None:
    values = draw_score(build_score_table(SHARES), Z)
    assert np.abs(SHARES.cdf(values) - special.ndtr(Z)).max() <= 1e-9


@pytest.mark.parametrize(
    "spec", [7, {"dist": "beta", "mean": 0.03, "sd": 0.03}, {"dist": "triangular", "low": 0, "mode": 0.1, "high": 1}]
)
def test_arrays_and_single_numbers_are_drawn_alike(spec: float | dict[str, object]) -> None:
    table = build_score_table(parse(spec))
    values = draw_score(table, Z)
    assert values.tolist() == [draw_score_one(table, float(z)) for z in Z]
    assert np.all(np.diff(values[:3001]) >= -1e-12)


def test_normal_scores() -> None:
    u = np.concatenate([uniforms(1, np.arange(2000), 0, 0, 0), [SMALLEST, 0.5, 1 - SMALLEST]])
    scores = normal_score(u)
    assert np.abs(special.ndtr(scores) - u).max() <= 1e-9
    assert scores.tolist() == [normal_score_one(float(each)) for each in u]
    assert scores[-2] == pytest.approx(0, abs=1e-15)
    assert scores[-1] == pytest.approx(-special.ndtri(SMALLEST), rel=1e-6)


def test_the_ends_of_sharing() -> None:
    supplier, lot = np.array([1.25, -2.0]), np.array([0.5, 3.0])
    assert shared_score(supplier, lot, 0.0).tolist() == supplier.tolist()
    assert shared_score(supplier, lot, 1.0).tolist() == lot.tolist()
    assert shared_score(supplier, lot, 0.36) == pytest.approx([0.8 * 1.25 + 0.6 * 0.5, -0.8 * 2 + 0.6 * 3])
    assert shared_score(supplier, lot, 0.3).tolist() == [
        shared_score_one(1.25, 0.5, 0.3),
        shared_score_one(-2.0, 3.0, 0.3),
    ]
