"""Tables: of which kind each law becomes, and that arrays and single numbers are drawn alike to the bit."""

import pickle
from typing import Any

import numpy as np
import pytest

from sim.random.distributions import parse
from sim.random.tables import Kind, build_table, draw, draw_one
from sim.random.uniforms import SMALLEST, uniforms

Spec = dict[str, Any] | float

KINDS: list[tuple[Spec, list[Kind]]] = [
    (7, [Kind.CONSTANT]),
    ({"dist": "uniform", "low": 2, "high": 5}, [Kind.LINEAR]),
    ({"dist": "beta", "a": 1, "b": 1}, [Kind.LINEAR]),
    ({"dist": "uniform", "low": 2, "high": 5, "at_least": 3}, [Kind.LINEAR]),
    ({"dist": "triangular", "low": 1, "mode": 4, "high": 45}, [Kind.TRIANGLE]),
    ({"dist": "triangular", "low": 1, "mode": 1, "high": 45}, [Kind.TRIANGLE]),
    ({"dist": "triangular", "low": 1, "mode": 45, "high": 45}, [Kind.TRIANGLE]),
    ({"dist": "triangular", "low": 1, "mode": 4, "high": 45, "at_least": 2}, [Kind.PIECES, Kind.PIECES]),
    ({"dist": "lognormal", "mean": 3, "sd": 4}, [Kind.PIECES]),
    ({"dist": "gamma", "mean": 34, "sd": 7, "at_most": 60}, [Kind.PIECES]),
    ({"dist": "beta", "mean": 0.0005, "sd": 0.001}, [Kind.PIECES]),
    ({"dist": "normal", "mean": 3, "sd": 2}, [Kind.PIECES]),
    ({"dist": "laplace", "loc": 3}, [Kind.PIECES, Kind.PIECES]),
    ({"dist": "trapezoid", "c": 0.3, "d": 0.6}, [Kind.PIECES, Kind.LINEAR, Kind.PIECES]),
    ({"dist": "poisson", "mean": 4}, [Kind.STEPS]),
    ({"dist": "poisson", "mean": 4, "at_least": 2, "at_most": 9}, [Kind.STEPS]),
    ({"dist": "skellam", "mu1": 4, "mu2": 6}, [Kind.STEPS]),
    ({"dist": "zipf", "a": 1.5, "at_most": 100}, [Kind.STEPS]),
    ({"dist": "randint", "low": 3, "high": 12}, [Kind.STEPS]),
    ({"dist": "gamma", "mean": 1, "sd": 30}, [Kind.CLOSED_FORM]),
    ({"dist": "empirical", "values": [3, 1, 2, 2]}, [Kind.OBSERVATIONS]),
    (
        {
            "dist": "mixture",
            "components": [
                {"weight": 0.7, "dist": "constant", "value": 0},
                {"weight": 0.2, "dist": "gamma", "mean": 5, "sd": 3, "at_least": 1},
                {"weight": 0.05, "dist": "empirical", "values": [3, 1, 2]},
                {"weight": 0.05, "dist": "poisson", "mean": 3},
                {"weight": 0.1, "dist": "gamma", "mean": 1, "sd": 30},
                {"weight": 0.1, "dist": "triangular", "low": 1, "mode": 4, "high": 45},
            ],
        },
        [Kind.CONSTANT, Kind.PIECES, Kind.OBSERVATIONS, Kind.STEPS, Kind.CLOSED_FORM, Kind.TRIANGLE],
    ),
]
EDGES = [0.0, SMALLEST, 0.25, np.nextafter(0.5, 0), 0.5, np.nextafter(0.5, 1), 0.75, 1 - SMALLEST, 1.0]


@pytest.mark.parametrize(("spec", "kinds"), KINDS)
def test_kind(spec: Spec, kinds: list[Kind]) -> None:
    table = build_table(parse(spec))
    assert table.kinds.tolist() == kinds
    assert bool(table.closed_forms) == (Kind.CLOSED_FORM in kinds)
    assert table.begins[0] == 0
    assert table.begins[-1] + table.shares[-1] == pytest.approx(1, abs=1e-15)


@pytest.mark.parametrize(("spec", "_kinds"), KINDS)
def test_arrays_and_single_numbers_are_drawn_alike(spec: Spec, _kinds: list[Kind]) -> None:
    distribution = parse(spec)
    table = build_table(distribution)
    inner = np.concatenate([EDGES[1:-1], uniforms(3, np.arange(400), 1, 2, 3)])
    tails = np.ldexp(1.5, -np.arange(2, 53))
    shares = np.concatenate([inner, tails, 1.0 - tails])
    values = draw(table, shares)
    assert values.tolist() == [draw_one(table, float(share)) for share in shares]
    low, high = distribution.support()
    assert values.min() >= low
    assert values.max() <= high


@pytest.mark.parametrize("spec", [{"dist": "lognormal", "mean": 3, "sd": 4}, {"dist": "uniform", "low": 2, "high": 5}])
def test_zero_and_one_are_taken_for_the_nearest_uniforms(spec: Spec) -> None:
    table = build_table(parse(spec))
    assert draw(table, np.array([0.0, 1.0])) == pytest.approx(draw(table, np.array([SMALLEST, 1 - SMALLEST])))
    assert [draw_one(table, 0.0), draw_one(table, 1.0)] == draw(table, np.array([0.0, 1.0])).tolist()


def test_observations_are_drawn_as_the_distribution_says() -> None:
    distribution = parse({"dist": "empirical", "values": [5, 1, 4, 2, 2, 9, 7]})
    shares = uniforms(3, np.arange(5000), 1, 2, 3)
    assert np.array_equal(draw(build_table(distribution), shares), distribution.ppf(shares))


@pytest.mark.parametrize(
    "spec",
    [{"dist": "poisson", "mean": 4}, {"dist": "binom", "n": 30, "p": 0.1}, {"dist": "geom", "p": 0.2, "loc": 2}],
)
def test_counts_are_drawn_as_scipy_says(spec: Spec) -> None:
    distribution = parse(spec)
    shares = uniforms(3, np.arange(5000), 1, 2, 3)
    assert np.array_equal(draw(build_table(distribution), shares), distribution.ppf(shares))


def test_parts_of_a_mixture_follow_one_another() -> None:
    components = [{"weight": 1, "dist": "uniform", "low": 0, "high": 1}, {"weight": 3, "dist": "constant", "value": -5}]
    table = build_table(parse({"dist": "mixture", "components": components}))
    assert draw(table, np.array([0.05, 0.25, 0.26, 0.9])) == pytest.approx([0.2, 1, -5, -5])


def test_a_table_is_built_once_and_can_be_sent_elsewhere() -> None:
    spec = {"dist": "gamma", "mean": 6, "sd": 2}
    table = build_table(parse(spec))
    assert build_table(parse(spec)) is table
    again = pickle.loads(pickle.dumps(table))  # noqa: S301 - written here
    shares = uniforms(3, np.arange(50), 1, 2, 3)
    assert np.array_equal(draw(again, shares), draw(table, shares))


def test_tables_stay_small() -> None:
    table = build_table(parse({"dist": "beta", "mean": 0.03, "sd": 0.03}))
    assert sum(column.nbytes for column in table[:-1]) < 200_000
