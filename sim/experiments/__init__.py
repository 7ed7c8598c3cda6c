"""Experiments on a scenario: run its plans, compare them, and tell the story of one replication."""

from sim.experiments.comparison import Comparison, compare
from sim.experiments.runs import RunResult, run
from sim.experiments.story import Story, explain

__all__ = ["Comparison", "RunResult", "Story", "compare", "explain", "run"]
