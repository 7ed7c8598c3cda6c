"""Designs: which values are tried together, how a user writes them, and what is refused."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from sim.errors import InputError, ScenarioError
from sim.studies.designs import (
    MOST_POINTS,
    VALUES_OF_A_RANGE,
    Varied,
    design_points,
    unit_sample,
    varied_checked,
    varied_read,
)
from tests.unit.studies.crews import DETAIL, LIMIT, example

if TYPE_CHECKING:
    from sim.studies.designs import DesignName

MAJOR = "suppliers.shenzhen.defects.major.mean"


@pytest.mark.parametrize(
    ("text", "values"),
    [
        (f"{DETAIL}=0,0.5,1", [0, 0.5, 1]),
        (f" {DETAIL} = 0.5 , 0.5, 1e-1 ", [0.5, 0.1]),
        (f"{LIMIT}=null,5000", [None, 5000]),
        ("protection=escrow,paypal-goods-and-services", ["escrow", "paypal-goods-and-services"]),
        ("buyer.escalates_unanswered=true,false", [True, False]),
        ("start=2026-03-02,2026-04-02", [date(2026, 3, 2), date(2026, 4, 2)]),
        (f"{LIMIT}=5000..20000/4", [5_000, 10_000, 15_000, 20_000]),
        (f"{LIMIT}=5_000..20_000/2", [5_000, 20_000]),
        ("need.quantity=1..4/7", [1, 2, 3, 4]),
        (f"{DETAIL}=-1..1/3", [-1, 0, 1]),
    ],
)
def test_values_as_a_user_writes_them(text: str, values: list[Any]) -> None:
    varied = varied_read(text, example())
    assert varied.path == text.partition("=")[0].strip()
    assert varied.grid() == values


def test_a_range_has_seven_values_unless_it_says_otherwise() -> None:
    assert len(varied_read(f"{LIMIT}=0..6", example()).grid()) == VALUES_OF_A_RANGE == 7


def test_a_path_alone_is_as_uncertain_as_the_scenario_says() -> None:
    varied = varied_read(LIMIT, example())
    assert varied.grid() == pytest.approx(np.linspace(5_000, 20_000, 7).tolist())
    assert varied.at(np.array([0.0, 0.5, 1.0])) == [5_000, 12_500, 20_000]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("=1,2", "varies nothing"),
        (f"{DETAIL}=", "varies nothing"),
        (f"{DETAIL}=0.5..0.1", "from the smaller to the larger"),
        (f"{DETAIL}=1..1", "from the smaller to the larger"),
        (f"{DETAIL}=low..high", "'low' is not a number"),
        (f"{DETAIL}=0..inf", "'inf' is not a number"),
        (f"{DETAIL}=0..1/1", "no number of values"),
        (f"{DETAIL}=0..1/x", "no number of values"),
        (f"{DETAIL}=1,[2]", "no single value"),
        (f"{DETAIL}=1,,2", "no single value"),
        ("buyer.hourly_cost", "there is no uncertain input"),
    ],
)
def test_what_varies_nothing_is_refused_with_a_way_out(text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        varied_read(text, example())


def test_a_grid_goes_through_all_combinations_the_last_fastest() -> None:
    points = design_points([Varied("a", (1, 2)), Varied("b", ("x", None, True))], "grid", 999, seed=1)
    assert [tuple(value for _, value in point.values) for point in points] == [
        *((1, "x"), (1, None), (1, True)),
        *((2, "x"), (2, None), (2, True)),
    ]
    assert all(tuple(path for path, _ in point.values) == ("a", "b") for point in points)


@pytest.mark.parametrize("design", ["latin", "sobol"])
def test_single_values_have_equal_parts_of_a_sample(design: DesignName) -> None:
    varied = [Varied("a", (1, 2, 3, 4)), varied_read(f"{LIMIT}=0..8", example())]
    points = design_points(varied, design, 64, seed=5)
    assert len(points) == 64
    chosen = [point.values[0][1] for point in points]
    assert {value: chosen.count(value) for value in chosen} == dict.fromkeys((1, 2, 3, 4), 16)
    limits = sorted(point.values[1][1] for point in points)  # type: ignore[type-var]
    assert all(number / 8 <= limit <= (number + 1) / 8 for number, limit in enumerate(limits))  # type: ignore[operator]


def test_a_sample_depends_on_its_seed_alone() -> None:
    varied = [varied_read(path, example()) for path in (LIMIT, DETAIL, MAJOR)]
    assert design_points(varied, "sobol", 20, seed=3) == design_points(varied, "sobol", 20, seed=3)
    assert design_points(varied, "sobol", 20, seed=3) != design_points(varied, "sobol", 20, seed=4)
    assert design_points(varied, "sobol", 20, seed=3) == design_points(varied, "sobol", 64, seed=3)[:20]


def test_too_many_points_and_paths_named_twice_are_refused() -> None:
    axis = varied_read(f"{LIMIT}=0..1/1001", example())
    with pytest.raises(InputError, match="1,003,003,001 points") as told:
        design_points([axis, Varied("a", tuple(range(1001))), Varied("b", tuple(range(1001)))], "grid", 1, seed=1)
    assert f"{MOST_POINTS:,} at most" in str(told.value)
    with pytest.raises(InputError, match="a is varied twice"):
        design_points([Varied("a", (1,)), Varied("b", (1,)), Varied("a", (2,))], "grid", 1, seed=1)


def test_points_of_the_unit_cube_lie_inside() -> None:
    for design in ("latin", "sobol"):
        sample = unit_sample(3, 100, design, 1)
        assert sample.shape == (100, 3)
        assert ((sample >= 0) & (sample < 1)).all()
    assert unit_sample(2, 1, "sobol", 1).shape == (1, 2)


def test_an_input_without_any_valid_value_is_a_mistake() -> None:
    varied_checked([Varied(DETAIL, (7, 0.5))], example())  # the one is a point without a result, no mistake
    for wrong in (Varied(DETAIL, (7, 8)), Varied("contract.detale_share", (0.1, 0.2))):
        with pytest.raises(ScenarioError, match=r"detail_share"):
            varied_checked([Varied(LIMIT, (1,)), wrong], example())
