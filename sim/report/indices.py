"""Sensitivity indices: how much of the outcome's spread each input explains, with intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sim.experiments.wording import counted
from sim.report.axes import NumberAxis, row_axis
from sim.report.columns import checked, flags, span
from sim.report.lettering import number_text, wrapped_apart
from sim.report.sheet import blank_sheet, sheet, tooltips
from sim.report.theme import LIGHT, SHAPES, Theme

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pandas import DataFrame

    from sim.report.sheet import Chart

_WIDTH: Final = 440
_ROW: Final = 36
_MOST_INPUTS: Final = 30
_LETTERS: Final = 32
_NAMED: Final = 5
_APART: Final = 0.44
_NAMES: Final = {"S1": "S1: on its own", "ST": "ST: with its interactions"}
_OPEN: Final = ", not converged"


def indices(
    frame: DataFrame, *, title: str, x_title: str = "Share of the variance explained", theme: Theme = LIGHT
) -> Chart:
    """A point with its interval for each input and index, the strongest input first; hollow ones have not converged.

    Parameters
    ----------
    frame
        One row for each input and index: ``input, index, value, ci_low, ci_high, converged``.
    title, x_title
        Headings.
    theme
        The look.

    Raises
    ------
    KeyError, ValueError
        A column is missing or holds something else than it should.
    """
    import altair as alt

    numbers = ("value", "ci_low", "ci_high")
    rows = checked(frame, "indices", ("input", "index", *numbers, "converged"), numbers)
    rows["converged"] = flags(frame, "converged", default=False)
    known = rows[rows["value"].notna()].copy()
    if known.empty:
        return blank_sheet(title=title, theme=theme)
    kinds = [str(kind) for kind in dict.fromkeys(known["index"])]
    leading = "ST" if "ST" in kinds else kinds[0]
    inputs = _ranked(known, leading)
    drawn = inputs[:_MOST_INPUTS]
    points = known[known["input"].isin(drawn)].copy()
    offset = {kind: _APART * ((place + 0.5) / len(kinds) - 0.5) for place, kind in enumerate(kinds)}
    points["row"] = [
        drawn.index(name) + offset[kind] for name, kind in zip(points["input"], points["index"], strict=True)
    ]
    points["series"] = [
        _NAMES.get(kind, kind) + ("" if sure else _OPEN)
        for kind, sure in zip(points["index"], points["converged"], strict=True)
    ]
    points["shown"] = [number_text(round(value, 4)) for value in points["value"]]
    points["interval"] = [
        f"{number_text(round(low, 4))} to {number_text(round(high, 4))}"
        for low, high in zip(points["ci_low"], points["ci_high"], strict=True)
    ]
    layers = _layers(points, kinds, list(wrapped_apart([str(name) for name in drawn], _LETTERS)), x_title, theme)
    chart = alt.layer(*layers).properties(width=_WIDTH, height=_ROW * len(drawn))
    notes = (
        [f"Not drawn: {counted(len(inputs) - len(drawn), 'input')} that explain less."]
        if len(inputs) > len(drawn)
        else []
    )
    return sheet(
        chart, title=title, description=_words(known, leading, inputs), theme=theme, width=_WIDTH + 180, notes=notes
    )


def _layers(
    points: DataFrame, kinds: list[str], labels: Sequence[str | list[str]], x_title: str, theme: Theme
) -> list[Chart]:
    import altair as alt
    import pandas as pd

    domain, colours, shapes, fills = [], [], [], []
    for place, kind in enumerate(kinds):
        for sure in (True, False):
            name = _NAMES.get(kind, kind) + ("" if sure else _OPEN)
            if name in set(points["series"]):
                domain.append(name)
                colours.append(theme.series_colour(place))
                shapes.append(SHAPES[2 * place % len(SHAPES)])
                fills.append(theme.series_colour(place) if sure else theme.background)
    legend = alt.Legend(title=None, orient="top", direction="horizontal", columns=2, symbolStrokeWidth=2)
    x = NumberAxis(
        *span(points["value"], points["ci_low"], points["ci_high"], include=(0.0,), margin=0.04), title=x_title
    )
    y = row_axis("row", labels)
    stroke = alt.Stroke("series:N", scale=alt.Scale(domain=domain, range=colours), legend=legend)
    layers: list[Chart] = []
    zero = pd.DataFrame({"value": [0.0]})
    layers.append(alt.Chart(zero, name="zero").mark_rule(color=theme.muted).encode(x=x.x("value")))
    known = points[points["ci_low"].notna() & points["ci_high"].notna()]
    if len(known):
        layers.append(
            alt.Chart(known, name="intervals")
            .mark_rule(strokeWidth=1.8)
            .encode(x=x.x("ci_low"), x2="ci_high:Q", y=y, stroke=stroke)
        )
    dots = alt.Chart(points, name="points").mark_point(size=75, strokeWidth=1.8, opacity=1, fillOpacity=1)
    layers.append(
        dots.encode(
            x=x.x("value"),
            y=y,
            stroke=stroke,
            shape=alt.Shape("series:N", scale=alt.Scale(domain=domain, range=shapes), legend=legend),
            fill=alt.Fill("series:N", scale=alt.Scale(domain=domain, range=fills), legend=legend),
            tooltip=tooltips(input="Input", index="Index", shown="Value", interval="Interval", converged="Converged"),
        )
    )
    return layers


def _ranked(known: DataFrame, leading: str) -> list[str]:
    """Inputs by the leading index; those without it come last."""
    found = known[known["index"] == leading].sort_values("value", ascending=False, kind="stable")["input"]
    return list(dict.fromkeys([*found, *known["input"]]))


def _words(known: DataFrame, leading: str, inputs: list[str]) -> str:
    first = known[(known["index"] == leading) & (known["input"] == inputs[0])].iloc[0]
    sentence = f"{inputs[0]} matters most of {counted(len(inputs), 'input')}: {leading} {first['value']:.2f}"
    if first["ci_low"] == first["ci_low"]:
        sentence += f" ({first['ci_low']:.2f} to {first['ci_high']:.2f})"
    open_ones = list(dict.fromkeys(known.loc[~known["converged"], "input"]))
    rest = (
        f" Not converged: {', '.join(map(str, open_ones[:_NAMED]))}{' and more' if len(open_ones) > _NAMED else ''}."
        if open_ones
        else ""
    )
    return f"{sentence}.{rest}"
