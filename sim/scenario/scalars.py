"""What a plain word of a YAML file means: YAML 1.2 core scalars and ISO dates, nothing else.

Under YAML 1.1, which most readers still follow, the country ``NO`` is false and ``12:30`` is the number 750.
"""

from __future__ import annotations

import math
import re
from datetime import date
from typing import Final

Value = str | int | float | bool | date | None

_WORDS: Final[dict[str, Value]] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER: Final = re.compile(r"[-+]?[0-9]+")
_BASED: Final = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT: Final = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE: Final = re.compile(r"[-+]?(\.inf|\.Inf|\.INF)|\.nan|\.NaN|\.NAN")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOST_DIGITS: Final = 300


class ScalarError(ValueError):
    """A word that looks like a number or a date, but is none that can be used."""


def scalar_read(word: str) -> Value:
    """Value of a plain (unquoted) scalar.

    Raises
    ------
    ScalarError
        For a number that is not finite or absurdly long, and for a date that the calendar does not have.
    """
    if word in _WORDS:
        return _WORDS[word]
    if _NOT_FINITE.fullmatch(word):
        message = f"{word} is not a number that can be used here"
        raise ScalarError(message)
    if _INTEGER.fullmatch(word) or _BASED.fullmatch(word) or _FLOAT.fullmatch(word):
        return _number(word)
    if _DATE.fullmatch(word):
        try:
            return date.fromisoformat(word)
        except ValueError as error:
            message = f"{word} is not a date of the calendar"
            raise ScalarError(message) from error
    return word


def _number(word: str) -> int | float:
    if len(word) > _MOST_DIGITS:
        message = f"a number of {len(word)} digits is too long"
        raise ScalarError(message)
    if _INTEGER.fullmatch(word):
        return int(word)
    if _BASED.fullmatch(word):
        return int(word, 0)
    number = float(word)
    if not math.isfinite(number):
        message = f"{word} is too large to be a number"
        raise ScalarError(message)
    return number
