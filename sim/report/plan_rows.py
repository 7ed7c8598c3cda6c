"""Rows of a chart, one a plan: their names beside them or, on a phone, above them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sim.report.lettering import text_width, wrapped_apart
from sim.report.theme import TEXT_SIZE
from sim.report.vega_lite import NARROW, pixels, room, told, view

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sim.report.vega_lite import Row, View

NAME_SIZE: Final = TEXT_SIZE + 1
_NAME_LINE: Final = 15
_NAME_GAP: Final = 12
_BELOW: Final = 5
_MOST_BESIDE: Final = 0.3
"""Of the width, for names that stand beside their rows."""
_LETTER: Final = 6.4
"""Width of an average letter of a name, in pixels."""
_BOLD: Final = 1.07


@dataclass(frozen=True, slots=True)
class PlanRows:
    """Where the rows of plans lie, in pixels.

    Attributes
    ----------
    names
        Of the plans, from the top.
    lines
        The names in lines.
    left
        Where the plot begins, beyond the names that stand beside it.
    tops
        Upper end of the band of each plan.
    band
        Height of a band.
    bottom
        Lower end of all.
    above
        Whether the names stand above their bands.
    """

    names: tuple[str, ...]
    lines: tuple[tuple[str, ...], ...]
    left: float
    tops: tuple[float, ...]
    band: float
    bottom: float
    above: bool

    def middle(self, place: int) -> float:
        """Middle of a band."""
        return self.tops[place] + self.band / 2

    @property
    def stretches(self) -> list[tuple[float, float]]:
        """Where lines of a grid run, from one pixel down to another: not through names above their bands."""
        if self.above:
            return [(top, top + self.band + _BELOW) for top in self.tops]
        return [(self.tops[0] - _BELOW, self.bottom)]

    def names_drawn(self, *, best: int | None) -> list[View]:
        """The names, that at the place of the best in bold."""
        rows: list[Row] = []
        for place, lines in enumerate(self.lines):
            middle = self.tops[place] - _NAME_LINE * len(lines) / 2 - 1 if self.above else self.middle(place)
            down = middle - _NAME_LINE * (len(lines) - 1) / 2
            rows.append({"plan": self.names[place], "text": "\n".join(lines), "at": 0, "down": down, "place": place})
        look = {
            "type": "text",
            "align": "left",
            "baseline": "middle",
            "fontSize": NAME_SIZE,
            "lineBreak": "\n",
            "lineHeight": _NAME_LINE,
        }
        where = {"x": pixels("at"), "y": pixels("down"), "text": told("text")}
        parts = [
            ("best_name", "bold", [row for row in rows if row["place"] == best]),
            ("plan_names", "normal", [row for row in rows if row["place"] != best]),
        ]
        return [view(name, look | {"fontWeight": weight}, found, **where) for name, weight, found in parts if found]


def plan_rows(names: Sequence[str], width: float, *, band: float, gap: float, top: float) -> PlanRows:
    """Room for a row of each plan.

    Parameters
    ----------
    names
        Of the plans, from the top.
    width
        Of the whole picture, in pixels.
    band
        Height of what is drawn of a plan.
    gap
        Between one plan and the next.
    top
        Where the first row begins.
    """
    above = width < NARROW
    wide = room(width) if above else room(width) * _MOST_BESIDE
    lines = [tuple(label) for label in wrapped_apart(list(names), int(wide / _LETTER))]
    tops, down = [], top
    for label in lines:
        high = _NAME_LINE * len(label)
        tops.append(down + high + 1 if above else down + max(0.0, (high - band) / 2))
        down += (high + 1 + band if above else max(high, band)) + gap
    longest = max(text_width(line, NAME_SIZE) for label in lines for line in label)
    left = 0.0 if above else min(longest * _BOLD, wide) + _NAME_GAP
    return PlanRows(tuple(names), tuple(lines), left, tuple(tops), band, down, above)
