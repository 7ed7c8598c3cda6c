"""Lettering of charts: numbers, amounts and long names, and the room that they take."""

from __future__ import annotations

import re
from itertools import pairwise
from math import isfinite
from typing import TYPE_CHECKING, Any, Final

from sim.report.theme import TEXT_SIZE

if TYPE_CHECKING:
    from collections.abc import Sequence

AXIS_FORMAT: Final = ",.12~g"
"""Numbers of an axis in d3's notation: thousands separated, no trailing zeros."""
_MINUS: Final = "\N{MINUS SIGN}"
_MORE: Final = "\N{HORIZONTAL ELLIPSIS}"
_NEGATIVE: Final = re.compile(r"(?<![^\s(\[])-(?=\.?\d)")
"""A hyphen before a number, where a word could begin: not in a date, a range or a name."""
_CURRENCY: Final = re.compile(r"[A-Z]{3}")
_NARROW: Final = frozenset(" .,:;'|!/()[]-fijlrtI")
_WIDE: Final = frozenset("mwMW@%—…")
_HUGE: Final = 1e15
_SMALL: Final = 1e-4
_CLOSE_ENOUGH: Final = 0.02
_MOST_DECIMALS: Final = 9


def text_width(text: str, size: float = TEXT_SIZE) -> float:
    """Width of a line in pixels, rather too much than too little (Arial's letters, in three classes)."""
    ems = sum(
        0.33 if letter in _NARROW else 0.87 if letter in _WIDE else 0.64 if letter.isupper() else 0.56
        for letter in text
    )
    return ems * size


def number_text(value: Any) -> str:  # noqa: ANN401 - whatever a scenario's value can be
    """A value as a reader wants it: thousands separated, six digits where there is a fraction."""
    if isinstance(value, bool) or not _is_number(value):
        return str(value)
    number = float(value)
    if not isfinite(number):
        return "none"
    whole = number == round(number) and abs(number) < _HUGE
    text = f"{number:,.0f}" if whole else f"{number:.3e}" if 0 < abs(number) < _SMALL else f"{number:,.6g}"
    return text.replace("-", _MINUS) if "e" not in text else text


def signed(text: str) -> str:
    """A text in which negative numbers have a minus sign, as they have in charts."""
    return _NEGATIVE.sub(_MINUS, text)


def number_labels(values: Sequence[float]) -> list[str]:
    """Labels of an axis: as few decimals as tell neighbours well apart, the same for all."""
    ordered = sorted(set(values))
    step = min((high - low for low, high in pairwise(ordered)), default=abs(values[0]) or 1.0)
    for decimals in range(_MOST_DECIMALS + 1):
        if max(abs(value - round(value, decimals)) for value in values) <= _CLOSE_ENOUGH * step:
            return [f"{round(value, decimals) + 0.0:,.{decimals}f}".replace("-", _MINUS) for value in values]
    return [number_text(value) for value in values]


def amount(value: float, unit: str) -> str:
    """An amount in a sentence: the currency's code before it, any other unit after it."""
    from sim.experiments.verdict import money

    if not unit or not _CURRENCY.fullmatch(unit):
        return f"{value:,.3g} {unit}".strip() if abs(value) < 1000 else f"{value:,.0f} {unit}".strip()  # noqa: PLR2004
    return money(value, unit).replace("-", _MINUS)


def with_unit(title: str, unit: str) -> str:
    """Title of an axis with what it is measured in."""
    return f"{title}, {unit}" if title and unit else title or unit


def wrapped(name: str, width: int, lines: int = 2) -> list[str]:
    """A name in lines of about the same length, of at most `width` letters, broken where its parts end.

    What does not fit is left out at the beginning: the end of ``suppliers.shenzhen.unit_price`` says most.
    """
    parts = re.findall(r"[^\s\-._/]+[\s\-._/]*|[\s\-._/]+", name)
    parts = [piece for part in parts for piece in _pieces(part, width)]
    found = _filled(parts, width)
    more = _MORE
    while len(found) > lines and len(parts) > 1:
        parts = parts[1:]
        found = _filled([more + parts[0], *parts[1:]], width)
        if len(found) <= lines:
            parts = [more + parts[0], *parts[1:]]
    for narrower in range(width - 1, 0, -1):
        tighter = _filled(parts, narrower)
        if len(tighter) > len(found) or max(map(len, tighter)) > narrower:
            break
        found = tighter
    return found


def _filled(parts: Sequence[str], width: int) -> list[str]:
    """Parts joined to lines, each as full as it can be."""
    found = [""]
    for part in parts:
        if found[-1] and len((found[-1] + part).rstrip()) > width:
            found.append("")
        found[-1] += part
    return [line.strip() for line in found]


def _pieces(part: str, width: int) -> list[str]:
    return [part[start : start + width] for start in range(0, len(part), width)]


def wrapped_apart(names: Sequence[str], width: int, lines: int = 2) -> list[list[str]]:
    """Names in lines, with more lines for those that would look like another one."""
    found = [wrapped(name, width, lines) for name in names]
    alike = {tuple(label) for label in found if found.count(label) > 1}
    return [
        wrapped(name, width, len(name)) if tuple(label) in alike else label
        for name, label in zip(names, found, strict=True)
    ]


def _is_number(value: object) -> bool:
    from numbers import Real

    return isinstance(value, Real)


def shortened(name: str, most: int = 44) -> str:
    """A name of at most so many letters, cut at the beginning."""
    return name if len(name) <= most else _MORE + name[-(most - 1) :]


def beginning(name: str, most: int) -> str:
    """A name of at most so many letters, cut at the end."""
    return name if len(name) <= most else name[: most - 1].rstrip() + _MORE
