"""Whether forecasts came true: where outcomes lie in their forecasts, and late orders foretold and seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sim.calibration.backtest_words import tried, verdict
from sim.report.axes import NumberAxis, row_axis
from sim.report.lettering import beginning
from sim.report.sheet import sheet, tooltips
from sim.report.theme import LIGHT, Theme, mixed

if TYPE_CHECKING:
    from sim.calibration.backtest import Backtest, SupplierTried
    from sim.report.sheet import Chart

_WIDTH: Final = 270
_HEIGHT: Final = 230
_ROW: Final = 24
_MOST_ROWS: Final = 12
_NAME_LETTERS: Final = 28
_EVEN: Final = 10.0
"""Percent of the outcomes in each tenth of their forecasts, if these are good."""


def forecast_check(found: Backtest, theme: Theme = LIGHT) -> Chart:
    """Two panels: outcomes by tenths of their forecasts, and late orders of each supplier, foretold and seen."""
    import altair as alt

    shown = list(found.suppliers[:_MOST_ROWS])
    height = max(_HEIGHT, _ROW * len(shown))
    panels = [_tenths(found, height, theme)]
    if len(found.suppliers) > 1:
        panels.append(_suppliers(shown, height, theme))
    drawn = alt.hconcat(*panels, spacing=36)
    sentence, reason, *_ = verdict(found)
    notes = [sentence, reason, tried(found)]
    if len(found.suppliers) > len(shown):
        notes.append(f"Shown are the {len(shown)} suppliers with most orders tried.")
    width = _WIDTH * len(panels) + (200 if len(panels) > 1 else 60)
    return sheet(
        drawn,
        title="Did the forecasts come true?",
        description=f"{sentence} {reason} {tried(found)}",
        theme=theme,
        width=width,
        notes=notes,
    )


def _tenths(found: Backtest, height: int, theme: Theme) -> Chart:
    """A histogram that is level where forecasts are good; a hump says too wide, a trough too narrow."""
    import altair as alt
    import pandas as pd

    shares = [100 * share for share in found.groups[0].tenths]
    rows = pd.DataFrame(
        {
            "left": [place / 10 for place in range(len(shares))],
            "right": [(place + 1) / 10 for place in range(len(shares))],
            "share": shares,
            "zero": 0.0,
            "told": [f"{share:.1f} %" for share in shares],
        }
    )
    x = NumberAxis(0.0, 1.0, "Place of the outcome in its forecast", grid=False, ticks=5)
    y = NumberAxis(0.0, max(2 * _EVEN, *(share * 1.1 for share in shares)), "Share of the orders (%)")
    bars = (
        alt.Chart(rows, name="tenths")
        .mark_rect(color=theme.series_colour(0), stroke=theme.background)
        .encode(x=x.x("left"), x2="right:Q", y=y.y("share"), y2="zero:Q", tooltip=tooltips(told="Share"))
    )
    level = alt.Chart(pd.DataFrame({"share": [_EVEN]}), name="even")
    line = level.mark_rule(color=theme.ink, strokeDash=[5, 3], strokeWidth=1.5).encode(y=y.y("share"))
    return alt.layer(bars, line).properties(
        width=_WIDTH, height=height, title=alt.TitleParams("All orders (dashed: if all is well)", fontSize=12)
    )


def _suppliers(shown: list[SupplierTried], height: int, theme: Theme) -> Chart:
    """Late orders: a bar from the fewest to the most that were foretold with 90 %, a mark for what came."""
    import altair as alt
    import pandas as pd

    labels = [f"{beginning(one.name, _NAME_LETTERS)} ({one.orders})" for one in shown]
    rows = pd.DataFrame(
        {
            "row": range(len(shown)),
            "low": [one.foretold.low for one in shown],
            "high": [one.foretold.high for one in shown],
            "late": [float(one.late) for one in shown],
            "supplier": [one.name for one in shown],
            "told": [f"{one.foretold.low:.0f} to {one.foretold.high:.0f} of {one.orders}" for one in shown],
            "seen": [str(one.late) for one in shown],
        }
    )
    most = max(1.0, float(rows[["high", "late"]].to_numpy().max()) * 1.05)
    x = NumberAxis(-0.02 * most, most, "Late orders: bar foretold (90 %), diamond seen", ticks=6)
    y = row_axis("row", labels)
    tips = tooltips(supplier="Supplier", told="Foretold late", seen="Late")
    bars = (
        alt.Chart(rows, name="foretold")
        .mark_rule(color=mixed(theme.series_colour(0), theme.background, 0.4), strokeWidth=9, strokeCap="round")
        .encode(x=x.x("low"), x2="high:Q", y=y, tooltip=tips)
    )
    marks = (
        alt.Chart(rows, name="seen")
        .mark_point(shape="diamond", filled=True, size=85, opacity=1, color=theme.ink)
        .encode(x=x.x("late"), y=y, tooltip=tips)
    )
    return alt.layer(bars, marks).properties(
        width=_WIDTH,
        height=height,
        title=alt.TitleParams("By supplier (orders tried)", fontSize=12),
    )
