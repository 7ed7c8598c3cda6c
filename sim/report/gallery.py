"""The charts of a run's report: each by its name, with what it shows and the table behind it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sim.report.cash_out import cash_out, cash_out_table
from sim.report.loss_exceedance import loss_exceedance, loss_exceedance_table
from sim.report.loss_histogram import loss_histogram, loss_histogram_table
from sim.report.loss_parts import loss_parts, loss_parts_table
from sim.report.loss_spread import loss_spread, loss_spread_table
from sim.report.plan_losses import plan_losses, plan_losses_table
from sim.report.recovery_funnel import recovery_funnel, recovery_funnel_table
from sim.report.timeline import timeline, timeline_table

if TYPE_CHECKING:
    from collections.abc import Callable

    from sim.report.facts import Facts, PlanFacts, Told
    from sim.report.sheet import Drawing
    from sim.report.theme import Theme

    Table = tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]
    Draw = Callable[[Facts, PlanFacts, Theme, float], Drawing]
    Tabulate = Callable[[Facts, PlanFacts], Table]


@dataclass(frozen=True, slots=True)
class RunChart:
    """A chart of a run.

    Attributes
    ----------
    name
        By which it is asked for; also of its file.
    says
        What it shows, in a line.
    of_plan
        Whether it shows a single plan.
    draw
        Draws it: facts, plan, look, and width in pixels.
    table
        Headings and rows behind it.
    there
        Whether the facts hold what it shows.
    """

    name: str
    says: str
    of_plan: bool
    draw: Draw
    table: Tabulate
    there: Callable[[Facts, PlanFacts], bool] = lambda _, __: True


def _stories(name: str, says: str, told_of: Callable[[PlanFacts], tuple[Told, ...]]) -> RunChart:
    return RunChart(
        name,
        says,
        True,
        lambda facts, plan, theme, width: timeline(
            told_of(plan), facts.start, facts.currency, theme=theme, width=width
        ),
        lambda facts, plan: timeline_table(told_of(plan), facts.start, facts.currency),
        lambda _, plan: bool(told_of(plan)),
    )


def _typical(plan: PlanFacts) -> tuple[Told, ...]:
    return () if plan.typical is None else (plan.typical,)


def _bad(plan: PlanFacts) -> tuple[Told, ...]:
    return () if plan.bad is None else (plan.bad,)


def _both(plan: PlanFacts) -> tuple[Told, ...]:
    return (*_typical(plan), *_bad(plan))


LOSSES: Final = RunChart(
    "plan-losses",
    "average loss of each plan with its interval, and the worst 5 % of cases",
    False,
    lambda facts, _, theme, width: plan_losses(facts.plans, facts.currency, theme=theme, width=width),
    lambda facts, _: plan_losses_table(facts.plans, facts.currency),
)
PARTS: Final = RunChart(
    "loss-parts",
    "what the average loss of each plan consists of",
    False,
    lambda facts, _, theme, width: loss_parts(
        facts.plans, facts.currency, facts.replications, theme=theme, width=width
    ),
    lambda facts, _: loss_parts_table(facts.plans, facts.currency, facts.replications),
)
SPREAD: Final = RunChart(
    "loss-spread",
    "how far the loss of each plan spreads",
    False,
    lambda facts, _, theme, width: loss_spread(facts.plans, facts.currency, theme=theme, width=width),
    lambda facts, _: loss_spread_table(facts.plans, facts.currency),
)
HISTOGRAM: Final = RunChart(
    "loss-histogram",
    "how often each plan loses how much",
    False,
    lambda facts, _, theme, width: loss_histogram(facts.plans, facts.edges, facts.currency, theme=theme, width=width),
    lambda facts, _: loss_histogram_table(facts.plans, facts.edges, facts.currency),
)
EXCEEDANCE: Final = RunChart(
    "loss-exceedance",
    "how often each plan loses more than an amount",
    False,
    lambda facts, _, theme, width: loss_exceedance(facts.plans, facts.currency, theme=theme, width=width),
    lambda facts, _: loss_exceedance_table(facts.plans, facts.currency),
)
RECOVERY: Final = RunChart(
    "recovery-funnel",
    "where the recovery of a plan's harm stops, rule by rule",
    True,
    lambda facts, plan, theme, width: recovery_funnel(
        plan, facts.currency, facts.replications, theme=theme, width=width
    ),
    lambda facts, plan: recovery_funnel_table(plan, facts.currency, facts.replications),
)
TIMELINE: Final = _stories("timeline", "a typical and a bad case of a plan, day by day", _both)
TYPICAL: Final = _stories("timeline-typical", "a typical case of a plan, day by day", _typical)
BAD: Final = _stories("timeline-bad", "a bad case of a plan, day by day", _bad)
CASH: Final = RunChart(
    "cash-out",
    "money that is out, over time",
    False,
    lambda facts, _, theme, width: cash_out(facts.plans, facts.start, facts.currency, theme=theme, width=width),
    lambda facts, _: cash_out_table(facts.plans, facts.start, facts.currency),
    lambda facts, _: any(plan.cash is not None for plan in facts.plans),
)
CHARTS: Final = {
    chart.name: chart for chart in (LOSSES, PARTS, SPREAD, HISTOGRAM, EXCEEDANCE, RECOVERY, TIMELINE, CASH)
}
"""Every chart by its name, in the order of the report."""
