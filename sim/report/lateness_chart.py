"""How late late orders are: what a history saw, and what was fitted to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sim.calibration.lateness_laws import law_title
from sim.experiments.wording import counted
from sim.report.axes import NumberAxis
from sim.report.columns import every
from sim.report.lettering import beginning
from sim.report.sheet import sheet
from sim.report.theme import DASHES, LIGHT, Theme

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import numpy as np
    from numpy.typing import NDArray
    from pandas import DataFrame

    from sim.calibration.delays import DelayFit
    from sim.calibration.lateness_curve import Seen
    from sim.report.sheet import Chart

    Floats = NDArray[np.float64]

_WIDTH: Final = 520
_HEIGHT: Final = 320
_NAME_LETTERS: Final = 40
_MOST_MARKS: Final = 120
_HALF_A_DAY: Final = 0.5
"""An order recorded as d days late was late by up to half a day more."""


def lateness_chart(fit: DelayFit, supplier: str, theme: Theme = LIGHT) -> Chart:
    """Share of late orders that are later than some days: the supplier's with its band, every law, and what was seen.

    Parameters
    ----------
    fit
        Of the delays.
    supplier
        As the history calls it.
    theme
        The look.
    """
    import altair as alt

    curve, name = fit.curve, beginning(supplier, _NAME_LETTERS)
    x = NumberAxis(0.0, float(curve.days[-1]), "Days after the promise", grid=False, ticks=8)
    y = NumberAxis(0.0, 100.0, "Late orders that take longer (%)")
    band = _rows(name, curve.days, curve.low).assign(high=100 * curve.high)
    layers: list[Chart] = [
        alt.Chart(band, name="band")
        .mark_area(color=theme.series_colour(0), opacity=0.2)
        .encode(x=x.x("day"), y=y.y("later"), y2="high:Q"),
        *_lines(fit, name, x, y, theme),
    ]
    for seen, shape in ((curve.everyone, "circle"), (curve.own, "diamond")):
        if seen is not None and (shape == "circle" or fit.suppliers > 1):
            layers.append(_marks(seen, shape, x, y, theme))
    notes = _notes(fit, name)
    return sheet(
        alt.layer(*layers).properties(width=_WIDTH, height=_HEIGHT),
        title=f"How late are the late orders of {name}?",
        description=" ".join(notes),
        theme=theme,
        width=_WIDTH + 60,
        notes=notes,
    )


def _lines(fit: DelayFit, name: str, x: NumberAxis, y: NumberAxis, theme: Theme) -> list[Chart]:
    """The supplier's curve in bold, then the chosen law, and the others thin and grey, told apart by their dashes.

    Laws fitted to fewer than five late orders would tell nothing and are left out.
    """
    import altair as alt

    def title(law: str) -> str:
        return f"{law_title(law)}, " + ("all suppliers" if fit.suppliers > 1 else "most likely")

    curve = fit.curve
    lines: Mapping[str, Floats] = {
        f"{name}, expected (band: 90 %)": curve.later,
        **({} if fit.goodness is None else {title(law): values for law, values in curve.laws.items()}),
    }
    names = list(lines)
    chosen = title(fit.law)
    plain = [name for name in names[1:] if name != chosen]
    look = {names[0]: (theme.series_colour(0), DASHES[0], 3.0), chosen: (theme.series_colour(1), DASHES[1], 2.2)}
    look |= {law: (theme.muted, DASHES[2 + place], 1.1) for place, law in enumerate(plain)}
    legend = alt.Legend(title=None, orient="bottom", columns=2, symbolSize=500, symbolStrokeWidth=2)
    colours = alt.Scale(domain=names, range=[look[law][0] for law in names])
    dashes = alt.Scale(domain=names, range=[look[law][1] for law in names])
    return [
        alt.Chart(_rows(law, curve.days, lines[law]), name=f"law_{place}")
        .mark_line(strokeWidth=look[law][2])
        .encode(
            x=x.x("day"),
            y=y.y("later"),
            color=alt.Color("law:N", scale=colours, legend=legend),
            strokeDash=alt.StrokeDash("law:N", scale=dashes, legend=legend),
        )
        for place, law in reversed(list(enumerate(names)))
    ]


def _rows(law: str, days: Floats, shares: Floats) -> DataFrame:
    import pandas as pd

    return pd.DataFrame({"law": law, "day": days, "later": 100 * shares})


def _marks(seen: Seen, shape: str, x: NumberAxis, y: NumberAxis, theme: Theme) -> Chart:
    import altair as alt
    import pandas as pd

    known = [
        {"day": day + _HALF_A_DAY, "later": 100 * later}
        for day, later in zip(seen.days[1:], seen.later[1:], strict=True)
        if later == later and day + _HALF_A_DAY <= x.high  # noqa: PLR0124 - NaN
    ]
    rows = pd.DataFrame(known[:: every(len(known), _MOST_MARKS)], columns=["day", "later"])
    colour = theme.ink if shape == "diamond" else theme.muted
    marks = alt.Chart(rows, name=f"seen_{shape}").mark_point(
        shape=shape, size=42 if shape == "diamond" else 26, filled=shape == "diamond", opacity=1, color=colour
    )
    placed: Chart = marks.encode(x=x.x("day"), y=y.y("later"))
    return placed


def _notes(fit: DelayFit, name: str) -> list[str]:
    """What the marks are, and how well the law fits."""
    everyone, own = fit.curve.everyone, fit.curve.own
    told = []
    if everyone is not None:
        whose = "of all suppliers" if fit.suppliers > 1 else f"of {name}"
        told.append(f"Circles: seen, {counted(everyone.orders, 'late order')} {whose} (Kaplan-Meier).")
    if own is not None and fit.suppliers > 1:
        told.append(f"Diamonds: its own {own.orders}.")
    law = law_title(fit.law)
    if fit.goodness is not None and fit.goodness.p_value is not None:
        fits = "fits badly" if fit.goodness.fits_badly else "is not contradicted"
        told.append(f"Taken: {law}; it {fits} (p = {fit.goodness.p_value:.2f}).")
    elif fit.candidates:
        told.append(f"Taken: {law}; too few late orders to test it.")
    else:
        told.append(f"No late order tells how late: {law} with what was assumed.")
    return [*told, *_ranked(fit)]


def _ranked(fit: DelayFit) -> Iterable[str]:
    finite = [one for one in fit.candidates if one.aicc < float("inf")]
    if len(finite) > 1:
        order = ", ".join(f"{one.law.title} {one.aicc - finite[0].aicc:.1f}" for one in finite)
        yield f"AICc above the best: {order}."
