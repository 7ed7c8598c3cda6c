"""One chart of a run's report as a file of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sim.errors import InputError, Problem
from sim.experiments.wording import unknown_name
from sim.report.files import png_bytes, specification, svg_text
from sim.report.gallery import CHARTS

if TYPE_CHECKING:
    from sim.report.facts import Facts, PlanFacts
    from sim.report.gallery import RunChart
    from sim.report.sheet import Drawing
    from sim.report.theme import Theme

FORMATS: Final = ("svg", "png", "pdf")
ENDINGS: Final = tuple(f".{form}" for form in FORMATS)
ALL: Final = "all"


def chart_bytes(chart: Drawing, form: str) -> bytes:
    """A chart as the content of a file, in one of `FORMATS`; the same bytes each time, but for the order in a PDF."""
    if form == "svg":
        return svg_text(chart).encode()
    if form == "png":
        return png_bytes(chart)
    import vl_convert

    drawn: bytes = vl_convert.vegalite_to_pdf(specification(chart))
    return drawn


def charts_wanted(name: str) -> tuple[RunChart, ...]:
    """The chart of that name, or all of them.

    Raises
    ------
    InputError
        There is no such chart.
    """
    if name == ALL:
        return tuple(CHARTS.values())
    if name not in CHARTS:
        raise InputError(unknown_name(f"there is no chart {name!r}", name, (*CHARTS, ALL)))
    return (CHARTS[name],)


def plan_wanted(facts: Facts, name: str | None) -> PlanFacts:
    """The plan of that name; the one that loses least where none is named.

    Raises
    ------
    InputError
        The run has no such plan.
    """
    if name is None:
        return facts.best
    found = {plan.name: plan for plan in facts.plans}
    if name not in found:
        raise InputError(unknown_name(f"there is no plan {name!r} in this run", name, tuple(found)))
    return found[name]


def charts_drawn(
    facts: Facts, charts: tuple[RunChart, ...], plan: PlanFacts, form: str, theme: Theme, width: float
) -> dict[str, bytes]:
    """Contents of the files of charts, by their names without ending; what the facts do not hold is left out.

    Raises
    ------
    InputError
        There is nothing to draw.
    """
    found = {}
    for chart in charts:
        if chart.there(facts, plan):
            name = f"{chart.name}-{plan.name}" if chart.of_plan and plan is not facts.best else chart.name
            found[name] = chart_bytes(chart.draw(facts, plan, theme, width), form)
    if not found:
        message = f"the report of this run holds nothing for {charts[0].name}"
        raise InputError(Problem(message, hint="`lotwise report DIR --list` names the charts that it has"))
    return found
