"""How far the losses of every plan lie apart: the middle half, nine tenths of them, and the worst."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sim.report.columns import span
from sim.report.lettering import amount
from sim.report.plan_marks import UPRIGHT, all_whole, cents_text, mark_of, marks_meant, of_plans, shown
from sim.report.plan_rows import PlanRows, plan_rows
from sim.report.theme import LIGHT, Theme, mixed
from sim.report.vega_lite import Across, Sign, given, key, picture, pixels, room, tips, view

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sim.report.facts import Curve, PlanFacts
    from sim.report.sheet import Drawing
    from sim.report.vega_lite import Row, View

_BAND: Final = 22
_GAP: Final = 13
_THICK: Final = 14
_TAIL_SIZE: Final = 190
_MEDIAN: Final = "M-0.15,-1h0.3v2h-0.3Z"
_ENDS: Final = {"low": 0.05, "quarter": 0.25, "median": 0.5, "three_quarters": 0.75, "high": 0.95}


def loss_spread(plans: Sequence[PlanFacts], currency: str, *, theme: Theme = LIGHT, width: float = 640.0) -> Drawing:
    """Quantiles of the loss of each plan, with its mean and the mean of its worst 5 %.

    Parameters
    ----------
    plans
        The one that loses least first; with quantiles at 0.05, 0.25, 0.5, 0.75 and 0.95.
    currency
        Code of the currency.
    theme
        The look.
    width
        Of the whole picture, in pixels.
    """
    bar, tail = _bar_colour(theme), theme.series_colour(5)
    signs = [
        Sign("middle half of the cases", "square", bar, bar, size=150),
        Sign("9 cases in 10", "M-1,-0.15h2v0.3h-2Z", theme.muted, theme.muted, size=150),
        Sign("half lose less, half more", _MEDIAN, theme.ink, theme.ink, size=150),
        *(
            Sign(mark.meaning, mark.shape, mark.fill, mark.stroke, size=mark.size * 0.7)
            for mark in marks_meant(plans, theme)
        ),
        Sign("average of the worst 5 % of cases", UPRIGHT, tail, tail, size=_TAIL_SIZE * 0.8),
    ]
    key_views, top = key(signs, room(width))
    rows = plan_rows([plan.name for plan in plans], width, band=_BAND, gap=_GAP, top=top + 12)
    found = [_row(plan, place, rows, theme) for place, plan in enumerate(plans)]
    ends = [[row[end] for row in found] for end in ("low", "high", "loss", "tail")]
    low, high = span(*ends, include=(0.0,), margin=0.0)
    x = Across(low, high, rows.left + 7, room(width) - 20, f"Loss in one case, {currency}")
    return picture(
        [
            *key_views,
            *x.grid(rows.stretches, theme),
            *rows.names_drawn(best=0 if len(plans) > 1 else None),
            *_marks(found, x, theme),
        ],
        title=_title(plans, currency),
        description=_words(plans, currency),
        theme=theme,
        width=width,
        height=rows.bottom,
    )


def loss_spread_table(plans: Sequence[PlanFacts], currency: str) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Headings and rows behind the chart, one row a plan."""
    headings = (
        f"Plan (loss in {currency})",
        "5 % lose less than",
        "25 % lose less than",
        "half lose less than",
        "75 % lose less than",
        "95 % lose less than",
        "Average",
        "Worst 5 % on average",
    )
    return headings, tuple(
        (
            plan.name,
            *(cents_text(quantile(plan.quantiles, share)) for share in _ENDS.values()),
            cents_text(plan.loss.value),
            cents_text(plan.tail.value),
        )
        for plan in plans
    )


def quantile(curve: Curve, share: float) -> float:
    """Loss at a share of the replications that the curve gives.

    Raises
    ------
    ValueError
        The curve does not give it.
    """
    return curve.value[curve.at.index(share)]


def _bar_colour(theme: Theme) -> str:
    return mixed(theme.series_colour(4), theme.background, 0.25)


def _row(plan: PlanFacts, place: int, rows: PlanRows, theme: Theme) -> Row:
    ends = {name: quantile(plan.quantiles, share) for name, share in _ENDS.items()}
    mark = mark_of(plan, theme)
    middle = rows.middle(place)
    return ends | {
        "plan": plan.name,
        "loss": plan.loss.value,
        "tail": plan.tail.value,
        "down": middle,
        "top": middle - _THICK / 2,
        "bottom": middle + _THICK / 2,
        "shape": mark.shape,
        "fill": mark.fill,
        "stroke": theme.background if mark.fill != theme.background else mark.stroke,
        "size": mark.size * 0.7,
        "told_half": f"{cents_text(ends['quarter'])} to {cents_text(ends['three_quarters'])}",
        "told_most": f"{cents_text(ends['low'])} to {cents_text(ends['high'])}",
        "told_median": cents_text(ends["median"]),
        "told_loss": cents_text(plan.loss.value),
        "told_tail": cents_text(plan.tail.value),
    }


def _marks(rows: Sequence[Row], x: Across, theme: Theme) -> list[View]:
    pointed = tips(
        plan="Plan",
        told_half="Middle half",
        told_most="9 cases in 10",
        told_median="Half lose less than",
        told_loss="Average",
        told_tail="Worst 5 % on average",
    )
    y, across = pixels("down"), {"y": pixels("top"), "y2": {"field": "bottom"}}
    points = {"type": "point", "filled": False, "opacity": 1}
    return [
        view(
            "most",
            {"type": "rule", "strokeWidth": 2, "color": theme.muted},
            rows,
            x=x.field("low"),
            x2={"field": "high"},
            y=y,
            tooltip=pointed,
        ),
        view(
            "middle_half",
            {"type": "rect", "color": _bar_colour(theme)},
            rows,
            x=x.field("quarter"),
            x2={"field": "three_quarters"},
            **across,
            tooltip=pointed,
        ),
        view("medians", {"type": "rule", "strokeWidth": 2, "color": theme.ink}, rows, x=x.field("median"), **across),
        view(
            "tails",
            {"type": "point", "shape": UPRIGHT, "size": _TAIL_SIZE, "filled": True, "opacity": 1}
            | {"color": theme.series_colour(5)},
            rows,
            x=x.field("tail"),
            y=y,
            tooltip=pointed,
        ),
        view(
            "averages",
            points | {"strokeWidth": 1.2},
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


def _title(plans: Sequence[PlanFacts], currency: str) -> str:
    best = plans[0]
    low, high = quantile(best.quantiles, 0.05), quantile(best.quantiles, 0.95)
    if low == high:
        return f"{best.name} loses {amount(low, currency)} in nearly every case"
    whole = all_whole((low, high))
    return f"In 9 cases of 10, {best.name} loses {currency} {shown(low, whole=whole)} to {shown(high, whole=whole)}"


def _words(plans: Sequence[PlanFacts], currency: str) -> str:
    parts = [
        f"{plan.name}: half of the cases lose less than {amount(quantile(plan.quantiles, 0.5), currency)}, 1 in 20 "
        f"more than {amount(quantile(plan.quantiles, 0.95), currency)}, the worst 5 % "
        f"{amount(plan.tail.value, currency)} on average"
        for plan in plans
    ]
    return f"How the losses of single cases are spread. {of_plans(parts)}."
