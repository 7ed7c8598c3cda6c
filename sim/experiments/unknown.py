"""What not knowing the inputs does to a comparison: told where a scenario carries parameter sets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sim.experiments.verdict import money
from sim.experiments.wording import percentage
from sim.measures.ignorance import ignorance_of
from sim.units import CENTS

if TYPE_CHECKING:
    from sim.experiments.runs import RunResult
    from sim.measures.ignorance import Ignorance

PROBABILITY: Final = 0.9
"""That an expected loss lies within the interval that is told."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """What not knowing the inputs does to the answer.

    Attributes
    ----------
    currency
        Of the amounts.
    best, loss
        The plan that loses least over everything believed, and its loss in cents.
    rival, gap
        The next best, and how much more it loses, pair by pair, in cents; None where there is one plan.
    plans
        Loss of every plan, in cents.
    """

    currency: str
    best: str
    loss: Ignorance
    rival: str | None
    gap: Ignorance | None
    plans: dict[str, Ignorance]

    @property
    def sentence(self) -> str:
        """What a buyer should know of it."""
        low, high = self.loss.low / CENTS, self.loss.high / CENTS
        told = (
            f"What is not known of the inputs ({self.loss.sets} parameter sets): {self.best} loses "
            f"{money(low, self.currency, beside=high)} to {money(high, beside=low)} on average, depending on what is "
            f"true ({percentage(PROBABILITY)} of the sets). Of how unsure this average is after {self.loss.n:,} "
            f"replications, {percentage(round(self.loss.of_interval, 2))} is not knowing; the rest is chance, which "
            "more of them would take away."
        )
        if self.gap is None:
            return told
        share = percentage(self.gap.above_zero, 0)
        return f"{told} It loses less than {self.rival} in {share} of the sets."

    def data(self) -> dict[str, Any]:
        """Everything as plain data, in currency units."""
        return {
            "probability": PROBABILITY,
            "sets": self.loss.sets,
            "sentence": self.sentence,
            "best": self.best,
            "rival": self.rival,
            "better_in_share_of_sets": None if self.gap is None else self.gap.above_zero,
            "plans": {
                name: {
                    "low": found.low / CENTS,
                    "high": found.high / CENTS,
                    "share_of_interval": found.of_interval,
                    "share_of_variance": found.share,
                }
                for name, found in self.plans.items()
            },
        }


def unknown_of(result: RunResult) -> Unknown | None:
    """What not knowing the inputs does to the answer of a run; None where it has no parameter sets, or too few runs."""
    given = result.scenario.model.parameter_sets
    if given is None:
        return None
    losses = {name: result.tallies[name].losses for name in result.plans}
    sets = len(given.sets), given.block
    plans = {name: ignorance_of(column, *sets, PROBABILITY) for name, column in losses.items()}
    known = {name: found for name, found in plans.items() if found is not None}
    if len(known) < len(plans):
        return None
    best, *others = sorted(result.plans, key=lambda name: result.tallies[name].sums["loss"].total)
    gap = ignorance_of(losses[others[0]] - losses[best], *sets, PROBABILITY) if others else None
    return Unknown(result.scenario.model.currency, best, known[best], others[0] if others else None, gap, known)
