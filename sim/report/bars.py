"""Bars with intervals, sorted by value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from sim.experiments.wording import counted
from sim.report.axes import NumberAxis, row_axis
from sim.report.columns import checked, span
from sim.report.lettering import amount, number_text, text_width, with_unit, wrapped_apart
from sim.report.sheet import blank_sheet, sheet, tooltips
from sim.report.theme import LIGHT, Theme

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pandas import DataFrame, Series

    from sim.report.sheet import Chart

_WIDTH: Final = 440
_ROW: Final = 30
_MOST_ROWS: Final = 40
_LETTERS: Final = 32
_HALF: Final = 0.36
_THICK: Final = 18


def bars(frame: DataFrame, *, title: str, unit: str, x_title: str = "", theme: Theme = LIGHT) -> Chart:
    """Horizontal bars with their intervals and values, the largest first.

    Parameters
    ----------
    frame
        One row a bar: ``label, value, ci_low, ci_high``, and ``group`` where a label has several bars.
    title, x_title
        Headings.
    unit
        Of the values: a currency code, or empty.
    theme
        The look.

    Raises
    ------
    KeyError, ValueError
        A column is missing or holds something else than it should; two bars of one label and group.
    """
    import altair as alt

    numbers = ("value", "ci_low", "ci_high")
    grouped = "group" in frame.columns
    rows = checked(frame, "bars", ("label", *numbers, *(("group",) if grouped else ())), numbers)
    if not grouped:
        rows["group"] = ""
    if rows.duplicated(["label", "group"]).any():
        raise ValueError("bars: two rows with the same label" + (" and group" if grouped else ""))
    known = rows[rows["value"].notna()]
    if known.empty:
        return blank_sheet(title=title, theme=theme)
    tops = known.groupby("label", sort=False)["value"].max().sort_values(ascending=False, kind="stable")
    labels = list(tops.index[:_MOST_ROWS])
    groups = [str(group) for group in dict.fromkeys(known["group"])]
    drawn = _placed(known[known["label"].isin(labels)], labels, groups)
    axis_labels = list(wrapped_apart([str(name) for name in labels], _LETTERS))
    layers = _layers(drawn, axis_labels, groups, with_unit(x_title, unit), theme)
    height = max(_ROW, _THICK * len(groups)) * len(labels)
    chart = alt.layer(*layers).properties(width=_WIDTH, height=height)
    notes = []
    if len(tops) > len(labels):
        notes.append(f"Not drawn: {counted(len(tops) - len(labels), 'smaller one')}.")
    if len(known) < len(rows):
        notes.append(f"Without a result, and not drawn: {len(rows) - len(known):,}.")
    return sheet(
        chart, title=title, description=_words(known, unit, title), theme=theme, width=_WIDTH + 180, notes=notes
    )


def _placed(rows: DataFrame, labels: Sequence[str], groups: Sequence[str]) -> DataFrame:
    """Rows with the place of their bar, and the outer end of what is drawn."""
    thick = 2 * _HALF / len(groups)
    first = [
        labels.index(label) - _HALF + groups.index(str(group)) * thick
        for label, group in zip(rows["label"], rows["group"], strict=True)
    ]
    high = rows[["value", "ci_high"]].max(axis=1).clip(lower=0)
    low = rows[["value", "ci_low"]].min(axis=1).clip(upper=0)
    big = rows["value"].abs().max() >= 100  # noqa: PLR2004 - as `money` rounds
    return rows.assign(
        top=first,
        middle=[start + thick / 2 for start in first],
        bottom=[start + thick * 0.94 for start in first],
        zero=0.0,
        outer=high.where(rows["value"] >= 0, low),
        shown=[number_text(round(value) if big else round(value, 2)) for value in rows["value"]],
        interval=[
            f"{number_text(a)} to {number_text(b)}" for a, b in zip(rows["ci_low"], rows["ci_high"], strict=True)
        ],
    )


def _layers(
    rows: DataFrame, labels: Sequence[str | list[str]], groups: list[str], title: str, theme: Theme
) -> list[Chart]:
    import altair as alt
    import pandas as pd

    x = _scale(rows, title)
    legend = (
        alt.Legend(title=None, orient="top", direction="horizontal", symbolType="square") if len(groups) > 1 else None
    )
    colours = [theme.series_colour(place) for place in ([0] if len(groups) == 1 else [4, 1, 2, 3, 5, 6, 0])]
    scale = alt.Scale(domain=groups, range=(colours * (len(groups) // len(colours) + 1))[: len(groups)])
    tips = tooltips(label="Name", shown=title or "Value", interval="Interval")
    layers: list[Chart] = [
        alt.Chart(rows, name="bars")
        .mark_rect(opacity=0.8)
        .encode(
            x=x.x("value"),
            x2="zero:Q",
            y=row_axis("top", labels),
            y2="bottom:Q",
            color=alt.Color("group:N", scale=scale, legend=legend),
            tooltip=tips,
        )
    ]
    known = rows[rows["ci_low"].notna() & rows["ci_high"].notna()]
    if len(known):
        rules = alt.Chart(known, name="intervals").mark_rule(color=theme.ink, strokeWidth=1.4)
        layers.append(rules.encode(x=x.x("ci_low"), x2="ci_high:Q", y=row_axis("middle", labels)))
    is_left = rows["value"] < 0
    sides: tuple[tuple[str, Series[bool], Literal["left", "right"], int], ...] = (
        ("gains", is_left, "right", -6),
        ("losses", ~is_left, "left", 6),
    )
    for name, side, align, shift in sides:
        if side.any():
            words = alt.Chart(rows[side], name=name).mark_text(align=align, baseline="middle", dx=shift)
            layers.append(words.encode(x=x.x("outer"), y=row_axis("middle", labels), text="shown:N"))
    zero = pd.DataFrame({"value": [0.0]})
    layers.append(alt.Chart(zero, name="zero").mark_rule(color=theme.ink).encode(x=x.x("value")))
    return layers


def _scale(rows: DataFrame, title: str) -> NumberAxis:
    """Axis of the values, with room for the numbers beyond the bars."""
    low, high = span(rows["value"], rows["ci_low"], rows["ci_high"], include=(0.0,), margin=0.0)
    wide = max(map(text_width, rows["shown"])) + 14
    negative, positive = (rows["value"] < 0).any(), (rows["value"] >= 0).any()
    per_pixel = (high - low) / (_WIDTH - wide * (int(negative) + int(positive)))
    return NumberAxis(low - wide * per_pixel * bool(negative), high + wide * per_pixel * bool(positive), title)


def _words(known: DataFrame, unit: str, title: str) -> str:
    ordered = known.sort_values("value", ascending=False, kind="stable")

    def told(place: int) -> str:
        row = ordered.iloc[place]
        group = f" ({row['group']})" if row["group"] else ""
        return f"{row['label']}{group} {amount(row['value'], unit)}"

    if len(ordered) == 1:
        return f"{title}: {told(0)}."
    return f"{title}: most for {told(0)}, least for {told(-1)}, of {counted(len(ordered), 'bar')}."
