"""What of a history a forecast may know, and which orders it is tried on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from sim.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from numpy.typing import NDArray
    from pandas import DataFrame

    from sim.calibration.delay_cohort import DelayCohort, Orders

    Flags = NDArray[np.bool_]

__all__ = ["Cut", "Known", "cut_at_random", "cut_by_time", "day_of_share"]

_COLUMNS: Final = ("supplier", "promised", "shipped", "received", "outcome")


@dataclass(frozen=True)
class Known:
    """A history as it was known: see `sim.calibration.history.History`; the columns that delays need alone."""

    orders: DataFrame
    source: str
    as_of: date


@dataclass(frozen=True)
class Cut:
    """One division of a history.

    Attributes
    ----------
    past
        What is known.
    tried
        Which orders of the whole history's cohort are to be forecast, shape (N,).
    """

    past: Known
    tried: Flags


def cut_by_time(history: Orders, whole: DelayCohort, day: date) -> Cut:
    """Cut a history at a day.

    The past is what was known when that day ended: orders placed by then (where no order date is known: promised by
    then), and of them only what had happened. Tried are the orders promised for later and due by the end of the
    history; whether they had been shipped ahead of time by the day of the cut is known to neither side.

    Raises
    ------
    InputError
        There is nothing on one side.
    """
    import pandas as pd

    frame = history.orders
    end = pd.Timestamp(day)
    placed = frame["ordered"].fillna(frame["promised"]) <= end
    past = frame.loc[placed, [*_COLUMNS, "dispute_ended"]].copy()
    for column in ("shipped", "received"):
        past[column] = past[column].where(past[column] <= end)
    # A cancellation without a date is known from the start: such an order never tells a delay, on either side.
    past["outcome"] = past["outcome"].where(~(past["dispute_ended"] > end))
    promised = frame["promised"].to_numpy(dtype="datetime64[s]")[whole.row]
    tried = promised > end.to_datetime64()
    if not tried.any():
        message = f"no order was promised for after {day} and due by {history.as_of}: nothing to try the forecast on"
        raise InputError(Problem(message, file=history.source, hint="cut earlier, with --cut DATE or a lower --share"))
    if tried.all():
        message = f"no order was due by {day}: nothing to learn from"
        raise InputError(Problem(message, file=history.source, hint="cut later, with --cut DATE or a higher --share"))
    return Cut(Known(past, history.source, day), tried)


def day_of_share(history: Orders, whole: DelayCohort, share: float) -> date:
    """The first day by which at least that share of the orders was promised."""
    import pandas as pd

    promised = np.sort(history.orders["promised"].to_numpy(dtype="datetime64[D]")[whole.row])
    found: date = pd.Timestamp(promised[max(0, int(np.ceil(share * len(promised))) - 1)]).date()
    return found


def cut_at_random(history: Orders, whole: DelayCohort, folds: int, rng: np.random.Generator) -> Iterator[Cut]:
    """Cut a history into parts by lot; each is tried once, with all the others known.

    Raises
    ------
    InputError
        There are fewer orders than parts.
    """
    count = len(whole.row)
    if count < folds:
        message = f"{count} orders were due: too few for {folds} parts"
        raise InputError(Problem(message, file=history.source, hint=f"--folds {max(2, count)} or fewer"))
    part = rng.permutation(count) % folds
    for number in range(folds):
        kept = np.ones(len(history.orders), dtype=bool)
        kept[whole.row[part == number]] = False
        yield Cut(Known(history.orders.loc[kept, list(_COLUMNS)], history.source, history.as_of), part == number)
