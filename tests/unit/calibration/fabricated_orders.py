"""Histories made by hand: the columns given, everything else unknown."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from sim.calibration.history import History

if TYPE_CHECKING:
    from collections.abc import Sequence

DATES: Final = (
    "ordered",
    "promised",
    "shipped",
    "received",
    "checked",
    "dispute_opened",
    "replied",
    "dispute_ended",
)
WHOLE: Final = ("quantity", "critical", "major", "minor", "units_checked", "inspected", "found")
TEXTS: Final = ("inspection_result", "ground", "outcome")


def fabricated(supplier: list[str], as_of: str = "2026-01-01", **columns: Sequence[Any]) -> History:
    """Fabricate a normalised history with a row for each name in `supplier`."""
    empty: list[Any] = [None] * len(supplier)
    orders = pd.DataFrame({"line": np.arange(2, len(supplier) + 2), "supplier": supplier})
    for name in DATES:
        orders[name] = pd.to_datetime(pd.Series(columns.get(name, empty))).astype("datetime64[s]")
    for name in WHOLE:
        orders[name] = pd.array(list(columns.get(name, empty)), dtype="Int64")
    for name in ("price", "claimed", "refunded"):
        orders[name] = pd.array(list(columns.get(name, empty)), dtype="Float64")
    for name in TEXTS:
        orders[name] = pd.Series(columns.get(name, empty), dtype="string")
    return History(orders, "by hand", date.fromisoformat(as_of))


def days_after(start: str, days: Sequence[float | None]) -> list[pd.Timestamp | None]:
    """Dates so many days after a start; None stays unknown."""
    first = pd.Timestamp(start)
    return [None if day is None else first + pd.Timedelta(days=day) for day in days]
