"""All plans of a scenario side by side, under common random numbers, with a verdict."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sim.experiments.runs import run
from sim.experiments.unknown import unknown_of
from sim.experiments.verdict import verdict_text
from sim.measures import Estimate, PairedDifference, paired_difference
from sim.outcomes import LossComponent, RecoveryRule

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pandas import DataFrame

    from sim.engines import Engine, Tell
    from sim.experiments.runs import Extras, Progress, RunResult
    from sim.experiments.unknown import Unknown
    from sim.scenario import Scenario

_SHOWN_COMPONENTS: Final = 3
_SMALLEST_SHOWN: Final = 0.05
"""A component below this share of all costs is left out of what a loss is said to consist of."""


@dataclass(frozen=True, slots=True)
class ComparedPlan:
    """One plan in a comparison.

    Attributes
    ----------
    name
        Of the plan.
    loss
        Expected loss.
    to_best
        How much more it loses than the plan that loses least in this run, pair by pair; None for that plan
        itself. The interval is widened for the number of plans: that a plan is settled holds for all together.
    tail
        Mean loss of the worst 5 % of replications (CVaR 95).
    components
        Mean of every component of the loss, in currency units; they sum to the expected loss.
    drops
        Mean of every drop of the recovery; with `recovered` they sum to `ground_up`.
    ground_up, recovered
        Mean harm from goods missing, damaged or defective, and what of it came back.
    """

    name: str
    loss: Estimate
    to_best: PairedDifference | None
    tail: Estimate
    components: dict[str, float]
    drops: dict[str, float]
    ground_up: float
    recovered: float

    @property
    def largest_components(self) -> tuple[tuple[str, float], ...]:
        """What the loss mostly consists of: up to three components by size, and the refunds that lower it."""
        costs = [(name, amount) for name, amount in self.components.items() if name != "refunds"]
        costs.sort(key=lambda item: -abs(item[1]))
        smallest = _SMALLEST_SHOWN * sum(abs(amount) for _, amount in costs)
        shown = [item for item in costs[:_SHOWN_COMPONENTS] if abs(item[1]) >= smallest and item[1]]
        refunds = self.components["refunds"]
        return (*shown, ("refunds", refunds)) if refunds else tuple(shown)

    @property
    def stopping_rule(self) -> tuple[str, float] | None:
        """The rule that stopped most of the recovery, and how much of it; None where nothing was stopped."""
        name, amount = max(self.drops.items(), key=lambda item: item[1])
        return (name, amount) if amount > 0 else None

    def as_row(self) -> dict[str, object]:
        """The plan as one row of figures, in currency units."""
        to_best, stopping = self.to_best, self.stopping_rule
        difference = Estimate(0.0, 0.0, 0.0, self.loss.n) if to_best is None else to_best.difference
        return {
            "plan": self.name,
            "expected_loss": self.loss.value,
            "ci_low": self.loss.low,
            "ci_high": self.loss.high,
            "n": self.loss.n,
            "difference": difference.value,
            "difference_low": difference.low,
            "difference_high": difference.high,
            "settled": None if to_best is None else to_best.settled,
            "correlation": None if to_best is None else to_best.correlation,
            "variance_reduction": None if to_best is None else to_best.variance_reduction,
            "loss_cvar_95": self.tail.value,
            "cvar_low": self.tail.low,
            "cvar_high": self.tail.high,
            **{f"loss.{name}": amount for name, amount in self.components.items()},
            "recovery.ground_up": self.ground_up,
            "recovery.recovered": self.recovered,
            "stopping_rule": None if stopping is None else stopping[0],
            "stopped_amount": None if stopping is None else stopping[1],
        }


@dataclass(frozen=True)
class Comparison:
    """The plans of a scenario, compared.

    Attributes
    ----------
    run
        The run that they were compared in.
    plans
        In order of expected loss, the best first.
    verdict
        What follows, in one sentence.
    unknown
        What not knowing the inputs does to it, where the scenario carries parameter sets.
    """

    run: RunResult
    plans: tuple[ComparedPlan, ...]
    verdict: str
    unknown: Unknown | None = None

    @property
    def best(self) -> str:
        """The plan that loses least in this run; the verdict says whether that is settled."""
        return self.plans[0].name

    @property
    def table(self) -> DataFrame:
        """One row for each plan, the best first; amounts in currency units."""
        import pandas as pd

        return pd.DataFrame([plan.as_row() for plan in self.plans])


def compare(
    scenario: Scenario,
    *,
    plans: Sequence[str] = (),
    replications: int | None = None,
    precision: str | float | None = None,
    at_most: int | None = None,
    seed: int | None = None,
    workers: int = 1,
    out: Path | str | None = None,
    command: Sequence[str] = (),
    extras: Extras | None = None,
    progress: Progress | None = None,
    tell: Tell | None = None,
    engine: str | Engine | None = None,
) -> Comparison:
    """Compare the plans of a scenario under common random numbers.

    Parameters
    ----------
    scenario, plans, replications, precision, at_most, seed, workers, out, command, extras, progress, tell, engine
        As in `sim.run`. Nothing is written unless `out` is given.

    Returns
    -------
    Comparison
        The plans by expected loss, and the verdict.

    Notes
    -----
    The intervals of the differences to the best are widened so that they hold for all other plans together
    (Bonferroni). A plan is only called worse when its interval lies above zero, whichever plan is truly the
    best.
    """
    result = run(
        scenario,
        plans=plans,
        replications=replications,
        precision=precision,
        at_most=at_most,
        seed=seed,
        workers=workers,
        tables=out is not None,
        out=out,
        command=command,
        extras=extras,
        progress=progress,
        tell=tell,
        engine=engine,
    )
    return compared(result)


def compared(result: RunResult) -> Comparison:
    """Comparison of the plans of a run that has been made."""
    by_loss = sorted(result.plans, key=lambda name: result.tallies[name].sums["loss"].total)
    best = by_loss[0]
    others = max(len(by_loss) - 1, 1)
    together = 1 - (1 - result.confidence) / others
    plans = tuple(_compared_plan(result, name, best, together) for name in by_loss)
    verdict = verdict_text(plans, result.scenario.model.currency, result.confidence)
    return Comparison(result, plans, verdict, unknown_of(result))


def _compared_plan(result: RunResult, name: str, best: str, together: float) -> ComparedPlan:
    tally = result.tallies[name]
    estimates = {measure.name: measure.estimate for measure in result.measures(name)}
    components = {c.name.lower(): estimates[f"loss.{c.name.lower()}"].value for c in LossComponent}
    drops = {rule.name.lower(): estimates[f"recovery.{rule.name.lower()}"].value for rule in RecoveryRule}
    to_best = None
    if name != best:
        to_best = paired_difference(tally.losses, result.tallies[best].losses, together)
    return ComparedPlan(
        name=name,
        loss=estimates["expected_loss"],
        to_best=to_best,
        tail=estimates["loss_cvar_95"],
        components=components,
        drops=drops,
        ground_up=estimates["recovery.ground_up"].value,
        recovered=estimates["recovery.recovered"].value,
    )
