"""Conversions at the edges: rounded half up on the number as it is written, never on its binary neighbour."""

from __future__ import annotations

import pytest

from sim import units


@pytest.mark.parametrize(
    ("amount", "cents"),
    [(0.0, 0), (1.0, 100), (0.005, 1), (1.005, 101), (2.675, 268), (0.1 + 0.2, 30), (99_999_999.99, 9_999_999_999)],
)
def test_cents_are_rounded_half_up_as_written(amount: float, cents: int) -> None:
    assert units.cents_from_money(amount) == cents


def test_a_unit_price_below_a_cent_is_exact() -> None:
    assert units.micros_from_money(0.0235) == 23_500
    assert units.micros_from_money(0.0000005) == 1


@pytest.mark.parametrize(
    ("days", "minutes"), [(0, 0), (1, 1440), (0.5, 720), (1 / 1440, 1), (30.0, 43_200), (-1.5, -2160)]
)
def test_days_are_whole_minutes(days: float, minutes: int) -> None:
    assert units.minutes_from_days(days) == minutes
