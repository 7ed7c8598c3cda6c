"""Columns that a chart needs, checked once, and the part of a scale that numbers take."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pandas import DataFrame, Series

MOST_ROWS: Final = 4_900
"""Rows that a chart holds at most: its file stays small, and no eye tells more marks apart."""
_LEAST_SPAN: Final = 1e-9


def checked(frame: DataFrame, chart: str, needed: Sequence[str], numbers: Iterable[str] = ()) -> DataFrame:
    """A copy of the needed columns, with nothing infinite in it.

    Raises
    ------
    KeyError
        A column is missing.
    ValueError
        A column of `numbers` holds something else.
    """
    from numpy import inf, nan
    from pandas.api.types import is_bool_dtype, is_numeric_dtype

    missing = [name for name in needed if name not in frame.columns]
    if missing:
        names = ", ".join(map(repr, missing))
        raise KeyError(f"{chart} needs the columns {names}; the frame has {list(map(str, frame.columns))}")
    found = frame[list(dict.fromkeys(needed))].reset_index(drop=True)
    for name in numbers:
        if found[name].isna().all():
            found[name] = found[name].astype("float64")
        elif not is_numeric_dtype(found[name]) or is_bool_dtype(found[name]):
            raise ValueError(f"{chart}: the column {name!r} must hold numbers, not {found[name].dtype}")
        found[name] = found[name].astype("float64").replace([inf, -inf], nan)
    return found


def flags(frame: DataFrame, name: str, *, default: bool) -> Series[bool]:
    """A column of yes and no that may be absent, and is `default` where it holds nothing."""
    from pandas import Series

    if name not in frame.columns:
        return Series(default, index=range(len(frame)), dtype=bool)
    column = frame[name].reset_index(drop=True)
    return column.where(column.notna(), default).astype(bool)


def span(*columns: Iterable[float], include: Sequence[float] = (), margin: float = 0.05) -> tuple[float, float]:
    """Smallest and largest number of some columns, with a margin as a share of their distance at either end."""
    numbers = [float(value) for column in columns for value in column if value == value] + list(include)  # noqa: PLR0124 - NaN
    low, high = min(numbers), max(numbers)
    if high - low <= _LEAST_SPAN * max(abs(low), abs(high)):
        half = abs(high) * 0.1 or 1.0
        low, high = low - half, high + half
    return low - margin * (high - low), high + margin * (high - low)


def every(count: int, most: int) -> int:
    """How many neighbours one of them stands for, so that at most `most` are drawn."""
    return max(1, -(-count // most))
