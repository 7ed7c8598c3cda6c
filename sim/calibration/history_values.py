"""Cells of an order history as dates, counts, amounts and words: nothing is guessed, what cannot be read is named."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from sim.calibration.history_columns import KINDS, NOTHING, WORDS
from sim.errors import InputError, Problem
from sim.experiments.wording import listed

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray
    from pandas import Series

    Rows = NDArray[np.int64]

FIRST_YEAR: Final = 1990
LAST_YEAR: Final = 2100
"""A date outside of these is a slip of the pen."""
_MOST: Final = 10**12
_ISO: Final = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ]\d{1,2}:\d{2}.*)?")
_NUMBER: Final = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?")
_WITH_COMMA: Final = re.compile(r"[+-]?[\d.,' \N{NO-BREAK SPACE}]*[,' \N{NO-BREAK SPACE}][\d.,]*")
_APART: Final = re.compile(r"[\s_-]+")
_TURNED: Final = re.compile(r"\d{1,2}([/.-])\d{1,2}\1(\d{4}|\d{2})")


class BadValues(NamedTuple):
    """Rows of one column that one thing is wrong with.

    Attributes
    ----------
    column
        Name of the column.
    rows
        From 0, ascending, shape (k,).
    reason
        What is wrong; ``{name}`` stands for the row's value in another column.
    """

    column: str
    rows: Rows
    reason: str


class UnreadableError(Exception):
    """A cell that cannot be read; its message says what is wrong."""


def values_read(column: Series[Any], name: str, date_format: str | None) -> tuple[Series[Any], list[BadValues]]:
    """One column of a history, typed.

    Parameters
    ----------
    column
        Cells, index 0..n-1.
    name
        Of the column.
    date_format
        As `datetime.strptime` has it; None for ISO 8601.

    Returns
    -------
    values
        datetime64[s], Int64, Float64, or texts; NaT or NA where there is nothing, or nothing that can be read.
    bad
        What could not be read.
    """
    import pandas as pd

    codes, cells = pd.factorize(column, use_na_sentinel=True)
    read = _reader(name, date_format)
    values: list[Any] = []
    reasons: dict[str, list[int]] = {}
    for place, cell in enumerate(cells):
        try:
            values.append(read(cell))
        except UnreadableError as error:
            values.append(None)
            reasons.setdefault(str(error), []).append(place)
    bad = [
        BadValues(name, np.flatnonzero(np.isin(codes, places)).astype(np.int64), reason)
        for reason, places in reasons.items()
    ]
    return _typed([*values, None], codes, name), bad


def date_format_checked(date_format: str) -> str:
    """A format that tells a day.

    Raises
    ------
    InputError
        It does not.
    """
    day = datetime(2026, 11, 27)  # noqa: DTZ001 - dates have no zone
    try:
        told = datetime.strptime(day.strftime(date_format), date_format) == day  # noqa: DTZ007
    except ValueError:
        told = False
    if not told:
        message = f"--date-format {date_format} does not tell day, month and year"
        raise InputError(Problem(message, hint="such as %d/%m/%Y for 27/11/2026, or %d-%b-%y for 27-Nov-26"))
    return date_format


def dates_hint(text: str) -> str:
    """The way out of a date that is not ISO 8601, without guessing which part is the day."""
    turned = _TURNED.fullmatch(text.strip())
    if turned is None:
        return "say how dates are written, such as --date-format %d/%m/%Y"
    mark, year = turned[1], "%Y" if len(turned[2]) == len("2026") else "%y"
    first, second = f"%d{mark}%m{mark}{year}", f"%m{mark}%d{mark}{year}"
    return f"--date-format {first} if the day comes first, --date-format {second} if the month does"


def _typed(values: list[Any], codes: NDArray[np.int64], name: str) -> Series[Any]:
    """Values of the single cells, put where the rows have them; code -1, an empty cell, takes the last."""
    import pandas as pd

    kind = KINDS[name]
    if kind == "date":
        single = np.array([np.datetime64("NaT") if value is None else value for value in values], dtype="datetime64[s]")
        return pd.Series(single[codes])
    if kind in {"count", "number"}:
        numbers = np.array([0 if value is None else value for value in values], dtype=np.float64)[codes]
        missing = np.array([value is None for value in values])[codes]
        if kind == "count":
            return pd.Series(pd.arrays.IntegerArray(numbers.astype(np.int64), missing))
        return pd.Series(pd.arrays.FloatingArray(numbers, missing))
    return pd.Series(np.array(values, dtype=object)[codes], dtype="str")


def _reader(name: str, date_format: str | None) -> Callable[[Any], Any]:
    kind = KINDS[name]
    if kind == "date":
        return lambda cell: _date(cell, date_format)
    if kind in {"count", "number"}:
        return lambda cell: _number(cell, whole=kind == "count")
    return _name if kind == "text" else lambda cell: _word(cell, name)


def _name(cell: Any) -> str | None:  # noqa: ANN401 - any cell
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)  # a spreadsheet knows no whole numbers
    return str(cell).strip() or None


def _word(cell: Any, name: str) -> str | None:  # noqa: ANN401 - any cell
    text = _APART.sub(" ", str(cell).strip().lower())
    if text in NOTHING:
        return None
    known = WORDS[name]
    found = known.get(text, known.get(text.replace(" ", "_")))
    if found is None:
        message = f"is not one of {listed(list(dict.fromkeys(known.values())))}"
        raise UnreadableError(message)
    return found


def _number(cell: Any, *, whole: bool) -> float | None:  # noqa: ANN401 - any cell
    if isinstance(cell, bool | np.bool_ | date):
        message = "is no number"
        raise UnreadableError(message)
    if isinstance(cell, int | float | np.number):
        number = float(cell)
    else:
        text = str(cell).strip()
        if text.lower() in NOTHING:
            return None
        if not _NUMBER.fullmatch(text):
            raise UnreadableError(_no_number(text))
        number = float(text)
    if number != number:  # noqa: PLR0124 - NaN differs from itself
        return None
    if abs(number) > _MOST:
        message = "is too large"
        raise UnreadableError(message)
    if whole and not number.is_integer():
        message = "is no whole number"
        raise UnreadableError(message)
    return number


def _no_number(text: str) -> str:
    if _WITH_COMMA.fullmatch(text) and any(letter.isdigit() for letter in text):
        return "is not plain: write it with a decimal point and nothing between thousands, such as 1200.5"
    if any(letter.isdigit() for letter in text):
        return "is no number: write it alone, without unit or currency"
    return "is no number"


def _date(cell: Any, date_format: str | None) -> date | None:  # noqa: ANN401 - any cell
    if isinstance(cell, date):  # a datetime is one too, and so is a pandas Timestamp
        found = cell.date() if isinstance(cell, datetime) else cell
    elif isinstance(cell, np.datetime64):
        found = cell.astype("datetime64[D]").item()
    elif isinstance(cell, int | float | np.number):
        message = "is a number, not a date: give the cells the format of a date"
        raise UnreadableError(message)
    else:
        text = str(cell).strip()
        if text.lower() in NOTHING:
            return None
        found = _date_of(text, date_format)
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        message = f"is not between {FIRST_YEAR} and {LAST_YEAR}"
        raise UnreadableError(message)
    return found


def _date_of(text: str, date_format: str | None) -> date:
    if date_format is not None:
        try:
            return datetime.strptime(text, date_format).date()  # noqa: DTZ007 - dates have no zone
        except ValueError:
            message = f"is no date of the form {date_format}"
            raise UnreadableError(message) from None
    iso = _ISO.fullmatch(text)
    if iso is None:
        message = "is no date of the form 2026-05-27"
        raise UnreadableError(message)
    try:
        return date.fromisoformat(iso[1])
    except ValueError:
        message = "is no day of the calendar"
        raise UnreadableError(message) from None
