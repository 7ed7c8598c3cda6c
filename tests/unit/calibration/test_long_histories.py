"""Histories longer than a fit can use: nobody is wiped out by a large supplier, and the last orders are kept."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.calibration.long_histories import drawn_whole, shortened
from tests.unit.calibration.fabricated_orders import days_after, fabricated


@given(st.lists(st.integers(1, 5_000), min_size=1, max_size=40), st.integers(1, 4_000), st.integers(0, 2**32 - 1))
def test_suppliers_are_drawn_until_there_is_enough(counts: list[int], most: int, seed: int) -> None:
    sizes = np.array(counts)
    drawn = drawn_whole(sizes, most, np.random.default_rng(seed))
    assert len(set(drawn.tolist())) == len(drawn) > 0
    assert sizes[drawn[:-1]].sum() < most  # the last one was still needed
    assert sizes[drawn].sum() >= most or len(drawn) == len(sizes)


def of(names: list[str], promised: list[int | None], ordered: list[int] | None = None) -> tuple[list[str], list[str]]:
    """Suppliers and promised days of what is kept of a history, and what is said."""
    placed = ordered or list(range(len(names)))
    history = fabricated(
        names,
        "2040-01-01",
        ordered=days_after("2000-01-01", placed),
        promised=days_after("2000-01-01", promised),
        shipped=days_after("2000-01-01", promised),
    )
    kept, told = shortened(history, "mill", np.random.default_rng(1))
    return kept.orders["supplier"].tolist(), [*told]


def test_one_large_supplier_is_cut_to_its_last_orders() -> None:
    names, told = of(["mill"] * 10 + ["big"] * 3_500, list(range(3_510)))
    assert names.count("mill") == 10
    assert names.count("big") == 3_000
    (sentence,) = told
    assert sentence.startswith("Of 1 other supplier 1, drawn by lot, were used to borrow from (3,000 orders")
    assert "of one of them the last 3,000 promised alone" in sentence


@pytest.mark.parametrize("place", range(3))
def test_a_large_supplier_wipes_nobody_out(place: int) -> None:
    small = [f"s{number}" for number in range(20) for _ in range(50)]
    names = [*small[: place * 400], *["big"] * 3_500, *small[place * 400 :]]
    kept, _ = of(names, list(range(len(names))))
    assert len(kept) == 3_000


def test_orders_without_a_promise_are_no_later_than_others() -> None:
    """5,000 orders, every second of which has no promise: as many of either are among the last."""
    promised = [place if place % 2 else None for place in range(5_000)]
    names, told = of(["mill"] * 5_000, promised)
    assert len(names) == 3_000
    assert told == ["Of 5,000 orders of mill the last 3,000 promised were used."]
    history = fabricated(
        ["mill"] * 5_000,
        "2040-01-01",
        ordered=days_after("2000-01-01", list(range(5_000))),
        promised=days_after("2000-01-01", promised),
    )
    kept, _ = shortened(history, "mill", np.random.default_rng(1))
    assert kept.orders["promised"].isna().sum() == 1_500


def test_a_short_history_is_left_as_it_is() -> None:
    assert of(["mill", "other"], [1, 2]) == (["mill", "other"], [])
