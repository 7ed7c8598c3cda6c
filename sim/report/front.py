"""Front of expected loss against the mean of the worst cases: which ways of ordering nothing beats in both."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final, Literal

from sim.experiments.wording import counted
from sim.report.axes import NumberAxis, pixels_across, pixels_down
from sim.report.columns import MOST_ROWS, checked, flags, span
from sim.report.label_places import Box, label_places
from sim.report.lettering import amount, number_text, text_width, with_unit, wrapped
from sim.report.sheet import blank_sheet, sheet, tooltips
from sim.report.theme import LIGHT, Theme

if TYPE_CHECKING:
    import altair as alt
    from pandas import DataFrame

    from sim.report.sheet import Chart

_WIDTH: Final = 560
_HEIGHT: Final = 400
_LINE: Final = 13
_LETTERS: Final = 24
_MOST_NAMES: Final = 14
_KINDS: Final = ("chosen", "on the front", "beaten by another")
_SIZES: Final = dict(zip(_KINDS, (190, 75, 45), strict=True))


def front(frame: DataFrame, *, title: str, unit: str, theme: Theme = LIGHT) -> Chart:
    """Every candidate by expected loss and CVaR 95; the front is linked and named, the chosen one stands out.

    Parameters
    ----------
    frame
        One row a candidate: ``name, expected_loss, ci_low, ci_high, cvar, on_front, chosen``.
    title
        Heading.
    unit
        Of the losses: a currency code.
    theme
        The look.

    Raises
    ------
    KeyError, ValueError
        A column is missing or holds something else than it should.
    """
    import altair as alt

    numbers = ("expected_loss", "ci_low", "ci_high", "cvar")
    rows = checked(frame, "front", ("name", *numbers, "on_front", "chosen"), numbers)
    for name in ("on_front", "chosen"):
        rows[name] = flags(rows, name, default=False)
    known = rows[rows["expected_loss"].notna() & rows["cvar"].notna()]
    if known.empty:
        return blank_sheet(title=title, theme=theme)
    ordered = known.sort_values(["chosen", "on_front", "expected_loss"], ascending=[False, False, True], kind="stable")
    drawn = ordered.head(MOST_ROWS // 2).copy()
    kinds = [
        _KINDS[0] if chosen else _KINDS[1] if best else _KINDS[2]
        for chosen, best in zip(drawn["chosen"], drawn["on_front"], strict=True)
    ]
    drawn = drawn.assign(
        kind=kinds,
        size=[_SIZES[kind] for kind in kinds],
        loss=[number_text(round(value, 2)) for value in drawn["expected_loss"]],
        tail=[number_text(round(value, 2)) for value in drawn["cvar"]],
        interval=[
            f"{number_text(round(a, 2))} to {number_text(round(b, 2))}"
            for a, b in zip(drawn["ci_low"], drawn["ci_high"], strict=True)
        ],
    )
    x, y = _axes(drawn, unit)
    named = _named(drawn)
    layers = [*_points(drawn, x, y, unit, theme), *_names(named, drawn, x, y, theme)]
    chart = alt.layer(*layers).properties(width=_WIDTH, height=_HEIGHT)
    notes = []
    count = int((drawn["kind"] != _KINDS[2]).sum())
    if count > len(named):
        notes.append(f"Named: {len(named)} of {count} on the front.")
    if len(ordered) > len(drawn):
        notes.append(f"Not drawn: {counted(len(ordered) - len(drawn), 'candidate')} beaten by another.")
    return sheet(chart, title=title, description=_words(ordered, unit), theme=theme, width=_WIDTH + 60, notes=notes)


def _named(drawn: DataFrame) -> DataFrame:
    """The chosen candidate and the front, of a crowded one some from end to end."""
    rows = drawn[drawn["kind"] != _KINDS[2]].sort_values("expected_loss", kind="stable")
    if len(rows) <= _MOST_NAMES:
        return rows
    spread = {round(number * (len(rows) - 1) / (_MOST_NAMES - 1)) for number in range(_MOST_NAMES)}
    kept = [place in spread or chosen for place, chosen in enumerate(rows["chosen"])]
    return rows[kept]


def _axes(drawn: DataFrame, unit: str) -> tuple[NumberAxis, NumberAxis]:
    # Intervals of beaten candidates may be wide: they are cut rather than let them squeeze everything else.
    near = drawn[drawn["kind"] != _KINDS[2]]
    across = span(drawn["expected_loss"], near["ci_low"], near["ci_high"], margin=0.08)
    up = span(drawn["cvar"], margin=0.1)
    titles = with_unit("Expected loss", unit), with_unit("Mean of the worst 5 % of outcomes (CVaR 95)", unit)
    return NumberAxis(*across, title=titles[0]), NumberAxis(*up, title=titles[1])


def _points(drawn: DataFrame, x: NumberAxis, y: NumberAxis, unit: str, theme: Theme) -> list[Chart]:
    import altair as alt

    layers: list[Chart] = []
    best = drawn[drawn["on_front"]].sort_values("expected_loss", kind="stable")
    if len(best) > 1:
        line = alt.Chart(best, name="front_line").mark_line(color=theme.series_colour(0), strokeWidth=1.4, opacity=0.7)
        layers.append(line.encode(x=x.x("expected_loss"), y=y.y("cvar"), order=alt.Order("expected_loss:Q")))
    paints = dict(zip(_KINDS, (theme.series_colour(5), theme.series_colour(0), theme.rest), strict=True))
    known = drawn[drawn["ci_low"].notna() & drawn["ci_high"].notna()]
    known = known.assign(
        start=known["ci_low"].clip(lower=x.low),
        end=known["ci_high"].clip(upper=x.high),
        paint=known["kind"].map(paints),
    )
    legend = alt.Legend(title=None, orient="top", direction="horizontal", symbolStrokeWidth=1.8)
    if len(known):
        rules = alt.Chart(known, name="intervals").mark_rule(strokeWidth=1.2, opacity=0.5)
        layers.append(
            rules.encode(x=x.x("start"), x2="end:Q", y=y.y("cvar"), color=alt.Color("paint:N", scale=None, legend=None))
        )

    present = [kind for kind in _KINDS if kind in set(drawn["kind"])]

    def scale(look: dict[str, str]) -> alt.Scale:
        return alt.Scale(domain=present, range=[look[kind] for kind in present])

    dots = alt.Chart(drawn.iloc[::-1], name="points").mark_point(strokeWidth=1.6, opacity=1)
    tips = tooltips(
        name="Plan", loss=with_unit("Expected loss", unit), interval="Interval", tail=with_unit("CVaR 95", unit)
    )
    layers.append(
        dots.encode(
            x=x.x("expected_loss"),
            y=y.y("cvar"),
            stroke=alt.Stroke("kind:N", scale=scale(paints), legend=legend),
            fill=alt.Fill("kind:N", scale=scale(paints | {_KINDS[2]: theme.background}), legend=legend),
            shape=alt.Shape(
                "kind:N", scale=scale(dict(zip(_KINDS, ("diamond", "circle", "circle"), strict=True))), legend=legend
            ),
            size=alt.Size("size:Q", scale=None),
            tooltip=tips,
        )
    )
    return layers


def _names(named: DataFrame, drawn: DataFrame, x: NumberAxis, y: NumberAxis, theme: Theme) -> list[Chart]:
    """Names beside their points; a thin line leads to one that had to move away."""
    import altair as alt
    import pandas as pd

    if named.empty:
        return []

    def spots(rows: DataFrame) -> list[tuple[float, float]]:
        across = x.share(rows["expected_loss"]) * _WIDTH
        down = (1 - y.share(rows["cvar"])) * _HEIGHT
        return list(zip(across, down, strict=True))

    points = spots(named)
    texts = [wrapped(str(name), _LETTERS) for name in named["name"]]
    bold = 1.06
    sizes = [(max(map(text_width, text)) * bold, float(_LINE * len(text))) for text in texts]
    links = sorted(spots(drawn[drawn["on_front"]]))
    between = [
        (one[0] + (two[0] - one[0]) * share, one[1] + (two[1] - one[1]) * share)
        for one, two in pairwise(links)
        for share in (0.25, 0.5, 0.75)
    ]
    rest = spots(drawn[~drawn["name"].isin(named["name"])].head(400))
    places = label_places(points, sizes, [*between, *rest], (_WIDTH, _HEIGHT))
    data = pd.DataFrame(
        {
            "text": ["\n".join(text) for text in texts],
            "at": [_anchor(place.box, point[0])[0] for place, point in zip(places, points, strict=True)],
            "align": [_anchor(place.box, point[0])[1] for place, point in zip(places, points, strict=True)],
            "top": [place.box.top for place in places],
            "from_x": [point[0] for point in points],
            "from_y": [point[1] for point in points],
            "to_x": [
                min(max(point[0], place.box.left), place.box.right) for point, place in zip(points, places, strict=True)
            ],
            "to_y": [
                min(max(point[1], place.box.top), place.box.bottom) for point, place in zip(points, places, strict=True)
            ],
            "weight": ["bold" if chosen else "normal" for chosen in named["chosen"]],
        }
    )
    layers: list[Chart] = []
    led = data[[place.led for place in places]]
    if len(led):
        rules = alt.Chart(led, name="leaders").mark_rule(color=theme.rest, strokeWidth=0.8)
        layers.append(rules.encode(x=pixels_across("from_x"), x2="to_x:Q", y=pixels_down("from_y"), y2="to_y:Q"))
    looks: list[tuple[Literal["bold", "normal"], Literal["left", "center", "right"]]] = [
        (weight, align) for weight in ("bold", "normal") for align in ("left", "center", "right")
    ]
    for weight, align in looks:
        rows = data[(data["weight"] == weight) & (data["align"] == align)]
        if rows.empty:
            continue
        name = ("chosen_name" if weight == "bold" else "names") + f"_{align}"
        words = alt.Chart(rows, name=name).mark_text(
            align=align, baseline="top", lineBreak="\n", lineHeight=_LINE, fontWeight=weight
        )
        layers.append(words.encode(x=pixels_across("at"), y=pixels_down("top"), text="text:N"))
    return layers


def _anchor(box: Box, across: float) -> tuple[float, Literal["left", "center", "right"]]:
    """Where a name is fixed in its box: at the side of its point, for the box is a little wider than the name."""
    if box.left > across:
        return box.left, "left"
    if box.right < across:
        return box.right, "right"
    return (box.left + box.right) / 2, "center"


def _words(ordered: DataFrame, unit: str) -> str:
    best = ordered[ordered["on_front"]]
    lie = "lies" if len(best) == 1 else "lie"
    parts = [f"Of {counted(len(ordered), 'candidate')}, {len(best):,} {lie} on the front."]
    if ordered["chosen"].any():
        row = ordered[ordered["chosen"]].iloc[0]
        loss, tail = amount(row["expected_loss"], unit), amount(row["cvar"], unit)
        parts.insert(0, f"Chosen: {row['name']}, expected loss {loss}, worst 5 % {tail}.")
    if len(best):
        safest = best.sort_values("cvar", kind="stable").iloc[0]
        parts.append(f"Safest: {safest['name']}, worst 5 % {amount(safest['cvar'], unit)}.")
    return " ".join(parts)
