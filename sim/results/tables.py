"""The three tables of a run: ``summary.csv``, ``replications.parquet`` and ``orders.parquet``.

Money is in currency units with two decimals, days are numbers from the start; a cell is empty where the thing
never happened. The same rows give the same bytes: settings are fixed and no file holds a time.
"""

from __future__ import annotations

import csv
import io
from math import isfinite
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol, Self

import numpy as np

from sim.outcomes import LossComponent, RecoveryRule
from sim.protocol import Ground, State
from sim.units import CENTS, MINUTES_PER_DAY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path
    from types import TracebackType

    from numpy.typing import NDArray

    from sim.outcomes import Records

    _Block = tuple[Records, Records]
    """Replications of one plan, and their orders."""

DAY_DECIMALS: Final = 6
ROWS_PER_GROUP: Final = 16_000
"""Rows of one plan that make a row group: enough to compress, few enough to hold for every plan."""

SUMMARY_COLUMNS: Final = ("plan", "measure", "value", "ci_low", "ci_high", "n")


class SummaryRow(NamedTuple):
    """One row of ``summary.csv``, and the decimals that its numbers are written with."""

    plan: str
    measure: str
    value: float
    ci_low: float
    ci_high: float
    n: int
    decimals: int


def summary_text(rows: Iterable[SummaryRow]) -> str:
    """``summary.csv`` as text: one row per plan and measure, a number that does not exist left empty."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(SUMMARY_COLUMNS)
    for row in rows:
        numbers = (_decimal(value, row.decimals) for value in (row.value, row.ci_low, row.ci_high))
        writer.writerow((row.plan, row.measure, *numbers, row.n))
    return text.getvalue()


def _decimal(value: float, decimals: int) -> str:
    # Adding zero turns a negative zero into a plain one.
    return f"{round(value, decimals) + 0.0:.{decimals}f}" if isfinite(value) else ""


class PlanNames(Protocol):
    """What the tables need to know about a plan: its names."""

    @property
    def plan(self) -> str:
        """Name of the plan."""

    @property
    def order_ids(self) -> Sequence[str]:
        """Ids of its orders, in the order of the outcomes."""

    @property
    def supplier_names(self) -> Sequence[str]:
        """Names of the suppliers, by the index that an order record holds."""


def replications_table(plan: str, replications: Records) -> Any:  # noqa: ANN401 - pyarrow has no types
    """Rows of ``replications.parquet`` for a block.

    Parameters
    ----------
    plan
        Name of the plan.
    replications
        Shape (R,), dtype `sim.outcomes.REPLICATION_RECORD`.

    Returns
    -------
    pyarrow.Table
        R rows.
    """
    import pyarrow as pa

    columns: dict[str, Any] = {
        "plan": _repeated([plan], np.zeros(len(replications), np.int32)),
        "replication": replications["replication"],
        "loss": _money(replications["loss"]),
    }
    for component in LossComponent:
        columns[f"loss.{component.name.lower()}"] = _money(replications["components"][:, component])
    columns["recovery.ground_up"] = _money(replications["ground_up"])
    for rule in RecoveryRule:
        columns[f"recovery.{rule.name.lower()}"] = _money(replications["drops"][:, rule])
    columns["recovery.recovered"] = _money(replications["recovered"])
    columns["good_units"] = replications["good_units"]
    columns["peak_cash_out"] = _money(replications["peak_cash_out"])
    return pa.table(columns)


def orders_table(plan: PlanNames, replications: NDArray[np.int64], orders: Records) -> Any:  # noqa: ANN401
    """Rows of ``orders.parquet`` for a block.

    Parameters
    ----------
    plan
        Names of the plan, its orders and the suppliers.
    replications
        Shape (R,): the numbers of the replications.
    orders
        Shape (R, orders of the plan), dtype `sim.outcomes.ORDER_RECORD`.

    Returns
    -------
    pyarrow.Table
        One row for each replication and order, in that order.
    """
    import pyarrow as pa

    count = orders.shape[1]
    rows = orders.reshape(-1)
    never_placed = rows["placed"] < 0
    columns: dict[str, Any] = {
        "plan": _repeated([plan.plan], np.zeros(len(rows), np.int32)),
        "replication": np.repeat(replications, count),
        "order": _repeated(plan.order_ids, np.tile(np.arange(count), len(orders))),
        "supplier": _repeated(plan.supplier_names, rows["supplier"], empty=never_placed),
        "quantity": rows["quantity"],
        "placed_day": _days(rows["placed"]),
        "shipped_day": _days(rows["shipped"]),
        "received_day": _days(rows["received"]),
        "closed_day": _days(rows["closed"]),
    }
    for name in ("critical", "major", "minor", "inspections", "rejections"):
        columns[name] = rows[name]
    disputed = np.where(rows["disputes"] > 0, rows["ground"], Ground.NONE)
    columns["ground"] = _named(disputed, {ground: ground.name.lower() for ground in Ground if ground >= 0})
    columns["dispute_end"] = _named(rows["dispute_end"], _DISPUTE_ENDS)
    columns["claimed"] = _money(rows["claimed"])
    columns["refunded"] = _money(rows["refunded"])
    return pa.table(columns)


_DISPUTE_ENDS: Final = {state: state.name.lower() for state in State if state > State.NO_DISPUTE}


def _money(cents: NDArray[np.int64]) -> NDArray[np.float64]:
    return np.asarray(cents / CENTS, np.float64)


def _days(minutes: NDArray[np.int64]) -> Any:  # noqa: ANN401
    import pyarrow as pa

    return pa.array(np.round(minutes / MINUTES_PER_DAY, DAY_DECIMALS), mask=minutes < 0)


def _repeated(names: Sequence[str], indices: NDArray[np.integer[Any]], empty: NDArray[np.bool_] | None = None) -> Any:  # noqa: ANN401
    import pyarrow as pa

    codes = pa.array(np.asarray(indices, np.int32), mask=empty)
    return pa.DictionaryArray.from_arrays(codes, pa.array(list(names), pa.string())).cast(pa.string())


def _named(codes: NDArray[np.int64], names: Mapping[Any, str]) -> Any:  # noqa: ANN401
    """Names of codes; a code without a name (no claim, no dispute) is left empty."""
    known = np.array(sorted(int(code) for code in names), np.int64)
    position = np.minimum(np.searchsorted(known, codes), len(known) - 1)
    return _repeated([names[code] for code in known.tolist()], position, empty=known[position] != codes)


class _Group:
    """Rows of one plan on their way to a table: kept as they came, and made into columns all at once."""

    def __init__(self, columns_of: Callable[[list[_Block]], Any]) -> None:
        self._columns_of = columns_of
        self._blocks: list[_Block] = []
        self.rows = 0

    def add(self, block: _Block, rows: int) -> None:
        self._blocks.append(block)
        self.rows += rows

    def taken(self) -> Any:  # noqa: ANN401 - pyarrow has no types
        """The rows as an Arrow table; the group is empty then."""
        table = self._columns_of(self._blocks)
        self._blocks, self.rows = [], 0
        return table


class TableFiles:
    """The two large tables as Parquet files, written row group by row group.

    A row group holds rows of one plan; groups follow each other in the order in which their replications were
    run, so the bytes depend on the rows, and on the blocks in which they come, alone.

    Parameters
    ----------
    folder
        Where the files are made.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._writers: dict[str, Any] = {}
        self._groups: dict[tuple[str, str], _Group] = {}

    def __enter__(self) -> Self:
        """Nothing is opened before the first rows arrive."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Write what is waiting, and close the files."""
        try:
            if kind is None:
                for (_, table), group in self._groups.items():
                    self._write(table, group)
        finally:
            for writer in self._writers.values():
                writer.close()

    def add(self, plan: PlanNames, replications: Records, orders: Records) -> None:
        """Add the outcomes of a block of one plan."""
        block = (replications, orders)
        if (plan.plan, "orders") not in self._groups:
            self._groups[plan.plan, "replications"] = _Group(lambda blocks: _replications_of(plan, blocks))
            self._groups[plan.plan, "orders"] = _Group(lambda blocks: _orders_of(plan, blocks))
        for table, rows in (("replications", len(replications)), ("orders", orders.size)):
            group = self._groups[plan.plan, table]
            group.add(block, rows)
            if group.rows >= ROWS_PER_GROUP:
                self._write(table, group)

    def _write(self, table: str, group: _Group) -> None:
        import pyarrow.parquet as pq

        if not group.rows:
            return
        rows = group.taken()
        if table not in self._writers:
            path = self._folder / f"{table}.parquet"
            self._writers[table] = pq.ParquetWriter(path, rows.schema, compression="zstd", version="2.6")
        self._writers[table].write_table(rows, row_group_size=len(rows))


def _replications_of(plan: PlanNames, blocks: list[_Block]) -> Any:  # noqa: ANN401
    return replications_table(plan.plan, np.concatenate([replications for replications, _ in blocks]))


def _orders_of(plan: PlanNames, blocks: list[_Block]) -> Any:  # noqa: ANN401
    numbers = np.concatenate([replications["replication"] for replications, _ in blocks])
    return orders_table(plan, numbers, np.concatenate([orders for _, orders in blocks]))


class TablesInMemory:
    """The two large tables as they would be in their files, for a run from Python that writes no folder."""

    def __init__(self) -> None:
        self._replications: list[Any] = []
        self._orders: list[Any] = []

    def add(self, plan: PlanNames, replications: Records, orders: Records) -> None:
        """Add the outcomes of a block of one plan."""
        self._replications.append(replications_table(plan.plan, replications))
        self._orders.append(orders_table(plan, replications["replication"], orders))

    def table(self, name: str) -> Any:  # noqa: ANN401
        """``replications`` or ``orders`` as an Arrow table."""
        import pyarrow as pa

        return pa.concat_tables({"replications": self._replications, "orders": self._orders}[name])
