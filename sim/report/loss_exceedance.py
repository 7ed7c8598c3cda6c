"""How probable it is to lose more than an amount: a line for each plan, with room for the rare and dear."""

from __future__ import annotations

import json
from math import log10
from typing import TYPE_CHECKING, Final

from sim.report.lettering import amount, shortened, text_width
from sim.report.loss_histogram import percent_text
from sim.report.plan_marks import cents_text, extent, of_plans
from sim.report.theme import DASHES, LIGHT, Theme
from sim.report.vega_lite import NARROW, Across, Sign, key, picture, pixels, room, told, view

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sim.report.facts import Curve, PlanFacts
    from sim.report.sheet import Drawing
    from sim.report.vega_lite import Row, View

_HEIGHT: Final = 280
_NARROW_HEIGHT: Final = 240
_COLOURED: Final = 7
_LEVELS: Final = (1.0, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.001, 0.0001, 0.00001, 0.000001)
"""Shares that a line crosses the plot at, as far down as the curves go."""
_LEAST: Final = 0.01
"""The axis goes down to this share at least."""
_APART: Final = 1.3
_LINE_SIGN: Final = 30
_THICK: Final = 3.2
_THIN: Final = 1.8
_LETTER: Final = 6.2
"""Width of an average letter of the key, in pixels."""
_TABLE_LEVELS: Final = (0.5, 0.25, 0.1, 0.05, 0.02, 0.01, 0.005, 0.001)


def loss_exceedance(
    plans: Sequence[PlanFacts], currency: str, *, theme: Theme = LIGHT, width: float = 640.0
) -> Drawing:
    """Share of the replications that lose more than an amount, on a logarithmic axis: one line a plan.

    Parameters
    ----------
    plans
        The one that loses least first; the first seven have colours and dashes, the others are grey.
    currency
        Code of the currency.
    theme
        The look.
    width
        Of the whole picture, in pixels.
    """
    floor = _floor(plans)
    levels = _levels(floor)
    key_views, top = _key(plans, room(width), theme)
    height = top + 12 + (_NARROW_HEIGHT if width < NARROW else _HEIGHT)
    left = max(text_width(_often(level)) for level in levels) + 8
    depth = (height - top - 12) / log10(floor)
    points = [point for plan in reversed(plans) for point in _points(plan, floor, top + 12, depth)]
    low, high = extent(point["at"] for point in points)
    x = Across(low, high, left, room(width) - 20, f"Loss of more than, {currency}")
    ruled: list[Row] = [
        {"text": _often(level), "down": top + 12 + log10(level) * depth, "left": left, "right": x.right, "at": left - 8}
        for level in levels
    ]
    return picture(
        [
            *key_views,
            *_rules(ruled, theme),
            *x.grid([(top + 12, height)], theme),
            *_lines(points, plans, x, theme),
        ],
        title=_title(plans[0], currency),
        description=_words(plans, currency),
        theme=theme,
        width=width,
        height=height,
        notes=["How often a case loses more than an amount; further down is rarer."],
    )


def loss_exceedance_table(
    plans: Sequence[PlanFacts], currency: str
) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Headings and rows behind the chart: for shares of the cases the loss that they exceed, one column a plan."""
    headings = ("Share of cases", *(f"{plan.name} loses more than, {currency}" for plan in plans))
    rows = [
        (percent_text(level), *(_exceeded(plan.exceedance, level) for plan in plans))
        for level in _TABLE_LEVELS
        if any(_exceeded(plan.exceedance, level) for plan in plans)
    ]
    return headings, tuple(rows)


def _exceeded(curve: Curve, level: float) -> str:
    """The loss that a share of the cases exceeds: the largest given one that at least as many exceed."""
    found = [at for at, share in zip(curve.at, curve.value, strict=True) if share >= level]
    return cents_text(found[-1] if found else curve.at[0]) if min(curve.value) <= level else ""


def _floor(plans: Sequence[PlanFacts]) -> float:
    """Lower end of the axis: the smallest share that any curve gives."""
    shares = [share for plan in plans for share in plan.exceedance.value if share > 0]
    return min([_LEAST, *shares])


def _levels(floor: float) -> list[float]:
    """Shares that are named: round ones, and the one at which the axis ends, each clear of the next."""
    found = [level for level in _LEVELS if level > floor * _APART]
    return [*found, floor]


def _often(level: float) -> str:
    return "every case" if level == 1 else f"1 in {round(1 / level):,}"


def _points(plan: PlanFacts, floor: float, top: float, depth: float) -> list[Row]:
    """Points of a line: from certainty down to the share at which the axis ends, or to the worst loss of all."""
    curve = plan.exceedance
    ends = [(curve.at[0], 1.0)]
    for at, share in zip(curve.at, curve.value, strict=True):
        if ends[-1][1] > floor and (at, share) != ends[-1]:
            ends.append((at, max(share, floor)))
    return [{"plan": plan.name, "at": at, "share": share, "down": top + log10(share) * depth} for at, share in ends]


def _colours(plans: Sequence[PlanFacts], theme: Theme) -> list[str]:
    return [theme.series_colour(place) if place < _COLOURED else theme.rest for place in range(len(plans))]


def _dashes(plans: Sequence[PlanFacts]) -> list[list[int]]:
    return [list(DASHES[place]) if place < _COLOURED else [1, 0] for place in range(len(plans))]


def _key(plans: Sequence[PlanFacts], width: float, theme: Theme) -> tuple[list[View], float]:
    """Names of the plans beside a piece of their line."""
    colours, dashes = _colours(plans, theme), _dashes(plans)
    named = [plan.name for plan in plans[:_COLOURED]]
    if len(plans) > _COLOURED:
        named.append(f"{len(plans) - _COLOURED} other plans")
    letters = int((width - _LINE_SIGN) / _LETTER)
    signs = [
        Sign(shortened(name, letters), "M0,0", colour, colour) for name, colour in zip(named, colours, strict=False)
    ]
    views, height = key(signs, width, symbol=_LINE_SIGN)
    pieces: list[Row] = [
        {
            "begin": row["at"] - _LINE_SIGN / 2 + 2,
            "end": row["at"] + _LINE_SIGN / 2 - 2,
            "down": row["down"],
            "plan": name,
        }
        for row, name in zip(views[0]["data"]["values"], (plan.name for plan in plans), strict=False)
    ]
    lines = view(
        "key_lines",
        {"type": "rule", "strokeWidth": 2.4},
        pieces,
        x=pixels("begin"),
        x2={"field": "end"},
        y=pixels("down"),
        color=_by_plan(plans, colours),
        strokeDash=_by_plan(plans, dashes),
    )
    return [lines, *views[1:]], height


def _by_plan(plans: Sequence[PlanFacts], looks: Sequence[object]) -> dict[str, object]:
    scale = {"type": "ordinal", "domain": [plan.name for plan in plans], "range": list(looks)}
    return {"field": "plan", "type": "nominal", "scale": scale, "legend": None}


def _rules(levels: Sequence[Row], theme: Theme) -> list[View]:
    y = pixels("down")
    return [
        view(
            "levels",
            {"type": "rule", "color": theme.grid, "strokeWidth": 1},
            levels,
            x=pixels("left"),
            x2={"field": "right"},
            y=y,
        ),
        view(
            "level_names",
            {"type": "text", "align": "right", "baseline": "middle"},
            levels,
            x=pixels("at"),
            y=y,
            text=told("text"),
        ),
    ]


def _lines(points: Sequence[Row], plans: Sequence[PlanFacts], x: Across, theme: Theme) -> list[View]:
    where = {"x": x.field("at"), "y": pixels("down")}
    tip = [
        {"field": "plan", "type": "nominal", "title": "Plan"},
        {"field": "share", "type": "quantitative", "title": "Share of cases", "format": ".3~%"},
        {"field": "at", "type": "quantitative", "title": "Loses more than", "format": ",.2f"},
    ]
    return [
        view(
            "lines",
            {"type": "line", "strokeJoin": "round"},
            points,
            **where,
            order={"field": "down", "type": "quantitative"},
            color=_by_plan(plans, _colours(plans, theme)),
            strokeDash=_by_plan(plans, _dashes(plans)),
            strokeWidth={"condition": {"test": f"datum.plan === {json.dumps(plans[0].name)}", "value": _THICK}}
            | {"value": _THIN},
        ),
        view("points", {"type": "point", "filled": True, "size": 60, "opacity": 0}, points, **where, tooltip=tip),
    ]


def _title(plan: PlanFacts, currency: str) -> str:
    return f"In 1 case of 20, {plan.name} loses more than {amount(plan.edge.value, currency)}"


def _words(plans: Sequence[PlanFacts], currency: str) -> str:
    parts = [
        f"{plan.name} {amount(plan.edge.value, currency)} in 1 case of 20 and {amount(plan.edge_99.value, currency)} "
        "in 1 of 100"
        for plan in plans
    ]
    return f"Loss that is exceeded: {of_plans(parts)}."
