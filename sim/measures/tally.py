"""Tally of a plan: what its replications add up to, block by block, and the measures that follow."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from sim.measures.estimates import (
    Estimate,
    Sums,
    deviation_estimate,
    mean_estimate,
    pieces,
    share_estimate,
)
from sim.measures.risk import conditional_value_at_risk, value_at_risk, with_ranks_in_place
from sim.totals import COMPONENTS, DROPS, SUMMED, Totals, totals_of
from sim.units import CENTS, MINUTES_PER_DAY

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from sim.outcomes import Records

MONEY_DECIMALS: Final = 2
DAY_DECIMALS: Final = 4
SHARE_DECIMALS: Final = 6
RISK_LEVELS: Final = (0.95, 0.99)

_SPARE: Final = 8
"""Where room was not reserved, this part more than is needed is made at a time, so that losses are seldom moved."""


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

    Adding them in pieces of any size gives the same measures, and so does adding pieces in any order, apart from the
    order of `losses`. Eight bytes a replication are kept (the loss, for its quantiles), whatever the number of columns;
    eight more are taken while the measures are worked out.

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
    _losses: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))

    def reserve(self, replications: int) -> None:
        """Make room for so many replications in all, where their number is known beforehand."""
        if replications > len(self._losses):
            roomier = np.empty(replications, np.int64)
            roomier[: self.n] = self.losses
            self._losses = roomier

    def add(self, replications: Records) -> None:
        """Add replications that have been recorded.

        Parameters
        ----------
        replications
            Shape (R,), dtype `sim.outcomes.REPLICATION_RECORD`.
        """
        self.add_totals(totals_of(replications))

    def add_totals(self, totals: Totals) -> None:
        """Add the totals of some replications."""
        more = len(totals.losses)
        for name, total, squares in zip(SUMMED, totals.sums, totals.squares, strict=True):
            self.sums[name] = self.sums.get(name, Sums()).plus(Sums(more, total, squares))
        end = self.n + more
        if end > len(self._losses):
            self.reserve(end + end // _SPARE)
        self._losses[self.n : end] = totals.losses
        self.n = end
        self.late += totals.late
        self.with_claim += totals.with_claim

    @property
    def losses(self) -> NDArray[np.int64]:
        """Losses in cents, shape (n,), in the order in which they were added."""
        return self._losses[: self.n]

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
        ordered = with_ranks_in_place(self.losses, RISK_LEVELS, confidence)
        for level in RISK_LEVELS:
            percent = f"{level * 100:.0f}"
            risk = value_at_risk(ordered, level, confidence, CENTS)
            tail = conditional_value_at_risk(ordered, level, confidence, CENTS)
            yield Measure(f"loss_var_{percent}", risk, MONEY_DECIMALS)
            yield Measure(f"loss_cvar_{percent}", tail, MONEY_DECIMALS)
        del ordered
        for threshold in thresholds:
            above = self._count_above(round(threshold * CENTS))
            name = f"loss_above_{_threshold_text(threshold)}"
            yield Measure(name, share_estimate(above, self.n, confidence), SHARE_DECIMALS)
        for name in COMPONENTS:
            yield self._money(name, name, confidence)
        yield self._money("recovery.ground_up", "ground_up", confidence)
        for name in DROPS:
            yield self._money(name, name, confidence)
        yield self._money("recovery.recovered", "recovered", confidence)
        yield Measure("late_probability", share_estimate(self.late, self.n, confidence), SHARE_DECIMALS)
        yield Measure("claim_probability", share_estimate(self.with_claim, self.n, confidence), SHARE_DECIMALS)
        served = self.sums.get("served_units", Sums())
        yield Measure("fill_rate", mean_estimate(served, confidence, self.need_quantity), SHARE_DECIMALS)
        closed = self.sums.get("closed", Sums())
        yield Measure("days_to_close", mean_estimate(closed, confidence, MINUTES_PER_DAY), DAY_DECIMALS)
        yield self._money("peak_cash_out", "peak_cash_out", confidence)

    def _count_above(self, cents: int) -> int:
        losses = self.losses
        return sum(int(np.count_nonzero(losses[piece] > cents)) for piece in pieces(self.n))

    def _money(self, measure: str, column: str, confidence: float) -> Measure:
        return Measure(measure, self.mean(column, confidence), MONEY_DECIMALS)


def _threshold_text(threshold: float) -> str:
    return str(int(threshold)) if float(threshold).is_integer() else repr(float(threshold))
