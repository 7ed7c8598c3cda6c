"""Invented histories whose suppliers' ways of being late are known, for tests of what a fit recovers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from math import exp
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
from scipy.special import ndtri

if TYPE_CHECKING:
    from collections.abc import Sequence

AS_OF = date(2025, 6, 30)
LATE_SHARE, WORTH = 0.5, 8.0
MEDIAN, TAU, SPREAD = 10.0, 0.4, 0.8
EARLY_SHARE = 0.3
WINDOW = 30
"""Days over which promises fall; so short a history leaves about a fifth of all orders open."""


@dataclass(frozen=True)
class KnownOrders:
    """A history as far as delays are concerned."""

    orders: pd.DataFrame
    as_of: date = AS_OF
    source: str = "orders.csv"


class Truth(NamedTuple):
    """What is true of the first supplier."""

    late_share: float
    early_share: float
    mean_lateness: float
    ninetieth_lateness: float
    tau: float


def orders_of(rows: Sequence[tuple[str, int, int | None]], *, as_of: date = AS_OF) -> KnownOrders:
    """Write orders down as (supplier, days from the promise to `as_of`, days late or None if open)."""
    promised = [as_of - timedelta(days=waited) for _, waited, _ in rows]
    shipped = [
        None if late is None else day + timedelta(days=late) for day, (_, _, late) in zip(promised, rows, strict=True)
    ]
    frame = pd.DataFrame({"supplier": [supplier for supplier, _, _ in rows]}, dtype="object")
    frame["promised"] = pd.to_datetime(pd.Series(promised)).astype("datetime64[s]")
    frame["shipped"] = pd.to_datetime(pd.Series(shipped, dtype="object")).astype("datetime64[s]")
    for column in ("ordered", "received", "dispute_ended"):
        frame[column] = pd.Series(pd.NaT, index=frame.index, dtype="datetime64[s]")
    frame["outcome"] = pd.Series(None, index=frame.index, dtype="object")
    return KnownOrders(frame, as_of)


def lognormal_history(
    orders: int, rng: np.random.Generator, *, suppliers: int = 5, window: int = WINDOW
) -> tuple[KnownOrders, Truth]:
    """Invent a history: suppliers named a, b, ... take turns; lateness is lognormal, cut off at a year."""
    share = rng.beta(LATE_SHARE * WORTH, (1 - LATE_SHARE) * WORTH, suppliers)
    early = rng.beta(EARLY_SHARE * WORTH, (1 - EARLY_SHARE) * WORTH, suppliers)
    median = MEDIAN * np.exp(TAU * rng.standard_normal(suppliers))
    rows: list[tuple[str, int, int | None]] = []
    for order in range(orders):
        place = order % suppliers
        waited = int(rng.integers(0, window))
        if rng.random() < share[place]:
            days = round(median[place] * np.exp(SPREAD * rng.standard_normal()))
        else:
            days = -int(rng.integers(1, 6)) if rng.random() < early[place] else 0
        rows.append((chr(ord("a") + place), waited, None if days > waited else days))
    truth = Truth(
        float(share[0]),
        float((1 - share[0]) * early[0]),
        float(median[0] * exp(SPREAD**2 / 2)),
        float(median[0] * np.exp(SPREAD * ndtri(0.9))),
        TAU,
    )
    return orders_of(rows), truth


def without_open(history: KnownOrders) -> KnownOrders:
    """Drop the open orders, as if they told nothing."""
    known = history.orders[history.orders["shipped"].notna()].reset_index(drop=True)
    return KnownOrders(known, history.as_of, history.source)
