"""An order history as the fits read it: checked, in columns of known names, and known up to a day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datetime import date

    from pandas import DataFrame


class BadRow(NamedTuple):
    """A row that was left out.

    Attributes
    ----------
    line
        Of the file, counted from 1, its header included; of a Parquet file the row.
    column, value
        The first that is wrong there.
    reason
        All that is wrong, in words.
    """

    line: int
    column: str
    value: str
    reason: str


@dataclass(frozen=True)
class History:
    """Past orders, as far as they were known on a day.

    Attributes
    ----------
    orders
        One row an order, in the order of the file. ``line`` (int64), ``supplier`` (text); dates without time
        (datetime64[s], NaT: not yet, or unknown) ``ordered``, ``promised``, ``shipped``, ``received``, ``checked``,
        ``dispute_opened``, ``replied``, ``dispute_ended``; ``quantity`` (Int64), ``price`` (Float64, a unit);
        ``critical``, ``major``, ``minor`` (Int64, found when checking) out of ``units_checked`` (NA: all received);
        ``inspected`` and ``found`` (Int64, before shipment), ``inspection_result`` (passed, failed), ``ground``
        (late_shipment, quality), ``claimed``, ``refunded`` (Float64, money), ``outcome`` (settled, decided, conceded,
        cancelled). Every column is there, empty where the file has none.
    source
        The file.
    as_of
        The last day that it knows of.
    left_out, left_out_rows
        Rows that were bad, where these were to be dropped: the first ten thousand, and how many there are in all.
    unused
        Columns of the file that nothing was made of.
    notes
        What else is to be known about it.
    """

    orders: DataFrame
    source: str
    as_of: date
    left_out: tuple[BadRow, ...] = ()
    left_out_rows: int = 0
    unused: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
