"""Experiments on a scenario: run its plans, compare them, select the best, and tell the story of one replication."""

from sim.experiments.comparison import Comparison, compare
from sim.experiments.runs import RunResult, run
from sim.experiments.selected import Selection
from sim.experiments.selection import select
from sim.experiments.story import Story, explain

__all__ = ["Comparison", "RunResult", "Selection", "Story", "compare", "explain", "run", "select"]
