"""Expected loss of every plan with its interval, and what it loses when things go wrong."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Final

from sim.report.lettering import amount, text_width
from sim.report.plan_marks import (
    LYING,
    UPRIGHT,
    all_whole,
    cents_text,
    choice,
    extent,
    interval_text,
    mark_of,
    marks_meant,
    of_plans,
    shown,
)
from sim.report.plan_rows import plan_rows
from sim.report.theme import LIGHT, TEXT_SIZE, Theme
from sim.report.vega_lite import Across, Sign, given, key, picture, pixels, room, tips, told, view

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sim.report.facts import PlanFacts
    from sim.report.sheet import Drawing
    from sim.report.vega_lite import Row, View

_BAND: Final = 20
_GAP: Final = 12
_TAIL_SIZE: Final = 200
_CLEAR: Final = 9
"""Pixels between a mark and its amount."""
_WORST: Final = "average of the worst 5 % of cases"


def plan_losses(plans: Sequence[PlanFacts], currency: str, *, theme: Theme = LIGHT, width: float = 640.0) -> Drawing:
    """Mean loss of each plan with its interval, the best on top, and the mean of its worst 5 % of replications.

    Parameters
    ----------
    plans
        The one that loses least first.
    currency
        Code of the currency.
    theme
        The look.
    width
        Of the whole picture, in pixels.
    """
    signs = [
        *(Sign(mark.meaning, mark.shape, mark.fill, mark.stroke, size=mark.size) for mark in marks_meant(plans, theme)),
        Sign("its confidence interval", LYING, theme.ink, theme.ink),
        Sign(_WORST, UPRIGHT, _tail_colour(theme), _tail_colour(theme), size=_TAIL_SIZE * 0.8),
    ]
    key_views, top = key(signs, room(width))
    rows = plan_rows([plan.name for plan in plans], width, band=_BAND, gap=_GAP, top=top + 12)
    whole = all_whole(value for plan in plans for value in (plan.loss.value, plan.tail.value))
    x = _axis(plans, currency, rows.left, room(width), whole=whole)
    drawn = [_row(plan, rows.middle(place), x, theme, whole=whole) for place, plan in enumerate(plans)]
    return picture(
        [
            *key_views,
            *x.grid(rows.stretches, theme),
            *rows.names_drawn(best=0 if len(plans) > 1 else None),
            *_marks(drawn, x, theme),
        ],
        title=choice(plans, currency),
        description=_words(plans, currency),
        theme=theme,
        width=width,
        height=rows.bottom,
    )


def plan_losses_table(plans: Sequence[PlanFacts], currency: str) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Headings and rows behind the chart, one row a plan."""
    headings = (
        "Plan",
        f"Average loss, {currency}",
        "Confidence interval",
        "More than the best",
        "Worst 5 % on average",
        "Worst 1 % on average",
    )
    return headings, tuple(
        (
            plan.name,
            cents_text(plan.loss.value),
            interval_text(plan.loss),
            "" if plan.more is None else cents_text(plan.more.value),
            cents_text(plan.tail.value),
            cents_text(plan.tail_99.value),
        )
        for plan in plans
    )


def _tail_colour(theme: Theme) -> str:
    return theme.series_colour(5)


def _axis(plans: Sequence[PlanFacts], currency: str, left: float, right: float, *, whole: bool) -> Across:
    """Axis of losses from the names to the right, with room for the amount at the last mark."""
    low, high = extent(
        value for plan in plans for value in (plan.loss.value, plan.loss.low, plan.loss.high, plan.tail.value)
    )
    wide = max(text_width(shown(plan.tail.value, whole=whole)) for plan in plans)
    return Across(low, high, left + 7, right - wide - _CLEAR - 4, f"Loss, {currency}")


def _row(plan: PlanFacts, down: float, x: Across, theme: Theme, *, whole: bool) -> Row:
    """What is drawn of a plan, with the places of its amounts."""
    mark = mark_of(plan, theme)
    known = isfinite(plan.loss.low) and isfinite(plan.loss.high)
    low, high = (plan.loss.low, plan.loss.high) if known else (plan.loss.value, plan.loss.value)
    loss, tail = shown(plan.loss.value, whole=whole), shown(plan.tail.value, whole=whole)
    begin, end, stroke = x.at(low) - _CLEAR, x.at(high) + _CLEAR, x.at(plan.tail.value)
    wide = text_width(loss, TEXT_SIZE + 1) * 1.06
    if stroke - _CLEAR > end + wide or plan.tail.value <= high:
        place, align = end, "left"
    elif begin - wide > x.left - 6:
        place, align = begin, "right"
    else:
        place, align, loss = end, "left", ""
    return {
        "plan": plan.name,
        "down": down,
        "loss": plan.loss.value,
        "low": low,
        "high": high,
        "tail": plan.tail.value,
        "shape": mark.shape,
        "fill": mark.fill,
        "stroke": mark.stroke,
        "size": mark.size,
        "best": plan.more is None,
        "loss_text": loss,
        "loss_at": place,
        "align": align,
        "tail_text": tail if plan.tail.value > high else "",
        "tail_at": stroke + _CLEAR,
        "told_loss": cents_text(plan.loss.value),
        "told_interval": interval_text(plan.loss),
        "told_tail": cents_text(plan.tail.value),
    }


def _marks(rows: Sequence[Row], x: Across, theme: Theme) -> list[View]:
    pointed = tips(plan="Plan", told_loss="Average loss", told_interval="Interval", told_tail="Worst 5 % on average")
    y = pixels("down")
    tail = {"x": x.field("tail"), "y": y}
    views = [
        view(
            "links",
            {"type": "rule", "strokeWidth": 1, "color": theme.rest, "strokeDash": [1, 3]},
            rows,
            x=x.field("loss"),
            x2={"field": "tail"},
            y=y,
        ),
        view(
            "intervals",
            {"type": "rule", "strokeWidth": 3},
            rows,
            x=x.field("low"),
            x2={"field": "high"},
            y=y,
            color=given("stroke"),
            tooltip=pointed,
        ),
        view(
            "tails",
            {"type": "point", "shape": UPRIGHT, "size": _TAIL_SIZE, "filled": True, "opacity": 1}
            | {"color": _tail_colour(theme)},
            rows,
            **tail,
            tooltip=pointed,
        ),
        view(
            "averages",
            {"type": "point", "filled": False, "strokeWidth": 1.8, "opacity": 1},
            rows,
            x=x.field("loss"),
            y=y,
            shape=given("shape"),
            fill=given("fill"),
            stroke=given("stroke"),
            size={"field": "size", "type": "quantitative", "scale": None, "legend": None},
            tooltip=pointed,
        ),
    ]
    return [*views, *_amounts(rows, theme)]


def _amounts(rows: Sequence[Row], theme: Theme) -> list[View]:
    """Amounts beside their marks; a rim in the colour of the paper keeps them clear of the grid."""
    views = []
    for side in ("left", "right"):
        for best in (True, False):
            found = [row for row in rows if row["align"] == side and row["best"] == best and row["loss_text"]]
            look = {"type": "text", "align": side, "baseline": "middle", "fontSize": TEXT_SIZE + 1}
            look |= {"fontWeight": "bold" if best else "normal"}
            where = {"x": pixels("loss_at"), "y": pixels("down"), "text": told("loss_text")}
            name = f"amounts_{side}_{'best' if best else 'others'}"
            if found:
                rim = {"stroke": theme.background, "strokeWidth": 4, "color": theme.background}
                views += [view(f"{name}_rim", look | rim, found, **where), view(name, look, found, **where)]
    look = {"type": "text", "align": "left", "baseline": "middle", "color": theme.muted}
    tails = [row for row in rows if row["tail_text"]]
    return [*views, view("tail_amounts", look, tails, x=pixels("tail_at"), y=pixels("down"), text=told("tail_text"))]


def _words(plans: Sequence[PlanFacts], currency: str) -> str:
    best = plans[0]
    parts = [f"{choice(plans, currency)}."]
    if isfinite(best.loss.low):
        parts.append(f"Its interval is {interval_text(best.loss)}.")
    parts.append(f"In the worst 5 % of cases it loses {amount(best.tail.value, currency)} on average.")
    others = [f"{plan.name} {amount(plan.loss.value, currency)}" for plan in plans[1:]]
    if others:
        parts.append(f"The others on average: {of_plans(others)}.")
    return " ".join(parts)
