"""Tally of a plan: what its replications add up to, block by block, and the measures that follow."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from sim.measures.estimates import (
    Estimate,
    Sums,
    deviation_estimate,
    exact_sums,
    mean_estimate,
    share_estimate,
)
from sim.measures.risk import conditional_value_at_risk, value_at_risk
from sim.outcomes import LossComponent, RecoveryRule
from sim.units import CENTS, MINUTES_PER_DAY

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

MONEY_DECIMALS: Final = 2
DAY_DECIMALS: Final = 4
SHARE_DECIMALS: Final = 6
RISK_LEVELS: Final = (0.95, 0.99)

_PLAIN: Final = ("loss", "ground_up", "recovered", "peak_cash_out", "closed", "served_units")
_COMPONENTS: Final = tuple(f"loss.{component.name.lower()}" for component in LossComponent)
_DROPS: Final = tuple(f"recovery.{rule.name.lower()}" for rule in RecoveryRule)


class Measure(NamedTuple):
    """One measure of a plan.

    Attributes
    ----------
    name
        As in the column ``measure`` of ``summary.csv``.
    estimate
        In currency units, days or shares.
    decimals
        How many are meaningful when it is written.
    """

    name: str
    estimate: Estimate
    decimals: int


@dataclass
class PlanTally:
    """Running sums over the replications of one plan.

    Adding blocks in any order gives the same measures, apart from the order of `losses`. Eight bytes a
    replication are kept (the loss, for its quantiles), whatever the number of columns.

    Attributes
    ----------
    need_quantity
        Good units that the buyer needs; the fill rate is a share of it.
    """

    need_quantity: int
    n: int = 0
    sums: dict[str, Sums] = field(default_factory=dict)
    late: int = 0
    with_claim: int = 0
    _losses: list[NDArray[np.int64]] = field(default_factory=list)

    def add(self, replications: NDArray[Any]) -> None:
        """Add a block of replications.

        Parameters
        ----------
        replications
            Shape (R,), dtype `sim.outcomes.REPLICATION_RECORD`.
        """
        plain = [replications[name][:, np.newaxis] for name in _PLAIN]
        columns = np.concatenate([*plain, replications["components"], replications["drops"]], axis=1)
        names = (*_PLAIN, *_COMPONENTS, *_DROPS)
        for name, sums in zip(names, exact_sums(columns), strict=True):
            self.sums[name] = self.sums.get(name, Sums()).plus(sums)
        self.n += len(replications)
        self.late += int(np.count_nonzero(replications["orders_late"]))
        self.with_claim += int(np.count_nonzero(replications["claims"]))
        self._losses.append(replications["loss"].copy())

    @property
    def losses(self) -> NDArray[np.int64]:
        """Losses in cents, shape (n,), in the order in which they were added."""
        if len(self._losses) != 1:
            joined = np.concatenate(self._losses) if self._losses else np.empty(0, np.int64)
            self._losses = [joined]
        return self._losses[0]

    def mean(self, name: str, confidence: float) -> Estimate:
        """Mean of a money column: ``loss``, ``loss.<component>``, ``recovery.<rule>`` and the like.

        Returns
        -------
        Estimate
            In currency units.
        """
        return mean_estimate(self.sums.get(name, Sums()), confidence, CENTS)

    def measures(self, confidence: float, thresholds: Sequence[float] = ()) -> tuple[Measure, ...]:
        """Every measure of the plan, in the order of ``summary.csv``.

        Parameters
        ----------
        confidence
            Level of the intervals.
        thresholds
            Losses, in currency units, whose probability of being exceeded is wanted.
        """
        return tuple(self._measures(confidence, thresholds))

    def _measures(self, confidence: float, thresholds: Sequence[float]) -> Iterator[Measure]:
        yield self._money("expected_loss", "loss", confidence)
        yield Measure("loss_sd", deviation_estimate(self.losses, confidence, CENTS), MONEY_DECIMALS)
        ordered = np.sort(self.losses)
        for level in RISK_LEVELS:
            percent = f"{level * 100:.0f}"
            risk = value_at_risk(ordered, level, confidence, CENTS)
            tail = conditional_value_at_risk(ordered, level, confidence, CENTS)
            yield Measure(f"loss_var_{percent}", risk, MONEY_DECIMALS)
            yield Measure(f"loss_cvar_{percent}", tail, MONEY_DECIMALS)
        for threshold in thresholds:
            above = self.n - int(np.searchsorted(ordered, round(threshold * CENTS), side="right"))
            name = f"loss_above_{_threshold_text(threshold)}"
            yield Measure(name, share_estimate(above, self.n, confidence), SHARE_DECIMALS)
        for name in _COMPONENTS:
            yield self._money(name, name, confidence)
        yield self._money("recovery.ground_up", "ground_up", confidence)
        for name in _DROPS:
            yield self._money(name, name, confidence)
        yield self._money("recovery.recovered", "recovered", confidence)
        yield Measure("late_probability", share_estimate(self.late, self.n, confidence), SHARE_DECIMALS)
        yield Measure("claim_probability", share_estimate(self.with_claim, self.n, confidence), SHARE_DECIMALS)
        served = self.sums.get("served_units", Sums())
        yield Measure("fill_rate", mean_estimate(served, confidence, self.need_quantity), SHARE_DECIMALS)
        closed = self.sums.get("closed", Sums())
        yield Measure("days_to_close", mean_estimate(closed, confidence, MINUTES_PER_DAY), DAY_DECIMALS)
        yield self._money("peak_cash_out", "peak_cash_out", confidence)

    def _money(self, measure: str, column: str, confidence: float) -> Measure:
        return Measure(measure, self.mean(column, confidence), MONEY_DECIMALS)


def _threshold_text(threshold: float) -> str:
    return str(int(threshold)) if float(threshold).is_integer() else repr(float(threshold))
