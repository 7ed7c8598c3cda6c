"""What a selection found: the plan to choose, how much more the others lose, and the verdict in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sim.experiments.verdict import money
from sim.experiments.wording import MOST_NAMED, listed, percentage
from sim.measures import Estimate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pandas import DataFrame


@dataclass(frozen=True, slots=True)
class SelectedPlan:
    """What a selection found out about a plan.

    Attributes
    ----------
    name
        Of the plan.
    replications
        How often it was simulated.
    loss
        Expected loss, from the replications that it has.
    to_chosen
        How much more it loses than the chosen plan, pair by pair, over the replications that both have; None for the
        chosen plan. The interval is widened for the number of plans; it describes, and the guarantee belongs to the
        choice alone.
    eliminated_after, eliminated_by
        Replications after which it was out of the question, and the plan that showed it; None where it never was.
    """

    name: str
    replications: int
    loss: Estimate
    to_chosen: Estimate | None
    eliminated_after: int | None
    eliminated_by: str | None

    @property
    def told_apart(self) -> bool:
        """Whether this plan surely loses more than the chosen one, if only a little."""
        return self.to_chosen is not None and self.eliminated_after is not None and self.to_chosen.low > 0

    def as_row(self) -> dict[str, Any]:
        """The plan as one row of figures, in currency units."""
        difference = self.to_chosen or Estimate(0.0, 0.0, 0.0, self.replications)
        return {
            "plan": self.name,
            "replications": self.replications,
            "expected_loss": self.loss.value,
            "ci_low": self.loss.low,
            "ci_high": self.loss.high,
            "difference": difference.value,
            "difference_low": difference.low,
            "difference_high": difference.high,
            "told_apart": None if self.to_chosen is None else self.told_apart,
            "eliminated_after": self.eliminated_after,
            "eliminated_by": self.eliminated_by,
        }


@dataclass(frozen=True, slots=True)
class Selection:
    """The plan to choose, and what it took to find it.

    Attributes
    ----------
    plans
        The chosen plan, then the others by how much more they lose.
    guarantee, indifference
        Probability with which the chosen plan is the best, where the best is ahead of every other by this amount.
    currency, seed
        Code for the amounts; seed of every draw.
    reached
        False where several plans were left when no more replications were allowed.
    batch, first
        Replications of a batch, and batches in the first stage.
    """

    plans: tuple[SelectedPlan, ...]
    guarantee: float
    indifference: float
    currency: str
    seed: int
    reached: bool
    batch: int
    first: int

    @property
    def chosen(self) -> str:
        """Name of the plan to choose."""
        return self.plans[0].name

    @property
    def cannot_be_told_apart(self) -> tuple[str, ...]:
        """Plans of which it is not sure that they lose more than the chosen one."""
        return tuple(plan.name for plan in self.plans[1:] if not plan.told_apart)

    @property
    def replications(self) -> int:
        """Replications of all plans together."""
        return sum(plan.replications for plan in self.plans)

    @property
    def equal_allocation(self) -> int:
        """Replications had every plan been given as many as the longest-lived needed."""
        return len(self.plans) * max(plan.replications for plan in self.plans)

    @property
    def verdict(self) -> str:
        """What an importer should know, in a few sentences."""
        took = f"It took {self.replications:,} replications of {len(self.plans)} plans"
        saved = f"; equal numbers would have been {self.equal_allocation:,}"
        effort = f"{took}{saved if self.equal_allocation > self.replications else ''}."
        return " ".join(filter(None, (self._settled() if self.reached else self._unsettled(), effort, self._close())))

    @property
    def table(self) -> DataFrame:
        """One row for each plan, the chosen one first; amounts in currency units."""
        import pandas as pd

        return pd.DataFrame([plan.as_row() for plan in self.plans])

    def data(self) -> dict[str, Any]:
        """The selection as plain data."""
        return {
            "chosen": self.chosen,
            "verdict": self.verdict,
            "guarantee": self.guarantee,
            "indifference": self.indifference,
            "currency": self.currency,
            "seed": self.seed,
            "reached": self.reached,
            "cannot_be_told_apart": list(self.cannot_be_told_apart),
            "replications": self.replications,
            "equal_allocation": self.equal_allocation,
            "batch": self.batch,
            "first": self.first,
            "plans": [plan.as_row() for plan in self.plans],
        }

    def _settled(self) -> str:
        amount = money(self.indifference, self.currency)
        return (
            f"Choose {self.chosen}: with {percentage(self.guarantee)} confidence no other plan saves {amount} or more "
            "on average."
        )

    def _unsettled(self) -> str:
        left = [plan for plan in self.plans[1:] if plan.eliminated_after is None]
        worst = max(-plan.to_chosen.low for plan in left if plan.to_chosen is not None)
        than = left[0].name if len(left) == 1 else "any of them"
        return (
            f"Not settled: {self.chosen} loses least so far, but {self.plans[0].replications:,} replications do not "
            f"rule out {_named([plan.name for plan in left], 'or')}. Choosing {self.chosen} costs at most "
            f"{money(worst, self.currency)} more on average than {than}."
        )

    def _close(self) -> str:
        """What to make of plans that are out of the question, but perhaps by less than matters."""
        known = [(plan.name, plan.to_chosen) for plan in self.plans[1:] if self.reached and not plan.told_apart]
        close = [(name, more.high) for name, more in known if more is not None]
        same = [name for name, most in close if most <= 0]
        near = [name for name, most in close if 0 < most <= self.indifference]
        far = {name: most for name, most in close if most > self.indifference}
        told = []
        if same:
            told.append(f"{_named(same, 'and')} {'loses' if len(same) == 1 else 'lose'} exactly the same.")
        if near:
            choose = "either" if len(near) == 1 else "any of them"
            told.append(f"{_named(near, 'and')} cannot be told from it: choose {choose}.")
        if far:
            most = money(max(far.values()), self.currency)
            told.append(f"{_named(list(far), 'and')} may be as good, or lose up to {most} more.")
        return " ".join(told)


def _named(plans: Sequence[str], word: str) -> str:
    return listed(plans, last=word, more=word, most=MOST_NAMED)
