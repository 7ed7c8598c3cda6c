"""Money that is out over time: paid, and not yet come back as goods or refund; a panel for each plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sim.report.lettering import amount, shortened, text_width
from sim.report.months import date_marks, day_text
from sim.report.plan_marks import all_whole, cents_text, extent, of_plans, shown
from sim.report.plan_rows import NAME_SIZE
from sim.report.theme import LIGHT, Theme, mixed
from sim.report.vega_lite import (
    NARROW,
    Sign,
    blank,
    key,
    picture,
    pixels,
    room,
    round_numbers,
    tips,
    told,
    view,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sim.report.facts import CashOut, PlanFacts
    from sim.report.sheet import Drawing
    from sim.report.vega_lite import Row, View

_MOST: Final = 6
_HEIGHT: Final = 92
_NAME: Final = 20
_DATES: Final = 30
_GAP: Final = 24
_LINES: Final = 5
_WIDE: Final = 820
_LETTER: Final = 7.0
"""Width of an average letter of a name in bold, in pixels."""
_THINNED: Final = 75
"""Points of a line that are drawn at most: no eye tells more apart."""


@dataclass(frozen=True, slots=True)
class _Panel:
    """Where a plan is drawn, in pixels, and the scales that all share."""

    left: float
    top: float
    width: float
    days: float
    low: float
    high: float

    @property
    def base(self) -> float:
        return self.top + _HEIGHT

    def across(self, day: float) -> float:
        return round(self.left + day / self.days * self.width, 2)

    def down(self, value: float) -> float:
        return round(self.base - (value - self.low) / (self.high - self.low) * _HEIGHT, 2)


def cash_out(
    plans: Sequence[PlanFacts], start: str, currency: str, *, theme: Theme = LIGHT, width: float = 640.0
) -> Drawing:
    """Median of the money out on each day, and the band that holds 90 % of the replications; at most six plans.

    Parameters
    ----------
    plans
        The one that loses least first; those without money over time are left out.
    start
        The first day (ISO).
    currency
        Code of the currency.
    theme
        The look.
    width
        Of the whole picture, in pixels.
    """
    known = [(plan, plan.cash) for plan in plans if plan.cash is not None and len(plan.cash.days) > 0]
    if not known:
        return blank("Money over time was not looked into.", title="Money out over time", theme=theme, width=width)
    drawn = known[:_MOST]
    colour = theme.series_colour(0)
    signs = [
        Sign("half of the cases have less out, half more", "M-1,-0.22h2v0.44h-2Z", colour, colour, size=150),
        Sign("9 cases in 10 lie within", "square", _band_colour(theme), _band_colour(theme), size=150),
    ]
    key_views, top = key(signs, room(width))
    low, high = extent(value for plan, cash in drawn for value in (*cash.low, *cash.high, plan.peak_cash_out.value))
    lines = _lines(low, high)
    left = max(text_width(shown(line, whole=False)) for line in lines) + 8
    places = _places([cash for _, cash in drawn], left, top + 8, room(width), lines[0], lines[-1])
    views = [*key_views]
    views += _frames(places, lines, start, theme)
    views += _headings(places, [plan for plan, _ in drawn], best=len(plans) > 1 and drawn[0][0] is plans[0])
    views += _curves(drawn, places, theme, start)
    more = f"Drawn are the first {len(drawn)} of {len(plans)} plans." if len(drawn) < len(plans) else ""
    return picture(
        views,
        title=_title(drawn[0][0], currency),
        description=_words(drawn, start, currency),
        theme=theme,
        width=width,
        height=places[-1].base + _DATES,
        notes=[
            f"{currency} paid, and not yet come back as goods or as a refund.",
            "Peak: the most that a case has out at any time, average of all cases.",
            more,
        ],
    )


def cash_out_table(
    plans: Sequence[PlanFacts], start: str, currency: str
) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Headings and rows behind the chart: for each plan the days on which the money out changes most."""
    headings = ("Plan", "Date", f"Half have less out than, {currency}", "5 % have less", "95 % have less")
    rows = []
    for plan in plans[:_MOST]:
        if plan.cash is None:
            continue
        for place in _turns(plan.cash):
            figures = (series[place] for series in (plan.cash.median, plan.cash.low, plan.cash.high))
            rows.append((plan.name, day_text(start, plan.cash.days[place]), *(cents_text(value) for value in figures)))
    return headings, tuple(rows)


def _turns(cash: CashOut) -> list[int]:
    """Days on which any of the three lines has just changed, at most a dozen, evenly chosen."""
    changed = [
        place
        for place in range(len(cash.days))
        if place == 0 or any(line[place] != line[place - 1] for line in (cash.low, cash.median, cash.high))
    ]
    return _spread(changed, 12)


def _spread(places: list[int], most: int) -> list[int]:
    """At most so many of some places, the first and the last among them."""
    if len(places) <= most:
        return places
    return sorted({places[round(number * (len(places) - 1) / (most - 1))] for number in range(most)})


def _band_colour(theme: Theme) -> str:
    return mixed(theme.series_colour(4), theme.background, 0.55)


def _lines(low: float, high: float) -> list[float]:
    """Amounts at the left: the first is no more than the smallest amount, the last no less than the largest."""
    lines = round_numbers(low, high, _LINES)
    if len(lines) < 2:  # noqa: PLR2004 - no step to go on with
        return [low, high]
    step = lines[1] - lines[0]
    below = [lines[0] - step] if lines[0] > low else []
    above = [lines[-1] + step] if lines[-1] < high else []
    return [*below, *lines, *above]


def _places(cashes: Sequence[CashOut], left: float, top: float, width: float, low: float, high: float) -> list[_Panel]:
    """Panels in one to three columns, those of a column one below the other."""
    columns = min(len(cashes), 1 if width < NARROW else 2 if width < _WIDE else 3)
    wide = (width - left - 14 - _GAP * (columns - 1)) / columns
    days = max(max(cash.days) for cash in cashes) or 1.0
    return [
        _Panel(
            left + place % columns * (wide + _GAP),
            top + place // columns * (_HEIGHT + _NAME + _DATES) + _NAME,
            wide,
            days,
            low,
            high,
        )
        for place in range(len(cashes))
    ]


def _frames(places: Sequence[_Panel], lines: Sequence[float], start: str, theme: Theme) -> list[View]:
    """Lines of the grid, amounts at the left and dates below."""
    first = places[0]
    ruled = [
        {"begin": panel.left, "end": panel.left + panel.width, "down": panel.down(line), "ink": theme.grid}
        for panel in places
        for line in lines
    ]
    amounts = [
        {"at": panel.left - 6, "down": panel.down(line), "text": shown(line, whole=False)}
        for panel in places
        if panel.left == first.left
        for line in lines
    ]
    marks = date_marks(start, first.days, first.width)
    dates = [
        {"at": panel.across(day), "down": panel.base + 5, "end": panel.base + 4, "base": panel.base, "text": text}
        for panel in places
        for day, text in marks
    ]
    axes = [{"begin": panel.left, "end": panel.left + panel.width, "down": panel.base} for panel in places]
    text = {"type": "text", "baseline": "middle"}
    at = {"x": pixels("at"), "y": pixels("down"), "text": told("text")}
    ends = {"x": pixels("begin"), "x2": {"field": "end"}, "y": pixels("down")}
    return [
        view("grid", {"type": "rule", "color": theme.grid}, ruled, **ends),
        view("axes", {"type": "rule", "color": theme.muted}, axes, **ends),
        view("amounts", text | {"align": "right"}, amounts, **at),
        view(
            "ticks",
            {"type": "rule", "color": theme.muted},
            dates,
            x=pixels("at"),
            y=pixels("base"),
            y2={"field": "end"},
        ),
        view("dates", {"type": "text", "baseline": "top", "align": "center"}, dates, **at),
    ]


def _headings(places: Sequence[_Panel], plans: Sequence[PlanFacts], *, best: bool) -> list[View]:
    """Over each panel the name of the plan, and at the right its average peak: no curve of single days shows it."""
    whole = all_whole(plan.peak_cash_out.value for plan in plans)
    peaks = [f"peak {shown(plan.peak_cash_out.value, whole=whole)}" for plan in plans]
    rows = [
        {
            "at": panel.left,
            "end": panel.left + panel.width,
            "down": panel.top - 12,
            "text": shortened(plan.name, int((panel.width - text_width(peak, NAME_SIZE)) / _LETTER) - 1),
            "peak": peak,
            "best": best and not place,
        }
        for place, (panel, plan, peak) in enumerate(zip(places, plans, peaks, strict=True))
    ]
    look = {"type": "text", "baseline": "middle", "fontSize": NAME_SIZE}
    names = look | {"align": "left"}
    down = pixels("down")
    return [
        *(
            view(name, names | {"fontWeight": weight}, found, x=pixels("at"), y=down, text=told("text"))
            for name, weight, bold in (("best_name", "bold", True), ("plan_names", "normal", False))
            if (found := [row for row in rows if row["best"] == bold])
        ),
        view("peaks", look | {"align": "right"}, rows, x=pixels("end"), y=down, text=told("peak")),
    ]


def _curves(
    drawn: Sequence[tuple[PlanFacts, CashOut]], places: Sequence[_Panel], theme: Theme, start: str
) -> list[View]:
    rows: list[Row] = []
    for (plan, cash), panel in zip(drawn, places, strict=True):
        rows.extend(
            {
                "plan": plan.name,
                "at": panel.across(cash.days[place]),
                "low": panel.down(cash.low[place]),
                "high": panel.down(cash.high[place]),
                "median": panel.down(cash.median[place]),
                "told": cents_text(cash.median[place]),
                "date": day_text(start, cash.days[place]),
            }
            for place in _spread(list(range(len(cash.days))), _THINNED)
        )
    colour = theme.series_colour(0)
    return [
        view(
            "bands",
            {"type": "area", "color": _band_colour(theme), "opacity": 1},
            rows,
            x=pixels("at"),
            y=pixels("low"),
            y2={"field": "high"},
            detail=told("plan"),
        ),
        view(
            "medians",
            {"type": "line", "color": colour, "strokeWidth": 2.2, "strokeJoin": "round"},
            rows,
            x=pixels("at"),
            y=pixels("median"),
            detail=told("plan"),
        ),
        view(
            "points",
            {"type": "point", "filled": True, "size": 50, "opacity": 0},
            rows,
            x=pixels("at"),
            y=pixels("median"),
            tooltip=tips(plan="Plan", date="Date", told="Half have less out than"),
        ),
    ]


def _title(plan: PlanFacts, currency: str) -> str:
    return f"{plan.name} has {amount(plan.peak_cash_out.value, currency)} out at its peak, on average"


def _words(drawn: Sequence[tuple[PlanFacts, CashOut]], start: str, currency: str) -> str:
    parts = []
    for plan, cash in drawn:
        top = max(cash.median)
        days = [day for day, value in zip(cash.days, cash.median, strict=True) if value == top]
        parts.append(
            f"{plan.name} {amount(top, currency)} from {day_text(start, days[0])} to {day_text(start, days[-1])} "
            f"({amount(plan.peak_cash_out.value, currency)} at the peak of a case, on average)"
        )
    return f"Most money that half of the cases have out: {of_plans(parts)}."
