"""Axes that every layer of a chart shares: numbers from here to there, categories, and numbered rows."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sim.report.lettering import AXIS_FORMAT

if TYPE_CHECKING:
    from collections.abc import Sequence

    import altair as alt

LABEL_LINE: Final = 13
"""Height of a line of a label, in pixels."""


@dataclass(frozen=True, slots=True)
class NumberAxis:
    """A scale from `low` to `high`, the same for each field drawn on it.

    Attributes
    ----------
    low, high
        Its ends.
    title
        With the unit.
    grid
        Whether lines cross the plot at its numbers.
    ticks
        About how many numbers.
    labels
        Names for 0, 1, 2 and so on, if it is one of categories.
    """

    low: float
    high: float
    title: str
    grid: bool = True
    ticks: int = 6
    labels: tuple[str | list[str], ...] = ()

    def x(self, field: str) -> alt.X:
        """A field along this axis, from the left."""
        import altair as alt

        return alt.X(f"{field}:Q", **self._look(upright=False))

    def y(self, field: str) -> alt.Y:
        """A field along this axis, from the bottom."""
        import altair as alt

        return alt.Y(f"{field}:Q", **self._look(upright=True))

    def share(self, value: Any) -> Any:  # noqa: ANN401 - a number or a column of them
        """How far along the axis a value lies."""
        return (value - self.low) / (self.high - self.low)

    def _look(self, *, upright: bool) -> dict[str, Any]:
        import altair as alt

        title = self.title or None
        axis = alt.Axis(title=title, format=AXIS_FORMAT, tickCount=self.ticks, grid=self.grid)
        if self.labels:
            values = list(range(len(self.labels)))
            options = lines_centred(self.labels) if upright else {}
            names = label_expression(self.labels)
            axis = alt.Axis(title=title, values=values, labelExpr=names, grid=self.grid, ticks=False, **options)
        return {"scale": alt.Scale(domain=[self.low, self.high], nice=False, zero=False), "axis": axis}


def label_expression(labels: Sequence[str | list[str]]) -> str:
    """Vega expression for the labels of an axis whose values are 0, 1, 2 and so on."""
    return f"{json.dumps(list(labels), ensure_ascii=False)}[datum.value]"


def lines_centred(labels: Sequence[str | list[str]]) -> dict[str, Any]:
    """Options of an upright axis that put labels of several lines with their middle at their value."""
    counts = [1 if isinstance(label, str) else len(label) for label in labels]
    conditions = [
        {
            "test": f"indexof({[place for place, count in enumerate(counts) if count == lines]}, datum.value) >= 0",
            "value": -LABEL_LINE * (lines - 1) / 2,
        }
        for lines in sorted(set(counts) - {1})
    ]
    return {"labelLineHeight": LABEL_LINE} | (
        {"labelOffset": {"condition": conditions, "value": 0}} if conditions else {}
    )


def row_axis(field: str, labels: Sequence[str | list[str]]) -> alt.Y:
    """Numbered rows from top to bottom, each with its label; the same for every layer of a chart."""
    import altair as alt

    axis = alt.Axis(
        values=list(range(len(labels))),
        labelExpr=label_expression(labels),
        grid=False,
        ticks=False,
        domain=False,
        labelPadding=8,
        **lines_centred(labels),
    )
    scale = alt.Scale(domain=[-0.5, len(labels) - 0.5], reverse=True, nice=False, zero=False)
    return alt.Y(f"{field}:Q", axis=axis, scale=scale, title=None)


def pixels_across(field: str) -> alt.X:
    """A field that holds pixels from the left of the plot."""
    import altair as alt

    return alt.X(f"{field}:Q", scale=None)


def pixels_down(field: str) -> alt.Y:
    """A field that holds pixels from the top of the plot."""
    import altair as alt

    return alt.Y(f"{field}:Q", scale=None)
