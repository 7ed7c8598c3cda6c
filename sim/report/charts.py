"""The charts of studies: each takes a table and gives a Vega-Lite chart for `sim.report.files` to write."""

from sim.report.bars import bars
from sim.report.best_scatter import best_scatter
from sim.report.difference_curve import difference_curve
from sim.report.front import front
from sim.report.frontier import frontier
from sim.report.heat_map import heat_map
from sim.report.indices import indices
from sim.report.loss_curves import loss_curves
from sim.report.tornado import tornado

__all__ = [
    "bars",
    "best_scatter",
    "difference_curve",
    "front",
    "frontier",
    "heat_map",
    "indices",
    "loss_curves",
    "tornado",
]
