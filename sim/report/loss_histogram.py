"""How often a plan loses how much: a histogram for each plan, one below the other."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

from sim.report.lettering import amount, number_text
from sim.report.plan_marks import all_whole, mark_of, of_plans, shown
from sim.report.plan_rows import PlanRows, plan_rows
from sim.report.theme import LIGHT, Theme
from sim.report.vega_lite import Across, Sign, given, key, picture, pixels, room, tips, told, view

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sim.report.facts import PlanFacts
    from sim.report.sheet import Drawing
    from sim.report.vega_lite import Row, View

_BAND: Final = 54
_GAP: Final = 20
_LEAST_HEIGHT: Final = 1.0
"""Of a bar that stands for anything at all, so that rare losses are seen."""
_PERCENT: Final = 100
_MARK_SIZE: Final = 90
_FAR: Final = 0.55
"""A highest bar beyond this share of the bins leaves more room to the left of it."""


def loss_histogram(
    plans: Sequence[PlanFacts],
    edges: Sequence[float],
    currency: str,
    *,
    theme: Theme = LIGHT,
    width: float = 640.0,
) -> Drawing:
    """Share of the replications of each plan with a loss from each edge to the next; all plans on one scale.

    Parameters
    ----------
    plans
        The one that loses least first.
    edges
        Of the bins, ascending; one more than there are bins.
    currency
        Code of the currency.
    theme
        The look.
    width
        Of the whole picture, in pixels.

    Raises
    ------
    ValueError
        A histogram has another number of bins.
    """
    top_share = max(max(plan.histogram) for plan in plans) or 1.0
    ends = sum(plan.histogram[0] + plan.histogram[-1] for plan in plans) > 0
    beyond = theme.series_colour(5)
    signs = [Sign("share of the cases", "square", theme.series_colour(4), theme.series_colour(4), size=130)]
    if ends:
        signs.append(Sign("first and last bar: with all that lies beyond", "square", beyond, beyond, size=130))
    signs.append(Sign("average", "triangle-up", theme.ink, theme.ink, size=_MARK_SIZE))
    key_views, top = key(signs, room(width))
    rows = plan_rows([plan.name for plan in plans], width, band=_BAND, gap=_GAP, top=top + 12)
    x = Across(edges[0], edges[-1], rows.left + 7, room(width) - 20, f"Loss in one case, {currency}")
    bars = [
        bar for place, plan in enumerate(plans) for bar in _bars(plan, edges, rows, place, top_share, currency, theme)
    ]
    return picture(
        [
            *key_views,
            *x.grid(rows.stretches, theme),
            *rows.names_drawn(best=0 if len(plans) > 1 else None),
            *_drawn(bars, plans, rows, x, theme),
            *_highest(plans, rows, x, theme),
        ],
        title=_title(plans, edges, currency),
        description=_words(plans, edges, currency),
        theme=theme,
        width=width,
        height=rows.bottom,
        notes=["All plans on one scale."],
    )


def loss_histogram_table(
    plans: Sequence[PlanFacts], edges: Sequence[float], currency: str
) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Headings and rows behind the chart: one row a bin, one column a plan."""
    headings = (f"Loss, {currency}", *(f"{plan.name}, share of cases" for plan in plans))
    rows = []
    for place in range(len(edges) - 1):
        shares = (plan.histogram[place] for plan in plans)
        rows.append((_bin_text(edges, place), *(f"{share * _PERCENT:.2f} %" for share in shares)))
    return headings, tuple(rows)


def percent_text(share: float) -> str:
    """A share in percent, with a digit more where it is small."""
    percent = share * _PERCENT
    return f"{percent:.0f} %" if percent >= 10 or percent == 0 else f"{percent:.2g} %"  # noqa: PLR2004 - two digits


def _bin_text(edges: Sequence[float], place: int, currency: str = "") -> str:
    """Losses of a bin in words; the first and the last have one end only."""
    unit = f"{currency} " if currency else ""
    low, high = number_text(edges[place]), number_text(edges[place + 1])
    if len(edges) == 2:  # noqa: PLR2004 - a single bin holds everything
        return "any amount"
    if place == 0:
        return f"less than {unit}{high}"
    return f"{unit}{low} or more" if place == len(edges) - 2 else f"{unit}{low} to {high}"


def _bars(
    plan: PlanFacts,
    edges: Sequence[float],
    rows: PlanRows,
    place: int,
    top_share: float,
    currency: str,
    theme: Theme,
) -> list[Row]:
    base = rows.tops[place] + rows.band
    found = []
    for number, ((low, high), share) in enumerate(zip(pairwise(edges), plan.histogram, strict=True)):
        if share <= 0:
            continue
        outermost = number in (0, len(plan.histogram) - 1)
        found.append(
            {
                "plan": plan.name,
                "low": low,
                "high": high,
                "top": base - max(_LEAST_HEIGHT, rows.band * share / top_share),
                "base": base,
                "colour": theme.series_colour(5 if outermost else 4),
                "told": _bin_text(edges, number, currency),
                "share": f"{share * _PERCENT:.2f} %",
            }
        )
    return found


def _drawn(bars: Sequence[Row], plans: Sequence[PlanFacts], rows: PlanRows, x: Across, theme: Theme) -> list[View]:
    whole = all_whole(plan.loss.value for plan in plans)
    marks: list[Row] = [
        {
            "plan": plan.name,
            "loss": min(max(plan.loss.value, x.low), x.high),
            "down": rows.tops[place] + rows.band + 5,
            "base": rows.tops[place] + rows.band,
            "begin": x.left,
            "end": x.right,
            "fill": mark_of(plan, theme).fill,
            "ink": theme.ink,
            "told": shown(plan.loss.value, whole=whole),
        }
        for place, plan in enumerate(plans)
    ]
    return [
        view(
            "bars",
            {"type": "rect", "stroke": theme.background, "strokeWidth": 0.6},
            bars,
            x=x.field("low"),
            x2={"field": "high"},
            y=pixels("top"),
            y2={"field": "base"},
            color=given("colour"),
            tooltip=tips(plan="Plan", told="Loss", share="Share of cases"),
        ),
        view(
            "baselines",
            {"type": "rule", "color": theme.muted, "strokeWidth": 1},
            marks,
            x=pixels("begin"),
            x2={"field": "end"},
            y=pixels("base"),
        ),
        view(
            "averages",
            {"type": "point", "shape": "triangle-up", "size": _MARK_SIZE, "filled": True, "opacity": 1}
            | {"color": theme.ink},
            marks,
            x=x.field("loss"),
            y=pixels("down"),
            tooltip=tips(plan="Plan", told="Average loss"),
        ),
    ]


def _highest(plans: Sequence[PlanFacts], rows: PlanRows, x: Across, theme: Theme) -> list[View]:
    """What the highest bar of each plan stands for: at the end of its row that this bar is further from."""
    found: list[Row] = []
    for place, plan in enumerate(plans):
        top = max(plan.histogram)
        beyond = plan.histogram.index(top) >= _FAR * len(plan.histogram)
        row = {"left": x.left + 4, "right": x.right, "down": rows.tops[place] + 5, "beyond": beyond}
        found.append(row | {"text": f"highest bar {percent_text(top)}"})
    views = []
    for end, align, beyond in (("right", "right", False), ("left", "left", True)):
        texts = [row for row in found if row["beyond"] == beyond]
        where = {"x": pixels(end), "y": pixels("down"), "text": told("text")}
        look = {"type": "text", "align": align, "baseline": "middle"}
        rim = {"stroke": theme.background, "strokeWidth": 4, "color": theme.background}
        if texts:
            views += [
                view(f"highest_{end}_rim", look | rim, texts, **where),
                view(f"highest_{end}", look, texts, **where),
            ]
    return views


def _most_often(plan: PlanFacts, edges: Sequence[float], currency: str) -> str:
    return _bin_text(edges, max(range(len(plan.histogram)), key=lambda place: plan.histogram[place]), currency)


def _title(plans: Sequence[PlanFacts], edges: Sequence[float], currency: str) -> str:
    return f"{plans[0].name} most often loses {_most_often(plans[0], edges, currency)}"


def _words(plans: Sequence[PlanFacts], edges: Sequence[float], currency: str) -> str:
    parts = [
        f"{plan.name} {_most_often(plan, edges, currency)} ({percent_text(max(plan.histogram))} of the cases; "
        f"{amount(plan.loss.value, currency)} on average)"
        for plan in plans
    ]
    return f"Loss that is most frequent: {of_plans(parts)}."
