"""Tornado: how far each input moves the outcome when it alone goes from its low to its high value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal

from sim.experiments.wording import counted
from sim.report.axes import NumberAxis, pixels_down, row_axis
from sim.report.columns import checked, span
from sim.report.lettering import amount, number_text, text_width, with_unit, wrapped_apart
from sim.report.sheet import blank_sheet, sheet, tooltips
from sim.report.theme import LIGHT, Theme

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pandas import DataFrame

    from sim.report.sheet import Chart

_WIDTH: Final = 440
_ROW: Final = 34
_MOST_INPUTS: Final = 30
_LETTERS: Final = 32
_HALF: Final = 0.34
_ROUNDS: Final = 12
_ENDS: Final = ("input at its low value", "input at its high value")


def tornado(frame: DataFrame, *, title: str, unit: str, x_title: str = "Expected loss", theme: Theme = LIGHT) -> Chart:
    """Bars from the outcome of the scenario as it is to the outcomes at both ends of each input, longest first.

    Parameters
    ----------
    frame
        One row an input: ``input`` (name or path), ``low_value`` and ``high_value`` of the input, ``low`` and
        ``high`` (the outcome there), ``base`` (the outcome of the scenario as it is, the same in every row).
    title, x_title
        Headings.
    unit
        Of the outcome: a currency code.
    theme
        The look.

    Raises
    ------
    KeyError, ValueError
        A column is missing or holds something else than it should; bases differ.
    """
    import altair as alt
    import pandas as pd
    from numpy import allclose

    needed = ("input", "low_value", "high_value", "low", "high", "base")
    rows = checked(frame, "tornado", needed, ("low", "high", "base"))
    known = rows[rows[["low", "high", "base"]].notna().all(axis=1)]
    if known.empty:
        return blank_sheet(title=title, theme=theme)
    base = float(known["base"].iloc[0])
    if not allclose(known["base"], base):
        raise ValueError("tornado: the base must be the same in every row")
    swing = (known["high"] - known["low"]).abs()
    ordered = known.assign(swing=swing).sort_values("swing", ascending=False, kind="stable")
    drawn = ordered.head(_MOST_INPUTS).reset_index(drop=True)
    ends = pd.DataFrame([end for row in drawn.itertuples() for end in _ends(row, base)])
    x = _outcome(ends, base, with_unit(x_title, unit))
    labels = wrapped_apart([str(name) for name in drawn["input"]], _LETTERS)
    layers = _layers(ends, x, list(labels), base, unit, theme)
    chart = alt.layer(*layers).properties(width=_WIDTH, height=_ROW * len(drawn))
    notes = (
        [f"Not drawn: {counted(len(ordered) - len(drawn), 'input')} that matter less."]
        if len(ordered) > len(drawn)
        else []
    )
    if len(known) < len(rows):
        notes.append(f"Without a result, and not drawn: {counted(len(rows) - len(known), 'input')}.")
    return sheet(
        chart,
        title=title,
        description=_words(ordered, base, unit, x_title),
        theme=theme,
        width=_WIDTH + 180,
        notes=notes,
    )


def _ends(row: Any, base: float) -> list[dict[str, Any]]:  # noqa: ANN401 - a row of pandas has no type of its own
    """The two bars of an input: of full height, or half each where both ends move the outcome the same way."""
    same_way = (row.low - base) * (row.high - base) > 0
    lower_is_left = row.low <= row.high
    found = []
    for place, (value, setting) in enumerate(((row.low, row.low_value), (row.high, row.high_value))):
        top, bottom = (
            (row.Index - _HALF, row.Index + _HALF)
            if not same_way
            else (row.Index - _HALF * (1 - place), row.Index + _HALF * place)
        )
        leftwards = value < base if same_way else lower_is_left == (place == 0)
        found.append(
            {
                "input": str(row.input),
                "end": _ENDS[place],
                "value": value,
                "base": base,
                "top": top,
                "bottom": bottom,
                "middle": (top + bottom) / 2,
                "setting": number_text(setting),
                "leftwards": leftwards,
                "outcome": number_text(round(value, 6)),
            }
        )
    return found


def _outcome(ends: DataFrame, base: float, title: str) -> NumberAxis:
    """Axis of the outcome, with room for the input's values beyond the bars."""
    low, high = span(ends["value"], include=(base,), margin=0.0)
    texts = [
        (value, text_width(text) + 14, leftwards)
        for value, text, leftwards in zip(ends["value"], ends["setting"], ends["leftwards"], strict=True)
    ]
    left, right = low, high
    # More room makes every pixel worth more, and so asks for more room: this settles in a few rounds.
    for _ in range(_ROUNDS):
        per_pixel = (right - left) / _WIDTH
        left = min([low, *(value - room * per_pixel for value, room, leftwards in texts if leftwards)])
        right = max([high, *(value + room * per_pixel for value, room, leftwards in texts if not leftwards)])
    return NumberAxis(left, right, title)


def _layers(
    ends: DataFrame, x: NumberAxis, labels: Sequence[str | list[str]], base: float, unit: str, theme: Theme
) -> list[Chart]:
    import altair as alt
    import pandas as pd

    colours = [theme.series_colour(4), theme.series_colour(1)]
    legend = alt.Legend(title=None, orient="top", direction="horizontal", symbolType="square", offset=22)
    colour = alt.Color("end:N", scale=alt.Scale(domain=list(_ENDS), range=colours), legend=legend)
    tips = tooltips(input="Input", setting="Value of the input", outcome=with_unit("Outcome", unit))
    bars = (
        alt.Chart(ends, name="bars")
        .mark_rect()
        .encode(x=x.x("value"), x2="base:Q", y=row_axis("top", labels), y2="bottom:Q", color=colour, tooltip=tips)
    )
    layers: list[Chart] = [bars]
    outside: tuple[tuple[bool, Literal["left", "right"], int], ...] = ((True, "right", -5), (False, "left", 5))
    for leftwards, align, shift in outside:
        side = ends[ends["leftwards"] == leftwards]
        if len(side):
            words = alt.Chart(side, name="low_sides" if leftwards else "high_sides").mark_text(
                align=align, baseline="middle", dx=shift
            )
            layers.append(words.encode(x=x.x("value"), y=row_axis("middle", labels), text="setting:N"))
    line = pd.DataFrame({"value": [base], "top": [0], "text": [f"as it is: {amount(base, unit)}"]})
    layers.append(alt.Chart(line, name="base").mark_rule(color=theme.ink, strokeWidth=1.5).encode(x=x.x("value")))
    caption = alt.Chart(line, name="base_name").mark_text(baseline="bottom", dy=-4, color=theme.ink)
    layers.append(caption.encode(x=x.x("value"), y=pixels_down("top"), text="text:N"))
    return layers


def _words(ordered: DataFrame, base: float, unit: str, outcome: str) -> str:
    top = ordered.iloc[0]
    if top["swing"] == 0:
        return f"{outcome} stays at {amount(base, unit)} whichever of {counted(len(ordered), 'input')} moves."
    ends = [f"{amount(top[end], unit)} at {number_text(top[f'{end}_value'])}" for end in ("low", "high")]
    parts = [
        f"{outcome} is {amount(base, unit)} as it is.",
        f"{top['input']} moves it most: {', '.join(ends)}.",
    ]
    if len(ordered) > 1:
        second = ordered.iloc[1]
        parts.append(f"Next is {second['input']}, which moves it by {amount(second['swing'], unit)}.")
    return " ".join(parts)
