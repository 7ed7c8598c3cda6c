"""Expected loss of every plan along one input."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from sim.experiments.wording import counted, listed
from sim.report.axes import NumberAxis, pixels_across, pixels_down
from sim.report.columns import MOST_ROWS, checked, every, span
from sim.report.lettering import (
    amount,
    number_text,
    with_unit,
    wrapped,
    wrapped_apart,
)
from sim.report.sheet import blank_sheet, sheet, tooltips
from sim.report.theme import DASHES, LIGHT, SHAPES, Theme

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pandas import DataFrame

    from sim.report.sheet import Chart

_WIDTH: Final = 480
_HEIGHT: Final = 360
_LINE: Final = 13
_SPREAD: Final = 0.5
_NAME_LETTERS: Final = 26
_MOST_COLOURED: Final = 7
_MANY_POINTS: Final = 40


def loss_curves(
    frame: DataFrame,
    *,
    x: str,
    title: str,
    x_title: str,
    unit: str,
    plans: Sequence[str] = (),
    theme: Theme = LIGHT,
) -> Chart:
    """A line for each plan with the band of its interval, named at its end; the lowest line is the plan to choose.

    Parameters
    ----------
    frame
        One row for each value of the input and plan: columns ``plan, expected_loss, ci_low, ci_high`` and `x`.
    x
        Column of the input: numbers, or anything else as categories in order of appearance.
    title, x_title
        Headings.
    unit
        Of the loss: a currency code.
    plans
        Names of all plans of the study, for colours that are the same in each of its charts. At most seven get
        a colour: those that are best somewhere, then those that lose least; the others are grey.
    theme
        The look.

    Raises
    ------
    KeyError, ValueError
        A column is missing or holds something else than it should.
    """
    import altair as alt
    from pandas.api.types import is_bool_dtype, is_numeric_dtype

    numbers = ("expected_loss", "ci_low", "ci_high")
    rows = checked(frame, "loss_curves", (x, "plan", *numbers), numbers).rename(columns={x: "x"})
    rows = rows[rows["expected_loss"].notna() & rows["plan"].notna()]
    if rows.empty:
        return blank_sheet(title=title, theme=theme)
    words = _words(rows, x_title, unit)
    numeric = is_numeric_dtype(rows["x"]) and not is_bool_dtype(rows["x"])
    values = sorted(rows["x"].unique()) if numeric else list(dict.fromkeys(rows["x"].tolist()))
    names = _ranked(rows)
    step = every(len(rows), MOST_ROWS)
    kept = {value: place for place, value in enumerate(values) if place % step == 0 or place == len(values) - 1}
    rows = rows[rows["x"].isin(list(kept))].copy()
    rows["told"] = [number_text(value) for value in rows["x"]]
    if not numeric:
        # Points of one category stand side by side, so that none hides another.
        beside = {name: _SPREAD * ((place + 0.5) / len(names) - 0.5) for place, name in enumerate(sorted(names))}
        rows["x"] = [kept[value] + beside[name] for value, name in zip(rows["x"], rows["plan"], strict=True)]
    coloured = names[:_MOST_COLOURED]
    looks = {name: plans.index(name) if name in plans else place for place, name in enumerate(coloured)}
    rows["interval"] = [
        f"{number_text(low)} to {number_text(high)}" for low, high in zip(rows["ci_low"], rows["ci_high"], strict=True)
    ]
    rows["loss"] = [number_text(value) for value in rows["expected_loss"]]
    domain = span(rows["expected_loss"], rows["ci_low"], rows["ci_high"])
    across = _input_axis(values, x_title, numeric=numeric)
    up = NumberAxis(*domain, title=with_unit("Expected loss", unit))
    layers = _lines(rows, looks, across, up, x_title, unit, theme, few=len(kept) <= _MANY_POINTS, joined=numeric)
    layers.append(_names_drawn(rows, looks, up, theme))
    drawn = alt.layer(*layers).properties(width=_WIDTH, height=_HEIGHT)
    notes = ["Bands show the intervals." if numeric else "Bars show the intervals."]
    if len(names) > len(coloured):
        notes.append(f"Grey: {counted(len(names) - len(coloured), 'other plan')}, nowhere the best or seldom.")
    return sheet(drawn, title=title, description=words, theme=theme, width=_WIDTH + 150, notes=notes)


def _input_axis(values: Sequence[float], title: str, *, numeric: bool) -> NumberAxis:
    if numeric:
        low, high = span(values, margin=0.01 if len(values) > 1 else 0)
        return NumberAxis(low, high, title, grid=False, ticks=7)
    letters = max(8, int(_WIDTH / len(values) / 6.5))
    labels = wrapped_apart([number_text(value) for value in values], letters, 3)
    return NumberAxis(-0.5, len(values) - 0.5, title, grid=False, labels=tuple(labels))


def _lines(
    rows: DataFrame,
    looks: dict[str, int],
    across: NumberAxis,
    up: NumberAxis,
    x_title: str,
    unit: str,
    theme: Theme,
    *,
    few: bool,
    joined: bool,
) -> list[Chart]:
    import altair as alt

    grey, bright = rows[~rows["plan"].isin(list(looks))], rows[rows["plan"].isin(list(looks))]
    names = list(looks)
    colour = alt.Color(
        "plan:N", scale=alt.Scale(domain=names, range=[theme.series_colour(looks[name]) for name in names]), legend=None
    )
    dashes = alt.Scale(domain=names, range=[DASHES[looks[name] % len(DASHES)] for name in names])
    shapes = alt.Scale(domain=names, range=[SHAPES[looks[name] % len(SHAPES)] for name in names])
    tips = tooltips(plan="Plan", told=x_title, loss=with_unit("Expected loss", unit), interval="Interval")
    layers: list[Chart] = []
    if len(grey):
        company = alt.Chart(grey, name="company")
        mark = company.mark_line(color=theme.rest, strokeWidth=1) if joined else company.mark_point(color=theme.rest)
        layers.append(mark.encode(x=across.x("x"), y=up.y("expected_loss"), detail="plan:N", tooltip=tips))
    known = bright[bright["ci_low"].notna() & bright["ci_high"].notna()]
    if len(known):
        bands = alt.Chart(known, name="bands")
        band = (
            bands.mark_area(opacity=0.16)
            if joined and known["x"].min() < known["x"].max()
            else bands.mark_rule(opacity=0.6)
        )
        layers.append(band.encode(x=across.x("x"), y=up.y("ci_low"), y2="ci_high:Q", color=colour))
    if joined:
        line = alt.Chart(bright, name="lines").mark_line(strokeWidth=2)
        layers.append(
            line.encode(
                x=across.x("x"),
                y=up.y("expected_loss"),
                color=colour,
                strokeDash=alt.StrokeDash("plan:N", scale=dashes, legend=None),
            )
        )
    point = alt.Chart(bright, name="points").mark_point(filled=True, size=45 if few else 0, opacity=1)
    layers.append(
        point.encode(
            x=across.x("x"),
            y=up.y("expected_loss"),
            color=colour,
            shape=alt.Shape("plan:N", scale=shapes, legend=None),
            tooltip=tips,
        )
    )
    return layers


def _names_drawn(rows: DataFrame, looks: dict[str, int], up: NumberAxis, theme: Theme) -> Chart:
    """Names at the right end of their lines, moved apart where they would overlap."""
    import altair as alt
    import pandas as pd

    ends = rows[rows["plan"].isin(list(looks))].sort_values("x", kind="stable").groupby("plan", sort=False).last()
    ends = ends.sort_values("expected_loss", ascending=False, kind="stable")
    texts = [wrapped(str(name), _NAME_LETTERS) for name in ends.index]
    wished = [(1 - up.share(value)) * _HEIGHT for value in ends["expected_loss"]]
    heights = [len(text) * _LINE for text in texts]
    tops = moved_apart([y - height / 2 for y, height in zip(wished, heights, strict=True)], heights)
    data = pd.DataFrame(
        {
            "at": _WIDTH + 10,
            "top": [top + _LINE / 2 for top in tops],
            "text": ["\n".join(text) for text in texts],
            "plan": list(ends.index),
            "ink": [_readable(theme, looks[name]) for name in ends.index],
        }
    )
    words = alt.Chart(data, name="names").mark_text(align="left", baseline="middle", lineBreak="\n", lineHeight=_LINE)
    drawn: Chart = words.encode(
        x=pixels_across("at"),
        y=pixels_down("top"),
        text="text:N",
        color=alt.Color("ink:N", scale=None, legend=None),
    )
    return drawn


def _readable(theme: Theme, place: int) -> str:
    """Colour of a name: its line's, with enough of the text's colour in it to be read."""
    from sim.report.theme import mixed

    return mixed(theme.series_colour(place), theme.ink, 0.35)


def moved_apart(tops: Sequence[float], heights: Sequence[float]) -> list[float]:
    """Tops of boxes in a column, given from the top, pushed apart just as far as they overlap.

    Boxes that touch form a block that stands where its boxes wish to be on average.
    """
    blocks: list[tuple[float, list[int]]] = []  # top, boxes
    for place, top in enumerate(tops):
        blocks.append((top, [place]))
        while len(blocks) > 1:
            above, below = blocks[-2], blocks[-1]
            if above[0] + sum(heights[box] for box in above[1]) <= below[0]:
                break
            boxes = above[1] + below[1]
            room = [sum(heights[box] for box in boxes[:number]) for number in range(len(boxes))]
            wish = sum(tops[box] - offset for box, offset in zip(boxes, room, strict=True)) / len(boxes)
            blocks[-2:] = [(wish, boxes)]
    found = [0.0] * len(tops)
    for top, boxes in blocks:
        at = top
        for box in boxes:
            found[box] = at
            at += heights[box]
    return found


def _ranked(rows: DataFrame) -> list[str]:
    """Plans that are best somewhere, the most often first, then the others, those that lose least first."""
    best = rows.loc[rows.groupby("x", sort=True)["expected_loss"].idxmin(), "plan"]
    wins = Counter(best)
    found = rows.groupby("plan", sort=True)["expected_loss"].mean()
    means = {str(name): float(mean) for name, mean in found.items()}
    return sorted(means, key=lambda name: (-wins[name], means[name]))


def _words(rows: DataFrame, x_title: str, unit: str) -> str:
    """Who loses least over which values."""
    best = rows.loc[rows.groupby("x", sort=False)["expected_loss"].idxmin()]
    best = best.sort_values("x", kind="stable") if best["x"].dtype.kind in "if" else best
    stretches: list[tuple[str, list[object]]] = []
    for name, value in zip(best["plan"], best["x"], strict=True):
        if not stretches or stretches[-1][0] != name:
            stretches.append((name, []))
        stretches[-1][1].append(value)
    told = [
        f"{name} loses least "
        + (f"at {number_text(v[0])}" if len(v) == 1 else f"from {number_text(v[0])} to {number_text(v[-1])}")
        for name, v in stretches[:4]
    ]
    more = "; and other changes after that" if len(stretches) > len(told) else ""
    low, high = best["expected_loss"].min(), best["expected_loss"].max()
    count = counted(rows["plan"].nunique(), "plan")
    return (
        f"Expected loss of {count} by {x_title}: {listed(told)}{more}. "
        f"The least loss lies between {amount(low, unit)} and {amount(high, unit)}."
    )
