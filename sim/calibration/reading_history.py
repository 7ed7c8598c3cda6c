"""Reads an order history from a file: checked row by row, in columns of known names, known up to a day."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from sim.calibration.history import BadRow, History
from sim.calibration.history_columns import COLUMNS, columns_found
from sim.calibration.history_rules import broken_rules, first_alike, same_rows
from sim.calibration.history_tables import cells_of
from sim.calibration.history_values import date_format_checked, dates_hint, values_read
from sim.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from pandas import DataFrame

    from sim.calibration.history_tables import Cells
    from sim.calibration.history_values import BadValues

_MOST_TOLD: Final = 20
_MOST_KEPT: Final = 10_000
_LONGEST: Final = 60
_ALONE: Final = timedelta(days=366)


class _Typed(NamedTuple):
    """A file with its cells read.

    Attributes
    ----------
    cells
        As they stand in the file.
    places
        Which of its columns is which.
    orders
        Every column of a history, and ``order``; empty where the file has none.
    bad
        What could not be read.
    """

    cells: Cells
    places: Mapping[str, int]
    orders: DataFrame
    bad: Sequence[BadValues]


def read_history(
    path: Path,
    *,
    columns: Mapping[str, str] | None = None,
    date_format: str | None = None,
    as_of: date | None = None,
    drop_bad: bool = False,
    encoding: str | None = None,
    sheet: str | None = None,
) -> History:
    """Read an order history.

    Parameters
    ----------
    path
        CSV, Excel or Parquet.
    columns
        Header by name of a column, where the file calls it otherwise.
    date_format
        How dates are written (`datetime.strptime`); by default ISO 8601. It is never guessed.
    as_of
        The last day that the history knows of; by default the latest date in it that is no promise.
    drop_bad
        Leave bad rows out instead of refusing the file.
    encoding
        Of a CSV file; by default UTF-8, or what its first bytes say.
    sheet
        Of an Excel file with more than one.

    Returns
    -------
    History

    Raises
    ------
    InputError
        The file cannot be read, a column is missing or there twice, or rows are bad: the first twenty, each by its line
        and with the reason.
    """
    path = Path(path)
    typed = _typed(path, columns or {}, date_format, encoding, sheet)
    if typed.orders.empty and not len(typed.cells.broken):
        raise InputError(Problem(f"{path} has headers but no orders", hint="a row for each order, open ones too"))
    bad = [*typed.bad, *broken_rules(typed.orders, as_of)]
    wrong = np.zeros(len(typed.orders), dtype=np.bool_)
    for each in bad:
        wrong[each.rows] = True
    count = int(wrong.sum()) + len(typed.cells.broken)
    if count and not drop_bad:
        raise InputError(*_problems(path, typed, bad, count))
    if count and wrong.all():
        first = _bad_rows(typed, bad, 1)[0]
        message = f"no row is left: every one is bad, the first because {first.reason}"
        raise InputError(Problem(message, file=str(path), line=first.line))
    kept = typed.orders[~wrong].reset_index(drop=True)
    taken = set(typed.places.values())
    return History(
        orders=kept.drop(columns="order"),
        source=str(path),
        as_of=_end(path, kept) if as_of is None else as_of,
        left_out=tuple(_bad_rows(typed, bad, _MOST_KEPT)),
        left_out_rows=count,
        unused=tuple(header for place, header in enumerate(typed.cells.headers) if place not in taken and header),
        notes=tuple(_notes(kept)),
    )


def _typed(
    path: Path, columns: Mapping[str, str], date_format: str | None, encoding: str | None, sheet: str | None
) -> _Typed:
    import pandas as pd

    wanted = None if date_format is None else date_format_checked(date_format)
    cells = cells_of(path, encoding=encoding, sheet=sheet)
    places = columns_found(cells.headers, columns, path.name)
    read: dict[str, Any] = {"line": pd.Series(cells.lines)}
    bad: list[BadValues] = []
    nothing = pd.Series(np.full(len(cells.lines), None), dtype=object)
    for column in COLUMNS:
        given = cells.columns[places[column.name]] if column.name in places else nothing
        read[column.name], wrong = values_read(given, column.name, wanted)
        bad.extend(wrong)
    return _Typed(cells, places, pd.DataFrame(read), bad)


def _end(path: Path, orders: DataFrame) -> date:
    """The latest date that is no promise, provided that it does not stand alone: a slip would make all else overdue."""
    happened = [column.name for column in COLUMNS if column.kind == "date" and column.name != "promised"]
    latest = orders[happened].max(axis=1)
    if latest.isna().all():
        message = f"{path} has promises only: nothing tells until when it is known what happened"
        raise InputError(Problem(message, hint="say so, such as --as-of 2026-05-27"))
    last = int(latest.argmax())
    end: date = latest.iloc[last].date()
    others = latest.drop(index=last)
    if len(others) and others.notna().any() and end - others.max().date() > _ALONE:
        message = (
            f"{end} lies more than a year after every other row: what is still open would count as open until then"
        )
        hint = f"mend it, or say --as-of {end} if it is right"
        raise InputError(Problem(message, file=str(path), line=int(orders["line"].iloc[last]), hint=hint))
    return end


def _notes(orders: DataFrame) -> Iterator[str]:
    again = int((same_rows(orders) & orders["order"].isna()).sum())
    if again:
        rows = "1 row is" if again == 1 else f"{again:,} rows are"
        yield f"{rows} like an earlier one in every column; each counts as an order of its own"


# ------------------------------------------------------------------------------------------ what is wrong


def _bad_rows(typed: _Typed, bad: Sequence[BadValues], most: int) -> list[BadRow]:
    """The first rows that something is wrong with, each with all that is wrong, in the order of the file."""
    cells = typed.cells
    headers = len(cells.headers)
    found = [
        BadRow(int(line), "", "", f"{width} {'value' if width == 1 else 'values'} for {headers} columns")
        for line, width in zip(cells.broken[:most], cells.widths[:most], strict=True)
    ]
    first = np.unique(np.concatenate([each.rows for each in bad]))[:most] if bad else np.zeros(0, dtype=np.int64)
    within = [(each, set(each.rows[each.rows <= first[-1]].tolist())) for each in bad if len(first)]
    for row in first.tolist():
        wrong = [each for each, rows in within if row in rows]
        reason = "; ".join(_sentence(typed, each, row) for each in wrong)
        found.append(BadRow(int(cells.lines[row]), wrong[0].column, _value(typed, wrong[0].column, row), reason))
    return sorted(found)[:most]


def _problems(path: Path, typed: _Typed, bad: Sequence[BadValues], count: int) -> Iterator[Problem]:
    told = _bad_rows(typed, bad, _MOST_TOLD)
    for each in told:
        yield Problem(each.reason, file=str(path), line=each.line)
    rows = len(typed.orders) + len(typed.cells.broken)
    rest = f"{count:,} of {rows:,} rows {'is' if count == 1 else 'are'} bad"
    more = count - len(told)
    yield Problem(f"{rest}, {more:,} of them not shown" if more else rest, hint=_way_out(typed, bad))


def _way_out(typed: _Typed, bad: Sequence[BadValues]) -> str:
    drop = "--drop-bad leaves bad rows out and says which"
    for each in bad:
        if each.reason.startswith("is no date of the form"):
            return f"{dates_hint(_value(typed, each.column, int(each.rows[0])))}; {drop}"
    if any("that the history is to know of" in each.reason for each in bad):
        return f"give a later --as-of, or none; {drop}"
    if len(typed.cells.broken):
        return f"a value with a delimiter in it stands in quotes; {drop}"
    return f"mend them; {drop}"


def _sentence(typed: _Typed, bad: BadValues, row: int) -> str:
    reason = bad.reason
    if "{" in reason:
        reason = reason.format_map(_Row(typed, row))
    value = _value(typed, bad.column, row)
    if bad.column == "defects":
        return reason
    return f"{bad.column} {value} {reason}" if value else f"{bad.column} {reason}"


def _value(typed: _Typed, column: str, row: int) -> str:
    place = typed.places.get(column)
    if place is None:
        return ""
    text = typed.cells.text(row, place).strip()
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} ..."


class _Row(dict[str, str]):
    """Values of a row by the names of columns, as reasons name them."""

    def __init__(self, typed: _Typed, row: int) -> None:
        super().__init__()
        self._typed, self._row = typed, row

    def __missing__(self, name: str) -> str:
        typed, row = self._typed, self._row
        if name == "among":
            return str(typed.orders["units_checked"].fillna(typed.orders["quantity"]).iloc[row])
        if name == "same":
            return str(int(typed.cells.lines[first_alike(typed.orders, row)]))
        return _value(typed, name, row)
