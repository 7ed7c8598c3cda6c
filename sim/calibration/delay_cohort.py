"""Which orders of a history tell how late a supplier ships, and what each of them tells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np

from sim.errors import InputError, Problem

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray
    from pandas import DataFrame, Series

    Ints = NDArray[np.int64]
    Flags = NDArray[np.bool_]

_EARLY_VALUES: Final = 50
_OWN_EARLY: Final = 10
_MANY_SHIPPED: Final = 20


class Orders(Protocol):
    """What is needed of a history."""

    @property
    def orders(self) -> DataFrame:
        """One row an order: `supplier`, `promised`, `shipped`, `received`, `outcome`."""

    @property
    def source(self) -> str:
        """Where they were read."""

    @property
    def as_of(self) -> date:
        """The last day that they know of."""


@dataclass(frozen=True)
class DelayCohort:
    """The orders that were due by the day on which the known world ends, N of them.

    Orders promised for a later day stay out, even those shipped already: keeping these alone, while the others of
    the same promise have had no time to be late, would make every supplier look early.

    Attributes
    ----------
    suppliers
        Names, ascending; `supplier` counts into them.
    supplier
        Shape (N,).
    delay
        Whole days from promise to shipping, negative if early; of an open order, the days since the promise.
        Shape (N,).
    open
        Whether the order had not been shipped by then. It is late for sure, nobody knows how late. Shape (N,).
    waited
        Whole days from the promise to the end of the known world: a longer lateness could not have been seen.
        Shape (N,).
    row
        Place of the order in the history, ascending, from 0. Shape (N,).
    not_due
        Orders left out because they were promised for later.
    unknown
        Orders left out because they have no promise, or were cancelled before they were shipped.
    """

    suppliers: tuple[str, ...]
    supplier: Ints
    delay: Ints
    open: Flags
    waited: Ints
    row: Ints
    not_due: int
    unknown: int

    @property
    def late(self) -> Flags:
        """Whether the order is late, open or shipped. Shape (N,)."""
        return self.open | (self.delay > 0)

    @property
    def on_the_day(self) -> float | None:
        """Share of the shipped orders that were shipped on the very day promised; None where they are few."""
        shipped = self.delay[~self.open]
        return float((shipped == 0).mean()) if len(shipped) >= _MANY_SHIPPED else None

    def early_days(self, own: Flags) -> list[float]:
        """Give days before the promise, negative and ascending: the supplier's own, or where these are few everyone's.

        More than fifty are told by the means of fiftieths of them, which leaves the mean as it is.
        """
        early = ~self.late & (self.delay < 0)
        days = self.delay[early & own] if (early & own).sum() >= _OWN_EARLY else self.delay[early]
        ordered = np.sort(days).astype(np.float64)
        if len(ordered) <= _EARLY_VALUES:
            return [float(day) for day in ordered]
        sums = np.interp(
            np.linspace(0, len(ordered), _EARLY_VALUES + 1), np.arange(len(ordered) + 1), np.cumsum([0.0, *ordered])
        )
        return [float(f"{day:.6g}") for day in np.diff(sums) * _EARLY_VALUES / len(ordered)]

    def code(self, supplier: str) -> int | None:
        """Give a supplier's place in `suppliers`, None for one that the cohort does not know."""
        return self.suppliers.index(supplier) if supplier in self.suppliers else None

    def tallies(self, marked: Flags, among: Flags) -> tuple[Ints, Ints]:
        """Count, for each supplier, the marked orders among some, and these. Shapes (V,)."""
        size = len(self.suppliers)
        return (
            np.bincount(self.supplier[marked & among], minlength=size),
            np.bincount(self.supplier[among], minlength=size),
        )


def delay_cohort(history: Orders) -> DelayCohort:
    """Find the orders that were due, and how late each is.

    Parameters
    ----------
    history
        Shipping counts; where no order has a day of shipping, the day of receipt stands for it. What was shipped
        after the end of the known world counts as open.

    Returns
    -------
    DelayCohort
        At least one order.

    Raises
    ------
    InputError
        If no order was due by then.
    """
    import pandas as pd

    frame = history.orders
    end = pd.Timestamp(history.as_of)
    promised = _days(frame["promised"])
    ended = _days(frame["shipped"] if frame["shipped"].notna().any() else frame["received"])
    shipped = ended.notna() & (ended <= end)
    cancelled = (frame["outcome"].eq("cancelled").fillna(value=False) & ended.isna()).astype(bool)
    usable = promised.notna() & ~cancelled
    due = usable & (promised <= end)
    if not due.any():
        raise InputError(
            Problem(
                f"no order was due by {history.as_of}, so nothing tells how late suppliers ship",
                file=history.source,
                hint="a history needs orders whose promised day has passed; is the day on which it ends right?",
            )
        )
    delay = (ended.where(shipped, end) - promised)[due].dt.days.to_numpy(dtype=np.int64)
    names, codes = np.unique(frame.loc[due, "supplier"].astype(str).to_numpy(dtype=object), return_inverse=True)
    return DelayCohort(
        suppliers=tuple(str(name) for name in names),
        supplier=codes.astype(np.int64),
        delay=np.asarray(delay, dtype=np.int64),
        open=~shipped[due].to_numpy(dtype=bool),
        waited=(end - promised)[due].dt.days.to_numpy(dtype=np.int64),
        row=np.flatnonzero(due.to_numpy(dtype=bool)),
        not_due=int((usable & ~due).sum()),
        unknown=int((~usable).sum()),
    )


def _days(column: Series) -> Series:
    """Give calendar days without a time of day."""
    import pandas as pd

    return pd.to_datetime(column).dt.normalize()
