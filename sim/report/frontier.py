"""Frontier: where two plans cost the same as two inputs move."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sim.report.axes import NumberAxis, pixels_across, pixels_down
from sim.report.columns import MOST_ROWS, checked, every, span
from sim.report.lettering import number_text, text_width, wrapped
from sim.report.sheet import blank_sheet, sheet, tooltips
from sim.report.theme import LIGHT, TEXT_SIZE, Theme, mixed

if TYPE_CHECKING:
    from pandas import DataFrame

    from sim.report.sheet import Chart

_WIDTH: Final = 500
_HEIGHT: Final = 360
_LINE: Final = 15
_FEWEST_LETTERS: Final = 10
_SIDES: Final = ("loses_less_below", "loses_less_above")


def frontier(
    frame: DataFrame,
    *,
    title: str,
    x_title: str,
    y_title: str,
    first: str = "",
    second: str = "",
    reach: tuple[float, float] | None = None,
    theme: Theme = LIGHT,
) -> Chart:
    """Break-even of the first input for every value of the second, with its band; each side names the plan that wins.

    Parameters
    ----------
    frame
        One row a break-even: ``y`` (value of the second input), ``root, low, high`` (of the first input). A column
        ``branch`` tells several lines apart; ``loses_less_below`` and ``loses_less_above``, if there, give the names
        of the plans where they are not given.
    title, x_title, y_title
        Headings.
    first, second
        Plans that lose less to the left and to the right of the line.
    reach
        Range of the first input that is known: nothing is drawn beyond it.
    theme
        The look.

    Raises
    ------
    KeyError, ValueError
        A column is missing or holds something else than it should.
    """
    import altair as alt

    numbers = ("y", "root", "low", "high")
    optional = [name for name in ("branch", *_SIDES) if name in frame.columns]
    rows = checked(frame, "frontier", (*numbers, *optional), numbers)
    if "branch" not in rows:
        rows["branch"] = 1
    known = rows[rows["root"].notna() & rows["y"].notna()].sort_values(["branch", "y"], kind="stable")
    if known.empty:
        return blank_sheet(title=title, theme=theme, why="The two plans never break even here.")
    known = _sided(known, first, second)
    words = _words(known, x_title, y_title)
    place = known.groupby("branch").cumcount()
    known = known[place % every(len(known), MOST_ROWS) == 0]
    x, y = _axes(known, rows, (x_title, y_title), reach)
    layers = _layers(known, x, y, (x_title, y_title), theme)
    chart = alt.layer(*layers).properties(width=_WIDTH, height=_HEIGHT)
    notes = ["Band: interval of the break-even."]
    missing = rows["y"].nunique() - known["y"].nunique()
    if missing and rows["root"].isna().any():
        notes.append(f"At {missing} of {rows['y'].nunique()} values there is no break-even.")
    return sheet(chart, title=title, description=words, theme=theme, width=_WIDTH + 60, notes=notes)


def _sided(known: DataFrame, first: str, second: str) -> DataFrame:
    """Every break-even with the plans that lose less below and above it; None where neither does.

    Where the table does not tell, the plans take turns along the first input.
    """
    names = first or "the first plan", second or "the second plan"
    turn = known.sort_values("root", kind="stable").groupby("y").cumcount().reindex(known.index) % 2
    found = known.assign(below=[names[place] for place in turn], above=[names[1 - place] for place in turn])
    if not first and not second and set(_SIDES) <= set(known.columns):
        told = known[list(_SIDES)].astype(object).where(known[list(_SIDES)].notna(), None)
        found = found.assign(below=told[_SIDES[0]], above=told[_SIDES[1]])
    return found


def _axes(
    known: DataFrame, rows: DataFrame, titles: tuple[str, str], reach: tuple[float, float] | None
) -> tuple[NumberAxis, NumberAxis]:
    left, right = span(known["root"], known["low"], known["high"], margin=0.25)
    if reach is not None:
        left, right = max(left, reach[0]), min(right, reach[1])
    bottom, top = span(rows["y"], margin=0.0 if known["y"].min() < known["y"].max() else 0.02)
    return NumberAxis(left, right, titles[0], grid=False), NumberAxis(bottom, top, titles[1], grid=False)


def _layers(
    known: DataFrame,
    x: NumberAxis,
    y: NumberAxis,
    titles: tuple[str, str],
    theme: Theme,
) -> list[Chart]:
    import altair as alt

    left, right = x.low, x.high
    told = known.assign(
        left=left,
        right=right,
        # The band never leaves the plot: an interval may be wider than everything that is known.
        low=known["low"].fillna(known["root"]).clip(lower=left),
        high=known["high"].fillna(known["root"]).clip(upper=right),
        shown=[number_text(round(value, 6)) for value in known["root"]],
        interval=[f"{number_text(a)} to {number_text(b)}" for a, b in zip(known["low"], known["high"], strict=True)],
    )
    single = not known["y"].duplicated().any() and len({*zip(known["below"], known["above"], strict=True)}) == 1
    lone = known["y"].min() == known["y"].max()
    layers: list[Chart] = []

    def area(name: str, start: str, end: str, colour: str, opacity: float) -> None:
        ends: dict[str, Any] = {"x": x.x(start), "x2": f"{end}:Q", "detail": "branch:N"}
        mark = alt.Chart(told, name=name)
        drawn = (
            mark.mark_rule(color=colour, strokeWidth=6, opacity=opacity)
            if lone
            else mark.mark_area(orient="horizontal", color=colour, opacity=opacity)
        )
        layers.append(drawn.encode(y=y.y("y"), **ends))

    if single:
        area("first_area", "left", "root", theme.series_colour(4), 0.25)
        area("second_area", "root", "right", theme.series_colour(1), 0.25)
    area("band", "low", "high", theme.muted, 0.3)
    lines = alt.Chart(told, name="frontier").mark_line(color=theme.ink, strokeWidth=2.2)
    layers.append(lines.encode(x=x.x("root"), y=y.y("y"), order=alt.Order("y:Q"), detail="branch:N"))
    dots = alt.Chart(told, name="points").mark_point(filled=True, color=theme.ink, size=28, opacity=1)
    layers.append(
        dots.encode(x=x.x("root"), y=y.y("y"), tooltip=tooltips(y=titles[1], shown=titles[0], interval="Interval"))
    )
    layers.extend(_names_drawn(told, x, y, theme))
    return layers


class _Region(NamedTuple):
    """A stretch of the first input between two break-evens, and who loses less there."""

    y: float
    left: float
    right: float
    plan: str | None


def _regions(told: DataFrame, x: NumberAxis, y: NumberAxis) -> list[_Region]:
    """The widest place of each area that the lines part, where all lines are there and no edge is near."""
    groups = [rows.sort_values("root", kind="stable") for _, rows in told.groupby("y")]
    most = max(map(len, groups))
    full = [rows for rows in groups if len(rows) == most]
    inner = full[1:-1] or full
    places = [
        [
            _Region(rows["y"].iloc[0], left, right, plan)
            for (_, left), (right, _), plan in zip(
                edges[:-1], edges[1:], [rows["below"].iloc[0], *rows["above"]], strict=True
            )
        ]
        for rows in inner
        for edges in [[(x.low, x.low), *zip(rows["low"], rows["high"], strict=True), (x.high, x.high)]]
    ]
    return [
        max(regions, key=lambda region: (region.right - region.left, -abs(y.share(region.y) - 0.5)))
        for regions in zip(*places, strict=True)
    ]


def _names_drawn(told: DataFrame, x: NumberAxis, y: NumberAxis, theme: Theme) -> list[Chart]:
    """Names of the plans in the areas where they lose less."""
    import altair as alt
    import pandas as pd

    rows = []
    for region in _regions(told, x, y):
        if region.plan is None:
            continue
        room = max(x.share(region.right) - x.share(region.left), 0.0) * _WIDTH - 16
        letters = max(_FEWEST_LETTERS, int(room / text_width("n", TEXT_SIZE + 1)))
        lines = wrapped(f"{region.plan} loses less", letters, 4)
        half = _LINE * len(lines) / 2 + 4
        middle = min(max((1 - y.share(region.y)) * _HEIGHT, half), _HEIGHT - half)
        rows.append(
            {
                "text": "\n".join(lines),
                "at": x.share((region.left + region.right) / 2) * _WIDTH,
                # The first line stands at the height that is given.
                "height": middle - _LINE * (len(lines) - 1) / 2,
                "plan": region.plan,
            }
        )
    if not rows:
        return []
    look: dict[str, Any] = {"baseline": "middle", "lineBreak": "\n", "lineHeight": _LINE, "fontSize": TEXT_SIZE + 1}
    names = list(dict.fromkeys(row["plan"] for row in rows))
    colours = [mixed(theme.series_colour(place), theme.ink, 0.45) for place in (0, 5)]
    data = pd.DataFrame(rows).assign(ink=[colours[names.index(row["plan"]) % 2] for row in rows])
    words = alt.Chart(data, name="plan_names").mark_text(**look, fontWeight="bold")
    ink = alt.Color("ink:N", scale=None, legend=None)
    return [words.encode(x=pixels_across("at"), y=pixels_down("height"), text="text:N", color=ink)]


def _words(known: DataFrame, x_title: str, y_title: str) -> str:
    ordered = known.sort_values(["y", "root"], kind="stable")
    start, end = ordered.iloc[0], ordered.iloc[-1]
    run = (
        f"from {number_text(start['root'])} at {y_title} {number_text(start['y'])} "
        f"to {number_text(end['root'])} at {number_text(end['y'])}"
    )
    lines = ordered["y"].value_counts().max()
    if lines > 1:
        return (
            f"The plans change sides in {x_title} up to {lines} times at one value of {y_title}: break-evens run {run}."
        )
    below, above = start["below"] or "neither plan", start["above"] or "neither plan"
    return f"{below} loses less while {x_title} is below the line, {above} above it. The line runs {run}."
