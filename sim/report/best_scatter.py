"""Scatter of two inputs out of many: which plan is best at each point of a design."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sim.report.axes import NumberAxis
from sim.report.columns import MOST_ROWS, checked, flags, span
from sim.report.lettering import number_text, with_unit, wrapped_apart
from sim.report.sheet import blank_sheet, sheet, tooltips
from sim.report.theme import LIGHT, Theme
from sim.report.winners import NO_RESULT, winners, winning_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pandas import DataFrame, Series

    from sim.report.sheet import Chart

_WIDTH: Final = 520
_HEIGHT: Final = 380
_LARGE: Final = 90
_SMALL: Final = 40
_FEW: Final = 400
_LETTERS: Final = 22
_SPREAD: Final = 0.7
_GOLDEN: Final = 0.618034
"""Multiples of the golden section's fraction fill a unit interval evenly from the first few on."""


def best_scatter(
    frame: DataFrame,
    *,
    x: str,
    y: str,
    best: str,
    margin: str,
    title: str,
    x_title: str,
    y_title: str,
    unit: str,
    plans: Sequence[str] = (),
    theme: Theme = LIGHT,
) -> Chart:
    """Points of a design by two of its inputs: colour and shape tell the best plan, a hollow point is not settled.

    Parameters
    ----------
    frame, x, y, best, margin, title, x_title, y_title, unit, plans, theme
        As for `heat_map`. Of very many points the first are drawn: those of a Sobol sequence, and of a random
        design, cover the whole range.

    Raises
    ------
    KeyError, ValueError
        A column is missing or holds something else than it should.
    """
    import altair as alt

    needed = (x, y, best, margin)
    points = checked(frame, "best_scatter", needed, numbers=(margin,)).set_axis(["x", "y", "best", "margin"], axis=1)
    points["settled"] = flags(frame, "settled", default=True)
    if points["best"].isna().all():
        return blank_sheet(title=title, theme=theme)
    words = winning_words(points, what="point", unit=unit, titles=(x_title, y_title))
    notes = ["Hollow points are not settled."] if (~points["settled"] & points["best"].notna()).any() else []
    if len(points) > MOST_ROWS:
        notes.append(f"The first {MOST_ROWS:,} of {len(points):,} points are drawn.")
        points = points.head(MOST_ROWS).copy()
    found = winners(points["best"], plans, theme)
    of_row = [found[None if name != name else name] for name in points["best"]]  # noqa: PLR0124 - NaN
    across = _axis(points["x"], x_title, letters=max(8, int(_WIDTH / points["x"].nunique() / 6.5)))
    up = _axis(points["y"], y_title, letters=_LETTERS)
    points = points.assign(
        at_x=_places(points["x"]),
        at_y=_places(points["y"]),
        series=[w.label + ("" if sure else "?") for w, sure in zip(of_row, points["settled"], strict=True)],
        plan=[winner.plan or NO_RESULT for winner in of_row],
        lead=[number_text(value) for value in points["margin"]],
        sure=["yes" if sure else "no" for sure in points["settled"]],
    )
    labels = [winner.label for winner in found.values()]
    domain = [*labels, *(f"{label}?" for label in labels)]
    legend = alt.Legend(title="Best plan", orient="right", values=labels, symbolStrokeWidth=2)
    colours, shapes = [w.colour for w in found.values()], [w.shape for w in found.values()]
    fills = colours + [theme.background] * len(colours)
    drawn = (
        alt.Chart(points, name="points")
        .mark_point(size=_LARGE if len(points) <= _FEW else _SMALL, strokeWidth=1.6, opacity=1)
        .encode(
            x=across.x("at_x"),
            y=up.y("at_y"),
            stroke=alt.Stroke("series:N", scale=alt.Scale(domain=domain, range=colours * 2), legend=legend),
            shape=alt.Shape("series:N", scale=alt.Scale(domain=domain, range=shapes * 2), legend=legend),
            fill=alt.Fill("series:N", scale=alt.Scale(domain=domain, range=fills), legend=legend),
            tooltip=tooltips(x=x_title, y=y_title, plan="Best plan", lead=with_unit("Margin", unit), sure="Settled"),
        )
        .properties(width=_WIDTH, height=_HEIGHT)
    )
    return sheet(drawn, title=title, description=words, theme=theme, width=_WIDTH, notes=notes)


def _axis(column: Series[float], title: str, *, letters: int) -> NumberAxis:
    """A line of numbers, or categories in order of appearance."""
    if _is_number(column):
        return NumberAxis(*span(column, margin=0.03), title=title)
    names = [number_text(value) for value in dict.fromkeys(column.tolist())]
    return NumberAxis(-0.5, len(names) - 0.5, title, labels=tuple(wrapped_apart(names, letters, 3)))


def _places(column: Series[float]) -> list[float]:
    """Numbers as they are; points of a category spread evenly over its room, so that none hides another."""
    if _is_number(column):
        return column.tolist()
    order = {value: place for place, value in enumerate(dict.fromkeys(column.tolist()))}
    return [order[value] + _SPREAD * ((number * _GOLDEN) % 1 - 0.5) for number, value in enumerate(column.tolist())]


def _is_number(column: Series[float]) -> bool:
    from pandas.api.types import is_bool_dtype, is_numeric_dtype

    return is_numeric_dtype(column) and not is_bool_dtype(column)
