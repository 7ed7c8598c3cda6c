"""Difference of two plans along one input, and where they break even."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sim.experiments.wording import counted, listed
from sim.report.axes import NumberAxis, pixels_across, pixels_down
from sim.report.columns import MOST_ROWS, checked, every, span
from sim.report.lettering import number_text, text_width, with_unit, wrapped
from sim.report.sheet import blank_sheet, sheet, tooltips
from sim.report.theme import LIGHT, Theme, mixed

if TYPE_CHECKING:
    from pandas import DataFrame

    from sim.report.sheet import Chart

_WIDTH: Final = 540
_HEIGHT: Final = 340
_LINE: Final = 14
_MANY_POINTS: Final = 60
_DIGITS: Final = 4
_NAME_LETTERS: Final = 34
_HEADROOM: Final = 0.13
_MOST_LABELS: Final = 8


def difference_curve(
    frame: DataFrame,
    *,
    roots: DataFrame,
    title: str,
    x_title: str,
    unit: str,
    first: str = "",
    second: str = "",
    theme: Theme = LIGHT,
) -> Chart:
    """Loss of the first plan less that of the second: above zero the second loses less, below it the first.

    Parameters
    ----------
    frame
        One row a value of the input: ``x, difference, low, high``.
    roots
        One row a break-even: ``root`` (or ``value``), ``low, high``; may be empty. Its columns ``loses_less_below``
        and ``loses_less_above``, if there, give the names of the plans where they are not given.
    title, x_title
        Headings.
    unit
        Of the difference: a currency code.
    first, second
        Names of the plans.
    theme
        The look.

    Raises
    ------
    KeyError, ValueError
        A column is missing or holds something else than it should.
    """
    import altair as alt

    curve = checked(frame, "difference_curve", ("x", "difference", "low", "high"), ("x", "difference", "low", "high"))
    curve = curve[curve["difference"].notna() & curve["x"].notna()].sort_values("x", kind="stable")
    spots = _roots(roots)
    if curve.empty:
        return blank_sheet(title=title, theme=theme)
    first, second = _names(curve, roots, first, second)
    words = _words(curve, spots, x_title, (first, second))
    curve = curve.iloc[:: every(len(curve), MOST_ROWS)]
    x, y = _axes(curve, spots, x_title, with_unit("Difference of expected loss", unit))
    layers = [
        *_roots_drawn(spots, x, theme),
        *_curve_drawn(curve, x, y, x_title, theme),
        *_sides(curve, (first, second), theme),
    ]
    chart = alt.layer(*layers).properties(width=_WIDTH, height=_HEIGHT)
    notes = ["Band: interval of the difference."]
    if len(spots) > _MOST_LABELS:
        notes.append(f"{len(spots)} break-evens, the first {_MOST_LABELS} named.")
    return sheet(chart, title=title, description=words, theme=theme, width=_WIDTH + 60, notes=notes)


def _roots(roots: DataFrame) -> DataFrame:
    renamed = (
        roots if "root" in roots.columns or "value" not in roots.columns else roots.rename(columns={"value": "root"})
    )
    found = checked(renamed, "difference_curve (roots)", ("root", "low", "high"), ("root", "low", "high"))
    return found[found["root"].notna()].sort_values("root", kind="stable").reset_index(drop=True)


def _names(curve: DataFrame, roots: DataFrame, first: str, second: str) -> tuple[str, str]:
    """Names of the plans: as given, else as the break-evens tell who loses less on which side."""
    if {"loses_less_below", "loses_less_above"} <= set(roots.columns):
        for root, below, above in zip(
            _roots(roots)["root"], roots["loses_less_below"], roots["loses_less_above"], strict=False
        ):
            if isinstance(below, str) and isinstance(above, str) and below != above:
                left = curve.loc[curve["x"] <= root, "difference"]
                rising = len(left) == 0 or left.iloc[0] < 0
                pair = (below, above) if rising else (above, below)
                return first or pair[0], second or pair[1]
    return first or "the first plan", second or "the second plan"


def _axes(curve: DataFrame, spots: DataFrame, x_title: str, y_title: str) -> tuple[NumberAxis, NumberAxis]:
    """The input, and the difference with room for words above and below the curve."""
    left, right = span(curve["x"], spots["root"], margin=0.02)
    bottom, top = span(curve["difference"], curve["low"], curve["high"], include=(0.0,), margin=0.0)
    room = _HEADROOM * (top - bottom)
    x = NumberAxis(left, right, x_title, grid=False, ticks=7)
    return x, NumberAxis(bottom - room, top + room, y_title)


def _curve_drawn(curve: DataFrame, x: NumberAxis, y: NumberAxis, x_title: str, theme: Theme) -> list[Chart]:
    import altair as alt
    import pandas as pd

    told = curve.assign(
        shown=[number_text(round(value, 2)) for value in curve["difference"]],
        interval=[
            f"{number_text(round(a, 2))} to {number_text(round(b, 2))}"
            for a, b in zip(curve["low"], curve["high"], strict=True)
        ],
    )
    known = told[told["low"].notna() & told["high"].notna()]
    colour = theme.series_colour(0)
    layers: list[Chart] = []
    if len(known):
        bands = alt.Chart(known, name="band")
        drawn = (
            bands.mark_area(opacity=0.2, color=colour)
            if len(known) > 1
            else bands.mark_rule(color=colour, strokeWidth=2)
        )
        layers.append(drawn.encode(x=x.x("x"), y=y.y("low"), y2="high:Q"))
    zero = pd.DataFrame({"difference": [0.0]})
    layers.append(alt.Chart(zero, name="zero").mark_rule(color=theme.ink, strokeWidth=1.2).encode(y=y.y("difference")))
    layers.append(
        alt.Chart(told, name="curve").mark_line(color=colour, strokeWidth=2.2).encode(x=x.x("x"), y=y.y("difference"))
    )
    size = 30 if len(told) <= _MANY_POINTS else 0
    dots = alt.Chart(told, name="points").mark_point(filled=True, color=colour, size=size, opacity=1)
    layers.append(
        dots.encode(
            x=x.x("x"), y=y.y("difference"), tooltip=tooltips(x=x_title, shown="Difference", interval="Interval")
        )
    )
    return layers


def _roots_drawn(spots: DataFrame, x: NumberAxis, theme: Theme) -> list[Chart]:
    """A dashed line, a strip for the interval and a label above the plot for each break-even."""
    import altair as alt

    if spots.empty:
        return []
    named = spots.head(_MOST_LABELS)
    texts = [_root_text(*row) for row in zip(named["root"], named["low"], named["high"], strict=True)]
    # Labels that would overlap go up a line; one near an edge stays inside.
    taken: list[float] = []
    placed = []
    for root, text in zip(named["root"], texts, strict=True):
        half = text_width(text) / 2 + 6
        middle = min(max(x.share(root) * _WIDTH, half), max(_WIDTH - half, half))
        line = next((number for number, end in enumerate(taken) if end <= middle - half), len(taken))
        taken[line : line + 1] = [middle + half]
        placed.append((middle, -8 - _LINE * line))
    data = spots.assign(
        left=spots["low"].clip(lower=x.low).fillna(spots["root"]),
        right=spots["high"].clip(upper=x.high).fillna(spots["root"]),
    )
    labels = named.assign(text=texts, at=[at for at, _ in placed], height=[height for _, height in placed])
    return [
        alt.Chart(data, name="root_intervals")
        .mark_rect(color=theme.rest, opacity=0.22)
        .encode(x=x.x("left"), x2="right:Q"),
        alt.Chart(data, name="roots").mark_rule(color=theme.ink, strokeDash=[5, 3]).encode(x=x.x("root")),
        alt.Chart(labels, name="root_names")
        .mark_text(baseline="bottom")
        .encode(x=pixels_across("at"), y=pixels_down("height"), text="text:N"),
    ]


def _root_text(root: float, low: float, high: float) -> str:
    interval = f" ({_rounded(low)} to {_rounded(high)})" if low == low and high == high and low != high else ""  # noqa: PLR0124 - NaN
    return f"{_rounded(root)}{interval}"


def _rounded(value: float) -> str:
    """A place on the axis to four digits, whole numbers in full."""
    return number_text(float(f"{value:.{_DIGITS}g}") if abs(value) < 10**_DIGITS else round(value))


def _sides(curve: DataFrame, names: tuple[str, str], theme: Theme) -> list[Chart]:
    """Which plan loses less above and below zero, written where the curve is far away."""
    import altair as alt
    import pandas as pd

    middle = curve["x"].min() / 2 + curve["x"].max() / 2
    left, right = curve[curve["x"] <= middle], curve[curve["x"] >= middle]
    first, second = names
    rows = []
    for name, at_top in ((second, True), (first, False)):
        reach = [
            half["high"].fillna(half["difference"]).max() if at_top else -half["low"].fillna(half["difference"]).min()
            for half in (left, right)
        ]
        on_left = reach[0] <= reach[1]
        lines = wrapped(f"{name} loses less", _NAME_LETTERS)
        y = 6 if at_top else _HEIGHT - 6 - _LINE * len(lines)
        rows.append(
            {
                "side": "second_side" if at_top else "first_side",
                "text": "\n".join(lines),
                "at": 8 if on_left else _WIDTH - 8,
                "height": y,
                "align": "left" if on_left else "right",
            }
        )
    layers: list[Chart] = []
    for row, colour in zip(rows, (theme.series_colour(1), theme.series_colour(0)), strict=True):
        data = pd.DataFrame([row])
        look: dict[str, Any] = {
            "align": row["align"],
            "baseline": "top",
            "lineBreak": "\n",
            "lineHeight": _LINE,
            "fontWeight": "bold",
        }
        # A rim in the colour of the paper keeps the words clear of the lines that they cross.
        rim = alt.Chart(data).mark_text(**look, color=theme.background, stroke=theme.background, strokeWidth=4)
        words = alt.Chart(data, name=row["side"]).mark_text(**look, color=mixed(colour, theme.ink, 0.45))
        layers.extend(
            mark.encode(x=pixels_across("at"), y=pixels_down("height"), text="text:N") for mark in (rim, words)
        )
    return layers


def _words(curve: DataFrame, spots: DataFrame, x_title: str, names: tuple[str, str]) -> str:
    first, second = names
    ends = [first if value < 0 else second if value > 0 else "neither" for value in curve["difference"].iloc[[0, -1]]]
    low, high = (number_text(value) for value in curve["x"].iloc[[0, -1]])
    if spots.empty:
        return f"By {x_title} from {low} to {high}, {ends[0]} loses less" + (
            " everywhere; there is no break-even."
            if ends[0] == ends[1]
            else f" at first and {ends[1]} at last; no break-even was found."
        )
    found = listed(
        [_root_text(*row) for row in zip(spots["root"][:4], spots["low"][:4], spots["high"][:4], strict=True)]
    )
    what = "The break-even" if len(spots) == 1 else counted(len(spots), "break-even")
    return f"{what} in {x_title}: {found}. {ends[0]} loses less at {low}, {ends[1]} at {high}."
