"""Values of a scenario in words: shares as percentages, amounts with their currency, distributions as phrases."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_SHARES: Final = ("share", "probability")
_PERCENT: Final = 100
_DIGITS: Final = 10
_CENTS: Final = 2
_QUANTILE: Final = re.compile(r"p(\d+(?:\.\d+)?)")
_BOUNDS: Final = {"at_least": "at least", "at_most": "at most"}
_CODED: Final = re.compile(r"[a-z]+(_[a-z]+)+")
_MINUS: Final = "\N{MINUS SIGN}"


@dataclass(frozen=True, slots=True)
class Unit:
    """What a number counts.

    Attributes
    ----------
    name
        As the schema has it, such as ``share`` or ``currency a unit``; empty for a bare number.
    currency
        Code that stands for ``currency``.
    working
        Whether days are working days.
    """

    name: str
    currency: str
    working: bool = False

    def number(self, value: float) -> str:
        """The number, with the sign that belongs to it."""
        if self.name.startswith(_SHARES):
            return f"{_digits(value * _PERCENT)} %"
        if self.name.startswith("currency"):
            return _amount(value, self.currency)
        return _digits(value)

    def tail(self, value: float) -> str:
        """What follows the last of several numbers, such as `` working days``."""
        name = self.name
        for start in ("currency", *_SHARES):
            if name.startswith(start):
                return name.removeprefix(start)
        if name.startswith("percent"):
            return f" % {name.removeprefix('percent').strip()}"
        if name == "odds ratio":
            return " times the odds"
        words = f"working {name}" if self.working else name
        one = "person" if words == "people" else words.removesuffix("s")
        return f" {one if value == 1 else words}" if words else ""

    def whole(self, value: float) -> str:
        """The number with all that belongs to it."""
        return f"{self.number(value)}{self.tail(value)}"


def value_in_words(value: Any, unit: str, currency: str) -> str:  # noqa: ANN401 - whatever a scenario can hold
    """A value as a reader wants it, such as ``30 %``, ``USD 3.20 a unit`` or ``18 to 45 working days, most likely 22``.

    Parameters
    ----------
    value
        As the scenario has it, without its source: a number, a word, a date, a list, or a distribution.
    unit
        As the schema names it, such as ``share`` or ``currency a unit``; empty for names and switches.
    currency
        Code that stands for ``currency``.
    """
    return _in_words(value, Unit(unit, currency))


def _in_words(value: Any, unit: Unit) -> str:  # noqa: ANN401 - as above
    match value:
        case {"working": bool(), **rest}:
            kind = Unit(unit.name, unit.currency, working=value["working"])
            return _in_words(rest["value"] if set(rest) == {"value"} else rest, kind)
        case {"dist": str()}:
            return _law(value, unit)
        case dict():
            return ", ".join(f"{key} {_in_words(inner, Unit('', unit.currency))}" for key, inner in value.items())
        case list() | tuple():
            return ", ".join(_in_words(item, unit) for item in value) or "none"
        case _:
            return _single(value, unit)


def _single(value: object, unit: Unit) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case int() | float():
            return f"day {_digits(value)}" if unit.name.startswith("date") else unit.whole(value)
        case date():
            return f"{value.day} {value:%B %Y}"
        case None:
            return "none"
        case _:
            return str(value).replace("_", " ") if _CODED.fullmatch(str(value)) else str(value)


def _law(law: Mapping[str, Any], unit: Unit) -> str:
    """A distribution as a phrase, with the name of its family."""
    name = str(law["dist"])
    given = {key: value for key, value in law.items() if key not in {"dist", "source", "weight", *_BOUNDS}}
    bounds = "".join(f", {words} {unit.number(law[key])}" for key, words in _BOUNDS.items() if key in law)
    return f"{_shape(name, given, unit)}{bounds}"


def _shape(name: str, given: Mapping[str, Any], unit: Unit) -> str:
    match given:
        case {"low": low, "high": high, "mode": mode}:
            return f"{_range(low, high, unit)}, most likely {unit.number(mode)} ({_family(name)})"
        case {"low": low, "high": high}:
            return f"{_range(low, high, unit)}, each value as likely ({_family(name)})"
        case {"mean": mean, "sd": sd}:
            return f"{unit.whole(mean)} on average, standard deviation {unit.number(sd)} ({_family(name)})"
        case {"mean": mean}:
            return f"{unit.whole(mean)} on average ({_family(name)})"
        case _:
            return _other_shape(name, given, unit)


def _other_shape(name: str, given: Mapping[str, Any], unit: Unit) -> str:
    match given:
        case {"file": file, "column": column}:
            return f"as observed: column {column} of {file}"
        case {"values": [*values]}:
            return f"as observed: {len(values):,} values, {_range(min(values), max(values), unit)}"
        case {"components": [*parts]}:
            return _mixture(parts, unit)
        case {"value": value} if name == "constant":
            return unit.whole(value)
    if given and all(_QUANTILE.fullmatch(key) for key in given):
        below = (f"{key[1:]} % below {unit.number(value)}" for key, value in given.items())
        return f"{', '.join(below)}{unit.tail(0)} ({_family(name)})"
    parameters = ", ".join(f"{key} {value}" for key, value in given.items())
    return f"{_family(name)} distribution" + (f" with {parameters}" if parameters else "")


def _range(low: float, high: float, unit: Unit) -> str:
    return f"{unit.number(low)} to {unit.whole(high)}"


def _mixture(parts: list[Mapping[str, Any]], unit: Unit) -> str:
    total = sum(part["weight"] for part in parts)
    shares = [_digits(round(part["weight"] / total * _PERCENT, 1)) for part in parts]
    return "; ".join(f"{share} % of the time: {_law(part, unit)}" for share, part in zip(shares, parts, strict=True))


def _family(name: str) -> str:
    return "PERT" if name == "pert" else name.replace("_", " ")


def _digits(value: float) -> str:
    return f"{round(value, _DIGITS):,.10g}".replace("-", _MINUS)


def _amount(value: float, currency: str) -> str:
    """An amount to the cent, or to whatever smaller part the scenario gives."""
    exact = round(value, _CENTS) == round(value, _DIGITS)
    whole = value == round(value) and abs(value) >= _PERCENT
    text = f"{value:,.0f}" if whole else f"{value:,.2f}" if exact else _digits(value)
    return f"{currency} {text.replace('-', _MINUS)}"
