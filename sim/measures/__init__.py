"""What replications say about a plan: estimates with confidence intervals, risk, and the loss split."""

from sim.measures.differences import PairedDifference, paired_difference
from sim.measures.estimates import Estimate
from sim.measures.tally import Measure, PlanTally

__all__ = ["Estimate", "Measure", "PairedDifference", "PlanTally", "paired_difference"]
