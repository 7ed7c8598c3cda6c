"""The charts: those of studies take tables, those of a run take facts; each gives Vega-Lite for `sim.report.files`."""

from sim.report.bars import bars
from sim.report.best_scatter import best_scatter
from sim.report.cash_out import cash_out, cash_out_table
from sim.report.difference_curve import difference_curve
from sim.report.front import front
from sim.report.frontier import frontier
from sim.report.heat_map import heat_map
from sim.report.indices import indices
from sim.report.loss_curves import loss_curves
from sim.report.loss_exceedance import loss_exceedance, loss_exceedance_table
from sim.report.loss_histogram import loss_histogram, loss_histogram_table
from sim.report.loss_parts import loss_parts, loss_parts_table
from sim.report.loss_spread import loss_spread, loss_spread_table
from sim.report.plan_losses import plan_losses, plan_losses_table
from sim.report.recovery_funnel import recovery_funnel, recovery_funnel_table
from sim.report.timeline import timeline, timeline_table
from sim.report.tornado import tornado

__all__ = [
    "bars",
    "best_scatter",
    "cash_out",
    "cash_out_table",
    "difference_curve",
    "front",
    "frontier",
    "heat_map",
    "indices",
    "loss_curves",
    "loss_exceedance",
    "loss_exceedance_table",
    "loss_histogram",
    "loss_histogram_table",
    "loss_parts",
    "loss_parts_table",
    "loss_spread",
    "loss_spread_table",
    "plan_losses",
    "plan_losses_table",
    "recovery_funnel",
    "recovery_funnel_table",
    "timeline",
    "timeline_table",
    "tornado",
]
