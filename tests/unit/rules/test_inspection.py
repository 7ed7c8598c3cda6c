"""What falls into a sample and what is noticed, against the exact distributions."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, hypergeom

from sim.rules.inspection import combinations, detected, factorials_up_to, power_scaled, sampled_defectives

if TYPE_CHECKING:
    from collections.abc import Callable

FACTORIALS = factorials_up_to(100_000)
EXACT = 1e-9
"""Error in probability that is allowed."""

LOTS = [
    (3000, 90, 125),
    (3000, 1, 125),
    (3000, 2999, 125),
    (3000, 2850, 125),
    (3000, 1500, 2900),
    (100_000, 3000, 1250),
    (100_000, 50_000, 20_000),
    (100_000, 99_990, 50_000),
    (100_000, 99_000, 90_000),
    (600, 18, 80),
    (8, 4, 5),
    (2, 1, 1),
]
DETECTIONS = [
    (1, 0.92),
    (4, 0.92),
    (125, 0.92),
    (125, 0.999),
    (2000, 0.9999),
    (2000, 0.5),
    (2000, 1e-6),
    (100_000, 0.92),
    (100_000, 0.999999),
    (40, 1 - 2**-53),
]


def assert_exact(draw: Callable[[float], int], distribution: Any, where: range) -> None:  # noqa: ANN401 - scipy's
    """Just below a step of the cumulative probability the draw is not past it, just above it is."""
    for number, reached in zip(where, distribution.cdf(np.array(where)).tolist(), strict=True):
        if reached - EXACT > 0:
            assert draw(reached - EXACT) <= number
        if reached + EXACT < 1:
            assert draw(reached + EXACT) > number


def around(distribution: Any, highest: int) -> range:  # noqa: ANN401 - scipy's
    """Numbers around which draws fall, far into both ends."""
    low, high = distribution.ppf([1e-13, 1 - 1e-13])
    numbers = range(max(0, int(low) - 1), min(highest, int(high) + 1) + 1)
    return numbers[:: max(1, len(numbers) // 60)]


@pytest.mark.parametrize(("lot", "defective", "sample"), LOTS)
def test_sampled_defectives_are_hypergeometric(lot: int, defective: int, sample: int) -> None:
    distribution = hypergeom(lot, defective, sample)
    assert_exact(
        lambda u: sampled_defectives(lot, defective, sample, u, FACTORIALS),
        distribution,
        around(distribution, min(sample, defective)),
    )


@pytest.mark.parametrize(("count", "probability"), DETECTIONS)
def test_detected_are_binomial(count: int, probability: float) -> None:
    distribution = binom(count, probability)
    assert_exact(lambda u: detected(count, probability, u, FACTORIALS), distribution, around(distribution, count))


@given(st.data(), st.integers(1, 5000), st.floats(0, 1, exclude_min=True, exclude_max=True))
def test_a_draw_stands_where_its_cumulative_probability_is(data: st.DataObject, lot: int, u: float) -> None:
    defective = data.draw(st.integers(0, lot))
    sample = data.draw(st.integers(0, lot))
    found = sampled_defectives(lot, defective, sample, u, FACTORIALS)
    assert max(0, sample + defective - lot) <= found <= min(sample, defective)
    distribution = hypergeom(lot, defective, sample)
    assert distribution.cdf(found) >= u - EXACT
    assert distribution.cdf(found - 1) <= u + EXACT


@pytest.mark.parametrize("u", [2.0**-53, 0.3, 1 - 2.0**-53])
def test_certain_samples(u: float) -> None:
    assert sampled_defectives(3000, 0, 125, u, FACTORIALS) == 0
    assert sampled_defectives(3000, 3000, 125, u, FACTORIALS) == 125
    assert sampled_defectives(3000, 90, 3000, u, FACTORIALS) == 90
    assert sampled_defectives(3000, 90, 0, u, FACTORIALS) == 0
    assert sampled_defectives(1, 1, 1, u, FACTORIALS) == 1
    assert sampled_defectives(1, 0, 1, u, FACTORIALS) == 0


@pytest.mark.parametrize("u", [2.0**-53, 0.3, 1 - 2.0**-53])
def test_certain_detection(u: float) -> None:
    assert detected(7, 1.0, u, FACTORIALS) == 7
    assert detected(7, 0.0, u, FACTORIALS) == 0
    assert detected(0, 0.5, u, FACTORIALS) == 0


DRAWS = [2.0**-53, 1e-12, *np.linspace(0.0005, 0.9995, 400).tolist(), 1 - 1e-12, 1 - 2.0**-53]


@pytest.mark.parametrize(("lot", "defective", "sample"), LOTS)
def test_more_bad_luck_never_finds_fewer(lot: int, defective: int, sample: int) -> None:
    found = [sampled_defectives(lot, defective, sample, u, FACTORIALS) for u in DRAWS]
    assert found == sorted(found)
    assert min(sample, defective) >= found[-1]


@pytest.mark.parametrize(("count", "probability"), DETECTIONS)
def test_more_luck_of_the_inspector_never_notices_fewer(count: int, probability: float) -> None:
    noticed = [detected(count, probability, u, FACTORIALS) for u in DRAWS]
    assert noticed == sorted(noticed)


@pytest.mark.parametrize("u", [0.001, 0.4, 0.97])
def test_a_worse_lot_or_a_sharper_eye_never_finds_fewer(u: float) -> None:
    found = [sampled_defectives(3000, defective, 125, u, FACTORIALS) for defective in range(0, 3001, 10)]
    assert found == sorted(found)
    noticed = [detected(30, percent / 100, u, FACTORIALS) for percent in range(101)]
    assert noticed == sorted(noticed)


def test_the_last_draw_is_not_thrown_to_the_end() -> None:
    # rounding leaves the sum of all probabilities a little short of the largest draw
    assert sampled_defectives(3000, 90, 125, 1 - 2.0**-53, FACTORIALS) < 40
    assert detected(2000, 0.01, 1 - 2.0**-53, FACTORIALS) < 100


def test_factorials() -> None:
    for number in (0, 1, 2, 31, 32, 33, 64, 1000, 5000):
        value = Fraction(FACTORIALS.mantissa[number]) * Fraction(2) ** FACTORIALS.exponent[number]
        assert abs(value / math.factorial(number) - 1) < Fraction(2, 10**14)
        assert 0.5 <= FACTORIALS.mantissa[number] < 1
    assert len(FACTORIALS.mantissa) == len(FACTORIALS.exponent) == 100_001


def test_factorials_of_the_largest_quantity_in_its_logarithm() -> None:
    table = factorials_up_to(200_000)
    logarithm = math.log(table.mantissa[-1]) + table.exponent[-1] * math.log(2)
    assert logarithm == pytest.approx(math.lgamma(200_001), rel=1e-14)


def test_combinations_and_powers() -> None:
    for total, chosen in ((5, 2), (60, 30), (60, 0), (60, 60)):
        assert math.ldexp(*combinations(total, chosen, FACTORIALS)) == pytest.approx(
            math.comb(total, chosen), rel=1e-14
        )
    for base, times in ((0.92, 125), (0.3, 0), (0.5, 10), (1e-9, 3)):
        assert math.ldexp(*power_scaled(base, times)) == pytest.approx(base**times, rel=1e-13)
    mantissa, exponent = power_scaled(0.5, 5000)
    assert math.log2(mantissa) + exponent == -5000
